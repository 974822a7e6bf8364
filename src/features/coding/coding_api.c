/* Code books and agreement by the API, for who holds a key. */
#include "features/coding/coding_internal.h"
#include "features/coding/coding_work.h"

#include "base/clock.h"

#include <math.h>

enum { LIST_PAGE = 100 };

static const char *const nothing_asked[] = {NULL};

static json_t *text_of(struct slice text)
{
    return json_stringn(text.ptr ? text.ptr : "", text.len);
}

static void put_link(json_t *object, struct http_exchange *ex, const char *path)
{
    json_object_set_new(object, "_links",
                        json_pack("{s:{s:s}}", "self", "href",
                                  arena_printf(http_arena(ex), "%s%s", http_public_url(ex), path).ptr));
}

/* ---- code books ---- */

static json_t *version_json(struct http_exchange *ex, const struct codebook_version *v)
{
    char at[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(at, v->created_at);
    const char *name = arena_printf(http_arena(ex), "%d", (int)v->id).ptr;
    json_t *out = json_pack("{s:s,s:o,s:i,s:o,s:s}", "codeboek", name, "code", text_of(v->code), "versie",
                            (int)v->number, "titel", text_of(v->title), "gemaaktOp", at);
    put_link(
        out, ex,
        arena_printf(http_arena(ex), "/v1/consultaties/%.*s/codeboeken/%s", SLICE_ARG(v->consultation), name)
            .ptr);
    return out;
}

static enum db_status get_books(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct coding *c = self;
    struct codebook_version *versions;
    struct http_page page;
    size_t count;
    const char *consultation = survey_key_consultation(c->config.survey, ex, PERMISSION_CODING_BOOK);
    if (!consultation) {
        return DB_OK;
    }
    enum db_status status = codebook_list(&versions, &count, tx, slice_from_cstr(consultation));
    if (status != DB_OK) {
        return status;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, version_json(ex, &versions[i]));
    }
    json_t *body = json_pack("{s:s,s:o}", "consultatie", consultation, "codeboeken", list);
    put_link(body, ex, arena_printf(http_arena(ex), "/v1/consultaties/%s/codeboeken", consultation).ptr);
    if (!http_page_json(&page, ex, body, "codeboeken", "codeboek", LIST_PAGE)) {
        json_decref(body);
        return DB_OK;
    }
    http_reply_json(ex, 200, body);
    http_page_link(ex, &page);
    return DB_OK;
}

