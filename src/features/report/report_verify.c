#include "features/report/report_verify.h"

#include "base/clock.h"
#include "features/results/results.h"
#include "features/survey/survey.h"
#include "features/tafel/tafel.h"

#include <stdarg.h>
#include <string.h>

struct work {
    struct report_proof *out;
    struct arena *arena;
    struct db_conn *conn;
    struct results *results;
    const struct survey_snapshot *snapshot;
    const json_t *document;
    struct slice bytes;
    int64_t now_s;
    size_t faults_before, changes_before; /* this transaction, which may run twice */
};

static void __attribute__((format(printf, 4, 0)))
say(const char **list, size_t *count, struct arena *arena, const char *format, va_list args)
{
    if (*count < REPORT_FINDINGS_MAX) {
        list[(*count)++] = arena_vprintf(arena, format, args).ptr;
    }
}

static void __attribute__((format(printf, 2, 3))) fault(struct work *w, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(w->out->faults, &w->out->fault_count, w->arena, format, args);
    va_end(args);
}

static void __attribute__((format(printf, 2, 3))) changed(struct work *w, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(w->out->changes, &w->out->change_count, w->arena, format, args);
    va_end(args);
}

/* ---- the releases ---- */

static const struct survey_round *round_of(const struct work *w, const json_t *object)
{
    return survey_round_find(w->snapshot, slice_from_cstr(report_text(object, "ronde")));
}

/* The one that the report names takes the place of the newest. */
static enum db_status hold_named(struct work *w, const json_t *release)
{
    unsigned char digest[CRYPTO_SHA256_BYTES];
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    bool found = false;
    const struct survey_round *round = round_of(w, release);
    const int32_t number = (int32_t)json_integer_value(json_object_get(release, "uitgave"));
    if (!round) {
        fault(w, "there is no round %s here", report_text(release, "ronde"));
        return DB_OK;
    }
    const enum db_status status =
        results_hold_release(&found, digest, w->results, w->conn, round->id, number);
    if (status != DB_OK) {
        return status;
    }
    if (!found) {
        fault(w, "release %d of round %s is not here, or is of another questionnaire", (int)number,
              round->code);
        return DB_OK;
    }
    crypto_hex(hex, digest, sizeof digest);
    if (strcmp(hex, report_text(release, "sha256")) != 0) {
        fault(w, "release %d of round %s is not stored as the report names it: sha256 %s", (int)number,
              round->code, hex);
    } else {
        w->out->releases++;
    }
    return DB_OK;
}

/* ---- figures against figures ---- */

static const json_t *part_of(const json_t *figures, const char *stream)
{
    size_t i;
    const json_t *part;
    json_array_foreach(json_object_get(figures, "delen"), i, part)
    {
        if (strcmp(report_text(part, "over.werving"), stream) == 0) {
            return part;
        }
    }
    return NULL;
}

static const json_t *table_of(const json_t *part, const char *variable)
{
    size_t i;
    const json_t *table;
    json_array_foreach(json_object_get(part, "tabellen"), i, table)
    {
        if (strcmp(report_text(table, "variabele.code"), variable) == 0) {
            return table;
        }
    }
    return NULL;
}

static bool is_listed(const json_t *list, const char *code)
{
    size_t i;
    const json_t *one;
    json_array_foreach(list, i, one)
    {
        if (strcmp(json_string_value(one), code) == 0) {
            return true;
        }
    }
    return false;
}

struct comparison {
    size_t same, other, hidden;
    const char *first_other, *first_hidden;
};

static void compare_part(struct comparison *c, const json_t *theirs, const json_t *ours,
                         const json_t *hidden_now)
{
    size_t i;
    const json_t *table;
    json_array_foreach(json_object_get(theirs, "tabellen"), i, table)
    {
        const char *code = report_text(table, "variabele.code");
        const json_t *now = table_of(ours, code);
        if (now && json_equal(json_object_get(table, "rijen"), json_object_get(now, "rijen"))) {
            c->same++;
        } else if (!now && is_listed(hidden_now, code)) {
            c->first_hidden = c->hidden++ == 0 ? code : c->first_hidden;
        } else {
            c->first_other = c->other++ == 0 ? code : c->first_other;
        }
    }
}

