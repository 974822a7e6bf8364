#include "features/survey/survey_ledger.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct arena *arena;
static const unsigned char ours[CRYPTO_FINGERPRINT_BYTES] = {1, 2, 3};
static const unsigned char theirs[CRYPTO_FINGERPRINT_BYTES] = {9};
static const struct ledger_entry entries[] = {{.round = "klein-1", .id = {0xab, 0xcd}, .day = 20000},
                                              {.round = "klein-1", .id = {0xee}, .day = 20001},
                                              {.round = "klein-0", .destroyed = true, .day = 20001}};

static void setup(void)
{
    cr_assert(crypto_start());
    arena = arena_create(1 << 24);
}

static void teardown(void)
{
    arena_destroy(arena);
    leaks_check();
}

TestSuite(ledger, .init = setup, .fini = teardown);

static struct slice joined(struct slice a, struct slice b)
{
    return arena_printf(arena, "%.*s%.*s", SLICE_ARG(a), SLICE_ARG(b));
}

/* Two additions: of two entries, then of one. */
static struct slice whole(void)
{
    struct ledger ledger;
    ledger_read(&ledger, arena, (struct slice){"", 0}, ours);
    struct slice text = ledger_addition(arena, &ledger, entries, 2, ours);
    ledger_read(&ledger, arena, text, ours);
    cr_assert_eq(ledger.state, LEDGER_WHOLE);
    return joined(text, ledger_addition(arena, &ledger, entries + 2, 1, ours));
}

Test(ledger, holds_what_was_added)
{
    struct ledger ledger;
    struct slice text = whole();
    ledger_read(&ledger, arena, text, ours);
    cr_assert_eq(ledger.state, LEDGER_WHOLE);
    cr_assert_eq(ledger.count, 3);
    cr_expect_eq(ledger.good_bytes, text.len);
    for (size_t i = 0; i < 3; i++) {
        cr_expect_eq(ledger_compare(&ledger.entries[i], &entries[i]), 0);
        cr_expect_eq(ledger.entries[i].day, entries[i].day);
    }
    /* The chain by another hand (Python's hashlib): SHA-256 of 64 zeros and what stands behind it. */
    cr_expect(strstr(text.ptr, "\n54651087f7b47a9fcf8f53d92bbb719c"
                               "3f545261ccdaa159b52244c0f4c09a10 withdrawn klein-1 "
                               "abcd0000000000000000000000000000 2024-10-04\n"));
    ledger_read(&ledger, arena, text, theirs);
    cr_expect_eq(ledger.state, LEDGER_FOREIGN);
}

Test(ledger, the_empty_file_is_a_whole_ledger)
{
    struct ledger ledger;
    ledger_read(&ledger, arena, (struct slice){"", 0}, ours);
    cr_expect_eq(ledger.state, LEDGER_WHOLE);
    cr_expect_eq(ledger.count, 0);
}

/* Cut off anywhere but behind an `end`, it is seen to be torn, and its good lines are all that is read. */
Test(ledger, is_torn_wherever_it_is_cut)
{
    struct slice text = whole();
    size_t unseen = 0;
    for (size_t len = 1; len < text.len; len++) {
        struct ledger ledger;
        struct slice cut = {text.ptr, len};
        ledger_read(&ledger, arena, cut, ours);
        bool behind_end =
            len > 1 && text.ptr[len - 1] == '\n' && ledger.count == 2 && ledger.state == LEDGER_WHOLE;
        unseen += behind_end;
        cr_expect(behind_end || ledger.state == LEDGER_TORN, "cut at %zu: %d", len, (int)ledger.state);
        for (size_t i = 0; i < ledger.count; i++) {
            cr_expect_eq(ledger_compare(&ledger.entries[i], &entries[i]), 0);
        }
        /* What is added behind its good lines makes it whole again. */
        struct slice mended =
            joined((struct slice){text.ptr, ledger.good_bytes},
                   ledger_addition(arena, &ledger, entries + ledger.count, 3 - ledger.count, ours));
        ledger_read(&ledger, arena, mended, ours);
        cr_expect_eq(ledger.state, LEDGER_WHOLE);
        cr_expect_eq(ledger.count, 3);
    }
    cr_expect_eq(unseen, 1, "the end of the first addition alone");
}

/* Any byte of a line that was changed is found in that line; lines that were taken out or swapped too. */
Test(ledger, a_change_is_found_in_its_line)
{
    struct slice text = whole();
    size_t line = 1;
    for (size_t at = 0; at < text.len; at++) {
        struct ledger ledger;
        struct slice changed = arena_copy(arena, text);
        char *byte = (char *)(uintptr_t)&changed.ptr[at];
        if (*byte == '\n') {
            line++;
            continue;
        }
        *byte = *byte == '0' ? '1' : '0';
        ledger_read(&ledger, arena, changed, ours);
        cr_expect(ledger.state == LEDGER_CHANGED || (line == 1 && ledger.state == LEDGER_FOREIGN), "byte %zu",
                  at);
        cr_expect_eq(ledger.fault_line, line, "byte %zu: line %zu", at, ledger.fault_line);
    }
}

Test(ledger, a_line_taken_out_is_missed)
{
    struct ledger ledger;
    struct slice text = whole();
    const char *second = strchr(text.ptr, '\n') + 1;
    const char *third = strchr(second, '\n') + 1;
    struct slice without =
        joined((struct slice){text.ptr, (size_t)(second - text.ptr)}, slice_from_cstr(third));
    ledger_read(&ledger, arena, without, ours);
    cr_expect_eq(ledger.state, LEDGER_CHANGED);
    cr_expect_eq(ledger.fault_line, 2);
}
