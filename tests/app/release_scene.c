#include "app/release_scene.h"

#include "base/embedded.h"
#include "features/results/results_weights.h"
#include "stats/perturb.h"
#include "web/web.h"

#include <stdio.h>
#include <stdlib.h>

/* The place is made. */
static void fill_scene(struct release_scene *scene, const char *round)
{
    scene->settings = (struct release_settings){10, 5, 2};
    scene->state = 1;
    scene->conn = place_connection(&scene->place);
    const struct web_config web = {.templates = embedded_templates,
                                   .locales = embedded_locales,
                                   .assets = embedded_assets,
                                   .organisation = ""};
    scene->web = web_create(&web);
    const struct survey_config survey = {
        .keys = scene->place.keys, .web = scene->web, .public_url = "", .now_s = clock_now};
    scene->survey = survey_create(&survey);
    cr_assert_eq(survey_refresh(scene->survey, scene->conn), DB_OK);
    scene->snapshot = survey_snapshot_hold(scene->survey);
    scene->round = survey_round_find(scene->snapshot, slice_from_cstr(round));
    cr_assert_not_null(scene->round);
    const struct results_config results = {
        .keys = scene->place.keys, .survey = scene->survey, .threshold = 10, .now_s = clock_now};
    scene->results = results_create(&results);
    cr_assert_not_null(scene->results);
}

void release_scene_make(struct release_scene *scene, const char *consultation, const char *round)
{
    *scene = (struct release_scene){0};
    place_make(&scene->place, consultation);
    fill_scene(scene, round);
}

void release_scene_make_on_server(struct release_scene *scene, const char *consultation, const char *round)
{
    *scene = (struct release_scene){0};
    place_make_on_server(&scene->place, consultation);
    fill_scene(scene, round);
}

void release_scene_remove(struct release_scene *scene)
{
    results_destroy(scene->results);
    survey_snapshot_release(scene->snapshot);
    survey_destroy(scene->survey);
    web_destroy(scene->web);
    place_remove(&scene->place);
}

uint32_t scene_random(struct release_scene *scene, uint32_t below)
{
    scene->state += 0x9E3779B97F4A7C15u;
    uint64_t z = scene->state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (uint32_t)(((z ^ (z >> 31)) >> 32) * below >> 32);
}

/* ---- the log ---- */

static const struct variable *variable_of(const struct release_scene *scene, const char *code)
{
    size_t count;
    int index = questionnaire_find_variable(scene->round->questionnaire, slice_from_cstr(code));
    cr_assert_geq(index, 0, "%s", code);
    return &questionnaire_variables(&count, scene->round->questionnaire)[index];
}

static void put_vector(struct buffer *sql, const struct release_scene *scene, const struct respondent *one)
{
    const size_t size = questionnaire_vector_size(scene->round->questionnaire);
    unsigned char *vector = calloc(1, size);
    char *hex = malloc(2 * size + 1);
    cr_assert(vector && hex);
    answer_set(vector, variable_of(scene, "variant"), (uint16_t)(ANSWER_FIRST + scene->round->variants[0]));
    answer_set(vector, variable_of(scene, "taal"), ANSWER_FIRST);
    answer_set(vector, variable_of(scene, "kanaal"), ANSWER_FIRST);
    answer_set(vector, variable_of(scene, "kwaliteit"), ANSWER_FIRST);
    answer_set(vector, variable_of(scene, "werving"), (uint16_t)(ANSWER_FIRST + one->stream));
    for (size_t i = 0; i < GIVEN_MAX && one->given[i].variable; i++) {
        answer_set(vector, variable_of(scene, one->given[i].variable), one->given[i].code);
    }
    for (int i = 0; i < TICKS; i++) {
        char code[24];
        snprintf(code, sizeof code, "vink_v%02d", i + 1);
        answer_set(vector, variable_of(scene, code), (uint16_t)(ANSWER_FIRST + (one->ticks >> i & 1u)));
    }
    for (int i = 0; i < ITEMS; i++) {
        char code[24];
        snprintf(code, sizeof code, "rij_r%02d", i + 1);
        answer_set(vector, variable_of(scene, code),
                   (uint16_t)(ANSWER_FIRST + (one->negative >> i & 1u ? 4 : 0)));
    }
    crypto_hex(hex, vector, size);
    buffer_append_cstr(sql, hex);
    free(hex);
    free(vector);
}

