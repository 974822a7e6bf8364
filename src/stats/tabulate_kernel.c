#include "stats/tabulate_kernel.h"

#include <string.h>

/* A block goes through in stretches. Loops over a stretch have a constant count and no branches, which is all
 * that both compilers need to make vectors of them at -O2; rows past the end are computed along (the memory
 * is there) and never counted.
 *
 * Of many rows, what takes time is waiting for memory. A processor fetches ahead by itself where it sees a
 * long walk, but here a little of each column is read in turn. So each is asked for AHEAD rows before it is
 * read, some lines between every two steps: only so many can be on their way. Short stretches keep that even.
 * Where few rows passed in the stretch before, weights and keys are not asked for.
 *
 * The body is compiled twice, for plain x86-64 (or any other processor) and for AVX2, and chosen at run time
 * by hand: the resolvers that target_clones makes run before the sanitizers are ready. */
enum { STRETCH = 256, AHEAD = 512, LINE = 64, DENSE = STRETCH / 16 };
_Static_assert(COLUMNS_BLOCK_ROWS % STRETCH == 0, "stretches fill a block");
_Static_assert(AHEAD % STRETCH == 0 && COLUMNS_BLOCK_ROWS % AHEAD == 0, "what is ahead is in one block");
_Static_assert(STRETCH - 1 <= UINT8_MAX, "positions fit a byte");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "wide codes and masks are read as they stand");

#define INLINED static inline __attribute__((always_inline))

struct scratch {
    uint8_t pass[STRETCH];   /* 1 where all filters let pass */
    uint8_t passed[STRETCH]; /* the same of one filter */
    union {
        uint16_t narrow[STRETCH];
        uint32_t wide[STRETCH];
    } cell;                               /* the number of each row's cell */
    uint8_t rows[STRETCH + KERNEL_LANES]; /* the rows that pass */
};

/* The stretch that will be read in a while. */
struct ahead {
    const struct columns_block *block;
    size_t row;
};

INLINED void fetch(const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i += LINE) {
        __builtin_prefetch((const uint8_t *)bytes + i);
    }
}

INLINED void fetch_codes(const struct ahead *ahead, size_t offset, bool wide)
{
    const size_t width = wide ? 2 : 1;
    fetch(ahead->block->codes + offset + ahead->row * width, STRETCH * width);
}

/* ---- filters ---- */

INLINED void run_narrow(uint8_t *restrict passed, const uint8_t *restrict codes,
                        const struct kernel_filter *filter, size_t run, bool also)
{
    const uint8_t first = (uint8_t)filter->first[run], span = (uint8_t)filter->span[run];
    for (size_t i = 0; i < STRETCH; i++) {
        uint8_t in = (uint8_t)((uint8_t)(codes[i] - first) <= span);
        passed[i] = (uint8_t)(also ? passed[i] & in : passed[i] | in);
    }
}

INLINED void run_wide(uint8_t *restrict passed, const uint16_t *restrict codes,
                      const struct kernel_filter *filter, size_t run, bool also)
{
    const uint16_t first = filter->first[run], span = filter->span[run];
    for (size_t i = 0; i < STRETCH; i++) {
        uint8_t in = (uint8_t)((uint16_t)(codes[i] - first) <= span);
        passed[i] = (uint8_t)(also ? passed[i] & in : passed[i] | in);
    }
}

/* Clears `pass` where the filter says no. One run, the common case, needs no array of its own. */
INLINED void filter_rows(struct scratch *s, const struct kernel_filter *filter, const uint8_t *codes,
                         size_t start)
{
    const uint8_t *narrow = codes + filter->offset + start;
    const uint16_t *wide = (const uint16_t *)(const void *)(codes + filter->offset + 2 * start);
    if (filter->run_count == 1 && !filter->passes) {
        if (filter->wide) {
            run_wide(s->pass, wide, filter, 0, true);
        } else {
            run_narrow(s->pass, narrow, filter, 0, true);
        }
        return;
    }
    memset(s->passed, 0, sizeof s->passed);
    if (filter->passes) {
        const uint8_t *passes = filter->passes;
        for (size_t i = 0; i < STRETCH; i++) {
            s->passed[i] = passes[filter->wide ? wide[i] : narrow[i]];
        }
    } else {
        for (size_t r = 0; r < filter->run_count; r++) {
            if (filter->wide) {
                run_wide(s->passed, wide, filter, r, false);
            } else {
                run_narrow(s->passed, narrow, filter, r, false);
            }
        }
    }
    uint8_t *restrict pass = s->pass;
    const uint8_t *restrict passed = s->passed;
    for (size_t i = 0; i < STRETCH; i++) {
        pass[i] &= passed[i];
    }
}

