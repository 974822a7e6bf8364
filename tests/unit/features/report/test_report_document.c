/* Reports as documents: numbers that no program rounds, keys as other programs read them, and what is
 * genuine. */
#include "features/report/report_document.h"
#include "support/leaks.h"
#include "json/decode.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void start(void)
{
    cr_assert(crypto_start());
}
TestSuite(report_document, .init = start, .fini = leaks_check);

Test(report_document, writes_a_fraction_as_the_shortest_text_that_reads_the_same)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{43.2, "43.2"},
                 {20, "20"},
                 {0.1 + 0.2, "0.30000000000000004"},
                 {-0.5, "-0.5"},
                 {1e15, "1000000000000000"},
                 {0.00001, "0.00001"},
                 {1234.5, "1234.5"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *real = json_pack("{s:[f]}", "a", cases[i].value);
        json_t *exact = report_exact(real);
        const char *text = json_string_value(json_array_get(json_object_get(exact, "a"), 0));
        cr_expect_str_eq(text, cases[i].text);
        cr_expect_eq(strtod(text, NULL), cases[i].value);
        json_decref(real);
        json_decref(exact);
    }
}

Test(report_document, leaves_whole_numbers_and_texts_and_gives_named_numbers_back)
{
    static const char *const names[] = {"getal", NULL};
    json_t *value = json_pack("{s:i,s:s,s:f,s:n,s:[{s:f}]}", "n", 3, "t", "2.5", "getal", 2.5, "leeg", "l",
                              "getal", 0.25);
    json_t *exact = report_exact(value), *back = report_inexact(exact, names);
    cr_expect(json_is_integer(json_object_get(exact, "n")));
    cr_expect_str_eq(report_text(exact, "getal"), "2.5");
    cr_expect(json_equal(back, value), "what was a text stays one");
    json_decref(value);
    json_decref(exact);
    json_decref(back);
}

Test(report_document, is_exact_in_place_but_for_what_another_holds)
{
    json_t *shared = json_pack("{s:f,s:[f,s]}", "getal", 1.5, "lijst", 0.25, "t");
    json_t *as_it_was = json_deep_copy(shared);
    json_t *value = json_pack("{s:f,s:[i,f,{s:f,s:b}],s:O,s:{s:O}}", "a", 2.5, "lijst", 1, 0.5, "b", -0.5,
                              "c", 1, "gedeeld", shared, "ook", "gedeeld", shared);
    json_t *copy = report_exact(value);
    json_t *own = json_object_get(value, "lijst");
    json_t *exact = report_exact_take(value);
    cr_expect(json_equal(exact, copy));
    cr_expect_eq(json_object_get(exact, "lijst"), own, "in its place");
    cr_expect(json_equal(shared, as_it_was));
    cr_expect_eq(shared->refcount, 1, "let go of");
    json_decref(exact);
    json_decref(copy);
    json_t *held = json_incref(shared);
    exact = report_exact_take(held);
    cr_expect_neq(exact, shared);
    cr_expect(json_equal(shared, as_it_was));
    json_decref(exact);
    exact = report_exact_take(json_real(0.5));
    cr_expect_str_eq(json_string_value(exact), "0.5");
    json_decref(exact);
    json_decref(shared);
    json_decref(as_it_was);
}

/* RFC 8410, section 10.1: the key in its example. */
Test(report_document, gives_the_key_as_other_programs_read_it)
{
    unsigned char key[CRYPTO_VERIFYING_KEY_BYTES];
    cr_assert(crypto_unhex(key, sizeof key,
                           SLICE("19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1")));
    json_t *told = report_key_json(key);
    cr_expect_str_eq(report_text(told, "pem"),
                     "-----BEGIN PUBLIC KEY-----\n"
                     "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
                     "-----END PUBLIC KEY-----\n");
    cr_expect_eq(strlen(report_text(told, "sleutelId")), 16);
    json_decref(told);
}

