#include "features/survey/survey_pilot.h"

#include "features/audit/audit.h"

enum statement { NOTES_INSERT, ROUND_IS_PILOT, PAGES_READ, COMMENTS_READ, STATEMENT_COUNT };

const struct db_statement survey_pilot_statements[STATEMENT_COUNT + 1] = {
    [NOTES_INSERT] =
        {"pilot_notes_insert",
         "INSERT INTO zs.pilot_note (round_id, day, seconds, page, comment)"
         " SELECT n.round_id, DATE '1970-01-01' + $5::int4, n.seconds, n.page, nullif(n.comment, '')"
         " FROM unnest($1::int4[], $2::int4[], $3::text[], $4::text[])"
         "   AS n (round_id, seconds, page, comment)"},
    [ROUND_IS_PILOT] = {"pilot_round", "SELECT id FROM zs.round WHERE code = $1::text AND is_pilot"},
    [PAGES_READ] =
        {"pilot_pages",
         "SELECT n.page, count(*), count(n.comment),"
         "  percentile_disc(0.5) WITHIN GROUP (ORDER BY n.seconds),"
         "  percentile_disc(0.9) WITHIN GROUP (ORDER BY n.seconds)"
         " FROM zs.pilot_note AS n WHERE n.round_id = $1::int4 GROUP BY n.page ORDER BY min(n.id)"},
    [COMMENTS_READ] =
        {"pilot_comments",
         "SELECT n.page, n.comment, n.seconds FROM zs.pilot_note AS n"
         " JOIN zs.round AS r ON r.id = n.round_id"
         " WHERE r.code = $1::text AND r.is_pilot AND n.comment IS NOT NULL ORDER BY n.page, n.id"},
};

enum db_status pilot_notes_keep(struct db_tx *tx, const struct pilot_note *notes, size_t count, int32_t day)
{
    struct arena *arena = db_arena(tx);
    int32_t *rounds = arena_array(arena, count, sizeof *rounds);
    int32_t *seconds = arena_array(arena, count, sizeof *seconds);
    struct slice *pages = arena_array(arena, count, sizeof *pages);
    struct slice *comments = arena_array(arena, count, sizeof *comments);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (notes[i].page) {
            rounds[n] = notes[i].round_id;
            seconds[n] = notes[i].seconds < PILOT_SECONDS_MAX ? notes[i].seconds : PILOT_SECONDS_MAX;
            pages[n] = slice_from_cstr(notes[i].page);
            comments[n] = notes[i].comment.len > 0 ? notes[i].comment : SLICE("");
            n++;
        }
    }
    if (n == 0) {
        return DB_OK;
    }
    struct db_params p = db_params(tx);
    db_put_int32_array(&p, rounds, n);
    db_put_int32_array(&p, seconds, n);
    db_put_text_array(&p, pages, n);
    db_put_text_array(&p, comments, n);
    db_put_int32(&p, day);
    return db_run(NULL, tx, &survey_pilot_statements[NOTES_INSERT], &p);
}

enum db_status pilot_pages(bool *found, struct pilot_page **out, size_t *count, struct db_tx *tx,
                           struct slice round)
{
    struct db_result *rows;
    struct db_params find = db_params(tx);
    *found = false;
    *count = 0;
    db_put_text(&find, round);
    enum db_status status = db_run(&rows, tx, &survey_pilot_statements[ROUND_IS_PILOT], &find);
    if (status != DB_OK || db_rows(rows) == 0) {
        return status;
    }
    struct db_params p = db_params(tx);
    *found = true;
    db_put_int32(&p, db_get_int32(rows, 0, 0));
    status = db_run(&rows, tx, &survey_pilot_statements[PAGES_READ], &p);
    if (status != DB_OK) {
        return status;
    }
    *count = db_rows(rows);
    *out = arena_array(db_arena(tx), *count, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = (struct pilot_page){.page = db_get_text(rows, i, 0),
                                        .times = db_get_int64(rows, i, 1),
                                        .comments = db_get_int64(rows, i, 2),
                                        .median_s = db_get_int32(rows, i, 3),
                                        .slowest_s = db_get_int32(rows, i, 4)};
    }
    return DB_OK;
}

enum db_status pilot_comments(struct pilot_comment **out, size_t *count, struct db_tx *tx, struct slice round,
                              const char *actor)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_text(&p, round);
    enum db_status status = db_run(&rows, tx, &survey_pilot_statements[COMMENTS_READ], &p);
    if (status != DB_OK) {
        return status;
    }
    *count = db_rows(rows);
    *out = arena_array(db_arena(tx), *count, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = (struct pilot_comment){db_get_text(rows, i, 0), db_get_text(rows, i, 1),
                                           db_get_int32(rows, i, 2)};
    }
    const struct audit_event event = {.action = "pilot.read",
                                      .object =
                                          arena_printf(db_arena(tx), "round:%.*s", SLICE_ARG(round)).ptr,
                                      .result = "ok",
                                      .origin = "command",
                                      .actor = actor};
    return audit_record(tx, &event);
}
