/* The value map for staff: of now, in the analysts' view; making a map public. A cell of it is in
 * tafel_value_map_cell.c. */
#include "features/tafel/tafel_value_map_staff.h"
#include "features/tafel/tafel_value_map_words.h"

#include <string.h>

/* ---- a round and its map ---- */

bool map_page_round(struct map_page *page, enum db_status *status, const struct tafel *tafel,
                    struct db_tx *tx, struct http_exchange *ex, const char *permission)
{
    const struct survey_snapshot *snapshot = survey_snapshot_for(tafel->config.survey, ex);
    *page = (struct map_page){.tafel = tafel};
    *status = DB_OK;
    page->round = snapshot ? survey_round_find(snapshot, http_path_param(ex, "ronde")) : NULL;
    if (!page->round || !map_shows(page->round)) {
        http_error(ex, 404);
        return false;
    }
    if (!account_may(staff_caller(ex), permission, page->round->consultation)) {
        *status = staff_refuse(tx, ex, slice_from_cstr(page->round->consultation));
        return false;
    }
    survey_mark(ex, page->round);
    return true;
}

bool map_page_open(struct map_page *page, enum db_status *status, const struct tafel *tafel, struct db_tx *tx,
                   struct http_exchange *ex, const char *permission)
{
    if (!map_page_round(page, status, tafel, tx, ex, permission)) {
        return false;
    }
    *status = map_view_open(&page->view, tafel, tx, map_arena(ex), page->round, FIGURES_ANALYST,
                            (struct slice){NULL, 0});
    if (*status == DB_OK && page->view.survey_status == FIGURES_NOT_READY) {
        http_set_retry_after(ex, 1);
        http_error(ex, 503);
        return false;
    }
    if (*status == DB_OK && page->view.survey_status == FIGURES_FAILED) {
        http_error(ex, 500);
        return false;
    }
    return *status == DB_OK;
}

const char *map_page_path(struct http_exchange *ex, const struct survey_round *round, const char *more)
{
    return arena_printf(http_arena(ex), VALUE_MAP_PATH "/%s%s", round->code, more).ptr;
}

int map_page_language(const struct http_exchange *ex)
{
    return strcmp(http_language(ex), "en") == 0;
}

bool map_page_may(const struct http_exchange *ex, const struct map_page *page, const char *permission)
{
    return account_may(staff_caller(ex), permission, page->round->consultation);
}

struct map_links map_page_links(struct http_exchange *ex, const struct map_page *page)
{
    struct arena *arena = http_arena(ex);
    const struct survey_round *round = page->round;
    struct map_links links = {.row = map_page_path(ex, round, ""), .cell = true};
    if (results_effects_may_tell(page->tafel->config.results, round, FIGURES_PUBLIC)) {
        links.figures = arena_printf(arena, "/uitkomsten/%s/vraag", round->consultation).ptr;
        links.kept = arena_printf(arena, "?ronde=%s", round->code).ptr;
    }
    if (page->view.heard.found && map_page_may(ex, page, PERMISSION_CODING_FIND)) {
        links.texts = arena_printf(arena, "/beheer/codering/%s/terugvinden", round->code).ptr;
    }
    return links;
}

enum db_status map_page_record(struct db_tx *tx, struct http_exchange *ex, const struct map_page *page,
                               const char *action, const char *details)
{
    return staff_audit(tx, ex, action, arena_printf(db_arena(tx), "round:%s", page->round->code).ptr, "ok",
                       details);
}

/* ---- the list, and a map ---- */

static enum db_status get_rounds(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    const struct survey_snapshot *snapshot = survey_snapshot_for(tafel->config.survey, ex);
    json_t *list = json_array();
    (void)tx;
    for (size_t i = snapshot ? survey_round_count(snapshot) : 0; i-- > 0;) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        if (map_shows(round) &&
            account_may(staff_caller(ex), PERMISSION_VALUE_MAP_VIEW, round->consultation)) {
            const char *title = round->title[map_page_language(ex)];
            json_array_append_new(list, json_pack("{s:s,s:s,s:s}", "href", map_page_path(ex, round, ""),
                                                  "title", title ? title : round->code, "code", round->code));
        }
    }
    json_t *context = staff_titled(ex, tafel->config.account, "tafel.map.title");
    json_object_set_new(context, "any", json_boolean(json_array_size(list) > 0));
    json_object_set_new(context, "rounds", list);
    staff_render(ex, tafel->config.account, 200, "staff_value_maps", context);
    return DB_OK;
}

static enum db_status put_published(json_t *context, const struct map_page *page, struct db_tx *tx,
                                    struct http_exchange *ex)
{
    struct published_map published;
    const enum db_status status = value_map_published(&published, tx, page->round->id);
    if (status == DB_OK && published.number > 0) {
        json_object_set_new(
            context, "published",
            json_pack("{s:i,s:s}", "number", (int)published.number, "href",
                      arena_printf(http_arena(ex), "/waardenkaart/%s", page->round->code).ptr));
        staff_set_date(context, "published_on", ex, page->tafel->config.account, published.at);
    }
    return status;
}

