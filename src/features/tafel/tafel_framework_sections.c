/* Writing a sheet section by section, each saved apart: /beheer/afwegingskaders/{kader}/{onderdeel}. Two who
 * write in the same section do not lose what they typed: who is second is told so, and their words stay. */
#include "features/tafel/tafel_framework_pages.h"

#include <string.h>

/* SECTION_BODY: the texts of a section at their longest, as a form sends them. BYTES_MAX: of a whole sheet,
 * so that every page about it fits in what a request may use. */
enum { SECTION_BODY = 256 * 1024, BYTES_MAX = 400 * 1024 };

struct section_page {
    struct kept_page kept;
    struct kept_kind kind; /* with the texts of the section */
    enum framework_section section;
    json_t *content;         /* of the section, borrowed; NULL: nothing was written yet */
    json_int_t entry;        /* of a list: 0 for a new one */
    const json_t *old_entry; /* NULL: a new one, or one that somebody took away meanwhile */
    bool frozen;             /* a version lies before somebody: nothing may be changed now */
    struct form_field fields[FRAMEWORK_FIELDS_MAX + 1];
    struct tafel_form form;
    json_t *options; /* of the exchange's arena */
};

static void forget(void *object)
{
    json_decref(object);
}

/* ---- the form of a section ---- */

static enum form_kind form_kind_of(enum framework_kind kind)
{
    switch (kind) {
    case FRAMEWORK_TEXT:
        return FORM_AREA;
    case FRAMEWORK_CODE:
        return FORM_CHOICE;
    case FRAMEWORK_CODES:
        return FORM_TICKS;
    case FRAMEWORK_TICK:
        return FORM_TICK;
    case FRAMEWORK_LINE:
        break;
    }
    return FORM_TEXT;
}

static void make_form(struct section_page *page)
{
    struct arena *arena = http_arena(page->kept.ex);
    const struct framework_part *part = &framework_parts[page->section];
    for (size_t i = 0; i < part->count; i++) {
        page->fields[i] = (struct form_field){.name = part->fields[i].name,
                                              .kind = form_kind_of(part->fields[i].kind),
                                              .optional = !part->fields[i].needed,
                                              .options = NULL};
    }
    page->fields[part->count] =
        (struct form_field){.name = "gelezen", .kind = FORM_HIDDEN, .optional = false, .options = NULL};
    const char *more = page->entry > 0
                           ? arena_printf(arena, "/%s/%lld", part->code, (long long)page->entry).ptr
                       : part->is_list ? arena_printf(arena, "/%s/nieuw", part->code).ptr
                                       : arena_printf(arena, "/%s", part->code).ptr;
    page->form = (struct tafel_form){.title = arena_printf(arena, "tafel.framework.%s.title", part->code).ptr,
                                     .more = more,
                                     .fields = page->fields,
                                     .count = part->count + 1,
                                     .button = NULL};
}

static json_t *coded_options(const struct section_page *page, const char *const *codes)
{
    json_t *list = json_array();
    for (size_t i = 0; codes[i]; i++) {
        json_array_append_new(list, json_pack("{s:s,s:s}", "code", codes[i], "label",
                                              framework_word(page->kept.ex, page->kept.tafel, codes[i])));
    }
    return list;
}

/* Rounds of the sheet's consultation. */
static json_t *round_options(const struct section_page *page)
{
    struct http_exchange *ex = page->kept.ex;
    const char *consultation = json_string_value(json_object_get(page->kept.thing, "consultatie"));
    const struct survey_snapshot *snapshot = survey_snapshot_for(page->kept.tafel->config.survey, ex);
    const int language = strcmp(http_language(ex), "en") == 0;
    json_t *list = json_array();
    for (size_t i = 0; snapshot && i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        if (round->status != ROUND_DRAFT && !round->pilot && strcmp(round->consultation, consultation) == 0) {
            json_array_append_new(list,
                                  json_pack("{s:s,s:s}", "code", round->code, "label",
                                            round->title[language] ? round->title[language] : round->code));
        }
    }
    return list;
}

