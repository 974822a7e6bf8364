/* The configuration file: sections, `key = value` lines, comments that start with # or ;.
 * config/zevenstem.conf is the whole list of settings with what they mean; a setting left out keeps the
 * default written there.
 *
 * A value is the rest of its line without white space at the ends; there is no quoting and no continuation. A
 * # inside a value belongs to the value. Unknown sections and keys, a key given twice, and values out of
 * range are faults. All faults are reported at once, each with its line. */
#ifndef ZEVENSTEM_APP_CONFIG_H
#define ZEVENSTEM_APP_CONFIG_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/log.h"
#include "base/slice.h"

enum {
    CONFIG_MAX_BYTES = 256 * 1024,
    CONFIG_MAX_LIST = 32, /* elements of a comma-separated value */
    CONFIG_MAX_FAULTS = 100
};

/* Strings are NUL-terminated and never NULL; not set is "". They live in the arena given to config_parse. */
struct zs_config {
    struct {
        const char *listen_address;
        int64_t port;                       /* 0: any free one */
        const char *public_url;             /* no slash at the end */
        const char *const *trusted_proxies; /* addresses or CIDR, ended by NULL */
        int64_t threads, connections;
        int64_t idle_timeout_s, request_deadline_s, drain_timeout_s;
    } server;
    struct {
        const char *url;       /* the service's login */
        const char *owner_url; /* for `zevenstem migrate`; "" on a machine that only serves */
        int64_t workers, queue;
        int64_t statement_timeout_ms, lock_timeout_ms;
        int64_t job_deadline_ms, batch_deadline_ms;
    } database;
    struct {
        const char *file;
    } secret;
    struct {
        enum log_level level, command_level; /* of the service, and of the other commands */
    } log;
    struct {
        int64_t requests_per_s, request_burst;
        int64_t body_memory_mib, request_memory_mib;
    } limits;
    struct {
        int64_t idle_minutes, session_hours;
        int64_t second_factor_for_all; /* 0 or 1 */
    } accounts;
    struct {
        const char *folder;
        int64_t max_mib, max_seconds;
    } exports;
    struct {
        const char *ledger_file, *statements_folder; /* "": none */
        int64_t archive_first;                       /* 0 or 1 */
    } retention;
    struct {
        const char *licence;         /* "cc0", "cc-by-4.0", or "": none was chosen */
        const char *organisation_id; /* of [service] organisation in the TOOI registers; "": not given */
        const char *const *themes;   /* codes of the EU's data themes, ended by NULL */
    } opendata;
    struct {
        int64_t minimum_cell_count;
        int64_t perturbation_max, perturbation_variance;
    } protection;
    struct { /* bars of the rules that propose signals */
        int64_t worry_percent, change_points, divided_hundredths;
        int64_t growth_points, growth_texts, growth_coded;
    } suggestions;
    struct {
        const char *name, *organisation;
        const char *contact_name, *contact_email, *contact_phone, *contact_url;
        const char *accessibility_url;
        const char *security_contact; /* mailto: or https: */
        int64_t security_expires;     /* Unix seconds; 0: not set */
        const char *language;         /* "nl" or "en" */
        /* To whom offers are sealed where a consultation names no key of its own; "": to nobody. */
        const char *coordinator_public_key;
        int64_t invented_data; /* 0 or 1: whether consultations of invented data may be published */
    } service;
};

/* Pure. Fills *out with the defaults and then with what `text` says. True when there was no fault; otherwise
 * `faults` has one line a fault, "12: [server] port: ...", in the order of the file, and *out must not be
 * used. */
bool config_parse(struct zs_config *out, struct buffer *faults, struct arena *arena, struct slice text);

/* Reads and parses the file. Faults are lines that start with the path. */
bool config_load(struct zs_config *out, struct buffer *faults, struct arena *arena, const char *path);

/* For tests and documentation: calls `each` for every setting with its default as it would be written in the
 * file. */
void config_each_setting(void (*each)(const char *section, const char *key, const char *default_text,
                                      void *context),
                         void *context);

#endif
