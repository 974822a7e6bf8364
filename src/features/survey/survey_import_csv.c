#include "features/survey/survey_import_csv.h"

#include "base/utf8.h"
#include "formats/csv.h"

#include <string.h>

enum cell_kind { CELL_CODE, CELL_TEXT, CELL_NUMBER, CELL_YES_NO };
struct import_column {
    struct slice name;
    enum cell_kind kind;
};

static bool is_text(struct json_errors *errors, struct slice record)
{
    if (!utf8_valid(record)) {
        json_errors_add(errors, "", "utf-8",
                        "Deze regel is geen tekst in UTF-8. Bewaar het bestand als UTF-8.");
        return false;
    }
    if (record.len > 0 && memchr(record.ptr, '\0', record.len)) {
        json_errors_add(errors, "", "nul", "In deze regel staat een NUL-teken.");
        return false;
    }
    return true;
}

static bool split(struct slice *cells, size_t *count, size_t most, struct json_errors *errors,
                  struct arena *arena, struct slice record, char separator)
{
    const char *what = NULL;
    switch (csv_split(cells, count, most, arena, record, separator)) {
    case CSV_OK:
        return true;
    case CSV_QUOTE_INSIDE:
        what = "Zet een cel met een aanhalingsteken erin tussen aanhalingstekens, en verdubbel het.";
        break;
    case CSV_AFTER_QUOTE:
        what = "Na het sluitende aanhalingsteken van een cel staat nog iets.";
        break;
    case CSV_UNCLOSED_QUOTE:
        what = "Een aanhalingsteken wordt niet gesloten.";
        break;
    case CSV_TOO_MANY_CELLS:
        what = "De regel heeft te veel cellen.";
        break;
    }
    json_errors_add(errors, "", "csv", "Cel %zu: %s", *count, json_errors_words(errors, what));
    return false;
}

/* ---- header ---- */

static bool is_yes_no(const struct variable *v)
{
    return !v->system && v->kind == VARIABLE_CATEGORY && v->category_count == 2 &&
           strcmp(v->categories[0].code, "nee") == 0 && strcmp(v->categories[1].code, "ja") == 0;
}

/* False when no variable or other member is called so. */
static bool find_kind(enum cell_kind *kind, const struct survey_round *round, struct slice name)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, round->questionnaire);
    int index = questionnaire_find_variable(round->questionnaire, name);
    *kind = CELL_CODE;
    if (index < 0) {
        return slice_equal_cstr(name, "deelnamecode");
    }
    if (variables[index].kind == VARIABLE_TEXT) {
        *kind = CELL_TEXT;
    } else if (variables[index].kind == VARIABLE_NUMBER) {
        *kind = CELL_NUMBER;
    } else if (is_yes_no(&variables[index])) {
        *kind = CELL_YES_NO;
    }
    return true;
}

static char separator_of(struct slice header)
{
    static const char separators[] = {',', ';', '\t'};
    for (size_t i = 0; i < sizeof separators; i++) {
        if (header.len > 0 && memchr(header.ptr, separators[i], header.len)) {
            return separators[i];
        }
    }
    return ',';
}

bool import_read_header(struct import_columns *out, struct json_errors *errors, struct arena *arena,
                        const struct survey_round *round, struct slice record)
{
    size_t most = survey_members_max(round);
    struct slice *cells = arena_array(arena, most, sizeof *cells);
    struct import_column *columns = arena_array(arena, most, sizeof *columns);
    *out = (struct import_columns){.columns = columns, .separator = separator_of(record)};
    if (!is_text(errors, record) || !split(cells, &out->count, most, errors, arena, record, out->separator)) {
        return false;
    }
    for (size_t i = 0; i < out->count; i++) {
        columns[i].name = slice_trim(cells[i]);
        struct slice shown = arena_copy(arena, columns[i].name);
        if (!find_kind(&columns[i].kind, round, columns[i].name)) {
            json_errors_add(errors, "", "onbekend-veld",
                            "Kolom %zu, \"%.60s\", is geen variabele van deze ronde.", i + 1, shown.ptr);
        }
        for (size_t before = 0; before < i; before++) {
            if (slice_equal(columns[before].name, columns[i].name)) {
                json_errors_add(errors, "", "dubbel", "Kolom %zu, \"%.60s\", staat er al.", i + 1, shown.ptr);
                break;
            }
        }
    }
    return errors->count == 0;
}

/* ---- rows ---- */

static bool is_one_of(struct slice cell, const char *const *words)
{
    for (; *words; words++) {
        if (slice_equal_nocase(cell, slice_from_cstr(*words))) {
            return true;
        }
    }
    return false;
}

/* What cannot be read as the column asks stays a text: the decoder then says what it wanted. */
static struct flat_value value_of(const struct import_column *column, struct slice cell)
{
    static const char *const yes[] = {"ja", "true", "waar", "1", NULL};
    static const char *const no[] = {"nee", "false", "onwaar", "0", NULL};
    struct flat_value value = {.kind = FLAT_STRING, .string = cell};
    switch (column->kind) {
    case CELL_NUMBER:
        if (slice_to_i64(&value.integer, cell, -INT64_MAX, INT64_MAX)) {
            value.kind = FLAT_INT;
        }
        break;
    case CELL_YES_NO:
        value.string = is_one_of(cell, yes) ? SLICE("ja") : is_one_of(cell, no) ? SLICE("nee") : cell;
        break;
    case CELL_CODE:
    case CELL_TEXT:
        break;
    }
    return value;
}

const struct flat_member *import_read_row(size_t *count, struct json_errors *errors, struct arena *arena,
                                          const struct import_columns *columns, struct slice record)
{
    struct slice *cells = arena_array(arena, columns->count, sizeof *cells);
    struct flat_member *members = arena_array(arena, columns->count, sizeof *members);
    size_t cell_count;
    *count = 0;
    if (!is_text(errors, record) ||
        !split(cells, &cell_count, columns->count, errors, arena, record, columns->separator)) {
        return NULL;
    }
    if (cell_count != columns->count) {
        json_errors_add(errors, "", "csv", "De regel heeft %zu cellen; de eerste regel noemt er %zu.",
                        cell_count, columns->count);
        return NULL;
    }
    for (size_t i = 0; i < cell_count; i++) {
        const struct import_column *column = &columns->columns[i];
        struct slice cell = column->kind == CELL_TEXT ? cells[i] : slice_trim(cells[i]);
        if (cell.len > 0) {
            members[(*count)++] = (struct flat_member){column->name, value_of(column, cell)};
        }
    }
    return members;
}
