/* A ZIP of files with a list of them that is signed: what every package of open data is. Parts are added one
 * after another; at the end come SHA256SUMS (for sha256sum -c), manifest.json in canonical form, and
 * manifest.json.sig, Ed25519 over that. */
#ifndef ZEVENSTEM_OPENDATA_PACKAGE_H
#define ZEVENSTEM_OPENDATA_PACKAGE_H

#include "base/buffer.h"
#include "crypto/crypto.h"
#include "formats/dataset.h"

#include <jansson.h>

enum { PACKAGE_PARTS_MAX = 20000, PACKAGE_NAME_MAX = 200 };

struct package;
/* kind: of the manifest, "zevenstem-archiefpakket". The arena, the keys and the output outlive it. NULL when
 * out of memory. */
struct package *package_create(struct arena *arena, const struct crypto_keys *keys, const char *kind,
                               int64_t made_at, struct dataset_output output);
void package_destroy(struct package *package);
/* Names have folders with /, and characters of ASCII that every file system takes. media_type: "text/csv". */
void package_add(struct package *package, const char *name, const char *media_type, struct slice bytes);
/* A buffer that failed is no part: the package is not whole then. */
void package_add_buffer(struct package *package, const char *name, const char *media_type,
                        const struct buffer *bytes);
/* With line ends and sorted members, for people to read. */
void package_add_json(struct package *package, const char *name, const json_t *value);
/* In pieces: begin, take any number of times, end. One at a time. */
void package_begin(struct package *package, const char *name, const char *media_type);
void package_take(struct package *package, struct slice bytes);
void package_part_end(struct package *package);
/* The parts so far. */
struct package_part {
    const char *name, *media_type;
    uint64_t size;
    char sha256[2 * CRYPTO_SHA256_BYTES + 1];
};
const struct package_part *package_parts(size_t *count, const struct package *package);
/* Ends it with its list; `about` goes into the manifest, member by member. *size and sha256: of the whole
 * file. Only DATASET_OK means that it is whole. */
enum dataset_status package_end(uint64_t *size, unsigned char sha256[CRYPTO_SHA256_BYTES],
                                struct package *package, const json_t *about);

#endif
