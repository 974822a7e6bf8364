#include "app/config.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

TestSuite(config, .fini = leaks_check);

/* The least that a file must say. */
#define NEEDED "[database]\nurl = host=/run/x dbname=z\n[secret]\nfile = /etc/zevenstem/root.secret\n"

struct parsed {
    struct zs_config config;
    struct arena *arena;
    struct buffer faults;
    bool ok;
};

static struct parsed parse(struct slice text)
{
    struct parsed p = {.arena = arena_create(1 << 20)};
    buffer_init(&p.faults, 1 << 20);
    p.ok = config_parse(&p.config, &p.faults, p.arena, text);
    return p;
}

static void done(struct parsed *p)
{
    buffer_free(&p->faults);
    arena_destroy(p->arena);
}

/* Parses text and compares every fault line; "" means that there are none. */
static void expect_faults(const char *text, const char *expected)
{
    struct parsed p = parse(slice_from_cstr(text));
    cr_expect_eq(p.ok, expected[0] == '\0', "%s", text);
    cr_expect(slice_equal_cstr(buffer_slice(&p.faults), expected), "for\n%s\nexpected\n%s\ngot\n%.*s", text,
              expected, SLICE_ARG(buffer_slice(&p.faults)));
    done(&p);
}

Test(config, defaults_stand_without_being_given)
{
    struct parsed p = parse(SLICE(NEEDED));
    cr_assert(p.ok, "%.*s", SLICE_ARG(buffer_slice(&p.faults)));
    cr_expect_str_eq(p.config.server.listen_address, "127.0.0.1");
    cr_expect_eq(p.config.server.port, 8080);
    cr_expect_eq(p.config.server.connections, 236);
    cr_expect_null(p.config.server.trusted_proxies[0]);
    cr_expect_str_eq(p.config.database.url, "host=/run/x dbname=z");
    cr_expect_str_eq(p.config.database.owner_url, "");
    cr_expect_eq(p.config.log.level, LOG_INFO);
    cr_expect_eq(p.config.log.command_level, LOG_WARN);
    cr_expect_eq(p.config.protection.minimum_cell_count, 10);
    cr_expect_eq(p.config.service.security_expires, 0);
    cr_expect_str_eq(p.config.service.language, "nl");
    done(&p);
}

Test(config, values_are_read)
{
    struct parsed p = parse(
        SLICE("\xEF\xBB\xBF# first\r\n[server]\r\n  port=0  \r\n public_url = https://praat.example\n"
              "trusted_proxies = 10.0.0.0/8 ,::1\n; second\n\n[log]\nlevel = warn\n" NEEDED
              "[service]\nname = Zeven = zeven # zeven\nsecurity_contact = mailto:veilig@praat.example\n"
              "security_expires = 2027-06-30T02:00:00+02:00\nlanguage = en"));
    cr_assert(p.ok, "%.*s", SLICE_ARG(buffer_slice(&p.faults)));
    cr_expect_eq(p.config.server.port, 0);
    cr_expect_str_eq(p.config.server.public_url, "https://praat.example");
    cr_expect_str_eq(p.config.server.trusted_proxies[0], "10.0.0.0/8");
    cr_expect_str_eq(p.config.server.trusted_proxies[1], "::1");
    cr_expect_null(p.config.server.trusted_proxies[2]);
    cr_expect_eq(p.config.log.level, LOG_WARN);
    cr_expect_str_eq(p.config.service.name, "Zeven = zeven # zeven");
    cr_expect_eq(p.config.service.security_expires, 1814313600); /* date -d 2027-06-30T00:00:00Z +%s */
    cr_expect_str_eq(p.config.service.language, "en");
    done(&p);
}

Test(config, all_faults_come_at_once_with_their_lines)
{
    expect_faults("port = 1\n"
                  "[server\n"
                  "[sever]\n"
                  "port = 1\n"
                  "[server]\n"
                  "port = 70000\n"
                  "Port = 80\n"
                  "threads\n"
                  "threads = 3\n"
                  "threads = 2\n"
                  "public_url = praat.example\n"
                  "[log]\n"
                  "level = loud\n"
                  "[database]\n"
                  "url =\n",
                  "1: stands before the first section: port\n"
                  "2: a section is written as [name]: [server\n"
                  "3: no such section: [sever]\n"
                  "6: [server] port: must be a whole number from 0 to 65535\n"
                  "7: no such setting in this section: Port\n"
                  "8: neither a section nor key = value: threads\n"
                  "10: [server] threads: was given in line 9 already\n"
                  "11: [server] public_url: must start with http:// or https://\n"
                  "13: [log] level: must be debug, info, warn, error or silent\n"
                  "15: [database] url: must have a value\n"
                  "15: [secret] file: is missing\n");
}

