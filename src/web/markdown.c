/* CommonMark to HTML with the design system's classes. cmark parses; we write, so that nothing can get into
 * the page that is not written here. */
#include "base/log.h"
#include "web/web.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>

enum { MARKDOWN_BYTES_MAX = 4 * 1024 * 1024 };

struct writer {
    struct buffer out;
    int heading_shift;
    cmark_node *image; /* the image we are inside of: its text goes to alt, without markup */
};

static struct slice text_of(const char *cstr)
{
    return slice_from_cstr(cstr);
}

/* A path from the root of this site, or "#part" of this page. Not "//host", nor what a browser would read as
 * such; not "page", which would lead elsewhere from every place the text is shown. */
static bool is_local(struct slice url)
{
    if (url.len == 0) {
        return false;
    }
    if (url.ptr[0] == '/') {
        return url.len == 1 || (url.ptr[1] != '/' && url.ptr[1] != '\\');
    }
    return url.ptr[0] == '#';
}

static bool has_scheme(struct slice url, struct slice scheme)
{
    return url.len > scheme.len && slice_equal_nocase((struct slice){url.ptr, scheme.len}, scheme);
}

/* No byte that a browser strips or folds before it reads the scheme. */
static bool is_clean(struct slice url)
{
    for (size_t i = 0; i < url.len; i++) {
        if ((unsigned char)url.ptr[i] <= 0x20 || url.ptr[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

static bool link_allowed(struct slice url)
{
    return is_clean(url) &&
           (is_local(url) || has_scheme(url, SLICE("https://")) || has_scheme(url, SLICE("http://")) ||
            has_scheme(url, SLICE("mailto:")) || has_scheme(url, SLICE("tel:")));
}

static bool image_allowed(struct slice url)
{
    return is_clean(url) && is_local(url) && url.ptr[0] == '/';
}

/* Percent-encodes what may not stand in a URI, and escapes for an attribute. */
static void write_url(struct buffer *out, struct slice url)
{
    static const char kept[] = "-_.+!*(),%#@?=;:/,$~[]";
    for (size_t i = 0; i < url.len; i++) {
        unsigned char byte = (unsigned char)url.ptr[i];
        bool alnum =
            (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
        if (alnum || (byte != '\0' && strchr(kept, byte))) {
            buffer_append_byte(out, (char)byte);
        } else if (byte == '&') {
            buffer_append(out, SLICE("&amp;"));
        } else {
            buffer_printf(out, "%%%02X", (unsigned)byte);
        }
    }
}

static void write_heading(struct writer *writer, cmark_node *node, bool enter)
{
    int level = cmark_node_get_heading_level(node) + writer->heading_shift;
    level = level > 6 ? 6 : level;
    if (enter) {
        buffer_printf(&writer->out, "<h%d class=\"nl-heading nl-heading--level-%d\">", level, level);
    } else {
        buffer_printf(&writer->out, "</h%d>\n", level);
    }
}

static void write_list(struct writer *writer, cmark_node *node, bool enter)
{
    bool ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
    int start = cmark_node_get_list_start(node);
    if (!enter) {
        buffer_append_cstr(&writer->out, ordered ? "</ol>\n" : "</ul>\n");
    } else if (!ordered) {
        buffer_append(&writer->out, SLICE("<ul class=\"utrecht-unordered-list\">\n"));
    } else if (start == 1) {
        buffer_append(&writer->out, SLICE("<ol class=\"utrecht-ordered-list\">\n"));
    } else {
        buffer_printf(&writer->out, "<ol class=\"utrecht-ordered-list\" start=\"%d\">\n", start);
    }
}

static void write_item(struct writer *writer, cmark_node *node, bool enter)
{
    bool ordered = cmark_node_get_list_type(cmark_node_parent(node)) == CMARK_ORDERED_LIST;
    if (!enter) {
        buffer_append(&writer->out, SLICE("</li>\n"));
    } else if (ordered) {
        buffer_append(&writer->out, SLICE("<li class=\"utrecht-ordered-list__item\">"));
    } else {
        buffer_append(&writer->out, SLICE("<li class=\"utrecht-unordered-list__item\">"));
    }
}

static void write_paragraph(struct writer *writer, cmark_node *node, bool enter)
{
    cmark_node *grandparent = cmark_node_parent(cmark_node_parent(node));
    bool tight = grandparent && cmark_node_get_type(grandparent) == CMARK_NODE_LIST &&
                 cmark_node_get_list_tight(grandparent);
    if (!tight) {
        buffer_append_cstr(&writer->out, enter ? "<p class=\"nl-paragraph\">" : "</p>\n");
    }
}

static void write_link(struct writer *writer, cmark_node *node, bool enter)
{
    struct slice url = text_of(cmark_node_get_url(node));
    if (writer->image || !link_allowed(url)) {
        return;
    }
    if (!enter) {
        buffer_append(&writer->out, SLICE("</a>"));
        return;
    }
    buffer_append(&writer->out, SLICE("<a class=\"nl-link\" href=\""));
    write_url(&writer->out, url);
    buffer_append(&writer->out, SLICE("\">"));
}

static void write_image(struct writer *writer, cmark_node *node, bool enter)
{
    struct slice url = text_of(cmark_node_get_url(node));
    bool allowed = image_allowed(url);
    if (writer->image && writer->image != node) {
        return; /* an image within the text of an image: only its own text counts */
    }
    if (enter) {
        writer->image = node;
        if (allowed) {
            buffer_append(&writer->out, SLICE("<img class=\"zs-image\" src=\""));
            write_url(&writer->out, url);
            buffer_append(&writer->out, SLICE("\" alt=\""));
        }
    } else {
        writer->image = NULL;
        if (allowed) {
            buffer_append(&writer->out, SLICE("\">"));
        }
    }
}

static void write_code_block(struct writer *writer, cmark_node *node, bool enter)
{
    (void)enter; /* a leaf */
    buffer_append(&writer->out, SLICE("<pre><code>"));
    web_escape(&writer->out, text_of(cmark_node_get_literal(node)));
    buffer_append(&writer->out, SLICE("</code></pre>\n"));
}

static void write_html_block(struct writer *writer, cmark_node *node, bool enter)
{
    (void)enter; /* a leaf */
    buffer_append(&writer->out, SLICE("<p class=\"nl-paragraph\">"));
    web_escape(&writer->out, text_of(cmark_node_get_literal(node)));
    buffer_append(&writer->out, SLICE("</p>\n"));
}

static void write_quote(struct writer *writer, cmark_node *node, bool enter)
{
    (void)node;
    buffer_append_cstr(&writer->out, enter ? "<blockquote class=\"zs-quote\">\n" : "</blockquote>\n");
}

static void write_rule(struct writer *writer, cmark_node *node, bool enter)
{
    (void)node;
    (void)enter;
    buffer_append(&writer->out, SLICE("<hr class=\"zs-separator\">\n"));
}

static void write_text(struct writer *writer, cmark_node *node, bool enter)
{
    (void)enter;
    web_escape(&writer->out, text_of(cmark_node_get_literal(node)));
}

static void write_tag(struct writer *writer, const char *tag)
{
    if (!writer->image) {
        buffer_append_cstr(&writer->out, tag);
    }
}

static void write_code(struct writer *writer, cmark_node *node, bool enter)
{
    write_tag(writer, "<code>");
    write_text(writer, node, enter);
    write_tag(writer, "</code>");
}

static void write_soft_break(struct writer *writer, cmark_node *node, bool enter)
{
    (void)node;
    (void)enter;
    buffer_append_byte(&writer->out, '\n');
}

static void write_line_break(struct writer *writer, cmark_node *node, bool enter)
{
    (void)node;
    (void)enter;
    buffer_append_cstr(&writer->out, writer->image ? " " : "<br>\n");
}

static void write_emphasis(struct writer *writer, cmark_node *node, bool enter)
{
    (void)node;
    write_tag(writer, enter ? "<em>" : "</em>");
}

static void write_strong(struct writer *writer, cmark_node *node, bool enter)
{
    (void)node;
    write_tag(writer, enter ? "<strong>" : "</strong>");
}

/* Called on entering and on leaving a node; leaves are only entered. Types without an entry (the document,
 * and custom nodes, which no parser makes) write nothing themselves. */
typedef void (*node_writer)(struct writer *writer, cmark_node *node, bool enter);
static const node_writer node_writers[] = {
    [CMARK_NODE_PARAGRAPH] = write_paragraph,
    [CMARK_NODE_HEADING] = write_heading,
    [CMARK_NODE_LIST] = write_list,
    [CMARK_NODE_ITEM] = write_item,
    [CMARK_NODE_BLOCK_QUOTE] = write_quote,
    [CMARK_NODE_THEMATIC_BREAK] = write_rule,
    [CMARK_NODE_CODE_BLOCK] = write_code_block,
    [CMARK_NODE_HTML_BLOCK] = write_html_block,
    [CMARK_NODE_TEXT] = write_text,
    [CMARK_NODE_HTML_INLINE] = write_text,
    [CMARK_NODE_CODE] = write_code,
    [CMARK_NODE_SOFTBREAK] = write_soft_break,
    [CMARK_NODE_LINEBREAK] = write_line_break,
    [CMARK_NODE_EMPH] = write_emphasis,
    [CMARK_NODE_STRONG] = write_strong,
    [CMARK_NODE_LINK] = write_link,
    [CMARK_NODE_IMAGE] = write_image,
};

static void write_node(struct writer *writer, cmark_node *node, bool enter)
{
    size_t type = (size_t)cmark_node_get_type(node);
    if (type < sizeof node_writers / sizeof *node_writers && node_writers[type]) {
        node_writers[type](writer, node, enter);
    }
}

struct slice web_markdown(struct arena *arena, struct slice markdown, int first_heading_level)
{
    struct slice html = {NULL, 0};
    cmark_node *document =
        cmark_parse_document(markdown.ptr ? markdown.ptr : "", markdown.len, CMARK_OPT_VALIDATE_UTF8);
    cmark_iter *walk = document ? cmark_iter_new(document) : NULL;
    struct writer writer = {.heading_shift = first_heading_level - 1};
    buffer_init(&writer.out, MARKDOWN_BYTES_MAX);
    cmark_event_type event;
    while (walk && (event = cmark_iter_next(walk)) != CMARK_EVENT_DONE) {
        write_node(&writer, cmark_iter_get_node(walk), event == CMARK_EVENT_ENTER);
    }
    if (!walk || buffer_failed(&writer.out)) {
        log_error("markdown", "bytes=%zu fault=\"too large\"", markdown.len);
    } else {
        html = arena_copy(arena, buffer_slice(&writer.out));
    }
    buffer_free(&writer.out);
    if (walk) {
        cmark_iter_free(walk);
    }
    if (document) {
        cmark_node_free(document);
    }
    return html;
}
