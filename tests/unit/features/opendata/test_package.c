/* A package is whole with all of its list, or it is none. */
#include "features/opendata/opendata_package.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct arena *arena;
static struct crypto_keys *keys;

static void setup(void)
{
    unsigned char secret[CRYPTO_SECRET_BYTES];
    memset(secret, 7, sizeof secret);
    arena = arena_create(1 << 28);
    cr_assert(crypto_start());
    keys = crypto_keys_from_bytes(secret);
}

static void teardown(void)
{
    crypto_keys_free(keys);
    arena_destroy(arena);
    leaks_check();
}

TestSuite(package, .init = setup, .fini = teardown, .timeout = 110);

static bool take(const void *bytes, size_t size, void *self)
{
    (void)bytes;
    *(size_t *)self += size;
    return true;
}

static struct package *begin(size_t *taken)
{
    *taken = 0;
    struct package *package = package_create(arena, keys, "proef", 1790000000,
                                             (struct dataset_output){.write = take, .self = taken});
    cr_assert_not_null(package);
    return package;
}

static enum dataset_status end(struct package *package)
{
    uint64_t size;
    unsigned char sha256[CRYPTO_SHA256_BYTES];
    json_t *about = json_object();
    const enum dataset_status status = package_end(&size, sha256, package, about);
    json_decref(about);
    package_destroy(package);
    return status;
}

Test(package, has_its_list_and_the_signature_or_is_not_whole)
{
    enum { OF_THE_LIST = 3 };
    static const struct {
        size_t parts;
        enum dataset_status status;
    } cases[] = {{1, DATASET_OK},
                 {PACKAGE_PARTS_MAX - OF_THE_LIST, DATASET_OK},
                 {PACKAGE_PARTS_MAX - OF_THE_LIST + 1, DATASET_TOO_LARGE},
                 {PACKAGE_PARTS_MAX - OF_THE_LIST + 2, DATASET_TOO_LARGE},
                 {PACKAGE_PARTS_MAX, DATASET_TOO_LARGE}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        size_t taken;
        struct package *package = begin(&taken);
        for (size_t i = 0; i < cases[c].parts; i++) {
            package_add(package, arena_printf(arena, "%zu.txt", i).ptr, "text/plain", SLICE("x"));
        }
        cr_expect_eq(end(package), cases[c].status, "%zu parts", cases[c].parts);
        cr_expect_gt(taken, 0);
    }
}

Test(package, is_not_whole_when_a_part_did_not_fit)
{
    size_t taken;
    struct buffer fits, not ;
    buffer_init(&fits, 8);
    buffer_init(&not, 8);
    buffer_append_cstr(&fits, "12345678");
    buffer_append_cstr(&not, "123456789");
    struct package *package = begin(&taken);
    package_add_buffer(package, "een.txt", "text/plain", &fits);
    cr_expect_eq(end(package), DATASET_OK);
    package = begin(&taken);
    package_add_buffer(package, "een.txt", "text/plain", &fits);
    package_add_buffer(package, "twee.txt", "text/plain", &not );
    cr_expect_eq(end(package), DATASET_TOO_LARGE);
    buffer_free(&fits);
    buffer_free(&not );
}
