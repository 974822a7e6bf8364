/* Tables of the same variables, whichever of them comes first. */
#include "stats/protect_internal.h"

#include <stdlib.h>
#include <string.h>

/* Which axis comes first, which second, and so on. */
struct turn {
    size_t axis_count;
    size_t axes[TABULATE_AXES_MAX];
};

/* By the numbers of the variables; equal ones stay as they are. True when nothing is turned. */
static bool turn_of(struct turn *turn, size_t axis_count, const struct protect_rule *rule)
{
    bool same = true;
    *turn = (struct turn){.axis_count = axis_count};
    for (size_t a = 0; a < axis_count; a++) {
        size_t place = a;
        for (; place > 0 && rule->variables[turn->axes[place - 1]] > rule->variables[a]; place--) {
            turn->axes[place] = turn->axes[place - 1];
            same = false;
        }
        turn->axes[place] = a;
    }
    return same;
}

/* Where the position of a turned table stands in the table. Sides of the turned one. */
static size_t turned_back(size_t position, const struct turn *turn, const size_t *sides)
{
    size_t codes[TABULATE_AXES_MAX] = {0}, own[TABULATE_AXES_MAX] = {0}, back = 0;
    for (size_t a = turn->axis_count; a-- > 0;) {
        codes[turn->axes[a]] = position % sides[a];
        own[turn->axes[a]] = sides[a];
        position /= sides[a];
    }
    for (size_t a = 0; a < turn->axis_count; a++) {
        back = back * own[a] + codes[a];
    }
    return back;
}

static enum protect_status protect_turned(struct protected_table *out, const struct table *table,
                                          const struct protect_rule *rule, const struct turn *turn)
{
    struct table turned = {.axis_count = table->axis_count, .cell_count = table->cell_count};
    struct protect_rule own = *rule;
    struct protected_table shown;
    size_t sides[TABULATE_AXES_MAX] = {0};
    for (size_t a = 0; a < turn->axis_count; a++) {
        const size_t from = turn->axes[a];
        sides[a] = turned.sizes[a] = table->sizes[from];
        own.facts[a] = rule->facts[from];
        own.absent[a] = rule->absent[from];
        own.variables[a] = rule->variables[from];
    }
    turned.cells = malloc(turned.cell_count * sizeof *turned.cells);
    if (!turned.cells) {
        return PROTECT_NO_MEMORY;
    }
    for (size_t i = 0; i < turned.cell_count; i++) {
        turned.cells[i] = table->cells[turned_back(i, turn, sides)];
    }
    enum protect_status status = protect_in_order(&shown, &turned, &own);
    free(turned.cells);
    if (status != PROTECT_OK) {
        return status;
    }
    *out = shown;
    memcpy(out->sizes, table->sizes, sizeof out->sizes);
    out->cells = malloc(out->cell_count * sizeof *out->cells);
    for (size_t a = 0; a < turn->axis_count; a++) {
        sides[a]++; /* with its total */
    }
    for (size_t i = 0; out->cells && i < out->cell_count; i++) {
        out->cells[turned_back(i, turn, sides)] = shown.cells[i];
    }
    status = out->cells ? PROTECT_OK : PROTECT_NO_MEMORY;
    protected_table_free(&shown);
    return status;
}

enum protect_status protect_primary(struct protected_table *out, const struct table *table,
                                    const struct protect_rule *rule)
{
    struct turn turn;
    return turn_of(&turn, table->axis_count, rule) ? protect_in_order(out, table, rule)
                                                   : protect_turned(out, table, rule, &turn);
}
