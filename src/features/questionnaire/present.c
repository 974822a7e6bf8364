/* What a person sees follows from the seed: instances, their order, order of options and items, direction of
 * scales. */
#include "features/questionnaire/model.h"

#include "crypto/crypto.h"

#include <stdio.h>
#include <string.h>

enum { LABEL_BYTES = 160 };

static size_t put(char label[LABEL_BYTES], size_t at, const char *text)
{
    size_t len = strnlen(text, LABEL_BYTES - 1 - at);
    memcpy(label + at, text, len);
    return at + len;
}

/* The number of "what:code", cut off at LABEL_BYTES - 1. */
static uint64_t number_for(const struct presentation *p, const char *what, const char *code)
{
    char label[LABEL_BYTES];
    size_t len = put(label, put(label, put(label, 0, what), ":"), code);
    return seeded_u64(p->seed, (struct slice){label, len});
}

/* 0..bound-1. The bias of a remainder of 64 bits by a bound under 2^16 is below 2^-48. */
static size_t choose(const struct presentation *p, const char *what, const char *code, size_t bound)
{
    return bound > 1 ? (size_t)(number_for(p, what, code) % bound) : 0;
}

/* ---- balanced orders ---- */

size_t order_rows(size_t n)
{
    return n < 2 ? 1 : n % 2 == 0 ? n : 2 * n;
}

void order_row(uint8_t *out, size_t n, size_t row)
{
    size_t shift = n ? row % n : 0;
    bool mirrored = n > 1 && row >= n; /* odd n: the second square is the first read backwards */
    for (size_t i = 0; i < n; i++) {
        /* The first row zigzags 0, 1, n-1, 2, n-2, ...: each difference occurs once. */
        size_t base = i % 2 == 1 ? (i + 1) / 2 : (n - i / 2) % n;
        out[mirrored ? n - 1 - i : i] = (uint8_t)((base + shift) % n);
    }
}

size_t presentation_order(const struct presentation *p, const char *code, size_t n)
{
    return choose(p, "order", code, order_rows(n));
}

bool presentation_reversed(const struct presentation *p)
{
    return choose(p, "direction", "", 2) == 1;
}

/* ---- instances ---- */

/* The order of all drawn, of which a variant with fewer draws sees the first. */
static void draw(struct presentation *out, const struct questionnaire *q)
{
    const struct module *module = &q->modules[0];
    uint8_t order[QUESTIONNAIRE_MAX_DRAWS];
    int drawn[QUESTIONNAIRE_MAX_DRAWS] = {0};
    size_t count = q->module_count > 0 ? module->draw_count : 0;
    size_t shown =
        (size_t)q->variants[out->variant].draws < count ? (size_t)q->variants[out->variant].draws : count;
    char code[24];
    for (size_t d = 0; d < count; d++) {
        snprintf(code, sizeof code, "%zu", d);
        drawn[d] = module->pools[d][choose(out, "draw", code, module->pool_size[d])];
    }
    order_row(order, count, choose(out, "draw-order", "", order_rows(count)));
    for (size_t d = 0; d < QUESTIONNAIRE_MAX_DRAWS; d++) {
        out->drawn[d] = d < shown ? drawn[order[d]] : -1;
    }
    out->draw_count = (int)shown;
}

void presentation_derive(struct presentation *out, const struct questionnaire *q, int variant,
                         const unsigned char seed[16])
{
    *out = (struct presentation){.variant = variant};
    memcpy(out->seed, seed, sizeof out->seed);
    draw(out, q);
}

void presentation_restore(struct presentation *out, const struct questionnaire *q, int variant,
                          const unsigned char seed[16], const unsigned char *vector)
{
    const struct module *module = &q->modules[0];
    presentation_derive(out, q, variant, seed);
    for (int d = 0; d < out->draw_count; d++) {
        uint16_t slot = answer_get(vector, &q->variables[module->assigned_variable[d]]);
        if (slot >= ANSWER_FIRST && (size_t)(slot - ANSWER_FIRST) < module->instance_count) {
            out->drawn[d] = module->first_instance + slot - ANSWER_FIRST;
        }
    }
}

/* Combinations of drawn instances, order apart: mixed radix over the pools; with fewer draws shown, one
 * instance out of all. */
