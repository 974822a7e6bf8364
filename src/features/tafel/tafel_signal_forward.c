#include "features/tafel/tafel_signal_forward.h"

#include "features/tafel/tafel_signal_sql.h"

enum statement {
    ADD,
    LIST,
    PUBLIC_LIST,
    PUBLIC_LISTS,
    FACTS,
    END_LINKS,
    LINK,
    RETURN,
    WAIT,
    READ,
    ANSWER,
    STATEMENT_COUNT
};

const char *const forward_kinds[] = {
    "actie",          "doel",           "toezegging",       "wetgevingsdossier", "departement", "tafel",
    "toezichthouder", "kamercommissie", "onderzoeksagenda", "nieuwe-actie",      NULL};
const char *const forward_roles[] = {"kaders-stellen", "faciliteren", "dialoog-voeren", NULL};
const char *const forward_outcomes[] = {"overgenomen", "deels", "niet", "nader-onderzoek", "later", NULL};

#define TIME " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
#define FORWARD                                                                                              \
    "'soort', f.kind, 'onderdeel', f.item, 'geadresseerde', f.addressee, 'vraag', f.question, "              \
    "'randvoorwaarde', f.condition, 'rol', f.role, 'uiterlijk', f.due_day, 'stand', f.state, 'op', "         \
    "to_char(f.created_at" TIME
#define VOTES "jsonb_build_object('duidelijk', v.clear_count, 'onduidelijk', v.unclear_count"
#define SAID                                                                                                 \
    "'uitkomst', a.outcome, 'redenen', a.reason, 'watVerandert', a.change, 'wanneer', a.change_when, 'op', " \
    "to_char(a.answered_at" TIME
/* Those of a signal for everybody; $2: from how many votes on they are told. */
#define IN_PUBLIC                                                                                            \
    "jsonb_agg(jsonb_strip_nulls(jsonb_build_object(" FORWARD                                                \
    ", 'antwoord', (SELECT jsonb_build_object('nummer', a.id, 'oordelen', (SELECT " VOTES                    \
    ") FROM zs.signal_answer_vote AS v WHERE v.answer_id = a.id AND v.clear_count + v.unclear_count >= "     \
    "$2::int4), " SAID                                                                                       \
    ") FROM zs.signal_answer AS a WHERE a.forward_id = f.id AND a.returned_at IS NULL ORDER BY a.id DESC "   \
    "LIMIT 1))) ORDER BY f.id)"

const struct db_statement signal_forward_statements[STATEMENT_COUNT + 1] = {
    [ADD] =
        {"forward_add",
         "INSERT INTO zs.signal_forward (signal_id, kind, item, addressee, question, condition, role, "
         "due_day, "
         "created_by) SELECT $1::int4, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::date, "
         "$9::text WHERE (SELECT count(*) FROM zs.signal_forward WHERE signal_id = $1::int4) < $10::int4 "
         "RETURNING id"},
    [LIST] =
        {"forward_list",
         "SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('nummer', f.id, " FORWARD
         ", 'door', f.created_by, 'teLaat', f.state <> 'geantwoord' AND f.due_day < $3::timestamptz::date, "
         "'link', (SELECT jsonb_build_object('geldigTot', to_char(l.expires_at" TIME
         ", 'open', l.used_at IS NULL AND l.expires_at > $3::timestamptz) FROM zs.signal_link AS l WHERE "
         "l.forward_id = f.id AND l.ended_at IS NULL ORDER BY l.id DESC LIMIT 1), 'antwoorden', (SELECT "
         "jsonb_agg(jsonb_strip_nulls(jsonb_build_object('nummer', a.id, 'oordelen', (SELECT " VOTES
         ") FROM zs.signal_answer_vote AS v WHERE v.answer_id = a.id), " SAID
         ", 'naam', a.answered_by, 'terugOp', to_char(a.returned_at" TIME
         ", 'terugWaarom', a.returned_why)) ORDER BY a.id) FROM zs.signal_answer AS a WHERE a.forward_id = "
         "f.id))) ORDER BY f.id), '[]')::text FROM zs.signal_forward AS f WHERE f.signal_id = $1::int4 AND "
         "$2::int4 IN (0, f.id)"},
    [PUBLIC_LIST] = {"forward_public_list", "SELECT coalesce(" IN_PUBLIC ", '[]')::text FROM "
                                            "zs.signal_forward AS f WHERE f.signal_id = $1::int4"},
    [PUBLIC_LISTS] = {"forward_public_lists",
                      "SELECT coalesce(jsonb_object_agg(x.signal_id, x.list), '{}')::text FROM (SELECT "
                      "f.signal_id, " IN_PUBLIC " AS list FROM zs.signal_forward AS f WHERE f.signal_id = "
                      "ANY ($1::int4[]) GROUP BY f.signal_id) AS x"},
    [FACTS] = {"forward_facts", "SELECT count(*), count(*) FILTER (WHERE state <> 'geantwoord') FROM "
                                "zs.signal_forward WHERE signal_id = $1::int4"},
    [END_LINKS] = {"forward_end_links",
                   "UPDATE zs.signal_link SET ended_at = now() WHERE forward_id = $1::int4 AND "
                   "used_at IS NULL AND ended_at IS NULL"},
    [LINK] = {"forward_link",
              "INSERT INTO zs.signal_link (forward_id, token_hash, expires_at, created_by) VALUES "
              "($1::int4, $2::bytea, $3::timestamptz, $4::text)"},
    [RETURN] =
        {"forward_return",
         "UPDATE zs.signal_answer SET returned_at = now(), returned_why = $2::text, returned_by = $3::text "
         "WHERE id = (SELECT max(id) FROM zs.signal_answer WHERE forward_id = $1::int4) AND returned_at IS "
         "NULL"},
    [WAIT] = {"forward_wait", "UPDATE zs.signal_forward SET state = 'teruggestuurd' WHERE id = $1::int4"},
    [READ] = {"forward_read",
              "SELECT standing, document FROM zs.signal_link_read($1::bytea, $2::timestamptz)"},
    [ANSWER] = {"forward_answer",
                "SELECT zs.signal_link_answer($1::bytea, $2::timestamptz, $3::text, $4::text, "
                "$5::text, $6::text, $7::text)"},
};

