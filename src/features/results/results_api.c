/* GET /v1/rondes/{ronde}/tabel: counts and shares of a variable by up to two background variables. Analysts
 * only, audited. */
#include "features/results/results_internal.h"

#include "base/clock.h"
#include "features/account/account.h"
#include "features/audit/audit.h"

#include <string.h>

/* What a variable that does not exist is, until its error is answered. */
#define NO_VARIABLE SIZE_MAX

static void add_error(json_t *errors, const char *parameter, const char *code, const char *detail)
{
    json_t *item = json_object();
    json_object_set_new(item, "parameter", json_string(parameter));
    json_object_set_new(item, "code", json_string(code));
    json_object_set_new(item, "detail", json_string(detail));
    json_array_append_new(errors, item);
}

/* May stand behind `naar`: background, or how somebody came. */
static bool is_group(const struct variable *v)
{
    return v->kind == VARIABLE_CATEGORY && (v->background || v->system);
}

static void read_groups(struct results_request *request, json_t *errors, struct slice text)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, request->round->questionnaire);
    bool more = true;
    while (more) {
        struct slice code;
        more = slice_cut(&code, &text, text, ',');
        int index = questionnaire_find_variable(request->round->questionnaire, code);
        if (index < 0 || !is_group(&variables[index])) {
            add_error(errors, "naar", "onbekend",
                      "Kies achtergrondvariabelen uit het codeboek van deze ronde.");
        } else if (request->group_count == RESULTS_GROUPS_MAX) {
            add_error(errors, "naar", "te-veel", "Kies ten hoogste twee achtergrondvariabelen.");
            return;
        } else if ((size_t)index == request->variable ||
                   (request->group_count == 1 && request->groups[0] == (size_t)index)) {
            add_error(errors, "naar", "dubbel", "Noem elke variabele een keer.");
        } else {
            request->groups[request->group_count++] = (size_t)index;
        }
    }
}

/* A filter that keeps one category of a variable. False when there is no such category. */
static bool keep_category(struct results_request *request, struct arena *arena, const char *variable,
                          struct slice category)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, request->round->questionnaire);
    int index = questionnaire_find_variable(request->round->questionnaire, slice_from_cstr(variable));
    for (uint16_t k = 0; index >= 0 && k < variables[index].category_count; k++) {
        if (slice_equal_cstr(category, variables[index].categories[k].code)) {
            uint16_t *codes = arena_array(arena, 1, sizeof *codes);
            codes[0] = (uint16_t)(ANSWER_FIRST + k);
            request->filters[request->filter_count++] = (struct tabulate_filter){(size_t)index, codes, 1};
            return true;
        }
    }
    return false;
}

static void keep_asked(struct results_request *request, struct arena *arena)
{
    size_t count;
    const struct variable *v =
        &questionnaire_variables(&count, request->round->questionnaire)[request->variable];
    uint32_t codes_count = v->kind == VARIABLE_CATEGORY ? v->category_count
                           : v->kind == VARIABLE_NUMBER ? (uint32_t)v->number_max + 1
                                                        : 1;
    uint32_t last = ANSWER_FIRST + codes_count;
    uint16_t *codes = arena_array(arena, last, sizeof *codes);
    for (uint32_t code = 1; code < last; code++) {
        codes[code - 1] = (uint16_t)code;
    }
    request->filters[request->filter_count++] = (struct tabulate_filter){request->variable, codes, last - 1};
}

/* Reads the query; an array of errors, empty when all is well. */
static json_t *read_parameters(struct results_request *request, struct http_exchange *ex)
{
    json_t *errors = json_array();
    struct slice text;
    int index = -1;
    if (http_query(&text, ex, "variabele")) {
        index = questionnaire_find_variable(request->round->questionnaire, text);
    }
    if (index < 0) {
        add_error(errors, "variabele", "onbekend", "Noem een variabele uit het codeboek van deze ronde.");
        request->variable = NO_VARIABLE;
    } else {
        request->variable = (size_t)index;
        keep_asked(request, http_arena(ex));
    }
    if (http_query(&text, ex, "naar")) {
        read_groups(request, errors, text);
    }
    if (!http_query(&text, ex, "werving")) {
        text = SLICE("open");
    }
    if (!slice_equal_cstr(text, "alle") && !keep_category(request, http_arena(ex), "werving", text)) {
        add_error(errors, "werving", "onbekend", "Kies open, uitnodiging, panel, organisatie of alle.");
    }
    if (http_query(&text, ex, "kwaliteit") && !slice_equal_cstr(text, "alle") &&
        !keep_category(request, http_arena(ex), "kwaliteit", text)) {
        add_error(errors, "kwaliteit", "onbekend", "Kies goed, snel, lokveld, beide of alle.");
    }
    return errors;
}

/* While a round runs, its tussenstand says who may see anything. */
static bool refuse_embargo(struct http_exchange *ex, const struct survey_round *round, int64_t now)
{
    if (round->interim != INTERIM_CLOSED || !survey_round_accepts(round, now)) {
        return false;
    }
    http_problem(
        ex, 403, "tussenstand-gesloten", "Deze ronde geeft nog geen uitkomsten",
        "De tussenstand van deze ronde is gesloten. Na sluiting van de ronde kunt u tabellen opvragen.",
        NULL);
    return true;
}

