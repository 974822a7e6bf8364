#include "stats/perturb.h"

static void put(unsigned char *out, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        out[i] = (unsigned char)(value >> 8 * i);
    }
}

uint64_t perturb_draw(const struct perturb *perturb, uint64_t universe, uint64_t cell, uint32_t stream)
{
    unsigned char message[PERTURB_MESSAGE_BYTES];
    put(message, universe, 8);
    put(message + 8, cell, 8);
    put(message + 16, stream, 4);
    return perturb->hash(perturb->key, (struct slice){(const char *)message, sizeof message});
}

/* The place of u in a row. */
static size_t place_of(const uint64_t *thresholds, size_t count, uint64_t u)
{
    size_t place = 0;
    while (place + 1 < count && u >= thresholds[place]) {
        place++;
    }
    return place;
}

int perturb_noise(const struct perturb_table *table, uint64_t n, uint64_t u)
{
    const unsigned row = n < table->reach ? (unsigned)n : table->reach;
    if (row == 0) {
        return 0;
    }
    size_t place = place_of(table->thresholds + table->starts[row], (size_t)row + table->reach + 1, u);
    return (int)place - (int)row;
}

uint64_t perturb_count(const struct perturb *perturb, uint64_t universe, const struct table_cell *cell)
{
    uint64_t u = perturb_draw(perturb, universe, cell->key, PERTURB_COUNTS);
    return (uint64_t)((int64_t)cell->n + perturb_noise(perturb->table, cell->n, u));
}

double perturb_smooth(const struct perturb_table *table, uint64_t u)
{
    const uint64_t *row = table->thresholds + table->starts[table->reach];
    const size_t place = place_of(row, 2 * (size_t)table->reach + 1, u);
    const uint64_t low = place > 0 ? row[place - 1] : 0;
    return (double)place - (double)table->reach - 0.5 + (double)(u - low) / (double)(row[place] - low);
}