static enum report_genuine check(const char *text, const struct crypto_keys *signer,
                                 const struct crypto_keys *asked)
{
    unsigned char signature[CRYPTO_SIGNATURE_BYTES], key[CRYPTO_VERIFYING_KEY_BYTES];
    json_t *document;
    crypto_signature_make(signature, signer, slice_from_cstr(text));
    crypto_verifying_key(key, asked);
    const enum report_genuine verdict = report_check(&document, slice_from_cstr(text), signature, key);
    json_decref(document);
    return verdict;
}

Test(report_document, takes_nothing_for_a_report_that_is_none)
{
    const unsigned char secret[CRYPTO_SECRET_BYTES] = {1}, another[CRYPTO_SECRET_BYTES] = {2};
    struct crypto_keys *ours = crypto_keys_from_bytes(secret), *theirs = crypto_keys_from_bytes(another);
    unsigned char key[CRYPTO_VERIFYING_KEY_BYTES];
    char name[CRYPTO_VERIFYING_KEY_TEXT_BYTES], text[400];
    cr_expect_eq(check("", ours, ours), REPORT_NO_REPORT);
    cr_expect_eq(check("[]", ours, ours), REPORT_NO_REPORT);
    cr_expect_eq(check("{\"soort\":\"uitgave\"}", ours, ours), REPORT_NO_REPORT);
    cr_expect_eq(check("{\"soort\":\"" REPORT_KIND "\",\"soort\":1}", ours, ours), REPORT_NO_REPORT);
    cr_expect_eq(check("{\"soort\":\"" REPORT_KIND "\",\"schemaVersie\":1}", ours, ours), REPORT_GENUINE);
    cr_expect_eq(check("{\"soort\":\"" REPORT_KIND "\",\"schemaVersie\":2}", ours, ours), REPORT_NEWER);
    cr_expect_eq(check("{\"soort\":\"" REPORT_KIND "\",\"schemaVersie\":1}", theirs, ours), REPORT_ALTERED,
                 "it names no key that signed it");
    crypto_verifying_key(key, theirs);
    crypto_base64url(name, sizeof name, key, sizeof key);
    snprintf(text, sizeof text,
             "{\"soort\":\"" REPORT_KIND "\",\"schemaVersie\":1,\"ondertekening\":{\"sleutel\":\"%s\"}}",
             name);
    cr_expect_eq(check(text, theirs, ours), REPORT_OTHER_KEY);
    crypto_keys_free(ours);
    crypto_keys_free(theirs);
}

Test(report_document, reads_a_signature_in_each_form_that_it_is_handed_out_in)
{
    unsigned char given[CRYPTO_SIGNATURE_BYTES], got[CRYPTO_SIGNATURE_BYTES];
    char text[CRYPTO_SIGNATURE_TEXT_BYTES], file[300];
    for (size_t i = 0; i < sizeof given; i++) {
        given[i] = (unsigned char)(3 * i);
    }
    crypto_base64url(text, sizeof text, given, sizeof given);
    cr_expect(report_signature_read(got, (struct slice){(const char *)given, sizeof given}));
    cr_expect_arr_eq(got, given, sizeof given);
    snprintf(file, sizeof file, "%s\n", text);
    memset(got, 0, sizeof got);
    cr_expect(report_signature_read(got, slice_from_cstr(file)));
    cr_expect_arr_eq(got, given, sizeof given);
    snprintf(file, sizeof file, "{\"algoritme\":\"Ed25519\",\"handtekening\":\"%s\"}", text);
    memset(got, 0, sizeof got);
    cr_expect(report_signature_read(got, slice_from_cstr(file)));
    cr_expect_arr_eq(got, given, sizeof given);
    cr_expect_not(report_signature_read(got, SLICE("{\"handtekening\":\"kort\"}")));
    cr_expect_not(report_signature_read(got, SLICE("{\"sleutel\":\"x\"}")));
    cr_expect_not(report_signature_read(got, SLICE("")));
}
