#include "stats/protect_lattice.h"

#include "stats/interval.h"

#include <stdlib.h>
#include <string.h>

uint64_t public_size(const struct public_rule *rule, const struct table_cell *people)
{
    return perturb_count(&rule->perturb, people->key, people);
}

static uint64_t size_wanted(const struct public_rule *rule)
{
    return (uint64_t)rule->threshold + rule->perturb.table->reach;
}

bool public_large(const struct public_rule *rule, const struct table_cell *people)
{
    return public_size(rule, people) >= size_wanted(rule) &&
           effective_n_kish(table_weight(people), table_weight_squared(people)) >= (double)rule->threshold;
}

bool release_due(const struct public_rule *rule, const struct table_cell *changed)
{
    return public_size(rule, changed) >= size_wanted(rule);
}

/* ---- places ---- */

/* Where the pairs of a < b begin. */
static size_t pairs_from(const struct lattice *l, size_t a, size_t b)
{
    size_t place = 1;
    for (size_t d = 0; d < l->dims; d++) {
        place += l->sizes[d];
    }
    for (size_t x = 0; x < l->dims; x++) {
        for (size_t y = x + 1; y < l->dims; y++) {
            if (x == a && y == b) {
                return place;
            }
            place += (size_t)l->sizes[x] * l->sizes[y];
        }
    }
    return place;
}

size_t lattice_place(const struct lattice *lattice, size_t depth, const size_t *dims, const uint32_t *codes)
{
    if (depth == 0) {
        return 0;
    }
    if (depth == 2) {
        return pairs_from(lattice, dims[0], dims[1]) + (size_t)codes[0] * lattice->sizes[dims[1]] + codes[1];
    }
    size_t place = 1;
    for (size_t d = 0; d < dims[0]; d++) {
        place += lattice->sizes[d];
    }
    return place + codes[0];
}

/* The part of a universe with this code of a further dimension. */
static struct universe *part_of(const struct lattice *l, const struct universe *whole, size_t dim,
                                uint32_t code)
{
    size_t dims[LATTICE_DEPTH] = {dim};
    uint32_t codes[LATTICE_DEPTH] = {code};
    if (whole->depth == 1) {
        const bool first = whole->dims[0] < dim;
        dims[first] = dim;
        codes[first] = code;
        dims[!first] = whole->dims[0];
        codes[!first] = whole->codes[0];
    }
    return &l->universes[lattice_place(l, whole->depth + 1u, dims, codes)];
}

static bool has_dim(const struct universe *u, size_t dim)
{
    for (size_t i = 0; i < u->depth; i++) {
        if (u->dims[i] == dim) {
            return true;
        }
    }
    return false;
}

/* ---- filling ---- */

static void name_universes(struct lattice *l)
{
    size_t place = 1;
    for (size_t d = 0; d < l->dims; d++) {
        for (uint32_t c = 0; c < l->sizes[d]; c++) {
            l->universes[place++] =
                (struct universe){.depth = 1, .dims = {(uint8_t)d}, .codes = {(uint16_t)c}};
        }
    }
    for (size_t a = 0; a < l->dims; a++) {
        for (size_t b = a + 1; b < l->dims; b++) {
            for (size_t i = 0; i < (size_t)l->sizes[a] * l->sizes[b]; i++) {
                l->universes[place++] =
                    (struct universe){.depth = 2,
                                      .dims = {(uint8_t)a, (uint8_t)b},
                                      .codes = {(uint16_t)(i / l->sizes[b]), (uint16_t)(i % l->sizes[b])}};
            }
        }
    }
}

static void sum_universes(struct lattice *l, const struct profiles *profiles)
{
    for (size_t p = 0; p < profiles->count; p++) {
        const struct profile *profile = &profiles->list[p];
        size_t singles = 1, pairs = pairs_from(l, 0, 1);
        table_cell_add(&l->universes[0].sum, &profile->sum);
        for (size_t a = 0; a < l->dims; a++) {
            table_cell_add(&l->universes[singles + profile->codes[a]].sum, &profile->sum);
            singles += l->sizes[a];
            for (size_t b = a + 1; b < l->dims; b++) {
                size_t at = (size_t)profile->codes[a] * l->sizes[b] + profile->codes[b];
                table_cell_add(&l->universes[pairs + at].sum, &profile->sum);
                pairs += (size_t)l->sizes[a] * l->sizes[b];
            }
        }
    }
}

/* ---- deciding ---- */

struct decision {
    struct lattice *lattice;
    const struct profiles *profiles;
    const struct public_rule *rule;
    struct universe **by_size; /* the open ones by n~, for rule 3 */
};

/* Rules 1 and 2 for one universe split by one dimension. True when something was withheld. */
static bool split_holds(const struct decision *d, const struct universe *whole, size_t dim)
{
    bool changed = false;
    for (;;) {
        struct table_cell rest = {0};
        struct universe *smallest = NULL;
        for (uint32_t c = 0; c < d->lattice->sizes[dim]; c++) {
            struct universe *part = part_of(d->lattice, whole, dim, c);
            if (part->open && !whole->open) {
                part->open = false;
                changed = true;
            }
            if (!part->open) {
                table_cell_add(&rest, &part->sum);
            } else if (!smallest || part->n < smallest->n) {
                smallest = part;
            }
        }
        if (!smallest || rest.n == 0 || public_large(d->rule, &rest)) {
            return changed;
        }
        smallest->open = false;
        changed = true;
    }
}

