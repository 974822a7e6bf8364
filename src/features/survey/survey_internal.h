/* What the survey's own files share. */
#ifndef ZEVENSTEM_SURVEY_INTERNAL_H
#define ZEVENSTEM_SURVEY_INTERNAL_H

#include "base/log.h"
#include "features/account/account.h"
#include "features/survey/survey.h"
#include "features/survey/survey_draft.h"
#include "features/survey/survey_pilot.h"
#include "features/survey/survey_sql.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    SURVEY_MAX_ROUNDS = 64,
    SURVEY_MAX_CELLS = 1024,
    SURVEY_BATCH_ITEMS = 512,
    SURVEY_QUEUE_LIMIT = 4096,
    SURVEY_RESPONSE_BYTES = 64 * 1024, /* of a response as a flat object */
    SURVEY_SMALL_BODY = 4096           /* of a form without texts */
};

/* Starts by cell of the design, for one round and variant: what balancing goes by. Counts since this instance
 * started: the drawing of each instance is balanced, hence so is their sum. */
struct start_counts {
    atomic_uint cell[SURVEY_MAX_CELLS];
};

struct proposal_shelf;

struct survey {
    struct survey_config config;
    struct survey_panel panel;        /* tell NULL: there is none */
    struct proposal_shelf *proposals; /* survey_proposal_checked.h */
    pthread_mutex_t snapshot_lock;    /* held for as long as it takes to copy a pointer */
    struct survey_snapshot *snapshot;
    pthread_mutex_t start_lock;
    struct db_batcher *draft_reader;
    struct db_batcher *draft_writer;
    struct db_batcher *response_writer;
    struct db_batcher *corrector;
    struct db_batch_kind draft_read_kind, draft_write_kind, response_kind, correction_kind;
    atomic_int_least64_t upkeep_at;                /* Unix seconds: when there may be something to do again */
    atomic_int_least64_t ledger_at;                /* the same, of the ledger's file */
    int64_t ledger_mark;                           /* of what the file holds; upkeep's alone */
    struct log_again ledger_told, statements_told; /* that they could not be written */
    atomic_int_least64_t inclusion_at; /* Unix seconds: when rounds are looked at for trees again */
    survey_more more;                  /* NULL: nobody has more about what is explained */
    void *more_self;
};

/* ---- snapshot ---- */
struct start_counts *survey_start_counts(const struct survey_snapshot *snapshot,
                                         const struct survey_round *round, int variant);

/* ---- a participation within one request ---- */
/* What this device was last shown of it: nobody asks the database before the start page. */
enum visit_stage {
    STAGE_BEGUN,
    STAGE_SENT, /* answers that were received */
    STAGE_GONE  /* that nothing stands under its code any more */
};
struct visit {
    struct survey *survey;
    const struct survey_snapshot *snapshot;
    const struct survey_round *round;
    struct participation_code code;
    struct participation who;
    struct presentation presentation;
    struct draft_state state;
    int32_t draft_revision; /* 0: there is no draft */
    int language;           /* 0 nl, 1 en: of this page */
    enum visit_stage stage; /* of the cookie */
};
/* A new participation: draws a code whose assignment is among the least started. */
void visit_begin(struct visit *visit, struct arena *arena, int variant, enum survey_stream stream,
                 enum survey_channel channel);
/* From a code: derives everything but the state. */
void visit_of_code(struct visit *visit, struct survey *survey, const struct survey_snapshot *snapshot,
                   const struct survey_round *round, const struct participation_code *code);
/* Looks the code up in every round at once: *found, and then *out is the participation (*is_draft: begun, not
 * sent). `anybody` has survey, snapshot and language. */
enum db_status visit_find(struct visit *out, bool *found, bool *is_draft, struct db_tx *tx,
                          struct arena *arena, const struct visit *anybody,
                          const struct participation_code *code);
/* After a draft row was read: opens it. False when it is not readable (another secret, another version). */
bool visit_open_draft(struct visit *visit, struct arena *arena, int32_t revision, struct slice sealed);