static enum db_status make_options(struct section_page *page)
{
    const struct framework_part *part = &framework_parts[page->section];
    enum db_status status = DB_OK;
    page->options = json_object();
    arena_defer(http_arena(page->kept.ex), forget, page->options);
    for (size_t i = 0; status == DB_OK && i < part->count; i++) {
        const struct framework_field *field = &part->fields[i];
        json_t *list = NULL;
        if (field->one_of) {
            list = coded_options(page, field->one_of);
        } else if (page->section == FRAMEWORK_EVIDENCE && field->kind == FRAMEWORK_CODE) {
            list = round_options(page);
        } else if (page->section == FRAMEWORK_CONCLUSION && field->kind == FRAMEWORK_CODE) {
            status = framework_decision_options(&list, &page->kept, 0);
        }
        if (list) {
            json_object_set_new(page->options, field->name, list);
        }
    }
    return status;
}

/* ---- opening one ---- */

static const json_t *entry_of(const json_t *content, json_int_t number)
{
    size_t i;
    const json_t *entry;
    json_array_foreach(json_object_get(content, "lijst"), i, entry)
    {
        if (json_integer_value(json_object_get(entry, "nummer")) == number) {
            return entry;
        }
    }
    return NULL;
}

/* What the path names. False: answered, or *status. */
static bool open_section(struct section_page *page, enum db_status *status, const struct tafel *tafel,
                         struct db_tx *tx, struct http_exchange *ex, bool to_change)
{
    const struct slice named = http_path_param(ex, "deel");
    memset(page, 0, sizeof *page);
    page->section = framework_section_find(http_path_param(ex, "onderdeel"));
    if (!framework_open(&page->kept, status, tafel, tx, ex, to_change)) {
        return false;
    }
    if (page->section == FRAMEWORK_SECTIONS || (framework_parts[page->section].is_list) != (named.len > 0)) {
        http_error(ex, 404);
        return false;
    }
    page->frozen = !framework_may_write(framework_state_of(&page->kept));
    page->kind = framework_kind;
    page->kind.texts =
        arena_printf(http_arena(ex), "tafel.framework.%s", framework_parts[page->section].code).ptr;
    page->content = framework_content(&page->kept.revision, &page->kept, page->section);
    page->kept.kind = &page->kind;
    if (named.len > 0 && !slice_equal_cstr(named, "nieuw")) {
        page->entry = tafel_number(ex, "deel");
        page->old_entry = entry_of(page->content, page->entry);
        /* What was typed about an entry that is gone meanwhile is not. */
        const bool was =
            page->entry > 0 && page->entry <= json_integer_value(json_object_get(page->content, "laatste"));
        if (!page->old_entry && !(to_change && was)) {
            http_error(ex, 404);
            return false;
        }
    }
    make_form(page);
    if (page->section == FRAMEWORK_ARGUMENTS) {
        json_t *application = json_pack("[O]", json_object_get(page->kept.thing, "toepassing"));
        page->kept.links = tafel_finding_links(
            page->kept.tx, ex, tafel->config.survey, tafel->config.web,
            json_string_value(json_object_get(page->kept.thing, "consultatie")), application);
        json_decref(application);
    }
    *status = make_options(page);
    return *status == DB_OK;
}

static enum db_status get_section(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct section_page page;
    enum db_status status;
    if (!open_section(&page, &status, self, tx, ex, false)) {
        return status;
    }
    if (page.frozen) {
        http_redirect(ex, kept_path(&page.kept, ""));
    } else {
        json_t *values = framework_form_values(
            page.section, framework_parts[page.section].is_list ? page.old_entry : page.content);
        kept_form_show(&page.kept, &page.form, values, page.options, NULL, NULL);
        json_decref(values);
    }
    return status;
}

/* ---- keeping what was typed ---- */

/* What is drawn from elsewhere has to be there. */
static void check_choices(struct json_errors *errors, const struct section_page *page, const json_t *read)
{
    const struct framework_part *part = &framework_parts[page->section];
    for (size_t i = 0; i < part->count; i++) {
        const char *code = json_string_value(json_object_get(read, part->fields[i].name));
        const json_t *options = json_object_get(page->options, part->fields[i].name);
        if (part->fields[i].kind == FRAMEWORK_CODE && code &&
            !kept_has_code(options, slice_from_cstr(code))) {
            json_errors_add(errors, arena_printf(errors->arena, "/%s", part->fields[i].name).ptr, "keuze",
                            "Kies uit de lijst.");
        }
    }
}

