#include "features/survey/survey_sql.h"

#include <string.h>

enum statement {
    ROUND_LOCK,
    RESPONSE_INSERT,
    PASSAGES_INSERT_NEW,
    RESPONSE_INSERT_NEW,
    RESPONSE_STANDING,
    RESPONSE_READ,
    RESPONSE_PASSAGES,
    RESPONSE_APPEND,
    RESPONSE_ERASE_OLDER,
    PASSAGE_INSERT,
    ROUNDS_MARK,
    ROUNDS_READ,
    FIND_PARTICIPATION,
    STATEMENT_COUNT
};

enum { ROUNDS_ASKED_MAX = 8 };

const struct db_statement survey_statements[STATEMENT_COUNT + 1] = {
    /* Whether it had to be waited for. */
    [ROUND_LOCK] = {"survey_round_lock",
                    "SELECT CASE WHEN pg_try_advisory_xact_lock(7, $1::int4) THEN false ELSE"
                    " (SELECT true FROM (SELECT pg_advisory_xact_lock(7, $1::int4)) AS locked) END"},

    /* One statement: the rows, the texts of the rows that were new, the end of their drafts. A row that was
     * there before is left alone and not returned. */
    [RESPONSE_INSERT] =
        {"survey_response_insert",
         "WITH incoming AS ("
         "  SELECT * FROM unnest($1::int4[], $2::bytea[], $3::bytea[], $4::int4[], $5::int2[], $6::int2[], "
         "$7::bytea[], $8::bytea[])"
         "  WITH ORDINALITY AS t (round_id, response_id, draft_id, version_id, stream, channel, answers, "
         "payload_hash, turn)"
         "), added AS ("
         "  INSERT INTO zs.response (round_id, pos, response_id, revision, kind, questionnaire_version, "
         "stream, channel, received_day, stated_day, answers,"
         "    payload_hash)"
         "  SELECT round_id, nextval('zs.response_pos'), response_id, 1, 1, version_id, stream, channel, "
         "DATE '1970-01-01' + $13::int4, DATE '1970-01-01' + $14::int4, answers,"
         "    payload_hash FROM incoming ORDER BY turn"
         "  ON CONFLICT (round_id, response_id, revision) DO NOTHING RETURNING round_id, response_id"
         "), texts AS ("
         "  INSERT INTO zs.passage (round_id, response_id, revision, variable, language, body, created_day)"
         "  SELECT added.round_id, p.response_id, 1, p.variable, p.language, p.body, DATE '1970-01-01' + "
         "$13::int4"
         "  FROM unnest($9::bytea[], $10::text[], $11::text[], $12::text[]) AS p (response_id, variable, "
         "language, body)"
         "  JOIN added ON added.response_id = p.response_id"
         "), finished AS ("
         "  DELETE FROM zs.draft AS d USING incoming, added"
         "  WHERE d.draft_id = incoming.draft_id AND added.response_id = incoming.response_id"
         ") SELECT response_id FROM added"},

    /* The same in two statements, but for a row that was there before, which fails both: then the server need
     * not look for each before it adds it, nor mark it as held back until it knows. The texts, which are half
     * of the work, need no place in the log and so go before the round is locked: another instance's batch is
     * written meanwhile. */
    [PASSAGES_INSERT_NEW] =
        {"survey_passages_insert_new",
         "INSERT INTO zs.passage (round_id, response_id, revision, variable, language, body, created_day)"
         " SELECT p.round_id, p.response_id, 1, p.variable, p.language, p.body, DATE '1970-01-01' + $6::int4"
         " FROM unnest($1::int4[], $2::bytea[], $3::text[], $4::text[], $5::text[])"
         " AS p (round_id, response_id, variable, language, body)"},
    [RESPONSE_INSERT_NEW] =
        {"survey_response_insert_new",
         "WITH finished AS ("
         "  DELETE FROM zs.draft WHERE draft_id = ANY ($3::bytea[])"
         ") INSERT INTO zs.response (round_id, pos, response_id, revision, kind, questionnaire_version, "
         "stream, channel, received_day, answers, payload_hash)"
         " SELECT round_id, nextval('zs.response_pos'), response_id, 1, 1, version_id, stream, channel, "
         "DATE '1970-01-01' + $9::int4, answers, payload_hash"
         " FROM unnest($1::int4[], $2::bytea[], $3::bytea[], $4::int4[], $5::int2[], $6::int2[], "
         "$7::bytea[], $8::bytea[])"
         " WITH ORDINALITY AS t (round_id, response_id, draft_id, version_id, stream, channel, answers, "
         "payload_hash, turn)"
         " ORDER BY turn RETURNING response_id"},

    [RESPONSE_STANDING] =
        {"survey_response_standing",
         "SELECT DISTINCT ON (r.response_id) r.response_id, r.kind, r.payload_hash"
         " FROM unnest($1::int4[], $2::bytea[]) AS t (round_id, response_id)"
         " JOIN zs.response AS r ON r.round_id = t.round_id AND r.response_id = t.response_id"
         " ORDER BY r.response_id, r.revision DESC"},

    [RESPONSE_READ] =
        {"survey_response_read",
         "SELECT revision, kind, questionnaire_version, stream, channel,"
         " (coalesce(stated_day, received_day) - DATE '1970-01-01')::int4, answers, payload_hash"
         " FROM zs.response WHERE round_id = $1::int4 AND response_id = $2::bytea ORDER BY "
         "revision DESC LIMIT 1"},

    [RESPONSE_PASSAGES] =
        {"survey_response_passages",
         "SELECT variable, language, body FROM zs.own_passages($1::int4, $2::bytea, $3::int4)"},

    [RESPONSE_APPEND] = {"survey_response_append",
                         "INSERT INTO zs.response (round_id, pos, response_id, revision, kind, replaces, "
                         "questionnaire_version, stream, channel, received_day,"
                         "   answers, payload_hash)"
                         " SELECT $1::int4, nextval('zs.response_pos'), $2::bytea, $3::int4 + 1, $4::int2, "
                         "$3::int4, $5::int4, $6::int2, $7::int2,"
                         "   DATE '1970-01-01' + $10::int4, $8::bytea, $9::bytea"
                         " WHERE $3::int4 = (SELECT max(revision) FROM zs.response WHERE round_id = $1::int4 "
                         "AND response_id = $2::bytea)"},

    [RESPONSE_ERASE_OLDER] =
        {"survey_response_erase_older",
         "SELECT 1::int4 FROM (SELECT zs.response_erase_older($1::int4, $2::bytea, $3::int4)) AS erased"},

    [PASSAGE_INSERT] =
        {"survey_passage_insert",
         "INSERT INTO zs.passage (round_id, response_id, revision, variable, language, body, created_day)"
         " SELECT $1::int4, $2::bytea, $3::int4, p.variable, p.language, p.body, DATE '1970-01-01' + $7::int4"
         " FROM unnest($4::text[], $5::text[], $6::text[]) AS p (variable, language, body)"},

    [ROUNDS_MARK] = {"survey_rounds_mark", "SELECT zs.rounds_mark()"},
    [ROUNDS_READ] =
        {"survey_rounds_read",
         "SELECT r.id, r.code, r.consultation, r.status, r.opens_at, r.closes_at, (r.destruction_date - DATE "
         "'1970-01-01')::int4,"
         "   r.is_pilot, r.interim, v.id, v.number, v.document::text, c.document::text, r.document::text,"
         "   zs.round_held(r.id), r.closing_told IS NOT DISTINCT FROM r.closes_at, r.closed_at, c.invented"
         " FROM zs.round AS r JOIN zs.questionnaire_version AS v ON v.id = r.questionnaire_version"
         " JOIN zs.consultation AS c ON c.code = r.consultation ORDER BY r.id"},

    [FIND_PARTICIPATION] =
        {"survey_find_participation",
         "SELECT t.round_id, d.draft_id IS NOT NULL"
         " FROM unnest($1::int4[], $2::bytea[], $3::bytea[]) AS t (round_id, draft_id, response_id)"
         " LEFT JOIN zs.draft AS d ON d.draft_id = t.draft_id AND d.round_id = t.round_id"
         " LEFT JOIN zs.response AS r ON r.round_id = t.round_id AND r.response_id = t.response_id AND "
         "r.revision = 1"
         " WHERE d.draft_id IS NOT NULL OR r.response_id IS NOT NULL LIMIT 1"},
};

