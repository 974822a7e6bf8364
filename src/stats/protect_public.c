#include "stats/protect_public.h"

#include "stats/protect_primary.h"

#include <math.h>
#include <stdlib.h>

static size_t line_place(const struct public_table *t, const uint32_t *codes)
{
    size_t place = 0;
    for (size_t d = 0; d < t->dim_count; d++) {
        place = place * ((size_t)t->sizes[d] + 1) + (codes[d] == PROTECT_ALL ? t->sizes[d] : codes[d]);
    }
    return place;
}

const struct public_line *public_table_line(const struct public_table *table, const uint32_t *codes)
{
    return &table->lines[line_place(table, codes)];
}

static bool fits(const struct public_query *query, const struct lattice *lattice)
{
    const struct table *t = query->table;
    if (t->axis_count < 1 || t->axis_count > 1 + LATTICE_DEPTH) {
        return false;
    }
    for (size_t d = 0; d + 1 < t->axis_count; d++) {
        if (query->dims[d] >= lattice->dims || lattice->sizes[query->dims[d]] != t->sizes[d + 1] ||
            (d > 0 && query->dims[d] <= query->dims[d - 1])) {
            return false;
        }
    }
    return true;
}

/* Adds every cell to its line and to the totals that it is a part of: sums[line][answer]. */
static void sum_lines(struct table_cell *sums, const struct public_table *out, const struct table *table)
{
    const size_t answers = out->answer_count, per_answer = table->cell_count / answers;
    for (size_t i = 0; i < table->cell_count; i++) {
        uint32_t codes[LATTICE_DEPTH] = {0};
        size_t rest = i % per_answer;
        for (size_t d = out->dim_count; d-- > 0; rest /= out->sizes[d]) {
            codes[d] = (uint32_t)(rest % out->sizes[d]);
        }
        for (unsigned totals = 0; totals < 1u << out->dim_count; totals++) {
            uint32_t at[LATTICE_DEPTH] = {0};
            for (size_t d = 0; d < out->dim_count; d++) {
                at[d] = totals >> d & 1 ? PROTECT_ALL : codes[d];
            }
            table_cell_add(&sums[line_place(out, at) * answers + i / per_answer], &table->cells[i]);
        }
    }
}

static const struct universe *universe_of(const struct public_table *out, const struct public_query *query,
                                          const struct lattice *lattice, size_t line)
{
    size_t depth = 0, dims[LATTICE_DEPTH] = {0};
    uint32_t codes[LATTICE_DEPTH] = {0}, all[LATTICE_DEPTH] = {0};
    for (size_t d = out->dim_count; d-- > 0; line /= (size_t)out->sizes[d] + 1) {
        all[d] = (uint32_t)(line % ((size_t)out->sizes[d] + 1));
    }
    for (size_t d = 0; d < out->dim_count; d++) {
        if (all[d] < out->sizes[d]) {
            dims[depth] = query->dims[d];
            codes[depth++] = all[d];
        }
    }
    return &lattice->universes[lattice_place(lattice, depth, dims, codes)];
}

static double to_twentieth(double x)
{
    return round(x * 20) / 20;
}

/* Every answer of every variable draws noise of its own: see rule 2. */
static struct table_cell salted(const struct table_cell *answer, uint32_t variable, size_t code)
{
    struct table_cell out = *answer;
    uint64_t z = ((uint64_t)variable << 32 | (uint64_t)code) + 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    out.key ^= z ^ (z >> 31);
    return out;
}

/* Rules 2 to 4. spread: the standard deviation of weights. */
static struct public_cell perturbed(const struct table_cell *cell, uint64_t universe, double spread,
                                    const struct public_rule *rule)
{
    const uint64_t fewer = (uint64_t)rule->threshold + rule->perturb.table->reach;
    struct public_cell out = {.n = perturb_count(&rule->perturb, universe, cell)};
    out.mark = out.n >= fewer ? PUBLIC_SHOWN : PUBLIC_FEWER;
    if (cell->n > 0) {
        const double n = (double)cell->n, noisy = (double)out.n;
        const uint64_t u = perturb_draw(&rule->perturb, universe, cell->key, PERTURB_WEIGHTS);
        out.weight = noisy * table_weight(cell) / n + spread * perturb_smooth(rule->perturb.table, u);
        out.weight_squared = noisy * table_weight_squared(cell) / n;
    }
    return out;
}

/* Rule 6, of a number. */
static double number_mean(const struct public_line *line, const struct table_cell *answers,
                          const struct table_cell *base, uint64_t universe, const struct public_query *query,
                          const struct public_rule *rule)
{
    double sum = 0;
    for (size_t a = 0; a < query->table->sizes[0]; a++) {
        sum += query->roles[a] == PUBLIC_IN_BASE ? query->values[a] * table_weight(&answers[a]) : 0;
    }
    const uint32_t stream =
        query->weighted ? PERTURB_WEIGHTED_SUMS - query->variable : PERTURB_SUMS + query->variable;
    const uint64_t u = perturb_draw(&rule->perturb, universe, base->key, stream);
    return sum / table_weight(base) + (query->high - query->low) * sqrt(line->deff) *
                                          perturb_smooth(rule->perturb.table, u) / (double)line->base.n;
}

