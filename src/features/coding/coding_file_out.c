/* A coded round to other programs: the file is made of what one transaction read, on a slow thread. */
#include "base/utf8.h"
#include "features/coding/coding_file_step.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct {
    const char *name, *media_type;
} formats[CODING_FILE_FORMATS] = {[CODING_FILE_QDPX] = {"qdpx", "application/zip"},
                                  [CODING_FILE_QDC] = {"qdc", "application/xml"},
                                  [CODING_FILE_CSV] = {"csv", "text/csv; charset=utf-8; header=present"}};

static bool write_piece(const void *bytes, size_t size, void *self)
{
    struct coding_file_step *step = self;
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
    struct coding_file_step *step = self;
    if (step->fd >= 0) {
        close(step->fd);
    }
}

/* The file that is made has no name, and is gone with the reply. */
static bool open_file(struct coding_file_step *step, struct http_exchange *ex)
{
    step->fd = memfd_create("coding", MFD_CLOEXEC);
    arena_defer(http_arena(ex), close_file, step);
    return step->fd >= 0;
}

static void send_file(struct http_exchange *ex, struct coding_file_step *step)
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
    struct coding_file_step *step = coding_file_step_of(slow);
    const struct dataset_output output = {.write = write_piece, .self = step};
    const enum qda_status status = step->format == CODING_FILE_QDC
                                       ? qda_write_codebook(&step->fault, &step->project, output)
                                       : qda_write_project(&step->fault, &step->project, output);
    step->failed = status != QDA_OK;
}

static void written(struct http_exchange *ex, void *item)
{
    struct coding_file_step *step = coding_file_step_of(item);
    if (!step->slow.accepted || step->failed) {
        http_error(ex, step->slow.accepted ? 500 : 503);
    } else {
        send_file(ex, step);
    }
}

static enum db_status read_round(struct db_tx *tx, struct coding_file_step *step, const struct codebook *book,
                                 size_t *codings)
{
    const struct crypto_keys *keys = step->coding->config.keys;
    if (step->format == CODING_FILE_CSV) {
        bool failed;
        if (ftruncate(step->fd, 0) != 0 || lseek(step->fd, 0, SEEK_SET) != 0) {
            return DB_FAILED;
        }
        step->size = 0;
        enum db_status status = coding_csv_write(&failed, codings, &step->left_out.waiting, tx, keys,
                                                 step->round, (struct coding_csv){write_piece, step});
        return status == DB_OK && failed ? DB_FAILED : status;
    }
    if (step->format == CODING_FILE_QDC) {
        coding_project_book(&step->project, step->arena, slice_from_cstr(step->round->consultation), book);
        return DB_OK;
    }
    enum db_status status =
        coding_project_load(&step->project, &step->left_out, tx, keys, step->arena, step->round, book);
    for (size_t i = 0; status == DB_OK && i < step->project.source_count; i++) {
        *codings += step->project.sources[i].selection_count;
    }
    return status;
}

static enum db_status audit_export(struct db_tx *tx, const struct http_exchange *ex,
                                   const struct coding_file_step *step, size_t codings)
{
    enum { DETAILS_MAX = 8192 }; /* a purpose is 500 characters, each six bytes when it is escaped */
    char *text = arena_alloc(db_arena(tx), DETAILS_MAX);
    json_t *details = json_pack("{s:s,s:s%}", "formaat", formats[step->format].name, "doel",
                                step->purpose.ptr, step->purpose.len);
    if (step->format != CODING_FILE_QDC) {
        json_object_set_new(details, "coderingen", json_integer((json_int_t)codings));
        json_object_set_new(details, "ingehouden", json_integer((json_int_t)step->left_out.waiting));
    }
    json_dumpb(details, text, DETAILS_MAX - 1, JSON_COMPACT);
    json_decref(details);
    return coding_audit(tx, ex, "coding.export", step->round, text);
}

static enum db_status export_step(struct db_tx *tx, struct lane_work *work)
{
    struct coding_file_step *step = (struct coding_file_step *)(void *)work;
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
    struct coding_file_step *step = item;
    if (step->work.status != DB_OK) {
        lane_answer_failure(ex, step->work.status);
    } else if (!step->planned) {
        http_error(ex, 404);
    } else if (step->format == CODING_FILE_CSV) {
        send_file(ex, step);
    } else {
        step->slow.run = write_step;
        lane_compute(step->coding->config.lanes, LANE_WHILE, ex, &step->slow, written);
    }
}

static enum db_status refuse_export(struct db_tx *tx, struct lane_work *work)
{
    struct coding_file_step *step = (struct coding_file_step *)(void *)work;
    struct http_exchange *ex = work->exchange;
    json_t *context = coding_file_page(ex, step->coding, step->round);
    http_reply_reset(ex);
    if (step->format == CODING_FILE_FORMATS) {
        staff_fault(context, ex, step->coding->config.account, "vorm", "coding.exchange.fault_format");
    }
    if (step->purpose.len == 0) {
        staff_fault(context, ex, step->coding->config.account, "doel", "coding.exchange.fault_purpose");
    }
    return coding_file_show_page(tx, ex, step->coding, step->round, context, 400);
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

void coding_file_export_next(struct http_exchange *ex, void *self)
{
    struct coding_file_step *step = coding_file_begin(ex, self);
    struct slice format = {"", 0}, purpose = {"", 0};
    if (!step->round) {
        return;
    }
    http_form_value(&format, ex, "vorm");
    http_form_value(&purpose, ex, "doel");
    while (step->format < CODING_FILE_FORMATS && !slice_equal_cstr(format, formats[step->format].name)) {
        step->format++;
    }
    step->purpose = is_purpose(slice_trim(purpose)) ? slice_trim(purpose) : SLICE("");
    const bool good = step->format < CODING_FILE_FORMATS && step->purpose.len > 0;
    if (good && !open_file(step, ex)) {
        http_error(ex, 503);
        return;
    }
    step->work.name = "coding-export";
    step->work.role = DB_ROLE_STAFF;
    step->work.run = good ? export_step : refuse_export;
    lane_transact(step->coding->config.lanes, ex, &step->work, good ? exported : coding_file_done);
}
