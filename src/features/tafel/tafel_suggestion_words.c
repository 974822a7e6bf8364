/* Suggestions in sentences: what was found, by which rule. */
#include "features/tafel/tafel_suggestion_pages.h"

#include <stdio.h>
#include <string.h>

static const char *const languages[] = {"nl", "en"};

struct saying {
    struct arena *arena;
    const struct tafel *tafel;
    const struct survey_round *round; /* NULL: it is not there any more */
    const json_t *suggestion, *figures;
    int language;
};

static const char *text_of(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text ? text : "";
}

/* "43,2", or "" where there is none. */
static const char *number(const struct saying *s, const char *member, int digits)
{
    const json_t *value = json_object_get(s->figures, member);
    if (!json_is_number(value)) {
        return "";
    }
    char *text = arena_cstr(s->arena, arena_printf(s->arena, "%.*f", digits, json_number_value(value)));
    char *point = strchr(text, '.');
    if (point && s->language == 0) {
        *point = ',';
    }
    return text;
}

static const char *title_of(const struct saying *s, const char *kind, const char *code)
{
    const char *found = s->round && code[0] ? map_title(s->arena, s->round, kind, code, s->language) : NULL;
    return found ? found : code;
}

static const char *direction(const struct saying *s, const char *method)
{
    const json_t *value = json_object_get(s->figures, method);
    const char *name = !value                          ? "silent"
                       : json_integer_value(value) > 0 ? "for"
                       : json_integer_value(value) < 0 ? "against"
                                                       : "both";
    return arena_cstr(s->arena, locale_text(web_locales(s->tafel->config.web), languages[s->language],
                                            arena_printf(s->arena, "tafel.suggestion.way.%s", name).ptr));
}

/* "4 van 60, 9 van 71, 20 van 80" */
static const char *periods(const struct saying *s)
{
    size_t i;
    const json_t *period;
    struct slice all = SLICE("");
    json_array_foreach(json_object_get(s->figures, "perioden"), i, period)
    {
        all = arena_printf(s->arena, "%.*s%s%lld %s %lld", SLICE_ARG(all), i > 0 ? ", " : "",
                           (long long)json_integer_value(json_object_get(period, "teksten")),
                           s->language == 0 ? "van" : "of",
                           (long long)json_integer_value(json_object_get(period, "gecodeerd")));
    }
    return arena_cstr(s->arena, all);
}

/* The sentences of a rule; worries about what people expect are told apart. */
static const char *name_of(const struct saying *s)
{
    const char *rule = text_of(s->suggestion, "regel");
    return strcmp(rule, "zorg") == 0 && strcmp(text_of(s->figures, "dimensie"), "effect") == 0 ? "slechter"
                                                                                               : rule;
}

/* Of a value the title says so, where the sentence of the rule does not. */
static const char *path_of(const struct saying *s, const char *kind)
{
    static const char *const silent[] = {"zorg", "verandering", "verdeeld", NULL};
    const char *name = name_of(s);
    bool of_value = false;
    for (size_t i = 0; silent[i] && strcmp(kind, "found") == 0; i++) {
        of_value = of_value || (strcmp(silent[i], name) == 0 && text_of(s->suggestion, "waarde")[0]);
    }
    return arena_printf(s->arena, "tafel.suggestion.%s%s.%s", kind, of_value ? "_value" : "", name).ptr;
}

static json_t *say(const struct saying *s, const char *kind)
{
    const bool agreement = strcmp(text_of(s->suggestion, "regel"), "verdeeld") == 0;
    const int digits = agreement ? 2 : 1;
    const char *application = text_of(s->suggestion, "toepassing"), *value = text_of(s->suggestion, "waarde");
    const char *const pairs[] = {"getal",
                                 number(s, "getal", digits),
                                 "laag",
                                 number(s, "laag", digits),
                                 "hoog",
                                 number(s, "hoog", digits),
                                 "grens",
                                 number(s, "grens", 0),
                                 "basis",
                                 number(s, "basis", 0),
                                 "vergelijkingen",
                                 number(s, "vergelijkingen", 0),
                                 "vraag",
                                 text_of(s->figures, "vraag"),
                                 "toepassing",
                                 application[0] ? title_of(s, "application", application) : "biotechnologie",
                                 "waarde",
                                 title_of(s, "value", value),
                                 "code",
                                 text_of(s->suggestion, "onderwerp"),
                                 "enquete",
                                 direction(s, "enquete"),
                                 "interviews",
                                 direction(s, "interviews"),
                                 "focusgroepen",
                                 direction(s, "focusgroepen"),
                                 "perioden",
                                 periods(s),
                                 NULL};
    const struct slice text = locale_format_pairs(s->arena, web_locales(s->tafel->config.web),
                                                  languages[s->language], path_of(s, kind), pairs);
    return json_stringn(text.ptr, text.len);
}

/* The page that shows the figures: a question of the results, or a cell of the map. */
static const char *address(const struct saying *s)
{
    const char *rule = text_of(s->suggestion, "regel");
    if (!s->round) {
        return NULL;
    }
    if (strcmp(rule, "tegenspraak") == 0) {
        return arena_printf(s->arena, VALUE_MAP_PATH "/%s/%s/%s", s->round->code,
                            text_of(s->suggestion, "toepassing"), text_of(s->suggestion, "waarde"))
            .ptr;
    }
    if (strcmp(rule, "groei") == 0) {
        return NULL; /* of texts, which the secretary finds with the signal */
    }
    size_t count;
    const int at = questionnaire_find_variable(s->round->questionnaire,
                                               slice_from_cstr(text_of(s->suggestion, "onderwerp")));
    return at < 0 ? NULL
                  : arena_printf(s->arena, "/uitkomsten/%s/vraag/%s?ronde=%s", s->round->consultation,
                                 questionnaire_variables(&count, s->round->questionnaire)[at].question,
                                 s->round->code)
                        .ptr;
}

