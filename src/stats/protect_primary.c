#include "stats/protect_internal.h"

#include <stdlib.h>

/* Positions in the table with totals, and where the cells of any set of axes stand in it. */
struct extent {
    size_t axis_count;
    size_t sides[TABULATE_AXES_MAX]; /* size + 1 */
    size_t strides[TABULATE_AXES_MAX];
    size_t count;
    /* For a set of axes: how many combinations of their codes there are, and how far each stands from the one
     * of first codes, the last axis fastest. */
    size_t counts[1 << TABULATE_AXES_MAX];
    const size_t *offsets[1 << TABULATE_AXES_MAX];
    size_t *all_offsets;
};

/* Of the axes in `set`, from those of the set without its first axis. */
static void put_offsets(size_t *out, struct extent *e, unsigned set)
{
    size_t a = 0;
    while (set != 0 && !(set >> a & 1)) {
        a++;
    }
    const unsigned rest = set & (set - 1);
    e->offsets[set] = out;
    if (set == 0) {
        e->counts[set] = 1;
        out[0] = 0;
        return;
    }
    e->counts[set] = (e->sides[a] - 1) * e->counts[rest];
    for (size_t code = 0; code + 1 < e->sides[a]; code++) {
        for (size_t i = 0; i < e->counts[rest]; i++) {
            *out++ = code * e->strides[a] + e->offsets[rest][i];
        }
    }
}

/* False when there is no memory. The caller frees all_offsets. */
static bool extent_of(struct extent *e, size_t axis_count, const uint32_t *sizes)
{
    *e = (struct extent){.axis_count = axis_count, .count = 1};
    for (size_t a = axis_count; a-- > 0;) {
        e->sides[a] = (size_t)sizes[a] + 1;
        e->strides[a] = e->count;
        e->count *= e->sides[a];
    }
    /* Over all sets, the sizes multiplied add up to the sides multiplied. */
    size_t *out = e->all_offsets = malloc(e->count * sizeof *e->all_offsets);
    for (unsigned set = 0; out && set < 1u << axis_count; set++) {
        put_offsets(out, e, set);
        out += e->counts[set];
    }
    return e->all_offsets != NULL;
}

static unsigned all_axes(const struct extent *e)
{
    return (1u << e->axis_count) - 1;
}

