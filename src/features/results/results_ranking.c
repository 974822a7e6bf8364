#include "features/results/results_ranking.h"

#include "features/results/results_measures.h"
#include "features/results/results_ranking_internal.h"

#include <math.h>
#include <string.h>

static const double pseudo_ties = 0.5; /* rank.h: where somebody wins or loses all */

/* ---- what every kind needs ---- */

static bool is_public(const struct ranking *r)
{
    return r->people->view == FIGURES_PUBLIC;
}

static const struct variable *picker_of(const struct questionnaire *q, const struct variable *chosen)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, q);
    for (size_t i = 0; i < count; i++) {
        if (variables[i].picks_from && variables[i].kind == VARIABLE_CATEGORY &&
            variables[i].set == SET_ALONE && strcmp(variables[i].picks_from, chosen->question) == 0) {
            return &variables[i];
        }
    }
    return NULL;
}

bool ranking_begins(const struct questionnaire *questionnaire, size_t variable)
{
    size_t count;
    const struct variable *v = &questionnaire_variables(&count, questionnaire)[variable];
    if (v->set_first != variable) {
        return false;
    }
    return v->set == SET_RANKING || v->set == SET_POINTS || v->set == SET_BEST_WORST ||
           (v->set == SET_MULTIPLE && picker_of(questionnaire, v));
}

enum figures_status ranking_count(struct counted *counted, const struct ranking *r, const size_t *axes,
                                  size_t axis_count, const struct tabulate_filter *more)
{
    struct tabulate_filter *filters = results_filters(r->call->arena, r->people, 1);
    struct tabulate_query query = {.axis_count = axis_count + (r->group ? 1 : 0),
                                   .filters = filters,
                                   .filter_count = r->people->filter_count};
    memcpy(query.axes, axes, axis_count * sizeof *axes);
    if (r->group) {
        query.axes[axis_count] = r->people->groups[0];
    }
    if (more) {
        filters[query.filter_count++] = *more;
    }
    enum figures_status status = results_count(counted, r->call->results, r->people, &query);
    if (status == FIGURES_OK) {
        results_describe(r->about, r->call->arena, r->call->results, counted);
    }
    return status;
}

size_t ranking_lines(uint32_t **codes, const struct ranking *r, const struct counted *counted)
{
    uint32_t size = r->group ? results_code_count(r->group) : 0;
    const bool *absent =
        r->group ? results_absent_codes(r->call->arena, r->call->round, counted, r->people->groups[0]) : NULL;
    size_t count = 0;
    *codes = arena_array(r->call->arena, (size_t)size + 1, sizeof **codes);
    for (uint32_t code = 0; code < size; code++) {
        if (!absent[code]) {
            (*codes)[count++] = code;
        }
    }
    (*codes)[count++] = FIGURES_ALL;
    return count;
}

struct sums ranking_cell(const struct ranking *r, const struct table *table, size_t at, uint32_t line)
{
    struct sums sum = {0};
    uint32_t groups = r->group ? table->sizes[table->axis_count - 1] : 1;
    for (uint32_t g = 0; g < groups; g++) {
        if (!r->group || line == FIGURES_ALL || line == g) {
            sums_add(&sum, sums_of_cell(&table->cells[at * groups + g]));
        }
    }
    return sum;
}

bool ranking_enough(const struct ranking *r, struct sums people)
{
    double effective =
        r->people->weighted ? effective_n_kish(people.weight, people.weight_squared) : people.n;
    return people.n >= r->threshold && effective >= r->threshold;
}

struct sums sums_less(struct sums all, struct sums part)
{
    return (struct sums){all.n - part.n, all.weight - part.weight, all.weight_squared - part.weight_squared};
}

const struct figure ranking_withheld = {.mark = FIGURE_WITHHELD};

struct figures_record ranking_record(const struct ranking *r, uint32_t line, const char *measure)
{
    return (struct figures_record){
        .question = r->first->question,
        .dimension = r->first->dimension,
        .group = figures_code_name(r->call->arena, r->group ? r->group : r->first, line),
        .measure = measure};
}

void ranking_put_item(struct figures_record *record, const struct variable_category *category)
{
    record->item = category->code;
    record->item_label = category->label[0];
}

void ranking_put_base(struct figures_record *record, const struct ranking *r, struct sums base)
{
    const double effective = effective_n_kish(base.weight, base.weight_squared);
    const bool shown = ranking_enough(r, base);
    record->base = shown ? (struct figure){.value = base.n} : ranking_withheld;
    record->effective_n = shown ? (struct figure){.value = effective} : ranking_withheld;
}

