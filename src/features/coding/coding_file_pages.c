/* A coded round to other programs and back: taking a file along, looking at what one that comes would do, and
 * loading it. A file does not wait here: it holds what people said. So it is sent to be looked at, and sent
 * again to be loaded. It is read on a slow thread, since it takes seconds and much memory. */
#include "features/coding/coding_internal.h"

#include "base/utf8.h"
#include "crypto/crypto.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { IMPORT_BODY = CODING_IMPORT_FILE_MAX + 64 * 1024, LIST_MAX = 200 /* lines of a list on a page */ };

enum format { FORMAT_QDPX, FORMAT_QDC, FORMAT_CSV, FORMATS };
static const struct {
    const char *name, *media_type;
} formats[FORMATS] = {[FORMAT_QDPX] = {"qdpx", "application/zip"},
                      [FORMAT_QDC] = {"qdc", "application/xml"},
                      [FORMAT_CSV] = {"csv", "text/csv; charset=utf-8; header=present"}};

/* A request in its steps, whichever way the file goes. */
struct step {
    struct lane_work work; /* first */
    struct lane_slow slow;
    struct coding *coding;
    struct arena *arena;
    const struct survey_round *round;
    bool planned;
    /* out */
    enum format format;
    struct slice purpose;
    struct qda_project project;
    struct coding_left_out left_out;
    struct qda_fault fault;
    int fd;
    uint64_t size;
    bool failed;
    /* in */
    struct slice bytes, file_name;
    char sha256[2 * CRYPTO_SHA256_BYTES + 1];
    bool of_recording, leave_out, load, readable, kept;
    struct coding_file file;
    struct coding_import_plan plan;
    struct coding_book_import book;
};

static void release_arena(void *arena)
{
    arena_destroy(arena);
}

static struct step *step_of(void *slow)
{
    return (struct step *)(void *)((char *)slow - offsetof(struct step, slow));
}

static struct step *begin_step(struct http_exchange *ex, struct coding *c)
{
    struct step *step = arena_alloc(http_arena(ex), sizeof *step);
    step->coding = c;
    step->fd = -1;
    step->round = coding_round(c, ex, PERMISSION_CODING_MANAGE);
    step->arena = arena_create(QDA_ARENA_MAX);
    arena_defer(http_arena(ex), release_arena, step->arena);
    return step;
}

/* ---- the page ---- */

static json_t *page_of(struct http_exchange *ex, struct coding *c, const struct survey_round *round)
{
    json_t *context = coding_titled(ex, c, "coding.exchange.title");
    json_object_set_new(context, "round", json_string(round->code));
    json_object_set_new(context, "back_path", json_string(coding_path(ex, round, "")));
    return context;
}

static enum db_status show_page(struct db_tx *tx, struct http_exchange *ex, struct coding *c,
                                const struct survey_round *round, json_t *context_take, int answer)
{
    struct coding_plan plan;
    enum db_status status = coding_plan_read(&plan, tx, round->id);
    if (status != DB_OK) {
        json_decref(context_take);
        return status;
    }
    json_object_set_new(context_take, "planned", json_boolean(plan.found));
    staff_render(ex, c->config.account, answer, "staff_coding_exchange", context_take);
    return DB_OK;
}

static enum db_status get_page(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct survey_round *round = coding_round(self, ex, PERMISSION_CODING_MANAGE);
    return round ? show_page(tx, ex, self, round, page_of(ex, self, round), 200) : DB_OK;
}

/* The guard let somebody in, and the round is theirs; what follows begins on the HTTP thread. */
static enum db_status admit(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    (void)tx;
    coding_round(self, ex, PERMISSION_CODING_MANAGE);
    return DB_OK;
}

static void done(struct http_exchange *ex, void *item)
{
    const struct step *step = item;
    if (step->work.status != DB_OK) {
        lane_answer_failure(ex, step->work.status);
    }
}

/* ---- out ---- */

static bool write_piece(const void *bytes, size_t size, void *self)
{
    struct step *step = self;
    const char *at = bytes;
    while (size > 0 && !step->failed) {
        const ssize_t written = write(step->fd, at, size);
        step->failed = written <= 0;
        at += step->failed ? 0 : written;
        size -= step->failed ? 0 : (size_t)written;
        step->size += step->failed ? 0 : (size_t)written;
    }
    return !step->failed;
}

