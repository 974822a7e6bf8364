#include "features/results/results_query.h"

#include "base/utf8.h"
#include "features/results/results_measures.h"

#include <stdio.h>
#include <string.h>

/* What a variable that does not exist is, until its fault is answered. */
#define NO_VARIABLE SIZE_MAX

struct reader {
    struct figures_query *out;
    json_t *errors;
    struct arena *arena;
    const struct variable *variables;
};

void results_query_fault(json_t *errors, const char *parameter, const char *code, const char *detail)
{
    if (json_array_size(errors) >= QUERY_FAULTS_MAX) {
        return;
    }
    json_t *item = json_object();
    json_object_set_new(item, "parameter", json_string(parameter));
    json_object_set_new(item, "code", json_string(code));
    json_object_set_new(item, "detail", json_string(detail));
    json_array_append_new(errors, item);
}

void results_query_fault_of(json_t *errors, const char *parameter, const char *code, struct slice part,
                            const char *detail)
{
    enum { PART_MAX = 60 /* bytes */ };
    struct buffer text;
    struct slice shown = {part.ptr ? part.ptr : "", part.len};
    size_t len = 0;
    while (len < shown.len && len < PART_MAX) {
        const size_t size = utf8_size((struct slice){shown.ptr + len, shown.len - len});
        len += size > 0 ? size : shown.len;
    }
    shown.len = len < shown.len ? len : shown.len;
    buffer_init(&text, 2000);
    buffer_printf(&text, "\"%.*s%s\" %s", SLICE_ARG(shown), shown.len < part.len ? "..." : "", detail);
    results_query_fault(errors, parameter, code, text.ptr ? text.ptr : detail);
    buffer_free(&text);
}

static struct reader reader_of(struct figures_query *out, json_t *errors, struct arena *arena)
{
    size_t count;
    return (struct reader){out, errors, arena, questionnaire_variables(&count, out->round->questionnaire)};
}

static int find(const struct reader *r, struct slice code)
{
    return questionnaire_find_variable(r->out->round->questionnaire, code);
}

static bool is_asked(const struct reader *r, int index)
{
    const struct survey_round *round = r->out->round;
    return questionnaire_asks(round->questionnaire, (size_t)index, round->variants,
                              (size_t)round->variant_count);
}

/* ---- which variable, by which others ---- */

static void read_variable(struct reader *r, struct slice text)
{
    int index = text.ptr ? find(r, text) : -1;
    r->out->variable = NO_VARIABLE;
    if (!text.ptr) {
        results_query_fault(r->errors, "variabele", "verplicht",
                            "Noem een variabele uit het codeboek van deze ronde.");
    } else if (index < 0) {
        results_query_fault_of(
            r->errors, "variabele", "onbekend", text,
            "staat niet in het codeboek van deze ronde. Noem een variabele die daarin staat.");
    } else if (!is_asked(r, index)) {
        results_query_fault(r->errors, "variabele", "niet-gevraagd",
                            "Deze vraag is in deze ronde aan niemand gesteld.");
    } else {
        r->out->variable = (size_t)index;
    }
}

static bool may_split(const struct variable *v, const struct query_groups *rule)
{
    return v->kind == VARIABLE_CATEGORY && (v->background || v->system || !rule->background);
}

static bool is_named(const struct figures_query *query, size_t variable)
{
    bool named = query->variable == variable;
    for (size_t g = 0; g < query->group_count; g++) {
        named = named || query->groups[g] == variable;
    }
    return named;
}

/* NULL when the variable may stand here. */
static const char *group_fault(const char **detail, const struct reader *r, int index,
                               const struct query_groups *rule)
{
    if (index < 0) {
        *detail = rule->background
                      ? "staat niet in het codeboek van deze ronde. Kies achtergrondvariabelen die "
                        "daarin staan."
                      : "staat niet in het codeboek van deze ronde. Kies variabelen met "
                        "categorieen die daarin staan.";
        return "onbekend";
    }
    if (!may_split(&r->variables[index], rule)) {
        *detail = rule->background
                      ? "is geen achtergrondvariabele. Kies achtergrondvariabelen uit het codeboek "
                        "van deze ronde."
                      : "heeft geen categorieen. Kies variabelen met categorieen uit het codeboek "
                        "van deze ronde.";
        return "onbekend";
    }
    if (!is_asked(r, index)) {
        *detail = "is in deze ronde aan niemand gevraagd.";
        return "niet-gevraagd";
    }
    if (is_named(r->out, (size_t)index)) {
        *detail = "staat er al. Noem elke variabele een keer: naar zichzelf uitgesplitst zegt zij niets.";
        return "dubbel";
    }
    return NULL;
}

