/* The public's view: figures out of a release. Everything here reads perturbed numbers only. */
#include "features/results/results_measures.h"
#include "features/results/results_public_measures.h"
#include "features/results/results_shelf.h"

#include <math.h>
#include <string.h>

struct view {
    struct arena *arena;
    const struct figures_query *query;
    const struct shelved *shelved;
    const struct release *release;
    const struct release_part *part;
    size_t part_number;
    struct lattice shape;
    const struct release_variable *variable;
    struct line_layout layout;
    size_t depth; /* to which the variable was tabulated */
    struct slice lines;
    struct public_table table; /* what the rules of a line need to know; it has no lines of its own */
    size_t filter_count;       /* dimensions that a filter holds to one code */
    size_t filter_dims[LATTICE_DEPTH];
    uint32_t filter_codes[LATTICE_DEPTH];
    size_t group_dims[LATTICE_DEPTH];
    struct figures *out;
};

/* ---- what is asked ---- */

static const char not_in_lattice[] = "niet-in-het-rooster";
static const char too_deep[] = "te-diep";
static const char too_few[] = "te-weinig-mensen";
static const char one_stream[] = "een-werving";
static const char one_base[] = "een-basis";

static const struct variable *variable_at(const struct view *view, size_t variable)
{
    size_t count;
    return &questionnaire_variables(&count, view->shelved->plan.round->questionnaire)[variable];
}

/* Streams are never pooled: one of them is asked for, by name. */
static const char *find_part(struct view *view)
{
    const struct figures_filter *found = NULL;
    for (size_t f = 0; f < view->query->filter_count; f++) {
        if (view->query->filters[f].variable == view->shelved->plan.stream) {
            found = &view->query->filters[f];
        }
    }
    if (!found || found->count != 1 || found->codes[0] < ANSWER_FIRST) {
        return one_stream;
    }
    view->part = release_part_find(view->release, found->codes[0] - ANSWER_FIRST);
    view->part_number = view->part ? (size_t)(view->part - view->release->parts) : 0;
    return view->part ? NULL : too_few;
}

static const char *read_filters(struct view *view)
{
    const struct release_plan *plan = &view->shelved->plan;
    for (size_t f = 0; f < view->query->filter_count; f++) {
        const struct figures_filter *filter = &view->query->filters[f];
        const int dim = release_plan_dim(plan, filter->variable);
        if (filter->variable == plan->stream) {
            continue;
        }
        if (dim < 0 || filter->count != 1 || filter->codes[0] >= plan->sizes[dim] ||
            !plan->listed[dim][filter->codes[0]]) {
            return not_in_lattice;
        }
        if (view->filter_count == LATTICE_DEPTH) {
            return too_deep;
        }
        view->filter_dims[view->filter_count] = (size_t)dim;
        view->filter_codes[view->filter_count++] = filter->codes[0];
    }
    return NULL;
}

static const char *read_groups(struct view *view)
{
    for (size_t g = 0; g < view->query->group_count; g++) {
        const int dim = release_plan_dim(&view->shelved->plan, view->query->groups[g]);
        if (dim < 0) {
            return not_in_lattice;
        }
        if (view->filter_count + g == view->depth) {
            return too_deep;
        }
        view->group_dims[g] = (size_t)dim;
    }
    return NULL;
}

/* A dimension is looked at once: as the answer, as a filter or as a group. */
static bool dims_differ(const struct view *view)
{
    size_t seen[1 + 2 * LATTICE_DEPTH], count = 0;
    if (view->variable->dim >= 0) {
        seen[count++] = (size_t)view->variable->dim;
    }
    for (size_t f = 0; f < view->filter_count; f++) {
        seen[count++] = view->filter_dims[f];
    }
    for (size_t g = 0; g < view->query->group_count; g++) {
        seen[count++] = view->group_dims[g];
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (seen[i] == seen[j]) {
                return false;
            }
        }
    }
    return true;
}

