#include "features/tafel/tafel_message_sql.h"

#include "features/tafel/tafel_signal_sql.h"

enum statement {
    UNREAD,
    SEND,
    READ,
    WITHDRAW,
    LIST,
    COUNTS,
    LOCK,
    FIND,
    STEPS,
    MARK,
    STEP_ADD,
    STEP,
    REDACT,
    PUBLIC_LIST,
    KEY_LIST,
    STATEMENT_COUNT
};

/* Pieces of statements. */
#define OBJECT "jsonb_strip_nulls(jsonb_build_object("
#define END    "))"
#define HEAD                                                                                                 \
    "'nummer', m.id, 'afzender', m.sender, 'organisatie', m.organisation, 'taal', m.language, 'waarden', "   \
    "to_jsonb(m.value_codes), 'toepassing', m.application, 'stand', m.state, 'verdacht', m.is_suspect, "     \
    "'openbaar', m.is_public, 'soortReden', m.aside_kind, 'ontvangenOp', m.received_day, 'vernietigenOp', "  \
    "m.destroy_day"
/* Its time has come: it is destroyed within the hour, or stays for an order alone. */
#define HAD_ITS_TIME "m.destroy_day <= (now() AT TIME ZONE 'Europe/Amsterdam')::date"
/* Abuse is hidden where messages stand together, and so is what had its time. */
#define TEXT_UNLESS_ABUSE                                                                                    \
    ", 'tekst', CASE WHEN m.aside_kind IS DISTINCT FROM 'misbruik' AND NOT (" HAD_ITS_TIME ") THEN m.body "  \
    "END"

const struct db_statement message_statements[STATEMENT_COUNT + 1] = {
    [UNREAD] = {"message_unread", "SELECT count(*) FROM zs.message WHERE state = 'nieuw'"},
    [SEND] = {"message_send",
              "SELECT zs.message_send($1::bytea, $2::text, $3::text, $4::text, $5::text[], $6::text, "
              "$7::text, $8::bool, $9::date, $10::date)"},
    [READ] = {"message_read", "SELECT zs.message_read($1::bytea)"},
    [WITHDRAW] = {"message_withdraw", "SELECT zs.message_withdraw($1::bytea)"},
    [LIST] = {"message_list",
              "SELECT coalesce(jsonb_agg(x.o ORDER BY x.id DESC), '[]')::text FROM (SELECT m.id, " OBJECT HEAD
                  TEXT_UNLESS_ABUSE END " AS o FROM zs.message AS m WHERE ($1::text = '' OR m.state = "
              "$1::text) AND ($2::text = '' OR m.sender = $2::text) AND ($3::int8 = 0 OR m.id <= $3::int8) "
              "ORDER BY m.id DESC LIMIT $4::int4) AS x"},
    [COUNTS] = {"message_counts", "SELECT state, count(*) FROM zs.message GROUP BY state"},
    [LOCK] = {"message_lock", "SELECT revision FROM zs.message WHERE id = $1::int4 FOR UPDATE"},
    [FIND] = {"message_find",
              "SELECT m.revision, " OBJECT HEAD ", 'tekst', m.body, 'reden', m.aside_told, 'passage', "
              "m.passage_id, 'voorbij', CASE WHEN m.body IS NOT NULL AND " HAD_ITS_TIME " THEN true END, "
              "'bewaardOm', CASE WHEN m.body IS NOT NULL AND " HAD_ITS_TIME
              " THEN zs.message_hold(m.id) END, "
              "'signalen', (SELECT coalesce(jsonb_agg(jsonb_build_object('nummer', s.id, "
              "'titel', s.title) ORDER BY s.id), '[]') FROM zs.signal AS s WHERE EXISTS (SELECT FROM "
              "zs.signal_evidence AS e WHERE e.signal_id = s.id AND e.passage_id = m.passage_id AND "
              "e.ended_at IS NULL))" END "::text FROM zs.message AS m WHERE m.id = $1::int4"},
    [STEPS] = {"message_steps",
               "SELECT coalesce(jsonb_agg(" OBJECT "'van', t.from_state, 'naar', t.to_state, 'soortReden', "
               "t.kind, 'toelichting', t.told, 'op', to_char(t.created_at AT TIME ZONE 'UTC', "
               "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), 'door', t.created_by" END " ORDER BY t.id), '[]')::text "
               "FROM zs.message_step AS t WHERE t.message_id = $1::int4"},
    [MARK] = {"message_mark",
              "UPDATE zs.message SET value_codes = $2::text[], application = $3::text, is_public = "
              "$4::bool, revision = revision + 1 WHERE id = $1::int4"},
    [STEP_ADD] = {"message_step_add",
                  "INSERT INTO zs.message_step (message_id, from_state, to_state, kind, told, created_by) "
                  "VALUES ($1::int4, $2::text, $3::text, $4::text, $5::text, $6::text)"},
    [STEP] = {"message_step",
              "UPDATE zs.message SET state = $2::text, aside_kind = CASE WHEN $2::text = 'terzijde' THEN "
              "$3::text END, aside_told = CASE WHEN $2::text = 'terzijde' THEN $4::text END, is_public = "
              "false, revision = revision + 1 WHERE id = $1::int4"},
    [REDACT] = {"message_redact", "SELECT zs.message_redact($1::int4, $2::int4, $3::text)"},
    [PUBLIC_LIST] =
        {"message_public_list",
         "SELECT coalesce(jsonb_agg(x.o ORDER BY x.id DESC), '[]')::text FROM (SELECT m.id, " OBJECT
         "'nummer', m.id, 'afzender', 'organisatie', 'organisatie', m.organisation, 'taal', m.language, "
         "'waarden', to_jsonb(m.value_codes), 'toepassing', m.application, 'ontvangenOp', m.received_day, "
         "'tekst', m.body" END " AS o FROM zs.message_public AS m WHERE ($1::int8 = 0 OR m.id <= $1::int8) "
         "ORDER BY m.id DESC LIMIT $2::int4) AS x"},
    [KEY_LIST] = {"message_key_list",
                  "SELECT coalesce(jsonb_agg(x.o ORDER BY x.id DESC), '[]')::text FROM (SELECT m.id, " OBJECT
                      HEAD TEXT_UNLESS_ABUSE END " AS o FROM zs.message AS m WHERE m.body IS NOT NULL AND "
                  "NOT (" HAD_ITS_TIME
                  ") AND ($1::int8 = 0 OR m.id <= $1::int8) ORDER BY m.id DESC LIMIT $2::int4) AS x"},
};

