/* Coding as people do it: a code book, what is drawn and given out, coding, and deciding between two. */
#include "app/staff.h"

#include "features/coding/coding.h"
#include "features/passage/passage.h"

#include <stdio.h>
#include <stdlib.h>

TestSuite(coding, .fini = leaks_check, .timeout = 110);

#define ROUND_AT "/beheer/codering/" ROUND

static struct place place;
static struct app *app;
static struct staff staff;

static void in_database(db_work work, void *context)
{
    struct db_conn *conn;
    const struct db_config config = {.conninfo = place.config.database.url,
                                     .application_name = "test",
                                     .statements = app_statements,
                                     .keys = place.keys};
    cr_assert_eq(db_connect(&conn, &config), DB_OK);
    cr_assert_eq(db_transaction(conn, "test", DB_ROLE_STAFF, work, context), DB_OK);
    db_disconnect(conn);
}

static enum db_status keep_book(struct db_tx *tx, void *context)
{
    struct json_errors errors;
    struct codebook_version version;
    enum codebook_outcome outcome;
    json_errors_init(&errors, db_arena(tx));
    const struct codebook *book = codebook_load(&errors, db_arena(tx), codebook_embedded());
    (void)context;
    cr_assert_not_null(book, "the program carries a code book without faults");
    enum db_status status = codebook_keep(&outcome, &version, tx, SLICE("klein"), book, codebook_embedded(),
                                          "beheerder", "command");
    cr_assert_eq(outcome, CODEBOOK_KEPT);
    status = status == DB_OK ? codebook_keep(&outcome, &version, tx, SLICE("klein"), book,
                                             codebook_embedded(), "beheerder", "command")
                             : status;
    cr_assert_eq(outcome, CODEBOOK_KNOWN);
    cr_assert_eq(version.number, 1);
    return status;
}

static enum db_status keep_another(struct db_tx *tx, void *context)
{
    struct json_errors errors;
    struct codebook_version version;
    enum codebook_outcome outcome;
    char *text = arena_cstr(db_arena(tx), codebook_embedded());
    (void)context;
    strstr(text, "Codeboek van de")[0] = 'K';
    json_errors_init(&errors, db_arena(tx));
    const struct codebook *book = codebook_load(&errors, db_arena(tx), slice_from_cstr(text));
    enum db_status status = codebook_keep(&outcome, &version, tx, SLICE("klein"), book, slice_from_cstr(text),
                                          "beheerder", "command");
    cr_assert_eq(outcome, CODEBOOK_TAKEN, "a version never changes");
    return status;
}

static void begin(void)
{
    place_make(&place, SMALL_CONSULTATION);
    in_database(keep_book, NULL);
    app = app_up(&place);
    staff_of(&staff, &place, app, "onno", ROLE_ONDERZOEKER, NULL);
}

static void end(void)
{
    app_down(app);
    place_remove(&place);
}

static void expect_sql(const char *sql, const char *wanted)
{
    const char *got = test_sql_text(place.owner, sql);
    cr_expect_str_eq(got, wanted, "%s\n gave %s", sql, got);
}

Test(coding, by_a_code_book_that_never_changes_and_is_shown_with_its_definitions)
{
    struct staff analyst;
    begin();
    in_database(keep_another, NULL);
    staff_get(&staff, "/beheer/codeboeken/1");
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "Codeboek van de zeven waarden");
    expect_says(&staff.reply, "Natuurlijkheid");
    expect_says(&staff.reply, "Grens van ingrijpen");
    staff_get(&staff, "/beheer/codeboeken/2");
    expect_status(&staff.reply, 404);
    /* Of another consultation nobody reads it by its number. */
    staff_of(&analyst, &place, app, "anna", ROLE_ANALIST, "klein");
    staff_get(&analyst, "/beheer/codeboeken/1");
    expect_status(&analyst.reply, 200);
    test_sql(place.owner, "INSERT INTO zs.consultation (code, document) VALUES ('ander', '{}');"
                          "INSERT INTO zs.code_book_version (consultation, code, number, sha256, document, "
                          "created_by) SELECT 'ander', code, number, sha256, document, 'a' FROM "
                          "zs.code_book_version");
    staff_get(&analyst, "/beheer/codeboeken/2");
    expect_status(&analyst.reply, 403);
    end();
}

