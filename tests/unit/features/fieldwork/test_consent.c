/* Consent: whose words may be loaded. Nobody's, unless everything says that they may. */
#include "features/fieldwork/fieldwork_consent.h"
#include "features/fieldwork/fieldwork_people.h"

#include "base/buffer.h"
#include "crypto/crypto.h"
#include "json/decode.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(consent);

struct row {
    const char *participant;
    enum consent_lack of_notes, of_recording;
};

#define CAME   "'deelnemer': 1, 'stand': 'gekomen'"
#define ADULT  "'leeftijdsgroep': 'volwassen'"
#define CHILD  "'leeftijdsgroep': 'onder-16'"
#define YES    "'toestemming': {'deelname': true, 'opname': true, 'ouder': false}"
#define NOTES  "'toestemming': {'deelname': true, 'opname': false, 'ouder': false}"
#define NO     "'toestemming': {'deelname': false, 'opname': false, 'ouder': false}"
#define SIGNED "'toestemming': {'deelname': true, 'opname': true, 'ouder': true}"

static const struct row rows[] = {
    {"{" CAME "," ADULT "," YES "}", CONSENT_ENOUGH, CONSENT_ENOUGH},
    {"{" CAME "," ADULT "," NOTES "}", CONSENT_ENOUGH, CONSENT_NO_RECORDING},
    {"{" CAME "," ADULT "," NO "}", CONSENT_REFUSED, CONSENT_REFUSED},
    {"{" CAME "," ADULT "}", CONSENT_NOT_ASKED, CONSENT_NOT_ASKED},
    {"{" CAME "," CHILD "," YES "}", CONSENT_NO_PARENT, CONSENT_NO_PARENT},
    {"{" CAME "," CHILD "," SIGNED "}", CONSENT_ENOUGH, CONSENT_ENOUGH},
    {"{" CAME ",'leeftijdsgroep': '16-17'," YES "}", CONSENT_ENOUGH, CONSENT_ENOUGH},
    /* Whatever was signed beforehand: who is not said to have come said nothing. */
    {"{'stand': 'uitgenodigd'," ADULT "," YES "}", CONSENT_NOT_PRESENT, CONSENT_NOT_PRESENT},
    {"{'stand': 'reserve'," ADULT "," YES "}", CONSENT_NOT_PRESENT, CONSENT_NOT_PRESENT},
    {"{'stand': 'niet-gekomen'," ADULT "}", CONSENT_NOT_PRESENT, CONSENT_NOT_PRESENT},
    {"{'stand': 'afgemeld'," ADULT "," NO "}", CONSENT_NOT_PRESENT, CONSENT_NOT_PRESENT},
    {"{" CAME "," ADULT "," YES ",'ingetrokkenOp': '2027-01-15'}", CONSENT_WITHDRAWN, CONSENT_WITHDRAWN},
    {"{}", CONSENT_NOT_PRESENT, CONSENT_NOT_PRESENT},
};

Test(consent, lets_through_who_came_agreed_and_is_old_enough_or_signed_for)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[256];
        size_t at = 0;
        for (const char *c = rows[i].participant; *c && at < sizeof text - 1; c++) {
            text[at++] = *c == '\'' ? '"' : *c;
        }
        text[at] = '\0';
        json_t *participant = json_loads(text, 0, NULL);
        cr_assert_not_null(participant, "%s", text);
        cr_expect_eq(consent_lacks(participant, false), rows[i].of_notes, "notes: %s", text);
        cr_expect_eq(consent_lacks(participant, true), rows[i].of_recording, "recording: %s", text);
        json_decref(participant);
    }
}

Test(consent, has_a_name_for_each_lack)
{
    for (size_t i = 0; i < CONSENT_LACKS; i++) {
        cr_expect_eq(consent_lack_names[i] == NULL, i == CONSENT_ENOUGH, "%zu", i);
    }
}

/* ---- what people signed ---- */

/* SHA-256 of the canonical form of the texts of each version, by language. A line here never changes and is
 * never taken away: somebody signed those words. Other words are another version, with a line of its own. */
static const struct {
    const char *version, *language, *sha256;
} frozen[] = {
    {"1", "nl", "2bb1f33113a697c9b1031b36bf7ec596c4857ec9be16d821c1461b9088e0d51e"},
    {"1", "en", "a57eea7c62562a008ac822dd13eef9d4608cee237ab36dfe74b2770901be43ca"},
};

static void hash_of(char *hex, const char *version, const char *language)
{
    char path[64], group[64];
    unsigned char sha256[CRYPTO_SHA256_BYTES];
    struct buffer canonical;
    snprintf(path, sizeof path, "config/locales/%s.json", language);
    snprintf(group, sizeof group, "consent_%s", version);
    json_t *texts = json_load_file(path, 0, NULL);
    cr_assert_not_null(json_object_get(texts, group), "%s has no %s", path, group);
    buffer_init(&canonical, 1 << 20);
    cr_assert(json_canonical(&canonical, json_object_get(texts, group)));
    crypto_sha256(sha256, buffer_slice(&canonical));
    crypto_hex(hex, sha256, sizeof sha256);
    buffer_free(&canonical);
    json_decref(texts);
}

Test(consent, words_that_were_signed_never_change)
{
    cr_assert(crypto_start());
    for (size_t i = 0; i < sizeof frozen / sizeof frozen[0]; i++) {
        char hex[2 * CRYPTO_SHA256_BYTES + 1];
        hash_of(hex, frozen[i].version, frozen[i].language);
        cr_expect_str_eq(hex, frozen[i].sha256,
                         "consent_%s in %s is not what people signed: make it a new version (%s)",
                         frozen[i].version, frozen[i].language, hex);
    }
}

Test(consent, every_version_is_frozen_in_both_languages)
{
    for (size_t v = 0; consent_forms[v]; v++) {
        size_t count = 0;
        for (size_t i = 0; i < sizeof frozen / sizeof frozen[0]; i++) {
            count += strcmp(frozen[i].version, consent_forms[v]) == 0;
        }
        cr_expect_eq(count, 2, "version %s", consent_forms[v]);
    }
}
