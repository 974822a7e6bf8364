/* JSON written as it goes, compact, without a tree of it in memory: for answers of thousands of numbers. What
 * is written is as json_dumps of jansson writes it: UTF-8 as it stands, quotes, backslashes and control
 * characters escaped; a real number always reads as one (2.0, not 2).
 *
 * Commas are the writer's; that what is opened is closed, and that a member has a name, are the caller's.
 * A failure is the buffer's (base/buffer.h): ask it once. */
#ifndef ZEVENSTEM_JSON_WRITE_H
#define ZEVENSTEM_JSON_WRITE_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stdint.h>

struct json_writer {
    struct buffer *out;
    int precision; /* significant digits of real numbers, 1 to 17 */
    bool comma;    /* something stands before what comes next */
};

/* open: '{' or '['; close: '}' or ']'. */
void json_open(struct json_writer *w, char open);
void json_close(struct json_writer *w, char close);
/* Of the member that comes next. A name of ours, without anything to escape. */
void json_put_name(struct json_writer *w, const char *name);
/* Members of an object as another writer of this kind wrote them: "a":1,"b":"c". For what stands in thousands
 * of objects. */
void json_put_members(struct json_writer *w, struct slice members);
/* NULL gives null. */
void json_put_string(struct json_writer *w, const char *text);
void json_put_integer(struct json_writer *w, int64_t value);
/* null where it is not finite: JSON has no other way. */
void json_put_real(struct json_writer *w, double value);
void json_put_bool(struct json_writer *w, bool value);
void json_put_null(struct json_writer *w);

#endif
