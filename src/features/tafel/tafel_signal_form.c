/* What the staff pages about signals share. */
#include "features/tafel/tafel_signal_pages.h"
#include "features/tafel/tafel_words.h"

#include "base/clock.h"

#include <string.h>

/* ---- one signal ---- */

int32_t signal_today(const struct tafel *tafel)
{
    return clock_day_nl(tafel->config.now_s());
}

bool signal_page_open(struct signal_page *out, enum db_status *status, const struct tafel *tafel,
                      struct db_tx *tx, struct http_exchange *ex, bool to_change)
{
    uint64_t number;
    int32_t locked = 1;
    *out = (struct signal_page){.tafel = tafel, .tx = tx, .ex = ex};
    *status = DB_OK;
    if (slice_to_u64(&number, http_path_param(ex, "signaal"), INT32_MAX)) {
        out->number = (int32_t)number;
        if (to_change) {
            *status = signal_lock(&locked, tx, out->number);
        }
        if (*status == DB_OK) {
            *status = signal_find(&out->signal, &out->revision, tx, http_arena(ex), out->number,
                                  signal_today(tafel));
        }
    }
    if (*status == DB_OK && !out->signal) {
        http_error(ex, 404);
    }
    if (!out->signal) {
        return false;
    }
    out->state = signal_state_find(slice_from_cstr(json_string_value(json_object_get(out->signal, "stand"))));
    return *status == DB_OK;
}

const char *signal_path(const struct signal_page *page, const char *more)
{
    return page->number == 0
               ? arena_printf(http_arena(page->ex), SIGNAL_PATH "%s", more).ptr
               : arena_printf(http_arena(page->ex), SIGNAL_PATH "/%d%s", (int)page->number, more).ptr;
}

enum db_status signal_record(const struct signal_page *page, const char *action, const char *details)
{
    return staff_audit(page->tx, page->ex, action,
                       arena_printf(db_arena(page->tx), "signal:%d", (int)page->number).ptr, "ok", details);
}

/* ---- forms ---- */

static struct tafel_about about(const struct signal_page *page)
{
    return (struct tafel_about){.tafel = page->tafel,
                                .ex = page->ex,
                                .texts = "tafel.signal",
                                .path = signal_path(page, ""),
                                .revision = page->revision,
                                .intro = json_object_get(page->signal, "titel")};
}

void signal_form_read(struct tafel_posted *out, const struct signal_page *page, const struct tafel_form *form)
{
    const struct tafel_about it = about(page);
    tafel_form_read(out, &it, form);
}

void signal_form_show(const struct signal_page *page, const struct tafel_form *form, const json_t *values,
                      const json_t *options, const struct json_errors *errors, const char *said)
{
    const struct tafel_about it = about(page);
    tafel_form_show(&it, form, values, options, errors, said);
}

bool signal_form_good(const struct tafel_posted *posted, const struct signal_page *page,
                      const struct tafel_form *form, const json_t *options)
{
    const struct tafel_about it = about(page);
    return tafel_form_good(posted, &it, form, options);
}

json_t *signal_round_options(const struct tafel *tafel, struct http_exchange *ex)
{
    const struct survey_snapshot *snapshot = survey_snapshot_for(tafel->config.survey, ex);
    const int language = strcmp(http_language(ex), "en") == 0;
    json_t *list = json_array();
    for (size_t i = 0; snapshot && i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        if (round->status != ROUND_DRAFT && !round->pilot) {
            json_array_append_new(
                list, json_pack("{s:s,s:s}", "code", round->code, "label", round->title[language]));
        }
    }
    return list;
}

/* ---- words ---- */

void signal_add_words(json_t *value, struct http_exchange *ex, const struct web *web)
{
    static const char *const members[] = {"bron", "stand",    "naar",     "grond",   "soort",
                                          "rol",  "herkomst", "uitkomst", "waarden", NULL};
    static const char *const days[] = {"op",      "opgevangenOp", "gewijzigdOp", "uiterlijk",
                                       "terugOp", "geldigTot",    NULL};
    static const char *const numbers[] = {"aandeel", "toen", "nu", NULL};
    static const char *const differences[] = {"verschil", NULL};
    static const struct tafel_word_list list = {"tafel.signal", members, days, numbers, differences};
    tafel_say_words(value, ex, web, &list);
}

static struct slice title_of(const struct agenda *agenda, const json_t *code)
{
    const struct slice text = {json_string_value(code), json_string_length(code)};
    for (size_t i = 0; agenda && i < agenda->application_count; i++) {
        if (slice_equal(agenda->applications[i].code, text)) {
            return agenda->applications[i].title;
        }
    }
    return text;
}

enum db_status signal_add_applications(json_t *signal, struct db_tx *tx, struct http_exchange *ex)
{
    size_t i;
    const json_t *item;
    const struct agenda *agenda;
    struct agenda_version version;
    struct slice all = SLICE("");
    const json_t *codes = json_object_get(signal, "toepassingen");
    if (json_array_size(codes) == 0) {
        return DB_OK;
    }
    const enum db_status status = agenda_get(&agenda, &version, tx, http_arena(ex), 0);
    json_array_foreach(codes, i, item)
    {
        all = arena_printf(http_arena(ex), "%.*s%s%.*s", SLICE_ARG(all), i > 0 ? ", " : "",
                           SLICE_ARG(title_of(agenda, item)));
    }
    json_object_set_new(signal, "toepassingen_woord", json_stringn(all.ptr, all.len));
    return status;
}

enum db_status signal_mark_over(json_t *forwards, struct db_tx *tx, struct arena *arena)
{
    size_t i;
    json_t *forward;
    const struct agenda *agenda;
    struct agenda_version version;
    const enum db_status status = agenda_get(&agenda, &version, tx, arena, 0);
    json_array_foreach(forwards, i, forward)
    {
        const char *code = json_string_value(json_object_get(forward, "onderdeel"));
        const struct agenda_item *item = code && agenda ? agenda_find(agenda, slice_from_cstr(code)) : NULL;
        if (item && item->ended_day != 0) {
            json_object_set_new(forward, "beeindigd", agenda_ended_json(item));
        }
    }
    return status;
}
