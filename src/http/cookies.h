/* Cookies as text: reading the request header, writing Set-Cookie. Pure. */
#ifndef ZEVENSTEM_HTTP_COOKIES_H
#define ZEVENSTEM_HTTP_COOKIES_H

#include "base/arena.h"
#include "base/slice.h"

/* The value of the first cookie of that exact name in a Cookie header (RFC 6265 section 4.2.1), without
 * surrounding quotes. */
bool cookie_find(struct slice *value, struct slice header, struct slice name);
/* The name under which a cookie travels: with https "__Host-" stands in front, so that neither plain http nor
 * a neighbouring subdomain can set it. */
struct slice cookie_wire_name(struct arena *arena, const char *name, bool https);
/* A Set-Cookie value. max_age_s 0: for the session; -1: delete. NULL when name or value holds a byte that a
 * cookie may not. */
const char *cookie_format(struct arena *arena, const char *name, const char *value, int max_age_s,
                          bool https);

#endif
