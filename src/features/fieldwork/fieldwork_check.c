#include "features/fieldwork/fieldwork_check.h"

#include "features/fieldwork/fieldwork_conversation.h"

const char *const check_verdicts[] = {"klopt", "klopt-niet", NULL};

enum { HASH_BYTES = 32, SUMMARY_MAX = 20000 };
enum statement { FIND, INSERT, UPDATE, LIST, ISSUE, READ, ANSWER, STATEMENT_COUNT };

#define MAY_READ                                                                                             \
    "p.standing = 'gekomen' AND p.withdrawn_day IS NULL AND (SELECT n.takes_part AND (p.age <> 'onder-16' "  \
    "OR n.by_parent) FROM zs.consent AS n WHERE n.participant_id = p.id ORDER BY n.id DESC LIMIT 1)"

const struct db_statement fieldwork_check_statements[STATEMENT_COUNT + 1] = {
    [FIND] = {"summary_find",
              "SELECT json_build_object('samenvatting', s.body, 'openTot', to_char(s.open_until, "
              "'YYYY-MM-DD'), 'revisie', s.revision)::text FROM zs.conversation_summary AS s WHERE "
              "s.conversation_id = $1::int4"},
    [INSERT] = {"summary_insert",
                "INSERT INTO zs.conversation_summary (conversation_id, body, open_until, written_by) VALUES "
                "($1::int4, $2::text, $3::date, $4::text) ON CONFLICT DO NOTHING"},
    [UPDATE] = {"summary_update",
                "UPDATE zs.conversation_summary SET body = $2::text, open_until = $3::date, written_by = "
                "$4::text, written_at = now(), revision = revision + 1 WHERE conversation_id = $1::int4 AND "
                "revision = $5::int4"},
    [LIST] = {"check_list",
              "SELECT coalesce(json_agg(json_strip_nulls(json_build_object('deelnemer', p.id, 'pseudoniem', "
              "p.pseudonym, 'codeOp', to_char(m.issued_day, 'YYYY-MM-DD'), 'oordeel', m.verdict, "
              "'opmerking', m.remark, 'op', to_char(m.answered_day, 'YYYY-MM-DD'), 'ouder', "
              "m.summary_revision < s.revision)) ORDER BY p.id), '[]')::text FROM zs.participant AS p LEFT "
              "JOIN zs.member_check AS m ON m.participant_id = p.id LEFT JOIN zs.conversation_summary AS s "
              "ON s.conversation_id = p.conversation_id WHERE p.conversation_id = $1::int4 AND " MAY_READ},
    [ISSUE] = {"check_issue",
               "INSERT INTO zs.member_check (participant_id, code_hash, issued_day) SELECT p.id, $2::bytea, "
               "$3::date FROM zs.participant AS p JOIN zs.conversation_summary AS s ON s.conversation_id = "
               "p.conversation_id WHERE p.id = $1::int4 AND " MAY_READ
               " ON CONFLICT (participant_id) DO UPDATE SET code_hash = excluded.code_hash, issued_day = "
               "excluded.issued_day"},
    [READ] = {"check_read",
              "SELECT r.round_id, r.body, r.open_until, r.is_open, coalesce(r.verdict, ''), "
              "coalesce(r.remark, ''), r.is_older, r.revision FROM zs.member_check_read($1::bytea, "
              "$2::date) AS r"},
    [ANSWER] = {"check_answer", "SELECT zs.member_check_answer($1::bytea, $2::date, $3::int4, $4::text, "
                                "$5::text)"},
};

/* ---- the summary ---- */

static json_t *parsed(struct arena *arena, struct slice text)
{
    struct json_errors errors;
    json_errors_init(&errors, arena);
    return json_parse(&errors, arena, text);
}

enum db_status summary_find(json_t **out, struct db_tx *tx, struct arena *arena, int32_t conversation)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, conversation);
    enum db_status status = db_run(&rows, tx, &fieldwork_check_statements[FIND], &p);
    *out = status == DB_OK && db_rows(rows) == 1 ? parsed(arena, db_get_text(rows, 0, 0)) : NULL;
    return status;
}

