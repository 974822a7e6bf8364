/* From one flat object to a participation's answers: how the API and the import read a response. */
#include "features/survey/survey_internal.h"

#include "json/flat.h"

#include <string.h>

enum { ENVELOPE_MEMBERS = 8 };

const char *const survey_stream_codes[] = {"open", "uitnodiging", "panel", "organisatie", NULL};
const char *const survey_channel_codes[] = {"web", "papier", "telefoon", "geholpen", "api", NULL};
const char *const survey_language_codes[] = {"nl", "en", NULL};

int survey_code_index(const char *const *codes, struct slice code)
{
    for (int i = 0; codes[i]; i++) {
        if (slice_equal_cstr(code, codes[i])) {
            return i;
        }
    }
    return -1;
}

int survey_variant_named(const struct survey_round *round, struct slice code)
{
    int wanted = questionnaire_find_variant(round->questionnaire, code);
    for (int i = 0; i < round->variant_count; i++) {
        if (round->variants[i] == wanted) {
            return wanted;
        }
    }
    return -1;
}

/* ---- how it was answered: members beside the answers ---- */

/* Index of the member's code in the list; what stood before where it is absent or null. A correction leaves
 * it as it is. */
struct envelope_field {
    const char *name;
    int (*index_of)(const struct visit *visit, struct slice code);
    const char *wanted;
};

static int variant_index(const struct visit *visit, struct slice code)
{
    return survey_variant_named(visit->round, code);
}

static int stream_index(const struct visit *visit, struct slice code)
{
    (void)visit;
    return survey_code_index(survey_stream_codes, code);
}

static int language_index(const struct visit *visit, struct slice code)
{
    (void)visit;
    return survey_code_index(survey_language_codes, code);
}

static const struct envelope_field envelope[] = {
    {"variant", variant_index, "Kies een van de varianten van deze ronde."},
    {"werving", stream_index, "Kies open, uitnodiging, panel of organisatie."},
    {"taal", language_index, "Kies nl of en."},
};
enum { ENVELOPE_COUNT = sizeof envelope / sizeof envelope[0] };

static int envelope_named(struct slice name)
{
    for (int i = 0; i < ENVELOPE_COUNT; i++) {
        if (slice_equal_cstr(name, envelope[i].name)) {
            return i;
        }
    }
    return -1;
}

static void read_envelope_member(int indexes[ENVELOPE_COUNT], const struct visit *visit,
                                 struct json_errors *errors, int field, const struct flat_value *value,
                                 enum decode_kind kind)
{
    const char *pointer = json_pointer_append(errors->arena, "", envelope[field].name);
    int index = value->kind == FLAT_STRING ? envelope[field].index_of(visit, value->string) : -1;
    if (value->kind == FLAT_NULL) {
        return;
    }
    if (index < 0) {
        json_errors_add(errors, pointer, value->kind == FLAT_STRING ? "keuze" : "type", "%s",
                        envelope[field].wanted);
    } else if (kind == DECODE_CORRECTION && index != indexes[field]) {
        json_errors_add(errors, pointer, "vast",
                        "Dit blijft bij een correctie zoals het was. Laat het veld weg.");
    } else {
        indexes[field] = index;
    }
}

/* Takes the envelope out of the members and into visit->state; gives how many members are left. */
static size_t read_envelope(struct visit *visit, struct flat_member *left, struct json_errors *errors,
                            const struct flat_member *members, size_t count, enum decode_kind kind)
{
    struct draft_state *state = &visit->state;
    int indexes[ENVELOPE_COUNT] = {state->variant, (int)state->stream, state->language};
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        int field = envelope_named(members[i].name);
        if (field >= 0) {
            read_envelope_member(indexes, visit, errors, field, &members[i].value, kind);
        } else {
            left[kept++] = members[i];
        }
    }
    state->variant = indexes[0];
    state->stream = (enum survey_stream)indexes[1];
    state->language = indexes[2];
    return kept;
}

/* ---- what the participant saw ---- */

/* Tells the variables that say what was shown, and in which order, from those that say how it was answered.
 */
static bool says_order(const struct variable *v)
{
    static const char *const others[] = {"variant", "taal", "werving", "kanaal", "kwaliteit", "duur", NULL};
    return v->system && survey_code_index(others, slice_from_cstr(v->code)) < 0 &&
           !strstr(v->code, "_toegewezen_");
}

