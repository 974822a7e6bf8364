/* What must hold of moved spans, over random texts and edits; and cases by hand. */
#include "features/passage/passage.h"

#include "base/utf8.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static uint64_t state = 5;

static void setup(void)
{
    arena = arena_create(1 << 30);
}

static void teardown(void)
{
    arena_destroy(arena);
    leaks_check();
}

TestSuite(span, .init = setup, .fini = teardown);

static uint32_t below(uint32_t bound)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % bound;
}

static struct slice part(struct slice s, struct text_span span)
{
    const size_t start = utf8_offset(s, span.start);
    return (struct slice){s.ptr + start, utf8_offset(s, span.end) - start};
}

/* Where `what` stands in s, the first time. */
static struct text_span find(struct slice s, const char *what)
{
    const char *at = memmem(s.ptr, s.len, what, strlen(what));
    cr_assert_not_null(at);
    const uint32_t start = (uint32_t)utf8_length((struct slice){s.ptr, (size_t)(at - s.ptr)});
    return (struct text_span){start, start + (uint32_t)utf8_length(slice_from_cstr(what))};
}

/* What stands at the moved span of `what`; "lost" when it could not follow. */
static const char *follow(const char *old_text, const char *new_text, const char *what)
{
    const struct slice a = slice_from_cstr(old_text), b = slice_from_cstr(new_text);
    struct text_edit *edits;
    struct text_span moved;
    bool follows;
    const size_t count = passage_diff(&edits, arena, a, b);
    const struct text_span span = find(a, what);
    passage_move(&moved, &follows, &span, 1, edits, count, SPAN_SAME_TEXT);
    return follows ? arena_cstr(arena, part(b, moved)) : "lost";
}

Test(span, follows_a_correction_where_its_text_is_the_same)
{
    const char *old_text = "Ik vind kweekvles \xC3\xA9"
                           "cht niks. Mijn buurman ook niet.";
    const char *new_text = "Nou, ik vind kweekvlees \xC3\xA9"
                           "cht niks. Mijn overbuurman ook niet. Echt.";
    cr_assert_str_eq(follow(old_text, new_text,
                            "\xC3\xA9"
                            "cht niks"),
                     "\xC3\xA9"
                     "cht niks");
    cr_assert_str_eq(follow(old_text, new_text, "ook niet."), "ook niet.");
    cr_assert_str_eq(follow(old_text, new_text, "vind"), "vind");
    cr_assert_str_eq(follow(old_text, new_text, "kweekvles"), "lost");
    cr_assert_str_eq(follow(old_text, new_text, "vind kweekvles"), "lost");
    cr_assert_str_eq(follow(old_text, new_text, "vles"), "lost");
    cr_assert_str_eq(follow(old_text, new_text, "Ik"), "lost");
}

Test(span, words_put_in_before_or_behind_are_outside)
{
    cr_assert_str_eq(follow("een twee drie", "een EN twee OF drie", "twee"), "twee");
    cr_assert_str_eq(follow("een twee drie", "een EN twee OF drie", "een twee"), "lost");
    cr_assert_str_eq(follow("een", "een twee", "een"), "een");
    cr_assert_str_eq(follow("twee", "een twee", "twee"), "twee");
    cr_assert_str_eq(follow("weg is weg", "", "is"), "lost");
}

Test(span, the_fewest_words_change)
{
    struct text_edit *edits;
    cr_assert_eq(passage_diff(&edits, arena, SLICE("gelijk"), SLICE("gelijk")), 0);
    cr_assert_eq(passage_diff(&edits, arena, SLICE(""), SLICE("")), 0);
    cr_assert_eq(passage_diff(&edits, arena, SLICE("a b c d e"), SLICE("a x c d y e")), 2);
    cr_assert(edits[0].old.start == 2 && edits[0].old.end == 3 && edits[0].new.start == 2 &&
              edits[0].new.end == 3);
    cr_assert(edits[1].old.start == edits[1].old.end && edits[1].new.end - edits[1].new.start == 2);
}

Test(span, past_the_limit_what_stands_around_still_follows)
{
    struct slice a = SLICE("begin "), b = SLICE("begin ");
    for (int i = 0; i < 3000; i++) {
        a = i % 100 ? a : arena_copy(arena, a);
        a = arena_printf(arena, "%.*sa%d ", SLICE_ARG(a), i);
        b = arena_printf(arena, "%.*sb%d ", SLICE_ARG(b), i);
    }
    a = arena_printf(arena, "%.*seinde", SLICE_ARG(a));
    b = arena_printf(arena, "%.*seinde", SLICE_ARG(b));
    struct text_edit *edits;
    const size_t count = passage_diff(&edits, arena, a, b);
    cr_assert_eq(count, 1);
    const struct text_span spans[] = {find(a, "begin"), find(a, "a1500"), find(a, "einde")};
    struct text_span moved[3];
    bool follows[3];
    cr_assert_eq(passage_move(moved, follows, spans, 3, edits, count, SPAN_SAME_TEXT), 2);
    cr_assert(!follows[1] && slice_equal_cstr(part(b, moved[2]), "einde"));
}

