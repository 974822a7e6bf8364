/* The survey's statements and their binders. Nobody else knows its tables. */
#ifndef ZEVENSTEM_SURVEY_SQL_H
#define ZEVENSTEM_SURVEY_SQL_H

#include "features/survey/survey.h"

enum response_kind { RESPONSE_NEW = 1, RESPONSE_CORRECTED = 2, RESPONSE_WITHDRAWN = 3 };
enum { PAYLOAD_HASH_BYTES = 32 };

/* ---- drafts ---- */
struct draft_row {
    struct slice draft_id;
    int32_t round_id;
    int32_t revision; /* of the row; 0 when there is none */
    struct slice sealed;
};
/* Rows that exist, in any order; ids that do not are left out. In the transaction's arena. */
enum db_status sql_draft_read(struct draft_row **rows, size_t *count, struct db_tx *tx,
                              const struct slice *draft_ids, size_t wanted);
/* The same in one message (batcher.h): asked, and read when it was heard. */
void sql_draft_read_ask(struct db_tx *tx, const struct slice *draft_ids, size_t wanted);
void sql_draft_read_heard(struct draft_row **rows, size_t *count, struct db_tx *tx);
struct draft_write {
    struct slice draft_id;
    int32_t round_id;
    int32_t expected_revision; /* 0: must not exist yet */
    int16_t page;
    struct slice sealed;
    bool remove;  /* deletes instead, whatever its revision */
    bool written; /* out: false when somebody else wrote first (or it is gone) */
};
/* Compare-and-swap of each, all in one statement a kind; revision becomes expected_revision + 1. day is
 * today's. */
enum db_status sql_draft_write(struct db_tx *tx, struct draft_write *writes, size_t count, int32_t day);
/* The same in one message. */
void sql_draft_write_ask(struct db_tx *tx, const struct draft_write *writes, size_t count, int32_t day);
void sql_draft_write_heard(struct db_tx *tx, struct draft_write *writes, size_t count);

/* ---- responses ---- */
struct passage_new {
    int32_t round_id;
    struct slice response_id;
    const char *variable;
    const char *language;
    struct slice body;
};
struct response_new {
    int32_t round_id;
    struct slice response_id; /* 16 bytes */
    struct slice draft_id;    /* 16 bytes; its draft is deleted in the same transaction */
    int32_t version_id;
    int16_t stream, channel;
    struct slice answers;
    struct slice payload_hash;
    enum intake_outcome outcome; /* out */
};
/* The rounds' locks, in the order given (sorted, distinct): before any pos is drawn. */
enum db_status sql_round_lock(struct db_tx *tx, int32_t round_id);
/* stated_day: the day on which they came in on paper; 0: nobody stated one. */
enum db_status sql_response_insert(struct db_tx *tx, struct response_new *responses, size_t count,
                                   const struct passage_new *passages, size_t passage_count, int32_t day,
                                   int32_t stated_day);

/* The same in one message, locks included unless they were asked. Sorted by round; false, to be asked no
 * further, when they are of too many rounds. */
bool sql_response_ask(struct db_tx *tx, const struct response_new *responses, size_t count,
                      const struct passage_new *passages, size_t passage_count, int32_t day);
/* The same, cheaper, where none was there before: fails (DB_CONSTRAINT) where one was. */
bool sql_response_ask_new(struct db_tx *tx, const struct response_new *responses, size_t count,
                          const struct passage_new *passages, size_t passage_count, int32_t day);
/* Only their locks. waited: whether the first of them was another's when it was asked for; once it is heard.
 */
bool sql_rounds_lock_ask(struct db_tx *tx, const struct response_new *responses, size_t count);
bool sql_rounds_lock_waited(struct db_tx *tx);
/* Outcome ACCEPTED for those that were added; the others keep INTAKE_DIFFERENT, and why is not known yet. */
enum db_status sql_response_heard(struct db_tx *tx, struct response_new *responses, size_t count);

/* What stands of one response: the newest revision. */
struct response_row {
    bool found;
    int32_t revision;
    enum response_kind kind;
    int32_t version_id;
    int16_t stream, channel;
    int32_t received_day; /* as stated, of paper */
    struct slice answers;
    struct slice payload_hash;
};
enum db_status sql_response_read(struct response_row *out, struct db_tx *tx, int32_t round_id,
                                 struct slice response_id);
struct passage_row {
    struct slice variable, language, body;
};
/* The texts of one's own response; only with its id, which only its code gives. */
enum db_status sql_response_passages(struct passage_row **rows, size_t *count, struct db_tx *tx,
                                     int32_t round_id, struct slice response_id, int32_t revision);
/* Appends a revision and empties the older ones. expected_revision is the one that it replaces: DB_ROLLBACK
 * when that is not the newest. */
enum db_status sql_response_amend(struct db_tx *tx, const struct response_new *response,
                                  enum response_kind kind, int32_t expected_revision,
                                  const struct passage_new *passages, size_t passage_count, int32_t day);

/* ---- rounds ---- */
struct db_result;
/* A number that changes with every change of a round or version: cheap to poll. */
enum db_status sql_rounds_mark(int64_t *mark, struct db_tx *tx);
/* id, code, consultation, status, opens_at, closes_at, destruction_date (days), is_pilot, interim, version
 * id, version number, questionnaire document text, consultation document text, the round's own, whether it is
 * held, whether
 * the audit log tells that it closed, when somebody closed it; ordered by id. */
enum db_status sql_rounds_read(struct db_result **out, struct db_tx *tx);

/* ---- a code entered by hand: which round it belongs to ---- */
enum db_status sql_find_participation(int32_t *round_id, bool *is_draft, struct db_tx *tx,
                                      const int32_t *round_ids, const struct slice *draft_ids,
                                      const struct slice *response_ids, size_t count);

#endif