static void put_text_or_null(struct db_params *p, struct slice text)
{
    if (text.len > 0) {
        db_put_text(p, text);
    } else {
        db_put_null(p);
    }
}

enum db_status forward_add(int32_t *number, struct db_tx *tx, int32_t signal,
                           const struct signal_forward *forward, const char *by)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, signal);
    db_put_text(&p, forward->kind);
    put_text_or_null(&p, forward->item);
    db_put_text(&p, forward->addressee);
    db_put_text(&p, forward->question);
    put_text_or_null(&p, forward->condition);
    db_put_text(&p, forward->role);
    db_put_day(&p, forward->due_day);
    db_put_text(&p, slice_from_cstr(by));
    db_put_int32(&p, FORWARDS_MAX);
    const enum db_status status = db_run(&rows, tx, &signal_forward_statements[ADD], &p);
    *number = status == DB_OK && db_rows(rows) == 1 ? db_get_int32(rows, 0, 0) : 0;
    return status;
}

enum db_status forward_list(json_t **list, struct db_tx *tx, struct arena *arena, int32_t signal,
                            int32_t forward, int64_t now_s)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, signal);
    db_put_int32(&p, forward);
    db_put_timestamp(&p, now_s);
    const enum db_status status = db_run_one(&rows, tx, &signal_forward_statements[LIST], &p);
    *list = status == DB_OK ? signal_json(arena, db_get_text(rows, 0, 0)) : NULL;
    return status;
}

enum db_status forward_public_list(json_t **list, struct db_tx *tx, struct arena *arena, int32_t signal,
                                   int32_t least_votes)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, signal);
    db_put_int32(&p, least_votes);
    const enum db_status status = db_run_one(&rows, tx, &signal_forward_statements[PUBLIC_LIST], &p);
    *list = status == DB_OK ? signal_json(arena, db_get_text(rows, 0, 0)) : NULL;
    return status;
}

enum db_status forward_public_lists(json_t **by_signal, struct db_tx *tx, struct arena *arena,
                                    const int32_t *signals, size_t count, int32_t least_votes)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32_array(&p, signals, count);
    db_put_int32(&p, least_votes);
    const enum db_status status = db_run_one(&rows, tx, &signal_forward_statements[PUBLIC_LISTS], &p);
    *by_signal = status == DB_OK ? signal_json(arena, db_get_text(rows, 0, 0)) : NULL;
    return status;
}

