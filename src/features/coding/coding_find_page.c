/* What was said, by value, application and who said it: counts and texts on one page. */
#include "features/coding/coding_find.h"
#include "features/coding/coding_internal.h"
#include "features/coding/coding_work.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

static const char *const methods[] = {"enquete", "interview", "focusgroep", NULL};

static bool is_background(const struct variable *v)
{
    return v->background && !v->system && v->kind == VARIABLE_CATEGORY && v->category_count > 0 &&
           v->set == SET_ALONE;
}

static const struct variable *background_of(const struct survey_round *round, struct slice code)
{
    size_t count;
    const struct variable *all = questionnaire_variables(&count, round->questionnaire);
    const int at = questionnaire_find_variable(round->questionnaire, code);
    return at >= 0 && is_background(&all[at]) ? &all[at] : NULL;
}

static struct slice asked(const struct http_exchange *ex, const char *name)
{
    struct slice text = {"", 0};
    return http_query(&text, ex, name) && text.ptr ? slice_trim(text) : SLICE("");
}

/* "gender:vrouw". False: none of the round. */
static bool read_group(struct coding_group *out, const struct survey_round *round, struct slice text)
{
    struct slice code, category;
    slice_cut(&code, &category, text, ':');
    out->variable = background_of(round, code);
    for (uint16_t i = 0; out->variable && i < out->variable->category_count; i++) {
        if (slice_equal_cstr(category, out->variable->categories[i].code)) {
            out->category = i;
            return true;
        }
    }
    *out = (struct coding_group){NULL, 0};
    return false;
}

/* What is none of the book's or the round's finds nothing: *known is false then. */
static struct coding_query read_query(bool *known, const struct http_exchange *ex,
                                      const struct survey_round *round, const struct codebook *book)
{
    static const char *const names[CODING_FIND_GROUPS] = {"groep", "groep2"};
    struct coding_query q = {.round = round->id, .value = -1};
    uint64_t after;
    *known = true;
    const struct slice code = asked(ex, "waarde"), split = asked(ex, "uitsplitsen");
    const int at = code.len > 0 ? codebook_find(book, CODEBOOK_TREE, code) : -1;
    if (code.len > 0) {
        *known = at >= 0;
        q.code = at >= 0 && book->axes[CODEBOOK_TREE].items[at].parent < 0 &&
                         book->axes[CODEBOOK_TREE].items[at].value >= 0
                     ? SLICE("")
                     : code;
        q.value = q.code.len == 0 && at >= 0 ? book->axes[CODEBOOK_TREE].items[at].value : -1;
    }
    for (enum codebook_axis axis = CODEBOOK_FACET; axis < CODEBOOK_AXES; axis++) {
        q.other[axis] = asked(ex, coding_axis_names[axis]);
        *known = *known && (q.other[axis].len == 0 || codebook_find(book, axis, q.other[axis]) >= 0);
    }
    q.method = asked(ex, "methode");
    for (size_t i = 0; i < CODING_FIND_GROUPS; i++) {
        const struct slice group = asked(ex, names[i]);
        *known = *known && (group.len == 0 || read_group(&q.groups[i], round, group));
    }
    q.split = split.len > 0 ? background_of(round, split) : NULL;
    q.unprompted = slice_equal_cstr(asked(ex, "ongevraagd"), "ja");
    q.after = slice_to_u64(&after, asked(ex, "na"), INT64_MAX) ? (int64_t)after : 0;
    return q;
}

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
    for (size_t i = 0; methods[i]; i++) {
        char path[40];
        snprintf(path, sizeof path, "coding.methods.%s", methods[i]);
        json_t *title = staff_text(ex, c->config.account, path);
        json_array_append_new(list, json_pack("{s:s,s:o,s:b}", "code", methods[i], "title", title, "selected",
                                              (int)slice_equal_cstr(chosen, methods[i])));
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
        if (!is_background(v)) {
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
                          const struct codebook *book)
{
    static const enum codebook_axis order[] = {CODEBOOK_APPLICATION, CODEBOOK_DIRECTION, CODEBOOK_EXPRESSION,
                                               CODEBOOK_FACET, CODEBOOK_ORIGIN};
    json_t *list = json_array();
    json_array_append_new(list, select_of(ex, c, "waarde", "coding.value",
                                          axis_options(ex, &book->axes[CODEBOOK_TREE], asked(ex, "waarde"))));
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        char path[40];
        const char *name = coding_axis_names[order[i]];
        snprintf(path, sizeof path, "coding.axes.%s", name);
        json_array_append_new(
            list, select_of(ex, c, name, path, axis_options(ex, &book->axes[order[i]], asked(ex, name))));
    }
    json_array_append_new(
        list, select_of(ex, c, "methode", "coding.method", method_options(ex, c, asked(ex, "methode"))));
    json_array_append_new(list, select_of(ex, c, "groep", "coding.group",
                                          background_options(ex, round, true, asked(ex, "groep"))));
    json_array_append_new(list, select_of(ex, c, "groep2", "coding.group2",
                                          background_options(ex, round, true, asked(ex, "groep2"))));
    json_array_append_new(list, select_of(ex, c, "uitsplitsen", "coding.split",
                                          background_options(ex, round, false, asked(ex, "uitsplitsen"))));
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
    json_object_set_new(context, "any", json_boolean(counts->codings > 0));
    if (q->split) {
        const char *label = q->split->label[coding_language(ex)];
        json_object_set_new(context, "split", json_string(label ? label : q->split->code));
        json_object_set_new(context, "groups", groups_of(ex, c, q, counts));
    }
}

