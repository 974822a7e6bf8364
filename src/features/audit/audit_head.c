/* Heads of the chain as text, and found again in whatever text they were kept in. */
#include "features/audit/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char mark[] = "audit-head:";

void audit_head_text(char out[AUDIT_HEAD_TEXT_BYTES], const struct audit_head *head)
{
    char mac[2 * AUDIT_MAC_BYTES + 1];
    crypto_hex(mac, head->mac, AUDIT_MAC_BYTES);
    snprintf(out, AUDIT_HEAD_TEXT_BYTES, "%s%lld:%s", mark, (long long)head->number, mac);
}

/* The head whose mark ends where text begins. */
static bool read_head(struct audit_head *out, struct slice text)
{
    struct slice number, rest;
    return slice_cut(&number, &rest, text, ':') && slice_to_i64(&out->number, number, 1, INT64_MAX) &&
           rest.len >= 2 * AUDIT_MAC_BYTES &&
           crypto_unhex(out->mac, AUDIT_MAC_BYTES, (struct slice){rest.ptr, 2 * AUDIT_MAC_BYTES});
}

static int compare(const void *a, const void *b)
{
    const struct audit_head *x = a;
    const struct audit_head *y = b;
    return x->number != y->number ? (x->number < y->number ? -1 : 1) : memcmp(x->mac, y->mac, sizeof x->mac);
}

/* Heads from `text` on; written to heads where that is not NULL. */
static size_t find_all(struct audit_head *heads, struct slice text)
{
    size_t count = 0;
    struct audit_head head;
    for (;;) {
        const char *at = text.len > 0 ? memmem(text.ptr, text.len, mark, sizeof mark - 1) : NULL;
        if (!at) {
            return count;
        }
        at += sizeof mark - 1;
        text = (struct slice){at, text.len - (size_t)(at - text.ptr)};
        if (read_head(&head, text)) {
            if (heads) {
                heads[count] = head;
            }
            count++;
        }
    }
}

void audit_heads_find(struct audit_head **out, size_t *count, struct arena *arena, struct slice text)
{
    const size_t found = find_all(NULL, text);
    struct audit_head *heads = found > 0 ? arena_array(arena, found, sizeof *heads) : NULL;
    *out = heads;
    *count = 0;
    if (!heads) {
        return;
    }
    find_all(heads, text);
    qsort(heads, found, sizeof *heads, compare);
    for (size_t i = 0; i < found; i++) {
        if (*count == 0 || compare(&heads[*count - 1], &heads[i]) != 0) {
            heads[(*count)++] = heads[i];
        }
    }
}
