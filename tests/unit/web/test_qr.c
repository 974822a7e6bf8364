/* What is drawn is read back here from the drawing alone, by the rules of ISO/IEC 18004: where the patterns
 * lie, what the format bits say, the mask taken off, the code words read in their zigzag. Versions 1 to 3 at
 * level M have their data in one block, which is enough for an address. */
#include "support/leaks.h"
#include "web/qr.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(qr, .fini = leaks_check);

enum { SIDE_MAX = 200 };

struct symbol {
    int size; /* without the quiet zone */
    bool dark[SIDE_MAX][SIDE_MAX];
};

static void fill(struct symbol *s, int x, int y, int run)
{
    for (int i = 0; i < run; i++) {
        cr_assert(x + i < SIDE_MAX && y < SIDE_MAX);
        cr_assert_not(s->dark[y][x + i], "drawn twice at %d,%d", x + i, y);
        s->dark[y][x + i] = true;
    }
}

/* From the drawing, its quiet zone checked and taken off. */
static struct symbol read_drawing(const char *svg)
{
    struct symbol whole = {0};
    struct symbol inner = {0};
    int side = 0;
    const char *box = strstr(svg, "viewBox=\"0 0 ");
    const char *path = strstr(svg, "fill=\"#000\" d=\"");
    cr_assert(box && path && sscanf(box, "viewBox=\"0 0 %d", &side) == 1);
    for (path = strchr(path, 'M'); path && *path == 'M';) {
        int x, y, run, back, used = 0;
        cr_assert(sscanf(path, "M%d %dh%dv1h-%dz%n", &x, &y, &run, &back, &used) == 4 && used > 0);
        cr_assert_eq(run, back);
        fill(&whole, x, y, run);
        path += used;
    }
    inner.size = side - 2 * QR_QUIET_MODULES;
    for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
            int ix = x - QR_QUIET_MODULES;
            int iy = y - QR_QUIET_MODULES;
            bool inside = ix >= 0 && iy >= 0 && ix < inner.size && iy < inner.size;
            cr_assert(inside || !whole.dark[y][x], "the quiet zone is not white at %d,%d", x, y);
            if (inside) {
                inner.dark[iy][ix] = whole.dark[y][x];
            }
        }
    }
    return inner;
}

static bool in_finder(const struct symbol *s, int x, int y)
{
    return (x < 9 && y < 9) || (x >= s->size - 8 && y < 9) || (x < 9 && y >= s->size - 8);
}

/* Versions 2 and 3 have one alignment pattern, its middle 7 from the right and the lower edge. */
static bool in_alignment(const struct symbol *s, int x, int y)
{
    int middle = s->size - 7;
    return s->size > 21 && x >= middle - 2 && x <= middle + 2 && y >= middle - 2 && y <= middle + 2;
}

static void expect_finder(const struct symbol *s, int left, int top)
{
    for (int y = 0; y < 7; y++) {
        for (int x = 0; x < 7; x++) {
            int ring = x < y ? x : y;
            ring = 6 - x < ring ? 6 - x : ring;
            ring = 6 - y < ring ? 6 - y : ring;
            cr_expect_eq(s->dark[top + y][left + x], ring != 1, "finder at %d,%d, module %d,%d", left, top, x,
                         y);
        }
    }
}

static void expect_patterns(const struct symbol *s)
{
    expect_finder(s, 0, 0);
    expect_finder(s, s->size - 7, 0);
    expect_finder(s, 0, s->size - 7);
    for (int i = 8; i < s->size - 8; i++) {
        cr_expect_eq(s->dark[6][i], i % 2 == 0, "timing, module %d", i);
        cr_expect_eq(s->dark[i][6], i % 2 == 0, "timing, module %d", i);
    }
    cr_expect(s->dark[s->size - 8][8], "the dark module");
}

/* The five data bits of the format beside the upper left finder: two of level, three of mask. */
static unsigned format_of(const struct symbol *s)
{
    unsigned bits = 0;
    for (int x = 0; x < 5; x++) {
        bits = bits << 1 | s->dark[8][x];
    }
    return bits ^ 0x15u; /* the upper five bits of the format's own mask 101010000010010 */
}