static void close_file(void *self)
{
    struct step *step = self;
    if (step->fd >= 0) {
        close(step->fd);
    }
}

/* The file that is made has no name, and is gone with the reply. */
static bool open_file(struct step *step, struct http_exchange *ex)
{
    step->fd = memfd_create("coding", MFD_CLOEXEC);
    arena_defer(http_arena(ex), close_file, step);
    return step->fd >= 0;
}

static void send_file(struct http_exchange *ex, struct step *step)
{
    const char *name = formats[step->format].name;
    http_reply_file(ex, 200, formats[step->format].media_type, step->fd, step->size);
    step->fd = -1;
    http_set_header(
        ex, "Content-Disposition",
        arena_printf(http_arena(ex), "attachment; filename=\"%s.%s\"", step->round->code, name).ptr);
}

static void write_step(struct lane_slow *slow)
{
    struct step *step = step_of(slow);
    const struct dataset_output output = {.write = write_piece, .self = step};
    const enum qda_status status = step->format == FORMAT_QDC
                                       ? qda_write_codebook(&step->fault, &step->project, output)
                                       : qda_write_project(&step->fault, &step->project, output);
    step->failed = status != QDA_OK;
}

static void written(struct http_exchange *ex, void *item)
{
    struct step *step = step_of(item);
    if (!step->slow.accepted || step->failed) {
        http_error(ex, step->slow.accepted ? 500 : 503);
    } else {
        send_file(ex, step);
    }
}

static enum db_status read_round(struct db_tx *tx, struct step *step, const struct codebook *book,
                                 size_t *codings)
{
    const struct slice space = slice_from_cstr(step->round->consultation);
    if (step->format == FORMAT_CSV) {
        bool failed;
        if (ftruncate(step->fd, 0) != 0 || lseek(step->fd, 0, SEEK_SET) != 0) {
            return DB_FAILED;
        }
        step->size = 0;
        enum db_status status = coding_csv_write(&failed, codings, tx, step->round->id, space,
                                                 (struct coding_csv){write_piece, step});
        return status == DB_OK && failed ? DB_FAILED : status;
    }
    if (step->format == FORMAT_QDC) {
        coding_project_book(&step->project, step->arena, space, book);
        return DB_OK;
    }
    enum db_status status =
        coding_project_load(&step->project, &step->left_out, tx, step->arena, step->round, book);
    for (size_t i = 0; status == DB_OK && i < step->project.source_count; i++) {
        *codings += step->project.sources[i].selection_count;
    }
    return status;
}

static enum db_status audit_export(struct db_tx *tx, const struct http_exchange *ex, const struct step *step,
                                   size_t codings)
{
    enum { DETAILS_MAX = 8192 }; /* a purpose is 500 characters, each six bytes when it is escaped */
    char *text = arena_alloc(db_arena(tx), DETAILS_MAX);
    json_t *details = json_pack("{s:s,s:s%}", "formaat", formats[step->format].name, "doel",
                                step->purpose.ptr, step->purpose.len);
    if (step->format != FORMAT_QDC) {
        json_object_set_new(details, "coderingen", json_integer((json_int_t)codings));
    }
    json_dumpb(details, text, DETAILS_MAX - 1, JSON_COMPACT);
    json_decref(details);
    return coding_audit(tx, ex, "coding.export", step->round, text);
}

static enum db_status export_step(struct db_tx *tx, struct lane_work *work)
{
    struct step *step = (struct step *)(void *)work;
    struct coding_plan plan;
    struct codebook_version version;
    const struct codebook *book = NULL;
    size_t codings = 0;
    http_reply_reset(work->exchange);
    enum db_status status = coding_plan_read(&plan, tx, step->round->id);
    step->planned = plan.found;
    if (status != DB_OK || !plan.found) {
        return status;
    }
    status = codebook_get(&book, &version, tx, step->arena, plan.book_version);
    if (status == DB_OK && !book) {
        status = DB_FAILED;
    }
    status = status == DB_OK ? read_round(tx, step, book, &codings) : status;
    return status == DB_OK ? audit_export(tx, work->exchange, step, codings) : status;
}

