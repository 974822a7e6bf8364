/* Lines of figures as bytes, and what a release holds as one hash. */
#include "features/results/results_release_internal.h"

#include <math.h>
#include <string.h>

enum { WORD = 4, UNIVERSE_BYTES = 2 * WORD };

/* ---- words ---- */

static void put_u32(unsigned char **at, uint32_t value)
{
    for (int i = 0; i < WORD; i++) {
        *(*at)++ = (unsigned char)(value >> 8 * i);
    }
}

static uint32_t get_u32(const unsigned char **at)
{
    uint32_t value = 0;
    for (int i = 0; i < WORD; i++) {
        value |= (uint32_t) * (*at)++ << 8 * i;
    }
    return value;
}

static void put_real(unsigned char **at, double value)
{
    const float narrow = (float)value;
    uint32_t bits;
    memcpy(&bits, &narrow, sizeof bits);
    put_u32(at, bits);
}

static double get_real(const unsigned char **at)
{
    const uint32_t bits = get_u32(at);
    float narrow;
    memcpy(&narrow, &bits, sizeof narrow);
    return (double)narrow;
}

/* ---- lines ---- */

struct line_layout release_layout(const struct release_part *part, const struct release_variable *variable)
{
    return (struct line_layout){
        .codes = variable->codes, .number = variable->values != NULL, .weighted = part->weights != 0};
}

static size_t plain_size(struct line_layout layout)
{
    return WORD * (2 + (size_t)layout.number + layout.codes);
}

size_t release_line_size(struct line_layout layout)
{
    return plain_size(layout) +
           (layout.weighted ? WORD * (4 + (size_t)layout.number + 2 * (size_t)layout.codes) : 0);
}

void release_line_write(unsigned char *out, struct line_layout layout, const struct public_line *line,
                        const struct public_line *plain)
{
    put_u32(&out, (uint32_t)line->people.n);
    put_u32(&out, (uint32_t)line->base.n);
    if (layout.number) {
        put_real(&out, (plain ? plain : line)->mean);
    }
    for (uint32_t code = 0; code < layout.codes; code++) {
        put_u32(&out, (uint32_t)line->answers[code].n);
    }
    if (!layout.weighted) {
        return;
    }
    put_real(&out, line->base.weight);
    put_real(&out, line->base.weight_squared);
    put_real(&out, line->deff);
    put_real(&out, line->spread);
    if (layout.number) {
        put_real(&out, line->mean);
    }
    for (uint32_t code = 0; code < layout.codes; code++) {
        put_real(&out, line->answers[code].weight);
        put_real(&out, line->answers[code].weight_squared);
    }
}

static struct public_cell cell_of(uint32_t n, uint64_t fewer)
{
    return (struct public_cell){n >= fewer ? PUBLIC_SHOWN : PUBLIC_FEWER, n, n, n};
}

/* Of steps of 0.05, which single precision blurs. */
static double twentieths(double x)
{
    return round(x * 20) / 20;
}

void release_line_read(struct public_line *out, struct arena *arena, struct line_layout layout,
                       const unsigned char *bytes, bool weighted, const enum public_role *roles,
                       uint64_t fewer)
{
    const unsigned char *at = bytes, *more = bytes + plain_size(layout);
    *out = (struct public_line){.answers = arena_array(arena, layout.codes, sizeof *out->answers)};
    out->people = cell_of(get_u32(&at), fewer);
    out->base = cell_of(get_u32(&at), fewer);
    out->deff = out->base.mark == PUBLIC_SHOWN ? 1 : 0;
    out->mean = layout.number ? get_real(&at) : 0;
    for (uint32_t code = 0; code < layout.codes; code++) {
        out->answers[code] = cell_of(get_u32(&at), fewer);
    }
    if (weighted) {
        out->base.weight = get_real(&more);
        out->base.weight_squared = get_real(&more);
        out->deff = twentieths(get_real(&more));
        out->spread = twentieths(get_real(&more));
        out->mean = layout.number ? get_real(&more) : 0;
    }
    for (uint32_t code = 0; code < layout.codes; code++) {
        if (weighted) {
            out->answers[code].weight = get_real(&more);
            out->answers[code].weight_squared = get_real(&more);
        }
        if (roles[code] == PUBLIC_ABSENT) {
            out->answers[code] = (struct public_cell){.mark = PUBLIC_NOT_ASKED};
        }
    }
}

