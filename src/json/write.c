#include "json/write.h"

#include "base/real.h"

#include <math.h>
#include <string.h>

static void begin_value(struct json_writer *w)
{
    if (w->comma) {
        buffer_append_byte(w->out, ',');
    }
    w->comma = true;
}

void json_open(struct json_writer *w, char open)
{
    begin_value(w);
    buffer_append_byte(w->out, open);
    w->comma = false;
}

void json_close(struct json_writer *w, char close)
{
    buffer_append_byte(w->out, close);
    w->comma = true;
}

void json_put_name(struct json_writer *w, const char *name)
{
    const size_t len = strlen(name);
    begin_value(w);
    char *room = buffer_reserve(w->out, len + 3);
    if (room) {
        room[0] = '"';
        memcpy(room + 1, name, len);
        memcpy(room + 1 + len, "\":", 2);
        buffer_commit(w->out, len + 3);
    }
    w->comma = false;
}

static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte != '"' && byte != '\\';
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

void json_put_string(struct json_writer *w, const char *text)
{
    if (!text) {
        json_put_null(w);
        return;
    }
    begin_value(w);
    buffer_append_byte(w->out, '"');
    while (*text) {
        size_t plain = 0;
        while (is_plain((unsigned char)text[plain])) {
            plain++;
        }
        buffer_append(w->out, (struct slice){text, plain});
        text += plain;
        if (*text) {
            put_escaped(w->out, (unsigned char)*text++);
        }
    }
    buffer_append_byte(w->out, '"');
}

void json_put_integer(struct json_writer *w, int64_t value)
{
    begin_value(w);
    buffer_append_integer(w->out, value);
}

void json_put_real(struct json_writer *w, double value)
{
    char text[REAL_CHARS];
    if (!isfinite(value)) {
        json_put_null(w);
        return;
    }
    const size_t len = real_format(text, value, w->precision);
    begin_value(w);
    buffer_append(w->out, (struct slice){text, len});
    if (strspn(text, "-0123456789") == len) {
        buffer_append_cstr(w->out, ".0");
    }
}

void json_put_bool(struct json_writer *w, bool value)
{
    begin_value(w);
    buffer_append_cstr(w->out, value ? "true" : "false");
}

void json_put_null(struct json_writer *w)
{
    begin_value(w);
    buffer_append_cstr(w->out, "null");
}
