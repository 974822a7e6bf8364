/* A coder's own pages: what there is to do, and one passage with all that can be said of it. Plain forms:
 * sentences are boxes to tick, so that a keyboard is enough. */
#include "features/coding/coding_internal.h"
#include "features/coding/coding_work.h"

#include "base/utf8.h"
#include "web/web.h"

#include <stdio.h>
#include <string.h>

/* ---- the queue ---- */

static enum db_status get_queue(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct coding *c = self;
    int64_t all, done, next;
    json_t *tasks = NULL, *task;
    size_t i;
    const struct survey_round *round = coding_round(c, ex, PERMISSION_CODING_DO);
    if (!round) {
        return DB_OK;
    }
    const int32_t account = staff_caller(ex)->account_id;
    enum db_status status = coding_task_count(&all, &done, tx, round->id, account);
    status = status == DB_OK ? coding_task_next(&next, tx, round->id, account, 0) : status;
    status = status == DB_OK ? coding_task_list(&tasks, tx, round->id, account) : status;
    if (status != DB_OK) {
        return status;
    }
    json_array_foreach(tasks, i, task)
    {
        json_object_set_new(task, "n", json_integer((json_int_t)i + 1));
    }
    json_t *context = coding_titled(ex, c, "coding.queue_title");
    json_object_set_new(context, "round", json_string(round->code));
    json_object_set_new(context, "all", json_integer(all));
    json_object_set_new(context, "done", json_integer(done));
    json_object_set_new(context, "none", json_boolean(all == 0));
    json_object_set_new(context, "finished", json_boolean(all > 0 && next == 0));
    if (next > 0) {
        json_object_set_new(context, "next", json_integer(next));
    }
    json_object_set_new(context, "any", json_boolean(all > 0));
    json_object_set_new(context, "tasks", tasks);
    json_object_set_new(context, "back_path", json_string(coding_path(ex, round, "")));
    staff_render(ex, c->config.account, 200, "staff_coding_queue", context);
    return DB_OK;
}

/* ---- one passage ---- */

struct passage_page {
    struct coding *c;
    struct http_exchange *ex;
    struct db_tx *tx;
    const struct survey_round *round;
    struct coding_task task;
    const struct codebook *book;
    struct text_span *sentences;
    size_t sentence_count;
    json_t *marks; /* that stand; the page's to free */
};

/* False: answered, or *status. */
static bool open_task(struct passage_page *page, enum db_status *status, struct coding *c, struct db_tx *tx,
                      struct http_exchange *ex)
{
    int64_t id;
    struct codebook_version version;
    *page = (struct passage_page){.c = c, .ex = ex, .tx = tx};
    *status = DB_OK;
    if (!coding_path_number(&id, ex, "taak")) {
        http_error(ex, 404);
        return false;
    }
    *status = coding_task_read(&page->task, tx, http_arena(ex), id, staff_caller(ex)->account_id);
    if (*status != DB_OK) {
        return false;
    }
    if (!page->task.found) {
        http_error(ex, 404);
        return false;
    }
    page->round = coding_round_by_id(c, ex, page->task.round, PERMISSION_CODING_DO);
    if (!page->round) {
        return false;
    }
    *status = codebook_get(&page->book, &version, tx, http_arena(ex), page->task.book_version);
    if (*status == DB_OK && !page->book) {
        *status = DB_FAILED;
    }
    page->sentence_count =
        unicode_sentences(&page->sentences, http_arena(ex), page->task.body,
                          slice_equal_cstr(page->task.language, "en") ? UNICODE_ENGLISH : UNICODE_DUTCH);
    return *status == DB_OK;
}

static struct slice piece_of(struct slice body, size_t start, size_t end)
{
    const size_t from = utf8_offset(body, start), to = utf8_offset(body, end);
    return (struct slice){body.ptr + from, to - from};
}

/* What a form says or a coding that is changed says, to show the form with: the values of a field. */
struct shown {
    const struct http_field *fields; /* as posted; NULL: those of `mark` */
    size_t count;
    const json_t *mark; /* NULL: empty */
};