void people_add(struct release_scene *scene, struct respondent *people, size_t count)
{
    struct buffer sql;
    if (count == 0) {
        return;
    }
    buffer_init(&sql, (size_t)256 * 1024 * 1024);
    buffer_append_cstr(
        &sql, "INSERT INTO zs.response (pos, round_id, revision, questionnaire_version, received_day,"
              " kind, stream, channel, response_id, answers, payload_hash) VALUES ");
    for (size_t i = 0; i < count; i++) {
        people[i].id = ++scene->people;
        buffer_printf(&sql,
                      "%s(nextval('zs.response_pos'), %d, 1, %d, '2027-01-15', 1, %d, 0,"
                      " decode(md5('%d'), 'hex'), decode('",
                      i > 0 ? ", " : "", (int)scene->round->id, (int)scene->round->version_id,
                      (int)people[i].stream, people[i].id);
        put_vector(&sql, scene, &people[i]);
        buffer_append_cstr(&sql, "', 'hex'), sha256(''))");
    }
    buffer_append_byte(&sql, '\0');
    cr_assert_not(buffer_failed(&sql));
    test_sql(scene->place.owner, sql.ptr);
    buffer_free(&sql);
}

/* The lower the likelier. */
static uint16_t skewed(struct release_scene *scene, uint32_t below)
{
    const uint32_t a = scene_random(scene, below), b = scene_random(scene, below);
    return (uint16_t)(a < b ? a : b);
}

struct respondent respondent_random(struct release_scene *scene)
{
    const uint16_t keus = (uint16_t)(ANSWER_FIRST + skewed(scene, 3));
    return (struct respondent){
        .ticks = (uint64_t)scene_random(scene, UINT32_MAX) << 32 | scene_random(scene, UINT32_MAX),
        .given = {{"keus", scene_random(scene, 10) == 0 ? ANSWER_DONT_KNOW : keus},
                  {"mening", (uint16_t)(ANSWER_FIRST + scene_random(scene, 5))},
                  {"getal", (uint16_t)(ANSWER_FIRST + scene_random(scene, 11))},
                  {"leeftijd", (uint16_t)(ANSWER_FIRST + 1 + skewed(scene, 3))},
                  {"gender",
                   (uint16_t)(ANSWER_FIRST + (scene_random(scene, 12) == 0 ? 2 : scene_random(scene, 2)))},
                  {"streek",
                   (uint16_t)(scene_random(scene, 10) == 0 ? ANSWER_NONE : ANSWER_FIRST + skewed(scene, 4))},
                  {"opleiding", ANSWER_NONE}}};
}

void people_add_random(struct release_scene *scene, size_t count)
{
    struct respondent *people = calloc(count, sizeof *people);
    cr_assert_not_null(people);
    for (size_t i = 0; i < count; i++) {
        people[i] = respondent_random(scene);
    }
    people_add(scene, people, count);
    free(people);
}

void respondent_withdraw(struct release_scene *scene, int id)
{
    char sql[1024];
    snprintf(sql, sizeof sql,
             "INSERT INTO zs.response (pos, round_id, revision, replaces, questionnaire_version, "
             "received_day, kind,"
             " stream, channel, response_id) SELECT nextval('zs.response_pos'), round_id, 2, 1,"
             " questionnaire_version, received_day, 3, stream, channel, response_id FROM zs.response"
             " WHERE round_id = %d AND response_id = decode(md5('%d'), 'hex') AND revision = 1;"
             "UPDATE zs.response SET answers = NULL, payload_hash = NULL WHERE round_id = %d"
             " AND response_id = decode(md5('%d'), 'hex') AND revision = 1",
             (int)scene->round->id, id, (int)scene->round->id, id);
    test_sql(scene->place.owner, sql);
}

/* ---- releases ---- */

