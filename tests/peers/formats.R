# What R reads from the sample data set (tests/unit/formats/sample.h) in each format: Rscript formats.R FOLDER
library(haven)
library(jsonlite)
options(warn = 2)
folder <- commandArgs(trailingOnly = TRUE)[1]
file_of <- function(name) file.path(folder, name)
same <- function(got, wanted, what) if (!identical(got, wanted)) stop(what, ": ", deparse(got), " is not ", deparse(wanted))

codes <- c("rij", "leeftijd", "waarden-top3_veiligheid",
           "een-heel-lange-naam-van-een-vraag-met-onderdelen_en-een-optie-die-ook-lang-is", "with", "9-lijn", "gewicht")
long_label <- paste("Wat vindt u, alles bij elkaar genomen en met de kennis van nu, van veiligheid in Súdwest-Fryslân,",
                    "Curaçao en ’s-Hertogenbosch?")
reasons <- c("Niet gevraagd", "Geen antwoord", "Weet ik niet")
ages <- c("16 tot en met 24 jaar", "25 tot en met 34 jaar", "75 jaar of ouder")
rows <- c("0a", "0b", "0c", "0d", "0e")
remarks <- c("=1+1", "a,\"b\"\nc", "", "één 👍", "3-5")
weights <- c(1, 0.1, 2.5, 1 / 3, 1e-7)

# SPSS: missing answers are values of their own, with their labels, and user-missing.
sav <- read_sav(file_of("sample.sav"), user_na = TRUE)
same(names(sav), c("rij", "leeftijd", "waarden.top3_veiligheid",
                   "een.heel.lange.naam.van.een.vraag.met.onderdelen_en.een_c61c8e36", "@with", "@9.lijn", "gewicht"),
     "names in SPSS")
same(as.numeric(zap_labels(sav$leeftijd)), as.numeric(c(1, NA, NA, NA, 3)), "ages in SPSS without the missing")
same(unclass(sav$leeftijd)[1:5], c(1, -1, -2, -3, 3), "ages in SPSS")
same(attr(sav$leeftijd, "labels"), setNames(c(1, 2, 3, -1, -2, -3), c(ages, reasons)), "labels in SPSS")
same(attr(sav$leeftijd, "na_range"), c(-3, -1), "missing values in SPSS")
same(attr(sav[[3]], "label"), long_label, "label of a variable in SPSS")
same(unclass(sav[[3]])[1:5], c(2, -2, -3, 1, -1), "views in SPSS")
same(unclass(sav[[4]])[1:5], c(0, -3, -1, 100, -2), "points in SPSS")
same(unclass(sav[[5]])[1:5], c(40000, 7, -1, -3, -2), "large numbers in SPSS")
same(as.character(sav$rij), rows, "rows in SPSS")
same(as.character(sav[[6]]), remarks, "texts in SPSS")
same(as.numeric(sav$gewicht), weights, "weights in SPSS")

# Stata: they are .a, .b and .c.
dta <- read_dta(file_of("sample.dta"))
same(names(dta), c("rij", "leeftijd", "waarden__top3_veiligheid", "een__heel__lange__naam__c61c8e36", "_with", "_9__lijn",
                   "gewicht"), "names in Stata")
same(as.numeric(dta$leeftijd), c(1, NA, NA, NA, 3), "ages in Stata")
same(na_tag(dta$leeftijd), c(NA, "a", "b", "c", NA), "why ages are missing in Stata")
labels <- attr(dta$leeftijd, "labels")
same(names(labels), c(ages, reasons), "labels in Stata")
same(as.numeric(labels)[1:3], c(1, 2, 3), "values of labels in Stata")
same(na_tag(labels)[4:6], c("a", "b", "c"), "labels of missing values in Stata")
same(na_tag(dta[[5]]), c(NA, NA, "a", "c", "b"), "why numbers are missing in Stata")
same(as.numeric(dta[[5]])[1:2], c(40000, 7), "large numbers in Stata")
same(as.numeric(dta[[4]])[c(1, 4)], c(0, 100), "points in Stata")
same(attr(dta[[3]], "label"), paste0(substr(long_label, 1, 77), "..."), "label of a variable in Stata")
same(as.character(dta[[6]]), remarks, "texts in Stata")
same(as.numeric(dta$gewicht), weights, "weights in Stata")

# CSV, as its metadata says.
metadata <- fromJSON(file_of("sample.csv-metadata.json"), simplifyVector = FALSE)
columns <- metadata$tableSchema$columns
same(vapply(columns, function(column) column$titles, ""), codes, "titles in CSVW")
nulls <- unlist(columns[[2]]$null)
csv <- read.csv(file_of("sample.csv"), check.names = FALSE, na.strings = nulls, encoding = "UTF-8")
same(names(csv), codes, "header of CSV")
same(csv$leeftijd, c("16-24", NA, NA, NA, "75-plus"), "ages in CSV")
same(csv[[4]], c(0L, NA, NA, 100L, NA), "points in CSV")
same(csv[["9-lijn"]], remarks, "texts in CSV")
same(csv$gewicht, weights, "weights in CSV")
raw <- read.csv(file_of("sample.csv"), check.names = FALSE, colClasses = "character", na.strings = character(), encoding = "UTF-8")
same(raw$leeftijd, c("16-24", "niet-gevraagd", "geen-antwoord", "weet-ik-niet", "75-plus"), "codes in CSV")

# JSON lines.
json <- stream_in(file(file_of("sample.jsonl"), encoding = "UTF-8"), verbose = FALSE)
same(names(json), codes, "names in JSON lines")
same(json$leeftijd, raw$leeftijd, "codes in JSON lines")
same(json[["9-lijn"]], remarks, "texts in JSON lines")
same(json$gewicht, weights, "weights in JSON lines")
same(as.character(json[[4]]), raw[[4]], "points in JSON lines")