enum db_status summary_save(enum summary_outcome *outcome, struct json_errors *errors, struct db_tx *tx,
                            int32_t conversation, const json_t *document, const char *actor)
{
    struct slice body, until;
    int64_t revision = 0;
    int32_t day = 0;
    struct db_result *done;
    const struct json_field fields[] = {
        {"samenvatting", JSON_KIND_STRING, false, 1, SUMMARY_MAX, NULL, &body, NULL},
        {"openTot", JSON_KIND_STRING, false, 0, 0, NULL, &until, NULL},
        {"revisie", JSON_KIND_INT, true, 0, INT32_MAX, NULL, &revision, NULL},
    };
    *outcome = SUMMARY_WRONG;
    if (!json_decode(errors, "", document, fields, sizeof fields / sizeof fields[0])) {
        return DB_OK;
    }
    if (!fieldwork_day(&day, until)) {
        json_errors_add(errors, "/openTot", "datum", "Geef een datum, bijvoorbeeld 2027-01-31.");
        return DB_OK;
    }
    struct db_params p = db_params(tx);
    db_put_int32(&p, conversation);
    db_put_text(&p, body);
    db_put_day(&p, day);
    db_put_text(&p, slice_from_cstr(actor));
    if (revision > 0) {
        db_put_int32(&p, (int32_t)revision);
    }
    enum db_status status =
        db_run(&done, tx, &fieldwork_check_statements[revision > 0 ? UPDATE : INSERT], &p);
    *outcome = status == DB_OK && db_affected(done) == 1 ? SUMMARY_SAVED : SUMMARY_CONFLICT;
    return status;
}

/* ---- codes and what is said under them ---- */

enum db_status check_list(json_t **out, struct db_tx *tx, struct arena *arena, int32_t conversation)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_int32(&p, conversation);
    enum db_status status = db_run_one(&row, tx, &fieldwork_check_statements[LIST], &p);
    *out = status == DB_OK ? parsed(arena, db_get_text(row, 0, 0)) : NULL;
    return status;
}

/* What is kept of a code. Tells nothing of participations: the context is another. */
static struct slice hash_of(unsigned char hash[HASH_BYTES], const struct crypto_keys *keys,
                            const struct participation_code *code)
{
    crypto_keyed_hash(hash, HASH_BYTES, keys, CRYPTO_KEY_PARTICIPATION, "member-check",
                      (struct slice){(const char *)code->bits, sizeof code->bits});
    return (struct slice){(const char *)hash, HASH_BYTES};
}

enum db_status check_issue(struct participation_code *code, bool *given, struct db_tx *tx,
                           const struct crypto_keys *keys, int32_t participant, int32_t today)
{
    unsigned char hash[HASH_BYTES];
    struct db_result *done;
    code_generate(code);
    struct db_params p = db_params(tx);
    db_put_int32(&p, participant);
    db_put_bytes(&p, hash_of(hash, keys, code));
    db_put_day(&p, today);
    enum db_status status = db_run(&done, tx, &fieldwork_check_statements[ISSUE], &p);
    *given = status == DB_OK && db_affected(done) == 1;
    return status;
}

enum db_status check_read(struct check_shown *out, struct db_tx *tx, struct arena *arena,
                          const struct crypto_keys *keys, const struct participation_code *code,
                          int32_t today)
{
    unsigned char hash[HASH_BYTES];
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_bytes(&p, hash_of(hash, keys, code));
    db_put_day(&p, today);
    enum db_status status = db_run(&rows, tx, &fieldwork_check_statements[READ], &p);
    *out = (struct check_shown){.found = status == DB_OK && db_rows(rows) == 1};
    if (out->found) {
        out->round = db_get_int32(rows, 0, 0);
        out->body = arena_copy(arena, db_get_text(rows, 0, 1));
        out->open_until = db_get_day(rows, 0, 2);
        out->is_open = db_get_bool(rows, 0, 3);
        out->verdict = arena_copy(arena, db_get_text(rows, 0, 4));
        out->remark = arena_copy(arena, db_get_text(rows, 0, 5));
        out->is_older = db_get_bool(rows, 0, 6);
        out->revision = db_get_int32(rows, 0, 7);
        out->code_hash = arena_copy(arena, (struct slice){(const char *)hash, HASH_BYTES});
    }
    return status;
}

enum db_status check_answer(bool *kept, struct db_tx *tx, const struct crypto_keys *keys,
                            const struct participation_code *code, int32_t today, int32_t revision,
                            const char *verdict, struct slice remark)
{
    unsigned char hash[HASH_BYTES];
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_bytes(&p, hash_of(hash, keys, code));
    db_put_day(&p, today);
    db_put_int32(&p, revision);
    db_put_text(&p, slice_from_cstr(verdict));
    if (remark.len > 0) {
        db_put_text(&p, remark);
    } else {
        db_put_null(&p);
    }
    enum db_status status = db_run_one(&row, tx, &fieldwork_check_statements[ANSWER], &p);
    *kept = status == DB_OK && db_get_bool(row, 0, 0);
    return status;
}
