/* Sheets of the assessment framework for the secretary: /beheer/afwegingskaders. The list, beginning one, and
 * one of them as it stands. */
#include "features/tafel/tafel_framework_pages.h"

#include "features/coding/coding.h"

#include <string.h>

const struct kept_kind framework_kind = {.path = FRAMEWORK_PATH,
                                         .param = "kader",
                                         .texts = "tafel.framework",
                                         .object = "framework",
                                         .headline = "titel",
                                         .lock = framework_lock,
                                         .find = framework_find};

static const struct tafel_word_list words = {
    .texts = "tafel.framework",
    .members = (const char *const[]){"stand", "grond", NULL},
    .days = (const char *const[]){"gewijzigdOp", "voorgelegdOp", "beslotenOp", "op", NULL},
    .numbers = NULL,
    .differences = NULL};

bool framework_open(struct kept_page *out, enum db_status *status, const struct tafel *tafel,
                    struct db_tx *tx, struct http_exchange *ex, bool to_change)
{
    return kept_open(out, status, &framework_kind, tafel, tx, ex, to_change);
}

enum framework_state framework_state_of(const struct kept_page *page)
{
    return framework_state_find(slice_from_cstr(json_string_value(json_object_get(page->thing, "stand"))));
}

/* ---- a sheet as it stands ---- */

static void forget(void *object)
{
    json_decref(object);
}

json_t *framework_content(int32_t *revision, const struct kept_page *page, enum framework_section section)
{
    const json_t *kept =
        json_object_get(json_object_get(page->thing, "onderdelen"), framework_parts[section].code);
    *revision = (int32_t)json_integer_value(json_object_get(kept, "revisie"));
    return json_object_get(kept, "inhoud");
}

json_t *framework_concept(const struct kept_page *page)
{
    static const char *const members[] = {"consultatie", "toepassing", "titel", NULL};
    size_t k;
    int32_t revision;
    json_t *entry, *document = json_object();
    arena_defer(http_arena(page->ex), forget, document);
    for (size_t i = 0; members[i]; i++) {
        json_object_set(document, members[i], json_object_get(page->thing, members[i]));
    }
    for (unsigned i = 0; i < FRAMEWORK_SECTIONS; i++) {
        const struct framework_part *part = &framework_parts[i];
        const json_t *content = framework_content(&revision, page, (enum framework_section)i);
        json_t *kept =
            part->is_list ? json_deep_copy(json_object_get(content, "lijst")) : json_deep_copy(content);
        json_array_foreach(kept, k, entry)
        {
            json_object_del(entry, "passages");
        }
        json_object_set_new(document, part->code, kept ? kept : part->is_list ? json_array() : json_object());
    }
    return document;
}

/* ---- decisions of meetings ---- */

enum db_status framework_decision_options(json_t **options, const struct kept_page *page, int32_t version)
{
    size_t i;
    const json_t *one;
    json_t *list = NULL;
    const enum db_status status =
        framework_decisions_about(&list, page->tx, http_arena(page->ex), 0, page->number, version);
    *options = json_array();
    tafel_say_words(
        list, page->ex, page->tafel->config.web,
        &(struct tafel_word_list){.texts = "tafel.framework", .days = (const char *const[]){"dag", NULL}});
    json_array_foreach(list, i, one)
    {
        const char *code = arena_printf(http_arena(page->ex), "%lld",
                                        (long long)json_integer_value(json_object_get(one, "punt")))
                               .ptr;
        const char *label =
            arena_printf(http_arena(page->ex), "%s, %s: %s", json_string_value(json_object_get(one, "tafel")),
                         json_string_value(json_object_get(one, "dag_woord")),
                         json_string_value(json_object_get(one, "titel")))
                .ptr;
        json_array_append_new(*options, json_pack("{s:s,s:s}", "code", code, "label", label));
    }
    return status;
}

/* ---- who approves ---- */

const json_t *framework_before_somebody(const struct kept_page *page)
{
    const json_t *newest = json_array_get(json_object_get(page->thing, "versies"), 0);
    return framework_state_of(page) == FRAMEWORK_PUT_FORWARD ? newest : NULL;
}

