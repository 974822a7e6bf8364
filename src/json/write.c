#include "json/write.h"

#include "base/real.h"

#include <math.h>
#include <string.h>

/* Where `size` bytes go, behind a comma when one is due; NULL after a failure of the buffer. */
static char *begin_value(struct json_writer *w, size_t size)
{
    char *at = buffer_reserve(w->out, size + w->comma);
    if (at && w->comma) {
        *at++ = ',';
    }
    w->comma = true;
    return at;
}

/* What was begun is written up to here. */
static void end_value(struct json_writer *w, const char *end)
{
    buffer_commit(w->out, (size_t)(end - w->out->ptr) - w->out->len);
}

static void put_value(struct json_writer *w, struct slice text)
{
    char *at = begin_value(w, text.len);
    if (at) {
        memcpy(at, text.ptr, text.len);
        end_value(w, at + text.len);
    }
}

void json_open(struct json_writer *w, char open)
{
    put_value(w, (struct slice){&open, 1});
    w->comma = false;
}

void json_close(struct json_writer *w, char close)
{
    w->comma = false;
    put_value(w, (struct slice){&close, 1});
}

void json_put_name(struct json_writer *w, const char *name)
{
    const size_t len = strlen(name);
    char *at = begin_value(w, len + 3);
    if (at) {
        *at++ = '"';
        memcpy(at, name, len);
        memcpy(at + len, "\":", 2);
        end_value(w, at + len + 2);
    }
    w->comma = false;
}

void json_put_members(struct json_writer *w, struct slice members)
{
    put_value(w, members);
}

static void put_escaped(struct buffer *out, unsigned char byte)
{
    static const char known[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *found = byte ? strchr(known, byte) : NULL;
    if (found) {
        buffer_append_byte(out, '\\');
        buffer_append_byte(out, letters[found - known]);
    } else {
        buffer_printf(out, "\\u%04X", byte);
    }
}

/* How many bytes at the head need no escape. */
static size_t plain_head(const char *text)
{
    size_t len = 0;
    for (unsigned char c = (unsigned char)*text; c >= 0x20 && c != '"' && c != '\\';) {
        c = (unsigned char)text[++len];
    }
    return len;
}

void json_put_string(struct json_writer *w, const char *text)
{
    if (!text) {
        json_put_null(w);
        return;
    }
    size_t plain = plain_head(text);
    char *at = begin_value(w, plain + 2);
    if (!at) {
        return;
    }
    *at++ = '"';
    memcpy(at, text, plain);
    end_value(w, at + plain);
    for (text += plain; *text; text += plain) {
        put_escaped(w->out, (unsigned char)*text++);
        plain = plain_head(text);
        buffer_append(w->out, (struct slice){text, plain});
    }
    buffer_append_byte(w->out, '"');
}

void json_put_integer(struct json_writer *w, int64_t value)
{
    char *at = begin_value(w, 0);
    if (at) {
        end_value(w, at);
    }
    buffer_append_integer(w->out, value);
}

void json_put_real(struct json_writer *w, double value)
{
    char text[REAL_CHARS + 2];
    if (!isfinite(value)) {
        json_put_null(w);
        return;
    }
    size_t len = real_format(text, value, w->precision);
    if (strspn(text, "-0123456789") == len) {
        memcpy(text + len, ".0", 2);
        len += 2;
    }
    put_value(w, (struct slice){text, len});
}

void json_put_bool(struct json_writer *w, bool value)
{
    put_value(w, value ? SLICE("true") : SLICE("false"));
}

void json_put_null(struct json_writer *w)
{
    put_value(w, SLICE("null"));
}
