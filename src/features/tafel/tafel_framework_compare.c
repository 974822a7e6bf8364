/* What differs between two texts, and between two sheets. */
#include "features/tafel/tafel_framework_pages.h"

#include "base/buffer.h"
#include "base/utf8.h"
#include "features/passage/passage.h"

#include <string.h>

static const char *at(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text ? text : "";
}

/* ---- between two texts ---- */

static void add_piece(json_t *list, struct slice text, size_t start, size_t end, const char *kind)
{
    const size_t from = utf8_offset(text, start), to = utf8_offset(text, end);
    if (to > from) {
        json_array_append_new(list,
                              json_pack("{s:s%,s:s}", "tekst", text.ptr + from, to - from, "soort", kind));
    }
}

/* Nothing but a space or a sign stands between two edits: a sentence that was written anew is told as one,
 * not word by word. */
static bool belong_together(struct slice older, const struct text_edit *one, const struct text_edit *next)
{
    const size_t from = utf8_offset(older, one->old.end), to = utf8_offset(older, next->old.start);
    for (size_t i = from; i < to; i++) {
        if (!strchr(" ,;:-", older.ptr[i])) {
            return false;
        }
    }
    return true;
}

json_t *framework_compare(struct arena *arena, struct slice older, struct slice newer)
{
    struct text_edit *edits;
    json_t *list = json_array();
    size_t at = 0;
    const size_t count = passage_diff(&edits, arena, older, newer);
    for (size_t i = 0; i < count; i++) {
        struct text_edit edit = edits[i];
        while (i + 1 < count && belong_together(older, &edit, &edits[i + 1])) {
            edit.old.end = edits[i + 1].old.end;
            edit.new.end = edits[i + 1].new.end;
            i++;
        }
        add_piece(list, newer, at, edit.new.start, "zelfde");
        add_piece(list, older, edit.old.start, edit.old.end, "weg");
        add_piece(list, newer, edit.new.start, edit.new.end, "nieuw");
        at = edit.new.end;
    }
    add_piece(list, newer, at, utf8_length(newer), "zelfde");
    return list;
}

/* ---- between two sheets, section by section ---- */

static void append_cells(struct buffer *text, const json_t *cells)
{
    static const char *const methods[] = {"survey", "interviews", "groups"};
    size_t i, k;
    const json_t *cell, *one;
    json_array_foreach((json_t *)(uintptr_t)cells, i, cell)
    {
        for (size_t m = 0; m < 3; m++) {
            json_array_foreach(json_object_get(cell, methods[m]), k, one)
            {
                buffer_printf(text, "%s: %s\n", at(cell, "value"), at(one, "text"));
            }
        }
    }
}

/* A section as one text. */
static struct slice flat(struct arena *arena, const json_t *section)
{
    enum { FLAT_MAX = 4 << 20 };
    struct buffer text;
    size_t i;
    const json_t *one;
    buffer_init(&text, FLAT_MAX);
    json_array_foreach(json_object_get(section, "regels"), i, one)
    {
        const char *word = at(one, "woord")[0] ? at(one, "woord") : at(one, "antwoord");
        buffer_printf(&text, "%s%s%s%s%s\n", at(one, "kop"), at(one, "kop")[0] ? ": " : "", word,
                      word[0] ? ". " : "", at(one, "tekst"));
    }
    if (at(section, "from")[0]) {
        buffer_printf(&text, "%s\n", at(section, "from"));
    }
    append_cells(&text, json_object_get(section, "cells"));
    json_array_foreach(json_object_get(section, "about"), i, one)
    {
        buffer_printf(&text, "%s\n", json_string_value(one));
    }
    const struct slice kept = arena_copy(arena, buffer_slice(&text));
    buffer_free(&text);
    return kept;
}

static json_t *pieces_of(bool *same, struct arena *arena, struct slice older, struct slice newer)
{
    enum { DIFF_MAX = 64 << 20 };
    size_t i;
    json_t *piece;
    struct arena *scratch = arena_create(DIFF_MAX);
    json_t *list = framework_compare(scratch, older, newer);
    *same = true;
    json_array_foreach(list, i, piece)
    {
        const char *kind = at(piece, "soort");
        *same = *same && strcmp(kind, "zelfde") == 0;
        json_object_set_new(piece, arena_printf(arena, "is_%s", kind).ptr, json_true());
    }
    arena_destroy(scratch);
    return list;
}

json_t *framework_differences(const json_t *older, const json_t *newer, struct http_exchange *ex,
                              const struct tafel *tafel)
{
    json_t *before = framework_words(older, ex, tafel), *after = framework_words(newer, ex, tafel);
    json_t *list = json_array();
    for (size_t i = 0; i < FRAMEWORK_SECTIONS; i++) {
        bool same;
        const json_t *section = json_array_get(after, i);
        json_t *pieces = pieces_of(&same, http_arena(ex), flat(http_arena(ex), json_array_get(before, i)),
                                   flat(http_arena(ex), section));
        json_array_append_new(list, json_pack("{s:O,s:O,s:b,s:o}", "code", json_object_get(section, "code"),
                                              "titel", json_object_get(section, "titel"), "zelfde", (int)same,
                                              "stukken", pieces));
    }
    json_decref(before);
    json_decref(after);
    return list;
}
