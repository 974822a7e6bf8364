/* The analysts' view: true numbers out of the live columns, small cells withheld. One pass over the columns a
 * table; what is shown is a function of the protected table alone. */
#include "features/results/results_hidden.h"
#include "features/results/results_internal.h"
#include "features/results/results_measures.h"

#include "base/log.h"

#include <string.h>

struct view {
    struct arena *arena;
    const struct figures_query *query;
    const struct variable *variables;
    struct figures *out;
    struct tabulate_query counting;
    bool *absent[TABULATE_AXES_MAX]; /* by code of the axis */
    bool grouped;                    /* a number is not listed value by value */
    struct counted counted;
    struct protected_table open; /* of `grouped` tables: all of it with its totals, for means */
    struct protected_table shown;
    struct estimate_options options;
    uint32_t threshold;
};

/* ---- what is counted ---- */

/* Who was not asked is in no base. */
static struct tabulate_filter asked_filter(struct view *view)
{
    uint32_t count = results_code_count(view->out->variable);
    uint16_t *codes = arena_array(view->arena, count, sizeof *codes);
    for (uint32_t code = 1; code < count; code++) {
        codes[code - 1] = (uint16_t)code;
    }
    return (struct tabulate_filter){view->query->variable, codes, count - 1};
}

static void put_counting(struct view *view)
{
    const struct figures_query *query = view->query;
    struct tabulate_filter *filters = results_filters(view->arena, query, 1);
    filters[query->filter_count] = asked_filter(view);
    view->counting = (struct tabulate_query){.axes = {query->variable},
                                             .axis_count = 1 + query->group_count,
                                             .filters = filters,
                                             .filter_count = query->filter_count + 1,
                                             .weighted = query->weighted};
    memcpy(view->counting.axes + 1, query->groups, query->group_count * sizeof *query->groups);
}

/* ---- protection ---- */

/* The table with all numbers as one answer, behind the special ones. */
static struct table grouped_table(struct view *view)
{
    const struct table *table = view->counted.table;
    struct table small = *table;
    size_t across = table->cell_count / table->sizes[0];
    small.sizes[0] = ANSWER_FIRST + 1;
    small.cell_count = small.sizes[0] * across;
    small.cells = arena_array(view->arena, small.cell_count, sizeof *small.cells);
    for (size_t i = 0; i < table->cell_count; i++) {
        size_t answer = i / across < ANSWER_FIRST ? i / across : ANSWER_FIRST;
        table_cell_add(&small.cells[answer * across + i % across], &table->cells[i]);
    }
    return small;
}

static void find_absent(struct view *view)
{
    for (size_t a = 0; a < view->counting.axis_count; a++) {
        view->absent[a] =
            results_absent_codes(view->arena, view->query->round, &view->counted, view->counting.axes[a]);
    }
}

/* Codes of an axis, of its first `of`, that are part of the table. */
static size_t present(const struct view *view, size_t axis, uint32_t of)
{
    const bool *absent = view->absent[axis];
    size_t count = 0;
    for (uint32_t code = 0; code < of; code++) {
        count += !(absent && absent[code]);
    }
    return count;
}

/* Told before it is protected, which takes seconds for the largest. With totals of every group. */
static bool is_too_large(const struct view *view)
{
    const struct table *table = view->counted.table;
    const size_t answers =
        view->grouped ? present(view, 0, ANSWER_FIRST) + 1 : present(view, 0, table->sizes[0]);
    size_t lines = 1;
    for (size_t a = 1; a < view->counting.axis_count; a++) {
        lines *= present(view, a, table->sizes[a]) + 1;
    }
    return lines > FIGURES_LINES_MAX || lines * answers > FIGURES_CELLS_MAX;
}

static enum protect_status protect(struct view *view, uint32_t threshold)
{
    struct protect_rule rule = {.threshold = threshold,
                                .total_known = true,
                                .margins_known = true,
                                .effective_too = view->query->weighted,
                                .specials = ANSWER_FIRST,
                                .unguarded = ANSWER_NONE + 1};
    for (size_t a = 0; a < view->counting.axis_count; a++) {
        const struct variable *v = &view->variables[view->counting.axes[a]];
        rule.absent[a] = view->absent[a];
        rule.facts[a] = v->background || v->system;
        rule.variables[a] = view->counting.axes[a];
    }
    if (!view->grouped) {
        return protect_primary(&view->shown, view->counted.table, &rule);
    }
    struct protect_rule everything = rule;
    everything.threshold = 0;
    everything.total_known = everything.margins_known = everything.effective_too = false;
    enum protect_status status = protect_primary(&view->open, view->counted.table, &everything);
    if (status == PROTECT_OK) {
        const struct table small = grouped_table(view);
        bool *absent = arena_array(view->arena, ANSWER_FIRST + 1, sizeof *absent);
        memcpy(absent, view->absent[0], ANSWER_FIRST);
        rule.absent[0] = view->absent[0] = absent;
        status = protect_primary(&view->shown, &small, &rule);
    }
    return status;
}