static const struct db_statement *statement(enum statement which)
{
    return &survey_statements[which];
}

/* ---- responses ---- */

enum db_status sql_round_lock(struct db_tx *tx, int32_t round_id)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, round_id);
    return db_run(NULL, tx, statement(ROUND_LOCK), &p);
}

static void put_passages(struct db_params *p, struct arena *arena, const struct passage_new *passages,
                         size_t count, bool with_response)
{
    struct slice *responses = arena_array(arena, count, sizeof *responses);
    struct slice *variables = arena_array(arena, count, sizeof *variables);
    struct slice *languages = arena_array(arena, count, sizeof *languages);
    struct slice *bodies = arena_array(arena, count, sizeof *bodies);
    for (size_t i = 0; i < count; i++) {
        responses[i] = passages[i].response_id;
        variables[i] = slice_from_cstr(passages[i].variable);
        languages[i] = slice_from_cstr(passages[i].language);
        bodies[i] = passages[i].body;
    }
    if (with_response) {
        db_put_bytes_array(p, responses, count);
    }
    db_put_text_array(p, variables, count);
    db_put_text_array(p, languages, count);
    db_put_text_array(p, bodies, count);
}

static struct response_new *find_response(struct response_new *responses, size_t count, struct slice id)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_equal(responses[i].response_id, id)) {
            return &responses[i];
        }
    }
    return NULL;
}

