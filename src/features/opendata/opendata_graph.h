/* RDF as a list of statements, written as Turtle or as JSON-LD: the same statements in both. Subjects are
 * addresses only, there are no blank nodes; names of classes, properties and data types are prefixed ones
 * ("dct:title") of the prefixes in opendata_graph.c. Pure. */
#ifndef ZEVENSTEM_OPENDATA_GRAPH_H
#define ZEVENSTEM_OPENDATA_GRAPH_H

#include "base/arena.h"
#include "base/buffer.h"

struct graph;
struct graph *graph_create(struct arena *arena);
/* Texts are borrowed, and live as long as the graph. Statements of a subject follow each other, those of one
 * property too. */
void graph_type(struct graph *graph, const char *subject, const char *class_name);
void graph_link(struct graph *graph, const char *subject, const char *property, const char *object);
/* NULL or empty: nothing is stated. language: "nl"; NULL: a text of no language. */
void graph_text(struct graph *graph, const char *subject, const char *property, const char *text,
                const char *language);
/* datatype: "xsd:date" */
void graph_value(struct graph *graph, const char *subject, const char *property, const char *value,
                 const char *datatype);
size_t graph_size(const struct graph *graph);
/* A failure is the buffer's. */
void graph_write_turtle(struct buffer *out, const struct graph *graph);
void graph_write_json_ld(struct buffer *out, const struct graph *graph);

#endif