static void exported(struct http_exchange *ex, void *item)
{
    struct step *step = item;
    if (step->work.status != DB_OK) {
        lane_answer_failure(ex, step->work.status);
    } else if (!step->planned) {
        http_error(ex, 404);
    } else if (step->format == FORMAT_CSV) {
        send_file(ex, step);
    } else {
        step->slow.run = write_step;
        lane_compute(step->coding->config.lanes, LANE_WHILE, ex, &step->slow, written);
    }
}

static enum db_status refuse_export(struct db_tx *tx, struct lane_work *work)
{
    struct step *step = (struct step *)(void *)work;
    struct http_exchange *ex = work->exchange;
    json_t *context = page_of(ex, step->coding, step->round);
    http_reply_reset(ex);
    if (step->format == FORMATS) {
        staff_fault(context, ex, step->coding->config.account, "vorm", "coding.exchange.fault_format");
    }
    if (step->purpose.len == 0) {
        staff_fault(context, ex, step->coding->config.account, "doel", "coding.exchange.fault_purpose");
    }
    return show_page(tx, ex, step->coding, step->round, context, 400);
}

static bool is_purpose(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] < ' ') {
            return false;
        }
    }
    return text.len > 0 && utf8_length(text) <= KEY_PURPOSE_MAX;
}

static void export_next(struct http_exchange *ex, void *self)
{
    struct step *step = begin_step(ex, self);
    struct slice format = {"", 0}, purpose = {"", 0};
    if (!step->round) {
        return;
    }
    http_form_value(&format, ex, "vorm");
    http_form_value(&purpose, ex, "doel");
    while (step->format < FORMATS && !slice_equal_cstr(format, formats[step->format].name)) {
        step->format++;
    }
    step->purpose = is_purpose(slice_trim(purpose)) ? slice_trim(purpose) : SLICE("");
    const bool good = step->format < FORMATS && step->purpose.len > 0;
    if (good && !open_file(step, ex)) {
        http_error(ex, 503);
        return;
    }
    step->work.name = "coding-export";
    step->work.role = DB_ROLE_STAFF;
    step->work.run = good ? export_step : refuse_export;
    lane_transact(step->coding->config.lanes, ex, &step->work, good ? exported : done);
}

/* ---- in: what a file would do ---- */

static json_t *text_of(struct slice text)
{
    return json_stringn(text.ptr ? text.ptr : "", text.len);
}

static json_t *word(const struct http_exchange *ex, const struct step *step, const char *group,
                    const char *key)
{
    char path[96];
    snprintf(path, sizeof path, "coding.exchange.%s.%s", group, key);
    return staff_text(ex, step->coding->config.account, path);
}

static json_t *sources_of(const struct http_exchange *ex, const struct step *step)
{
    static const char *const states[] = {[CODING_SOURCE_TEXT] = "text",
                                         [CODING_SOURCE_THERE] = "there",
                                         [CODING_SOURCE_ANSWER] = "answer",
                                         [CODING_SOURCE_REFUSED] = "refused"};
    json_t *list = json_array();
    for (int refused = 1; refused >= 0; refused--) { /* those first */
        for (size_t i = 0; i < step->plan.source_count && json_array_size(list) < LIST_MAX; i++) {
            const struct coding_import_source *source = &step->plan.sources[i];
            if ((source->state == CODING_SOURCE_REFUSED) != (refused == 1)) {
                continue;
            }
            json_t *row =
                json_pack("{s:o,s:o,s:o,s:I,s:I}", "name", text_of(source->name), "state",
                          word(ex, step, "states", states[source->state]), "what", text_of(source->what),
                          "turns", (json_int_t)source->turns, "codings", (json_int_t)source->codings);
            if (source->why != CODING_WHY_NONE) {
                json_object_set_new(row, "why", word(ex, step, "why", coding_source_words[source->why]));
            }
            if (source->line > 0) {
                json_object_set_new(row, "line", json_integer((json_int_t)source->line));
            }
            json_array_append_new(list, row);
        }
    }
    return list;
}

static json_t *users_of(const struct http_exchange *ex, const struct step *step)
{
    static const char *const kinds[] = {
        [CODING_USER_HERE] = "here", [CODING_USER_ACCOUNT] = "account", [CODING_USER_OUTSIDE] = "outside"};
    json_t *list = json_array();
    for (size_t i = 0; i < step->plan.user_count && json_array_size(list) < LIST_MAX; i++) {
        const struct coding_import_user *user = &step->plan.users[i];
        if (user->codings > 0) {
            json_array_append_new(list, json_pack("{s:o,s:o,s:o,s:I}", "name", text_of(user->name), "becomes",
                                                  text_of(user->becomes), "kind",
                                                  word(ex, step, "users", kinds[user->kind]), "codings",
                                                  (json_int_t)user->codings));
        }
    }
    return list;
}

