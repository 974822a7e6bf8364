/* What was said, by value, application and who said it: counts and texts on one page. Who looks for evidence
 * and reads nothing else of the coding (PERMISSION_CODING_FIND alone) reads the words of who lets themselves
 * be quoted, past what looks like personal data, and counts nobody: of the rest there is a number. */
#include "features/coding/coding_find.h"
#include "features/coding/coding_internal.h"
#include "features/coding/coding_work.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

/* ---- the form ---- */

static json_t *option(const char *code, struct slice title, struct slice chosen)
{
    return json_pack("{s:s,s:s%,s:b}", "code", code, "title", title.ptr, title.len, "selected",
                     (int)slice_equal_cstr(chosen, code));
}

static json_t *select_of(const struct http_exchange *ex, const struct coding *c, const char *name,
                         const char *label, json_t *options_take)
{
    return json_pack("{s:s,s:o,s:o}", "name", name, "label", staff_text(ex, c->config.account, label),
                     "options", options_take);
}

static json_t *axis_options(struct http_exchange *ex, const struct codebook_list *axis, struct slice chosen)
{
    json_t *list = json_array();
    for (size_t i = 0; i < axis->count; i++) {
        const struct codebook_entry *e = &axis->items[i];
        const struct slice title =
            e->parent < 0 ? e->title
                          : arena_printf(http_arena(ex), "%.*s: %.*s",
                                         SLICE_ARG(axis->items[e->parent].title), SLICE_ARG(e->title));
        json_array_append_new(list, option(arena_cstr(http_arena(ex), e->code), title, chosen));
    }
    return list;
}

static json_t *method_options(const struct http_exchange *ex, const struct coding *c, struct slice chosen)
{
    json_t *list = json_array();
    for (size_t i = 0; coding_methods[i]; i++) {
        char path[40];
        snprintf(path, sizeof path, "coding.methods.%s", coding_methods[i]);
        json_t *title = staff_text(ex, c->config.account, path);
        json_array_append_new(list, json_pack("{s:s,s:o,s:b}", "code", coding_methods[i], "title", title,
                                              "selected", (int)slice_equal_cstr(chosen, coding_methods[i])));
    }
    return list;
}

static json_t *background_options(struct http_exchange *ex, const struct survey_round *round, bool categories,
                                  struct slice chosen)
{
    size_t count;
    const int language = coding_language(ex);
    const struct variable *all = questionnaire_variables(&count, round->questionnaire);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct variable *v = &all[i];
        const char *label = v->label[language] ? v->label[language] : v->code;
        if (!coding_is_background(v)) {
            continue;
        }
        if (!categories) {
            json_array_append_new(list, option(v->code, slice_from_cstr(label), chosen));
        }
        for (uint16_t k = 0; categories && k < v->category_count; k++) {
            const struct slice title =
                arena_printf(http_arena(ex), "%s: %s", label, v->categories[k].label[language]);
            json_array_append_new(
                list, option(arena_printf(http_arena(ex), "%s:%s", v->code, v->categories[k].code).ptr, title,
                             chosen));
        }
    }
    return list;
}

static json_t *selects_of(struct http_exchange *ex, const struct coding *c, const struct survey_round *round,
                          const struct codebook *book, bool whole)
{
    static const enum codebook_axis order[] = {CODEBOOK_APPLICATION, CODEBOOK_DIRECTION, CODEBOOK_EXPRESSION,
                                               CODEBOOK_FACET, CODEBOOK_ORIGIN};
    json_t *list = json_array();
    json_array_append_new(
        list, select_of(ex, c, "waarde", "coding.value",
                        axis_options(ex, &book->axes[CODEBOOK_TREE], coding_asked(ex, "waarde"))));
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        char path[40];
        const char *name = coding_axis_names[order[i]];
        snprintf(path, sizeof path, "coding.axes.%s", name);
        json_array_append_new(
            list,
            select_of(ex, c, name, path, axis_options(ex, &book->axes[order[i]], coding_asked(ex, name))));
    }
    json_array_append_new(list, select_of(ex, c, "methode", "coding.method",
                                          method_options(ex, c, coding_asked(ex, "methode"))));
    if (!whole) {
        return list;
    }
    json_array_append_new(list, select_of(ex, c, "groep", "coding.group",
                                          background_options(ex, round, true, coding_asked(ex, "groep"))));
    json_array_append_new(list, select_of(ex, c, "groep2", "coding.group2",
                                          background_options(ex, round, true, coding_asked(ex, "groep2"))));
    json_array_append_new(list, select_of(ex, c, "groep3", "coding.group3",
                                          background_options(ex, round, true, coding_asked(ex, "groep3"))));
    json_array_append_new(list,
                          select_of(ex, c, "uitsplitsen", "coding.split",
                                    background_options(ex, round, false, coding_asked(ex, "uitsplitsen"))));
    return list;
}

/* ---- what was found ---- */

