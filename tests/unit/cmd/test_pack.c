/* `consultation pack`: what it prints is the document that is proposed, and nothing beside it. */
#include "base/embedded.h"
#include "cmd/cmd.h"
#include "features/survey/survey.h"
#include "web/web.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <unistd.h>

enum { ROOM = 256 * 1024 * 1024 };

/* What the command prints; its status in *status. */
static struct slice printed(int *status, struct arena *arena, const char *path)
{
    char words[3][64] = {"consultation", "pack", ""};
    char *argv[] = {words[0], words[1], words[2], NULL};
    FILE *file = tmpfile();
    cr_assert(file);
    snprintf(words[2], sizeof words[2], "%s", path);
    fflush(stdout);
    const int before = dup(STDOUT_FILENO);
    cr_assert(before >= 0 && dup2(fileno(file), STDOUT_FILENO) >= 0);
    *status = cmd_consultation(3, argv);
    fflush(stdout);
    cr_assert_geq(dup2(before, STDOUT_FILENO), 0);
    close(before);
    rewind(file);
    char *bytes = arena_alloc(arena, CONSULTATION_PACKAGE_MAX);
    const size_t len = fread(bytes, 1, CONSULTATION_PACKAGE_MAX, file);
    fclose(file);
    return (struct slice){bytes, len};
}

Test(pack, prints_what_is_proposed)
{
    cr_redirect_stderr();
    struct arena *arena = arena_create(ROOM);
    struct locales *locales = locales_load(embedded_locales);
    struct consultation_bundle bundle;
    struct json_errors errors;
    const char *path = NULL;
    int status;
    const struct slice package = printed(&status, arena, "tests/app/fixtures/klein.json");
    json_errors_init(&errors, arena);
    cr_expect_eq(status, CMD_OK);
    cr_assert(consultation_bundle_unpack(&bundle, &path, &errors, arena, package, locales));
    cr_expect_str_eq(path, "klein.json");
    cr_expect(slice_equal(bundle.package, package), "canonical, so that its SHA-256 is the proposal's");
    cr_expect_eq(printed(&status, arena, "tests/app/fixtures/klein-vragen.json").len, 0);
    cr_expect_eq(status, CMD_FAILED, "no consultation");
    locales_free(locales);
    arena_destroy(arena);
}