/* What the report says of a round, held against the release that is held now. */
static bool compare(struct comparison *out, struct work *w, const struct survey_round *round,
                    bool *trends_same)
{
    size_t i;
    json_t *live;
    const json_t *part, *told = report_section_of(w->document, "cijfers", round->code);
    const json_t *told_trends = report_section_of(w->document, "trends", round->code);
    *out = (struct comparison){0};
    if (results_report(&live, w->results, w->snapshot, round) != FIGURES_OK) {
        return false;
    }
    json_t *ours = report_exact(live);
    json_decref(live);
    json_array_foreach(json_object_get(told, "delen"), i, part)
    {
        compare_part(out, part, part_of(ours, report_text(part, "over.werving")),
                     json_object_get(ours, "afgeschermd"));
    }
    const json_t *trends = json_object_get(ours, "trends");
    *trends_same = told_trends ? json_equal(json_object_get(told_trends, "trends"), trends)
                               : json_array_size(trends) == 0;
    json_decref(ours);
    return true;
}

static void prove_round(struct work *w, const struct survey_round *round)
{
    struct comparison c;
    bool trends_same = true;
    if (!compare(&c, w, round, &trends_same)) {
        fault(w, "round %s has no release here to hold its figures against", round->code);
        return;
    }
    w->out->tables += c.same;
    if (c.other > 0) {
        fault(w, "round %s: %zu tables are not as in the release (%s first)", round->code, c.other,
              c.first_other);
    }
    if (c.hidden > 0) {
        changed(w, "round %s: %zu tables would not be shown under the protection of now (%s first)",
                round->code, c.hidden, c.first_hidden);
    }
    if (!trends_same && c.hidden == 0) {
        fault(w, "round %s: trends are not as in the releases", round->code);
    }
}

static enum db_status look_for_newer(struct work *w, const json_t *release)
{
    struct comparison c;
    bool trends_same, found = false;
    unsigned char digest[CRYPTO_SHA256_BYTES];
    const struct survey_round *round = round_of(w, release);
    const int32_t number = (int32_t)json_integer_value(json_object_get(release, "uitgave"));
    if (!round) {
        return DB_OK;
    }
    /* The highest number that there is. */
    int32_t latest = number;
    enum db_status status = DB_OK;
    for (bool more = true; status == DB_OK && more; latest += more) {
        status = results_hold_release(&more, digest, w->results, w->conn, round->id, latest + 1);
    }
    if (status != DB_OK || latest == number) {
        return status;
    }
    status = results_hold_release(&found, digest, w->results, w->conn, round->id, latest);
    if (status == DB_OK && found && compare(&c, w, round, &trends_same)) {
        changed(w, "release %d of round %s was superseded by release %d, in which %zu of %zu tables differ",
                (int)number, round->code, (int)latest, c.other, c.same + c.other + c.hidden);
    }
    return status;
}

/* ---- what is kept in the database ---- */

static enum db_status look_at_report(struct work *w, struct db_tx *tx)
{
    struct report_signed kept;
    const int32_t number = (int32_t)json_integer_value(json_object_get(w->document, "nummer"));
    const enum db_status status = report_published(&kept, tx, number);
    if (status != DB_OK) {
        return status;
    }
    if (!kept.document.ptr) {
        fault(w, "no report %d was made public here", (int)number);
    } else if (!slice_equal(kept.document, w->bytes)) {
        fault(w, "report %d as it was made public here is another document", (int)number);
    } else if (kept.state == REPORT_WITHDRAWN) {
        changed(w, "report %d was withdrawn: %.*s", (int)number, SLICE_ARG(kept.withdrawn_why));
    }
    return DB_OK;
}

