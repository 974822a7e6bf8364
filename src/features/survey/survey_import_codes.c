#include "features/survey/survey_import_codes.h"

#include "base/buffer.h"
#include "stats/id_index.h"

#include <stdlib.h>
#include <string.h>

enum { WRITTEN_MAX = 1024 * 1024 };

struct import_codes {
    const struct crypto_keys *keys;
    const char *round;
    const char *batch;
    struct id_index *seen; /* records of this file; the revision is how many are alike */
};

struct import_codes *import_codes_create(const struct crypto_keys *keys, const char *round, const char *batch)
{
    struct import_codes *codes = calloc(1, sizeof *codes);
    struct id_index *seen = id_index_create();
    if (!codes || !seen) {
        free(codes);
        id_index_destroy(seen);
        return NULL;
    }
    *codes = (struct import_codes){keys, round, batch, seen};
    return codes;
}

void import_codes_free(struct import_codes *codes)
{
    if (codes) {
        id_index_destroy(codes->seen);
        free(codes);
    }
}

/* With its length before it: no two lists of parts give the same bytes. */
static void put_part(struct buffer *out, struct slice part)
{
    uint64_t len = part.len;
    buffer_append(out, (struct slice){(const char *)&len, sizeof len});
    buffer_append(out, part);
}

static bool identify(struct response_id *id, const struct import_codes *codes, struct slice header,
                     struct slice record)
{
    struct buffer written;
    buffer_init(&written, WRITTEN_MAX);
    put_part(&written, slice_from_cstr(codes->round));
    put_part(&written, slice_from_cstr(codes->batch));
    put_part(&written, header);
    put_part(&written, record);
    bool good = !buffer_failed(&written);
    if (good) {
        crypto_keyed_hash(id->bytes, sizeof id->bytes, codes->keys, CRYPTO_KEY_PARTICIPATION, "import-record",
                          buffer_slice(&written));
    }
    buffer_free(&written);
    return good;
}

/* How many records like it there are by now, this one included; 0 when out of memory. */
static uint32_t count_like(struct import_codes *codes, struct response_id id)
{
    const struct response_id *ids[] = {&id};
    uint32_t number = id_index_find(codes->seen, id);
    if (number == ID_INDEX_ABSENT) {
        if (!id_index_reserve(codes->seen, ids, 1)) {
            return 0;
        }
        id_index_add(codes->seen, id, 1);
        return 1;
    }
    uint32_t like = id_index_revision(codes->seen, number) + 1;
    id_index_set_revision(codes->seen, number, like);
    return like;
}

bool import_codes_next(struct participation_code *out, struct import_codes *codes, struct slice header,
                       struct slice record)
{
    struct {
        struct response_id id;
        uint32_t like;
    } which;
    unsigned char derived[32];
    if (!codes->batch) {
        code_generate(out);
        return true;
    }
    if (!identify(&which.id, codes, header, record) || (which.like = count_like(codes, which.id)) == 0) {
        return false;
    }
    crypto_keyed_hash(derived, sizeof derived, codes->keys, CRYPTO_KEY_PARTICIPATION, "import-code",
                      (struct slice){(const char *)&which, sizeof which});
    memcpy(out->bits, derived, sizeof out->bits);
    return true;
}
