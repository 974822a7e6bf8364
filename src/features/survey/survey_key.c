/* What a call with a key may see of rounds, for the routes of every feature above. */
#include "features/survey/survey_internal.h"

#include "features/account/account.h"

#include <string.h>

static bool visible(const struct survey_round *round)
{
    return round && round->status != ROUND_DRAFT;
}

const struct survey_round *survey_key_round(struct survey *survey, struct http_exchange *ex,
                                            const char *permission)
{
    const struct survey_snapshot *snapshot = survey_snapshot_for(survey, ex);
    const struct survey_round *round =
        snapshot ? survey_round_find(snapshot, http_path_param(ex, "ronde")) : NULL;
    if (!visible(round)) {
        http_error(ex, 404);
        return NULL;
    }
    if (!account_may(http_caller(ex), permission, round->consultation)) {
        account_refuse_call(ex, permission);
        return NULL;
    }
    return round;
}

const char *survey_key_consultation(struct survey *survey, struct http_exchange *ex, const char *permission)
{
    const struct survey_snapshot *snapshot = survey_snapshot_for(survey, ex);
    const struct slice code = http_path_param(ex, "consultatie");
    for (size_t i = 0; snapshot && i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        if (visible(round) && slice_equal_cstr(code, round->consultation)) {
            if (account_may(http_caller(ex), permission, round->consultation)) {
                return round->consultation;
            }
            account_refuse_call(ex, permission);
            return NULL;
        }
    }
    http_error(ex, 404);
    return NULL;
}

bool survey_key_query_round(const struct survey_round **out, struct survey *survey, struct http_exchange *ex,
                            const char *consultation)
{
    struct slice code;
    *out = NULL;
    if (!http_query(&code, ex, "ronde")) {
        return true;
    }
    *out = survey_round_find(survey_snapshot_for(survey, ex), code);
    if (!visible(*out) || strcmp((*out)->consultation, consultation) != 0) {
        return http_query_good(ex, json_pack("[{s:s,s:s,s:s}]", "parameter", "ronde", "code", "onbekend",
                                             "detail", "Noem een ronde van deze consultatie."));
    }
    return true;
}

bool survey_key_embargo(struct http_exchange *ex, const struct survey_round *round, int64_t now_s)
{
    if (!survey_round_keeps(round, now_s)) {
        http_problem(ex, 410, "vernietigd", "Wat in deze ronde is gezegd, is vernietigd",
                     "De bewaartermijn van deze ronde is voorbij.", NULL);
        return true;
    }
    if (!survey_round_tells(round, true, now_s)) {
        http_problem(
            ex, 403, "tussenstand-gesloten", "Deze ronde geeft nog geen uitkomsten",
            "De tussenstand van deze ronde is gesloten. Na sluiting van de ronde kunt u opvragen wat "
            "er is gezegd.",
            NULL);
        return true;
    }
    return false;
}

bool survey_query_consultation(struct slice *out, struct http_exchange *ex)
{
    enum { CODE_MAX = 100 };
    json_t *faults = json_array();
    if (http_query(out, ex, "consultatie") && (!out->ptr || out->len == 0 || out->len > CODE_MAX)) {
        json_array_append_new(faults, json_pack("{s:s,s:s,s:s}", "parameter", "consultatie", "code", "bereik",
                                                "detail", "Noem de code van een consultatie."));
    }
    return http_query_good(ex, faults);
}