static void put_text_or_null(struct db_params *p, struct slice text)
{
    if (text.len > 0) {
        db_put_text(p, text);
    } else {
        db_put_null(p);
    }
}

/* The only column of the only row, as JSON. */
static enum db_status read_json(json_t **out, struct db_tx *tx, struct arena *arena, enum statement statement,
                                const struct db_params *params)
{
    struct db_result *rows;
    const enum db_status status = db_run_one(&rows, tx, &message_statements[statement], params);
    *out = status == DB_OK && !db_is_null(rows, 0, 0) ? signal_json(arena, db_get_text(rows, 0, 0)) : NULL;
    return status;
}

enum db_status message_unread(int64_t *count, struct db_tx *tx)
{
    struct db_result *rows;
    const enum db_status status = db_run_one(&rows, tx, &message_statements[UNREAD], NULL);
    *count = status == DB_OK ? db_get_int64(rows, 0, 0) : 0;
    return status;
}

/* ---- the sender's ---- */

static struct slice hash_of(unsigned char hash[CRYPTO_HASH_BYTES], const struct crypto_keys *keys,
                            const struct participation_code *code)
{
    crypto_keyed_hash(hash, CRYPTO_HASH_BYTES, keys, CRYPTO_KEY_PARTICIPATION, "message",
                      (struct slice){(const char *)code->bits, sizeof code->bits});
    return (struct slice){(const char *)hash, CRYPTO_HASH_BYTES};
}

enum db_status message_send(enum message_outcome *outcome, struct db_tx *tx, const struct crypto_keys *keys,
                            const struct participation_code *code, const struct message_draft *draft)
{
    unsigned char hash[CRYPTO_HASH_BYTES];
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_bytes(&p, hash_of(hash, keys, code));
    db_put_text(&p, draft->sender);
    put_text_or_null(&p, draft->organisation);
    db_put_text(&p, draft->language);
    db_put_text_array(&p, draft->values, draft->value_count);
    put_text_or_null(&p, draft->application);
    db_put_text(&p, draft->text);
    db_put_bool(&p, draft->suspect);
    db_put_day(&p, draft->received_day);
    db_put_day(&p, draft->destroy_day);
    const enum db_status status = db_run_one(&rows, tx, &message_statements[SEND], &p);
    *outcome =
        status == DB_OK && slice_equal_cstr(db_get_text(rows, 0, 0), "anders") ? MESSAGE_OTHER : MESSAGE_KEPT;
    return status;
}

enum db_status message_read(json_t **message, struct db_tx *tx, struct arena *arena,
                            const struct crypto_keys *keys, const struct participation_code *code)
{
    unsigned char hash[CRYPTO_HASH_BYTES];
    struct db_params p = db_params(tx);
    db_put_bytes(&p, hash_of(hash, keys, code));
    return read_json(message, tx, arena, READ, &p);
}

