/* How well coders agree, on a page. */
#include "features/coding/coding_internal.h"

#include <math.h>

static json_t *title_of(const struct codebook *book, size_t value)
{
    const struct slice title = book->axes[CODEBOOK_TREE].items[book->values[value]].title;
    return json_stringn(title.ptr, title.len);
}

static json_t *number(struct http_exchange *ex, double x)
{
    return json_string(coding_decimal(ex, x, 3));
}

static json_t *range_of(struct http_exchange *ex, const struct alpha *alpha)
{
    if (isnan(alpha->range.low)) {
        return json_string("–");
    }
    return json_string(arena_printf(http_arena(ex), "%s – %s", coding_decimal(ex, alpha->range.low, 3),
                                    coding_decimal(ex, alpha->range.high, 3))
                           .ptr);
}

static void put_figures(json_t *context, struct http_exchange *ex, const struct coding *c,
                        const struct coding_measure *m, const struct codebook *book)
{
    json_t *values = json_array(), *table = json_array(), *heads = json_array(), *drift = json_array();
    for (size_t i = 0; i < CODING_VALUES; i++) {
        const struct coding_value_agreement *v = &m->agreement.values[i];
        json_array_append_new(values,
                              json_pack("{s:o,s:o,s:o,s:s,s:o,s:I,s:b}", "title", title_of(book, i), "alpha",
                                        number(ex, v->alpha.value), "range", range_of(ex, &v->alpha),
                                        "percent", coding_percent(ex, v->alpha.percent), "kappa",
                                        number(ex, v->pairs > 0 ? v->kappa : (double)NAN), "with",
                                        (json_int_t)v->with, "below", (int)v->below));
    }
    for (size_t i = 0; i <= CODING_VALUES; i++) {
        json_t *cells = json_array();
        json_t *title =
            i < CODING_VALUES ? title_of(book, i) : staff_text(ex, c->config.account, "coding.no_value");
        for (size_t k = 0; k <= CODING_VALUES; k++) {
            json_array_append_new(
                cells, json_pack("{s:I,s:b}", "n", (json_int_t)m->confusion[i][k], "same", (int)(i == k)));
        }
        json_array_append(heads, title);
        json_array_append_new(table, json_pack("{s:o,s:o}", "title", title, "cells", cells));
    }
    for (size_t i = 0; i < m->weeks; i++) {
        if (m->drift[i].units > 0) {
            json_array_append_new(drift, json_pack("{s:i,s:I,s:o,s:s}", "week", (int)i + 1, "units",
                                                   (json_int_t)m->drift[i].units, "alpha",
                                                   number(ex, m->drift[i].alpha), "share",
                                                   coding_percent(ex, m->drift[i].share)));
        }
    }
    json_object_set_new(context, "values", values);
    json_object_set_new(context, "confusion", table);
    json_object_set_new(context, "heads", heads);
    json_object_set_new(context, "drift", drift);
    json_object_set_new(context, "overall", number(ex, m->agreement.overall.value));
    json_object_set_new(context, "overall_range", range_of(ex, &m->agreement.overall));
    json_object_set_new(context, "mean", number(ex, m->agreement.mean));
    json_object_set_new(context, "passages", json_integer((json_int_t)m->passages));
    json_object_set_new(context, "units", json_integer((json_int_t)m->units));
    json_object_set_new(context, "coders", json_integer((json_int_t)m->coders));
}

static enum db_status get_agreement(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct coding *c = self;
    struct coding_view view;
    struct coding_measure measure;
    enum db_status status;
    if (!coding_view_open(&view, &status, c, tx, ex, PERMISSION_CODING_VIEW)) {
        return status;
    }
    status = coding_agreement_round(&measure, c, tx, view.round->id, view.plan.bar);
    if (status != DB_OK) {
        return status;
    }
    json_t *context = coding_titled(ex, c, "coding.agreement_title");
    json_object_set_new(context, "round", json_string(view.round->code));
    json_object_set_new(context, "any", json_boolean(measure.any));
    json_object_set_new(context, "bar", number(ex, view.plan.bar));
    if (measure.any) {
        put_figures(context, ex, c, &measure, view.book);
    }
    json_object_set_new(context, "back_path", json_string(coding_path(ex, view.round, "")));
    json_object_set_new(context, "with_charts", json_true());
    staff_render(ex, c->config.account, 200, "staff_coding_agreement", context);
    return coding_audit(tx, ex, "coding.agreement", view.round, NULL);
}

const struct route coding_measure_routes[] = {
    CODING_GET(CODING_PATH "/{ronde}/overeenstemming", get_agreement, PERMISSION_CODING_VIEW, ""),
};
const size_t coding_measure_route_count = sizeof coding_measure_routes / sizeof coding_measure_routes[0];