Test(config, urls_are_checked)
{
    expect_faults(NEEDED "[server]\npublic_url = https://a.example/\n",
                  "6: [server] public_url: must not end in a slash\n");
    expect_faults(NEEDED "[server]\npublic_url = https://\n", "6: [server] public_url: has no host\n");
    expect_faults(NEEDED "[server]\npublic_url =\n",
                  "6: [server] public_url: must start with http:// or https://\n");
    expect_faults(NEEDED "[server]\npublic_url = https://a b\n",
                  "6: [server] public_url: has a character that does not belong in a URL\n");
    expect_faults(NEEDED "[service]\ncontact_url =\n", "");
}

Test(config, settings_that_depend_on_each_other)
{
    expect_faults(NEEDED "[server]\nconnections = 300\n",
                  "6: [server] connections: may be 118 for each of [server] threads at most\n");
    expect_faults(NEEDED "[server]\nconnections = 300\nthreads = 3\n", "");
    expect_faults(NEEDED "[database]\njob_deadline_ms = 1000\n",
                  "6: [database] statement_timeout_ms: must not be longer than job_deadline_ms\n");
    expect_faults(
        NEEDED "[protection]\nperturbation_max = 4\n",
        "6: [protection] perturbation_variance: goes together with perturbation_max: 4 and 1, 5 and "
        "2, or 6 and 3\n");
    expect_faults(NEEDED "[protection]\nperturbation_max = 6\nperturbation_variance = 3\n", "");
    expect_faults(NEEDED
                  "[protection]\nperturbation_max = 6\nperturbation_variance = 3\nminimum_cell_count = 5\n",
                  "8: [protection] minimum_cell_count: must not be lower than perturbation_max\n");
    expect_faults(NEEDED "[service]\nsecurity_contact = mailto:a@b.example\n",
                  "6: [service] security_contact: goes together with security_expires\n");
    expect_faults(NEEDED "[service]\nsecurity_contact = mailto:a@b.example\nsecurity_expires = 2027\n",
                  "7: [service] security_expires: must be a date and time such as 2027-06-30T00:00:00Z\n"
                  "7: [service] security_contact: goes together with security_expires\n");
}

Test(config, lists_are_bounded)
{
    expect_faults(NEEDED "[server]\ntrusted_proxies = 10.0.0.1,,10.0.0.2\n",
                  "6: [server] trusted_proxies: has an empty element\n");
    struct buffer text;
    buffer_init(&text, 1 << 16);
    buffer_append_cstr(&text, NEEDED "[server]\ntrusted_proxies = ::1");
    for (int i = 1; i < CONFIG_MAX_LIST; i++) {
        buffer_append_cstr(&text, ",::1");
    }
    struct parsed p = parse(buffer_slice(&text));
    cr_expect(p.ok);
    cr_expect_str_eq(p.config.server.trusted_proxies[CONFIG_MAX_LIST - 1], "::1");
    cr_expect_null(p.config.server.trusted_proxies[CONFIG_MAX_LIST]);
    done(&p);
    buffer_append_cstr(&text, ",::1");
    p = parse(buffer_slice(&text));
    cr_expect_not(p.ok);
    cr_expect(slice_equal_cstr(buffer_slice(&p.faults),
                               "6: [server] trusted_proxies: has more than 32 elements\n"));
    done(&p);
    buffer_free(&text);
}

Test(config, not_text_is_refused)
{
    static const char *const wrong =
        "1: not a configuration file: it must be UTF-8 text of at most 256 KiB\n";
    expect_faults(NEEDED "# \xff\n", wrong);
    struct parsed p = parse(SLICE(NEEDED "#\0\n"));
    cr_expect_not(p.ok);
    done(&p);
    struct buffer text;
    buffer_init(&text, 1 << 20);
    while (text.len <= CONFIG_MAX_BYTES) {
        buffer_append_cstr(&text, "# a comment of some length\n");
    }
    p = parse(buffer_slice(&text));
    cr_expect_not(p.ok);
    cr_expect(slice_equal_cstr(buffer_slice(&p.faults), wrong));
    done(&p);
    buffer_free(&text);
}