/* The text with the words that are coded marked. */
static json_t *quote_of(struct http_exchange *ex, const struct coding *c, const json_t *item,
                        const struct codebook *book)
{
    const struct slice body = slice_from_cstr(json_string_value(json_object_get(item, "tekst")));
    const size_t from = utf8_offset(body, (size_t)json_integer_value(json_object_get(item, "van")));
    const size_t to = utf8_offset(body, (size_t)json_integer_value(json_object_get(item, "tot")));
    char path[40];
    json_t *out = coding_mark_shown(item, book, body);
    snprintf(path, sizeof path, "coding.methods.%s", json_string_value(json_object_get(item, "methode")));
    coding_put_text(out, "method", ex, c, path);
    json_object_set_new(out, "in_front", json_stringn(body.ptr, from));
    json_object_set_new(out, "behind", json_stringn(body.ptr + to, body.len - to));
    json_object_set_new(
        out, "note",
        json_boolean(slice_equal_cstr(slice_from_cstr(json_string_value(json_object_get(item, "soort"))),
                                      "aantekening")));
    return out;
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

static enum db_status show_found(struct db_tx *tx, struct http_exchange *ex, struct coding *c,
                                 const struct coding_view *view)
{
    const struct survey_round *round = view->round;
    const struct codebook *book = view->book;
    struct coding_counts counts = {0};
    bool known;
    int64_t next = 0;
    unsigned below = 0;
    size_t i;
    json_t *found = NULL, *item, *quotes = json_array();
    const struct coding_query query = read_query(&known, ex, round, book);
    enum db_status status = known ? coding_find_count(&counts, tx, &query) : DB_OK;
    status =
        status == DB_OK && known ? coding_find_list(&found, &next, tx, &query, CODING_FIND_PAGE) : status;
    status = status == DB_OK ? coding_below_bar(&below, c, tx, round->id, view->plan.bar) : status;
    if (status != DB_OK) {
        json_decref(found);
        json_decref(quotes);
        return status;
    }
    json_array_foreach(found, i, item)
    {
        json_array_append_new(quotes, quote_of(ex, c, item, book));
    }
    json_t *context = coding_titled(ex, c, "coding.find_title");
    json_object_set_new(context, "round", json_string(round->code));
    json_object_set_new(context, "selects", selects_of(ex, c, round, book));
    json_object_set_new(context, "unprompted", json_boolean(query.unprompted));
    put_counts(context, ex, c, &query, &counts);
    json_object_set_new(context, "below", json_boolean(query.value >= 0 && (below & 1U << query.value) != 0));
    json_object_set_new(context, "quotes", quotes);
    if (next > 0) {
        json_object_set_new(context, "next_path", json_string(next_path(ex, next)));
    }
    json_object_set_new(context, "back_path", json_string(coding_path(ex, round, "")));
    json_object_set_new(context, "with_charts", json_true());
    staff_render(ex, c->config.account, 200, "staff_coding_find", context);
    json_decref(found);
    return coding_audit(tx, ex, "coding.find", round, NULL);
}

static enum db_status get_find(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct coding_view view;
    enum db_status status;
    return coding_view_open(&view, &status, self, tx, ex, PERMISSION_CODING_VIEW)
               ? show_found(tx, ex, self, &view)
               : status;
}

const struct route coding_find_routes[] = {
    CODING_GET(
        CODING_PATH "/{ronde}/terugvinden", get_find, PERMISSION_CODING_VIEW,
        ",waarde,toepassing,richting,uiting,facet,herkomst,methode,groep,groep2,uitsplitsen,ongevraagd,na"),
};
const size_t coding_find_route_count = sizeof coding_find_routes / sizeof coding_find_routes[0];
