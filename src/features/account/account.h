/* People, roles, sessions, second factor, API keys, and the one authorisation function. How a staff page is
 * added: README.md. */
#ifndef ZEVENSTEM_ACCOUNT_H
#define ZEVENSTEM_ACCOUNT_H

#include "crypto/crypto.h"
#include "db/db.h"
#include "features/account/account_form.h"
#include "http/http.h"
#include "lane/lane.h"
#include "web/page.h"

struct account;

extern const struct db_statement account_statements[];
extern const struct db_statement account_people_statements[], account_people_read_statements[];
extern const struct db_statement account_session_statements[], account_delay_statements[],
    account_ask_statements[], account_factor_statements[], account_login_statements[],
    account_own_statements[], account_home_statements[];

/* ---- permissions: what http_route.scope names, on pages and API. The table of roles and scopes that give
 * them is in account_permission.c ---- */
#define PERMISSION_SIGN_IN          "sign-in" /* whoever gave the right password, whatever is still asked */
#define PERMISSION_PASSWORD_SET     "password.set" /* after the second factor, when there is one */
#define PERMISSION_FACTOR_SET       "factor.set"   /* after a password of one's own */
#define PERMISSION_OWN_ACCOUNT      "account.own"  /* whoever is signed in whole */
#define PERMISSION_ACCOUNT_MANAGE   "account.manage"
#define PERMISSION_KEY_MANAGE       "key.manage"
#define PERMISSION_AUDIT_VIEW       "audit.view"
#define PERMISSION_RIGHTS_HELP      "rights.help" /* reading and erasing by code, for who helps a citizen */
#define PERMISSION_ROUND_VIEW       "round.view"
#define PERMISSION_ROUND_MANAGE     "round.manage"
#define PERMISSION_ROUND_PUBLISH    "round.publish"
#define PERMISSION_RESPONSE_ENTER   "response.enter"   /* by hand, from paper or telephone */
#define PERMISSION_RESPONSE_SEND    "response.send"    /* by API */
#define PERMISSION_FIELDWORK_MANAGE "fieldwork.manage" /* interviews and focus groups */
#define PERMISSION_PARTICIPANT_NAME "participant.name" /* who is behind a pseudonym */
#define PERMISSION_CODING_BOOK      "coding.book"      /* the code book, and how far coding is */
#define PERMISSION_CODING_DO        "coding.do"        /* what one was given to code */
#define PERMISSION_CODING_VIEW      "coding.view"      /* what was said, by code */
#define PERMISSION_CODING_FIND      "coding.find"      /* the same, of who lets themselves be quoted */
#define PERMISSION_CODING_MANAGE    "coding.manage"    /* drawing, giving out, deciding, taking in and out */
#define PERMISSION_PASSAGE_VIEW     "passage.view"     /* what was said in conversations */
#define PERMISSION_TRANSCRIPT_SEND  "transcript.send"  /* corrected texts of conversations, by API */
#define PERMISSION_TABLE_VIEW       "table.view"       /* true tables, as far as the round's embargo goes */
#define PERMISSION_MICRODATA_EXPORT "microdata.export"
#define PERMISSION_TAFEL_MANAGE     "tafel.manage"  /* the agenda, and what the maatschappelijke tafel does */
#define PERMISSION_SIGNAL_VIEW      "signal.view"   /* signals that are not public (yet), by the API */
#define PERMISSION_VALUE_MAP_VIEW   "valuemap.view" /* what the methods say of each value, as it is now */
#define PERMISSION_VALUE_MAP_MANAGE "valuemap.manage" /* judging its cells, and making it public */

/* Scopes a key may hold. */
#define SCOPE_ANALYST     "analist"       /* tables in the analyst's view */
#define SCOPE_INTAKE      "inname"        /* send responses by API */
#define SCOPE_MICRODATA   "microdata"     /* a row for each response */
#define SCOPE_TALKS       "gesprekken"    /* what was said, with its codes; names and contacts never */
#define SCOPE_TRANSCRIPTS "transcripties" /* put a corrected text in the place of one */
#define SCOPE_TAFEL       "tafel"         /* signals that are not public (yet) */
/* NULL-ended. */
extern const char *const account_scopes[];
extern const char *const account_scopes_about[]; /* what each is for, in English, in the same order */