static enum db_status audit(struct db_tx *tx, struct http_exchange *ex, struct slice object,
                            const char *result)
{
    const struct account_caller *caller = http_caller(ex);
    const struct audit_event event = {.action = "table.view",
                                      .object = arena_cstr(db_arena(tx), object),
                                      .result = result,
                                      .origin = "api",
                                      .actor = caller ? caller->label : "unknown"};
    return audit_record(tx, &event);
}

static enum db_status audit_table(struct db_tx *tx, struct http_exchange *ex,
                                  const struct results_request *request)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, request->round->questionnaire);
    struct slice object =
        arena_printf(db_arena(tx), "table:%s:%s", request->round->code, variables[request->variable].code);
    for (size_t g = 0; g < request->group_count; g++) {
        object = arena_printf(db_arena(tx), "%.*s:%s", SLICE_ARG(object), variables[request->groups[g]].code);
    }
    return audit(tx, ex, object, "ok");
}

static void describe(json_t *body, struct http_exchange *ex, const struct results *results,
                     const struct results_request *request)
{
    struct slice text;
    bool open = survey_round_accepts(request->round, results->config.now_s());
    json_object_set_new(body, "ronde", json_string(request->round->code));
    json_object_set_new(body, "weergave", json_string("analist"));
    json_object_set_new(body, "voorlopig", json_boolean(open));
    json_object_set_new(body, "gewogen", json_false());
    json_object_set_new(body, "werving",
                        http_query(&text, ex, "werving") ? json_stringn(text.ptr, text.len)
                                                         : json_string("open"));
    json_object_set_new(body, "kwaliteit",
                        http_query(&text, ex, "kwaliteit") ? json_stringn(text.ptr, text.len)
                                                           : json_string("alle"));
    json_object_set_new(body, "drempel", json_integer(request->threshold));
    json_object_set_new(body, "toelichting",
                        json_string("De basis is wie de vraag kreeg. Cellen onder de drempel zijn weggelaten "
                                    "(null), met elk totaal en aandeel waaruit ze "
                                    "te berekenen zijn. De bandbreedte is 95 procent (Wilson) en gaat ervan "
                                    "uit dat deelnemers lijken op niet-deelnemers. "
                                    "De cijfers zijn niet gewogen."));
}

static void refuse_large(struct http_exchange *ex)
{
    http_problem(ex, 400, "te-groot", "De tabel wordt te groot",
                 "Kies minder of andere achtergrondvariabelen.", NULL);
}

static void reply_csv(struct http_exchange *ex, const struct results_request *request, json_t *table_take)
{
    struct slice csv;
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, request->round->questionnaire);
    bool good = results_table_csv(&csv, http_arena(ex), table_take);
    json_decref(table_take);
    if (!good) {
        refuse_large(ex);
        return;
    }
    http_reply_bytes(ex, 200, "text/csv; charset=utf-8; header=present", csv);
    http_set_header(ex, "Content-Disposition",
                    arena_printf(http_arena(ex), "attachment; filename=\"%s-%s.csv\"", request->round->code,
                                 variables[request->variable].code)
                        .ptr);
}

static enum db_status get_table(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct results *results = self;
    const struct survey_snapshot *snapshot = survey_snapshot_for(results->config.survey, ex);
    struct results_request request = {.round = survey_round_find(snapshot, http_path_param(ex, "ronde")),
                                      .threshold = results->config.threshold};
    struct columns *columns = request.round ? results_columns(results, request.round->id) : NULL;
    bool too_many;
    if (!request.round || request.round->status == ROUND_DRAFT || request.round->pilot) {
        http_error(ex, 404);
        return DB_OK;
    }
    if (refuse_embargo(ex, request.round, results->config.now_s())) {
        return audit(tx, ex, arena_printf(db_arena(tx), "table:%s", request.round->code), "refused");
    }
    json_t *errors = read_parameters(&request, ex);
    if (json_array_size(errors) > 0) {
        http_problem(ex, 400, "ongeldige-invoer", "De vraag klopt nog niet",
                     "Kijk bij elke fout welke parameter het is.", errors);
        return DB_OK;
    }
    json_decref(errors);
    if (!columns) {
        http_set_retry_after(ex, 1);
        http_error(ex, 503);
        return DB_OK;
    }
    json_t *body = results_table_json(&too_many, http_arena(ex), columns, &request);
    if (!body) {
        if (too_many) {
            refuse_large(ex);
            return DB_OK;
        }
        return DB_FAILED;
    }
    describe(body, ex, results, &request);
    if (strcmp(http_accepted(ex), "text/csv") == 0) {
        reply_csv(ex, &request, body);
    } else {
        http_reply_json(ex, 200, body);
    }
    return audit_table(tx, ex, &request);
}

const struct route results_api_routes[] = {
    {.http = {.method = HTTP_GET,
              .path = "/v1/rondes/{ronde}/tabel",
              .surface = HTTP_API,
              .scope = SCOPE_ANALYST,
              .produces = "application/json,text/csv",
              .query = "variabele,naar,werving,kwaliteit"},
     .on_job = get_table,
     .role = DB_ROLE_RESULTS},
};
const size_t results_api_route_count = sizeof results_api_routes / sizeof results_api_routes[0];
