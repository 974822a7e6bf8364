/* GET /uitkomsten and /uitkomsten/{consultatie}: where there is something to see, and the way to it. */
#include "features/results/results_web.h"

#include <string.h>

static bool is_public(const struct survey_round *round)
{
    return round->status != ROUND_DRAFT && !round->pilot;
}

/* ---- all consultations ---- */

static bool is_first_of(const struct results_page *page, size_t index)
{
    const char *consultation = survey_round_at(page->snapshot, index)->consultation;
    for (size_t i = 0; i < index; i++) {
        const struct survey_round *round = survey_round_at(page->snapshot, i);
        if (is_public(round) && strcmp(round->consultation, consultation) == 0) {
            return false;
        }
    }
    return true;
}

/* What is released of the round and may be seen now; NULL. */
static const struct shelved *released_of(const struct results_page *page, const struct survey_round *round)
{
    return release_allowed(round, page->results->config.now_s())
               ? shelf_hold_for(page->maker.arena, page->results, round->id)
               : NULL;
}

static bool has_released(const struct results_page *page, const char *consultation)
{
    bool released = false;
    for (size_t i = 0; i < survey_round_count(page->snapshot) && !released; i++) {
        const struct survey_round *round = survey_round_at(page->snapshot, i);
        released =
            is_public(round) && strcmp(round->consultation, consultation) == 0 && released_of(page, round);
    }
    return released;
}

void results_page_all(struct http_exchange *ex, void *self)
{
    struct results_page page;
    page_begin(&page, self, ex);
    json_t *items = json_array();
    bool released = false;
    for (size_t i = 0; i < survey_round_count(page.snapshot); i++) {
        const struct survey_round *round = survey_round_at(page.snapshot, i);
        if (is_public(round) && !round->invented && is_first_of(&page, i)) {
            const char *href = arena_printf(page.maker.arena, "/uitkomsten/%s", round->consultation).ptr;
            const bool any = has_released(&page, round->consultation);
            released = released || any;
            page_list_add(items, href, page_consultation_title(&page, round),
                          any ? NULL : page_text(&page, "results.all.not_yet"));
        }
    }
    page_title(&page, page_text(&page, "results.all.title"));
    page_put_text(&page, page_text(&page, json_array_size(items) == 0 ? "results.all.none"
                                          : released                  ? "results.all.intro"
                                                                      : "results.all.intro_none"));
    page_put_list(&page, NULL, items);
    page_show(&page);
}

/* ---- one consultation ---- */

static const char *round_state(const struct results_page *page, const struct survey_round *round)
{
    const struct shelved *shelved = released_of(page, round);
    if (!shelved) {
        /* What the page begins with is not said again. */
        return round == page->round ? NULL : page_when(page, round);
    }
    const char *n = arena_printf(page->maker.arena, "%d", (int)shelved->history.newest->number).ptr;
    return locale_format(page->maker.arena, page->maker.locales, page->maker.language == 0 ? "nl" : "en",
                         "results.release", "n", n, "date", page_date(page, shelved->history.newest->made_at),
                         (const char *)NULL)
        .ptr;
}

static void put_rounds(struct results_page *page)
{
    json_t *items = json_array();
    for (size_t i = 0; i < survey_round_count(page->snapshot); i++) {
        const struct survey_round *round = survey_round_at(page->snapshot, i);
        if (is_public(round) && strcmp(round->consultation, page->consultation) == 0) {
            const char *href =
                arena_printf(page->maker.arena, "/uitkomsten/%s?ronde=%s", page->consultation, round->code)
                    .ptr;
            page_list_add(items, href, round->title[page->maker.language], round_state(page, round));
        }
    }
    page_put_list(page, page_text(page, "results.rounds"), items);
}

static bool is_tagged(const struct variable *v, const char *kind, const char *code)
{
    bool tagged = false;
    for (size_t t = 0; t < v->tag_count; t++) {
        const char *found = strcmp(kind, "value") == 0 ? v->tags[t].value : v->tags[t].application;
        tagged = tagged || (found && strcmp(found, code) == 0);
    }
    return tagged;
}

/* Applications or values of which something is released. */
static void put_subjects(struct results_page *page, const char *kind, const char *part, const char *heading)
{
    size_t count, index;
    json_t *item, *items = json_array();
    const struct variable *variables = page_variables(&count, page);
    const json_t *all = questionnaire_explainers_context(page->maker.arena, page->round->questionnaire, kind,
                                                         page->maker.language);
    json_array_foreach((json_t *)(uintptr_t)all, index, item)
    {
        const char *code = json_string_value(json_object_get(item, "code"));
        bool released = false;
        for (size_t v = 0; v < count && !released; v++) {
            released = is_tagged(&variables[v], kind, code) && page_lists(page, v);
        }
        if (released) {
            page_list_add(items, page_link(page, part, code),
                          json_string_value(json_object_get(item, "title")),
                          json_string_value(json_object_get(item, "one_line")));
        }
    }
    page_put_list(page, heading, items);
}

