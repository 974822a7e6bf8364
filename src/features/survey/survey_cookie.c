/* The participation cookie: "<code>.<round>.<variant>", with ".verstuurd" or ".weg" behind it once that is
 * what the receipt showed, for the start page, which asks no database. A session cookie: closing the browser
 * forgets it; the code on paper does not. */
#include "features/survey/survey_internal.h"

#include <stdio.h>
#include <string.h>

static const char cookie_name[] = "deelname";
static const char *const stages[] = {[STAGE_BEGUN] = "", [STAGE_SENT] = ".verstuurd", [STAGE_GONE] = ".weg"};

void participation_cookie_set(struct http_exchange *ex, const struct visit *visit, enum visit_stage stage)
{
    char code[CODE_TEXT_BYTES];
    char value[CODE_TEXT_BYTES + 128];
    code_format(code, &visit->code);
    snprintf(value, sizeof value, "%s.%s.%s%s", code, visit->round->code,
             questionnaire_variant_code(visit->round->questionnaire, visit->state.variant), stages[stage]);
    http_set_cookie(ex, cookie_name, value, 0);
}

void participation_cookie_tell(struct http_exchange *ex, const struct visit *visit, enum visit_stage stage)
{
    if (visit->stage != stage) {
        participation_cookie_set(ex, visit, stage);
    }
}

void participation_cookie_clear(struct http_exchange *ex)
{
    http_set_cookie(ex, cookie_name, "", -1);
}

void visit_anonymous(struct visit *visit, struct survey *survey, struct http_exchange *ex)
{
    *visit = (struct visit){.survey = survey,
                            .snapshot = survey_snapshot_for(survey, ex),
                            .language = strcmp(http_language(ex), "en") == 0 ? 1 : 0};
}

/* Cuts what it says of the stage off the rest of the cookie. */
static enum visit_stage take_stage(struct slice *rest)
{
    struct slice variant, stage;
    if (!slice_cut(&variant, &stage, *rest, '.')) {
        return STAGE_BEGUN;
    }
    *rest = variant;
    return slice_equal_cstr(stage, stages[STAGE_SENT] + 1)   ? STAGE_SENT
           : slice_equal_cstr(stage, stages[STAGE_GONE] + 1) ? STAGE_GONE
                                                             : STAGE_BEGUN;
}

bool visit_of_cookie(struct visit *visit, struct survey *survey, struct http_exchange *ex)
{
    struct slice cookie;
    struct slice code_text;
    struct slice round_code;
    struct slice variant_code;
    struct participation_code code;
    visit_anonymous(visit, survey, ex);
    if (!http_cookie(&cookie, ex, cookie_name) || !slice_cut(&code_text, &round_code, cookie, '.') ||
        !slice_cut(&round_code, &variant_code, round_code, '.') || !code_parse(&code, code_text)) {
        return false;
    }
    const struct survey_round *round = survey_round_find(visit->snapshot, round_code);
    if (!round) {
        return false;
    }
    visit_of_code(visit, survey, visit->snapshot, round, &code);
    visit->stage = take_stage(&variant_code);
    int variant = questionnaire_find_variant(round->questionnaire, variant_code);
    visit->state.variant = variant < 0 ? 0 : variant;
    presentation_derive(&visit->presentation, round->questionnaire, visit->state.variant, visit->who.seed);
    return true;
}
