/* The inside of the feature. */
#ifndef ZEVENSTEM_ACCOUNT_INTERNAL_H
#define ZEVENSTEM_ACCOUNT_INTERNAL_H

#include "features/account/account.h"
#include "http/limits.h"

#include <pthread.h>
#include <stdatomic.h>

#define STAFF_ROOT  "/beheer"
#define LOGIN_PATH  "/beheer/inloggen"
#define FACTOR_PATH "/beheer/inloggen/code"

enum {
    MAX_LINK_GROUPS = 16,
    MAX_GRANTS = 64,
    SESSION_RANDOM_BYTES = 16, /* a token is these, and then its seal */
    SESSION_SEAL_BYTES = 16,
    SESSION_TOKEN_BYTES = SESSION_RANDOM_BYTES + SESSION_SEAL_BYTES,
    SESSION_TOKEN_TEXT_BYTES = 44, /* 43 characters of base64url and NUL */
    HALF_SESSION_S = 600,          /* a session that still waits for the second factor */
    KNOWN_NONCE_BYTES = 16,
    SMALL_FORM = 16 * 1024
};

struct key_cache;
void key_cache_release(struct key_cache *cache);
int key_authorise(struct http_exchange *ex, struct slice bearer, const char *permission,
                  struct account *account);

struct refused;

struct account {
    struct account_config config;
    pthread_mutex_t lock;
    struct key_cache *cache;
    struct limiter *names; /* buckets of what is tried: a name, or a known browser */
    atomic_int waiting;    /* logins that are being slowed */
    struct refused *refused;
    struct {
        const struct staff_link *links;
        size_t count;
    } links[MAX_LINK_GROUPS];
    size_t link_groups;
    struct {
        staff_waiting ask;
        void *self;
    } waits[MAX_LINK_GROUPS];
    size_t waiting_count;
};

/* ---- account_refused.c: refused logins are counted and go to the audit log as one line at most every five
 * seconds, whatever comes ---- */
struct refused *refused_create(void);
void refused_free(struct refused *refused);
/* name: of an account that exists; empty: of none (what somebody typed as a name may be a password). */
void refused_add(struct refused *refused, struct slice name);
/* Writes what was counted, when it is time. */
enum db_status refused_flush(struct refused *refused, struct db_conn *conn);

/* ---- account_delay.c: how long the next try waits. Pure but for the two statements ---- */
int login_delay_ms(int failures, int64_t since_s);
/* Seconds that no code is looked at after so many wrong ones in a row. */
int64_t factor_pause_s(int failures);
int32_t login_slot(const struct crypto_keys *keys, const char *kind, struct slice what);
enum db_status delay_read(int *ms, struct db_tx *tx, int32_t slot, int64_t now_s);
/* *failures: with this one, may be NULL. */
enum db_status delay_add(int *failures, struct db_tx *tx, int32_t slot, int64_t now_s);
/* One that was added and not looked at. */
enum db_status delay_take_back(struct db_tx *tx, int32_t slot);
enum db_status delay_clear(struct db_tx *tx, int32_t slot);
/* A place among those who wait; whoever leaves while they wait gives it back, too. */
struct waiting_place {
    struct account *account; /* NULL: it holds none */
};
/* False: there is none free. place lies in the exchange's arena. */
bool waiting_take(struct waiting_place *place, struct http_exchange *ex, struct account *account);
/* Once or more. */
void waiting_leave(struct waiting_place *place);

