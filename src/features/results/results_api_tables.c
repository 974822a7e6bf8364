/* GET /v1/consultaties/{consultatie}/tabellen: any answer by up to three others, of both views. */
#include "features/results/results_api.h"
#include "features/results/results_write.h"

enum db_status results_make_tables(struct results_call *call)
{
    struct figures_query query;
    struct figures figures;
    enum db_status status;
    const struct query_texts texts = results_call_texts(call);
    results_query_read(&query, call->errors, call->arena, call->view, call->round, &texts);
    if (results_call_refuse(call, &status) || results_call_figures(&figures, call, &query) != FIGURES_OK) {
        return status;
    }
    struct buffer body;
    buffer_init(&body, RESULTS_BODY_MAX);
    if (results_call_wants_csv(call)) {
        figures_csv(&body, &figures);
        results_call_reply_csv(call, &body, figures.variable->code);
    } else {
        figures_json(&body, call->arena, &figures);
        results_call_reply_json(call, &body);
    }
    buffer_free(&body);
    return results_call_audit(call, results_call_table_name(call, &figures).ptr, "ok");
}

void results_get_tables(struct http_exchange *ex, void *self)
{
    static const struct results_view view = {
        .begin = results_call_begin, .make = results_make_tables, .kept = true};
    results_view_run(ex, self, &view);
}