static void open_lines(struct view *view)
{
    const struct release_settings *settings = &view->release->settings;
    view->lines = view->part->lines[view->variable - view->shelved->plan.variables];
    view->layout = release_layout(view->part, view->variable);
    view->depth = view->lines.len > 0 ? (unsigned char)view->lines.ptr[0] : 0;
    view->table = (struct public_table){.answer_count = view->variable->codes,
                                        .roles = view->variable->roles,
                                        .fewer = (uint64_t)settings->threshold + settings->reach,
                                        .variance = settings->variance,
                                        .number = view->variable->values != NULL,
                                        .low = view->variable->low,
                                        .high = view->variable->high};
}

/* NULL, or the rule that keeps it. */
static const char *resolve(struct view *view)
{
    view->variable = release_plan_find(&view->shelved->plan, view->query->variable);
    if (!view->variable) {
        return not_in_lattice;
    }
    if (view->query->base != FIGURES_BASE_ANSWERED) {
        return one_base;
    }
    const char *rule = find_part(view);
    if (rule) {
        return rule;
    }
    open_lines(view);
    rule = read_filters(view);
    if (!rule && view->lines.len > 0 && view->filter_count > view->depth) {
        rule = too_deep;
    }
    if (!rule) {
        rule = read_groups(view);
    }
    return rule ? rule : !dims_differ(view) ? not_in_lattice : view->lines.len == 0 ? too_few : NULL;
}

/* ---- lines ---- */

static size_t place_of(const struct view *view, const uint32_t *groups)
{
    size_t dims[LATTICE_DEPTH], depth = 0;
    uint32_t codes[LATTICE_DEPTH];
    for (size_t f = 0; f < view->filter_count; f++) {
        dims[depth] = view->filter_dims[f];
        codes[depth++] = view->filter_codes[f];
    }
    for (size_t g = 0; groups && g < view->query->group_count; g++) {
        if (groups[g] != FIGURES_ALL) {
            dims[depth] = view->group_dims[g];
            codes[depth++] = groups[g];
        }
    }
    if (depth == 2 && dims[0] > dims[1]) {
        const size_t dim = dims[0];
        const uint32_t code = codes[0];
        dims[0] = dims[1];
        codes[0] = codes[1];
        dims[1] = dim;
        codes[1] = code;
    }
    return lattice_place(&view->shape, depth, dims, codes);
}

static struct figure marked(enum figure_mark mark)
{
    return (struct figure){.mark = mark};
}

static struct figure figure_of_cell(const struct view *view, const struct public_cell *cell)
{
    return cell->mark == PUBLIC_SHOWN ? (struct figure){.mark = FIGURE_SHOWN, .value = (double)cell->n}
           : cell->mark == PUBLIC_FEWER
               ? (struct figure){.mark = FIGURE_FEWER, .value = (double)view->table.fewer}
               : marked(FIGURE_NONE);
}

/* Everybody who got the question. Where nobody can have been left unasked that is all of the line; elsewhere
 * the sum of who answered and who did not, as far as both are shown: else it would give the one that is not.
 */
static struct figure asked(const struct view *view, const struct public_line *line)
{
    struct public_cell all = line->people;
    if (view->table.roles[ANSWER_NOT_ASKED] != PUBLIC_ABSENT) {
        all = line->base;
        for (uint32_t code = ANSWER_NONE; code < ANSWER_FIRST; code++) {
            if (view->table.roles[code] == PUBLIC_BESIDE) {
                all.n += line->answers[code].n;
                all.mark = line->answers[code].mark == PUBLIC_SHOWN ? all.mark : PUBLIC_FEWER;
            }
        }
        return all.mark == PUBLIC_SHOWN ? figure_of_cell(view, &all) : marked(FIGURE_UNRELIABLE);
    }
    return figure_of_cell(view, &all);
}

