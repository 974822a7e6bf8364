/* GET /v1/consultaties/{consultatie}/verschillen: of a table as /tabellen gives it, how much each two of its
 * groups differ, with the interval of the difference. */
#include "features/results/results_api.h"
#include "features/results/results_differences.h"
#include "features/results/results_write.h"

#include "formats/csv.h"

/* ---- what is compared ---- */

static const char *measure_of(const struct difference_of *difference)
{
    return difference->answer == SIZE_MAX ? results_query_measure_name(difference->measure) : "aandeel";
}

static const struct figures_answer *answer_of(const struct figures *figures,
                                              const struct difference_of *difference)
{
    return difference->answer == SIZE_MAX ? NULL : &figures->answers[difference->answer];
}

/* ---- JSON ---- */

static void put_text(struct json_writer *w, const char *name, const char *text)
{
    if (text) {
        json_put_name(w, name);
        json_put_string(w, text);
    }
}

static void put_group(struct json_writer *w, const char *name, const struct figures *figures,
                      const struct figures_line *line)
{
    json_put_name(w, name);
    json_open(w, '{');
    for (size_t g = 0; g < figures->query.group_count; g++) {
        put_text(w, figures->groups[g]->code, line->group_names[g]);
    }
    json_close(w, '}');
}

static void put_estimate(struct json_writer *w, const char *name, const struct figure *figure,
                         enum figures_view view)
{
    json_put_name(w, name);
    figures_put_estimate(w, figure, view);
}

static void put_difference(struct json_writer *w, const struct figures *figures,
                           const struct difference_of *difference)
{
    const enum figures_view view = figures->query.view;
    const struct figures_answer *answer = answer_of(figures, difference);
    json_open(w, '{');
    put_group(w, "groep", figures, difference->one);
    put_group(w, "tegenover", figures, difference->other);
    put_text(w, "maat", measure_of(difference));
    put_text(w, "antwoord", answer ? answer->name : NULL);
    put_text(w, "label", answer ? answer->label[0] : NULL);
    put_estimate(w, "schatting", difference_figure(difference, difference->one), view);
    figures_put(w, "basis", &difference->one->base, view);
    figures_put(w, "effectiefAantal", &difference->one->effective_n, view);
    put_estimate(w, "schattingTegenover", difference_figure(difference, difference->other), view);
    figures_put(w, "basisTegenover", &difference->other->base, view);
    figures_put(w, "effectiefAantalTegenover", &difference->other->effective_n, view);
    put_estimate(w, "verschil", &difference->figure, view);
    if (difference->figure.mark == FIGURE_SHOWN) {
        json_put_name(w, "zonderNul");
        json_put_bool(w, difference_is_clear(&difference->figure));
    }
    json_close(w, '}');
}

static void put_count(struct json_writer *w, const char *name, size_t value)
{
    json_put_name(w, name);
    json_put_integer(w, (int64_t)value);
}

static void put_comparisons(struct json_writer *w, const struct differences *differences)
{
    json_put_name(w, "vergelijkingen");
    json_open(w, '{');
    put_count(w, "aantal", differences->compared);
    put_count(w, "zonderNul", differences->clear);
    json_put_name(w, "bijToeval");
    json_put_real(w, differences_by_chance(differences->compared));
    put_text(
        w, "toelichting",
        "Een verschil is de eerste groep min de tweede, van aandelen in procentpunten. De bandbreedte is 95 "
        "procent (Newcombe), per vergelijking en zonder correctie voor hun aantal: ook als geen groep van "
        "een "
        "andere verschilt, zijn er bij toeval naar verwachting zo veel zonder nul als bijToeval zegt. Wie "
        "maar een paar vergelijkingen leest, telt ook de andere mee.");
    json_close(w, '}');
}

