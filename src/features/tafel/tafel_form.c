#include "features/tafel/tafel_form.h"

#include "base/clock.h"

#include <string.h>

/* ---- forms ---- */

static void forget(void *object)
{
    json_decref(object);
}

void tafel_form_read(struct tafel_posted *out, const struct tafel_about *about, const struct tafel_form *form)
{
    *out = (struct tafel_posted){.values = form_read(about->ex, form->fields, form->count)};
    arena_defer(http_arena(about->ex), forget, out->values);
    json_errors_init(&out->errors, http_arena(about->ex));
}

void tafel_form_show(const struct tafel_about *about, const struct tafel_form *form, const json_t *values,
                     const json_t *options, const struct json_errors *errors, const char *said)
{
    struct account *account = about->tafel->config.account;
    struct http_exchange *ex = about->ex;
    json_t *context = staff_titled(ex, account, form->title);
    json_t *shown = values ? json_copy((json_t *)(uintptr_t)values) : json_object();
    json_object_set_new(shown, "gelezen", json_integer(about->revision));
    form_show_of(context, about->texts, ex, web_locales(about->tafel->config.web), form->fields, form->count,
                 shown, options, errors);
    json_decref(shown);
    if (said) {
        json_object_set_new(context, "said", staff_text(ex, account, said));
    }
    if (about->intro) {
        json_object_set_new(context, "intro", json_deep_copy(about->intro));
    }
    json_object_set_new(context, "action",
                        json_string(arena_printf(http_arena(ex), "%s%s", about->path, form->more).ptr));
    json_object_set_new(context, "button",
                        staff_text(ex, account, form->button ? form->button : "tafel.save"));
    json_object_set_new(context, "back_path", json_string(about->path));
    staff_render(ex, account, errors && errors->count > 0 ? 400 : said ? 409 : 200, "staff_form", context);
}

bool tafel_form_good(const struct tafel_posted *posted, const struct tafel_about *about,
                     const struct tafel_form *form, const json_t *options)
{
    const bool first = posted->read_revision == about->revision;
    if (first && posted->errors.count == 0) {
        return true;
    }
    /* With faults too: the form that is shown now names the newest revision, which they have not read. */
    tafel_form_show(about, form, posted->values, options, &posted->errors, first ? NULL : "tafel.conflict");
    return false;
}

int32_t tafel_day(struct json_errors *errors, const char *pointer, struct slice text)
{
    int32_t day = 0;
    if (text.ptr && (!clock_parse_day(&day, text) || day <= 0)) {
        json_errors_add(errors, pointer, "datum", "Schrijf deze datum als 2027-06-30.");
        day = 0;
    }
    return day;
}

int32_t tafel_number(const struct http_exchange *ex, const char *parameter)
{
    uint64_t number = 0;
    return slice_to_u64(&number, http_path_param(ex, parameter), INT32_MAX) ? (int32_t)number : 0;
}

/* ---- the database ---- */

enum db_status tafel_read_json(json_t **out, struct db_tx *tx, struct arena *arena,
                               const struct db_statement *statement, const struct db_params *params)
{
    struct db_result *rows;
    *out = NULL;
    const enum db_status status = db_run(&rows, tx, statement, params);
    if (status == DB_OK && db_rows(rows) == 1) {
        *out = signal_json(arena, db_get_text(rows, 0, 0));
    }
    return status;
}

void tafel_put_text(struct db_params *p, struct slice text)
{
    if (text.len > 0) {
        db_put_text(p, text);
    } else {
        db_put_null(p);
    }
}
