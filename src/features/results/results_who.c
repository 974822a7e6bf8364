#include "features/results/results_who.h"

#include "features/results/results_query.h"

#include "stats/estimate.h"
#include "stats/protect_public.h"

#include <math.h>
#include <string.h>

/* Part of what would be expected, below which a group is said to be missing. */
static const double MISSING_BELOW = 0.8;

/* ---- answers and categories ---- */

static size_t find_answer(const struct figures *figures, const char *name)
{
    size_t i = 0;
    while (i < figures->answer_count && strcmp(figures->answers[i].name, name) != 0) {
        i++;
    }
    return i;
}

size_t who_answers(size_t *places, const struct who_comparison *c, const struct margin_category *category)
{
    size_t index, count = 0;
    json_t *item;
    const json_t *codes = json_object_get(category->answers, c->margin->variables[0]);
    json_array_foreach((json_t *)(uintptr_t)codes, index, item)
    {
        const size_t place = find_answer(c->figures, json_string_value(item));
        if (place == c->figures->answer_count) {
            return 0;
        }
        places[count++] = place;
    }
    return count;
}

double who_expected(const struct who_comparison *c, const struct margin_category *category)
{
    return 100 * category->target / c->margin->total;
}

bool who_is_missing(const struct who_comparison *c, struct arena *arena,
                    const struct margin_category *category)
{
    size_t *places = arena_array(arena, c->figures->answer_count, sizeof *places);
    const size_t count = who_answers(places, c, category);
    const double expected = who_expected(c, category);
    double value = 0, high = 0;
    for (size_t a = 0; a < count; a++) {
        const struct figure *share = &c->line->cells[places[a]].share;
        if (share->mark != FIGURE_SHOWN && share->mark != FIGURE_FEWER) {
            return false;
        }
        value += share->value;
        high += share->mark == FIGURE_SHOWN && share->interval ? share->high : share->value;
    }
    return count > 0 && high < expected && value < MISSING_BELOW * expected;
}

/* ---- asking ---- */

static enum figures_status ask(struct figures *out, const struct who *who, const struct figures_query *query)
{
    const char *rule;
    return who->view == FIGURES_PUBLIC ? figures_of_public(out, &rule, who->arena, who->results, query)
                                       : figures_of_analyst(out, who->arena, who->results, query);
}

static struct figures_query unweighted(const struct who *who, size_t variable)
{
    return (struct figures_query){.view = who->view,
                                  .round = who->round,
                                  .variable = variable,
                                  .filters = {who->people},
                                  .filter_count = 1,
                                  .base = FIGURES_BASE_ANSWERED,
                                  .shares = true};
}

/* -1: it is not asked. */
static int find_variable(const struct who *who, const char *code)
{
    return questionnaire_find_variable(who->round->questionnaire, slice_from_cstr(code));
}

/* ---- margins that do not cover everybody ---- */

static const struct margin_category *category_beyond(const struct margin *margin)
{
    for (size_t i = 0; i < margin->category_count; i++) {
        if (margin->categories[i].beyond) {
            return &margin->categories[i];
        }
    }
    return NULL;
}

/* The figures of those beyond alone. False unless one answer says who they are, and a release tells of them.
 */
static bool figures_beyond(struct figures *out, const struct who *who, const struct who_comparison *c)
{
    json_t *answers = (json_t *)(uintptr_t)c->beyond->answers;
    void *first = json_object_iter(answers);
    const json_t *codes = json_object_iter_value(first);
    const int variable = find_variable(who, json_object_iter_key(first));
    if (json_object_size(answers) != 1 || json_array_size(codes) != 1 || variable < 0) {
        return false;
    }
    size_t count;
    const struct variable *v = &questionnaire_variables(&count, who->round->questionnaire)[variable];
    const char *wanted = json_string_value(json_array_get(codes, 0));
    for (uint16_t k = 0; k < v->category_count; k++) {
        if (strcmp(v->categories[k].code, wanted) == 0) {
            const uint16_t code = (uint16_t)(ANSWER_FIRST + k);
            struct figures_query query = c->figures->query;
            query.filters[query.filter_count++] = (struct figures_filter){(size_t)variable, &code, 1};
            return ask(out, who, &query) == FIGURES_OK;
        }
    }
    return false;
}

/* Of two counts that are shown: nothing is told that they do not. */
static struct figure less(const struct figure *all, const struct figure *part, uint64_t fewer)
{
    if (all->mark != FIGURE_SHOWN) {
        return *all;
    }
    if (part->mark != FIGURE_SHOWN) {
        return (struct figure){.mark = FIGURE_UNRELIABLE};
    }
    const double rest = all->value - part->value;
    if (rest < (double)fewer) {
        return (struct figure){.mark = FIGURE_FEWER};
    }
    return (struct figure){.mark = FIGURE_SHOWN, .value = rest};
}