/* Questions of no application; what people said of themselves is on the page of who took part. */
static void put_questions(struct results_page *page)
{
    size_t count;
    json_t *items = json_array();
    const struct variable *variables = page_variables(&count, page);
    for (size_t i = 0; i < count; i++) {
        const struct variable *v = &variables[i];
        if (v->set_first == i && v->question && !v->background && !v->application && page_lists(page, i)) {
            page_list_add(items, page_link(page, "vraag", v->question), v->asked[page->maker.language], NULL);
        }
    }
    page_put_list(page, page_text(page, "results.questions"), items);
}

/* What people think of each application, in one chart; and what matters most to them. */
static void put_headlines(struct results_page *page)
{
    size_t count, found = 0, first = 0;
    const struct variable *variables = page_variables(&count, page);
    size_t *acceptable = arena_array(page->maker.arena, count, sizeof *acceptable);
    bool important = false;
    for (size_t i = 0; i < count; i++) {
        const struct variable *v = &variables[i];
        if (!v->dimension || !page_lists(page, i)) {
            continue;
        }
        if (strcmp(v->dimension, "aanvaardbaarheid") == 0 && v->application) {
            acceptable[found++] = i;
        }
        if (strcmp(v->dimension, "belang") == 0 && v->set == SET_MULTIPLE && !important) {
            important = true;
            first = v->set_first;
        }
    }
    struct panel_row *rows = arena_array(page->maker.arena, found, sizeof *rows);
    found = page_rows(rows, page, acceptable, found, page_label_application);
    if (found > 1) {
        struct panel panel = {.id = "aanvaardbaar",
                              .heading = page_text(page, "results.subject.acceptable"),
                              .rows_are = page_text(page, "results.subject.application"),
                              .about = page_text(page, "results.subject.acceptable"),
                              .title = page_text(page, "results.side_by_side"),
                              .rows = rows,
                              .row_count = found};
        page_put_panel(page, &panel, NULL);
    }
    if (important) {
        page_put_question(page, first, variables[first].asked[page->maker.language], "belang");
    }
}

/* Where the figures are to be had as files. */
static void put_files(struct results_page *page)
{
    json_t *items = json_array();
    if (page->stream) {
        page_list_add(
            items,
            arena_printf(page->maker.arena,
                         "/v1/consultaties/%s/tabellenboek?ronde=%s&werving=%s&gewogen=%s&formaat=ods&taal=%s"
                         "&weergave=openbaar",
                         page->consultation, page->round->code, page->stream,
                         page->weighted ? "true" : "false", page->maker.language == 0 ? "nl" : "en")
                .ptr,
            page_text(page, "results.files.book"), page_text(page, "results.files.book_about"));
    }
    page_list_add(items, "/open-data", page_text(page, "opendata.title"),
                  page_text(page, "results.files.open_data_about"));
    page_put_list(page, page_text(page, "results.files.title"), items);
}

void results_page_consultation(struct http_exchange *ex, void *self)
{
    struct results_page page;
    if (!page_begin_round(&page, self, ex)) {
        return;
    }
    page_kind(&page);
    page_title(&page, page_consultation_title(&page, page.round));
    json_object_set_new(
        page.context, "h1",
        json_string(page_format(&page, "results.of", "title", page_consultation_title(&page, page.round))));
    page_back(&page, "/uitkomsten");
    if (page.stream) {
        page_put_note(&page, page_text(&page, "results.read_first"));
        page_put_choices(&page, false, NULL);
        put_headlines(&page);
        put_subjects(&page, "application", "toepassing", page_text(&page, "results.subject.applications"));
        put_subjects(&page, "value", "waarde", page_text(&page, "results.subject.values"));
        put_questions(&page);
    } else {
        page_put_note(&page, page.shelved ? page_text(&page, "results.refused.stream.text")
                                          : page_when(&page, page.round));
    }
    put_rounds(&page);
    json_t *items = json_array();
    if (page.stream) {
        page_list_add(items, page_link(&page, "wie", NULL), page_text(&page, "results.who.title"), NULL);
    }
    page_list_add(items, page_link(&page, "methode", NULL), page_text(&page, "results.method.title"), NULL);
    page_list_add(
        items, arena_printf(page.maker.arena, "/consultaties/%s/wat-er-mee-gebeurt", page.consultation).ptr,
        page_text(&page, "tafel.feedback.title"), NULL);
    page_list_add(items, "/tafel", page_text(&page, "tafel.feedback.hub"), NULL);
    page_put_list(&page, page_text(&page, "results.about"), items);
    put_files(&page);
    page_show(&page);
}
