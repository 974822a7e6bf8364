/* A form sent as multipart/form-data (RFC 7578), read while it comes in by libmicrohttpd's post processor:
 * only the values are kept, one behind the other in the exchange's body, so that memory is bounded by the
 * route's limit however the parts are cut. */
#ifndef ZEVENSTEM_HTTP_UPLOAD_H
#define ZEVENSTEM_HTTP_UPLOAD_H

#include "http/exchange.h"

enum upload_fault {
    UPLOAD_OK,
    UPLOAD_MALFORMED, /* no such form, one that is cut off, or a part without a name */
    UPLOAD_ENCODED,   /* a part with a Content-Transfer-Encoding that changes its bytes */
    UPLOAD_BAD_TEXT,  /* a field that is no file has a NUL, or is no UTF-8; or a name is none */
    UPLOAD_TOO_MANY,  /* more than HTTP_MAX_FORM_FIELDS */
    UPLOAD_NO_MEMORY
};

/* NULL: the Content-Type names no boundary. Needs a buffer that is initialised (ex->body). */
struct upload *upload_begin(struct http_exchange *ex);
enum upload_fault upload_take(struct upload *upload, struct slice piece);
/* All is in: fills ex->form and ex->files. Once. */
enum upload_fault upload_end(struct upload *upload);
/* At any moment; NULL is allowed. */
void upload_free(struct upload *upload);

#endif
