#include "stats/weigh.h"

#include "stats/answer.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK_ROWS = 1024 };

struct plan_variable {
    size_t block_offset;  /* in a block's codes */
    size_t answer_offset; /* in one response's answers */
    size_t width;
    uint32_t codes;
};

struct plan_margin {
    struct plan_variable variables[WEIGH_VARIABLES_MAX];
    size_t variable_count;
    uint32_t categories;
    uint16_t *category_of;
};

struct plan_filter {
    struct plan_variable variable;
    uint8_t *passes; /* by code */
};

struct weigh_plan {
    size_t margin_count;
    size_t filter_count;
    struct plan_margin margins[PROFILE_MARGINS_MAX];
    struct plan_filter filters[TABULATE_FILTERS_MAX];
};

struct weighing {
    const struct weigh_plan *plan;
    struct profile_tree *tree;
    double *weights; /* by profile */
    double *factors[PROFILE_MARGINS_MAX];
    double lower, upper;
};

/* ---- a plan ---- */

static bool take_variable(struct plan_variable *out, const struct columns *columns, size_t variable)
{
    if (variable >= columns_variables(columns)) {
        return false;
    }
    *out = (struct plan_variable){.block_offset = columns_offset(columns, variable),
                                  .width = columns_width(columns, variable),
                                  .codes = columns_codes(columns, variable)};
    for (size_t v = 0; v < variable; v++) {
        out->answer_offset += columns_width(columns, v);
    }
    return true;
}

static enum weigh_status take_margin(struct plan_margin *out, const struct columns *columns,
                                     const struct weigh_margin *margin)
{
    if (margin->variable_count < 1 || margin->variable_count > WEIGH_VARIABLES_MAX) {
        return WEIGH_TOO_MANY;
    }
    if (margin->categories < 1 || margin->categories > RAKE_CATEGORIES_MAX) {
        return WEIGH_BAD_CATEGORY;
    }
    uint64_t codes = 1;
    for (size_t v = 0; v < margin->variable_count; v++) {
        for (size_t before = 0; before < v; before++) {
            if (margin->variables[before] == margin->variables[v]) {
                return WEIGH_BAD_VARIABLE;
            }
        }
        if (!take_variable(&out->variables[v], columns, margin->variables[v])) {
            return WEIGH_BAD_VARIABLE;
        }
        codes *= out->variables[v].codes;
        if (codes > WEIGH_CODES_MAX) {
            return WEIGH_TOO_MANY;
        }
    }
    for (size_t i = 0; i < codes; i++) {
        if (margin->category_of[i] > margin->categories) {
            return WEIGH_BAD_CATEGORY;
        }
    }
    out->variable_count = margin->variable_count;
    out->categories = margin->categories;
    out->category_of = malloc((codes + 1) * sizeof *out->category_of);
    if (!out->category_of) {
        return WEIGH_NO_MEMORY;
    }
    memcpy(out->category_of, margin->category_of, codes * sizeof *out->category_of);
    return WEIGH_OK;
}

static enum weigh_status take_filter(struct plan_filter *out, const struct columns *columns,
                                     const struct tabulate_filter *filter)
{
    if (!take_variable(&out->variable, columns, filter->variable)) {
        return WEIGH_BAD_VARIABLE;
    }
    out->passes = calloc(out->variable.codes, 1);
    if (!out->passes) {
        return WEIGH_NO_MEMORY;
    }
    for (size_t i = 0; i < filter->count; i++) {
        if (filter->codes[i] >= out->variable.codes) {
            return WEIGH_BAD_CODE;
        }
        out->passes[filter->codes[i]] = 1;
    }
    return WEIGH_OK;
}

enum weigh_status weigh_plan_create(struct weigh_plan **out, const struct columns *columns,
                                    const struct weigh_margin *margins, size_t margin_count,
                                    const struct tabulate_filter *filters, size_t filter_count)
{
    *out = NULL;
    if (margin_count < 1 || margin_count > PROFILE_MARGINS_MAX || filter_count > TABULATE_FILTERS_MAX) {
        return WEIGH_TOO_MANY;
    }
    struct weigh_plan *plan = calloc(1, sizeof *plan);
    if (!plan) {
        return WEIGH_NO_MEMORY;
    }
    plan->margin_count = margin_count;
    plan->filter_count = filter_count;
    enum weigh_status status = WEIGH_OK;
    for (size_t m = 0; status == WEIGH_OK && m < margin_count; m++) {
        status = take_margin(&plan->margins[m], columns, &margins[m]);
    }
    for (size_t f = 0; status == WEIGH_OK && f < filter_count; f++) {
        status = take_filter(&plan->filters[f], columns, &filters[f]);
    }
    if (status != WEIGH_OK) {
        weigh_plan_destroy(plan);
        return status;
    }
    *out = plan;
    return WEIGH_OK;
}

