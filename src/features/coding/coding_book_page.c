/* The code book on a page: definitions, rules and examples, as coders look them up. */
#include "features/coding/coding_internal.h"

#include <stdio.h>

static json_t *text_of(struct slice text)
{
    return json_stringn(text.ptr ? text.ptr : "", text.len);
}

static json_t *rules_of(const struct codebook_entry *entry)
{
    json_t *list = json_array();
    for (size_t i = 0; i < entry->include_count; i++) {
        json_array_append_new(list, text_of(entry->include[i]));
    }
    return list;
}

static json_t *exclusions_of(const struct codebook_list *axis, const struct codebook_entry *entry)
{
    json_t *list = json_array();
    for (size_t i = 0; i < entry->exclude_count; i++) {
        json_t *item = json_pack("{s:o}", "text", text_of(entry->exclude[i].text));
        if (entry->exclude[i].instead >= 0) {
            json_object_set_new(item, "instead", text_of(axis->items[entry->exclude[i].instead].title));
        }
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *examples_of(const struct codebook_entry *entry)
{
    json_t *list = json_array();
    for (size_t i = 0; i < entry->example_count; i++) {
        json_array_append_new(list, json_pack("{s:o,s:o}", "quote", text_of(entry->examples[i].quote), "why",
                                              text_of(entry->examples[i].why)));
    }
    return list;
}

static json_t *entry_of(const struct codebook_list *axis, const struct codebook_entry *entry)
{
    json_t *out =
        json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "code", text_of(entry->code), "title", text_of(entry->title),
                  "definition", text_of(entry->definition), "include", rules_of(entry), "exclude",
                  exclusions_of(axis, entry), "examples", examples_of(entry));
    json_object_set_new(out, "any_include", json_boolean(entry->include_count > 0));
    json_object_set_new(out, "any_exclude", json_boolean(entry->exclude_count > 0));
    json_object_set_new(out, "any_examples", json_boolean(entry->example_count > 0));
    return out;
}

/* The entries right under `parent` and all that is under those, in one list: sub-themes are few and one level
 * deep in most books. */
static json_t *tree_of(const struct codebook_list *axis)
{
    json_t *list = json_array();
    json_t *top = NULL;
    for (size_t i = 0; i < axis->count; i++) {
        const struct codebook_entry *entry = &axis->items[i];
        json_t *item = entry_of(axis, entry);
        if (entry->parent < 0) {
            json_object_set_new(item, "codes", json_array());
            json_array_append_new(list, item);
            top = item;
        } else {
            json_object_set_new(top, "any_codes", json_true());
            json_array_append_new(json_object_get(top, "codes"), item);
        }
    }
    return list;
}

static const struct {
    enum codebook_axis axis;
    const char *title;
} others[] = {
    {CODEBOOK_EXPRESSION, "coding.axes.uiting"},      {CODEBOOK_DIRECTION, "coding.axes.richting"},
    {CODEBOOK_APPLICATION, "coding.axes.toepassing"}, {CODEBOOK_FACET, "coding.axes.facet"},
    {CODEBOOK_ORIGIN, "coding.axes.herkomst"},
};

static json_t *axes_of(const struct http_exchange *ex, const struct coding *c, const struct codebook *book)
{
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        const struct codebook_list *axis = &book->axes[others[i].axis];
        json_t *codes = json_array();
        for (size_t k = 0; k < axis->count; k++) {
            json_array_append_new(codes, entry_of(axis, &axis->items[k]));
        }
        json_array_append_new(list,
                              json_pack("{s:o,s:o}", "title",
                                        staff_text(ex, c->config.account, others[i].title), "codes", codes));
    }
    return list;
}

static enum db_status get_book(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct coding *c = self;
    const struct codebook *book = NULL;
    struct codebook_version version;
    int64_t id;
    if (!coding_path_number(&id, ex, "versie") || id > INT32_MAX) {
        http_error(ex, 404);
        return DB_OK;
    }
    enum db_status status = codebook_get(&book, &version, tx, http_arena(ex), (int32_t)id);
    if (status != DB_OK) {
        return status;
    }
    if (!book) {
        http_error(ex, 404);
        return DB_OK;
    }
    if (!account_may(staff_caller(ex), PERMISSION_CODING_BOOK,
                     arena_cstr(http_arena(ex), version.consultation))) {
        http_error(ex, 403);
        return DB_OK;
    }
    json_t *context =
        json_pack("{s:o,s:i,s:o,s:o,s:o,s:s}", "title", text_of(book->title), "version", (int)version.number,
                  "instruction", text_of(book->instruction), "values", tree_of(&book->axes[CODEBOOK_TREE]),
                  "axes", axes_of(ex, c, book), "back_path", CODING_PATH);
    staff_render(ex, c->config.account, 200, "staff_codebook", context);
    return DB_OK;
}

const struct route coding_book_routes[] = {
    CODING_GET("/beheer/codeboeken/{versie}", get_book, PERMISSION_CODING_BOOK, ""),
};
const size_t coding_book_route_count = sizeof coding_book_routes / sizeof coding_book_routes[0];