static struct slice shown_value(const struct shown *shown, const char *name)
{
    for (size_t i = 0; shown->fields && i < shown->count; i++) {
        if (slice_equal_cstr(shown->fields[i].name, name)) {
            return shown->fields[i].value;
        }
    }
    return shown->fields ? (struct slice){"", 0}
                         : slice_from_cstr(json_string_value(json_object_get(shown->mark, name)));
}

static bool shown_has(const struct shown *shown, const char *name, const char *in_mark, struct slice value)
{
    size_t i;
    const json_t *item;
    for (i = 0; shown->fields && i < shown->count; i++) {
        if (slice_equal_cstr(shown->fields[i].name, name) && slice_equal(shown->fields[i].value, value)) {
            return true;
        }
    }
    json_array_foreach(shown->fields ? NULL : json_object_get(shown->mark, in_mark), i, item)
    {
        if (slice_equal_cstr(value, json_string_value(item))) {
            return true;
        }
    }
    return false;
}

static json_t *sentences_of(const struct passage_page *page, const struct shown *shown)
{
    json_t *list = json_array();
    const json_int_t from = json_integer_value(json_object_get(shown->mark, "van"));
    const json_int_t to = json_integer_value(json_object_get(shown->mark, "tot"));
    for (size_t i = 0; i < page->sentence_count; i++) {
        const struct text_span s = page->sentences[i];
        const struct slice text = piece_of(page->task.body, s.start, s.end);
        const struct slice n = arena_printf(http_arena(page->ex), "%zu", i + 1);
        const bool ticked = shown->fields ? shown_has(shown, "zin", "", n)
                                          : (json_int_t)s.start < to && (json_int_t)s.end > from;
        json_array_append_new(list,
                              json_pack("{s:s,s:s%,s:b,s:i,s:i}", "n", n.ptr, "text", text.ptr, text.len,
                                        "checked", (int)ticked, "start", (int)s.start, "end", (int)s.end));
    }
    return list;
}

static json_t *code_box(const struct codebook_entry *entry, const struct shown *shown)
{
    return json_pack("{s:s%,s:s%,s:s%,s:b}", "code", entry->code.ptr, entry->code.len, "title",
                     entry->title.ptr, entry->title.len, "definition", entry->definition.ptr,
                     entry->definition.len, "checked", (int)shown_has(shown, "code", "codes", entry->code));
}

/* The top of the tree, each with all that stands under it. */
static json_t *boxes_of(const struct codebook *book, const struct shown *shown)
{
    const struct codebook_list *tree = &book->axes[CODEBOOK_TREE];
    json_t *list = json_array(), *top = NULL;
    for (size_t i = 0; i < tree->count; i++) {
        json_t *box = code_box(&tree->items[i], shown);
        if (tree->items[i].parent < 0) {
            json_object_set_new(box, "codes", json_array());
            json_array_append_new(list, box);
            top = box;
        } else {
            json_object_set_new(top, "any", json_true());
            if (json_is_true(json_object_get(box, "checked"))) {
                json_object_set_new(top, "open", json_true());
            }
            json_array_append_new(json_object_get(top, "codes"), box);
        }
    }
    return list;
}

static json_t *selects_of(const struct passage_page *page, const struct shown *shown)
{
    static const enum codebook_axis order[] = {CODEBOOK_EXPRESSION, CODEBOOK_APPLICATION, CODEBOOK_DIRECTION,
                                               CODEBOOK_FACET, CODEBOOK_ORIGIN};
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        const struct codebook_list *axis = &page->book->axes[order[i]];
        const char *name = coding_axis_names[order[i]];
        const struct slice value = shown_value(shown, name);
        json_t *options = json_array();
        char path[40];
        for (size_t k = 0; k < axis->count; k++) {
            const struct codebook_entry *e = &axis->items[k];
            json_array_append_new(options, json_pack("{s:s%,s:s%,s:b}", "code", e->code.ptr, e->code.len,
                                                     "title", e->title.ptr, e->title.len, "selected",
                                                     (int)slice_equal(e->code, value)));
        }
        snprintf(path, sizeof path, "coding.axes.%s", name);
        json_array_append_new(list, json_pack("{s:s,s:o,s:o}", "name", name, "label",
                                              staff_text(page->ex, page->c->config.account, path), "options",
                                              options));
    }
    return list;
}

