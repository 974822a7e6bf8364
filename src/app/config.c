#include "app/config.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "crypto/crypto.h"

#include <stdio.h>
#include <string.h>

/* ---- the settings: one row each ---- */

enum setting_kind {
    SETTING_TEXT,  /* const char * */
    SETTING_LIST,  /* const char *const *, comma separated */
    SETTING_INT,   /* int64_t, min..max */
    SETTING_LEVEL, /* enum log_level */
    SETTING_URL,   /* const char *, http: or https:, no slash at the end; "" allowed when the default is "" */
    SETTING_TIME,  /* int64_t, RFC 3339; "" is 0 */
    SETTING_LANG,  /* const char *, nl or en */
    SETTING_KEY    /* const char *, a public key in base64url, or "" */
};

struct setting {
    const char *section;
    const char *key;
    enum setting_kind kind;
    bool obligatory; /* must stand in the file with a value */
    size_t offset;
    int64_t min, max;
    const char *default_text;
};

#define AT(member) offsetof(struct zs_config, member)

static const struct setting settings[] = {
    {"server", "listen_address", SETTING_TEXT, false, AT(server.listen_address), 0, 0, "127.0.0.1"},
    {"server", "port", SETTING_INT, false, AT(server.port), 0, 65535, "8080"},
    {"server", "public_url", SETTING_URL, false, AT(server.public_url), 0, 0, "http://127.0.0.1:8080"},
    {"server", "trusted_proxies", SETTING_LIST, false, AT(server.trusted_proxies), 0, 0, ""},
    {"server", "threads", SETTING_INT, false, AT(server.threads), 2, 4, "2"},
    {"server", "connections", SETTING_INT, false, AT(server.connections), 8, 472, "236"},
    {"server", "idle_timeout_s", SETTING_INT, false, AT(server.idle_timeout_s), 1, 3600, "30"},
    {"server", "request_deadline_s", SETTING_INT, false, AT(server.request_deadline_s), 1, 3600, "30"},
    {"server", "drain_timeout_s", SETTING_INT, false, AT(server.drain_timeout_s), 1, 600, "10"},
    {"database", "url", SETTING_TEXT, true, AT(database.url), 0, 0, ""},
    {"database", "owner_url", SETTING_TEXT, false, AT(database.owner_url), 0, 0, ""},
    {"database", "workers", SETTING_INT, false, AT(database.workers), 1, 64, "8"},
    {"database", "queue", SETTING_INT, false, AT(database.queue), 1, 100000, "512"},
    {"database", "statement_timeout_ms", SETTING_INT, false, AT(database.statement_timeout_ms), 100, 600000,
     "5000"},
    {"database", "lock_timeout_ms", SETTING_INT, false, AT(database.lock_timeout_ms), 10, 600000, "2000"},
    {"database", "job_deadline_ms", SETTING_INT, false, AT(database.job_deadline_ms), 100, 600000, "10000"},
    {"database", "batch_deadline_ms", SETTING_INT, false, AT(database.batch_deadline_ms), 100, 600000,
     "10000"},
    {"secret", "file", SETTING_TEXT, true, AT(secret.file), 0, 0, ""},
    {"log", "level", SETTING_LEVEL, false, AT(log.level), 0, 0, "info"},
    {"log", "command_level", SETTING_LEVEL, false, AT(log.command_level), 0, 0, "warn"},
    {"limits", "requests_per_s", SETTING_INT, false, AT(limits.requests_per_s), 1, 100000, "20"},
    {"limits", "request_burst", SETTING_INT, false, AT(limits.request_burst), 1, 1000000, "200"},
    {"limits", "body_memory_mib", SETTING_INT, false, AT(limits.body_memory_mib), 1, 4096, "64"},
    {"limits", "request_memory_mib", SETTING_INT, false, AT(limits.request_memory_mib), 1, 1024, "16"},
    {"accounts", "idle_minutes", SETTING_INT, false, AT(accounts.idle_minutes), 5, 240, "30"},
    {"accounts", "session_hours", SETTING_INT, false, AT(accounts.session_hours), 1, 24, "10"},
    {"accounts", "second_factor_for_all", SETTING_INT, false, AT(accounts.second_factor_for_all), 0, 1, "0"},
    {"exports", "folder", SETTING_TEXT, false, AT(exports.folder), 0, 0, "/tmp"},
    {"exports", "max_mib", SETTING_INT, false, AT(exports.max_mib), 1, 102400, "2048"},
    {"exports", "max_seconds", SETTING_INT, false, AT(exports.max_seconds), 1, 50, "45"},
    {"retention", "ledger_file", SETTING_TEXT, false, AT(retention.ledger_file), 0, 0, ""},
    {"retention", "statements_folder", SETTING_TEXT, false, AT(retention.statements_folder), 0, 0, ""},
    {"retention", "archive_first", SETTING_INT, false, AT(retention.archive_first), 0, 1, "0"},
    {"opendata", "licence", SETTING_TEXT, false, AT(opendata.licence), 0, 0, ""},
    {"opendata", "organisation_id", SETTING_URL, false, AT(opendata.organisation_id), 0, 0, ""},
    {"opendata", "themes", SETTING_LIST, false, AT(opendata.themes), 0, 0, "GOVE"},
    {"protection", "minimum_cell_count", SETTING_INT, false, AT(protection.minimum_cell_count), 5, 1000,
     "10"},
    {"protection", "perturbation_max", SETTING_INT, false, AT(protection.perturbation_max), 4, 6, "5"},
    {"protection", "perturbation_variance", SETTING_INT, false, AT(protection.perturbation_variance), 1, 3,
     "2"},
    {"suggestions", "worry_percent", SETTING_INT, false, AT(suggestions.worry_percent), 1, 99, "50"},
    {"suggestions", "change_points", SETTING_INT, false, AT(suggestions.change_points), 1, 100, "5"},
    {"suggestions", "divided_hundredths", SETTING_INT, false, AT(suggestions.divided_hundredths), -99, 99,
     "0"},
    {"suggestions", "growth_points", SETTING_INT, false, AT(suggestions.growth_points), 1, 100, "5"},
    {"suggestions", "growth_texts", SETTING_INT, false, AT(suggestions.growth_texts), 1, 100000, "10"},
    {"suggestions", "growth_coded", SETTING_INT, false, AT(suggestions.growth_coded), 1, 100000, "50"},
    {"service", "name", SETTING_TEXT, false, AT(service.name), 0, 0, "Zevenstem"},
    {"service", "organisation", SETTING_TEXT, false, AT(service.organisation), 0, 0, ""},
    {"service", "contact_name", SETTING_TEXT, false, AT(service.contact_name), 0, 0, ""},
    {"service", "contact_email", SETTING_TEXT, false, AT(service.contact_email), 0, 0, ""},
    {"service", "contact_phone", SETTING_TEXT, false, AT(service.contact_phone), 0, 0, ""},
    {"service", "contact_url", SETTING_URL, false, AT(service.contact_url), 0, 0, ""},
    {"service", "accessibility_url", SETTING_URL, false, AT(service.accessibility_url), 0, 0, ""},
    {"service", "security_contact", SETTING_TEXT, false, AT(service.security_contact), 0, 0, ""},
    {"service", "security_expires", SETTING_TIME, false, AT(service.security_expires), 0, 0, ""},
    {"service", "language", SETTING_LANG, false, AT(service.language), 0, 0, "nl"},
    {"service", "coordinator_public_key", SETTING_KEY, false, AT(service.coordinator_public_key), 0, 0, ""},
    {"service", "invented_data", SETTING_INT, false, AT(service.invented_data), 0, 1, "0"},
};
enum { SETTING_COUNT = sizeof settings / sizeof settings[0] };