const char *framework_own_hand(const struct kept_page *page)
{
    size_t i;
    const json_t *writer, *version = framework_before_somebody(page);
    const char *caller = staff_caller(page->ex)->label;
    const char *by = json_string_value(json_object_get(version, "voorgelegdDoor"));
    if (by && strcmp(by, caller) == 0) {
        return "tafel.framework.own_forward";
    }
    json_array_foreach(json_object_get(version, "geschrevenDoor"), i, writer)
    {
        if (strcmp(json_string_value(writer), caller) == 0) {
            return "tafel.framework.own_hand";
        }
    }
    return NULL;
}

/* ---- the list ---- */

static enum db_status get_list(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    json_t *list = NULL;
    const enum db_status status = framework_list(&list, tx, http_arena(ex));
    if (status != DB_OK) {
        return status;
    }
    json_t *context = staff_titled(ex, tafel->config.account, "tafel.framework.list_title");
    tafel_say_words(list, ex, tafel->config.web, &words);
    kept_put_list(context, "kaders", "any_kaders", list);
    staff_render(ex, tafel->config.account, 200, "staff_frameworks", context);
    return DB_OK;
}

/* ---- beginning one ---- */

static const struct form_field new_fields[] = {
    {"toepassing", FORM_CHOICE, false, NULL},
};
static const struct tafel_form new_form = {.title = "tafel.framework.new_title",
                                           .more = "/nieuw",
                                           .fields = new_fields,
                                           .count = sizeof new_fields / sizeof new_fields[0],
                                           .button = "tafel.framework.begin"};

/* Applications of the newest code book of each consultation: [{code: "CONSULTATION/APPLICATION", label}]. */
static enum db_status add_options(json_t *options, struct db_tx *tx, struct http_exchange *ex,
                                  const char *consultation, int32_t number)
{
    const struct codebook *book;
    struct codebook_version version;
    const enum db_status status = codebook_get(&book, &version, tx, http_arena(ex), number);
    if (status != DB_OK || !book) {
        return status;
    }
    const struct codebook_list *applications = &book->axes[CODEBOOK_APPLICATION];
    for (size_t i = 0; i < applications->count; i++) {
        const struct codebook_entry *one = &applications->items[i];
        const struct slice code = arena_printf(http_arena(ex), "%s/%.*s", consultation, SLICE_ARG(one->code));
        const struct slice label =
            arena_printf(http_arena(ex), "%.*s (%s)", SLICE_ARG(one->title), consultation);
        json_array_append_new(options,
                              json_pack("{s:s%,s:s%,s:s%}", "code", code.ptr, code.len, "label", label.ptr,
                                        label.len, "titel", one->title.ptr, one->title.len));
    }
    return DB_OK;
}

static enum db_status read_options(json_t **out, struct db_tx *tx, struct http_exchange *ex)
{
    size_t i;
    const json_t *one;
    json_t *books = NULL, *options = json_array();
    *out = json_pack("{s:o}", "toepassing", options);
    arena_defer(http_arena(ex), forget, *out);
    enum db_status status = framework_books(&books, tx, http_arena(ex));
    json_array_foreach(books, i, one)
    {
        if (status == DB_OK) {
            status = add_options(options, tx, ex, json_string_value(json_object_get(one, "consultatie")),
                                 (int32_t)json_integer_value(json_object_get(one, "boek")));
        }
    }
    return status;
}

static struct kept_page new_page(struct db_tx *tx, struct http_exchange *ex, const struct tafel *tafel)
{
    return (struct kept_page){.kind = &framework_kind, .tafel = tafel, .tx = tx, .ex = ex};
}

static enum db_status get_new(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct kept_page page = new_page(tx, ex, self);
    json_t *options;
    const enum db_status status = read_options(&options, tx, ex);
    if (status == DB_OK) {
        kept_form_show(&page, &new_form, NULL, options, NULL, NULL);
    }
    return status;
}

