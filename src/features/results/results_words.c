#include "features/results/results_words.h"

#include "base/buffer.h"
#include "base/clock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct words {
    struct arena *arena;
    const struct locales *locales;
    int language;
    const struct figures *figures;
    const struct figures_line *line;
};

static const char *const languages[] = {"nl", "en"};

#define FORMAT(w, path, ...)                                                                                 \
    locale_format((w)->arena, (w)->locales, languages[(w)->language], path, __VA_ARGS__, (const char *)NULL) \
        .ptr
#define TEXT(w, path) locale_text((w)->locales, languages[(w)->language], path).ptr

size_t figures_plain_text(char out[FIGURES_PLAIN_BYTES], double value, int digits)
{
    snprintf(out, FIGURES_PLAIN_BYTES, "%.*f", digits, value);
    if (out[0] == '-' && strtod(out, NULL) == 0) {
        snprintf(out, FIGURES_PLAIN_BYTES, "%.*f", digits, 0.0);
    }
    return strlen(out);
}

struct slice figures_number_text(struct arena *arena, double value, int digits, int language)
{
    char plain[64];
    const char point = language == 0 ? ',' : '.', between = language == 0 ? '.' : ',';
    struct buffer out;
    snprintf(plain, sizeof plain, "%.*f", digits, fabs(value));
    size_t whole = strcspn(plain, ".");
    buffer_init(&out, 2 * sizeof plain);
    if (value < 0 && strtod(plain, NULL) > 0) {
        buffer_append_cstr(&out, "\xe2\x88\x92"); /* a minus sign, not a hyphen */
    }
    for (size_t i = 0; plain[i]; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0) {
            buffer_append_byte(&out, between);
        }
        buffer_append_byte(&out, plain[i] == '.' ? point : plain[i]);
    }
    struct slice text = arena_copy(arena, buffer_slice(&out));
    buffer_free(&out);
    return text;
}

static const char *number(const struct words *w, double value, int digits)
{
    return figures_number_text(w->arena, value, digits, w->language).ptr;
}

/* "open", "invited", ...: the last part of a path. */
static const char *stream_of(const struct figures_query *query)
{
    static const char *const streams[][2] = {
        {"open", "open"}, {"uitnodiging", "invited"}, {"panel", "panel"}, {"organisatie", "organisation"}};
    const char *kept = figures_kept(query, "werving");
    for (size_t i = 0; kept && i < sizeof streams / sizeof streams[0]; i++) {
        if (strcmp(kept, streams[i][0]) == 0) {
            return streams[i][1];
        }
    }
    return "several";
}

static const char *by_stream(const struct words *w, const char *path)
{
    return arena_printf(w->arena, "%s.%s", path, stream_of(&w->figures->query)).ptr;
}

static const char *question_of(const struct words *w, const struct variable *v)
{
    return v->label[w->language] ? v->label[w->language] : v->code;
}

/* "Vrouw", "16-24 of 25-34". */
static const char *kept_categories(const struct words *w, const struct variable *v,
                                   const struct figures_filter *filter)
{
    const char *text = "";
    for (size_t i = 0; i < filter->count; i++) {
        const char *label = figures_code_label(v, filter->codes[i], w->language);
        const char *one = label ? label : figures_code_name(w->arena, v, filter->codes[i]);
        text = i == 0 ? one : FORMAT(w, "figures.or", "first", text, "second", one);
    }
    return text;
}

/* Whom filters and groups leave; how people came is said by who they are. */
static const char *group_of(const struct words *w)
{
    const char *text = "";
    size_t count;
    const struct figures_query *query = &w->figures->query;
    const struct variable *variables = questionnaire_variables(&count, query->round->questionnaire);
    for (size_t f = 0; f < query->filter_count; f++) {
        const struct variable *v = &variables[query->filters[f].variable];
        if (!v->system) {
            const char *one =
                FORMAT(w, "figures.group", "category", kept_categories(w, v, &query->filters[f]), "question",
                       question_of(w, v));
            text = arena_printf(w->arena, "%s%s", text, one).ptr;
        }
    }
    for (size_t g = 0; g < w->figures->query.group_count; g++) {
        if (w->line->groups[g] != FIGURES_ALL) {
            const char *label = w->line->group_labels[g][w->language];
            const char *one = FORMAT(w, "figures.group", "category", label ? label : w->line->group_names[g],
                                     "question", question_of(w, w->figures->groups[g]));
            text = arena_printf(w->arena, "%s%s", text, one).ptr;
        }
    }
    return text;
}

