/* GET /v1/consultaties/{consultatie}/verschillen: of a table as /tabellen gives it, how much each two of its
 * groups differ, with the interval of the difference. */
#include "features/results/results_api.h"
#include "features/results/results_write.h"

static void answer_too_many(const struct results_call *call)
{
    http_problem(call->ex, 400, "te-veel-vergelijkingen", "Dit zijn te veel vergelijkingen",
                 "Een antwoord heeft ten hoogste 20.000 verschillen. Kies minder groepen, of met maat minder "
                 "cijfers.",
                 NULL);
}

static void reply(struct results_call *call, const struct figures *figures,
                  const struct differences *differences)
{
    struct buffer body;
    buffer_init(&body, RESULTS_BODY_MAX);
    if (results_call_wants_csv(call)) {
        differences_csv(&body, figures, differences);
        results_call_reply_csv(call, &body,
                               arena_printf(call->arena, "%s-verschillen", figures->variable->code).ptr);
    } else {
        differences_json(&body, figures, differences);
        results_call_reply_json(call, &body);
    }
    buffer_free(&body);
}

static enum db_status make_differences(struct results_call *call)
{
    struct figures_query query;
    struct figures figures;
    struct differences differences;
    enum db_status status;
    const struct query_texts texts = results_call_texts(call);
    if (!texts.group_by.ptr) {
        results_query_fault(call->errors, "groepeerOp", "verplicht",
                            "Noem de variabele waarvan de groepen naast elkaar komen.");
    }
    results_query_read(&query, call->errors, call->arena, call->view, call->round, &texts);
    if (results_call_refuse(call, &status) || results_call_figures(&figures, call, &query) != FIGURES_OK) {
        return status;
    }
    if (!differences_make(&differences, call->arena, &figures)) {
        answer_too_many(call);
        return status;
    }
    reply(call, &figures, &differences);
    return results_call_audit(
        call,
        arena_printf(call->arena, "verschillen:%.*s", SLICE_ARG(results_call_table_name(call, &figures))).ptr,
        "ok");
}

void results_get_differences(struct http_exchange *ex, void *self)
{
    static const struct results_view view = {
        .begin = results_call_begin, .make = make_differences, .kept = true};
    results_view_run(ex, self, &view);
}