/* What stands already for the responses that were not added. */
static enum db_status settle_repeated(struct db_tx *tx, struct response_new *responses, size_t count,
                                      size_t added)
{
    struct arena *arena = db_arena(tx);
    int32_t *rounds = arena_array(arena, count, sizeof *rounds);
    struct slice *ids = arena_array(arena, count, sizeof *ids);
    struct db_result *result;
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (responses[i].outcome != INTAKE_ACCEPTED) {
            rounds[n] = responses[i].round_id;
            ids[n++] = responses[i].response_id;
        }
    }
    if (n != count - added) {
        return DB_FAILED;
    }
    struct db_params p = db_params(tx);
    db_put_int32_array(&p, rounds, n);
    db_put_bytes_array(&p, ids, n);
    enum db_status status = db_run(&result, tx, statement(RESPONSE_STANDING), &p);
    if (status != DB_OK) {
        return status;
    }
    if (db_rows(result) != n) {
        return DB_RETRY; /* erased between the two statements: look again */
    }
    for (size_t row = 0; row < n; row++) {
        struct response_new *response = find_response(responses, count, db_get_bytes(result, row, 0));
        if (!response) {
            return DB_FAILED;
        }
        bool same = slice_equal(response->payload_hash, db_get_bytes(result, row, 2));
        bool withdrawn = db_get_int16(result, row, 1) == RESPONSE_WITHDRAWN;
        response->outcome = withdrawn ? INTAKE_WITHDRAWN : same ? INTAKE_REPEATED : INTAKE_DIFFERENT;
    }
    return DB_OK;
}

/* The first eight parameters of either statement. */
static struct db_params bind_responses(struct db_tx *tx, const struct response_new *responses, size_t count)
{
    struct arena *arena = db_arena(tx);
    int32_t *rounds = arena_array(arena, count, sizeof *rounds);
    int32_t *versions = arena_array(arena, count, sizeof *versions);
    int16_t *streams = arena_array(arena, count, sizeof *streams);
    int16_t *channels = arena_array(arena, count, sizeof *channels);
    struct slice *ids = arena_array(arena, count * 4, sizeof *ids);
    struct slice *drafts = ids + count;
    struct slice *answers = ids + 2 * count;
    struct slice *hashes = ids + 3 * count;
    for (size_t i = 0; i < count; i++) {
        rounds[i] = responses[i].round_id;
        versions[i] = responses[i].version_id;
        streams[i] = responses[i].stream;
        channels[i] = responses[i].channel;
        ids[i] = responses[i].response_id;
        drafts[i] = responses[i].draft_id;
        answers[i] = responses[i].answers;
        hashes[i] = responses[i].payload_hash;
    }
    struct db_params p = db_params(tx);
    db_put_int32_array(&p, rounds, count);
    db_put_bytes_array(&p, ids, count);
    db_put_bytes_array(&p, drafts, count);
    db_put_int32_array(&p, versions, count);
    db_put_int16_array(&p, streams, count);
    db_put_int16_array(&p, channels, count);
    db_put_bytes_array(&p, answers, count);
    db_put_bytes_array(&p, hashes, count);
    return p;
}

static void put_stated_day(struct db_params *p, int32_t day)
{
    if (day != 0) {
        db_put_int32(p, day);
    } else {
        db_put_null(p);
    }
}

static struct db_params bind_insert(struct db_tx *tx, const struct response_new *responses, size_t count,
                                    const struct passage_new *passages, size_t passage_count, int32_t day,
                                    int32_t stated_day)
{
    struct db_params p = bind_responses(tx, responses, count);
    put_passages(&p, db_arena(tx), passages, passage_count, true);
    db_put_int32(&p, day);
    put_stated_day(&p, stated_day);
    return p;
}