/* ---- account_ask.c: the current password ("huidig") of whoever is signed in, asked again ---- */
struct staff_ask;
struct staff_ask_what {
    const char *scope; /* of the route */
    const char *name;  /* of the transaction, for the log */
    const char *field; /* that is told of when there was no place in the queue */
    /* On the slow thread, once the password was right; may be NULL. False: there was no memory. */
    bool (*make)(struct staff_ask *ask);
    /* In a transaction of its own, for who still is signed in: does what was asked for, and replies. May be
     * run again. */
    enum db_status (*then)(struct db_tx *tx, struct http_exchange *ex, struct staff_ask *ask);
    /* The form again, with what is wrong. */
    enum db_status (*again)(struct db_tx *tx, struct http_exchange *ex, struct account *account, int status,
                            const char *field, const char *fault);
};
/* In the exchange's arena; account and what are the caller's, and given. */
struct staff_ask {
    struct lane_work work; /* first */
    struct lane_slow slow;
    struct account *account;
    const struct staff_ask_what *what;
    bool given; /* it was typed for this session to begin, and works no more after it: not asked */
    const char *hash;
    /* account_ask.c's */
    const char *name;
    struct slice typed;
    int32_t slot;
    int delay_ms, tries;
    struct waiting_place place;
    bool right, busy;
};
/* The last thing of a handler whose route has staff_ask_next as its `after`. Wrong passwords make the next
 * one wait, go to the audit log as refused logins, and the tenth in a row ends the session. */
enum db_status staff_ask(struct db_tx *tx, struct http_exchange *ex, struct staff_ask *ask);
void staff_ask_next(struct http_exchange *ex, void *self);

/* ---- account_people.c, with the hash made beforehand: beside the database, where it can wait ---- */
struct one_time_password {
    char text[ONE_TIME_PASSWORD_BYTES];
    char hash[CRYPTO_PASSWORD_TEXT_BYTES];
};
/* Some 25 ms of a processor. False: no memory for it. */
bool one_time_password_make(struct one_time_password *password);
struct account_wanted {
    struct slice name;
    enum account_role role;
    struct slice consultation; /* empty: every one */
};
enum db_status account_add_with(enum account_change *outcome, struct db_tx *tx,
                                const struct one_time_password *password, const struct account_wanted *wanted,
                                const struct account_act *act);
enum db_status account_reset_with(enum account_change *outcome, struct db_tx *tx,
                                  const struct one_time_password *password, struct slice name,
                                  bool with_factor, const struct account_act *act);
/* Whether it may be asked for at all: ACCOUNT_CHANGED, or what is wrong with it. */
enum db_status account_add_check(enum account_change *outcome, struct db_tx *tx,
                                 const struct account_wanted *wanted);

/* ---- account_people_read.c ---- */
struct person_role {
    struct slice role, consultation; /* consultation.len 0: every one */
};
struct person {
    int32_t id; /* 0: there is none */
    struct slice name;
    int64_t created_at;
    bool disabled, has_factor, one_time;
    int64_t expires_at; /* of a password that was handed out; 0: it chose one */
    int32_t revision;
    struct slice changed_by; /* ptr NULL: nobody changed it */
    int64_t changed_at;
    const struct person_role *roles;
    size_t role_count;
};
enum db_status person_read(struct person *person, struct db_tx *tx, int32_t id);
/* The codes of all consultations. */
enum db_status places_read(struct slice **codes, size_t *count, struct db_tx *tx);

/* ---- account_session.c ---- */
struct session_token {
    char text[SESSION_TOKEN_TEXT_BYTES];
    unsigned char hash[CRYPTO_HASH_BYTES];
};
void session_token_make(struct session_token *token, const struct crypto_keys *keys);
/* The hash of the session's token in the cookie. False: there is none that was made here, ended or not. */
bool session_cookie_hash(unsigned char hash[CRYPTO_HASH_BYTES], const struct http_exchange *ex,
                         const struct account *account);
void session_cookie_set(struct http_exchange *ex, const struct session_token *token);
void session_cookie_clear(struct http_exchange *ex);
/* Takes away the sessions of everybody that ended by themselves, too. */
enum db_status session_insert(struct db_tx *tx, const struct session_token *token, int32_t account_id,
                              bool factor_done, int64_t now_s, int64_t expires_at, const char *label);
/* A new token for the session of the old hash. */
enum db_status session_rotate(struct db_tx *tx, const unsigned char *old_hash,
                              const struct session_token *token, bool factor_done, int64_t now_s,
                              int64_t expires_at);
