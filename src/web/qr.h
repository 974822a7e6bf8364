/* QR codes (ISO/IEC 18004) as drawings, for paper: a telephone that looks at one opens the address. */
#ifndef ZEVENSTEM_WEB_QR_H
#define ZEVENSTEM_WEB_QR_H

#include "base/arena.h"
#include "base/slice.h"

enum { QR_QUIET_MODULES = 4 }; /* white around it that readers need */

/* A whole SVG document: one unit a module, dark on white, the quiet zone in it. No style and no script, so
 * that it may be shown as an image under a strict content policy. Error correction M: up to 15 % may be
 * damaged. False when the text is empty, longer than fits (2331 bytes), or holds a NUL. Pure. */
bool qr_svg(struct slice *svg, struct arena *arena, struct slice text);

#endif
