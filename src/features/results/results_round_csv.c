/* The round's table endpoint as CSV: a line a cell. Made of its answer in JSON, so the figures are the same.
 */
#include "features/results/results_internal.h"

#include "base/buffer.h"
#include "formats/csv.h"

#include <stdlib.h>

enum { CSV_MAX = 64 * 1024 * 1024 };

static void put_string(struct buffer *out, const json_t *value)
{
    const char *text = json_is_true(value) ? "ja" : json_is_false(value) ? "nee" : json_string_value(value);
    csv_put_text(out, slice_from_cstr(text ? text : ""));
}

/* Withheld: an empty cell. */
static void put_number(struct buffer *out, const json_t *value)
{
    if (json_is_integer(value)) {
        buffer_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (json_is_real(value)) {
        buffer_printf(out, "%.4f", json_real_value(value));
    }
}

static void put_head(struct buffer *out, const json_t *table)
{
    size_t index;
    json_t *group;
    buffer_append_cstr(out, "\xef\xbb\xbfronde,variabele");
    json_array_foreach(json_object_get(table, "naar"), index, group)
    {
        buffer_append_cstr(out, ",naar_");
        put_string(out, json_object_get(group, "code"));
    }
    buffer_append_cstr(out,
                       ",antwoord,label,aantal,basis,aandeel,ondergrens,bovengrens,"
                       "gekozen_werving,gekozen_kwaliteit,weergave,voorlopig,gewogen,drempel,positie\r\n");
}

static void put_cell(struct buffer *out, const json_t *table, const json_t *row, const json_t *cell)
{
    static const char *const about[] = {"werving", "kwaliteit", "weergave", "voorlopig", "gewogen"};
    const json_t *bounds = json_object_get(cell, "bandbreedte");
    size_t index;
    json_t *group;
    put_string(out, json_object_get(table, "ronde"));
    buffer_append_byte(out, ',');
    put_string(out, json_object_get(json_object_get(table, "variabele"), "code"));
    json_array_foreach(json_object_get(table, "naar"), index, group)
    {
        const char *code = json_string_value(json_object_get(group, "code"));
        buffer_append_byte(out, ',');
        put_string(out, json_object_get(json_object_get(row, "groep"), code));
    }
    buffer_append_byte(out, ',');
    put_string(out, json_object_get(cell, "antwoord"));
    buffer_append_byte(out, ',');
    put_string(out, json_object_get(cell, "label"));
    const json_t *numbers[] = {json_object_get(cell, "aantal"), json_object_get(row, "basis"),
                               json_object_get(cell, "aandeel"), json_array_get(bounds, 0),
                               json_array_get(bounds, 1)};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        buffer_append_byte(out, ',');
        put_number(out, numbers[i]);
    }
    for (size_t i = 0; i < sizeof about / sizeof about[0]; i++) {
        buffer_append_byte(out, ',');
        put_string(out, json_object_get(table, about[i]));
    }
    buffer_append_byte(out, ',');
    put_number(out, json_object_get(table, "drempel"));
    buffer_append_byte(out, ',');
    put_number(out, json_object_get(table, "positie"));
    buffer_append_cstr(out, "\r\n");
}

bool results_round_table_csv(struct slice *csv, struct arena *arena, const json_t *table)
{
    struct buffer out;
    size_t r, c;
    json_t *row, *cell;
    buffer_init(&out, CSV_MAX);
    put_head(&out, table);
    json_array_foreach(json_object_get(table, "rijen"), r, row)
    {
        json_array_foreach(json_object_get(row, "cellen"), c, cell)
        {
            put_cell(&out, table, row, cell);
        }
    }
    size_t len = 0;
    char *text = buffer_take(&out, &len);
    *csv = (struct slice){text, len};
    if (text) {
        arena_defer(arena, free, text);
    }
    buffer_free(&out);
    return text != NULL;
}
