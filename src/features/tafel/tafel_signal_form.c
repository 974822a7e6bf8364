/* What the staff pages about signals share. */
#include "features/tafel/tafel_signal_pages.h"

#include "base/clock.h"

#include <string.h>

/* ---- one signal ---- */

int32_t signal_today(const struct tafel *tafel)
{
    return clock_day_nl(tafel->config.now_s());
}

/* Opened here and not by kept_open: whether a signal is overdue takes the day. */
const struct kept_kind signal_kind = {.path = SIGNAL_PATH,
                                      .param = "signaal",
                                      .texts = "tafel.signal",
                                      .object = "signal",
                                      .headline = "titel"};

struct kept_page signal_page(const struct tafel *tafel, struct db_tx *tx, struct http_exchange *ex,
                             int32_t number)
{
    return (struct kept_page){.kind = &signal_kind, .tafel = tafel, .tx = tx, .ex = ex, .number = number};
}

bool signal_open(struct kept_page *out, enum db_status *status, const struct tafel *tafel, struct db_tx *tx,
                 struct http_exchange *ex, bool to_change)
{
    int32_t locked = 1;
    *out = signal_page(tafel, tx, ex, tafel_number(ex, signal_kind.param));
    *status = to_change ? signal_lock(&locked, tx, out->number) : DB_OK;
    if (*status == DB_OK) {
        *status =
            signal_find(&out->thing, &out->revision, tx, http_arena(ex), out->number, signal_today(tafel));
    }
    if (*status == DB_OK && !out->thing) {
        http_error(ex, 404);
    }
    signal_mark_invented(ex, tafel, out->thing);
    return *status == DB_OK && out->thing != NULL;
}

void signal_mark_invented(struct http_exchange *ex, const struct tafel *tafel, const json_t *signal)
{
    const json_t *code = json_object_get(signal, "consultatie");
    if (json_is_string(code)) {
        survey_mark_consultation(ex, tafel->config.survey,
                                 (struct slice){json_string_value(code), json_string_length(code)});
    }
}

enum signal_state signal_state_of(const struct kept_page *page)
{
    return signal_state_find(slice_from_cstr(json_string_value(json_object_get(page->thing, "stand"))));
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

enum db_status signal_add_applications(json_t *signal, struct db_tx *tx, struct http_exchange *ex,
                                       const struct tafel *tafel)
{
    size_t i;
    json_t *item, *names;
    struct slice all = SLICE("");
    const json_t *codes = json_object_get(signal, "toepassingen");
    if (json_array_size(codes) == 0) {
        return DB_OK;
    }
    const enum db_status status = kept_public_applications(&names, tx, ex, tafel);
    json_array_foreach(codes, i, item)
    {
        all = arena_printf(
            http_arena(ex), "%.*s%s%.*s", SLICE_ARG(all), i > 0 ? ", " : "",
            SLICE_ARG(kept_label(names, (struct slice){json_string_value(item), json_string_length(item)})));
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
