/* The participation cookie: "<code>.<round>.<variant>". A session cookie: closing the browser forgets it; the
 * code on paper does not. */
#include "features/survey/survey_internal.h"

#include <stdio.h>
#include <string.h>

static const char cookie_name[] = "deelname";

void participation_cookie_set(struct http_exchange *ex, const struct visit *visit)
{
    char code[CODE_TEXT_BYTES];
    char value[CODE_TEXT_BYTES + 128];
    code_format(code, &visit->code);
    snprintf(value, sizeof value, "%s.%s.%s", code, visit->round->code,
             questionnaire_variant_code(visit->round->questionnaire, visit->state.variant));
    http_set_cookie(ex, cookie_name, value, 0);
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
    int variant = questionnaire_find_variant(round->questionnaire, variant_code);
    visit->state.variant = variant < 0 ? 0 : variant;
    presentation_derive(&visit->presentation, round->questionnaire, visit->state.variant, visit->who.seed);
    return true;
}
