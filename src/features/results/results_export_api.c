/* GET /v1/consultaties/{consultatie}/exporten: with a key that has the right, microdata; without a key what
 * everybody may have, the protected tables of the newest release (results_api_release_tables.c), and never
 * microdata. */
#include "features/account/account.h"
#include "features/results/results_api.h"
#include "features/results/results_export.h"
#include "features/results/results_file.h"
#include "features/results/results_internal.h"

#include <inttypes.h>
#include <string.h>

enum { HASH_TEXT_BYTES = 4 * ((CRYPTO_SHA256_BYTES + 2) / 3) + 1 };

struct work {
    struct lane_work step; /* first */
    struct results *results;
    struct results_export_request request;
    struct results_export_part part;
    struct results_export_outcome outcome;
    struct results_file file;
};

/* ---- the file ---- */

static bool restart(void *self)
{
    struct work *work = self;
    return results_file_restart(&work->file);
}

static bool proceed(uint64_t rows, uint64_t of_rows, void *self)
{
    const struct work *work = self;
    (void)rows;
    (void)of_rows;
    return results_file_in_time(&work->file);
}

/* ---- the question ---- */

static bool has_consultation(const struct survey_snapshot *snapshot, struct slice code)
{
    for (size_t i = 0; i < survey_round_count(snapshot); i++) {
        if (slice_equal_cstr(code, survey_round_at(snapshot, i)->consultation)) {
            return true;
        }
    }
    return false;
}

/* By Accept where `formaat` is not said: the first of our list that it admits. */
static bool read_format(enum dataset_format *format, struct http_exchange *ex)
{
    struct slice text;
    if (http_query(&text, ex, "formaat")) {
        return dataset_format_find(format, text);
    }
    for (int i = 0; i < DATASET_FORMATS; i++) {
        *format = (enum dataset_format)i;
        if (strcmp(dataset_format_facts(*format)->media_type, http_accepted(ex)) == 0) {
            return true;
        }
    }
    return false;
}

/* An array of errors, empty when all is well. */
static json_t *read_question(struct work *work, struct http_exchange *ex,
                             const struct survey_snapshot *snapshot)
{
    json_t *errors = json_array();
    struct slice text = {NULL, 0};
    uint64_t k = EXPORT_K_MIN;
    const bool named = http_query(&text, ex, "ronde");
    const struct survey_round *round = named ? survey_round_find(snapshot, text) : NULL;
    if (!round || results_export_refused(round, work->request.now_s) == EXPORT_NO_ROUND ||
        !slice_equal_cstr(http_path_param(ex, "consultatie"), round->consultation)) {
        results_query_fault(errors, "ronde", named ? "onbekend" : "verplicht",
                            "Noem een ronde van deze consultatie die geopend is geweest en meetelt.");
        round = NULL;
    }
    if (!read_format(&work->part.format, ex)) {
        results_query_fault(errors, "formaat", "onbekend",
                            "Kies csv, csvw, jsonl, sav, dta, xlsx, ods of ddi.");
    }
    if (http_query(&text, ex, "taal")) {
        work->request.language = slice_equal_cstr(text, "en");
        if (!slice_equal_cstr(text, "nl") && !slice_equal_cstr(text, "en")) {
            results_query_fault(errors, "taal", "onbekend", "Kies nl of en.");
        }
    }
    if (http_query(&text, ex, "k") && (!slice_to_u64(&k, text, EXPORT_K_MAX) || k < EXPORT_K_MIN)) {
        results_query_fault(errors, "k", "bereik", "Kies een getal van 5 tot en met 1000.");
    }
    work->request.round = round;
    work->request.k = (uint32_t)k;
    return errors;
}

/* ---- the answer ---- */

/* The hash as a structured field (RFC 9530): base64 with padding, between colons. */
static const char *digest_field(struct arena *arena, const char *hex)
{
    unsigned char hash[CRYPTO_SHA256_BYTES];
    char text[HASH_TEXT_BYTES];
    crypto_unhex(hash, sizeof hash, slice_from_cstr(hex));
    crypto_base64url(text, sizeof text, hash, sizeof hash);
    for (char *c = text; *c; c++) {
        *c = (char)(*c == '-' ? '+' : *c == '_' ? '/' : *c);
    }
    return arena_printf(arena, "sha-256=:%s=:", text).ptr;
}