struct figure ranking_figure(struct rank_estimate estimate, double lowest, double highest)
{
    struct interval range = interval_normal(estimate.value, estimate.variance, lowest, highest, INTERVAL_Z95);
    return (struct figure){.interval = true,
                           .digits = 2,
                           .value = estimate.value,
                           .error = sqrt(estimate.variance),
                           .low = range.low,
                           .high = range.high};
}

static struct figure figure_share(struct sums part, struct sums base, const struct counted *counted)
{
    struct estimate share;
    const struct estimate_options options = {.all_n = counted->all_n, .z = INTERVAL_Z95};
    return estimate_share(&share, part, base, &options) ? figure_of_estimate(&share, 100, 1)
                                                        : (struct figure){.mark = FIGURE_NONE};
}

/* The table of one variable, of either view. A release has one base. */
static enum figures_status make_figures(struct figures *figures, const struct ranking *r, size_t variable,
                                        bool shares)
{
    struct figures_query query = *r->people;
    query.variable = variable;
    query.shares = shares;
    query.measures[FIGURES_MEAN] = !shares;
    query.base = is_public(r) ? FIGURES_BASE_ANSWERED : FIGURES_BASE_OPINION;
    const enum figures_status status = results_call_try(figures, r->rule, r->call, &query);
    if (status == FIGURES_OK && is_public(r)) {
        *r->about = *figures;
    }
    return status;
}

/* The shares of a variable's categories, protected as in a table. */
static enum figures_status add_shares(const struct ranking *r, size_t variable, const char *measure)
{
    struct figures figures;
    enum figures_status status = make_figures(&figures, r, variable, true);
    for (size_t i = 0; status == FIGURES_OK && i < figures.line_count; i++) {
        for (size_t a = 0; a < figures.answer_count; a++) {
            uint32_t code = figures.answers[a].code;
            if (code >= ANSWER_FIRST) {
                struct figures_record record =
                    ranking_record(r, r->group ? figures.lines[i].groups[0] : FIGURES_ALL, measure);
                ranking_put_item(&record, &figures.variable->categories[code - ANSWER_FIRST]);
                record.figure = figures.lines[i].cells[a].share;
                record.base = figures.lines[i].base;
                record.effective_n = figures.lines[i].effective_n;
                records_add(r->records, &record);
            }
        }
    }
    return status;
}

/* ---- places ---- */

struct line_ballots {
    struct ballots ballots;
    struct sums base;
    struct sums *placed; /* an item: who has it among their places */
};

/* The items of a cell, best first; their number. */
static size_t items_of(uint8_t *items, const struct table *table, size_t places, size_t at)
{
    size_t codes[RANKING_PLACES_MAX] = {0}, length = 0;
    for (size_t p = places; p-- > 0;) {
        codes[p] = at % table->sizes[p];
        at /= table->sizes[p];
    }
    while (length < places && codes[length] >= ANSWER_FIRST) {
        items[length] = (uint8_t)(codes[length] - ANSWER_FIRST);
        length++;
    }
    return length;
}

static struct line_ballots ballots_of(const struct ranking *r, const struct table *table, size_t places,
                                      uint32_t line)
{
    struct arena *arena = r->call->arena;
    size_t cells = 1;
    for (size_t p = 0; p < places; p++) {
        cells *= table->sizes[p];
    }
    struct ballot *list = arena_array(arena, cells, sizeof *list);
    struct line_ballots out = {.ballots = {.items = r->first->category_count, .list = list},
                               .placed = arena_array(arena, r->first->category_count, sizeof *out.placed)};
    for (size_t at = 0; at < cells; at++) {
        uint8_t items[RANKING_PLACES_MAX];
        struct sums sum = ranking_cell(r, table, at, line);
        size_t length = sum.n > 0 ? items_of(items, table, places, at) : 0;
        if (length == 0 || !(sum.weight > 0)) {
            continue;
        }
        uint8_t *kept = arena_array(arena, length, sizeof *kept);
        memcpy(kept, items, length);
        list[out.ballots.count++] =
            (struct ballot){kept, length, (uint64_t)sum.n, sum.weight, sum.weight_squared};
        sums_add(&out.base, sum);
        for (size_t i = 0; i < length; i++) {
            sums_add(&out.placed[items[i]], sum);
        }
    }
    return out;
}

/* No count of who has an item among their places, or has not, is under the threshold. */
static bool may_show(const struct ranking *r, const struct line_ballots *line)
{
    bool all = ranking_enough(r, line->base);
    for (size_t i = 0; i < line->ballots.items; i++) {
        all = all && ranking_enough(r, line->placed[i]) &&
              ranking_enough(r, sums_less(line->base, line->placed[i]));
    }
    return all;
}