size_t presentation_cell_count(const struct questionnaire *q, int variant)
{
    const struct module *module = &q->modules[0];
    size_t count = 1;
    if (q->module_count == 0) {
        return 1;
    }
    if ((size_t)q->variants[variant].draws < module->draw_count) {
        return module->instance_count;
    }
    for (size_t d = 0; d < module->draw_count; d++) {
        count *= module->pool_size[d];
    }
    return count;
}

size_t presentation_cell(const struct questionnaire *q, const struct presentation *p)
{
    const struct module *module = &q->modules[0];
    size_t cell = 0;
    if (q->module_count == 0) {
        return 0;
    }
    if ((size_t)p->draw_count < module->draw_count) {
        return (size_t)(p->drawn[0] - module->first_instance);
    }
    for (size_t d = 0; d < module->draw_count; d++) {
        for (size_t i = 0; i < module->pool_size[d]; i++) {
            if (presentation_place(p, module->pools[d][i]) >= 0) {
                cell = cell * module->pool_size[d] + i;
            }
        }
    }
    return cell;
}

int presentation_place(const struct presentation *p, int instance)
{
    for (int d = 0; d < p->draw_count; d++) {
        if (p->drawn[d] == instance) {
            return d;
        }
    }
    return -1;
}

/* ---- options and items ---- */

static size_t apply_order(uint8_t out[MAX_OPTIONS], const struct presentation *p, const char *code,
                          const uint8_t *movable, size_t count)
{
    uint8_t row[MAX_OPTIONS];
    order_row(row, count, presentation_order(p, code, count));
    for (size_t i = 0; i < count; i++) {
        out[i] = movable[row[i]];
    }
    return count;
}

/* Options set apart, and those with an open box, keep their place at the end. */
static bool moves(const struct option *option)
{
    return !option->apart && !option->none && option->text_limit == 0;
}

size_t presentation_movable(const struct question *question)
{
    size_t count = 0;
    for (size_t i = 0; i < question->option_count; i++) {
        count += moves(&question->options[i]);
    }
    return count;
}

size_t presentation_options(uint8_t out[MAX_OPTIONS], const struct questionnaire *q,
                            const struct presentation *p, const struct question *question)
{
    (void)q;
    uint8_t movable[MAX_OPTIONS];
    size_t count = 0;
    size_t placed;
    for (size_t i = 0; i < question->option_count; i++) {
        if (moves(&question->options[i])) {
            movable[count++] = (uint8_t)i;
        }
    }
    if (question->random && question->type != QUESTION_SERIES) {
        placed = apply_order(out, p, question->code, movable, count);
    } else {
        bool reversed = question->reversible && presentation_reversed(p);
        for (size_t i = 0; i < count; i++) {
            out[i] = movable[reversed ? count - 1 - i : i];
        }
        placed = count;
    }
    for (size_t i = 0; i < question->option_count; i++) {
        if (!moves(&question->options[i])) {
            out[placed++] = (uint8_t)i;
        }
    }
    return placed;
}

size_t presentation_items(uint8_t out[MAX_OPTIONS], const struct presentation *p,
                          const struct question *question)
{
    uint8_t all[MAX_OPTIONS];
    for (size_t i = 0; i < question->item_count; i++) {
        all[i] = (uint8_t)i;
    }
    if (question->random) {
        return apply_order(out, p, question->code, all, question->item_count);
    }
    memcpy(out, all, question->item_count);
    return question->item_count;
}

/* ---- variants ---- */

int questionnaire_find_variant(const struct questionnaire *q, struct slice code)
{
    for (size_t i = 0; i < q->variant_count; i++) {
        if (slice_equal_cstr(code, q->variants[i].code)) {
            return (int)i;
        }
    }
    return -1;
}

size_t questionnaire_variant_count(const struct questionnaire *q)
{
    return q->variant_count;
}

const char *questionnaire_variant_code(const struct questionnaire *q, int variant)
{
    return q->variants[variant].code;
}

const char *questionnaire_variant_title(const struct questionnaire *q, int variant, int language)
{
    return q->variants[variant].title.by[language];
}

int questionnaire_variant_minutes(const struct questionnaire *q, int variant)
{
    return q->variants[variant].minutes;
}