static json_t *groups_of(const struct http_exchange *ex, const struct coding *c, const struct coding_query *q,
                         const struct coding_counts *counts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < counts->group_count; i++) {
        const struct coding_found_group *g = &counts->groups[i];
        json_t *title = g->category >= 0
                            ? json_string(q->split->categories[g->category].label[coding_language(ex)])
                            : staff_text(ex, c->config.account, "coding.unknown");
        json_array_append_new(list, json_pack("{s:o,s:I,s:I}", "title", title, "people",
                                              (json_int_t)g->people, "codings", (json_int_t)g->codings));
    }
    return list;
}

static void put_counts(json_t *context, const struct http_exchange *ex, const struct coding *c,
                       const struct coding_query *q, const struct coding_counts *counts)
{
    json_object_set_new(context, "codings", json_integer(counts->codings));
    json_object_set_new(context, "passages", json_integer(counts->passages));
    json_object_set_new(context, "people", json_integer(counts->people));
    json_object_set_new(context, "responses", json_integer(counts->responses));
    json_object_set_new(context, "participants", json_integer(counts->participants));
    json_object_set_new(context, "interviews", json_integer(counts->interviews));
    json_object_set_new(context, "focus_groups", json_integer(counts->focus_groups));
    json_object_set_new(context, "any", json_boolean(counts->passages > 0));
    if (q->split) {
        const char *label = q->split->label[coding_language(ex)];
        json_object_set_new(context, "split", json_string(label ? label : q->split->code));
        json_object_set_new(context, "groups", groups_of(ex, c, q, counts));
    }
}

static const char *text_of(const json_t *item, const char *member)
{
    return json_string_value(json_object_get(item, member));
}

/* Of a passage what stands beside its text. */
static void put_source(json_t *out, const struct http_exchange *ex, const struct coding *c,
                       const json_t *item)
{
    static const char *const kept[] = {"passage", "gesprek", "wie", "taal"};
    char path[40];
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        json_object_set(out, kept[i], json_object_get(item, kept[i]));
    }
    snprintf(path, sizeof path, "coding.methods.%s", text_of(item, "methode"));
    coding_put_text(out, "method", ex, c, path);
    json_object_set_new(out, json_object_get(item, "ingehouden") ? "held_back" : "shown", json_true());
    json_object_set_new(out, "waits",
                        json_boolean(strcmp(text_of(item, "ingehouden") ? text_of(item, "ingehouden") : "",
                                            "persoonsgegevens") == 0));
    json_object_set_new(out, "note", json_boolean(strcmp(text_of(item, "soort"), "aantekening") == 0));
}

static json_t *piece(const char *text, size_t len, bool hit)
{
    return json_pack("{s:s%,s:b}", "tekst", text, len, "treffer", (int)hit);
}

/* The text with the words that are coded marked. */
static json_t *quote_of(const struct http_exchange *ex, const struct coding *c, const json_t *item,
                        const json_t *mark, const struct codebook *book)
{
    const struct slice body = slice_from_cstr(text_of(item, "tekst"));
    const size_t from = utf8_offset(body, (size_t)json_integer_value(json_object_get(mark, "van")));
    const size_t to = utf8_offset(body, (size_t)json_integer_value(json_object_get(mark, "tot")));
    json_t *out = coding_mark_shown(mark, book, body);
    json_object_set_new(out, "pieces",
                        json_pack("[o,o,o]", piece(body.ptr, from, false),
                                  piece(body.ptr + from, to - from, true),
                                  piece(body.ptr + to, body.len - to, false)));
    put_source(out, ex, c, item);
    return out;
}

/* What was found by its words: they are marked, and all that was coded on it is named. */
static json_t *found_of(const struct http_exchange *ex, const struct coding *c, const json_t *item,
                        const struct codebook *book)
{
    size_t i, k;
    json_t *mark, *title, *titles = json_array();
    const struct slice body = slice_from_cstr(text_of(item, "tekst"));
    json_t *out = json_pack("{s:o,s:o}", "pieces", coding_pieces(text_of(item, "rond")), "titles", titles);
    json_array_foreach(json_object_get(item, "coderingen"), i, mark)
    {
        json_t *shown = coding_mark_shown(mark, book, body);
        json_array_foreach(json_object_get(shown, "titles"), k, title)
        {
            json_array_append(titles, title);
        }
        json_decref(shown);
    }
    put_source(out, ex, c, item);
    return out;
}

static json_t *quotes_of(const struct http_exchange *ex, const struct coding *c, const json_t *found,
                         const struct coding_query *query, const struct codebook *book)
{
    size_t i, k;
    json_t *item, *mark, *quotes = json_array();
    json_array_foreach(found, i, item)
    {
        if (json_object_get(item, "ingehouden")) {
            /* That these words are in it would tell what they are. */
            json_t *held = json_object();
            put_source(held, ex, c, item);
            if (query->words.len == 0) {
                json_array_append(quotes, held);
            }
            json_decref(held);
            continue;
        }
        if (query->words.len > 0) {
            json_array_append_new(quotes, found_of(ex, c, item, book));
            continue;
        }
        json_array_foreach(json_object_get(item, "coderingen"), k, mark)
        {
            json_array_append_new(quotes, quote_of(ex, c, item, mark, book));
        }
    }
    return quotes;
}