static void put_measures(struct figures_line *out, const struct view *view, const struct public_line *line)
{
    for (int m = 0; m < FIGURES_MEASURES; m++) {
        const enum figures_measure measure = (enum figures_measure)m;
        out->measures[m] = marked(FIGURE_NONE);
        if (!view->query->measures[m] || !measure_fits(measure, view->out->variable)) {
            continue;
        }
        out->measures[m] =
            line ? measure_of_public(measure, view->arena, view->out->variable, &view->table, line,
                                     !view->query->agreement_alone &&
                                         view->out->line_count <= MEASURES_PUBLIC_AGREEMENT_LINES_MAX)
                 : marked(FIGURE_WITHHELD);
    }
}

static void put_cells(struct figures_line *out, const struct view *view, const struct public_line *line)
{
    out->cells = arena_array(view->arena, view->out->answer_count, sizeof *out->cells);
    for (size_t i = 0; i < view->out->answer_count; i++) {
        const struct figures_answer *answer = &view->out->answers[i];
        struct figures_cell *cell = &out->cells[i];
        cell->share = marked(FIGURE_NONE);
        if (!line) {
            cell->count = marked(FIGURE_WITHHELD);
            cell->share = marked(answer->in_base ? FIGURE_WITHHELD : FIGURE_NONE);
        } else if (answer->code == FIGURES_GIVEN) {
            cell->count = figure_of_cell(view, &line->base);
        } else {
            cell->count = figure_of_cell(view, &line->answers[answer->code]);
            if (answer->in_base) {
                const struct public_figure share = public_share(&view->table, line, answer->code);
                cell->share = figure_of_public(&share);
            }
        }
    }
}

static void put_base(struct figures_line *out, const struct view *view, const struct public_line *line)
{
    out->people = asked(view, line);
    out->base = figure_of_cell(view, &line->base);
    out->effective_n = out->design_effect = marked(FIGURE_NONE);
    if (line->base.mark == PUBLIC_SHOWN && line->deff > 0) {
        out->design_effect = (struct figure){.mark = FIGURE_SHOWN, .digits = 2, .value = line->deff};
        out->effective_n =
            (struct figure){.mark = FIGURE_SHOWN, .value = round((double)line->base.n / line->deff)};
    }
}

static void name_groups(struct figures_line *out, const struct view *view)
{
    for (size_t g = 0; g < view->query->group_count; g++) {
        const struct variable *group = view->out->groups[g];
        out->group_names[g] = figures_code_name(view->arena, group, out->groups[g]);
        for (int language = 0; language < 2; language++) {
            out->group_labels[g][language] = figures_code_label(group, out->groups[g], language);
        }
    }
}

static void fill_line(struct figures_line *out, const struct view *view)
{
    const size_t place = place_of(view, out->groups);
    const struct release_universe *universe = &view->part->universes[place];
    const unsigned char *bytes =
        universe->open
            ? release_line_at(view->lines, view->layout, view->shelved->ranks[view->part_number][place])
            : NULL;
    struct public_line line;
    name_groups(out, view);
    if (bytes) {
        release_line_read(&line, view->arena, view->layout, bytes, view->query->weighted,
                          view->variable->roles, view->table.fewer);
        out->release = universe->release;
        put_base(out, view, &line);
    } else {
        out->people = out->base = out->effective_n = out->design_effect = marked(FIGURE_WITHHELD);
    }
    put_cells(out, view, bytes ? &line : NULL);
    put_measures(out, view, bytes ? &line : NULL);
}

/* ---- the whole ---- */

static void list_answer(struct view *view, uint32_t code, bool in_base)
{
    const struct variable *v = view->out->variable;
    struct figures_answer *answer = &view->out->answers[view->out->answer_count++];
    *answer =
        (struct figures_answer){.code = code,
                                .name = figures_code_name(view->arena, v, code),
                                .label = {figures_code_label(v, code, 0), figures_code_label(v, code, 1)},
                                .in_base = in_base};
    if (code >= ANSWER_FIRST && code != FIGURES_GIVEN && v->level != LEVEL_NOMINAL) {
        answer->has_score = true;
        answer->score = v->scores ? v->scores[code - ANSWER_FIRST] : (double)(code - ANSWER_FIRST);
    }
}

