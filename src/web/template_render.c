/* Tree and contexts to bytes. Nothing is allocated but the output's own growth; the tree is only read. */
#include "base/log.h"
#include "web/template_internal.h"
#include "web/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What standalone partials around this one put before every line, outermost first. */
struct indent {
    struct slice text;
    const struct indent *outer;
};

struct context {
    const json_t *value;
    uint64_t key_bits; /* template_key_bit of each of its names */
};

struct renderer {
    struct buffer *out;
    struct context stack[TEMPLATE_CONTEXT_DEPTH_MAX];
    size_t depth;
    size_t partials; /* open now */
    bool failed;
};

static void render_nodes(struct renderer *renderer, const struct template *template, uint32_t from,
                         uint32_t to, const struct indent *indent);

/* Sixteen bytes at once; gcc and clang make it instructions of the machine where there are such. */
typedef unsigned char block __attribute__((vector_size(16)));

static bool is_special(char c)
{
    return c == '&' || c == '<' || c == '>' || c == '"' || c == '\'';
}

/* How many bytes at the head need no escape. */
static size_t plain_head(struct slice text)
{
    size_t i = 0;
    for (uint64_t found[2] = {0, 0}; i + sizeof(block) <= text.len; i += sizeof(block)) {
        block bytes;
        memcpy(&bytes, text.ptr + i, sizeof bytes);
        __auto_type special =
            (bytes == '&') | (bytes == '<') | (bytes == '>') | (bytes == '"') | (bytes == '\'');
        memcpy(found, &special, sizeof found);
        if (found[0] | found[1]) {
            break;
        }
    }
    while (i < text.len && !is_special(text.ptr[i])) {
        i++;
    }
    return i;
}

void web_escape(struct buffer *out, struct slice text)
{
    for (;;) {
        size_t plain = plain_head(text);
        buffer_append(out, (struct slice){text.ptr, plain});
        if (plain == text.len) {
            return;
        }
        char special = text.ptr[plain];
        buffer_append(out, special == '&'   ? SLICE("&amp;")
                           : special == '<' ? SLICE("&lt;")
                           : special == '>' ? SLICE("&gt;")
                           : special == '"' ? SLICE("&quot;")
                                            : SLICE("&#39;"));
        text = (struct slice){text.ptr + plain + 1, text.len - plain - 1};
    }
}

static void fail(struct renderer *renderer, const struct template *template, const struct template_node *node,
                 const char *what)
{
    if (!renderer->failed) {
        log_error("template.render", "file=%s line=%u name=%s fault=%s", LOG_CSTR(template->origin),
                  node->line, LOG_TEXT(node->name), LOG_CSTR(what));
    }
    renderer->failed = true;
}

/* Most names are looked for in contexts that lack them: the bits say so without asking jansson. */
static struct context context_of(const json_t *value)
{
    struct context context = {.value = value};
    json_t *object = (json_t *)(uintptr_t)value; /* read only: jansson's iterator takes no const */
    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at)) {
        struct slice key = {json_object_iter_key(at), json_object_iter_key_len(at)};
        context.key_bits |= key.len > 0 ? template_key_bit(key) : 0;
    }
    return context;
}

/* The first part is looked for down the stack, the others only inside what it gave (specification: dotted
 * names). */
static const json_t *resolve(const struct renderer *renderer, const struct template_node *node)
{
    if (node->key_count == 0) {
        return renderer->depth ? renderer->stack[renderer->depth - 1].value : NULL;
    }
    const json_t *value = NULL;
    for (size_t i = renderer->depth; i-- > 0 && !value;) {
        if (renderer->stack[i].key_bits & node->first_bit) {
            value = json_object_getn(renderer->stack[i].value, node->key[0].ptr, node->key[0].len);
        }
    }
    for (size_t k = 1; k < node->key_count && value; k++) {
        value = json_object_getn(value, node->key[k].ptr, node->key[k].len);
    }
    return value;
}

static bool is_falsey(const json_t *value)
{
    return !value || json_is_null(value) || json_is_false(value) ||
           (json_is_array(value) && json_array_size(value) == 0) ||
           (json_is_string(value) && json_string_length(value) == 0);
}

/* The shortest decimal form that reads back as the same number. */
static void append_real(struct buffer *out, double number)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number) {
            break;
        }
    }
    buffer_append_cstr(out, text);
}

