/* Differences between groups, written down for machines: as JSON and as CSV. */
#include "features/results/results_query.h"
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

void differences_json(struct buffer *out, const struct figures *figures,
                      const struct differences *differences)
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

void differences_csv(struct buffer *out, const struct figures *figures, const struct differences *differences)
{
    csv_head(out, figures);
    for (size_t i = 0; i < differences->count; i++) {
        csv_difference(out, figures, differences, &differences->items[i]);
    }
}
