/* Content negotiation (RFC 9110 section 12) and conditional requests (section 13). Pure. */
#ifndef ZEVENSTEM_HTTP_NEGOTIATE_H
#define ZEVENSTEM_HTTP_NEGOTIATE_H

#include "base/slice.h"

/* The best of `offers` (media types, ended by NULL) for an Accept header: highest q, then the earlier offer.
 * A more specific range overrides a wider one. NULL when none is acceptable. A malformed piece of the header
 * is skipped. */
const char *negotiate_accept(struct slice accept, const char *const *offers);
/* "nl" or "en" by Accept-Language, NULL when it names neither. Region subtags count for their language; "*"
 * is nl. */
const char *negotiate_language(struct slice accept_language);
/* Whether Accept-Encoding admits gzip. */
bool negotiate_gzip(struct slice accept_encoding);
/* Whether an If-None-Match header names this entity tag (weak comparison) or is "*". */
bool negotiate_etag_matches(struct slice if_none_match, struct slice etag);
/* Whether a Content-Type header is this media type, with no charset or utf-8. */
bool negotiate_is_media_type(struct slice content_type, const char *media_type);

#endif
