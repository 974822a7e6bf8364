/* Truth: RFC 6238, appendix B (SHA-1), the last six of its eight digits; RFC 4648 for base 32. */
#include "features/account/account_totp.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <string.h>

static const unsigned char *const secret = (const unsigned char *)"12345678901234567890";
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

TestSuite(totp, .init = setup, .fini = teardown);

Test(totp, gives_the_codes_of_the_rfc)
{
    static const struct {
        int64_t at;
        const char *code;
    } vectors[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                   {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        int64_t step = 0;
        cr_expect(totp_check(&step, secret, vectors[i].at, 0, slice_from_cstr(vectors[i].code)), "%s",
                  vectors[i].code);
        cr_expect_eq(step, vectors[i].at / 30);
    }
}

Test(totp, takes_a_step_to_either_side_and_each_once)
{
    int64_t step = 0;
    cr_expect(totp_check(&step, secret, 1111111109 + 30, 0, SLICE("081 804")), "one step late, with a space");
    cr_expect(totp_check(&step, secret, 1111111109 - 30, 0, SLICE("081804")), "one step early");
    cr_expect_not(totp_check(&step, secret, 1111111109 + 60, 0, SLICE("081804")));
    cr_expect_not(totp_check(&step, secret, 1111111109 - 60, 0, SLICE("081804")));
    cr_expect_not(totp_check(&step, secret, 1111111109, 1111111109 / 30, SLICE("081804")), "used before");
    cr_expect_not(totp_check(&step, secret, 1111111109, 1111111109 / 30 + 5, SLICE("081804")));
}

Test(totp, refuses_what_is_no_code)
{
    static const char *const texts[] = {"", "08180", "0818044", "08180a", "-81804", " ", "81804"};
    int64_t step;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        cr_expect_not(totp_check(&step, secret, 1111111109, 0, slice_from_cstr(texts[i])), "'%s'", texts[i]);
    }
}

Test(totp, writes_the_secret_for_authenticators)
{
    struct slice text = totp_secret_text(arena, secret);
    cr_expect(slice_equal_cstr(text, "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"), "%.*s", SLICE_ARG(text));
    struct slice uri = totp_uri(arena, secret, "Zeven stem", "jan@rijk.nl");
    cr_expect(slice_equal_cstr(uri, "otpauth://totp/Zeven%20stem:jan@rijk.nl?secret="
                                    "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Zeven%20stem&algorithm=SHA1"
                                    "&digits=6&period=30"),
              "%.*s", SLICE_ARG(uri));
}

Test(totp, seals_for_one_account)
{
    unsigned char root[CRYPTO_SECRET_BYTES] = {7};
    unsigned char opened[TOTP_SECRET_BYTES];
    struct crypto_keys *keys = crypto_keys_from_bytes(root);
    struct slice sealed = totp_seal(arena, keys, 5, secret);
    cr_expect(totp_open(opened, arena, keys, 5, sealed));
    cr_expect_arr_eq(opened, secret, TOTP_SECRET_BYTES);
    cr_expect_not(totp_open(opened, arena, keys, 6, sealed));
    cr_expect_not(totp_open(opened, arena, keys, 5, (struct slice){sealed.ptr, sealed.len - 1}));
    crypto_keys_free(keys);
}