Test(coding, is_planned_by_one_at_a_time_with_a_book_of_the_consultation)
{
    begin();
    staff_get(&staff, "/beheer/codering");
    expect_says(&staff.reply, ROUND_AT);
    staff_post(&staff, ROUND_AT, ROUND_AT "/plan", "codeboek=7&grens=heel+hoog&revisie=0");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "href=\"#codeboek\"");
    expect_says(&staff.reply, "href=\"#grens\"");
    staff_post(&staff, ROUND_AT, ROUND_AT "/plan", "codeboek=1&grens=0,8&revisie=0");
    expect_redirect(&staff.reply, ROUND_AT);
    expect_sql("SELECT book_version || ' ' || bar || ' ' || revision FROM zs.coding_plan", "1 0.8 1");
    staff_post(&staff, ROUND_AT, ROUND_AT "/plan", "codeboek=1&grens=0.7&revisie=1");
    expect_redirect(&staff.reply, ROUND_AT);
    /* Who read what was there before does not write over it. */
    staff_post(&staff, ROUND_AT, ROUND_AT "/plan", "codeboek=1&grens=0.9&revisie=1");
    expect_status(&staff.reply, 409);
    expect_says(&staff.reply, "Iemand anders heeft dit net gewijzigd");
    expect_sql("SELECT bar::text FROM zs.coding_plan", "0.7");
    end();
}

/* What moves in the database moves as passage_span.h says: by the same edits, thousands of spans. */
static void expect_moves(const struct text_edit *edits, size_t count, enum span_move how)
{
    static char sql[64 * 1024];
    static char wanted[64 * 1024];
    size_t at = 0, said = 0;
    char list[1024] = "";
    for (size_t i = 0; i < count; i++) {
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s{%u,%u,%u}", i ? "," : "",
                 edits[i].old.start, edits[i].old.end - edits[i].old.start,
                 edits[i].new.end - edits[i].new.start);
    }
    at += (size_t)snprintf(sql, sizeof sql,
                           "SELECT string_agg(CASE WHEN m.start_at < m.end_at THEN m.start_at || '-' || "
                           "m.end_at ELSE 'x' || m.start_at END, ' ' ORDER BY s.a, s.b) FROM (SELECT a, b "
                           "FROM generate_series(0, 29) AS a, generate_series(1, 30) AS b WHERE a < b) AS s, "
                           "zs.span_move('{%s}'::int[], %s, s.a, s.b) AS m",
                           list, how == SPAN_SAME_PLACE ? "true" : "false");
    for (uint32_t a = 0; a < 30; a++) {
        for (uint32_t b = a + 1; b <= 30; b++) {
            const struct text_span span = {a, b};
            struct text_span moved;
            bool follows;
            passage_move(&moved, &follows, &span, 1, edits, count, how);
            said += (size_t)snprintf(wanted + said, sizeof wanted - said, follows ? "%s%u-%u" : "%sx%u",
                                     said ? " " : "", moved.start, moved.end);
        }
    }
    cr_assert(at < sizeof sql && said < sizeof wanted);
    const char *got = test_sql_text(place.owner, sql);
    cr_expect_str_eq(got, wanted, "{%s}\n gave %s\n, not %s", list, got, wanted);
}

Test(coding, moves_in_the_database_as_it_does_in_the_program)
{
    uint32_t state = 7;
    place_make(&place, SMALL_CONSULTATION);
    for (int turn = 0; turn < 60; turn++) {
        struct text_edit edits[6];
        size_t count = 0;
        uint32_t old_at = 0, new_at = 0;
        while (count < 6) {
            state = state * 1664525 + 1013904223;
            const uint32_t gap = 1 + (state >> 10) % 6, was = (state >> 16) % 4, is = (state >> 20) % 4;
            old_at += gap;
            new_at += gap;
            if (old_at + was > 30) {
                break;
            }
            if (was + is > 0) {
                edits[count++] = (struct text_edit){{old_at, old_at + was}, {new_at, new_at + is}};
                old_at += was;
                new_at += is;
            }
        }
        expect_moves(edits, count, turn % 2 ? SPAN_SAME_TEXT : SPAN_SAME_PLACE);
    }
    place_remove(&place);
}
