#include "features/opendata/opendata_graph.h"

#include "json/write.h"

#include <string.h>

enum object_kind { OBJECT_CLASS, OBJECT_ADDRESS, OBJECT_TEXT, OBJECT_VALUE };

struct statement {
    struct statement *next;
    const char *subject, *property, *object;
    const char *detail; /* language or data type; NULL: none */
    enum object_kind kind;
};

struct graph {
    struct arena *arena;
    struct statement *first, **last;
    size_t count;
};

static const struct prefix {
    const char *name, *address;
} prefixes[] = {{"adms", "http://www.w3.org/ns/adms#"},
                {"dcat", "http://www.w3.org/ns/dcat#"},
                {"dct", "http://purl.org/dc/terms/"},
                {"foaf", "http://xmlns.com/foaf/0.1/"},
                {"skos", "http://www.w3.org/2004/02/skos/core#"},
                {"spdx", "http://spdx.org/rdf/terms#"},
                {"vcard", "http://www.w3.org/2006/vcard/ns#"},
                {"xsd", "http://www.w3.org/2001/XMLSchema#"}};
enum { PREFIXES = sizeof prefixes / sizeof prefixes[0] };

struct graph *graph_create(struct arena *arena)
{
    struct graph *graph = arena_alloc(arena, sizeof *graph);
    *graph = (struct graph){.arena = arena};
    graph->last = &graph->first;
    return graph;
}

static void add(struct graph *graph, const struct statement *statement)
{
    struct statement *kept = arena_alloc(graph->arena, sizeof *kept);
    *kept = *statement;
    *graph->last = kept;
    graph->last = &kept->next;
    graph->count++;
}

void graph_type(struct graph *graph, const char *subject, const char *class_name)
{
    add(graph, &(struct statement){.subject = subject, .object = class_name, .kind = OBJECT_CLASS});
}

void graph_link(struct graph *graph, const char *subject, const char *property, const char *object)
{
    if (object && object[0]) {
        add(graph, &(struct statement){
                       .subject = subject, .property = property, .object = object, .kind = OBJECT_ADDRESS});
    }
}

void graph_text(struct graph *graph, const char *subject, const char *property, const char *text,
                const char *language)
{
    if (text && text[0]) {
        add(graph, &(struct statement){.subject = subject,
                                       .property = property,
                                       .object = text,
                                       .detail = language,
                                       .kind = OBJECT_TEXT});
    }
}

void graph_value(struct graph *graph, const char *subject, const char *property, const char *value,
                 const char *datatype)
{
    add(graph, &(struct statement){.subject = subject,
                                   .property = property,
                                   .object = value,
                                   .detail = datatype,
                                   .kind = OBJECT_VALUE});
}

size_t graph_size(const struct graph *graph)
{
    return graph->count;
}

static bool same_subject(const struct statement *a, const struct statement *b)
{
    return a && b && strcmp(a->subject, b->subject) == 0;
}

static bool same_property(const struct statement *a, const struct statement *b)
{
    return same_subject(a, b) && (a->kind == OBJECT_CLASS) == (b->kind == OBJECT_CLASS) &&
           (a->kind == OBJECT_CLASS || strcmp(a->property, b->property) == 0);
}

/* ---- Turtle (RDF 1.1 Turtle) ---- */

/* IRIREF: what may not stand between the brackets is written as \u00XX. */
static void put_address(struct buffer *out, const char *address)
{
    buffer_append_byte(out, '<');
    for (const char *at = address; *at; at++) {
        const unsigned char c = (unsigned char)*at;
        if (c <= 0x20 || strchr("<>\"{}|^`\\", c)) {
            buffer_printf(out, "\\u%04X", c);
        } else {
            buffer_append_byte(out, *at);
        }
    }
    buffer_append_byte(out, '>');
}

