/* A form that was not taken, because its session had ended or because the service could not: who typed for
 * half an hour gets it back. */
#include "features/account/account_internal.h"

#include <string.h>

/* Never written on a page. */
static bool is_password(struct slice name)
{
    return slice_equal_cstr(name, "wachtwoord") || slice_equal_cstr(name, "huidig") ||
           slice_equal_cstr(name, "nieuw") || slice_equal_cstr(name, "herhaling");
}

/* What somebody typed or chose, and not what the page itself put in its form. */
static bool is_typed(struct slice name)
{
    static const char *const not_typed[] = {"token",  "zeker", "revisie", "gelezen",
                                            "gezien", "zegel", "code"};
    for (size_t i = 0; i < sizeof not_typed / sizeof not_typed[0]; i++) {
        if (slice_equal_cstr(name, not_typed[i])) {
            return false;
        }
    }
    return !is_password(name);
}

static void add_field(json_t *list, const struct http_field *field)
{
    json_array_append_new(list, json_pack("{s:s%,s:s%}", "name", field->name.ptr, field->name.len, "value",
                                          field->value.len ? field->value.ptr : "", field->value.len));
}

/* NULL: nothing. */
static json_t *what_was_typed(const struct http_exchange *ex)
{
    size_t count;
    const struct http_field *form = http_form(&count, ex);
    json_t *typed = json_array();
    for (size_t i = 0; i < count; i++) {
        if (form[i].value.len > 0 && is_typed(form[i].name)) {
            add_field(typed, &form[i]);
        }
    }
    if (json_array_size(typed) == 0) {
        json_decref(typed);
        return NULL;
    }
    return typed;
}

bool account_give_back(struct http_exchange *ex, struct account *account)
{
    json_t *typed = what_was_typed(ex);
    if (!typed) {
        return false;
    }
    json_t *context = staff_titled(ex, account, "signed_out.title");
    json_object_set_new(context, "lost", json_pack("{s:o}", "typed", typed));
    json_object_set_new(context, "login_path", json_string(LOGIN_PATH));
    staff_render_bare(ex, account, 403, "staff_signed_out", context);
    return true;
}

void account_signed_out_by_tries(struct http_exchange *ex, struct account *account)
{
    json_t *context = staff_titled(ex, account, "signed_out.title");
    json_object_set_new(context, "login_path", json_string(LOGIN_PATH));
    staff_render_bare(ex, account, 403, "staff_signed_out", context);
}

/* The whole form, as it came. NULL: it cannot be sent from a page, since a file went with it. */
static json_t *form_again(const struct http_exchange *ex)
{
    size_t count;
    const struct http_field *form = http_form(&count, ex);
    struct slice type;
    struct slice path = http_path(ex);
    if (!way_back_ok(path) || !http_header(&type, ex, "Content-Type") ||
        slice_starts_with(type, SLICE("multipart/"))) {
        return NULL;
    }
    json_t *fields = json_array();
    for (size_t i = 0; i < count; i++) {
        add_field(fields, &form[i]);
    }
    return json_pack("{s:s%,s:o}", "action", path.ptr, path.len, "fields", fields);
}

static bool holds_password(const struct http_exchange *ex)
{
    size_t count;
    const struct http_field *form = http_form(&count, ex);
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        found = found || is_password(form[i].name);
    }
    return found;
}

bool account_give_back_unsaved(struct http_exchange *ex, struct account *account, int status)
{
    if (http_method(ex) != HTTP_POST || !account_owns_path(http_path(ex)) || holds_password(ex)) {
        return false;
    }
    json_t *typed = what_was_typed(ex);
    if (!typed) {
        return false;
    }
    json_t *context = staff_titled(ex, account, "unsaved.title");
    json_t *again = form_again(ex);
    json_object_set_new(context, "typed", typed);
    if (again) {
        json_object_set_new(context, "again", again);
    }
    return staff_try_render_bare(ex, account, status, "staff_unsaved", context);
}
