/* What all endpoints of results answer with: the body as JSON or CSV, who may keep it and what it is called,
 * and the line on the audit log. */
#include "crypto/crypto.h"
#include "features/account/account.h"
#include "features/audit/audit.h"
#include "features/results/results_api.h"
#include "features/results/results_write.h"
#include "lane/kept.h"

#include <stdlib.h>
#include <string.h>

enum { PUBLIC_MAX_AGE_S = 60 };

/* ---- the entity tag ---- */

/* Most often all figures are of one round and one moment, which then stands there once. */
void results_call_made_of(struct results_call *call, const struct figures *figures)
{
    const int round = (int)figures->query.round->id, provisional = (int)figures->provisional;
    const struct slice part =
        call->view == FIGURES_PUBLIC
            ? arena_printf(call->arena, "-%d.%d.%d", round, (int)figures->release, provisional)
            : arena_printf(call->arena, "-%d.%lld.%d.%d", round, (long long)figures->position,
                           (int)figures->weights, provisional);
    const size_t before = call->tag.len - (call->tag.len < part.len ? call->tag.len : part.len);
    const struct slice last =
        before > 0 ? (struct slice){call->tag.ptr + before, call->tag.len - before} : call->tag;
    if (!slice_equal(last, part)) {
        call->tag = arena_printf(call->arena, "%.*s%.*s", SLICE_ARG(call->tag), SLICE_ARG(part));
    }
}

bool results_call_wants_csv(const struct results_call *call)
{
    return strcmp(http_accepted(call->ex), "text/csv") == 0;
}

/* One figure's is short; an answer of hundreds that were counted one after the other is named by its hash. */
static struct slice entity_of(const struct results_call *call)
{
    enum { TAG_LONG = 64, TAG_BYTES = 16 };
    unsigned char hash[CRYPTO_SHA256_BYTES];
    char hex[2 * TAG_BYTES + 1];
    if (call->tag.len <= TAG_LONG) {
        return call->tag;
    }
    crypto_sha256(hash, call->tag);
    crypto_hex(hex, hash, TAG_BYTES);
    return arena_printf(call->arena, "-%s", hex);
}

/* An analyst's answer is asked for again each time, so that each time is on the audit log; what has not
 * changed is not sent again. Weak: the moment of counting is in the body. */
static void set_caching(struct results_call *call)
{
    struct arena *arena = http_arena(call->ex);
    bool open = call->view == FIGURES_PUBLIC;
    const struct slice tag = entity_of(call);
    const char *kind = results_call_wants_csv(call) ? "csv" : "json";
    http_set_header(call->ex, "ETag",
                    arena_printf(arena, "W/\"%s%.*s-%s\"", open ? "o" : "a", SLICE_ARG(tag), kind).ptr);
    http_set_header(call->ex, "Vary", "Authorization, Accept");
    http_set_header(call->ex, "Cache-Control",
                    open ? arena_printf(arena, "public, max-age=%d", PUBLIC_MAX_AGE_S).ptr
                         : "private, no-cache");
}

/* False: answered. The arena keeps the text. */
static bool take_body(struct slice *body, struct results_call *call, struct buffer *taken_from)
{
    size_t len;
    char *text = buffer_take(taken_from, &len);
    if (!text) {
        results_call_answer(call, FIGURES_TOO_LARGE, NULL);
        return false;
    }
    arena_defer(http_arena(call->ex), free, text);
    *body = (struct slice){text, len};
    return true;
}

/* call->body, as JSON, or as CSV where call->name says what it is saved as. */
static void reply(struct results_call *call)
{
    const bool csv = call->name.len > 0;
    http_reply_bytes(call->ex, 200, csv ? "text/csv; charset=utf-8; header=present" : "application/json",
                     call->body);
    if (csv) {
        http_set_header(call->ex, "Content-Disposition",
                        arena_printf(http_arena(call->ex), "attachment; filename=\"%s-%.*s.csv\"",
                                     call->round->code, SLICE_ARG(call->name))
                            .ptr);
    }
    set_caching(call);
}

void results_call_reply_json(struct results_call *call, struct buffer *json_take)
{
    if (take_body(&call->body, call, json_take)) {
        reply(call);
    }
}

void results_call_reply_csv(struct results_call *call, struct buffer *csv_take, const char *name)
{
    if (take_body(&call->body, call, csv_take)) {
        call->name = slice_from_cstr(name);
        reply(call);
    }
}

/* ---- answers that are given again ---- */

/* All that an answer about one round depends on besides the program and its settings. */
static struct slice key_of(const struct results_call *call, const struct columns *columns)
{
    const struct survey_round *round = call->round;
    return arena_printf(call->arena, "%d %d %lld %lld %d %lld %u %s %.*s", (int)round->id,
                        (int)round->version_id, (long long)round->opens_at, (long long)round->closes_at,
                        survey_round_incomplete(round, call->results->config.now_s()),
                        (long long)columns_position(columns), (unsigned)columns_weights_version(columns),
                        http_accepted(call->ex), SLICE_ARG(http_target(call->ex)));
}

