#include "unit/features/results/round.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIXTURES "tests/unit/features/results/fixtures/"

enum { LINE = 1024, COLUMNS_MAX = 64 };

static int64_t noon(void)
{
    return 1800014400; /* 2027-01-15 12:00 */
}

size_t round_scene_find(const struct round_scene *s, const char *variable)
{
    int index = questionnaire_find_variable(s->questionnaire.q, slice_from_cstr(variable));
    cr_assert_geq(index, 0, "%s", variable);
    return (size_t)index;
}

static FILE *open_fixture(const char *name, char *line)
{
    char path[256];
    snprintf(path, sizeof path, FIXTURES "%s", name);
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file, "%s", path);
    cr_assert(fgets(line, LINE, file));
    line[strcspn(line, "\r\n")] = '\0';
    return file;
}

/* -1 no answer, -2 don't know, else category or number. */
static uint16_t code_of(int answer)
{
    return (uint16_t)(answer == -1 ? ANSWER_NONE : answer == -2 ? ANSWER_DONT_KNOW : ANSWER_FIRST + answer);
}

/* Of what the fixture does not tell everybody has the first code that there can be. */
static void answer_nothing(unsigned char *vector, const struct round_scene *s)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, s->questionnaire.q);
    for (size_t i = 0; i < count; i++) {
        uint32_t size = results_code_count(&variables[i]), code = 0;
        bool *held = calloc(size, sizeof *held);
        questionnaire_held_codes(held, size, s->questionnaire.q, i, s->round.variants,
                                 (size_t)s->round.variant_count);
        while (code + 1 < size && !held[code]) {
            code++;
        }
        answer_set(vector, &variables[i], (uint16_t)code);
        free(held);
    }
}

static void add_person(struct round_scene *s, char *line, char *const *names, size_t name_count)
{
    size_t count, at = 0;
    const struct variable *variables = questionnaire_variables(&count, s->questionnaire.q);
    unsigned char vector[4096] = {0};
    answer_nothing(vector, s);
    char *rest = line;
    for (char *cell = strtok_r(rest, ",\r\n", &rest); cell; cell = strtok_r(NULL, ",\r\n", &rest), at++) {
        cr_assert_lt(at, name_count);
        if (strcmp(names[at], "weight") == 0) {
            s->weights = realloc(s->weights, (s->people + 1) * sizeof *s->weights);
            s->weights[s->people] = strtod(cell, NULL);
        } else {
            answer_set(vector, &variables[round_scene_find(s, names[at])], code_of(atoi(cell)));
        }
    }
    struct columns_change change = {.kind = COLUMNS_ANSWERED,
                                    .revision = 1,
                                    .key = s->people,
                                    .answers = vector,
                                    .answers_size = questionnaire_vector_size(s->questionnaire.q)};
    memcpy(&change.id, &s->people, sizeof s->people);
    cr_assert_eq(columns_apply(s->results.rounds[0].columns, &change, 1, (int64_t)s->people + 1), COLUMNS_OK);
    cr_assert_eq(change.outcome, COLUMNS_APPLIED);
    s->people++;
}

void round_scene_begin(struct round_scene *s)
{
    size_t count;
    *s = (struct round_scene){0};
    scene_open(&s->questionnaire, COMPLETE);
    s->round = (struct survey_round){.id = 1,
                                     .code = "compleet-1",
                                     .consultation = "compleet",
                                     .status = ROUND_OPEN,
                                     .opens_at = 1780272000,
                                     .closes_at = 1811808000,
                                     .interim = INTERIM_ANALYSTS,
                                     .questionnaire = s->questionnaire.q,
                                     .variant_count = 1};
    const struct variable *variables = questionnaire_variables(&count, s->questionnaire.q);
    uint32_t *codes = calloc(count, sizeof *codes);
    for (size_t i = 0; i < count; i++) {
        codes[i] = results_code_count(&variables[i]);
    }
    s->results.config.threshold = ROUND_THRESHOLD;
    s->results.config.now_s = noon;
    s->results.tables =
        table_cache_create(&(struct table_cache_config){.bytes = RESULTS_TABLES_BYTES, .count = tabulate});
    cr_assert_not_null(s->results.tables);
    s->results.rounds[0].round_id = 1;
    cr_assert_eq(columns_create(&s->results.rounds[0].columns, codes, count), COLUMNS_OK);
    atomic_store(&s->results.round_count, 1);
    free(codes);
}

