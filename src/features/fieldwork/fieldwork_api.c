/* Conversations by the API, for who holds a key: what is needed to work with what was said. Names, who led
 * it, where it was, recordings and what people were thanked with stay here. What participants say of
 * themselves is made coarser until nobody is alone with it. Of a text in which likely personal data waits for
 * a decision the words stay here. */
#include "features/fieldwork/fieldwork_internal.h"

#include "stats/anonymity.h"

#include <stdio.h>
#include <string.h>

enum { LIST_PAGE = 100, SHARED_BY = 5 /* people at least have the background that is shown of one */ };

enum statement { CONSENTS, PEOPLE, PASSAGES, STATEMENT_COUNT };

const struct db_statement fieldwork_api_statements[STATEMENT_COUNT + 1] = {
    [CONSENTS] =
        {"fieldwork_api_consents",
         "SELECT coalesce(json_object_agg(k.code, json_build_object('gekomen', k.came, 'geldig', k.open, "
         "'citeren', k.quotes, 'archiveren', k.archive, 'ingetrokken', k.withdrawn)), '{}')::text FROM "
         "(SELECT c.code, count(*) FILTER (WHERE p.standing = 'gekomen') AS came, count(*) FILTER (WHERE "
         "o.is_open) AS open, count(*) FILTER (WHERE o.is_open AND o.quotes) AS quotes, count(*) FILTER "
         "(WHERE o.is_open AND o.archive) AS archive, count(p.withdrawn_day) AS withdrawn FROM "
         "zs.conversation AS c JOIN zs.participant AS p ON p.conversation_id = c.id JOIN "
         "zs.participant_open AS o ON o.participant_id = p.id WHERE c.round_id = $1::int4 GROUP BY c.code) "
         "AS k"},
    /* Of the whole round: who shares a background is not asked within one conversation. */
    [PEOPLE] = {"fieldwork_api_people",
                "SELECT p.conversation_id, p.pseudonym, p.background::text, o.is_open, o.quotes, o.archive, "
                "p.withdrawn_day IS NOT NULL FROM zs.participant AS p JOIN zs.participant_open AS o ON "
                "o.participant_id = p.id WHERE o.round_id = $1::int4 AND p.standing = 'gekomen' ORDER BY "
                "p.conversation_id, substring(p.pseudonym FROM 2)::int, p.id"},
    [PASSAGES] =
        {"fieldwork_api_passages",
         "SELECT coalesce(json_agg(json_strip_nulls(json_build_object('passage', e.id, 'plaats', e.place, "
         "'soort', e.kind, 'spreker', e.speaker, 'deelnemer', p.pseudonym, 'onderdeel', e.part, 'taal', "
         "e.language, 'tekst', e.body, 'citeren', e.quotes, 'archiveren', e.archive, 'geredigeerd', EXISTS "
         "(SELECT FROM zs.passage_change AS n WHERE n.successor_id = e.id AND n.reason NOT IN "
         "('verbeterd', 'intrekking')))) ORDER BY e.place), '[]')::text FROM zs.evidence AS e LEFT JOIN "
         "zs.participant AS p ON p.id = e.participant_id WHERE e.conversation_id = $1::int4"},
};

static const char *const nothing_asked[] = {NULL};

static enum db_status read_json(json_t **out, struct db_tx *tx, enum statement statement, int32_t id)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_int32(&p, id);
    enum db_status status = db_run_one(&row, tx, &fieldwork_api_statements[statement], &p);
    *out = NULL;
    if (status == DB_OK) {
        const struct slice text = db_get_text(row, 0, 0);
        *out = json_loadb(text.ptr, text.len, 0, NULL);
    }
    return status;
}

/* ---- conversations ---- */

static void put_link(json_t *object, struct http_exchange *ex, const char *path)
{
    json_object_set_new(object, "_links",
                        json_pack("{s:{s:s}}", "self", "href",
                                  arena_printf(http_arena(ex), "%s%s", http_public_url(ex), path).ptr));
}

