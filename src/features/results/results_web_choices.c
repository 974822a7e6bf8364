/* The form of choices: plain selects, sent by GET to the page itself. What can be chosen is what the release
 * has. */
#include "features/results/results_web.h"

#include <string.h>

static json_t *begin_select(json_t *selects, const struct results_page *page, const char *name)
{
    json_t *select = json_object();
    json_t *groups = json_array();
    json_object_set_new(select, "name", json_string(name));
    json_object_set_new(
        select, "label",
        json_string(page_text(page, arena_printf(page->maker.arena, "results.choice.%s", name).ptr)));
    json_object_set_new(select, "groups", groups);
    json_array_append_new(selects, select);
    return groups;
}

/* Options under a name of their own, or (NULL) not. */
static json_t *begin_group(json_t *groups, const char *label)
{
    json_t *group = json_object();
    json_t *options = json_array();
    json_object_set_new(group, "group_label", label ? json_string(label) : json_false());
    json_object_set_new(group, "options", options);
    json_array_append_new(groups, group);
    return options;
}

static void add_option(json_t *options, const char *value, const char *text, bool chosen)
{
    json_array_append_new(
        options, json_pack("{s:s, s:s, s:b}", "value", value, "text", text, "chosen", chosen ? 1 : 0));
}

static void put_rounds(json_t *selects, const struct results_page *page)
{
    json_t *groups = json_array(), *options = begin_group(groups, NULL);
    size_t count = 0;
    for (size_t i = 0; i < survey_round_count(page->snapshot); i++) {
        const struct survey_round *round = survey_round_at(page->snapshot, i);
        const struct shelved *shelved = strcmp(round->consultation, page->consultation) == 0 &&
                                                release_allowed(round, page->results->config.now_s())
                                            ? shelf_hold_for(page->maker.arena, page->results, round->id)
                                            : NULL;
        if (shelved) {
            add_option(options, round->code, round->title[page->maker.language], round == page->round);
            count++;
        }
    }
    if (count > 1) {
        json_array_extend(begin_select(selects, page, "ronde"), groups);
    }
    json_decref(groups);
}

static void put_streams(json_t *selects, const struct results_page *page)
{
    size_t count;
    const struct release *release = page->shelved->history.newest;
    const struct variable *streams = &page_variables(&count, page)[page->shelved->plan.stream];
    if (release->part_count < 2) {
        return;
    }
    json_t *options = begin_group(begin_select(selects, page, "werving"), NULL);
    for (size_t p = 0; p < release->part_count; p++) {
        const struct variable_category *stream = &streams->categories[release->parts[p].stream];
        add_option(options, stream->code, stream->label[page->maker.language],
                   strcmp(stream->code, page->stream) == 0);
    }
}

static void put_weights(json_t *selects, const struct results_page *page)
{
    if (page->may_weigh) {
        json_t *options = begin_group(begin_select(selects, page, "gewogen"), NULL);
        add_option(options, "true", page_text(page, "results.choice.weighted"), page->weighted);
        add_option(options, "false", page_text(page, "results.choice.unweighted"), !page->weighted);
    }
}

/* ---- groups and a filter ---- */

/* "Leeftijd", where there is a short word for it; else the question. */
static const char *label_of(const struct results_page *page, const struct variable *v)
{
    struct slice word;
    const struct slice path = arena_printf(page->maker.arena, "results.dimension.%s", v->code);
    if (locale_find(&word, page->maker.locales, panel_languages[page->maker.language], path)) {
        return word.ptr;
    }
    return v->label[page->maker.language] ? v->label[page->maker.language] : v->code;
}

static void put_groups(json_t *selects, const struct results_page *page, const char *name,
                       const struct figures *figures)
{
    size_t count;
    const struct release_plan *plan = &page->shelved->plan;
    const struct variable *variables = page_variables(&count, page);
    const struct slice chosen = page_asked(page, name);
    json_t *options = begin_group(begin_select(selects, page, name), NULL);
    add_option(options, "", page_text(page, "results.choice.none"), !chosen.ptr);
    for (size_t d = 0; d < plan->dim_count; d++) {
        const struct variable *v = &variables[plan->dims[d]];
        if (v != figures->variable) {
            add_option(options, v->code, label_of(page, v), slice_equal_cstr(chosen, v->code));
        }
    }
}

static void put_filter(json_t *selects, const struct results_page *page, const struct figures *figures)
{
    size_t count;
    const struct release_plan *plan = &page->shelved->plan;
    const struct variable *variables = page_variables(&count, page);
    const struct slice chosen = page_asked(page, "filter");
    json_t *groups = begin_select(selects, page, "filter");
    add_option(begin_group(groups, NULL), "", page_text(page, "results.choice.everybody"), !chosen.ptr);
    for (size_t d = 0; d < plan->dim_count; d++) {
        const struct variable *v = &variables[plan->dims[d]];
        if (v == figures->variable) {
            continue;
        }
        json_t *options = begin_group(groups, label_of(page, v));
        for (uint32_t code = ANSWER_FIRST; code < plan->sizes[d]; code++) {
            if (plan->listed[d][code]) {
                const struct variable_category *category = &v->categories[code - ANSWER_FIRST];
                const char *value = arena_printf(page->maker.arena, "%s:%s", v->code, category->code).ptr;
                add_option(options, value, category->label[page->maker.language],
                           slice_equal_cstr(chosen, value));
            }
        }
    }
}

/* Which answer is looked at, where groups are compared on one. */
static void put_answers(json_t *selects, const struct results_page *page, const struct figures *figures)
{
    const struct slice chosen = page_asked(page, "antwoord");
    json_t *options = begin_group(begin_select(selects, page, "antwoord"), NULL);
    add_option(options, "", page_text(page, figures->scale ? "results.choice.scale" : "results.choice.most"),
               !chosen.ptr);
    for (size_t i = 0; i < figures->answer_count; i++) {
        const struct figures_answer *answer = &figures->answers[i];
        if (answer->in_base) {
            add_option(options, answer->name, panel_answer_label(answer, page->maker.language),
                       slice_equal_cstr(chosen, answer->name));
        }
    }
}

void page_put_choices(struct results_page *page, bool splits, const struct figures *figures)
{
    json_t *selects = json_array();
    put_rounds(selects, page);
    put_streams(selects, page);
    put_weights(selects, page);
    if (splits && page->shelved->plan.dim_count > 0) {
        put_groups(selects, page, "groep", figures);
        put_groups(selects, page, "groep2", figures);
        put_filter(selects, page, figures);
        const bool yes_or_no = panel_find_answer(figures, "ja") < figures->answer_count;
        if (figures->query.group_count > 0 && figures->query.shares && !yes_or_no) {
            put_answers(selects, page, figures);
        }
    }
    if (json_array_size(selects) == 0) {
        json_decref(selects);
        return;
    }
    const char *action = arena_cstr(page->maker.arena, http_path(page->ex));
    page_put(page, "choices", json_pack("{s:s, s:o}", "action", action, "selects", selects));
}
