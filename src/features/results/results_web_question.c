/* GET /uitkomsten/{consultatie}/vraag/{vraag}: one variable, by up to two groups and within a filter; or all
 * parts of a question together. And the same table as CSV. */
#include "features/results/results_web.h"
#include "features/results/results_write.h"

#include <stdlib.h>
#include <string.h>

enum { CSV_MAX = 16 * 1024 * 1024, CSV_MAX_AGE_S = 60 };

/* ---- what is asked ---- */

static struct slice groups_asked(const struct results_page *page)
{
    const struct slice first = page_asked(page, "groep"), second = page_asked(page, "groep2");
    if (first.ptr && second.ptr) {
        return arena_printf(page->maker.arena, "%.*s,%.*s", SLICE_ARG(first), SLICE_ARG(second));
    }
    return first.ptr ? first : second;
}

/* Why the address cannot be answered, each parameter once, in the reader's language. */
static void refuse_address(struct results_page *page, json_t *errors)
{
    static const struct {
        const char *parameter, *why;
    } whys[] = {{"groepeerOp", "group"}, {"filter", "filter"}};
    const char *why = "address";
    const char *parameter = json_string_value(json_object_get(json_array_get(errors, 0), "parameter"));
    for (size_t i = 0; i < sizeof whys / sizeof whys[0]; i++) {
        if (parameter && strcmp(parameter, whys[i].parameter) == 0) {
            why = whys[i].why;
        }
    }
    page_refuse(page, 400, why);
}

/* Figures of the variable as the address asks for them. False: answered. */
static bool ask(struct figures *out, struct results_page *page, size_t variable)
{
    size_t count;
    struct figures_query query;
    const char *rule = NULL;
    json_t *errors = json_array();
    const struct query_texts texts = {.variable =
                                          slice_from_cstr(page_variables(&count, page)[variable].code),
                                      .group_by = groups_asked(page),
                                      .filter = page_asked(page, "filter"),
                                      .stream = slice_from_cstr(page->stream)};
    const bool good = results_query_read(&query, errors, page->maker.arena, page->view, page->round, &texts);
    if (!good) {
        refuse_address(page, errors);
    }
    json_decref(errors);
    if (!good) {
        return false;
    }
    query.weighted = page->weighted;
    const enum figures_status status = page_figures(out, &rule, page, &query);
    if (status != FIGURES_OK) {
        page_refuse_figures(page, status, rule);
    }
    return status == FIGURES_OK;
}

/* The variable, or the first of a question's; -1: nothing of that name is shown. *whole: all parts of it. */
static int find(bool *whole, const struct results_page *page)
{
    size_t count;
    const struct slice code = http_path_param(page->ex, "vraag");
    const struct variable *variables = page_variables(&count, page);
    const int found = questionnaire_find_variable(page->round->questionnaire, code);
    *whole = false;
    if (found >= 0) {
        return page_lists(page, (size_t)found) ? found : -1;
    }
    for (size_t v = 0; v < count; v++) {
        if (variables[v].question && slice_equal_cstr(code, variables[v].question) && page_lists(page, v)) {
            *whole = true;
            return (int)variables[v].set_first;
        }
    }
    return -1;
}

/* ---- groups as rows ---- */

static bool is_group(const struct figures *figures, const struct figures_line *line)
{
    for (size_t g = 0; g < figures->query.group_count; g++) {
        if (line->groups[g] == FIGURES_ALL) {
            return false;
        }
    }
    return true;
}

static const char *group_label(const struct results_page *page, const struct figures *figures,
                               const struct figures_line *line)
{
    const char *text = "";
    for (size_t g = 0; g < figures->query.group_count; g++) {
        const char *label = line->group_labels[g][page->maker.language];
        text = arena_printf(page->maker.arena, "%s%s%s", text, g > 0 ? ", " : "",
                            label ? label : line->group_names[g])
                   .ptr;
    }
    return text;
}

static const char *groups_text(const struct results_page *page, const struct figures *figures)
{
    const char *text = "";
    for (size_t g = 0; g < figures->query.group_count; g++) {
        text = arena_printf(page->maker.arena, "%s%s%s", text, g > 0 ? " / " : "",
                            figures->groups[g]->label[page->maker.language])
                   .ptr;
    }
    return text;
}