/* Titles of the codes of a coding, and the words that it stands on. */
static json_t *marks_shown(const struct passage_page *page)
{
    size_t i;
    const json_t *mark;
    json_t *list = json_array();
    json_array_foreach(page->marks, i, mark)
    {
        json_t *out = coding_mark_shown(mark, page->book, page->task.body);
        json_object_set_new(
            out, "change_path",
            json_string(arena_printf(http_arena(page->ex), "/beheer/coderen/%lld?codering=%lld#code-vorm",
                                     (long long)page->task.id,
                                     (long long)json_integer_value(json_object_get(mark, "codering")))
                            .ptr));
        json_object_set_new(out, "n", json_integer((json_int_t)i + 1));
        json_array_append_new(list, out);
    }
    return list;
}

static enum db_status put_origin(json_t *context, struct passage_page *page)
{
    size_t count;
    json_t *before = NULL;
    enum db_status status = DB_OK;
    const struct variable *variables = questionnaire_variables(&count, page->round->questionnaire);
    const int at = questionnaire_find_variable(page->round->questionnaire, page->task.variable);
    if (page->task.variable.len > 0 && at >= 0 && variables[at].label[coding_language(page->ex)]) {
        json_object_set_new(context, "question", json_string(variables[at].label[coding_language(page->ex)]));
    }
    if (page->task.conversation.len > 0) {
        json_object_set_new(context, "conversation",
                            json_stringn(page->task.conversation.ptr, page->task.conversation.len));
        json_object_set(context, "part", json_object_get(page->task.guide_part, "title"));
        status = coding_task_before(&before, page->tx, &page->task);
        json_object_set_new(context, "any_before", json_boolean(json_array_size(before) > 0));
        json_object_set_new(context, "before", before ? before : json_null());
    }
    return status;
}

static enum db_status show_passage(struct passage_page *page, const struct shown *shown, json_t *context_take,
                                   int answer)
{
    json_t *context = context_take;
    int64_t all = 0, done = 0;
    struct http_exchange *ex = page->ex;
    struct coding *c = page->c;
    enum db_status status =
        coding_task_count(&all, &done, page->tx, page->round->id, staff_caller(ex)->account_id);
    status = status == DB_OK ? put_origin(context, page) : status;
    if (status != DB_OK) {
        json_decref(context);
        return status;
    }
    const struct slice memo = shown_value(shown, "memo"), words = shown_value(shown, "woorden");
    const struct slice from = shown_value(shown, "van"), to = shown_value(shown, "tot");
    json_object_set_new(context, "task", json_integer(page->task.id));
    json_object_set_new(context, "revision", json_integer(page->task.revision));
    json_object_set_new(context, "book", json_integer(page->task.book_version));
    json_object_set_new(context, "all", json_integer(all));
    json_object_set_new(context, "done", json_integer(done));
    json_object_set_new(context, "is_done", json_boolean(page->task.done));
    json_object_set_new(context, "decided", json_boolean(page->task.decided));
    json_object_set_new(context, "note_only", json_boolean(slice_equal_cstr(page->task.kind, "aantekening")));
    json_object_set_new(context, "language", json_stringn(page->task.language.ptr, page->task.language.len));
    json_object_set_new(context, "sentences", sentences_of(page, shown));
    json_object_set_new(context, "codes", boxes_of(page->book, shown));
    json_object_set_new(context, "selects", selects_of(page, shown));
    json_object_set_new(context, "marks", marks_shown(page));
    json_object_set_new(context, "any_marks", json_boolean(json_array_size(page->marks) > 0));
    json_object_set_new(context, "memo", json_stringn(memo.ptr ? memo.ptr : "", memo.len));
    json_object_set_new(context, "words", json_stringn(words.ptr ? words.ptr : "", words.len));
    if (shown->fields) {
        json_object_set_new(context, "from", json_stringn(from.ptr ? from.ptr : "", from.len));
        json_object_set_new(context, "to", json_stringn(to.ptr ? to.ptr : "", to.len));
    } else if (shown->mark) {
        json_object_set(context, "from", json_object_get(shown->mark, "van"));
        json_object_set(context, "to", json_object_get(shown->mark, "tot"));
    }
    if (shown->mark) {
        json_object_set(context, "changing", json_object_get(shown->mark, "codering"));
    }
    json_object_set_new(context, "exact", json_boolean(shown->mark || words.len > 0 || from.len > 0));
    json_object_set_new(context, "back_path", json_string(coding_path(ex, page->round, "/werk")));
    staff_render(ex, c->config.account, answer, "staff_coding_task", context);
    return DB_OK;
}

