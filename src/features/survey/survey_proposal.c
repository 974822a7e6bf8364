#include "features/survey/survey_proposal.h"

#include "features/audit/audit.h"

#include <string.h>

enum statement { SUPERSEDE, MAKE, READ, LIST, WAITING, PUBLISHED, DECIDE, STATEMENT_COUNT };

const struct db_statement survey_proposal_statements[STATEMENT_COUNT + 1] = {
    [SUPERSEDE] =
        {"proposal_supersede",
         "UPDATE zs.proposal SET state = 'superseded', decided_by = $2::int4, decided_at = "
         "$3::timestamptz WHERE consultation = $1::text AND state = 'proposed' RETURNING id, sha256"},
    [MAKE] = {"proposal_make",
              "INSERT INTO zs.proposal (consultation, opens, document, sha256, based_on, proposed_by, "
              "proposed_at)"
              " SELECT $1::text, $2::text, $3::text, $4::bytea,"
              "  (SELECT published_at FROM zs.consultation WHERE code = $1::text), $5::int4, $6::timestamptz"
              " RETURNING id"},
    [READ] = {"proposal_read",
              "SELECT p.id, p.consultation, p.opens, p.state, p.proposed_by, a.name, d.name, p.proposed_at,"
              " p.decided_at, p.sha256, p.state = 'proposed' AND p.based_on IS DISTINCT FROM"
              "  (SELECT c.published_at FROM zs.consultation AS c WHERE c.code = p.consultation), p.document"
              " FROM zs.proposal AS p JOIN zs.account AS a ON a.id = p.proposed_by"
              " LEFT JOIN zs.account AS d ON d.id = p.decided_by WHERE p.id = $1::int4"},
    [LIST] = {"proposal_list",
              "SELECT p.id, p.consultation, p.opens, p.state, p.proposed_by, a.name, d.name, p.proposed_at,"
              " p.decided_at, p.sha256, p.state = 'proposed' AND p.based_on IS DISTINCT FROM"
              "  (SELECT c.published_at FROM zs.consultation AS c WHERE c.code = p.consultation)"
              " FROM zs.proposal AS p JOIN zs.account AS a ON a.id = p.proposed_by"
              " LEFT JOIN zs.account AS d ON d.id = p.decided_by"
              " WHERE ($1::text[] IS NULL OR p.consultation = ANY ($1::text[]))"
              "  AND (p.state = 'proposed') = $2::bool AND ($3::int4 = 0 OR p.id < $3::int4)"
              " ORDER BY p.id DESC LIMIT $4::int4"},
    [WAITING] = {"proposal_waiting",
                 "SELECT count(*) FROM zs.proposal AS p WHERE p.state = 'proposed'"
                 "  AND ($1::text[] IS NULL OR p.consultation = ANY ($1::text[]))"
                 "  AND p.proposed_by <> $2::int4 AND p.based_on IS NOT DISTINCT FROM"
                 "   (SELECT c.published_at FROM zs.consultation AS c WHERE c.code = p.consultation)"},
    [PUBLISHED] =
        {"proposal_published",
         "SELECT 1::int2, code, ''::text, document::text FROM zs.consultation WHERE code = $1::text"
         " UNION ALL SELECT 2::int2, code, status, document::text FROM zs.round WHERE consultation = $1::text"
         " UNION ALL (SELECT DISTINCT ON (v.code) 3::int2, v.code, ''::text, v.document::text"
         "  FROM zs.questionnaire_version AS v WHERE v.consultation = $1::text"
         "  ORDER BY v.code, v.number DESC)"},
    [DECIDE] = {"proposal_decide",
                "UPDATE zs.proposal SET state = $2::text, decided_by = $3::int4, decided_at = "
                "$4::timestamptz WHERE id = $1::int4 AND state = 'proposed'"},
};

static enum db_status record(struct db_tx *tx, const char *action, int32_t id, struct slice consultation,
                             const unsigned char sha256[CRYPTO_SHA256_BYTES], const char *result,
                             const struct proposal_act *act)
{
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    crypto_hex(hex, sha256, CRYPTO_SHA256_BYTES);
    const struct audit_event event = {
        .action = action,
        .object = arena_printf(db_arena(tx), "proposal:%d", (int)id).ptr,
        .result = result,
        .origin = act->by.origin,
        .actor = act->by.actor,
        .details = arena_printf(db_arena(tx), "{\"consultation\": \"%.*s\", \"sha256\": \"%s\"}",
                                SLICE_ARG(consultation), hex)
                       .ptr};
    return audit_record(tx, &event);
}