/* Those that somebody should look at: unknown, or known by their name. */
static json_t *codes_of(const struct http_exchange *ex, const struct step *step)
{
    json_t *list = json_array();
    for (size_t i = 0; i < step->plan.code_count && json_array_size(list) < LIST_MAX; i++) {
        const struct coding_import_code *code = &step->plan.codes[i];
        if (code->title.len == 0 || code->by_name) {
            json_array_append_new(list,
                                  json_pack("{s:o,s:o,s:o,s:I}", "name", text_of(code->name), "title",
                                            text_of(code->title), "what",
                                            word(ex, step, "codes", code->by_name ? "by_name" : "unknown"),
                                            "codings", (json_int_t)code->codings));
        }
    }
    return list;
}

static json_t *lost_of(const struct http_exchange *ex, const struct step *step)
{
    json_t *list = json_array();
    for (size_t i = 0; i < CODING_LOST_WHYS; i++) {
        if (step->plan.lost[i] > 0) {
            json_array_append_new(list, json_pack("{s:I,s:o}", "count", (json_int_t)step->plan.lost[i], "why",
                                                  word(ex, step, "lost", coding_lost_words[i])));
        }
    }
    return list;
}

static json_t *merged_of(const struct http_exchange *ex, const struct step *step)
{
    static const char *const keys[CODING_MERGE_KINDS] = {
        [CODING_MERGE_ADDED] = "added",       [CODING_MERGE_CHANGED] = "changed",
        [CODING_MERGE_MOVED] = "moved",       [CODING_MERGE_STAYS] = "stays",
        [CODING_MERGE_OURS] = "ours",         [CODING_MERGE_FIXED] = "fixed",
        [CODING_MERGE_NO_NAME] = "no_name",   [CODING_MERGE_LONG_NAME] = "long_name",
        [CODING_MERGE_TOO_DEEP] = "too_deep", [CODING_MERGE_LONG_DEFINITION] = "long_definition",
        [CODING_MERGE_TOO_MANY] = "too_many",
    };
    json_t *list = json_array();
    const struct coding_merge *merge = &step->book.merge;
    for (int faults = 1; faults >= 0; faults--) {
        for (size_t i = 0; i < merge->item_count && json_array_size(list) < LIST_MAX; i++) {
            const struct coding_merge_item *item = &merge->items[i];
            if (keys[item->what] && (item->what >= CODING_MERGE_FIXED) == (faults == 1)) {
                json_array_append_new(list, json_pack("{s:o,s:o}", "name", text_of(item->title), "what",
                                                      word(ex, step, "merge", keys[item->what])));
            }
        }
    }
    return list;
}

static void put_left_out(json_t *context, const struct step *step)
{
    json_t *list = json_array();
    for (size_t i = 0; i < step->file.report.left_out_count; i++) {
        json_array_append_new(list,
                              json_pack("{s:o,s:I}", "name", text_of(step->file.report.left_out[i].name),
                                        "count", (json_int_t)step->file.report.left_out[i].count));
    }
    json_object_set_new(context, "any_not_taken", json_boolean(json_array_size(list) > 0));
    json_object_set_new(context, "not_taken", list);
}

static void put_list(json_t *context, const char *name, json_t *list_take)
{
    char any[32];
    snprintf(any, sizeof any, "any_%s", name);
    json_object_set_new(context, any, json_boolean(json_array_size(list_take) > 0));
    json_object_set_new(context, name, list_take);
}

static void put_book(json_t *context, const struct http_exchange *ex, const struct step *step)
{
    const struct coding_merge *merge = &step->book.merge;
    json_object_set_new(context, "book", json_true());
    json_object_set_new(context, "book_title", text_of(step->book.title));
    json_object_set_new(context, "book_number", json_integer(step->book.number));
    json_object_set_new(context, "may_load", json_boolean(merge->faults == 0 && merge->changes > 0));
    json_object_set_new(context, "nothing", json_boolean(merge->faults == 0 && merge->changes == 0));
    json_object_set_new(context, "blocked", json_boolean(merge->faults > 0));
    put_list(context, "merged", merged_of(ex, step));
}

