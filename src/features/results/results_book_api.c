/* GET /v1/consultaties/{consultatie}/tabellenboek */
#include "features/account/account.h"
#include "features/results/results_api.h"
#include "features/results/results_book.h"
#include "features/results/results_file.h"

static struct slice parameter(const struct results_call *call, const char *key)
{
    struct slice text = {NULL, 0};
    return http_query(&text, call->ex, key) && !text.ptr ? SLICE("") : text;
}

static bool proceed(size_t questions, size_t of_questions, void *self)
{
    (void)questions;
    (void)of_questions;
    return results_file_in_time(self);
}

/* The public's is the same as long as its release and what was asked are: the query is in the tag by way of
 * the address, to which a tag belongs. */
static void reply(struct results_file *file, const struct results_call *call,
                  const struct results_book_request *request, const struct results_book_outcome *outcome)
{
    const struct workbook_format_facts *facts = workbook_format_facts(request->format);
    results_file_reply(file, call->ex, facts->media_type);
    http_set_header(call->ex, "Content-Disposition",
                    arena_printf(http_arena(call->ex), "attachment; filename=\"%s-tabellenboek.%s\"",
                                 call->round->code, facts->name)
                        .ptr);
    http_set_header(call->ex, "Vary", "Authorization, Accept");
    if (call->view == FIGURES_PUBLIC) {
        http_set_header(call->ex, "ETag",
                        arena_printf(http_arena(call->ex), "W/\"o-%d.%d.%d-%s\"", (int)call->round->id,
                                     (int)outcome->release,
                                     (int)survey_round_accepts(call->round, call->results->config.now_s()),
                                     facts->name)
                            .ptr);
        http_set_header(call->ex, "Cache-Control", "public, max-age=300");
    }
}

/* DB_OK: answered. */
static enum db_status answer(struct results_file *file, struct results_call *call,
                             const struct results_book_request *request, enum results_book_status status,
                             const struct results_book_outcome *outcome)
{
    switch (status) {
    case BOOK_OK:
        reply(file, call, request, outcome);
        return DB_OK;
    case BOOK_NO_FIGURES:
        results_call_answer(call, outcome->figures, outcome->rule);
        return DB_OK;
    case BOOK_TOO_WIDE:
    case BOOK_TOO_LARGE:
    case BOOK_STOPPED:
        results_file_answer_large(call->ex);
        return DB_OK;
    case BOOK_OUTPUT:
    case BOOK_TEMPORARY:
        if (file->too_large) {
            results_file_answer_large(call->ex);
        } else {
            results_file_answer_full(call->ex);
        }
        return DB_OK;
    case BOOK_FAILED:
        break;
    }
    return DB_FAILED;
}

static enum db_status make(struct results_call *call, struct results_book_request *request,
                           struct results_file *file)
{
    struct results_book_outcome outcome;
    const struct account_caller *caller = http_caller(call->ex);
    if (!results_file_open(file, call->results, call->ex, call->arena, call->view)) {
        return DB_OK;
    }
    request->output = (struct dataset_output){
        .write = results_file_write, .self = file, .folder = call->results->config.export_folder};
    request->proceed = proceed;
    request->self = file;
    enum results_book_status made = results_book(&outcome, call->results, request);
    enum db_status status = answer(file, call, request, made, &outcome);
    results_file_close(file);
    return status == DB_OK && call->view == FIGURES_ANALYST
               ? results_book_audit(call->tx, request, "api", caller ? caller->label : "unknown",
                                    made == BOOK_OK ? "ok" : "failed")
               : status;
}

static enum db_status get_book(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct results_call call;
    enum db_status status;
    struct results *results = self;
    if (!results_call_begin(&call, results, (struct results_place){.tx = tx}, ex)) {
        return DB_OK;
    }
    struct results_book_request request = {.people = {.view = call.view, .round = call.round},
                                           .locales = web_locales(results->config.web),
                                           .public_url = http_public_url(ex),
                                           .producer = results->config.organisation};
    const struct results_book_texts texts = {.format = parameter(&call, "formaat"),
                                             .banner = parameter(&call, "kolommen"),
                                             .bases = parameter(&call, "basis"),
                                             .percentages = parameter(&call, "percentages"),
                                             .language = parameter(&call, "taal"),
                                             .filter = parameter(&call, "filter"),
                                             .stream = parameter(&call, "werving"),
                                             .channel = parameter(&call, "kanaal"),
                                             .quality = parameter(&call, "kwaliteit"),
                                             .weighted = parameter(&call, "gewogen")};
    results_book_read(&request, call.errors, call.arena, &texts);
    if (results_call_refuse(&call, &status)) {
        return status;
    }
    if (call.view == FIGURES_ANALYST) {
        status = results_book_read_pages(&request, call.arena, tx, results->config.now_s());
    }
    struct results_file file;
    return status == DB_OK ? make(&call, &request, &file) : status;
}

const struct route results_book_routes[] = {
    {.http = {.method = HTTP_GET,
              .path = "/v1/consultaties/{consultatie}/tabellenboek",
              .surface = HTTP_API,
              .scope = PERMISSION_TABLE_VIEW,
              .scope_optional = true,
              .produces = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,"
                          "application/vnd.oasis.opendocument.spreadsheet",
              .query = "ronde,formaat,kolommen,basis,percentages,taal,filter,werving,kanaal,kwaliteit,"
                       "gewogen,weergave",
              .cacheable = true},
     .on_job = get_book,
     .role = DB_ROLE_RESULTS},
};
const size_t results_book_route_count = sizeof results_book_routes / sizeof results_book_routes[0];