static enum db_status check_passages(struct json_errors *errors, const struct section_page *page,
                                     const json_t *read)
{
    size_t i, found;
    const json_t *number;
    int64_t passages[FRAMEWORK_PASSAGES_MAX];
    struct framework_said *said;
    const json_t *list = json_object_get(read, "passages");
    const char *consultation = json_string_value(json_object_get(page->kept.thing, "consultatie"));
    if (page->section != FRAMEWORK_ARGUMENTS || json_array_size(list) > FRAMEWORK_PASSAGES_MAX) {
        return DB_OK;
    }
    json_array_foreach(list, i, number)
    {
        passages[i] = json_integer_value(number);
    }
    const enum db_status status = framework_said(&said, &found, page->kept.tx, slice_from_cstr(consultation),
                                                 passages, json_array_size(list));
    for (i = 0; status == DB_OK && i < json_array_size(list); i++) {
        bool there = false;
        for (size_t k = 0; k < found; k++) {
            there = there || said[k].passage == passages[i];
        }
        if (!there) {
            json_errors_add(errors, "/passages", "onbekend",
                            "Passage %lld is er niet in deze consultatie, of mag niet meer worden gebruikt. "
                            "Haal dit nummer weg.",
                            (long long)passages[i]);
        }
    }
    return status;
}

/* The section as it becomes. The caller owns it. */
static json_t *next_content(struct json_errors *errors, const struct section_page *page, json_t *read)
{
    if (!framework_parts[page->section].is_list) {
        return json_incref(read);
    }
    json_t *content =
        page->content ? json_deep_copy(page->content) : json_pack("{s:i,s:[]}", "laatste", 0, "lijst");
    json_t *list = json_object_get(content, "lijst");
    if (page->old_entry) {
        size_t i;
        const json_t *entry;
        json_object_set_new(read, "nummer", json_integer(page->entry));
        json_array_foreach(list, i, entry)
        {
            if (json_integer_value(json_object_get(entry, "nummer")) == page->entry) {
                json_array_set(list, i, read);
            }
        }
        return content;
    }
    if (json_array_size(list) >= FRAMEWORK_ENTRIES_MAX) {
        json_errors_add(errors, "/tekst", "te-veel", "Hier passen er niet meer dan %d. Voeg er een samen.",
                        FRAMEWORK_ENTRIES_MAX);
    }
    const json_int_t number = json_integer_value(json_object_get(content, "laatste")) + 1;
    json_object_set_new(read, "nummer", json_integer(number));
    json_object_set_new(content, "laatste", json_integer(number));
    json_array_append(list, read);
    return content;
}

static size_t bytes_of(const json_t *value)
{
    return value ? json_dumpb(value, NULL, 0, JSON_COMPACT) : 0;
}

static void check_size(struct json_errors *errors, const struct section_page *page, const json_t *content)
{
    const size_t all = bytes_of(json_object_get(page->kept.thing, "onderdelen"));
    if (all - bytes_of(page->content) + bytes_of(content) > BYTES_MAX) {
        json_errors_add(errors, arena_printf(errors->arena, "/%s", page->fields[0].name).ptr, "te-lang",
                        "Dit afwegingskader wordt te lang. Maak hier of elders teksten korter.");
    }
}

static enum db_status keep(struct section_page *page, const json_t *content, const char *action)
{
    const char *code = framework_parts[page->section].code;
    struct kept_page *kept = &page->kept;
    const enum db_status status =
        framework_section_keep(kept->tx, kept->number, page->section, content, staff_caller(kept->ex)->label);
    if (status != DB_OK) {
        return status;
    }
    http_redirect(kept->ex, arena_printf(http_arena(kept->ex), "%s#%s", kept_path(kept, ""), code).ptr);
    return kept_record(kept, action,
                       arena_printf(db_arena(kept->tx), "{\"onderdeel\":\"%s\",\"revisie\":%d}", code,
                                    (int)kept->revision + 1)
                           .ptr);
}