/* consents: of its round. */
static json_t *conversation_json(struct http_exchange *ex, const char *consultation, const json_t *document,
                                 const json_t *consents)
{
    static const char *const kept[] = {
        "gesprek", "ronde",     "soort", "leidraadTitel", "leidraadVersie", "segment",    "status",
        "datum",   "provincie", "taal",  "vorm",          "gesteld",        "deelnemers", "transcriptVersie"};
    json_t *out = json_object();
    const char *code = json_string_value(json_object_get(document, "gesprek"));
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        if (json_object_get(document, kept[i])) {
            json_object_set(out, kept[i], json_object_get(document, kept[i]));
        }
    }
    if (json_object_get(consents, code)) {
        json_object_set(out, "toestemming", json_object_get(consents, code));
    }
    put_link(out, ex,
             arena_printf(http_arena(ex), "/v1/consultaties/%s/gesprekken/%s", consultation, code).ptr);
    return out;
}

static bool is_asked(const struct http_exchange *ex, const json_t *document, const char *name)
{
    struct slice text;
    const char *value = json_string_value(json_object_get(document, name));
    return !http_query(&text, ex, name) || (value && slice_equal_cstr(text, value));
}

/* Those of one round that are asked for, onto the list. */
static enum db_status add_round(json_t *list, struct db_tx *tx, struct http_exchange *ex,
                                const struct survey_round *round)
{
    json_t *documents, *document, *consents = NULL;
    size_t i;
    enum db_status status = conversation_list(&documents, tx, http_arena(ex), round->id);
    status = status == DB_OK ? read_json(&consents, tx, CONSENTS, round->id) : status;
    json_array_foreach(documents, i, document)
    {
        if (status == DB_OK && is_asked(ex, document, "soort") && is_asked(ex, document, "status")) {
            json_array_append_new(list, conversation_json(ex, round->consultation, document, consents));
        }
    }
    json_decref(consents);
    return status;
}

/* False: answered. */
static bool query_choice(json_t *errors, const struct http_exchange *ex, const char *name,
                         const char *const *choices, const char *detail)
{
    struct slice text;
    bool known = !http_query(&text, ex, name);
    for (size_t i = 0; !known && choices[i]; i++) {
        known = slice_equal_cstr(text, choices[i]);
    }
    if (!known) {
        json_array_append_new(
            errors, json_pack("{s:s,s:s,s:s}", "parameter", name, "code", "onbekend", "detail", detail));
    }
    return known;
}

static bool check_query(struct http_exchange *ex)
{
    json_t *errors = json_array();
    query_choice(errors, ex, "soort", conversation_kinds, "Kies interview of focusgroep.");
    query_choice(errors, ex, "status", conversation_statuses, "Kies gepland, gehouden of vervallen.");
    return http_query_good(ex, errors);
}

static enum db_status get_conversations(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    static const char *const asked[] = {"ronde", "soort", "status", NULL};
    struct fieldwork *f = self;
    const struct survey_round *one;
    struct http_page page;
    enum db_status status = DB_OK;
    const char *consultation = survey_key_consultation(f->config.survey, ex, PERMISSION_PASSAGE_VIEW);
    const bool of_round = consultation && survey_key_query_round(&one, f->config.survey, ex, consultation);
    if (!consultation || !check_query(ex) || !of_round) {
        return DB_OK;
    }
    json_t *list = json_array();
    const struct survey_snapshot *snapshot = survey_snapshot_for(f->config.survey, ex);
    for (size_t i = 0; status == DB_OK && i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        if (round->status != ROUND_DRAFT && (!one || one == round) &&
            strcmp(round->consultation, consultation) == 0) {
            status = add_round(list, tx, ex, round);
        }
    }
    json_t *body = json_pack("{s:s,s:o}", "consultatie", consultation, "gesprekken", list);
    put_link(body, ex, arena_printf(http_arena(ex), "/v1/consultaties/%s/gesprekken", consultation).ptr);
    if (status != DB_OK || !http_page_json(&page, ex, body, "gesprekken", "gesprek", LIST_PAGE)) {
        json_decref(body);
        return status;
    }
    http_reply_json(ex, 200, body);
    http_page_link(ex, &page);
    return account_audit_call(tx, ex, "conversation.list",
                              arena_printf(http_arena(ex), "consultation:%s", consultation).ptr, "ok", asked);
}

