/* What the MACs of the audit log are over, and what is wrong with a chain of them. Pure: no database.
 *
 * A line's own MAC is keyed BLAKE2b-256 under CRYPTO_KEY_AUDIT, context "audit-event-1", over uid, actor,
 * action, object, result, origin and details, each as a 4-byte big-endian length and its bytes; without
 * details the length is 0xffffffff.
 *
 * A link's MAC is the same with context "audit-link-1" over: the MAC of the link before it (32 zero bytes
 * before the first), number (8 bytes, big-endian), id of the line (8), its time (8, microseconds since 1970),
 * time of sealing (8), note (1), and the line's own MAC as it comes from its contents (32), also where the
 * line bears none.
 */
#ifndef ZEVENSTEM_AUDIT_MODEL_H
#define ZEVENSTEM_AUDIT_MODEL_H

#include "features/audit/audit.h"

/* A line as it stands in the database. */
struct audit_line {
    int64_t id;
    int64_t at_us;
    struct slice uid, actor, action, object, result, origin;
    struct slice details; /* ptr NULL: none */
    struct slice mac;     /* ptr NULL: it bears none */
};

/* What the line bore when it was linked. */
enum audit_note { AUDIT_NOTE_SIGNED, AUDIT_NOTE_UNSIGNED, AUDIT_NOTE_WRONG };

struct audit_link {
    int64_t number; /* 1, 2, 3, ... */
    int64_t event;  /* the line's id */
    int64_t sealed_at_us;
    enum audit_note note;
    unsigned char mac[AUDIT_MAC_BYTES];
};

/* A migration is written by the owner of the schema, who has no key. */
#define AUDIT_ACTION_MIGRATION "migration.apply"

void audit_line_mac(unsigned char out[AUDIT_MAC_BYTES], const struct crypto_keys *keys,
                    const struct audit_line *line);
/* What `line` bears, whose MAC should be `mac`. */
enum audit_note audit_note_of(const struct audit_line *line, const unsigned char mac[AUDIT_MAC_BYTES]);
/* As zs.audit_link has it. */
enum audit_note audit_note_of_number(int16_t number);
/* Over link without its mac. line_mac: audit_line_mac of the line. */
void audit_link_mac(unsigned char out[AUDIT_MAC_BYTES], const struct crypto_keys *keys,
                    const unsigned char previous[AUDIT_MAC_BYTES], const struct audit_link *link,
                    int64_t at_us, const unsigned char line_mac[AUDIT_MAC_BYTES]);

/* The lines that a statement gave, one after the other: id, at, actor, action, object, result, origin,
 * details. How many; *last (may be NULL) is the id of the last of them. */
size_t audit_visit_lines(int64_t *last, struct db_result *rows, audit_visitor visit, void *context);

/* ---- walking the chain ---- */

struct audit_walk {
    const struct crypto_keys *keys;
    const struct audit_head *anchors; /* by number */
    size_t anchor_count;
    void (*found)(const struct audit_finding *finding, void *context);
    void *context;
    struct audit_totals totals;
    /* below: the walk's own */
    size_t next_anchor;
    bool seen_signed;
    bool previous_known;                     /* false after a link that is missing */
    unsigned char previous[AUDIT_MAC_BYTES]; /* as it stands */
    unsigned char made[AUDIT_MAC_BYTES];     /* as it should stand */
};
/* At the beginning of the chain. A walk that goes on from a link further is given its number, its MAC (twice)
 * and whether a line before it was signed. */
void audit_walk_begin(struct audit_walk *walk);
/* Links in the order of their numbers, each with its line (NULL: it is gone); then the lines that have no
 * link (link NULL). */
void audit_walk_step(struct audit_walk *walk, const struct audit_link *link, const struct audit_line *line);
/* Two lines with one uid. */
void audit_walk_copy(struct audit_walk *walk, int64_t event, int64_t copy);
/* After the last step. */
void audit_walk_end(struct audit_walk *walk);

#endif