/* Lists the rows that pass, eight at a time: their mask as one byte chooses a ready list. */
INLINED size_t pack_rows(struct scratch *s, const struct kernel_job *job, size_t count)
{
    memset(s->pass + count, 0, STRETCH - count);
    size_t listed = 0;
    for (size_t i = 0; i < STRETCH; i += KERNEL_LANES) {
        uint64_t ones;
        memcpy(&ones, s->pass + i, sizeof ones);
        /* The lowest bit of each byte, gathered in the top byte. */
        const uint32_t mask = (uint32_t)((ones * 0x0102040810204080u) >> 56);
        const uint64_t rows = job->lanes[mask] + i * 0x0101010101010101u;
        memcpy(s->rows + listed, &rows, sizeof rows);
        listed += (size_t)__builtin_popcount(mask);
    }
    return listed;
}

/* ---- the cell of each row ---- */

/* cell = cell * size + code, or just the code on the first axis. */
INLINED void number_narrow(uint16_t *restrict cell, const struct kernel_axis *axis, const uint8_t *codes,
                           size_t start, bool first)
{
    const uint16_t size = (uint16_t)axis->size;
    if (axis->wide) {
        const uint16_t *restrict wide = (const uint16_t *)(const void *)(codes + axis->offset + 2 * start);
        for (size_t i = 0; i < STRETCH; i++) {
            cell[i] = (uint16_t)((first ? 0 : (uint32_t)cell[i] * size) + wide[i]);
        }
    } else {
        const uint8_t *restrict narrow = codes + axis->offset + start;
        for (size_t i = 0; i < STRETCH; i++) {
            cell[i] = (uint16_t)((first ? 0 : (uint32_t)cell[i] * size) + narrow[i]);
        }
    }
}

INLINED void number_wide(uint32_t *restrict cell, const struct kernel_axis *axis, const uint8_t *codes,
                         size_t start, bool first)
{
    const uint32_t size = axis->size;
    if (axis->wide) {
        const uint16_t *restrict wide = (const uint16_t *)(const void *)(codes + axis->offset + 2 * start);
        for (size_t i = 0; i < STRETCH; i++) {
            cell[i] = (first ? 0 : cell[i] * size) + wide[i];
        }
    } else {
        const uint8_t *restrict narrow = codes + axis->offset + start;
        for (size_t i = 0; i < STRETCH; i++) {
            cell[i] = (first ? 0 : cell[i] * size) + narrow[i];
        }
    }
}

INLINED void number_cells(struct scratch *s, const struct kernel_job *job, const uint8_t *codes, size_t start,
                          const struct ahead *ahead)
{
    if (job->axis_count == 0) {
        memset(&s->cell, 0, sizeof s->cell);
        return;
    }
    if (job->narrow) {
        number_narrow(s->cell.narrow, &job->axes[0], codes, start, true);
    } else {
        number_wide(s->cell.wide, &job->axes[0], codes, start, true);
    }
    fetch_codes(ahead, job->axes[0].offset, job->axes[0].wide);
    for (size_t a = 1; a < job->axis_count; a++) {
        if (job->narrow) {
            number_narrow(s->cell.narrow, &job->axes[a], codes, start, false);
        } else {
            number_wide(s->cell.wide, &job->axes[a], codes, start, false);
        }
        fetch_codes(ahead, job->axes[a].offset, job->axes[a].wide);
    }
}

/* ---- sums ---- */

INLINED uint64_t square(uint64_t weight)
{
    return (weight * weight + (1u << 23)) >> 24;
}

/* The flags are constants at each call, so that each combination becomes a loop of its own. */
INLINED void sum_rows(const struct scratch *s, struct table_cell *cells, const uint32_t *weights,
                      const uint64_t *keys, size_t count, bool narrow, bool packed, bool weighted, bool keyed)
{
    for (size_t i = 0; i < count; i++) {
        const size_t row = packed ? s->rows[i] : i;
        struct table_cell *cell = &cells[narrow ? s->cell.narrow[row] : s->cell.wide[row]];
        cell->n++;
        if (weighted) {
            const uint64_t weight = weights[row];
            cell->weight += weight;
            cell->weight_squared += square(weight);
        }
        if (keyed) {
            cell->key ^= keys[row];
        }
    }
}