static enum db_status look_at_signals(struct work *w, struct db_tx *tx)
{
    const struct signal_public asked = {
        .state = SLICE(""), .consultation = SLICE(""), .today = clock_day_nl(w->now_s)};
    size_t i;
    const json_t *signal;
    enum db_status status = DB_OK;
    const json_t *told = report_section_of(w->document, "signalen", NULL);
    json_array_foreach(json_object_get(told, "signalen"), i, signal)
    {
        const int32_t number = (int32_t)json_integer_value(json_object_get(signal, "nummer"));
        json_t *now = NULL;
        if (status == DB_OK) {
            status = signal_public_find(&now, tx, w->arena, number, &asked);
        }
        if (status == DB_OK && !now) {
            changed(w, "signal %d is not public any more", (int)number);
        } else if (status == DB_OK && strcmp(report_text(now, "stand"), report_text(signal, "stand")) != 0) {
            changed(w, "signal %d went from %s to %s", (int)number, report_text(signal, "stand"),
                    report_text(now, "stand"));
        }
    }
    return status;
}

static enum db_status look_at_maps(struct work *w, struct db_tx *tx)
{
    size_t i;
    const json_t *one;
    enum db_status status = DB_OK;
    json_array_foreach(report_at(w->document, "over.rondes"), i, one)
    {
        const struct survey_round *round = round_of(w, one);
        struct published_map map = {.number = 0};
        if (status != DB_OK || !round) {
            continue;
        }
        const json_t *told = report_section_of(w->document, "waardenkaart", round->code);
        const int32_t number = (int32_t)json_integer_value(json_object_get(told, "nummer"));
        status = value_map_published(&map, tx, round->id);
        if (status == DB_OK && map.number > number) {
            changed(w, "value map %d of round %s was made public; the report has %s", (int)map.number,
                    round->code, number > 0 ? arena_printf(w->arena, "map %d", (int)number).ptr : "none");
        }
    }
    return status;
}

static enum db_status look_in_tx(struct db_tx *tx, void *context)
{
    struct work *w = context;
    w->out->fault_count = w->faults_before;
    w->out->change_count = w->changes_before;
    enum db_status status = look_at_report(w, tx);
    status = status == DB_OK ? look_at_signals(w, tx) : status;
    return status == DB_OK ? look_at_maps(w, tx) : status;
}

enum db_status report_prove(struct report_proof *out, struct arena *arena, struct db_conn *conn,
                            struct results *results, const struct survey_snapshot *snapshot,
                            const json_t *document, struct slice bytes, int64_t now_s)
{
    struct work w = {.out = out,
                     .arena = arena,
                     .conn = conn,
                     .results = results,
                     .snapshot = snapshot,
                     .document = document,
                     .bytes = bytes,
                     .now_s = now_s};
    size_t i;
    const json_t *one;
    enum db_status status = DB_OK;
    *out = (struct report_proof){.arena = arena};
    out->faults = arena_array(arena, REPORT_FINDINGS_MAX + 1, sizeof *out->faults);
    out->changes = arena_array(arena, REPORT_FINDINGS_MAX + 1, sizeof *out->changes);
    json_array_foreach(json_object_get(document, "uitgaven"), i, one)
    {
        status = status == DB_OK ? hold_named(&w, one) : status;
    }
    json_array_foreach(report_at(document, "over.rondes"), i, one)
    {
        const struct survey_round *round = round_of(&w, one);
        if (status == DB_OK && round && report_section_of(document, "cijfers", round->code)) {
            prove_round(&w, round);
        }
    }
    json_array_foreach(json_object_get(document, "uitgaven"), i, one)
    {
        status = status == DB_OK ? look_for_newer(&w, one) : status;
    }
    w.faults_before = out->fault_count;
    w.changes_before = out->change_count;
    return status == DB_OK ? db_transaction_read_only(conn, "report-verify", DB_ROLE_RESULTS, look_in_tx, &w)
                           : status;
}
