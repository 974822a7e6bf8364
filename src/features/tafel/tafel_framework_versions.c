/* Versions of a sheet, for the secretary: putting one forward, approving it or giving it back, reading one,
 * and what differs between two. */
#include "features/tafel/tafel_framework_pages.h"

#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof((ARRAY)[0]))

static const struct form_field forward_fields[] = {
    {"zeker", FORM_TICK, false, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};
static const struct tafel_form forward_form = {.title = "tafel.framework.forward_title",
                                               .more = "/voorleggen",
                                               .fields = forward_fields,
                                               .count = COUNT(forward_fields),
                                               .button = "tafel.framework.forward"};

static const char *const outcomes[] = {"vaststellen", "terugleggen", NULL};
static const struct form_field decide_fields[] = {
    {"uitkomst", FORM_CHOICE, false, NULL},
    {"besluit", FORM_CHOICE, true, NULL},
    {"toelichting", FORM_AREA, true, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};
static const struct tafel_form decide_form = {.title = "tafel.framework.decide_title",
                                              .more = "/besluit",
                                              .fields = decide_fields,
                                              .count = COUNT(decide_fields),
                                              .button = NULL};

static void forget(void *object)
{
    json_decref(object);
}

static json_int_t number_of(const json_t *object, const char *member)
{
    return json_integer_value(json_object_get(object, member));
}

/* ---- putting forward ---- */

static enum db_status get_forward(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    enum db_status status;
    if (framework_open(&page, &status, self, tx, ex, false)) {
        if (framework_state_of(&page) == FRAMEWORK_CONCEPT) {
            kept_form_show(&page, &forward_form, NULL, NULL, NULL, NULL);
        } else {
            http_redirect(ex, kept_path(&page, ""));
        }
    }
    return status;
}

/* "Gevolgen, Conclusie". */
static struct slice titles_of(const struct kept_page *page, unsigned sections)
{
    struct arena *arena = http_arena(page->ex);
    struct slice all = SLICE("");
    for (unsigned i = 0; i < FRAMEWORK_SECTIONS; i++) {
        if ((sections & 1U << i) != 0) {
            const struct slice title =
                locale_text(web_locales(page->tafel->config.web), "nl",
                            arena_printf(arena, "tafel.framework.%s.title", framework_parts[i].code).ptr);
            all =
                arena_printf(arena, "%.*s%s%.*s", SLICE_ARG(all), all.len > 0 ? ", " : "", SLICE_ARG(title));
        }
    }
    return all;
}

static void say_lacks(struct json_errors *errors, const struct kept_page *page, const json_t *document,
                      const char *why, struct slice gone)
{
    const struct slice titles = titles_of(page, framework_lacks(document));
    if (titles.len > 0) {
        json_errors_add(errors, "/zeker", "ontbreekt", "Er ontbreekt nog iets bij: %.*s.", SLICE_ARG(titles));
    }
    if (why) {
        const struct slice text = locale_text(web_locales(page->tafel->config.web), "nl", why);
        json_errors_add(errors, "/zeker", "geen-bewijs", "%.*s", SLICE_ARG(text));
    }
    if (gone.len > 0) {
        json_errors_add(errors, "/zeker", "ingetrokken",
                        "Deze passages mogen niet meer worden gebruikt: %.*s. Haal hun nummers weg bij de "
                        "argumenten.",
                        SLICE_ARG(gone));
    }
}

static enum db_status forward(struct kept_page *page, struct staff_posted *posted)
{
    struct framework_proof *proofs;
    struct slice gone;
    const char *why;
    size_t count;
    int32_t version;
    json_t *document = framework_concept(page);
    enum db_status status = framework_freeze(&why, document, page);
    status = status == DB_OK ? framework_proofs(&proofs, &count, &gone, page) : status;
    if (status != DB_OK) {
        return status;
    }
    if (posted->read_revision == page->revision) {
        say_lacks(&posted->errors, page, document, why, gone);
    }
    if (!kept_form_good(posted, page, &forward_form, NULL)) {
        return DB_OK;
    }
    /* What the sheet is called and of which consultation it is, is the sheet's own. */
    for (const char *const *own = (const char *const[]){"consultatie", "toepassing", "titel", NULL}; *own;
         own++) {
        json_object_del(document, *own);
    }
    status = framework_version_add(&version, page->tx, page->number, document, proofs, count,
                                   staff_caller(page->ex)->label);
    if (status == DB_OK) {
        http_redirect(page->ex, kept_path(page, ""));
        status = kept_record(page, "framework.forward",
                             arena_printf(db_arena(page->tx), "{\"versie\":%d}", (int)version).ptr);
    }
    return status;
}

static enum db_status post_forward(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    struct staff_posted posted;
    bool sure = false;
    enum db_status status;
    if (!framework_open(&page, &status, self, tx, ex, true)) {
        return status;
    }
    if (framework_state_of(&page) != FRAMEWORK_CONCEPT) {
        http_redirect(ex, kept_path(&page, ""));
        return DB_OK;
    }
    const struct json_field fields[] = {
        {.name = "zeker", .kind = JSON_KIND_BOOL, .optional = true, .out = &sure}, STAFF_READ_FIELD(&posted)};
    kept_form_read(&posted, &page, &forward_form);
    json_decode(&posted.errors, "", posted.values, fields, COUNT(fields));
    if (!sure) {
        json_errors_add(&posted.errors, "/zeker", "ontbreekt",
                        "Vink aan dat u alles hebt nagelezen: de tekst verandert daarna niet meer.");
    }
    return forward(&page, &posted);
}

/* ---- approving it, or giving it back ---- */

/* Above the form stands why the caller may not be the second person. */
static void say_own_hand(struct kept_page *page)
{
    struct arena *arena = http_arena(page->ex);
    const char *why = framework_own_hand(page);
    if (why) {
        struct kept_kind *kind = arena_alloc(arena, sizeof *kind);
        *kind = framework_kind;
        kind->headline = "vooraf";
        page->kind = kind;
        const struct slice text =
            locale_text(web_locales(page->tafel->config.web), http_language(page->ex), why);
        json_object_set_new(page->thing, "vooraf",
                            json_string(arena_printf(arena, "%s. %.*s",
                                                     json_string_value(json_object_get(page->thing, "titel")),
                                                     SLICE_ARG(text))
                                            .ptr));
    }
}

/* Who wrote it may give it back, and write down that a meeting approved it: without such a decision approving
 * is not offered. The caller owns them. */
static json_t *outcome_options(const struct kept_page *page, const json_t *decisions)
{
    json_t *list = json_array();
    const bool may = json_array_size(decisions) > 0 || !framework_own_hand(page);
    for (size_t i = may ? 0 : 1; outcomes[i]; i++) {
        json_array_append_new(
            list, json_pack("{s:s,s:o}", "code", outcomes[i], "label",
                            kept_text_of(page->ex, page->tafel, "tafel.framework.options", outcomes[i])));
    }
    return list;
}

/* False: answered, or *status. */
static bool open_decision(struct kept_page *page, json_t **options, enum db_status *status,
                          const struct tafel *tafel, struct db_tx *tx, struct http_exchange *ex,
                          bool to_change)
{
    json_t *list;
    if (!framework_open(page, status, tafel, tx, ex, to_change)) {
        return false;
    }
    const json_t *version = framework_before_somebody(page);
    if (!version && !to_change) {
        http_redirect(ex, kept_path(page, ""));
        return false;
    }
    *status = framework_decision_options(&list, page, (int32_t)number_of(version, "versie"));
    *options = json_pack("{s:o,s:o}", "uitkomst", outcome_options(page, list), "besluit", list);
    arena_defer(http_arena(ex), forget, *options);
    say_own_hand(page);
    return *status == DB_OK;
}

static enum db_status get_decide(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    json_t *options;
    enum db_status status;
    if (open_decision(&page, &options, &status, self, tx, ex, false)) {
        kept_form_show(&page, &decide_form, NULL, options, NULL, NULL);
    }
    return status;
}

static void read_decided(struct framework_decided *decided, struct staff_posted *posted,
                         const struct kept_page *page, const json_t *options)
{
    struct slice outcome = {NULL, 0}, item = SLICE("");
    uint64_t number = 0;
    const json_t *version = framework_before_somebody(page);
    const char *own = framework_own_hand(page);
    *decided =
        (struct framework_decided){.version = (int32_t)number_of(version, "versie"), .told = SLICE("")};
    const struct json_field fields[] = {
        {.name = "uitkomst", .kind = JSON_KIND_STRING, .one_of = outcomes, .out = &outcome},
        {.name = "besluit", .kind = JSON_KIND_STRING, .optional = true, .max = 20, .out = &item},
        {.name = "toelichting",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .max = FRAMEWORK_TOLD_MAX,
         .out = &decided->told},
        STAFF_READ_FIELD(posted)};
    if (!json_decode(&posted->errors, "", posted->values, fields, COUNT(fields))) {
        return;
    }
    decided->approved = slice_equal_cstr(outcome, outcomes[0]);
    if (item.len > 0 && (!kept_has_code(json_object_get(options, "besluit"), item) ||
                         !slice_to_u64(&number, item, INT32_MAX))) {
        json_errors_add(&posted->errors, "/besluit", "keuze", "Kies uit de lijst.");
    }
    decided->meeting_item = decided->approved ? (int32_t)number : 0;
    if (decided->approved && number == 0 && own) {
        const struct slice text = locale_text(web_locales(page->tafel->config.web), "nl", own);
        json_errors_add(&posted->errors, "/besluit", "zelfde-persoon", "%.*s", SLICE_ARG(text));
    }
    if (!decided->approved && decided->told.len == 0) {
        json_errors_add(&posted->errors, "/toelichting", "ontbreekt", "Schrijf op waarom het teruggaat.");
    }
}

static enum db_status post_decide(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    struct staff_posted posted;
    struct framework_decided decided;
    json_t *options;
    enum db_status status;
    if (!open_decision(&page, &options, &status, self, tx, ex, true)) {
        return status;
    }
    kept_form_read(&posted, &page, &decide_form);
    if (!framework_before_somebody(&page)) { /* somebody was first; what was typed stays */
        kept_form_show(&page, &decide_form, posted.values, options, NULL, "tafel.framework.decided_before");
        return DB_OK;
    }
    read_decided(&decided, &posted, &page, options);
    if (!kept_form_good(&posted, &page, &decide_form, options)) {
        return DB_OK;
    }
    status = framework_decide(tx, page.number, &decided, staff_caller(ex)->label);
    if (status == DB_OK && decided.approved) {
        bool changed; /* answers that were kept end with this transaction in any case */
        status = framework_shelf_read(&changed, page.tafel->frameworks, tx);
    }
    if (status == DB_OK) {
        http_redirect(ex, kept_path(&page, ""));
        status = kept_record(&page, decided.approved ? "framework.approve" : "framework.return",
                             arena_printf(db_arena(tx), "{\"versie\":%d}", (int)decided.version).ptr);
    }
    return status;
}

/* ---- reading one, and what differs ---- */

static enum db_status get_version(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct kept_page page;
    json_t *document = NULL;
    enum db_status status;
    if (!framework_open(&page, &status, tafel, tx, ex, false)) {
        return status;
    }
    status = framework_version_find(&document, tx, http_arena(ex), page.number, tafel_number(ex, "versie"));
    if (status == DB_OK && !document) {
        http_error(ex, 404);
    }
    if (status != DB_OK || !document) {
        return status;
    }
    json_t *context = json_object();
    framework_put_version(context, document, ex, tafel);
    json_object_set(context, "title", json_object_get(document, "titel"));
    json_object_set_new(context, "title_kind",
                        staff_text(ex, tafel->config.account, "tafel.framework.version_begin"));
    json_object_set_new(
        context, "stand_woord",
        json_string(framework_word(ex, tafel, json_string_value(json_object_get(document, "stand")))));
    json_object_set_new(context, "with_charts", json_true());
    json_object_set_new(context, "back_path", json_string(kept_path(&page, "")));
    staff_render(ex, tafel->config.account, 200, "staff_framework_version", context);
    return DB_OK;
}

static enum db_status get_compare(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct kept_page page;
    json_t *older = NULL, *newer = NULL;
    enum db_status status;
    if (!framework_open(&page, &status, tafel, tx, ex, false)) {
        return status;
    }
    const int32_t from = (int32_t)kept_asked_number(ex, "van"), to = (int32_t)kept_asked_number(ex, "naar");
    status = framework_version_find(&older, tx, http_arena(ex), page.number, from);
    status = status == DB_OK ? framework_version_find(&newer, tx, http_arena(ex), page.number, to) : status;
    if (status == DB_OK && (!older || !newer)) {
        http_error(ex, 404);
    }
    if (status != DB_OK || !older || !newer) {
        return status;
    }
    json_t *context = json_pack("{s:o,s:i,s:i}", "secties", framework_differences(older, newer, ex, tafel),
                                "van", (int)from, "naar", (int)to);
    json_object_set(context, "title", json_object_get(newer, "titel"));
    json_object_set_new(context, "title_kind",
                        staff_text(ex, tafel->config.account, "tafel.framework.compared"));
    json_object_set_new(context, "back_path", json_string(kept_path(&page, "")));
    staff_render(ex, tafel->config.account, 200, "framework_compare", context);
    return DB_OK;
}

#define ONE FRAMEWORK_PATH "/{kader}"
const struct route framework_version_routes[] = {
    TAFEL_GET(ONE "/voorleggen", get_forward, PERMISSION_TAFEL_MANAGE, "taal"),
    TAFEL_POST(ONE "/voorleggen", post_forward, PERMISSION_TAFEL_MANAGE),
    TAFEL_GET(ONE "/besluit", get_decide, PERMISSION_TAFEL_MANAGE, "taal"),
    TAFEL_POST(ONE "/besluit", post_decide, PERMISSION_TAFEL_MANAGE),
    TAFEL_GET(ONE "/versies/{versie}", get_version, PERMISSION_TAFEL_MANAGE, "taal"),
    TAFEL_GET(ONE "/vergelijken", get_compare, PERMISSION_TAFEL_MANAGE, "taal,van,naar"),
};
const size_t framework_version_route_count = COUNT(framework_version_routes);