/* Who was not asked is no answer. */
static void list_answers(struct view *view)
{
    view->out->answers = arena_array(view->arena, view->variable->codes, sizeof *view->out->answers);
    for (uint32_t code = ANSWER_NONE; code < view->variable->codes; code++) {
        if (view->variable->values && !view->query->shares && code >= ANSWER_FIRST) {
            list_answer(view, FIGURES_GIVEN, true);
            return;
        }
        if (view->variable->roles[code] != PUBLIC_ABSENT) {
            list_answer(view, code, view->variable->roles[code] == PUBLIC_IN_BASE);
        }
    }
}

static size_t group_codes(uint32_t **codes, const struct view *view, size_t group)
{
    const struct release_plan *plan = &view->shelved->plan;
    const size_t dim = view->group_dims[group];
    size_t count = 0;
    *codes = arena_array(view->arena, plan->sizes[dim] + 1, sizeof **codes);
    for (uint32_t code = 0; code < plan->sizes[dim]; code++) {
        if (plan->listed[dim][code]) {
            (*codes)[count++] = code;
        }
    }
    (*codes)[count++] = FIGURES_ALL;
    return count;
}

static void put_lines(struct view *view)
{
    struct figures *out = view->out;
    uint32_t *codes[LATTICE_DEPTH] = {NULL};
    size_t counts[LATTICE_DEPTH] = {1, 1};
    out->line_count = 1;
    for (size_t g = 0; g < view->query->group_count; g++) {
        counts[g] = group_codes(&codes[g], view, g);
        out->line_count *= counts[g];
    }
    out->lines = arena_array(view->arena, out->line_count, sizeof *out->lines);
    for (size_t i = 0; i < out->line_count; i++) {
        size_t rest = i;
        for (size_t g = view->query->group_count; g-- > 0; rest /= counts[g]) {
            out->lines[i].groups[g] = codes[g][rest % counts[g]];
        }
        fill_line(&out->lines[i], view);
    }
}

static void describe(struct view *view, int64_t now_s)
{
    struct figures *out = view->out;
    const struct release *release = view->release;
    out->variable = variable_at(view, view->query->variable);
    for (size_t g = 0; g < view->query->group_count; g++) {
        out->groups[g] = variable_at(view, view->query->groups[g]);
    }
    out->scale = out->variable->scores != NULL;
    out->threshold = release->settings.threshold;
    out->fewer = view->table.fewer;
    out->provisional = survey_round_incomplete(view->query->round, now_s);
    out->awaiting_paper = survey_round_takes_paper(view->query->round, now_s);
    out->release = release->number;
    out->made_at = release->made_at;
    for (int language = 0; view->query->weighted && language < 2; language++) {
        out->weights_made_of[language] = view->shelved->weights_made_of[view->part_number][language];
    }
    out->weights = view->query->weighted ? view->part->weights : 0;
    out->noise_variance = release->settings.variance;
    out->noise_reach = release->settings.reach;
}

enum figures_status figures_of_public(struct figures *out, const char **rule, struct arena *arena,
                                      struct results *results, const struct figures_query *query)
{
    struct view view = {.arena = arena, .query = query, .out = out};
    const char *unused = NULL;
    rule = rule ? rule : &unused;
    *rule = NULL;
    *out = (struct figures){.query = *query};
    view.shelved = shelf_hold_for(arena, results, query->round->id);
    if (!view.shelved) {
        return FIGURES_NO_RELEASE;
    }
    view.release = view.shelved->history.newest;
    view.shape = release_plan_shape(&view.shelved->plan);
    *rule = resolve(&view);
    if (!*rule && !view.part->universes[place_of(&view, NULL)].open) {
        *rule = too_few;
    }
    if (*rule) {
        return FIGURES_NOT_RELEASED;
    }
    if (query->weighted && view.part->weights == 0) {
        return FIGURES_NO_WEIGHTS;
    }
    describe(&view, results->config.now_s());
    list_answers(&view);
    put_lines(&view);
    return FIGURES_OK;
}
