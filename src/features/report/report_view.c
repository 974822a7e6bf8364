/* A report as a page. Nothing here computes a number: the document's own are written in the language's way.
 */
#include "features/report/report_view.h"

#include "base/clock.h"
#include "features/survey/survey.h"
#include "features/tafel/tafel.h"

#include <stdlib.h>
#include <string.h>

/* ---- blocks ---- */

void view_add(struct report_view *v, const char *name, json_t *value_take)
{
    json_array_append_new(v->blocks, json_pack("{s:o}", name, value_take));
}

void view_paragraph(struct report_view *v, const char *text)
{
    view_add(v, "paragraph", json_string(text));
}

const char *view_word(const struct report_view *v, const char *path)
{
    return locale_text(v->locales, v->language, path).ptr;
}

const char *view_option(const struct report_view *v, const char *group, const char *code)
{
    struct slice text;
    const struct slice path = arena_printf(v->arena, "report.%s.%s", group, code);
    return locale_find(&text, v->locales, v->language, path) ? text.ptr : code;
}

static void add_markdown(struct report_view *v, const char *text, const char *language)
{
    if (text[0]) {
        const struct slice html = web_markdown(v->arena, slice_from_cstr(text), 3);
        json_array_append_new(v->blocks, json_pack("{s:{s:s,s:s%}}", "prose", "lang", language, "text_html",
                                                   html.ptr ? html.ptr : "", html.len));
    }
}

void view_items(struct report_view *v, json_t *items_take)
{
    json_array_append_new(
        v->blocks, json_pack("{s:o,s:b}", "items", items_take, "any_items", json_array_size(items_take) > 0));
}

void view_table(struct report_view *v, const char *caption, const char *first, json_t *heads_take,
                json_t *rows_take)
{
    view_add(v, "table",
             json_pack("{s:s,s:s,s:o,s:o}", "caption", caption, "first", first, "head", heads_take, "rows",
                       rows_take));
}

/* ---- numbers ---- */

/* A number of the document, with the sign of the language. */
static const char *written(const struct report_view *v, const json_t *number)
{
    if (json_is_integer(number)) {
        return figures_number_text(v->arena, (double)json_integer_value(number), 0, v->english).ptr;
    }
    const char *text = json_string_value(number), *point = text ? strchr(text, '.') : NULL;
    return text ? figures_number_text(v->arena, strtod(text, NULL), point ? (int)strlen(point + 1) : 0,
                                      v->english)
                      .ptr
                : "";
}

const char *view_number(const struct report_view *v, const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    const char *why = report_text(object, arena_printf(v->arena, "%sReden", name).ptr);
    const char *limit = report_text(object, arena_printf(v->arena, "%sGrens", name).ptr);
    if (strcmp(why, "minder-dan") == 0) {
        const json_t *most = json_object_get(object, arena_printf(v->arena, "%sMinderDan", name).ptr);
        return arena_printf(v->arena, "%s %s", view_option(v, "reason", why), written(v, most)).ptr;
    }
    if (why[0]) {
        return view_option(v, "reason", why);
    }
    if (!value || json_is_null(value)) {
        return "";
    }
    return limit[0] ? arena_printf(v->arena, "%s %s", view_option(v, "reason", limit), written(v, value)).ptr
                    : written(v, value);
}

/* "41,2 tot 47,8"; NULL where there is none. */
const char *view_interval(const struct report_view *v, const json_t *object)
{
    const json_t *interval = json_object_get(object, "bandbreedte");
    return json_array_size(interval) == 2
               ? arena_printf(v->arena, "%s %s %s", written(v, json_array_get(interval, 0)),
                              view_word(v, "report.to"), written(v, json_array_get(interval, 1)))
                     .ptr
               : NULL;
}

const char *view_day(const struct report_view *v, const char *time)
{
    int64_t at;
    int32_t day;
    if (clock_parse_rfc3339(&at, slice_from_cstr(time))) {
        return locale_date(v->arena, v->locales, v->language, at).ptr;
    }
    return clock_parse_day(&day, slice_from_cstr(time))
               ? locale_date(v->arena, v->locales, v->language, clock_midnight_nl(day)).ptr
               : time;
}

