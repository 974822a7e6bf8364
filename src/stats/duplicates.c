#include "stats/duplicates.h"

#include "base/unicode.h"
#include "base/utf8.h"
#include "stats/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    RUN = 5,
    HASHES = 128,
    BAND = 4, /* hashes */
    BANDS = HASHES / BAND,
    SPEAKERS_MAX = 128,  /* texts of one bucket that its others are compared with */
    SPEAKERS_OF_SET = 4, /* at most so many of one set */
    TELL_EVERY = 4096    /* texts */
};
/* How much less alike two signatures may be than the texts: five times the standard error of HASHES, so that
 * one pair in three million that is alike is taken for one that is not; of those that are not, nearly all. */
#define SIGNATURE_SLACK 0.22

/* The runs of one text, hashed; sorted and each once when somebody first asks. */
struct runs {
    uint32_t *hashes;
    uint32_t count;
    bool sorted;
};

struct search {
    const struct duplicates_rule *rule;
    size_t count;
    struct runs *runs;    /* by text; without hashes: too short */
    uint32_t *signature;  /* HASHES a text */
    uint32_t *parent;     /* union-find; the lowest text is the root */
    duplicates_told told; /* may be NULL */
    void *self;
};

/* ---- runs ---- */

/* Letters and digits folded, anything else one space; at most DUPLICATES_TEXT_MAX. */
static uint32_t compared(uint32_t *out, struct slice text)
{
    uint32_t count = 0;
    for (size_t at = 0; at < text.len && count < DUPLICATES_TEXT_MAX;) {
        uint32_t point = ' ';
        const size_t size = utf8_next(&point, (struct slice){text.ptr + at, text.len - at});
        const uint32_t folded = unicode_fold(point);
        const bool word = unicode_is_letter(point) || unicode_is_digit(point);
        at += size > 0 ? size : 1;
        if (word && folded) {
            out[count++] = folded;
        } else if (!word && count > 0 && out[count - 1] != ' ') {
            out[count++] = ' ';
        }
    }
    return count > 0 && out[count - 1] == ' ' ? count - 1 : count;
}

static uint32_t hash_run(const uint32_t *points, uint64_t seed)
{
    uint64_t state = seed;
    for (int i = 0; i < RUN; i++) {
        state = (state ^ points[i]) * 0x9E3779B97F4A7C15u;
        state ^= state >> 29;
    }
    return (uint32_t)(random_u64(&state) >> 32);
}

/* points: room for DUPLICATES_TEXT_MAX. False when out of memory. */
static bool take_runs(struct runs *runs, uint32_t *points, struct slice text, uint32_t least, uint64_t seed)
{
    const uint32_t count = compared(points, text);
    *runs = (struct runs){0};
    if (count < RUN || count < least) {
        return true;
    }
    runs->count = count - RUN + 1;
    runs->hashes = malloc(runs->count * sizeof *runs->hashes);
    if (!runs->hashes) {
        return false;
    }
    for (uint32_t i = 0; i < runs->count; i++) {
        runs->hashes[i] = hash_run(points + i, seed);
    }
    return true;
}