static const json_t *mark_of(const json_t *marks, int64_t id)
{
    size_t i;
    const json_t *mark;
    json_array_foreach(marks, i, mark)
    {
        if (json_integer_value(json_object_get(mark, "codering")) == id) {
            return mark;
        }
    }
    return NULL;
}

static enum db_status get_passage(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct passage_page page;
    struct slice text;
    uint64_t changing = 0;
    enum db_status status;
    if (!open_task(&page, &status, self, tx, ex)) {
        return status;
    }
    status = coding_marks_of(&page.marks, tx, page.task.passage, page.task.coder);
    if (status == DB_OK) {
        const bool asked = http_query(&text, ex, "codering") && slice_to_u64(&changing, text, INT64_MAX);
        const struct shown shown = {.mark = asked ? mark_of(page.marks, (int64_t)changing) : NULL};
        status = show_passage(&page, &shown, coding_titled(ex, self, "coding.task_title"), 200);
    }
    json_decref(page.marks);
    return status;
}

/* ---- saving ---- */

static void tell_faults(json_t *context, const struct passage_page *page, unsigned faults)
{
    static const struct {
        unsigned fault;
        const char *field, *text;
    } told[] = {
        {CODING_BAD_SPAN, "zinnen", "coding.fault_span"},
        {CODING_NOT_THERE, "woorden", "coding.fault_not_there"},
        {CODING_NOT_ONCE, "woorden", "coding.fault_not_once"},
        {CODING_NO_CODE, "codes", "coding.fault_no_code"},
        {CODING_BAD_CODE, "codes", "coding.fault_code"},
        {CODING_BAD_OTHER, "uiting", "coding.fault_other"},
        {CODING_LONG_MEMO, "memo", "coding.fault_memo"},
    };
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        if ((faults & told[i].fault) != 0) {
            staff_fault(context, page->ex, page->c->config.account, told[i].field, told[i].text);
        }
    }
}

/* Whether anything was filled in at all: who only says "done" says nothing else. */
static bool says_something(const struct http_field *fields, size_t count)
{
    static const char *const names[] = {"zin",      "woorden",    "code",     "memo",     "facet", "uiting",
                                        "richting", "toepassing", "herkomst", "codering", NULL};
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; names[k]; k++) {
            if (slice_equal_cstr(fields[i].name, names[k]) && slice_trim(fields[i].value).len > 0) {
                return true;
            }
        }
    }
    return false;
}

static enum db_status show_again(struct passage_page *page, unsigned faults, const char *said, int answer)
{
    struct shown shown = {.fields = NULL};
    json_t *context = coding_titled(page->ex, page->c, "coding.task_title");
    int64_t changing;
    shown.fields = http_form(&shown.count, page->ex);
    enum db_status status = coding_marks_of(&page->marks, page->tx, page->task.passage, page->task.coder);
    if (status != DB_OK) {
        json_decref(context);
        return status;
    }
    shown.mark = coding_form_number(&changing, page->ex, "codering", INT64_MAX)
                     ? mark_of(page->marks, changing)
                     : NULL;
    tell_faults(context, page, faults);
    if (said) {
        coding_put_text(context, "said", page->ex, page->c, said);
    }
    status = show_passage(page, &shown, context, answer);
    json_decref(page->marks);
    return status;
}

/* Somebody was first: what stands now is shown, with what was filled in. */
static enum db_status tell_conflict(struct passage_page *page)
{
    enum db_status status = coding_task_read(&page->task, page->tx, http_arena(page->ex), page->task.id,
                                             staff_caller(page->ex)->account_id);
    return status == DB_OK
               ? show_again(page, 0, page->task.decided ? "coding.task_decided" : "coding.task_conflict", 409)
               : status;
}

