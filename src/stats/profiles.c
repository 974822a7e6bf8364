#include "stats/protect_lattice.h"

#include <stdlib.h>
#include <string.h>

/* An open hash table of profiles, by a number that is theirs alone. */
struct counting {
    struct profiles *out;
    const size_t *variables;
    uint64_t *numbers; /* of list[i] */
    size_t capacity;
    uint32_t *slots; /* 1 + place in list; 0 is free */
    size_t slot_count;
};

static uint64_t scatter(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static void place_in_slots(struct counting *c, uint32_t i)
{
    size_t slot = scatter(c->numbers[i]) & (c->slot_count - 1);
    while (c->slots[slot]) {
        slot = (slot + 1) & (c->slot_count - 1);
    }
    c->slots[slot] = i + 1;
}

static bool make_room(struct counting *c)
{
    if (c->out->count < c->capacity) {
        return true;
    }
    const size_t capacity = c->capacity ? 2 * c->capacity : 1024;
    struct profile *list = realloc(c->out->list, capacity * sizeof *list);
    if (list) {
        c->out->list = list;
    }
    uint64_t *numbers = realloc(c->numbers, capacity * sizeof *numbers);
    if (numbers) {
        c->numbers = numbers;
        memset(numbers + c->capacity, 0, (capacity - c->capacity) * sizeof *numbers);
    }
    uint32_t *slots = calloc(2 * capacity, sizeof *slots);
    if (!list || !numbers || !slots) {
        free(slots);
        return false;
    }
    free(c->slots);
    c->slots = slots;
    c->slot_count = 2 * capacity;
    c->capacity = capacity;
    for (size_t i = 0; i < c->out->count; i++) {
        place_in_slots(c, (uint32_t)i);
    }
    return true;
}

/* NULL without memory. */
static struct profile *profile_of(struct counting *c, const uint16_t *codes)
{
    uint64_t number = 0;
    for (size_t d = 0; d < c->out->dims; d++) {
        number = number * c->out->sizes[d] + codes[d];
    }
    if (c->slot_count) {
        size_t slot = scatter(number) & (c->slot_count - 1);
        for (; c->slots[slot]; slot = (slot + 1) & (c->slot_count - 1)) {
            if (c->numbers[c->slots[slot] - 1] == number) {
                return &c->out->list[c->slots[slot] - 1];
            }
        }
    }
    if (!make_room(c)) {
        return NULL;
    }
    const uint32_t i = (uint32_t)c->out->count++;
    c->numbers[i] = number;
    c->out->list[i] = (struct profile){0};
    memcpy(c->out->list[i].codes, codes, c->out->dims * sizeof *codes);
    place_in_slots(c, i);
    return &c->out->list[i];
}

static bool count_rows(struct counting *c, const struct columns *columns)
{
    const uint32_t rows = columns_rows(columns);
    for (uint32_t r = 0; r < rows; r++) {
        uint16_t codes[LATTICE_DIMS_MAX] = {0};
        for (size_t d = 0; d < c->out->dims; d++) {
            codes[d] = (uint16_t)columns_code(columns, r, c->variables[d]);
        }
        struct profile *profile = profile_of(c, codes);
        if (!profile) {
            return false;
        }
        const uint64_t weight = columns_weight(columns, r);
        const struct table_cell person = {.n = 1,
                                          .weight = weight,
                                          .weight_squared = (weight * weight + (1u << 23)) >> 24,
                                          .key = columns_key(columns, r)};
        table_cell_add(&profile->sum, &person);
    }
    return true;
}

static int by_codes(const void *a, const void *b)
{
    const struct profile *x = a, *y = b;
    for (size_t d = 0; d < LATTICE_DIMS_MAX; d++) {
        if (x->codes[d] != y->codes[d]) {
            return x->codes[d] < y->codes[d] ? -1 : 1;
        }
    }
    return 0;
}

enum lattice_status profiles_count(struct profiles *out, struct columns *columns, const size_t *variables,
                                   size_t dims)
{
    *out = (struct profiles){.dims = dims};
    if (dims > LATTICE_DIMS_MAX) {
        return LATTICE_BAD_DIMS;
    }
    uint64_t profiles = 1; /* that there could be */
    for (size_t d = 0; d < dims; d++) {
        if (variables[d] >= columns_variables(columns)) {
            return LATTICE_BAD_DIMS;
        }
        for (size_t e = 0; e < d; e++) {
            if (variables[e] == variables[d]) {
                return LATTICE_BAD_DIMS;
            }
        }
        out->sizes[d] = columns_codes(columns, variables[d]);
        if (__builtin_mul_overflow(profiles, out->sizes[d], &profiles)) {
            return LATTICE_TOO_MANY;
        }
    }
    struct counting c = {.out = out, .variables = variables};
    columns_read_begin(columns);
    const bool counted = count_rows(&c, columns);
    columns_read_end(columns);
    free(c.numbers);
    free(c.slots);
    if (!counted) {
        profiles_free(out);
        return LATTICE_NO_MEMORY;
    }
    if (out->count > 0) {
        qsort(out->list, out->count, sizeof *out->list, by_codes);
    }
    return LATTICE_OK;
}

void profiles_free(struct profiles *profiles)
{
    free(profiles->list);
    *profiles = (struct profiles){0};
}
