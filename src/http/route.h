/* The table of routes, compiled once at start, and the search in it. Pure. */
#ifndef ZEVENSTEM_HTTP_ROUTE_H
#define ZEVENSTEM_HTTP_ROUTE_H

#include "http/http.h"

enum { ROUTE_MAX_SEGMENTS = 12, ROUTE_MAX_PARAMS = 6, ROUTE_METHODS = 5 };

/* A route with everything its table entry says in text taken apart. */
struct compiled_route {
    const struct http_route *spec;
    const char *params[ROUTE_MAX_PARAMS]; /* names, in the order of the path */
    const char *const *produces;          /* ended by NULL; NULL: anything */
    const char *const *query;             /* ended by NULL */
    size_t rate; /* index of its bucket: 0 the default one, then limits.rates; SIZE_MAX none */
};

/* All routes of one path. */
struct route_pattern;
struct route_table;

struct route_match {
    const struct route_pattern *pattern; /* NULL: no such path */
    struct slice values[ROUTE_MAX_PARAMS];
    size_t value_count;
};

/* NULL with one sentence in fault when an entry is wrong: a path that is not of the form promised in http.h,
 * two routes with the same method and path, an unknown bucket, a body on GET, CSRF without a form, no run. */
struct route_table *route_table_create(const struct http_route *routes, size_t count,
                                       const struct http_rate *rates, size_t rate_count, char *fault,
                                       size_t fault_size);
void route_table_free(struct route_table *table);

/* path is decoded. Literal segments win over {names}, from left to right. values point into path. */
void route_match(struct route_match *out, const struct route_table *table, struct slice path);
/* NULL when this path does not have the method. */
const struct compiled_route *route_for_method(const struct route_pattern *pattern, enum http_method method);
/* For Allow: "GET, HEAD, POST, OPTIONS". */
const char *route_allow(const struct route_pattern *pattern);
/* Who reads an error for a path: the pattern's own readers, or for an unknown path those of the routes that
 * share most of its leading literal segments; pages where nothing is shared. */
enum http_surface route_surface(const struct route_table *table, const struct route_pattern *pattern,
                                struct slice path);
/* "GET" and its like; HEAD is not one of ours. False for anything else. */
bool route_method_from_text(enum http_method *out, struct slice text);
const char *route_method_text(enum http_method method);
/* The largest body_max of the table. */
size_t route_table_largest_body(const struct route_table *table);

#endif
