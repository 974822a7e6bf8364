/* Consent: whose words may be loaded. Nobody's, unless everything says that they may. */
#include "features/fieldwork/fieldwork_people.h"

#include <criterion/criterion.h>

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
