/* The tree that a Mustache text is parsed into, shared by the parser, the set and the renderer. Private to
 * web/. */
#ifndef ZEVENSTEM_WEB_TEMPLATE_INTERNAL_H
#define ZEVENSTEM_WEB_TEMPLATE_INTERNAL_H

#include "base/arena.h"
#include "base/slice.h"

enum {
    TEMPLATE_SECTION_DEPTH_MAX = 32, /* sections open at once in one text */
    TEMPLATE_CONTEXT_DEPTH_MAX = 96, /* contexts on the stack while rendering, roots included */
    TEMPLATE_PARTIAL_DEPTH_MAX = 48, /* partials within partials; a partial may call itself */
    TEMPLATE_NAME_PARTS_MAX = 8      /* a.b.c has three */
};

enum template_node_kind {
    TEMPLATE_TEXT,
    TEMPLATE_ESCAPED, /* {{name}} */
    TEMPLATE_RAW,     /* {{{name}}} and {{&name}} */
    TEMPLATE_BOUND,   /* either, its text known beforehand: written as it is */
    TEMPLATE_SECTION,
    TEMPLATE_INVERTED,
    TEMPLATE_PARTIAL
};

/* Nodes lie in one array in the order of the text; the children of a section are the nodes up to its `end`.
 */
struct template_node {
    enum template_node_kind kind;
    bool line_start;         /* first on its line: a standalone partial's indentation goes before it */
    bool standalone;         /* partial alone on its line: what it renders is indented */
    unsigned line;           /* in the source, from 1 */
    uint32_t end;            /* sections: index of the first node behind the last child */
    struct slice text;       /* text and bound: the bytes; partial: its indentation */
    struct slice name;       /* all but text: the name as written */
    const struct slice *key; /* the parts of a dotted name; key_count 0: the implicit iterator "." */
    size_t key_count;
    uint64_t first_bit;             /* template_key_bit of the first part */
    const struct template *partial; /* found when the whole set is parsed */
};

struct template
{
    struct slice name;
    const char *origin; /* file, for messages */
    struct template_node *nodes;
    uint32_t node_count;
};

struct template_set {
    struct arena *arena;        /* holds all of it, the set itself too */
    struct template *templates; /* by name */
    size_t count;
};

/* Parses `source` into *out (name and origin are set by the caller before). False with a log line that names
 * origin and line. The slices point into copies in the arena. */
bool template_parse(struct template *out, struct arena *arena, struct slice source);
/* One of 64 bits: a set of names is known by the bits of all, and a bit that is not in it tells that the name
 * is not either. */
static inline uint64_t template_key_bit(struct slice name)
{
    unsigned first = (unsigned char)name.ptr[0];
    unsigned last = (unsigned char)name.ptr[name.len - 1];
    return UINT64_C(1) << ((first * 5 + last * 11 + name.len * 3) % 64);
}

const struct template *template_set_find(const struct template_set *set, struct slice name);

#endif