static size_t code_at(const struct extent *e, size_t position, size_t axis)
{
    return position / e->strides[axis] % e->sides[axis];
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

bool protect_small(const struct table_cell *cell, const struct protect_rule *rule)
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

static bool empty(const struct work *work)
{
    return work->sum.n == 0;
}

/* Rule 2. */
static enum protect_status take_cells(struct work *work, const struct extent *e, const struct table *table,
                                      const struct protect_rule *rule)
{
    const unsigned all = all_axes(e);
    for (size_t p = 0; p < e->count; p++) {
        work[p].total = true;
    }
    for (size_t i = 0; i < e->counts[all]; i++) {
        const size_t p = e->offsets[all][i];
        work[p] = (struct work){.sum = table->cells[i], .absent = declared_absent(e, p, rule)};
        if (work[p].absent && !empty(&work[p])) {
            return PROTECT_NOT_EMPTY;
        }
    }
    return PROTECT_OK;
}

/* The cells that share a code on some axes, all codes of the others. */
struct part {
    struct work *first;
    const size_t *offsets; /* of the cells, from the first */
    size_t count;
    bool may_close; /* of one code of the answer: cells that rule 10 opens may be withheld for the others */
};

/* Of the axes in the set `fixed`, number `n` of their combinations of codes, the last axis fastest. False
 * past the last. */
static bool part_at(struct part *part, struct work *work, const struct extent *e, unsigned fixed, size_t n)
{
    const unsigned others = all_axes(e) & ~fixed;
    *part = (struct part){0};
    if (n >= e->counts[fixed]) {
        return false;
    }
    *part = (struct part){
        .first = work + e->offsets[fixed][n], .offsets = e->offsets[others], .count = e->counts[others]};
    return true;
}

static struct work *cell_at(const struct part *part, size_t i)
{
    return part->first + part->offsets[i];
}

static bool any_withheld(const struct part *part)
{
    for (size_t i = 0; i < part->count; i++) {
        if (cell_at(part, i)->withheld) {
            return true;
        }
    }
    return false;
}

static struct table_cell people_of(const struct part *part)
{
    struct table_cell people = {0};
    for (size_t i = 0; i < part->count; i++) {
        table_cell_add(&people, &cell_at(part, i)->sum);
    }
    return people;
}

/* How many special codes somebody has; the cells of the others are marked. */
static size_t mark_unused(struct work *work, const struct extent *e, const struct protect_rule *rule)
{
    size_t used = 0;
    for (size_t a = 0; a < e->axis_count; a++) {
        for (size_t code = 0; code < rule->specials && code + 1 < e->sides[a]; code++) {
            struct part line;
            part_at(&line, work, e, 1u << a, code);
            const bool somebody = people_of(&line).n > 0;
            used += somebody;
            for (size_t i = 0; !somebody && i < line.count; i++) {
                cell_at(&line, i)->unused = true;
            }
        }
    }
    return used;
}

/* The only axis that is no fact; `axis_count` when there is none, or more than one. */
static size_t answer_axis(const struct extent *e, const struct protect_rule *rule)
{
    size_t axis = e->axis_count;
    for (size_t a = 0; a < e->axis_count; a++) {
        if (!rule->facts[a] && axis < e->axis_count) {
            return e->axis_count;
        }
        axis = rule->facts[a] ? axis : a;
    }
    return axis;
}

/* Rules 1 and 3. */
static void judge_cells(struct work *work, const struct extent *e, const struct protect_rule *rule)
{
    for (size_t p = 0; p < e->count; p++) {
        if (!work[p].total && !work[p].absent && !work[p].unused && protect_small(&work[p].sum, rule)) {
            work[p].withheld = true;
        }
    }
}

/* The smallest count shown of somebody, false when nobody is. */
static bool smallest_shown(uint64_t *smallest, const struct part *part)
{
    bool any = false;
    for (size_t i = 0; i < part->count; i++) {
        const struct work *w = cell_at(part, i);
        const bool may = w->open ? part->may_close : !empty(w);
        if (!w->withheld && may && (!any || w->sum.n < *smallest)) {
            *smallest = w->sum.n;
            any = true;
        }
    }
    return any;
}

bool protect_holds(const struct withheld *withheld, const struct protect_rule *rule, size_t least)
{
    const uint64_t full = rule->threshold > 0 ? rule->threshold - 1 : 0;
    return withheld->cells == 0 ||
           (withheld->cells >= 2 && !protect_small(&withheld->people, rule) &&
            withheld->people.n != withheld->cells * full && withheld->people.n > least);
}

static bool withheld_hold(const struct part *part, const struct protect_rule *rule, size_t least)
{
    struct withheld withheld = {0};
    for (size_t i = 0; i < part->count; i++) {
        const struct work *w = cell_at(part, i);
        if (w->withheld) {
            withheld.cells++;
            table_cell_add(&withheld.people, &w->sum);
        }
    }
    return protect_holds(&withheld, rule, least);
}

/* False when nobody is shown. */
static bool withhold_smallest(const struct part *part)
{
    uint64_t smallest = 0;
    if (!smallest_shown(&smallest, part)) {
        return false;
    }
    for (size_t i = 0; i < part->count; i++) {
        struct work *w = cell_at(part, i);
        if (!w->absent && (part->may_close || !w->open) && w->sum.n == smallest) {
            w->withheld = true;
            w->open = false;
        }
    }
    return true;
}

/* Rule 4 for a part. True when something was withheld. */
static bool withhold_more(const struct part *part, const struct protect_rule *rule, size_t least)
{
    bool changed = false;
    while (!withheld_hold(part, rule, least) && withhold_smallest(part)) {
        changed = true;
    }
    return changed;
}

/* Rule 7 along all sets of axes, or rule 4 for the whole. True when something was withheld. */
static bool withhold_in_parts(struct work *work, const struct extent *e, const struct protect_rule *rule,
                              size_t least)
{
    bool changed = false;
    const unsigned sets = rule->margins_known && e->axis_count > 0 ? (1u << e->axis_count) - 1 : 1;
    const size_t answer = answer_axis(e, rule);
    struct part part;
    for (unsigned fixed = 0; fixed < sets; fixed++) {
        for (size_t n = 0; part_at(&part, work, e, fixed, n); n++) {
            part.may_close = fixed >> answer & 1;
            changed = ((fixed > 0 || rule->total_known) && withhold_more(&part, rule, least)) || changed;
        }
    }
    return changed;
}

/* Rule 1: where nobody is shown, no zero is. */
static void withhold_zeros(struct work *work, const struct extent *e)
{
    uint64_t smallest;
    struct part all;
    part_at(&all, work, e, 0, 0);
    if (!smallest_shown(&smallest, &all)) {
        for (size_t i = 0; i < all.count; i++) {
            struct work *w = cell_at(&all, i);
            w->withheld = w->withheld || (!w->absent && !w->open);
        }
    }
}

/* The table without an axis, protected as when somebody asks for it. protected_table_free. */
static enum protect_status protect_margin(struct protected_table *shown, struct work *work,
                                          const struct extent *e, size_t dropped,
                                          const struct protect_rule *rule)
{
    const unsigned fixed = all_axes(e) & ~(1u << dropped);
    struct protect_rule margin_rule = *rule;
    struct table margin = {.axis_count = e->axis_count - 1, .cell_count = 1};
    struct part line;
    for (size_t a = 0, left = 0; a < e->axis_count; a++) {
        if (a != dropped) {
            margin.sizes[left] = (uint32_t)e->sides[a] - 1;
            margin_rule.absent[left] = rule->absent[a];
            margin_rule.facts[left] = rule->facts[a];
            margin.cell_count *= margin.sizes[left++];
        }
    }
    margin.cells = calloc(margin.cell_count, sizeof *margin.cells);
    if (!margin.cells) {
        return PROTECT_NO_MEMORY;
    }
    for (size_t n = 0; part_at(&line, work, e, fixed, n); n++) {
        margin.cells[n] = people_of(&line);
    }
    const enum protect_status status = protect_in_order(shown, &margin, &margin_rule);
    free(margin.cells);
    return status;
}

/* Where a position of the table stands in the one without an axis. */
static size_t margin_place(const struct extent *e, size_t position, size_t dropped)
{
    size_t place = 0;
    for (size_t a = 0; a < e->axis_count; a++) {
        place = a == dropped ? place : place * e->sides[a] + code_at(e, position, a);
    }
    return place;
}

/* Of a line over the axis of the answer: whether enough people answered. */
static bool enough_answered(const struct part *line, const struct protect_rule *rule)
{
    struct table_cell answered = {0};
    for (size_t code = rule->unguarded; code < line->count; code++) {
        table_cell_add(&answered, &cell_at(line, code)->sum);
    }
    return !protect_small(&answered, rule);
}

/* Rule 10. */
static enum protect_status open_unguarded(struct work *work, const struct extent *e,
                                          const struct protect_rule *rule)
{
    const size_t axis = answer_axis(e, rule);
    struct protected_table people;
    struct part line;
    if (rule->unguarded == 0 || axis == e->axis_count) {
        return PROTECT_OK;
    }
    const unsigned fixed = all_axes(e) & ~(1u << axis);
    const enum protect_status status = protect_margin(&people, work, e, axis, rule);
    for (size_t n = 0; status == PROTECT_OK && part_at(&line, work, e, fixed, n); n++) {
        const size_t place = margin_place(e, e->offsets[fixed][n], axis);
        const bool known = people.cells[place].mark == PROTECT_SHOWN && enough_answered(&line, rule);
        for (size_t code = 0; code < rule->unguarded && code < line.count; code++) {
            struct work *w = cell_at(&line, code);
            w->open = known && !w->absent && !w->unused && (!rule->effective_too || w->open);
            w->withheld = w->withheld && !w->open;
        }
    }
    if (status == PROTECT_OK) {
        protected_table_free(&people);
    }
    return status;
}

/* Rule 8 for the table without an axis. */
static enum protect_status withhold_as_margin(struct work *work, const struct extent *e, size_t dropped,
                                              const struct protect_rule *rule)
{
    const unsigned fixed = all_axes(e) & ~(1u << dropped);
    struct protected_table shown = {0};
    struct part line;
    const size_t answer = answer_axis(e, rule);
    const enum protect_status status = protect_margin(&shown, work, e, dropped, rule);
    for (size_t n = 0; status == PROTECT_OK && part_at(&line, work, e, fixed, n); n++) {
        const size_t place = margin_place(e, e->offsets[fixed][n], dropped);
        line.may_close = fixed >> answer & 1;
        if (shown.cells[place].mark == PROTECT_WITHHELD && !any_withheld(&line)) {
            withhold_smallest(&line);
        }
    }
    if (status == PROTECT_OK) {
        protected_table_free(&shown);
    }
    return status;
}

/* Rule 9. *changed: also set when something was withheld. */
static enum protect_status withhold_in_blocks(bool *changed, struct work *work, const struct extent *e,
                                              const struct protect_rule *rule, size_t least)
{
    if (!rule->margins_known || !rule->total_known || e->axis_count != 2) {
        return PROTECT_OK;
    }
    struct protect_grid grid = {
        .cells = work, .rows = e->sides[0] - 1, .columns = e->sides[1] - 1, .row_stride = e->strides[0]};
    return protect_blocks(changed, &grid, rule, least);
}

/* Rules 1, 3, 4 and 7 to 9; first as for an unweighted table, see rule 3. */
static enum protect_status withhold(struct work *work, const struct extent *e,
                                    const struct protect_rule *rule)
{
    enum protect_status status = PROTECT_OK;
    const size_t least = mark_unused(work, e, rule);
    struct protect_rule step = *rule;
    const size_t steps = rule->effective_too ? 2 : 1;
    for (size_t i = 0; i < steps; i++) {
        step.effective_too = i == 1;
        judge_cells(work, e, &step);
        status = status == PROTECT_OK ? open_unguarded(work, e, &step) : status;
        for (size_t a = 0; rule->margins_known && e->axis_count > 1 && a < e->axis_count; a++) {
            status = status == PROTECT_OK ? withhold_as_margin(work, e, a, &step) : status;
        }
        bool changed = status == PROTECT_OK;
        while (changed && status == PROTECT_OK) {
            changed = withhold_in_parts(work, e, &step, least);
            status = withhold_in_blocks(&changed, work, e, &step, least);
        }
    }
    withhold_zeros(work, e);
    return status;
}

/* The total over an axis that stands at `p`: what stands beside it. */
static struct work total_of(const struct work *p, size_t cells, size_t stride)
{
    struct work total = {.total = true, .absent = true};
    for (size_t step = 1; step <= cells; step++) {
        const struct work *part = p - step * stride;
        table_cell_add(&total.sum, &part->sum);
        total.absent = total.absent && part->absent;
        total.withheld = total.withheld || part->withheld;
    }
    return total;
}

/* Rule 5, its first part, an axis at a time, totals over earlier axes included. What stands at a total over a
 * later axis means nothing until that axis has its turn. */
static void sum_totals(struct work *work, const struct extent *e)
{
    for (size_t a = 0; a < e->axis_count; a++) {
        const size_t cells = e->sides[a] - 1, stride = e->strides[a];
        for (size_t start = cells * stride; start < e->count; start += e->sides[a] * stride) {
            for (size_t i = 0; i < stride; i++) {
                work[start + i] = total_of(&work[start + i], cells, stride);
            }
        }
    }
}

/* Rule 5, its last part: totals over an axis that the table without it shows. */
static enum protect_status show_margin(struct work *work, const struct extent *e, size_t dropped,
                                       const struct protect_rule *rule)
{
    struct protected_table shown = {0};
    const enum protect_status status = protect_margin(&shown, work, e, dropped, rule);
    for (size_t p = 0; status == PROTECT_OK && p < e->count; p++) {
        if (code_at(e, p, dropped) + 1 == e->sides[dropped] &&
            shown.cells[margin_place(e, p, dropped)].mark == PROTECT_SHOWN) {
            work[p].withheld = false;
        }
    }
    if (status == PROTECT_OK) {
        protected_table_free(&shown);
    }
    return status;
}

/* Rules 5 and 6. */
static enum protect_status judge_totals(struct work *work, const struct extent *e,
                                        const struct protect_rule *rule)
{
    enum protect_status status = PROTECT_OK;
    sum_totals(work, e);
    for (size_t a = 0; rule->margins_known && e->axis_count > 1 && a < e->axis_count; a++) {
        status = status == PROTECT_OK ? show_margin(work, e, a, rule) : status;
    }
    /* A table of one cell has no total beside it. */
    struct work *all = &work[e->count - 1];
    all->withheld = all->withheld && !(rule->total_known && all->total && !protect_small(&all->sum, rule));
    return status;
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

enum protect_status protect_in_order(struct protected_table *out, const struct table *table,
                                     const struct protect_rule *rule)
{
    *out = (struct protected_table){.axis_count = table->axis_count};
    for (size_t a = 0; a < table->axis_count; a++) {
        out->sizes[a] = table->sizes[a];
    }
    struct extent e;
    const bool placed = extent_of(&e, table->axis_count, table->sizes);
    out->cell_count = e.count;
    enum protect_status status = PROTECT_NO_MEMORY;
    struct work *work = calloc(e.count, sizeof *work);
    out->cells = calloc(e.count, sizeof *out->cells);
    if (!placed || !work || !out->cells) {
        goto cleanup;
    }
    status = take_cells(work, &e, table, rule);
    if (status != PROTECT_OK) {
        goto cleanup;
    }
    status = withhold(work, &e, rule);
    if (status != PROTECT_OK) {
        goto cleanup;
    }
    status = judge_totals(work, &e, rule);
    if (status != PROTECT_OK) {
        goto cleanup;
    }
    for (size_t p = 0; p < e.count; p++) {
        out->cells[p] = released(&work[p]);
    }
cleanup:
    free(e.all_offsets);
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
    size_t position = 0;
    for (size_t a = 0; a < table->axis_count; a++) {
        position = position * (table->sizes[a] + 1) + (codes[a] == PROTECT_ALL ? table->sizes[a] : codes[a]);
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