enum release_outcome scene_release(struct release_scene *scene, struct release_report *report, bool dry_run)
{
    const struct release_request request = {.keys = scene->place.keys,
                                            .settings = scene->settings,
                                            .now_s = clock_now(),
                                            .dry_run = dry_run,
                                            .actor = "test",
                                            .origin = "command"};
    enum release_outcome outcome;
    enum db_status status = release_make(&outcome, report, scene->conn, scene->round, &request);
    cr_assert_eq(status, DB_OK, "%s", db_status_name(status));
    return outcome;
}

void scene_release_now(struct release_scene *scene)
{
    struct release_report report;
    cr_assert_eq(scene_release(scene, &report, false), RELEASE_MADE);
    cr_assert_eq(results_refresh(scene->results, scene->conn), DB_OK);
}

/* ---- what the public asks ---- */

static uint16_t code_of(const struct variable *v, struct slice category)
{
    for (uint16_t k = 0; k < v->category_count; k++) {
        if (slice_equal_cstr(category, v->categories[k].code)) {
            return (uint16_t)(ANSWER_FIRST + k);
        }
    }
    cr_assert_fail("%s: %.*s", v->code, SLICE_ARG(category));
    return 0;
}

static size_t index_of(const struct release_scene *scene, struct slice code)
{
    int index = questionnaire_find_variable(scene->round->questionnaire, code);
    cr_assert_geq(index, 0, "%.*s", SLICE_ARG(code));
    return (size_t)index;
}

enum figures_status scene_ask(struct figures *out, const char **rule, struct release_scene *scene,
                              const char *variable, const char *by, const char *filters)
{
    struct arena *arena = scene->place.arena;
    struct figures_query query = {.view = FIGURES_PUBLIC,
                                  .round = scene->round,
                                  .variable = index_of(scene, slice_from_cstr(variable)),
                                  .base = FIGURES_BASE_ANSWERED,
                                  .measures = {true, true, true, true},
                                  .shares = true};
    struct slice rest = slice_from_cstr(by), item;
    while (rest.len > 0) {
        slice_cut(&item, &rest, rest, ',');
        query.groups[query.group_count++] = index_of(scene, item);
    }
    for (rest = slice_from_cstr(filters); rest.len > 0;) {
        struct slice name, category;
        slice_cut(&item, &rest, rest, ',');
        slice_cut(&name, &category, item, '=');
        const struct variable *v = variable_of(scene, arena_cstr(arena, name));
        uint16_t *codes = arena_array(arena, 1, sizeof *codes);
        codes[0] = code_of(v, category);
        query.filters[query.filter_count++] = (struct figures_filter){index_of(scene, name), codes, 1};
    }
    return figures_of_public(out, rule, arena, scene->results, &query);
}

int32_t scene_weigh(struct release_scene *scene)
{
    struct weights_made made;
    const struct weights_order order = {.round = scene->round,
                                        .stream = SLICE("open"),
                                        .margins = SLICE("gender"),
                                        .actor = "tester",
                                        .origin = "command"};
    cr_assert_eq(results_weights_make(&made, scene->place.arena, scene->conn, scene->place.keys, &order),
                 DB_OK);
    cr_assert_eq(made.outcome, WEIGHTS_MADE, "%.*s", SLICE_ARG(made.why));
    return made.number;
}

int64_t scene_count(struct release_scene *scene, const char *variable, const char *answer,
                    const char *filters)
{
    struct figures figures;
    char all[256];
    snprintf(all, sizeof all, "werving=open%s%s", filters[0] ? "," : "", filters);
    if (scene_ask(&figures, NULL, scene, variable, NULL, all) != FIGURES_OK) {
        return -2;
    }
    for (size_t i = 0; i < figures.answer_count; i++) {
        if (strcmp(figures.answers[i].name, answer) == 0) {
            const struct figure *count = &figures.lines[0].cells[i].count;
            return count->mark == FIGURE_SHOWN   ? (int64_t)count->value
                   : count->mark == FIGURE_FEWER ? -1
                                                 : -2;
        }
    }
    return -2;
}