/* One fault of how many there are, whatever else is wrong with them. */
static void check_group_count(json_t *errors, const struct query_groups *rule, size_t count)
{
    static const char *const most[] = {"Kies hier geen uitsplitsing", "Kies ten hoogste een variabele",
                                       "Kies ten hoogste twee variabelen",
                                       "Kies ten hoogste drie variabelen"};
    char detail[80];
    if (count > rule->most) {
        snprintf(detail, sizeof detail, "%s: dit zijn er %zu.", most[rule->most], count);
        results_query_fault(errors, rule->parameter, "te-veel", detail);
    }
}

void results_query_read_groups(struct figures_query *out, json_t *errors, struct slice text,
                               const struct query_groups *rule)
{
    struct reader r = reader_of(out, errors, NULL);
    bool more = text.ptr != NULL;
    size_t count = 0; /* without those that stand there twice */
    while (more) {
        struct slice code;
        const char *detail = NULL;
        more = slice_cut(&code, &text, text, ',');
        int index = find(&r, code);
        const char *fault = group_fault(&detail, &r, index, rule);
        count += !fault || strcmp(fault, "dubbel") != 0;
        if (fault) {
            results_query_fault_of(errors, rule->parameter, fault, code, detail);
        } else if (out->group_count < rule->most) {
            out->groups[out->group_count++] = (size_t)index;
        }
    }
    check_group_count(errors, rule, count);
}

/* ---- who counts ---- */

/* A category's code, or one of the special names, as a code of the columns; 0 when there is none such. */
static uint16_t code_named(const struct variable *v, struct slice name)
{
    if (slice_equal_cstr(name, "geen-antwoord")) {
        return ANSWER_NONE;
    }
    if (slice_equal_cstr(name, "weet-ik-niet")) {
        return ANSWER_DONT_KNOW;
    }
    for (uint16_t k = 0; v->kind == VARIABLE_CATEGORY && k < v->category_count; k++) {
        if (slice_equal_cstr(name, v->categories[k].code)) {
            return (uint16_t)(ANSWER_FIRST + k);
        }
    }
    return 0;
}

static bool can_be_given(const struct reader *r, size_t variable, uint16_t code)
{
    const struct survey_round *round = r->out->round;
    uint32_t size = ANSWER_FIRST + (uint32_t)r->variables[variable].category_count;
    bool *held = arena_array(r->arena, size, sizeof *held);
    questionnaire_held_codes(held, size, round->questionnaire, variable, round->variants,
                             (size_t)round->variant_count);
    return held[code];
}

static void add_filter(struct reader *r, const char *parameter, size_t variable, const uint16_t *codes,
                       size_t count)
{
    struct figures_query *out = r->out;
    for (size_t f = 0; f < out->filter_count; f++) {
        if (out->filters[f].variable == variable) {
            results_query_fault_of(r->errors, parameter, "dubbel",
                                   slice_from_cstr(r->variables[variable].code),
                                   "wordt al gefilterd. Filter elke variabele een keer.");
            return;
        }
    }
    if (out->filter_count == FIGURES_FILTERS_MAX) {
        results_query_fault(r->errors, parameter, "te-veel", "Dit zijn te veel filters.");
        return;
    }
    out->filters[out->filter_count++] = (struct figures_filter){variable, codes, count};
}

/* NULL when this category may stand behind those before it. */
static const char *category_fault(const char **detail, const struct reader *r, size_t variable,
                                  uint16_t found, const uint16_t *before, size_t count)
{
    if (found == 0) {
        *detail = "is geen categorie van deze variabele. Zie het codeboek van deze ronde.";
        return "onbekend";
    }
    for (size_t i = 0; i < count; i++) {
        if (before[i] == found) {
            *detail = "staat er al. Noem elke categorie van een filter een keer.";
            return "dubbel";
        }
    }
    *detail = "is een antwoord dat niemand in deze ronde kan geven.";
    return can_be_given(r, variable, found) ? NULL : "niemand";
}

