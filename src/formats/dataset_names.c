/* Names of variables in SPSS and Stata. */
#include "formats/dataset.h"

#include "base/buffer.h"
#include "crypto/crypto.h"

#include <string.h>

enum { SPSS_NAME_MAX = 64, STATA_NAME_MAX = 32, CUT_HASH_BYTES = 4, CUT_TAIL = 1 + 2 * CUT_HASH_BYTES };

struct rules {
    size_t max;
    const char *dash;
    char front; /* of names that may not begin as they do, or are reserved */
    const char *const *reserved;
};

/* IBM SPSS Statistics, Command Syntax Reference, "Variable names". */
static const char *const spss_reserved[] = {"all", "and", "by",  "eq", "ge", "gt",   "le",
                                            "lt",  "ne",  "not", "or", "to", "with", NULL};
/* Stata User's Guide 11.3, "Naming conventions". */
static const char *const stata_reserved[] = {
    "aggregate", "array", "byte",   "colvector", "complex", "const",   "double", "float",
    "if",        "in",    "int",    "long",      "matrix",  "numeric", "real",   "rowvector",
    "scalar",    "strl",  "string", "using",     "vector",  "with",    NULL};

static const struct rules spss_rules = {SPSS_NAME_MAX, ".", '@', spss_reserved};
static const struct rules stata_rules = {STATA_NAME_MAX, "__", '_', stata_reserved};

/* str1 to str2045 too are types of Stata's. */
static bool is_string_type(const char *code)
{
    return strncmp(code, "str", 3) == 0 && code[3] != '\0' &&
           strspn(code + 3, "0123456789") == strlen(code + 3);
}

static bool needs_front(const struct rules *rules, const char *code)
{
    bool reserved = code[0] >= '0' && code[0] <= '9';
    for (size_t i = 0; rules->reserved[i] && !reserved; i++) {
        reserved = strcmp(code, rules->reserved[i]) == 0;
    }
    return reserved || (rules == &stata_rules && is_string_type(code));
}

static void cut(char name[DATASET_NAME_BYTES], size_t max, const char *code)
{
    unsigned char hash[CRYPTO_SHA256_BYTES];
    crypto_sha256(hash, slice_from_cstr(code));
    name[max - CUT_TAIL] = '_';
    crypto_hex(name + max - CUT_TAIL + 1, hash, CUT_HASH_BYTES);
}

static void make_name(char name[DATASET_NAME_BYTES], const struct rules *rules, const char *code)
{
    size_t len = 0;
    size_t dash = strlen(rules->dash);
    bool whole = true;
    if (needs_front(rules, code)) {
        name[len++] = rules->front;
    }
    for (const char *c = code; *c && whole; c++) {
        size_t more = *c == '-' ? dash : 1;
        whole = len + more <= rules->max;
        if (whole) {
            memcpy(name + len, *c == '-' ? rules->dash : c, more);
            len += more;
        }
    }
    name[len] = '\0';
    if (!whole) {
        memset(name + len, '_', rules->max - len);
        cut(name, rules->max, code);
    }
}

void dataset_name(char name[DATASET_NAME_BYTES], enum dataset_format format, const char *code)
{
    make_name(name, format == DATASET_SAV ? &spss_rules : &stata_rules, code);
}