const char *view_title(const struct report_view *v, const char *kind, const char *code)
{
    size_t i;
    const json_t *one;
    const json_t *titles = strcmp(kind, "value") == 0 ? v->values : v->applications;
    json_array_foreach(titles, i, one)
    {
        if (strcmp(report_text(one, "code"), code) == 0) {
            return report_text(one, "title");
        }
    }
    return strcmp(code, "algemeen") == 0 ? view_word(v, "tafel.suggestion.general") : code;
}

/* ---- words of the questionnaire ---- */

static const struct variable *variable_of(const struct report_view *v, const json_t *variable)
{
    size_t count;
    const struct survey_round *round = survey_round_find(v->snapshot, slice_from_cstr(v->round));
    const int found = round ? questionnaire_find_variable(round->questionnaire,
                                                          slice_from_cstr(report_text(variable, "code")))
                            : -1;
    return found >= 0 ? &questionnaire_variables(&count, round->questionnaire)[found] : NULL;
}

const char *view_variable(const struct report_view *v, const json_t *variable)
{
    const struct variable *found = variable_of(v, variable);
    return found && found->label[v->english] ? found->label[v->english] : report_text(variable, "label");
}

const char *view_answer(const struct report_view *v, const json_t *variable, const json_t *answer)
{
    struct slice text;
    const struct variable *found = variable_of(v, variable);
    const char *code = report_text(answer, "antwoord"), *label = report_text(answer, "label");
    for (uint16_t k = 0; found && k < found->category_count; k++) {
        if (strcmp(found->categories[k].code, code) == 0 && found->categories[k].label[v->english]) {
            return found->categories[k].label[v->english];
        }
    }
    return locale_find(&text, v->locales, v->language, arena_printf(v->arena, "report.answer.%s", code))
               ? text.ptr
           : label[0] ? label
                      : code;
}

bool view_ends(const char **low, const char **high, const struct report_view *v, const json_t *variable)
{
    unsigned points = 0;
    const struct variable *found = variable_of(v, variable);
    *low = *high = NULL;
    for (uint16_t k = 0; found && found->scores && k < found->category_count; k++) {
        const char *label = found->categories[k].label[v->english];
        *low = found->scores[k] == 1 ? label : *low;
        *high = found->scores[k] > points ? label : *high;
        points = found->scores[k] > points ? found->scores[k] : points;
    }
    return *low && *high;
}

/* ---- sections ---- */

static void show_response(struct report_view *v, const json_t *content)
{
    size_t i, k;
    const json_t *way, *cell;
    json_t *rows = json_array();
    json_array_foreach(json_object_get(content, "wervingen"), i, way)
    {
        const char *stream = view_option(v, "stream", report_text(way, "werving"));
        const json_t *line = json_array_get(report_at(way, "kanaal.rijen"), 0);
        json_t *whole = json_pack("[{s:s}]", "text", view_number(v, line, "gevraagd"));
        json_array_append_new(rows, json_pack("{s:s,s:o}", "label", stream, "cells", whole));
        json_array_foreach(json_object_get(line, "cellen"), k, cell)
        {
            const char *label = arena_printf(v->arena, "%s, %s", stream,
                                             view_answer(v, report_at(way, "kanaal.variabele"), cell))
                                    .ptr;
            json_array_append_new(rows, json_pack("{s:s,s:[{s:s}]}", "label", label, "cells", "text",
                                                  view_number(v, cell, "aantal")));
        }
    }
    view_table(v, view_word(v, "report.response.caption"), view_word(v, "report.response.way"),
               json_pack("[{s:s}]", "text", view_word(v, "report.people")), rows);
    view_paragraph(v, view_word(v, "report.response.about"));
    report_show_missing(v, json_object_get(content, "wie"));
}