enum db_status message_withdraw(bool *found, struct db_tx *tx, const struct crypto_keys *keys,
                                const struct participation_code *code)
{
    unsigned char hash[CRYPTO_HASH_BYTES];
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_bytes(&p, hash_of(hash, keys, code));
    const enum db_status status = db_run_one(&rows, tx, &message_statements[WITHDRAW], &p);
    *found = status == DB_OK && db_get_bool(rows, 0, 0);
    return status;
}

/* ---- for staff ---- */

enum db_status message_list(json_t **list, struct db_tx *tx, struct arena *arena,
                            const struct message_filter *filter)
{
    struct db_params p = db_params(tx);
    db_put_text(&p, filter->state);
    db_put_text(&p, filter->sender);
    db_put_int64(&p, filter->from);
    db_put_int32(&p, filter->most);
    return read_json(list, tx, arena, LIST, &p);
}

enum db_status message_counts(int64_t counts[MESSAGE_STATES], struct db_tx *tx)
{
    struct db_result *rows;
    const enum db_status status = db_run(&rows, tx, &message_statements[COUNTS], NULL);
    for (unsigned i = 0; i < MESSAGE_STATES; i++) {
        counts[i] = 0;
    }
    for (size_t i = 0; status == DB_OK && i < db_rows(rows); i++) {
        const enum message_state state = message_state_find(db_get_text(rows, i, 0));
        if (state < MESSAGE_STATES) {
            counts[state] = db_get_int64(rows, i, 1);
        }
    }
    return status;
}

enum db_status message_lock(int32_t *revision, struct db_tx *tx, int32_t number)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    const enum db_status status = db_run(&rows, tx, &message_statements[LOCK], &p);
    *revision = status == DB_OK && db_rows(rows) == 1 ? db_get_int32(rows, 0, 0) : 0;
    return status;
}

enum db_status message_find(json_t **message, int32_t *revision, struct db_tx *tx, struct arena *arena,
                            int32_t number)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    const enum db_status status = db_run(&rows, tx, &message_statements[FIND], &p);
    const bool found = status == DB_OK && db_rows(rows) == 1;
    *revision = found ? db_get_int32(rows, 0, 0) : 0;
    *message = found ? signal_json(arena, db_get_text(rows, 0, 1)) : NULL;
    return status;
}

enum db_status message_steps(json_t **steps, struct db_tx *tx, struct arena *arena, int32_t number)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    return read_json(steps, tx, arena, STEPS, &p);
}

enum db_status message_mark(struct db_tx *tx, int32_t number, const struct message_mark *mark)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    db_put_text_array(&p, mark->values, mark->value_count);
    put_text_or_null(&p, mark->application);
    db_put_bool(&p, mark->is_public);
    return db_run(NULL, tx, &message_statements[MARK], &p);
}

enum db_status message_step_add(struct db_tx *tx, int32_t number, const struct message_step *step,
                                const char *by)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    db_put_text(&p, slice_from_cstr(message_states[step->from]));
    db_put_text(&p, slice_from_cstr(message_states[step->to]));
    put_text_or_null(&p, step->kind);
    put_text_or_null(&p, step->told);
    db_put_text(&p, slice_from_cstr(by));
    const enum db_status status = db_run(NULL, tx, &message_statements[STEP_ADD], &p);
    if (status != DB_OK) {
        return status;
    }
    struct db_params q = db_params(tx);
    db_put_int32(&q, number);
    db_put_text(&q, slice_from_cstr(message_states[step->to]));
    put_text_or_null(&q, step->kind);
    put_text_or_null(&q, step->told);
    return db_run(NULL, tx, &message_statements[STEP], &q);
}

enum db_status message_redact(bool *done, struct db_tx *tx, int32_t number, int32_t revision,
                              struct slice text)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    db_put_int32(&p, revision);
    db_put_text(&p, text);
    const enum db_status status = db_run_one(&rows, tx, &message_statements[REDACT], &p);
    *done = status == DB_OK && db_get_bool(rows, 0, 0);
    return status;
}

/* ---- for the API and everybody ---- */

enum db_status message_public_list(json_t **list, struct db_tx *tx, struct arena *arena,
                                   const struct message_public *asked)
{
    struct db_params p = db_params(tx);
    db_put_int64(&p, asked->from);
    db_put_int32(&p, asked->most);
    return read_json(list, tx, arena, asked->all ? KEY_LIST : PUBLIC_LIST, &p);
}