enum db_status forward_facts(struct signal_facts *facts, struct db_tx *tx, int32_t signal)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, signal);
    const enum db_status status = db_run_one(&rows, tx, &signal_forward_statements[FACTS], &p);
    if (status == DB_OK) {
        facts->addressees = (size_t)db_get_int64(rows, 0, 0);
        facts->waiting = (size_t)db_get_int64(rows, 0, 1);
    }
    return status;
}

/* ---- links ---- */

static struct slice hash_of(unsigned char hash[CRYPTO_HASH_BYTES], const struct crypto_keys *keys,
                            const struct participation_code *code)
{
    crypto_keyed_hash(hash, CRYPTO_HASH_BYTES, keys, CRYPTO_KEY_SESSION, "signal-link",
                      (struct slice){(const char *)code->bits, sizeof code->bits});
    return (struct slice){(const char *)hash, CRYPTO_HASH_BYTES};
}

enum db_status forward_link(struct participation_code *code, int64_t *until, struct db_tx *tx,
                            const struct crypto_keys *keys, int32_t forward, int64_t now_s, const char *by)
{
    enum { DAY_S = 86400 };
    unsigned char hash[CRYPTO_HASH_BYTES];
    struct db_params p = db_params(tx);
    db_put_int32(&p, forward);
    const enum db_status status = db_run(NULL, tx, &signal_forward_statements[END_LINKS], &p);
    if (status != DB_OK) {
        return status;
    }
    code_generate(code);
    *until = now_s + (int64_t)FORWARD_LINK_DAYS * DAY_S;
    struct db_params q = db_params(tx);
    db_put_int32(&q, forward);
    db_put_bytes(&q, hash_of(hash, keys, code));
    db_put_timestamp(&q, *until);
    db_put_text(&q, slice_from_cstr(by));
    return db_run(NULL, tx, &signal_forward_statements[LINK], &q);
}

enum db_status forward_return(bool *returned, struct db_tx *tx, int32_t forward, struct slice why,
                              const char *by)
{
    struct db_result *done;
    struct db_params p = db_params(tx);
    db_put_int32(&p, forward);
    db_put_text(&p, why);
    db_put_text(&p, slice_from_cstr(by));
    const enum db_status status = db_run(&done, tx, &signal_forward_statements[RETURN], &p);
    *returned = status == DB_OK && db_affected(done) == 1;
    if (!*returned) {
        return status;
    }
    struct db_params q = db_params(tx);
    db_put_int32(&q, forward);
    return db_run(NULL, tx, &signal_forward_statements[WAIT], &q);
}

/* ---- whoever has a link ---- */

enum db_status forward_read(json_t **asked, enum forward_standing *standing, struct db_tx *tx,
                            struct arena *arena, const struct crypto_keys *keys,
                            const struct participation_code *code, int64_t now_s)
{
    static const char *const names[] = {"open", "gebruikt", "vervangen", "verlopen", NULL};
    unsigned char hash[CRYPTO_HASH_BYTES];
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_bytes(&p, hash_of(hash, keys, code));
    db_put_timestamp(&p, now_s);
    const enum db_status status = db_run(&rows, tx, &signal_forward_statements[READ], &p);
    const bool found = status == DB_OK && db_rows(rows) == 1;
    unsigned at = 0;
    while (found && names[at] && !slice_equal_cstr(db_get_text(rows, 0, 0), names[at])) {
        at++;
    }
    *standing = found ? (enum forward_standing)at : FORWARD_UNKNOWN;
    *asked = found ? signal_json(arena, db_get_text(rows, 0, 1)) : NULL;
    return status;
}

enum db_status forward_answer(int32_t *signal, struct db_tx *tx, const struct crypto_keys *keys,
                              const struct participation_code *code, const struct forward_answer *answer,
                              int64_t now_s)
{
    unsigned char hash[CRYPTO_HASH_BYTES];
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_bytes(&p, hash_of(hash, keys, code));
    db_put_timestamp(&p, now_s);
    db_put_text(&p, answer->outcome);
    db_put_text(&p, answer->reason);
    put_text_or_null(&p, answer->change);
    put_text_or_null(&p, answer->when);
    db_put_text(&p, answer->name);
    const enum db_status status = db_run_one(&rows, tx, &signal_forward_statements[ANSWER], &p);
    *signal = status == DB_OK ? db_get_int32(rows, 0, 0) : 0;
    return status;
}