static void reply_file(struct work *work, struct http_exchange *ex)
{
    struct arena *arena = http_arena(ex);
    const struct dataset_format_facts *facts = dataset_format_facts(work->part.format);
    const bool csv = work->part.format == DATASET_CSV;
    results_file_reply(&work->file, ex, csv ? "text/csv; charset=utf-8; header=present" : facts->media_type);
    http_set_header(ex, "Content-Disposition",
                    arena_printf(arena, "attachment; filename=\"%s.%s\"", work->request.round->code,
                                 work->part.format == DATASET_CSVW ? "csv-metadata.json" : facts->extension)
                        .ptr);
    http_set_header(ex, "Repr-Digest", digest_field(arena, work->part.sha256));
    http_set_header(ex, "Rijen", arena_printf(arena, "%" PRIu64, work->outcome.rows).ptr);
    http_set_header(ex, "Uitvoer", arena_cstr(arena, slice_from_cstr(work->outcome.id)));
    if (csv) {
        http_set_header(ex, "Link",
                        arena_printf(arena,
                                     "<%s/v1/consultaties/%s/exporten?ronde=%s&formaat=csvw>; "
                                     "rel=\"describedby\"; type=\"application/csvm+json\"",
                                     http_public_url(ex), work->request.round->consultation,
                                     work->request.round->code)
                            .ptr);
    }
}

/* DB_OK when there is an answer. */
static enum db_status answer(struct work *work, struct http_exchange *ex, enum results_export_status status)
{
    switch (status) {
    case EXPORT_OK:
        reply_file(work, ex);
        return DB_OK;
    case EXPORT_TOO_FEW:
        http_problem(ex, 403, "te-weinig-inzendingen", "Deze ronde heeft te weinig inzendingen",
                     "Er zijn minder inzendingen dan k. Dan is niemand onherkenbaar te maken.", NULL);
        return DB_OK;
    case EXPORT_OUTPUT:
        if (!work->file.too_large) {
            results_file_answer_full(ex);
            return DB_OK;
        }
        results_file_answer_large(ex);
        return DB_OK;
    case EXPORT_TEMPORARY:
        results_file_answer_full(ex);
        return DB_OK;
    case EXPORT_TOO_DIVERSE:
    case EXPORT_TOO_MANY:
    case EXPORT_TOO_LARGE:
    case EXPORT_STOPPED:
        results_file_answer_large(ex);
        return DB_OK;
    case EXPORT_DATABASE:
        return work->outcome.database;
    case EXPORT_FAILED:
        break;
    }
    return DB_FAILED;
}

static enum db_status audit(struct db_tx *tx, const struct work *work, struct http_exchange *ex,
                            const char *result)
{
    const struct account_caller *caller = http_caller(ex);
    return results_export_audit(tx, &work->request, strcmp(result, "ok") == 0 ? &work->outcome : NULL, "api",
                                caller ? caller->label : "unknown", caller ? caller->purpose : NULL, result);
}

/* Of a round that may not be exported now. */
static enum db_status refuse(struct db_tx *tx, const struct work *work, struct http_exchange *ex,
                             enum results_export_refusal why)
{
    if (why == EXPORT_EMBARGO) {
        http_problem(ex, 403, "tussenstand-gesloten", "Deze ronde geeft nog geen uitkomsten",
                     "De tussenstand van deze ronde is gesloten. Na sluiting van de ronde kunt u de gegevens "
                     "opvragen.",
                     NULL);
    } else {
        http_problem(ex, 410, "vernietigd", "De antwoorden van deze ronde zijn vernietigd",
                     "De bewaartermijn van deze ronde is voorbij.", NULL);
    }
    return audit(tx, work, ex, "refused");
}

/* On a connection of its own, whose snapshot lasts no longer than this. */
static enum db_status make(struct db_tx *tx, struct work *work, struct http_exchange *ex)
{
    struct db_conn *conn = NULL;
    enum db_status status = db_connect(&conn, work->results->config.database);
    if (status != DB_OK) {
        return status;
    }
    struct results_export_weights *weights;
    status = results_export_weights_read(&weights, conn, work->request.round);
    if (status == DB_OK) {
        work->request.weighing = results_export_weights_weighing(weights);
        enum results_export_status made = results_export(&work->outcome, conn, &work->request);
        status = answer(work, ex, made);
        status = status == DB_OK ? audit(tx, work, ex, made == EXPORT_OK ? "ok" : "failed") : status;
        results_export_weights_free(weights);
    }
    db_disconnect(conn);
    return status;
}