static struct saying saying_of(const json_t *suggestion, struct arena *arena, const struct tafel *tafel,
                               const struct survey_snapshot *snapshot, int language)
{
    return (struct saying){
        .arena = arena,
        .tafel = tafel,
        .round = snapshot ? survey_round_find(snapshot, slice_from_cstr(text_of(suggestion, "ronde"))) : NULL,
        .suggestion = suggestion,
        .figures = json_object_get(suggestion, "cijfers"),
        .language = language};
}

void suggestion_say(json_t *suggestion, struct arena *arena, const struct tafel *tafel,
                    const struct survey_snapshot *snapshot, int language)
{
    const struct saying s = saying_of(suggestion, arena, tafel, snapshot, language);
    json_object_set_new(suggestion, "titel", say(&s, "found"));
    json_object_set_new(suggestion, "zin", say(&s, "said"));
    json_object_set_new(suggestion, "regel_zin", say(&s, "rule"));
    const char *href = address(&s);
    if (href) {
        json_object_set_new(suggestion, "href", json_string(href));
    }
    const char *title = s.round ? s.round->title[language] : NULL;
    json_object_set_new(suggestion, "ronde_titel", json_string(title ? title : text_of(suggestion, "ronde")));
}

/* ---- by subject ---- */

static void forget(void *object)
{
    json_decref(object);
}

static const char *text(const struct saying *s, const char *path)
{
    return arena_cstr(s->arena, locale_text(web_locales(s->tafel->config.web), languages[s->language], path));
}

/* By which rules, each once. */
static const char *rules_of(const struct saying *s, const json_t *findings)
{
    size_t i;
    const json_t *finding;
    const char *rules = "";
    json_array_foreach((json_t *)(uintptr_t)findings, i, finding)
    {
        struct saying one = *s;
        one.suggestion = finding;
        one.figures = json_object_get(finding, "cijfers");
        const char *word = text(s, arena_printf(s->arena, "tafel.suggestion.name.%s", name_of(&one)).ptr);
        if (!strstr(rules, word)) {
            rules = arena_printf(s->arena, "%s%s%s", rules, rules[0] ? ", " : "", word).ptr;
        }
    }
    return rules;
}

/* What it is called, and what it is about in two parts. s: of its first finding. */
static void say_subject(json_t *subject, const struct saying *s)
{
    const json_t *findings = json_object_get(subject, "bevindingen");
    const char *application = text_of(s->suggestion, "toepassing"), *value = text_of(s->suggestion, "waarde");
    const bool growth = strcmp(text_of(s->suggestion, "regel"), "groei") == 0;
    const char *about =
        application[0] ? title_of(s, "application", application) : text(s, "tafel.suggestion.general");
    const char *part = growth     ? text_of(s->suggestion, "onderwerp")
                       : value[0] ? title_of(s, "value", value)
                                  : text(s, "tafel.suggestion.whole");
    json_object_set_new(subject, "over", json_string(about));
    json_object_set_new(subject, "deel", json_string(part));
    json_object_set_new(subject, "regels_woord", json_string(rules_of(s, findings)));
    if (json_array_size(findings) == 1) {
        json_object_set(subject, "titel", json_object_get(s->suggestion, "titel"));
    } else {
        json_object_set_new(
            subject, "titel",
            json_string(value[0] ? arena_printf(s->arena, "%s: %s", about, part).ptr : about));
    }
}

static json_t *find_subject(json_t *subjects, const char *group)
{
    size_t i;
    json_t *subject;
    json_array_foreach(subjects, i, subject)
    {
        if (strcmp(text_of(subject, "groep"), group) == 0) {
            return subject;
        }
    }
    return NULL;
}

json_t *suggestion_subjects(json_t *suggestions, struct arena *arena, const struct tafel *tafel,
                            const struct survey_snapshot *snapshot, int language)
{
    size_t i;
    json_t *suggestion, *subject, *subjects = json_array();
    arena_defer(arena, forget, subjects);
    json_array_foreach(suggestions, i, suggestion)
    {
        subject = find_subject(subjects, text_of(suggestion, "groep"));
        if (!subject) {
            subject = json_pack("{s:s,s:i,s:[]}", "groep", text_of(suggestion, "groep"), "gelezen", 0,
                                "bevindingen");
            json_array_append_new(subjects, subject);
        }
        suggestion_say(suggestion, arena, tafel, snapshot, language);
        json_array_append(json_object_get(subject, "bevindingen"), suggestion);
        const json_int_t sum = json_integer_value(json_object_get(subject, "gelezen")) +
                               json_integer_value(json_object_get(suggestion, "nummer"));
        json_object_set_new(subject, "gelezen", json_integer(sum % INT32_MAX));
    }
    json_array_foreach(subjects, i, subject)
    {
        const json_t *findings = json_object_get(subject, "bevindingen");
        const json_t *first = json_array_get(findings, 0);
        json_object_set(subject, "nummer", json_object_get(first, "nummer"));
        json_object_set(subject, "ronde_titel", json_object_get(first, "ronde_titel"));
        const struct saying s = saying_of(first, arena, tafel, snapshot, language);
        say_subject(subject, &s);
        if (json_array_size(findings) > 1) {
            json_object_set_new(subject, "andere", json_integer((json_int_t)json_array_size(findings) - 1));
        }
    }
    return subjects;
}
