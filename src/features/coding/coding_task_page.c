#include "features/coding/coding_task_page.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

static struct slice piece_of(struct slice body, size_t start, size_t end)
{
    const size_t from = utf8_offset(body, start), to = utf8_offset(body, end);
    return (struct slice){body.ptr + from, to - from};
}

static struct slice shown_value(const struct coding_shown *shown, const char *name)
{
    for (size_t i = 0; shown->fields && i < shown->count; i++) {
        if (slice_equal_cstr(shown->fields[i].name, name)) {
            return shown->fields[i].value;
        }
    }
    return shown->fields ? (struct slice){"", 0}
                         : slice_from_cstr(json_string_value(json_object_get(shown->mark, name)));
}

static bool shown_has(const struct coding_shown *shown, const char *name, const char *in_mark,
                      struct slice value)
{
    size_t i;
    const json_t *item;
    for (i = 0; shown->fields && i < shown->count; i++) {
        if (slice_equal_cstr(shown->fields[i].name, name) && slice_equal(shown->fields[i].value, value)) {
            return true;
        }
    }
    json_array_foreach(shown->fields ? NULL : json_object_get(shown->mark, in_mark), i, item)
    {
        if (slice_equal_cstr(value, json_string_value(item))) {
            return true;
        }
    }
    return false;
}

/* How the form says where a coding stands that is changed. */
struct where {
    size_t first, end;  /* sentences that are ticked, from 0; none when they are the same */
    struct slice words; /* in those; empty: all of them */
    bool by_place;      /* the words cannot say it: its code points do */
};

/* Whether the form gives the same place again. */
static bool says_again(const struct coding_task_page *page, const struct where *w, uint32_t from, uint32_t to)
{
    struct arena *arena = http_arena(page->ex);
    struct coding_input input;
    const struct http_field fields[] = {
        {.name = SLICE("zin"), .value = arena_printf(arena, "%zu", w->first + 1)},
        {.name = SLICE("zin"), .value = arena_printf(arena, "%zu", w->end)},
        {.name = SLICE("woorden"), .value = w->words}};
    const unsigned faults = coding_input_read(&input, arena, fields, 3, page->book, page->task.body,
                                              page->sentences, page->sentence_count);
    return (faults & (CODING_BAD_SPAN | CODING_NOT_THERE | CODING_NOT_ONCE)) == 0 && input.start == from &&
           input.end == to;
}

static struct where where_of(const struct coding_task_page *page, const json_t *mark)
{
    const uint32_t from = (uint32_t)json_integer_value(json_object_get(mark, "van"));
    const uint32_t to = (uint32_t)json_integer_value(json_object_get(mark, "tot"));
    struct where w = {.words = SLICE("")};
    for (size_t i = 0; mark && i < page->sentence_count; i++) {
        if (page->sentences[i].start < to && page->sentences[i].end > from) {
            w.first = w.end > 0 ? w.first : i;
            w.end = i + 1;
        }
    }
    if (!mark || says_again(page, &w, from, to)) {
        return w;
    }
    w.words = piece_of(page->task.body, from, to);
    /* A field of one line takes no other. */
    if (memchr(w.words.ptr, '\n', w.words.len) || !says_again(page, &w, from, to)) {
        w = (struct where){.words = SLICE(""), .by_place = true};
    }
    return w;
}

static json_t *sentences_of(const struct coding_task_page *page, const struct coding_shown *shown,
                            const struct where *where)
{
    json_t *list = json_array();
    for (size_t i = 0; i < page->sentence_count; i++) {
        const struct text_span s = page->sentences[i];
        const struct slice text = piece_of(page->task.body, s.start, s.end);
        const struct slice n = arena_printf(http_arena(page->ex), "%zu", i + 1);
        const bool ticked =
            shown->fields ? shown_has(shown, "zin", "", n) : i >= where->first && i < where->end;
        json_array_append_new(list, json_pack("{s:s,s:s%,s:b}", "n", n.ptr, "text", text.ptr, text.len,
                                              "checked", (int)ticked));
    }
    return list;
}

static json_t *code_box(const struct codebook_entry *entry, const struct coding_shown *shown)
{
    return json_pack("{s:s%,s:s%,s:s%,s:b}", "code", entry->code.ptr, entry->code.len, "title",
                     entry->title.ptr, entry->title.len, "definition", entry->definition.ptr,
                     entry->definition.len, "checked", (int)shown_has(shown, "code", "codes", entry->code));
}

/* The top of the tree, each with all that stands under it. */
static json_t *boxes_of(const struct codebook *book, const struct coding_shown *shown)
{
    const struct codebook_list *tree = &book->axes[CODEBOOK_TREE];
    json_t *list = json_array(), *top = NULL;
    for (size_t i = 0; i < tree->count; i++) {
        json_t *box = code_box(&tree->items[i], shown);
        if (tree->items[i].parent < 0) {
            json_object_set_new(box, "codes", json_array());
            json_array_append_new(list, box);
            top = box;
        } else {
            json_object_set_new(top, "any", json_true());
            if (json_is_true(json_object_get(box, "checked"))) {
                json_object_set_new(top, "open", json_true());
            }
            json_array_append_new(json_object_get(top, "codes"), box);
        }
    }
    return list;
}