static enum db_status make_alone(struct db_tx *tx, struct work *work, struct http_exchange *ex)
{
    if (!results_file_open(&work->file, work->results, ex, db_arena(tx))) {
        return DB_OK;
    }
    enum db_status status = make(tx, work, ex);
    results_file_close(&work->file);
    return status;
}

static enum db_status get_export(struct db_tx *tx, struct lane_work *step)
{
    struct http_exchange *ex = step->exchange;
    struct results *results = ((struct work *)step)->results;
    http_reply_reset(ex); /* of the attempt before */
    const struct survey_snapshot *snapshot = survey_snapshot_for(results->config.survey, ex);
    struct work work = {.results = results};
    work.request = (struct results_export_request){.parts = &work.part,
                                                   .part_count = 1,
                                                   .producer = results->config.organisation,
                                                   .now_s = results->config.now_s(),
                                                   .restart = restart,
                                                   .proceed = proceed,
                                                   .self = &work};
    if (!has_consultation(snapshot, http_path_param(ex, "consultatie"))) {
        http_error(ex, 404);
        return DB_OK;
    }
    if (!account_may(http_caller(ex), PERMISSION_MICRODATA_EXPORT,
                     arena_cstr(http_arena(ex), http_path_param(ex, "consultatie")))) {
        account_refuse_call(ex, PERMISSION_MICRODATA_EXPORT);
        return DB_OK;
    }
    json_t *errors = read_question(&work, ex, snapshot);
    if (!http_query_good(ex, errors) || !work.request.round) { /* without faults there is a round */
        return DB_OK;
    }
    work.part.output = (struct dataset_output){
        .write = results_file_write, .self = &work.file, .folder = results->config.export_folder};
    work.request.file_name = arena_printf(db_arena(tx), "%s.csv", work.request.round->code).ptr;
    enum results_export_refusal why = results_export_refused(work.request.round, work.request.now_s);
    return why == EXPORT_ALLOWED ? make_alone(tx, &work, ex) : refuse(tx, &work, ex, why);
}

/* What cannot be recorded does not leave. */
static void replied(struct http_exchange *ex, void *item)
{
    const struct work *work = item;
    if (work->step.status != DB_OK) {
        http_reply_reset(ex);
        lane_answer_failure(ex, work->step.status);
    }
}

/* Parameters that say something of the other answer. True: answered. */
static bool asks_the_other(struct http_exchange *ex, bool open)
{
    static const char *const of_key[] = {"k", NULL}, *const without[] = {"werving", "gewogen", NULL};
    json_t *errors = json_array();
    struct slice text;
    for (const char *const *name = open ? of_key : without; *name; name++) {
        if (http_query(&text, ex, *name)) {
            results_query_fault(errors, *name, "niet-hier",
                                open ? "Dit gaat over microdata, en die vragen een sleutel."
                                     : "Dit gaat over de openbare tabellen: vraag die zonder sleutel.");
        }
    }
    return !http_query_good(ex, errors);
}

static void get_exports(struct http_exchange *ex, void *self)
{
    struct results *results = self;
    const bool open = http_caller(ex) == NULL;
    if (asks_the_other(ex, open)) {
        return;
    }
    if (open) {
        results_get_release_tables(ex, self);
        return;
    }
    struct work *work = arena_alloc(http_arena(ex), sizeof *work);
    *work = (struct work){.step = {.name = "export", .role = DB_ROLE_RESULTS, .run = get_export},
                          .results = results};
    lane_transact(results->config.lanes, ex, &work->step, replied);
}

const struct route results_export_routes[] = {
    {.http = {.method = HTTP_GET,
              .path = "/v1/consultaties/{consultatie}/exporten",
              .surface = HTTP_API,
              .scope = PERMISSION_MICRODATA_EXPORT,
              .scope_optional = true,
              .produces = "text/csv,application/csvm+json,application/jsonl,application/x-spss-sav,"
                          "application/x-stata-dta,"
                          "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,"
                          "application/vnd.oasis.opendocument.spreadsheet,application/xml",
              .query = "ronde,formaat,taal,k,werving,gewogen",
              .cacheable = true},
     .on_inline = get_exports},
};
const size_t results_export_route_count = sizeof results_export_routes / sizeof results_export_routes[0];
