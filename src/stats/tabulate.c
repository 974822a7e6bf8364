#include "stats/tabulate.h"

#include "stats/answer.h"
#include "stats/tabulate_kernel.h"

#include <stdlib.h>

static enum tabulate_status prepare_axes(struct kernel_job *job, struct table *table,
                                         const struct columns *columns, const struct tabulate_query *query)
{
    table->axis_count = query->axis_count;
    job->axis_count = query->axis_count;
    uint64_t cells = 1;
    for (size_t a = 0; a < query->axis_count; a++) {
        size_t variable = query->axes[a];
        if (variable >= columns_variables(columns)) {
            return TABULATE_BAD_VARIABLE;
        }
        for (size_t b = 0; b < a; b++) {
            if (query->axes[b] == variable) {
                return TABULATE_BAD_VARIABLE;
            }
        }
        job->axes[a] = (struct kernel_axis){.offset = columns_offset(columns, variable),
                                            .size = columns_codes(columns, variable),
                                            .wide = columns_width(columns, variable) == 2};
        table->sizes[a] = job->axes[a].size;
        cells *= table->sizes[a];
        if (cells > TABULATE_CELLS_MAX) {
            return TABULATE_TOO_MANY_CELLS;
        }
    }
    table->cell_count = (size_t)cells;
    return TABULATE_OK;
}

/* The codes let pass as runs, or as a table when they are scattered. `passes` has an entry for every code of
 * the width. */
static void find_runs(struct kernel_filter *filter, uint32_t codes)
{
    for (uint32_t code = 0; code < codes; code++) {
        if (!filter->passes[code]) {
            continue;
        }
        if (filter->run_count == KERNEL_RUNS_MAX) {
            return;
        }
        uint32_t last = code;
        while (last + 1 < codes && filter->passes[last + 1]) {
            last++;
        }
        filter->first[filter->run_count] = (uint16_t)code;
        filter->span[filter->run_count++] = (uint16_t)(last - code);
        code = last;
    }
    free(filter->passes);
    filter->passes = NULL;
}

static enum tabulate_status prepare_filter(struct kernel_filter *filter, const struct columns *columns,
                                           const struct tabulate_filter *wanted)
{
    if (wanted->variable >= columns_variables(columns)) {
        return TABULATE_BAD_VARIABLE;
    }
    uint32_t codes = columns_codes(columns, wanted->variable);
    filter->offset = columns_offset(columns, wanted->variable);
    filter->wide = columns_width(columns, wanted->variable) == 2;
    filter->passes = calloc(filter->wide ? ANSWER_CODES_MAX : 256, 1);
    if (!filter->passes) {
        return TABULATE_NO_MEMORY;
    }
    for (size_t i = 0; i < wanted->count; i++) {
        if (wanted->codes[i] >= codes) {
            return TABULATE_BAD_CODE;
        }
        filter->passes[wanted->codes[i]] = 1;
    }
    find_runs(filter, codes);
    return TABULATE_OK;
}

static void count_rows(struct kernel_job *job, struct table *table, struct columns *columns)
{
    const tabulate_kernel kernel = kernel_choose();
    columns_read_begin(columns);
    job->weighted = job->weighted && columns_weighted(columns);
    const uint32_t blocks = columns_blocks(columns);
    for (uint32_t b = 0; b < blocks; b++) {
        const struct columns_block block = columns_block(columns, b);
        const struct columns_block next = b + 1 < blocks ? columns_block(columns, b + 1) : block;
        kernel(job, &block, &next);
    }
    table->rows = columns_rows(columns);
    table->position = columns_position(columns);
    table->weights_version = columns_weights_version(columns);
    columns_read_end(columns);

    if (!job->weighted) {
        for (size_t i = 0; i < table->cell_count; i++) {
            table->cells[i].weight = table->cells[i].n * WEIGHT_ONE;
            table->cells[i].weight_squared = table->cells[i].n << 30;
        }
    }
}

enum tabulate_status tabulate(struct table *table, struct columns *columns,
                              const struct tabulate_query *query)
{
    *table = (struct table){0};
    if (query->axis_count > TABULATE_AXES_MAX || query->filter_count > TABULATE_FILTERS_MAX) {
        return TABULATE_TOO_MANY;
    }
    struct kernel_job job = {.weighted = query->weighted, .keyed = query->keyed};
    enum tabulate_status status = prepare_axes(&job, table, columns, query);
    if (status != TABULATE_OK) {
        goto cleanup;
    }
    for (size_t f = 0; f < query->filter_count; f++) {
        job.filter_count++;
        status = prepare_filter(&job.filters[f], columns, &query->filters[f]);
        if (status != TABULATE_OK) {
            goto cleanup;
        }
    }
    table->cells = calloc(table->cell_count, sizeof *table->cells);
    if (!table->cells) {
        status = TABULATE_NO_MEMORY;
        goto cleanup;
    }
    job.cells = table->cells;
    job.narrow = table->cell_count <= KERNEL_NARROW_CELLS;
    kernel_prepare(&job);
    count_rows(&job, table, columns);
cleanup:
    for (size_t f = 0; f < job.filter_count; f++) {
        free(job.filters[f].passes);
    }
    if (status != TABULATE_OK) {
        *table = (struct table){0};
    }
    return status;
}

void table_free(struct table *table)
{
    free(table->cells);
    *table = (struct table){0};
}

size_t table_cell_number(const struct table *table, const uint32_t *codes)
{
    size_t number = 0;
    for (size_t a = 0; a < table->axis_count; a++) {
        number = number * table->sizes[a] + codes[a];
    }
    return number;
}
