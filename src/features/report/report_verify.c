#include "features/report/report_verify_internal.h"

#include "base/clock.h"
#include "features/results/results.h"
#include "features/survey/survey.h"
#include "features/tafel/tafel.h"

#include <stdarg.h>
#include <string.h>

static void __attribute__((format(printf, 4, 0)))
say(const char **list, size_t *count, struct arena *arena, const char *format, va_list args)
{
    if (*count < REPORT_FINDINGS_MAX) {
        list[(*count)++] = arena_vprintf(arena, format, args).ptr;
    }
}

void proof_fault(struct proving *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(p->out->faults, &p->out->fault_count, p->arena, format, args);
    va_end(args);
}

void proof_changed(struct proving *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(p->out->changes, &p->out->change_count, p->arena, format, args);
    va_end(args);
}

void proof_unproven(struct proving *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(p->out->unproven, &p->out->unproven_count, p->arena, format, args);
    va_end(args);
}

const struct survey_round *proof_round(const struct proving *p, const json_t *object)
{
    return survey_round_find(p->snapshot, slice_from_cstr(report_text(object, "ronde")));
}

/* ---- the releases ---- */

/* The one that the report names takes the place of the newest. */
static enum db_status hold_named(struct proving *p, const json_t *release)
{
    unsigned char digest[CRYPTO_SHA256_BYTES];
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    bool found = false;
    const struct survey_round *round = proof_round(p, release);
    const int32_t number = (int32_t)json_integer_value(json_object_get(release, "uitgave"));
    if (!round) {
        proof_fault(p, "there is no round %s here", report_text(release, "ronde"));
        return DB_OK;
    }
    const enum db_status status =
        results_hold_release(&found, digest, p->results, p->conn, round->id, number);
    if (status != DB_OK) {
        return status;
    }
    if (!found) {
        proof_fault(p, "release %d of round %s is not here, or is of another questionnaire", (int)number,
                    round->code);
        return DB_OK;
    }
    crypto_hex(hex, digest, sizeof digest);
    if (strcmp(hex, report_text(release, "sha256")) != 0) {
        proof_fault(p, "release %d of round %s is not stored as the report names it: sha256 %s", (int)number,
                    round->code, hex);
    } else {
        p->out->releases++;
    }
    return DB_OK;
}

static enum db_status look_for_newer(struct proving *p, const json_t *release)
{
    bool found = false;
    size_t other, all;
    unsigned char digest[CRYPTO_SHA256_BYTES];
    const struct survey_round *round = proof_round(p, release);
    const int32_t number = (int32_t)json_integer_value(json_object_get(release, "uitgave"));
    if (!round) {
        return DB_OK;
    }
    /* The highest number that there is. */
    int32_t latest = number;
    enum db_status status = DB_OK;
    for (bool more = true; status == DB_OK && more; latest += more) {
        status = results_hold_release(&more, digest, p->results, p->conn, round->id, latest + 1);
    }
    if (status != DB_OK || latest == number) {
        return status;
    }
    status = results_hold_release(&found, digest, p->results, p->conn, round->id, latest);
    if (status == DB_OK && found && proof_differences(&other, &all, p, round)) {
        proof_changed(
            p, "release %d of round %s was superseded by release %d, in which %zu of %zu tables differ",
            (int)number, round->code, (int)latest, other, all);
    }
    return status;
}

/* ---- what is kept in the database ---- */

static enum db_status look_at_report(struct proving *p, struct db_tx *tx)
{
    struct report_signed kept;
    const int32_t number = (int32_t)json_integer_value(json_object_get(p->document, "nummer"));
    const enum db_status status = report_published(&kept, tx, number);
    if (status != DB_OK) {
        return status;
    }
    if (!kept.document.ptr) {
        proof_fault(p, "no report %d was made public here", (int)number);
    } else if (!slice_equal(kept.document, p->bytes)) {
        proof_fault(p, "report %d as it was made public here is another document", (int)number);
    } else if (kept.state == REPORT_WITHDRAWN) {
        proof_changed(p, "report %d was withdrawn: %.*s", (int)number, SLICE_ARG(kept.withdrawn_why));
    }
    return DB_OK;
}

