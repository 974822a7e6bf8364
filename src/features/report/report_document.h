/* A report as a document: canonical JSON (RFC 8785), with an Ed25519 signature over exactly its bytes, so
 * that any program can tell whether it is genuine (README.md shows how with openssl). What stands in it:
 * config/reference/report.schema.json. Pure.
 *
 * What we sign holds no fractions: a number that is not whole stands there as a text in decimal notation, the
 * shortest that reads back as the same number ("43.2"), so that no program can round it. */
#ifndef ZEVENSTEM_REPORT_DOCUMENT_H
#define ZEVENSTEM_REPORT_DOCUMENT_H

#include "crypto/crypto.h"

#include <jansson.h>

#define REPORT_KIND "rapport-maatschappelijke-tafel"
enum {
    REPORT_SCHEMA = 1, /* the form of the document that this program writes, and the newest that it reads */
    REPORT_BYTES_MAX = 32 * 1024 * 1024,
    REPORT_KEY_ID_BYTES = 17 /* 16 hexadecimal digits and NUL */
};

/* A copy in which every number with a fraction is a text. The caller owns it; NULL: out of memory. */
json_t *report_exact(const json_t *value);
/* The same, in the place of what nobody else holds. */
json_t *report_exact_take(json_t *value_take);
/* The other way about for what is read by code that wants numbers: members of these names (NULL-ended), at
 * any depth. */
json_t *report_inexact(const json_t *value, const char *const *names);

/* The first 16 hexadecimal digits of the SHA-256 of the public key: what keys are called. */
void report_key_id(char out[REPORT_KEY_ID_BYTES], const unsigned char key[CRYPTO_VERIFYING_KEY_BYTES]);
/* {"algoritme", "sleutel", "sleutelId", "pem"}: the public key in the forms that programs read. The caller
 * owns it. */
json_t *report_key_json(const unsigned char key[CRYPTO_VERIFYING_KEY_BYTES]);

/* A signature as it is handed out: its bytes, those in base64url, or the JSON of
 * /v1/rapporten/{rapport}/handtekening. False: it is none of these. */
enum { REPORT_SIGNATURE_FILE_MAX = 8 * 1024 };
bool report_signature_read(unsigned char signature[CRYPTO_SIGNATURE_BYTES], struct slice file);

enum report_genuine {
    REPORT_GENUINE,
    REPORT_NO_REPORT, /* it is no report at all */
    REPORT_ALTERED,   /* the signature is of other bytes */
    REPORT_OTHER_KEY, /* it is whole, and another key signed it: the one that it names itself */
    REPORT_NEWER      /* genuine, and of a form that this program does not know */
};
/* *document: as soon as it could be read, whatever the verdict; the caller owns it; NULL: it could not. */
enum report_genuine report_check(json_t **document, struct slice bytes,
                                 const unsigned char signature[CRYPTO_SIGNATURE_BYTES],
                                 const unsigned char key[CRYPTO_VERIFYING_KEY_BYTES]);

/* A member of a member ...: "over.ronde"; NULL where there is none. */
const json_t *report_at(const json_t *document, const char *path);
/* Its text; "" where there is none. */
const char *report_text(const json_t *document, const char *path);
/* The content of a section; round NULL: of the report as a whole. NULL: it has not got it. */
json_t *report_section_of(const json_t *document, const char *section, const char *round);
/* The table of a variable in a part of the figures, by its code; NULL: it has not got it. */
const json_t *report_table_of(const json_t *part, const char *variable);

#endif