/* What stood of the consultation does no more. */
static enum db_status supersede(struct db_tx *tx, struct slice consultation, const struct proposal_act *act)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_text(&p, consultation);
    db_put_int32(&p, act->account_id);
    db_put_timestamp(&p, act->now_s);
    enum db_status status = db_run(&rows, tx, &survey_proposal_statements[SUPERSEDE], &p);
    for (size_t i = 0; status == DB_OK && i < db_rows(rows); i++) {
        status = record(tx, "proposal.supersede", db_get_int32(rows, i, 0), consultation,
                        (const unsigned char *)db_get_bytes(rows, i, 1).ptr, "ok", act);
    }
    return status;
}

enum db_status proposal_make(int32_t *id, struct db_tx *tx, struct slice consultation, struct slice opens,
                             struct slice package, const struct proposal_act *act)
{
    struct db_result *made;
    unsigned char sha256[CRYPTO_SHA256_BYTES];
    struct db_params p = db_params(tx);
    crypto_sha256(sha256, package);
    enum db_status status = consultation_lock(tx, consultation);
    if (status == DB_OK) {
        status = supersede(tx, consultation, act);
    }
    if (status != DB_OK) {
        return status;
    }
    db_put_text(&p, consultation);
    if (opens.len > 0) {
        db_put_text(&p, opens);
    } else {
        db_put_null(&p);
    }
    db_put_text(&p, package);
    db_put_bytes(&p, (struct slice){(const char *)sha256, sizeof sha256});
    db_put_int32(&p, act->account_id);
    db_put_timestamp(&p, act->now_s);
    status = db_run_one(&made, tx, &survey_proposal_statements[MAKE], &p);
    if (status == DB_OK) {
        *id = db_get_int32(made, 0, 0);
        status = record(tx, "proposal.make", *id, consultation, sha256, "ok", act);
    }
    return status;
}

static struct slice text_or_none(const struct db_result *rows, size_t row, int column)
{
    return db_is_null(rows, row, column) ? (struct slice){NULL, 0} : db_get_text(rows, row, column);
}

static void read_row(struct proposal *out, const struct db_result *rows, size_t row)
{
    *out = (struct proposal){
        .id = db_get_int32(rows, row, 0),
        .consultation = db_get_text(rows, row, 1),
        .opens = text_or_none(rows, row, 2),
        .state = db_get_text(rows, row, 3),
        .proposer = db_get_int32(rows, row, 4),
        .proposed_by = db_get_text(rows, row, 5),
        .decided_by = text_or_none(rows, row, 6),
        .proposed_at = db_get_timestamp(rows, row, 7),
        .decided_at = db_is_null(rows, row, 8) ? 0 : db_get_timestamp(rows, row, 8),
        .stale = db_get_bool(rows, row, 10),
    };
    memcpy(out->sha256, db_get_bytes(rows, row, 9).ptr, sizeof out->sha256);
}

static enum db_status read_one(bool *found, struct proposal *out, struct slice *package, struct db_tx *tx,
                               int32_t id)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, id);
    enum db_status status = db_run(&rows, tx, &survey_proposal_statements[READ], &p);
    *found = status == DB_OK && db_rows(rows) == 1;
    if (*found) {
        read_row(out, rows, 0);
    }
    if (*found && package) {
        *package = db_get_text(rows, 0, 11);
    }
    return status;
}

enum db_status proposal_read(bool *found, struct proposal *out, struct slice *package, struct db_tx *tx,
                             int32_t id, bool lock)
{
    enum db_status status = read_one(found, out, package, tx, id);
    if (status == DB_OK && *found && lock) {
        status = consultation_lock(tx, out->consultation);
        return status == DB_OK ? read_one(found, out, package, tx, id) : status;
    }
    return status;
}

static void put_consultations(struct db_params *p, const struct proposal_reach *reach)
{
    if (reach->every) {
        db_put_null(p);
    } else {
        db_put_text_array(p, reach->consultations, reach->count);
    }
}

enum db_status proposal_list(struct proposal **out, size_t *count, struct db_tx *tx,
                             const struct proposal_reach *reach, bool standing, int32_t before, int32_t most)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    put_consultations(&p, reach);
    db_put_bool(&p, standing);
    db_put_int32(&p, before);
    db_put_int32(&p, most);
    enum db_status status = db_run(&rows, tx, &survey_proposal_statements[LIST], &p);
    if (status != DB_OK) {
        return status;
    }
    *count = db_rows(rows);
    *out = arena_array(db_arena(tx), *count, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        read_row(&(*out)[i], rows, i);
    }
    return DB_OK;
}

enum db_status proposal_waiting(int64_t *count, struct db_tx *tx, const struct proposal_reach *reach,
                                int32_t account_id)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    put_consultations(&p, reach);
    db_put_int32(&p, account_id);
    enum db_status status = db_run_one(&row, tx, &survey_proposal_statements[WAITING], &p);
    *count = status == DB_OK ? db_get_int64(row, 0, 0) : 0;
    return status;
}