/* *ended: there was one; may be NULL. */
enum db_status session_end(bool *ended, struct db_tx *tx, const unsigned char *hash);
/* Those of the account but this one (NULL: all of them). */
enum db_status sessions_end_others(struct db_tx *tx, int32_t account_id, const unsigned char *kept_hash);
/* One by its number, of this account only. */
enum db_status session_end_numbered(bool *found, struct db_tx *tx, int32_t account_id, int32_t number);
struct session_row {
    int32_t number;
    int64_t created_at, seen_at;
    struct slice label;
    bool own; /* the one that asks */
};
enum db_status session_list(struct session_row **rows, size_t *count, struct db_tx *tx, int32_t account_id,
                            const unsigned char *own_hash, int64_t now_s, int idle_s);

/* Who the guard let in, with how far the signing in has come. */
struct staff_session {
    struct account_caller caller; /* first: http_caller */
    bool factor_done, has_factor, one_time;
    bool must_factor; /* this account has to have a second factor */
    void *step;       /* from a handler to its route's `after` */
};
enum sign_in { SIGN_IN_FACTOR, SIGN_IN_PASSWORD, SIGN_IN_SETUP, SIGN_IN_WHOLE };
/* What is still asked. Pure. */
enum sign_in sign_in_stage(const struct staff_session *session);
/* Whether a route with this permission is open at that stage. Pure. */
bool sign_in_admits(enum sign_in stage, const char *permission);
struct staff_session *staff_session_of(const struct http_exchange *ex);
/* lane_guard */
enum db_status account_admit(bool *admitted, struct db_tx *tx, struct http_exchange *ex, const char *scope,
                             void *self);
/* 303 to the login page, which knows the way back. */
void account_send_to_login(struct http_exchange *ex);
/* account_lost.c: a page with what a form holds, for somebody whose session is over; never a password or a
 * code. False, and nothing sent, when there is nothing to give back. */
bool account_give_back(struct http_exchange *ex, struct account *account);
/* The page that says that the session ended because of wrong passwords. */
void account_signed_out_by_tries(struct http_exchange *ex, struct account *account);
/* Whether the path may be put in a redirect after login: one of ours under /beheer, plain. */
bool way_back_ok(struct slice path);
/* firefox, chrome, edge, safari or other. */
const char *session_label(const struct http_exchange *ex);

/* ---- account_token.c: what the browser shows beside the session ---- */
/* A token for the forms of this page; without a session the login page's cookie is set for it. */
const char *staff_form_token(struct http_exchange *ex, struct account *account);
/* For a session that was just begun or renewed. */
const char *staff_form_token_for(struct http_exchange *ex, struct account *account, const char *session_text);
/* A browser that signed in as `name` before: false when it did not. nonce: its own. */
bool known_browser(unsigned char nonce[KNOWN_NONCE_BYTES], const struct http_exchange *ex,
                   const struct account *account, struct slice name);
void known_browser_set(struct http_exchange *ex, const struct account *account, struct slice name);

/* ---- account_factor.c ---- */
enum factor_result { FACTOR_RIGHT, FACTOR_WRONG, FACTOR_PAUSED };
/* Looks at a code of the account's second factor, or a recovery code, and uses it up. pause_s: with
 * FACTOR_PAUSED, how long from now nothing is looked at but recovery codes. */
enum db_status factor_check(enum factor_result *result, int64_t *pause_s, struct db_tx *tx,
                            const struct account *account, const struct staff_session *session,
                            struct slice code);
/* Replaces the account's recovery codes by ten new ones, as text in the transaction's arena. */
enum db_status recovery_codes_make(const char ***codes, struct db_tx *tx, const struct account *account,
                                   int32_t account_id);
enum { RECOVERY_CODES = 10 };

/* ---- account_shell.c: what pages of this feature share ---- */
void staff_fault_said(json_t *context, const char *field, struct slice said);
/* The context as a page outside of a session: no navigation. */
void staff_render_bare(struct http_exchange *ex, struct account *account, int status,
                       const char *template_name, json_t *context_take);
