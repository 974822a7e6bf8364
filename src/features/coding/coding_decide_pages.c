/* Two codings of one passage beside each other, and what counts of them. */
#include "features/coding/coding_decide.h"
#include "features/coding/coding_internal.h"

#include "base/utf8.h"

static enum db_status get_doubles(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    enum { ON_A_PAGE = 100, PAGES_MAX = 1000000 };
    struct coding *c = self;
    struct coding_doubles doubles;
    uint64_t page = 1;
    const struct survey_round *round = coding_round(c, ex, PERMISSION_CODING_MANAGE);
    if (!round) {
        return DB_OK;
    }
    if (!slice_to_u64(&page, coding_asked(ex, "blad"), PAGES_MAX) || page == 0) {
        page = 1;
    }
    const int32_t from = (int32_t)(page - 1) * ON_A_PAGE;
    enum db_status status = coding_double_list(&doubles, tx, round->id, from, ON_A_PAGE);
    if (status != DB_OK) {
        return status;
    }
    json_t *context = coding_titled(ex, c, "coding.doubles_title");
    json_object_set_new(context, "round", json_string(round->code));
    json_object_set_new(context, "any", json_boolean(doubles.all > 0));
    json_object_set_new(context, "open", json_integer(doubles.open));
    json_object_set_new(context, "passages", doubles.list);
    if (from + ON_A_PAGE < doubles.all) {
        const char *next = arena_printf(http_arena(ex), "/verschillen?blad=%d", (int)page + 1).ptr;
        json_object_set_new(context, "next_path", json_string(coding_path(ex, round, next)));
    }
    json_object_set_new(context, "back_path", json_string(coding_path(ex, round, "")));
    staff_render(ex, c->config.account, 200, "staff_coding_doubles", context);
    return DB_OK;
}

struct double_page {
    struct coding *c;
    struct http_exchange *ex;
    struct db_tx *tx;
    const struct survey_round *round;
    int64_t passage;
    struct coding_double of;
    const struct codebook *book;
};

/* False: answered, or *status. of.coders is the caller's to free when true. */
static bool open_double(struct double_page *page, enum db_status *status, struct coding *c, struct db_tx *tx,
                        struct http_exchange *ex)
{
    struct coding_plan plan;
    struct codebook_version version;
    *page = (struct double_page){.c = c, .ex = ex, .tx = tx};
    *status = DB_OK;
    if (!coding_path_number(&page->passage, ex, "passage")) {
        http_error(ex, 404);
        return false;
    }
    *status = coding_double_read(&page->of, tx, http_arena(ex), page->passage);
    if (*status != DB_OK) {
        return false;
    }
    if (!page->of.found) {
        http_error(ex, 404);
        return false;
    }
    page->round = coding_round_by_id(c, ex, page->of.round, PERMISSION_CODING_MANAGE);
    *status = page->round ? coding_plan_read(&plan, tx, page->round->id) : DB_OK;
    if (page->round && *status == DB_OK) {
        *status = codebook_get(&page->book, &version, tx, http_arena(ex), plan.book_version);
    }
    if (!page->book) {
        json_decref(page->of.coders);
        *status = page->round && *status == DB_OK ? DB_FAILED : *status;
    }
    return page->book != NULL;
}

/* Whether what was decided has a coding that says the same of the same words. */
static bool was_taken(const json_t *coders, const json_t *mark)
{
    size_t i, k;
    const json_t *coder, *other;
    json_t *bare = json_copy((json_t *)(uintptr_t)mark);
    bool same = false;
    json_object_del(bare, "codering");
    json_object_del(bare, "memo");
    json_array_foreach(coders, i, coder)
    {
        json_array_foreach(
            json_is_true(json_object_get(coder, "besluit")) ? json_object_get(coder, "coderingen") : NULL, k,
            other)
        {
            json_t *its = json_copy((json_t *)(uintptr_t)other);
            json_object_del(its, "codering");
            same = same || json_equal(its, bare);
            json_decref(its);
        }
    }
    json_decref(bare);
    return same;
}

static json_t *columns_of(const struct double_page *page)
{
    size_t i, k;
    const json_t *coder, *mark;
    json_t *list = json_array();
    json_array_foreach(page->of.coders, i, coder)
    {
        json_t *marks = json_array();
        json_array_foreach(json_object_get(coder, "coderingen"), k, mark)
        {
            json_t *shown = coding_mark_shown(mark, page->book, page->of.body);
            json_object_set_new(shown, "checked", json_boolean(was_taken(page->of.coders, mark)));
            json_array_append_new(marks, shown);
        }
        json_array_append_new(list,
                              json_pack("{s:O,s:b,s:b,s:o,s:i}", "name", json_object_get(coder, "naam"),
                                        "decision", json_is_true(json_object_get(coder, "besluit")), "any",
                                        json_array_size(marks) > 0, "marks", marks, "n", (int)i + 1));
    }
    return list;
}

