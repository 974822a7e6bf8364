#include "features/survey/survey_help.h"

#include "features/account/account.h"
#include "features/audit/audit.h"
#include "features/survey/survey_internal.h"

struct call {
    struct db_tx *tx;
    struct arena *arena;
    const char *action, *origin;
    const struct account_caller *caller;
    const struct survey_snapshot *snapshot; /* held */
    struct visit visit;                     /* when found */
    bool found, is_draft;
};

static enum db_status record(const struct call *call)
{
    const struct audit_event event = {
        .action = call->action,
        .object = call->found ? arena_printf(call->arena, "round:%s", call->visit.round->code).ptr : "code",
        .result = call->found ? "ok" : "refused",
        .origin = call->origin,
        .actor = call->caller->label};
    return audit_record(call->tx, &event);
}

static enum db_status find(struct call *call, struct survey *survey, struct slice typed)
{
    struct participation_code code;
    const struct visit anybody = {.survey = survey, .snapshot = call->snapshot};
    call->found = false;
    enum db_status status = DB_OK;
    if (code_parse(&code, typed)) {
        status =
            visit_find(&call->visit, &call->found, &call->is_draft, call->tx, call->arena, &anybody, &code);
    }
    call->found =
        call->found && account_may(call->caller, PERMISSION_RIGHTS_HELP, call->visit.round->consultation);
    return status;
}

static enum db_status look(struct help_view *out, struct call *call)
{
    struct visit *visit = &call->visit;
    const struct slice id = {(const char *)visit->who.response_id, sizeof visit->who.response_id};
    struct response_row row;
    struct passage_row *passages;
    struct answers answers;
    size_t count;
    out->round = arena_cstr(call->arena, slice_from_cstr(visit->round->code));
    if (call->is_draft) {
        out->standing = HELP_DRAFT;
        return DB_OK;
    }
    enum db_status status = sql_response_read(&row, call->tx, visit->round->id, id);
    bool kept = survey_round_keeps(visit->round, visit->survey->config.now_s());
    if (status != DB_OK || !row.found || !kept) {
        call->found = false;
        return status;
    }
    out->received_day = row.received_day;
    out->standing = HELP_WITHDRAWN;
    if (row.kind == RESPONSE_WITHDRAWN) {
        return DB_OK;
    }
    status = sql_response_passages(&passages, &count, call->tx, visit->round->id, id, row.revision);
    out->standing = HELP_UNREADABLE;
    if (status == DB_OK && row.version_id == visit->round->version_id &&
        response_answers(&answers, call->arena, visit->round->questionnaire, &row, passages, count)) {
        out->standing = HELP_STANDS;
        visit_present_stored(visit, answers.vector);
        out->sections = questionnaire_summary_context(call->arena, visit->round->questionnaire,
                                                      &visit->presentation, &answers, visit->state.language);
    }
    return status;
}

enum db_status survey_help_read(struct help_view *out, struct db_tx *tx, struct arena *arena,
                                struct survey *survey, struct slice typed,
                                const struct account_caller *caller, const char *origin)
{
    struct call call = {.tx = tx,
                        .arena = arena,
                        .action = "response.help-read",
                        .caller = caller,
                        .origin = origin,
                        .snapshot = survey_snapshot_hold(survey)};
    *out = (struct help_view){.standing = HELP_UNKNOWN};
    enum db_status status = find(&call, survey, typed);
    status = status == DB_OK && call.found ? look(out, &call) : status;
    status = status == DB_OK ? record(&call) : status;
    if (!call.found) {
        *out = (struct help_view){.standing = HELP_UNKNOWN};
    }
    survey_snapshot_release(call.snapshot);
    return status;
}

enum db_status survey_help_withdraw(bool *found, struct db_tx *tx, struct arena *arena, struct survey *survey,
                                    struct slice typed, const struct account_caller *caller,
                                    const char *origin)
{
    struct call call = {.tx = tx,
                        .arena = arena,
                        .action = "response.help-withdraw",
                        .caller = caller,
                        .origin = origin,
                        .snapshot = survey_snapshot_hold(survey)};
    enum db_status status = find(&call, survey, typed);
    if (status == DB_OK && call.found) {
        status = survey_withdraw(&call.found, tx, &call.visit);
    }
    status = status == DB_OK ? record(&call) : status;
    *found = call.found;
    survey_snapshot_release(call.snapshot);
    return status;
}
