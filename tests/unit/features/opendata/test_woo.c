/* What is taken out of a piece under the Woo: every place of every word, and nothing beside it. */
#include "features/opendata/opendata_woo.h"

#include "base/buffer.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <string.h>

static struct arena *arena;

static void setup(void)
{
    arena = arena_create(1 << 26);
}

static void teardown(void)
{
    arena_destroy(arena);
    leaks_check();
}

TestSuite(woo_find, .init = setup, .fini = teardown);

static struct slice without(struct slice text, const struct slice *words, size_t word_count)
{
    struct woo_span *spans;
    size_t count;
    woo_find(&spans, &count, arena, text, words, word_count, "5.1.2.e");
    return woo_redact(arena, text, spans, count);
}

Test(woo_find, takes_a_word_out_wherever_it_stands_alone)
{
    static const struct {
        const char *text, *without;
    } cases[] = {
        {"Jansen belt. Dan gaat Jansen.", "[5.1.2.e] belt. Dan gaat [5.1.2.e]."},
        {"(Jansen), Jansen-Bos; Jansen's", "([5.1.2.e]), [5.1.2.e]-Bos; [5.1.2.e]'s"},
        {"“Jansen” en ‘Jansen’ en «Jansen»", "“[5.1.2.e]” en ‘[5.1.2.e]’ en «[5.1.2.e]»"},
        {"Jansen’s brief… Jansen… – Jansen—", "[5.1.2.e]’s brief… [5.1.2.e]… – [5.1.2.e]—"},
        {"mevrouw\u00a0Jansen\u00a0belt", "mevrouw\u00a0[5.1.2.e]\u00a0belt"},
        {"Jansens, éJansen, Jansené en 4Jansen", "Jansens, éJansen, Jansené en 4Jansen"},
        {"JansenJansen Jansen", "JansenJansen [5.1.2.e]"},
        {"", ""},
    };
    const struct slice word = SLICE("Jansen");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct slice got = without(slice_from_cstr(cases[i].text), &word, 1);
        cr_expect(slice_equal_cstr(got, cases[i].without), "%s: %.*s", cases[i].text, SLICE_ARG(got));
    }
}

Test(woo_find, takes_words_that_run_into_each_other_out_at_once)
{
    const struct slice words[] = {SLICE_INIT("Jan de Écht"), SLICE_INIT("Écht"), SLICE_INIT("de Écht Bos"),
                                  SLICE_INIT("Bos Bos")};
    struct slice got = without(SLICE("Écht: Jan de Écht Bos zegt Écht"), words, 3);
    cr_expect(slice_equal_cstr(got, "[5.1.2.e]: [5.1.2.e] zegt [5.1.2.e]"), "%.*s", SLICE_ARG(got));
    got = without(SLICE("xBos Bos Bos Bos!"), words + 3, 1);
    cr_expect(slice_equal_cstr(got, "xBos [5.1.2.e]!"), "%.*s", SLICE_ARG(got));
}

Test(woo_find, leaves_no_place_however_many_there_are)
{
    struct buffer text;
    const struct slice words[] = {SLICE_INIT("Jansen"), SLICE_INIT("Pietersen")};
    buffer_init(&text, 1 << 20);
    for (int i = 0; i < 3000; i++) {
        buffer_append_cstr(&text, "Jansen zegt het. ");
    }
    buffer_append_cstr(&text, "Pietersen ook.");
    const struct slice got = without(buffer_slice(&text), words, 2);
    cr_expect_null(memmem(got.ptr, got.len, "Jansen", 6));
    cr_expect_null(memmem(got.ptr, got.len, "Pietersen", 9));
    buffer_free(&text);
}
