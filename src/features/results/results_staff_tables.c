/* /beheer/tabellen: any question of a round, live, for analysts. Whoever looks says what for, and each table
 * leaves the audit line that a call with a key leaves. */
#include "features/results/results_staff_tables.h"

#include "base/clock.h"
#include "features/account/account.h"

#include <string.h>

#define ROUND_PATH TABLES_PATH "/{ronde}"

/* ---- which round ---- */

static const char *round_label(const struct staff_table *table, const struct survey_round *round)
{
    const char *title = round->title[table->maker.language];
    return title ? title : round->code;
}

/* Why nothing is told of the round; NULL: it may be told. */
static const char *why_not(const struct staff_table *table, const struct survey_round *round)
{
    const int64_t now_s = table->call.results->config.now_s();
    return clock_day(now_s) >= round->destruction_day        ? "rounds.destroyed"
           : results_may_tell(round, FIGURES_ANALYST, now_s) ? NULL
                                                             : "rounds.embargo_closed";
}

static int language_of(const struct http_exchange *ex)
{
    return strcmp(http_language(ex), "en") == 0 ? 1 : 0;
}

static enum db_status get_rounds(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct results *results = self;
    const struct survey_snapshot *snapshot = survey_snapshot_for(results->config.survey, ex);
    const struct staff_table table = {
        .call = {.results = results, .ex = ex, .arena = http_arena(ex)},
        .maker = {http_arena(ex), web_locales(results->config.web), language_of(ex)}};
    json_t *list = json_array();
    (void)tx;
    for (size_t i = survey_round_count(snapshot); i-- > 0;) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        if (round->status == ROUND_DRAFT || round->pilot ||
            !account_may(staff_caller(ex), PERMISSION_TABLE_VIEW, round->consultation)) {
            continue;
        }
        const char *closed = why_not(&table, round);
        json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:s*}", "code", round->code, "label",
                                              round_label(&table, round), "consultation", round->consultation,
                                              "why_not", closed ? PANEL_TEXT(&table.maker, closed) : NULL));
    }
    json_t *context = staff_titled(ex, results->config.account, "tables.title");
    json_object_set_new(context, "none", json_boolean(json_array_size(list) == 0));
    json_object_set_new(context, "rounds", list);
    staff_render(ex, results->config.account, 200, "staff_tables", context);
    return DB_OK;
}

/* The round of the address, for who may see its tables. False: answered, with *status. */
static bool begin(struct staff_table *table, enum db_status *status, struct db_tx *tx,
                  struct http_exchange *ex, struct results *results)
{
    const struct survey_round *round =
        survey_round_find(survey_snapshot_for(results->config.survey, ex), http_path_param(ex, "ronde"));
    *status = DB_OK;
    if (round && !account_may(staff_caller(ex), PERMISSION_TABLE_VIEW, round->consultation)) {
        *status = staff_refuse(tx, ex, slice_from_cstr(round->consultation));
        return false;
    }
    if (!results_call_begin_round(&table->call, results, (struct results_place){.tx = tx}, ex)) {
        return false;
    }
    table->maker = (struct panel_maker){table->call.arena, web_locales(results->config.web), language_of(ex)};
    const struct slice purpose = slice_trim(staff_table_asked(table, "doel"));
    if (account_purpose_ok(purpose)) {
        table->call.purpose = arena_cstr(table->call.arena, purpose);
    }
    return true;
}

static const char *own_path(const struct staff_table *table, const char *page)
{
    return arena_printf(table->call.arena, TABLES_PATH "/%s%s", table->call.round->code, page).ptr;
}

/* ---- the table ---- */

static void fault(json_t *context, const struct staff_table *table, const char *parameter, const char *why)
{
    const char *field = arena_printf(table->call.arena, "keuze-%s", parameter).ptr;
    if (!json_object_get(context, arena_printf(table->call.arena, "%s_wrong", field).ptr)) {
        staff_fault(context, table->call.ex, table->call.results->config.account, field,
                    arena_printf(table->call.arena, "tables.fault.%s", why).ptr);
    }
}

static void put_faults(json_t *context, const struct staff_table *table)
{
    size_t index;
    json_t *item;
    json_array_foreach(table->call.errors, index, item)
    {
        const char *parameter = json_string_value(json_object_get(item, "parameter"));
        fault(context, table, parameter, strcmp(parameter, "groepeerOp") == 0 ? "group" : parameter);
    }
}