enum account_role {
    ROLE_BEHEERDER,
    ROLE_ONDERZOEKER,
    ROLE_CODEUR,
    ROLE_ANALIST,
    ROLE_SECRETARIS, /* tafelsecretaris */
    ROLE_LEZER,
    ACCOUNT_ROLES
};
/* As in the database and on pages; NULL for none. */
const char *account_role_name(enum account_role role);
bool account_role_find(enum account_role *role, struct slice name);

/* In place of a consultation's code. */
#define EVERY_CONSULTATION ""
#define SOME_CONSULTATION  "*"
struct account_grant {
    enum account_role role;
    const char *consultation; /* its code, or EVERY_CONSULTATION */
};

/* Who is calling: the holder of a key (key_id above 0) or somebody of the staff. http_caller of routes with a
 * scope; lives as long as the exchange. */
struct account_caller {
    int32_t key_id;
    const char *label;         /* of the key, or the name of the account: the actor of audit lines */
    const char *purpose;       /* as said when the key was issued; NULL: nobody said */
    const char *const *scopes; /* of the key; NULL-ended */
    const char *place;         /* of the key: the consultation that it is for; NULL: every one */
    int32_t account_id;
    const struct account_grant *grants;
    size_t grant_count;
    const unsigned char *session; /* keyed hash of the token, CRYPTO_HASH_BYTES */
};

/* The one authorisation function. Whether caller may do this to that consultation; SOME_CONSULTATION: to any
 * at all, which is what the route table asks before a handler that then asks again for the one at hand.
 * Permissions of the house (accounts, keys, audit) take a role for every consultation. NULL callers, unknown
 * permissions: no. Pure. */
bool account_may(const struct account_caller *caller, const char *permission, const char *consultation);
/* Whether the table has it: a route that names another is our bug. */
bool account_permission_known(const char *permission);
/* For walking the table; NULL past its end. */
const char *account_permission_at(size_t index);

struct account_config {
    struct lanes *lanes; /* NULL for commands: no pages then */
    const struct web *web;
    const struct crypto_keys *keys;
    const char *issuer;  /* how authenticators call the service */
    int idle_s;          /* a session that is not used ends after it */
    int session_s;       /* and any session after this */
    bool factor_for_all; /* a second factor is asked of everybody, not of beheerders alone */
    int64_t (*now_s)(void);
};
struct account *account_create(const struct account_config *config);
void account_destroy(struct account *account);
/* Loads the keys that are valid; at start and then every second or two, from a worker. A revoked key stops
 * within that time. */
enum db_status account_refresh(struct account *account, struct db_conn *conn);

/* Sets the guard of staff pages and adds the pages for signing in and one's own account; before any other
 * feature adds a staff page. */
void account_start(struct account *account);

/* 403 on the API, to who may not do this: which scope the key lacks, or that it is for another consultation.
 */
void account_refuse_call(struct http_exchange *ex, const char *permission);
/* http_hooks.authorise. Pages: 0 when there is a session's token that was made here, so that nobody else has
 * a body taken in (whether it still is one, and of whom, the guard finds out in the database, in the
 * transaction of the handler: a session that another instance made holds at once, one that was ended is gone
 * at once); else 401 and a redirect to the login page that knows the way back. API: 0 when the bearer key is
 * known, valid and holds the scope (caller set to its struct account_caller); 401 when it is not known or no
 * longer valid; 403 when it lacks the scope; 503 before the first refresh. */
int account_authorise(struct http_exchange *ex, struct slice bearer, const char *scope,
                      struct account *account);
/* http_hooks.form_token_valid, for what stands under /beheer. The token is bound to the session; before there
 * is one, to a cookie that the login page sets. */
