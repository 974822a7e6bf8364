/* A coded round to other programs and back, in the steps of a request: what its two ways share. */
#ifndef ZEVENSTEM_CODING_FILE_STEP_H
#define ZEVENSTEM_CODING_FILE_STEP_H

#include "crypto/crypto.h"
#include "features/coding/coding_internal.h"

enum coding_file_format { CODING_FILE_QDPX, CODING_FILE_QDC, CODING_FILE_CSV, CODING_FILE_FORMATS };

/* A request in its steps, whichever way the file goes. */
struct coding_file_step {
    struct lane_work work; /* first */
    struct lane_slow slow;
    struct coding *coding;
    struct arena *arena;
    const struct survey_round *round;
    bool planned;
    /* out */
    enum coding_file_format format;
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

/* With an arena of its own; round NULL: answered. In the exchange's arena. */
struct coding_file_step *coding_file_begin(struct http_exchange *ex, struct coding *c);
struct coding_file_step *coding_file_step_of(void *slow);
/* Continues a lane_work that replied. */
void coding_file_done(struct http_exchange *ex, void *item);

/* The page to take a file along or bring one: its context, and showing it. */
json_t *coding_file_page(struct http_exchange *ex, struct coding *c, const struct survey_round *round);
enum db_status coding_file_show_page(struct db_tx *tx, struct http_exchange *ex, struct coding *c,
                                     const struct survey_round *round, json_t *context_take, int answer);

/* Out: begins on an HTTP thread. */
void coding_file_export_next(struct http_exchange *ex, void *self);

/* In: the page with what is wrong with a file (line 0: not known), or with what it would do. said: a text's
 * key, or NULL. */
enum db_status coding_file_show_fault(struct db_tx *tx, struct coding_file_step *step, const char *text,
                                      const char *detail, size_t line);
enum db_status coding_file_show_preview(struct db_tx *tx, struct coding_file_step *step, int answer,
                                        const char *said);

#endif
