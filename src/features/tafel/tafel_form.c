#include "features/tafel/tafel_form.h"

#include "base/clock.h"

#include <string.h>

enum { DAY_S = 86400 };

/* ---- forms ---- */

static void forget(void *object)
{
    json_decref(object);
}

void tafel_form_read(struct signal_posted *out, const struct tafel_about *about,
                     const struct signal_form *form)
{
    *out = (struct signal_posted){.values = form_read(about->ex, form->fields, form->count)};
    arena_defer(http_arena(about->ex), forget, out->values);
    json_errors_init(&out->errors, http_arena(about->ex));
}

void tafel_form_show(const struct tafel_about *about, const struct signal_form *form, const json_t *values,
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
    json_object_set_new(context, "button", staff_text(ex, account, "tafel.save"));
    json_object_set_new(context, "back_path", json_string(about->path));
    staff_render(ex, account, errors && errors->count > 0 ? 400 : said ? 409 : 200, "staff_form", context);
}

bool tafel_form_good(const struct signal_posted *posted, const struct tafel_about *about,
                     const struct signal_form *form, const json_t *options)
{
    const bool good = posted->errors.count == 0;
    if (good && posted->read_revision == about->revision) {
        return true;
    }
    tafel_form_show(about, form, posted->values, options, &posted->errors, good ? "tafel.conflict" : NULL);
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

/* ---- words ---- */

static void add_word(json_t *object, const char *member, struct http_exchange *ex, const struct web *web,
                     const char *texts)
{
    const char *code = json_string_value(json_object_get(object, member));
    struct slice word;
    if (code && locale_find(&word, web_locales(web), http_language(ex),
                            arena_printf(http_arena(ex), "%s.options.%s", texts, code))) {
        json_object_set_new(object, arena_printf(http_arena(ex), "%s_woord", member).ptr,
                            json_stringn(word.ptr, word.len));
    }
}

/* "2027-06-30", or a time of it. */
static void add_day(json_t *object, const char *member, struct http_exchange *ex, const struct web *web)
{
    const char *text = json_string_value(json_object_get(object, member));
    int64_t unix_s;
    int32_t day;
    if (!text) {
        return;
    }
    if (!clock_parse_rfc3339(&unix_s, slice_from_cstr(text))) {
        unix_s = clock_parse_day(&day, slice_from_cstr(text)) ? (int64_t)day * DAY_S : 0;
    }
    const struct slice word = locale_date(http_arena(ex), web_locales(web), http_language(ex), unix_s);
    json_object_set_new(object, arena_printf(http_arena(ex), "%s_woord", member).ptr,
                        json_stringn(word.ptr, word.len));
}

void tafel_say_words(json_t *value, struct http_exchange *ex, const struct web *web,
                     const struct tafel_word_list *list)
{
    size_t i;
    json_t *item;
    const char *key;
    json_array_foreach(value, i, item)
    {
        tafel_say_words(item, ex, web, list);
    }
    if (!json_is_object(value)) {
        return;
    }
    json_object_foreach(value, key, item)
    {
        tafel_say_words(item, ex, web, list);
    }
    for (i = 0; list->members[i]; i++) {
        add_word(value, list->members[i], ex, web, list->texts);
    }
    for (i = 0; list->days[i]; i++) {
        add_day(value, list->days[i], ex, web);
    }
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