/* What the address asks for, with its audit line; *figures NULL: the page says why not. */
static enum db_status look(const struct figures **figures, const struct staff_table *table, json_t *context)
{
    struct results_call call = table->call;
    struct figures_query query;
    struct figures *made = arena_alloc(call.arena, sizeof *made);
    const char *rule;
    const struct query_texts texts =
        results_call_texts(&call); /* none is empty: such an address was mended */
    if (!results_call_may_see(&call, call.round)) {
        return results_call_audit(&call, NULL, "refused");
    }
    if (!results_query_read(&query, call.errors, call.arena, FIGURES_ANALYST, call.round, &texts)) {
        put_faults(context, table);
        return DB_OK;
    }
    if (!call.purpose) {
        fault(context, table, "doel", "doel");
        return DB_OK;
    }
    switch (results_call_try(made, &rule, &call, &query)) {
    case FIGURES_OK:
        *figures = made;
        return results_call_audit(&call, results_call_table_name(&call, made).ptr, "ok");
    case FIGURES_NO_WEIGHTS:
        fault(context, table, "gewogen", "no_weights");
        return DB_OK;
    case FIGURES_TOO_LARGE:
        fault(context, table, "groepeerOp", "too_large");
        return DB_OK;
    case FIGURES_NOT_READY:
        fault(context, table, "variabele", "not_ready");
        return DB_OK;
    case FIGURES_NO_RELEASE:
    case FIGURES_NOT_RELEASED: /* of the public's view alone */
    case FIGURES_FAILED:
        break;
    }
    return DB_FAILED;
}

static void put_links(json_t *context, const struct staff_table *table)
{
    const struct survey_round *round = table->call.round;
    const char *api = arena_printf(table->call.arena, "%s/v1/consultaties/%s/tabellen",
                                   http_public_url(table->call.ex), round->consultation)
                          .ptr;
    const char *first = arena_printf(table->call.arena, "ronde=%s", round->code).ptr;
    json_object_set_new(context, "csv",
                        json_string(staff_table_address(table, own_path(table, "/csv"), "", true)));
    json_object_set_new(context, "json",
                        json_string(staff_table_address(table, own_path(table, "/json"), "", true)));
    json_object_set_new(context, "share",
                        json_string(arena_printf(table->call.arena, "%s%s", http_public_url(table->call.ex),
                                                 staff_table_address(table, own_path(table, ""), "", false))
                                        .ptr));
    json_object_set_new(context, "api", json_string(staff_table_address(table, api, first, false)));
}

static void put_form(json_t *context, const struct staff_table *table)
{
    static const char *const fields[] = {"filter", "doel"};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const struct slice text = staff_table_asked(table, fields[i]);
        json_object_set_new(context, fields[i], json_stringn(text.ptr ? text.ptr : "", text.len));
    }
    json_t *selects = staff_table_selects(table);
    size_t index;
    json_t *select;
    json_array_foreach(selects, index, select)
    {
        const char *key = arena_printf(table->call.arena, "keuze-%s_wrong",
                                       json_string_value(json_object_get(select, "name")))
                              .ptr;
        json_t *wrong = json_object_get(context, key);
        json_object_set(select, "wrong", wrong ? wrong : json_false());
    }
    json_object_set_new(context, "selects", selects);
    json_object_set_new(context, "action", json_string(own_path(table, "")));
}

static void show(const struct staff_table *table, const struct figures *figures, json_t *context)
{
    const struct survey_round *round = table->call.round;
    const char *closed = why_not(table, round);
    json_object_set_new(
        context, "title",
        json_string(PANEL_FORMAT(&table->maker, "tables.of_round", "round", round_label(table, round))));
    json_object_set_new(
        context, "exports_path",
        json_string(arena_printf(table->call.arena, "/v1/consultaties/%s/exporten?ronde=%s&formaat=csv",
                                 round->consultation, round->code)
                        .ptr));
    json_object_set_new(context, "book", json_string(own_path(table, "/tabellenboek")));
    json_object_set_new(context, "weights_csv", json_string(own_path(table, "/gewichten")));
    json_object_set_new(context, "with_charts", json_true());
    if (closed) {
        json_object_set_new(context, "why_not", json_string(PANEL_TEXT(&table->maker, closed)));
    } else {
        put_form(context, table);
    }
    if (figures) {
        json_object_set_new(context, "figures", staff_table_figures(table, figures));
        put_links(context, table);
    }
    staff_render(table->call.ex, table->call.results->config.account, 200, "staff_table", context);
}

/* Whether the form was sent, or an address with a part of what it asks was opened. */
static bool is_sent(const struct staff_table *table)
{
    const char *const *name = staff_table_parameters;
    while (*name && !staff_table_asked(table, *name).ptr) {
        name++;
    }
    return *name || staff_table_asked(table, "doel").ptr;
}

static enum db_status get_table(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct staff_table table;
    enum db_status status;
    const struct figures *figures = NULL;
    if (!begin(&table, &status, tx, ex, self)) {
        return status;
    }
    if (staff_table_is_loose(&table)) {
        http_redirect(ex, staff_table_address(&table, own_path(&table, ""), "", true));
        return DB_OK;
    }
    json_t *context = json_object();
    if (staff_table_asked(&table, "variabele").ptr) {
        status = look(&figures, &table, context);
    } else if (is_sent(&table)) {
        fault(context, &table, "variabele", "question");
        if (!table.call.purpose) {
            fault(context, &table, "doel", "doel");
        }
    }
    if (status == DB_OK) {
        show(&table, figures, context);
    } else {
        json_decref(context);
    }
    return status;
}