static enum db_status get_map(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct map_page page;
    enum db_status status;
    if (!map_page_open(&page, &status, self, tx, ex, PERMISSION_VALUE_MAP_VIEW)) {
        return status;
    }
    struct account *account = page.tafel->config.account;
    const struct map_links links = map_page_links(ex, &page);
    json_t *map = map_view_json(&page.view);
    json_t *context = staff_titled(ex, account, "tafel.map.title");
    json_t *rows = map_context(map, ex, page.tafel->config.web, page.round, &links);
    json_object_update_missing(context, rows);
    json_decref(rows);
    json_decref(map);
    status = put_published(context, &page, tx, ex);
    if (status != DB_OK) {
        json_decref(context);
        return status;
    }
    const char *title = page.round->title[map_page_language(ex)];
    json_object_set_new(context, "round", json_string(title ? title : page.round->code));
    json_object_set_new(context, "embargo", json_boolean(page.view.embargo));
    json_object_set_new(context, "staff", json_true());
    json_object_set_new(
        context, "may_publish",
        json_boolean(map_page_may(ex, &page, PERMISSION_VALUE_MAP_MANAGE) &&
                     results_effects_may_tell(page.tafel->config.results, page.round, FIGURES_PUBLIC)));
    json_object_set_new(context, "publish_path", json_string(map_page_path(ex, page.round, "/publiceren")));
    json_object_set_new(context, "back_path", json_string(VALUE_MAP_PATH));
    staff_render(ex, account, 200, "staff_value_map", context);
    return map_page_record(tx, ex, &page, "valuemap.view", NULL);
}

static enum db_status get_row(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct map_page page;
    enum db_status status;
    if (!map_page_open(&page, &status, self, tx, ex, PERMISSION_VALUE_MAP_VIEW)) {
        return status;
    }
    const struct map_links links = map_page_links(ex, &page);
    json_t *map = map_view_json(&page.view);
    json_t *context = map_application_context(map, http_path_param(ex, "toepassing"), ex,
                                              page.tafel->config.web, page.round, &links);
    json_decref(map);
    if (!context) {
        http_error(ex, 404);
        return DB_OK;
    }
    const char *title = page.round->title[map_page_language(ex)];
    json_object_set(context, "title", json_object_get(context, "application"));
    json_object_set_new(context, "round", json_string(title ? title : page.round->code));
    json_object_set_new(context, "embargo", json_boolean(page.view.embargo));
    json_object_set_new(context, "back_path", json_string(map_page_path(ex, page.round, "")));
    staff_render(ex, page.tafel->config.account, 200, "staff_value_map_row", context);
    return map_page_record(tx, ex, &page, "valuemap.view", NULL);
}

/* ---- making it public ---- */

static enum db_status keep_quotes(struct db_tx *tx, int32_t map, const struct map_quote *quotes, size_t count)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; i < count && status == DB_OK; i++) {
        status = value_map_quote_add(tx, map, &quotes[i].quote);
    }
    return status;
}

static enum db_status publish(struct db_tx *tx, struct http_exchange *ex, const struct map_page *page,
                              const struct map_view *view, const struct map_quote *quotes, size_t count)
{
    struct published_map made;
    json_t *map = map_view_json(view);
    /* More digits would show how a double misses a decimal fraction. */
    char *text = json_dumps(map, JSON_COMPACT | JSON_REAL_PRECISION(12));
    json_decref(map);
    enum db_status status = value_judgement_lock(tx, page->round->id);
    if (status == DB_OK) {
        status = value_map_publish(&made, tx, page->round->id, view->survey.release, slice_from_cstr(text),
                                   staff_caller(ex)->label);
    }
    status = status == DB_OK ? keep_quotes(tx, made.id, quotes, count) : status;
    if (status == DB_OK) {
        status = map_page_record(tx, ex, page, "valuemap.publish",
                                 arena_printf(db_arena(tx), "{\"nummer\":%d,\"uitgave\":%d,\"citaten\":%zu}",
                                              (int)made.number, (int)view->survey.release, count)
                                     .ptr);
        http_redirect(ex, map_page_path(ex, page->round, ""));
    }
    free(text);
    return status;
}

static void forget(void *object)
{
    json_decref(object);
}

/* The words that go public with it, for somebody to read before: once, though they may stand with more than
 * one value. */
static const json_t *words_of(struct http_exchange *ex, const struct map_quote *quotes, size_t count)
{
    json_t *list = json_array();
    arena_defer(http_arena(ex), forget, list);
    for (size_t i = 0; i < count; i++) {
        size_t before = 0;
        while (before < i && !slice_equal(quotes[before].words, quotes[i].words)) {
            before++;
        }
        if (before == i) {
            json_array_append_new(list, json_stringn(quotes[i].words.ptr, quotes[i].words.len));
        }
    }
    return list;
}

