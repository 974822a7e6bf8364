#include "cmd/cmd.h"
#include "cmd/english.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <string.h>

TestSuite(cmd, .fini = leaks_check);

static const char usage[] = "usage: test FILE\n";

/* What cmd_parse made of the words after the command's name. */
struct outcome {
    struct cmd_arguments arguments;
    const char *config;
    bool dry_run;
    int status;
};

static struct outcome parse(int least, int most, const char *const *words)
{
    struct outcome o = {.config = NULL};
    const struct cmd_option options[] = {
        {"--config", &o.config, NULL}, {"--dry-run", NULL, &o.dry_run}, {NULL, NULL, NULL}};
    static char storage[24][32] = {"test"}; /* what cmd_parse gives points into it */
    char *argv[25] = {storage[0]};
    int argc = 1;
    for (; words[argc - 1] != NULL; argc++) {
        cr_assert_lt((size_t)snprintf(storage[argc], sizeof storage[argc], "%s", words[argc - 1]),
                     sizeof storage[argc]);
        argv[argc] = storage[argc];
    }
    o.status = cmd_parse(&o.arguments, argc, argv, options, least, most, usage);
    return o;
}
#define WORDS(...)                                                                                           \
    (const char *[])                                                                                         \
    {                                                                                                        \
        __VA_ARGS__, NULL                                                                                    \
    }

Test(cmd, options_and_arguments_in_any_order)
{
    struct outcome o = parse(1, 2, WORDS("one", "--config", "a.conf", "--dry-run", "two"));
    cr_expect_eq(o.status, CMD_GO);
    cr_expect_eq(o.arguments.count, 2);
    cr_expect_str_eq(o.arguments.values[0], "one");
    cr_expect_str_eq(o.arguments.values[1], "two");
    cr_expect_str_eq(o.config, "a.conf");
    cr_expect(o.dry_run);
    o = parse(0, 1, WORDS("--config=b=c.conf", "--", "--dry-run"));
    cr_expect_eq(o.status, CMD_GO);
    cr_expect_str_eq(o.config, "b=c.conf");
    cr_expect_not(o.dry_run);
    cr_expect_str_eq(o.arguments.values[0], "--dry-run");
    o = parse(0, 1, WORDS("-"));
    cr_expect_eq(o.status, CMD_GO);
    cr_expect_str_eq(o.arguments.values[0], "-", "a single dash is an argument: standard input");
}

#define HELP_OF_TEST                                                                                         \
    "usage: test FILE\n\nWithout --config the configuration is the file that $ZEVENSTEM_CONFIG names, else " \
    "/etc/zevenstem/zevenstem.conf.\n"

Test(cmd, help_is_no_fault)
{
    cr_redirect_stdout();
    cr_expect_eq(parse(2, 2, WORDS("--help")).status, CMD_OK);
    cr_expect_eq(parse(2, 2, WORDS("x", "-h")).status, CMD_OK);
    fflush(stdout);
    cr_expect_stdout_eq_str(HELP_OF_TEST HELP_OF_TEST);
}

Test(cmd, what_is_explained_is_left_for_help)
{
    cr_redirect_stderr();
    cr_expect_eq(cmd_misused("usage: zevenstem test FILE\n       zevenstem test list\n\nIt tests.\n",
                             "--k takes %d", 5),
                 CMD_USAGE);
    fflush(stderr);
    cr_expect_stderr_eq_str("--k takes 5\nusage: zevenstem test FILE\n       zevenstem test list\n"
                            "`zevenstem test --help` tells more\n");
}

Test(cmd, misuse_is_said_with_the_usage)
{
    cr_redirect_stderr();
    cr_expect_eq(parse(1, 2, WORDS("--dry-run")).status, CMD_USAGE);
    cr_expect_eq(parse(0, 1, WORDS("a", "b")).status, CMD_USAGE);
    cr_expect_eq(parse(0, 1, WORDS("--force")).status, CMD_USAGE);
    cr_expect_eq(parse(0, 1, WORDS("--dry-run=yes")).status, CMD_USAGE);
    cr_expect_eq(parse(0, 1, WORDS("--config")).status, CMD_USAGE);
    fflush(stderr);
    cr_expect_stderr_eq_str("too few arguments\nusage: test FILE\n"
                            "too many arguments: b\nusage: test FILE\n"
                            "unknown option --force\nusage: test FILE\n"
                            "--dry-run takes no value\nusage: test FILE\n"
                            "--config needs a value\nusage: test FILE\n");
}

Test(cmd, more_arguments_than_there_is_room_for)
{
    cr_redirect_stderr();
    const char *words[21] = {NULL};
    for (int i = 0; i < 20; i++) {
        words[i] = "x";
    }
    cr_expect_eq(parse(0, 100, words).status, CMD_USAGE);
}

Test(cmd, a_faulty_configuration_is_said)
{
    cr_redirect_stderr();
    struct arena *arena = arena_create(1 << 20);
    struct zs_config config;
    cr_expect_not(cmd_load_config(&config, arena, "/nonexistent.conf"));
    fflush(stderr);
    cr_expect_stderr_eq_str(
        "/nonexistent.conf: No such file or directory\n"
        "the configuration is the file of --config, else the one that $ZEVENSTEM_CONFIG names, else "
        "/etc/zevenstem/zevenstem.conf; one to begin with is /usr/share/zevenstem/zevenstem.conf "
        "(deploy/README.md)\n");
    arena_destroy(arena);
}

Test(cmd, faults_are_in_english)
{
    struct arena *arena = arena_create(1 << 20);
    struct json_errors errors, part;
    int64_t number = 0;
    const struct json_field fields[] = {{.name = "n", .kind = JSON_KIND_INT, .max = 9, .out = &number}};
    cmd_errors_init(&errors, arena);
    json_errors_init_part(&part, &errors, arena);
    json_decode(&errors, "", json_parse(&errors, arena, SLICE("{\"n\": 10}")), fields, 1);
    json_decode(&errors, "", json_parse(&errors, arena, SLICE("{\"n\": \"x\"}")), fields, 1);
    json_errors_add(&errors, "", "bestand", "Het bestand is niet te lezen: %s.", "why");
    json_errors_add(&errors, "", "leeg", "%s", "Het bestand is leeg.");
    json_errors_add(&errors, "", "vreemd", "Niemand zegt dit: %d.", 3);
    json_errors_add(&part, "", "leeg", "%s", "Het bestand is leeg.");
    cr_assert_eq(errors.count, 5);
    cr_expect_str_eq(errors.items[0].detail, "Give a number from 0 to 9.");
    cr_expect_str_eq(errors.items[1].detail, "Give a whole number here.");
    cr_expect_str_eq(errors.items[2].detail, "The file cannot be read: why.");
    cr_expect_str_eq(errors.items[3].detail, "The file is empty.");
    cr_expect_str_eq(errors.items[4].detail, "Niemand zegt dit: 3.", "what is not known stays as it is");
    cr_expect_str_eq(part.items[0].detail, "The file is empty.");
    arena_destroy(arena);
}