static void fill_line(struct public_line *line, const struct table_cell *answers,
                      const struct table_cell *people, const struct public_query *query,
                      const struct public_rule *rule)
{
    const size_t count = query->table->sizes[0];
    struct table_cell base = {0};
    for (size_t a = 0; a < count; a++) {
        if (query->roles[a] == PUBLIC_IN_BASE) {
            table_cell_add(&base, &answers[a]);
        }
    }
    double spread = 0;
    if (base.n > 0 && base.weight > 0) {
        const double mean = table_weight(&base) / (double)base.n;
        const double square = table_weight_squared(&base) / (double)base.n;
        spread = sqrt(fmax(0, square - mean * mean));
        line->deff = to_twentieth(square / (mean * mean));
        line->spread = to_twentieth(spread / mean);
    }
    line->people = perturbed(people, people->key, spread, rule);
    line->base = perturbed(&base, people->key, spread, rule);
    for (size_t a = 0; a < count; a++) {
        if (query->roles[a] == PUBLIC_ABSENT) {
            line->answers[a].mark = PUBLIC_NOT_ASKED;
        } else {
            const struct table_cell answer = salted(&answers[a], query->variable, a);
            line->answers[a] = perturbed(&answer, people->key, spread, rule);
        }
    }
    if (line->base.mark != PUBLIC_SHOWN) {
        line->deff = line->spread = 0;
    } else if (query->values && base.weight > 0) {
        line->mean = number_mean(line, answers, &base, people->key, query, rule);
    }
}

static void withhold_line(struct public_line *line, const struct public_query *query)
{
    line->people.mark = line->base.mark = PUBLIC_WITHHELD;
    for (size_t a = 0; a < query->table->sizes[0]; a++) {
        line->answers[a].mark = query->roles[a] == PUBLIC_ABSENT ? PUBLIC_NOT_ASKED : PUBLIC_WITHHELD;
    }
}

static enum public_status fill_lines(struct public_table *out, const struct table_cell *sums,
                                     const struct public_query *query, const struct lattice *lattice,
                                     const struct public_rule *rule)
{
    for (size_t l = 0; l < out->line_count; l++) {
        const struct universe *universe = universe_of(out, query, lattice, l);
        const struct table_cell *answers = &sums[l * out->answer_count];
        struct table_cell people = {0};
        for (size_t a = 0; a < out->answer_count; a++) {
            if (query->roles[a] == PUBLIC_ABSENT && answers[a].n > 0) {
                return PUBLIC_NOT_EMPTY;
            }
            table_cell_add(&people, &answers[a]);
        }
        if (people.n != universe->sum.n || people.key != universe->sum.key) {
            return PUBLIC_OTHERS;
        }
        out->lines[l].answers = &out->cells[l * out->answer_count];
        if (universe->open) {
            fill_line(&out->lines[l], answers, &people, query, rule);
        } else {
            withhold_line(&out->lines[l], query);
        }
    }
    return PUBLIC_OK;
}

enum public_status protect_public(struct public_table *out, const struct public_query *query,
                                  const struct lattice *lattice, const struct public_rule *rule)
{
    *out = (struct public_table){0};
    if (!fits(query, lattice)) {
        return PUBLIC_BAD_QUERY;
    }
    out->dim_count = query->table->axis_count - 1;
    out->answer_count = query->table->sizes[0];
    out->line_count = 1;
    for (size_t d = 0; d < out->dim_count; d++) {
        out->sizes[d] = query->table->sizes[d + 1];
        out->line_count *= (size_t)out->sizes[d] + 1;
    }
    out->roles = query->roles;
    out->fewer = (uint64_t)rule->threshold + rule->perturb.table->reach;
    out->variance = rule->perturb.table->variance;
    out->number = query->values != NULL;
    out->low = query->low;
    out->high = query->high;
    enum public_status status = PUBLIC_NO_MEMORY;
    struct table_cell *sums = calloc(out->line_count * out->answer_count, sizeof *sums);
    out->lines = calloc(out->line_count, sizeof *out->lines);
    out->cells = calloc(out->line_count * out->answer_count, sizeof *out->cells);
    if (sums && out->lines && out->cells) {
        sum_lines(sums, out, query->table);
        status = fill_lines(out, sums, query, lattice, rule);
    }
    free(sums);
    if (status != PUBLIC_OK) {
        public_table_free(out);
    }
    return status;
}

void public_table_free(struct public_table *table)
{
    free(table->lines);
    free(table->cells);
    *table = (struct public_table){0};
}