void weigh_plan_destroy(struct weigh_plan *plan)
{
    if (!plan) {
        return;
    }
    for (size_t m = 0; m < plan->margin_count; m++) {
        free(plan->margins[m].category_of);
    }
    for (size_t f = 0; f < plan->filter_count; f++) {
        free(plan->filters[f].passes);
    }
    free(plan);
}

/* ---- reading codes: `codes` is a block (row within it), or one response's answers (packed, row 0) ---- */

static uint32_t read_code(const struct plan_variable *variable, const uint8_t *codes, bool packed, size_t row)
{
    size_t offset = packed ? variable->answer_offset : variable->block_offset;
    return answer_read(codes + offset + row * variable->width, variable->width);
}

/* A code that the variable has not (the columns refuse it) counts as missing. */
static uint16_t read_category(const struct plan_margin *margin, const uint8_t *codes, bool packed, size_t row)
{
    size_t place = 0;
    for (size_t v = 0; v < margin->variable_count; v++) {
        uint32_t code = read_code(&margin->variables[v], codes, packed, row);
        if (code >= margin->variables[v].codes) {
            return (uint16_t)margin->categories;
        }
        place = place * margin->variables[v].codes + code;
    }
    return margin->category_of[place];
}

static bool row_passes(const struct weigh_plan *plan, const uint8_t *codes, bool packed, size_t row)
{
    for (size_t f = 0; f < plan->filter_count; f++) {
        const struct plan_filter *filter = &plan->filters[f];
        uint32_t code = read_code(&filter->variable, codes, packed, row);
        if (code >= filter->variable.codes || !filter->passes[code]) {
            return false;
        }
    }
    return true;
}

/* ---- counting ---- */

static enum profile_status count_chunk(struct profile_tree *tree, const struct weigh_plan *plan,
                                       const struct columns_block *block, size_t first, uint16_t *categories)
{
    size_t rows = block->rows - first < CHUNK_ROWS ? block->rows - first : CHUNK_ROWS;
    const size_t margins = plan->margin_count;
    for (size_t m = 0; m < margins; m++) {
        const struct plan_margin *margin = &plan->margins[m];
        const struct plan_variable *v = &margin->variables[0];
        if (margin->variable_count == 1 && v->width == 1) {
            const uint8_t *codes = block->codes + v->block_offset + first;
            for (size_t i = 0; i < rows; i++) {
                categories[i * margins + m] = margin->category_of[codes[i]];
            }
            continue;
        }
        for (size_t i = 0; i < rows; i++) {
            categories[i * margins + m] = read_category(margin, block->codes, false, first + i);
        }
    }
    for (size_t i = 0; i < rows; i++) {
        if (plan->filter_count == 0 || row_passes(plan, block->codes, false, first + i)) {
            enum profile_status status = profile_tree_add(tree, categories + i * margins, 1, NULL);
            if (status != PROFILE_OK) {
                return status;
            }
        }
    }
    return PROFILE_OK;
}

static enum profile_status count_rows(struct profile_tree *tree, int64_t *position,
                                      const struct weigh_plan *plan, struct columns *columns,
                                      uint16_t *categories)
{
    enum profile_status status = PROFILE_OK;
    columns_read_begin(columns);
    for (uint32_t b = 0; status == PROFILE_OK && b < columns_blocks(columns); b++) {
        struct columns_block block = columns_block(columns, b);
        for (size_t first = 0; status == PROFILE_OK && first < block.rows; first += CHUNK_ROWS) {
            status = count_chunk(tree, plan, &block, first, categories);
        }
    }
    if (position) {
        *position = columns_position(columns);
    }
    columns_read_end(columns);
    return status;
}

static struct profile_tree *plan_tree(const struct weigh_plan *plan)
{
    uint32_t sizes[PROFILE_MARGINS_MAX];
    for (size_t m = 0; m < plan->margin_count; m++) {
        sizes[m] = plan->margins[m].categories + 1;
    }
    return profile_tree_create(sizes, plan->margin_count);
}

static enum weigh_status weigh_status_of(enum profile_status status)
{
    return status == PROFILE_OK ? WEIGH_OK : status == PROFILE_TOO_MANY ? WEIGH_TOO_MANY : WEIGH_NO_MEMORY;
}