/* ---- the answers that are listed ---- */

static bool in_base(enum figures_base base, uint32_t code)
{
    return code >= ANSWER_FIRST || (code == ANSWER_DONT_KNOW && base != FIGURES_BASE_OPINION) ||
           (code == ANSWER_NONE && base == FIGURES_BASE_ASKED);
}

static void list_answers(struct view *view)
{
    struct figures *out = view->out;
    const struct variable *v = out->variable;
    out->answers = arena_array(view->arena, view->shown.sizes[0], sizeof *out->answers);
    for (uint32_t code = 0; code < view->shown.sizes[0]; code++) {
        if (view->absent[0][code]) {
            continue;
        }
        uint32_t shown_code = view->grouped && code == ANSWER_FIRST ? FIGURES_GIVEN : code;
        struct figures_answer *answer = &out->answers[out->answer_count++];
        *answer = (struct figures_answer){
            .code = shown_code,
            .name = figures_code_name(view->arena, v, shown_code),
            .label = {figures_code_label(v, shown_code, 0), figures_code_label(v, shown_code, 1)},
            .in_base = in_base(view->query->base, code)};
        if (code >= ANSWER_FIRST && v->level != LEVEL_NOMINAL && !view->grouped) {
            answer->has_score = true;
            answer->score = v->scores ? v->scores[code - ANSWER_FIRST] : (double)(code - ANSWER_FIRST);
        }
    }
}

/* ---- the lines ---- */

static uint32_t column_code(uint32_t answer_code)
{
    return answer_code == FIGURES_GIVEN ? ANSWER_FIRST : answer_code;
}

static struct figure figure_count(double value)
{
    return (struct figure){.mark = FIGURE_SHOWN, .value = value};
}

static struct figure figure_marked(enum figure_mark mark)
{
    return (struct figure){.mark = mark};
}

static struct sums sums_of(const struct protected_cell *cell)
{
    return (struct sums){(double)cell->n, cell->weight, cell->weight_squared};
}

/* codes[0] is the answer's. False when one of them is withheld. */
static bool sum_answers(struct sums *sum, const struct view *view, uint32_t *codes,
                        bool (*counts)(const struct figures_answer *))
{
    bool shown = true;
    *sum = (struct sums){0};
    for (size_t i = 0; i < view->out->answer_count; i++) {
        codes[0] = column_code(view->out->answers[i].code);
        const struct protected_cell *cell = protected_table_at(&view->shown, codes);
        if (counts(&view->out->answers[i])) {
            shown = shown && cell->mark == PROTECT_SHOWN;
            sums_add(sum, sums_of(cell));
        }
    }
    return shown;
}

static bool counts_in_base(const struct figures_answer *answer)
{
    return answer->in_base;
}

static bool counts_out_of_base(const struct figures_answer *answer)
{
    return !answer->in_base;
}

static bool counts_in_mean(const struct figures_answer *answer)
{
    return column_code(answer->code) >= ANSWER_FIRST;
}

/* The base of a line; where one of its answers is withheld, all people less those of the answers that are not
 * in it. False when neither may be known. */
static bool base_of(struct sums *base, const struct view *view, uint32_t *codes)
{
    struct sums out;
    if (sum_answers(base, view, codes, counts_in_base)) {
        return true;
    }
    const bool shown = sum_answers(&out, view, codes, counts_out_of_base);
    codes[0] = PROTECT_ALL;
    const struct protected_cell *people = protected_table_at(&view->shown, codes);
    *base = (struct sums){(double)people->n - out.n, people->weight - out.weight,
                          people->weight_squared - out.weight_squared};
    return shown && people->mark == PROTECT_SHOWN;
}