void release_line_convert(unsigned char *out, struct line_layout to, const unsigned char *bytes,
                          struct line_layout from)
{
    if (from.weighted || !to.weighted) {
        memcpy(out, bytes, release_line_size(from.weighted == to.weighted ? from : to));
        return;
    }
    memcpy(out, bytes, plain_size(from));
    const unsigned char *at = bytes + WORD;
    unsigned char *more = out + plain_size(to);
    const uint32_t base = get_u32(&at);
    put_real(&more, base);
    put_real(&more, base);
    put_real(&more, 0); /* no design effect: no weighted share or mean is printed of it */
    put_real(&more, 0);
    if (to.number) {
        memcpy(more, at, WORD);
        more += WORD;
        at += WORD;
    }
    for (uint32_t code = 0; code < to.codes; code++) {
        const uint32_t n = get_u32(&at);
        put_real(&more, n);
        put_real(&more, n);
    }
}

const unsigned char *release_line_at(struct slice lines, struct line_layout layout, size_t n)
{
    const size_t size = release_line_size(layout);
    return lines.len >= 1 + (n + 1) * size ? (const unsigned char *)lines.ptr + 1 + n * size : NULL;
}

/* ---- universes ---- */

struct slice release_universes_write(struct arena *arena, const struct release_part *part)
{
    unsigned char *bytes = arena_alloc(arena, part->universe_count * UNIVERSE_BYTES);
    unsigned char *at = bytes;
    for (size_t u = 0; u < part->universe_count; u++) {
        const struct release_universe *universe = &part->universes[u];
        put_u32(&at, (uint32_t)universe->release << 1 | universe->open);
        put_u32(&at, universe->n);
    }
    return (struct slice){(const char *)bytes, part->universe_count * UNIVERSE_BYTES};
}

bool release_universes_read(struct release_part *out, struct arena *arena, struct slice bytes, size_t count)
{
    const unsigned char *at = (const unsigned char *)bytes.ptr;
    if (bytes.len != count * UNIVERSE_BYTES) {
        return false;
    }
    out->universe_count = count;
    out->universes = arena_array(arena, count, sizeof *out->universes);
    for (size_t u = 0; u < count; u++) {
        const uint32_t word = get_u32(&at);
        out->universes[u] =
            (struct release_universe){.release = (int32_t)(word >> 1), .open = word & 1u, .n = get_u32(&at)};
    }
    return true;
}

/* ---- the whole ---- */

void release_digest(unsigned char out[CRYPTO_SHA256_BYTES], struct arena *arena,
                    const struct release *release, const struct release_plan *plan)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, plan->round->questionnaire);
    struct buffer text; /* a line a piece: what it is, and its hash */
    unsigned char hash[CRYPTO_SHA256_BYTES];
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    buffer_init(&text, (size_t)64 * 1024 * 1024);
    buffer_printf(&text, "%s %d %u %u %u\n", plan->round->code, (int)release->number,
                  (unsigned)release->settings.threshold, release->settings.reach, release->settings.variance);
    for (size_t d = 0; d < plan->dim_count; d++) {
        buffer_printf(&text, "%s\n", variables[plan->dims[d]].code);
    }
    for (size_t p = 0; p < release->part_count; p++) {
        const struct release_part *part = &release->parts[p];
        crypto_sha256(hash, release_universes_write(arena, part));
        crypto_hex(hex, hash, sizeof hash);
        buffer_printf(&text, "%d %d %s\n", (int)part->stream, (int)part->weights, hex);
        for (size_t v = 0; v < plan->variable_count; v++) {
            crypto_sha256(hash, part->lines[v]);
            crypto_hex(hex, hash, sizeof hash);
            buffer_printf(&text, "%s %s\n", variables[plan->variables[v].variable].code, hex);
        }
    }
    crypto_sha256(out, buffer_slice(&text));
    buffer_free(&text);
}
