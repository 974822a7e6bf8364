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

/* Whom filters and groups leave, after the word for the people; how they came is in that word. */
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
    return FORMAT(w, "figures.range", "low", number(w, figure->low, digits), "high",
                  number(w, figure->high, digits));
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

/* "29 van de 100"; *one: a verb that follows is in the singular. */
static const char *of_100(bool *one, const struct words *w, const struct figure *share)
{
    const bool most = share->value < 50;
    const double people = !share->limited ? round(share->value)
                          : most          ? ceil(share->value)
                                          : floor(share->value);
    *one = people <= 1;
    if (share->limited) {
        return FORMAT(w, most ? "figures.at_most" : "figures.at_least", "n", number(w, people, 0));
    }
    if (people < 1 || people > 99) {
        return TEXT(w, people < 1 ? "figures.under_1" : "figures.over_99");
    }
    return FORMAT(w, "figures.of_100", "n", number(w, people, 0));
}

/* An option of more is chosen or not: nobody answered "ja". */
static bool is_option(const struct words *w, const struct figures_answer *given)
{
    return w->figures->variable->set == SET_MULTIPLE && w->figures->variable->part[w->language] &&
           given->code >= ANSWER_FIRST;
}

struct slice figures_share_sentence(struct arena *arena, const struct locales *locales, int language,
                                    const struct figures *figures, const struct figures_line *line,
                                    size_t answer)
{
    static const char *const verbs[2][2] = {{"figures.verb.answer", "figures.verb.answer_one"},
                                            {"figures.verb.choose", "figures.verb.choose_one"}};
    const struct words w = {arena, locales, language, figures, line};
    const struct figure *share = &line->cells[answer].share;
    const struct figures_answer *given = &figures->answers[answer];
    const char *part = figures->variable->part[language];
    if (share->mark != FIGURE_SHOWN) {
        return no_figure(&w, share);
    }
    bool one;
    const bool option = is_option(&w, given), chosen = strcmp(given->name, "ja") == 0;
    const char *people = of_100(&one, &w, share);
    return locale_format(arena, locales, languages[language],
                         option && !chosen ? "figures.share_not" : "figures.share", "of_100", people, "who",
                         TEXT(&w, by_stream(&w, "figures.who")), "group", group_of(&w), "verb",
                         TEXT(&w, verbs[option][one]), "answer",
                         option                   ? part
                         : given->label[language] ? given->label[language]
                                                  : given->name,
                         "part", part && !option ? FORMAT(&w, "figures.part", "part", part) : "", "range",
                         range_of(&w, share, 0), (const char *)NULL);
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
    const struct slice said =
        locale_format(arena, locales, languages[language], "figures.mean", "who",
                      TEXT(&w, by_stream(&w, "figures.who")), "group", group_of(&w), "value",
                      number(&w, mean->value, 1), "range", range_of(&w, mean, 1), (const char *)NULL);
    if (!v->scores) {
        return said;
    }
    const char *scale = FORMAT(&w, "figures.scale", "least", point_label(&w, 1), "points",
                               number(&w, v->category_count, 0), "most", point_label(&w, v->category_count));
    return arena_printf(arena, "%.*s %s", SLICE_ARG(said), scale);
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

/* "Leeftijd (2021-01-01" is "leeftijd (1 januari 2021": a margin as a part of a sentence, without what
 * closes it. */
static const char *margin_of(const struct words *w, struct slice margin)
{
    enum { DAY_LENGTH = 10, DAY_S = 86400 };
    int32_t day;
    char *text = arena_cstr(w->arena, margin);
    char *open = strrchr(text, '(');
    if (text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a' && text[1] <= 'z') {
        text[0] = (char)(text[0] - 'A' + 'a');
    }
    if (!open || strlen(open + 1) != DAY_LENGTH || !clock_parse_day(&day, slice_from_cstr(open + 1))) {
        return text;
    }
    const struct slice date = locale_date(w->arena, w->locales, languages[w->language], (int64_t)day * DAY_S);
    return arena_printf(w->arena, "%.*s(%.*s", (int)(open - text), text, SLICE_ARG(date)).ptr;
}

/* What the weights are made of: margins that each end with when they were, the last joined with "en". A comma
 * within one parts nothing. */
static const char *margins_of(const struct words *w)
{
    static const char between[] = "), ";
    const char *text = w->figures->weights_made_of[w->language], *said = "";
    for (const char *end = strstr(text, between); end; end = strstr(text, between)) {
        said = arena_printf(w->arena, "%s%s%s)", said, said[0] ? ", " : "",
                            margin_of(w, (struct slice){text, (size_t)(end - text)}))
                   .ptr;
        text = end + strlen(between);
    }
    const size_t length = strlen(text), closed = length > 0 && text[length - 1] == ')';
    const char *last =
        arena_printf(w->arena, "%s%s", margin_of(w, (struct slice){text, length - closed}), closed ? ")" : "")
            .ptr;
    return said[0] ? FORMAT(w, "figures.and", "first", said, "second", last) : last;
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
