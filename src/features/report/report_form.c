#include "features/report/report_form.h"

static void forget(void *object)
{
    json_decref(object);
}

void report_form_read(struct report_posted *out, const struct report_about *about,
                      const struct report_form *form)
{
    *out = (struct report_posted){.values = form_read(about->ex, form->fields, form->count)};
    arena_defer(http_arena(about->ex), forget, out->values);
    json_errors_init(&out->errors, http_arena(about->ex));
}

void report_form_show(const struct report_about *about, const struct report_form *form, const json_t *values,
                      const json_t *options, const struct json_errors *errors, const char *said)
{
    struct account *account = about->room->config.account;
    struct http_exchange *ex = about->ex;
    json_t *context = staff_titled(ex, account, form->title);
    json_t *shown = values ? json_copy((json_t *)(uintptr_t)values) : json_object();
    json_object_set_new(shown, "gelezen", json_integer(about->revision));
    form_show_of(context, form->texts, ex, web_locales(about->room->config.web), form->fields, form->count,
                 shown, options, errors);
    json_decref(shown);
    if (said) {
        json_object_set_new(context, "said", staff_text(ex, account, said));
    }
    json_object_set_new(context, "action", json_string(about->action));
    json_object_set_new(context, "button", staff_text(ex, account, form->button));
    json_object_set_new(context, "back_path", json_string(about->back));
    staff_render(ex, account, errors && errors->count > 0 ? 400 : said ? 409 : 200, "staff_form", context);
}

bool report_form_good(const struct report_posted *posted, const struct report_about *about,
                      const struct report_form *form, const json_t *options)
{
    const bool good = posted->errors.count == 0;
    if (good && posted->read_revision == about->revision) {
        return true;
    }
    report_form_show(about, form, posted->values, options, &posted->errors, good ? "tafel.conflict" : NULL);
    return false;
}
