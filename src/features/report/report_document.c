#include "features/report/report_document.h"

#include "base/buffer.h"
#include "json/decode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_BYTES = 400, DECIMALS_MAX = 20, PATH_PART_BYTES = 64, KEY_ID_HASH_BYTES = 8, PEM_LINE = 64 };

/* ---- numbers ---- */

/* The shortest in decimal notation that reads back as the same. */
static json_t *text_of_real(double value)
{
    char text[NUMBER_BYTES];
    for (int decimals = 0; decimals <= DECIMALS_MAX; decimals++) {
        snprintf(text, sizeof text, "%.*f", decimals, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
    return json_string(text);
}

static json_t *exact_list(const json_t *value)
{
    size_t i;
    json_t *out = json_array(), *item;
    json_array_foreach((json_t *)(uintptr_t)value, i, item)
    {
        json_array_append_new(out, report_exact(item));
    }
    return out;
}

static json_t *exact_object(const json_t *value)
{
    const char *name;
    json_t *out = json_object(), *member;
    json_object_foreach((json_t *)(uintptr_t)value, name, member)
    {
        json_object_set_new(out, name, report_exact(member));
    }
    return out;
}

json_t *report_exact(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return exact_object(value);
    case JSON_ARRAY:
        return exact_list(value);
    case JSON_REAL:
        return text_of_real(json_real_value(value));
    case JSON_STRING:
    case JSON_INTEGER:
    case JSON_TRUE:
    case JSON_FALSE:
    case JSON_NULL:
        break;
    }
    return json_incref((json_t *)(uintptr_t)value);
}

/* ---- the same in place ---- */

static void make_exact(json_t *value);

/* What stands for the member; NULL: it stays. */
static json_t *instead_of(json_t *member)
{
    const bool holds_more = json_is_object(member) || json_is_array(member);
    if (holds_more && member->refcount == 1) {
        make_exact(member);
        return NULL;
    }
    return holds_more || json_is_real(member) ? report_exact(member) : NULL;
}

static void make_exact(json_t *value)
{
    const size_t count = json_array_size(value); /* 0: an object */
    for (size_t i = 0; i < count; i++) {
        json_t *instead = instead_of(json_array_get(value, i));
        if (instead) {
            json_array_set_new(value, i, instead);
        }
    }
    for (void *at = json_object_iter(value); at; at = json_object_iter_next(value, at)) {
        json_t *instead = instead_of(json_object_iter_value(at));
        if (instead) {
            json_object_iter_set_new(value, at, instead);
        }
    }
}

json_t *report_exact_take(json_t *value_take)
{
    json_t *instead = instead_of(value_take);
    if (!instead) {
        return value_take;
    }
    json_decref(value_take);
    return instead;
}

static bool is_named(const char *name, const char *const *names)
{
    for (; *names; names++) {
        if (strcmp(*names, name) == 0) {
            return true;
        }
    }
    return false;
}

json_t *report_inexact(const json_t *value, const char *const *names)
{
    const char *name;
    size_t i;
    json_t *out, *member;
    if (json_is_array(value)) {
        out = json_array();
        json_array_foreach((json_t *)(uintptr_t)value, i, member)
        {
            json_array_append_new(out, report_inexact(member, names));
        }
        return out;
    }
    if (!json_is_object(value)) {
        return json_incref((json_t *)(uintptr_t)value);
    }
    out = json_object();
    json_object_foreach((json_t *)(uintptr_t)value, name, member)
    {
        json_object_set_new(out, name,
                            json_is_string(member) && is_named(name, names)
                                ? json_real(strtod(json_string_value(member), NULL))
                                : report_inexact(member, names));
    }
    return out;
}

/* ---- keys ---- */

void report_key_id(char out[REPORT_KEY_ID_BYTES], const unsigned char key[CRYPTO_VERIFYING_KEY_BYTES])
{
    unsigned char hash[CRYPTO_SHA256_BYTES];
    crypto_sha256(hash, (struct slice){(const char *)key, CRYPTO_VERIFYING_KEY_BYTES});
    crypto_hex(out, hash, KEY_ID_HASH_BYTES);
}

/* SubjectPublicKeyInfo of Ed25519 (RFC 8410): twelve bytes that are always the same, and the key. */
static json_t *pem_of(const unsigned char key[CRYPTO_VERIFYING_KEY_BYTES])
{
    static const unsigned char head[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                         0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
    unsigned char bytes[sizeof head + CRYPTO_VERIFYING_KEY_BYTES];
    char text[PEM_LINE + 1], pem[PEM_LINE * 3];
    memcpy(bytes, head, sizeof head);
    memcpy(bytes + sizeof head, key, CRYPTO_VERIFYING_KEY_BYTES);
    crypto_base64url(text, sizeof text, bytes, sizeof bytes);
    for (char *at = text; *at; at++) { /* 44 bytes: 59 characters, and one of padding */
        *at = (char)(*at == '-' ? '+' : *at == '_' ? '/' : *at);
    }
    snprintf(pem, sizeof pem, "-----BEGIN PUBLIC KEY-----\n%s=\n-----END PUBLIC KEY-----\n", text);
    return json_string(pem);
}

json_t *report_key_json(const unsigned char key[CRYPTO_VERIFYING_KEY_BYTES])
{
    char text[CRYPTO_VERIFYING_KEY_TEXT_BYTES], id[REPORT_KEY_ID_BYTES];
    crypto_base64url(text, sizeof text, key, CRYPTO_VERIFYING_KEY_BYTES);
    report_key_id(id, key);
    return json_pack("{s:s,s:s,s:s,s:o}", "algoritme", "Ed25519", "sleutel", text, "sleutelId", id, "pem",
                     pem_of(key));
}

/* ---- whether it is genuine ---- */

static bool key_named(unsigned char key[CRYPTO_VERIFYING_KEY_BYTES], const json_t *document)
{
    size_t size = 0;
    const char *text = report_text(document, "ondertekening.sleutel");
    return crypto_unbase64url(key, CRYPTO_VERIFYING_KEY_BYTES, &size, slice_from_cstr(text)) &&
           size == CRYPTO_VERIFYING_KEY_BYTES;
}

bool report_signature_read(unsigned char signature[CRYPTO_SIGNATURE_BYTES], struct slice file)
{
    size_t size = 0;
    if (file.len == CRYPTO_SIGNATURE_BYTES) {
        memcpy(signature, file.ptr, CRYPTO_SIGNATURE_BYTES);
        return true;
    }
    json_t *reply = json_loadb(file.ptr, file.len, JSON_REJECT_DUPLICATES, NULL);
    const struct slice text = reply ? slice_from_cstr(report_text(reply, "handtekening")) : slice_trim(file);
    const bool good =
        crypto_unbase64url(signature, CRYPTO_SIGNATURE_BYTES, &size, text) && size == CRYPTO_SIGNATURE_BYTES;
    json_decref(reply);
    return good;
}

enum report_genuine report_check(json_t **document, struct slice bytes,
                                 const unsigned char signature[CRYPTO_SIGNATURE_BYTES],
                                 const unsigned char key[CRYPTO_VERIFYING_KEY_BYTES])
{
    unsigned char named[CRYPTO_VERIFYING_KEY_BYTES];
    const bool fits = crypto_signature_verify(signature, key, bytes);
    *document = json_loadb(bytes.ptr, bytes.len, JSON_REJECT_DUPLICATES, NULL);
    if (!*document || strcmp(report_text(*document, "soort"), REPORT_KIND) != 0) {
        return REPORT_NO_REPORT;
    }
    if (!fits) {
        return key_named(named, *document) && crypto_signature_verify(signature, named, bytes)
                   ? REPORT_OTHER_KEY
                   : REPORT_ALTERED;
    }
    const json_t *schema = json_object_get(*document, "schemaVersie");
    return json_integer_value(schema) > REPORT_SCHEMA ? REPORT_NEWER : REPORT_GENUINE;
}

/* ---- reading it ---- */

const json_t *report_at(const json_t *document, const char *path)
{
    char part[PATH_PART_BYTES];
    while (document && *path) {
        const char *dot = strchr(path, '.');
        const size_t len = dot ? (size_t)(dot - path) : strlen(path);
        if (len >= sizeof part) {
            return NULL;
        }
        memcpy(part, path, len);
        part[len] = '\0';
        document = json_object_get(document, part);
        path += len + (dot ? 1 : 0);
    }
    return document;
}

const char *report_text(const json_t *document, const char *path)
{
    const char *text = json_string_value(report_at(document, path));
    return text ? text : "";
}

json_t *report_section_of(const json_t *document, const char *section, const char *round)
{
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(document, "delen"), i, one)
    {
        const char *of = json_string_value(json_object_get(one, "ronde"));
        if (strcmp(report_text(one, "deel"), section) == 0 && (!round || (of && strcmp(of, round) == 0))) {
            return json_object_get(one, "inhoud");
        }
    }
    return NULL;
}

const json_t *report_table_of(const json_t *part, const char *variable)
{
    size_t i;
    const json_t *table;
    json_array_foreach(json_object_get(part, "tabellen"), i, table)
    {
        if (strcmp(report_text(table, "variabele.code"), variable) == 0) {
            return table;
        }
    }
    return NULL;
}