static json_t *exclusions_of(const struct codebook_list *axis, const struct codebook_entry *entry)
{
    json_t *list = json_array();
    for (size_t i = 0; i < entry->exclude_count; i++) {
        json_t *item = json_pack("{s:o}", "tekst", text_of(entry->exclude[i].text));
        if (entry->exclude[i].instead >= 0) {
            json_object_set_new(item, "neemDan", text_of(axis->items[entry->exclude[i].instead].code));
        }
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *entry_json(const struct codebook *book, const struct codebook_list *axis,
                          const struct codebook_entry *entry)
{
    json_t *include = json_array(), *examples = json_array();
    for (size_t i = 0; i < entry->include_count; i++) {
        json_array_append_new(include, text_of(entry->include[i]));
    }
    for (size_t i = 0; i < entry->example_count; i++) {
        json_array_append_new(examples, json_pack("{s:o,s:o}", "citaat", text_of(entry->examples[i].quote),
                                                  "waarom", text_of(entry->examples[i].why)));
    }
    json_t *out = json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "code", text_of(entry->code), "titel",
                            text_of(entry->title), "definitie", text_of(entry->definition), "wel", include,
                            "niet", exclusions_of(axis, entry), "voorbeelden", examples);
    const bool in_tree = axis == &book->axes[CODEBOOK_TREE];
    if (in_tree && entry->parent >= 0) {
        json_object_set_new(out, "onder", text_of(axis->items[entry->parent].code));
    }
    if (in_tree && entry->value >= 0) {
        json_object_set_new(out, "waarde", json_string(coding_values[entry->value]));
    }
    return out;
}

static json_t *axis_json(const struct codebook *book, enum codebook_axis at)
{
    json_t *list = json_array();
    const struct codebook_list *axis = &book->axes[at];
    for (size_t i = 0; i < axis->count; i++) {
        json_array_append_new(list, entry_json(book, axis, &axis->items[i]));
    }
    return list;
}

static enum db_status get_book(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct coding *c = self;
    const struct codebook *book = NULL;
    struct codebook_version version;
    int64_t id;
    enum db_status status = DB_OK;
    const char *consultation = survey_key_consultation(c->config.survey, ex, PERMISSION_CODING_BOOK);
    if (!consultation) {
        return DB_OK;
    }
    if (coding_path_number(&id, ex, "codeboek") && id <= INT32_MAX) {
        status = codebook_get(&book, &version, tx, http_arena(ex), (int32_t)id);
    }
    if (status != DB_OK) {
        return status;
    }
    if (!book || !slice_equal_cstr(version.consultation, consultation)) {
        http_error(ex, 404);
        return DB_OK;
    }
    json_t *body = version_json(ex, &version), *axes = json_object();
    json_object_set_new(body, "instructie", text_of(book->instruction));
    json_object_set_new(body, "boom", axis_json(book, CODEBOOK_TREE));
    for (enum codebook_axis axis = CODEBOOK_FACET; axis < CODEBOOK_AXES; axis++) {
        json_object_set_new(axes, coding_axis_names[axis], axis_json(book, axis));
    }
    json_object_set_new(body, "assen", axes);
    http_reply_json(ex, 200, body);
    return DB_OK;
}

/* ---- agreement ---- */

static json_t *figure(double x)
{
    return isnan(x) ? json_null() : json_real(x);
}

static void put_alpha(json_t *out, const struct alpha *alpha)
{
    json_object_set_new(out, "alfa", figure(alpha->value));
    json_object_set_new(out, "ondergrens", figure(alpha->range.low));
    json_object_set_new(out, "bovengrens", figure(alpha->range.high));
    json_object_set_new(out, "gelijk", figure(alpha->percent));
}

static json_t *values_json(const struct coding_measure *m)
{
    json_t *list = json_array();
    for (size_t i = 0; i < CODING_VALUES; i++) {
        const struct coding_value_agreement *v = &m->agreement.values[i];
        json_t *value =
            json_pack("{s:s,s:I,s:o}", "waarde", coding_values[i], "metWaarde", (json_int_t)v->with, "kappa",
                      figure(v->pairs > 0 ? v->kappa : (double)NAN));
        put_alpha(value, &v->alpha);
        /* Without an alpha there is nothing to hold against the bar. */
        json_object_set_new(value, "haaltGrens",
                            isnan(v->alpha.value) ? json_null() : json_boolean(!v->below));
        json_array_append_new(list, value);
    }
    return list;
}

static json_t *confusion_json(const struct coding_measure *m)
{
    json_t *names = json_array(), *rows = json_array();
    for (size_t i = 0; i <= CODING_VALUES; i++) {
        json_t *row = json_array();
        json_array_append_new(names, json_string(i < CODING_VALUES ? coding_values[i] : "geen"));
        for (size_t k = 0; k <= CODING_VALUES; k++) {
            json_array_append_new(row, json_integer((json_int_t)m->confusion[i][k]));
        }
        json_array_append_new(rows, row);
    }
    return json_pack("{s:o,s:o}", "namen", names, "aantallen", rows);
}

static json_t *drift_json(const struct coding_measure *m)
{
    json_t *list = json_array();
    for (size_t i = 0; i < m->weeks; i++) {
        if (m->drift[i].units > 0) {
            json_array_append_new(list,
                                  json_pack("{s:i,s:I,s:o,s:o}", "week", (int)i + 1, "zinnen",
                                            (json_int_t)m->drift[i].units, "alfa", figure(m->drift[i].alpha),
                                            "aandeelMetWaarde", figure(m->drift[i].share)));
        }
    }
    return list;
}

static json_t *agreement_json(const struct coding_view *view, const struct coding_measure *m,
                              const struct coding_share *share)
{
    json_t *out = json_pack("{s:s,s:i,s:f,s:b,s:I,s:I}", "ronde", view->round->code, "codeboek",
                            (int)view->plan.book_version, "grens", view->plan.bar, "gemeten", (int)m->any,
                            "klaar", (json_int_t)share->done, "dubbel", (json_int_t)share->twice);
    json_object_set_new(out, "aandeelDubbel",
                        share->done > 0 ? json_real((double)share->twice / (double)share->done)
                                        : json_null());
    if (!m->any) {
        return out;
    }
    json_t *overall = json_object();
    put_alpha(overall, &m->agreement.overall);
    json_object_set_new(out, "passages", json_integer((json_int_t)m->passages));
    json_object_set_new(out, "zinnen", json_integer((json_int_t)m->units));
    json_object_set_new(out, "codeurs", json_integer((json_int_t)m->coders));
    json_object_set_new(out, "samen", overall);
    json_object_set_new(out, "gemiddelde", figure(m->agreement.mean));
    json_object_set_new(out, "waarden", values_json(m));
    json_object_set_new(out, "verwarring", confusion_json(m));
    json_object_set_new(out, "verloop", drift_json(m));
    return out;
}

static enum db_status get_agreement(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct coding *c = self;
    struct coding_view view;
    struct coding_measure measure;
    struct coding_share share;
    enum db_status status;
    if (!coding_api_open(&view, &status, c, tx, ex, PERMISSION_CODING_VIEW) ||
        survey_key_embargo(ex, view.round, c->config.now_s())) {
        return status;
    }
    status = coding_agreement_round(&measure, c, tx, view.round->id, view.plan.bar);
    status = status == DB_OK ? coding_measure_share(&share, tx, view.round->id) : status;
    if (status != DB_OK) {
        return status;
    }
    http_reply_json(ex, 200, agreement_json(&view, &measure, &share));
    return account_audit_call(tx, ex, "coding.agreement",
                              arena_printf(http_arena(ex), "round:%s", view.round->code).ptr, "ok",
                              nothing_asked);
}

#define API_GET(PATH, QUERY, PERMISSION, HANDLER)                                                            \
    {                                                                                                        \
        .http = {.method = HTTP_GET,                                                                         \
                 .path = PATH,                                                                               \
                 .surface = HTTP_API,                                                                        \
                 .query = QUERY,                                                                             \
                 .scope = PERMISSION},                                                                       \
        .on_job = HANDLER, .role = DB_ROLE_STAFF                                                             \
    }

const struct route coding_api_routes[] = {
    API_GET("/v1/consultaties/{consultatie}/codeboeken", HTTP_PAGING, PERMISSION_CODING_BOOK, get_books),
    API_GET("/v1/consultaties/{consultatie}/codeboeken/{codeboek}", NULL, PERMISSION_CODING_BOOK, get_book),
    API_GET("/v1/rondes/{ronde}/overeenstemming", NULL, PERMISSION_CODING_VIEW, get_agreement),
};
const size_t coding_api_route_count = sizeof coding_api_routes / sizeof coding_api_routes[0];
