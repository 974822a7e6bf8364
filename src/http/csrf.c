#include "http/csrf.h"

enum csrf_verdict csrf_decide(const struct slice *sec_fetch_site, const struct slice *origin,
                              struct slice public_origin)
{
    if (sec_fetch_site) {
        bool ours =
            slice_equal_cstr(*sec_fetch_site, "same-origin") || slice_equal_cstr(*sec_fetch_site, "none");
        return ours ? CSRF_OURS : CSRF_FOREIGN;
    }
    if (!origin || slice_equal_cstr(*origin, "null")) {
        return CSRF_ASK_TOKEN;
    }
    return slice_equal_nocase(*origin, public_origin) ? CSRF_OURS : CSRF_FOREIGN;
}