void config_each_setting(void (*each)(const char *section, const char *key, const char *default_text,
                                      void *context),
                         void *context)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        each(settings[i].section, settings[i].key, settings[i].default_text, context);
    }
}

/* ---- one value ---- */

struct parse {
    struct zs_config *out;
    struct buffer *faults;
    struct arena *arena;
    int fault_count;
    uint32_t line;
    struct slice section;
    bool section_known;
    uint32_t seen[SETTING_COUNT]; /* line where it stood; 0: not yet */
};

__attribute__((format(printf, 4, 5))) static void
fault_at(struct parse *p, uint32_t line, const struct setting *setting, const char *format, ...)
{
    p->fault_count++;
    if (p->fault_count > CONFIG_MAX_FAULTS) {
        return;
    }
    char message[160];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    buffer_printf(p->faults, "%u: [%s] %s: %s\n", line, setting->section, setting->key, message);
}

static void fault_text(struct parse *p, const char *what, struct slice found)
{
    p->fault_count++;
    if (p->fault_count > CONFIG_MAX_FAULTS) {
        return;
    }
    struct slice shown = {found.ptr, utf8_offset(found, 60)};
    buffer_printf(p->faults, "%u: %s: %.*s\n", p->line, what, SLICE_ARG(shown));
}

static const char out_of_bounds[] = "is out of its bounds";