static bool in_universe(const struct universe *u, const struct profile *p)
{
    for (size_t i = 0; i < u->depth; i++) {
        if (p->codes[u->dims[i]] != u->codes[i]) {
            return false;
        }
    }
    return true;
}

/* Of the same dimension they have other codes: nobody is in both. */
static bool apart(const struct universe *a, const struct universe *b)
{
    for (size_t i = 0; i < a->depth; i++) {
        for (size_t j = 0; j < b->depth; j++) {
            if (a->dims[i] == b->dims[j] && a->codes[i] != b->codes[j]) {
                return true;
            }
        }
    }
    return false;
}

/* Rule 3 is broken by these two. */
static bool too_alike(const struct decision *d, const struct universe *a, const struct universe *b)
{
    if (a->sum.key == b->sum.key || apart(a, b)) {
        return false;
    }
    /* So many that no noise matters. */
    const uint64_t plenty = size_wanted(d->rule) + d->rule->perturb.table->reach;
    struct table_cell between = {0};
    bool common = false;
    for (size_t p = 0; p < d->profiles->count; p++) {
        const struct profile *profile = &d->profiles->list[p];
        const bool in_a = in_universe(a, profile), in_b = in_universe(b, profile);
        if (in_a != in_b) {
            table_cell_add(&between, &profile->sum);
            if (between.n >= plenty) {
                return false;
            }
        }
        common = common || (in_a && in_b);
    }
    return common && public_size(d->rule, &between) < size_wanted(d->rule);
}

/* Larger first, by n~; of the same size the shallower first. */
static int by_size(const void *a, const void *b)
{
    const struct universe *x = *(struct universe *const *)a, *y = *(struct universe *const *)b;
    if (x->n != y->n) {
        return x->n > y->n ? -1 : 1;
    }
    return x < y ? -1 : x > y;
}

/* Which of two is withheld: the deeper, else the smaller by n~, else the later. */
static struct universe *lesser(struct universe *a, struct universe *b)
{
    if (a->depth != b->depth) {
        return a->depth > b->depth ? a : b;
    }
    if (a->n != b->n) {
        return a->n < b->n ? a : b;
    }
    return a > b ? a : b;
}

static bool pairs_hold(const struct decision *d)
{
    size_t count = 0;
    bool changed = false;
    for (size_t u = 0; u < d->lattice->count; u++) {
        if (d->lattice->universes[u].open) {
            d->by_size[count++] = &d->lattice->universes[u];
        }
    }
    qsort(d->by_size, count, sizeof(struct universe *), by_size);
    /* Further apart than this, they differ by plenty whatever their noise. */
    const uint64_t window = size_wanted(d->rule) + 3u * d->rule->perturb.table->reach;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count && d->by_size[i]->n - d->by_size[j]->n < window; j++) {
            struct universe *a = d->by_size[i], *b = d->by_size[j];
            if (a->open && b->open && too_alike(d, a, b)) {
                lesser(a, b)->open = false;
                changed = true;
            }
        }
    }
    return changed;
}

static bool splits_hold(const struct decision *d)
{
    bool changed = false;
    for (size_t u = 0; u < d->lattice->count; u++) {
        const struct universe *whole = &d->lattice->universes[u];
        for (size_t dim = 0; whole->depth < LATTICE_DEPTH && dim < d->lattice->dims; dim++) {
            if (!has_dim(whole, dim)) {
                changed = split_holds(d, whole, dim) || changed;
            }
        }
    }
    return changed;
}

static void open_large(const struct decision *d, const bool *const listed[LATTICE_DIMS_MAX])
{
    for (size_t i = 0; i < d->lattice->count; i++) {
        struct universe *u = &d->lattice->universes[i];
        u->n = public_size(d->rule, &u->sum);
        u->open = public_large(d->rule, &u->sum);
        for (size_t x = 0; x < u->depth; x++) {
            u->open = u->open && (!listed[u->dims[x]] || listed[u->dims[x]][u->codes[x]]);
        }
    }
}

enum lattice_status lattice_decide(struct lattice *out, const struct profiles *profiles,
                                   const bool *const listed[LATTICE_DIMS_MAX], const struct public_rule *rule)
{
    *out = (struct lattice){.dims = profiles->dims};
    if (profiles->dims > LATTICE_DIMS_MAX) {
        return LATTICE_BAD_DIMS;
    }
    memcpy(out->sizes, profiles->sizes, sizeof out->sizes);
    out->count = pairs_from(out, out->dims, out->dims);
    if (out->count > LATTICE_UNIVERSES_MAX) {
        return LATTICE_TOO_MANY;
    }
    struct decision d = {.lattice = out, .profiles = profiles, .rule = rule};
    out->universes = calloc(out->count, sizeof *out->universes);
    d.by_size = calloc(out->count, sizeof *d.by_size);
    if (!out->universes || !d.by_size) {
        free(d.by_size);
        lattice_free(out);
        return LATTICE_NO_MEMORY;
    }
    name_universes(out);
    sum_universes(out, profiles);
    open_large(&d, listed);
    while (splits_hold(&d) || pairs_hold(&d)) {
    }
    free(d.by_size);
    return LATTICE_OK;
}

void lattice_free(struct lattice *lattice)
{
    free(lattice->universes);
    *lattice = (struct lattice){0};
}
