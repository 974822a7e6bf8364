/* What the costlier of the pure statistics take on one core: alpha with its bootstrap, deciding a release's
 * universes, and finding answers that are nearly the same.
 *
 * pure [JSON-FILE]. Milliseconds, the median of the rounds (BENCH_ROUNDS, 5) with the lowest and the highest.
 */
#include "rounds.h"
#include "stats/agreement.h"
#include "stats/duplicates.h"
#include "stats/protect_lattice.h"
#include "stats/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    UNITS = 50000,
    CODERS = 3,
    REPLICATES = 1000,
    PEOPLE = 1000000,
    DIMS = 6,
    ANSWERS = 100000,
    ANSWER_BYTES = 400
};

static uint16_t values[UNITS * CODERS], sets[UNITS * CODERS];
static struct profiles profiles;

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void fail(const char *what)
{
    fprintf(stderr, "%s failed\n", what);
    exit(1);
}

/* Passages with a value (0 to 7) or a set of seven labels; four in five coders see it, and most of these
 * agree. */
static void make_ratings(void)
{
    uint64_t state = 1;
    for (size_t u = 0; u < UNITS; u++) {
        const uint16_t value = (uint16_t)random_index(&state, 8), set = (uint16_t)random_index(&state, 128);
        for (size_t c = 0; c < CODERS; c++) {
            const bool agrees = random_index(&state, 10) < 7, seen = random_index(&state, 5);
            const uint16_t other = (uint16_t)random_index(&state, 128);
            values[u * CODERS + c] = !seen ? RATING_MISSING : agrees ? value : other % 8;
            sets[u * CODERS + c] = !seen ? RATING_MISSING : agrees ? set : set ^ (other & 9);
        }
    }
}

static void alpha(const uint16_t *codes, enum alpha_metric metric)
{
    const struct ratings ratings = {.units = UNITS, .coders = CODERS, .codes = codes};
    const struct alpha_options options = {.metric = metric, .replicates = REPLICATES, .seed = 1};
    struct alpha out;
    if (agreement_alpha(&out, &ratings, &options) != AGREEMENT_OK || out.replicates != REPLICATES) {
        fail("alpha");
    }
}

static void alpha_nominal(void)
{
    alpha(values, ALPHA_NOMINAL);
}
static void alpha_ordinal(void)
{
    alpha(values, ALPHA_ORDINAL);
}
static void alpha_masi(void)
{
    alpha(sets, ALPHA_MASI);
}

/* The noise of no secret: a hash as good as SipHash for this. */
static uint64_t hash(const unsigned char key[PERTURB_KEY_BYTES], struct slice message)
{
    uint64_t state = key[0], part;
    for (size_t i = 0; i + sizeof part <= message.len; i += sizeof part) {
        memcpy(&part, message.ptr + i, sizeof part);
        state = random_u64(&state) ^ part;
    }
    return random_u64(&state);
}

/* A million people by province, age, gender, diploma, stream and channel, unevenly. */
static void make_profiles(void)
{
    static const uint32_t codes[DIMS] = {15, 9, 6, 6, 7, 8};
    static uint8_t answers[COLUMNS_BATCH_MAX / 8][DIMS];
    static struct columns_change changes[COLUMNS_BATCH_MAX / 8];
    static const size_t variables[DIMS] = {0, 1, 2, 3, 4, 5};
    uint64_t state = 2;
    struct columns *columns;
    if (columns_create(&columns, codes, DIMS) != COLUMNS_OK) {
        fail("columns");
    }
    for (size_t done = 0; done < PEOPLE;) {
        size_t count = 0;
        for (; count < COLUMNS_BATCH_MAX / 8 && done < PEOPLE; count++, done++) {
            for (size_t d = 0; d < DIMS; d++) {
                uint32_t code = random_index(&state, codes[d]);
                for (int skew = 0; skew < (d < 2 ? 1 : 3); skew++) {
                    const uint32_t again = random_index(&state, codes[d]);
                    code = again < code ? again : code;
                }
                answers[count][d] = (uint8_t)code;
            }
            changes[count] = (struct columns_change){.kind = COLUMNS_ANSWERED,
                                                     .key = random_u64(&state),
                                                     .answers = answers[count],
                                                     .answers_size = DIMS,
                                                     .revision = 1};
            memcpy(changes[count].id.bytes, &changes[count].key, sizeof changes[count].key);
        }
        if (columns_apply(columns, changes, count, (int64_t)done) != COLUMNS_OK) {
            fail("columns");
        }
    }
    const double before = now_ms();
    if (profiles_count(&profiles, columns, variables, DIMS) != LATTICE_OK) {
        fail("profiles");
    }
    printf("  %-58s %8.1f ms, %zu profiles\n", "profiles of a million people by 6 dimensions, once",
           now_ms() - before, profiles.count);
    columns_destroy(columns);
}

