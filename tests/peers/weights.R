# Rscript weights.R PEOPLE TARGETS WEIGHTS LOWER UPPER: rakes the people to the targets as survey does, those missing on a margin keeping
# their share, caps to the bounds as long as needed, and compares each person's weight with that of their profile in WEIGHTS.
suppressPackageStartupMessages(library(survey))
arguments <- commandArgs(trailingOnly = TRUE)
people <- read.csv(arguments[1])
targets <- read.csv(arguments[2])
ours <- read.csv(arguments[3])
bounds <- as.numeric(arguments[4:5])
names <- names(people)
n <- nrow(people)

margins <- lapply(seq_along(names) - 1, function(m) {
    target <- targets$target[targets$margin == m]
    missing <- mean(people[[m + 1]] == length(target))
    counts <- n * c(target / sum(target) * (1 - missing), if (missing > 0) missing)
    setNames(data.frame(factor(seq_along(counts) - 1), counts), c(names[m + 1], "Freq"))
})
people$n <- 1
profiles <- aggregate(n ~ ., people, sum)
rake_from <- function(w) {
    data <- cbind(as.data.frame(lapply(profiles[names], factor)), start = profiles$n * w)
    design <- svydesign(ids = ~1, weights = ~start, data = data)
    formulas <- lapply(names, function(v) as.formula(paste0("~", v)))
    raked <- rake(design, formulas, margins, control = list(maxit = 5000, epsilon = 1e-11, verbose = FALSE))
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