/* Groups are compared on a whole scale, or on one answer: that which is asked for, "ja", or the one that most
 * people gave. */
static const char *compared_answer(const struct results_page *page, const struct figures *figures)
{
    const struct slice asked = page_asked(page, "antwoord");
    const size_t yes = panel_find_answer(figures, "ja");
    for (size_t i = 0; asked.ptr && i < figures->answer_count; i++) {
        if (slice_equal_cstr(asked, figures->answers[i].name) && figures->answers[i].in_base) {
            return figures->answers[i].name;
        }
    }
    if (figures->scale || !figures->query.shares) {
        return NULL;
    }
    const size_t most = panel_largest(figures, &figures->lines[figures->line_count - 1]);
    return yes < figures->answer_count    ? "ja"
           : most < figures->answer_count ? figures->answers[most].name
                                          : NULL;
}

/* Whether it is of two rows of the panel, in the figure that they are compared on: the share of one answer,
 * else the mean. */
static bool is_of_panel(const struct figures *figures, const struct difference_of *d, size_t answer)
{
    return is_group(figures, d->one) && d->answer == answer &&
           (answer != SIZE_MAX || d->measure == FIGURES_MEAN);
}

static void compare_groups(struct panel *panel, struct results_page *page, const struct figures *figures)
{
    struct differences all;
    const size_t answer = panel->answer ? panel_find_answer(figures, panel->answer) : SIZE_MAX;
    struct figures shown = *figures;
    shown.query.shares = panel->answer != NULL;
    memset(shown.query.measures, 0, sizeof shown.query.measures);
    shown.query.measures[FIGURES_MEAN] = !panel->answer && figures->query.measures[FIGURES_MEAN];
    if (!differences_make(&all, page->maker.arena, &shown)) {
        return;
    }
    struct panel_difference *items = arena_array(page->maker.arena, all.count + 1, sizeof *items);
    for (size_t i = 0; i < all.count; i++) {
        if (is_of_panel(figures, &all.items[i], answer)) {
            items[panel->difference_count++] = (struct panel_difference){
                .one = group_label(page, figures, all.items[i].one),
                .other = group_label(page, figures, all.items[i].other),
                .answer = panel->answer ? panel_answer_label(&figures->answers[answer], page->maker.language)
                                        : NULL,
                .figure = all.items[i].figure};
        }
    }
    panel->differences = items;
}

static void put_figures(struct results_page *page, const struct figures *figures)
{
    struct panel_row *rows = arena_array(page->maker.arena, figures->line_count, sizeof *rows);
    const struct panel_row all = {.label = panel_all_label(&page->maker, figures),
                                  .figures = figures,
                                  .line = &figures->lines[figures->line_count - 1]};
    const bool split = figures->query.group_count > 0;
    size_t count = 0;
    for (size_t l = 0; split && l < figures->line_count; l++) {
        if (is_group(figures, &figures->lines[l])) {
            rows[count++] = (struct panel_row){.label = group_label(page, figures, &figures->lines[l]),
                                               .figures = figures,
                                               .line = &figures->lines[l]};
        }
    }
    struct panel panel = {.id = "f1",
                          .rows_are = split ? groups_text(page, figures) : NULL,
                          .about = figures->variable->label[page->maker.language],
                          .answer = split ? compared_answer(page, figures) : NULL,
                          .rows = split ? rows : &all,
                          .row_count = split ? count : 1,
                          .all = split ? &all : NULL};
    if (panel.answer) {
        const struct figures_answer *answer = &figures->answers[panel_find_answer(figures, panel.answer)];
        panel.heading =
            page_format(page, "results.compared", "answer", panel_answer_label(answer, page->maker.language));
    }
    compare_groups(&panel, page, figures);
    page_put_panel(page, &panel, &figures->query);
}

/* ---- the pages ---- */

static void show_whole(struct results_page *page, size_t first)
{
    size_t count;
    const struct variable *v = &page_variables(&count, page)[first];
    page_title(page, v->asked[page->maker.language]);
    page_back(page, page_link(page, NULL, NULL));
    page_put_choices(page, false, NULL);
    page_put_text(page, page_text(page, "results.parts"));
    if (page_put_question(page, first, NULL, "f1")) {
        page_show(page);
    } else {
        page_refuse(page, 404, "too_few");
    }
}

