/* What moves in the database moves as passage_span.h says: by the same edits, thousands of spans. */
#include "app/fixture.h"

#include "features/passage/passage.h"

#include <stdio.h>
#include <string.h>

TestSuite(coding_moves, .fini = leaks_check, .timeout = 110);

static struct place place;

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

Test(coding_moves, moves_in_the_database_as_it_does_in_the_program)
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
