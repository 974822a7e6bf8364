#include "unit/features/results/people.h"

#include <stdio.h>

void people_begin(struct people *people)
{
    *people = (struct people){.count = 0};
    scene_open_real(&people->scene);
    people->round =
        (struct survey_round){.id = 7, .code = "ronde", .version_id = 3, .questionnaire = people->scene.q};
    people->columns = log_columns_create(&people->round);
    cr_assert_not_null(people->columns);
}

void people_end(struct people *people)
{
    columns_destroy(people->columns);
    scene_close(&people->scene);
}

static void say(const struct people *people, uint8_t *vector, struct slice variable, struct slice answer)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, people->scene.q);
    int index = questionnaire_find_variable(people->scene.q, variable);
    cr_assert_geq(index, 0, "%.*s", SLICE_ARG(variable));
    for (uint16_t k = 0; k < variables[index].category_count; k++) {
        if (slice_equal_cstr(answer, variables[index].categories[k].code)) {
            answer_set(vector, &variables[index], (uint16_t)(ANSWER_FIRST + k));
            return;
        }
    }
    cr_assert_fail("%.*s has no answer %.*s", SLICE_ARG(variable), SLICE_ARG(answer));
}

const uint8_t *people_answers(struct people *people, const char *said)
{
    uint8_t *vector = arena_alloc(people->scene.arena, questionnaire_vector_size(people->scene.q));
    struct slice rest = slice_from_cstr(said);
    say(people, vector, SLICE("werving"), SLICE("open"));
    while (rest.len > 0) {
        struct slice one, variable, answer;
        slice_cut(&one, &rest, rest, ' ');
        cr_assert(slice_cut(&variable, &answer, one, '='), "%s", said);
        say(people, vector, variable, answer);
    }
    return vector;
}

void people_add(struct people *people, uint32_t count, const char *said)
{
    const uint8_t *answers = people_answers(people, said);
    struct columns_change *changes = arena_array(people->scene.arena, count, sizeof *changes);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t number = ++people->count;
        changes[i] = (struct columns_change){.kind = COLUMNS_ANSWERED,
                                             .revision = 1,
                                             .key = number,
                                             .answers = answers,
                                             .answers_size = questionnaire_vector_size(people->scene.q)};
        memcpy(changes[i].id.bytes, &number, sizeof number);
    }
    cr_assert_eq(columns_apply(people->columns, changes, count, people->count), COLUMNS_OK);
}

/* A number below n; the same ones each time. */
static unsigned draw(uint64_t *state, unsigned n)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)((*state >> 33) % n);
}

void people_add_country(struct people *people)
{
    static const char *const ages[] = {"16-17", "18-24", "25-34", "35-44",
                                       "45-54", "55-64", "65-74", "75-plus"};
    static const char *const diplomas[] = {"basisschool", "vmbo", "mbo-havo-vwo", "hbo", "universiteit"};
    uint64_t state = 20260101;
    for (unsigned i = 0; i < 1200; i++) {
        char said[128];
        unsigned age = draw(&state, 8), diploma = draw(&state, 6);
        snprintf(said, sizeof said, "leeftijd=%s gender=%s postcode=PV%u%s%s", ages[age],
                 draw(&state, 5) < 2 ? "man" : "vrouw", 20 + draw(&state, 12),
                 diploma == 5 ? "" : " opleiding=", diploma == 5 ? "" : diplomas[diploma]);
        people_add(people, 1, said);
    }
}
