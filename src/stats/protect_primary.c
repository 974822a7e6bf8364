#include "stats/protect_primary.h"

#include <stdlib.h>

/* Cells and totals with their exact sums, before anything is taken out. */
struct work {
    struct table_cell sum;
    bool total;    /* not a cell */
    bool absent;   /* of a total: every cell of it is */
    bool withheld; /* of a total: some cell of it is */
};

/* Positions in the table with totals. */
struct extent {
    size_t axis_count;
    size_t sides[TABULATE_AXES_MAX]; /* size + 1 */
    size_t strides[TABULATE_AXES_MAX];
    size_t count;
};

static struct extent extent_of(size_t axis_count, const uint32_t *sizes)
{
    struct extent e = {.axis_count = axis_count, .count = 1};
    for (size_t a = axis_count; a-- > 0;) {
        e.sides[a] = (size_t)sizes[a] + 1;
        e.strides[a] = e.count;
        e.count *= e.sides[a];
    }
    return e;
}

static size_t code_at(const struct extent *e, size_t position, size_t axis)
{
    return position / e->strides[axis] % e->sides[axis];
}

static bool is_total(const struct extent *e, size_t position)
{
    for (size_t a = 0; a < e->axis_count; a++) {
        if (code_at(e, position, a) + 1 == e->sides[a]) {
            return true;
        }
    }
    return false;
}

static bool declared_absent(const struct extent *e, size_t position, const struct protect_rule *rule)
{
    for (size_t a = 0; a < e->axis_count; a++) {
        if (rule->absent[a] && rule->absent[a][code_at(e, position, a)]) {
            return true;
        }
    }
    return false;
}

static bool small(const struct table_cell *cell, const struct protect_rule *rule)
{
    if (cell->n < rule->threshold) {
        return true;
    }
    if (!rule->effective_too) {
        return false;
    }
    double weight = table_weight(cell), squared = table_weight_squared(cell);
    return !(squared > 0) || weight * weight / squared < (double)rule->threshold;
}

/* Rules 1 to 3. */
static enum protect_status judge_cells(struct work *work, const struct extent *e, const struct table *table,
                                       const struct protect_rule *rule)
{
    size_t number = 0;
    for (size_t p = 0; p < e->count; p++) {
        work[p].total = is_total(e, p);
        if (work[p].total) {
            continue;
        }
        /* Both run with the last axis fastest, so the cells come in their order. */
        work[p].sum = table->cells[number++];
        if (declared_absent(e, p, rule)) {
            if (work[p].sum.n != 0) {
                return PROTECT_NOT_EMPTY;
            }
            work[p].absent = true;
        } else {
            work[p].withheld = small(&work[p].sum, rule);
        }
    }
    return PROTECT_OK;
}

/* The smallest count shown, false when nothing is. */
static bool smallest_shown(uint64_t *smallest, const struct work *work, const struct extent *e)
{
    bool any = false;
    for (size_t p = 0; p < e->count; p++) {
        if (!work[p].total && !work[p].absent && !work[p].withheld && (!any || work[p].sum.n < *smallest)) {
            *smallest = work[p].sum.n;
            any = true;
        }
    }
    return any;
}

/* Rule 4. */
static void withhold_more(struct work *work, const struct extent *e, const struct protect_rule *rule)
{
    const uint64_t full = rule->threshold > 0 ? rule->threshold - 1 : 0;
    for (;;) {
        size_t withheld = 0;
        uint64_t people = 0, smallest = 0;
        for (size_t p = 0; p < e->count; p++) {
            if (!work[p].total && work[p].withheld) {
                withheld++;
                people += work[p].sum.n;
            }
        }
        bool enough = withheld >= 2 && people >= rule->threshold && people != withheld * full;
        if (withheld == 0 || enough || !smallest_shown(&smallest, work, e)) {
            return;
        }
        for (size_t p = 0; p < e->count; p++) {
            work[p].withheld |= !work[p].total && !work[p].absent && work[p].sum.n == smallest;
        }
    }
}