/* The title of a choice; ptr NULL: it is none. */
static struct slice title_of(const json_t *options, struct slice code)
{
    size_t i;
    const json_t *option;
    json_array_foreach(json_object_get(options, "toepassing"), i, option)
    {
        if (slice_equal_cstr(code, json_string_value(json_object_get(option, "code")))) {
            return slice_from_cstr(json_string_value(json_object_get(option, "titel")));
        }
    }
    return (struct slice){NULL, 0};
}

static enum db_status add(struct kept_page *page, struct staff_posted *posted, struct slice code,
                          struct slice title)
{
    size_t cut = 0;
    while (cut < code.len && code.ptr[cut] != '/') {
        cut++;
    }
    const enum db_status status = framework_add(&page->number, page->tx, (struct slice){code.ptr, cut},
                                                (struct slice){code.ptr + cut + 1, code.len - cut - 1}, title,
                                                staff_caller(page->ex)->label);
    if (status == DB_OK && page->number == 0) {
        json_errors_add(&posted->errors, "/toepassing", "dubbel",
                        "Hiervan is er al een afwegingskader. Zoek het op in de lijst.");
    }
    return status;
}

static enum db_status post_new(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page = new_page(tx, ex, self);
    struct staff_posted posted;
    struct slice code = {NULL, 0};
    json_t *options;
    enum db_status status = read_options(&options, tx, ex);
    if (status != DB_OK) {
        return status;
    }
    const struct json_field fields[] = {
        {.name = "toepassing", .kind = JSON_KIND_STRING, .min = 1, .max = 300, .out = &code}};
    kept_form_read(&posted, &page, &new_form);
    json_decode(&posted.errors, "", posted.values, fields, 1);
    const struct slice title = title_of(options, code);
    if (posted.errors.count == 0 && !title.ptr) {
        json_errors_add(&posted.errors, "/toepassing", "keuze", "Kies uit de lijst.");
    }
    status = posted.errors.count == 0 ? add(&page, &posted, code, title) : DB_OK;
    if (status != DB_OK) {
        return status;
    }
    if (posted.errors.count > 0) {
        kept_form_show(&page, &new_form, posted.values, options, &posted.errors, NULL);
        return DB_OK;
    }
    http_redirect(ex, kept_path(&page, ""));
    return kept_record(&page, "framework.add", NULL);
}

/* ---- one ---- */

static void put_sections(json_t *context, const struct kept_page *page, const json_t *document)
{
    size_t i;
    json_t *section;
    const unsigned lacks = framework_lacks(document);
    json_t *list = framework_words(document, page->ex, page->tafel), *lacking = json_array();
    json_array_foreach(list, i, section)
    {
        const struct framework_part *part = &framework_parts[i];
        const char *path = arena_printf(http_arena(page->ex), "%s/%s%s", kept_path(page, ""), part->code,
                                        part->is_list ? "/nieuw" : "")
                               .ptr;
        json_object_set_new(section, "is_list", json_boolean(part->is_list));
        json_object_set_new(section, "pad", json_string(path));
        int32_t revision;
        framework_content(&revision, page, (enum framework_section)i);
        json_object_set_new(section, "revisie", json_integer(revision));
        if ((lacks & 1U << i) != 0) {
            json_array_append_new(lacking, json_pack("{s:O,s:O}", "titel", json_object_get(section, "titel"),
                                                     "code", json_object_get(section, "code")));
        }
    }
    kept_put_list(context, "lacking", "any_lacking", lacking);
    json_object_set_new(context, "secties", list);
    json_decref(lacking);
}

static void put_state(json_t *context, const struct kept_page *page)
{
    const enum framework_state state = framework_state_of(page);
    json_t *versions = json_deep_copy(json_object_get(page->thing, "versies"));
    tafel_say_words(versions, page->ex, page->tafel->config.web, &words);
    if (json_array_size(versions) > 1) { /* what a comparison begins with */
        json_object_set_new(json_array_get(versions, 1), "before", json_true());
    }
    kept_put_list(context, "versies", "any_versies", versions);
    json_object_set_new(context, "any_compare", json_boolean(json_array_size(versions) > 1));
    json_object_set_new(context, "is_put_forward", json_boolean(state == FRAMEWORK_PUT_FORWARD));
    json_object_set_new(context, "is_concept", json_boolean(state == FRAMEWORK_CONCEPT));
    json_object_set_new(context, "stand_woord",
                        json_string(framework_word(page->ex, page->tafel, framework_states[state])));
    const char *own = framework_own_hand(page);
    if (own) {
        json_object_set_new(context, "own_hand", staff_text(page->ex, page->tafel->config.account, own));
    }
    json_object_set_new(context, "base", json_string(kept_path(page, "")));
    if (framework_may_write(state)) {
        json_object_set_new(context, "edit_base", json_string(kept_path(page, "")));
    }
    json_object_set_new(context, "next_version", json_integer((json_int_t)json_array_size(versions) + 1));
    json_decref(versions);
}

