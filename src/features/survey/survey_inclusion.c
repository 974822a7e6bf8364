#include "features/survey/survey_inclusion.h"

#include "base/clock.h"
#include "base/log.h"
#include "features/survey/survey.h"
#include "features/survey/survey_inclusion_sql.h"

#include <stdlib.h>
#include <string.h>

enum { DAY_S = 86400, DAY_CHARS = 10, STATEMENT_BYTES = 1024, HEX_BYTES = 2 * MERKLE_HASH_BYTES + 1 };

void inclusion_data(unsigned char out[INCLUSION_DATA_BYTES], const struct crypto_keys *keys,
                    const struct survey_round *round, int32_t day, struct slice response_id)
{
    const unsigned char date[] = {(unsigned char)day, (unsigned char)(day >> 8), (unsigned char)(day >> 16),
                                  (unsigned char)(day >> 24)};
    const struct slice parts[] = {
        {(const char *)date, sizeof date}, response_id, slice_from_cstr(round->code)};
    crypto_keyed_hash_parts(out, INCLUSION_DATA_BYTES, keys, CRYPTO_KEY_PARTICIPATION, "inclusion", parts,
                            sizeof parts / sizeof parts[0]);
}

static void day_text(char out[CLOCK_RFC3339_BYTES], int32_t day)
{
    clock_format_rfc3339(out, (int64_t)day * DAY_S);
    out[DAY_CHARS] = '\0';
}

struct slice inclusion_statement(struct arena *arena, const struct inclusion_root *root,
                                 const struct survey_round *round)
{
    char day[CLOCK_RFC3339_BYTES], hash[HEX_BYTES];
    day_text(day, root->day);
    crypto_hex(hash, root->root.bytes, sizeof root->root.bytes);
    return arena_printf(arena,
                        "zevenstem telbewijs 1\nronde: %s\ndag: %s\nlogpositie: %lld\naantal: %lld\nwortel: "
                        "%s\n",
                        round->code, day, (long long)root->position, (long long)root->size, hash);
}

json_t *inclusion_root_json(const struct inclusion_root *root, const struct survey_round *round)
{
    char day[CLOCK_RFC3339_BYTES], hash[HEX_BYTES], signature[CRYPTO_SIGNATURE_TEXT_BYTES];
    struct arena *arena = arena_create(STATEMENT_BYTES);
    day_text(day, root->day);
    crypto_hex(hash, root->root.bytes, sizeof root->root.bytes);
    crypto_base64url(signature, sizeof signature, root->signature, sizeof root->signature);
    json_t *object =
        json_pack("{s:s,s:I,s:I,s:s,s:s,s:s}", "dag", day, "logpositie", (json_int_t)root->position, "aantal",
                  (json_int_t)root->size, "wortel", hash, "verklaring",
                  inclusion_statement(arena, root, round).ptr, "handtekening", signature);
    arena_destroy(arena);
    return object;
}

void inclusion_key_text(char out[CRYPTO_VERIFYING_KEY_TEXT_BYTES], const struct crypto_keys *keys)
{
    unsigned char key[CRYPTO_VERIFYING_KEY_BYTES];
    crypto_verifying_key(key, keys);
    crypto_base64url(out, CRYPTO_VERIFYING_KEY_TEXT_BYTES, key, sizeof key);
}

json_t *inclusion_proof_json(const struct inclusion_proof *proof, const struct survey_round *round,
                             const struct crypto_keys *keys)
{
    char key[CRYPTO_VERIFYING_KEY_TEXT_BYTES], hash[HEX_BYTES];
    json_t *object = inclusion_root_json(&proof->of, round), *path = json_array();
    inclusion_key_text(key, keys);
    for (size_t i = 0; i < proof->length; i++) {
        crypto_hex(hash, proof->path[i].bytes, sizeof proof->path[i].bytes);
        json_array_append_new(path, json_string(hash));
    }
    crypto_hex(hash, proof->data, sizeof proof->data);
    json_object_set_new(object, "ronde", json_string(round->code));
    json_object_set_new(object, "sleutel", json_string(key));
    json_object_set_new(object, "blad", json_string(hash));
    json_object_set_new(object, "plaats", json_integer((json_int_t)proof->index));
    json_object_set_new(object, "pad", path);
    return object;
}

/* ---- proving ---- */

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, MERKLE_HASH_BYTES);
}

/* Leaves and hashes as they are kept are arrays of struct merkle_hash, which are bytes alone. */
static const struct merkle_hash *hashes_of(size_t *count, struct arena *arena, struct slice bytes)
{
    *count = bytes.len / MERKLE_HASH_BYTES;
    struct merkle_hash *hashes = arena_array(arena, *count + 1, sizeof *hashes);
    if (*count > 0) {
        memcpy(hashes, bytes.ptr, *count * sizeof *hashes);
    }
    return hashes;
}

static bool find_path(struct inclusion_proof *out, struct arena *arena, const struct inclusion_place *place,
                      const struct merkle_hash *leaf)
{
    size_t leaf_count, chunk_count;
    const struct merkle_hash *leaves = hashes_of(&leaf_count, arena, place->leaves);
    const struct merkle_hash *chunks = hashes_of(&chunk_count, arena, place->hashes);
    const struct merkle_hash *found = bsearch(leaf, leaves, leaf_count, sizeof *leaves, compare);
    if (!found || (size_t)place->number >= chunk_count) {
        return false;
    }
    const size_t at = (size_t)(found - leaves);
    out->index = (uint64_t)place->number * INCLUSION_CHUNK + at;
    out->length = merkle_path(out->path, leaves, leaf_count, at);
    out->length += merkle_path(out->path + out->length, chunks, chunk_count, (size_t)place->number);
    return true;
}

enum db_status inclusion_prove(struct inclusion_proof *out, struct db_tx *tx, const struct crypto_keys *keys,
                               const struct survey_round *round, struct slice response_id)
{
    struct merkle_hash leaf;
    struct inclusion_place place;
    *out = (struct inclusion_proof){.included = false};
    enum db_status status = inclusion_newest(&out->of, tx, round->id);
    if (status != DB_OK || out->of.id == 0) {
        return status;
    }
    inclusion_data(out->data, keys, round, out->of.day, response_id);
    merkle_leaf(&leaf, (struct slice){(const char *)out->data, sizeof out->data});
    status = inclusion_find(&place, tx, round->id, out->of.day, &leaf);
    if (status != DB_OK || !place.found || !find_path(out, db_arena(tx), &place, &leaf)) {
        return status;
    }
    out->included =
        merkle_verify(&out->of.root, &leaf, out->index, (uint64_t)out->of.size, out->path, out->length);
    if (!out->included) {
        log_error("inclusion.path", "round=%s day=%d says=\"a path does not lead to the published root\"",
                  round->code, (int)out->of.day);
        return DB_FAILED;
    }
    return DB_OK;
}
