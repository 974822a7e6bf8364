/* GET /v1/rondes/{ronde}/tabel: the first of the table endpoints, deprecated, kept for who uses it. The same
 * figures as /v1/consultaties/{consultatie}/tabellen gives, of everybody who was asked, in its own words. */
#include "features/results/results_api.h"
#include "features/results/results_write.h"

#include <math.h>

static const char note[] =
    "De basis is wie de vraag kreeg. Cellen onder de drempel zijn weggelaten (null), met elk totaal en "
    "aandeel "
    "waaruit ze te berekenen zijn. De bandbreedte is 95 procent (Wilson) en gaat ervan uit dat deelnemers "
    "lijken op niet-deelnemers. De cijfers zijn niet gewogen.";

static json_t *fraction(double percent)
{
    return json_real(round(percent * 100.0) / 10000.0);
}

static json_t *count_json(const struct figure *count)
{
    return count->mark == FIGURE_SHOWN ? json_integer((json_int_t)count->value) : json_null();
}

static json_t *cell_json(const struct figures_answer *answer, const struct figures_cell *cell)
{
    json_t *object = json_object();
    json_t *bounds = json_null();
    bool shown = cell->share.mark == FIGURE_SHOWN;
    if (shown) {
        bounds = json_array();
        json_array_append_new(bounds, fraction(cell->share.low));
        json_array_append_new(bounds, fraction(cell->share.high));
    }
    json_object_set_new(object, "antwoord", json_string(answer->name));
    if (answer->label[0]) {
        json_object_set_new(object, "label", json_string(answer->label[0]));
    }
    json_object_set_new(object, "aantal", count_json(&cell->count));
    json_object_set_new(object, "aandeel", shown ? fraction(cell->share.value) : json_null());
    json_object_set_new(object, "bandbreedte", bounds);
    return object;
}

static json_t *line_json(const struct figures *figures, const struct figures_line *line)
{
    json_t *object = json_object();
    json_t *group = json_object();
    json_t *cells = json_array();
    for (size_t g = 0; g < figures->query.group_count; g++) {
        json_object_set_new(group, figures->groups[g]->code, json_string(line->group_names[g]));
    }
    for (size_t i = 0; i < figures->answer_count; i++) {
        json_array_append_new(cells, cell_json(&figures->answers[i], &line->cells[i]));
    }
    json_object_set_new(object, "groep", group);
    json_object_set_new(object, "basis", count_json(&line->people));
    json_object_set_new(object, "cellen", cells);
    return object;
}

static json_t *variable_json(const struct variable *variable)
{
    json_t *object = json_object();
    json_object_set_new(object, "code", json_string(variable->code));
    json_object_set_new(object, "label",
                        json_string(variable->label[0] ? variable->label[0] : variable->code));
    return object;
}

static json_t *table_json(const struct figures *figures)
{
    const struct figures_query *query = &figures->query;
    json_t *object = json_object();
    json_t *groups = json_array();
    json_t *lines = json_array();
    for (size_t g = 0; g < query->group_count; g++) {
        json_array_append_new(groups, variable_json(figures->groups[g]));
    }
    for (size_t i = 0; i < figures->line_count; i++) {
        json_array_append_new(lines, line_json(figures, &figures->lines[i]));
    }
    json_object_set_new(object, "variabele", variable_json(figures->variable));
    json_object_set_new(object, "naar", groups);
    json_object_set_new(object, "rijen", lines);
    json_object_set_new(object, "positie", json_integer(figures->position));
    json_object_set_new(object, "ronde", json_string(query->round->code));
    json_object_set_new(object, "weergave", json_string("analist"));
    json_object_set_new(object, "voorlopig", json_boolean(figures->provisional));
    json_object_set_new(object, "gewogen", json_false());
    json_object_set_new(object, "werving", json_string(figures_kept(query, "werving")));
    json_object_set_new(object, "kwaliteit", json_string(figures_kept(query, "kwaliteit")));
    json_object_set_new(object, "drempel", json_integer((json_int_t)figures->threshold));
    json_object_set_new(object, "toelichting", json_string(note));
    return object;
}

static void read_query(struct figures_query *query, struct results_call *call)
{
    static const struct query_groups rule = {.parameter = "naar", .most = 2, .background = true};
    struct query_texts texts = results_call_texts(call);
    struct slice groups = {NULL, 0};
    if (http_query(&groups, call->ex, "naar") && !groups.ptr) {
        groups = SLICE("");
    }
    texts.measure = SLICE("aandelen");
    texts.base = SLICE("gevraagd");
    results_query_read(query, call->errors, call->arena, FIGURES_ANALYST, call->round, &texts);
    results_query_read_groups(query, call->errors, groups, &rule);
}

static void reply_csv(struct results_call *call, const struct figures *figures)
{
    struct slice csv;
    json_t *table = table_json(figures);
    bool good = results_round_table_csv(&csv, http_arena(call->ex), table);
    json_decref(table);
    if (!good) {
        results_call_answer(call, FIGURES_TOO_LARGE, NULL);
        return;
    }
    http_reply_bytes(call->ex, 200, "text/csv; charset=utf-8; header=present", csv);
    http_set_header(call->ex, "Content-Disposition",
                    arena_printf(http_arena(call->ex), "attachment; filename=\"%s-%s.csv\"",
                                 call->round->code, figures->variable->code)
                        .ptr);
}

/* Since when (RFC 9745), and what took its place (RFC 5829). */
static void say_deprecated(struct results_call *call)
{
    http_set_header(call->ex, "Deprecation", "@1795737600");
    http_set_header(call->ex, "Link",
                    arena_printf(http_arena(call->ex),
                                 "<%s/v1/consultaties/%s/tabellen>; rel=\"successor-version\"",
                                 http_public_url(call->ex), call->round->consultation)
                        .ptr);
}

static enum db_status make_round_table(struct results_call *call)
{
    struct figures_query query;
    struct figures figures;
    enum db_status status;
    read_query(&query, call);
    if (results_call_refuse(call, &status) || results_call_figures(&figures, call, &query) != FIGURES_OK) {
        return status;
    }
    if (results_call_wants_csv(call)) {
        reply_csv(call, &figures);
    } else {
        http_reply_json(call->ex, 200, table_json(&figures));
    }
    say_deprecated(call);
    struct slice what = slice_from_cstr(figures.variable->code);
    for (size_t g = 0; g < query.group_count; g++) {
        what = arena_printf(call->arena, "%.*s:%s", SLICE_ARG(what), figures.groups[g]->code);
    }
    return results_call_audit(call, what.ptr, "ok");
}

void results_get_round_table(struct http_exchange *ex, void *self)
{
    static const struct results_view view = {.begin = results_call_begin_round, .make = make_round_table};
    results_view_run(ex, self, &view);
}
