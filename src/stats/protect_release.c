#include "stats/protect_release.h"

struct fates {
    enum universe_fate *fate;
    const struct lattice *lattice;
    const struct universe_past *past; /* NULL: the first release */
    const struct universe_change *change;
    const struct public_rule *rule;
};

/* Who certainly changed; all that the key is for is to draw the noise. */
static struct table_cell certain_change(const struct fates *f, size_t u)
{
    const struct universe_change *change = &f->change[u];
    const uint64_t reach = f->rule->perturb.table->reach;
    const uint64_t unchanged = f->lattice->universes[u].sum.n - change->present.n;
    const uint64_t before = f->past[u].n > reach ? f->past[u].n - reach : 0;
    const uint64_t with_leavers = change->newcomers + (before > unchanged ? before - unchanged : 0);
    struct table_cell certain = change->present;
    if (with_leavers > certain.n) {
        certain.n = with_leavers;
        certain.key = f->lattice->universes[u].sum.key;
    }
    return certain;
}

static bool was_published(const struct fates *f, size_t u)
{
    return f->past && f->past[u].published;
}

static bool due(const struct fates *f, size_t u)
{
    if (!was_published(f, u)) {
        return true;
    }
    const struct table_cell certain = certain_change(f, u);
    return release_due(f->rule, &certain);
}

/* What becomes of a universe that may not be fresh. */
static enum universe_fate otherwise(const struct fates *f, size_t u)
{
    return was_published(f, u) && f->past[u].open ? UNIVERSE_CARRIED : UNIVERSE_WITHHELD;
}

static size_t part_of(const struct lattice *l, const struct universe *whole, size_t dim, uint32_t code)
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
    return lattice_place(l, whole->depth + 1u, dims, codes);
}

/* The universes that u is directly a part of: at most two. */
static size_t wholes_of(size_t wholes[LATTICE_DEPTH], const struct lattice *l, const struct universe *u)
{
    for (size_t i = 0; i < u->depth; i++) {
        const size_t dims[1] = {u->dims[1 - i]};
        const uint32_t codes[1] = {u->codes[1 - i]};
        wholes[i] = u->depth == 1 ? 0 : lattice_place(l, 1, dims, codes);
    }
    return u->depth;
}

/* Rules 1 and 3, from everybody down: wholes stand before their parts. */
static bool nesting_holds(const struct fates *f)
{
    bool changed = false;
    for (size_t u = 1; u < f->lattice->count; u++) {
        size_t wholes[LATTICE_DEPTH];
        const size_t count = wholes_of(wholes, f->lattice, &f->lattice->universes[u]);
        enum universe_fate most = UNIVERSE_FRESH;
        for (size_t i = 0; i < count; i++) {
            most = f->fate[wholes[i]] < most ? f->fate[wholes[i]] : most;
        }
        if (f->fate[u] == UNIVERSE_FRESH && most < UNIVERSE_FRESH) {
            f->fate[u] = otherwise(f, u);
            changed = true;
        }
        if (f->fate[u] != UNIVERSE_WITHHELD && most == UNIVERSE_WITHHELD) {
            f->fate[u] = UNIVERSE_WITHHELD;
            changed = true;
        }
    }
    return changed;
}

/* Rule 2 for one fresh universe and one dimension. True when something was taken away. */
static bool split_holds(const struct fates *f, size_t whole, size_t dim)
{
    const struct lattice *l = f->lattice;
    for (bool changed = false;; changed = true) {
        struct table_cell between = {0};
        bool nobody = true;
        size_t smallest = 0;
        for (uint32_t c = 0; c < l->sizes[dim]; c++) {
            const size_t part = part_of(l, &l->universes[whole], dim, c);
            if (f->fate[part] == UNIVERSE_WITHHELD) {
                table_cell_add(&between, &l->universes[part].sum);
            } else if (f->fate[part] == UNIVERSE_CARRIED) {
                const struct table_cell certain = certain_change(f, part);
                table_cell_add(&between, &certain);
                nobody = nobody && f->change[part].absent == 0;
            } else if (smallest == 0 || l->universes[part].n < l->universes[smallest].n) {
                smallest = part;
            }
        }
        if ((nobody && between.n == 0) || release_due(f->rule, &between)) {
            return changed;
        }
        f->fate[smallest ? smallest : whole] = otherwise(f, smallest ? smallest : whole);
        if (smallest == 0) {
            return true;
        }
    }
}

static bool has_dim(const struct universe *u, size_t dim)
{
    return (u->depth > 0 && u->dims[0] == dim) || (u->depth > 1 && u->dims[1] == dim);
}

static bool splits_hold(const struct fates *f)
{
    bool changed = false;
    for (size_t u = 0; u < f->lattice->count; u++) {
        const struct universe *universe = &f->lattice->universes[u];
        for (size_t dim = 0; universe->depth < LATTICE_DEPTH && dim < f->lattice->dims; dim++) {
            if (f->fate[u] == UNIVERSE_FRESH && !has_dim(universe, dim)) {
                changed = split_holds(f, u, dim) || changed;
            }
        }
    }
    return changed;
}

void release_decide(enum universe_fate *out, const struct lattice *lattice, const struct universe_past *past,
                    const struct universe_change *change, const struct public_rule *rule)
{
    const struct fates f = {out, lattice, past, change, rule};
    for (size_t u = 0; u < lattice->count; u++) {
        const struct universe *universe = &lattice->universes[u];
        size_t wholes[LATTICE_DEPTH];
        const size_t count = wholes_of(wholes, lattice, universe);
        bool may = due(&f, u);
        for (size_t i = 0; i < count; i++) {
            may = may && out[wholes[i]] == UNIVERSE_FRESH;
        }
        out[u] = may ? (universe->open ? UNIVERSE_FRESH : UNIVERSE_WITHHELD) : otherwise(&f, u);
    }
    for (bool changed = true; changed;) {
        changed = nesting_holds(&f);
        changed = splits_hold(&f) || changed;
    }
}
