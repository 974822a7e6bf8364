/* Figures as JSON. */
#include "features/results/results_query.h"
#include "features/results/results_write.h"

#include "base/clock.h"
#include "stats/estimate.h"

#include <math.h>
#include <string.h>

enum { NAME_MAX_BYTES = 64 };

/* ---- one figure ---- */

struct json_writer figures_json_writer(struct buffer *out, enum figures_view view)
{
    return (struct json_writer){.out = out, .precision = view == FIGURES_ANALYST ? 17 : 12};
}

static void put_number(struct json_writer *w, double value, uint8_t digits, enum figures_view view)
{
    double told = value;
    if (view == FIGURES_PUBLIC) {
        double scale = pow(10, digits);
        told = round(value * scale) / scale;
    }
    bool whole = digits == 0 && told == floor(told) && fabs(told) < 9e15;
    if (whole) {
        json_put_integer(w, (int64_t)told);
    } else {
        json_put_real(w, told);
    }
}

const char *figures_reason(const struct figure *figure)
{
    static const char *const reasons[] = {[FIGURE_WITHHELD] = "te-weinig-mensen",
                                          [FIGURE_FEWER] = "minder-dan",
                                          [FIGURE_UNRELIABLE] = "onbetrouwbaar",
                                          [FIGURE_NONE] = NULL};
    return reasons[figure->mark];
}

/* "<name><more>" */
static void put_more(struct json_writer *w, const char *name, const char *more)
{
    char member[NAME_MAX_BYTES];
    const size_t len = strlen(name), rest = strlen(more);
    if (len + rest < sizeof member) { /* ours: they are */
        memcpy(member, name, len);
        memcpy(member + len, more, rest + 1);
        json_put_name(w, member);
    }
}

static void put_text(struct json_writer *w, const char *name, const char *text)
{
    json_put_name(w, name);
    json_put_string(w, text);
}

void figures_put(struct json_writer *w, const char *name, const struct figure *figure, enum figures_view view)
{
    bool shown = figure->mark == FIGURE_SHOWN;
    json_put_name(w, name);
    if (shown) {
        put_number(w, figure->value, figure->digits, view);
    } else {
        json_put_null(w);
    }
    if (figures_reason(figure)) {
        put_more(w, name, "Reden");
        json_put_string(w, figures_reason(figure));
    }
    if (figure->mark == FIGURE_FEWER) {
        put_more(w, name, "MinderDan");
        put_number(w, figure->value, figure->digits, view);
    }
    if (shown && figure->limited) {
        put_more(w, name, "Grens");
        json_put_string(w, figure->value < 50 ? "ten-hoogste" : "ten-minste");
    }
}

static void put_cautions(struct json_writer *w, unsigned flags)
{
    static const struct {
        unsigned flags;
        const char *name;
    } known[] = {{ESTIMATE_FEW, "weinig-mensen"},
                 {ESTIMATE_FEW_EFFECTIVE, "klein-effectief-aantal"},
                 {ESTIMATE_WIDE | ESTIMATE_WIDE_FOR_SHARE, "brede-bandbreedte"},
                 {ESTIMATE_UNANIMOUS, "eenstemmig"}};
    json_put_name(w, "voorbehoud");
    json_open(w, '[');
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (flags & known[i].flags) {
            json_put_string(w, known[i].name);
        }
    }
    json_close(w, ']');
}

/* What stands beside a figure that is shown. */
static void put_precision(struct json_writer *w, const struct figure *figure, enum figures_view view)
{
    bool known = figure->mark == FIGURE_SHOWN && figure->interval;
    if (view == FIGURES_ANALYST && known && figure->error > 0) {
        json_put_name(w, "standaardfout");
        json_put_real(w, figure->error);
    }
    json_put_name(w, "bandbreedte");
    if (known) {
        json_open(w, '[');
        put_number(w, figure->low, figure->digits, view);
        put_number(w, figure->high, figure->digits, view);
        json_close(w, ']');
    } else {
        json_put_null(w);
    }
    if (view == FIGURES_ANALYST && known && figure->flags) {
        put_cautions(w, figure->flags);
    }
}

void figures_put_estimate(struct json_writer *w, const struct figure *figure, enum figures_view view)
{
    json_open(w, '{');
    figures_put(w, "waarde", figure, view);
    put_precision(w, figure, view);
    json_close(w, '}');
}

/* ---- lines and cells ---- */

void figures_put_variable(struct json_writer *w, const struct variable *variable)
{
    json_open(w, '{');
    put_text(w, "code", variable->code);
    put_text(w, "label", variable->label[0] ? variable->label[0] : variable->code);
    json_close(w, '}');
}

struct body {
    struct json_writer w;
    struct arena *arena;
    const struct figures *figures;
    struct slice *heads; /* of answers: what each of their cells begins with; empty until one was written */
};