/* ---- files ---- */

/* The same table; what cannot be answered is told on the page. */
static enum db_status get_file(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct staff_table table;
    struct figures_query query;
    enum db_status status;
    if (!begin(&table, &status, tx, ex, self)) {
        return status;
    }
    const struct query_texts texts = results_call_texts(&table.call);
    json_t *errors = json_array();
    const bool good =
        results_query_read(&query, errors, table.call.arena, FIGURES_ANALYST, table.call.round, &texts);
    json_decref(errors);
    if (!good || !table.call.purpose || why_not(&table, table.call.round)) {
        http_redirect(ex, staff_table_address(&table, own_path(&table, ""), "", true));
        return DB_OK;
    }
    return results_make_tables(&table.call);
}

/* Of the whole round; read in a second step, as results, which alone may. */
struct round_file {
    struct lane_work work; /* first */
    struct results *results;
    enum db_status (*make)(struct results_call *call);
};

static enum db_status guard(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct staff_table table;
    enum db_status status;
    if (begin(&table, &status, tx, ex, self) && why_not(&table, table.call.round)) {
        http_redirect(ex, own_path(&table, ""));
    }
    return status;
}

static enum db_status guard_book(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct slice format;
    const enum db_status status = guard(tx, ex, self);
    if (status == DB_OK && !http_replied(ex) &&
        !(http_query(&format, ex, "formaat") &&
          (slice_equal_cstr(format, "xlsx") || slice_equal_cstr(format, "ods")))) {
        http_redirect(ex, TABLES_PATH);
    }
    return status;
}

static enum db_status make_file(struct db_tx *tx, struct lane_work *work)
{
    struct round_file *file = (struct round_file *)(void *)work;
    struct results_call call;
    http_reply_reset(work->exchange); /* of a transaction that is run again */
    return results_call_begin_round(&call, file->results, (struct results_place){.tx = tx}, work->exchange)
               ? file->make(&call)
               : DB_OK;
}

static void file_made(struct http_exchange *ex, void *item)
{
    const struct round_file *file = item;
    if (file->work.status != DB_OK) {
        http_reply_reset(ex);
        lane_answer_failure(ex, file->work.status);
    }
}

static void go_make(struct http_exchange *ex, struct results *results,
                    enum db_status (*make)(struct results_call *call))
{
    struct round_file *file = arena_alloc(http_arena(ex), sizeof *file);
    *file = (struct round_file){.work = {.name = "round-file", .role = DB_ROLE_RESULTS, .run = make_file},
                                .results = results,
                                .make = make};
    lane_transact(results->config.lanes, ex, &file->work, file_made);
}

static void go_book(struct http_exchange *ex, void *self)
{
    go_make(ex, self, results_make_book);
}

static void go_weights(struct http_exchange *ex, void *self)
{
    go_make(ex, self, results_make_weights);
}

/* ---- routes ---- */

#define ASKED "variabele,groepeerOp,filter,werving,kanaal,kwaliteit,gewogen,basis,maat,doel"
#define TABLE_GET(PATH, QUERY, PRODUCES)                                                                     \
    .method = HTTP_GET, .path = PATH, .surface = HTTP_PAGE, .query = QUERY, .produces = PRODUCES,            \
    .scope = PERMISSION_TABLE_VIEW

static const struct route routes[] = {
    {.http = {TABLE_GET(TABLES_PATH, "taal", NULL)}, .on_job = get_rounds, .role = DB_ROLE_STAFF},
    {.http = {TABLE_GET(ROUND_PATH, ASKED ",groepeerOp2,groepeerOp3,erbij,taal", NULL)},
     .on_job = get_table,
     .role = DB_ROLE_STAFF},
    {.http = {TABLE_GET(ROUND_PATH "/csv", ASKED, "text/csv")}, .on_job = get_file, .role = DB_ROLE_STAFF},
    {.http = {TABLE_GET(ROUND_PATH "/json", ASKED, "application/json")},
     .on_job = get_file,
     .role = DB_ROLE_STAFF},
    {.http = {TABLE_GET(ROUND_PATH "/tabellenboek", "formaat,taal,gewogen",
                        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,"
                        "application/vnd.oasis.opendocument.spreadsheet")},
     .on_job = guard_book,
     .after = go_book,
     .role = DB_ROLE_STAFF},
    {.http = {TABLE_GET(ROUND_PATH "/gewichten", "versie", "text/csv")},
     .on_job = guard,
     .after = go_weights,
     .role = DB_ROLE_STAFF},
};

static const struct staff_link links[] = {
    {TABLES_PATH, "tables.link", PERMISSION_TABLE_VIEW, STAFF_RESEARCH, NULL}};

void results_staff_tables_start(struct results *results)
{
    lanes_add(results->config.lanes, routes, sizeof routes / sizeof routes[0], results);
    staff_add_links(results->config.account, links, sizeof links / sizeof links[0]);
}