/* The longest common subsequence the slow way, of words of one letter. */
static size_t common(const char *a, const char *b)
{
    static size_t best[64][64];
    const size_t n = strlen(a), m = strlen(b);
    memset(best, 0, sizeof best);
    for (size_t i = 1; i <= n; i++) {
        for (size_t k = 1; k <= m; k++) {
            const size_t skip = best[i - 1][k] > best[i][k - 1] ? best[i - 1][k] : best[i][k - 1];
            best[i][k] = a[i - 1] == b[k - 1] ? best[i - 1][k - 1] + 1 : skip;
        }
    }
    return best[n][m];
}

Test(span, random_texts_differ_by_no_more_than_they_must)
{
    for (int round = 0; round < 4000; round++) {
        char a[40], b[40];
        const size_t n = below(30), m = below(30);
        for (size_t i = 0; i < n; i++) {
            a[i] = ".,;!"[below(4)]; /* each a word of its own */
        }
        for (size_t i = 0; i < m; i++) {
            b[i] = ".,;!"[below(4)];
        }
        a[n] = b[m] = '\0';
        struct text_edit *edits;
        const size_t count = passage_diff(&edits, arena, slice_from_cstr(a), slice_from_cstr(b));
        size_t deleted = 0, inserted = 0, old_at = 0, new_at = 0;
        for (size_t i = 0; i < count; i++) {
            const size_t kept = edits[i].old.start - old_at;
            cr_assert_eq(kept, edits[i].new.start - new_at);
            cr_assert_eq(memcmp(a + old_at, b + new_at, kept), 0);
            cr_assert(i == 0 || kept > 0);
            deleted += edits[i].old.end - edits[i].old.start;
            inserted += edits[i].new.end - edits[i].new.start;
            old_at = edits[i].old.end;
            new_at = edits[i].new.end;
        }
        cr_assert_str_eq(a + old_at, b + new_at);
        cr_assert_eq(deleted, n - common(a, b));
        cr_assert_eq(inserted, m - common(a, b));
    }
}

/* Words that stand in the text once each, so that where one went is certain. */
static struct slice numbered_words(uint32_t count)
{
    struct slice text = SLICE("");
    for (uint32_t i = 0; i < count; i++) {
        text = arena_printf(arena, "%.*s%s\xC3\xA9%u", SLICE_ARG(text), i ? " " : "", i);
    }
    return text;
}

Test(span, what_random_corrections_leave_alone_follows_and_nothing_else)
{
    for (int round = 0; round < 300; round++) {
        const uint32_t count = 1 + below(40);
        struct slice a = numbered_words(count), b = SLICE("");
        bool changed[40];
        for (uint32_t i = 0; i < count; i++) {
            changed[i] = below(5) == 0;
            const char *extra = below(6) == 0 ? "nieuw " : "";
            b = arena_printf(arena, "%.*s%s%s%s\xC3\xA9%u", SLICE_ARG(b), i ? " " : "", extra,
                             changed[i] ? "x" : "", i);
        }
        for (uint32_t i = 0; i < count; i++) {
            char word[16];
            snprintf(word, sizeof word, "\xC3\xA9%u%s", i, i + 1 < count ? " " : "");
            const struct text_span with_space = find(a, word);
            const struct text_span span = {with_space.start, with_space.end - (i + 1 < count)};
            struct text_edit *edits;
            struct text_span moved;
            bool follows;
            const size_t edit_count = passage_diff(&edits, arena, a, b);
            passage_move(&moved, &follows, &span, 1, edits, edit_count, SPAN_SAME_TEXT);
            cr_assert_eq(follows, !changed[i]);
            cr_assert(!follows || slice_equal(part(a, span), part(b, moved)));
        }
    }
}

Test(span, a_span_that_follows_says_the_same_whatever_was_changed)
{
    static const char *const words[] = {
        "ja", "nee", " ", " ", "\xC3\xA9\xC3\xA9n", ".", "\n", "\xF0\x9F\x91\x8D"};
    for (int round = 0; round < 2000; round++) {
        struct slice texts[2];
        for (int t = 0; t < 2; t++) {
            texts[t] = SLICE("");
            for (uint32_t i = below(40); i > 0; i--) {
                texts[t] = arena_printf(arena, "%.*s%s", SLICE_ARG(texts[t]), words[below(8)]);
            }
        }
        const uint32_t length = (uint32_t)utf8_length(texts[0]);
        struct text_edit *edits;
        const size_t count = passage_diff(&edits, arena, texts[0], texts[1]);
        for (int i = 0; i < 20 && length > 0; i++) {
            const uint32_t start = below(length);
            const struct text_span span = {start, start + 1 + below(length - start)};
            struct text_span moved;
            bool follows;
            passage_move(&moved, &follows, &span, 1, edits, count, SPAN_SAME_TEXT);
            cr_assert_leq(moved.end, utf8_length(texts[1]));
            cr_assert(follows ? slice_equal(part(texts[0], span), part(texts[1], moved))
                              : moved.start == moved.end);
        }
    }
}

