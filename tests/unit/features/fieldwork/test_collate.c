/* A text beside a corrected one: which turn is which, what stays redacted. */
#include "features/fieldwork/fieldwork_collate.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct arena *arena;

static void setup(void)
{
    arena = arena_create((size_t)128 << 20);
}

static void teardown(void)
{
    arena_destroy(arena);
}

TestSuite(collate, .init = setup, .fini = teardown);

/* "1:Text" is participant 1, "m:Text" the moderator, "-1:Text" participant 1 who withdrew. */
static size_t turns(struct collate_turn *out, const char *const *said)
{
    size_t count = 0;
    for (; said[count]; count++) {
        const bool left_out = said[count][0] == '-';
        const char *who = said[count] + left_out;
        const bool person = who[0] != 'm';
        out[count] = (struct collate_turn){.speaker = person ? SLICE("deelnemer") : SLICE("moderator"),
                                           .participant = person ? who[0] - '0' : 0,
                                           .body = slice_from_cstr(who + 2),
                                           .left_out = left_out};
    }
    return count;
}

/* Of each turn of the new where it came from ("=2", "~2" changed, "+"), then those that are gone ("-1"). */
static const char *told(struct collation *c, const char *const *old, const char *const *new)
{
    static char text[512];
    struct collate_turn a[64], b[64];
    size_t length = 0;
    const size_t old_count = turns(a, old), new_count = turns(b, new);
    fieldwork_collate(c, arena, a, old_count, b, new_count);
    text[0] = '\0';
    for (size_t i = 0; i < new_count; i++) {
        const struct collate_place *place = &c->places[i];
        length +=
            (size_t)(place->source == COLLATE_NONE ? snprintf(text + length, sizeof text - length, "+ ")
                                                   : snprintf(text + length, sizeof text - length, "%s%d ",
                                                              place->same ? "=" : "~", (int)place->source));
    }
    for (size_t i = 0; i < old_count; i++) {
        length += (size_t)(c->gone[i] ? snprintf(text + length, sizeof text - length, "-%zu ", i) : 0);
    }
    return text;
}

#define EXPECT_TOLD(WANTED, OLD, NEW)                                                                        \
    do {                                                                                                     \
        const char *got = told(&c, OLD, NEW);                                                                \
        cr_expect_str_eq(got, WANTED, "gave %s", got);                                                       \
    } while (0)

static const char *const talk[] = {
    "m:Welkom.", "1:Dank u wel.", "2:Ik wil het liever niet eten.", "1:Ja.", "2:Want het is niet natuurlijk.",
    NULL};

Test(collate, the_same_text_is_the_same)
{
    struct collation c;
    EXPECT_TOLD("=0 =1 =2 =3 =4 ", talk, talk);
    cr_expect(c.same == 5 && c.changed == 0 && c.added == 0 && c.gone_count == 0 && c.redacted == 0);
}

Test(collate, a_word_that_is_corrected_changes_its_turn_alone)
{
    static const char *const new[] = {"m:Welkom.",
                                      "1:Dank u wel.",
                                      "2:Ik wil het liever wel eten.",
                                      "1:Ja.",
                                      "2:Want het is niet natuurlijk.",
                                      NULL};
    struct collation c;
    EXPECT_TOLD("=0 =1 ~2 =3 =4 ", talk, new);
    cr_assert_eq(c.places[2].edit_count, 1);
    cr_expect_eq(c.places[2].edits[0].old.start, 18);
    cr_expect_eq(c.places[2].edits[0].old.end, 22);
    cr_expect_eq(c.places[2].edits[0].new.end, 21);
}

Test(collate, turns_are_added_and_go)
{
    static const char *const new[] = {"m:Welkom allemaal hier vanavond.",
                                      "1:Dank u wel.",
                                      "3:Mag ik iets vragen?",
                                      "2:Ik wil het liever niet eten.",
                                      "2:Want het is niet natuurlijk.",
                                      NULL};
    struct collation c;
    EXPECT_TOLD("~0 =1 + =2 =4 -3 ", talk, new);
    cr_expect(c.same == 3 && c.changed == 1 && c.added == 1 && c.gone_count == 1);
}

Test(collate, what_somebody_else_said_is_told_by_its_words)
{
    static const char *const new[] = {"m:Welkom.",
                                      "1:Dank u wel.",
                                      "1:Ik wil het liever niet eten.",
                                      "1:Ja.",
                                      "2:Want het is niet natuurlijk.",
                                      NULL};
    struct collation c;
    EXPECT_TOLD("=0 =1 ~2 =3 =4 ", talk, new);
    cr_expect(c.places[2].is_other);
    cr_expect_eq(c.places[2].edit_count, 0);
}

