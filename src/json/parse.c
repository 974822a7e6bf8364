/* A whole document through jansson, with what jansson leaves open closed. */
#include "json/decode.h"

#include "base/utf8.h"

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

json_t *json_parse(struct json_errors *errors, struct arena *arena, struct slice text)
{
    json_error_t error;
    if (!utf8_valid(text)) {
        json_errors_add(errors, "", "utf-8", "Stuur tekst in UTF-8.");
        return NULL;
    }
    if (too_deep(text)) {
        json_errors_add(errors, "", "json", "Het document is dieper genest dan %d niveaus.", MAX_DEPTH);
        return NULL;
    }
    /* Without JSON_ALLOW_NUL a NUL in a string is refused. */
    json_t *document = json_loadb(text.ptr ? text.ptr : "", text.len, JSON_REJECT_DUPLICATES, &error);
    if (!document) {
        json_errors_add(errors, "", "json",
                        "Dit is geen geldige JSON, bij regel %d, teken %d. Kijk daar naar komma's, "
                        "aanhalingstekens en dubbele velden.",
                        error.line, error.column);
        return NULL;
    }
    arena_defer(arena, release, document);
    return document;
}
