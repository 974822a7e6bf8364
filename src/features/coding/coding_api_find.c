/* What was said, by its words, its codes and who said it, and its codings one by one, by the API. The same
 * functions as the page; but what two code and nobody decided yet stays blind, a group of a few people is not
 * shown, and of a text in which likely personal data waits for a decision the words stay here. */
#include "features/coding/coding_find.h"
#include "features/coding/coding_internal.h"
#include "features/fieldwork/fieldwork.h"

#include <string.h>

enum { PAGE = 100, SHOWN_FROM = 5 /* people, of a group */ };

enum statement { MARKS, STATEMENT_COUNT };

/* Memos are the coders' own. Coders have numbers here and no names. */
const struct db_statement coding_api_statements[STATEMENT_COUNT + 1] = {
    [MARKS] =
        {"coding_api_marks",
         "WITH picked AS (SELECT c.* FROM zs.coding AS c WHERE c.round_id = $1::int4 AND c.ended_at IS NULL "
         "AND "
         "c.id >= $2::int8 AND ($3::int8 = 0 OR c.passage_id = $3::int8) AND NOT EXISTS (SELECT FROM "
         "zs.coding_task AS t WHERE t.passage_id = c.passage_id AND t.position > 1 AND NOT EXISTS (SELECT "
         "FROM "
         "zs.adjudication AS a WHERE a.passage_id = t.passage_id)) AND EXISTS (SELECT FROM zs.evidence AS e "
         "WHERE e.id = c.passage_id) ORDER BY c.id LIMIT $4::int4) SELECT "
         "coalesce(json_agg(json_strip_nulls(json_build_object('codering', c.id, 'passage', c.passage_id, "
         "'methode', c.method, 'codeur', 'C' || c.coder_id, 'besloten', c.decided, 'telt', c.counts, 'van', "
         "c.start_at, 'tot', c.end_at, 'codes', c.codes, 'facet', c.facet, 'uiting', c.expression, "
         "'toepassing', c.application, 'richting', c.direction, 'herkomst', c.origin, 'gevraagd', "
         "to_json(c.prompted), 'codeboek', c.book_version::text)) ORDER BY c.id), '[]')::text FROM picked AS "
         "c"},
};

/* ---- what is asked ---- */

static const struct {
    const char *name, *code, *detail;
} rules[] = {
    {"waarde", "onbekend", "Kies een code uit de boom van het codeboek van deze ronde."},
    {"methode", "onbekend", "Kies enquete, interview of focusgroep."},
    {"groep", "onbekend", "Kies een antwoord op een achtergrondvraag van deze ronde, zoals gender:vrouw."},
    {"zoek", "te-lang", "Zoek met hooguit 200 tekens."},
    {NULL, "onbekend", "Kies een code van deze as uit het codeboek van deze ronde."},
};

/* The last is of all others. */
static size_t rule_of(const char *name)
{
    size_t i = 0;
    while (rules[i].name && strcmp(name, rules[i].name) != 0) {
        i++;
    }
    return i;
}

/* False: answered. */
static bool read_query(struct coding_query *query, struct http_exchange *ex, const struct coding_view *view)
{
    struct coding_unknown unknown;
    coding_query_read(query, &unknown, ex, view->round, view->book);
    query->settled = true;
    json_t *errors = json_array();
    for (size_t i = 0; i < unknown.count; i++) {
        const size_t rule = rule_of(unknown.names[i]);
        json_array_append_new(errors, json_pack("{s:s,s:s,s:s}", "parameter", unknown.names[i], "code",
                                                rules[rule].code, "detail", rules[rule].detail));
    }
    return http_query_good(ex, errors);
}

/* ---- agreement ---- */

/* Names of the values on which coders agree too little: both lists of codings say so. */
static enum db_status put_below(json_t *body, struct coding *c, struct db_tx *tx,
                                const struct coding_view *view)
{
    unsigned below;
    json_t *names = json_array();
    const enum db_status status = coding_below_bar(&below, c, tx, view->round->id, view->plan.bar);
    for (size_t value = 0; value < CODING_VALUES; value++) {
        if ((below & 1U << value) != 0) {
            json_array_append_new(names, json_string(coding_values[value]));
        }
    }
    json_object_set_new(body, "onderDeGrens", names);
    return status;
}

/* ---- passages ---- */

