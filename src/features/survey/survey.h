/* Rounds, participation, drafts, intake of responses, reading back, correcting and withdrawing: the citizen's
 * way, as pages and as API. Everything a participation is follows from its code (crypto.h); the database
 * knows draft ids and response ids only. */
#ifndef ZEVENSTEM_SURVEY_H
#define ZEVENSTEM_SURVEY_H

#include "crypto/crypto.h"
#include "db/db.h"
#include "features/questionnaire/questionnaire.h"
#include "lane/lane.h"
#include "web/page.h"
#include "web/web.h"

struct account;
struct survey;

struct consultation_bundle;
struct json_errors;
struct locales;

struct survey_config {
    struct lanes *lanes;
    const struct crypto_keys *keys;
    const struct web *web;
    struct account *account; /* whose frame staff pages have; NULL for commands: no pages */
    const char *public_url;
    /* To whom offers are sealed where a consultation names no key of its own; base64url; NULL or "": nobody.
     */
    const char *coordinator_public_key;
    bool invented_data; /* consultations of invented data may be published */
    const char
        *statements_folder;  /* where statements of destruction go; NULL or "": into the database alone */
    bool archive_first;      /* the hourly job destroys only what was archived (survey_destruction.h) */
    const char *ledger_file; /* the file of the ledger of erasures; NULL or "": none is kept */
    int64_t inclusion_least; /* responses of a tree whose root is published (survey_inclusion.h) */
    /* What higher rooms ask of a consultation before it is published; adds faults, false when it did. NULL:
     * nothing. path: of the consultation's own file. */
    bool (*check_bundle)(struct json_errors *errors, const struct consultation_bundle *bundle,
                         const char *path, const struct locales *locales);
    int64_t (*now_s)(void); /* clock_unix_s, or a test's own */
};

/* The feature's statements, for db_config. */
extern const struct db_statement survey_statements[];
extern const struct db_statement survey_draft_statements[];

struct survey *survey_create(const struct survey_config *config);
/* Whether the form token of this request's body proves that the form came from us, for this participation and
 * path, however long ago (for http_hooks; survey_token.h says why). */
bool survey_form_token_valid(struct http_exchange *ex, struct survey *survey);
/* Adds its routes and batch kinds to the lanes. Once, before the server starts. */
void survey_start(struct survey *survey);
/* Where a higher room has more about something that /uitleg explains, in the exchange's arena; NULL: nowhere.
 * Without a database. */
typedef const char *(*survey_more)(struct http_exchange *ex, const char *consultation, struct slice code,
                                   void *self);
/* Once, before the server starts. */
void survey_set_more(struct survey *survey, survey_more more, void *self);
void survey_destroy(struct survey *survey); /* after lanes_stop */

/* ---- rounds as they are now: an immutable snapshot, shared, refreshed by a periodic job ---- */
enum round_status { ROUND_DRAFT, ROUND_OPEN, ROUND_CLOSED };
enum round_interim { INTERIM_CLOSED, INTERIM_ANALYSTS, INTERIM_PUBLIC };
struct survey_round {
    int32_t id;
    const char *code;         /* "biotechnologie-2026-1" */
    const char *consultation; /* "biotechnologie-2026" */
    const char *title[2];
    enum round_status status;    /* as the admin set it */
    int64_t opens_at, closes_at; /* Unix seconds */
    int64_t closed_at;           /* when somebody closed it; 0: nobody did, or nobody knows when */
    int paper_days;              /* see survey_paper.h */
    int32_t destruction_day;     /* days since 1970-01-01 */
    bool held;                   /* an order stands not to destroy it: kept past that day, for nothing else */
    bool closing_told;           /* the audit log tells that closes_at passed */
    bool pilot;
    bool invented; /* its data are: what is shown of it says so, and the titles here and in document do */
    enum round_interim interim;
    int32_t version_id; /* of the questionnaire */
    int version_number;
    const struct questionnaire *questionnaire;
    const json_t *document; /* the consultation's document */
    const json_t *own;      /* the round's own: title, variants, links */
    int variant_count;
    int variants[8];                      /* indexes into the questionnaire's variants */
    const unsigned char *coordinator_key; /* CRYPTO_PUBLIC_KEY_BYTES; NULL: nobody takes offers */
};
struct survey_snapshot;
/* Loads rounds; cheap when nothing changed. Call at start and then every second or two, from a worker. */
enum db_status survey_refresh(struct survey *survey, struct db_conn *conn);
/* The newest snapshot, held until release; never NULL after the first refresh (else NULL). */
const struct survey_snapshot *survey_snapshot_hold(struct survey *survey);
void survey_snapshot_release(const struct survey_snapshot *snapshot_take);
/* The same, held until the exchange is done. */
const struct survey_snapshot *survey_snapshot_for(struct survey *survey, struct http_exchange *ex);
size_t survey_round_count(const struct survey_snapshot *snapshot);
const struct survey_round *survey_round_at(const struct survey_snapshot *snapshot, size_t index);
const struct survey_round *survey_round_find(const struct survey_snapshot *snapshot, struct slice code);
/* By its number in the database; NULL when unknown. */
const struct survey_round *survey_round_by_id(const struct survey_snapshot *snapshot, int32_t id);
/* Whether a citizen's answers are there for the citizen: to read back and to withdraw. Until the destruction
 * date, and for as long as a hold keeps them past it. */
