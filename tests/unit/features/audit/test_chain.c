/* The MACs are those that Python's hashlib gives for the encoding of audit_model.h:
 *
 *     secret, uid = bytes(range(32)), bytes(range(16))
 *     key = blake2b(b'', key=secret, salt=pack('<Q', 4) + bytes(8), person=b'zevenst1' + bytes(8),
 *                   digest_size=32).digest()
 *     mac = lambda c, data: blake2b(bytes([len(c)]) + c + data, key=key, digest_size=32).digest()
 *     field = lambda x: pack('>I', 0xffffffff) if x is None else pack('>I', len(x)) + x
 *     line = lambda *fields: mac(b'audit-event-1', b''.join(map(field, fields)))
 *     link = lambda previous, number, event, at, sealed, note, m:
 *         mac(b'audit-link-1', previous + pack('>qqqqB', number, event, at, sealed, note) + m)
 */
#include "features/audit/audit_model.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(audit_chain, .fini = leaks_check);

enum { COUNT = 6 };

static struct crypto_keys *keys;
static unsigned char uid[AUDIT_UID_BYTES];
static struct audit_line lines[COUNT];
static unsigned char macs[COUNT][AUDIT_MAC_BYTES];
static struct audit_link links[COUNT];
static struct audit_finding found[32];
static struct audit_walk walk;

static void begin(void)
{
    unsigned char secret[CRYPTO_SECRET_BYTES];
    for (size_t i = 0; i < sizeof secret; i++) {
        secret[i] = (unsigned char)i;
    }
    memcpy(uid, secret, sizeof uid);
    cr_assert(crypto_start());
    keys = crypto_keys_from_bytes(secret);
}

static struct audit_line line_of(const char *object, const char *details)
{
    return (struct audit_line){.uid = {(const char *)uid, sizeof uid},
                               .actor = SLICE("beheerder"),
                               .action = SLICE("key.issue"),
                               .object = slice_from_cstr(object),
                               .result = SLICE("ok"),
                               .origin = SLICE("command"),
                               .details = slice_from_cstr(details)};
}

static void expect_mac(const unsigned char mac[AUDIT_MAC_BYTES], const char *wanted)
{
    char hex[2 * AUDIT_MAC_BYTES + 1];
    crypto_hex(hex, mac, AUDIT_MAC_BYTES);
    cr_expect_str_eq(hex, wanted);
}

Test(audit_chain, macs_are_over_the_encoding_that_the_header_tells)
{
    unsigned char bare[AUDIT_MAC_BYTES], detailed[AUDIT_MAC_BYTES];
    const unsigned char none[AUDIT_MAC_BYTES] = {0};
    begin();
    const struct audit_line first = line_of("key:1:x", NULL);
    const struct audit_line second = line_of("key:1:x", "{\"doel\": \"één\"}");
    audit_line_mac(bare, keys, &first);
    audit_line_mac(detailed, keys, &second);
    expect_mac(bare, "55bbd46456d1f49b6ab37bc3c0a35413301f9f7ebf755ae01f3eeeac34531863");
    expect_mac(detailed, "ab4674e7b0fb47e5de0c76170867981a4c742f71b947ea166e19bb634a0ef4cf");
    struct audit_link one = {1, 17, INT64_C(1800000001000002), AUDIT_NOTE_SIGNED, {0}};
    struct audit_link two = {2, 16, 0, AUDIT_NOTE_UNSIGNED, {0}};
    audit_link_mac(one.mac, keys, none, &one, INT64_C(1800000000000001), bare);
    audit_link_mac(two.mac, keys, one.mac, &two, -1, detailed);
    expect_mac(one.mac, "6bbfdd575ec996b154eb22bbb7d3ded910ac221aae30d3a72b8edcddf7d82fcd");
    expect_mac(two.mac, "a84921c98ae2662de9688118fbb52bf2c7d0ee956a01cf831e58669c1c5d8639");
    crypto_keys_free(keys);
}

Test(audit_chain, no_field_runs_over_into_the_next)
{
    unsigned char a[AUDIT_MAC_BYTES], b[AUDIT_MAC_BYTES];
    begin();
    struct audit_line one = line_of("key:1", "");
    struct audit_line other = one;
    other.actor = SLICE("beheerderk");
    other.action = SLICE("ey.issue");
    audit_line_mac(a, keys, &one);
    audit_line_mac(b, keys, &other);
    cr_expect_neq(memcmp(a, b, sizeof a), 0);
    other = one;
    other.details = (struct slice){NULL, 0};
    audit_line_mac(b, keys, &other);
    cr_expect_neq(memcmp(a, b, sizeof a), 0, "none is not the same as empty");
    crypto_keys_free(keys);
}

/* ---- walking ---- */

static void take(const struct audit_finding *finding, void *context)
{
    (void)context;
    found[walk.totals.faults - 1] = *finding;
}