/* A file full of faults costs bounded memory and says how many there were. */
Test(config, faults_are_bounded)
{
    struct buffer text;
    buffer_init(&text, CONFIG_MAX_BYTES);
    buffer_append_cstr(&text, "[server]\n");
    for (int i = 0; i < 20000; i++) {
        buffer_append_cstr(&text, "port=1\n");
    }
    struct parsed p = parse(buffer_slice(&text));
    cr_expect_not(p.ok);
    const char *tail = "20001: and 19901 more\n"; /* 19,999 repeats and 2 missing settings, 100 shown */
    struct slice got = buffer_slice(&p.faults);
    cr_expect(got.len < 16384);
    cr_expect(got.len > strlen(tail) && memcmp(got.ptr + got.len - strlen(tail), tail, strlen(tail)) == 0,
              "%.*s", SLICE_ARG(got));
    done(&p);
    buffer_free(&text);
}

/* ---- the file that is shipped ---- */

static bool has_line(const char *path, const char *section, const char *line)
{
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file, "%s", path);
    char got[4096], current[64] = "";
    bool found = false;
    while (!found && fgets(got, sizeof got, file) != NULL) {
        got[strcspn(got, "\n")] = '\0';
        if (got[0] == '[') {
            snprintf(current, sizeof current, "%.60s", got);
        }
        char heading[64];
        snprintf(heading, sizeof heading, "[%s]", section);
        found = strcmp(current, heading) == 0 && strcmp(got, line) == 0;
    }
    fclose(file);
    return found;
}

static void expect_in_shipped_file(const char *section, const char *key, const char *default_text,
                                   void *context)
{
    char line[256];
    snprintf(line, sizeof line, "%s =%s%s", key, default_text[0] ? " " : "", default_text);
    cr_expect(has_line(context, section, line), "config/zevenstem.conf lacks '%s' in [%s]", line, section);
}

Test(config, the_shipped_file_shows_every_setting_with_its_default)
{
    char path[] = "config/zevenstem.conf";
    config_each_setting(expect_in_shipped_file, path);
    struct arena *arena = arena_create(1 << 20);
    struct buffer faults;
    buffer_init(&faults, 1 << 16);
    struct zs_config config;
    cr_expect_not(config_load(&config, &faults, arena, path));
    struct slice got = buffer_slice(&faults), first, second;
    slice_cut(&first, &got, got, '\n');
    slice_cut(&second, &got, got, '\n');
    cr_expect_eq(got.len, 0, "only the two obligatory settings are open in it: %.*s",
                 SLICE_ARG(buffer_slice(&faults)));
    cr_expect(slice_starts_with(first, SLICE("config/zevenstem.conf:")) &&
              memmem(first.ptr, first.len, "[database] url: must have a value", 33) != NULL);
    cr_expect_not_null(memmem(second.ptr, second.len, "[secret] file: must have a value", 32));
    buffer_free(&faults);
    arena_destroy(arena);
}

Test(config, the_coordinators_key_is_a_key_or_nothing)
{
#define KEY_LINE NEEDED "[service]\ncoordinator_public_key = "
    struct parsed p = parse(SLICE(KEY_LINE "hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo\n"));
    cr_assert(p.ok, "%.*s", SLICE_ARG(buffer_slice(&p.faults)));
    cr_expect_str_eq(p.config.service.coordinator_public_key, "hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo");
    done(&p);
    expect_faults(KEY_LINE "\n", "");
    static const char fault[] =
        "6: [service] coordinator_public_key: must be a public key as `zevenstem offer keypair` prints it\n";
    expect_faults(KEY_LINE "hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTm\n", fault);
    expect_faults(KEY_LINE "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a\n", fault);
    expect_faults(KEY_LINE "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", fault);
}

Test(config, a_file_that_cannot_be_read_is_named)
{
    struct arena *arena = arena_create(1 << 20);
    struct buffer faults;
    buffer_init(&faults, 1 << 16);
    struct zs_config config;
    cr_expect_not(config_load(&config, &faults, arena, "/nonexistent/zevenstem.conf"));
    cr_expect(
        slice_equal_cstr(buffer_slice(&faults), "/nonexistent/zevenstem.conf: No such file or directory\n"));
    buffer_clear(&faults);
    cr_expect_not(config_load(&config, &faults, arena, "/"));
    cr_expect(slice_equal_cstr(buffer_slice(&faults), "/: Is a directory\n"));
    buffer_free(&faults);
    arena_destroy(arena);
}