static int compare_hashes(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void sort_runs(struct runs *runs)
{
    if (runs->sorted || runs->count == 0) {
        return;
    }
    qsort(runs->hashes, runs->count, sizeof *runs->hashes, compare_hashes);
    uint32_t kept = 1;
    for (uint32_t i = 1; i < runs->count; i++) {
        if (runs->hashes[i] != runs->hashes[kept - 1]) {
            runs->hashes[kept++] = runs->hashes[i];
        }
    }
    runs->count = kept;
    runs->sorted = true;
}

/* -1 once it cannot be `least` any more. */
static double likeness_from(struct runs *a, struct runs *b, double least)
{
    sort_runs(a);
    sort_runs(b);
    /* With k in both it is k / (a + b - k). */
    const uint32_t sum = a->count + b->count;
    const uint32_t needed = (uint32_t)floor(least * sum / (1 + least));
    const uint32_t fewer = a->count < b->count ? a->count : b->count;
    if (fewer < needed) {
        return -1;
    }
    uint32_t both = 0, missed = 0; /* of those in a */
    const uint32_t most = a->count - needed;
    for (uint32_t i = 0, k = 0; i < a->count && k < b->count;) {
        const uint32_t x = a->hashes[i], y = b->hashes[k];
        both += x == y;
        missed += x < y;
        i += x <= y;
        k += y <= x;
        if (missed > most) {
            return -1;
        }
    }
    const uint32_t either = sum - both;
    return either > 0 ? (double)both / either : 0;
}

double duplicates_likeness(struct slice a, struct slice b)
{
    struct runs x = {0}, y = {0};
    uint32_t *points = malloc(DUPLICATES_TEXT_MAX * sizeof *points);
    const bool taken = points && take_runs(&x, points, a, 0, 0) && take_runs(&y, points, b, 0, 0);
    const double out = taken ? likeness_from(&x, &y, 0) : (double)NAN;
    free(x.hashes);
    free(y.hashes);
    free(points);
    return out;
}

/* ---- MinHash ---- */

/* Multiply-shift (Dietzfelbinger et al. 1997). */
struct hashing {
    uint64_t factor[HASHES], term[HASHES];
};

static void sign(uint32_t *signature, const struct runs *runs, const struct hashing *hashing)
{
    memset(signature, 0xFF, HASHES * sizeof *signature);
    for (uint32_t i = 0; i < runs->count; i++) {
        const uint64_t x = runs->hashes[i];
        for (int h = 0; h < HASHES; h++) {
            const uint32_t value = (uint32_t)((hashing->factor[h] * x + hashing->term[h]) >> 32);
            signature[h] = value < signature[h] ? value : signature[h];
        }
    }
}

static void tell(const struct search *search, size_t done)
{
    if (search->told) {
        search->told(done, (size_t)2 * BANDS, search->self);
    }
}

static bool sign_all(struct search *search, const struct slice *texts)
{
    struct hashing hashing;
    uint64_t state = search->rule->seed;
    uint32_t *points = malloc(DUPLICATES_TEXT_MAX * sizeof *points);
    for (int h = 0; h < HASHES; h++) {
        hashing.factor[h] = random_u64(&state) | 1;
        hashing.term[h] = random_u64(&state);
    }
    bool good = points != NULL;
    for (size_t i = 0; i < search->count && good; i++) {
        good = take_runs(&search->runs[i], points, texts[i], search->rule->least, search->rule->seed);
        if (good && search->runs[i].hashes) {
            sign(search->signature + i * HASHES, &search->runs[i], &hashing);
        }
        if (i % TELL_EVERY == 0) {
            tell(search, i * BANDS / search->count);
        }
    }
    free(points);
    return good;
}

/* ---- union-find ---- */

static uint32_t root_of(uint32_t *parent, uint32_t text)
{
    while (parent[text] != text) {
        parent[text] = parent[parent[text]];
        text = parent[text];
    }
    return text;
}

static void unite(uint32_t *parent, uint32_t a, uint32_t b)
{
    parent[a > b ? a : b] = a > b ? b : a;
}

/* ---- bands ---- */

struct key {
    uint64_t band;
    uint32_t text;
};

static int compare_keys(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    return x->band != y->band ? (x->band < y->band ? -1 : 1) : (x->text > y->text) - (x->text < y->text);
}

static bool is_alike(struct search *search, uint32_t a, uint32_t b)
{
    const double threshold = search->rule->threshold;
    const uint32_t *x = search->signature + (size_t)a * HASHES, *y = search->signature + (size_t)b * HASHES;
    uint32_t same = 0;
    for (int h = 0; h < HASHES; h++) {
        same += x[h] == y[h];
    }
    return same >= (threshold - SIGNATURE_SLACK) * HASHES &&
           likeness_from(&search->runs[a], &search->runs[b], threshold) >= threshold;
}

/* Ties each of a bucket to the texts in it that it is like. A campaign is one set of many: a few of them
 * speak for all, or a bucket would cost the square of its size. */
static void tie(struct search *search, const struct key *bucket, size_t size)
{
    uint32_t speakers[SPEAKERS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < size; i++) {
        const uint32_t text = bucket[i].text;
        for (size_t s = 0; s < count; s++) {
            const uint32_t a = root_of(search->parent, text), b = root_of(search->parent, speakers[s]);
            if (a != b && is_alike(search, text, speakers[s])) {
                unite(search->parent, a, b);
            }
        }
        size_t of_set = 0;
        for (size_t s = 0; s < count; s++) {
            of_set += root_of(search->parent, speakers[s]) == root_of(search->parent, text);
        }
        if (of_set < SPEAKERS_OF_SET && count < SPEAKERS_MAX) {
            speakers[count++] = text;
        }
    }
}

static bool tie_all(struct search *search)
{
    struct key *keys = malloc((search->count + 1) * sizeof *keys);
    for (int band = 0; band < BANDS && keys; band++) {
        size_t count = 0;
        tell(search, (size_t)BANDS + (size_t)band);
        for (size_t i = 0; i < search->count; i++) {
            if (search->runs[i].hashes) {
                const uint32_t *part = search->signature + i * HASHES + (size_t)band * BAND;
                uint64_t state = (uint64_t)part[0] << 32 | part[1];
                state = random_u64(&state) ^ ((uint64_t)part[2] << 32 | part[3]);
                keys[count++] = (struct key){random_u64(&state), (uint32_t)i};
            }
        }
        if (count > 0) {
            qsort(keys, count, sizeof *keys, compare_keys);
        }
        for (size_t i = 0, end; i < count; i = end) {
            for (end = i + 1; end < count && keys[end].band == keys[i].band;) {
                end++;
            }
            if (end - i > 1) {
                tie(search, keys + i, end - i);
            }
        }
    }
    free(keys);
    return keys != NULL;
}

/* ---- clusters ---- */

static int compare_clusters(const void *a, const void *b)
{
    const struct duplicates_cluster *x = a, *y = b;
    return x->size != y->size ? (x->size > y->size ? -1 : 1) : (x->first > y->first) - (x->first < y->first);
}

static bool gather(struct duplicates *out, struct search *search)
{
    const size_t count = search->count;
    out->cluster = malloc((count + 1) * sizeof *out->cluster);
    out->clusters = malloc((count / 2 + 1) * sizeof *out->clusters);
    uint32_t *sizes = calloc(count + 1, sizeof *sizes); /* by root; then the cluster's number */
    if (!out->cluster || !out->clusters || !sizes) {
        free(sizes);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        sizes[root_of(search->parent, (uint32_t)i)]++;
    }
    for (size_t i = 0; i < count; i++) {
        if (sizes[i] > 1) {
            out->clusters[out->cluster_count++] = (struct duplicates_cluster){(uint32_t)i, sizes[i]};
        }
        sizes[i] = DUPLICATES_NONE;
    }
    if (out->cluster_count > 0) {
        qsort(out->clusters, out->cluster_count, sizeof *out->clusters, compare_clusters);
    }
    for (size_t i = 0; i < out->cluster_count; i++) {
        sizes[out->clusters[i].first] = (uint32_t)i;
    }
    for (size_t i = 0; i < count; i++) {
        out->cluster[i] = sizes[root_of(search->parent, (uint32_t)i)];
    }
    free(sizes);
    return true;
}

bool duplicates_find(struct duplicates *out, const struct slice *texts, size_t count,
                     const struct duplicates_rule *rule)
{
    return duplicates_find_telling(out, texts, count, rule, NULL, NULL);
}

bool duplicates_find_telling(struct duplicates *out, const struct slice *texts, size_t count,
                             const struct duplicates_rule *rule, duplicates_told told, void *self)
{
    *out = (struct duplicates){0};
    if (!(rule->threshold > 0 && rule->threshold <= 1) || count > DUPLICATES_TEXTS_MAX) {
        return false;
    }
    struct search search = {.rule = rule, .count = count, .told = told, .self = self};
    search.runs = calloc(count + 1, sizeof *search.runs);
    search.signature = malloc((count + 1) * HASHES * sizeof *search.signature);
    search.parent = malloc((count + 1) * sizeof *search.parent);
    bool good = search.runs && search.signature && search.parent;
    for (size_t i = 0; i < count && good; i++) {
        search.parent[i] = (uint32_t)i;
    }
    good = good && sign_all(&search, texts) && tie_all(&search) && gather(out, &search);
    for (size_t i = 0; i < count && search.runs; i++) {
        free(search.runs[i].hashes);
    }
    free(search.runs);
    free(search.signature);
    free(search.parent);
    if (!good) {
        duplicates_free(out);
    }
    return good;
}

void duplicates_free(struct duplicates *duplicates)
{
    free(duplicates->cluster);
    free(duplicates->clusters);
    *duplicates = (struct duplicates){0};
}