/* ---- redaction ---- */

static const char *redact(const char *text, const struct text_replacement *replacements, size_t count,
                          struct text_edit **edits)
{
    struct slice out;
    cr_assert(passage_redact(&out, edits, arena, slice_from_cstr(text), replacements, count));
    return arena_cstr(arena, out);
}

Test(span, redaction_puts_replacements_in_place_and_moves_spans_by_offset)
{
    const char *text = "Dus \xC3\xA9n Jan \xC3\xA9n Piet zeiden: ja.";
    const struct slice s = slice_from_cstr(text);
    const struct text_replacement replacements[] = {{find(s, "Piet"), SLICE_INIT("[naam]")},
                                                    {find(s, "Jan"), SLICE_INIT("")}};
    struct text_edit *edits;
    const char *out = redact(text, replacements, 2, &edits);
    cr_assert_str_eq(out, "Dus \xC3\xA9n  \xC3\xA9n [naam] zeiden: ja.");
    static const char *const cases[][2] = {{"Dus", "Dus"},
                                           {"ja.", "ja."},
                                           {"Piet", "[naam]"},
                                           {"iet", "[naam]"},
                                           {"Piet zeiden", "[naam] zeiden"},
                                           {"t zeiden", "[naam] zeiden"},
                                           {"n Piet z", "n [naam] z"},
                                           {"Jan \xC3\xA9n Pi", " \xC3\xA9n [naam]"},
                                           {"Jan", "lost"},
                                           {"an", "lost"},
                                           {"an ", " "}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct text_span span = find(s, cases[i][0]);
        struct text_span moved;
        bool follows;
        passage_move(&moved, &follows, &span, 1, edits, 2, SPAN_SAME_PLACE);
        const char *now = follows ? arena_cstr(arena, part(slice_from_cstr(out), moved)) : "lost";
        cr_assert_str_eq(now, cases[i][1], "%s: %s", cases[i][0], now);
    }
}

Test(span, codings_on_what_was_withdrawn_are_lost)
{
    const char *text = "Alles weg.";
    const struct text_replacement all = {{0, 10}, SLICE_INIT("[weggelaten op verzoek]")};
    struct text_edit *edits;
    cr_assert_str_eq(redact(text, &all, 1, &edits), "[weggelaten op verzoek]");
    const struct text_span span = {0, 10};
    struct text_span moved;
    bool follows;
    cr_assert_eq(passage_move(&moved, &follows, &span, 1, edits, 1, SPAN_SAME_TEXT), 0);
    cr_assert(!follows && moved.start == moved.end);
}

Test(span, redactions_outside_the_text_or_over_each_other_are_refused)
{
    static const struct text_span wrong[][2] = {{{0, 2}, {1, 3}}, {{0, 2}, {4, 6}}, {{0, 2}, {3, 3}},
                                                {{3, 2}, {0, 1}}, {{1, 2}, {1, 2}}, {{5, 5}, {0, 1}}};
    struct slice out = SLICE("untouched");
    struct text_edit *edits;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const struct text_replacement two[] = {{wrong[i][0], SLICE_INIT("x")},
                                               {wrong[i][1], SLICE_INIT("y")}};
        cr_assert_not(passage_redact(&out, &edits, arena, SLICE("abcde"), two, 2), "%zu", i);
    }
    cr_assert(slice_equal_cstr(out, "untouched"));
    cr_assert(passage_redact(&out, &edits, arena, SLICE("abcde"), NULL, 0));
    cr_assert(slice_equal_cstr(out, "abcde"));
}

Test(span, random_redactions_keep_what_is_outside_them)
{
    for (int round = 0; round < 2000; round++) {
        const struct slice text = numbered_words(12);
        const uint32_t length = (uint32_t)utf8_length(text);
        struct text_replacement replacements[4];
        size_t count = 0;
        uint32_t at = 0;
        while (count < 4 && at + 2 < length) {
            const uint32_t start = at + below(8), end = start + 1 + below(5);
            if (end > length) {
                break;
            }
            const struct slice with = below(3) ? SLICE("[\xC3\xA9]") : SLICE("");
            replacements[count++] = (struct text_replacement){{start, end}, with};
            at = end;
        }
        struct slice out;
        struct text_edit *edits;
        cr_assert(passage_redact(&out, &edits, arena, text, replacements, count));
        for (int i = 0; i < 10; i++) {
            const uint32_t start = below(length);
            const struct text_span span = {start, start + 1 + below(length - start)};
            struct text_span same, place;
            bool same_follows, place_follows;
            passage_move(&same, &same_follows, &span, 1, edits, count, SPAN_SAME_TEXT);
            passage_move(&place, &place_follows, &span, 1, edits, count, SPAN_SAME_PLACE);
            cr_assert_leq(place.end, utf8_length(out));
            cr_assert(!same_follows || (place_follows && same.start == place.start && same.end == place.end));
            cr_assert(!same_follows || slice_equal(part(text, span), part(out, same)));
        }
    }
}