enum db_status proposal_published(struct proposal_part **out, size_t *count, struct db_tx *tx,
                                  struct arena *arena, struct slice consultation)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_text(&p, consultation);
    *count = 0;
    enum db_status status = db_run(&rows, tx, &survey_proposal_statements[PUBLISHED], &p);
    if (status != DB_OK) {
        return status;
    }
    *count = db_rows(rows);
    *out = arena_array(arena, *count, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = (struct proposal_part){.kind = (enum proposal_part_kind)db_get_int16(rows, i, 0),
                                           .code = arena_copy(arena, db_get_text(rows, i, 1)),
                                           .status = arena_copy(arena, db_get_text(rows, i, 2)),
                                           .document = arena_copy(arena, db_get_text(rows, i, 3))};
    }
    return DB_OK;
}

/* ---- deciding ---- */

static enum db_status decide(struct db_tx *tx, const struct proposal *proposal, const char *state,
                             const char *action, const struct proposal_act *act)
{
    struct db_result *done;
    struct db_params p = db_params(tx);
    db_put_int32(&p, proposal->id);
    db_put_text(&p, slice_from_cstr(state));
    db_put_int32(&p, act->account_id);
    db_put_timestamp(&p, act->now_s);
    enum db_status status = db_run(&done, tx, &survey_proposal_statements[DECIDE], &p);
    if (status == DB_OK && db_affected(done) != 1) {
        status = DB_FAILED; /* whoever decides holds the lock */
    }
    return status == DB_OK
               ? record(tx, action, proposal->id, proposal->consultation, proposal->sha256, "ok", act)
               : status;
}

static bool stands(const struct proposal *proposal)
{
    return slice_equal_cstr(proposal->state, "proposed");
}

enum db_status proposal_approve(enum proposal_outcome *out, struct db_tx *tx, const struct proposal *proposal,
                                const struct consultation_bundle *bundle,
                                const unsigned char shown[CRYPTO_SHA256_BYTES],
                                const struct proposal_act *act)
{
    struct publish_outcome published;
    enum round_change opened = ROUND_CHANGED;
    *out = !stands(proposal) || proposal->stale                            ? PROPOSAL_OVER
           : proposal->proposer == act->account_id                         ? PROPOSAL_OWN
           : memcmp(shown, proposal->sha256, sizeof proposal->sha256) != 0 ? PROPOSAL_OTHER
                                                                           : PROPOSAL_DONE;
    if (*out != PROPOSAL_DONE) {
        return record(tx, "proposal.approve", proposal->id, proposal->consultation, proposal->sha256,
                      "refused", act);
    }
    enum db_status status = decide(tx, proposal, "approved", "proposal.approve", act);
    if (status == DB_OK) {
        status = consultation_publish(&published, tx, bundle, &act->by);
        *out = status == DB_ROLLBACK ? PROPOSAL_FOREIGN : PROPOSAL_DONE;
    }
    if (status == DB_OK && proposal->opens.len > 0) {
        status = round_open(&opened, tx, proposal->opens, &act->by);
    }
    if (status == DB_OK && opened != ROUND_CHANGED && opened != ROUND_WAS_SO) {
        *out = PROPOSAL_NOT_OPEN;
        status = DB_ROLLBACK;
    }
    return status;
}

enum db_status proposal_refused(struct db_tx *tx, const struct proposal *proposal, const char *action,
                                const struct proposal_act *act)
{
    return record(tx, action, proposal->id, proposal->consultation, proposal->sha256, "refused", act);
}

enum db_status proposal_refuse(enum proposal_outcome *out, struct db_tx *tx, const struct proposal *proposal,
                               const struct proposal_act *act)
{
    *out = !stands(proposal)                       ? PROPOSAL_OVER
           : proposal->proposer == act->account_id ? PROPOSAL_OWN
                                                   : PROPOSAL_DONE;
    return *out == PROPOSAL_DONE ? decide(tx, proposal, "refused", "proposal.refuse", act)
                                 : proposal_refused(tx, proposal, "proposal.refuse", act);
}

enum db_status proposal_withdraw(enum proposal_outcome *out, struct db_tx *tx,
                                 const struct proposal *proposal, const struct proposal_act *act)
{
    *out = !stands(proposal)                       ? PROPOSAL_OVER
           : proposal->proposer != act->account_id ? PROPOSAL_OWN
                                                   : PROPOSAL_DONE;
    return *out == PROPOSAL_DONE ? decide(tx, proposal, "withdrawn", "proposal.withdraw", act)
                                 : proposal_refused(tx, proposal, "proposal.withdraw", act);
}
