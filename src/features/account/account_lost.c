/* A form that came after its session had ended: who typed for half an hour gets it back. */
#include "features/account/account_internal.h"

/* What must not stand on a screen, and what the page itself put in its form. */
static bool is_shown(struct slice name)
{
    static const char *const not_shown[] = {"token",  "zeker", "revisie",   "wachtwoord",
                                            "huidig", "nieuw", "herhaling", "code"};
    for (size_t i = 0; i < sizeof not_shown / sizeof not_shown[0]; i++) {
        if (slice_equal_cstr(name, not_shown[i])) {
            return false;
        }
    }
    return true;
}

bool account_give_back(struct http_exchange *ex, struct account *account)
{
    size_t count;
    const struct http_field *form = http_form(&count, ex);
    json_t *typed = json_array();
    for (size_t i = 0; i < count; i++) {
        if (form[i].value.len > 0 && is_shown(form[i].name)) {
            json_array_append_new(typed, json_pack("{s:s%,s:s%}", "name", form[i].name.ptr, form[i].name.len,
                                                   "value", form[i].value.ptr, form[i].value.len));
        }
    }
    if (json_array_size(typed) == 0) {
        json_decref(typed);
        return false;
    }
    json_t *context = staff_titled(ex, account, "signed_out.title");
    json_object_set_new(context, "typed", typed);
    json_object_set_new(context, "login_path", json_string(LOGIN_PATH));
    staff_render_bare(ex, account, 403, "staff_signed_out", context);
    return true;
}