static void put_project(json_t *context, const struct http_exchange *ex, const struct step *step)
{
    const struct coding_import_plan *plan = &step->plan;
    const bool any = plan->texts > 0 || plan->codings > 0;
    json_object_set_new(context, "project", json_true());
    json_object_set_new(context, "texts", json_integer((json_int_t)plan->texts));
    json_object_set_new(context, "turns", json_integer((json_int_t)plan->turns));
    json_object_set_new(context, "codings", json_integer((json_int_t)plan->codings));
    json_object_set_new(context, "may_load", json_boolean(!plan->blocked && any));
    json_object_set_new(context, "nothing", json_boolean(!plan->blocked && !any));
    json_object_set_new(context, "blocked", json_boolean(plan->blocked));
    json_object_set_new(context, "more_sources", json_boolean(plan->source_count > LIST_MAX));
    put_list(context, "sources", sources_of(ex, step));
    put_list(context, "users", users_of(ex, step));
    put_list(context, "codes", codes_of(ex, step));
    put_list(context, "lost", lost_of(ex, step));
}

static void put_chosen(json_t *context, const struct step *step)
{
    json_object_set_new(context, "of_notes", json_boolean(!step->of_recording));
    json_object_set_new(context, "leave_out", json_boolean(step->leave_out));
}

static enum db_status show_fault(struct db_tx *tx, struct step *step, const char *text, const char *detail,
                                 size_t line)
{
    struct http_exchange *ex = step->work.exchange;
    json_t *context = page_of(ex, step->coding, step->round);
    put_chosen(context, step);
    staff_fault(context, ex, step->coding->config.account, "bestand", text);
    if (detail[0]) {
        json_object_set_new(context, "fault_what", json_string(detail));
    }
    if (line > 0) {
        json_object_set_new(context, "fault_line", json_integer((json_int_t)line));
    }
    return show_page(tx, ex, step->coding, step->round, context, 400);
}

static enum db_status show_preview(struct db_tx *tx, struct step *step, int answer, const char *said)
{
    struct http_exchange *ex = step->work.exchange;
    json_t *context = page_of(ex, step->coding, step->round);
    put_chosen(context, step);
    json_object_set_new(context, "preview", json_true());
    json_object_set_new(context, "sha256", json_string(step->sha256));
    json_object_set_new(context, "file_name", text_of(step->file_name));
    put_left_out(context, step);
    if (step->file.is_project) {
        put_project(context, ex, step);
    } else {
        put_book(context, ex, step);
    }
    if (said) {
        coding_put_text(context, "said", ex, step->coding, said);
    }
    return show_page(tx, ex, step->coding, step->round, context, answer);
}

/* ---- in: the steps ---- */

static enum db_status import_book(struct db_tx *tx, struct step *step)
{
    struct http_exchange *ex = step->work.exchange;
    enum db_status status =
        coding_book_import_plan(&step->book, tx, step->arena, step->round, step->file.project);
    const struct coding_merge *merge = &step->book.merge;
    if (status != DB_OK || !step->load || merge->faults > 0 || merge->changes == 0) {
        return status == DB_OK ? show_preview(tx, step, merge->faults > 0 ? 400 : 200, NULL) : status;
    }
    status = coding_book_import_keep(&step->kept, &step->book, tx, step->round, staff_caller(ex)->label,
                                     "browser");
    if (status == DB_OK && !step->kept) {
        return show_preview(tx, step, 409, "coding.exchange.book_meanwhile");
    }
    if (status == DB_OK) {
        http_redirect(ex, arena_printf(http_arena(ex), "/beheer/codeboeken/%d", (int)step->book.kept.id).ptr);
    }
    return status;
}

static enum db_status import_project(struct db_tx *tx, struct step *step)
{
    struct http_exchange *ex = step->work.exchange;
    const struct coding_import import = {.round = step->round,
                                         .file = &step->file,
                                         .of_recording = step->of_recording,
                                         .leave_out = step->leave_out,
                                         .actor = staff_caller(ex)->label,
                                         .arena = step->arena};
    enum db_status status = coding_import_plan(&step->plan, tx, &import);
    if (status == DB_OK && !step->plan.planned) {
        return show_fault(tx, step, "coding.exchange.not_planned", "", 0);
    }
    if (status != DB_OK || !step->load || step->plan.blocked) {
        return status == DB_OK ? show_preview(tx, step, step->plan.blocked ? 400 : 200, NULL) : status;
    }
    status = coding_import_load(&step->plan, tx, &import);
    if (status == DB_OK) {
        http_redirect(ex, coding_path(ex, step->round, ""));
        status = coding_audit(tx, ex, "coding.import", step->round,
                              arena_printf(db_arena(tx), CODING_IMPORT_DETAILS, step->sha256,
                                           step->plan.texts, step->plan.turns, step->plan.codings)
                                  .ptr);
    }
    return status;
}

