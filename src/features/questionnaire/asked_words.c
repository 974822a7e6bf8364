/* For whoever reads results: to whom a question was put, in words, and what chance varied about it. */
#include "features/questionnaire/context.h"

struct asked {
    struct arena *arena;
    const struct questionnaire *q;
    int language;
};

static const char *said(const struct asked *asked, const char *path)
{
    return locale_text(asked->q->locales, language_code(asked->language), path).ptr;
}

static const char *said_of(const struct asked *asked, const char *path, const char *question,
                           const char *answers)
{
    return locale_format(asked->arena, asked->q->locales, language_code(asked->language), path, "question",
                         question, "answers", answers, NULL)
        .ptr;
}

/* Both; a or b may be NULL. */
static const char *joined(const struct asked *asked, const char *a, const char *between, const char *b)
{
    return !a || !b ? (a ? a : b) : arena_printf(asked->arena, "%s%s%s", a, between, b).ptr;
}

static const char *listed(const struct asked *asked, const struct condition *condition)
{
    const struct question *question = &asked->q->questions[condition->question];
    const char *words = NULL;
    for (size_t i = 0; i < question->option_count; i++) {
        if (condition->options >> i & 1u) {
            const char *label = question->options[i].label.by[asked->language];
            words = joined(asked, words, "; ", label ? label : question->options[i].code);
        }
    }
    words = condition->dont_know ? joined(asked, words, "; ", said(asked, "form.dont_know")) : words;
    return words ? words : "";
}

static const char *condition_words(const struct asked *asked, const struct condition *condition);

static const char *children_words(const struct asked *asked, const struct condition *condition,
                                  const char *between)
{
    const char *words = NULL;
    for (size_t i = 0; i < condition->count; i++) {
        words = joined(asked, words, between, condition_words(asked, &condition->children[i]));
    }
    return words && condition->count > 1 ? arena_printf(asked->arena, "(%s)", words).ptr : words;
}

static const char *condition_words(const struct asked *asked, const struct condition *condition)
{
    const struct question *question = &asked->q->questions[condition->question];
    switch (condition->kind) {
    case CONDITION_IN:
        return said_of(asked, "asked.in", question->code, listed(asked, condition));
    case CONDITION_NOT_IN:
        return said_of(asked, "asked.not_in", question->code, listed(asked, condition));
    case CONDITION_ANSWERED:
        return said_of(asked, "asked.answered", question->code, "");
    case CONDITION_DRAWN:
        return locale_format(asked->arena, asked->q->locales, language_code(asked->language), "asked.place",
                             "n", arena_printf(asked->arena, "%d", condition->drawn).ptr, NULL)
            .ptr;
    case CONDITION_ANY_TEXT:
        return said(asked, "asked.text");
    case CONDITION_ALL:
        return children_words(asked, condition, said(asked, "asked.and"));
    case CONDITION_ANY:
        return children_words(asked, condition, said(asked, "asked.or"));
    case CONDITION_NOT: {
        const char *words = condition_words(asked, condition->children);
        return words ? locale_format(asked->arena, asked->q->locales, language_code(asked->language),
                                     "asked.not", "condition", words, NULL)
                           .ptr
                     : NULL;
    }
    }
    return NULL;
}

static bool asks_own(const struct question *question, size_t own, int variant)
{
    uint64_t items = question->in_variant[variant];
    return question->type == QUESTION_SERIES ? (items >> own & 1u) : items != 0;
}

/* NULL when every variant of the round asks it. */
static const char *variant_words(const struct asked *asked, const struct question *question, size_t own,
                                 const int *variants, size_t count)
{
    const char *names = NULL;
    size_t asking = 0;
    for (size_t i = 0; i < count; i++) {
        if (asks_own(question, own, variants[i])) {
            const struct variant *variant = &asked->q->variants[variants[i]];
            const char *title = variant->title.by[asked->language];
            names = joined(asked, names, ", ", title ? title : variant->code);
            asking++;
        }
    }
    return asking < count && names ? said_of(asked, "asked.variant", "", names) : NULL;
}

static const struct question *question_at(const struct questionnaire *q, size_t variable)
{
    return q->question_of[variable] >= 0 ? &q->questions[q->question_of[variable]] : NULL;
}

struct slice questionnaire_asked_words(struct arena *arena, const struct questionnaire *q, size_t variable,
                                       const int *variants, size_t variant_count, int language)
{
    const struct asked asked = {arena, q, language};
    const struct question *question = question_at(q, variable);
    if (!question) {
        return SLICE("");
    }
    const struct page *page = &q->pages[question->page];
    size_t own = variable - (size_t)question->first_variable;
    const char *and = said(&asked, "asked.and");
    const char *words = variant_words(&asked, question, own, variants, variant_count);
    if (question->instance >= 0) {
        const struct instance *instance = &q->instances[question->instance];
        const char *topic = instance->label.by[language] ? instance->label.by[language] : instance->code;
        words = joined(&asked, words, and, said_of(&asked, "asked.topic", "", topic));
    }
    words = page->show_if ? joined(&asked, words, and, condition_words(&asked, page->show_if)) : words;
    words =
        question->show_if ? joined(&asked, words, and, condition_words(&asked, question->show_if)) : words;
    return words ? locale_format(arena, q->locales, language_code(language), "asked.who", "condition", words,
                                 NULL)
                 : SLICE("");
}

size_t questionnaire_arrangements(size_t *out, size_t max, const struct questionnaire *q, size_t variable)
{
    const struct question *question = question_at(q, variable);
    if (!question) {
        return 0;
    }
    const int ours[] = {question->reversible ? q->variable_direction : -1, question->order_variable,
                        q->pages[question->page].order_variable,
                        question->instance >= 0 ? q->instances[question->instance].order_variable : -1,
                        question->background ? -1 : q->variable_blocks};
    size_t count = 0;
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        if (ours[i] >= 0 && count < max) {
            out[count++] = (size_t)ours[i];
        }
    }
    return count;
}
