/* The recalibration of the agenda: GET /herijking, /herijking/{onderdeel} for everybody; what the table
 * advises is written down at /beheer/herijking/{onderdeel}. */
#include "features/tafel/tafel_recalibration_pages.h"

#include "features/tafel/tafel_value_map_sql.h"

#include <string.h>

static const char *const words[] = {"advies", "stand", "uitkomst", "rol", "waarden", "waarde", NULL};
static const char *const days[] = {"op", "uiterlijk", NULL};

static const struct form_field fields[] = {
    {"advies", FORM_CHOICE, false, recalibration_advices},
    {"reden", FORM_AREA, false, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};
static const struct tafel_form advice_form = {"tafel.recalibration.advice_title", "", fields,
                                              sizeof fields / sizeof fields[0], NULL};

/* ---- all items ---- */

/* of: what is known of it; NULL: nothing. "stil": nobody said anything about it yet. */
static json_t *overview_item(const struct agenda_item *item, const json_t *of)
{
    const json_int_t signals = json_integer_value(json_object_get(of, "signalen")),
                     answered = json_integer_value(json_object_get(of, "beantwoord"));
    json_t *advice = json_object_get(of, "advies");
    const bool quiet = signals == 0 && answered == 0 && (!advice || json_is_null(advice));
    return json_pack("{s:s%,s:s%,s:b,s:b,s:I,s:I,s:O*}", "code", item->code.ptr, item->code.len, "titel",
                     item->title.ptr, item->title.len, "voorbij", (int)(item->ended_day != 0), "stil",
                     (int)quiet, "signalen", signals, "beantwoord", answered, "advies", advice);
}

static enum db_status get_all(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct agenda_view view;
    json_t *known = NULL, *list = json_array();
    enum db_status status = agenda_view_open(&view, tx, http_arena(ex), 0);
    status = status == DB_OK
                 ? recalibration_overview(&known, tx, http_arena(ex), view.agenda ? view.version.number : 0)
                 : status;
    for (size_t i = 0; status == DB_OK && view.agenda && i < view.agenda->item_count; i++) {
        const struct agenda_item *item = &view.agenda->items[i];
        const json_t *of = json_object_get(known, arena_cstr(http_arena(ex), item->code));
        if (item->kind == AGENDA_ACTION) {
            json_array_append_new(list, overview_item(item, of));
        }
    }
    if (status != DB_OK) {
        json_decref(list);
        return status;
    }
    json_t *context = json_pack("{s:i}", "versie", (int)(view.agenda ? view.version.number : 0));
    tafel_say_words(list, ex, tafel->config.web,
                    &(struct tafel_word_list){.texts = "tafel.recalibration", .members = words});
    kept_put_list(context, "acties", "any_acties", list);
    json_decref(list);
    json_object_set_new(context, "title", kept_text(ex, tafel, "tafel.recalibration.title"));
    tafel_render(ex, tafel, "recalibration", context);
    return DB_OK;
}

/* ---- one item ---- */

static bool is_about(const struct agenda_application *application, struct slice code)
{
    for (size_t i = 0; i < application->actions.count; i++) {
        if (slice_equal(application->actions.items[i], code)) {
            return true;
        }
    }
    return false;
}

/* What the newest public value map says of the applications that the item is about: [{titel, "vakken":
 * [{waarde, label_woord}]}]. The caller owns it. */
static enum db_status map_of(json_t **out, struct db_tx *tx, struct http_exchange *ex,
                             const struct tafel *tafel, const struct agenda *agenda, struct slice code)
{
    struct published_map map;
    size_t i, k;
    const json_t *row, *cell;
    *out = json_array();
    const enum db_status status = value_map_published(&map, tx, 0);
    json_t *document =
        status == DB_OK && map.number > 0 ? json_loadb(map.document.ptr, map.document.len, 0, NULL) : NULL;
    json_array_foreach(json_object_get(document, "toepassingen"), i, row)
    {
        const char *application = json_string_value(json_object_get(row, "toepassing"));
        for (size_t a = 0; application && a < agenda->application_count; a++) {
            const struct agenda_application *one = &agenda->applications[a];
            if (!slice_equal_cstr(one->code, application) || !is_about(one, code)) {
                continue;
            }
            json_t *cells = json_array();
            json_array_foreach(json_object_get(row, "waarden"), k, cell)
            {
                const char *label = json_string_value(json_object_get(cell, "label"));
                json_array_append_new(
                    cells, json_pack("{s:s*,s:o}", "waarde",
                                     json_string_value(json_object_get(cell, "waarde")), "label_woord",
                                     kept_text_of(ex, tafel, "tafel.map.label", label ? label : "stilte")));
            }
            json_array_append_new(
                *out, json_pack("{s:s%,s:o}", "titel", one->title.ptr, one->title.len, "vakken", cells));
        }
    }
    json_decref(document);
    return status;
}

/* The item of the path with all that is known of it; NULL: answered with 404, or *status. */
static json_t *read_item(struct agenda_view *view, const struct agenda_item **item, enum db_status *status,
                         struct db_tx *tx, struct http_exchange *ex, const struct tafel *tafel)
{
    json_t *signals = NULL, *advices = NULL, *map = NULL;
    *status = agenda_view_open(view, tx, http_arena(ex), 0);
    *item =
        *status == DB_OK && view->agenda ? agenda_find(view->agenda, http_path_param(ex, "onderdeel")) : NULL;
    if (*status != DB_OK || !*item) {
        if (*status == DB_OK) {
            http_error(ex, 404);
        }
        return NULL;
    }
    *status = recalibration_signals(&signals, tx, http_arena(ex), (*item)->code);
    *status = *status == DB_OK ? recalibration_list(&advices, tx, http_arena(ex), (*item)->code) : *status;
    *status = *status == DB_OK ? map_of(&map, tx, ex, tafel, view->agenda, (*item)->code) : *status;
    if (*status != DB_OK) {
        json_decref(map);
        return NULL;
    }
    json_t *context = agenda_item_json(view, *item);
    kept_put_list(context, "signalen", "any_signalen", signals);
    kept_put_list(context, "adviezen", "any_adviezen", advices);
    kept_put_list(context, "kaart", "any_kaart", map);
    json_decref(map);
    tafel_say_words(
        context, ex, tafel->config.web,
        &(struct tafel_word_list){.texts = "tafel.recalibration", .members = words, .days = days});
    json_object_set_new(context, "versie", json_integer(view->version.number));
    json_object_set_new(context, "is_over", json_boolean((*item)->ended_day != 0));
    json_object_set_new(context, "title", json_incref(json_object_get(context, "titel")));
    return context;
}

static enum db_status get_one(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct agenda_view view;
    const struct agenda_item *item;
    enum db_status status;
    json_t *context = read_item(&view, &item, &status, tx, ex, tafel);
    if (context) {
        json_object_set_new(context, "title_kind", kept_text(ex, tafel, "tafel.recalibration.kind"));
        json_object_set_new(context, "back_path", json_string("/herijking"));
        tafel_render(ex, tafel, "recalibration_item", context);
    }
    return status;
}

/* ---- the advice, for the secretary ---- */

struct advice_page {
    struct kept_kind kind;
    struct kept_page page;
    struct agenda_view view;
    const struct agenda_item *item;
};

/* page.revision: the number of what was advised last. False: answered, or *status. */
static bool open_advice(struct advice_page *out, enum db_status *status, const struct tafel *tafel,
                        struct db_tx *tx, struct http_exchange *ex, bool to_change)
{
    json_t *list = NULL;
    *status = agenda_view_open(&out->view, tx, http_arena(ex), 0);
    out->item = *status == DB_OK && out->view.agenda
                    ? agenda_find(out->view.agenda, http_path_param(ex, "onderdeel"))
                    : NULL;
    if (*status == DB_OK && !out->item) {
        http_error(ex, 404);
    }
    if (!out->item) {
        return false;
    }
    out->kind = (struct kept_kind){
        .path = arena_printf(http_arena(ex), RECALIBRATION_PATH "/%.*s", SLICE_ARG(out->item->code)).ptr,
        .texts = "tafel.recalibration",
        .headline = "titel"};
    out->page = (struct kept_page){.kind = &out->kind, .tafel = tafel, .tx = tx, .ex = ex};
    *status = to_change ? agenda_lock(tx, out->item->code) : DB_OK;
    *status = *status == DB_OK ? recalibration_list(&list, tx, http_arena(ex), out->item->code) : *status;
    out->page.revision = (int32_t)json_integer_value(json_object_get(json_array_get(list, 0), "nummer"));
    return *status == DB_OK;
}

static enum db_status get_advice(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct advice_page advice;
    enum db_status status;
    if (open_advice(&advice, &status, self, tx, ex, false)) {
        kept_form_show(&advice.page, &advice_form, NULL, NULL, NULL, NULL);
    }
    return status;
}

static enum db_status post_advice(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct advice_page advice;
    struct staff_posted posted;
    struct slice said = SLICE(""), reason = SLICE("");
    enum db_status status;
    if (!open_advice(&advice, &status, self, tx, ex, true)) {
        return status;
    }
    const struct json_field decoded[] = {
        {.name = "advies", .kind = JSON_KIND_STRING, .one_of = recalibration_advices, .out = &said},
        {.name = "reden",
         .kind = JSON_KIND_STRING,
         .min = 1,
         .max = RECALIBRATION_REASON_MAX,
         .out = &reason},
        STAFF_READ_FIELD(&posted)};
    kept_form_read(&posted, &advice.page, &advice_form);
    json_decode(&posted.errors, "", posted.values, decoded, sizeof decoded / sizeof decoded[0]);
    if (!kept_form_good(&posted, &advice.page, &advice_form, NULL)) {
        return DB_OK;
    }
    status = recalibration_add(tx, advice.item->code, advice.view.version.number, said, reason,
                               staff_caller(ex)->label);
    if (status == DB_OK) {
        status =
            staff_audit(tx, ex, "agenda.advice",
                        arena_printf(db_arena(tx), "agenda:%.*s", SLICE_ARG(advice.item->code)).ptr, "ok",
                        arena_printf(db_arena(tx), "{\"advies\":\"%.*s\",\"versie\":%d}", SLICE_ARG(said),
                                     (int)advice.view.version.number)
                            .ptr);
        http_redirect(ex, arena_printf(http_arena(ex), "/herijking/%.*s", SLICE_ARG(advice.item->code)).ptr);
    }
    return status;
}

#define PAGE_GET(PATH, HANDLER)                                                                              \
    {                                                                                                        \
        .http = {.method = HTTP_GET,                                                                         \
                 .path = PATH,                                                                               \
                 .surface = HTTP_PAGE,                                                                       \
                 .cacheable = true,                                                                          \
                 .query = "taal"},                                                                           \
        .on_job = HANDLER, .role = DB_ROLE_RESULTS, .read_only = true, .again_s = TAFEL_AGAIN_S              \
    }

const struct route recalibration_routes[] = {
    PAGE_GET("/herijking", get_all),
    PAGE_GET("/herijking/{onderdeel}", get_one),
};
const size_t recalibration_route_count = sizeof recalibration_routes / sizeof recalibration_routes[0];

const struct route recalibration_staff_routes[] = {
    TAFEL_GET(RECALIBRATION_PATH "/{onderdeel}", get_advice, PERMISSION_TAFEL_MANAGE, "taal"),
    TAFEL_POST(RECALIBRATION_PATH "/{onderdeel}", post_advice, PERMISSION_TAFEL_MANAGE),
};
const size_t recalibration_staff_route_count =
    sizeof recalibration_staff_routes / sizeof recalibration_staff_routes[0];