/* What differs between what goes public and what staff saw, where there is anything to compare. */
static void note_differences(json_t *notes, const struct map_words *w, const struct map_view *view,
                             const struct map_view *now)
{
    size_t changed = 0, counts[2][CONVERGENCE_LABELS] = {{0}, {0}};
    for (size_t i = 0; i < view->map.application_count * CODING_VALUES; i++) {
        const struct map_cell *cell = &view->map.cells[i];
        const struct map_cell *same = value_map_cell(&now->map, slice_from_cstr(cell->application),
                                                     slice_from_cstr(coding_values[cell->value]));
        changed += !same || map_view_label(view, cell) != map_view_label(now, same);
        counts[0][map_view_label(view, cell)]++;
    }
    for (size_t i = 0; i < now->map.application_count * CODING_VALUES; i++) {
        counts[1][map_view_label(now, &now->map.cells[i])]++;
    }
    json_array_append_new(notes, json_string(MAP_FORMAT(w, "tafel.map.publish_note.changed", "n",
                                                        arena_printf(w->arena, "%zu", changed).ptr)));
    for (size_t i = 0; i < CONVERGENCE_LABELS; i++) {
        if (counts[0][i] != counts[1][i]) {
            json_array_append_new(
                notes, json_string(MAP_FORMAT(w, "tafel.map.publish_note.count", "label",
                                              map_word(w, "label", convergence_labels[i]), "now",
                                              arena_printf(w->arena, "%zu", counts[1][i]).ptr, "public",
                                              arena_printf(w->arena, "%zu", counts[0][i]).ptr)));
        }
    }
}

/* What goes public is labelled by protected figures, so it may not be the map that staff saw. */
static enum db_status notes_of(const json_t **out, struct db_tx *tx, struct http_exchange *ex,
                               const struct map_page *page, const struct map_view *view, struct arena *arena)
{
    struct map_view now;
    json_t *notes = json_array();
    const struct map_words words = map_words_of(ex, page->tafel->config.web);
    arena_defer(http_arena(ex), forget, notes);
    *out = notes;
    json_array_append_new(notes, json_string(map_word(&words, "publish_note", "differs")));
    if (!map_page_may(ex, page, PERMISSION_VALUE_MAP_VIEW)) {
        return DB_OK;
    }
    const enum db_status status =
        map_view_open(&now, page->tafel, tx, arena, page->round, FIGURES_ANALYST, (struct slice){NULL, 0});
    if (status != DB_OK || now.survey_status != FIGURES_OK) {
        return status;
    }
    note_differences(notes, &words, view, &now);
    return map_page_record(tx, ex, page, "valuemap.view", NULL);
}

static enum db_status post_publish(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct map_page page;
    struct map_view view;
    struct map_quote *quotes;
    const json_t *notes;
    size_t count;
    enum db_status status;
    if (!map_page_round(&page, &status, self, tx, ex, PERMISSION_VALUE_MAP_MANAGE)) {
        return status;
    }
    struct account *account = page.tafel->config.account;
    struct arena *arena = map_arena(ex);
    status = map_view_open(&view, page.tafel, tx, arena, page.round, FIGURES_PUBLIC, (struct slice){NULL, 0});
    if (status != DB_OK) {
        return status;
    }
    if (view.survey_status != FIGURES_OK || view.survey.effect_count == 0) {
        json_t *context = staff_titled(ex, account, "tafel.map.publish_title");
        json_object_set_new(context, "intro", staff_text(ex, account, "tafel.map.no_release"));
        json_object_set_new(context, "back_path", json_string(map_page_path(ex, page.round, "")));
        staff_render(ex, account, 409, "staff_value_map_refused", context);
        return DB_OK;
    }
    status = map_quotes_draw(&quotes, &count, page.tafel, tx, &view);
    status = status == DB_OK ? notes_of(&notes, tx, ex, &page, &view, arena) : status;
    if (status != DB_OK) {
        return status;
    }
    const struct staff_question question = {.title = "tafel.map.publish_title",
                                            .text = "tafel.map.publish_text",
                                            .button = "tafel.map.publish_button",
                                            .back_path = map_page_path(ex, page.round, ""),
                                            .notes = notes,
                                            .list_title = "tafel.map.publish_quotes",
                                            .list = words_of(ex, quotes, count)};
    return staff_confirmed(ex, account, &question) ? publish(tx, ex, &page, &view, quotes, count) : DB_OK;
}

const struct route value_map_staff_routes[] = {
    TAFEL_GET(VALUE_MAP_PATH, get_rounds, PERMISSION_VALUE_MAP_VIEW, "taal"),
    TAFEL_GET(VALUE_MAP_PATH "/{ronde}", get_map, PERMISSION_VALUE_MAP_VIEW, "taal"),
    TAFEL_GET(VALUE_MAP_PATH "/{ronde}/{toepassing}", get_row, PERMISSION_VALUE_MAP_VIEW, "taal"),
    TAFEL_POST(VALUE_MAP_PATH "/{ronde}/publiceren", post_publish, PERMISSION_VALUE_MAP_MANAGE),
};
const size_t value_map_staff_route_count = sizeof value_map_staff_routes / sizeof value_map_staff_routes[0];
