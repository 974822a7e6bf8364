#include "features/tafel/tafel_kept.h"

#include "base/clock.h"

#include <string.h>

enum { DAY_S = 86400 };

/* ---- one of them ---- */

bool kept_open(struct kept_page *out, enum db_status *status, const struct kept_kind *kind,
               const struct tafel *tafel, struct db_tx *tx, struct http_exchange *ex, bool to_change)
{
    uint64_t number;
    int32_t locked = 1;
    *out = (struct kept_page){.kind = kind, .tafel = tafel, .tx = tx, .ex = ex};
    *status = DB_OK;
    if (slice_to_u64(&number, http_path_param(ex, kind->param), INT32_MAX)) {
        out->number = (int32_t)number;
        if (to_change) {
            *status = kind->lock(&locked, tx, out->number);
        }
        if (*status == DB_OK) {
            *status = kind->find(&out->thing, &out->revision, tx, http_arena(ex), out->number);
        }
    }
    if (*status == DB_OK && !out->thing) {
        http_error(ex, 404);
    }
    return *status == DB_OK && out->thing != NULL;
}

const char *kept_path(const struct kept_page *page, const char *more)
{
    return page->number == 0
               ? arena_printf(http_arena(page->ex), "%s%s", page->kind->path, more).ptr
               : arena_printf(http_arena(page->ex), "%s/%d%s", page->kind->path, (int)page->number, more).ptr;
}

enum db_status kept_record(const struct kept_page *page, const char *action, const char *details)
{
    return staff_audit(page->tx, page->ex, action,
                       arena_printf(db_arena(page->tx), "%s:%d", page->kind->object, (int)page->number).ptr,
                       "ok", details);
}

/* ---- forms ---- */

static void forget(void *object)
{
    json_decref(object);
}

void kept_form_read(struct kept_posted *out, const struct kept_page *page, const struct kept_form *form)
{
    *out = (struct kept_posted){.values = form_read(page->ex, form->fields, form->count)};
    arena_defer(http_arena(page->ex), forget, out->values);
    json_errors_init(&out->errors, http_arena(page->ex));
}

void kept_form_show(const struct kept_page *page, const struct kept_form *form, const json_t *values,
                    const json_t *options, const struct json_errors *errors, const char *said)
{
    struct account *account = page->tafel->config.account;
    struct http_exchange *ex = page->ex;
    json_t *context = staff_titled(ex, account, form->title);
    json_t *shown = values ? json_copy((json_t *)(uintptr_t)values) : json_object();
    json_object_set_new(shown, "gelezen", json_integer(page->revision));
    form_show_of(context, page->kind->texts, ex, web_locales(page->tafel->config.web), form->fields,
                 form->count, shown, options, errors);
    json_decref(shown);
    if (said) {
        json_object_set_new(context, "said", staff_text(ex, account, said));
    }
    if (page->thing) {
        json_object_set(context, "intro", json_object_get(page->thing, page->kind->headline));
    }
    json_object_set_new(context, "action", json_string(kept_path(page, form->more)));
    json_object_set_new(context, "button",
                        staff_text(ex, account, form->button ? form->button : "tafel.save"));
    json_object_set_new(context, "back_path", json_string(kept_path(page, "")));
    staff_render(ex, account, errors && errors->count > 0 ? 400 : said ? 409 : 200, "staff_form", context);
}

bool kept_form_good(const struct kept_posted *posted, const struct kept_page *page,
                    const struct kept_form *form, const json_t *options)
{
    const bool good = posted->errors.count == 0;
    if (good && posted->read_revision == page->revision) {
        return true;
    }
    kept_form_show(page, form, posted->values, options, &posted->errors, good ? "tafel.conflict" : NULL);
    return false;
}

/* ---- choices ---- */

enum db_status kept_applications(json_t **options, struct db_tx *tx, struct http_exchange *ex)
{
    const struct agenda *agenda;
    struct agenda_version version;
    *options = json_array();
    arena_defer(http_arena(ex), forget, *options);
    const enum db_status status = agenda_get(&agenda, &version, tx, http_arena(ex), 0);
    for (size_t i = 0; status == DB_OK && agenda && i < agenda->application_count; i++) {
        const struct agenda_application *application = &agenda->applications[i];
        json_array_append_new(*options,
                              json_pack("{s:s%,s:s%}", "code", application->code.ptr, application->code.len,
                                        "label", application->title.ptr, application->title.len));
    }
    return status;
}

static const json_t *option_of(const json_t *options, struct slice code)
{
    size_t i;
    const json_t *option;
    json_array_foreach(options, i, option)
    {
        if (slice_equal_cstr(code, json_string_value(json_object_get(option, "code")))) {
            return option;
        }
    }
    return NULL;
}

bool kept_has_code(const json_t *options, struct slice code)
{
    return option_of(options, code) != NULL;
}