static const char *range_of(const struct words *w, const struct figure *figure, int digits)
{
    if (!figure->interval) {
        return "";
    }
    return FORMAT(w, w->figures->query.weighted ? "figures.range_weighted" : "figures.range", "low",
                  number(w, figure->low, digits), "high", number(w, figure->high, digits));
}

/* Why there is no figure. */
static struct slice no_figure(const struct words *w, const struct figure *figure)
{
    static const char *const paths[] = {[FIGURE_WITHHELD] = "figures.withheld",
                                        [FIGURE_FEWER] = "figures.withheld",
                                        [FIGURE_UNRELIABLE] = "figures.unreliable",
                                        [FIGURE_NONE] = "figures.none"};
    return locale_text(w->locales, languages[w->language], paths[figure->mark]);
}

static const char *of_100(const struct words *w, const struct figure *share)
{
    double people = round(share->value);
    if (share->limited) {
        bool most = share->value < 50;
        return FORMAT(w, most ? "figures.at_most" : "figures.at_least", "n",
                      number(w, most ? ceil(share->value) : floor(share->value), 0));
    }
    if (people < 1 || people > 99) {
        return TEXT(w, people < 1 ? "figures.under_1" : "figures.over_99");
    }
    return FORMAT(w, "figures.of_100", "n", number(w, people, 0));
}

struct slice figures_share_sentence(struct arena *arena, const struct locales *locales, int language,
                                    const struct figures *figures, const struct figures_line *line,
                                    size_t answer)
{
    const struct words w = {arena, locales, language, figures, line};
    const struct figure *share = &line->cells[answer].share;
    const struct figures_answer *given = &figures->answers[answer];
    if (share->mark != FIGURE_SHOWN) {
        return no_figure(&w, share);
    }
    return locale_format(
        arena, locales, languages[language], "figures.share", "who", TEXT(&w, by_stream(&w, "figures.who")),
        "group", group_of(&w), "of_100", of_100(&w, share), "answer",
        given->label[language] ? given->label[language] : given->name, "question",
        question_of(&w, figures->variable), "range", range_of(&w, share, 0), (const char *)NULL);
}

/* The label of the point with this score. */
static const char *point_label(const struct words *w, unsigned score)
{
    const struct variable *v = w->figures->variable;
    for (uint16_t k = 0; k < v->category_count; k++) {
        if (v->scores[k] == score) {
            return v->categories[k].label[w->language];
        }
    }
    return "";
}

struct slice figures_mean_sentence(struct arena *arena, const struct locales *locales, int language,
                                   const struct figures *figures, const struct figures_line *line)
{
    const struct words w = {arena, locales, language, figures, line};
    const struct figure *mean = &line->measures[FIGURES_MEAN];
    const struct variable *v = figures->variable;
    if (mean->mark != FIGURE_SHOWN) {
        return no_figure(&w, mean);
    }
    const char *who = TEXT(&w, by_stream(&w, "figures.who"));
    const char *value = number(&w, mean->value, 1);
    const char *range = range_of(&w, mean, 1);
    if (!v->scores) {
        return locale_format(arena, locales, languages[language], "figures.mean", "who", who, "group",
                             group_of(&w), "value", value, "question", question_of(&w, v), "range", range,
                             (const char *)NULL);
    }
    return locale_format(arena, locales, languages[language], "figures.mean_scale", "who", who, "group",
                         group_of(&w), "value", value, "question", question_of(&w, v), "least",
                         point_label(&w, 1), "points", number(&w, v->category_count, 0), "most",
                         point_label(&w, v->category_count), "range", range, (const char *)NULL);
}