static enum db_status go_on(struct passage_page *page, bool to_next)
{
    int64_t next = 0;
    enum db_status status = DB_OK;
    if (to_next) {
        status = coding_task_next(&next, page->tx, page->round->id, staff_caller(page->ex)->account_id,
                                  page->task.id);
    }
    if (to_next && next == 0) {
        http_redirect(page->ex, coding_path(page->ex, page->round, "/werk"));
    } else {
        http_redirect(page->ex, arena_printf(http_arena(page->ex), "/beheer/coderen/%lld",
                                             (long long)(to_next ? next : page->task.id))
                                    .ptr);
    }
    return status;
}

static enum db_status write_mark(struct passage_page *page, const struct coding_input *input)
{
    size_t prompted_count;
    bool found;
    const struct slice *prompted = coding_prompted(&prompted_count, http_arena(page->ex), &page->task,
                                                   page->round->questionnaire, page->book);
    enum db_status status = coding_mark_save(&found, page->tx, &page->task, input, prompted, prompted_count,
                                             staff_caller(page->ex)->label);
    if (status == DB_OK && !found) {
        http_error(page->ex, 404);
        return DB_ROLLBACK;
    }
    return status == DB_OK ? coding_audit(page->tx, page->ex, "coding.save", page->round, NULL) : status;
}

static enum db_status post_passage(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct passage_page page;
    struct coding_input input;
    struct slice what = {"", 0};
    size_t count;
    int64_t revision = 0;
    bool ours;
    enum db_status status;
    if (!open_task(&page, &status, self, tx, ex)) {
        return status;
    }
    const struct http_field *fields = http_form(&count, ex);
    http_form_value(&what, ex, "doe");
    const bool done = slice_equal_cstr(what, "klaar");
    const bool writes = !done || says_something(fields, count);
    if (writes) {
        const unsigned faults = coding_input_read(&input, http_arena(ex), fields, count, page.book,
                                                  page.task.body, page.sentences, page.sentence_count);
        if (faults != 0) {
            return show_again(&page, faults, NULL, 400);
        }
    }
    coding_form_number(&revision, ex, "revisie", INT32_MAX);
    status = coding_task_claim(&ours, tx, &page.task, revision, done ? 1 : -1);
    if (status == DB_OK && !ours) {
        return tell_conflict(&page);
    }
    status = status == DB_OK && writes ? write_mark(&page, &input) : status;
    if (status == DB_OK && done) {
        status = coding_audit(tx, ex, "coding.done", page.round, NULL);
    }
    return status == DB_OK ? go_on(&page, done) : status;
}

static enum db_status post_removal(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct passage_page page;
    int64_t revision = 0, mark = 0;
    bool ours, found = false;
    enum db_status status;
    if (!open_task(&page, &status, self, tx, ex)) {
        return status;
    }
    coding_form_number(&revision, ex, "revisie", INT32_MAX);
    coding_form_number(&mark, ex, "weg", INT64_MAX);
    status = coding_task_claim(&ours, tx, &page.task, revision, -1);
    if (status == DB_OK && !ours) {
        return tell_conflict(&page);
    }
    status =
        status == DB_OK ? coding_mark_remove(&found, tx, &page.task, mark, staff_caller(ex)->label) : status;
    if (status == DB_OK && !found) {
        http_error(ex, 404);
        return DB_ROLLBACK;
    }
    status = status == DB_OK ? coding_audit(tx, ex, "coding.remove", page.round, NULL) : status;
    return status == DB_OK ? go_on(&page, false) : status;
}

const struct route coding_work_routes[] = {
    CODING_GET(CODING_PATH "/{ronde}/werk", get_queue, PERMISSION_CODING_DO, ""),
    CODING_GET("/beheer/coderen/{taak}", get_passage, PERMISSION_CODING_DO, ",codering"),
    CODING_POST("/beheer/coderen/{taak}", post_passage, PERMISSION_CODING_DO),
    CODING_POST("/beheer/coderen/{taak}/weg", post_removal, PERMISSION_CODING_DO),
};
const size_t coding_work_route_count = sizeof coding_work_routes / sizeof coding_work_routes[0];