/* Beside each argument what it rests on, as a version has it for staff. */
static void put_proofs(json_t *document, const struct framework_proof *proofs, size_t count)
{
    size_t i;
    json_t *argument;
    json_array_foreach(json_object_get(document, framework_parts[FRAMEWORK_ARGUMENTS].code), i, argument)
    {
        json_t *list = json_array();
        for (size_t k = 0; k < count; k++) {
            const struct framework_proof *one = &proofs[k];
            if (one->argument != json_integer_value(json_object_get(argument, "nummer"))) {
                continue;
            }
            json_t *passage = json_pack("{s:I,s:s}", "passage", (json_int_t)one->passage, "stand",
                                        one->stands ? "staat" : "ingetrokken");
            if (one->quote.len > 0) {
                json_object_set_new(passage, "citaat", json_stringn(one->quote.ptr, one->quote.len));
                json_object_set_new(passage, "taal", json_stringn(one->language.ptr, one->language.len));
            }
            json_array_append_new(list, passage);
        }
        json_object_set_new(argument, "passages", list);
    }
}

static enum db_status get_one(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct kept_page page;
    struct framework_proof *proofs;
    struct slice gone;
    const char *why;
    size_t count;
    enum db_status status;
    if (!framework_open(&page, &status, tafel, tx, ex, false)) {
        return status;
    }
    json_t *document = framework_concept(&page);
    status = framework_freeze(&why, document, &page);
    status = status == DB_OK ? framework_proofs(&proofs, &count, &gone, &page) : status;
    if (status != DB_OK) {
        return status;
    }
    json_t *context = json_object();
    const char *consultation = json_string_value(json_object_get(page.thing, "consultatie"));
    const char *public_path =
        framework_public_path(http_arena(ex), tafel, consultation,
                              slice_from_cstr(json_string_value(json_object_get(page.thing, "toepassing"))));
    put_proofs(document, proofs, count);
    put_state(context, &page);
    put_sections(context, &page, document);
    json_object_set(context, "title", json_object_get(page.thing, "titel"));
    json_object_set(context, "consultatie", json_object_get(page.thing, "consultatie"));
    if (why) {
        json_object_set_new(context, "no_evidence", staff_text(ex, tafel->config.account, why));
    }
    if (gone.len > 0) {
        json_object_set_new(context, "gone", json_stringn(gone.ptr, gone.len));
    }
    if (public_path) {
        json_object_set_new(context, "public_path", json_string(public_path));
    }
    json_object_set_new(context, "with_charts", json_true());
    json_object_set_new(context, "back_path", json_string(FRAMEWORK_PATH));
    staff_render(ex, tafel->config.account, 200, "staff_framework", context);
    return DB_OK;
}

const struct route framework_staff_routes[] = {
    TAFEL_GET(FRAMEWORK_PATH, get_list, PERMISSION_TAFEL_MANAGE, "taal"),
    TAFEL_GET(FRAMEWORK_PATH "/nieuw", get_new, PERMISSION_TAFEL_MANAGE, "taal"),
    TAFEL_POST(FRAMEWORK_PATH "/nieuw", post_new, PERMISSION_TAFEL_MANAGE),
    TAFEL_GET(FRAMEWORK_PATH "/{kader}", get_one, PERMISSION_TAFEL_MANAGE, "taal"),
};
const size_t framework_staff_route_count = sizeof framework_staff_routes / sizeof framework_staff_routes[0];
