/* GET /v1/consultaties/{consultatie}/tabellenboek: live, or of a release. */
#include "features/account/account.h"
#include "features/results/results_api.h"
#include "features/results/results_book.h"
#include "features/results/results_public_file.h"
#include "features/results/results_shelf.h"

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
    const struct query_texts people = results_call_texts(call);
    const struct results_book_texts texts = {.format = results_call_parameter(call, "formaat"),
                                             .banner = results_call_parameter(call, "kolommen"),
                                             .bases = people.base,
                                             .percentages = results_call_parameter(call, "percentages"),
                                             .language = results_call_parameter(call, "taal"),
                                             .filter = people.filter,
                                             .stream = people.stream,
                                             .channel = people.channel,
                                             .quality = people.quality,
                                             .weighted = people.weighted};
    results_book_read(request, call->errors, call->arena, &texts);
}

/* ---- made ---- */

static enum public_file_made made_of(enum results_book_status status, const struct results_file *file)
{
    switch (status) {
    case BOOK_OK:
        return PUBLIC_FILE_WHOLE;
    case BOOK_NO_FIGURES:
        return PUBLIC_FILE_NONE;
    case BOOK_TOO_WIDE:
    case BOOK_TOO_LARGE:
    case BOOK_STOPPED:
        return PUBLIC_FILE_LARGE;
    case BOOK_OUTPUT:
    case BOOK_TEMPORARY:
        return file->too_large ? PUBLIC_FILE_LARGE : PUBLIC_FILE_FULL;
    case BOOK_FAILED:
        break;
    }
    return PUBLIC_FILE_FAILED;
}

static enum public_file_made make_in(struct results_file *file, struct results_book_outcome *outcome,
                                     struct results *results, struct results_book_request *request)
{
    request->output = (struct dataset_output){
        .write = results_file_write, .self = file, .folder = results->config.export_folder};
    request->proceed = proceed;
    request->self = file;
    return made_of(results_book(outcome, results, request), file);
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

static enum public_file_made make_public(struct public_file *file)
{
    struct public_book *book = (struct public_book *)file;
    struct results_book_outcome outcome;
    const enum public_file_made made = make_in(&file->file, &outcome, file->results, &book->request);
    file->figures = outcome.figures;
    file->rule = outcome.rule;
    file->release = made == PUBLIC_FILE_WHOLE ? outcome.release : file->release; /* a new one may have come */
    return made;
}

/* The same as long as its release and what was asked are: the query is in the tag by way of the address, to
 * which a tag belongs. */
static void describe_public(struct public_file *file)
{
    const struct public_book *book = (const struct public_book *)file;
    const struct workbook_format_facts *facts = workbook_format_facts(book->request.format);
    name_file(&book->call, facts);
    struct http_exchange *ex = book->call.ex;
    http_set_header(ex, "ETag",
                    arena_printf(http_arena(ex), "W/\"o-%d.%d.%d-%s\"", (int)file->round_id,
                                 (int)file->release, (int)book->provisional, facts->name)
                        .ptr);
    http_set_header(ex, "Cache-Control", "public, max-age=300");
}

static void answer_public(struct public_book *book)
{
    static const char *const parameters[] = {"formaat", "kolommen", "basis",     "percentages", "taal",
                                             "filter",  "werving",  "kwaliteit", "kanaal",      "gewogen"};
    struct results_call *call = &book->call;
    struct public_file *file = &book->file;
    const struct shelved *shelved = shelf_hold_for(call->arena, call->results, call->round->id);
    if (!shelved) {
        results_call_answer(call, FIGURES_NO_RELEASE, NULL);
        return;
    }
    book->provisional = survey_round_incomplete(call->round, call->results->config.now_s());
    file->results = call->results;
    file->call = call;
    file->arena = call->arena;
    file->slowness = LANE_WHILE;
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
    if (!results_file_open(&file, call->results, call->ex, call->arena)) {
        return DB_OK;
    }
    const enum public_file_made made = make_in(&file, &outcome, call->results, request);
    bool answered = true;
    if (made == PUBLIC_FILE_WHOLE) {
        const struct workbook_format_facts *facts = workbook_format_facts(request->format);
        results_file_reply(&file, call->ex, facts->media_type);
        name_file(call, facts);
    } else {
        answered = public_file_refuse(call, made, outcome.figures, outcome.rule);
    }
    results_file_close(&file);
    return answered ? results_book_audit(call->tx, request, results_call_origin(call),
                                         caller ? caller->label : "unknown",
                                         made == PUBLIC_FILE_WHOLE ? "ok" : "failed")
                    : DB_FAILED;
}

enum db_status results_make_book(struct results_call *call)
{
    struct results_book_request request;
    enum db_status status;
    read_request(&request, call);
    if (results_call_refuse(call, &status)) {
        return status;
    }
    status = results_book_read_pages(&request, call->arena, call->tx, call->results->config.now_s());
    return status == DB_OK ? make_audited(call, &request) : status;
}

static enum db_status run_analyst(struct db_tx *tx, struct lane_work *work)
{
    struct results *results = ((struct analyst_book *)work)->results;
    struct results_call call;
    http_reply_reset(work->exchange); /* of a transaction that is run again */
    if (!results_call_begin(&call, results, (struct results_place){.tx = tx}, work->exchange)) {
        return DB_OK;
    }
    return results_make_book(&call);
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
