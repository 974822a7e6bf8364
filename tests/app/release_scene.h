/* Rounds that may be made public, people straight in the log (as many as a test needs, in no time), releases,
 * and what the public is told of them. */
#ifndef ZEVENSTEM_TESTS_APP_RELEASE_SCENE_H
#define ZEVENSTEM_TESTS_APP_RELEASE_SCENE_H

#include "app/fixture.h"
#include "features/results/results.h"
#include "features/results/results_figures.h"
#include "features/survey/survey.h"

#define RELEASE_CONSULTATION "tests/app/fixtures/uitgave.json"
#define PUBLIC_ROUND         "uitgave-1"
#define ANALYSTS_ROUND       "uitgave-2"

struct release_scene {
    struct place place;
    struct db_conn *conn;
    struct web *web;
    struct survey *survey;
    const struct survey_snapshot *snapshot;
    const struct survey_round *round;
    struct results *results; /* serves what was released; follows nothing */
    struct release_settings settings;
    uint64_t state; /* of random numbers */
    int people;     /* so far: their ids */
};
/* k = 10, D = 5, V = 2. */
void release_scene_make(struct release_scene *scene, const char *consultation, const char *round);
/* The same on a server of its own (place_make_on_server). */
void release_scene_make_on_server(struct release_scene *scene, const char *consultation, const char *round);
void release_scene_remove(struct release_scene *scene);

/* Somebody's answers: codes by variable; a variable left out is not asked. */
struct given {
    const char *variable;
    uint16_t code;
};
enum { GIVEN_MAX = 8 };
struct respondent {
    int id; /* set when added */
    int16_t stream;
    struct given given[GIVEN_MAX];
    uint64_t ticks;    /* bit i: ja to vink_v(i + 1) */
    uint64_t negative; /* bit i: rij_r(i + 1) is heel-slecht, else heel-goed */
};
enum { TICKS = 60, ITEMS = 40 };
/* Appends revision 1 of each to the log. */
void people_add(struct release_scene *scene, struct respondent *people, size_t count);
/* Of `count` people; answers and profile at random, all of stream open. */
void people_add_random(struct release_scene *scene, size_t count);
struct respondent respondent_random(struct release_scene *scene);
void respondent_withdraw(struct release_scene *scene, int id);
/* A number below. */
uint32_t scene_random(struct release_scene *scene, uint32_t below);

/* The outcome; a dry run where the report alone is wanted. */
enum release_outcome scene_release(struct release_scene *scene, struct release_report *report, bool dry_run);
/* Fails unless one was made; then loads it. */
void scene_release_now(struct release_scene *scene);

/* Weighs who came by the open link to the population by gender; fails unless that can be. The number. */
int32_t scene_weigh(struct release_scene *scene);

/* What the public is told: of a variable by up to two others (NULL), with filters "variable=category,...".
 * In the arena of the place. */
enum figures_status scene_ask(struct figures *out, const char **rule, struct release_scene *scene,
                              const char *variable, const char *by, const char *filters);
/* The count of an answer in the only line; -1: fewer than may be shown; -2: no such table or withheld. */
int64_t scene_count(struct release_scene *scene, const char *variable, const char *answer,
                    const char *filters);

#endif
