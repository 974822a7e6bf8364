#include "features/opendata/opendata_contents.h"

#include "base/clock.h"
#include "features/report/report.h"

#include <string.h>

enum { REPORTS_MAX = 1000, DAY_BYTES = 10, DAY_S = 86400 };

static const char *text_of(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text ? text : "";
}

static bool is_about(const json_t *one, const char *consultation, const char *round, bool withdrawn)
{
    const char *of = text_of(one, "consultatie");
    if (!withdrawn && strcmp(text_of(one, "stand"), report_states[REPORT_WITHDRAWN]) == 0) {
        return false;
    }
    return round[0] ? strcmp(text_of(one, "ronde"), round) == 0 : !of[0] || strcmp(of, consultation) == 0;
}

enum db_status package_add_reports(struct package *package, size_t *count, struct db_tx *tx,
                                   struct arena *arena, const char *folder, const char *consultation,
                                   const char *round, bool withdrawn)
{
    const struct report_filter asked = {.most = REPORTS_MAX, .all = true};
    json_t *list = NULL;
    enum db_status status = report_public_list(&list, tx, arena, &asked);
    *count = 0;
    for (size_t i = 0; status == DB_OK && i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        const int32_t number = (int32_t)json_integer_value(json_object_get(one, "nummer"));
        struct report_signed report = {.document = {NULL, 0}};
        if (!is_about(one, consultation, round, withdrawn)) {
            continue;
        }
        status = report_published(&report, tx, number);
        if (status == DB_OK && report.document.ptr) {
            const char *name = arena_printf(arena, "%s/rapportage-%d.json", folder, (int)number).ptr;
            package_add(package, name, "application/json", report.document);
            package_add(package, arena_printf(arena, "%s.sig", name).ptr, "application/octet-stream",
                        report.signature);
            (*count)++;
        }
    }
    return status;
}

static bool take_piece(struct slice piece, void *package)
{
    package_take(package, piece);
    return true;
}

enum db_status package_add_publication(bool *whole, struct package *package, struct db_tx *tx,
                                       struct arena *arena, const char *folder,
                                       const struct publication *publication)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && *whole && i < publication->file_count; i++) {
        const struct published_file *file = &publication->files[i];
        package_begin(package, arena_printf(arena, "%s/%.*s", folder, SLICE_ARG(file->name)).ptr,
                      arena_cstr(arena, file->media_type));
        status = publication_read(whole, tx, publication, file, take_piece, package);
        package_part_end(package);
    }
    return status;
}

const char *package_day(struct arena *arena, int64_t unix_s)
{
    char text[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(text, (int64_t)clock_day_nl(unix_s) * DAY_S);
    return arena_printf(arena, "%.*s", DAY_BYTES, text).ptr;
}
