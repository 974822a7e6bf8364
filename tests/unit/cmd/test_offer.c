/* `zevenstem offer draw` as the coordinator runs it: files in, files out, no server. */
#include "cmd/cmd.h"
#include "features/survey/survey.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LETTERS = 40 };

static struct arena *arena;
static struct crypto_keypair keypair;
static char folder[] = "/tmp/offer-draw-XXXXXX";

static char *path(const char *name)
{
    return arena_cstr(arena, arena_printf(arena, "%s/%s", folder, name));
}

static void write_text(const char *name, const char *text)
{
    FILE *file = fopen(path(name), "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

static void setup(void)
{
    cr_assert(crypto_start());
    cr_redirect_stdout();
    cr_redirect_stderr();
    arena = arena_create(1 << 26);
    cr_assert_not_null(mkdtemp(folder));
    cr_assert(crypto_keypair_generate(&keypair, path("key")));
    write_text("plan",
               "{\"ronde\":\"r1\",\"soort\":\"focusgroep\",\"overwerving\":1,\"segmenten\":[{\"segment\":"
               "\"jong\",\"kenmerken\":{\"leeftijd\":\"18-24\"},\"gesprekken\":2,\"mensen\":8,"
               "\"reservesNodig\":3},{\"segment\":\"oud\",\"kenmerken\":{\"leeftijd\":\"75-plus\"},"
               "\"mensen\":50}]}");
}

static void teardown(void)
{
    static const char *const names[] = {"key", "other", "plan", "offers", "offers2", "p1", "p2", "c1", "c2"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        unlink(path(names[i]));
    }
    rmdir(folder);
    arena_destroy(arena);
    leaks_check();
}

TestSuite(offer_command, .init = setup, .fini = teardown);

static const char *line_of(size_t i, const struct crypto_keypair *to, const char *round)
{
    struct slice sealed;
    char text[8192];
    const struct slice letter =
        arena_printf(arena,
                     "{\"ronde\":\"%s\",\"wensen\":[\"gesprek\"],\"naam\":\"Naam%zu\",\"email\":\"p%zu@"
                     "voorbeeld.nl\",\"leeftijd\":\"%s\"}%*s",
                     round, i, i, i % 2 ? "18-24" : "75-plus", (int)(3000 - i), "");
    cr_assert(crypto_seal_to(&sealed, arena, to->public_key, letter));
    crypto_base64url(text, sizeof text, (const unsigned char *)sealed.ptr, sealed.len);
    return arena_printf(arena, "{\"round\":\"%s\",\"purpose\":\"conversation\",\"sealed\":\"%s\"}\n", round,
                        text)
        .ptr;
}

/* Lines in the order first, first + step, ... (step and count have no divisor in common). */
static void write_offers(const char *name, const char *const *lines, size_t count, size_t step)
{
    FILE *file = fopen(path(name), "w");
    cr_assert_not_null(file);
    for (size_t i = 0; i < count; i++) {
        fputs(lines[i * step % count], file);
    }
    fprintf(file, "{\"offers\":%zu}\n", count);
    fclose(file);
}

static int draw(const char *offers, const char *key, const char *protocol, const char *contacts)
{
    char *argv[] = {(char[]){"offer"},
                    (char[]){"draw"},
                    path(offers),
                    (char[]){"--key"},
                    path(key),
                    (char[]){"--targets"},
                    path("plan"),
                    (char[]){"--seed"},
                    (char[]){"lotto 26 november"},
                    (char[]){"--strata"},
                    (char[]){"leeftijd,provincie"},
                    (char[]){"--protocol"},
                    path(protocol),
                    (char[]){"--contacts"},
                    path(contacts),
                    NULL};
    return cmd_offer((int)(sizeof argv / sizeof argv[0]) - 1, argv);
}

static struct slice contents(const char *name)
{
    char *text = arena_alloc(arena, 1 << 20);
    FILE *file = fopen(path(name), "r");
    cr_assert_not_null(file, "there is no %s", name);
    const size_t got = fread(text, 1, (1 << 20) - 1, file);
    fclose(file);
    return (struct slice){text, got};
}

static bool there(const char *name)
{
    return access(path(name), F_OK) == 0;
}

static const char **good_lines(void)
{
    const char **lines = arena_array(arena, LETTERS, sizeof *lines);
    for (size_t i = 0; i < LETTERS; i++) {
        lines[i] = line_of(i, &keypair, "r1");
    }
    return lines;
}

Test(offer_command, another_order_gives_the_same_files)
{
    struct stat about;
    const char **lines = good_lines();
    write_offers("offers", lines, LETTERS, 1);
    write_offers("offers2", lines, LETTERS, 7);
    cr_assert_eq(draw("offers", "key", "p1", "c1"), CMD_OK);
    cr_assert_eq(draw("offers2", "key", "p2", "c2"), CMD_OK);
    cr_expect(slice_equal(contents("p1"), contents("p2")));
    cr_expect(slice_equal(contents("c1"), contents("c2")));
    cr_assert_eq(stat(path("c1"), &about), 0);
    cr_expect_eq(about.st_mode & 0777, 0600);
    cr_expect_null(strstr(contents("p1").ptr, "voorbeeld.nl"));
    cr_expect_not_null(strstr(contents("c1").ptr, "voorbeeld.nl"));
    /* The last line is one of a group that is short: twenty came for fifty places. */
    cr_expect_not_null(strstr(contents("p1").ptr, "\"tekort\": 30"));
}

Test(offer_command, letters_of_other_rounds_may_be_for_somebody_else)
{
    struct crypto_keypair other;
    const char **lines = good_lines();
    cr_assert(crypto_keypair_generate(&other, path("other")));
    lines[3] = line_of(3, &other, "r2");
    write_offers("offers", lines, LETTERS, 1);
    cr_expect_eq(draw("offers", "key", "p1", "c1"), CMD_OK);
    cr_expect_not_null(strstr(contents("p1").ptr, "\"brieven\": 39"));
}

Test(offer_command, nothing_is_drawn_with_another_key)
{
    struct crypto_keypair other;
    cr_assert(crypto_keypair_generate(&other, path("other")));
    write_offers("offers", good_lines(), LETTERS, 1);
    cr_expect_eq(draw("offers", "other", "p1", "c1"), CMD_FAILED);
    cr_expect_not(there("p1"));
    cr_expect_not(there("c1"));
}

Test(offer_command, nothing_is_drawn_from_a_damaged_file)
{
    const char **lines = good_lines();
    char *damaged = arena_cstr(arena, slice_from_cstr(lines[5]));
    damaged[200] = damaged[200] == 'A' ? 'B' : 'A';
    lines[5] = damaged;
    write_offers("offers", lines, LETTERS, 1);
    cr_expect_eq(draw("offers", "key", "p1", "c1"), CMD_FAILED);
    lines[5] = "{\"round\":\"r1\",\"sealed\":\"";
    write_offers("offers2", lines, LETTERS, 1);
    cr_expect_eq(draw("offers2", "key", "p1", "c1"), CMD_FAILED);
    cr_expect_not(there("p1"));
    cr_expect_not(there("c1"));
}

/* A letter that was moved to another round in the file says itself where it belongs. */
Test(offer_command, a_letter_under_another_round_is_noticed)
{
    const char **lines = good_lines();
    char *moved = arena_cstr(arena, slice_from_cstr(line_of(5, &keypair, "r2")));
    memcpy(strstr(moved, "r2"), "r1", 2);
    lines[5] = moved;
    write_offers("offers", lines, LETTERS, 1);
    cr_expect_eq(draw("offers", "key", "p1", "c1"), CMD_FAILED);
}

Test(offer_command, a_file_that_was_cut_off_is_noticed)
{
    write_offers("offers", good_lines(), LETTERS, 1);
    const struct slice whole = contents("offers");
    FILE *file = fopen(path("offers2"), "w");
    fwrite(whole.ptr, 1, whole.len - 20, file);
    fclose(file);
    cr_expect_eq(draw("offers2", "key", "p1", "c1"), CMD_FAILED);
    cr_expect_not(there("c1"));
}

Test(offer_command, nothing_is_overwritten)
{
    write_offers("offers", good_lines(), LETTERS, 1);
    write_text("c1", "mine");
    cr_expect_eq(draw("offers", "key", "p1", "c1"), CMD_FAILED);
    cr_expect(slice_equal_cstr(contents("c1"), "mine"));
    cr_expect_not(there("p1"), "a protocol of a draw that nobody has");
}

Test(offer_command, verbs_take_what_is_theirs)
{
    char *no_seed[] = {(char[]){"offer"}, (char[]){"draw"}, (char[]){"in"},
                       (char[]){"--key"}, (char[]){"k"},    NULL};
    cr_expect_eq(cmd_offer(5, no_seed), CMD_USAGE);
    char *seed[] = {(char[]){"offer"},  (char[]){"open"}, (char[]){"in"},
                    (char[]){"--seed"}, (char[]){"k"},    NULL};
    cr_expect_eq(cmd_offer(5, seed), CMD_USAGE);
    char *no_verb[] = {(char[]){"offer"}, (char[]){"deal"}, NULL};
    cr_expect_eq(cmd_offer(2, no_verb), CMD_USAGE);
}