/* Rule 5, an axis at a time: the total over an axis sums what stands beside it, totals over earlier axes
 * included. */
static void sum_totals(struct work *work, const struct extent *e)
{
    for (size_t a = 0; a < e->axis_count; a++) {
        for (size_t p = 0; p < e->count; p++) {
            if (code_at(e, p, a) + 1 != e->sides[a]) {
                continue;
            }
            bool earlier = true; /* later axes still have no totals to sum */
            for (size_t b = a + 1; b < e->axis_count; b++) {
                earlier = earlier && code_at(e, p, b) + 1 != e->sides[b];
            }
            if (!earlier) {
                continue;
            }
            struct work total = {.total = true, .absent = true};
            for (size_t step = 1; step < e->sides[a]; step++) {
                const struct work *part = &work[p - step * e->strides[a]];
                table_cell_add(&total.sum, &part->sum);
                total.absent = total.absent && part->absent;
                total.withheld = total.withheld || part->withheld;
            }
            work[p] = total;
        }
    }
}

static struct protected_cell released(const struct work *work)
{
    if (work->withheld) {
        return (struct protected_cell){.mark = PROTECT_WITHHELD};
    }
    if (work->absent) {
        return (struct protected_cell){.mark = PROTECT_ABSENT};
    }
    return (struct protected_cell){.mark = PROTECT_SHOWN,
                                   .n = work->sum.n,
                                   .weight = table_weight(&work->sum),
                                   .weight_squared = table_weight_squared(&work->sum)};
}

enum protect_status protect_primary(struct protected_table *out, const struct table *table,
                                    const struct protect_rule *rule)
{
    *out = (struct protected_table){.axis_count = table->axis_count};
    for (size_t a = 0; a < table->axis_count; a++) {
        out->sizes[a] = table->sizes[a];
    }
    const struct extent e = extent_of(table->axis_count, table->sizes);
    out->cell_count = e.count;
    enum protect_status status = PROTECT_NO_MEMORY;
    struct work *work = calloc(e.count, sizeof *work);
    out->cells = calloc(e.count, sizeof *out->cells);
    if (!work || !out->cells) {
        goto cleanup;
    }
    status = judge_cells(work, &e, table, rule);
    if (status != PROTECT_OK) {
        goto cleanup;
    }
    if (rule->total_known) {
        withhold_more(work, &e, rule);
    }
    sum_totals(work, &e);
    for (size_t p = 0; p < e.count; p++) {
        out->cells[p] = released(&work[p]);
    }
cleanup:
    free(work);
    if (status != PROTECT_OK) {
        protected_table_free(out);
    }
    return status;
}

void protected_table_free(struct protected_table *table)
{
    free(table->cells);
    *table = (struct protected_table){0};
}

const struct protected_cell *protected_table_at(const struct protected_table *table, const uint32_t *codes)
{
    const struct extent e = extent_of(table->axis_count, table->sizes);
    size_t position = 0;
    for (size_t a = 0; a < table->axis_count; a++) {
        position += e.strides[a] * (codes[a] == PROTECT_ALL ? table->sizes[a] : codes[a]);
    }
    return &table->cells[position];
}

bool protected_share(double *share, const struct protected_table *table, const uint32_t *codes, unsigned over)
{
    uint32_t base_codes[TABULATE_AXES_MAX] = {0};
    for (size_t a = 0; a < table->axis_count; a++) {
        base_codes[a] = over >> a & 1 ? PROTECT_ALL : codes[a];
    }
    const struct protected_cell *cell = protected_table_at(table, codes);
    const struct protected_cell *base = protected_table_at(table, base_codes);
    if (cell->mark != PROTECT_SHOWN || base->mark != PROTECT_SHOWN || !(base->weight > 0)) {
        return false;
    }
    *share = cell->weight / base->weight;
    return true;
}