bool account_form_token_valid(struct http_exchange *ex, struct account *account);
bool account_owns_path(struct slice path);
/* For http_hooks.error_page: a form of staff that the service could not take is given back, with a button
 * that sends it again. False, and nothing replied: it is none, nothing was typed, or it holds a password. */
bool account_give_back_unsaved(struct http_exchange *ex, struct account *account, int status);

/* ---- staff pages (account_shell.c); README.md shows one whole ---- */

/* Routes of staff pages: one that shows, and one that takes a form. Each is under the permission that it
 * names. */
#define STAFF_SHOWS(PATH, HANDLER, PERMISSION, QUERY)                                                        \
    {                                                                                                        \
        .http = {.method = HTTP_GET,                                                                         \
                 .path = PATH,                                                                               \
                 .surface = HTTP_PAGE,                                                                       \
                 .query = QUERY,                                                                             \
                 .scope = PERMISSION},                                                                       \
        .on_job = HANDLER, .role = DB_ROLE_STAFF                                                             \
    }
#define STAFF_TAKES(PATH, HANDLER, PERMISSION, BODY_MAX)                                                     \
    {                                                                                                        \
        .http = {.method = HTTP_POST,                                                                        \
                 .path = PATH,                                                                               \
                 .surface = HTTP_PAGE,                                                                       \
                 .body = HTTP_BODY_FORM,                                                                     \
                 .body_max = BODY_MAX,                                                                       \
                 .csrf = HTTP_CSRF_REQUIRED,                                                                 \
                 .scope = PERMISSION},                                                                       \
        .on_job = HANDLER, .role = DB_ROLE_STAFF                                                             \
    }
/* A line of the navigation and of the home page, for who may. text: a path in the locales. The home page says
 * what it is good for by the text at that path with _about behind it; where there is none by `may.PERMISSION`
 * of the locales, with _ for its dots, which is enough where a permission opens one page. */
/* Under which heading of the home page a link stands: staff.group.<name>, in this order; the first has none.
 */
enum staff_group {
    STAFF_FIRST,
    STAFF_SIGNALS,
    STAFF_TALKS,
    STAFF_PUBLISHING,
    STAFF_RESEARCH,
    STAFF_ADMINISTRATION,
    STAFF_OWN,
    STAFF_GROUPS
};
struct staff_link {
    const char *path, *text, *permission;
    enum staff_group group;
    const char *work; /* what most who have it come there for, told in place of the permission; may be NULL */
};
/* The page for somebody who is signed in and asked for one that is not for their role, with their way on:
 * 403. What http_error(ex, 403) shows them, so that it is said alike whoever refuses. */
void staff_refused_page(struct http_exchange *ex, struct account *account);
/* Before the server starts; borrowed for the life of the account. */
void staff_add_links(struct account *account, const struct staff_link *links, size_t count);
/* What waits for somebody, on their home page: appended to `lines` with staff_waits, for who may do something
 * about it; as DB_ROLE_STAFF, in the transaction of that page. */
typedef enum db_status (*staff_waiting)(json_t *lines, struct db_tx *tx, struct http_exchange *ex,
                                        void *self);
/* Before the server starts. */
void staff_add_waiting(struct account *account, staff_waiting waiting, void *self);
/* A line: a text of the locales with {count} in it, and where it leads. */
void staff_waits(json_t *lines, struct http_exchange *ex, const struct account *account, const char *text,
                 int64_t count, const char *path);
/* Who the guard let in. */
const struct account_caller *staff_caller(const struct http_exchange *ex);
/* The audit line of a call with a key: its purpose, and what was asked by these keys of the query
 * (NULL-ended), which name no person. */
enum db_status account_audit_call(struct db_tx *tx, struct http_exchange *ex, const char *action,
                                  const char *object, const char *result, const char *const *asked);
/* Renders a template with the frame around it: navigation, who is signed in, the way out. The context may
 * hold what page.h says; `title` is needed. form_token is put in: every form that posts has it as hidden
 * field "token". In the language of the request. */