static enum db_status post_section(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct section_page page;
    struct staff_posted posted;
    enum db_status status;
    if (!open_section(&page, &status, self, tx, ex, true)) {
        return status;
    }
    const struct json_field lock[] = {STAFF_READ_FIELD(&posted)};
    kept_form_read(&posted, &page.kept, &page.form);
    json_t *locked = json_object();
    json_object_set(locked, "gelezen", json_object_get(posted.values, "gelezen"));
    json_decode(&posted.errors, "", locked, lock, 1);
    json_decref(locked);
    json_t *read = framework_read(&posted.errors, http_arena(ex), page.section, posted.values);
    check_choices(&posted.errors, &page, read);
    status = check_passages(&posted.errors, &page, read);
    json_t *content = next_content(&posted.errors, &page, read);
    check_size(&posted.errors, &page, content);
    if (status == DB_OK && page.frozen) {
        kept_form_show(&page.kept, &page.form, posted.values, page.options, &posted.errors,
                       "tafel.framework.frozen");
    } else if (status == DB_OK && kept_form_good(&posted, &page.kept, &page.form, page.options)) {
        status = keep(&page, content, "framework.section");
    }
    json_decref(content);
    return status;
}

/* ---- taking an entry away ---- */

/* Of what somebody changed meanwhile the entry is shown as it is now: nobody takes away what they have not
 * read. */
static bool has_read(const struct section_page *page)
{
    struct staff_posted posted;
    const struct json_field lock[] = {STAFF_READ_FIELD(&posted)};
    const struct tafel_form form = {.fields = &page->fields[framework_parts[page->section].count],
                                    .count = 1};
    kept_form_read(&posted, &page->kept, &form);
    json_decode(&posted.errors, "", posted.values, lock, 1);
    const bool read = posted.errors.count == 0 && posted.read_revision == page->kept.revision;
    if (!read) {
        json_t *values = framework_form_values(page->section, page->old_entry);
        kept_form_show(&page->kept, &page->form, values, page->options, &posted.errors,
                       "tafel.framework.away_conflict");
        json_decref(values);
    }
    return read;
}

static enum db_status post_away(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct section_page page;
    enum db_status status;
    size_t i;
    const json_t *entry;
    if (!open_section(&page, &status, self, tx, ex, true)) {
        return status;
    }
    if (page.entry == 0) {
        http_error(ex, 404);
        return DB_OK;
    }
    if (page.frozen || !page.old_entry) {
        http_redirect(ex, kept_path(&page.kept, ""));
        return DB_OK;
    }
    const struct staff_question sure = {.title = "tafel.framework.away_title",
                                        .text = "tafel.framework.away_text",
                                        .button = "tafel.framework.away",
                                        .back_path = kept_path(&page.kept, "")};
    if (!has_read(&page) || !staff_confirmed(ex, page.kept.tafel->config.account, &sure)) {
        return DB_OK;
    }
    json_t *content = json_deep_copy(page.content), *list = json_object_get(content, "lijst");
    json_array_foreach(list, i, entry)
    {
        if (json_integer_value(json_object_get(entry, "nummer")) == page.entry) {
            json_array_remove(list, i);
            break;
        }
    }
    status = keep(&page, content, "framework.entry.end");
    json_decref(content);
    return status;
}

#define SECTION_POST(PATH)                                                                                   \
    {                                                                                                        \
        .http = {.method = HTTP_POST,                                                                        \
                 .path = PATH,                                                                               \
                 .surface = HTTP_PAGE,                                                                       \
                 .body = HTTP_BODY_FORM,                                                                     \
                 .body_max = SECTION_BODY,                                                                   \
                 .csrf = HTTP_CSRF_REQUIRED,                                                                 \
                 .scope = PERMISSION_TAFEL_MANAGE},                                                          \
        .on_job = post_section, .role = DB_ROLE_STAFF                                                        \
    }

const struct route framework_section_routes[] = {
    TAFEL_GET(FRAMEWORK_PATH "/{kader}/{onderdeel}", get_section, PERMISSION_TAFEL_MANAGE, "taal"),
    SECTION_POST(FRAMEWORK_PATH "/{kader}/{onderdeel}"),
    TAFEL_GET(FRAMEWORK_PATH "/{kader}/{onderdeel}/{deel}", get_section, PERMISSION_TAFEL_MANAGE, "taal"),
    SECTION_POST(FRAMEWORK_PATH "/{kader}/{onderdeel}/{deel}"),
    TAFEL_POST(FRAMEWORK_PATH "/{kader}/{onderdeel}/{deel}/weg", post_away, PERMISSION_TAFEL_MANAGE),
};
const size_t framework_section_route_count =
    sizeof framework_section_routes / sizeof framework_section_routes[0];