static void show_double(struct double_page *page, const char *said, int answer)
{
    struct http_exchange *ex = page->ex;
    json_t *context = coding_titled(ex, page->c, "coding.decide_title");
    json_object_set_new(context, "passage", json_integer(page->passage));
    json_object_set_new(context, "revision", json_integer(page->of.revision));
    json_object_set_new(context, "text", json_stringn(page->of.body.ptr, page->of.body.len));
    json_object_set_new(context, "language", json_stringn(page->of.language.ptr, page->of.language.len));
    json_object_set_new(context, "note", json_stringn(page->of.note.ptr, page->of.note.len));
    json_object_set_new(context, "columns", columns_of(page));
    json_object_set_new(context, "back_path", json_string(coding_path(ex, page->round, "/verschillen")));
    if (said) {
        coding_put_text(context, "said", ex, page->c, said);
    }
    staff_render(ex, page->c->config.account, answer, "staff_coding_decide", context);
}

static enum db_status get_double(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct double_page page;
    enum db_status status;
    if (open_double(&page, &status, self, tx, ex)) {
        show_double(&page, NULL, 200);
        json_decref(page.of.coders);
    }
    return status;
}

static size_t read_taken(int64_t take[CODING_TAKE_MAX], bool *good, const struct http_exchange *ex)
{
    size_t fields, count = 0;
    const struct http_field *form = http_form(&fields, ex);
    *good = true;
    for (size_t i = 0; i < fields; i++) {
        uint64_t id;
        bool twice = false;
        if (!slice_equal_cstr(form[i].name, "neem")) {
            continue;
        }
        *good = *good && count < CODING_TAKE_MAX && slice_to_u64(&id, form[i].value, INT64_MAX);
        for (size_t k = 0; *good && k < count; k++) {
            twice = twice || take[k] == (int64_t)id;
        }
        if (*good && !twice) {
            take[count++] = (int64_t)id;
        }
    }
    return count;
}

static enum db_status post_double(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct double_page page;
    int64_t take[CODING_TAKE_MAX], revision = 0;
    struct slice note = {"", 0};
    enum coding_decision outcome = CODING_MEANWHILE;
    int32_t coder;
    bool good;
    enum db_status status;
    if (!open_double(&page, &status, self, tx, ex)) {
        return status;
    }
    const size_t count = read_taken(take, &good, ex);
    coding_form_number(&revision, ex, "revisie", INT32_MAX);
    http_form_value(&note, ex, "reden");
    note = slice_trim(note);
    if (!good || utf8_length(note) > 2000) {
        show_double(&page, "coding.fault_memo", 400);
        json_decref(page.of.coders);
        return DB_OK;
    }
    status = coding_coder_of(&coder, tx, staff_caller(ex)->account_id);
    status = status == DB_OK ? coding_decide(&outcome, tx, page.passage, (int32_t)revision, take, count, note,
                                             coder, staff_caller(ex)->label)
                             : status;
    if (status == DB_OK && outcome == CODING_MEANWHILE) {
        json_decref(page.of.coders);
        status = coding_double_read(&page.of, tx, http_arena(ex), page.passage);
        if (status == DB_OK) {
            show_double(&page, "coding.decide_conflict", 409);
            status = DB_ROLLBACK;
        }
    } else if (status == DB_OK) {
        http_redirect(ex, coding_path(ex, page.round, "/verschillen"));
        status = coding_audit(tx, ex, "coding.decide", page.round, NULL);
    }
    json_decref(page.of.coders);
    return status;
}

const struct route coding_decide_routes[] = {
    CODING_GET(CODING_PATH "/{ronde}/verschillen", get_doubles, PERMISSION_CODING_MANAGE, ",blad"),
    CODING_GET("/beheer/verschillen/{passage}", get_double, PERMISSION_CODING_MANAGE, ""),
    CODING_POST("/beheer/verschillen/{passage}", post_double, PERMISSION_CODING_MANAGE),
};
const size_t coding_decide_route_count = sizeof coding_decide_routes / sizeof coding_decide_routes[0];