void staff_render(struct http_exchange *ex, struct account *account, int status, const char *template_name,
                  json_t *context_take);
/* A context with this title. */
json_t *staff_titled(const struct http_exchange *ex, const struct account *account, const char *title);
/* Marks a field as wrong: the error summary, and `<field>_wrong` beside the field. May be called for several.
 */
void staff_fault(json_t *context, const struct http_exchange *ex, const struct account *account,
                 const char *field, const char *text);
/* The day, in words. */
void staff_set_date(json_t *context, const char *key, struct http_exchange *ex, const struct account *account,
                    int64_t unix_s);
/* A text of the locales in the page's language. */
json_t *staff_text(const struct http_exchange *ex, const struct account *account, const char *path);
/* For acts that cannot be undone. True when the form says zeker=ja. Else it answers with the question, whose
 * button posts the same fields again with that, and the handler returns DB_OK. The texts are paths in the
 * locales; a route that does this has a body_max that its own form fits in. */
struct staff_question {
    const char *title, *text, *button;
    const char *named;     /* whom or what it is about, behind the title; NULL: the title says it */
    const char *back_path; /* where "no" leads */
    const json_t *notes;   /* more to know, in the page's language, borrowed; NULL: nothing */
    /* What had better be done before: a path in the locales, and where it leads. NULL: nothing. */
    const char *first, *first_path;
    /* Texts of people that it is about, borrowed, under this heading: a path in the locales. NULL or empty:
     * none. Who says yes saw these: where they changed meanwhile it is asked again. */
    const char *list_title;
    const json_t *list;
};
bool staff_confirmed(struct http_exchange *ex, struct account *account,
                     const struct staff_question *question);
/* Answers 403, and writes the audit line: the role that the guard let in is of another consultation than
 * this.
 */
enum db_status staff_refuse(struct db_tx *tx, struct http_exchange *ex, struct slice consultation);
/* An audit line of what was done by the caller on a page. details: JSON or NULL. */
enum db_status staff_audit(struct db_tx *tx, const struct http_exchange *ex, const char *action,
                           const char *object, const char *result, const char *details);

/* ---- people (account_people.c), for the command and the pages that manage accounts. Each writes its audit
 * line. ---- */
enum {
    ACCOUNT_NAME_MAX = 64,
    ONE_TIME_PASSWORD_BYTES = CODE_TEXT_BYTES,
    ONE_TIME_PASSWORD_LIFE_S = 7 * 86400
};
enum account_change {
    ACCOUNT_CHANGED,
    ACCOUNT_UNKNOWN,      /* no such account */
    ACCOUNT_EXISTS,       /* the name is taken */
    ACCOUNT_BAD_NAME,     /* not 2 to 64 of a-z 0-9 . _ @ -, beginning with a letter or digit */
    ACCOUNT_NO_PLACE,     /* no such consultation */
    ACCOUNT_UNCHANGED,    /* it was so already */
    ACCOUNT_LAST_MANAGER, /* nobody would be left who manages accounts */
    ACCOUNT_OWN,          /* of who acts: nobody handles their own account */
    ACCOUNT_MEANWHILE     /* somebody else changed it after `revision` */
};
struct account_act {
    const char *actor;  /* of the audit line */
    const char *origin; /* "command" or "web" */
    int64_t now_s;
    int32_t actor_id; /* the account that acts; 0: whoever runs the command */
    int32_t revision; /* of the account as it was when this was decided; 0: however it is now */
};
/* password: to be given to its holder once, "XXXX-XXXX-XXXX-XXXX"; kept nowhere. Makes a hash within the
 * transaction: some 25 ms of a processor. NULL: nobody gets one, and nobody signs in as them before an
 * administrator gives them a new one. */
enum db_status account_add(enum account_change *outcome, char password[ONE_TIME_PASSWORD_BYTES],
                           struct db_tx *tx, struct slice name, enum account_role role,
                           struct slice consultation, const struct account_act *act);
