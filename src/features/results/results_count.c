/* Counting for the analysts' view, weighted if so asked, and what belongs with what was counted. */
#include "features/results/results_internal.h"

uint32_t results_code_count(const struct variable *v)
{
    return ANSWER_FIRST + (v->kind == VARIABLE_CATEGORY ? v->category_count
                           : v->kind == VARIABLE_NUMBER ? (uint32_t)v->number_max + 1
                                                        : 1);
}

struct tabulate_filter *results_filters(struct arena *arena, const struct figures_query *query, size_t more)
{
    struct tabulate_filter *filters = arena_array(arena, query->filter_count + more, sizeof *filters);
    for (size_t f = 0; f < query->filter_count; f++) {
        filters[f] = (struct tabulate_filter){query->filters[f].variable, query->filters[f].codes,
                                              query->filters[f].count};
    }
    return filters;
}

static enum figures_status status_of(enum tabulate_status counted)
{
    return counted == TABULATE_OK               ? FIGURES_OK
           : counted == TABULATE_TOO_MANY_CELLS ? FIGURES_TOO_LARGE
                                                : FIGURES_FAILED;
}

/* The lock is held. */
static const struct weighted_people *find_people(const struct results *results, int32_t round_id,
                                                 int32_t version, int64_t position)
{
    for (size_t i = 0; i < RESULTS_PEOPLE_KEPT; i++) {
        const struct weighted_people *kept = &results->people[i];
        if (kept->round_id == round_id && kept->version == version && kept->position == position) {
            return kept;
        }
    }
    return NULL;
}

static bool recall_people(uint64_t *n, struct results *results, int32_t round_id, int32_t version,
                          int64_t position)
{
    pthread_mutex_lock(&results->lock);
    const struct weighted_people *kept = find_people(results, round_id, version, position);
    const bool found = kept != NULL;
    *n = found ? kept->n : *n;
    pthread_mutex_unlock(&results->lock);
    return found;
}

/* Gives the number that counts: that of whoever was first. */
static uint64_t keep_people(struct results *results, struct weighted_people people)
{
    pthread_mutex_lock(&results->lock);
    const struct weighted_people *kept =
        find_people(results, people.round_id, people.version, people.position);
    if (kept) {
        people.n = kept->n;
    } else {
        results->people[results->people_next++ % RESULTS_PEOPLE_KEPT] = people;
    }
    pthread_mutex_unlock(&results->lock);
    return people.n;
}

/* Everybody whom the version weighs. Kept by the place of the table that it goes with: who is given that
 * table again finds the same figures. */
static enum figures_status count_weighted_people(struct counted *out, struct results *results,
                                                 int32_t round_id, struct columns *columns)
{
    const struct tabulate_query query = {.filters = out->version->filters,
                                         .filter_count = out->version->filter_count};
    const int32_t version = out->version->number;
    const struct table *all;
    if (recall_people(&out->all_n, results, round_id, version, out->table->position)) {
        return FIGURES_OK;
    }
    enum tabulate_status counted = table_cache_tabulate(&all, results->tables, columns, &query);
    if (counted == TABULATE_OK) {
        out->all_n = keep_people(
            results, (struct weighted_people){round_id, version, out->table->position, all->cells[0].n});
        table_cache_release(all);
    }
    return status_of(counted);
}

static enum figures_status count_weighted(struct counted *out, struct results *results,
                                          const struct figures_query *query,
                                          const struct tabulate_query *counting, struct columns *columns)
{
    const char *stream = figures_kept(query, "werving");
    enum tabulate_status counted;
    if (!stream || !results_tabulate_weighted(&out->table, &counted, &out->weights, &out->version, results,
                                              query->round->id, slice_from_cstr(stream), counting)) {
        return FIGURES_NO_WEIGHTS;
    }
    return counted == TABULATE_OK ? count_weighted_people(out, results, query->round->id, columns)
                                  : status_of(counted);
}

enum figures_status results_count(struct counted *out, struct results *results,
                                  const struct figures_query *query, const struct tabulate_query *counting)
{
    struct columns *columns = results_columns(results, query->round->id);
    *out = (struct counted){.filters = counting->filters, .filter_count = counting->filter_count};
    if (!columns) {
        return FIGURES_NOT_READY;
    }
    if (query->weighted) {
        return count_weighted(out, results, query, counting, columns);
    }
    enum tabulate_status counted = table_cache_tabulate(&out->table, results->tables, columns, counting);
    out->all_n = counted == TABULATE_OK ? out->table->rows : 0;
    return status_of(counted);
}

void counted_free(struct counted *counted)
{
    table_cache_release(counted->table);
    counted->table = NULL;
    weights_release(counted->weights);
    counted->weights = NULL;
}

/* held[code] and passes the filters on the variable. */
static void keep_passing(bool *held, uint32_t size, struct arena *arena, size_t variable,
                         const struct tabulate_filter *filters, size_t filter_count)
{
    for (size_t f = 0; f < filter_count; f++) {
        if (filters[f].variable != variable) {
            continue;
        }
        bool *passes = arena_array(arena, size, sizeof *passes);
        for (size_t i = 0; i < filters[f].count; i++) {
            passes[filters[f].codes[i]] = true;
        }
        for (uint32_t code = 0; code < size; code++) {
            held[code] = held[code] && passes[code];
        }
    }
}

bool *results_absent_codes(struct arena *arena, const struct survey_round *round,
                           const struct counted *counted, size_t variable)
{
    size_t count;
    const struct variable *v = &questionnaire_variables(&count, round->questionnaire)[variable];
    uint32_t size = results_code_count(v);
    bool *absent = arena_array(arena, size, sizeof *absent);
    bool *held = arena_array(arena, size, sizeof *held);
    questionnaire_held_codes(held, size, round->questionnaire, variable, round->variants,
                             (size_t)round->variant_count);
    keep_passing(held, size, arena, variable, counted->filters, counted->filter_count);
    if (counted->version) {
        keep_passing(held, size, arena, variable, counted->version->filters, counted->version->filter_count);
    }
    for (uint32_t code = 0; code < size; code++) {
        absent[code] = !held[code];
    }
    return absent;
}

void results_describe(struct figures *out, struct arena *arena, const struct results *results,
                      const struct counted *counted)
{
    int64_t now = results->config.now_s();
    out->threshold = results->config.threshold;
    out->provisional = survey_round_incomplete(out->query.round, now);
    out->awaiting_paper = survey_round_takes_paper(out->query.round, now);
    out->position = counted->table->position;
    out->made_at = now;
    if (counted->version) {
        out->weights = counted->version->number;
        for (int language = 0; language < 2; language++) {
            out->weights_made_of[language] = arena_cstr(arena, counted->version->made_of[language]);
        }
    }
}