static void put_others(struct results_page *page, const struct variable *v)
{
    json_t *items = json_array();
    if (v->set != SET_ALONE) {
        page_list_add(items, page_link(page, "vraag", v->question), v->asked[page->maker.language], NULL);
    }
    if (v->application) {
        page_list_add(items, page_link(page, "toepassing", v->application),
                      page_name(page, "application", v->application), NULL);
    }
    if (v->value) {
        page_list_add(items, page_link(page, "waarde", v->value), page_name(page, "value", v->value), NULL);
    }
    page_put_list(page, page_text(page, "results.see_also"), items);
}

void results_page_question(struct http_exchange *ex, void *self)
{
    struct results_page page;
    struct figures figures;
    bool whole;
    if (!page_begin_release(&page, self, ex)) {
        return;
    }
    const int found = find(&whole, &page);
    if (found < 0) {
        page_refuse(&page, 404, "question");
        return;
    }
    if (whole) {
        show_whole(&page, (size_t)found);
        return;
    }
    page.ungrouped = page_link(&page, "vraag", arena_cstr(page.maker.arena, http_path_param(ex, "vraag")));
    if (!ask(&figures, &page, (size_t)found)) {
        return;
    }
    page_title(&page, figures.variable->label[page.maker.language]);
    page_back(&page, page_link(&page, NULL, NULL));
    page_put_choices(&page, true, &figures);
    put_figures(&page, &figures);
    if (figures.query.group_count == 0 && !panel_is_filtered(&figures)) {
        page_put_trend(&page, &figures);
    }
    put_others(&page, figures.variable);
    page_show(&page);
}

/* Figures of the one variable that the address names. False: answered. */
static bool ask_alone(struct figures *figures, struct results_page *page)
{
    bool whole;
    const int found = find(&whole, page);
    if (found < 0 || whole) {
        page_refuse(page, 404, "question");
        return false;
    }
    return ask(figures, page, (size_t)found);
}

static void reply_csv(struct results_page *page, struct buffer *csv_take, const char *name)
{
    struct http_exchange *ex = page->ex;
    size_t len;
    char *text = buffer_take(csv_take, &len);
    if (!text) {
        page_refuse(page, 400, "too_deep");
        return;
    }
    arena_defer(http_arena(ex), free, text);
    http_reply_bytes(ex, 200, "text/csv; charset=utf-8; header=present", (struct slice){text, len});
    http_set_header(
        ex, "Content-Disposition",
        arena_printf(http_arena(ex), "attachment; filename=\"%s-%s.csv\"", page->round->code, name).ptr);
    http_set_header(ex, "Cache-Control",
                    arena_printf(http_arena(ex), "public, max-age=%d", CSV_MAX_AGE_S).ptr);
}

void results_page_question_csv(struct http_exchange *ex, void *self)
{
    struct results_page page;
    struct figures figures;
    struct buffer csv;
    if (!page_begin_release(&page, self, ex) || !ask_alone(&figures, &page)) {
        return;
    }
    buffer_init(&csv, CSV_MAX);
    figures_csv(&csv, &figures);
    reply_csv(&page, &csv, figures.variable->code);
    buffer_free(&csv);
}

void results_page_differences_csv(struct http_exchange *ex, void *self)
{
    struct results_page page;
    struct figures figures;
    struct differences differences;
    struct buffer csv;
    if (!page_begin_release(&page, self, ex) || !ask_alone(&figures, &page)) {
        return;
    }
    if (figures.query.group_count == 0) {
        page_refuse(&page, 400, "group");
        return;
    }
    if (!differences_make(&differences, page.maker.arena, &figures)) {
        page_refuse(&page, 400, "too_deep");
        return;
    }
    buffer_init(&csv, CSV_MAX);
    differences_csv(&csv, &figures, &differences);
    reply_csv(&page, &csv, arena_printf(page.maker.arena, "%s-verschillen", figures.variable->code).ptr);
    buffer_free(&csv);
}