/* ---- batch items ---- */
struct draft_read_item {
    struct lane_item lane;
    unsigned char draft_id[16];
    int32_t revision;    /* out; 0: no such draft */
    int32_t round_id;    /* out */
    struct slice sealed; /* out; in the arena of the exchange */
};
struct draft_write_item {
    struct lane_item lane;
    unsigned char draft_id[16];
    int32_t round_id;
    int32_t expected_revision;
    int16_t page;
    struct slice sealed;
    struct pilot_note note; /* kept with the draft, when it is written; page NULL: none */
    bool remove;
    bool written; /* out */
};
struct response_item {
    struct lane_item lane;
    struct response_new response;
    unsigned char response_id[16], draft_id[16], payload_hash[PAYLOAD_HASH_BYTES];
    const struct passage_new *passages;
    size_t passage_count;
    /* for the corrector */
    bool withdraw;      /* what stands is withdrawn instead */
    bool enter;         /* it is new: staff typed it over */
    int32_t stated_day; /* of that, the day on which the paper came in; 0: nobody stated one */
};
void survey_batches_start(struct survey *survey);
/* The kinds of the items above, each for a batcher of its own. */
struct db_batch_kind survey_draft_read_kind(struct survey *survey);
struct db_batch_kind survey_draft_write_kind(struct survey *survey);
struct db_batch_kind survey_response_kind(struct survey *survey);

/* ---- a finished participation as a response (survey_response.c) ---- */
/* Settles the answers, fills the service's own variables, and makes the item ready for its batch. In the
 * arena. */
void response_item_fill(struct response_item *item, struct arena *arena, struct visit *visit);
/* The answers of a stored response with its texts, for reading back and correcting. False when it does not
 * fit the questionnaire. */
bool response_answers(struct answers *out, struct arena *arena, const struct questionnaire *q,
                      const struct response_row *row, const struct passage_row *passages,
                      size_t passage_count);

/* After answers were read back: the variant and language in which they were given, and the instances, which
 * follow from the code or were assigned elsewhere. */
void visit_present_stored(struct visit *visit, const unsigned char *vector);

/* ---- a flat object as a response: API and import (survey_decode.c) ---- */
enum decode_kind {
    DECODE_NEW,
    DECODE_CORRECTION,      /* visit->state holds what stands; how it was answered cannot change */
    DECODE_IMPORT,          /* the object may hold the service's own variables */
    DECODE_IMPORT_ELSEWHERE /* the same; nothing that was shown follows from the code: it must say what was
                               assigned, and orders that it does not give are unknown */
};
/* Decodes the answers into visit->state, whose variant, stream and language stand where the object names none
 * (members variant, werving, taal). All errors at once, pointers as "/<member>". */
bool survey_decode_response(struct visit *visit, struct json_errors *errors, struct arena *arena,
                            struct slice body, enum decode_kind kind);
struct flat_member;
bool survey_decode_members(struct visit *visit, struct json_errors *errors, struct arena *arena,
                           const struct flat_member *members, size_t count, enum decode_kind kind);
/* As many members as an object may have. */
size_t survey_members_max(const struct survey_round *round);
/* The codes of enum survey_stream and survey_channel, and of languages; NULL-ended. */
extern const char *const survey_stream_codes[];
extern const char *const survey_channel_codes[];
extern const char *const survey_language_codes[];
/* -1 when it is not among them. */
int survey_code_index(const char *const *codes, struct slice code);
/* Index in the questionnaire of a variant that the round offers; -1. */
int survey_variant_named(const struct survey_round *round, struct slice code);

/* Withdraws what stands under the code, its draft too: answers and texts are gone when the transaction
 * commits. *found false: nothing stood there. Withdrawn before counts as found; past the destruction date
 * nothing stands any more. */
enum db_status survey_withdraw(bool *found, struct db_tx *tx, const struct visit *visit);

