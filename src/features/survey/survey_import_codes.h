/* Participation codes for imported records that bring none. */
#ifndef ZEVENSTEM_SURVEY_IMPORT_CODES_H
#define ZEVENSTEM_SURVEY_IMPORT_CODES_H

#include "base/slice.h"
#include "crypto/crypto.h"

/* A code that follows from the root secret, the round, the name of the batch, the record as it is written
 * (with the header of its file), and how many records like it came before in this file. So the same file can
 * be imported again, mended or grown in the meantime: what is stored already is found to be there, and
 * without the secret nobody can work a code out. */
struct import_codes;

/* batch NULL: random codes. NULL when out of memory. */
struct import_codes *import_codes_create(const struct crypto_keys *keys, const char *round,
                                         const char *batch);
void import_codes_free(struct import_codes *codes);
/* False when out of memory. */
bool import_codes_next(struct participation_code *out, struct import_codes *codes, struct slice header,
                       struct slice record);

#endif