/* ---- one ---- */

bool fieldwork_api_open(struct conversation *out, const struct survey_round **round, enum db_status *status,
                        struct fieldwork *f, struct db_tx *tx, struct http_exchange *ex,
                        const char *permission, bool lock)
{
    const char *consultation = survey_key_consultation(f->config.survey, ex, permission);
    *status = DB_OK;
    if (!consultation) {
        return false;
    }
    *status = conversation_find(out, tx, http_arena(ex), http_path_param(ex, "gesprek"), lock);
    *round = *status == DB_OK && out->found && slice_equal_cstr(out->consultation, consultation)
                 ? survey_round_find(survey_snapshot_for(f->config.survey, ex), out->round)
                 : NULL;
    if (*status == DB_OK && (!*round || (*round)->status == ROUND_DRAFT)) {
        http_error(ex, 404);
        return false;
    }
    return *status == DB_OK;
}

static bool open_one(struct conversation *out, const struct survey_round **round, enum db_status *status,
                     struct fieldwork *f, struct db_tx *tx, struct http_exchange *ex)
{
    return fieldwork_api_open(out, round, status, f, tx, ex, PERMISSION_PASSAGE_VIEW, false);
}

static enum db_status audit_one(struct db_tx *tx, struct http_exchange *ex, const char *action,
                                const struct conversation *c)
{
    return account_audit_call(tx, ex, action,
                              arena_printf(http_arena(ex), "conversation:%s", conversation_code(c)).ptr, "ok",
                              nothing_asked);
}

static enum db_status get_conversation(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct conversation c;
    const struct survey_round *round;
    json_t *consents;
    enum db_status status;
    if (!open_one(&c, &round, &status, self, tx, ex)) {
        return status;
    }
    status = read_json(&consents, tx, CONSENTS, round->id);
    if (status != DB_OK) {
        return status;
    }
    http_reply_json(ex, 200, conversation_json(ex, round->consultation, c.document, consents));
    json_decref(consents);
    return audit_one(tx, ex, "conversation.view", &c);
}

/* ---- participants ---- */

struct people {
    const struct variable *variables[ANONYMITY_VARIABLES_MAX];
    uint32_t sizes[ANONYMITY_VARIABLES_MAX];
    size_t variable_count, count;
    const struct db_result *rows;
    uint16_t *profiles; /* count x variable_count: 0 not known, else a category from 1 */
    struct anonymity *anonymity;
};

static void release_anonymity(void *anonymity)
{
    anonymity_destroy(anonymity);
}

static void read_profile(uint16_t *profile, const struct people *people, struct slice text)
{
    json_t *background = json_loadb(text.ptr, text.len, 0, NULL);
    for (size_t v = 0; v < people->variable_count; v++) {
        const struct variable *variable = people->variables[v];
        const char *code = json_string_value(json_object_get(background, variable->code));
        for (uint16_t i = 0; code && i < variable->category_count; i++) {
            profile[v] = strcmp(code, variable->categories[i].code) == 0 ? (uint16_t)(i + 1) : profile[v];
        }
    }
    json_decref(background);
}

/* Who no longer agrees is nobody to share a background with. False: memory ran out. Of too few people
 * anonymity shows nothing. */
static bool settle(struct people *people, struct arena *arena)
{
    struct anonymity_report report;
    bool good = true;
    people->anonymity = anonymity_create(people->sizes, people->variable_count, 0, SHARED_BY);
    if (!people->anonymity) {
        return false;
    }
    arena_defer(arena, release_anonymity, people->anonymity);
    for (size_t i = 0; i < people->count; i++) {
        good = good && (!db_get_bool(people->rows, i, 3) ||
                        anonymity_add(people->anonymity, people->profiles + i * people->variable_count, 1) ==
                            ANONYMITY_OK);
    }
    const enum anonymity_status status = anonymity_settle(&report, people->anonymity);
    if (status == ANONYMITY_TOO_FEW) {
        people->variable_count = 0;
    }
    return good && (status == ANONYMITY_OK || status == ANONYMITY_TOO_FEW);
}