/* ---- the cookie of a participation (survey_cookie.c) ---- */
void participation_cookie_set(struct http_exchange *ex, const struct visit *visit, enum visit_stage stage);
/* The same where the cookie that came says something else. */
void participation_cookie_tell(struct http_exchange *ex, const struct visit *visit, enum visit_stage stage);
void participation_cookie_clear(struct http_exchange *ex);
/* Code, round and derived ids from the cookie; presentation by the variant named there. False without a
 * usable cookie. */
bool visit_of_cookie(struct visit *visit, struct survey *survey, struct http_exchange *ex);
/* For pages without a participation: snapshot and language only. */
void visit_anonymous(struct visit *visit, struct survey *survey, struct http_exchange *ex);

/* ---- pages (survey_shell.c) ---- */
/* Renders a template with what every page of the survey has (consultation, path, language, form token, forget
 * button while a participation is active) and replies with status. context is taken. */
void survey_render(struct http_exchange *ex, const struct visit *visit, int status, const char *template_name,
                   json_t *context_take);
/* A text of the locales in the page's language, for context members. */
struct slice survey_text(const struct visit *visit, const char *path);
/* The answer when the database, queue or deadline failed on a page that holds nothing typed. */
void survey_busy(struct http_exchange *ex, const struct visit *visit, enum db_status status);

/* Whether somebody would read an offer, and the round's data still stand (survey_offer.c). */
bool survey_takes_offers(const struct survey *survey, const struct survey_round *round);

/* ---- routes ---- */
/* Where somebody comes whose participation is not at hand: it asks for the code, and says why. */
#define SURVEY_ASK_CODE "/verder?terug=code"
/* A page to look at, and a small form of one. */
#define SURVEY_GET(PATH, HANDLER)                                                                            \
    {                                                                                                        \
        .http = {.method = HTTP_GET, .path = PATH, .surface = HTTP_PAGE, .query = "taal"},                   \
        .on_inline = HANDLER                                                                                 \
    }
#define SURVEY_POST(PATH, RATE)                                                                              \
    .http = {.method = HTTP_POST,                                                                            \
             .path = PATH,                                                                                   \
             .surface = HTTP_PAGE,                                                                           \
             .query = "taal",                                                                                \
             .body = HTTP_BODY_FORM,                                                                         \
             .body_max = SURVEY_SMALL_BODY,                                                                  \
             .csrf = HTTP_CSRF_REQUIRED,                                                                     \
             .rate = RATE}

extern const struct route survey_page_routes[];
extern const size_t survey_page_route_count;
extern const struct route survey_form_routes[];
extern const size_t survey_form_route_count;
extern const struct route survey_check_routes[];
extern const size_t survey_check_route_count;
extern const struct route survey_resume_routes[];
extern const size_t survey_resume_route_count;
extern const struct route survey_inclusion_routes[];
extern const size_t survey_inclusion_route_count;
extern const struct route survey_own_routes[];
extern const size_t survey_own_route_count;
extern const struct route survey_offer_routes[];
extern const size_t survey_offer_route_count;
extern const struct route survey_help_routes[];
extern const size_t survey_help_route_count;
extern const struct staff_link survey_help_links[];
extern const size_t survey_help_link_count;
extern const struct route survey_proposal_routes[];
extern const size_t survey_proposal_route_count;
extern const struct staff_link survey_proposal_links[];
/* A line of the home page: proposals that wait for somebody else than who made them. */
enum db_status survey_proposals_wait(json_t *lines, struct db_tx *tx, struct http_exchange *ex, void *self);
extern const size_t survey_proposal_link_count;
extern const struct route survey_settings_routes[];
extern const size_t survey_settings_route_count;
extern const struct route survey_entry_routes[];
extern const size_t survey_entry_route_count;
extern const struct staff_link survey_entry_links[];
extern const size_t survey_entry_link_count;
extern const struct route survey_api_routes[];
extern const size_t survey_api_route_count;
extern const struct route survey_api_response_routes[];
extern const size_t survey_api_response_route_count;

#endif