/* The share of counts that each have the noise of two. */
static struct figure share_of_rest(const struct figures *figures, const struct figure *count,
                                   const struct figure *base)
{
    const struct sums part = {count->value, count->value, count->value},
                      all = {base->value, base->value, base->value};
    const struct estimate_options options = {.all_n = (uint64_t)base->value,
                                             .noise_variance =
                                                 share_noise_variance(2 * figures->noise_variance, part, all),
                                             .z = INTERVAL_Z95};
    struct estimate share;
    if (count->mark == FIGURE_FEWER && base->mark == FIGURE_SHOWN && base->value >= PUBLIC_BASE_MIN) {
        return (struct figure){.mark = FIGURE_FEWER,
                               .value = ceil(100 * (double)figures->fewer / base->value)};
    }
    if (count->mark != FIGURE_SHOWN || base->mark != FIGURE_SHOWN || base->value < PUBLIC_BASE_MIN ||
        count->value > base->value || !estimate_share(&share, part, all, &options)) {
        return (struct figure){.mark = FIGURE_UNRELIABLE};
    }
    const double steps = base->value >= PUBLIC_DECIMAL_FROM ? 10 : 1;
    return (struct figure){.mark = FIGURE_SHOWN,
                           .interval = true,
                           .digits = steps > 1 ? 1 : 0,
                           .value = round(100 * share.value * steps) / steps,
                           .low = floor(100 * share.interval.low * steps) / steps,
                           .high = ceil(100 * share.interval.high * steps) / steps};
}

/* What the margin covers of the line. */
static void leave_out_beyond(struct who_comparison *c, const struct who *who)
{
    struct figures *beyond = arena_alloc(who->arena, sizeof *beyond);
    const struct figures_line *all = c->line;
    c->line = NULL;
    if (!figures_beyond(beyond, who, c) || beyond->answer_count != c->figures->answer_count) {
        return;
    }
    const struct figures_line *part = &beyond->lines[beyond->line_count - 1];
    c->beyond_people = &part->people;
    struct figures_line *rest = arena_alloc(who->arena, sizeof *rest);
    *rest = (struct figures_line){.release = all->release};
    rest->people = less(&all->people, &part->people, c->figures->fewer);
    rest->base = less(&all->base, &part->base, c->figures->fewer);
    rest->effective_n = rest->base;
    rest->design_effect = (struct figure){.mark = FIGURE_SHOWN, .digits = 2, .value = 1};
    rest->cells = arena_array(who->arena, c->figures->answer_count, sizeof *rest->cells);
    for (size_t i = 0; i < c->figures->answer_count; i++) {
        rest->cells[i].count = less(&all->cells[i].count, &part->cells[i].count, c->figures->fewer);
        rest->cells[i].share = share_of_rest(c->figures, &rest->cells[i].count, &rest->base);
    }
    if (rest->base.mark == FIGURE_SHOWN) {
        c->line = rest;
    }
}

static bool compare(struct who_comparison *out, const struct who *who, const struct margin *margin)
{
    const int variable = margin->own_count == 1 ? find_variable(who, margin->variables[0]) : -1;
    if (variable < 0) {
        return false;
    }
    struct figures *figures = arena_alloc(who->arena, sizeof *figures);
    const struct figures_query query = unweighted(who, (size_t)variable);
    if (ask(figures, who, &query) != FIGURES_OK) {
        return false;
    }
    *out = (struct who_comparison){.margin = margin,
                                   .figures = figures,
                                   .line = &figures->lines[figures->line_count - 1],
                                   .beyond = category_beyond(margin)};
    if (out->beyond) {
        leave_out_beyond(out, who);
    }
    for (size_t i = 0; out->line && i < figures->answer_count; i++) {
        const struct figure *share = &out->line->cells[i].share;
        out->digits =
            share->mark == FIGURE_SHOWN && share->digits > out->digits ? share->digits : out->digits;
    }
    return true;
}

size_t who_compare(struct who_comparison *out, const struct who *who, const struct margins *margins)
{
    size_t count = 0;
    for (size_t i = 0; i < margins->count; i++) {
        bool again = false;
        for (size_t d = 0; d < count; d++) {
            again = again || strcmp(out[d].margin->variables[0], margins->margins[i].variables[0]) == 0;
        }
        count += !again && compare(&out[count], who, &margins->margins[i]) ? 1 : 0;
    }
    return count;
}
