# qda.R FOLDER: unpacks each project, and looks up in its texts what selections are named after. substring() counts code points
# from 1 to the last one; positions count from 0 to the one after.
folder <- commandArgs(TRUE)[1]
files <- list.files(folder, "\\.qdpx$", full.names = TRUE)
stopifnot(length(files) > 1)
attribute <- function(tag, name) {
    found <- regmatches(tag, regexec(paste0(" ", name, '="([^"]*)"'), tag))[[1]]
    if (length(found) == 0) "" else found[2]
}
plain <- function(text) {
    for (pair in list(c("&#10;", "\n"), c("&#9;", "\t"), c("&#13;", "\r"), c("&lt;", "<"), c("&gt;", ">"), c("&quot;", '"'), c("&amp;", "&")))
        text <- gsub(pair[1], pair[2], text, fixed = TRUE)
    text
}
looked_up <- 0
for (file in files) {
    place <- file.path(folder, paste0("unpacked-", sub("\\.qdpx$", "", basename(file))))
    unlink(place, recursive = TRUE)
    members <- unzip(file, exdir = place)
    stopifnot(file.path(place, "project.qde") %in% members)
    xml <- paste(readLines(file.path(place, "project.qde"), encoding = "UTF-8"), collapse = "\n")
    for (tag in regmatches(xml, gregexpr("<(TextSource|Note|PlainTextSelection) [^>]*>", xml))[[1]]) {
        if (!startsWith(tag, "<PlainTextSelection")) {
            path <- file.path(place, "sources", sub("internal://", "", attribute(tag, "plainTextPath"), fixed = TRUE))
            stopifnot(path %in% members)
            text <- readChar(path, file.size(path), useBytes = TRUE)
            Encoding(text) <- "UTF-8"
            stopifnot(validUTF8(text))
        } else {
            name <- plain(attribute(tag, "name"))
            at <- as.integer(c(attribute(tag, "startPosition"), attribute(tag, "endPosition")))
            if (nzchar(name)) {
                if (substring(text, at[1] + 1, at[2]) != name) stop(file, ": ", tag)
                looked_up <- looked_up + 1
            }
        }
    }
}
stopifnot(looked_up > 50)
cat(looked_up, "selections looked up\n")
