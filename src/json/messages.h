/* What the decoders of this room say, in one table. Private to json/. */
#ifndef ZEVENSTEM_JSON_MESSAGES_H
#define ZEVENSTEM_JSON_MESSAGES_H

#include "json/decode.h"

enum json_message {
    MESSAGE_NONE,
    /* about a field */
    MESSAGE_MISSING,
    MESSAGE_UNKNOWN_FIELD,
    MESSAGE_DUPLICATE_FIELD,
    MESSAGE_TYPE,       /* what is wanted, by json_kind_words */
    MESSAGE_NOT_FLAT,   /* nesting in a flat document */
    MESSAGE_FRACTION,   /* a fraction or exponent where a whole number is wanted */
    MESSAGE_RANGE,      /* lowest, highest */
    MESSAGE_TOO_LOW,    /* lowest */
    MESSAGE_TOO_HIGH,   /* highest */
    MESSAGE_EMPTY_TEXT, /* a text of no characters where one is the least */
    MESSAGE_TEXT_SHORT, /* least, found */
    MESSAGE_TEXT_LONG,  /* most, found */
    MESSAGE_LIST_SHORT, /* least, found */
    MESSAGE_LIST_LONG,  /* most, found */
    MESSAGE_CHOICE,     /* the allowed values */
    /* about a document */
    MESSAGE_UTF8,
    MESSAGE_TOO_DEEP,        /* most levels */
    MESSAGE_TOO_MANY_FIELDS, /* most */
    /* malformed; each takes line and character */
    MESSAGE_SYNTAX,
    MESSAGE_WANTS_OBJECT,
    MESSAGE_WANTS_NAME,
    MESSAGE_WANTS_COLON,
    MESSAGE_WANTS_VALUE,
    MESSAGE_WANTS_COMMA_OR_BRACE,
    MESSAGE_WANTS_COMMA_OR_BRACKET,
    MESSAGE_WANTS_END,
    MESSAGE_ENDS_EARLY,
    MESSAGE_BAD_ESCAPE,
    MESSAGE_BAD_SURROGATE,
    MESSAGE_NUL,
    MESSAGE_NUL_BYTE,
    MESSAGE_CONTROL,
    MESSAGE_BAD_NUMBER,
    MESSAGE_BIG_NUMBER,
    MESSAGE_DUPLICATE,
    MESSAGE_COUNT
};

/* Adds the message with its code; {1} and {2} in its text become `first` and `second`. */
void json_errors_say(struct json_errors *errors, const char *pointer, enum json_message message,
                     const char *first, const char *second);
/* The same with numbers. */
void json_errors_say_numbers(struct json_errors *errors, const char *pointer, enum json_message message,
                             int64_t first, int64_t second);
/* Nothing more is kept: what would be added need not be made up. */
bool json_errors_full(const struct json_errors *errors);
/* "een tekst", "een heel getal", ... */
const char *json_kind_words(enum json_kind kind);

#endif