static void render_variable(struct renderer *renderer, const struct template *template,
                            const struct template_node *node)
{
    const json_t *value = resolve(renderer, node);
    if (!value) {
        return;
    }
    switch (json_typeof(value)) {
    case JSON_STRING: {
        struct slice text = {json_string_value(value), json_string_length(value)};
        if (node->kind == TEMPLATE_RAW) {
            buffer_append(renderer->out, text);
        } else {
            web_escape(renderer->out, text);
        }
        break;
    }
    case JSON_INTEGER:
        buffer_append_integer(renderer->out, json_integer_value(value));
        break;
    case JSON_REAL:
        append_real(renderer->out, json_real_value(value));
        break;
    case JSON_TRUE:
        buffer_append(renderer->out, SLICE("true"));
        break;
    case JSON_FALSE:
        buffer_append(renderer->out, SLICE("false"));
        break;
    case JSON_NULL:
        break;
    case JSON_OBJECT:
    case JSON_ARRAY:
        fail(renderer, template, node, "an object or list cannot be written as text");
        break;
    }
}

static void render_indent(struct renderer *renderer, const struct indent *indent)
{
    if (indent) {
        render_indent(renderer, indent->outer);
        buffer_append(renderer->out, indent->text);
    }
}

static void render_text(struct renderer *renderer, struct slice text, const struct indent *indent)
{
    if (!indent) {
        buffer_append(renderer->out, text);
        return;
    }
    while (text.len > 0) {
        const char *newline = memchr(text.ptr, '\n', text.len);
        size_t line = newline ? (size_t)(newline - text.ptr) + 1 : text.len;
        buffer_append(renderer->out, (struct slice){text.ptr, line});
        text.ptr += line;
        text.len -= line;
        if (text.len > 0) {
            render_indent(renderer, indent);
        }
    }
}

static void render_children(struct renderer *renderer, const struct template *template,
                            const struct template_node *node, const json_t *context,
                            const struct indent *indent)
{
    if (renderer->depth == TEMPLATE_CONTEXT_DEPTH_MAX) {
        fail(renderer, template, node, "contexts nested too deep");
        return;
    }
    renderer->stack[renderer->depth++] = context_of(context);
    render_nodes(renderer, template, (uint32_t)(node - template->nodes) + 1, node->end, indent);
    renderer->depth--;
}

static void render_section(struct renderer *renderer, const struct template *template,
                           const struct template_node *node, const struct indent *indent)
{
    const json_t *value = resolve(renderer, node);
    if (is_falsey(value)) {
        return;
    }
    if (!json_is_array(value)) {
        render_children(renderer, template, node, value, indent);
        return;
    }
    size_t count = json_array_size(value);
    for (size_t i = 0; i < count && !renderer->failed; i++) {
        render_children(renderer, template, node, json_array_get(value, i), indent);
    }
}

static void render_partial(struct renderer *renderer, const struct template *template,
                           const struct template_node *node, const struct indent *indent)
{
    if (renderer->partials == TEMPLATE_PARTIAL_DEPTH_MAX) {
        fail(renderer, template, node, "partials nested too deep");
        return;
    }
    struct indent own = {node->text, indent};
    const struct indent *within = node->standalone ? (node->text.len > 0 ? &own : indent) : NULL;
    renderer->partials++;
    render_nodes(renderer, node->partial, 0, node->partial->node_count, within);
    renderer->partials--;
}

static void render_nodes(struct renderer *renderer, const struct template *template, uint32_t from,
                         uint32_t to, const struct indent *indent)
{
    uint32_t i = from;
    while (i < to && !renderer->failed) {
        const struct template_node *node = &template->nodes[i++];
        if (indent && node->line_start) {
            render_indent(renderer, indent);
        }
        switch (node->kind) {
        case TEMPLATE_TEXT:
            render_text(renderer, node->text, indent);
            break;
        case TEMPLATE_ESCAPED:
        case TEMPLATE_RAW:
            render_variable(renderer, template, node);
            break;
        case TEMPLATE_SECTION:
            render_section(renderer, template, node, indent);
            i = node->end;
            break;
        case TEMPLATE_INVERTED:
            if (is_falsey(resolve(renderer, node))) {
                render_nodes(renderer, template, i, node->end, indent);
            }
            i = node->end;
            break;
        case TEMPLATE_BOUND:
            buffer_append(renderer->out, node->text);
            break;
        case TEMPLATE_PARTIAL:
            render_partial(renderer, template, node, indent);
            break;
        }
    }
}

bool template_render(struct buffer *out, const struct template_set *set, const char *name,
                     const json_t *const *contexts, size_t context_count)
{
    const struct template *template = template_set_find(set, slice_from_cstr(name));
    if (!template || context_count > TEMPLATE_CONTEXT_DEPTH_MAX) {
        log_error("template.render", "template=%s fault=%s", LOG_CSTR(name),
                  LOG_CSTR(template ? "too many contexts" : "unknown template"));
        return false;
    }
    struct renderer renderer; /* its stack is large, and written before it is read */
    renderer.out = out;
    renderer.depth = context_count;
    renderer.partials = 0;
    renderer.failed = false;
    for (size_t i = 0; i < context_count; i++) {
        renderer.stack[i] = context_of(contexts[i]);
    }
    render_nodes(&renderer, template, 0, template->node_count, NULL);
    return !renderer.failed && !buffer_failed(out);
}