static void put_literal(struct buffer *out, const char *text)
{
    buffer_append_byte(out, '"');
    for (const char *at = text; *at; at++) {
        const unsigned char c = (unsigned char)*at;
        if (c == '"' || c == '\\') {
            buffer_append_byte(out, '\\');
            buffer_append_byte(out, *at);
        } else if (c < 0x20) {
            buffer_printf(out, "\\u%04X", c);
        } else {
            buffer_append_byte(out, *at);
        }
    }
    buffer_append_byte(out, '"');
}

static void put_object(struct buffer *out, const struct statement *s)
{
    switch (s->kind) {
    case OBJECT_CLASS:
        buffer_append_cstr(out, s->object);
        break;
    case OBJECT_ADDRESS:
        put_address(out, s->object);
        break;
    case OBJECT_TEXT:
        put_literal(out, s->object);
        if (s->detail) {
            buffer_printf(out, "@%s", s->detail);
        }
        break;
    case OBJECT_VALUE:
        put_literal(out, s->object);
        buffer_printf(out, "^^%s", s->detail);
        break;
    }
}

void graph_write_turtle(struct buffer *out, const struct graph *graph)
{
    const struct statement *before = NULL;
    for (size_t i = 0; i < PREFIXES; i++) {
        buffer_printf(out, "@prefix %s: <%s> .\n", prefixes[i].name, prefixes[i].address);
    }
    for (const struct statement *s = graph->first; s; before = s, s = s->next) {
        if (same_property(before, s)) {
            buffer_append_cstr(out, ", ");
        } else if (same_subject(before, s)) {
            buffer_append_cstr(out, " ;\n    ");
        } else {
            buffer_append_cstr(out, before ? " .\n\n" : "\n");
            put_address(out, s->subject);
            buffer_append_cstr(out, "\n    ");
        }
        if (!same_property(before, s)) {
            buffer_append_cstr(out, s->kind == OBJECT_CLASS ? "a" : s->property);
            buffer_append_byte(out, ' ');
        }
        put_object(out, s);
    }
    buffer_append_cstr(out, before ? " .\n" : "");
}

/* ---- JSON-LD 1.1, flattened ---- */

static void put_json_object(struct json_writer *w, const struct statement *s)
{
    if (s->kind == OBJECT_CLASS) {
        json_put_string(w, s->object);
        return;
    }
    json_open(w, '{');
    json_put_name(w, s->kind == OBJECT_ADDRESS ? "@id" : "@value");
    json_put_string(w, s->object);
    if (s->detail) {
        json_put_name(w, s->kind == OBJECT_TEXT ? "@language" : "@type");
        json_put_string(w, s->detail);
    }
    json_close(w, '}');
}

static void put_context(struct json_writer *w)
{
    json_put_name(w, "@context");
    json_open(w, '{');
    for (size_t i = 0; i < PREFIXES; i++) {
        json_put_name(w, prefixes[i].name);
        json_put_string(w, prefixes[i].address);
    }
    json_close(w, '}');
}

void graph_write_json_ld(struct buffer *out, const struct graph *graph)
{
    struct json_writer w = {.out = out, .precision = 17};
    const struct statement *before = NULL;
    json_open(&w, '{');
    put_context(&w);
    json_put_name(&w, "@graph");
    json_open(&w, '[');
    for (const struct statement *s = graph->first; s; before = s, s = s->next) {
        if (!same_property(before, s)) {
            if (before) {
                json_close(&w, ']');
            }
            if (!same_subject(before, s)) {
                if (before) {
                    json_close(&w, '}');
                }
                json_open(&w, '{');
                json_put_name(&w, "@id");
                json_put_string(&w, s->subject);
            }
            json_put_name(&w, s->kind == OBJECT_CLASS ? "@type" : s->property);
            json_open(&w, '[');
        }
        put_json_object(&w, s);
    }
    if (before) {
        json_close(&w, ']');
        json_close(&w, '}');
    }
    json_close(&w, ']');
    json_close(&w, '}');
}
