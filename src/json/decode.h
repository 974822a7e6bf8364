/* Decoding by specification: an array of fields says what a JSON object may hold; unknown fields are refused,
 * missing differs from malformed, and every error comes back at once with its JSON pointer (RFC 6901).
 * Duplicate keys are refused at parsing. */
#ifndef ZEVENSTEM_JSON_DECODE_H
#define ZEVENSTEM_JSON_DECODE_H

#include "base/arena.h"
#include "base/slice.h"

#include <jansson.h>

/* Errors gather here; the first are kept (JSON_MAX_ERRORS unless there is more room), the rest counted. */
enum { JSON_MAX_ERRORS = 100 };
struct json_error_item {
    const char *pointer; /* "/antwoorden/kweekvlees_zorg"; "" is the document */
    const char *code;    /* stable, for programs: "ontbreekt", "onbekend-veld", "type", "bereik", "te-lang",
                            "te-kort", "keuze", "dubbel", "json", "utf-8", ...; this room's are in messages.c */
    const char *detail;  /* one Dutch sentence that says what to do */
};
struct json_errors {
    struct arena *arena;
    size_t count; /* may exceed room; items holds json_errors_kept */
    size_t room;
    struct json_error_item *items; /* NULL until there is one */
    /* NULL: details are in Dutch, as they are given. Else what such a sentence, or the format of one, is in
     * English; itself where that is not known. */
    const char *(*in_english)(const char *dutch);
};
void json_errors_init(struct json_errors *errors, struct arena *arena);
/* Of a part, to be added to `errors` afterwards: in the same language. */
void json_errors_init_part(struct json_errors *part, const struct json_errors *errors, struct arena *arena);
/* A piece of a detail, or its format, in the language of these errors. */
const char *json_errors_words(const struct json_errors *errors, const char *dutch)
    __attribute__((format_arg(2)));
/* For documents of our own people, who want to see all that is wrong. Before the first error. */
void json_errors_make_room(struct json_errors *errors, size_t room);
size_t json_errors_kept(const struct json_errors *errors);
/* Of the errors from number `from` on, leaves out those that were said before in the same words of the same
 * place. */
void json_errors_drop_repeats(struct json_errors *errors, size_t from);
void json_errors_add(struct json_errors *errors, const char *pointer, const char *code,
                     const char *detail_format, ...) __attribute__((format(printf, 4, 5)));
/* An array for http_problem: [{"pointer": ..., "code": ..., "detail": ...}]. The caller owns it. */
json_t *json_errors_to_json(const struct json_errors *errors);
/* pointer + "/" + escaped token (~ and / as RFC 6901 says), in the arena. */
const char *json_pointer_append(struct arena *arena, const char *pointer, const char *token);

/* Parses a whole document, an object or array: strict UTF-8, no duplicate keys, depth at most 32, no trailing
 * bytes, NUL in strings refused. NULL with one error added (code "json", line and character in the detail;
 * "utf-8") when malformed. The arena owns the document. */
json_t *json_parse(struct json_errors *errors, struct arena *arena, struct slice text);

enum json_kind {
    JSON_KIND_STRING,
    JSON_KIND_INT,
    JSON_KIND_REAL,
    JSON_KIND_BOOL,
    JSON_KIND_OBJECT,
    JSON_KIND_ARRAY,
    JSON_KIND_ANY
};
struct json_field {
    const char *name;
    enum json_kind kind;
    bool optional;             /* absent or null leaves the target untouched */
    int64_t min, max;          /* INT: value; STRING: code points; ARRAY: elements. Both 0: no bound */
    const char *const *one_of; /* STRING: allowed values, ended by NULL; may be NULL */
    void *out;                 /* struct slice *, int64_t *, double *, bool *, json_t ** (borrowed) */
    bool *present;             /* may be NULL */
};
/* Decodes `object` into the fields' targets. Returns true when it added no error. */
#define JSON_DETAIL_MISSING "Vul dit veld in: het is verplicht." /* pages say it in words of their own */
bool json_decode(struct json_errors *errors, const char *pointer, const json_t *object,
                 const struct json_field *fields, size_t count);

/* The same for documents that people write and keep: null is no way to leave a member out. */
bool json_decode_document(struct json_errors *errors, const char *pointer, const json_t *object,
                          const struct json_field *fields, size_t count);

/* Canonical form (RFC 8785): keys sorted by UTF-16 code units, no white space: for hashing and signing.
 * Appends to out. False (out then holds rubbish) on a real number, and on a whole one that a double does not
 * hold exactly (beyond 2^53 - 1 either way): what we sign holds neither. */
struct buffer;
bool json_canonical(struct buffer *out, const json_t *value);
/* The same as a text of its own, in the arena, of at most bytes_max. False too when it is longer. */
bool json_canonical_text(struct slice *text, struct arena *arena, const json_t *value, size_t bytes_max);

#endif
