/* A round made from an old one: what it holds of the core, and what is refused. */
#include "features/questionnaire/questionnaire.h"
#include "features/survey/survey_publish.h"

#include "base/embedded.h"
#include "crypto/crypto.h"
#include "web/web.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct arena *arena;
static struct locales *locales;
static struct consultation_bundle bundle;
static struct json_errors errors;

static const char source[] = "config/consultations/biotechnologie-2026.json";
enum { BUNDLE_MAX = 512 * 1024 * 1024 };

static bool read_from(const char *path)
{
    json_errors_init(&errors, arena);
    return consultation_bundle_read(&bundle, &errors, arena, path, locales);
}

static void begin(void)
{
    cr_assert(crypto_start());
    arena = arena_create(BUNDLE_MAX);
    locales = locales_load(embedded_locales);
    cr_assert(read_from(source), "%s", errors.count > 0 ? errors.items[0].pointer : "");
}

static void end(void)
{
    locales_free(locales);
    arena_destroy(arena);
}

static struct next_round puls_of(const char *from)
{
    return (struct next_round){.from = slice_from_cstr(from),
                               .code = SLICE("biotechnologie-2026-2"),
                               .kind = SLICE("puls"),
                               .title = {SLICE("Puls"), SLICE("Pulse")},
                               .opens_at = SLICE("2027-09-01T00:00:00Z"),
                               .closes_at = SLICE("2027-10-01T00:00:00Z"),
                               .destruction_date = SLICE("2029-01-01")};
}

/* The consultation with this round behind the others, read again from a folder of its own. */
static bool read_with(json_t *round)
{
    char folder[] = "/tmp/zevenstem-next-XXXXXX";
    char here[PATH_MAX];
    static const char *const parts[] = {"questionnaires", "explainers"};
    cr_assert(mkdtemp(folder) && getcwd(here, sizeof here));
    for (size_t i = 0; i < 2; i++) {
        cr_assert_eq(symlink(arena_printf(arena, "%s/config/%s", here, parts[i]).ptr,
                             arena_printf(arena, "%s/%s", folder, parts[i]).ptr),
                     0);
    }
    const char *inner = arena_printf(arena, "%s/consultations", folder).ptr;
    const char *path = arena_printf(arena, "%s/next.json", inner).ptr;
    cr_assert_eq(mkdir(inner, 0700), 0);
    json_array_append(json_object_get(bundle.document, "rounds"), round);
    cr_assert_eq(json_dump_file(bundle.document, path, 0), 0);
    bool good = read_from(path);
    unlink(path);
    rmdir(inner);
    for (size_t i = 0; i < 2; i++) {
        unlink(arena_printf(arena, "%s/%s", folder, parts[i]).ptr);
    }
    rmdir(folder);
    return good;
}

static const struct json_error_item *fault_at(const char *pointer)
{
    for (size_t i = 0; i < json_errors_kept(&errors); i++) {
        const char *place = strchr(errors.items[i].pointer, '#');
        if (place && strcmp(place + 1, pointer) == 0) {
            return &errors.items[i];
        }
    }
    return NULL;
}

static json_t *make(void)
{
    const char *why;
    struct next_round wish = puls_of("biotechnologie-2026-1");
    json_t *round = consultation_next_round(&why, &bundle, &wish);
    cr_assert(round, "%s", why);
    return round;
}

TestSuite(survey_next, .init = begin, .fini = end);

Test(survey_next, holds_the_core_and_passes_the_check)
{
    json_t *round = make();
    const json_t *core = json_object_get(round, "core");
    cr_expect_str_eq(json_string_value(json_object_get(round, "from")), "biotechnologie-2026-1");
    cr_expect_eq(json_array_size(json_object_get(round, "variants")), 1);
    cr_expect_eq(strlen(json_string_value(json_object_get(core, "houding-algemeen"))), 64);
    cr_expect(json_object_get(core, "kweekvlees_zorg"), "each application's own");
    cr_expect(read_with(round), "%s", errors.count > 0 ? errors.items[0].pointer : "");
}

Test(survey_next, refuses_other_words_unless_declared)
{
    static const char other[] = "0000000000000000000000000000000000000000000000000000000000000000";
    json_t *round = make();
    json_object_set_new(json_object_get(round, "core"), "houding-algemeen", json_string(other));
    json_object_set_new(json_object_get(round, "core"), "verdwenen", json_string(other));
    cr_assert(!read_with(round));
    cr_expect_eq(errors.count, 2);
    cr_expect_str_eq(fault_at("/rounds/1/core/houding-algemeen")->code, "gewijzigd");
    cr_expect_str_eq(fault_at("/rounds/1/core/verdwenen")->code, "ontbreekt");

    cr_assert(read_from(source));
    json_object_set_new(round, "changed", json_pack("[s,s]", "houding-algemeen", "verdwenen"));
    cr_expect(read_with(round), "%s", errors.count > 0 ? errors.items[0].pointer : "");
}

Test(survey_next, refuses_a_round_that_is_not_there_or_a_code_that_is)
{
    const char *why;
    struct next_round wish = puls_of("nergens");
    cr_expect_null(consultation_next_round(&why, &bundle, &wish));
    wish = puls_of("biotechnologie-2026-1");
    wish.code = SLICE("biotechnologie-2026-1");
    cr_expect_null(consultation_next_round(&why, &bundle, &wish));
    wish.code = SLICE("anders");
    wish.questionnaire = SLICE("nergens");
    cr_expect_null(consultation_next_round(&why, &bundle, &wish));
}

/* A third round, made from a second that was made from the first. */
static json_t *make_third(void)
{
    const char *why;
    struct next_round wish = puls_of("biotechnologie-2026-2");
    wish.code = SLICE("biotechnologie-2026-3");
    json_t *round = consultation_next_round(&why, &bundle, &wish);
    cr_assert(round, "%s", why);
    return round;
}

Test(survey_next, holds_on_to_what_the_round_before_held)
{
    static const char other[] = "0000000000000000000000000000000000000000000000000000000000000000";
    json_t *second = make();
    cr_assert(read_with(second));
    json_t *third = make_third();
    cr_assert(read_with(third), "%s", errors.count > 0 ? errors.items[0].pointer : "");
    /* Left out, or taken over otherwise: no question leaves the core in silence. */
    json_t *core = json_copy(json_object_get(third, "core"));
    json_object_del(core, "houding-algemeen");
    json_object_set_new(core, "kweekvlees_zorg", json_string(other));
    cr_assert(read_from(source));
    cr_assert(read_with(second));
    json_object_set_new(third, "core", core);
    cr_assert(!read_with(third));
    cr_expect_str_eq(fault_at("/rounds/2/core/houding-algemeen")->code, "kern");
    /* It is wrong by the round before and by the questionnaire. */
    cr_expect_not_null(fault_at("/rounds/2/core/kweekvlees_zorg"));
    /* Declared changed by the round before, whose trend ended there: the next is free of it. */
    cr_assert(read_from(source));
    json_object_set_new(second, "changed", json_pack("[s]", "houding-algemeen"));
    cr_assert(read_with(second), "%s", errors.count > 0 ? errors.items[0].pointer : "");
    third = make_third();
    json_object_del(json_object_get(third, "core"), "houding-algemeen");
    cr_expect(read_with(third), "%s", errors.count > 0 ? errors.items[0].pointer : "");
}