static json_t *selects_of(const struct coding_task_page *page, const struct coding_shown *shown)
{
    static const enum codebook_axis order[] = {CODEBOOK_EXPRESSION, CODEBOOK_APPLICATION, CODEBOOK_DIRECTION,
                                               CODEBOOK_FACET, CODEBOOK_ORIGIN};
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        const struct codebook_list *axis = &page->book->axes[order[i]];
        const char *name = coding_axis_names[order[i]];
        const struct slice value = shown_value(shown, name);
        json_t *options = json_array();
        char path[40];
        for (size_t k = 0; k < axis->count; k++) {
            const struct codebook_entry *e = &axis->items[k];
            json_array_append_new(options, json_pack("{s:s%,s:s%,s:b}", "code", e->code.ptr, e->code.len,
                                                     "title", e->title.ptr, e->title.len, "selected",
                                                     (int)slice_equal(e->code, value)));
        }
        snprintf(path, sizeof path, "coding.axes.%s", name);
        json_array_append_new(list, json_pack("{s:s,s:o,s:o}", "name", name, "label",
                                              staff_text(page->ex, page->c->config.account, path), "options",
                                              options));
    }
    return list;
}

/* Titles of the codes of a coding, and the words that it stands on. */
static json_t *marks_shown(const struct coding_task_page *page)
{
    size_t i;
    const json_t *mark;
    json_t *list = json_array();
    json_array_foreach(page->marks, i, mark)
    {
        json_t *out = coding_mark_shown(mark, page->book, page->task.body);
        json_object_set_new(
            out, "change_path",
            json_string(arena_printf(http_arena(page->ex), "/beheer/coderen/%lld?codering=%lld#code-vorm",
                                     (long long)page->task.id,
                                     (long long)json_integer_value(json_object_get(mark, "codering")))
                            .ptr));
        json_object_set_new(out, "n", json_integer((json_int_t)i + 1));
        json_array_append_new(list, out);
    }
    return list;
}

static enum db_status put_origin(json_t *context, struct coding_task_page *page)
{
    size_t count;
    json_t *before = NULL;
    enum db_status status = DB_OK;
    const struct variable *variables = questionnaire_variables(&count, page->round->questionnaire);
    const int at = questionnaire_find_variable(page->round->questionnaire, page->task.variable);
    if (page->task.variable.len > 0 && at >= 0 && variables[at].label[coding_language(page->ex)]) {
        json_object_set_new(context, "question", json_string(variables[at].label[coding_language(page->ex)]));
    }
    if (page->task.conversation.len > 0) {
        json_object_set_new(context, "conversation",
                            json_stringn(page->task.conversation.ptr, page->task.conversation.len));
        json_object_set(context, "part", json_object_get(page->task.guide_part, "title"));
        status = coding_task_before(&before, page->tx, &page->task);
        json_object_set_new(context, "any_before", json_boolean(json_array_size(before) > 0));
        json_object_set_new(context, "before", before ? before : json_null());
    }
    return status;
}

enum db_status coding_task_show(struct coding_task_page *page, const struct coding_shown *shown,
                                json_t *context_take, int answer)
{
    json_t *context = context_take;
    int64_t all = 0, done = 0;
    struct http_exchange *ex = page->ex;
    struct coding *c = page->c;
    enum db_status status =
        coding_task_count(&all, &done, page->tx, page->round->id, staff_caller(ex)->account_id);
    status = status == DB_OK ? put_origin(context, page) : status;
    if (status != DB_OK) {
        json_decref(context);
        return status;
    }
    const struct where where = where_of(page, shown->fields ? NULL : shown->mark);
    const struct slice memo = shown_value(shown, "memo");
    const struct slice words = shown->fields ? shown_value(shown, "woorden") : where.words;
    const struct slice from = shown_value(shown, "van"), to = shown_value(shown, "tot");
    json_object_set_new(context, "task", json_integer(page->task.id));
    json_object_set_new(context, "revision", json_integer(page->task.revision));
    json_object_set_new(context, "book", json_integer(page->task.book_version));
    json_object_set_new(context, "all", json_integer(all));
    json_object_set_new(context, "done", json_integer(done));
    json_object_set_new(context, "is_done", json_boolean(page->task.done));
    json_object_set_new(context, "decided", json_boolean(page->task.decided));
    json_object_set_new(context, "note_only", json_boolean(slice_equal_cstr(page->task.kind, "aantekening")));
    json_object_set_new(context, "language", json_stringn(page->task.language.ptr, page->task.language.len));
    json_object_set_new(context, "body", json_stringn(page->task.body.ptr, page->task.body.len));
    json_object_set_new(context, "with_marking", json_true());
    json_object_set_new(context, "sentences", sentences_of(page, shown, &where));
    json_object_set_new(context, "codes", boxes_of(page->book, shown));
    json_object_set_new(context, "selects", selects_of(page, shown));
    json_object_set_new(context, "marks", marks_shown(page));
    json_object_set_new(context, "any_marks", json_boolean(json_array_size(page->marks) > 0));
    json_object_set_new(context, "memo", json_stringn(memo.ptr ? memo.ptr : "", memo.len));
    json_object_set_new(context, "words", json_stringn(words.ptr ? words.ptr : "", words.len));
    if (shown->fields) {
        json_object_set_new(context, "from", json_stringn(from.ptr ? from.ptr : "", from.len));
        json_object_set_new(context, "to", json_stringn(to.ptr ? to.ptr : "", to.len));
    } else if (where.by_place) {
        json_object_set(context, "from", json_object_get(shown->mark, "van"));
        json_object_set(context, "to", json_object_get(shown->mark, "tot"));
    }
    if (shown->mark) {
        json_object_set(context, "changing", json_object_get(shown->mark, "codering"));
    }
    json_object_set_new(context, "exact", json_boolean(words.len > 0 || from.len > 0 || where.by_place));
    json_object_set_new(context, "back_path", json_string(coding_path(ex, page->round, "/werk")));
    http_allow_own_scripts(ex);
    staff_render(ex, c->config.account, answer, "staff_coding_task", context);
    return DB_OK;
}
