/* A cell of the value map for staff: why it has its label, quotes, what people judged, and judging it. */
#include "features/tafel/tafel_value_map_staff.h"

#include <string.h>

#define NO_RULE "volg-de-regel"

static const char *const judge_options[] = {"overeenstemming", "deels", "tegenspraak", "stilte",
                                            "niet-gevraagd",   NO_RULE, NULL};
static const struct form_field judge_fields[] = {
    {"oordeel", FORM_CHOICE, false, judge_options},
    {"reden", FORM_AREA, false, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};
enum { JUDGE_FIELDS = sizeof judge_fields / sizeof judge_fields[0] };

struct cell_page {
    struct map_page page;
    const struct map_cell *cell;
    struct slice application, value;
    struct value_judgement *judgements; /* the newest first */
    size_t judgement_count;
};

static bool open_cell(struct cell_page *out, enum db_status *status, const struct tafel *tafel,
                      struct db_tx *tx, struct http_exchange *ex, const char *permission)
{
    *out = (struct cell_page){.application = http_path_param(ex, "toepassing"),
                              .value = http_path_param(ex, "waarde")};
    if (!map_page_open(&out->page, status, tafel, tx, ex, permission)) {
        return false;
    }
    out->cell = value_map_cell(&out->page.view.map, out->application, out->value);
    if (!out->cell) {
        http_error(ex, 404);
        return false;
    }
    *status = value_judgements_of(&out->judgements, &out->judgement_count, tx, out->page.round->id,
                                  out->application, out->value);
    return *status == DB_OK;
}

/* What a form names that it was made of: 0 before the first judgement. */
static int32_t mark_of(const struct cell_page *cell)
{
    return cell->judgement_count > 0 ? cell->judgements[0].id : 0;
}

static json_t *find_cell(const json_t *map, const struct cell_page *cell)
{
    size_t r, v;
    json_t *row, *one;
    json_array_foreach(json_object_get(map, "toepassingen"), r, row)
    {
        json_array_foreach(json_object_get(row, "waarden"), v, one)
        {
            if (strcmp(json_string_value(json_object_get(row, "toepassing")), cell->cell->application) == 0 &&
                strcmp(json_string_value(json_object_get(one, "waarde")), coding_values[cell->cell->value]) ==
                    0) {
                return one;
            }
        }
    }
    return NULL;
}

static void put_history(json_t *context, const struct cell_page *cell, struct http_exchange *ex)
{
    json_t *list = json_array();
    struct account *account = cell->page.tafel->config.account;
    for (size_t i = 0; i < cell->judgement_count; i++) {
        const struct value_judgement *judgement = &cell->judgements[i];
        const char *path =
            arena_printf(http_arena(ex), "tafel.map.label.%s",
                         convergence_labels[judgement->by_person ? judgement->label : judgement->by_rule])
                .ptr;
        const char *rule =
            arena_printf(http_arena(ex), "tafel.map.label.%s", convergence_labels[judgement->by_rule]).ptr;
        json_t *one = json_pack("{s:o,s:o,s:b,s:s%,s:s%}", "label", staff_text(ex, account, path), "rule",
                                staff_text(ex, account, rule), "by_person", (int)judgement->by_person,
                                "reason", judgement->reason.ptr, judgement->reason.len, "by",
                                judgement->by.ptr, judgement->by.len);
        staff_set_date(one, "on", ex, account, judgement->at);
        json_array_append_new(list, one);
    }
    json_object_set_new(context, "any_history", json_boolean(cell->judgement_count > 0));
    json_object_set_new(context, "history", list);
}

/* Both sides, each drawn by a seed that anybody can read on the page. */
static enum db_status put_quotes(json_t *context, const struct cell_page *cell, struct db_tx *tx,
                                 struct http_exchange *ex)
{
    static const enum coding_direction sides[] = {CODING_FOR, CODING_AGAINST};
    static const char *const names[] = {"quotes_for", "quotes_against"};
    const struct slice seed = map_quote_seed(http_arena(ex), cell->page.round, cell->cell);
    enum db_status status = DB_OK;
    bool any = false;
    for (size_t side = 0; side < 2 && status == DB_OK; side++) {
        struct coding_quote *quotes;
        size_t count;
        json_t *list = json_array();
        status = coding_quotes(&quotes, &count, cell->page.tafel->config.coding, tx, cell->page.round->id,
                               cell->cell->value, cell->application, sides[side], seed, MAP_QUOTES_MOST);
        for (size_t i = 0; i < count; i++) {
            json_array_append_new(list, json_pack("{s:s%,s:s%,s:s%}", "words", quotes[i].words.ptr,
                                                  quotes[i].words.len, "code", quotes[i].conversation.ptr,
                                                  quotes[i].conversation.len, "speaker",
                                                  quotes[i].speaker.ptr, quotes[i].speaker.len));
        }
        any = any || count > 0;
        json_object_set_new(context, arena_printf(http_arena(ex), "any_%s", names[side]).ptr,
                            json_boolean(count > 0));
        json_object_set_new(context, names[side], list);
    }
    json_object_set_new(context, "any_quotes", json_boolean(any));
    json_object_set_new(context, "seed", json_stringn(seed.ptr, seed.len));
    return status;
}

static json_t *clash_words(struct http_exchange *ex, struct account *account, unsigned clash)
{
    json_t *list = json_array();
    if ((clash & CONVERGENCE_OPPOSITE) != 0) {
        json_array_append_new(list, staff_text(ex, account, "tafel.map.clash.richting"));
    }
    if ((clash & CONVERGENCE_APART) != 0) {
        json_array_append_new(list, staff_text(ex, account, "tafel.map.clash.aandacht"));
    }
    return list;
}

static void put_pairs(json_t *context, const struct cell_page *cell, struct http_exchange *ex)
{
    static const char *const names[] = {"enquete", "interviews", "focusgroepen"};
    struct account *account = cell->page.tafel->config.account;
    json_t *list = json_array();
    for (int a = 0; a < CONVERGENCE_METHODS; a++) {
        for (int b = a + 1; b < CONVERGENCE_METHODS; b++) {
            const enum convergence_label label =
                convergence_of_pair(cell->cell->sides[a], cell->cell->sides[b]);
            const char *path =
                arena_printf(http_arena(ex), "tafel.map.label.%s", convergence_labels[label]).ptr;
            const char *first = arena_printf(http_arena(ex), "tafel.map.method.%s", names[a]).ptr;
            const char *second = arena_printf(http_arena(ex), "tafel.map.method.%s", names[b]).ptr;
            const unsigned clash = convergence_clash_of_pair(cell->cell->sides[a], cell->cell->sides[b]);
            json_array_append_new(list, json_pack("{s:o,s:o,s:o,s:o}", "a", staff_text(ex, account, first),
                                                  "b", staff_text(ex, account, second), "label",
                                                  staff_text(ex, account, path), "of",
                                                  clash_words(ex, account, clash)));
        }
    }
    json_object_set_new(context, "pairs", list);
}

/* values NULL: an empty form. */
static enum db_status show_cell(struct db_tx *tx, struct http_exchange *ex, const struct cell_page *cell,
                                json_t *values, const struct json_errors *errors, bool conflict)
{
    const struct map_page *page = &cell->page;
    struct account *account = page->tafel->config.account;
    const struct map_links links = map_page_links(ex, page);
    json_t *map = map_view_json(&page->view);
    json_t *context = map_cell_context(map, find_cell(map, cell), ex, page->tafel->config.web);
    json_t *empty = json_object();
    json_t *shown = values ? values : empty;
    json_decref(map);
    json_object_set_new(shown, "gelezen", json_integer(mark_of(cell)));
    form_show_of(context, "tafel", ex, web_locales(page->tafel->config.web), judge_fields, JUDGE_FIELDS,
                 shown, NULL, errors);
    json_decref(empty);
    const char *title = arena_printf(http_arena(ex), "%s: %s",
                                     map_title(http_arena(ex), page->round, "application",
                                               cell->cell->application, map_page_language(ex)),
                                     map_title(http_arena(ex), page->round, "value",
                                               coding_values[cell->cell->value], map_page_language(ex)))
                            .ptr;
    json_object_set_new(context, "title", json_string(title));
    if (links.figures && cell->cell->effect_count > 0) {
        json_object_set_new(context, "figures",
                            json_string(arena_printf(http_arena(ex), "%s/%s%s", links.figures,
                                                     cell->cell->effects[0]->question, links.kept)
                                            .ptr));
    }
    if (links.texts) {
        json_object_set_new(
            context, "texts",
            json_string(arena_printf(http_arena(ex), "%s?waarde=%s&toepassing=%s", links.texts,
                                     coding_values[cell->cell->value], cell->cell->application)
                            .ptr));
    }
    put_pairs(context, cell, ex);
    put_history(context, cell, ex);
    const enum db_status status = put_quotes(context, cell, tx, ex);
    if (conflict) {
        json_object_set_new(context, "said", staff_text(ex, account, STAFF_CONFLICT));
    }
    json_object_set_new(context, "may_judge",
                        json_boolean(map_page_may(ex, page, PERMISSION_VALUE_MAP_MANAGE)));
    json_object_set_new(context, "action",
                        json_string(arena_printf(http_arena(ex), "%s/%s/%s", links.row,
                                                 cell->cell->application, coding_values[cell->cell->value])
                                        .ptr));
    json_object_set_new(
        context, "back_path",
        json_string(map_page_path(ex, page->round,
                                  arena_printf(http_arena(ex), "/%s", cell->cell->application).ptr)));
    staff_render(ex, account, conflict ? 409 : errors ? 400 : 200, "staff_value_map_cell", context);
    return status;
}

static enum db_status get_cell(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct cell_page cell;
    enum db_status status;
    if (!open_cell(&cell, &status, self, tx, ex, PERMISSION_VALUE_MAP_VIEW)) {
        return status;
    }
    status = show_cell(tx, ex, &cell, NULL, NULL, false);
    return status == DB_OK ? map_page_record(tx, ex, &cell.page, "valuemap.view", NULL) : status;
}

static void forget(void *object)
{
    json_decref(object);
}

static enum db_status post_cell(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct cell_page cell;
    enum db_status status;
    struct json_errors errors;
    struct slice label = {NULL, 0}, reason = {NULL, 0};
    int64_t read_mark = 0;
    if (!map_page_round(&cell.page, &status, self, tx, ex, PERMISSION_VALUE_MAP_MANAGE)) {
        return status;
    }
    status = value_judgement_lock(tx, cell.page.round->id);
    if (status != DB_OK || !open_cell(&cell, &status, self, tx, ex, PERMISSION_VALUE_MAP_MANAGE)) {
        return status;
    }
    json_t *values = form_read(ex, judge_fields, JUDGE_FIELDS);
    arena_defer(http_arena(ex), forget, values);
    json_errors_init(&errors, http_arena(ex));
    const struct json_field fields[] = {
        {.name = "oordeel", .kind = JSON_KIND_STRING, .one_of = judge_options, .out = &label},
        {.name = "reden", .kind = JSON_KIND_STRING, .min = 1, .max = VALUE_REASON_MAX, .out = &reason},
        {.name = "gelezen", .kind = JSON_KIND_INT, .max = INT32_MAX, .out = &read_mark}};
    const bool good = json_decode(&errors, "", values, fields, sizeof fields / sizeof fields[0]);
    if (!good || read_mark != mark_of(&cell)) {
        return show_cell(tx, ex, &cell, values, &errors, good);
    }
    struct value_judgement judgement = {.application = cell.application,
                                        .value = cell.value,
                                        .by_person = !slice_equal_cstr(label, NO_RULE),
                                        .by_rule = cell.cell->rule,
                                        .reason = reason,
                                        .by = slice_from_cstr(staff_caller(ex)->label)};
    for (int i = 0; i < CONVERGENCE_LABELS; i++) {
        if (slice_equal_cstr(label, convergence_labels[i])) {
            judgement.label = (enum convergence_label)i;
        }
    }
    status = value_judgement_add(tx, cell.page.round->id, &judgement);
    if (status == DB_OK) {
        status = map_page_record(tx, ex, &cell.page, "valuemap.judge",
                                 arena_printf(db_arena(tx), "{\"toepassing\":\"%s\",\"waarde\":\"%s\"}",
                                              cell.cell->application, coding_values[cell.cell->value])
                                     .ptr);
        http_redirect(ex, map_page_path(ex, cell.page.round,
                                        arena_printf(http_arena(ex), "/%s/%s", cell.cell->application,
                                                     coding_values[cell.cell->value])
                                            .ptr));
    }
    return status;
}

const struct route value_map_cell_routes[] = {
    TAFEL_GET(VALUE_MAP_PATH "/{ronde}/{toepassing}/{waarde}", get_cell, PERMISSION_VALUE_MAP_VIEW, "taal"),
    TAFEL_POST(VALUE_MAP_PATH "/{ronde}/{toepassing}/{waarde}", post_cell, PERMISSION_VALUE_MAP_MANAGE),
};
const size_t value_map_cell_route_count = sizeof value_map_cell_routes / sizeof value_map_cell_routes[0];
