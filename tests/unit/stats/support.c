#include "support.h"

#include "stats/answer.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

const uint32_t model_codes[MODEL_VARIABLES] = {10, 5, 256, 257, 3, 5000};

uint64_t random_next(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

uint32_t random_below(uint64_t *state, uint32_t below)
{
    return (uint32_t)(((random_next(state) >> 32) * below) >> 32);
}

struct response_id id_of(uint64_t number)
{
    struct response_id id;
    uint64_t state = number * 2;
    uint64_t halves[2] = {random_next(&state), random_next(&state)};
    memcpy(id.bytes, halves, sizeof halves);
    return id;
}

FILE *fixture_open(const char *name)
{
    char path[256], header[256];
    snprintf(path, sizeof path, "tests/unit/stats/fixtures/%s", name);
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file, "%s is missing (run the tests from the top folder)", path);
    cr_assert_not_null(fgets(header, sizeof header, file));
    return file;
}

struct model model_create(size_t count)
{
    struct model model = {.responses = calloc(count, sizeof *model.responses), .count = count};
    cr_assert_not_null(model.responses);
    return model;
}

void model_free(struct model *model)
{
    free(model->responses);
    *model = (struct model){0};
}

struct columns_change model_change(uint64_t *state, uint8_t *answers, uint32_t number, uint32_t revision,
                                   bool withdraw)
{
    struct columns_change change = {
        .kind = withdraw ? COLUMNS_WITHDRAWN : COLUMNS_ANSWERED, .id = id_of(number), .revision = revision};
    if (!withdraw) {
        size_t offset = 0;
        for (size_t v = 0; v < MODEL_VARIABLES; v++) {
            size_t width = answer_width(model_codes[v]);
            answer_write(answers + offset, width, random_below(state, model_codes[v]));
            offset += width;
        }
        change.key = random_next(state);
        change.answers = answers;
        change.answers_size = offset;
    }
    return change;
}

enum columns_outcome model_apply(struct model *model, uint32_t number, const struct columns_change *change)
{
    struct model_response *r = &model->responses[number];
    if (r->state != MODEL_UNKNOWN && r->revision >= change->revision) {
        return COLUMNS_STALE;
    }
    model->live -= r->state == MODEL_LIVE;
    r->revision = change->revision;
    r->state = change->kind == COLUMNS_WITHDRAWN ? MODEL_GONE : MODEL_LIVE;
    model->live += r->state == MODEL_LIVE;
    size_t offset = 0;
    for (size_t v = 0; v < MODEL_VARIABLES && r->state == MODEL_LIVE; v++) {
        size_t width = answer_width(model_codes[v]);
        r->codes[v] = answer_read(change->answers + offset, width);
        offset += width;
    }
    r->key = change->key;
    r->weight = change->weight == 0 ? WEIGHT_ONE : change->weight;
    return COLUMNS_APPLIED;
}

void model_fill(struct model *model, struct columns *columns, uint64_t *state, bool weighted)
{
    enum { BATCH = 1000 };
    struct columns_change *changes = calloc(BATCH, sizeof *changes);
    uint8_t *answers = calloc(BATCH, MODEL_ANSWERS);
    cr_assert(changes && answers);
    for (uint32_t start = 0; start < model->count; start += BATCH) {
        uint32_t count = 0;
        for (; count < BATCH && start + count < model->count; count++) {
            changes[count] = model_change(state, answers + count * MODEL_ANSWERS, start + count, 1, false);
            if (weighted) {
                changes[count].weight = 1 + random_below(state, WEIGHT_LIMIT - 1);
            }
            model_apply(model, start + count, &changes[count]);
        }
        cr_assert_eq(columns_apply(columns, changes, count, start + count), COLUMNS_OK);
    }
    free(changes);
    free(answers);
}

void model_expect(const struct model *model, const struct columns *columns)
{
    cr_assert_eq(columns_rows(columns), model->live);
    for (size_t i = 0; i < model->count; i++) {
        const struct model_response *r = &model->responses[i];
        uint32_t row = columns_find(columns, id_of(i));
        if (r->state != MODEL_LIVE) {
            cr_assert_eq(row, ID_INDEX_ABSENT, "response %zu should not be there", i);
            continue;
        }
        cr_assert_lt(row, model->live, "response %zu", i);
        cr_assert_eq(columns_key(columns, row), r->key);
        cr_assert_eq(columns_weight(columns, row), r->weight);
        for (size_t v = 0; v < MODEL_VARIABLES; v++) {
            cr_assert_eq(columns_code(columns, row, v), r->codes[v], "response %zu, variable %zu", i, v);
        }
    }
}

static bool passes(const struct model_response *r, const struct tabulate_query *query)
{
    for (size_t f = 0; f < query->filter_count; f++) {
        const struct tabulate_filter *filter = &query->filters[f];
        bool among = false;
        for (size_t i = 0; i < filter->count; i++) {
            among = among || filter->codes[i] == r->codes[filter->variable];
        }
        if (!among) {
            return false;
        }
    }
    return true;
}

struct table_cell *model_tabulate(const struct model *model, const struct tabulate_query *query,
                                  size_t cell_count)
{
    struct table_cell *cells = calloc(cell_count, sizeof *cells);
    cr_assert_not_null(cells);
    for (size_t i = 0; i < model->count; i++) {
        const struct model_response *r = &model->responses[i];
        if (r->state != MODEL_LIVE || !passes(r, query)) {
            continue;
        }
        size_t number = 0;
        for (size_t a = 0; a < query->axis_count; a++) {
            number = number * model_codes[query->axes[a]] + r->codes[query->axes[a]];
        }
        cr_assert_lt(number, cell_count);
        uint64_t weight = query->weighted ? r->weight : WEIGHT_ONE;
        cells[number].n++;
        cells[number].weight += weight;
        cells[number].weight_squared += (weight * weight + (1 << 23)) >> 24;
        cells[number].key ^= query->keyed ? r->key : 0;
    }
    return cells;
}