static void show_map(struct report_view *v, const json_t *content)
{
    static const char *const numbers[] = {"getal", "laag",  "hoog",    "tau", "p",
                                          "alfa",  "grens", "aandeel", NULL};
    const struct survey_round *round = survey_round_find(v->snapshot, slice_from_cstr(v->round));
    if (!round) {
        return;
    }
    json_t *map = report_inexact(json_object_get(content, "kaart"), numbers);
    view_add(v, "heat",
             value_map_heat_context(map, v->ex, v->web, round,
                                    arena_printf(v->arena, "/waardenkaart/%s", v->round).ptr));
    json_decref(map);
}

static void show_methods(struct report_view *v, const json_t *content)
{
    size_t i;
    const json_t *cell;
    json_t *items = json_array();
    json_array_foreach(json_object_get(content, "cellen"), i, cell)
    {
        const char *label = report_text(cell, "label");
        if (strcmp(label, "tegenspraak") == 0 || strcmp(label, "stilte") == 0 ||
            json_object_get(cell, "beoordeling")) {
            const char *reason = report_text(cell, "beoordeling.reden");
            json_array_append_new(
                items, json_string(arena_printf(v->arena, "%s, %s: %s%s%s",
                                                view_title(v, "application", report_text(cell, "toepassing")),
                                                view_title(v, "value", report_text(cell, "waarde")),
                                                view_option(v, "label", label), reason[0] ? ". " : "", reason)
                                       .ptr));
        }
    }
    view_paragraph(v, view_word(v, "report.methods_about"));
    view_items(v, items);
}

static void show_minorities(struct report_view *v, const json_t *content)
{
    size_t i;
    const json_t *cell;
    json_t *items = json_array();
    json_array_foreach(json_object_get(content, "cellen"), i, cell)
    {
        json_array_append_new(
            items, json_string(arena_printf(v->arena, "%s, %s: %s %% %s",
                                            view_title(v, "application", report_text(cell, "toepassing")),
                                            view_title(v, "value", report_text(cell, "waarde")),
                                            view_number(v, cell, "aandeel"),
                                            view_option(v, "direction", report_text(cell, "richting")))
                                   .ptr));
    }
    view_paragraph(v, view_word(v, "report.minorities_about"));
    view_items(v, items);
}

static void show_quotes(struct report_view *v, const json_t *content)
{
    size_t i;
    const json_t *quote;
    json_array_foreach(json_object_get(content, "citaten"), i, quote)
    {
        view_add(
            v, "quote",
            json_pack("{s:s,s:s}", "lang", report_text(quote, "taal"), "text", report_text(quote, "tekst")));
    }
    if (json_integer_value(json_object_get(content, "vervallen")) > 0) {
        view_paragraph(v, locale_format(v->arena, v->locales, v->language, "report.quotes_gone", "n",
                                        view_number(v, content, "vervallen"), NULL)
                              .ptr);
    }
}

static void show_method(struct report_view *v, const json_t *content)
{
    view_paragraph(v, report_text(content, "toelichting"));
    view_paragraph(v, locale_format(v->arena, v->locales, v->language, "report.questionnaire", "code",
                                    report_text(content, "vragenlijst.code"), "version",
                                    view_number(v, json_object_get(content, "vragenlijst"), "versie"),
                                    "sha256", report_text(content, "vragenlijst.sha256"), NULL)
                          .ptr);
    view_paragraph(v, view_word(v, "report.method_about"));
}

static const struct {
    const char *section;
    void (*show)(struct report_view *v, const json_t *content);
} shows[] = {
    {"respons", show_response},
    {"waardenkaart", show_map},
    {"methoden", show_methods},
    {"minderheden", show_minorities},
    {"trends", report_show_trends},
    {"cijfers", report_show_figures},
    {"citaten", show_quotes},
    {"signalen", report_show_signals},
    {"afwegingskaders", report_show_frameworks},
    {"departementen", report_show_departments},
    {"veranderd", report_show_changes},
    {"agenda", report_show_agenda},
    {"herijking", report_show_advice},
    {"aanbevelingen", report_show_cases},
    {"onderzoeksagenda", report_show_cases},
    {"ander-onderzoek", report_show_others},
    {"verantwoording", show_method},
};

