/* A set of templates: loading, finding, tying partials to their texts. */
#include "base/log.h"
#include "web/template_internal.h"
#include "web/web.h"

#include <stdlib.h>
#include <string.h>

enum { SET_BYTES_MAX = 64 * 1024 * 1024 };

struct source {
    const char *origin;
    struct slice name, text;
};

static int compare_templates(const void *a, const void *b)
{
    const struct template *left = a;
    const struct template *right = b;
    return slice_compare(left->name, right->name);
}

const struct template *template_set_find(const struct template_set *set, struct slice name)
{
    struct template key = {.name = name};
    return bsearch(&key, set->templates, set->count, sizeof *set->templates, compare_templates);
}

static bool tie_partials(struct template_set *set)
{
    bool ok = true;
    for (size_t i = 0; i < set->count; i++) {
        const struct template *template = &set->templates[i];
        for (uint32_t k = 0; k < template->node_count; k++) {
            struct template_node *node = &template->nodes[k];
            if (node->kind != TEMPLATE_PARTIAL) {
                continue;
            }
            node->partial = template_set_find(set, node->name);
            if (!node->partial) {
                log_error("template.parse", "file=%s line=%u fault=\"unknown partial\" at=%s",
                          LOG_CSTR(template->origin), node->line, LOG_TEXT(node->name));
                ok = false;
            }
        }
    }
    return ok;
}

/* Goes on after a fault, so that one run names the faults of all files. */
static struct template_set *load(const struct source *sources, size_t count)
{
    struct arena *arena = arena_create(SET_BYTES_MAX);
    if (!arena) {
        return NULL;
    }
    struct template_set *set = arena_alloc(arena, sizeof *set);
    *set = (struct template_set){arena, arena_array(arena, count, sizeof(struct template)), count};
    bool ok = true;
    for (size_t i = 0; i < count; i++) {
        struct template *template = &set->templates[i];
        template->name = arena_copy(arena, sources[i].name);
        template->origin = arena_cstr(arena, slice_from_cstr(sources[i].origin));
        ok = template_parse(template, arena, sources[i].text) && ok;
    }
    qsort(set->templates, count, sizeof *set->templates, compare_templates);
    for (size_t i = 1; i < count; i++) {
        if (slice_equal(set->templates[i - 1].name, set->templates[i].name)) {
            log_error("template.parse", "file=%s fault=\"another file has this name\" other=%s",
                      LOG_CSTR(set->templates[i].origin), LOG_CSTR(set->templates[i - 1].origin));
            ok = false;
        }
    }
    ok = ok && tie_partials(set);
    if (!ok) {
        template_set_free(set);
        return NULL;
    }
    return set;
}

/* "src/web/templates/page_top.mustache" -> "page_top". */
static struct slice plain_name(const char *path)
{
    const char *base = strrchr(path, '/');
    struct slice name = slice_from_cstr(base ? base + 1 : path);
    const struct slice suffix = SLICE(".mustache");
    if (name.len > suffix.len && memcmp(name.ptr + name.len - suffix.len, suffix.ptr, suffix.len) == 0) {
        name.len -= suffix.len;
    }
    return name;
}

struct template_set *template_set_load(const struct embedded_file *files)
{
    size_t count = 0;
    while (files[count].name) {
        count++;
    }
    struct source *sources = calloc(count + 1, sizeof *sources);
    if (!sources) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        sources[i] = (struct source){
            files[i].name, plain_name(files[i].name), {(const char *)files[i].bytes, files[i].size}};
    }
    struct template_set *set = load(sources, count);
    free(sources);
    return set;
}

struct template_set *template_set_from_texts(const char *const *names_and_texts)
{
    size_t count = 0;
    while (names_and_texts[2 * count]) {
        count++;
    }
    struct source *sources = calloc(count + 1, sizeof *sources);
    if (!sources) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        const char *name = names_and_texts[2 * i];
        sources[i] =
            (struct source){name, slice_from_cstr(name), slice_from_cstr(names_and_texts[2 * i + 1])};
    }
    struct template_set *set = load(sources, count);
    free(sources);
    return set;
}

static struct slice text_found(const struct template_node *node, const json_t *texts)
{
    const json_t *value = node->key_count > 0 ? texts : NULL;
    for (size_t k = 0; k < node->key_count; k++) {
        value = json_object_getn(value, node->key[k].ptr, node->key[k].len);
    }
    return (struct slice){json_string_value(value), json_string_length(value)};
}

static void bind(struct template_node *node, struct arena *arena, struct slice text)
{
    struct buffer written;
    buffer_init(&written, SET_BYTES_MAX);
    if (node->kind == TEMPLATE_ESCAPED) {
        web_escape(&written, text);
    } else {
        buffer_append(&written, text);
    }
    if (!buffer_failed(&written)) { /* without memory it is looked up as before */
        node->kind = TEMPLATE_BOUND;
        node->text = arena_copy(arena, buffer_slice(&written));
    }
    buffer_free(&written);
}

void template_set_bind(struct template_set *set, const json_t *texts)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct template *template = &set->templates[i];
        for (uint32_t k = 0; k < template->node_count; k++) {
            struct template_node *node = &template->nodes[k];
            bool writes = node->kind == TEMPLATE_ESCAPED || node->kind == TEMPLATE_RAW;
            struct slice text = writes ? text_found(node, texts) : (struct slice){NULL, 0};
            if (text.ptr) {
                bind(node, set->arena, text);
            }
        }
    }
}

void template_set_free(struct template_set *set)
{
    if (set) {
        arena_destroy(set->arena);
    }
}

bool template_set_each_name(const struct template_set *set, template_name_visitor visit, void *context)
{
    bool ok = true;
    for (size_t i = 0; i < set->count; i++) {
        const struct template *template = &set->templates[i];
        for (uint32_t k = 0; k < template->node_count; k++) {
            const struct template_node *node = &template->nodes[k];
            if (node->kind != TEMPLATE_TEXT && node->kind != TEMPLATE_PARTIAL) {
                ok = visit(template->origin, node->line, node->name, context) && ok;
            }
        }
    }
    return ok;
}
