/* A consultation as one document: made alike wherever its files are, read however it was written, and refused
 * before it takes more memory than there is. */
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

static const char small[] = "tests/app/fixtures/klein.json";
static const char real[] = "config/consultations/biotechnologie-2026.json";
enum { ROOM = 256 * 1024 * 1024 /* of somebody who sends one */ };

static void begin(void)
{
    cr_assert(crypto_start());
    arena = arena_create(ROOM);
    locales = locales_load(embedded_locales);
}

static void end(void)
{
    locales_free(locales);
    arena_destroy(arena);
}

static json_t *packed(const char *path)
{
    const char *name;
    json_errors_init(&errors, arena);
    cr_assert(consultation_bundle_pack(&bundle, &name, &errors, arena, path, locales));
    cr_assert_str_eq(name, strrchr(path, '/') + 1);
    return json_parse(&errors, arena, bundle.package);
}

static bool unpack(const json_t *package, size_t flags)
{
    const char *path = NULL;
    char *text = json_dumps(package, flags);
    struct slice copy = arena_copy(arena, slice_from_cstr(text));
    free(text);
    json_errors_init(&errors, arena);
    return consultation_bundle_unpack(&bundle, &path, &errors, arena, copy, locales);
}

static bool has_fault(const char *pointer, const char *code)
{
    for (size_t i = 0; i < json_errors_kept(&errors); i++) {
        if (strcmp(errors.items[i].pointer, pointer) == 0 && strcmp(errors.items[i].code, code) == 0) {
            return true;
        }
    }
    return false;
}

Test(bundle, is_packed_alike_wherever_its_files_are)
{
    char folder[] = "/tmp/zevenstem-pack-XXXXXX";
    char here[PATH_MAX];
    static const char *const parts[] = {"consultations", "questionnaires", "explainers"};
    begin();
    packed(real);
    const struct slice first = bundle.package;
    cr_assert(mkdtemp(folder) && getcwd(here, sizeof here));
    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(symlink(arena_printf(arena, "%s/config/%s", here, parts[i]).ptr,
                             arena_printf(arena, "%s/%s", folder, parts[i]).ptr),
                     0);
    }
    packed(arena_printf(arena, "%s/consultations/biotechnologie-2026.json", folder).ptr);
    cr_expect(slice_equal(first, bundle.package));
    for (size_t i = 0; i < 3; i++) {
        unlink(arena_printf(arena, "%s/%s", folder, parts[i]).ptr);
    }
    rmdir(folder);
    end();
}

/* A textarea sends other line ends, a person may lay it out: it stays the same package. */
Test(bundle, is_the_same_however_it_is_written)
{
    begin();
    const json_t *document = packed(small);
    const struct slice first = bundle.package;
    cr_expect(unpack(document, JSON_INDENT(4)));
    cr_expect(slice_equal(first, bundle.package));
    end();
}

/* Each questionnaire is kept with all explainers: a package of two MiB may ask for hundreds. */
Test(bundle, whose_questionnaires_are_too_large_together_is_refused)
{
    enum { MANY = 100, TEXT = 4900 };
    static char text[TEXT + 1];
    begin();
    memset(text, 'a', TEXT);
    json_t *document = packed(small);
    json_t *files = json_object_get(document, "files");
    json_t *consultation = json_object_get(files, "klein.json");
    json_t *names = json_object_get(consultation, "questionnaires");
    json_t *explainers = json_object_get(consultation, "explainers");
    const json_t *questions = json_object_get(files, "klein-vragen.json");
    for (int i = 0; i < MANY; i++) {
        char name[40];
        snprintf(name, sizeof name, "vragen-%d.json", i);
        json_t *copy = json_deep_copy(questions);
        snprintf(name, sizeof name, "vragen-%d", i);
        json_object_set_new(copy, "code", json_string(name));
        snprintf(name, sizeof name, "vragen-%d.json", i);
        json_object_set_new(files, name, copy);
        json_array_append_new(names, json_string(name));
        snprintf(name, sizeof name, "uitleg-%d.json", i);
        json_array_append_new(explainers, json_string(name));
        snprintf(name, sizeof name, "uitleg-%d", i);
        json_t *explainer =
            json_pack("{s:s,s:s,s:{s:s,s:s},s:{s:s,s:s},s:{s:s,s:s},s:[{s:s,s:s,s:i}],s:s,s:s}", "code", name,
                      "kind", "term", "title", "nl", "Woord", "en", "Word", "one_line", "nl", "Een.", "en",
                      "One.", "what", "nl", "Een.", "en", text, "sources", "title", "Boek", "publisher",
                      "Uitgever", "year", 2026, "checked_by", "Iemand", "checked_on", "2026-11-01");
        snprintf(name, sizeof name, "uitleg-%d.json", i);
        json_object_set_new(files, name, explainer);
    }
    cr_expect_not(unpack(document, JSON_COMPACT));
    cr_expect(has_fault("klein.json#/questionnaires", "te-groot"), "%zu faults, the first %s: %s",
              errors.count, errors.items ? errors.items[0].pointer : "-",
              errors.items ? errors.items[0].detail : "-");
    cr_expect_lt(arena_used(arena), ROOM / 2);
    end();
}

/* A name stands in the place of each fault below it: one of a MiB would be written hundreds of times. */
Test(bundle, with_names_or_a_whole_that_are_too_long_is_refused)
{
    enum { LONG = 1024 * 1024 };
    begin();
    char *name = arena_alloc(arena, 2 * LONG + 1);
    json_t *document = packed(small);
    json_t *files = json_object_get(document, "files");
    json_t *questions = json_deep_copy(json_object_get(files, "klein-vragen.json"));
    memset(name, 'a', LONG);
    json_t *variants = json_object_get(questions, "variants");
    json_object_set_new(variants, name, json_object());
    json_object_set_new(files, "klein-vragen.json", questions);
    cr_expect_not(unpack(document, JSON_COMPACT));
    cr_expect(has_fault("", "te-lang"));
    cr_expect_lt(arena_used(arena), 16 * LONG);
    memset(name, 'a', 2 * LONG);
    json_object_del(variants, arena_cstr(arena, (struct slice){name, LONG}));
    json_object_set_new(document, "x", json_string(name));
    cr_expect_not(unpack(document, JSON_COMPACT));
    cr_expect(has_fault("", "te-groot"));
    cr_expect_eq(errors.count, 1);
    end();
}