static void add_items(const struct ranking *r, const struct line_ballots *line, uint32_t code,
                      const char *measure, const struct figure *figures)
{
    for (size_t i = 0; i < line->ballots.items; i++) {
        struct figures_record record = ranking_record(r, code, measure);
        ranking_put_item(&record, &r->first->categories[i]);
        record.figure = figures ? figures[i] : ranking_withheld;
        ranking_put_base(&record, r, line->base);
        records_add(r->records, &record);
    }
}

static void add_worths(const struct ranking *r, const struct line_ballots *line, uint32_t code, bool shown)
{
    struct figure logs[RANK_ITEMS_MAX], worths[RANK_ITEMS_MAX];
    struct plackett_luce model;
    if (!shown || rank_plackett_luce(&model, &line->ballots, pseudo_ties) != RANK_OK) {
        add_items(r, line, code, "plackett-luce", NULL);
        add_items(r, line, code, "plackett-luce-kans", NULL);
        return;
    }
    for (size_t i = 0; i < model.items; i++) {
        double variance = model.covariance[i * model.items + i];
        logs[i] = ranking_figure((struct rank_estimate){model.log_worth[i], variance}, -(double)INFINITY,
                                 (double)INFINITY);
        worths[i] = (struct figure){.digits = 1, .value = 100 * model.worth[i]};
    }
    add_items(r, line, code, "plackett-luce", logs);
    add_items(r, line, code, "plackett-luce-kans", worths);
    plackett_luce_free(&model);
}

static void add_line(const struct ranking *r, const struct counted *counted, size_t places, uint32_t code)
{
    struct line_ballots line = ballots_of(r, counted->table, places, code);
    struct rank_estimate borda[RANK_ITEMS_MAX];
    struct figure scores[RANK_ITEMS_MAX], shares[RANK_ITEMS_MAX];
    bool shown = may_show(r, &line);
    const char *top = arena_printf(r->call->arena, "top%zu", places).ptr;
    if (shown) {
        rank_borda(borda, &line.ballots, RANK_BORDA_REST_MEAN, places);
    }
    for (size_t i = 0; shown && i < line.ballots.items; i++) {
        scores[i] = ranking_figure(borda[i], 0, (double)line.ballots.items - 1);
        shares[i] = figure_share(line.placed[i], line.base, counted);
    }
    add_items(r, &line, code, top, shown ? shares : NULL);
    add_items(r, &line, code, "borda", shown ? scores : NULL);
    add_worths(r, &line, code, shown);
    struct figures_record whole = ranking_record(r, code, "kendall-w");
    double agreement = shown ? rank_kendall_w(&line.ballots) : 0;
    whole.figure = ranking_withheld;
    if (shown) {
        whole.figure = (struct figure){.digits = 2, .value = agreement};
    }
    if (shown && isnan(agreement)) {
        whole.figure = (struct figure){.mark = FIGURE_NONE};
    }
    ranking_put_base(&whole, r, line.base);
    records_add(r->records, &whole);
}

static enum figures_status add_ranking(const struct ranking *r)
{
    size_t axes[RANKING_PLACES_MAX];
    size_t places = r->first->set_count < RANKING_PLACES_MAX ? r->first->set_count : RANKING_PLACES_MAX;
    struct counted counted;
    uint32_t *codes;
    for (size_t p = 0; p < places; p++) {
        axes[p] = r->first_index + p;
    }
    enum figures_status status = add_shares(r, r->first_index, "eerste");
    if (status != FIGURES_OK || is_public(r)) {
        return status;
    }
    status = ranking_count(&counted, r, axes, places, NULL);
    size_t lines = status == FIGURES_OK ? ranking_lines(&codes, r, &counted) : 0;
    for (size_t i = 0; i < lines; i++) {
        add_line(r, &counted, places, codes[i]);
    }
    counted_free(&counted);
    return status;
}

/* ---- points ---- */

static struct table_cell points_cell(const struct ranking *r, const struct table *table, size_t code,
                                     uint32_t line)
{
    struct table_cell sum = {0};
    uint32_t groups = r->group ? table->sizes[1] : 1;
    for (uint32_t g = 0; g < groups; g++) {
        if (!r->group || line == FIGURES_ALL || line == g) {
            table_cell_add(&sum, &table->cells[code * groups + g]);
        }
    }
    return sum;
}