static json_t *counts_json(const struct coding_counts *n)
{
    return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "mensen", (json_int_t)n->people, "inzendingen",
                     (json_int_t)n->responses, "deelnemers", (json_int_t)n->participants, "interviews",
                     (json_int_t)n->interviews, "focusgroepen", (json_int_t)n->focus_groups, "passages",
                     (json_int_t)n->passages, "coderingen", (json_int_t)n->codings);
}

/* As it is called here: a participant by their pseudonym, and the words around what was searched in pieces.
 */
static void name_members(json_t *passage, bool searched)
{
    json_t *who = json_object_get(passage, "wie"), *around = json_object_get(passage, "rond");
    if (who) {
        json_object_set(passage, "deelnemer", who);
        json_object_del(passage, "wie");
    }
    if (searched) {
        json_object_set_new(passage, "fragment",
                            around ? coding_pieces(json_string_value(around)) : json_array());
    }
    json_object_del(passage, "rond");
}

static struct slice member_text(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) ? (struct slice){json_string_value(value), json_string_length(value)}
                                 : (struct slice){NULL, 0};
}

enum db_status coding_hold_back(size_t *count, const struct coding *c, struct db_tx *tx, json_t *passages)
{
    const size_t all = json_array_size(passages);
    struct personal_text *texts = arena_array(db_arena(tx), all + 1, sizeof *texts);
    bool *waits = arena_array(db_arena(tx), all + 1, sizeof *waits);
    for (size_t i = 0; i < all; i++) {
        const json_t *item = json_array_get(passages, i);
        texts[i] = (struct personal_text){json_integer_value(json_object_get(item, "passage")),
                                          member_text(item, "gesprek"), member_text(item, "tekst")};
    }
    const enum db_status status = personal_waits(waits, count, tx, c->config.keys, texts, all);
    for (size_t i = 0; status == DB_OK && i < all; i++) {
        json_t *item = json_array_get(passages, i);
        if (waits[i]) {
            json_object_del(item, "tekst");
            json_object_del(item, "rond");
            json_object_set_new(item, "ingehouden", json_string("persoonsgegevens"));
        }
    }
    return status;
}

static void put_next(struct http_exchange *ex, const char *next)
{
    const struct http_page page = {.next = next};
    http_page_link(ex, &page);
}

static bool refuse_few(struct http_exchange *ex, const struct coding_query *query,
                       const struct coding_counts *counts)
{
    if (!query->groups[0].variable || counts->people >= SHOWN_FROM || counts->passages == 0) {
        return false;
    }
    http_problem(
        ex, 403, "te-weinig-mensen", "Dit zijn te weinig mensen",
        "Van een groep van minder dan vijf mensen laten wij niet zien wat zij zeiden. Vraag het zonder "
        "groep, of minder precies.",
        NULL);
    return true;
}

static enum db_status audit(struct db_tx *tx, struct http_exchange *ex, const char *action,
                            const struct survey_round *round, const char *result)
{
    /* What is searched may hold a name. */
    static const char *const asked[] = {"waarde",  "toepassing", "richting",   "uiting",  "facet", "herkomst",
                                        "methode", "groep",      "ongevraagd", "passage", NULL};
    return account_audit_call(tx, ex, action, arena_printf(http_arena(ex), "round:%s", round->code).ptr,
                              result, asked);
}

static enum db_status show_passages(struct coding *c, struct db_tx *tx, struct http_exchange *ex,
                                    const struct coding_view *view, const struct coding_query *query,
                                    size_t size)
{
    const struct survey_round *round = view->round;
    struct coding_findings found;
    json_t *item;
    size_t i;
    enum db_status status = coding_find(&found, tx, query, (int32_t)size);
    if (status != DB_OK) {
        return status;
    }
    if (refuse_few(ex, query, &found.counts)) {
        json_decref(found.passages);
        return audit(tx, ex, "coding.find", round, "refused");
    }
    size_t held_back;
    status = coding_hold_back(&held_back, c, tx, found.passages);
    if (status != DB_OK) {
        json_decref(found.passages);
        return status;
    }
    json_array_foreach(found.passages, i, item)
    {
        name_members(item, query->words.len > 0);
    }
    json_t *body =
        json_pack("{s:s,s:o,s:I,s:o}", "ronde", round->code, "aantallen", counts_json(&found.counts),
                  "ingehouden", (json_int_t)held_back, "passages", found.passages);
    status = put_below(body, c, tx, view);
    if (status != DB_OK) {
        json_decref(body);
        return status;
    }
    http_reply_json(ex, 200, body);
    put_next(ex, found.next > 0 ? http_page_from(ex, found.next + 1) : NULL);
    return audit(tx, ex, "coding.find", round, "ok");
}