/* ---- the whole ---- */

const char *view_round(const struct report_view *v, const char *code)
{
    size_t i;
    const json_t *round;
    json_array_foreach(report_at(v->document, "over.rondes"), i, round)
    {
        if (strcmp(report_text(round, "ronde"), code) == 0) {
            return report_text(round, v->english ? "titel.en" : "titel.nl");
        }
    }
    const struct survey_round *known = survey_round_find(v->snapshot, slice_from_cstr(code));
    return known && known->title[v->english] ? known->title[v->english] : code;
}

static void add_heading(struct report_view *v, const char *id, const char *text)
{
    view_add(v, "heading", json_pack("{s:s,s:s}", "id", id, "text", text));
    json_array_append_new(
        v->contents, json_pack("{s:s,s:s}", "href", arena_printf(v->arena, "#%s", id).ptr, "text", text));
}

static void enter_round(struct report_view *v, const char *code)
{
    const struct survey_round *round = survey_round_find(v->snapshot, slice_from_cstr(code));
    v->round = code;
    if (round) {
        v->applications =
            questionnaire_explainers_context(v->arena, round->questionnaire, "application", v->english);
        v->values = questionnaire_explainers_context(v->arena, round->questionnaire, "value", v->english);
    }
}

static void show_section(struct report_view *v, const json_t *document, const json_t *section, size_t number)
{
    const char *code = report_text(section, "deel"), *round = report_text(section, "ronde");
    const bool several = json_array_size(report_at(document, "over.rondes")) > 1;
    const char *title = view_option(v, "section", code);
    if (round[0]) {
        enter_round(v, round);
    }
    if (round[0] && several) {
        title = arena_printf(v->arena, "%s: %s", title, view_round(v, round)).ptr;
    }
    add_heading(v, arena_printf(v->arena, "deel-%zu", number).ptr, title);
    add_markdown(v, report_text(document, arena_printf(v->arena, "opmerkingen.%s", code).ptr), "nl");
    for (size_t i = 0; i < sizeof shows / sizeof shows[0]; i++) {
        if (strcmp(shows[i].section, code) == 0) {
            v->section = code;
            shows[i].show(v, json_object_get(section, "inhoud"));
        }
    }
}

static void show_text(struct report_view *v, const json_t *document, const char *name, const char *language)
{
    const char *text = report_text(document, arena_printf(v->arena, "teksten.%s", name).ptr);
    if (text[0]) {
        add_heading(v, name, view_option(v, "section", name));
        add_markdown(v, text, language);
    }
}

static bool is_of_figures(const char *code)
{
    bool found = false;
    for (size_t i = 0; i < report_section_count; i++) {
        found = found || (report_sections[i].figures && strcmp(report_sections[i].code, code) == 0);
    }
    return found;
}

json_t *report_blocks(const json_t *document, struct http_exchange *ex, const struct report_room *room,
                      struct arena *arena, enum report_part part, const char *figures_path)
{
    size_t i;
    const json_t *section;
    struct report_view view = {.arena = arena,
                               .ex = ex,
                               .web = room->config.web,
                               .locales = web_locales(room->config.web),
                               .language = http_language(ex),
                               .english = strcmp(http_language(ex), "en") == 0,
                               .snapshot = survey_snapshot_for(room->config.survey, ex),
                               .document = document,
                               .part = part,
                               .figures_path = figures_path,
                               .blocks = json_array(),
                               .contents = json_array()};
    if (part == REPORT_ITSELF) {
        show_text(&view, document, "voorwoord", "nl");
        show_text(&view, document, "samenvatting", "nl");
        show_text(&view, document, "summary", "en");
    }
    json_array_foreach(json_object_get(document, "delen"), i, section)
    {
        if (part == REPORT_ITSELF || is_of_figures(report_text(section, "deel"))) {
            show_section(&view, document, section, i + 1);
        }
    }
    return json_pack("{s:o,s:o,s:b}", "blocks", view.blocks, "contents", view.contents, "with_charts", 1);
}
