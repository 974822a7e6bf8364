/* GET /v1/consultaties/{consultatie}/tabellenboek: live, or of a release. */
#include "features/account/account.h"
#include "features/results/results_api.h"
#include "features/results/results_book.h"
#include "features/results/results_public_file.h"
#include "features/results/results_shelf.h"

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

/* ---- asked for ---- */

static void read_request(struct results_book_request *request, struct results_call *call)
{
    const struct results_config *config = &call->results->config;
    *request = (struct results_book_request){.people = {.view = call->view, .round = call->round},
                                             .locales = web_locales(config->web),
                                             .public_url = http_public_url(call->ex),
                                             .producer = config->organisation};
    const struct results_book_texts texts = {.format = parameter(call, "formaat"),
                                             .banner = parameter(call, "kolommen"),
                                             .bases = parameter(call, "basis"),
                                             .percentages = parameter(call, "percentages"),
                                             .language = parameter(call, "taal"),
                                             .filter = parameter(call, "filter"),
                                             .stream = parameter(call, "werving"),
                                             .channel = parameter(call, "kanaal"),
                                             .quality = parameter(call, "kwaliteit"),
                                             .weighted = parameter(call, "gewogen")};
    results_book_read(request, call->errors, call->arena, &texts);
}

/* ---- made ---- */

/* False: a fault of ours, not answered. */
static bool answer_without(struct results_call *call, const struct results_file *file,
                           enum results_book_status status, const struct results_book_outcome *outcome)
{
    switch (status) {
    case BOOK_NO_FIGURES:
        results_call_answer(call, outcome->figures, outcome->rule);
        return true;
    case BOOK_TOO_WIDE:
    case BOOK_TOO_LARGE:
    case BOOK_STOPPED:
        results_file_answer_large(call->ex);
        return true;
    case BOOK_OUTPUT:
    case BOOK_TEMPORARY:
        if (file->too_large) {
            results_file_answer_large(call->ex);
        } else {
            results_file_answer_full(call->ex);
        }
        return true;
    case BOOK_OK:
    case BOOK_FAILED:
        break;
    }
    return false;
}

static enum results_book_status make_in(struct results_file *file, struct results_book_outcome *outcome,
                                        struct results *results, struct results_book_request *request)
{
    request->output = (struct dataset_output){
        .write = results_file_write, .self = file, .folder = results->config.export_folder};
    request->proceed = proceed;
    request->self = file;
    return results_book(outcome, results, request);
}

static void name_file(const struct results_call *call, const struct workbook_format_facts *facts)
{
    http_set_header(call->ex, "Content-Disposition",
                    arena_printf(http_arena(call->ex), "attachment; filename=\"%s-tabellenboek.%s\"",
                                 call->round->code, facts->name)
                        .ptr);
    http_set_header(call->ex, "Vary", "Authorization, Accept");
}

/* ---- the public's: in the exchange's arena, for it is made after the handler returned ---- */

struct public_book {
    struct public_file file; /* first */
    struct results_call call;
    struct results_book_request request;
    bool provisional;
};

static bool make_public(struct public_file *file)
{
    struct public_book *book = (struct public_book *)file;
    struct results_book_outcome outcome;
    if (!results_file_open(&file->file, file->results, file->ex, book->call.arena, FIGURES_PUBLIC)) {
        return false;
    }
    const enum results_book_status made = make_in(&file->file, &outcome, file->results, &book->request);
    if (made == BOOK_OK) {
        file->release = outcome.release; /* a new one may have come meanwhile */
        return true;
    }
    if (!answer_without(&book->call, &file->file, made, &outcome)) {
        http_error(file->ex, 500);
    }
    results_file_close(&file->file);
    return false;
}

/* The same as long as its release and what was asked are: the query is in the tag by way of the address, to
 * which a tag belongs. */
static void describe_public(struct public_file *file)
{
    const struct public_book *book = (const struct public_book *)file;
    const struct workbook_format_facts *facts = workbook_format_facts(book->request.format);
    name_file(&book->call, facts);
    http_set_header(file->ex, "ETag",
                    arena_printf(http_arena(file->ex), "W/\"o-%d.%d.%d-%s\"", (int)file->round_id,
                                 (int)file->release, (int)book->provisional, facts->name)
                        .ptr);
    http_set_header(file->ex, "Cache-Control", "public, max-age=300");
}