static void add_points_line(const struct ranking *r, const struct counted *counted,
                            const struct variable *option, uint32_t line)
{
    static const char *const names[] = {"gemiddelde", "iets", "kwart"};
    enum { POINTS = 101, QUARTER = 25 };
    struct table_cell cells[POINTS];
    struct points points;
    struct sums base = {0}, any = {0}, quarter = {0};
    for (size_t p = 0; p < POINTS; p++) {
        cells[p] = points_cell(r, counted->table, ANSWER_FIRST + p, line);
        sums_add(&base, sums_of_cell(&cells[p]));
        sums_add(p > 0 ? &any : &(struct sums){0}, sums_of_cell(&cells[p]));
        sums_add(p >= QUARTER ? &quarter : &(struct sums){0}, sums_of_cell(&cells[p]));
    }
    const bool shown[] = {ranking_enough(r, base),
                          ranking_enough(r, any) && ranking_enough(r, sums_less(base, any)),
                          ranking_enough(r, quarter) && ranking_enough(r, sums_less(base, quarter))};
    bool made = rank_points(&points, cells);
    const struct figure figures[] = {made ? ranking_figure(points.mean, 0, 100) : ranking_withheld,
                                     figure_share(any, base, counted), figure_share(quarter, base, counted)};
    for (size_t m = 0; m < sizeof names / sizeof names[0]; m++) {
        struct figures_record record = ranking_record(r, line, names[m]);
        record.variable = option;
        record.value = option->value;
        record.item = option->code;
        record.item_label = option->label[0];
        ranking_put_base(&record, r, base);
        record.figure = made && shown[m] ? figures[m] : ranking_withheld;
        records_add(r->records, &record);
    }
}

static enum figures_status add_points(const struct ranking *r)
{
    enum figures_status status = FIGURES_OK;
    for (size_t i = 0; status == FIGURES_OK && i < r->first->set_count; i++) {
        const size_t axis = r->first_index + i;
        struct counted counted;
        uint32_t *codes;
        status = ranking_count(&counted, r, &axis, 1, NULL);
        size_t lines = status == FIGURES_OK ? ranking_lines(&codes, r, &counted) : 0;
        for (size_t k = 0; k < lines; k++) {
            add_points_line(r, &counted, &r->variables[axis], codes[k]);
        }
        counted_free(&counted);
    }
    return status;
}

/* As a release holds them: no shares of who gave any, or a quarter. */
static enum figures_status add_means(const struct ranking *r)
{
    enum figures_status status = FIGURES_OK;
    for (size_t i = 0; status == FIGURES_OK && i < r->first->set_count; i++) {
        struct figures figures;
        status = make_figures(&figures, r, r->first_index + i, false);
        if (status == FIGURES_OK) {
            records_add_figures(r->records, &figures, SIZE_MAX, NULL);
        }
    }
    return status;
}

/* ---- chosen, and a first among them ---- */

static enum figures_status add_chosen(const struct ranking *r)
{
    for (size_t i = 0; i < r->first->set_count; i++) {
        struct figures figures;
        enum figures_status status = make_figures(&figures, r, r->first_index + i, true);
        if (status != FIGURES_OK) {
            return status;
        }
        records_add_figures(r->records, &figures, figures.answer_count - 1, "gekozen");
        *r->about = figures;
    }
    const struct variable *picker = picker_of(r->call->round->questionnaire, r->first);
    return add_shares(r, (size_t)(picker - r->variables), "eerste");
}

/* ---- all kinds ---- */

/* Best-worst is made of what one person said in several tasks; a release holds each answer alone. */
static enum figures_status add_released(const struct ranking *r)
{
    if (r->first->set == SET_BEST_WORST) {
        *r->rule = "antwoorden-samen";
        return FIGURES_NOT_RELEASED;
    }
    return r->first->set == SET_RANKING  ? add_ranking(r)
           : r->first->set == SET_POINTS ? add_means(r)
                                         : add_chosen(r);
}

enum figures_status ranking_add(struct records *records, struct figures *about, const char **rule,
                                struct results_call *call, const struct figures_query *people, size_t first)
{
    size_t count;
    struct figures made = {.query = *people};
    struct ranking r = {.records = records,
                        .about = &made,
                        .rule = rule,
                        .call = call,
                        .people = people,
                        .variables = questionnaire_variables(&count, call->round->questionnaire),
                        .first_index = first,
                        .threshold = call->results->config.threshold};
    r.first = &r.variables[first];
    r.group = people->group_count > 0 ? &r.variables[people->groups[0]] : NULL;
    made.variable = r.first;
    made.groups[0] = r.group;
    size_t from = records->count;
    enum figures_status status = is_public(&r)                    ? add_released(&r)
                                 : r.first->set == SET_RANKING    ? add_ranking(&r)
                                 : r.first->set == SET_POINTS     ? add_points(&r)
                                 : r.first->set == SET_BEST_WORST ? ranking_add_best_worst(&r)
                                                                  : add_chosen(&r);
    if (status != FIGURES_OK) {
        records->count = from;
        return status;
    }
    *about = made;
    records_rank(records, from);
    return status;
}