static enum db_status get_passages(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct coding *c = self;
    struct coding_view view;
    struct coding_query query;
    size_t size;
    int64_t from;
    enum db_status status;
    if (!coding_api_open(&view, &status, c, tx, ex, PERMISSION_CODING_VIEW) ||
        survey_key_embargo(ex, view.round, c->config.now_s())) {
        return status;
    }
    const bool filtered = read_query(&query, ex, &view);
    if (!http_page_ahead(&size, &from, ex, PAGE) || !filtered) {
        return status;
    }
    query.after = from > 0 ? from - 1 : 0;
    return show_passages(c, tx, ex, &view, &query, size);
}

/* ---- codings ---- */

/* The number of a passage that the query names; 0: of none. False: answered. */
static bool read_passage(int64_t *passage, struct http_exchange *ex)
{
    struct slice text;
    uint64_t number = 0;
    *passage = 0;
    const bool named = http_query(&text, ex, "passage");
    if (named && (!slice_to_u64(&number, text, INT64_MAX) || number == 0)) {
        return http_query_good(ex, json_pack("[{s:s,s:s,s:s}]", "parameter", "passage", "code", "bereik",
                                             "detail", "Geef het nummer van een passage."));
    }
    *passage = (int64_t)number;
    return true;
}

static int64_t mark_at(const json_t *list, size_t at)
{
    return json_integer_value(json_object_get(json_array_get(list, at), "codering"));
}

static enum db_status show_marks(struct coding *c, struct db_tx *tx, struct http_exchange *ex,
                                 const struct coding_view *view, int64_t passage, int64_t from, size_t size)
{
    const struct survey_round *round = view->round;
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round->id);
    db_put_int64(&p, from);
    db_put_int64(&p, passage);
    db_put_int32(&p, (int32_t)size + 1);
    enum db_status status = db_run_one(&row, tx, &coding_api_statements[MARKS], &p);
    if (status != DB_OK) {
        return status;
    }
    const struct slice text = db_get_text(row, 0, 0);
    json_t *list = json_loadb(text.ptr, text.len, 0, NULL);
    const char *next = json_array_size(list) > size ? http_page_from(ex, mark_at(list, size)) : NULL;
    if (next) {
        json_array_remove(list, size);
    }
    json_t *body = json_pack("{s:s,s:o}", "ronde", round->code, "coderingen", list);
    status = put_below(body, c, tx, view);
    if (status != DB_OK) {
        json_decref(body);
        return status;
    }
    http_reply_json(ex, 200, body);
    put_next(ex, next);
    return audit(tx, ex, "coding.list", round, "ok");
}

static enum db_status get_marks(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct coding *c = self;
    struct coding_view view;
    size_t size;
    int64_t from, passage;
    enum db_status status;
    if (!coding_api_open(&view, &status, c, tx, ex, PERMISSION_CODING_VIEW) ||
        survey_key_embargo(ex, view.round, c->config.now_s())) {
        return status;
    }
    const bool filtered = read_passage(&passage, ex);
    if (!http_page_ahead(&size, &from, ex, PAGE) || !filtered) {
        return status;
    }
    return show_marks(c, tx, ex, &view, passage, from, size);
}

#define API_GET(PATH, QUERY, HANDLER)                                                                        \
    {                                                                                                        \
        .http = {.method = HTTP_GET,                                                                         \
                 .path = PATH,                                                                               \
                 .surface = HTTP_API,                                                                        \
                 .query = QUERY,                                                                             \
                 .scope = PERMISSION_CODING_VIEW},                                                           \
        .on_job = HANDLER, .role = DB_ROLE_STAFF                                                             \
    }

const struct route coding_api_find_routes[] = {
    API_GET("/v1/rondes/{ronde}/passages",
            "zoek,waarde,toepassing,richting,uiting,facet,herkomst,methode,groep,ongevraagd," HTTP_PAGING,
            get_passages),
    API_GET("/v1/rondes/{ronde}/coderingen", "passage," HTTP_PAGING, get_marks),
};
const size_t coding_api_find_route_count = sizeof coding_api_find_routes / sizeof coding_api_find_routes[0];