static void put_cells(struct figures_line *line, const struct view *view, uint32_t *codes,
                      const struct sums *base)
{
    for (size_t i = 0; i < view->out->answer_count; i++) {
        const struct figures_answer *answer = &view->out->answers[i];
        struct estimate share;
        codes[0] = column_code(answer->code);
        const struct protected_cell *cell = protected_table_at(&view->shown, codes);
        bool shown = cell->mark == PROTECT_SHOWN;
        line->cells[i].count = shown ? figure_count((double)cell->n) : figure_marked(FIGURE_WITHHELD);
        if (!answer->in_base) {
            line->cells[i].share = figure_marked(FIGURE_NONE);
        } else if (!shown || !base) {
            line->cells[i].share = figure_marked(FIGURE_WITHHELD);
        } else {
            line->cells[i].share = estimate_share(&share, sums_of(cell), *base, &view->options)
                                       ? figure_of_estimate(&share, 100, 1)
                                       : figure_marked(FIGURE_NONE);
        }
    }
}

static void put_base(struct figures_line *line, const struct sums *base)
{
    if (!base) {
        line->base = line->weight = line->effective_n = line->design_effect = figure_marked(FIGURE_WITHHELD);
        return;
    }
    double kish = effective_n_kish(base->weight, base->weight_squared);
    line->base = figure_count(base->n);
    line->weight = figure_count(base->weight);
    line->effective_n = line->design_effect = figure_marked(FIGURE_NONE);
    if (kish > 0) {
        line->effective_n = figure_count(kish);
        line->design_effect = figure_count(base->n / kish);
        line->design_effect.digits = 2;
    }
}

/* Which answers of a line are withheld, and how many people gave one of them. False where that may not be
 * known. */
static bool find_hidden(struct hidden_answers *hidden, const struct view *view, uint32_t *codes)
{
    bool *withheld = arena_array(view->arena, view->shown.sizes[0], sizeof *withheld);
    *hidden = (struct hidden_answers){.withheld = withheld};
    codes[0] = PROTECT_ALL;
    const struct protected_cell *people = protected_table_at(&view->shown, codes);
    hidden->left = sums_of(people);
    for (uint32_t code = 0; code < view->shown.sizes[0]; code++) {
        codes[0] = code;
        const struct protected_cell *cell = protected_table_at(&view->shown, codes);
        const bool scored = code >= ANSWER_FIRST;
        const bool is_hidden = cell->mark == PROTECT_WITHHELD;
        if (scored) {
            withheld[code - ANSWER_FIRST] = is_hidden;
        }
        hidden->categories += is_hidden && scored;
        hidden->others += is_hidden && !scored;
        hidden->left.n -= (double)cell->n;
        hidden->left.weight -= cell->weight;
        hidden->left.weight_squared -= cell->weight_squared;
    }
    return people->mark == PROTECT_SHOWN;
}

static void put_measures(struct figures_line *line, const struct view *view, uint32_t *codes)
{
    const struct variable *v = view->out->variable;
    const struct protected_table *from = view->grouped ? &view->open : &view->shown;
    size_t count = results_code_count(v) - ANSWER_FIRST;
    struct sums scored;
    bool shown = sum_answers(&scored, view, codes, counts_in_mean);
    struct hidden_answers hidden;
    const bool shares = !shown && view->query->hidden_shared && find_hidden(&hidden, view, codes);
    struct sums *sums = arena_array(view->arena, count, sizeof *sums);
    for (size_t k = 0; k < count; k++) {
        codes[0] = ANSWER_FIRST + (uint32_t)k;
        sums[k] = sums_of(protected_table_at(from, codes));
    }
    for (int m = 0; m < FIGURES_MEASURES; m++) {
        if (!view->query->measures[m] || !measure_fits((enum figures_measure)m, v)) {
            line->measures[m] = figure_marked(FIGURE_NONE);
        } else if (shares) {
            line->measures[m] = measure_with_hidden((enum figures_measure)m, v, sums, count, &hidden,
                                                    view->threshold, &view->options);
        } else if (!shown) {
            line->measures[m] = figure_marked(FIGURE_WITHHELD);
        } else {
            line->measures[m] = measure_of_sums((enum figures_measure)m, v, sums, count, &view->options,
                                                !view->query->agreement_alone &&
                                                    view->out->line_count <= MEASURES_AGREEMENT_LINES_MAX);
        }
    }
}

