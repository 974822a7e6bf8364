/* Mustache text to tree, after the specification's core modules. Set-delimiter tags, comments and the white
 * space of standalone tags are gone afterwards, so that rendering meets only what it writes. */
#include "base/log.h"
#include "web/template_internal.h"

#include <stdlib.h>
#include <string.h>

struct parser {
    struct template *template;
    struct arena *arena;
    struct slice source;
    size_t position;
    unsigned line;
    struct slice open, close; /* the delimiters in force */
    struct template_node *nodes;
    size_t count, capacity;
    size_t sections[TEMPLATE_SECTION_DEPTH_MAX]; /* indexes of the open ones */
    size_t depth;
};

struct tag {
    char sigil; /* 0 for {{name}} */
    struct slice content;
    size_t start, end; /* in the source, delimiters included */
};

static bool fault(const struct parser *parser, const char *what, struct slice detail)
{
    log_error("template.parse", "file=%s line=%u fault=%s at=%s", LOG_CSTR(parser->template->origin),
              parser->line, LOG_CSTR(what), LOG_TEXT(detail));
    return false;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static struct slice sub(struct slice s, size_t from, size_t to)
{
    return (struct slice){s.ptr + from, to - from};
}

/* Index of `needle` in s at or after `from`; s.len when it is not there. */
static size_t find(struct slice s, size_t from, struct slice needle)
{
    const char *hit = from <= s.len ? memmem(s.ptr + from, s.len - from, needle.ptr, needle.len) : NULL;
    return hit ? (size_t)(hit - s.ptr) : s.len;
}

static unsigned lines_in(struct slice s)
{
    unsigned lines = 0;
    for (size_t i = 0; i < s.len; i++) {
        lines += s.ptr[i] == '\n';
    }
    return lines;
}

static struct template_node *add_node(struct parser *parser, enum template_node_kind kind, size_t at)
{
    if (parser->count == parser->capacity) {
        size_t capacity = parser->capacity ? parser->capacity * 2 : 32;
        struct template_node *grown =
            capacity <= UINT32_MAX ? reallocarray(parser->nodes, capacity, sizeof *grown) : NULL;
        if (!grown) {
            return NULL;
        }
        parser->nodes = grown;
        parser->capacity = capacity;
    }
    struct template_node *node = &parser->nodes[parser->count++];
    *node = (struct template_node){.kind = kind, .line = parser->line};
    node->line_start = at == 0 || parser->source.ptr[at - 1] == '\n';
    return node;
}

static bool add_text(struct parser *parser, size_t from, size_t to)
{
    if (from == to) {
        return true;
    }
    struct template_node *node = add_node(parser, TEMPLATE_TEXT, from);
    if (!node) {
        return fault(parser, "out of memory", SLICE(""));
    }
    node->text = sub(parser->source, from, to);
    return true;
}

/* Reads the tag that opens at `start`. */
static bool read_tag(struct tag *tag, const struct parser *parser, size_t start)
{
    struct slice source = parser->source;
    size_t at = start + parser->open.len;
    char sigil = at < source.len ? source.ptr[at] : '\0';
    if (sigil == '\0' || !strchr("{&#^/>!=<$*", sigil)) {
        sigil = 0;
    }
    size_t from = at + (sigil != 0);
    char closing[64];
    size_t prefix = sigil == '{' || sigil == '=';
    if (parser->close.len + prefix > sizeof closing) {
        return fault(parser, "delimiter too long", parser->close);
    }
    closing[0] = sigil == '{' ? '}' : '=';
    memcpy(closing + prefix, parser->close.ptr, parser->close.len);
    struct slice ending = {closing, parser->close.len + prefix};
    size_t to = find(source, from, ending);
    if (to == source.len) {
        return fault(parser, "tag is not closed",
                     sub(source, start, at + (source.len - at > 20 ? 20 : source.len - at)));
    }
    *tag = (struct tag){sigil, slice_trim(sub(source, from, to)), start, to + ending.len};
    return true;
}

/* A standalone tag has nothing but blanks beside it on its line: the line goes with it. */
static bool is_standalone(size_t *line_from, size_t *next_line, struct slice source, const struct tag *tag)
{
    size_t from = tag->start;
    while (from > 0 && (source.ptr[from - 1] == ' ' || source.ptr[from - 1] == '\t')) {
        from--;
    }
    if (from > 0 && source.ptr[from - 1] != '\n') {
        return false;
    }
    size_t to = tag->end;
    while (to < source.len && (source.ptr[to] == ' ' || source.ptr[to] == '\t')) {
        to++;
    }
    if (to + 1 < source.len && source.ptr[to] == '\r' && source.ptr[to + 1] == '\n') {
        to += 2;
    } else if (to < source.len && source.ptr[to] == '\n') {
        to++;
    } else if (to < source.len) {
        return false;
    }
    *line_from = from;
    *next_line = to;
    return true;
}

static bool set_delimiters(struct parser *parser, struct slice content)
{
    size_t i = 0;
    while (i < content.len && !is_blank(content.ptr[i])) {
        i++;
    }
    struct slice open = sub(content, 0, i);
    struct slice close = slice_trim(sub(content, i, content.len));
    bool ok = open.len > 0 && close.len > 0;
    for (size_t k = 0; ok && k < content.len; k++) {
        ok = content.ptr[k] != '=';
    }
    for (size_t k = 0; ok && k < close.len; k++) {
        ok = !is_blank(close.ptr[k]);
    }
    if (!ok) {
        return fault(parser, "delimiters are not two words without '='", content);
    }
    parser->open = open;
    parser->close = close;
    return true;
}

/* Splits a dotted name into the node's key. */
static bool set_key(struct parser *parser, struct template_node *node, struct slice name)
{
    node->name = name;
    if (name.len == 0) {
        return fault(parser, "tag has no name", name);
    }
    for (size_t i = 0; i < name.len; i++) {
        if (is_blank(name.ptr[i])) {
            return fault(parser, "name has a blank in it", name);
        }
    }
    if (slice_equal(name, SLICE("."))) {
        return true;
    }
    struct slice parts[TEMPLATE_NAME_PARTS_MAX];
    size_t count = 0;
    struct slice rest = name;
    bool more = true;
    while (more) {
        if (count == TEMPLATE_NAME_PARTS_MAX) {
            return fault(parser, "name has too many parts", name);
        }
        more = slice_cut(&parts[count], &rest, rest, '.');
        if (parts[count++].len == 0) {
            return fault(parser, "name has an empty part", name);
        }
    }
    struct slice *key = arena_array(parser->arena, count, sizeof *key);
    memcpy(key, parts, count * sizeof *key);
    node->key = key;
    node->key_count = count;
    node->first_bit = template_key_bit(key[0]);
    return true;
}

static bool open_section(struct parser *parser, const struct tag *tag)
{
    if (parser->depth == TEMPLATE_SECTION_DEPTH_MAX) {
        return fault(parser, "sections nested too deep", tag->content);
    }
    size_t index = parser->count;
    struct template_node *node =
        add_node(parser, tag->sigil == '#' ? TEMPLATE_SECTION : TEMPLATE_INVERTED, tag->start);
    if (!node) {
        return fault(parser, "out of memory", tag->content);
    }
    parser->sections[parser->depth++] = index;
    return set_key(parser, node, tag->content);
}

static bool close_section(struct parser *parser, const struct tag *tag)
{
    if (parser->depth == 0) {
        return fault(parser, "closes a section that is not open", tag->content);
    }
    struct template_node *opened = &parser->nodes[parser->sections[--parser->depth]];
    if (!slice_equal(opened->name, tag->content)) {
        return fault(parser, "closes another section than the one open", tag->content);
    }
    opened->end = (uint32_t)parser->count;
    return true;
}

static bool add_partial(struct parser *parser, const struct tag *tag, bool standalone, size_t line_from)
{
    struct template_node *node = add_node(parser, TEMPLATE_PARTIAL, tag->start);
    if (!node) {
        return fault(parser, "out of memory", tag->content);
    }
    if (tag->content.len == 0 || tag->content.ptr[0] == '*') {
        return fault(parser, "partial needs a fixed name", tag->content);
    }
    node->name = tag->content;
    node->standalone = standalone;
    if (standalone) {
        node->line_start = false; /* the lines of the partial itself carry the indentation */
        node->text = sub(parser->source, line_from, tag->start);
    }
    return true;
}

static bool add_variable(struct parser *parser, const struct tag *tag)
{
    struct template_node *node =
        add_node(parser, tag->sigil == 0 ? TEMPLATE_ESCAPED : TEMPLATE_RAW, tag->start);
    if (!node) {
        return fault(parser, "out of memory", tag->content);
    }
    return set_key(parser, node, tag->content);
}

static bool take_tag(struct parser *parser, const struct tag *tag, bool standalone, size_t line_from)
{
    switch (tag->sigil) {
    case '!':
        return true;
    case '=':
        return set_delimiters(parser, tag->content);
    case '#':
    case '^':
        if (!open_section(parser, tag)) {
            return false;
        }
        if (standalone) {
            parser->nodes[parser->count - 1].line_start = false;
        }
        return true;
    case '/':
        return close_section(parser, tag);
    case '>':
        return add_partial(parser, tag, standalone, line_from);
    case 0:
    case '{':
    case '&':
        return add_variable(parser, tag);
    default:
        return fault(parser, "tag of this kind is not supported", tag->content);
    }
}

/* Where a tag that leaves no node opens a line, a partial's indentation still goes there: an empty text marks
 * the place. */
static bool mark_line_start(struct parser *parser, const struct tag *tag)
{
    bool opens_line = tag->start == 0 || parser->source.ptr[tag->start - 1] == '\n';
    bool leaves_no_node = tag->sigil == '/' || tag->sigil == '!' || tag->sigil == '=';
    if (opens_line && leaves_no_node && !add_node(parser, TEMPLATE_TEXT, tag->start)) {
        return fault(parser, "out of memory", tag->content);
    }
    return true;
}

static bool parse_all(struct parser *parser)
{
    struct slice source = parser->source;
    while (parser->position < source.len) {
        size_t from = parser->position;
        struct tag tag;
        size_t start = find(source, from, parser->open);
        parser->line += lines_in(sub(source, from, start));
        if (start == source.len) {
            return add_text(parser, from, start);
        }
        if (!read_tag(&tag, parser, start)) {
            return false;
        }
        size_t line_from = start;
        size_t next = tag.end;
        bool standalone = tag.sigil != 0 && tag.sigil != '{' && tag.sigil != '&' &&
                          is_standalone(&line_from, &next, source, &tag);
        if (!add_text(parser, from, line_from > from ? line_from : from) ||
            (!standalone && !mark_line_start(parser, &tag)) ||
            !take_tag(parser, &tag, standalone, line_from)) {
            return false;
        }
        parser->line += lines_in(sub(source, start, next));
        parser->position = next;
    }
    return true;
}

bool template_parse(struct template *out, struct arena *arena, struct slice source)
{
    struct parser parser = {.template = out, .arena = arena, .source = arena_copy(arena, source), .line = 1};
    parser.open = SLICE("{{");
    parser.close = SLICE("}}");
    bool ok = parse_all(&parser);
    if (ok && parser.depth > 0) {
        const struct template_node *opened = &parser.nodes[parser.sections[parser.depth - 1]];
        parser.line = opened->line;
        ok = fault(&parser, "section is not closed", opened->name);
    }
    if (ok) {
        out->nodes = arena_array(arena, parser.count, sizeof *out->nodes);
        out->node_count = (uint32_t)parser.count;
        if (parser.count > 0) {
            memcpy(out->nodes, parser.nodes, parser.count * sizeof *out->nodes);
        }
    }
    free(parser.nodes);
    return ok;
}