struct slice kept_label(const json_t *options, struct slice code)
{
    const char *label = json_string_value(json_object_get(option_of(options, code), "label"));
    return label ? slice_from_cstr(label) : code;
}

const struct slice *kept_codes(size_t *count, bool *wrong, struct http_exchange *ex, const json_t *list,
                               const char *const *known)
{
    size_t i;
    const json_t *item;
    struct slice *codes = arena_array(http_arena(ex), json_array_size(list) + 1, sizeof *codes);
    *count = 0;
    *wrong = false;
    json_array_foreach(list, i, item)
    {
        const char *code = json_is_string(item) ? json_string_value(item) : "";
        bool found = false, twice = false;
        for (size_t k = 0; known[k]; k++) {
            found = found || strcmp(known[k], code) == 0;
        }
        for (size_t k = 0; k < *count; k++) {
            twice = twice || slice_equal_cstr(codes[k], code);
        }
        *wrong = *wrong || !found || twice;
        codes[(*count)++] = slice_from_cstr(code);
    }
    return codes;
}

/* ---- words ---- */

static struct slice word_of(const json_t *code, struct http_exchange *ex, const struct web *web,
                            const char *texts)
{
    struct slice word = {NULL, 0};
    if (json_is_string(code)) {
        locale_find(&word, web_locales(web), http_language(ex),
                    arena_printf(http_arena(ex), "%s.options.%s", texts, json_string_value(code)));
    }
    return word;
}

static void add_word(json_t *object, const char *member, struct http_exchange *ex, const struct web *web,
                     const char *texts)
{
    size_t i;
    const json_t *item, *value = json_object_get(object, member);
    struct slice all = word_of(value, ex, web, texts);
    json_array_foreach(value, i, item)
    {
        const struct slice word = word_of(item, ex, web, texts);
        all = arena_printf(http_arena(ex), "%.*s%s%.*s", SLICE_ARG(all), i > 0 ? ", " : "", SLICE_ARG(word));
    }
    if (all.len > 0) {
        json_object_set_new(object, arena_printf(http_arena(ex), "%s_woord", member).ptr,
                            json_stringn(all.ptr, all.len));
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

void kept_add_words(json_t *value, struct http_exchange *ex, const struct web *web, const char *texts,
                    const char *const *members)
{
    size_t i;
    const char *key;
    json_t *item;
    json_array_foreach(value, i, item)
    {
        kept_add_words(item, ex, web, texts, members);
    }
    if (!json_is_object(value)) {
        return;
    }
    json_object_foreach(value, key, item)
    {
        kept_add_words(item, ex, web, texts, members);
    }
    for (i = 0; members[i]; i++) {
        add_word(value, members[i], ex, web, texts);
    }
}

void kept_add_days(json_t *value, struct http_exchange *ex, const struct web *web, const char *const *members)
{
    size_t i;
    const char *key;
    json_t *item;
    json_array_foreach(value, i, item)
    {
        kept_add_days(item, ex, web, members);
    }
    if (!json_is_object(value)) {
        return;
    }
    json_object_foreach(value, key, item)
    {
        kept_add_days(item, ex, web, members);
    }
    for (i = 0; members[i]; i++) {
        add_day(value, members[i], ex, web);
    }
}

json_t *kept_text(const struct http_exchange *ex, const struct tafel *tafel, const char *path)
{
    const struct slice text = locale_text(web_locales(tafel->config.web), http_language(ex), path);
    return json_stringn(text.ptr, text.len);
}

json_t *kept_text_of(struct http_exchange *ex, const struct tafel *tafel, const char *path, const char *code)
{
    return kept_text(ex, tafel, arena_printf(http_arena(ex), "%s.%s", path, code).ptr);
}

void kept_put_list(json_t *context, const char *name, const char *any, json_t *list)
{
    json_object_set(context, name, list);
    json_object_set_new(context, any, json_boolean(json_array_size(list) > 0));
}

int64_t kept_cut(json_t *list, size_t page)
{
    int64_t next = 0;
    if (json_array_size(list) > page) {
        next = json_integer_value(json_object_get(json_array_get(list, page), "nummer"));
        json_array_remove(list, page);
    }
    return next;
}

/* ---- what a page is asked for ---- */

struct slice kept_asked(const struct http_exchange *ex, const char *key)
{
    struct slice text = {NULL, 0};
    return http_query(&text, ex, key) && text.ptr ? text : SLICE("");
}

struct slice kept_asked_one(const struct http_exchange *ex, const char *key, const char *const *known)
{
    const struct slice text = kept_asked(ex, key);
    for (size_t i = 0; known[i]; i++) {
        if (slice_equal_cstr(text, known[i])) {
            return text;
        }
    }
    return SLICE("");
}

int64_t kept_asked_number(const struct http_exchange *ex, const char *key)
{
    uint64_t number = 0;
    return slice_to_u64(&number, kept_asked(ex, key), INT32_MAX) ? (int64_t)number : 0;
}
