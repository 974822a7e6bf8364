/* Forms about what two may change at once. */
#include "features/account/account_internal.h"

static void forget(void *object)
{
    json_decref(object);
}

void staff_form_read(struct staff_posted *out, const struct staff_about *about, const struct staff_form *form)
{
    *out = (struct staff_posted){.values = form_read(about->ex, form->fields, form->count)};
    arena_defer(http_arena(about->ex), forget, out->values);
    json_errors_init(&out->errors, http_arena(about->ex));
}

void staff_form_show(const struct staff_about *about, const struct staff_form *form, const json_t *values,
                     const json_t *options, const struct json_errors *errors, const char *said)
{
    struct account *account = about->account;
    struct http_exchange *ex = about->ex;
    json_t *context = staff_titled(ex, account, form->title);
    json_t *shown = values ? json_copy((json_t *)(uintptr_t)values) : json_object();
    json_object_set_new(shown, "gelezen", json_integer(about->revision));
    form_show_of(context, about->texts, ex, web_locales(account->config.web), form->fields, form->count,
                 shown, options, errors);
    json_decref(shown);
    if (said) {
        json_object_set_new(context, "said", staff_text(ex, account, said));
    }
    if (about->intro) {
        json_object_set_new(context, "intro", json_deep_copy(about->intro));
    }
    json_object_set_new(context, "any_links", json_boolean(json_array_size(about->links) > 0));
    json_object_set(context, "links", (json_t *)(uintptr_t)about->links);
    json_object_set_new(context, "action", json_string(about->action));
    json_object_set_new(context, "button", staff_text(ex, account, form->button));
    json_object_set_new(context, "back_path", json_string(about->back));
    staff_render(ex, account, errors && errors->count > 0 ? 400 : said ? 409 : 200, "staff_form", context);
}

bool staff_form_good(const struct staff_posted *posted, const struct staff_about *about,
                     const struct staff_form *form, const json_t *options)
{
    const bool first = posted->read_revision == about->revision;
    if (first && posted->errors.count == 0) {
        return true;
    }
    /* With faults too: the form that is shown now names the newest revision, which they have not read. */
    staff_form_show(about, form, posted->values, options, &posted->errors, first ? NULL : STAFF_CONFLICT);
    return false;
}
