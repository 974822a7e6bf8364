/* Rule 9: what a row and a column that are known leave of a table. Sums of lines are kept, so that a block
 * costs a few additions: all less the row, less the column, where the cell at their crossing is shown. */
#include "stats/protect_internal.h"

#include <stdlib.h>

struct sums {
    const struct protect_grid *grid;
    struct withheld *rows, *columns; /* of each */
    struct withheld all;
};

static struct work *at(const struct protect_grid *grid, size_t row, size_t column)
{
    return &grid->cells[row * grid->row_stride + column];
}

static void count_in(struct withheld *line, const struct work *cell)
{
    if (cell->withheld) {
        line->cells++;
        table_cell_add(&line->people, &cell->sum);
    }
}

static void sum_lines(struct sums *sums)
{
    const struct protect_grid *grid = sums->grid;
    sums->all = (struct withheld){0};
    for (size_t c = 0; c < grid->columns; c++) {
        sums->columns[c] = (struct withheld){0};
    }
    for (size_t r = 0; r < grid->rows; r++) {
        sums->rows[r] = (struct withheld){0};
        for (size_t c = 0; c < grid->columns; c++) {
            const struct work *cell = at(grid, r, c);
            count_in(&sums->rows[r], cell);
            count_in(&sums->columns[c], cell);
            count_in(&sums->all, cell);
        }
    }
}

static void take_out(struct withheld *from, const struct withheld *part)
{
    from->cells -= part->cells;
    from->people.n -= part->people.n;
    from->people.weight -= part->people.weight;
    from->people.weight_squared -= part->people.weight_squared;
}

/* Whether what the row and the column leave may be known. Past the last: none is left out. */
static bool block_holds(const struct sums *sums, size_t row, size_t column, const struct protect_rule *rule,
                        size_t least)
{
    const bool has_row = row < sums->grid->rows, has_column = column < sums->grid->columns;
    struct withheld left = sums->all;
    if (has_row) {
        take_out(&left, &sums->rows[row]);
    }
    if (has_column) {
        take_out(&left, &sums->columns[column]);
    }
    return (has_row && has_column && at(sums->grid, row, column)->withheld) ||
           protect_holds(&left, rule, least);
}

/* In the block: the smallest count shown of somebody; 0 when there is none. */
static uint64_t smallest_shown(const struct protect_grid *grid, size_t row, size_t column)
{
    uint64_t smallest = 0;
    for (size_t r = 0; r < grid->rows; r++) {
        for (size_t c = 0; c < grid->columns; c++) {
            const struct work *cell = at(grid, r, c);
            if (r != row && c != column && !cell->withheld && !cell->open && cell->sum.n > 0 &&
                (smallest == 0 || cell->sum.n < smallest)) {
                smallest = cell->sum.n;
            }
        }
    }
    return smallest;
}

/* Of the block the cells with that count; where nobody of it is shown, the one at the crossing. False when
 * there is neither. */
static bool withhold_more(const struct protect_grid *grid, size_t row, size_t column)
{
    const uint64_t smallest = smallest_shown(grid, row, column);
    for (size_t r = 0; smallest > 0 && r < grid->rows; r++) {
        for (size_t c = 0; c < grid->columns; c++) {
            struct work *cell = at(grid, r, c);
            cell->withheld =
                cell->withheld || (r != row && c != column && !cell->open && cell->sum.n == smallest);
        }
    }
    if (smallest > 0) {
        return true;
    }
    if (row == grid->rows || column == grid->columns || at(grid, row, column)->absent) {
        return false;
    }
    at(grid, row, column)->withheld = true;
    at(grid, row, column)->open = false;
    return true;
}

enum protect_status protect_blocks(bool *changed, const struct protect_grid *grid,
                                   const struct protect_rule *rule, size_t least)
{
    struct sums sums = {.grid = grid, .rows = calloc(grid->rows + grid->columns, sizeof *sums.rows)};
    if (!sums.rows) {
        return PROTECT_NO_MEMORY;
    }
    sums.columns = sums.rows + grid->rows;
    sum_lines(&sums);
    for (size_t r = 0; r <= grid->rows; r++) {
        for (size_t c = 0; c <= grid->columns; c++) {
            const bool block = r < grid->rows || c < grid->columns;
            if (block && !block_holds(&sums, r, c, rule, least) && withhold_more(grid, r, c)) {
                *changed = true;
                sum_lines(&sums);
            }
        }
    }
    free(sums.rows);
    return PROTECT_OK;
}