static enum db_status import_step(struct db_tx *tx, struct lane_work *work)
{
    struct step *step = (struct step *)(void *)work;
    char path[96];
    http_reply_reset(work->exchange);
    if (step->bytes.len == 0) {
        return show_fault(tx, step, "coding.exchange.fault_no_file", "", 0);
    }
    if (!step->readable) {
        const struct qda_fault *fault = &step->file.fault;
        snprintf(path, sizeof path, "coding.exchange.faults.%s", coding_fault_key(fault->status));
        return show_fault(tx, step, path, fault->what, fault->line);
    }
    return step->file.is_project ? import_project(tx, step) : import_book(tx, step);
}

static void read_step(struct lane_slow *slow)
{
    struct step *step = step_of(slow);
    unsigned char hash[CRYPTO_SHA256_BYTES];
    struct slice seen = {"", 0};
    crypto_sha256(hash, step->bytes);
    crypto_hex(step->sha256, hash, sizeof hash);
    http_form_value(&seen, slow->exchange, "gezien");
    step->load =
        step->load && slice_equal_cstr(seen, step->sha256); /* what was looked at is what is loaded */
    step->readable = step->bytes.len > 0 && coding_file_read(&step->file, step->arena, step->bytes);
}

static void was_read(struct http_exchange *ex, void *item)
{
    struct step *step = step_of(item);
    if (!step->slow.accepted) {
        http_error(ex, 503);
        return;
    }
    step->work.name = "coding-import";
    step->work.role = DB_ROLE_STAFF;
    step->work.run = import_step;
    lane_transact(step->coding->config.lanes, ex, &step->work, done);
}

static void import_next(struct http_exchange *ex, void *self)
{
    struct step *step = begin_step(ex, self);
    struct http_file file = {{"", 0}, {"", 0}, {"", 0}};
    struct slice source = {"", 0}, rest = {"", 0}, act = {"", 0};
    if (!step->round) {
        return;
    }
    http_form_file(&file, ex, "bestand");
    http_form_value(&source, ex, "bron");
    http_form_value(&rest, ex, "weglaten");
    http_form_value(&act, ex, "doe");
    step->bytes = file.bytes;
    step->file_name = file.file_name;
    step->of_recording = !slice_equal_cstr(source, "aantekening");
    step->leave_out = slice_equal_cstr(rest, "ja");
    step->load = slice_equal_cstr(act, "inlezen");
    step->slow.run = read_step;
    lane_compute(step->coding->config.lanes, LANE_WHILE, ex, &step->slow, was_read);
}

const struct route coding_file_routes[] = {
    CODING_GET(CODING_PATH "/{ronde}/uitwisselen", get_page, PERMISSION_CODING_MANAGE, ""),
    {.http = {.method = HTTP_POST,
              .path = CODING_PATH "/{ronde}/uitvoer",
              .surface = HTTP_PAGE,
              .body = HTTP_BODY_FORM,
              .body_max = CODING_BODY,
              .csrf = HTTP_CSRF_REQUIRED,
              .produces = "text/html,application/zip,application/xml,text/csv",
              .scope = PERMISSION_CODING_MANAGE},
     .on_job = admit,
     .after = export_next,
     .role = DB_ROLE_STAFF},
    {.http = {.method = HTTP_POST,
              .path = CODING_PATH "/{ronde}/invoer",
              .surface = HTTP_PAGE,
              .body = HTTP_BODY_UPLOAD,
              .body_max = IMPORT_BODY,
              .csrf = HTTP_CSRF_REQUIRED,
              .scope = PERMISSION_CODING_MANAGE},
     .on_job = admit,
     .after = import_next,
     .role = DB_ROLE_STAFF},
};
const size_t coding_file_route_count = sizeof coding_file_routes / sizeof coding_file_routes[0];
