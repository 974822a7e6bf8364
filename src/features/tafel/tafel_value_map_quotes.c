/* Quotes of people who expect otherwise than most, on a map that everybody sees. Drawn by a seed when it is
 * made public; their words are looked up each time that somebody reads them. */
#include "features/tafel/tafel_value_map_words.h"

#include <string.h>

struct slice map_quote_seed(struct arena *arena, const struct survey_round *round,
                            const struct map_cell *cell)
{
    return arena_printf(arena, "%s/%s/%s", round->code, cell->application, coding_values[cell->value]);
}

static enum db_status draw_in_cell(struct map_quote *list, size_t *count, const struct tafel *tafel,
                                   struct db_tx *tx, const struct map_view *view, const struct map_cell *cell)
{
    struct coding_quote *quotes;
    size_t drawn;
    const enum coding_direction side = cell->minority.direction > 0 ? CODING_FOR : CODING_AGAINST;
    const struct slice seed = map_quote_seed(db_arena(tx), view->round, cell);
    const enum db_status status =
        coding_quotes(&quotes, &drawn, tafel->config.coding, tx, view->round->id, cell->value,
                      slice_from_cstr(cell->application), side, seed, MAP_QUOTES_MOST);
    for (size_t i = 0; i < drawn; i++) {
        list[(*count)++] = (struct map_quote){.quote = {.application = slice_from_cstr(cell->application),
                                                        .value = slice_from_cstr(coding_values[cell->value]),
                                                        .direction = slice_from_cstr(coding_directions[side]),
                                                        .place = (int16_t)(i + 1),
                                                        .coding = quotes[i].coding},
                                              .words = quotes[i].words};
    }
    return status;
}

enum db_status map_quotes_draw(struct map_quote **out, size_t *count, const struct tafel *tafel,
                               struct db_tx *tx, const struct map_view *view)
{
    enum db_status status = DB_OK;
    const size_t cells = view->heard.found ? view->map.application_count * CODING_VALUES : 0;
    struct map_quote *list = arena_array(db_arena(tx), cells * MAP_QUOTES_MOST + 1, sizeof *list);
    *out = list;
    *count = 0;
    for (size_t i = 0; i < cells && status == DB_OK; i++) {
        if (view->map.cells[i].minority.any) {
            status = draw_in_cell(list, count, tafel, tx, view, &view->map.cells[i]);
        }
    }
    return status;
}

/* ---- for the page of an application ---- */

static json_t *words_of(const struct map_words *w, const json_t *quote)
{
    return json_pack("{s:s,s:s,s:s}", "words", map_text(quote, "woorden"), "language",
                     map_text(quote, "taal"), "who", map_word(w, "quote_of", map_text(quote, "methode")));
}

/* The quotes of one value; NULL: none was drawn. */
static json_t *cell_of(const struct map_words *w, const json_t *quotes, const json_t *cell)
{
    size_t i, gone = 0;
    const json_t *quote;
    const char *value = map_text(cell, "code");
    json_t *list = json_array();
    json_array_foreach((json_t *)(uintptr_t)quotes, i, quote)
    {
        if (strcmp(map_text(quote, "waarde"), value) != 0) {
            continue;
        }
        if (json_object_get(quote, "woorden")) {
            json_array_append_new(list, words_of(w, quote));
        } else {
            gone++;
        }
    }
    if (json_array_size(list) + gone == 0) {
        json_decref(list);
        return NULL;
    }
    return json_pack("{s:s,s:s,s:o,s:b}", "code", value, "value", map_text(cell, "value"), "quotes", list,
                     "gone", (int)(gone > 0));
}

void map_quotes_put(json_t *context, const json_t *quotes, struct http_exchange *ex, const struct web *web)
{
    size_t i;
    const json_t *cell;
    const struct map_words words = map_words_of(ex, web);
    json_t *list = json_array();
    json_array_foreach(json_object_get(context, "cells"), i, cell)
    {
        json_t *one = cell_of(&words, quotes, cell);
        if (one) {
            json_array_append_new(list, one);
        }
    }
    json_object_set_new(context, "any_quotes", json_boolean(json_array_size(list) > 0));
    json_object_set_new(context, "quote_cells", list);
}
