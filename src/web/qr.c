#include "web/qr.h"

#include "base/buffer.h"

#include <qrencode.h>
#include <string.h>

enum { SVG_BYTES_MAX = 1024 * 1024 };

/* Each row's dark runs as rectangles of one module high: no seams within a row, and short. */
static void draw_modules(struct buffer *out, const QRcode *code)
{
    for (int y = 0; y < code->width; y++) {
        const unsigned char *row = code->data + (ptrdiff_t)y * code->width;
        for (int x = 0; x < code->width;) {
            int run = 0;
            while (x + run < code->width && (row[x + run] & 1)) {
                run++;
            }
            if (run > 0) {
                buffer_printf(out, "M%d %dh%dv1h-%dz", x + QR_QUIET_MODULES, y + QR_QUIET_MODULES, run, run);
            }
            x += run > 0 ? run : 1;
        }
    }
}

bool qr_svg(struct slice *svg, struct arena *arena, struct slice text)
{
    struct buffer out;
    bool drawn = false;
    if (text.len == 0 || memchr(text.ptr, '\0', text.len)) {
        return false;
    }
    /* 0: the smallest version that holds it. */
    QRcode *code = QRcode_encodeString8bit(arena_cstr(arena, text), 0, QR_ECLEVEL_M);
    if (!code) {
        return false;
    }
    int side = code->width + 2 * QR_QUIET_MODULES;
    buffer_init(&out, SVG_BYTES_MAX);
    buffer_printf(
        &out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
        "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path fill=\"#000\" d=\"",
        side, side, side, side);
    draw_modules(&out, code);
    buffer_append_cstr(&out, "\"/></svg>\n");
    if (!buffer_failed(&out)) {
        *svg = arena_copy(arena, buffer_slice(&out));
        drawn = true;
    }
    buffer_free(&out);
    QRcode_free(code);
    return drawn;
}
