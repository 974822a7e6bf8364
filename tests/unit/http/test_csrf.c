#include "http/csrf.h"

#include <criterion/criterion.h>

/* NULL: the header is absent. */
struct csrf_case {
    const char *site;
    const char *origin;
    enum csrf_verdict wanted;
};

static const struct csrf_case cases[] = {
    {"same-origin", NULL, CSRF_OURS},
    {"same-origin", "https://zeven.example", CSRF_OURS},
    {"same-origin", "null", CSRF_OURS}, /* a form on a page with Referrer-Policy no-referrer */
    {"none", NULL, CSRF_OURS},
    {"same-site", "https://zeven.example", CSRF_FOREIGN},
    {"cross-site", "https://zeven.example", CSRF_FOREIGN},
    {"cross-site", NULL, CSRF_FOREIGN},
    {"", NULL, CSRF_FOREIGN},
    {"Same-Origin", NULL, CSRF_FOREIGN},
    {"same-origin, cross-site", NULL, CSRF_FOREIGN},
    {NULL, "https://zeven.example", CSRF_OURS},
    {NULL, "https://ZEVEN.example", CSRF_OURS},
    {NULL, "http://zeven.example", CSRF_FOREIGN},
    {NULL, "https://zeven.example:444", CSRF_FOREIGN},
    {NULL, "https://zeven.example.evil.example", CSRF_FOREIGN},
    {NULL, "https://evil.example", CSRF_FOREIGN},
    {NULL, "", CSRF_FOREIGN},
    {NULL, "null", CSRF_ASK_TOKEN},
    {NULL, NULL, CSRF_ASK_TOKEN},
};

Test(csrf, decides)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice site = slice_from_cstr(cases[i].site);
        struct slice origin = slice_from_cstr(cases[i].origin);
        enum csrf_verdict verdict = csrf_decide(
            cases[i].site ? &site : NULL, cases[i].origin ? &origin : NULL, SLICE("https://zeven.example"));
        cr_assert_eq(verdict, cases[i].wanted, "Sec-Fetch-Site %s, Origin %s",
                     cases[i].site ? cases[i].site : "-", cases[i].origin ? cases[i].origin : "-");
    }
}