const char *figures_who(struct arena *arena, const struct locales *locales, int language,
                        const struct figures *figures)
{
    const struct words w = {arena, locales, language, figures, NULL};
    return TEXT(&w, by_stream(&w, "figures.who"));
}

const char *figures_range(struct arena *arena, const struct locales *locales, int language,
                          const struct figures *figures, const struct figure *figure)
{
    const struct words w = {arena, locales, language, figures, NULL};
    return range_of(&w, figure, figure->digits);
}

static const char *people_of(const struct words *w)
{
    const struct figure *base = &w->line->base;
    if (base->mark != FIGURE_SHOWN && base->mark != FIGURE_FEWER) {
        return TEXT(w, "figures.people_withheld");
    }
    const char *count = number(w, base->value, 0);
    return FORMAT(w, by_stream(w, "figures.people"), "n",
                  base->mark == FIGURE_FEWER ? FORMAT(w, "figures.fewer", "n", count) : count);
}

/* What the weights are made of as a part of a sentence: "Leeftijd (2021-01-01)" is "leeftijd (1 januari
 * 2021)". */
static const char *margins_of(const struct words *w)
{
    enum { DAY_LENGTH = 10, DAY_S = 86400 };
    const char *language = w->language == 0 ? "nl" : "en", *text = w->figures->weights_made_of[w->language];
    struct slice said = SLICE("");
    for (const char *open = strchr(text, '('); open; open = strchr(text, '(')) {
        const struct slice date = {open + 1, strlen(open + 1) < DAY_LENGTH ? 0 : DAY_LENGTH};
        int32_t day;
        const bool is_day = clock_parse_day(&day, date);
        const struct slice word = is_day ? locale_date(w->arena, w->locales, language, (int64_t)day * DAY_S)
                                         : (struct slice){open + 1, 0};
        said = arena_printf(w->arena, "%.*s%.*s(%.*s", SLICE_ARG(said), (int)(open - text), text,
                            SLICE_ARG(word));
        text = open + 1 + (is_day ? DAY_LENGTH : 0);
    }
    char *whole = arena_cstr(w->arena, arena_printf(w->arena, "%.*s%s", SLICE_ARG(said), text));
    if (whole[0] >= 'A' && whole[0] <= 'Z' && whole[1] >= 'a' && whole[1] <= 'z') {
        whole[0] = (char)(whole[0] - 'A' + 'a');
    }
    return whole;
}

static const char *weights_of(const struct words *w)
{
    const struct figures *figures = w->figures;
    if (!figures->query.weighted) {
        return TEXT(w, "figures.unweighted");
    }
    const char *to = figures->weights_made_of[w->language]
                         ? FORMAT(w, "figures.weighted_to", "margins", margins_of(w))
                         : TEXT(w, "figures.weighted");
    if (w->line->effective_n.mark != FIGURE_SHOWN) {
        return to;
    }
    const char *counts = FORMAT(w, "figures.effective", "n", number(w, w->line->effective_n.value, 0));
    return arena_printf(w->arena, "%s %s", to, counts).ptr;
}

static const char *when_of(const struct figures *figures)
{
    return !figures->provisional     ? "figures.closed"
           : figures->awaiting_paper ? "figures.paper"
                                     : "figures.provisional";
}

struct slice figures_people_sentences(struct arena *arena, const struct locales *locales, int language,
                                      const struct figures *figures, const struct figures_line *line)
{
    const struct words w = {arena, locales, language, figures, line};
    const struct survey_round *round = figures->query.round;
    const char *from = locale_date(arena, locales, languages[language], round->opens_at).ptr;
    const char *until = locale_date(arena, locales, languages[language], survey_round_last_moment(round)).ptr;
    const char *when = FORMAT(&w, when_of(figures), "from", from, "until", until);
    return arena_printf(arena, "%s %s %s", people_of(&w), weights_of(&w), when);
}