static void release_answer(void *answer)
{
    kept_answer_release(answer);
}

bool results_call_kept(struct results_call *call)
{
    const struct columns *columns = results_columns(call->results, call->round->id);
    if (call->view != FIGURES_ANALYST || json_array_size(call->errors) > 0 || http_query_misnamed(call->ex) ||
        !columns || !results_call_may_see(call, call->round)) {
        return false;
    }
    call->key = key_of(call, columns);
    const struct kept_answer *answer = kept_answers_find(call->results->answers, call->key);
    if (!answer) {
        return false;
    }
    arena_defer(http_arena(call->ex), release_answer, (void *)(uintptr_t)answer);
    call->key = (struct slice){NULL, 0};
    call->body = answer->parts[KEPT_BODY];
    call->tag = answer->parts[KEPT_TAG];
    call->name = answer->parts[KEPT_NAME];
    reply(call);
    return results_call_audit(call, answer->parts[KEPT_WHAT].ptr, "ok") == DB_OK;
}

static void keep(const struct results_call *call, const char *what)
{
    const struct slice parts[KEPT_PARTS] = {[KEPT_KEY] = call->key,
                                            [KEPT_BODY] = call->body,
                                            [KEPT_TAG] = call->tag,
                                            [KEPT_WHAT] = slice_from_cstr(what),
                                            [KEPT_NAME] = call->name};
    kept_answers_keep(call->results->answers, parts);
}

/* ---- the audit line ---- */

/* What for, and what was asked: who compares two tables to find a person shows here. What was refused before
 * it was read may hold anything, and is left out. In the arena. */
static const char *audit_details(const struct results_call *call, bool was_read)
{
    static const char *const parameters[] = {"ronde",   "variabele", "groepeerOp", "naar",   "filter",
                                             "werving", "kanaal",    "kwaliteit",  "basis",  "gewogen",
                                             "maat",    "waarde",    "dimensie",   "versie", "vraag"};
    const struct account_caller *caller = http_caller(call->ex);
    const char *purpose = call->purpose ? call->purpose : caller ? caller->purpose : NULL;
    json_t *details = json_object(), *query = json_object();
    json_object_set_new(details, "doel", purpose ? json_string(purpose) : json_null());
    for (size_t i = 0; was_read && i < sizeof parameters / sizeof parameters[0]; i++) {
        struct slice text;
        if (http_query(&text, call->ex, parameters[i])) {
            json_object_set_new(query, parameters[i], json_stringn(text.ptr ? text.ptr : "", text.len));
        }
    }
    json_object_set_new(details, "vraag", query);
    char *text = json_dumps(details, JSON_COMPACT);
    json_decref(details);
    const char *kept = text ? arena_cstr(call->arena, slice_from_cstr(text)) : NULL;
    free(text);
    return kept;
}

struct slice results_call_table_name(const struct results_call *call, const struct figures *figures)
{
    struct slice what = slice_from_cstr(figures->variable->code);
    for (size_t g = 0; g < figures->query.group_count; g++) {
        what = arena_printf(call->arena, "%.*s:%s", SLICE_ARG(what), figures->groups[g]->code);
    }
    for (size_t f = 0; f < figures->query.filter_count; f++) {
        size_t count;
        const struct variable *variables = questionnaire_variables(&count, call->round->questionnaire);
        const struct figures_filter *filter = &figures->query.filters[f];
        what = arena_printf(call->arena, "%.*s,%s=", SLICE_ARG(what), variables[filter->variable].code);
        for (size_t i = 0; i < filter->count; i++) {
            what =
                arena_printf(call->arena, "%.*s%s%s", SLICE_ARG(what), i > 0 ? "|" : "",
                             figures_code_name(call->arena, &variables[filter->variable], filter->codes[i]));
        }
    }
    return what;
}

const char *results_call_origin(const struct results_call *call)
{
    const struct account_caller *caller = http_caller(call->ex);
    return caller && caller->account_id > 0 ? "web" : "api";
}

enum db_status results_call_audit(const struct results_call *call, const char *what, const char *result)
{
    const struct account_caller *caller = http_caller(call->ex);
    if (call->view == FIGURES_PUBLIC) {
        return DB_OK;
    }
    if (call->key.ptr && call->body.ptr && what) {
        keep(call, what);
    }
    struct slice object = what ? arena_printf(call->arena, "table:%s:%s", call->round->code, what)
                               : arena_printf(call->arena, "table:%s", call->round->code);
    const struct audit_event event = {.action = "table.view",
                                      .object = object.ptr,
                                      .result = result,
                                      .origin = results_call_origin(call),
                                      .actor = caller ? caller->label : "unknown",
                                      .details = audit_details(call, what != NULL)};
    if (call->tx) {
        return audit_record(call->tx, &event);
    }
    *call->line = event;
    return DB_OK;
}
