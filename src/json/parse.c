/* A whole document through jansson, with what jansson leaves open closed. */
#include "json/decode.h"

#include "base/utf8.h"
#include "json/messages.h"

#include <string.h>

enum { MAX_DEPTH = 32 };

static void release(void *document)
{
    json_decref(document);
}

/* Nesting of arrays and objects, found before jansson recurses: strings are skipped, malformed text is left
 * for jansson to refuse. */
static bool too_deep(struct slice text)
{
    unsigned depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (in_string) {
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                in_string = false;
            }
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > MAX_DEPTH) {
                return true;
            }
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        }
    }
    return false;
}

/* jansson 2.14 skips a NUL byte behind a number. False with an error when there is one. */
static bool without_nul(struct json_errors *errors, struct slice text)
{
    const char *nul = text.len > 0 ? memchr(text.ptr, '\0', text.len) : NULL;
    if (!nul) {
        return true;
    }
    int line = 1;
    int column = 1;
    for (const char *at = text.ptr; at < nul; at++) {
        column = *at == '\n' ? 1 : column + 1;
        line += *at == '\n';
    }
    json_errors_say_numbers(errors, "", MESSAGE_NUL_BYTE, line, column);
    return false;
}

static enum json_message message_of(const json_error_t *error)
{
    static const struct {
        enum json_error_code code;
        enum json_message message;
    } known[] = {{json_error_premature_end_of_input, MESSAGE_ENDS_EARLY},
                 {json_error_end_of_input_expected, MESSAGE_WANTS_END},
                 {json_error_null_character, MESSAGE_NUL},
                 {json_error_null_byte_in_key, MESSAGE_NUL},
                 {json_error_duplicate_key, MESSAGE_DUPLICATE},
                 {json_error_numeric_overflow, MESSAGE_BIG_NUMBER}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (json_error_code(error) == known[i].code) {
            return known[i].message;
        }
    }
    return MESSAGE_SYNTAX;
}

json_t *json_parse(struct json_errors *errors, struct arena *arena, struct slice text)
{
    json_error_t error;
    if (!utf8_valid(text)) {
        json_errors_say(errors, "", MESSAGE_UTF8, NULL, NULL);
        return NULL;
    }
    if (too_deep(text)) {
        json_errors_say_numbers(errors, "", MESSAGE_TOO_DEEP, MAX_DEPTH, 0);
        return NULL;
    }
    if (!without_nul(errors, text)) {
        return NULL;
    }
    /* Without JSON_ALLOW_NUL an escaped NUL in a string is refused. */
    json_t *document = json_loadb(text.ptr ? text.ptr : "", text.len, JSON_REJECT_DUPLICATES, &error);
    if (!document) {
        json_errors_say_numbers(errors, "", message_of(&error), error.line, error.column);
        return NULL;
    }
    arena_defer(arena, release, document);
    return document;
}
