#include "features/coding/coding_text.h"

#include "base/utf8.h"
#include "features/fieldwork/fieldwork.h"
#include "stats/random.h"
#include "support/leaks.h"

#include <criterion/criterion.h>

TestSuite(coding_text, .fini = leaks_check);

enum { ARENA_MAX = 16 << 20 };

static struct coding_text_turn turns[] = {
    {1, SLICE_INIT("Moderator"), SLICE_INIT("Welkom.")},
    {2, SLICE_INIT("P1"), SLICE_INIT("Hé, dat is\n\n  niet natuurlijk.")},
    {3, SLICE_INIT("P1"), SLICE_INIT("Echt.")},
    {4, SLICE_INIT("P2"), {NULL, 0}},
    {5, SLICE_INIT("P1"), SLICE_INIT("P2: dat zei jij.")},
};
enum { TURNS = sizeof turns / sizeof turns[0] };

Test(coding_text, tells_who_speaks_where_that_is_another)
{
    struct arena *arena = arena_create(ARENA_MAX);
    uint32_t starts[TURNS];
    const struct slice text = coding_text_write(starts, arena, turns, TURNS);
    cr_expect(slice_equal_cstr(text, "Moderator: Welkom.\nP1: Hé, dat is\n\n  niet natuurlijk.\nEcht.\nP2: "
                                     "[weggelaten op verzoek]\nP1: P2: dat zei jij.\n"),
              "%.*s", SLICE_ARG(text));
    const uint32_t wanted[TURNS] = {11, 23, 54, 64, 92};
    for (size_t i = 0; i < TURNS; i++) {
        cr_expect_eq(starts[i], wanted[i], "%zu: %u", i, starts[i]);
    }
    arena_destroy(arena);
}

/* Each span of what was written is found where it was said, code point for code point. */
Test(coding_text, is_found_again_turn_by_turn)
{
    struct arena *arena = arena_create(ARENA_MAX);
    uint32_t starts[TURNS];
    struct coding_piece *pieces;
    size_t count, line;
    const struct slice text = coding_text_write(starts, arena, turns, TURNS);
    cr_assert(coding_text_align(&pieces, &count, &line, arena, text, turns, TURNS), "%zu", line);
    uint64_t state = 5;
    for (size_t i = 0; i < TURNS; i++) {
        const struct slice body = turns[i].body.ptr ? turns[i].body : SLICE(TRANSCRIPT_LEFT_OUT);
        const uint32_t length = (uint32_t)utf8_length(body);
        for (int n = 0; n < 50; n++) {
            struct coding_text_part *parts;
            const uint32_t a = random_index(&state, length), b = a + 1 + random_index(&state, length - a);
            const struct text_span span = {starts[i] + a, starts[i] + b};
            const size_t parts_count = coding_text_spans(&parts, arena, pieces, count, span);
            if (parts_count == 0) { /* of white space between lines alone */
                const size_t from = utf8_offset(body, a), to = utf8_offset(body, b);
                cr_expect_eq(slice_trim((struct slice){body.ptr + from, to - from}).len, 0);
                continue;
            }
            cr_assert_eq(parts_count, 1);
            cr_expect_eq(parts[0].turn, i);
            /* White space at the ends of lines is no saying. */
            const size_t from = utf8_offset(body, a), to = utf8_offset(body, b);
            const size_t got_from = utf8_offset(body, parts[0].span.start);
            const size_t got_to = utf8_offset(body, parts[0].span.end);
            const struct slice wanted = slice_trim((struct slice){body.ptr + from, to - from});
            const struct slice got = slice_trim((struct slice){body.ptr + got_from, got_to - got_from});
            cr_expect(slice_equal(got, wanted), "%.*s, not %.*s", SLICE_ARG(got), SLICE_ARG(wanted));
        }
    }
    arena_destroy(arena);
}

Test(coding_text, of_another_program_may_have_other_white_space_and_labels)
{
    struct arena *arena = arena_create(ARENA_MAX);
    struct coding_text_turn said[] = {{1, SLICE_INIT("P1"), SLICE_INIT("Ja.\nHoor.")},
                                      {2, SLICE_INIT("P2"), SLICE_INIT("Nee.")}};
    static const struct {
        const char *text;
        size_t line; /* 0: the same */
    } cases[] = {{"P1: Ja.\nHoor.\nP2: Nee.\n", 0},
                 {"\n  [00:01] Jan:\tJa.\n\n\tHoor.  \n\nEls:\nNee.", 0},
                 {"Ja.\nHoor.\nNee.", 0},
                 {"P1: Ja.\nHoor.\nP2: Nee.\nP1: En meer.\n", 4},
                 {"P1: Ja.\nP2: Nee.\n", 2},
                 {"P1: Ja.\nHoor.\nP2: Neen.\n", 3},
                 {"P1: Hoera ja.\nHoor.\nP2: Nee.", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct coding_piece *pieces;
        size_t count, line = 0;
        const bool same =
            coding_text_align(&pieces, &count, &line, arena, slice_from_cstr(cases[i].text), said, 2);
        cr_expect_eq(same, cases[i].line == 0, "%s", cases[i].text);
        cr_expect(same || line == cases[i].line, "%s: %zu", cases[i].text, line);
    }
    struct coding_piece *pieces;
    size_t count, line;
    cr_expect_not(coding_text_align(&pieces, &count, &line, arena, SLICE(""), said, 2));
    arena_destroy(arena);
}

Test(coding_text, may_have_been_given_away_without_the_words_of_some)
{
    struct arena *arena = arena_create(ARENA_MAX);
    struct coding_text_turn said[] = {{1, SLICE_INIT("P1"), SLICE_INIT("Ja.\nHoor.")},
                                      {2, SLICE_INIT("P2"), SLICE_INIT("Nee.")},
                                      {3, SLICE_INIT("P1"), SLICE_INIT("Toch wel.")}};
    struct coding_piece *pieces;
    size_t count, line;
    cr_assert(coding_text_align(&pieces, &count, &line, arena,
                                SLICE("P1: " TRANSCRIPT_LEFT_OUT "\nP2: Nee.\nP1: Toch wel.\n"), said, 3));
    cr_expect_null(said[0].body.ptr, "nothing can be said of it");
    cr_expect(slice_equal_cstr(said[1].body, "Nee."));
    cr_assert_eq(count, 3);
    cr_expect_eq(pieces[1].turn, 1);
    cr_expect_eq(pieces[1].at.start, 4 + strlen(TRANSCRIPT_LEFT_OUT) + 1 + 4);
    /* Half of a turn that is left out is another text. */
    said[0].body = SLICE("Ja.\nHoor.");
    cr_expect_not(coding_text_align(&pieces, &count, &line, arena,
                                    SLICE("P1: Ja.\n" TRANSCRIPT_LEFT_OUT "\nP2: Nee.\nP1: Toch wel.\n"),
                                    said, 3));
    cr_expect_eq(line, 2);
    arena_destroy(arena);
}