static void forget_orders(struct answers *answers, const struct questionnaire *q)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, q);
    for (size_t i = 0; i < count; i++) {
        if (says_order(&variables[i])) {
            answer_set(answers->vector, &variables[i], ANSWER_NOT_ASKED);
        }
    }
}

static void keep_own_variables(struct answers *answers, const struct questionnaire *q,
                               const unsigned char *stored)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, q);
    for (size_t i = 0; i < count; i++) {
        if (variables[i].system) {
            answer_set(answers->vector, &variables[i], answer_get(stored, &variables[i]));
        }
    }
}

/* "<module>_toegewezen_1". */
static const char *first_assigned(const struct questionnaire *q)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, q);
    for (size_t i = 0; i < count; i++) {
        if (variables[i].system && strstr(variables[i].code, "_toegewezen_")) {
            return variables[i].code;
        }
    }
    return "";
}

/* Import: what was assigned is what the members say, or what follows from the code. */
static void present_imported(struct visit *visit, struct json_errors *errors,
                             const struct flat_member *members, size_t count, enum decode_kind kind)
{
    const struct questionnaire *q = visit->round->questionnaire;
    bool named;
    visit->presentation = presentation_assigned(&named, errors, q, &visit->presentation, members, count, "");
    if (!named && kind == DECODE_IMPORT_ELSEWHERE && visit->presentation.draw_count > 0) {
        json_errors_add(errors, json_pointer_append(errors->arena, "", first_assigned(q)), "ontbreekt",
                        "Noem hier, en zo verder, welke onderwerpen deze deelnemer kreeg: het zijn er %d.",
                        visit->presentation.draw_count);
    }
    for (size_t i = 0; i < count; i++) {
        if (slice_equal_cstr(members[i].name, "kanaal") || slice_equal_cstr(members[i].name, "kwaliteit")) {
            json_errors_add(
                errors, json_pointer_append(errors->arena, "", arena_cstr(errors->arena, members[i].name)),
                "eigen", "Dit vult de dienst zelf in. Laat het veld weg.");
        }
    }
}

static void begin_answers(struct visit *visit, struct json_errors *errors, struct arena *arena,
                          const struct flat_member *members, size_t count, enum decode_kind kind)
{
    const struct questionnaire *q = visit->round->questionnaire;
    struct draft_state *state = &visit->state;
    const unsigned char *stored = state->answers.vector;
    switch (kind) {
    case DECODE_NEW:
        presentation_derive(&visit->presentation, q, state->variant, visit->who.seed);
        state->answers = answers_begin(arena, q, &visit->presentation);
        break;
    case DECODE_CORRECTION:
        presentation_restore(&visit->presentation, q, state->variant, visit->who.seed, stored);
        state->answers = answers_begin(arena, q, &visit->presentation);
        keep_own_variables(&state->answers, q, stored);
        break;
    case DECODE_IMPORT:
    case DECODE_IMPORT_ELSEWHERE:
        presentation_derive(&visit->presentation, q, state->variant, visit->who.seed);
        present_imported(visit, errors, members, count, kind);
        state->answers = answers_begin(arena, q, &visit->presentation);
        if (kind == DECODE_IMPORT_ELSEWHERE) {
            forget_orders(&state->answers, q);
        }
        break;
    }
}

/* ---- the whole ---- */

size_t survey_members_max(const struct survey_round *round)
{
    size_t variables;
    questionnaire_variables(&variables, round->questionnaire);
    return variables + ENVELOPE_MEMBERS;
}

bool survey_decode_members(struct visit *visit, struct json_errors *errors, struct arena *arena,
                           const struct flat_member *members, size_t count, enum decode_kind kind)
{
    const struct questionnaire *q = visit->round->questionnaire;
    struct flat_member *answers = arena_array(arena, count, sizeof *answers);
    bool import = kind == DECODE_IMPORT || kind == DECODE_IMPORT_ELSEWHERE;
    count = read_envelope(visit, answers, errors, members, count, kind);
    begin_answers(visit, errors, arena, answers, count, kind);
    return questionnaire_answer_flat(&visit->state.answers, errors, arena, q, &visit->presentation, answers,
                                     count, "", import) &&
           errors->count == 0;
}

bool survey_decode_response(struct visit *visit, struct json_errors *errors, struct arena *arena,
                            struct slice body, enum decode_kind kind)
{
    size_t count;
    const struct flat_member *members =
        flat_parse(&count, errors, arena, body, survey_members_max(visit->round));
    return members && survey_decode_members(visit, errors, arena, members, count, kind);
}
