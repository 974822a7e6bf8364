#include "features/tafel/tafel_form.h"

#include "base/clock.h"

#include <string.h>

/* ---- forms ---- */

static struct staff_about about_of(const struct tafel_about *about, const struct tafel_form *form)
{
    return (struct staff_about){.account = about->tafel->config.account,
                                .ex = about->ex,
                                .texts = about->texts,
                                .action =
                                    arena_printf(http_arena(about->ex), "%s%s", about->path, form->more).ptr,
                                .back = about->path,
                                .revision = about->revision,
                                .intro = about->intro,
                                .links = about->links};
}

static struct staff_form form_of(const struct tafel_form *form)
{
    return (struct staff_form){form->title, form->button ? form->button : "tafel.save", form->fields,
                               form->count};
}

void tafel_form_read(struct staff_posted *out, const struct tafel_about *about, const struct tafel_form *form)
{
    const struct staff_about it = about_of(about, form);
    const struct staff_form shown = form_of(form);
    staff_form_read(out, &it, &shown);
}

void tafel_form_show(const struct tafel_about *about, const struct tafel_form *form, const json_t *values,
                     const json_t *options, const struct json_errors *errors, const char *said)
{
    const struct staff_about it = about_of(about, form);
    const struct staff_form shown = form_of(form);
    staff_form_show(&it, &shown, values, options, errors, said);
}

bool tafel_form_good(const struct staff_posted *posted, const struct tafel_about *about,
                     const struct tafel_form *form, const json_t *options)
{
    const struct staff_about it = about_of(about, form);
    const struct staff_form shown = form_of(form);
    return staff_form_good(posted, &it, &shown, options);
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
