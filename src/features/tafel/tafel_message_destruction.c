#include "features/tafel/tafel_message_destruction.h"

#include "base/clock.h"
#include "features/audit/audit.h"

#include <jansson.h>
#include <stdlib.h>

enum { DAY_S = 86400 };
enum statement { DUE, DESTROY, KEEP, READ, STATEMENT_COUNT };

const struct db_statement message_destruction_statements[STATEMENT_COUNT + 1] = {
    [DUE] = {"messages_due", "SELECT due, held FROM zs.messages_due($1::date)"},
    [DESTROY] = {"messages_destroy",
                 "SELECT citizens, organisations, withdrawn, coalesce(numbers, ''), coalesce(first_day - "
                 "DATE '1970-01-01', 0)::int4, "
                 "coalesce(last_day - DATE '1970-01-01', 0)::int4 FROM zs.messages_destroy($1::date, "
                 "$2::int4)"},
    [KEEP] = {"message_destruction_keep", "INSERT INTO zs.message_destruction (destroyed_by, statement) "
                                          "VALUES ($1::text, $2::text::jsonb)"},
    [READ] = {"message_destructions",
              "SELECT id, statement::text FROM zs.message_destruction AS d ORDER BY d.id"},
};

enum db_status messages_due(struct messages_due *out, struct db_tx *tx, int32_t day)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_day(&p, day);
    const enum db_status status = db_run_one(&row, tx, &message_destruction_statements[DUE], &p);
    *out = (struct messages_due){0};
    if (status == DB_OK) {
        *out = (struct messages_due){db_get_int64(row, 0, 0), db_get_int64(row, 0, 1)};
    }
    return status;
}

struct gone {
    int32_t citizens, organisations, withdrawn;
    struct slice numbers;
    int32_t first_day, last_day; /* on which they came */
};

static void set_text(json_t *object, const char *key, struct slice text)
{
    json_object_set_new(object, key, json_stringn(text.ptr, text.len));
}

static struct slice from_to(struct arena *arena, struct slice from, struct slice to)
{
    return slice_equal(from, to)
               ? from
               : arena_printf(arena, "%.*s tot en met %.*s", SLICE_ARG(from), SLICE_ARG(to));
}

static struct slice day_text(struct arena *arena, int32_t day)
{
    char text[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(text, (int64_t)day * DAY_S);
    return arena_printf(arena, "%.10s", text);
}

static struct slice statement_json(struct arena *arena, const struct gone *gone,
                                   const struct message_destroying *how)
{
    char now[CLOCK_RFC3339_BYTES];
    json_t *s = json_object();
    clock_format_rfc3339(now, how->now_s);
    set_text(s, "soort", SLICE("verklaring-van-vernietiging"));
    set_text(s, "onderwerp", SLICE("Berichten aan de maatschappelijke tafel"));
    set_text(s, "nummers", gone->numbers);
    set_text(s, "ontvangen",
             from_to(arena, day_text(arena, gone->first_day), day_text(arena, gone->last_day)));
    set_text(s, "vernietigdOp", slice_from_cstr(now));
    set_text(s, "vernietigdDoor", slice_from_cstr(how->actor));
    set_text(
        s, "grond",
        SLICE("De bewaartijd is voorbij die de afzender te lezen kreeg (AVG, artikel 5, eerste lid, onder e; "
              "Archiefwet 1995, artikel 3)."));
    set_text(
        s, "wijze",
        SLICE(
            "Tekst, naam van de organisatie, onderwerp en code zijn gewist. Reservekopieën vervallen na hun "
            "eigen termijn."));
    json_object_set_new(s, "vernietigd",
                        json_pack("{s:i, s:i, s:i}", "berichtenBurgers", (int)gone->citizens,
                                  "berichtenOrganisaties", (int)gone->organisations, "berichtenIngetrokken",
                                  (int)gone->withdrawn));
    set_text(s, "blijft",
             SLICE("Dat er een bericht was, de stappen die de tafel zette, en signalen die erop rusten: "
                   "daarin staan "
                   "de tekst en de afzender niet."));
    char *text = json_dumps(s, JSON_COMPACT);
    const struct slice kept = arena_copy(arena, slice_from_cstr(text ? text : "{}"));
    free(text);
    json_decref(s);
    return kept;
}

static enum db_status destroy(struct gone *out, struct db_tx *tx, const struct message_destroying *how)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_day(&p, clock_day_nl(how->now_s));
    db_put_int32(&p, how->most);
    const enum db_status status = db_run_one(&row, tx, &message_destruction_statements[DESTROY], &p);
    *out = (struct gone){0};
    if (status == DB_OK) {
        *out = (struct gone){.citizens = db_get_int32(row, 0, 0),
                             .organisations = db_get_int32(row, 0, 1),
                             .withdrawn = db_get_int32(row, 0, 2),
                             .numbers = db_get_text(row, 0, 3),
                             .first_day = db_get_int32(row, 0, 4),
                             .last_day = db_get_int32(row, 0, 5)};
    }
    return status;
}

enum db_status messages_destroy(int32_t *gone, struct db_tx *tx, const struct message_destroying *how)
{
    struct gone what;
    enum db_status status = destroy(&what, tx, how);
    *gone = what.citizens + what.organisations + what.withdrawn;
    if (status != DB_OK || *gone == 0) {
        return status;
    }
    struct db_params p = db_params(tx);
    db_put_text(&p, slice_from_cstr(how->actor));
    db_put_text(&p, statement_json(db_arena(tx), &what, how));
    status = db_run(NULL, tx, &message_destruction_statements[KEEP], &p);
    const struct audit_event event = {.action = "message.expire",
                                      .object = "messages",
                                      .result = "ok",
                                      .origin = how->origin,
                                      .actor = how->actor,
                                      .details =
                                          arena_printf(db_arena(tx), "{\"berichten\": %d}", (int)*gone).ptr};
    return status == DB_OK ? audit_record(tx, &event) : status;
}

enum db_status message_destructions(struct destruction **out, size_t *count, struct db_tx *tx,
                                    struct arena *arena)
{
    struct db_result *rows;
    const enum db_status status = db_run(&rows, tx, &message_destruction_statements[READ], NULL);
    *count = status == DB_OK ? db_rows(rows) : 0;
    *out = arena_array(arena, *count + 1, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        /* No code has an underscore. */
        (*out)[i] =
            (struct destruction){arena_printf(arena, "berichten_%d", (int)db_get_int32(rows, i, 0)).ptr,
                                 arena_cstr(arena, db_get_text(rows, i, 1))};
    }
    return status;
}