/* Rows come in the order in which they went. */
static enum db_status accept_added(const struct db_result *result, struct response_new *responses,
                                   size_t count)
{
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        responses[i].outcome = INTAKE_DIFFERENT;
    }
    for (size_t row = 0; row < db_rows(result); row++) {
        struct slice id = db_get_bytes(result, row, 0);
        while (at < count && !slice_equal(responses[at].response_id, id)) {
            at++;
        }
        if (at == count) {
            return DB_FAILED;
        }
        responses[at++].outcome = INTAKE_ACCEPTED;
    }
    return DB_OK;
}

enum db_status sql_response_insert(struct db_tx *tx, struct response_new *responses, size_t count,
                                   const struct passage_new *passages, size_t passage_count, int32_t day,
                                   int32_t stated_day)
{
    struct db_result *result;
    struct db_params p = bind_insert(tx, responses, count, passages, passage_count, day, stated_day);
    enum db_status status = db_run(&result, tx, statement(RESPONSE_INSERT), &p);
    if (status == DB_OK) {
        status = accept_added(result, responses, count);
    }
    if (status != DB_OK || db_rows(result) == count) {
        return status;
    }
    return settle_repeated(tx, responses, count, db_rows(result));
}

bool sql_rounds_lock_ask(struct db_tx *tx, const struct response_new *responses, size_t count)
{
    size_t rounds = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && responses[i].round_id == responses[i - 1].round_id) {
            continue;
        }
        if (++rounds > ROUNDS_ASKED_MAX) {
            return false;
        }
        struct db_params lock = db_params(tx);
        db_put_int32(&lock, responses[i].round_id);
        db_ask(tx, statement(ROUND_LOCK), &lock);
    }
    return true;
}

bool sql_rounds_lock_waited(struct db_tx *tx)
{
    size_t place = 0;
    while (db_asked_statement(tx, place) != statement(ROUND_LOCK)) {
        place++;
    }
    return db_get_bool(db_heard(tx, place), 0, 0);
}

static void ask_passages(struct db_tx *tx, const struct passage_new *passages, size_t count, int32_t day)
{
    int32_t *rounds = arena_array(db_arena(tx), count, sizeof *rounds);
    for (size_t i = 0; i < count; i++) {
        rounds[i] = passages[i].round_id;
    }
    struct db_params p = db_params(tx);
    db_put_int32_array(&p, rounds, count);
    put_passages(&p, db_arena(tx), passages, count, true);
    db_put_int32(&p, day);
    db_ask(tx, statement(PASSAGES_INSERT_NEW), &p);
}

bool sql_response_ask(struct db_tx *tx, const struct response_new *responses, size_t count,
                      const struct passage_new *passages, size_t passage_count, int32_t day)
{
    if (db_asked_count(tx) == 0 && !sql_rounds_lock_ask(tx, responses, count)) {
        return false;
    }
    struct db_params p = bind_insert(tx, responses, count, passages, passage_count, day, 0);
    db_ask(tx, statement(RESPONSE_INSERT), &p);
    return true;
}

bool sql_response_ask_new(struct db_tx *tx, const struct response_new *responses, size_t count,
                          const struct passage_new *passages, size_t passage_count, int32_t day)
{
    const bool locked = db_asked_count(tx) > 0;
    if (passage_count > 0) {
        ask_passages(tx, passages, passage_count, day);
    }
    if (!locked && !sql_rounds_lock_ask(tx, responses, count)) {
        return false;
    }
    struct db_params p = bind_responses(tx, responses, count);
    db_put_int32(&p, day);
    db_ask(tx, statement(RESPONSE_INSERT_NEW), &p);
    return true;
}

enum db_status sql_response_heard(struct db_tx *tx, struct response_new *responses, size_t count)
{
    return accept_added(db_heard(tx, db_asked_count(tx) - 1), responses, count);
}

enum db_status sql_response_read(struct response_row *out, struct db_tx *tx, int32_t round_id,
                                 struct slice response_id)
{
    struct db_result *result;
    struct db_params p = db_params(tx);
    *out = (struct response_row){.found = false};
    db_put_int32(&p, round_id);
    db_put_bytes(&p, response_id);
    enum db_status status = db_run(&result, tx, statement(RESPONSE_READ), &p);
    if (status != DB_OK || db_rows(result) == 0) {
        return status;
    }
    *out = (struct response_row){.found = true,
                                 .revision = db_get_int32(result, 0, 0),
                                 .kind = (enum response_kind)db_get_int16(result, 0, 1),
                                 .version_id = db_get_int32(result, 0, 2),
                                 .stream = db_get_int16(result, 0, 3),
                                 .channel = db_get_int16(result, 0, 4),
                                 .received_day = db_get_int32(result, 0, 5)};
    if (!db_is_null(result, 0, 6)) {
        out->answers = db_get_bytes(result, 0, 6);
    }
    if (!db_is_null(result, 0, 7)) {
        out->payload_hash = db_get_bytes(result, 0, 7);
    }
    return DB_OK;
}