static enum db_status look_at_signals(struct proving *p, struct db_tx *tx)
{
    const struct signal_public asked = {
        .state = SLICE(""), .consultation = SLICE(""), .today = clock_day_nl(p->now_s)};
    size_t i;
    const json_t *signal;
    enum db_status status = DB_OK;
    const json_t *told = report_section_of(p->document, "signalen", NULL);
    json_array_foreach(json_object_get(told, "signalen"), i, signal)
    {
        const int32_t number = (int32_t)json_integer_value(json_object_get(signal, "nummer"));
        json_t *now = NULL;
        if (status == DB_OK) {
            status = signal_public_find(&now, tx, p->arena, number, &asked);
        }
        if (status == DB_OK && !now) {
            proof_changed(p, "signal %d is not public any more", (int)number);
        } else if (status == DB_OK && strcmp(report_text(now, "stand"), report_text(signal, "stand")) != 0) {
            proof_changed(p, "signal %d went from %s to %s", (int)number, report_text(signal, "stand"),
                          report_text(now, "stand"));
        }
    }
    return status;
}

static enum db_status look_at_maps(struct proving *p, struct db_tx *tx)
{
    size_t i;
    const json_t *one;
    enum db_status status = DB_OK;
    json_array_foreach(report_at(p->document, "over.rondes"), i, one)
    {
        const struct survey_round *round = proof_round(p, one);
        struct published_map map = {.number = 0};
        if (status != DB_OK || !round) {
            continue;
        }
        const json_t *told = report_section_of(p->document, "waardenkaart", round->code);
        const int32_t number = (int32_t)json_integer_value(json_object_get(told, "nummer"));
        status = value_map_published(&map, tx, round->id);
        if (status == DB_OK && map.number > number) {
            proof_changed(p, "value map %d of round %s was made public; the report has %s", (int)map.number,
                          round->code,
                          number > 0 ? arena_printf(p->arena, "map %d", (int)number).ptr : "none");
        }
    }
    return status;
}

static enum db_status look_in_tx(struct db_tx *tx, void *context)
{
    struct proving *p = context;
    *p->out = p->before;
    enum db_status status = proof_sections(p, tx);
    status = status == DB_OK ? look_at_report(p, tx) : status;
    status = status == DB_OK ? look_at_signals(p, tx) : status;
    return status == DB_OK ? look_at_maps(p, tx) : status;
}

enum db_status report_prove(struct report_proof *out, struct arena *arena, struct db_conn *conn,
                            struct results *results, const struct survey_snapshot *snapshot,
                            const json_t *document, struct slice bytes, int64_t now_s)
{
    struct proving p = {.out = out,
                        .arena = arena,
                        .conn = conn,
                        .results = results,
                        .snapshot = snapshot,
                        .document = document,
                        .bytes = bytes,
                        .now_s = now_s,
                        .figures = json_object()};
    size_t i;
    const json_t *one;
    enum db_status status = DB_OK;
    *out = (struct report_proof){.arena = arena};
    out->faults = arena_array(arena, REPORT_FINDINGS_MAX + 1, sizeof *out->faults);
    out->changes = arena_array(arena, REPORT_FINDINGS_MAX + 1, sizeof *out->changes);
    out->unproven = arena_array(arena, REPORT_FINDINGS_MAX + 1, sizeof *out->unproven);
    json_array_foreach(json_object_get(document, "uitgaven"), i, one)
    {
        status = status == DB_OK ? hold_named(&p, one) : status;
    }
    json_array_foreach(report_at(document, "over.rondes"), i, one)
    {
        const struct survey_round *round = proof_round(&p, one);
        if (status == DB_OK && round && report_section_of(document, "cijfers", round->code)) {
            proof_figures(&p, round);
        }
    }
    json_array_foreach(json_object_get(document, "uitgaven"), i, one)
    {
        status = status == DB_OK ? look_for_newer(&p, one) : status;
    }
    p.before = *out;
    if (status == DB_OK) {
        status = db_transaction_read_only(conn, "report-verify", DB_ROLE_RESULTS, look_in_tx, &p);
    }
    json_decref(p.figures);
    return status;
}