/* Gives or takes a role, in a consultation (its code) or, empty, everywhere. Taking ends nothing: what the
 * account may do is read at each request. */
enum db_status account_role_set(enum account_change *outcome, struct db_tx *tx, struct slice name,
                                enum account_role role, struct slice consultation, bool holds,
                                const struct account_act *act);
/* Ends its sessions too. */
enum db_status account_disable(enum account_change *outcome, struct db_tx *tx, struct slice name,
                               const struct account_act *act);
/* Again as it was when it was disabled, but for its sessions. */
enum db_status account_enable(enum account_change *outcome, struct db_tx *tx, struct slice name,
                              const struct account_act *act);
/* A new password given out once, sessions ended, the account enabled again; with_factor: the second factor
 * and its recovery codes are gone as well. */
enum db_status account_reset(enum account_change *outcome, char password[ONE_TIME_PASSWORD_BYTES],
                             struct db_tx *tx, struct slice name, bool with_factor,
                             const struct account_act *act);
struct account_person {
    int32_t id;
    struct slice name;
    struct slice roles; /* "analist, lezer in biotechnologie-2026" */
    int64_t created_at;
    bool disabled, has_factor, one_time;
    int64_t seen_at; /* of its sessions; 0: it has none */
};
/* By name: those that have `search` in theirs and come after `after` (both may be empty), at most `most`. */
enum db_status account_list(struct account_person **people, size_t *count, struct db_tx *tx,
                            struct slice search, struct slice after, int32_t most);

/* ---- keys: "zs_" and 32 base64url characters (24 random bytes); stored as a keyed hash, shown once ---- */
enum { API_KEY_TEXT_BYTES = 36 };
enum {
    KEY_LABEL_MAX = 200,   /* code points */
    KEY_PURPOSE_MAX = 500, /* code points, on one line */
    KEY_SCOPES_MAX = 8,
    KEY_DAYS_MAX = 3660
};
struct account_order {
    const char *label;         /* who holds it */
    const char *purpose;       /* what for; NULL: nobody said */
    const char *const *scopes; /* those of account_scopes; NULL-ended */
    struct slice consultation; /* for which it is, by its code; empty: every one */
    int64_t expires_at;        /* Unix seconds */
};
/* All that is wrong with it, as bits; 0: it may be issued. Pure. */
enum key_fault { KEY_BAD_LABEL = 1, KEY_NO_SCOPE = 2, KEY_NO_PURPOSE = 4, KEY_BAD_PURPOSE = 8 };
unsigned account_key_faults(const struct account_order *order);
/* The one of account_scopes, NULL for none. */
const char *account_scope_find(struct slice name);
/* One line of at most KEY_PURPOSE_MAX. */
bool account_purpose_ok(struct slice purpose);
/* Whether who asks for these scopes has to say what for: true numbers and rows of people are not had without
 * a purpose. */
bool account_needs_purpose(const char *const *scopes);
/* Issues a key and writes its audit line. Whether something is wrong with the order is the caller's to ask.
 * *outcome: ACCOUNT_CHANGED, or ACCOUNT_NO_PLACE, and then there is no key. */
enum db_status account_key_issue(enum account_change *outcome, char text[API_KEY_TEXT_BYTES],
                                 struct db_tx *tx, const struct crypto_keys *keys,
                                 const struct account_order *order, const struct account_act *act);
struct account_key {
    int32_t id;
    struct slice label;
    struct slice scopes;       /* comma separated */
    struct slice purpose;      /* ptr NULL: nobody said */
    struct slice consultation; /* empty: every one */
    int32_t last_used_day;     /* days since 1970-01-01, UTC; 0: never */
    int64_t created_at, expires_at;
    bool revoked;
};
enum db_status account_key_list(struct account_key **keys, size_t *count, struct db_tx *tx);
/* *found false: no such key, or revoked before. */
enum db_status account_key_revoke(bool *found, struct db_tx *tx, int32_t id, const struct account_act *act);

#endif
