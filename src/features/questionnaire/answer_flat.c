/* A whole response as one flat object, variable to answer: API and import. Every fault is told, with the
 * member it is about. */
#include "features/questionnaire/model.h"

#include "base/utf8.h"
#include "json/flat.h"

#include <string.h>

struct flat_reader {
    struct json_errors *errors;
    struct arena *arena;
    const struct questionnaire *q;
    const struct presentation *p;
    const char *pointer;
    const struct flat_value **values; /* by variable; NULL when absent */
    bool *named;                      /* by question: an answer was given for it */
};

static void fault(struct flat_reader *r, int variable, const char *code, const char *detail)
{
    json_errors_add(r->errors, json_pointer_append(r->arena, r->pointer, r->q->variables[variable].code),
                    code, "%s", detail);
}

static const struct flat_value *value_of(const struct flat_reader *r, int variable)
{
    const struct flat_value *value = r->values[variable];
    return value && value->kind != FLAT_NULL ? value : NULL;
}

/* ---- one value ---- */

static int category_of(const struct variable *v, struct slice code)
{
    for (uint16_t k = 0; k < v->category_count; k++) {
        if (slice_equal_cstr(code, v->categories[k].code)) {
            return k;
        }
    }
    return -1;
}

/* The choice that a variable's value stands for; CHOICE_OPEN with a fault added when it is none. */
static int read_choice(struct flat_reader *r, const struct question *question, int variable)
{
    const struct variable *v = &r->q->variables[variable];
    const struct flat_value *value = value_of(r, variable);
    if (!value) {
        return CHOICE_OPEN;
    }
    if (value->kind == FLAT_STRING && question->dont_know &&
        slice_equal_cstr(value->string, "weet-ik-niet")) {
        return CHOICE_DONT_KNOW;
    }
    if (question->type == QUESTION_MULTIPLE && value->kind == FLAT_BOOL) {
        return (int)value->integer;
    }
    if (v->kind == VARIABLE_NUMBER) {
        if (value->kind == FLAT_INT && value->integer >= 0 && value->integer <= v->number_max) {
            return (int)value->integer;
        }
        fault(r, variable, value->kind == FLAT_INT ? "bereik" : "type",
              "Geef een geheel getal binnen de grenzen van deze variabele.");
        return CHOICE_OPEN;
    }
    if (value->kind != FLAT_STRING) {
        fault(r, variable, "type",
              question->type == QUESTION_MULTIPLE ? "Geef true, false, \"ja\" of \"nee\"."
                                                  : "Geef de code van een antwoord, als tekst.");
        return CHOICE_OPEN;
    }
    int category = category_of(v, value->string);
    if (category < 0 && question->type == QUESTION_POSTCODE) {
        category = postcode_category(r->q, slice_trim(value->string));
    }
    if (category < 0) {
        fault(r, variable, "keuze",
              "Dit is geen antwoord van deze variabele. Zie het codeboek van de ronde.");
        return CHOICE_OPEN;
    }
    return category;
}

static struct slice read_text(struct flat_reader *r, int variable)
{
    const struct flat_value *value = value_of(r, variable);
    if (!value) {
        return (struct slice){NULL, 0};
    }
    if (value->kind != FLAT_STRING) {
        fault(r, variable, "type", "Geef een tekst.");
        return (struct slice){NULL, 0};
    }
    return utf8_clean(r->arena, value->string);
}

/* ---- one question ---- */

static void refuse_question(struct flat_reader *r, const struct question *question)
{
    bool assigned = question->instance < 0 || presentation_place(r->p, question->instance) >= 0;
    const char *why = !assigned ? "Dit onderwerp is niet aan deze deelname toegewezen."
                      : !question->in_variant[r->p->variant]
                          ? "Deze vraag hoort niet bij deze variant."
                          : "Deze vraag wordt niet gesteld na de eerdere antwoorden.";
    const char *code = assigned ? "niet-gevraagd" : "niet-toegewezen";
    for (size_t i = 0; i < question_variable_count(question); i++) {
        int variable = question->first_variable + (int)i;
        if (value_of(r, variable)) {
            fault(r, variable, code, why);
        }
    }
    for (size_t i = 0; i < question->option_count && question->from == OPTIONS_OWN; i++) {
        int box = question->options[i].text_variable;
        if (box >= 0 && value_of(r, box)) {
            fault(r, box, code, why);
        }
    }
}