Test(collate, of_parted_and_joined_turns_the_larger_part_goes_on)
{
    static const char *const parted[] = {
        "m:Welkom.", "1:Dank u wel.", "2:Ik wil het liever niet",       "m:Niet?",
        "2:eten.",   "1:Ja.",         "2:Want het is niet natuurlijk.", NULL};
    struct collation c;
    EXPECT_TOLD("=0 =1 ~2 + + =3 =4 ", talk, parted);
    EXPECT_TOLD("=0 =1 ~2 =5 =6 -3 -4 ", parted, talk);
}

Test(collate, what_was_redacted_stays_so)
{
    static const char *const old[] = {"1:Ik ben [deelnemer P1] en woon aan de [adres].",
                                      "2:Bel mij op [telefoonnummer]", "1:Dat is [onverstaanbaar] zo.", NULL};
    static const char *const new[] = {"1:Ik ben Jan de Vries en woonde aan de Dorpsstraat 12.",
                                      "2:Bel mij op 06-12345678", "1:Dat is echt zo.", NULL};
    struct collation c;
    EXPECT_TOLD("~0 =1 ~2 ", old, new);
    cr_expect(slice_equal_cstr(c.places[0].body, "Ik ben [deelnemer P1] en woonde aan de [adres]."), "%.*s",
              SLICE_ARG(c.places[0].body));
    cr_expect(slice_equal_cstr(c.places[2].body, "Dat is echt zo."), "%.*s", SLICE_ARG(c.places[2].body));
    cr_expect_eq(c.redacted, 3);
}

Test(collate, a_redaction_that_the_file_has_nothing_for_stays_in_its_place)
{
    static const char *const old[] = {"1:Vraag het [naam] maar.", "2:Ik heet [naam]", NULL};
    static const char *const new[] = {"1:Vraag het maar eens.", "2:Ik heet", NULL};
    struct collation c;
    EXPECT_TOLD("~0 =1 ", old, new);
    for (size_t i = 0; i < 2; i++) {
        cr_expect_not_null(strstr(arena_cstr(arena, c.places[i].body), "[naam]"), "%.*s",
                           SLICE_ARG(c.places[i].body));
    }
}

Test(collate, of_who_withdrew_nothing_comes_back_and_what_turns_out_to_be_theirs_goes)
{
    static const char *const old[] = {"m:Welkom.", "1:[weggelaten op verzoek]", "2:Dat vond ik ook.",
                                      "m:Nog iemand die wil?", NULL};
    static const char *const new[] = {"m:Welkom.", "-1:Wat ik toen zei.", "2:Dat vond ik ook.",
                                      "-1:Nog iemand die wil?", NULL};
    struct collation c;
    EXPECT_TOLD("=0 =1 =2 ~3 ", old, new);
    cr_expect_not(c.places[1].withdrawn);
    cr_expect(c.places[3].withdrawn);
    cr_expect(slice_equal_cstr(c.places[3].body, "[weggelaten op verzoek]"));
}

Test(collate, nothing_and_everything_are_texts_too)
{
    static const char *const none[] = {NULL};
    static const char *const other[] = {"3:Heel iets anders.", NULL};
    struct collation c;
    EXPECT_TOLD("", none, none);
    EXPECT_TOLD("+ + + + + ", none, talk);
    EXPECT_TOLD("-0 -1 -2 -3 -4 ", talk, none);
    EXPECT_TOLD("+ -0 -1 -2 -3 -4 ", talk, other);
}

/* Each turn changed, so that no turn is the same: more changes than are searched for. */
Test(collate, two_hours_of_which_every_turn_is_corrected_are_paired, .timeout = 60)
{
    enum { TURNS = 3000 };
    struct collation c;
    struct collate_turn *a = arena_array(arena, TURNS, sizeof *a), *b = arena_array(arena, TURNS, sizeof *b);
    for (size_t i = 0; i < TURNS; i++) {
        a[i] =
            (struct collate_turn){.speaker = SLICE("deelnemer"),
                                  .participant = (int32_t)(i % 7) + 1,
                                  .body = arena_printf(arena, "Beurt %zu gaat hier over nummer %zu", i, i)};
        b[i] = a[i];
        b[i].body = arena_printf(arena, "Beurt %zu gaat daar over nummer %zu", i, i);
    }
    /* One more in front, so that the two do not run together. */
    memmove(b + 1, b, (TURNS - 1) * sizeof *b);
    b[0].body = SLICE("Iets nieuws vooraf.");
    fieldwork_collate(&c, arena, a, TURNS, b, TURNS);
    cr_expect_eq(c.changed, TURNS - 1, "%zu", c.changed);
    cr_expect_eq(c.places[TURNS - 1].source, TURNS - 2);
}