static void put_json(struct buffer *out, const struct figures *figures, const struct differences *differences)
{
    struct json_writer w = figures_json_writer(out, figures->query.view);
    json_open(&w, '{');
    figures_put_about(&w, figures);
    put_text(&w, "basis", results_query_base_name(figures->query.base));
    json_put_name(&w, "variabele");
    figures_put_variable(&w, figures->variable);
    json_put_name(&w, "groepeerOp");
    json_open(&w, '[');
    for (size_t g = 0; g < figures->query.group_count; g++) {
        figures_put_variable(&w, figures->groups[g]);
    }
    json_close(&w, ']');
    put_comparisons(&w, differences);
    json_put_name(&w, "verschillen");
    json_open(&w, '[');
    for (size_t i = 0; i < differences->count; i++) {
        put_difference(&w, figures, &differences->items[i]);
    }
    json_close(&w, ']');
    if (figures_notice(figures)) {
        put_text(&w, "melding", figures_notice(figures));
    }
    json_close(&w, '}');
}

/* ---- CSV ---- */

static void csv_text(struct buffer *out, const char *text)
{
    buffer_append_byte(out, ',');
    csv_put_text(out, slice_from_cstr(text ? text : ""));
}

static void csv_groups(struct buffer *out, const struct figures *figures, const struct figures_line *line)
{
    for (size_t g = 0; g < figures->query.group_count; g++) {
        csv_text(out, line->group_names[g]);
    }
}

static void csv_people(struct buffer *out, const struct figures_line *line, enum figures_view view)
{
    const struct figure *const people[] = {&line->base, &line->effective_n};
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
        buffer_append_byte(out, ',');
        if (people[i]->mark == FIGURE_SHOWN) {
            figures_csv_number(out, people[i], people[i]->value, view);
        }
    }
}

static void csv_head(struct buffer *out, const struct figures *figures)
{
    static const char *const groups[] = {"groep", "tegenover"};
    buffer_append_cstr(out, "\xef\xbb\xbf"
                            "consultatie,ronde,variabele");
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        for (size_t g = 0; g < figures->query.group_count; g++) {
            buffer_printf(out, ",%s_%s", groups[i], figures->groups[g]->code);
        }
    }
    buffer_append_cstr(out, ",maat,antwoord,label");
    figures_csv_estimate_head(out, "schatting");
    buffer_append_cstr(out, ",basis,effectief_aantal");
    figures_csv_estimate_head(out, "schatting_tegenover");
    buffer_append_cstr(out, ",basis_tegenover,effectief_aantal_tegenover");
    figures_csv_estimate_head(out, "verschil");
    buffer_append_cstr(out, ",zonder_nul,vergelijkingen,vergelijkingen_zonder_nul,soort_basis,melding,");
    figures_csv_about_head(out, figures->query.view);
}

static void csv_difference(struct buffer *out, const struct figures *figures,
                           const struct differences *differences, const struct difference_of *difference)
{
    const enum figures_view view = figures->query.view;
    const struct figures_answer *answer = answer_of(figures, difference);
    const bool told = difference->figure.mark == FIGURE_SHOWN;
    csv_put_text(out, slice_from_cstr(figures->query.round->consultation));
    csv_text(out, figures->query.round->code);
    csv_text(out, figures->variable->code);
    csv_groups(out, figures, difference->one);
    csv_groups(out, figures, difference->other);
    csv_text(out, measure_of(difference));
    csv_text(out, answer ? answer->name : NULL);
    csv_text(out, answer ? answer->label[0] : NULL);
    figures_csv_estimate(out, difference_figure(difference, difference->one), view);
    csv_people(out, difference->one, view);
    figures_csv_estimate(out, difference_figure(difference, difference->other), view);
    csv_people(out, difference->other, view);
    figures_csv_estimate(out, &difference->figure, view);
    csv_text(out, !told ? NULL : difference_is_clear(&difference->figure) ? "ja" : "nee");
    buffer_printf(out, ",%zu,%zu", differences->compared, differences->clear);
    csv_text(out, results_query_base_name(figures->query.base));
    csv_text(out, figures_notice(figures));
    buffer_append_byte(out, ',');
    figures_csv_about(out, figures);
}

static void put_csv(struct buffer *out, const struct figures *figures, const struct differences *differences)
{
    csv_head(out, figures);
    for (size_t i = 0; i < differences->count; i++) {
        csv_difference(out, figures, differences, &differences->items[i]);
    }
}

/* ---- the call ---- */

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
        put_csv(&body, figures, differences);
        results_call_reply_csv(call, &body,
                               arena_printf(call->arena, "%s-verschillen", figures->variable->code).ptr);
    } else {
        put_json(&body, figures, differences);
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