static bool masked(unsigned mask, int x, int y)
{
    switch (mask) {
    case 0:
        return (x + y) % 2 == 0;
    case 1:
        return y % 2 == 0;
    case 2:
        return x % 3 == 0;
    case 3:
        return (x + y) % 3 == 0;
    case 4:
        return (y / 2 + x / 3) % 2 == 0;
    case 5:
        return x * y % 2 + x * y % 3 == 0;
    case 6:
        return (x * y % 2 + x * y % 3) % 2 == 0;
    default:
        return ((x + y) % 2 + x * y % 3) % 2 == 0;
    }
}

/* All bits in the order in which code words are laid: two columns at a time from the right, up, then down. */
static size_t read_bits(bool *bits, const struct symbol *s)
{
    unsigned mask = format_of(s) & 7u;
    size_t count = 0;
    bool up = true;
    for (int right = s->size - 1; right > 0; right -= 2, up = !up) {
        right -= right == 6;
        for (int step = 0; step < s->size; step++) {
            int y = up ? s->size - 1 - step : step;
            for (int x = right; x > right - 2; x--) {
                if (!in_finder(s, x, y) && !in_alignment(s, x, y) && y != 6) {
                    bits[count++] = s->dark[y][x] != masked(mask, x, y);
                }
            }
        }
    }
    return count;
}

static unsigned take(const bool *bits, size_t *at, int count)
{
    unsigned value = 0;
    while (count-- > 0) {
        value = value << 1 | bits[(*at)++];
    }
    return value;
}

static void expect_read_back(const char *text, int size)
{
    struct arena *arena = arena_create(1 << 22);
    struct slice svg;
    static bool bits[SIDE_MAX * SIDE_MAX];
    size_t at = 0;
    cr_assert(qr_svg(&svg, arena, slice_from_cstr(text)));
    struct symbol s = read_drawing(svg.ptr);
    cr_assert_eq(s.size, size, "%s: %d modules", text, s.size);
    expect_patterns(&s);
    cr_expect_eq(format_of(&s) >> 3, 0, "error correction M is 00");
    cr_assert(read_bits(bits, &s) >= 26 * 8);
    cr_expect_eq(take(bits, &at, 4), 4, "bytes");
    unsigned length = take(bits, &at, 8);
    cr_assert_eq(length, strlen(text));
    for (unsigned i = 0; i < length; i++) {
        cr_expect_eq(take(bits, &at, 8), (unsigned char)text[i], "byte %u", i);
    }
    cr_expect_eq(take(bits, &at, 4), 0, "the terminator");
    arena_destroy(arena);
}

/* The sizes follow from the capacities of the standard: 14, 26 and 42 bytes at level M. */
Test(qr, what_is_drawn_reads_back_as_the_text)
{
    expect_read_back("a", 21);
    expect_read_back("https://a.nl/x", 21);
    expect_read_back("https://a.nl/xy", 25);
    expect_read_back("http://127.0.0.1:8080/", 25);
    expect_read_back("https://zevenstem.example/abcdefghijklmno/", 29);
}

Test(qr, digits_and_capitals_keep_their_case)
{
    expect_read_back("0123456789", 21);
    expect_read_back("HTTPS://A.NL", 21);
}

Test(qr, a_drawing_needs_nothing_that_a_strict_policy_forbids)
{
    struct arena *arena = arena_create(1 << 22);
    struct slice svg;
    cr_assert(qr_svg(&svg, arena, SLICE("https://zevenstem.example/")));
    cr_expect(slice_starts_with(svg, SLICE("<svg xmlns=\"http://www.w3.org/2000/svg\" ")));
    cr_expect_null(strstr(svg.ptr, "style"));
    cr_expect_null(strstr(svg.ptr, "script"));
    cr_expect_null(strstr(svg.ptr, "href"));
    arena_destroy(arena);
}

Test(qr, what_cannot_be_drawn_is_refused)
{
    struct arena *arena = arena_create(1 << 22);
    struct slice svg;
    char *long_text = arena_alloc(arena, 2333);
    memset(long_text, 'x', 2332);
    cr_expect_not(qr_svg(&svg, arena, SLICE("")));
    cr_expect_not(qr_svg(&svg, arena, SLICE("a\0b")));
    cr_expect_not(qr_svg(&svg, arena, (struct slice){long_text, 2332}));
    cr_expect(qr_svg(&svg, arena, (struct slice){long_text, 2331}));
    arena_destroy(arena);
}