static const char *set_list(const char *const **target, struct arena *arena, struct slice value)
{
    const char **list = arena_array(arena, CONFIG_MAX_LIST + 1, sizeof *list);
    size_t count = 0;
    while (value.len > 0) {
        struct slice element;
        slice_cut(&element, &value, value, ',');
        element = slice_trim(element);
        if (element.len == 0) {
            return "has an empty element";
        }
        if (count == CONFIG_MAX_LIST) {
            return "has more than 32 elements";
        }
        list[count++] = arena_cstr(arena, element);
    }
    *target = list;
    return NULL;
}

static const char *check_url(struct slice value)
{
    struct slice rest = value;
    if (slice_starts_with(value, SLICE("https://"))) {
        rest.ptr += 8;
        rest.len -= 8;
    } else if (slice_starts_with(value, SLICE("http://"))) {
        rest.ptr += 7;
        rest.len -= 7;
    } else {
        return "must start with http:// or https://";
    }
    if (rest.len == 0 || rest.ptr[0] == '/') {
        return "has no host";
    }
    if (rest.ptr[rest.len - 1] == '/') {
        return "must not end in a slash";
    }
    for (size_t i = 0; i < rest.len; i++) {
        unsigned char c = (unsigned char)rest.ptr[i];
        if (c <= ' ' || c == '"' || c == '<' || c == '>' || c == '\\' || c >= 0x7f) {
            return "has a character that does not belong in a URL";
        }
    }
    return NULL;
}

/* Puts the value where the setting lives; NULL, or what is wrong with it (a SETTING_INT is out of its bounds:
 * the caller has them). */
static const char *set_value(struct parse *p, const struct setting *setting, struct slice value)
{
    char *target = (char *)p->out + setting->offset;
    switch (setting->kind) {
    case SETTING_TEXT:
        *(const char **)(void *)target = arena_cstr(p->arena, value);
        return NULL;
    case SETTING_LIST:
        return set_list((const char *const **)(void *)target, p->arena, value);
    case SETTING_INT:
        if (!slice_to_i64((int64_t *)(void *)target, value, setting->min, setting->max)) {
            return out_of_bounds;
        }
        return NULL;
    case SETTING_LEVEL:
        return log_level_from_text((enum log_level *)(void *)target, value)
                   ? NULL
                   : "must be debug, info, warn, error or silent";
    case SETTING_URL: {
        const char *wrong = value.len == 0 && setting->default_text[0] == '\0' ? NULL : check_url(value);
        *(const char **)(void *)target = arena_cstr(p->arena, value);
        return wrong;
    }
    case SETTING_TIME:
        *(int64_t *)(void *)target = 0;
        return value.len == 0 || clock_parse_rfc3339((int64_t *)(void *)target, value)
                   ? NULL
                   : "must be a date and time such as 2027-06-30T00:00:00Z";
    case SETTING_LANG:
        *(const char **)(void *)target = arena_cstr(p->arena, value);
        return slice_equal_cstr(value, "nl") || slice_equal_cstr(value, "en") ? NULL : "must be nl or en";
    case SETTING_KEY: {
        unsigned char key[CRYPTO_PUBLIC_KEY_BYTES];
        *(const char **)(void *)target = arena_cstr(p->arena, value);
        return value.len == 0 || crypto_public_key_parse(key, value)
                   ? NULL
                   : "must be a public key as `zevenstem offer keypair` prints it";
    }
    }
    return "unknown kind of setting";
}

/* ---- lines ---- */

static void parse_section(struct parse *p, struct slice line)
{
    p->section_known = false;
    if (line.len < 3 || line.ptr[line.len - 1] != ']') {
        fault_text(p, "a section is written as [name]", line);
        p->section = (struct slice){0};
        return;
    }
    p->section = slice_trim((struct slice){line.ptr + 1, line.len - 2});
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        if (slice_equal_cstr(p->section, settings[i].section)) {
            p->section_known = true;
            return;
        }
    }
    fault_text(p, "no such section", line);
}

