/* What was heard in a round: the figures of its newest release that stand on the page for citizens. They are
 * made once for each release, since reading them takes milliseconds and the page is everybody's. */
#include "features/tafel/tafel_feedback.h"

#include "base/clock.h"
#include "features/results/results.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT_MAX = 32 };

struct kept_headline {
    int32_t round; /* 0: none */
    char *mark;    /* all that it depends on; NULL while there is none */
    char *text;    /* JSON; "null" where there is nothing to tell */
};

struct feedback_heard {
    pthread_mutex_t lock;
    struct kept_headline kept[KEPT_MAX];
    size_t next; /* whose place is taken next */
};

struct feedback_heard *feedback_heard_create(void)
{
    struct feedback_heard *heard = calloc(1, sizeof *heard);
    if (heard) {
        pthread_mutex_init(&heard->lock, NULL);
    }
    return heard;
}

static void empty(struct kept_headline *kept)
{
    free(kept->mark);
    free(kept->text);
    *kept = (struct kept_headline){.round = 0};
}

void feedback_heard_destroy(struct feedback_heard *heard)
{
    if (!heard) {
        return;
    }
    for (size_t i = 0; i < KEPT_MAX; i++) {
        empty(&heard->kept[i]);
    }
    pthread_mutex_destroy(&heard->lock);
    free(heard);
}

/* ---- making ---- */

static int more_chosen(const void *a, const void *b)
{
    const struct importance_line *x = a, *y = b;
    return x->share.value > y->share.value ? -1 : x->share.value < y->share.value ? 1 : 0;
}

static double rounded(double value, unsigned digits)
{
    const double scale = pow(10, digits);
    return round(value * scale) / scale;
}

static json_t *values_json(const struct effects *effects)
{
    struct importance_line shown[64];
    size_t count = 0;
    json_t *list = json_array();
    for (size_t i = 0; i < effects->importance_count && count < sizeof shown / sizeof shown[0]; i++) {
        if (effects->importances[i].share.mark == FIGURE_SHOWN && !effects->importances[i].share.limited) {
            shown[count++] = effects->importances[i];
        }
    }
    if (count > 1) {
        qsort(shown, count, sizeof shown[0], more_chosen);
    }
    for (size_t i = 0; i < count && i < HEARD_VALUES_MAX; i++) {
        const struct figure *share = &shown[i].share;
        json_t *line = json_pack("{s:s,s:f,s:i}", "waarde", shown[i].value, "aandeel",
                                 rounded(share->value, share->digits), "decimalen", (int)share->digits);
        if (share->interval) {
            json_object_set_new(line, "laag", json_real(rounded(share->low, share->digits)));
            json_object_set_new(line, "hoog", json_real(rounded(share->high, share->digits)));
        }
        json_array_append_new(list, line);
    }
    return list;
}

/* *lasting: what was found stands as long as the mark does. */
static json_t *make(bool *lasting, struct results *results, const struct survey_round *round)
{
    char made_at[CLOCK_RFC3339_BYTES];
    struct effects effects;
    json_t *headline = NULL;
    struct arena *arena = arena_create(2 * (size_t)FIGURES_BYTES_MAX);
    const enum figures_status status =
        results_effects(&effects, arena, results, round, FIGURES_PUBLIC, (struct slice){NULL, 0});
    *lasting = status == FIGURES_OK || status == FIGURES_NO_RELEASE;
    if (status == FIGURES_OK) {
        clock_format_rfc3339(made_at, effects.made_at);
        headline = json_pack("{s:i,s:s,s:s,s:b,s:b,s:o}", "uitgave", (int)effects.release, "gemaaktOp",
                             made_at, "werving", effects.stream, "gewogen", (int)effects.weighted,
                             "voorlopig", (int)effects.provisional, "belangrijkst", values_json(&effects));
    }
    arena_destroy(arena);
    return headline;
}

json_t *feedback_heard_read(struct results *results, const struct survey_round *round)
{
    bool lasting;
    return results_effects_may_tell(results, round, FIGURES_PUBLIC) ? make(&lasting, results, round) : NULL;
}

/* ---- keeping ---- */

/* False: there is none of this mark. */
static bool find(json_t **out, struct feedback_heard *heard, const struct survey_round *round,
                 const char *mark)
{
    bool found = false;
    *out = NULL;
    pthread_mutex_lock(&heard->lock);
    for (size_t i = 0; i < KEPT_MAX && !found; i++) {
        const struct kept_headline *kept = &heard->kept[i];
        if (kept->round == round->id && strcmp(kept->mark, mark) == 0) {
            *out = json_loads(kept->text, 0, NULL);
            found = true;
        }
    }
    pthread_mutex_unlock(&heard->lock);
    return found;
}

static void keep(struct feedback_heard *heard, const struct survey_round *round, const char *mark,
                 const json_t *headline)
{
    struct kept_headline made = {.round = round->id,
                                 .mark = strdup(mark),
                                 .text = headline ? json_dumps(headline, JSON_COMPACT) : strdup("null")};
    if (!made.mark || !made.text) {
        empty(&made);
        return;
    }
    pthread_mutex_lock(&heard->lock);
    size_t at = heard->next;
    for (size_t i = 0; i < KEPT_MAX; i++) {
        at = heard->kept[i].round == round->id ? i : at;
    }
    heard->next = at == heard->next ? (heard->next + 1) % KEPT_MAX : heard->next;
    empty(&heard->kept[at]);
    heard->kept[at] = made;
    pthread_mutex_unlock(&heard->lock);
}

json_t *feedback_heard_of(const struct tafel *tafel, const struct survey_round *round)
{
    enum { MARK_BYTES = 64 * 1024 };
    json_t *headline = NULL;
    if (!results_effects_may_tell(tafel->config.results, round, FIGURES_PUBLIC)) {
        return NULL;
    }
    struct arena *arena = arena_create(MARK_BYTES);
    const char *mark = results_effects_mark(arena, tafel->config.results, round, FIGURES_PUBLIC);
    if (!find(&headline, tafel->heard, round, mark)) {
        bool lasting;
        headline = make(&lasting, tafel->config.results, round);
        if (lasting) {
            keep(tafel->heard, round, mark, headline);
        }
    }
    arena_destroy(arena);
    return headline;
}
