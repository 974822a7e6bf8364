/* What the table did, in a report: signals, departments, the agenda, advice, cases, findings of others. */
#include "features/report/report_view.h"

#include <string.h>

static void add_item(const struct report_view *v, json_t *items, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add_item(const struct report_view *v, json_t *items, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const struct slice text = arena_vprintf(v->arena, format, args);
    va_end(args);
    json_array_append_new(items, json_stringn(text.ptr, text.len));
}

static json_t *text_cell(const char *text)
{
    return json_pack("{s:s}", "text", text);
}

/* ---- signals ---- */

/* What the one it was passed on to said, or that they said nothing. */
static void add_forwards(const struct report_view *v, json_t *items, const json_t *signal)
{
    size_t i;
    const json_t *forward;
    json_array_foreach(json_object_get(signal, "doorgeleidingen"), i, forward)
    {
        const json_t *answer = json_object_get(forward, "antwoord");
        add_item(v, items, "%s: %s%s%s%s%s", report_text(forward, "geadresseerde"),
                 report_text(forward, "vraag"), answer ? "\n" : "",
                 answer ? view_option(v, "outcome", report_text(answer, "uitkomst")) : "", answer ? ": " : "",
                 answer ? report_text(answer, "redenen") : "");
    }
}

void report_show_signals(struct report_view *v, const json_t *content)
{
    size_t i;
    const char *state;
    const json_t *signal;
    json_t *count, *rows = json_array();
    json_object_foreach(json_object_get(content, "naarStand"), state, count)
    {
        json_array_append_new(
            rows, json_pack("{s:s,s:[o]}", "label", view_option(v, "state", state), "cells",
                            text_cell(view_number(v, json_object_get(content, "naarStand"), state))));
    }
    view_table(v, view_word(v, "report.section.signalen"), view_word(v, "report.state_head"),
               json_pack("[{s:s}]", "text", view_word(v, "report.number")), rows);
    json_array_foreach(json_object_get(content, "signalen"), i, signal)
    {
        json_t *items = json_array();
        view_add(v, "subheading",
                 json_string(arena_printf(v->arena, "%s. %s (%s)", view_number(v, signal, "nummer"),
                                          report_text(signal, "titel"),
                                          view_option(v, "state", report_text(signal, "stand")))
                                 .ptr));
        view_paragraph(v, report_text(signal, "tekst"));
        add_forwards(v, items, signal);
        view_items(v, items);
    }
}

/* ---- departments ---- */

void report_show_departments(struct report_view *v, const json_t *content)
{
    size_t i;
    const json_t *one;
    json_t *rows = json_array();
    json_array_foreach(json_object_get(content, "geadresseerden"), i, one)
    {
        json_array_append_new(rows, json_pack("{s:s,s:[o,o,o,o]}", "label", report_text(one, "naam"), "cells",
                                              text_cell(view_number(v, one, "vanEerder")),
                                              text_cell(view_number(v, one, "doorgeleid")),
                                              text_cell(view_number(v, one, "beantwoord")),
                                              text_cell(view_number(v, one, "teLaat"))));
    }
    view_table(v, view_word(v, "report.section.departementen"), view_word(v, "report.addressee"),
               json_pack("[{s:s},{s:s},{s:s},{s:s}]", "text", view_word(v, "report.from_before"), "text",
                         view_word(v, "report.forwarded"), "text", view_word(v, "report.answered"), "text",
                         view_word(v, "report.late")),
               rows);
}

/* What stands between a text and the next sentence. */
static const char *after(const char *text)
{
    const size_t len = strlen(text);
    return len > 0 && strchr(".!?", text[len - 1]) ? " " : ". ";
}

void report_show_changes(struct report_view *v, const json_t *content)
{
    size_t i;
    const json_t *one;
    json_t *items = json_array();
    json_array_foreach(json_object_get(content, "veranderingen"), i, one)
    {
        add_item(v, items, "%s %s (%s): %s%s%s", report_text(one, "onderdeel"), report_text(one, "titel"),
                 report_text(one, "geadresseerde"), report_text(one, "watVerandert"),
                 report_text(one, "wanneer")[0] ? after(report_text(one, "watVerandert")) : "",
                 report_text(one, "wanneer"));
    }
    json_array_foreach(json_object_get(content, "versies"), i, one)
    {
        add_item(v, items, "%s %s: %s", view_word(v, "report.agenda_version"), view_number(v, one, "versie"),
                 view_day(v, report_text(one, "vastgelegdOp")));
    }
    if (json_array_size(items) == 0) {
        view_paragraph(v, view_word(v, "report.nothing"));
    }
    view_items(v, items);
}

/* ---- the agenda ---- */

void report_show_agenda(struct report_view *v, const json_t *content)
{
    size_t s, i;
    const json_t *section, *item;
    json_array_foreach(json_object_get(content, "paragrafen"), s, section)
    {
        json_t *rows = json_array();
        json_array_foreach(json_object_get(section, "onderdelen"), i, item)
        {
            const char *state = report_text(item, "stand");
            json_array_append_new(rows, json_pack("{s:s,s:[o,o]}", "label",
                                                  arena_printf(v->arena, "%s %s", report_text(item, "code"),
                                                               report_text(item, "titel"))
                                                      .ptr,
                                                  "cells", text_cell(report_text(item, "eigenaar")),
                                                  text_cell(state[0] ? view_option(v, "progress", state)
                                                                     : view_word(v, "report.unknown"))));
        }
        if (json_array_size(rows) > 0) {
            view_table(v, report_text(section, "titel"), report_text(section, "titel"),
                       json_pack("[{s:s},{s:s}]", "text", view_word(v, "report.owner"), "text",
                                 view_word(v, "report.state_head")),
                       rows);
        } else {
            json_decref(rows);
        }
    }
}

void report_show_advice(struct report_view *v, const json_t *content)
{
    size_t i;
    const json_t *one;
    json_t *items = json_array();
    json_array_foreach(json_object_get(content, "adviezen"), i, one)
    {
        add_item(v, items, "%s %s: %s. %s", report_text(one, "onderdeel"), report_text(one, "titel"),
                 view_option(v, "advice", report_text(one, "advies")), report_text(one, "reden"));
    }
    if (json_array_size(items) == 0) {
        view_paragraph(v, view_word(v, "report.nothing"));
    }
    view_items(v, items);
}

void report_show_cases(struct report_view *v, const json_t *content)
{
    size_t i;
    const json_t *one;
    json_t *items = json_array();
    const bool questions = json_object_get(content, "onderzoeksvragen") != NULL;
    json_array_foreach(json_object_get(content, questions ? "onderzoeksvragen" : "aanbevelingen"), i, one)
    {
        const char *more = report_text(one, questions ? "uitkomst" : "voorstel");
        add_item(v, items, "%s (%s)%s%s", report_text(one, "titel"),
                 view_option(v, "case", report_text(one, "stand")), more[0] ? "\n" : "", more);
    }
    if (json_array_size(items) == 0) {
        view_paragraph(v, view_word(v, "report.nothing"));
    }
    view_items(v, items);
}

static void show_framework(struct report_view *v, const json_t *sheet)
{
    size_t i;
    const json_t *one;
    const char *decision = report_text(sheet, "conclusie.tekst");
    json_t *items = json_array();
    view_add(v, "subheading", json_string(report_text(sheet, "titel")));
    add_item(v, items, "%s: %s", view_word(v, "report.concludes"), decision);
    json_array_foreach(json_object_get(sheet, "argumenten"), i, one)
    {
        const bool favours = strcmp(report_text(one, "kant"), "voor") == 0;
        add_item(v, items, "%s: %s",
                 view_word(v, favours ? "report.argument_for" : "report.argument_against"),
                 report_text(one, "tekst"));
    }
    json_array_foreach(json_object_get(sheet, "afwijkend"), i, one)
    {
        add_item(v, items, "%s: %s", view_word(v, "report.dissents"), report_text(one, "tekst"));
    }
    view_items(v, items);
    view_add(v, "link",
             json_pack("{s:s,s:s}", "href",
                       arena_printf(v->arena, "/afwegingskaders/%s?consultatie=%s&versie=%lld",
                                    report_text(sheet, "toepassing"), report_text(sheet, "consultatie"),
                                    (long long)json_integer_value(json_object_get(sheet, "versie")))
                           .ptr,
                       "text", view_word(v, "report.whole_sheet")));
}

void report_show_frameworks(struct report_view *v, const json_t *content)
{
    size_t i;
    const json_t *sheet;
    view_paragraph(v, view_word(v, "report.frameworks_about"));
    json_array_foreach(json_object_get(content, "afwegingskaders"), i, sheet)
    {
        show_framework(v, sheet);
    }
}

/* ---- what others found ---- */

void report_show_others(struct report_view *v, const json_t *content)
{
    size_t i;
    const json_t *one;
    view_paragraph(v, view_word(v, "report.others_about"));
    json_array_foreach(json_object_get(content, "bronnen"), i, one)
    {
        json_t *items = json_array();
        view_add(v, "subheading",
                 json_string(arena_printf(v->arena, "%s (%lld)", report_text(one, "wie"),
                                          (long long)json_integer_value(json_object_get(one, "jaar")))
                                 .ptr));
        view_paragraph(v, arena_printf(v->arena, "%s, %s %s", report_text(one, "titel"),
                                       view_word(v, "report.page"), report_text(one, "bladzijde"))
                              .ptr);
        add_item(v, items, "%s: %s", view_word(v, "report.source.fields.vraag"), report_text(one, "vraag"));
        add_item(v, items, "%s: %s", view_word(v, "report.source.fields.uitkomst"),
                 report_text(one, "uitkomst"));
        add_item(v, items, "%s: %s", view_word(v, "report.source.fields.methode"),
                 report_text(one, "methode"));
        add_item(v, items, "%s: %s", view_word(v, "report.source.fields.bevolking"),
                 report_text(one, "bevolking"));
        view_items(v, items);
    }
}