static void fill_line(struct figures_line *line, const struct view *view)
{
    uint32_t codes[TABULATE_AXES_MAX] = {PROTECT_ALL};
    struct sums base;
    for (size_t g = 0; g < view->query->group_count; g++) {
        const struct variable *group = view->out->groups[g];
        codes[g + 1] = line->groups[g] == FIGURES_ALL ? PROTECT_ALL : line->groups[g];
        line->group_names[g] = figures_code_name(view->arena, group, line->groups[g]);
        for (int language = 0; language < 2; language++) {
            line->group_labels[g][language] = figures_code_label(group, line->groups[g], language);
        }
    }
    const struct protected_cell *people = protected_table_at(&view->shown, codes);
    line->people =
        people->mark == PROTECT_SHOWN ? figure_count((double)people->n) : figure_marked(FIGURE_WITHHELD);
    const struct sums *known = base_of(&base, view, codes) ? &base : NULL;
    put_base(line, known);
    line->cells = arena_array(view->arena, view->out->answer_count, sizeof *line->cells);
    put_cells(line, view, codes, known);
    put_measures(line, view, codes);
}

/* The codes of a group that are part of the table, and "alle" behind them. */
static size_t group_codes(uint32_t *codes, const struct view *view, size_t group)
{
    size_t count = 0;
    for (uint32_t code = 0; code < view->shown.sizes[group + 1]; code++) {
        if (!view->absent[group + 1][code]) {
            codes[count++] = code;
        }
    }
    codes[count++] = FIGURES_ALL;
    return count;
}

static void put_lines(struct view *view)
{
    struct figures *out = view->out;
    uint32_t *codes[FIGURES_GROUPS_MAX] = {NULL};
    size_t counts[FIGURES_GROUPS_MAX] = {0};
    size_t lines = 1;
    for (size_t g = 0; g < view->query->group_count; g++) {
        codes[g] = arena_array(view->arena, view->shown.sizes[g + 1] + 1, sizeof **codes);
        counts[g] = group_codes(codes[g], view, g);
        lines *= counts[g];
    }
    out->line_count = lines;
    out->lines = arena_array(view->arena, lines, sizeof *out->lines);
    for (size_t i = 0; i < lines; i++) {
        size_t rest = i;
        for (size_t g = view->query->group_count; g-- > 0;) {
            out->lines[i].groups[g] = codes[g][rest % counts[g]];
            rest /= counts[g];
        }
        fill_line(&out->lines[i], view);
    }
}

/* ---- the whole ---- */

/* What is said of what was counted. */
static enum figures_status tell(struct view *view, const struct results *results)
{
    find_absent(view);
    if (is_too_large(view)) {
        return FIGURES_TOO_LARGE;
    }
    view->options = (struct estimate_options){.all_n = view->counted.all_n, .z = INTERVAL_Z95};
    view->threshold = results->config.threshold;
    enum protect_status protected = protect(view, view->threshold);
    if (protected != PROTECT_OK) {
        log_error("results.protect", "round=%s variable=%s says=%s", view->query->round->code,
                  view->out->variable->code,
                  LOG_CSTR(protected == PROTECT_NOT_EMPTY ? "an answer that the questionnaire cannot give"
                                                          : "no memory"));
        return FIGURES_FAILED;
    }
    results_describe(view->out, view->arena, results, &view->counted);
    view->out->scale = view->out->variable->level == LEVEL_ORDINAL;
    list_answers(view);
    put_lines(view);
    return FIGURES_OK;
}

static void begin(struct view *view, struct figures *out, struct arena *arena,
                  const struct figures_query *query)
{
    size_t count;
    *view = (struct view){.arena = arena, .query = query, .out = out};
    view->variables = questionnaire_variables(&count, query->round->questionnaire);
    *out = (struct figures){.query = *query, .variable = &view->variables[query->variable]};
    for (size_t g = 0; g < query->group_count; g++) {
        out->groups[g] = &view->variables[query->groups[g]];
    }
    view->grouped = out->variable->level == LEVEL_NUMBER && !query->shares;
    put_counting(view);
}

enum figures_status figures_of_analyst(struct figures *out, struct arena *arena, struct results *results,
                                       const struct figures_query *query)
{
    struct view view;
    begin(&view, out, arena, query);
    enum figures_status status = results_count(&view.counted, results, query, &view.counting);
    if (status == FIGURES_OK) {
        status = view.counted.table ? tell(&view, results) : FIGURES_FAILED;
    }
    protected_table_free(&view.open);
    protected_table_free(&view.shown);
    counted_free(&view.counted);
    return status;
}

enum figures_status figures_of_counted(struct figures *out, struct arena *arena,
                                       const struct results *results, const struct figures_query *query,
                                       const struct counted *counted)
{
    struct view view;
    begin(&view, out, arena, query);
    view.counted = *counted;
    view.counted.filters = view.counting.filters;
    view.counted.filter_count = view.counting.filter_count;
    const enum figures_status status = tell(&view, results);
    protected_table_free(&view.open);
    protected_table_free(&view.shown);
    return status;
}
