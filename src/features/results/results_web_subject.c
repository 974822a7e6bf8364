/* GET /uitkomsten/{consultatie}/waarde/{waarde} and /toepassing/{toepassing}: all that was asked of one of
 * the values, over the applications; and all that was asked of one application. */
#include "features/results/results_web.h"

#include <string.h>

static bool same(const char *a, struct slice b)
{
    return a && slice_equal_cstr(b, a);
}

/* ---- a value ---- */

static bool measures(const struct variable *v, struct slice value, const char *dimension)
{
    for (size_t t = 0; t < v->tag_count; t++) {
        const char *of = v->tags[t].dimension ? v->tags[t].dimension : v->dimension;
        if (same(v->tags[t].value, value) && of && strcmp(of, dimension) == 0) {
            return true;
        }
    }
    return false;
}

static const char *label_condition(const struct results_page *page, const struct variable *v)
{
    return arena_printf(page->maker.arena, "%s: %s", page_name(page, "application", v->application),
                        page_label_part(page, v))
        .ptr;
}

/* The variables of a value and dimension that are about applications; value empty: of the dimension. */
static size_t collect(size_t *out, const struct results_page *page, struct slice value, const char *dimension)
{
    size_t count, found = 0;
    const struct variable *variables = page_variables(&count, page);
    for (size_t i = 0; i < count; i++) {
        const struct variable *v = &variables[i];
        const bool meant = value.len > 0 ? measures(v, value, dimension)
                                         : v->dimension && strcmp(v->dimension, dimension) == 0;
        if (meant && v->application && page_lists(page, i)) {
            out[found++] = i;
        }
    }
    return found;
}

static void put_across(struct results_page *page, struct slice value, const char *dimension,
                       const char *heading, page_labeller label)
{
    size_t count;
    page_variables(&count, page);
    size_t *variables = arena_array(page->maker.arena, count, sizeof *variables);
    const size_t wanted = collect(variables, page, value, dimension);
    struct panel_row *rows = arena_array(page->maker.arena, wanted, sizeof *rows);
    const size_t found = page_rows(rows, page, variables, wanted, label);
    if (found > 0) {
        struct panel panel = {.id = dimension,
                              .heading = page_text(page, heading),
                              .rows_are = page_text(page, "results.subject.application"),
                              .about = page_text(page, heading),
                              .title = found > 1 ? page_text(page, "results.side_by_side") : rows[0].label,
                              .answer = rows[0].figures->variable->set == SET_MULTIPLE ? "ja" : NULL,
                              .rows = rows,
                              .row_count = found};
        page_put_panel(page, &panel, NULL);
    }
}

/* The question in which people chose among the values; and a list of what else was asked of this one. */
static void put_importance(struct results_page *page, struct slice value)
{
    size_t count;
    const struct variable *variables = page_variables(&count, page);
    for (size_t i = 0; i < count; i++) {
        if (measures(&variables[i], value, "belang") && variables[i].set == SET_MULTIPLE &&
            page_lists(page, i)) {
            page_put_options(page, i, page_text(page, "results.subject.importance"), "belang");
            return;
        }
    }
}

static void put_more(struct results_page *page, struct slice value)
{
    size_t count;
    json_t *items = json_array();
    const char *last = NULL;
    const struct variable *variables = page_variables(&count, page);
    for (size_t i = 0; i < count; i++) {
        const struct variable *v = &variables[i];
        if (same(v->value, value) && !v->application && v->question && page_lists(page, i) &&
            (!last || strcmp(last, v->question) != 0)) {
            page_list_add(items, page_link(page, "vraag", v->question), v->asked[page->maker.language], NULL);
            last = v->question;
        }
    }
    page_put_list(page, page_text(page, "results.subject.more"), items);
}

static bool is_known(const struct results_page *page, const char *kind, struct slice code)
{
    size_t count;
    bool known = false;
    const struct variable *variables = page_variables(&count, page);
    for (size_t i = 0; i < count && !known; i++) {
        for (size_t t = 0; t < variables[i].tag_count && !known; t++) {
            const struct variable_tag *tag = &variables[i].tags[t];
            known =
                same(strcmp(kind, "value") == 0 ? tag->value : tag->application, code) && page_lists(page, i);
        }
    }
    return known;
}

static void put_explanation(struct results_page *page, const char *code)
{
    json_t *items = json_array();
    page_list_add(items, arena_printf(page->maker.arena, "/uitleg/%s", code).ptr,
                  page_text(page, "results.subject.explained"), NULL);
    page_put_list(page, NULL, items);
}

void results_page_value(struct http_exchange *ex, void *self)
{
    static const struct slice any = {NULL, 0};
    struct results_page page;
    if (!page_begin_release(&page, self, ex)) {
        return;
    }
    const struct slice value = http_path_param(ex, "waarde");
    if (!is_known(&page, "value", value)) {
        page_refuse(&page, 404, "subject");
        return;
    }
    const char *code = arena_cstr(page.maker.arena, value);
    page_kind(&page);
    page_title(&page, page_name(&page, "value", code));
    page_back(&page, page_link(&page, NULL, NULL));
    page_put_choices(&page, false, NULL);
    put_importance(&page, value);
    put_across(&page, value, "effect", "results.subject.effect", page_label_application);
    put_across(&page, value, "voorwaarde", "results.subject.condition", label_condition);
    put_across(&page, any, "aanvaardbaarheid", "results.subject.acceptable", page_label_application);
    put_more(&page, value);
    put_explanation(&page, code);
    page_show(&page);
}

/* ---- an application ---- */

void results_page_application(struct http_exchange *ex, void *self)
{
    struct results_page page;
    size_t count, shown = 0;
    if (!page_begin_release(&page, self, ex)) {
        return;
    }
    const struct slice application = http_path_param(ex, "toepassing");
    if (!is_known(&page, "application", application)) {
        page_refuse(&page, 404, "subject");
        return;
    }
    const char *code = arena_cstr(page.maker.arena, application);
    page_kind(&page);
    page_title(&page, page_name(&page, "application", code));
    page_back(&page, page_link(&page, NULL, NULL));
    page_put_choices(&page, false, NULL);
    const struct variable *variables = page_variables(&count, &page);
    for (size_t i = 0; i < count; i++) {
        const struct variable *v = &variables[i];
        if (same(v->application, application) && v->set_first == i && page_lists(&page, i)) {
            const char *id = arena_printf(page.maker.arena, "f%zu", i).ptr;
            shown += page_put_question(&page, i, v->asked[page.maker.language], id);
        }
    }
    if (shown == 0) {
        page_refuse(&page, 404, "too_few");
        return;
    }
    put_explanation(&page, code);
    page_show(&page);
}