enum weigh_status weigh_count(struct rake_sample *out, int64_t *position, const struct weigh_plan *plan,
                              struct columns *columns)
{
    *out = (struct rake_sample){.margins = plan->margin_count};
    enum weigh_status status = WEIGH_NO_MEMORY;
    struct profile_tree *tree = plan_tree(plan);
    uint16_t *categories = malloc(CHUNK_ROWS * plan->margin_count * sizeof *categories);
    if (!tree || !categories) {
        goto cleanup;
    }
    status = weigh_status_of(count_rows(tree, position, plan, columns, categories));
    if (status != WEIGH_OK) {
        goto cleanup;
    }
    out->profiles = profile_tree_count(tree);
    out->categories = malloc((out->profiles * out->margins + 1) * sizeof *out->categories);
    out->n = malloc((out->profiles + 1) * sizeof *out->n);
    if (!out->categories || !out->n) {
        status = WEIGH_NO_MEMORY;
        goto cleanup;
    }
    profile_tree_list(tree, out->categories, out->n);
cleanup:
    if (status != WEIGH_OK) {
        rake_sample_free(out);
    }
    profile_tree_destroy(tree);
    free(categories);
    return status;
}

/* ---- weighing ---- */

static enum weigh_status take_version(struct weighing *weighing, const struct weigh_version *version)
{
    const struct weigh_plan *plan = weighing->plan;
    weighing->tree = plan_tree(plan);
    weighing->weights = malloc((version->profiles + 1) * sizeof *weighing->weights);
    if (!weighing->tree || !weighing->weights) {
        return WEIGH_NO_MEMORY;
    }
    for (size_t h = 0; h < version->profiles; h++) {
        const uint16_t *profile = version->categories + h * plan->margin_count;
        uint32_t number = 0;
        for (size_t m = 0; m < plan->margin_count; m++) {
            if (profile[m] > plan->margins[m].categories) {
                return WEIGH_BAD_CATEGORY;
            }
        }
        enum profile_status added = profile_tree_add(weighing->tree, profile, 1, &number);
        if (added != PROFILE_OK) {
            return weigh_status_of(added);
        }
        weighing->weights[number] = version->weights[h];
    }
    for (size_t m = 0; m < plan->margin_count; m++) {
        size_t bytes = (plan->margins[m].categories + 1) * sizeof(double);
        weighing->factors[m] = malloc(bytes);
        if (!weighing->factors[m]) {
            return WEIGH_NO_MEMORY;
        }
        memcpy(weighing->factors[m], version->factors[m], bytes);
    }
    weighing->lower = version->lower;
    weighing->upper = version->upper;
    return WEIGH_OK;
}

enum weigh_status weighing_create(struct weighing **out, const struct weigh_plan *plan,
                                  const struct weigh_version *version)
{
    *out = NULL;
    struct weighing *weighing = calloc(1, sizeof *weighing);
    if (!weighing) {
        return WEIGH_NO_MEMORY;
    }
    weighing->plan = plan;
    enum weigh_status status = take_version(weighing, version);
    if (status != WEIGH_OK) {
        weighing_destroy(weighing);
        return status;
    }
    *out = weighing;
    return WEIGH_OK;
}

void weighing_destroy(struct weighing *weighing)
{
    if (!weighing) {
        return;
    }
    profile_tree_destroy(weighing->tree);
    free(weighing->weights);
    for (size_t m = 0; m < PROFILE_MARGINS_MAX; m++) {
        free(weighing->factors[m]);
    }
    free(weighing);
}

double weighing_profile(const struct weighing *weighing, const uint16_t *categories)
{
    uint32_t number = profile_tree_find(weighing->tree, categories);
    if (number != PROFILE_ABSENT) {
        return weighing->weights[number];
    }
    double weight = 1;
    for (size_t m = 0; m < weighing->plan->margin_count; m++) {
        weight *= weighing->factors[m][categories[m]];
    }
    weight = weight < weighing->upper ? weight : weighing->upper;
    return weight > weighing->lower ? weight : weighing->lower;
}

static uint32_t weigh_codes(const struct weighing *weighing, const uint8_t *codes, bool packed, size_t row)
{
    const struct weigh_plan *plan = weighing->plan;
    if (!row_passes(plan, codes, packed, row)) {
        return WEIGHT_ONE;
    }
    uint16_t categories[PROFILE_MARGINS_MAX];
    for (size_t m = 0; m < plan->margin_count; m++) {
        categories[m] = read_category(&plan->margins[m], codes, packed, row);
    }
    return rake_fixed(weighing_profile(weighing, categories));
}

uint32_t weighing_row(const void *weighing, const struct columns *columns, uint32_t row)
{
    struct columns_block block = columns_block(columns, row / COLUMNS_BLOCK_ROWS);
    return weigh_codes(weighing, block.codes, false, row % COLUMNS_BLOCK_ROWS);
}

uint32_t weighing_answers(const struct weighing *weighing, const uint8_t *answers)
{
    return weigh_codes(weighing, answers, true, 0);
}