/* Its categories, behind the colon. */
static void read_categories(struct reader *r, size_t variable, struct slice text)
{
    const struct variable *v = &r->variables[variable];
    uint16_t *kept = arena_array(r->arena, (size_t)v->category_count + ANSWER_FIRST, sizeof *kept);
    size_t count = 0;
    bool more = true, good = true;
    while (more) {
        struct slice name;
        const char *detail = NULL;
        more = slice_cut(&name, &text, text, '|');
        uint16_t found = code_named(v, name);
        const char *fault = category_fault(&detail, r, variable, found, kept, count);
        if (fault) {
            results_query_fault_of(r->errors, "filter", fault,
                                   arena_printf(r->arena, "%s:%.*s", v->code, SLICE_ARG(name)), detail);
            good = false;
        } else {
            kept[count++] = found;
        }
    }
    if (good) {
        add_filter(r, "filter", variable, kept, count);
    }
}

/* "<variabele>:<code>|<code>" */
static void read_filter(struct reader *r, struct slice text)
{
    struct slice name, codes;
    bool colon = slice_cut(&name, &codes, text, ':');
    int index = find(r, name);
    if (!colon) {
        results_query_fault_of(r->errors, "filter", "onbekend", text,
                               "is geen filter. Schrijf een filter als variabele:categorie, met | tussen "
                               "categorieen en een komma tussen filters.");
    } else if (index < 0 || r->variables[index].kind != VARIABLE_CATEGORY) {
        results_query_fault_of(r->errors, "filter", "onbekend", name,
                               index < 0
                                   ? "staat niet in het codeboek van deze ronde. Filter op een variabele "
                                     "met categorieen die daarin staat."
                                   : "heeft geen categorieen. Filter op een variabele met categorieen.");
    } else if ((size_t)index == r->out->variable) {
        results_query_fault_of(r->errors, "filter", "dubbel", name,
                               "is waar de tabel over gaat. Filter op een andere variabele.");
    } else {
        read_categories(r, (size_t)index, codes);
    }
}

static void read_kept(struct reader *r, const char *variable, struct slice text, const char *detail)
{
    int index = find(r, slice_from_cstr(variable));
    uint16_t found = index >= 0 ? code_named(&r->variables[index], text) : 0;
    if (slice_equal_cstr(text, "alle")) {
        return;
    }
    if (found < ANSWER_FIRST) {
        results_query_fault(r->errors, variable, "onbekend", detail);
        return;
    }
    uint16_t *code = arena_array(r->arena, 1, sizeof *code);
    *code = found;
    add_filter(r, variable, (size_t)index, code, 1);
}

static void read_flag(bool *out, struct reader *r, const char *parameter, struct slice text)
{
    *out = slice_equal_cstr(text, "true");
    if (!*out && !slice_equal_cstr(text, "false")) {
        results_query_fault(r->errors, parameter, "onbekend", "Kies true of false.");
    }
}

static struct slice or_else(struct slice text, const char *without)
{
    return text.ptr ? text : slice_from_cstr(without);
}

void results_query_read_people(struct figures_query *out, json_t *errors, struct arena *arena,
                               const struct query_texts *texts)
{
    struct reader r = reader_of(out, errors, arena);
    struct slice filters = texts->filter;
    read_kept(&r, "werving", or_else(texts->stream, "open"),
              "Kies open, uitnodiging, panel, organisatie of alle.");
    read_kept(&r, "kanaal", or_else(texts->channel, "alle"),
              "Kies web, papier, telefoon, geholpen, api of alle.");
    read_kept(&r, "kwaliteit", or_else(texts->quality, "alle"), "Kies goed, snel, lokveld, beide of alle.");
    bool more = filters.ptr != NULL;
    while (more) {
        struct slice one;
        more = slice_cut(&one, &filters, filters, ',');
        read_filter(&r, one);
    }
    read_flag(&out->weighted, &r, "gewogen", or_else(texts->weighted, "false"));
}

/* ---- what is said of them ---- */

static const char *const base_names[] = {[FIGURES_BASE_ANSWERED] = "antwoord",
                                         [FIGURES_BASE_OPINION] = "mening",
                                         [FIGURES_BASE_ASKED] = "gevraagd"};