/* What has the fewest answers is shared by most, and hidden last. */
static void add_variable(struct people *people, const struct variable *variable)
{
    size_t at = people->variable_count++;
    for (; at > 0 && people->variables[at - 1]->category_count > variable->category_count; at--) {
        people->variables[at] = people->variables[at - 1];
        people->sizes[at] = people->sizes[at - 1];
    }
    people->variables[at] = variable;
    people->sizes[at] = variable->category_count + 1U;
}

static enum db_status load_people(struct people *people, struct db_tx *tx, struct arena *arena,
                                  const struct survey_round *round)
{
    size_t count;
    struct db_result *rows;
    struct db_params p = db_params(tx);
    const struct variable *all = questionnaire_variables(&count, round->questionnaire);
    *people = (struct people){.variable_count = 0};
    for (size_t i = 0; i < count && people->variable_count < ANONYMITY_VARIABLES_MAX; i++) {
        if (fieldwork_is_background(&all[i])) {
            add_variable(people, &all[i]);
        }
    }
    db_put_int32(&p, round->id);
    enum db_status status = db_run(&rows, tx, &fieldwork_api_statements[PEOPLE], &p);
    if (status != DB_OK || people->variable_count == 0) {
        people->rows = rows;
        people->count = status == DB_OK ? db_rows(rows) : 0;
        return status;
    }
    people->rows = rows;
    people->count = db_rows(rows);
    people->profiles =
        arena_array(arena, people->count * people->variable_count + 1, sizeof *people->profiles);
    memset(people->profiles, 0, people->count * people->variable_count * sizeof *people->profiles);
    for (size_t i = 0; i < people->count; i++) {
        read_profile(people->profiles + i * people->variable_count, people, db_get_text(rows, i, 2));
    }
    return settle(people, arena) ? DB_OK : DB_FAILED;
}

static json_t *person_json(const struct people *people, size_t i)
{
    const struct slice pseudonym = db_get_text(people->rows, i, 1);
    const bool open = db_get_bool(people->rows, i, 3), withdrawn = db_get_bool(people->rows, i, 6);
    json_t *background = json_object();
    const uint16_t *profile = people->profiles + i * people->variable_count;
    const size_t shown = open && people->variable_count > 0 ? anonymity_shown(people->anonymity, profile) : 0;
    for (size_t v = 0; v < shown; v++) {
        if (profile[v] > 0) {
            json_object_set_new(background, people->variables[v]->code,
                                json_string(people->variables[v]->categories[profile[v] - 1].code));
        }
    }
    return json_pack("{s:s%,s:s,s:b,s:b,s:o}", "pseudoniem", pseudonym.ptr, pseudonym.len, "toestemming",
                     withdrawn ? "ingetrokken"
                     : open    ? "geldig"
                               : "ontbreekt",
                     "citeren", (int)(open && db_get_bool(people->rows, i, 4)), "archiveren",
                     (int)(open && db_get_bool(people->rows, i, 5)), "achtergrond", background);
}

static enum db_status get_participants(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct conversation c;
    const struct survey_round *round;
    struct people *people = arena_alloc(http_arena(ex), sizeof *people);
    struct http_page page;
    enum db_status status;
    if (!open_one(&c, &round, &status, self, tx, ex)) {
        return status;
    }
    status = load_people(people, tx, http_arena(ex), round);
    if (status != DB_OK) {
        return status;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < people->count; i++) {
        if (db_get_int32(people->rows, i, 0) == c.id) {
            json_array_append_new(list, person_json(people, i));
        }
    }
    json_t *body = json_pack("{s:s,s:i,s:o}", "gesprek", conversation_code(&c), "gedeeldMet", SHARED_BY,
                             "deelnemers", list);
    if (!http_page_json(&page, ex, body, "deelnemers", "pseudoniem", LIST_PAGE)) {
        json_decref(body);
        return DB_OK;
    }
    http_reply_json(ex, 200, body);
    http_page_link(ex, &page);
    return audit_one(tx, ex, "participant.list", &c);
}

/* ---- what was said ---- */

enum { PASSAGES_PAGE = 500, KEY_BYTES = 24 };

struct listing {
    const json_t *passages;
    char key[KEY_BYTES];
};

