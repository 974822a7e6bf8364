#include "features/tafel/tafel_kept.h"

#include <string.h>

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
    tafel_mark_invented(ex, out->thing);
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

/* ---- its next step ---- */

static void forget(void *object)
{
    json_decref(object);
}

const json_t *kept_next_states(const struct kept_page *page, const char *texts, const char *const *states,
                               bool (*may)(const struct kept_page *page, const char *to))
{
    json_t *list = json_array(), *options = json_pack("{s:o}", "naar", list);
    arena_defer(http_arena(page->ex), forget, options);
    for (size_t i = 0; states[i]; i++) {
        if (may(page, states[i])) {
            json_array_append_new(list, json_pack("{s:s,s:o}", "code", states[i], "label",
                                                  kept_text_of(page->ex, page->tafel, texts, states[i])));
        }
    }
    return options;
}

void kept_say_lacks(struct json_errors *errors, unsigned lacks, const struct kept_lack *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if ((lacks & words[i].need) != 0) {
            json_errors_add(errors, words[i].pointer, "ontbreekt", "%s", words[i].detail);
        }
    }
}

enum db_status kept_record_step(const struct kept_page *page, struct slice from, struct slice to)
{
    struct arena *arena = db_arena(page->tx);
    return kept_record(
        page, arena_printf(arena, "%s.step", page->kind->object).ptr,
        arena_printf(arena, "{\"van\":\"%.*s\",\"naar\":\"%.*s\"}", SLICE_ARG(from), SLICE_ARG(to)).ptr);
}

/* ---- forms ---- */

static struct tafel_about about(const struct kept_page *page)
{
    return (struct tafel_about){.tafel = page->tafel,
                                .ex = page->ex,
                                .texts = page->kind->texts,
                                .path = kept_path(page, ""),
                                .revision = page->revision,
                                .intro = json_object_get(page->thing, page->kind->headline),
                                .links = page->links};
}

void kept_form_read(struct staff_posted *out, const struct kept_page *page, const struct tafel_form *form)
{
    const struct tafel_about it = about(page);
    tafel_form_read(out, &it, form);
}

void kept_form_show(const struct kept_page *page, const struct tafel_form *form, const json_t *values,
                    const json_t *options, const struct json_errors *errors, const char *said)
{
    const struct tafel_about it = about(page);
    tafel_form_show(&it, form, values, options, errors, said);
}

bool kept_form_good(const struct staff_posted *posted, const struct kept_page *page,
                    const struct tafel_form *form, const json_t *options)
{
    const struct tafel_about it = about(page);
    return tafel_form_good(posted, &it, form, options);
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

/* Gives each option that the round explains, and that has no such name yet, the name of its explanation. */
static void name_by(json_t *options, bool *named, const struct survey_round *round, struct http_exchange *ex)
{
    size_t i, k;
    json_t *option, *explainer;
    json_t *all = questionnaire_explainers_context(http_arena(ex), round->questionnaire, "application",
                                                   strcmp(http_language(ex), "en") == 0);
    json_array_foreach(options, i, option)
    {
        json_array_foreach(all, k, explainer)
        {
            if (!named[i] &&
                json_equal(json_object_get(option, "code"), json_object_get(explainer, "code"))) {
                json_object_set(option, "label", json_object_get(explainer, "title"));
                named[i] = true;
            }
        }
    }
}

/* Those that no round explains, by a name that citizens know. */
static void name_others(json_t *options, const bool *named, struct http_exchange *ex,
                        const struct tafel *tafel)
{
    size_t i;
    json_t *option;
    json_array_foreach(options, i, option)
    {
        struct slice text;
        const struct slice path = arena_printf(http_arena(ex), "tafel.application.%s",
                                               json_string_value(json_object_get(option, "code")));
        if (!named[i] && locale_find(&text, web_locales(tafel->config.web), http_language(ex), path)) {
            json_object_set_new(option, "label", json_stringn(text.ptr, text.len));
        }
    }
}

enum db_status kept_public_applications(json_t **options, struct db_tx *tx, struct http_exchange *ex,
                                        const struct tafel *tafel)
{
    const enum db_status status = kept_applications(options, tx, ex);
    const struct survey_snapshot *snapshot = survey_snapshot_for(tafel->config.survey, ex);
    bool *named = arena_array(http_arena(ex), json_array_size(*options) + 1, sizeof *named);
    for (unsigned invented = 0; status == DB_OK && invented < 2; invented++) {
        for (size_t i = survey_round_count(snapshot); i-- > 0;) {
            const struct survey_round *round = survey_round_at(snapshot, i);
            if (round->status != ROUND_DRAFT && round->questionnaire && round->invented == (invented == 1)) {
                name_by(*options, named, round, ex);
            }
        }
    }
    name_others(*options, named, ex, tafel);
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