static const char *fault_detail(const struct json_errors *errors, enum answer_fault what,
                                const struct question *question, int64_t number)
{
    switch (what) {
    case FAULT_TOO_FEW:
        return arena_printf(errors->arena,
                            json_errors_words(errors, "Kies er ten minste %lld; dit zijn er %lld."),
                            (long long)question->min, (long long)number)
            .ptr;
    case FAULT_TOO_MANY:
        return arena_printf(errors->arena,
                            json_errors_words(errors, "Kies er ten hoogste %lld; dit zijn er %lld."),
                            (long long)question->max, (long long)number)
            .ptr;
    case FAULT_NONE_AND_OTHER:
        return "Geen van deze, of weet-ik-niet, gaat niet samen met een ander antwoord.";
    case FAULT_DOUBLE:
        return "Noem elk antwoord een keer.";
    case FAULT_GAP:
        return "Sla geen plaats in de volgorde over.";
    case FAULT_SUM:
        return arena_printf(errors->arena,
                            json_errors_words(errors, "Verdeel precies 100 punten; dit zijn er %lld."),
                            (long long)number)
            .ptr;
    case FAULT_RANGE:
        return arena_printf(errors->arena,
                            json_errors_words(errors, "Geef een getal van %lld tot en met %lld."),
                            (long long)question->min,
                            question->type == QUESTION_POINTS ? 100LL : (long long)question->max)
            .ptr;
    case FAULT_TOO_LONG:
        return arena_printf(
                   errors->arena,
                   json_errors_words(
                       errors,
                       "Deze tekst heeft %lld tekens; dat is te lang. Zie het codeboek van de ronde."),
                   (long long)number)
            .ptr;
    case FAULT_OPTION:
    case FAULT_FORM:
    case FAULT_NONE:
        break;
    }
    return "Dit antwoord werd deze deelnemer niet voorgelegd.";
}

static const char *fault_code(enum answer_fault what)
{
    switch (what) {
    case FAULT_TOO_LONG:
        return "te-lang";
    case FAULT_SUM:
        return "som";
    case FAULT_RANGE:
        return "bereik";
    case FAULT_TOO_FEW:
    case FAULT_TOO_MANY:
        return "aantal";
    case FAULT_NONE_AND_OTHER:
    case FAULT_DOUBLE:
    case FAULT_GAP:
    case FAULT_OPTION:
    case FAULT_FORM:
    case FAULT_NONE:
        break;
    }
    return "keuze";
}

static void answer_question(struct flat_reader *r, struct answers *a, const struct question *question)
{
    uint64_t items = question->in_variant[r->p->variant];
    size_t count = question_variable_count(question);
    size_t before = r->errors->count;
    int64_t number = 0;
    struct given given = {.dont_know = false};
    if (!question_asked(r->q, r->p, a, question)) {
        refuse_question(r, question);
        return;
    }
    if (question->type == QUESTION_TEXT) {
        given.text = read_text(r, question->first_variable);
    } else {
        for (size_t i = 0; i < count; i++) {
            given.choices[i] = read_choice(r, question, question->first_variable + (int)i);
            if (question->type == QUESTION_SERIES && !(items >> i & 1u) && given.choices[i] != CHOICE_OPEN) {
                fault(r, question->first_variable + (int)i, "niet-gevraagd",
                      "Dit onderdeel hoort niet bij deze variant.");
            }
            given.dont_know = given.dont_know ||
                              (given.choices[i] == CHOICE_DONT_KNOW && question->type != QUESTION_SERIES);
        }
    }
    for (size_t i = 0; i < question->option_count && question->from == OPTIONS_OWN; i++) {
        if (question->options[i].text_variable >= 0) {
            given.open[i] = read_text(r, question->options[i].text_variable);
        }
    }
    if (r->errors->count > before) {
        return;
    }
    enum answer_fault what = given_check(&given, r->q, r->p, a, question, items, &number);
    if (what == FAULT_NONE && question->type == QUESTION_AGE && given.choices[0] >= 0 &&
        question->options[given.choices[0]].too_young) {
        fault(r, question->first_variable, "te-jong",
              "Wie zo jong is, kan niet meedoen. Stuur deze antwoorden niet.");
        return;
    }
    if (what != FAULT_NONE) {
        int box = what == FAULT_TOO_LONG ? given_long_box(&given, question) : -1;
        fault(r, box >= 0 ? question->options[box].text_variable : question->first_variable, fault_code(what),
              fault_detail(r->errors, what, question, number));
        return;
    }
    given_store(a, r->arena, r->q, question, &given, items);
}

