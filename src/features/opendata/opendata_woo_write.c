/* A file as it is given. Nothing of a piece comes here but what woo_given gives. */
#include "base/clock.h"
#include "features/opendata/opendata_package.h"
#include "features/opendata/opendata_woo.h"
#include "formats/csv.h"
#include "formats/workbook.h"
#include "web/web.h"

#include <jansson.h>
#include <string.h>

enum { DAY_S = 86400, DAY_BYTES = 10, FILE_BYTES_MAX = 64 * 1024 * 1024, COLUMNS = 8 };

static const char *const columns[COLUMNS] = {"nummer", "datum",       "soort",   "van",
                                             "aan",    "beoordeling", "gronden", "kenmerk"};

struct writing {
    struct arena *arena;
    const struct woo_file *file;
    struct package *package;
};

static const char *day_text(const struct writing *w, int32_t day)
{
    char text[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(text, (int64_t)day * DAY_S);
    return arena_printf(w->arena, "%.*s", DAY_BYTES, text).ptr;
}

static const char *outcome_text(const struct woo_piece *piece)
{
    return piece->assessed ? woo_outcomes[piece->outcome] : "niet beoordeeld";
}

/* Each ground once: of the whole, and of what was taken out. */
static const char *grounds_text(const struct writing *w, const struct woo_piece *piece)
{
    const char *text = "";
    if (!piece->assessed || piece->outcome == WOO_OPEN) {
        return text;
    }
    if (piece->outcome == WOO_CLOSED) {
        return piece->ground ? piece->ground : text;
    }
    for (size_t i = 0; i < piece->span_count; i++) {
        if (!strstr(text, piece->spans[i].ground)) {
            text = arena_printf(w->arena, "%s%s%s", text, text[0] ? ", " : "", piece->spans[i].ground).ptr;
        }
    }
    return text;
}

static void row_of(const char *cells[COLUMNS], const struct writing *w, size_t at)
{
    const struct woo_piece *piece = &w->file->pieces[at];
    cells[0] = arena_printf(w->arena, "%zu", at + 1).ptr;
    cells[1] = day_text(w, piece->day);
    cells[2] = piece->kind;
    cells[3] = piece->sender;
    cells[4] = piece->receiver;
    cells[5] = outcome_text(piece);
    cells[6] = grounds_text(w, piece);
    cells[7] = piece->key;
}

/* ---- the inventory ---- */

static void add_csv(struct writing *w)
{
    struct buffer out;
    const char *cells[COLUMNS];
    buffer_init(&out, FILE_BYTES_MAX);
    for (size_t row = 0; row <= w->file->count; row++) {
        if (row > 0) {
            row_of(cells, w, row - 1);
        }
        for (size_t c = 0; c < COLUMNS; c++) {
            buffer_append_cstr(&out, c > 0 ? "," : "");
            csv_put_text(&out, slice_from_cstr(row > 0 ? cells[c] : columns[c]));
        }
        buffer_append_cstr(&out, "\r\n");
    }
    package_add_buffer(w->package, "inventaris.csv", "text/csv", &out);
    buffer_free(&out);
}

static bool keep(const void *bytes, size_t size, void *self)
{
    buffer_append(self, (struct slice){bytes, size});
    return !buffer_failed(self);
}

static enum dataset_status write_ods(struct buffer *out, struct writing *w, int64_t now_s)
{
    static const uint8_t widths[COLUMNS] = {9, 12, 16, 28, 28, 16, 20, 20};
    static const struct workbook_sheet sheet = {
        .name = "Inventaris", .widths = widths, .width_count = COLUMNS, .frozen_rows = 1};
    const struct workbook_about about = {
        .title = "Inventaris", .producer = "", .language = "nl", .made_at = now_s};
    struct workbook *book;
    const char *cells[COLUMNS];
    enum dataset_status status = workbook_create(&book, WORKBOOK_ODS, &about, &sheet, 1,
                                                 (struct dataset_output){.write = keep, .self = out});
    if (status != DATASET_OK) {
        return status;
    }
    for (size_t row = 0; row <= w->file->count; row++) {
        if (row > 0) {
            row_of(cells, w, row - 1);
        }
        for (size_t c = 0; c < COLUMNS; c++) {
            if (row > 0 && c == 0) {
                workbook_number(book, 0, WORKBOOK_PLAIN, (double)row, 0);
            } else {
                workbook_text(book, 0, row > 0 ? WORKBOOK_PLAIN : WORKBOOK_HEAD,
                              row > 0 ? cells[c] : columns[c]);
            }
        }
        workbook_row_end(book, 0);
    }
    status = workbook_end(book);
    workbook_destroy(book);
    return status;
}

/* ---- the pieces ---- */

static void add_json(struct writing *w)
{
    json_t *list = json_array();
    const char *cells[COLUMNS];
    for (size_t i = 0; i < w->file->count; i++) {
        const struct slice given = woo_given(w->arena, &w->file->pieces[i]);
        json_t *piece = json_object();
        row_of(cells, w, i);
        json_object_set_new(piece, columns[0], json_integer((json_int_t)i + 1));
        for (size_t c = 1; c < COLUMNS; c++) {
            json_object_set_new(piece, columns[c], json_string(cells[c]));
        }
        json_object_set_new(piece, "tekst", given.len > 0 ? json_stringn(given.ptr, given.len) : json_null());
        json_array_append_new(list, piece);
    }
    json_t *body = json_pack("{s:s,s:o}", "dossier", w->file->name, "stukken", list);
    package_add_json(w->package, "dossier.json", body);
    json_decref(body);
}

static void put(struct buffer *out, const char *before, const char *text, const char *after)
{
    buffer_append_cstr(out, before);
    web_escape(out, slice_from_cstr(text));
    buffer_append_cstr(out, after);
}

static void put_piece(struct buffer *out, struct writing *w, size_t at)
{
    const struct woo_piece *piece = &w->file->pieces[at];
    const struct slice given = woo_given(w->arena, piece);
    const char *cells[COLUMNS];
    row_of(cells, w, at);
    put(out, "<section>\n<h2>", arena_printf(w->arena, "%s. %s, %s", cells[0], cells[2], cells[1]).ptr,
        "</h2>\n");
    put(out, "<p>Van: ", cells[3], ". ");
    put(out, "Aan: ", cells[4], ". ");
    put(out, "Beoordeling: <strong>", cells[5], "</strong>");
    put(out, cells[6][0] ? ", grond: " : "", cells[6], ".</p>\n");
    if (given.len > 0) {
        buffer_append_cstr(out, "<p style=\"white-space: pre-line\">");
        web_escape(out, given);
        buffer_append_cstr(out, "</p>\n");
    }
    buffer_append_cstr(out, "</section>\n");
}

static void add_html(struct writing *w)
{
    struct buffer out;
    buffer_init(&out, FILE_BYTES_MAX);
    buffer_append_cstr(&out, "<!DOCTYPE html>\n<html lang=\"nl\">\n<head>\n<meta charset=\"utf-8\">\n");
    put(&out, "<title>Dossier ", w->file->name, "</title>\n</head>\n<body>\n<main>\n");
    put(&out, "<h1>Dossier ", w->file->name, "</h1>\n");
    buffer_append_cstr(&out,
                       "<p>Wat is weggelaten, is weg uit dit bestand. Op die plaats staat het artikel van de "
                       "Wet open overheid. De inventaris staat in inventaris.csv en inventaris.ods.</p>\n");
    for (size_t i = 0; i < w->file->count; i++) {
        put_piece(&out, w, i);
    }
    buffer_append_cstr(&out, "<section>\n<h2>Gronden</h2>\n<dl>\n");
    for (size_t i = 0; i < woo_ground_count; i++) {
        put(&out, "<dt>", woo_grounds[i].code, "</dt>");
        put(&out, "<dd>", woo_grounds[i].text, "</dd>\n");
    }
    buffer_append_cstr(&out, "</dl>\n</section>\n</main>\n</body>\n</html>\n");
    package_add_buffer(w->package, "dossier.html", "text/html", &out);
    buffer_free(&out);
}

enum dataset_status woo_write(struct arena *arena, const struct woo_file *file,
                              const struct crypto_keys *keys, int64_t now_s, struct dataset_output output)
{
    struct writing w = {.arena = arena, .file = file};
    struct buffer ods;
    uint64_t size;
    unsigned char sha256[CRYPTO_SHA256_BYTES];
    w.package = package_create(arena, keys, "zevenstem-woo-dossier", now_s, output);
    if (!w.package) {
        return DATASET_OUTPUT_FAILED;
    }
    buffer_init(&ods, FILE_BYTES_MAX);
    enum dataset_status status = write_ods(&ods, &w, now_s);
    if (status == DATASET_OK) {
        json_t *about = json_pack("{s:s}", "dossier", file->name);
        add_html(&w);
        add_json(&w);
        add_csv(&w);
        package_add_buffer(w.package, "inventaris.ods", "application/vnd.oasis.opendocument.spreadsheet",
                           &ods);
        status = package_end(&size, sha256, w.package, about);
        json_decref(about);
    }
    buffer_free(&ods);
    package_destroy(w.package);
    return status;
}
