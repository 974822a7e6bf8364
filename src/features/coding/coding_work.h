/* One coder at one passage: what is coded on it, and saving. Every save names the revision that it read, so
 * that of two tabs, or two who share an account, the second is told. */
#ifndef ZEVENSTEM_CODING_WORK_H
#define ZEVENSTEM_CODING_WORK_H

#include "base/unicode.h"
#include "db/db.h"
#include "features/coding/coding_book.h"
#include "features/questionnaire/questionnaire.h"
#include "http/http.h"

extern const struct db_statement coding_work_statements[];

struct coding_task {
    bool found; /* false: no such task, or somebody else's */
    int64_t id, passage;
    int32_t round, coder, revision, book_version;
    int16_t position;
    bool done;
    bool decided; /* nothing changes any more */
    struct slice body, kind, language;
    struct slice variable;     /* of an answer; else empty */
    struct slice conversation; /* code of it; empty for an answer */
    struct slice method;       /* enquete, interview or focusgroep */
    struct slice part;         /* of the guide; may be empty */
    const json_t *guide_part;  /* that part; NULL. Lives in the arena */
    int32_t place;
};
/* Texts live in the arena. */
enum db_status coding_task_read(struct coding_task *out, struct db_tx *tx, struct arena *arena, int64_t id,
                                int32_t account);
/* The first that is not done, after this one where there is one (0: from the start); 0: none. */
enum db_status coding_task_next(int64_t *task, struct db_tx *tx, int32_t round, int32_t account,
                                int64_t after);
/* Those of all rounds that are not finished. */
enum db_status coding_tasks_waiting(int64_t *count, struct db_tx *tx, int32_t account);
/* How many tasks somebody has in a round, and how many are done. */
enum db_status coding_task_count(int64_t *all, int64_t *done, struct db_tx *tx, int32_t round,
                                 int32_t account);
/* What somebody has in a round: [{"taak", "klaar", "begin"}], the first words of each. The caller owns it. */
enum db_status coding_task_list(json_t **out, struct db_tx *tx, int32_t round, int32_t account);
/* What was said right before, in a conversation: [{"wie", "tekst"}]. The caller owns it. */
enum db_status coding_task_before(json_t **out, struct db_tx *tx, const struct coding_task *task);
/* The coder's own codings that stand: [{"codering", "van", "tot", "codes", "facet", "uiting", "toepassing",
 * "richting", "herkomst", "memo"}]. The caller owns it. */
enum db_status coding_marks_of(json_t **out, struct db_tx *tx, int64_t passage, int32_t coder);

/* ---- what is put on it ---- */

enum { CODING_CODES_MAX = 20, CODING_MEMO_MAX = 2000 };
struct coding_input {
    uint32_t start, end; /* code points */
    struct slice codes[CODING_CODES_MAX];
    size_t code_count;
    unsigned value_bits;
    struct slice other[CODEBOOK_AXES]; /* code on each other axis; empty */
    struct slice memo;
    int64_t replaces; /* 0: none */
};
enum coding_fault {
    CODING_BAD_SPAN = 1,  /* outside of the text, or empty; nothing was chosen, or in both ways */
    CODING_NOT_THERE = 2, /* the words do not stand there */
    CODING_NOT_ONCE = 4,  /* they stand there more than once */
    CODING_NO_CODE = 8,   /* neither a code nor a memo */
    CODING_BAD_CODE = 16, /* none of the book's, or too many */
    CODING_LONG_MEMO = 32,
    CODING_BAD_OTHER = 64 /* an application, direction, ... that is none of the book's */
};
/* What a form says: `zin` (numbers of sentences, from 1), `woorden` (exact words, in those sentences or
 * anywhere), or instead of both `van` and `tot` (code points), `code`, `facet`, `uiting`, `toepassing`,
 * `richting`, `herkomst`, `memo`, `codering` (what it replaces). All faults as bits; 0: none. */
unsigned coding_input_read(struct coding_input *out, struct arena *arena, const struct http_field *fields,
                           size_t count, const struct codebook *book, struct slice body,
                           const struct text_span *sentences, size_t sentence_count);
/* The names of the other axes in forms and documents; NULL for the tree. */
extern const char *const coding_axis_names[CODEBOOK_AXES];

/* What the question or the part was about: values and applications of the code book, in the arena. */
const struct slice *coding_prompted(size_t *count, struct arena *arena, const struct coding_task *task,
                                    const struct questionnaire *q, const struct codebook *book);

/* ---- saving ---- */

/* Takes the revision that was read; *ours false: it is another, or decided meanwhile, and nothing may be
 * written. done: -1 as it is, 0 reopened, 1 done. */
enum db_status coding_task_claim(bool *ours, struct db_tx *tx, const struct coding_task *task,
                                 int64_t revision, int done);
/* After a claim. *found false: input->replaces is none of this coder's on this passage. */
enum db_status coding_mark_save(bool *found, struct db_tx *tx, const struct coding_task *task,
                                const struct coding_input *input, const struct slice *prompted,
                                size_t prompted_count, const char *actor);
enum db_status coding_mark_remove(bool *found, struct db_tx *tx, const struct coding_task *task, int64_t mark,
                                  const char *actor);

#endif