/* As it was written the first time: a table has thousands of cells, and a dozen answers. */
static void put_head(struct body *body, size_t i)
{
    const struct figures_answer *answer = &body->figures->answers[i];
    struct json_writer *w = &body->w;
    const size_t start = w->out->len;
    if (body->heads[i].len > 0) {
        json_put_members(w, body->heads[i]);
        return;
    }
    put_text(w, "antwoord", answer->name);
    if (answer->label[0]) {
        put_text(w, "label", answer->label[0]);
    }
    if (!buffer_failed(w->out)) {
        body->heads[i] = arena_copy(body->arena, (struct slice){w->out->ptr + start, w->out->len - start});
    }
}

static void put_cells(struct body *body, const struct figures_line *line)
{
    const enum figures_view view = body->figures->query.view;
    struct json_writer *w = &body->w;
    json_put_name(w, "cellen");
    json_open(w, '[');
    for (size_t i = 0; i < body->figures->answer_count; i++) {
        const struct figures_cell *cell = &line->cells[i];
        json_open(w, '{');
        put_head(body, i);
        figures_put(w, "aantal", &cell->count, view);
        figures_put(w, "percentage", &cell->share, view);
        put_precision(w, &cell->share, view);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_line(struct body *body, const struct figures_line *line)
{
    const struct figures *figures = body->figures;
    struct json_writer *w = &body->w;
    const enum figures_view view = figures->query.view;
    json_open(w, '{');
    json_put_name(w, "groep");
    json_open(w, '{');
    for (size_t g = 0; g < figures->query.group_count; g++) {
        put_text(w, figures->groups[g]->code, line->group_names[g]);
    }
    json_close(w, '}');
    if (line->release > 0) {
        json_put_name(w, "uitgave");
        json_put_integer(w, line->release);
    }
    figures_put(w, "gevraagd", &line->people, view);
    figures_put(w, "basis", &line->base, view);
    figures_put(w, "effectiefAantal", &line->effective_n, view);
    figures_put(w, "ontwerpeffect", &line->design_effect, view);
    json_put_name(w, "maten");
    json_open(w, '{');
    for (int m = 0; m < FIGURES_MEASURES; m++) {
        if (figures->query.measures[m] && line->measures[m].mark != FIGURE_NONE) {
            json_put_name(w, results_query_measure_name((enum figures_measure)m));
            figures_put_estimate(w, &line->measures[m], view);
        }
    }
    json_close(w, '}');
    if (figures->query.shares) {
        put_cells(body, line);
    }
    json_close(w, '}');
}

/* ---- what stands with every figure ---- */

const char *figures_method(const struct figures_query *query)
{
    if (query->view == FIGURES_PUBLIC) {
        return "Deze cijfers zijn beschermd: aan elk aantal is een kleine ruis toegevoegd en kleine "
               "aantallen "
               "staan er niet in. Zij komen uit een vaste uitgave, en zijn bij elke opvraging gelijk. De "
               "bandbreedte is 95 procent. Zij gaat ervan uit dat deelnemers binnen elke groep lijken op "
               "niet-deelnemers. De ruis telt erin mee. Van het gemiddelde van een getal is zij zo breed als "
               "de "
               "spreiding hooguit kan zijn. Percentages zijn van de basis.";
    }
    return query->weighted
               ? "Aantallen zijn mensen, percentages en maten zijn gewogen. Cellen onder de drempel zijn "
                 "weggelaten (null), met elk totaal en percentage waaruit ze te berekenen zijn; hoeveel "
                 "mensen "
                 "van een achtergrond de vraag leeg lieten, staat er wel. De bandbreedte is 95 procent: "
                 "Wilson "
                 "op het kleinste van de effectieve aantallen van Kish en Taylor. Zij gaat ervan uit dat "
                 "deelnemers binnen elke groep lijken op niet-deelnemers. Geef deze cijfers afgerond door: "
                 "met alle decimalen zeggen zij wie de gewichten kent soms meer over wat is weggelaten."
               : "De cijfers zijn niet gewogen. Cellen onder de drempel zijn weggelaten (null), met elk "
                 "totaal "
                 "en percentage waaruit ze te berekenen zijn; hoeveel mensen van een achtergrond de vraag "
                 "leeg "
                 "lieten, staat er wel. De bandbreedte is 95 procent (Wilson). Zij gaat ervan uit dat "
                 "deelnemers lijken op niet-deelnemers.";
}

static void put_count(struct json_writer *w, const char *name, int64_t value)
{
    json_put_name(w, name);
    json_put_integer(w, value);
}

static void put_flag(struct json_writer *w, const char *name, bool value)
{
    json_put_name(w, name);
    json_put_bool(w, value);
}

static void put_time(struct json_writer *w, const char *name, int64_t unix_s)
{
    char text[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(text, unix_s);
    put_text(w, name, text);
}

static void put_filters(struct json_writer *w, const struct figures_query *query)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, query->round->questionnaire);
    json_put_name(w, "filters");
    json_open(w, '[');
    for (size_t f = 0; f < query->filter_count; f++) {
        const struct figures_filter *filter = &query->filters[f];
        const struct variable *v = &variables[filter->variable];
        json_open(w, '{');
        put_text(w, "variabele", v->code);
        json_put_name(w, "categorieen");
        json_open(w, '[');
        for (size_t i = 0; i < filter->count; i++) {
            json_put_string(w, figures_code_name(NULL, v, filter->codes[i]));
        }
        json_close(w, ']');
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_kept(struct json_writer *w, const struct figures_query *query, const char *variable)
{
    const char *kept = figures_kept(query, variable);
    put_text(w, variable, kept ? kept : "meer");
}

void figures_put_about(struct json_writer *w, const struct figures *figures)
{
    const struct figures_query *query = &figures->query;
    bool open = query->view == FIGURES_PUBLIC;
    put_text(w, "consultatie", query->round->consultation);
    put_text(w, "ronde", query->round->code);
    put_time(w, "opentOp", query->round->opens_at);
    put_time(w, "sluitOp", query->round->closes_at);
    put_text(w, "weergave", open ? "openbaar" : "analist");
    put_flag(w, "voorlopig", figures->provisional);
    put_kept(w, query, "werving");
    put_kept(w, query, "kanaal");
    put_kept(w, query, "kwaliteit");
    put_filters(w, query);
    put_flag(w, "gewogen", query->weighted);
    if (query->weighted) {
        put_count(w, "weegversie", figures->weights);
        if (figures->weights_made_of[0]) {
            put_text(w, "weegmarges", figures->weights_made_of[0]);
        }
    }
    put_count(w, "drempel", (int64_t)figures->threshold);
    if (!open) {
        put_count(w, "positie", figures->position);
    }
    put_time(w, "gemaaktOp", figures->made_at);
    if (open) {
        put_count(w, "uitgave", figures->release);
        put_count(w, "minderDan", (int64_t)figures->fewer);
        put_count(w, "ruisTotEnMet", figures->noise_reach);
        json_put_name(w, "ruisVariantie");
        json_put_real(w, figures->noise_variance);
    }
    put_text(w, "toelichting", figures_method(query));
}

static bool tells_nothing(const struct figures *figures)
{
    for (size_t i = 0; i < figures->line_count; i++) {
        const struct figures_line *line = &figures->lines[i];
        if (line->people.mark == FIGURE_SHOWN || line->base.mark == FIGURE_SHOWN) {
            return false;
        }
    }
    return true;
}

const char *figures_notice(const struct figures *figures)
{
    return tells_nothing(figures)
               ? "Binnen deze filters is er niemand, of zijn er te weinig mensen om iets te tonen. Kies "
                 "andere of minder filters."
               : NULL;
}

/* A share and a measure of the same line are of other people where somebody has no score. */
static void put_measures_base(struct json_writer *w, const struct figures_query *query)
{
    for (int m = 0; m < FIGURES_MEASURES; m++) {
        if (query->measures[m] && query->base != FIGURES_BASE_OPINION) {
            put_text(
                w, "maatToelichting",
                "Maten (gemiddelde, netto, top2, overeenstemming) gaan over wie een oordeel gaf. Weet ik "
                "niet telt er niet in mee, en in de percentages wel.");
            return;
        }
    }
}

void figures_json(struct buffer *out, struct arena *arena, const struct figures *figures)
{
    struct body body = {.w = figures_json_writer(out, figures->query.view),
                        .arena = arena,
                        .figures = figures,
                        .heads = arena_array(arena, figures->answer_count, sizeof *body.heads)};
    struct json_writer *w = &body.w;
    json_open(w, '{');
    figures_put_about(w, figures);
    put_text(w, "basis", results_query_base_name(figures->query.base));
    put_measures_base(w, &figures->query);
    json_put_name(w, "variabele");
    figures_put_variable(w, figures->variable);
    json_put_name(w, "groepeerOp");
    json_open(w, '[');
    for (size_t g = 0; g < figures->query.group_count; g++) {
        figures_put_variable(w, figures->groups[g]);
    }
    json_close(w, ']');
    json_put_name(w, "rijen");
    json_open(w, '[');
    for (size_t i = 0; i < figures->line_count; i++) {
        put_line(&body, &figures->lines[i]);
    }
    json_close(w, ']');
    if (figures_notice(figures)) {
        put_text(w, "melding", figures_notice(figures));
    }
    json_close(w, '}');
}