static void parse_setting(struct parse *p, struct slice line)
{
    struct slice key, value;
    if (!slice_cut(&key, &value, line, '=')) {
        fault_text(p, "neither a section nor key = value", line);
        return;
    }
    key = slice_trim(key);
    value = slice_trim(value);
    if (p->section.len == 0) {
        fault_text(p, "stands before the first section", key);
        return;
    }
    if (!p->section_known) {
        return; /* the section was the fault */
    }
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        if (!slice_equal_cstr(p->section, settings[i].section) || !slice_equal_cstr(key, settings[i].key)) {
            continue;
        }
        if (p->seen[i] != 0) {
            fault_at(p, p->line, &settings[i], "was given in line %u already", p->seen[i]);
            return;
        }
        p->seen[i] = p->line;
        const char *wrong = settings[i].obligatory && value.len == 0 ? "must have a value"
                                                                     : set_value(p, &settings[i], value);
        if (wrong == out_of_bounds) {
            fault_at(p, p->line, &settings[i], "must be a whole number from %lld to %lld",
                     (long long)settings[i].min, (long long)settings[i].max);
        } else if (wrong != NULL) {
            fault_at(p, p->line, &settings[i], "%s", wrong);
        }
        return;
    }
    fault_text(p, "no such setting in this section", key);
}

static void parse_line(struct parse *p, struct slice line)
{
    line = slice_trim(line);
    if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';') {
        return;
    }
    if (line.ptr[0] == '[') {
        parse_section(p, line);
    } else {
        parse_setting(p, line);
    }
}

static const struct setting *find_setting(const char *section, const char *key)
{
    size_t i = 0;
    while (i < SETTING_COUNT - 1 &&
           (strcmp(settings[i].section, section) != 0 || strcmp(settings[i].key, key) != 0)) {
        i++;
    }
    return &settings[i];
}

/* What no single value can say. */
static void check_together(struct parse *p)
{
    const struct zs_config *c = p->out;
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        if (settings[i].obligatory && p->seen[i] == 0) {
            fault_at(p, p->line, &settings[i], "is missing");
        }
    }
    if (c->server.connections > 118 * c->server.threads) {
        fault_at(p, p->line, find_setting("server", "connections"),
                 "may be 118 for each of [server] threads at most");
    }
    if (c->database.statement_timeout_ms > c->database.job_deadline_ms) {
        fault_at(p, p->line, find_setting("database", "statement_timeout_ms"),
                 "must not be longer than job_deadline_ms");
    }
    if (c->protection.perturbation_max != c->protection.perturbation_variance + 3) {
        fault_at(p, p->line, find_setting("protection", "perturbation_variance"),
                 "goes together with perturbation_max: 4 and 1, 5 and 2, or 6 and 3");
    }
    if (c->protection.minimum_cell_count < c->protection.perturbation_max) {
        fault_at(p, p->line, find_setting("protection", "minimum_cell_count"),
                 "must not be lower than perturbation_max");
    }
    if (c->opendata.licence[0] != '\0' && strcmp(c->opendata.licence, "cc0") != 0 &&
        strcmp(c->opendata.licence, "cc-by-4.0") != 0) {
        fault_at(p, p->line, find_setting("opendata", "licence"), "must be cc0 or cc-by-4.0");
    }
    for (size_t i = 0; c->opendata.themes && c->opendata.themes[i]; i++) {
        if (strlen(c->opendata.themes[i]) != 4 ||
            strspn(c->opendata.themes[i], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 4) {
            fault_at(p, p->line, find_setting("opendata", "themes"),
                     "has codes of four capitals, such as GOVE");
        }
    }
    if ((c->service.security_contact[0] != '\0') != (c->service.security_expires != 0)) {
        fault_at(p, p->line, find_setting("service", "security_contact"),
                 "goes together with security_expires");
    }
}

bool config_parse(struct zs_config *out, struct buffer *faults, struct arena *arena, struct slice text)
{
    struct parse p = {.out = out, .faults = faults, .arena = arena};
    *out = (struct zs_config){0};
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const char *wrong = set_value(&p, &settings[i], slice_from_cstr(settings[i].default_text));
        if (wrong != NULL) {
            fault_at(&p, 0, &settings[i], "default: %s", wrong);
        }
    }
    if (text.len > CONFIG_MAX_BYTES || !utf8_valid(text) ||
        memchr(text.ptr ? text.ptr : "", '\0', text.len) != NULL) {
        buffer_append_cstr(faults, "1: not a configuration file: it must be UTF-8 text of at most 256 KiB\n");
        return false;
    }
    if (slice_starts_with(text, SLICE("\xEF\xBB\xBF"))) {
        text.ptr += 3;
        text.len -= 3;
    }
    while (text.len > 0) {
        struct slice line;
        slice_cut(&line, &text, text, '\n');
        p.line++;
        parse_line(&p, line);
    }
    check_together(&p);
    if (p.fault_count > CONFIG_MAX_FAULTS) {
        buffer_printf(faults, "%u: and %d more\n", p.line, p.fault_count - CONFIG_MAX_FAULTS);
    }
    return p.fault_count == 0;
}
