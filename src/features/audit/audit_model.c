#include "features/audit/audit_model.h"

#include <stdio.h>
#include <string.h>

/* Big-endian. */
static void put_number(unsigned char *out, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        out[i] = (unsigned char)(value >> (8 * (size - 1 - i)));
    }
}

static struct slice bytes(const unsigned char *ptr, size_t len)
{
    return (struct slice){(const char *)ptr, len};
}

void audit_line_mac(unsigned char out[AUDIT_MAC_BYTES], const struct crypto_keys *keys,
                    const struct audit_line *line)
{
    enum { FIELDS = 7, LENGTH_BYTES = 4 };
    const struct slice fields[FIELDS] = {line->uid,    line->actor,  line->action, line->object,
                                         line->result, line->origin, line->details};
    unsigned char lengths[FIELDS][LENGTH_BYTES];
    struct slice parts[2 * FIELDS];
    for (size_t i = 0; i < FIELDS; i++) {
        bool none = i == FIELDS - 1 && !fields[i].ptr;
        put_number(lengths[i], none ? UINT32_MAX : fields[i].len, LENGTH_BYTES);
        parts[2 * i] = bytes(lengths[i], LENGTH_BYTES);
        parts[2 * i + 1] = fields[i];
    }
    crypto_keyed_hash_parts(out, AUDIT_MAC_BYTES, keys, CRYPTO_KEY_AUDIT, "audit-event-1", parts, 2 * FIELDS);
}

enum audit_note audit_note_of(const struct audit_line *line, const unsigned char mac[AUDIT_MAC_BYTES])
{
    if (!line->mac.ptr) {
        return AUDIT_NOTE_UNSIGNED;
    }
    bool good = line->mac.len == AUDIT_MAC_BYTES && crypto_equal(line->mac.ptr, mac, AUDIT_MAC_BYTES);
    return good ? AUDIT_NOTE_SIGNED : AUDIT_NOTE_WRONG;
}

enum audit_note audit_note_of_number(int16_t number)
{
    return number == 0 ? AUDIT_NOTE_SIGNED : number == 1 ? AUDIT_NOTE_UNSIGNED : AUDIT_NOTE_WRONG;
}

void audit_link_mac(unsigned char out[AUDIT_MAC_BYTES], const struct crypto_keys *keys,
                    const unsigned char previous[AUDIT_MAC_BYTES], const struct audit_link *link,
                    int64_t at_us, const unsigned char line_mac[AUDIT_MAC_BYTES])
{
    unsigned char numbers[4 * 8 + 1];
    put_number(numbers, (uint64_t)link->number, 8);
    put_number(numbers + 8, (uint64_t)link->event, 8);
    put_number(numbers + 16, (uint64_t)at_us, 8);
    put_number(numbers + 24, (uint64_t)link->sealed_at_us, 8);
    numbers[32] = (unsigned char)link->note;
    const struct slice parts[] = {bytes(previous, AUDIT_MAC_BYTES), bytes(numbers, sizeof numbers),
                                  bytes(line_mac, AUDIT_MAC_BYTES)};
    crypto_keyed_hash_parts(out, AUDIT_MAC_BYTES, keys, CRYPTO_KEY_AUDIT, "audit-link-1", parts,
                            sizeof parts / sizeof parts[0]);
}

/* ---- walking ---- */

void audit_walk_begin(struct audit_walk *walk)
{
    walk->totals = (struct audit_totals){.links = 0};
    walk->next_anchor = 0;
    walk->seen_signed = false;
    walk->previous_known = true;
    memset(walk->previous, 0, sizeof walk->previous);
    memset(walk->made, 0, sizeof walk->made);
}

static void report(struct audit_walk *walk, enum audit_fault fault, int64_t number, int64_t to, int64_t event)
{
    const struct audit_finding finding = {.fault = fault, .number = number, .to = to, .event = event};
    walk->totals.faults++;
    walk->found(&finding, walk->context);
}

/* Whether a line that bears no MAC may do so: a migration, or one from before the service made any. */
static bool may_be_unsigned(struct audit_walk *walk, const struct audit_line *line)
{
    bool migration = slice_equal_cstr(line->action, AUDIT_ACTION_MIGRATION);
    walk->totals.migrations += migration;
    walk->totals.older += !migration && !walk->seen_signed;
    return migration || !walk->seen_signed;
}

static bool forged(struct audit_walk *walk, const struct audit_line *line, enum audit_note note)
{
    return note == AUDIT_NOTE_WRONG || (note == AUDIT_NOTE_UNSIGNED && !may_be_unsigned(walk, line));
}

/* Where the MAC of the link before was changed, this link holds to what it should be: one fault is told
 * once. */
static bool link_holds(struct audit_walk *walk, const struct audit_link *link, const struct audit_line *line,
                       const unsigned char line_mac[AUDIT_MAC_BYTES])
{
    unsigned char made[AUDIT_MAC_BYTES];
    unsigned char before[AUDIT_MAC_BYTES];
    memcpy(before, walk->made, sizeof before);
    audit_link_mac(walk->made, walk->keys, walk->previous, link, line->at_us, line_mac);
    if (crypto_equal(walk->made, link->mac, AUDIT_MAC_BYTES)) {
        return true;
    }
    audit_link_mac(made, walk->keys, before, link, line->at_us, line_mac);
    return crypto_equal(made, link->mac, AUDIT_MAC_BYTES);
}

