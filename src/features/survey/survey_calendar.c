#include "features/survey/survey_calendar.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

const char *survey_round_kind(const struct survey_round *round)
{
    const char *kind = json_string_value(json_object_get(round->own, "kind"));
    return kind ? kind : "volledig";
}

bool survey_round_planned(const struct survey_round *round, int64_t now_s)
{
    return round->status != ROUND_CLOSED && !round->pilot && round->opens_at > now_s;
}

const struct survey_round *survey_next_planned(const struct survey_snapshot *snapshot,
                                               const char *consultation, int64_t now_s)
{
    const struct survey_round *next = NULL;
    for (size_t i = 0; i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        if (survey_round_planned(round, now_s) && strcmp(round->consultation, consultation) == 0 &&
            (!next || round->opens_at < next->opens_at)) {
            next = round;
        }
    }
    return next;
}

static int compare_times(const void *a, const void *b)
{
    const struct survey_round *x = *(const struct survey_round *const *)a;
    const struct survey_round *y = *(const struct survey_round *const *)b;
    return x->opens_at != y->opens_at ? (x->opens_at < y->opens_at ? -1 : 1) : x->id < y->id ? -1 : 1;
}

const struct survey_round **survey_rounds_by_time(size_t *count, struct arena *arena,
                                                  const struct survey_snapshot *snapshot,
                                                  const char *consultation)
{
    const struct survey_round **rounds = arena_array(arena, survey_round_count(snapshot), sizeof(void *));
    *count = 0;
    for (size_t i = 0; i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        if (strcmp(round->consultation, consultation) == 0) {
            rounds[(*count)++] = round;
        }
    }
    if (*count > 1) {
        qsort(rounds, *count, sizeof(void *), compare_times);
    }
    return rounds;
}