static void answer_public(struct public_book *book)
{
    static const char *const parameters[] = {"formaat", "kolommen", "basis",     "percentages", "taal",
                                             "filter",  "werving",  "kwaliteit", "kanaal",      "gewogen"};
    const struct results_call *call = &book->call;
    struct public_file *file = &book->file;
    const struct shelved *shelved = shelf_hold_for(call->arena, call->results, call->round->id);
    if (!shelved) {
        results_call_answer(&book->call, FIGURES_NO_RELEASE, NULL);
        return;
    }
    book->provisional = survey_round_accepts(call->round, call->results->config.now_s());
    file->results = call->results;
    file->ex = call->ex;
    file->round_id = call->round->id;
    file->release = shelved->history.newest->number;
    file->key = arena_printf(
        http_arena(call->ex), "%d.%d of %s", (int)call->round->version_id, (int)book->provisional,
        public_file_key(call->ex, parameters, sizeof parameters / sizeof parameters[0]).ptr);
    file->make = make_public;
    file->describe = describe_public;
    file->media_type = workbook_format_facts(book->request.format)->media_type;
    public_file_answer(file);
}

static void get_public_book(struct http_exchange *ex, struct results *results)
{
    struct public_book *book = arena_alloc(http_arena(ex), sizeof *book);
    enum db_status status;
    if (!results_call_begin(&book->call, results, (struct results_place){NULL, NULL}, ex)) {
        return;
    }
    read_request(&book->request, &book->call);
    if (!results_call_refuse(&book->call, &status)) {
        answer_public(book);
    }
}

/* ---- an analyst's: on a worker, with an audit line ---- */

struct analyst_book {
    struct lane_work work; /* first */
    struct results *results;
};

static enum db_status make_audited(struct results_call *call, struct results_book_request *request)
{
    struct results_file file;
    struct results_book_outcome outcome;
    const struct account_caller *caller = http_caller(call->ex);
    if (!results_file_open(&file, call->results, call->ex, call->arena, FIGURES_ANALYST)) {
        return DB_OK;
    }
    const enum results_book_status made = make_in(&file, &outcome, call->results, request);
    bool answered = true;
    if (made == BOOK_OK) {
        const struct workbook_format_facts *facts = workbook_format_facts(request->format);
        results_file_reply(&file, call->ex, facts->media_type);
        name_file(call, facts);
    } else {
        answered = answer_without(call, &file, made, &outcome);
    }
    results_file_close(&file);
    return answered ? results_book_audit(call->tx, request, "api", caller ? caller->label : "unknown",
                                         made == BOOK_OK ? "ok" : "failed")
                    : DB_FAILED;
}

static enum db_status run_analyst(struct db_tx *tx, struct lane_work *work)
{
    struct results *results = ((struct analyst_book *)work)->results;
    struct results_call call;
    struct results_book_request request;
    enum db_status status;
    http_reply_reset(work->exchange); /* of a transaction that is run again */
    if (!results_call_begin(&call, results, (struct results_place){.tx = tx}, work->exchange)) {
        return DB_OK;
    }
    read_request(&request, &call);
    if (results_call_refuse(&call, &status)) {
        return status;
    }
    status = results_book_read_pages(&request, call.arena, tx, results->config.now_s());
    return status == DB_OK ? make_audited(&call, &request) : status;
}

static void conclude_analyst(struct http_exchange *ex, void *context)
{
    const struct lane_work *work = context;
    if (work->status != DB_OK) {
        http_reply_reset(ex);
        lane_answer_failure(ex, work->status);
    }
}

static void get_book(struct http_exchange *ex, void *self)
{
    if (results_call_is_public(ex)) {
        get_public_book(ex, self);
        return;
    }
    struct analyst_book *book = arena_alloc(http_arena(ex), sizeof *book);
    book->results = self;
    book->work.name = "book";
    book->work.role = DB_ROLE_RESULTS;
    book->work.run = run_analyst;
    lane_transact(book->results->config.lanes, ex, &book->work, conclude_analyst);
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
     .on_inline = get_book},
};
const size_t results_book_route_count = sizeof results_book_routes / sizeof results_book_routes[0];
