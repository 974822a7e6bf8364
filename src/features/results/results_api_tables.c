/* GET /v1/consultaties/{consultatie}/tabellen: any answer by up to three others, of both views. */
#include "features/results/results_api.h"
#include "features/results/results_write.h"

static enum db_status audit_table(const struct results_call *call, const struct figures *figures)
{
    struct slice what = slice_from_cstr(figures->variable->code);
    for (size_t g = 0; g < figures->query.group_count; g++) {
        what = arena_printf(call->arena, "%.*s:%s", SLICE_ARG(what), figures->groups[g]->code);
    }
    for (size_t f = 0; f < figures->query.filter_count; f++) {
        size_t count;
        const struct variable *variables = questionnaire_variables(&count, call->round->questionnaire);
        const struct figures_filter *filter = &figures->query.filters[f];
        what = arena_printf(call->arena, "%.*s,%s=", SLICE_ARG(what), variables[filter->variable].code);
        for (size_t i = 0; i < filter->count; i++) {
            what =
                arena_printf(call->arena, "%.*s%s%s", SLICE_ARG(what), i > 0 ? "|" : "",
                             figures_code_name(call->arena, &variables[filter->variable], filter->codes[i]));
        }
    }
    return results_call_audit(call, what.ptr, "ok");
}

static enum db_status make_tables(struct results_call *call)
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
    return audit_table(call, &figures);
}

void results_get_tables(struct http_exchange *ex, void *self)
{
    static const struct results_view view = {.begin = results_call_begin, .make = make_tables, .kept = true};
    results_view_run(ex, self, &view);
}