static void check_linked(struct audit_walk *walk, const struct audit_link *link,
                         const struct audit_line *line)
{
    unsigned char mac[AUDIT_MAC_BYTES];
    audit_line_mac(mac, walk->keys, line);
    const enum audit_note note = audit_note_of(line, mac);
    bool holds = link_holds(walk, link, line, mac);
    if (walk->previous_known && !holds) {
        report(walk, note == AUDIT_NOTE_SIGNED ? AUDIT_LINE_MOVED : AUDIT_LINE_CHANGED, link->number, 0,
               link->event);
    } else if (note != link->note) {
        /* A link that holds covers what the line says, so that only the MAC beside it can be another. */
        report(walk, holds ? AUDIT_MAC_CHANGED : AUDIT_LINE_CHANGED, link->number, 0, link->event);
    } else if (forged(walk, line, note)) {
        report(walk, AUDIT_LINE_FORGED, link->number, 0, link->event);
    }
    walk->seen_signed = walk->seen_signed || note == AUDIT_NOTE_SIGNED;
}

static void check_anchors(struct audit_walk *walk, const struct audit_link *link)
{
    while (walk->next_anchor < walk->anchor_count &&
           walk->anchors[walk->next_anchor].number <= link->number) {
        const struct audit_head *anchor = &walk->anchors[walk->next_anchor++];
        if (anchor->number < link->number) {
            continue; /* it is among those that are missing, which was said */
        }
        if (crypto_equal(anchor->mac, link->mac, AUDIT_MAC_BYTES)) {
            walk->totals.anchors++;
        } else {
            report(walk, AUDIT_CHAIN_REWRITTEN, anchor->number, 0, 0);
        }
    }
}

static void check_waiting(struct audit_walk *walk, const struct audit_line *line)
{
    unsigned char mac[AUDIT_MAC_BYTES];
    audit_line_mac(mac, walk->keys, line);
    if (forged(walk, line, audit_note_of(line, mac))) {
        report(walk, AUDIT_LINE_FORGED, 0, 0, line->id);
    }
    if (walk->totals.waiting++ == 0) {
        walk->totals.waiting_since_us = line->at_us;
    }
}

void audit_walk_step(struct audit_walk *walk, const struct audit_link *link, const struct audit_line *line)
{
    if (!link) {
        check_waiting(walk, line);
        return;
    }
    const int64_t expected = walk->totals.head.number + 1;
    if (link->number > expected) {
        report(walk, AUDIT_LINKS_MISSING, expected, link->number - 1, 0);
        walk->previous_known = false;
    }
    if (line) {
        check_linked(walk, link, line);
        walk->previous_known = true;
    } else {
        report(walk, AUDIT_LINE_MISSING, link->number, 0, link->event);
        memcpy(walk->made, link->mac, sizeof walk->made);
        walk->previous_known = true;
    }
    check_anchors(walk, link);
    memcpy(walk->previous, link->mac, sizeof walk->previous);
    walk->totals.links++;
    walk->totals.head.number = link->number;
    memcpy(walk->totals.head.mac, link->mac, sizeof walk->totals.head.mac);
}

void audit_walk_copy(struct audit_walk *walk, int64_t event, int64_t copy)
{
    report(walk, AUDIT_LINE_COPIED, 0, copy, event);
}

void audit_walk_end(struct audit_walk *walk)
{
    for (; walk->next_anchor < walk->anchor_count; walk->next_anchor++) {
        report(walk, AUDIT_CHAIN_CUT_OFF, walk->anchors[walk->next_anchor].number, walk->totals.head.number,
               0);
    }
}

/* ---- in words ---- */

void audit_finding_text(char out[AUDIT_FINDING_BYTES], const struct audit_finding *finding)
{
    char which[64];
    const long long number = (long long)finding->number;
    const long long to = (long long)finding->to;
    const long long event = (long long)finding->event;
    if (number > 0) {
        snprintf(which, sizeof which, "line %lld (link %lld)", event, number);
    } else {
        snprintf(which, sizeof which, "line %lld (not linked)", event);
    }
    switch (finding->fault) {
    case AUDIT_LINKS_MISSING:
        snprintf(out, AUDIT_FINDING_BYTES, "links %lld to %lld: removed", number, to);
        return;
    case AUDIT_LINE_MISSING:
        snprintf(out, AUDIT_FINDING_BYTES, "%s: removed", which);
        return;
    case AUDIT_LINE_CHANGED:
        snprintf(out, AUDIT_FINDING_BYTES, "%s: changed; it does not say what was written", which);
        return;
    case AUDIT_MAC_CHANGED:
        snprintf(out, AUDIT_FINDING_BYTES, "%s: says what was written, but its MAC was changed", which);
        return;
    case AUDIT_LINE_MOVED:
        snprintf(out, AUDIT_FINDING_BYTES,
                 "%s: moved or redated; its place, number or time, or its link, was changed", which);
        return;
    case AUDIT_LINE_FORGED:
        snprintf(out, AUDIT_FINDING_BYTES, "%s: forged; the service did not write it", which);
        return;
    case AUDIT_LINE_COPIED:
        snprintf(out, AUDIT_FINDING_BYTES, "line %lld: inserted; it is a copy of line %lld", to, event);
        return;
    case AUDIT_CHAIN_CUT_OFF:
        snprintf(out, AUDIT_FINDING_BYTES,
                 "cut off: an anchor names link %lld, and the chain ends at link %lld", number, to);
        return;
    case AUDIT_CHAIN_REWRITTEN:
        snprintf(out, AUDIT_FINDING_BYTES,
                 "link %lld: not the one that an anchor names; the chain was cut off at or before it and "
                 "written anew",
                 number);
        return;
    }
    out[0] = '\0';
}