static void read_base(struct reader *r, struct slice text)
{
    for (size_t i = 0; i < sizeof base_names / sizeof base_names[0]; i++) {
        if (slice_equal_cstr(text, base_names[i])) {
            r->out->base = (enum figures_base)i;
            return;
        }
    }
    results_query_fault(r->errors, "basis", "onbekend", "Kies antwoord, mening of gevraagd.");
}

const char *results_query_base_name(enum figures_base base)
{
    return base_names[base];
}

static const char *const measure_names[] = {[FIGURES_MEAN] = "gemiddelde",
                                            [FIGURES_NET] = "netto",
                                            [FIGURES_TOP_TWO] = "top2",
                                            [FIGURES_AGREEMENT] = "overeenstemming"};

const char *results_query_measure_name(enum figures_measure measure)
{
    return measure_names[measure];
}

/* What the variable allows; an agreement costs time and is only made when asked for. */
static void choose_measures(struct reader *r, const struct variable *v)
{
    r->out->shares = v->level != LEVEL_NUMBER;
    for (int m = 0; m < FIGURES_MEASURES; m++) {
        r->out->measures[m] = m != FIGURES_AGREEMENT && measure_fits((enum figures_measure)m, v);
    }
}

static int find_measure(struct slice name)
{
    for (int m = 0; m < FIGURES_MEASURES; m++) {
        if (slice_equal_cstr(name, measure_names[m])) {
            return m;
        }
    }
    return FIGURES_MEASURES;
}

static void read_measures(struct reader *r, struct slice text)
{
    const struct variable *v = r->out->variable == NO_VARIABLE ? NULL : &r->variables[r->out->variable];
    bool more = true;
    if (!text.ptr) {
        if (v) {
            choose_measures(r, v);
        }
        return;
    }
    while (more) {
        struct slice name;
        more = slice_cut(&name, &text, text, ',');
        int measure = find_measure(name);
        if (slice_equal_cstr(name, "aandelen")) {
            r->out->shares = true;
        } else if (measure == FIGURES_MEASURES) {
            results_query_fault_of(
                r->errors, "maat", "onbekend", name,
                "is geen maat. Kies aandelen, gemiddelde, netto, top2 of overeenstemming.");
        } else if (v && !measure_fits((enum figures_measure)measure, v)) {
            results_query_fault_of(
                r->errors, "maat", "past-niet", name,
                "bestaat niet van deze variabele: een gemiddelde is er van een "
                "schaal of getal, netto en top2 van een schaal met ten minste vier punten, "
                "overeenstemming van een schaal met ten minste drie.");
        } else {
            r->out->measures[measure] = true;
        }
    }
}

/* ---- the whole ---- */

bool results_query_read(struct figures_query *out, json_t *errors, struct arena *arena,
                        enum figures_view view, const struct survey_round *round,
                        const struct query_texts *texts)
{
    *out = (struct figures_query){.view = view, .round = round};
    struct reader r = reader_of(out, errors, arena);
    size_t before = json_array_size(errors);
    read_variable(&r, texts->variable);
    const struct query_groups rule = {.parameter = "groepeerOp",
                                      .most = view == FIGURES_PUBLIC ? 2 : FIGURES_GROUPS_MAX,
                                      .background = view == FIGURES_PUBLIC};
    results_query_read_groups(out, errors, texts->group_by, &rule);
    results_query_read_people(out, errors, arena, texts);
    read_base(&r, or_else(texts->base, base_names[FIGURES_BASE_ANSWERED]));
    read_measures(&r, texts->measure);
    return json_array_size(errors) == before;
}

/* What has opened comes before what has not, and then the later one. */
static bool is_later(const struct survey_round *a, const struct survey_round *b, int64_t now_s)
{
    bool a_open = a->opens_at <= now_s, b_open = b->opens_at <= now_s;
    return a_open != b_open ? a_open : a->opens_at > b->opens_at;
}

const struct survey_round *results_query_round(const struct survey_snapshot *snapshot,
                                               struct slice consultation, struct slice text, int64_t now_s)
{
    const struct survey_round *found = NULL;
    for (size_t i = 0; i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        bool meant = round->status != ROUND_DRAFT && !round->pilot &&
                     slice_equal_cstr(consultation, round->consultation) &&
                     (!text.ptr || slice_equal_cstr(text, round->code));
        if (meant && (!found || is_later(round, found, now_s))) {
            found = round;
        }
    }
    return found;
}