enum db_status sql_response_passages(struct passage_row **rows, size_t *count, struct db_tx *tx,
                                     int32_t round_id, struct slice response_id, int32_t revision)
{
    struct db_result *result;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round_id);
    db_put_bytes(&p, response_id);
    db_put_int32(&p, revision);
    enum db_status status = db_run(&result, tx, statement(RESPONSE_PASSAGES), &p);
    if (status != DB_OK) {
        return status;
    }
    *count = db_rows(result);
    *rows = arena_array(db_arena(tx), *count, sizeof **rows);
    for (size_t i = 0; i < *count; i++) {
        (*rows)[i] = (struct passage_row){.variable = db_get_text(result, i, 0),
                                          .language = db_get_text(result, i, 1),
                                          .body = db_get_text(result, i, 2)};
    }
    return DB_OK;
}

enum db_status sql_response_amend(struct db_tx *tx, const struct response_new *response,
                                  enum response_kind kind, int32_t expected_revision,
                                  const struct passage_new *passages, size_t passage_count, int32_t day)
{
    struct db_result *result;
    struct db_params p = db_params(tx);
    db_put_int32(&p, response->round_id);
    db_put_bytes(&p, response->response_id);
    db_put_int32(&p, expected_revision);
    db_put_int16(&p, (int16_t)kind);
    db_put_int32(&p, response->version_id);
    db_put_int16(&p, response->stream);
    db_put_int16(&p, response->channel);
    if (kind == RESPONSE_WITHDRAWN) {
        db_put_null(&p);
        db_put_null(&p);
    } else {
        db_put_bytes(&p, response->answers);
        db_put_bytes(&p, response->payload_hash);
    }
    db_put_int32(&p, day);
    enum db_status status = db_run(&result, tx, statement(RESPONSE_APPEND), &p);
    if (status != DB_OK) {
        return status;
    }
    if (db_affected(result) != 1) {
        return DB_ROLLBACK;
    }
    struct db_params erase = db_params(tx);
    db_put_int32(&erase, response->round_id);
    db_put_bytes(&erase, response->response_id);
    db_put_int32(&erase, expected_revision + 1);
    status = db_run(NULL, tx, statement(RESPONSE_ERASE_OLDER), &erase);
    if (status != DB_OK || passage_count == 0) {
        return status;
    }
    struct db_params texts = db_params(tx);
    db_put_int32(&texts, response->round_id);
    db_put_bytes(&texts, response->response_id);
    db_put_int32(&texts, expected_revision + 1);
    put_passages(&texts, db_arena(tx), passages, passage_count, false);
    db_put_int32(&texts, day);
    return db_run(NULL, tx, statement(PASSAGE_INSERT), &texts);
}

/* ---- rounds, codes ---- */

enum db_status sql_rounds_mark(int64_t *mark, struct db_tx *tx)
{
    struct db_result *result;
    struct db_params p = db_params(tx);
    enum db_status status = db_run_one(&result, tx, statement(ROUNDS_MARK), &p);
    if (status == DB_OK) {
        *mark = db_get_int64(result, 0, 0);
    }
    return status;
}

enum db_status sql_rounds_read(struct db_result **out, struct db_tx *tx)
{
    struct db_params p = db_params(tx);
    return db_run(out, tx, statement(ROUNDS_READ), &p);
}

enum db_status sql_find_participation(int32_t *round_id, bool *is_draft, struct db_tx *tx,
                                      const int32_t *round_ids, const struct slice *draft_ids,
                                      const struct slice *response_ids, size_t count)
{
    struct db_result *result;
    struct db_params p = db_params(tx);
    *round_id = 0;
    db_put_int32_array(&p, round_ids, count);
    db_put_bytes_array(&p, draft_ids, count);
    db_put_bytes_array(&p, response_ids, count);
    enum db_status status = db_run(&result, tx, statement(FIND_PARTICIPATION), &p);
    if (status == DB_OK && db_rows(result) == 1) {
        *round_id = db_get_int32(result, 0, 0);
        *is_draft = db_get_bool(result, 0, 1);
    }
    return status;
}