INLINED void sum_flagged(const struct scratch *s, const struct kernel_job *job, const uint32_t *weights,
                         const uint64_t *keys, size_t count, bool narrow, bool packed)
{
    if (job->weighted && job->keyed) {
        sum_rows(s, job->cells, weights, keys, count, narrow, packed, true, true);
    } else if (job->weighted) {
        sum_rows(s, job->cells, weights, keys, count, narrow, packed, true, false);
    } else if (job->keyed) {
        sum_rows(s, job->cells, weights, keys, count, narrow, packed, false, true);
    } else {
        sum_rows(s, job->cells, weights, keys, count, narrow, packed, false, false);
    }
}

/* Says how many rows pass. With `dense` false weights and keys are not fetched ahead: few will be read. */
INLINED size_t count_stretch(const struct kernel_job *job, const struct columns_block *block, size_t start,
                             const struct ahead *ahead, bool dense)
{
    struct scratch s;
    size_t count = block->rows - start < STRETCH ? block->rows - start : STRETCH;
    const uint32_t *weights = job->weighted ? block->weights + start : NULL;
    const uint64_t *keys = block->keys + start;
    const bool filtered = job->filter_count > 0;
    if (filtered) {
        memset(s.pass, 1, sizeof s.pass);
        for (size_t f = 0; f < job->filter_count; f++) {
            fetch_codes(ahead, job->filters[f].offset, job->filters[f].wide);
            filter_rows(&s, &job->filters[f], block->codes, start);
        }
    }
    if (job->keyed && dense) {
        fetch(ahead->block->keys + ahead->row, STRETCH / 2 * sizeof *keys);
    }
    if (filtered) {
        count = pack_rows(&s, job, count);
    }
    if (job->weighted && dense) {
        fetch(ahead->block->weights + ahead->row, STRETCH * sizeof *weights);
    }
    number_cells(&s, job, block->codes, start, ahead);
    if (job->keyed && dense) {
        fetch(ahead->block->keys + ahead->row + STRETCH / 2, STRETCH / 2 * sizeof *keys);
    }
    if (filtered) {
        if (job->narrow) {
            sum_flagged(&s, job, weights, keys, count, true, true);
        } else {
            sum_flagged(&s, job, weights, keys, count, false, true);
        }
    } else if (job->narrow) {
        sum_flagged(&s, job, weights, keys, count, true, false);
    } else {
        sum_flagged(&s, job, weights, keys, count, false, false);
    }
    return count;
}

INLINED void count_block(const struct kernel_job *job, const struct columns_block *block,
                         const struct columns_block *next)
{
    bool dense = true;
    for (size_t start = 0; start < block->rows; start += STRETCH) {
        const bool here = start + AHEAD < COLUMNS_BLOCK_ROWS;
        const struct ahead ahead = {here ? block : next, (start + AHEAD) % COLUMNS_BLOCK_ROWS};
        dense = count_stretch(job, block, start, &ahead, dense) >= DENSE;
    }
}

static void count_block_plain(const struct kernel_job *job, const struct columns_block *block,
                              const struct columns_block *next)
{
    count_block(job, block, next);
}

#if defined(__x86_64__)
__attribute__((target("avx2,bmi,bmi2,popcnt"))) static void
count_block_avx2(const struct kernel_job *job, const struct columns_block *block,
                 const struct columns_block *next)
{
    count_block(job, block, next);
}
#endif

tabulate_kernel kernel_choose(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
        __builtin_cpu_supports("popcnt")) {
        return count_block_avx2;
    }
#endif
    return count_block_plain;
}

tabulate_kernel kernel_plain(void)
{
    return count_block_plain;
}

void kernel_prepare(struct kernel_job *job)
{
    memset(job->lanes, 0, sizeof job->lanes);
    for (uint32_t mask = 0; mask < 256; mask++) {
        size_t listed = 0;
        for (uint64_t bit = 0; bit < KERNEL_LANES; bit++) {
            if (mask >> bit & 1) {
                job->lanes[mask] |= bit << 8 * listed++;
            }
        }
    }
}
