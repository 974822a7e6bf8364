#include "crypto/crypto.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct arena *arena;

static void setup(void)
{
    cr_assert(crypto_start());
    arena = arena_create(1 << 20);
}

static void teardown(void)
{
    arena_destroy(arena);
    leaks_check();
}

TestSuite(sealed_box, .init = setup, .fini = teardown);

/* A path in a new folder; the file is not there. */
static const char *new_path(void)
{
    char folder[] = "/tmp/zs-sealed-XXXXXX";
    cr_assert_not_null(mkdtemp(folder));
    return arena_printf(arena, "%s/private.key", folder).ptr;
}

static void remove_file(const char *path)
{
    char *folder = arena_cstr(arena, slice_from_cstr(path));
    unlink(path);
    *strrchr(folder, '/') = '\0';
    rmdir(folder);
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    cr_assert(fputs(text, file) >= 0);
    cr_assert_eq(fclose(file), 0);
    cr_assert_eq(chmod(path, mode), 0);
}

/* Alice's keys of RFC 7748, section 6.1. */
Test(sealed_box, the_public_key_follows_from_the_private_one_as_rfc_7748_says)
{
    const char *path = new_path();
    struct crypto_keypair alice;
    char public_hex[2 * CRYPTO_PUBLIC_KEY_BYTES + 1];
    write_file(path, "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a\n", 0600);
    cr_assert(crypto_keypair_load(&alice, path));
    crypto_hex(public_hex, alice.public_key, sizeof alice.public_key);
    cr_expect_str_eq(public_hex, "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    remove_file(path);
}

Test(sealed_box, a_generated_key_is_for_its_owner_alone_and_never_overwritten)
{
    const char *path = new_path();
    struct crypto_keypair made;
    struct crypto_keypair loaded;
    struct stat status;
    cr_assert(crypto_keypair_generate(&made, path));
    cr_assert_eq(stat(path, &status), 0);
    cr_expect_eq(status.st_mode & 0777, 0600);
    cr_expect_not(crypto_keypair_generate(&loaded, path), "a key in use was overwritten");
    cr_assert(crypto_keypair_load(&loaded, path));
    cr_expect_arr_eq(loaded.public_key, made.public_key, sizeof made.public_key);
    cr_expect_arr_eq(loaded.private_key, made.private_key, sizeof made.private_key);
    cr_assert_eq(chmod(path, 0644), 0);
    cr_expect_not(crypto_keypair_load(&loaded, path), "a key that others may read was taken");
    remove_file(path);
}

Test(sealed_box, forgetting_wipes_both_keys)
{
    const char *path = new_path();
    struct crypto_keypair pair;
    static const struct crypto_keypair nothing;
    cr_assert(crypto_keypair_generate(&pair, path));
    crypto_keypair_forget(&pair);
    cr_expect_arr_eq((const unsigned char *)&pair, (const unsigned char *)&nothing, sizeof nothing);
    remove_file(path);
}

static struct crypto_keypair new_pair(void)
{
    struct crypto_keypair pair;
    const char *path = new_path();
    cr_assert(crypto_keypair_generate(&pair, path));
    remove_file(path);
    return pair;
}

Test(sealed_box, only_the_private_key_opens)
{
    struct crypto_keypair pair = new_pair();
    struct crypto_keypair other = new_pair();
    struct slice plain = SLICE("naam: Jansen, telefoon: 06 12345678");
    struct slice sealed;
    struct slice again;
    struct slice opened;
    cr_assert(crypto_seal_to(&sealed, arena, pair.public_key, plain));
    cr_expect_eq(sealed.len, plain.len + CRYPTO_SEALED_BOX_OVERHEAD);
    cr_expect_null(memmem(sealed.ptr, sealed.len, "Jansen", 6));
    cr_assert(crypto_open_sealed(&opened, arena, &pair, sealed));
    cr_expect(slice_equal(opened, plain));
    cr_expect_not(crypto_open_sealed(&opened, arena, &other, sealed));
    cr_assert(crypto_seal_to(&again, arena, pair.public_key, plain));
    cr_expect_not(slice_equal(sealed, again), "the same text sealed twice must not show that it is the same");
}

Test(sealed_box, what_was_changed_or_cut_does_not_open)
{
    struct crypto_keypair pair = new_pair();
    struct slice sealed;
    struct slice opened;
    cr_assert(crypto_seal_to(&sealed, arena, pair.public_key, SLICE("a")));
    for (size_t i = 0; i < sealed.len; i++) {
        char *changed = arena_cstr(arena, sealed);
        changed[i] ^= 1;
        cr_expect_not(crypto_open_sealed(&opened, arena, &pair, (struct slice){changed, sealed.len}),
                      "byte %zu", i);
    }
    for (size_t len = 0; len < sealed.len; len++) {
        cr_expect_not(crypto_open_sealed(&opened, arena, &pair, (struct slice){sealed.ptr, len}), "%zu bytes",
                      len);
    }
}

Test(sealed_box, nothing_can_be_sealed_as_well)
{
    struct crypto_keypair pair = new_pair();
    struct slice sealed;
    struct slice opened = SLICE("x");
    cr_assert(crypto_seal_to(&sealed, arena, pair.public_key, SLICE("")));
    cr_assert(crypto_open_sealed(&opened, arena, &pair, sealed));
    cr_expect_eq(opened.len, 0);
}

Test(sealed_box, a_public_key_is_read_as_it_is_written)
{
    struct crypto_keypair pair = new_pair();
    unsigned char read[CRYPTO_PUBLIC_KEY_BYTES];
    char text[CRYPTO_PUBLIC_KEY_TEXT_BYTES];
    crypto_public_key_format(text, pair.public_key);
    cr_expect_eq(strlen(text), 43);
    cr_assert(crypto_public_key_parse(read, slice_from_cstr(text)));
    cr_expect_arr_eq(read, pair.public_key, sizeof read);
}

Test(sealed_box, what_is_no_public_key_is_refused)
{
    /* Zero, one, and a point of order eight: whoever seals to them seals to everybody. */
    static const char *const refused[] = {
        "",
        "AAAA",
        "not base64url at all, but of the right length",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "4Ot6fDtBuK4WVuP68Z_EatoJjeucMrH9hmIFFl9JuAA",
    };
    unsigned char key[CRYPTO_PUBLIC_KEY_BYTES] = {7};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        cr_expect_not(crypto_public_key_parse(key, slice_from_cstr(refused[i])), "%s", refused[i]);
    }
    cr_expect_eq(key[0], 7, "a refused key must leave what was there");
    struct slice sealed;
    static const unsigned char zero[CRYPTO_PUBLIC_KEY_BYTES];
    cr_expect_not(crypto_seal_to(&sealed, arena, zero, SLICE("a")));
}
