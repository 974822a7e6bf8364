# Rscript weights.R PEOPLE TARGETS WEIGHTS LOWER UPPER: rakes the people to the targets as survey does (calibrate, raking distance), those
# missing on a margin keeping their share, those beyond it (no target) left to the other margins, caps to the bounds as long as needed, and compares each person's weight with that of their profile in WEIGHTS.
suppressPackageStartupMessages(library(survey))
arguments <- commandArgs(trailingOnly = TRUE)
people <- read.csv(arguments[1])
targets <- read.csv(arguments[2])
ours <- read.csv(arguments[3])
bounds <- as.numeric(arguments[4:5])
names <- names(people)
n <- nrow(people)

people$n <- 1
profiles <- aggregate(n ~ ., people, sum)

# What the weights are to meet: sums of columns over the people. Of a margin that all people are within: how many are in each category. Of one
# with people beyond it: "is in c" less its share in those who are not beyond, which sums to 0.
columns <- function(m) {
    own <- profiles[[m + 1]]
    target <- targets$target[targets$margin == m]
    beyond <- own %in% (which(is.na(target)) - 1)
    within <- !people[[m + 1]] %in% (which(is.na(target)) - 1)
    missing <- mean(people[[m + 1]][within] == length(target))
    shares <- c(target / sum(target, na.rm = TRUE) * (1 - missing), missing)
    codes <- which(!is.na(shares) & shares > 0) - 1
    x <- sapply(codes, function(c) if (any(beyond)) (own == c) - shares[c + 1] * !beyond else as.numeric(own == c))
    list(x = x, totals = if (any(beyond)) 0 * codes else n * shares[codes + 1])
}
all <- lapply(seq_along(names) - 1, columns)
x <- cbind(1, do.call(cbind, lapply(all, `[[`, "x")))
totals <- c(n, unlist(lapply(all, `[[`, "totals")))
kept <- qr(x * sqrt(profiles$n))
kept <- sort(kept$pivot[seq_len(kept$rank)])
x <- x[, kept]
totals <- setNames(totals[kept], paste0("x", seq_along(kept)))
colnames(x) <- names(totals)
rake_from <- function(w) {
    design <- svydesign(ids = ~1, weights = ~start, data = data.frame(x, start = profiles$n * w))
    raked <- calibrate(design, reformulate(names(totals), intercept = FALSE), totals, calfun = "raking", epsilon = 1e-12, maxit = 500)
    as.numeric(weights(raked)) / profiles$n
}
w <- rake_from(rep(1, nrow(profiles)))
loops <- 0
while (min(w) < bounds[1] * (1 - 1e-6) || max(w) > bounds[2] * (1 + 1e-6)) {
    w <- rake_from(pmin(pmax(w, bounds[1]), bounds[2]))
    loops <- loops + 1
    stopifnot(loops < 200)
}
key <- function(x) do.call(paste, x[names])
stopifnot(nrow(ours) == nrow(profiles), setequal(key(ours), key(profiles)))
difference <- max(abs(w - ours$weight[match(key(profiles), key(ours))]))
cat(sprintf("%d people, %d profiles, capped %d times, weights %.4f to %.4f: largest difference %.1e\n", n, nrow(profiles), loops, min(w), max(w), difference))
quit(status = as.integer(difference > 1e-8))