/* A chain of COUNT lines, the last but one of which was linked out of turn. */
static void make_chain(void)
{
    static const char *const objects[COUNT] = {"a", "b", "c", "d", "e", "f"};
    unsigned char previous[AUDIT_MAC_BYTES] = {0};
    for (int i = 0; i < COUNT; i++) {
        lines[i] = line_of(objects[i], NULL);
        lines[i].id = i == 4 ? 2 : 10 + i;
        lines[i].at_us = 1000 + i;
        audit_line_mac(macs[i], keys, &lines[i]);
        lines[i].mac = (struct slice){(const char *)macs[i], AUDIT_MAC_BYTES};
        links[i] = (struct audit_link){i + 1, lines[i].id, 2000 + i, AUDIT_NOTE_SIGNED, {0}};
        audit_link_mac(links[i].mac, keys, previous, &links[i], lines[i].at_us, macs[i]);
        memcpy(previous, links[i].mac, sizeof previous);
    }
    walk = (struct audit_walk){.keys = keys, .found = take};
    audit_walk_begin(&walk);
}

static void walk_all(void)
{
    for (int i = 0; i < COUNT; i++) {
        audit_walk_step(&walk, &links[i], &lines[i]);
    }
    audit_walk_end(&walk);
}

static void expect_one(enum audit_fault fault, int64_t number, int64_t event)
{
    cr_expect_eq(walk.totals.faults, 1);
    cr_expect_eq(found[0].fault, fault);
    cr_expect_eq(found[0].number, number);
    cr_expect_eq(found[0].event, event);
}

Test(audit_chain, whole_is_whole)
{
    begin();
    make_chain();
    walk_all();
    cr_expect_eq(walk.totals.faults, 0);
    cr_expect_eq(walk.totals.links, COUNT);
    cr_expect_eq(memcmp(walk.totals.head.mac, links[COUNT - 1].mac, AUDIT_MAC_BYTES), 0);
    crypto_keys_free(keys);
}

Test(audit_chain, one_thing_wrong_is_one_fault)
{
    begin();
    make_chain();
    lines[2].object = SLICE("x");
    walk_all();
    expect_one(AUDIT_LINE_CHANGED, 3, 12);

    make_chain();
    lines[2].at_us++;
    walk_all();
    expect_one(AUDIT_LINE_MOVED, 3, 12);

    make_chain();
    links[2].mac[31] ^= 1;
    walk_all();
    expect_one(AUDIT_LINE_MOVED, 3, 12);

    make_chain();
    links[2].mac[31] ^= 1;
    lines[2].object = SLICE("x");
    walk_all();
    cr_expect_eq(walk.totals.faults, 2, "what follows cannot be told from a change");
    expect_mac(walk.totals.head.mac, "1f86e0a76f707cd87f2f66269603c48245c79cdb29d5252f2347cfe65ef6fe8e");
    crypto_keys_free(keys);
}

Test(audit_chain, what_is_gone_is_named)
{
    begin();
    make_chain();
    for (int i = 0; i < COUNT; i++) {
        if (i != 1 && i != 2) {
            audit_walk_step(&walk, &links[i], i == 4 ? NULL : &lines[i]);
        }
    }
    audit_walk_end(&walk);
    cr_expect_eq(walk.totals.faults, 2);
    cr_expect_eq(found[0].fault, AUDIT_LINKS_MISSING);
    cr_expect_eq(found[0].number, 2);
    cr_expect_eq(found[0].to, 3);
    cr_expect_eq(found[1].fault, AUDIT_LINE_MISSING);
    cr_expect_eq(found[1].event, 2);
    crypto_keys_free(keys);
}

/* ---- heads ---- */

Test(audit_chain, heads_are_found_wherever_they_stand)
{
    char first[AUDIT_HEAD_TEXT_BYTES], second[AUDIT_HEAD_TEXT_BYTES], text[1024];
    struct audit_head heads[2] = {{.number = INT64_MAX}, {.number = 7}};
    struct audit_head *out;
    size_t count;
    begin();
    memset(heads[0].mac, 0xab, AUDIT_MAC_BYTES);
    audit_head_text(first, &heads[0]);
    audit_head_text(second, &heads[1]);
    cr_expect_eq(strlen(first), AUDIT_HEAD_TEXT_BYTES - 1);
    snprintf(
        text, sizeof text,
        "audit-head:audit-head:12:zz ts=2026 event=audit.head head=%s\n{\"x\": \"%s\"}%s audit-head:0:%064d"
        " audit-head:9:ab audit-head:-1:%064d audit-head:",
        first, second, first, 0, 0);
    struct arena *arena = arena_create(4096);
    audit_heads_find(&out, &count, arena, slice_from_cstr(text));
    cr_assert_eq(count, 2);
    cr_expect_eq(out[0].number, 7);
    cr_expect_eq(out[1].number, INT64_MAX);
    cr_expect_eq(memcmp(out[1].mac, heads[0].mac, AUDIT_MAC_BYTES), 0);
    audit_heads_find(&out, &count, arena, (struct slice){NULL, 0});
    cr_expect_eq(count, 0);
    arena_destroy(arena);
    crypto_keys_free(keys);
}