static struct slice key_of(size_t at, void *context)
{
    struct listing *listing = context;
    const int length = snprintf(
        listing->key, sizeof listing->key, "%lld",
        (long long)json_integer_value(json_object_get(json_array_get(listing->passages, at), "passage")));
    return (struct slice){listing->key, (size_t)length};
}

/* Takes the words away of those that wait. *count: of how many. */
static enum db_status hold_back(size_t *count, const struct fieldwork *f, struct db_tx *tx, json_t *passages,
                                const struct conversation *c)
{
    const size_t all = json_array_size(passages);
    const struct slice code = slice_from_cstr(conversation_code(c));
    struct personal_text *texts = arena_array(db_arena(tx), all + 1, sizeof *texts);
    bool *waits = arena_array(db_arena(tx), all + 1, sizeof *waits);
    for (size_t i = 0; i < all; i++) {
        const json_t *item = json_array_get(passages, i), *text = json_object_get(item, "tekst");
        texts[i] = (struct personal_text){json_integer_value(json_object_get(item, "passage")), code,
                                          (struct slice){json_string_value(text), json_string_length(text)}};
    }
    const enum db_status status = personal_waits(waits, count, tx, f->config.keys, texts, all);
    for (size_t i = 0; status == DB_OK && i < all; i++) {
        if (waits[i]) {
            json_object_del(json_array_get(passages, i), "tekst");
            json_object_set_new(json_array_get(passages, i), "ingehouden", json_string("persoonsgegevens"));
        }
    }
    return status;
}

static enum db_status get_passages(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct fieldwork *f = self;
    struct conversation c;
    const struct survey_round *round;
    struct listing *listing = arena_alloc(http_arena(ex), sizeof *listing);
    struct http_page page;
    json_t *all, *list;
    enum db_status status;
    if (!open_one(&c, &round, &status, f, tx, ex)) {
        return status;
    }
    if (survey_key_embargo(ex, round, f->config.now_s())) {
        return DB_OK;
    }
    status = read_json(&all, tx, PASSAGES, c.id);
    listing->passages = all;
    if (status != DB_OK || !http_page(&page, ex, json_array_size(all), PASSAGES_PAGE, key_of, listing)) {
        json_decref(all);
        return status;
    }
    list = json_array();
    for (size_t i = 0; i < page.count; i++) {
        json_array_append(list, json_array_get(all, page.first + i));
    }
    json_decref(all);
    size_t held_back;
    status = hold_back(&held_back, f, tx, list, &c);
    if (status != DB_OK) {
        json_decref(list);
        return status;
    }
    json_t *body = json_pack("{s:s,s:I,s:o}", "gesprek", conversation_code(&c), "ingehouden",
                             (json_int_t)held_back, "passages", list);
    const json_t *version = json_object_get(c.document, "transcriptVersie");
    json_object_set_new(body, "transcriptVersie",
                        version ? json_copy((json_t *)(uintptr_t)version) : json_null());
    http_reply_json(ex, 200, body);
    http_page_link(ex, &page);
    return audit_one(tx, ex, "transcript.view", &c);
}

#define API_GET(PATH, QUERY, HANDLER)                                                                        \
    {                                                                                                        \
        .http = {.method = HTTP_GET,                                                                         \
                 .path = PATH,                                                                               \
                 .surface = HTTP_API,                                                                        \
                 .query = QUERY,                                                                             \
                 .scope = PERMISSION_PASSAGE_VIEW},                                                          \
        .on_job = HANDLER, .role = DB_ROLE_STAFF                                                             \
    }
#define ONE "/v1/consultaties/{consultatie}/gesprekken/{gesprek}"

const struct route fieldwork_api_routes[] = {
    API_GET("/v1/consultaties/{consultatie}/gesprekken", "ronde,soort,status," HTTP_PAGING,
            get_conversations),
    API_GET(ONE, NULL, get_conversation),
    API_GET(ONE "/deelnemers", HTTP_PAGING, get_participants),
    API_GET(ONE "/passages", HTTP_PAGING, get_passages),
};
const size_t fieldwork_api_route_count = sizeof fieldwork_api_routes / sizeof fieldwork_api_routes[0];
