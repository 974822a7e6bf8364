/* The audit log: who did what, when, with what result (BIO2 8.15.01: action, object, result, origin, actor,
 * time). It never holds answers, codes or keys; the chain over it never covers answers.
 *
 * Append-only, for the service by grants and for the owner by triggers; and for whoever gets past those, a
 * change is found. Each line bears a MAC of its own, made here when it is written. A sealer links the lines,
 * once they are committed, into a chain of MACs with numbers without gaps. Both are under a key that the
 * database does not hold. What a chain cannot tell by itself is that its end was cut off: an anchor, a head
 * of it that was kept elsewhere, tells. README.md says how.
 */
#ifndef ZEVENSTEM_AUDIT_H
#define ZEVENSTEM_AUDIT_H

#include "crypto/crypto.h"
#include "db/db.h"

extern const struct db_statement audit_statements[];
extern const struct db_statement audit_chain_statements[];
extern const struct db_statement audit_verify_statements[];
extern const struct db_statement audit_search_statements[];

enum { AUDIT_MAC_BYTES = 32, AUDIT_UID_BYTES = 16 };

/* ---- writing ---- */

struct audit_event {
    const char *action;  /* "key.issue", "round.open", "response.withdraw", ... */
    const char *object;  /* what it was done to: "round:biotechnologie-2026-1"; never a response or a code */
    const char *result;  /* "ok", "refused", "failed" */
    const char *origin;  /* "command", "web", "api", "job" */
    const char *actor;   /* an account or key label; "system"; "citizen" */
    const char *details; /* a JSON object of counts and parameters, no personal data; NULL: none */
};
/* Adds one line, with its MAC, in the caller's transaction: it stands or falls with what it tells of. One
 * round trip, no lock. The connection's db_config has to hold the keys: DB_FAILED, logged, otherwise. */
enum db_status audit_record(struct db_tx *tx, const struct audit_event *event);
/* The same for count lines, at least one, in this order, in one statement of a transaction that is one
 * message (db_ask). False: there is no key; logged, and nothing was noted. */
bool audit_ask_lines(struct db_tx *tx, const struct audit_event *const *events, size_t count);

/* ---- the head of the chain, which is an anchor wherever it is kept ---- */

struct audit_head {
    int64_t number; /* of the last link; 0: there is none */
    unsigned char mac[AUDIT_MAC_BYTES];
};
/* "audit-head:NUMBER:64 hexadecimal digits"; "audit-head:0:000..." before the first link. */
enum { AUDIT_HEAD_TEXT_BYTES = 11 + 19 + 1 + 2 * AUDIT_MAC_BYTES + 1 };
void audit_head_text(char out[AUDIT_HEAD_TEXT_BYTES], const struct audit_head *head);
/* Every head that stands in the text, whatever stands around it (a log, a manifest, an anchor of our own), by
 * number, each once; in the arena. Those of number 0 tell nothing and are left out. */
void audit_heads_find(struct audit_head **out, size_t *count, struct arena *arena, struct slice text);
/* For every role but intake. */
enum db_status audit_head_read(struct audit_head *out, struct db_tx *tx);

/* ---- sealing ---- */

/* Links what is committed and not linked yet. One of all instances does it at a time; the others go on. Finds
 * lines that were committed later than their neighbours, up to 1000 numbers back; all of them in its first
 * turn and once an hour. Says on the service log, as event audit.head, where the chain has come to: at first,
 * each thousand lines, each day. And what it finds wrong, by the rule of audit_verify: audit.forged, once,
 * for each line or link that is not as the service makes them, of those that it links and of those that
 * others linked since its last turn; once with their number for lines that were linked before its first;
 * audit.cut-off when the chain is not the one that it saw before. */
struct audit_sealer;
struct audit_sealer *audit_sealer_create(const struct crypto_keys *keys);
void audit_sealer_destroy(struct audit_sealer *sealer);
enum db_status audit_seal(struct audit_sealer *sealer, struct db_conn *conn);
/* The head that it saw last, on the service log. */
void audit_sealer_say_head(const struct audit_sealer *sealer);
/* For a command that wrote: one turn, so that its lines do not wait for the service; quick. What is wrong
 * with the lines that it links is said too, and by the service when it comes by. */
void audit_seal_once(const struct crypto_keys *keys, struct db_conn *conn);

/* ---- verifying ---- */