/* Cuts `line` at its commas; how many names. */
static size_t cut_names(char *names[COLUMNS_MAX], char *line)
{
    size_t count = 0;
    char *rest = line;
    for (char *cell = strtok_r(rest, ",", &rest); cell; cell = strtok_r(NULL, ",", &rest)) {
        cr_assert_lt(count, COLUMNS_MAX);
        names[count++] = cell;
    }
    return count;
}

void round_scene_open(struct round_scene *s)
{
    char line[LINE], head[LINE], *names[COLUMNS_MAX];
    round_scene_begin(s);
    FILE *file = open_fixture("people.csv", head);
    const size_t count = cut_names(names, head);
    while (fgets(line, sizeof line, file)) {
        add_person(s, line, names, count);
    }
    fclose(file);
}

void round_scene_add(struct round_scene *s, size_t count, const char *names, const char *categories)
{
    char line[LINE], head[LINE], *name[COLUMNS_MAX];
    snprintf(head, sizeof head, "%s", names);
    const size_t name_count = cut_names(name, head);
    for (size_t i = 0; i < count; i++) {
        snprintf(line, sizeof line, "%s", categories);
        add_person(s, line, name, name_count);
    }
}

static uint32_t weight_of(const void *context, const struct columns *columns, uint32_t row)
{
    const struct round_scene *s = context;
    return (uint32_t)(s->weights[columns_key(columns, row)] * WEIGHT_ONE);
}

void round_scene_weigh(struct round_scene *s)
{
    s->version.number = WEIGHTS_VERSION;
    s->version.count = 1;
    s->version.streams[0] = (struct weights_of_stream){
        .stream = SLICE("alle"), .number = WEIGHTS_VERSION, .made_of = {SLICE("gewicht"), SLICE("weight")}};
    atomic_store(&s->version.references, 1);
    s->results.rounds[0].weights[0] = &s->version;
    cr_assert_eq(columns_weigh(s->results.rounds[0].columns, weight_of, s, WEIGHTS_VERSION), COLUMNS_OK);
}

void round_scene_close(struct round_scene *s)
{
    table_cache_destroy(s->results.tables);
    columns_destroy(s->results.rounds[0].columns);
    free(s->weights);
    scene_close(&s->questionnaire);
}

struct told *told_read(size_t *count)
{
    char line[LINE];
    struct told *list = NULL;
    FILE *file = open_fixture("estimates.csv", line);
    *count = 0;
    while (fgets(line, sizeof line, file)) {
        struct told t;
        int weighted;
        cr_assert_eq(sscanf(line, "%d,%15[^,],%d,%d,%d,%lf,%lf,%lf,%lf,%lf", &weighted, t.kind, &t.item,
                            &t.gender, &t.age, &t.base, &t.value, &t.error, &t.low, &t.high),
                     10, "%s", line);
        t.weighted = weighted;
        list = realloc(list, (*count + 1) * sizeof *list);
        list[(*count)++] = t;
    }
    fclose(file);
    return list;
}

struct told_difference *told_read_differences(size_t *count)
{
    char line[LINE];
    struct told_difference *list = NULL;
    FILE *file = open_fixture("differences.csv", line);
    *count = 0;
    while (fgets(line, sizeof line, file)) {
        struct told_difference t;
        int weighted;
        cr_assert_eq(sscanf(line, "%d,%15[^,],%d,%d,%d,%lf,%lf,%lf,%lf", &weighted, t.kind, &t.item, &t.one,
                            &t.other, &t.value, &t.error, &t.low, &t.high),
                     9, "%s", line);
        t.weighted = weighted;
        list = realloc(list, (*count + 1) * sizeof *list);
        list[(*count)++] = t;
    }
    fclose(file);
    return list;
}

void expect_told(const struct figure *figure, const struct told *t)
{
    cr_assert_eq(figure->mark, FIGURE_SHOWN, "%s %d of %d %d is not shown", t->kind, t->item, t->gender,
                 t->age);
    cr_expect_float_eq(figure->value, t->value, 1e-10 * fmax(1, fabs(t->value)),
                       "%s %d of %d %d: %.17g is %.17g", t->kind, t->item, t->gender, t->age, t->value,
                       figure->value);
    cr_expect_float_eq(figure->error, t->error, 1e-9 * t->error, "%s %d of %d %d: error %.17g is %.17g",
                       t->kind, t->item, t->gender, t->age, t->error, figure->error);
    cr_expect_float_eq(figure->low, t->low, 1e-7, "%s %d of %d %d: low %.17g is %.17g", t->kind, t->item,
                       t->gender, t->age, t->low, figure->low);
    cr_expect_float_eq(figure->high, t->high, 1e-7, "%s %d of %d %d: high %.17g is %.17g", t->kind, t->item,
                       t->gender, t->age, t->high, figure->high);
}