/* ---- the service's own variables, for import ---- */

static void take_own(struct flat_reader *r, struct answers *a, int variable)
{
    const struct flat_value *value = value_of(r, variable);
    int category =
        value && value->kind == FLAT_STRING ? category_of(&r->q->variables[variable], value->string) : -1;
    if (category < 0) {
        fault(r, variable, "keuze", "Dit is geen waarde van deze variabele. Zie het codeboek van de ronde.");
    } else {
        slot_set(r->q, a, variable, (uint16_t)(ANSWER_FIRST + category));
    }
}

/* The member with this name that is not null; NULL when there is none. */
static const struct flat_value *member_named(const struct flat_member *members, size_t count,
                                             const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_equal_cstr(members[i].name, name) && members[i].value.kind != FLAT_NULL) {
            return &members[i].value;
        }
    }
    return NULL;
}

struct presentation presentation_assigned(bool *named, struct json_errors *errors,
                                          const struct questionnaire *q, const struct presentation *p,
                                          const struct flat_member *members, size_t count,
                                          const char *pointer)
{
    struct presentation assigned = *p;
    const struct module *module = &q->modules[0];
    size_t draws = q->module_count > 0 ? module->draw_count : 0;
    const struct flat_value *given[QUESTIONNAIRE_MAX_DRAWS];
    *named = false;
    for (size_t d = 0; d < draws; d++) {
        given[d] = member_named(members, count, q->variables[module->assigned_variable[d]].code);
        *named = *named || given[d];
    }
    for (size_t d = 0; *named && d < draws; d++) {
        const struct variable *v = &q->variables[module->assigned_variable[d]];
        const char *at = json_pointer_append(errors->arena, pointer, v->code);
        int category = given[d] && given[d]->kind == FLAT_STRING ? category_of(v, given[d]->string) : -1;
        if (!given[d] != ((int)d >= p->draw_count)) {
            json_errors_add(errors, at, given[d] ? "bereik" : "ontbreekt",
                            "Bij deze variant horen %d toegewezen onderwerpen.", p->draw_count);
        } else if (category >= 0) {
            assigned.drawn[d] = module->first_instance + category;
            for (size_t before = 0; before < d; before++) {
                if (assigned.drawn[before] == assigned.drawn[d]) {
                    json_errors_add(errors, at, "dubbel", "Noem elk toegewezen onderwerp een keer.");
                }
            }
        }
    }
    return assigned;
}

static void sort_members(struct flat_reader *r, const struct flat_member *members, size_t count,
                         bool allow_system)
{
    for (size_t i = 0; i < count; i++) {
        int variable = questionnaire_find_variable(r->q, members[i].name);
        const char *name = arena_cstr(r->arena, members[i].name);
        if (variable < 0) {
            json_errors_add(r->errors, json_pointer_append(r->arena, r->pointer, name), "onbekend-veld",
                            "Deze variabele staat niet in het codeboek van de ronde.");
        } else if (r->q->variables[variable].system && !allow_system) {
            fault(r, variable, "eigen", "Deze variabele vult de dienst zelf in. Laat haar weg.");
        } else {
            r->values[variable] = &members[i].value;
            if (r->q->question_of[variable] >= 0 && members[i].value.kind != FLAT_NULL) {
                r->named[r->q->question_of[variable]] = true;
            }
        }
    }
}

bool questionnaire_answer_flat(struct answers *a, struct json_errors *errors, struct arena *arena,
                               const struct questionnaire *q, const struct presentation *p,
                               const struct flat_member *members, size_t count, const char *pointer,
                               bool allow_system)
{
    size_t before = errors->count;
    struct flat_reader r = {errors,
                            arena,
                            q,
                            p,
                            pointer,
                            arena_array(arena, q->variable_count, sizeof(struct flat_value *)),
                            arena_array(arena, q->question_count, sizeof(bool))};
    sort_members(&r, members, count, allow_system);
    for (size_t i = 0; allow_system && i < q->variable_count; i++) {
        if (q->variables[i].system && value_of(&r, (int)i)) {
            take_own(&r, a, (int)i);
        }
    }
    for (size_t i = 0; i < q->question_count; i++) {
        /* What nobody answered needs no checking: most questions are of modules not drawn. */
        if (r.named[i]) {
            answer_question(&r, a, &q->questions[i]);
        }
    }
    return errors->count == before;
}