bool survey_round_keeps(const struct survey_round *round, int64_t now_s);
/* Marks the answer as one about invented data (http_mark_invented) where the round is such a one; NULL is
 * none. For who answers about a round that the address does not name. */
void survey_mark(struct http_exchange *ex, const struct survey_round *round);
/* The same for a consultation by its code. */
void survey_mark_consultation(struct http_exchange *ex, struct survey *survey, struct slice consultation);
/* The same for the round or consultation that the address names ({ronde}, {consultatie}, ?ronde=,
 * ?consultatie=): for every exchange. */
void survey_mark_asked(struct http_exchange *ex, struct survey *survey);
/* Open by status and by time. */
bool survey_round_accepts(const struct survey_round *round, int64_t now_s);
/* Whether results may be told now: when it is over, and before as far as its interim says. */
bool survey_round_tells(const struct survey_round *round, bool analysts, int64_t now_s);

/* ---- for a route of the API: what its path names, and whether the key that is shown may do this there ----
 */
/* The round of {ronde}; NULL: answered, 404 (a draft too) or 403. */
const struct survey_round *survey_key_round(struct survey *survey, struct http_exchange *ex,
                                            const char *permission);
/* The code of {consultatie}, which has a round that is no draft; NULL: answered in the same way. */
const char *survey_key_consultation(struct survey *survey, struct http_exchange *ex, const char *permission);
/* The code that the query names with `consultatie`; *out keeps what it is where it names none. False:
 * answered, 400, since it is no code. */
bool survey_query_consultation(struct slice *out, struct http_exchange *ex);
/* The round that the query names with `ronde`, of this consultation; *out NULL where it names none. False:
 * answered, 400. */
bool survey_key_query_round(const struct survey_round **out, struct survey *survey, struct http_exchange *ex,
                            const char *consultation);
/* True: answered, since what was said in this round is not to be seen now: 410 once it is to be destroyed,
 * 403 while its interim is closed. */
bool survey_key_embargo(struct http_exchange *ex, const struct survey_round *round, int64_t now_s);

/* A form token for a public page that belongs to no participation: what is posted to this path (no query) is
 * taken to come from us. */
const char *survey_form_token(struct http_exchange *ex, struct survey *survey, const char *path);
/* Of such a page, as it was posted: seconds since its token was made; -1: it has none of ours for this path,
 * or lay open too long. */
int64_t survey_form_token_age(struct http_exchange *ex, struct survey *survey);

/* ---- how somebody came ---- */
enum survey_stream { STREAM_OPEN, STREAM_INVITED, STREAM_PANEL, STREAM_ORGANISATION };
enum survey_channel { CHANNEL_WEB, CHANNEL_PAPER, CHANNEL_PHONE, CHANNEL_HELPED, CHANNEL_API };

/* ---- intake, for API and import: the same item, checks and lane as the form ---- */
enum intake_outcome {
    INTAKE_ACCEPTED,  /* committed now */
    INTAKE_REPEATED,  /* the same answers were committed before: the same receipt */
    INTAKE_DIFFERENT, /* this code was used for other answers: 409 */
    INTAKE_WITHDRAWN  /* this code's response was withdrawn: 410 */
};

/* ---- the other parts of this face: publishing, import from files, sealed offers, what is erased in time
 * ---- */
#include "features/survey/survey_calendar.h"
#include "features/survey/survey_closing.h"
#include "features/survey/survey_destruction.h"
#include "features/survey/survey_erasure.h"
#include "features/survey/survey_help.h"
#include "features/survey/survey_hold.h"
#include "features/survey/survey_import.h"
#include "features/survey/survey_inclusion.h"
#include "features/survey/survey_offer_draw.h"
#include "features/survey/survey_offers.h"
#include "features/survey/survey_panel.h"
#include "features/survey/survey_paper.h"
#include "features/survey/survey_pilot.h"
#include "features/survey/survey_progress.h"
#include "features/survey/survey_proposal.h"
#include "features/survey/survey_publish.h"
#include "features/survey/survey_retention.h"
#include "features/survey/survey_settings.h"

#endif