/* False, and nothing is replied: it could not be rendered, or is too large. */
bool staff_try_render_bare(struct http_exchange *ex, struct account *account, int status,
                           const char *template_name, json_t *context_take);

/* "2026-11-24 14:03:05", in the Netherlands. */
void staff_set_time(json_t *context, const char *key, struct http_exchange *ex, int64_t unix_s);
/* A number in a path or a form; 0: it is none. */
int32_t staff_number(struct slice text);
/* Without white space around it, A to Z as small letters: names of accounts as people type them. */
struct slice staff_lower(struct arena *arena, struct slice text);

/* What every page of staff says of its route. */
#define STAFF_GET(PATH) .method = HTTP_GET, .path = PATH, .surface = HTTP_PAGE
#define STAFF_POST(PATH)                                                                                     \
    .method = HTTP_POST, .path = PATH, .surface = HTTP_PAGE, .body = HTTP_BODY_FORM, .body_max = SMALL_FORM, \
    .csrf = HTTP_CSRF_REQUIRED

/* ---- account_hand_out.c: a page that hands out a password ---- */
struct staff_hand_out;
/* In a transaction of its own, as who still may. May be run again. */
typedef enum db_status (*staff_hand_out_step)(struct db_tx *tx, struct staff_hand_out *step,
                                              struct http_exchange *ex);
struct staff_hand_out {
    struct lane_work work; /* first */
    struct lane_slow slow;
    struct account *account;
    staff_hand_out_step store; /* stores the password and replies */
    staff_hand_out_step busy;  /* the form with what was typed, 503: there was no place in the queue */
    struct one_time_password password;
    bool made;
};
/* From a route's `after`. */
void staff_begin_hand_out(struct http_exchange *ex, struct account *account, staff_hand_out_step store,
                          staff_hand_out_step busy);
/* The page that shows it, once. next: where it leads on. */
void staff_show_password(struct http_exchange *ex, const struct staff_hand_out *step, struct slice name,
                         const char *next);
/* Who acts, and the revision that the form was made from ("versie"). */
struct account_act staff_act(const struct http_exchange *ex, const struct account *account);

#define PEOPLE_PATH "/beheer/accounts"
#define KEYS_PATH   "/beheer/sleutels"
/* ---- account_key.c: newest first, those with a number below `before` (0: all), at most `most` ---- */
enum db_status keys_newest(struct account_key **keys, size_t *count, struct db_tx *tx, int32_t before,
                           int32_t most);

/* ---- account_own.c: sessions[] {number, label, since, own} of this account; own: the caller's. Set whatever
 * the status is ---- */
enum db_status staff_set_sessions(json_t *context, struct db_tx *tx, struct http_exchange *ex,
                                  const struct account *account, int32_t account_id);
/* ---- account_own.c: ends what a form asks of this account: its session of the number `sessie`, or without
 * that field all but the caller's. Audited, when there was one. *understood false: that is no number, and
 * nothing was done ---- */
enum db_status staff_end_sessions(bool *understood, struct db_tx *tx, struct http_exchange *ex,
                                  int32_t account_id, struct slice name);

/* ---- account_home.c ---- */
/* [{"heading", "group_links": [{"href", "text", "about"}]}]: what the caller may do, by enum staff_group. The
 * caller owns it. */
json_t *staff_link_groups(const struct http_exchange *ex, const struct account *account);
enum db_status staff_get_home(struct db_tx *tx, struct http_exchange *ex, void *self);

/* ---- what account_people_page.c shares ---- */
/* role_choices[] {role, selected} */
void staff_set_roles(json_t *context, struct slice chosen);
/* places[] {code, selected}; set whatever the status is. */
enum db_status staff_set_places(json_t *context, struct db_tx *tx, struct slice chosen);

extern const struct route account_login_routes[], account_own_routes[], account_factor_routes[],
    account_people_routes[], account_person_routes[], account_key_routes[], account_logbook_routes[];
extern const size_t account_login_route_count, account_own_route_count, account_factor_route_count,
    account_people_route_count, account_person_route_count, account_key_route_count,
    account_logbook_route_count;

#endif