static const char *next_path(struct http_exchange *ex, int64_t after)
{
    struct slice target = http_target(ex), path, query, pair, rest;
    slice_cut(&path, &query, target, '?');
    const char *out = arena_printf(http_arena(ex), "%.*s?na=%lld", SLICE_ARG(path), (long long)after).ptr;
    for (rest = query; rest.len > 0;) {
        slice_cut(&pair, &rest, rest, '&');
        if (!slice_starts_with(pair, SLICE("na="))) {
            out = arena_printf(http_arena(ex), "%s&%.*s", out, SLICE_ARG(pair)).ptr;
        }
    }
    return out;
}

/* For who reads no more of the coding than what may be quoted. */
static enum db_status keep_quotable(const struct coding *c, struct db_tx *tx, json_t *passages)
{
    size_t i, waiting;
    json_t *item;
    const enum db_status status = coding_hold_back(&waiting, c, tx, passages);
    json_array_foreach(passages, i, item)
    {
        json_object_del(item, "wie");
        if (!json_is_true(json_object_get(item, "citeren")) && !json_object_get(item, "ingehouden")) {
            json_object_del(item, "tekst");
            json_object_del(item, "rond");
            json_object_set_new(item, "ingehouden", json_string("citeren"));
        }
    }
    return status;
}

static enum db_status show_found(struct db_tx *tx, struct http_exchange *ex, struct coding *c,
                                 const struct coding_view *view)
{
    const struct survey_round *round = view->round;
    const struct codebook *book = view->book;
    struct coding_findings found = {.passages = NULL};
    struct coding_query query;
    struct coding_unknown unknown;
    uint64_t after;
    unsigned below = 0;
    coding_query_read(&query, &unknown, ex, round, book);
    const bool whole = account_may(staff_caller(ex), PERMISSION_CODING_VIEW, round->consultation);
    if (!whole) {
        memset(query.groups, 0, sizeof query.groups);
        query.split = NULL;
    }
    query.after = slice_to_u64(&after, coding_asked(ex, "na"), INT64_MAX) ? (int64_t)after : 0;
    /* What is none of the book's or the round's finds nothing. */
    const bool known = unknown.count == 0;
    enum db_status status = known ? coding_find(&found, tx, &query, CODING_FIND_PAGE) : DB_OK;
    status = status == DB_OK && known && !whole ? keep_quotable(c, tx, found.passages) : status;
    /* Whether a value that nobody asked for is below the bar is not looked up. */
    if (status == DB_OK && query.under >= 0) {
        status = coding_below_bar(&below, c, tx, round->id, view->plan.bar);
    }
    if (status != DB_OK) {
        json_decref(found.passages);
        return status;
    }
    json_t *context = coding_titled(ex, c, "coding.find_title");
    json_object_set_new(context, "round", json_string(round->code));
    json_object_set_new(context, "selects", selects_of(ex, c, round, book, whole));
    json_object_set_new(context, "unprompted", json_boolean(query.unprompted));
    if (whole) {
        put_counts(context, ex, c, &query, &found.counts);
    }
    json_object_set_new(context, "whole", json_boolean(whole));
    json_object_set_new(context, "below", json_boolean(query.under >= 0 && (below & 1U << query.under) != 0));
    json_object_set_new(context, "words", json_stringn(query.words.ptr, query.words.len));
    json_object_set_new(context, "quotes", quotes_of(ex, c, found.passages, &query, book));
    if (found.next > 0) {
        json_object_set_new(context, "next_path", json_string(next_path(ex, found.next)));
    }
    json_object_set_new(context, "back_path", json_string(coding_path(ex, round, "")));
    json_object_set_new(context, "with_charts", json_true());
    staff_render(ex, c->config.account, 200, "staff_coding_find", context);
    json_decref(found.passages);
    return coding_audit(tx, ex, "coding.find", round, NULL);
}

static enum db_status get_find(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct coding_view view;
    enum db_status status;
    return coding_view_open(&view, &status, self, tx, ex, PERMISSION_CODING_FIND)
               ? show_found(tx, ex, self, &view)
               : status;
}

const struct route coding_find_routes[] = {
    CODING_GET(CODING_PATH "/{ronde}/terugvinden", get_find, PERMISSION_CODING_FIND,
               ",waarde,toepassing,richting,uiting,facet,herkomst,methode,groep,groep2,groep3,uitsplitsen,"
               "ongevraagd,zoek,na"),
};
const size_t coding_find_route_count = sizeof coding_find_routes / sizeof coding_find_routes[0];