enum audit_fault {
    AUDIT_LINKS_MISSING,  /* numbers number..to are not there */
    AUDIT_LINE_MISSING,   /* link `number` is there, its line `event` is not */
    AUDIT_LINE_CHANGED,   /* what the line says is not what was written */
    AUDIT_MAC_CHANGED,    /* the line says what was written, but bears another MAC than when it was linked */
    AUDIT_LINE_MOVED,     /* it says what was written, but its place, number or time, or its link, is not as
                             it was made */
    AUDIT_LINE_FORGED,    /* not written by the service: it bore no MAC or a wrong one from the start */
    AUDIT_LINE_COPIED,    /* line `to` is a copy of line `event` */
    AUDIT_CHAIN_CUT_OFF,  /* an anchor names link `number`, which the chain does not reach */
    AUDIT_CHAIN_REWRITTEN /* an anchor names link `number`, and another stands there */
};
struct audit_finding {
    enum audit_fault fault;
    int64_t number; /* of the link; 0: none */
    int64_t to;
    int64_t event; /* id of the line; 0: none */
};
/* A sentence. */
enum { AUDIT_FINDING_BYTES = 256 };
void audit_finding_text(char out[AUDIT_FINDING_BYTES], const struct audit_finding *finding);

struct audit_totals {
    int64_t links;      /* that are there */
    int64_t older;      /* lines of before the chain: they bear no MAC of their own, only their link's */
    int64_t migrations; /* which bear none either */
    int64_t waiting;    /* lines that are not linked yet */
    int64_t waiting_since_us; /* time of the first of them; 0: none */
    int64_t anchors;          /* that were found in the chain */
    int64_t faults;
    struct audit_head head; /* the last link that is there */
};
struct audit_check {
    const struct crypto_keys *keys;
    const struct audit_head *anchors; /* as of audit_heads_find */
    size_t anchor_count;
    void (*found)(const struct audit_finding *finding, void *context);
    /* Every so often, and at the end; may be NULL. */
    void (*progress)(int64_t links, void *context);
    void *context;
};
/* Walks the whole chain as it stands in one snapshot. DB_OK when it could be read, whatever was found. */
enum db_status audit_verify(struct audit_totals *out, struct db_conn *conn, const struct audit_check *check);

/* ---- reading ---- */

struct audit_filter {
    int64_t since;      /* Unix seconds; 0: from the first */
    const char *actor;  /* NULL: anybody */
    const char *action; /* exactly, or all that begin with it when it ends in a dot; NULL: any */
};
struct audit_entry {
    int64_t id, at;
    struct slice actor, action, object, result, origin, details; /* details.ptr NULL: none */
};
typedef void (*audit_visitor)(const struct audit_entry *entry, void *context);
/* At most `limit` lines with an id above *after, in the order of their ids; *after is then the last one's,
 * *count how many. */
enum db_status audit_read(int64_t *after, size_t *count, struct db_tx *tx, const struct audit_filter *filter,
                          int32_t limit, audit_visitor visit, void *context);

struct audit_search {
    int64_t since, until;               /* Unix seconds, `until` itself not; 0: no bound */
    struct slice actor, action, result; /* exactly; empty: any */
    struct slice
        consultation; /* its code: what was done to it, to its rounds, and with their tables; empty: any */
    int64_t before;   /* id of a line: what is older than it; 0: from the newest on */
};
/* At most `most` lines, newest first (by time, then id). Takes as long as the answer is, not as the log is:
 * each one of the filters has its index. As DB_ROLE_AUDIT. */
enum db_status audit_search(size_t *count, struct db_tx *tx, const struct audit_search *search, int32_t most,
                            audit_visitor visit, void *context);
/* Every action that stands on the log, sorted; in the transaction's arena. */
enum db_status audit_actions(struct slice **actions, size_t *count, struct db_tx *tx);

/* The last time that the chain was verified, as the log has it. */
struct audit_verified {
    int64_t at; /* 0: never */
    bool whole;
    int64_t links, faults, anchors;
};
enum db_status audit_verified_read(struct audit_verified *out, struct db_tx *tx);
/* The line that says so, with the head up to which it looked: an anchor too. */
#define AUDIT_ACTION_VERIFY "audit.verify"
enum db_status audit_verified_record(struct db_tx *tx, const struct audit_totals *totals, const char *actor,
                                     const char *origin);

#endif
