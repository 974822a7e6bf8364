/* GET /v1/consultaties/{consultatie}/gewichten: the versions of weights of a round, with their report. For
 * analysts, audited; without a key those of the newest release, as far as they may be told. */
#include "features/results/results_api_weights.h"

#include "features/account/account.h"
#include "features/results/results_weights_json.h"

#include <stdio.h>
#include <stdlib.h>

/* A version a night and a stream: a page tells of a season, and years are read. */
enum { VERSIONS_PAGE = 50, VERSIONS_READ = 4000 };

struct listing {
    const struct weights_version *versions;
    char key[16];
};

static bool is_applied(const struct results_weights *weights, const struct weights_version *version)
{
    const struct weights_of_stream *of_stream = weights_of(weights, version->stream);
    return of_stream && of_stream->number == version->number;
}

/* NULL when memory ran out. */
static json_t *versions_json(struct arena *arena, const struct results *results,
                             const struct results_weights *applied, const struct weights_version *versions,
                             size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *version = weights_version_json(arena, &versions[i], results->config.threshold,
                                               is_applied(applied, &versions[i]));
        if (!version) {
            json_decref(list);
            return NULL;
        }
        json_array_append_new(list, version);
    }
    return list;
}

void results_weights_put_fault(struct results_call *call)
{
    results_query_fault(call->errors, "versie", "onbekend", "Deze ronde heeft geen weging met dit nummer.");
}

/* 0: all. A fault is among call->errors. */
static int32_t read_number(struct results_call *call)
{
    struct slice text;
    uint64_t number = 0;
    if (http_query(&text, call->ex, "versie") && (!slice_to_u64(&number, text, INT32_MAX) || number == 0)) {
        results_query_fault(call->errors, "versie", "bereik",
                            "Noem het nummer van een weging: een heel getal vanaf 1.");
        number = 0;
    }
    return (int32_t)number;
}

bool results_weights_reply(struct results_call *call, const json_t *weights)
{
    char *json = json_dumps(weights, JSON_COMPACT | JSON_REAL_PRECISION(15));
    struct buffer out;
    if (!json) {
        return false;
    }
    call->tag = slice_from_cstr(arena_cstr(call->arena, slice_from_cstr(json)));
    free(json);
    buffer_init(&out, RESULTS_BODY_MAX);
    if (results_call_wants_csv(call)) {
        weights_csv(&out, weights);
        results_call_reply_csv(call, &out, "gewichten");
    } else {
        buffer_append(&out, call->tag);
        results_call_reply_json(call, &out);
    }
    buffer_free(&out);
    return true;
}

static struct slice key_of(size_t at, void *context)
{
    struct listing *listing = context;
    const int length = snprintf(listing->key, sizeof listing->key, "%d", (int)listing->versions[at].number);
    return (struct slice){listing->key, (size_t)length};
}

static enum db_status reply(struct results_call *call, int32_t number)
{
    struct results *results = call->results;
    const struct survey_round *round = call->round;
    struct weights_version *versions;
    size_t count;
    enum db_status status = results_weights_list(&versions, &count, call->arena, call->tx,
                                                 slice_from_cstr(round->code), number, VERSIONS_READ);
    if (status != DB_OK) {
        return status;
    }
    if (number > 0 && count == 0) {
        results_weights_put_fault(call);
        results_call_refuse(call, &status);
        return status;
    }
    struct http_page page;
    if (!http_page(&page, call->ex, count, VERSIONS_PAGE, key_of, &(struct listing){.versions = versions})) {
        return DB_OK;
    }
    const struct results_weights *applied = results_weights_hold(results, round->id);
    json_t *list = versions_json(call->arena, results, applied, versions + page.first, page.count);
    weights_release(applied);
    if (!list) {
        return DB_FAILED;
    }
    json_t *body = json_object();
    json_object_set_new(body, "consultatie", json_string(round->consultation));
    json_object_set_new(body, "ronde", json_string(round->code));
    json_object_set_new(body, "weergave", json_string("analist"));
    json_object_set_new(body, "voorlopig",
                        json_boolean(survey_round_incomplete(round, results->config.now_s())));
    json_object_set_new(body, "drempel", json_integer(results->config.threshold));
    json_object_set_new(body, "versies", list);
    const bool made = results_weights_reply(call, body);
    json_decref(body);
    http_page_link(call->ex, &page);
    return made ? results_call_audit(call, "gewichten", "ok") : DB_FAILED;
}

/* ---- the two views ---- */

struct step {
    struct lane_work work; /* first */
    struct results *results;
};

enum db_status results_make_weights(struct results_call *call)
{
    enum db_status status;
    const int32_t number = read_number(call);
    return results_call_refuse(call, &status) ? status : reply(call, number);
}

static enum db_status get_weights(struct db_tx *tx, struct lane_work *work)
{
    struct results_call call;
    struct http_exchange *ex = work->exchange;
    http_reply_reset(ex); /* of the attempt before */
    if (!results_call_begin(&call, ((struct step *)work)->results, (struct results_place){.tx = tx}, ex)) {
        return DB_OK;
    }
    return results_make_weights(&call);
}

/* What cannot be recorded is not told. */
static void replied(struct http_exchange *ex, void *item)
{
    const struct step *step = item;
    if (step->work.status != DB_OK) {
        http_reply_reset(ex);
        lane_answer_failure(ex, step->work.status);
    }
}

static void get_public_weights(struct http_exchange *ex, struct results *results)
{
    struct results_call call;
    enum db_status status;
    if (!results_call_begin(&call, results, (struct results_place){NULL, NULL}, ex)) {
        return;
    }
    const int32_t number = read_number(&call);
    if (!results_call_refuse(&call, &status)) {
        results_reply_public_weights(&call, number);
    }
}

void results_get_weights(struct http_exchange *ex, void *self)
{
    struct results *results = self;
    if (results_call_is_public(ex)) {
        get_public_weights(ex, results);
        return;
    }
    struct step *step = arena_alloc(http_arena(ex), sizeof *step);
    *step = (struct step){.work = {.name = "weights", .role = DB_ROLE_RESULTS, .run = get_weights},
                          .results = results};
    lane_transact(results->config.lanes, ex, &step->work, replied);
}