static void lattice(void)
{
    static const bool *const listed[LATTICE_DIMS_MAX];
    const struct public_rule rule = {.perturb = {.hash = hash, .table = perturb_table_find(5, 2)},
                                     .threshold = 10};
    struct lattice out;
    if (lattice_decide(&out, &profiles, listed, &rule) != LATTICE_OK) {
        fail("lattice");
    }
    lattice_free(&out);
}

static char answer_bytes[ANSWERS][ANSWER_BYTES];
static struct slice answers[ANSWERS];

/* Answers of 20 to 50 words out of 5,000; one in ten is one of 40 letters, of which one word in 25 is
 * another. */
static void make_answers(void)
{
    uint64_t state = 3;
    for (size_t i = 0; i < ANSWERS; i++) {
        const bool campaign = random_index(&state, 10) == 0;
        uint64_t words = campaign ? random_index(&state, 40) : 1000 + i;
        const uint32_t count = 20 + random_index(&words, 31);
        size_t len = 0;
        for (uint32_t w = 0; w < count && len + 20 < ANSWER_BYTES; w++) {
            uint64_t letters = random_index(&words, 5000);
            if (campaign && random_index(&state, 25) == 0) {
                letters = random_index(&state, 5000);
            }
            for (uint32_t k = 2 + random_index(&letters, 7); k > 0; k--) {
                answer_bytes[i][len++] = (char)('a' + random_index(&letters, 26));
            }
            answer_bytes[i][len++] = ' ';
        }
        answers[i] = (struct slice){answer_bytes[i], len};
    }
}

static void duplicates(void)
{
    const struct duplicates_rule rule = {DUPLICATES_THRESHOLD, DUPLICATES_LEAST, 1};
    struct duplicates out;
    if (!duplicates_find(&out, answers, ANSWERS, &rule) || out.cluster_count != 40) {
        fail("duplicates");
    }
    duplicates_free(&out);
}

static const struct {
    const char *name;
    void (*run)(void);
    double goal; /* ms */
} jobs[] = {
    {"alpha, nominal: 50,000 units, 3 coders, 1,000 samples", alpha_nominal, 2000},
    {"alpha, ordinal: the same", alpha_ordinal, 2000},
    {"alpha, MASI over 7 labels: the same", alpha_masi, 2000},
    {"universes of a release: a million people by 6 dimensions", lattice, 5000},
    {"answers nearly the same: 100,000 of 200 characters", duplicates, 5000},
};
enum { JOBS = sizeof jobs / sizeof jobs[0] };

static void write_json(FILE *file, double ms[JOBS][ROUNDS_MAX])
{
    for (size_t j = 0; j < JOBS; j++) {
        fprintf(file, "%s {\"name\": \"%s\", \"unit\": \"ms\", ", j == 0 ? "[\n" : ",\n", jobs[j].name);
        rounds_write(file, "values", ms[j]);
        fprintf(file, ", \"goal\": {\"of\": \"value\", \"at\": \"most\", \"is\": %.0f}}", jobs[j].goal);
    }
    fputs("\n]\n", file);
}

int main(int argc, char **argv)
{
    static double ms[JOBS][ROUNDS_MAX];
    printf("pure statistics on one core: median [lowest..highest]\n");
    make_ratings();
    make_profiles();
    make_answers();
    for (int r = 0; r < rounds(); r++) {
        for (size_t j = 0; j < JOBS; j++) {
            const double before = now_ms();
            jobs[j].run();
            ms[j][r] = now_ms() - before;
        }
    }
    for (size_t j = 0; j < JOBS; j++) {
        const struct figure figure = rounds_summary(ms[j]);
        printf("  %-58s %8.1f ms [%.1f..%.1f], goal %.0f\n", jobs[j].name, figure.median, figure.low,
               figure.high, jobs[j].goal);
    }
    FILE *file = argc > 1 ? fopen(argv[1], "w") : NULL;
    if (argc > 1 && !file) {
        fail(argv[1]);
    }
    if (file) {
        write_json(file, ms);
        fclose(file);
    }
    profiles_free(&profiles);
    return 0;
}
