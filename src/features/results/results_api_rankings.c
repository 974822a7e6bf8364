/* GET /v1/consultaties/{consultatie}/rangordes: what people put first, and what belongs in their top. What
 * no release holds is left out of the public's view; where that is all, the answer says by which rule. */
#include "features/results/results_ranking.h"

static bool is_wanted(const struct results_call *call, size_t variable, struct slice question)
{
    size_t count;
    const struct survey_round *round = call->round;
    const struct variable *v = &questionnaire_variables(&count, round->questionnaire)[variable];
    return ranking_begins(round->questionnaire, variable) &&
           questionnaire_asks(round->questionnaire, variable, round->variants,
                              (size_t)round->variant_count) &&
           (!question.ptr || slice_equal_cstr(question, v->question));
}

static struct slice read_question(struct results_call *call)
{
    struct slice text = {NULL, 0};
    size_t count;
    bool found = false;
    questionnaire_variables(&count, call->round->questionnaire);
    if (!http_query(&text, call->ex, "vraag")) {
        return (struct slice){NULL, 0};
    }
    text = text.ptr ? text : SLICE("");
    for (size_t i = 0; i < count; i++) {
        found = found || is_wanted(call, i, text);
    }
    if (!found) {
        results_query_fault(call->errors, "vraag", "onbekend",
                            "Noem een vraag van deze ronde die een volgorde geeft: een rangorde, punten, "
                            "best-worst, of een keuze waaruit daarna een eerste wordt gekozen.");
    }
    return text;
}

static enum db_status make_rankings(struct results_call *call)
{
    struct figures_query people;
    struct figures figures = {0};
    enum db_status status;
    size_t count;
    struct slice question = read_question(call);
    results_call_people(&people, call, 1);
    if (results_call_refuse(call, &status)) {
        return status;
    }
    struct records records = {.arena = call->arena};
    const char *rule = NULL, *kept_by = NULL;
    questionnaire_variables(&count, call->round->questionnaire);
    for (size_t i = 0; i < count; i++) {
        if (is_wanted(call, i, question)) {
            enum figures_status made = ranking_add(&records, &figures, &kept_by, call, &people, i);
            if (made == FIGURES_NOT_RELEASED) {
                rule = kept_by;
            } else if (made != FIGURES_OK) {
                results_call_answer(call, made, NULL);
                return DB_OK;
            }
        }
    }
    if (records.count == 0 && rule) {
        results_call_answer(call, FIGURES_NOT_RELEASED, rule);
        return DB_OK;
    }
    if (records.count == 0) {
        results_call_nothing(call);
        return DB_OK;
    }
    results_call_made_of(call, &figures);
    records_reply(call, &records, &figures, "rangordes");
    return results_call_audit(call, "rangordes", "ok");
}

void results_get_rankings(struct http_exchange *ex, void *self)
{
    static const struct results_view view = {
        .begin = results_call_begin, .make = make_rankings, .kept = true};
    results_view_run(ex, self, &view);
}
