#include "sql.h"

#include "base/clock.h"

#include <endian.h>
#include <libpq-fe.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SQL_TRIES = 3, SQL_BYTES_MAX = 4096, COPY_ROWS = 1000 };

struct sql_rival {
    PGconn *conn;
    bool chosen; /* of the ways */
    size_t way;
};

static const struct {
    const char *name, *settings;
} ways[] = {
    {"one process", "SET max_parallel_workers_per_gather = 0; SET jit = off"},
    {"one process, compiled", "SET max_parallel_workers_per_gather = 0; SET jit = on"},
    {"parallel", "SET max_parallel_workers_per_gather = 4; SET jit = off"},
    {"parallel, compiled", "SET max_parallel_workers_per_gather = 4; SET jit = on"},
};
enum { WAYS = sizeof ways / sizeof ways[0] };

static void refuse(const char *what, const char *why)
{
    fprintf(stderr, "columns: %s: %s\n", what, why);
    exit(1);
}

static void run(struct sql_rival *rival, const char *sql)
{
    PGresult *result = PQexec(rival->conn, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        refuse(sql, PQerrorMessage(rival->conn));
    }
    PQclear(result);
}

/* ---- the statement ---- */

struct text {
    char bytes[SQL_BYTES_MAX];
    size_t size;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int size = vsnprintf(text->bytes + text->size, sizeof text->bytes - text->size, format, list);
    va_end(list);
    if (size < 0 || (size_t)size >= sizeof text->bytes - text->size) {
        refuse("statement", "too long");
    }
    text->size += (size_t)size;
}

static void write_query(struct text *text, const struct tabulate_query *query)
{
    add(text, "SELECT ");
    for (size_t a = 0; a < query->axis_count; a++) {
        add(text, "c%zu, ", query->axes[a]);
    }
    add(text, "count(*)%s%s FROM people", query->weighted ? ", sum(weight), sum(weight * weight)" : "",
        query->keyed ? ", bit_xor(key)" : "");
    for (size_t f = 0; f < query->filter_count; f++) {
        add(text, "%s c%zu IN (", f == 0 ? " WHERE" : " AND", query->filters[f].variable);
        for (size_t i = 0; i < query->filters[f].count; i++) {
            add(text, "%s%u", i == 0 ? "" : ", ", (unsigned)query->filters[f].codes[i]);
        }
        add(text, ")");
    }
    for (size_t a = 0; a < query->axis_count; a++) {
        add(text, "%s%zu", a == 0 ? " GROUP BY " : ", ", a + 1);
    }
}

/* ---- the table ---- */

static unsigned char *put16(unsigned char *at, uint16_t value)
{
    value = htobe16(value);
    memcpy(at, &value, sizeof value);
    return at + sizeof value;
}

static unsigned char *put32(unsigned char *at, uint32_t value)
{
    value = htobe32(value);
    memcpy(at, &value, sizeof value);
    return at + sizeof value;
}

static unsigned char *put64(unsigned char *at, uint64_t value)
{
    value = htobe64(value);
    memcpy(at, &value, sizeof value);
    return at + sizeof value;
}

static unsigned char *put_row(unsigned char *at, const struct people *people, size_t row)
{
    at = put16(at, VARIABLES + 2);
    for (size_t v = 0; v < VARIABLES; v++) {
        at = put16(put32(at, 2), people->codes[v][row]);
    }
    double weight = (double)people->weights[row] / (double)WEIGHT_ONE;
    uint64_t bits;
    memcpy(&bits, &weight, sizeof bits);
    at = put64(put32(at, 8), bits);
    return put64(put32(at, 8), people->keys[row]);
}

static void copy_people(struct sql_rival *rival, const struct people *people)
{
    static const char header[19] = "PGCOPY\n\377\r\n"; /* and flags, and the length of an extension: none */
    enum { ROW_BYTES = 2 + VARIABLES * 6 + 2 * 12 };
    unsigned char *bytes = need(malloc((size_t)COPY_ROWS * ROW_BYTES));
    PGresult *result = PQexec(rival->conn, "COPY people FROM STDIN (FORMAT binary)");
    bool good =
        PQresultStatus(result) == PGRES_COPY_IN && PQputCopyData(rival->conn, header, sizeof header) == 1;
    PQclear(result);
    for (size_t row = 0; good && row < people->rows;) {
        unsigned char *at = bytes;
        for (size_t i = 0; i < COPY_ROWS && row < people->rows; i++) {
            at = put_row(at, people, row++);
        }
        good = PQputCopyData(rival->conn, (const char *)bytes, (int)(at - bytes)) == 1;
    }
    good = good && PQputCopyData(rival->conn, "\377\377", 2) == 1 && PQputCopyEnd(rival->conn, NULL) == 1;
    result = PQgetResult(rival->conn);
    if (!good || PQresultStatus(result) != PGRES_COMMAND_OK) {
        refuse("COPY", PQerrorMessage(rival->conn));
    }
    PQclear(result);
    PQclear(PQgetResult(rival->conn)); /* none: the end of the command */
    free(bytes);
}

/* A large table is read past the server's own memory, and copied out of the system's at every query, a sixth
 * of its time: unless it is there already. */
static void warm(struct sql_rival *rival)
{
    run(rival, "CREATE EXTENSION IF NOT EXISTS pg_prewarm");
    PGresult *result = PQexec(rival->conn, "SELECT pg_prewarm('people')");
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        refuse("pg_prewarm", PQerrorMessage(rival->conn));
    }
    PQclear(result);
}

struct sql_rival *sql_rival_create(const char *conninfo, const struct people *people)
{
    struct sql_rival *rival = need(calloc(1, sizeof *rival));
    rival->conn = PQconnectdb(conninfo);
    if (PQstatus(rival->conn) != CONNECTION_OK) {
        refuse("connection", PQerrorMessage(rival->conn));
    }
    struct text text = {.size = 0};
    add(&text, "CREATE UNLOGGED TABLE people (");
    for (size_t v = 0; v < VARIABLES; v++) {
        add(&text, "c%zu int2 NOT NULL, ", v);
    }
    add(&text, "weight float8 NOT NULL, key int8 NOT NULL)");
    run(rival, "SET client_min_messages = warning");
    run(rival, "DROP TABLE IF EXISTS people");
    run(rival, text.bytes);
    copy_people(rival, people);
    run(rival, "VACUUM (FREEZE, ANALYZE) people");
    warm(rival);
    return rival;
}

void sql_rival_destroy(struct sql_rival *rival)
{
    if (rival) {
        PQfinish(rival->conn);
        free(rival);
    }
}

/* ---- measuring ---- */

/* Every cell that has anybody is that of the engine. Sums of weights are exact in a double; those of squares
 * are rounded there and here. */
static void compare(const PGresult *result, const struct tabulate_query *query, const struct table *engine)
{
    uint64_t n = 0, engine_n = 0;
    for (int r = 0; r < PQntuples(result); r++) {
        uint32_t codes[TABULATE_AXES_MAX] = {0};
        int field = 0;
        for (size_t a = 0; a < query->axis_count; a++) {
            codes[a] = (uint32_t)strtoul(PQgetvalue(result, r, field++), NULL, 10);
        }
        const struct table_cell *cell = &engine->cells[table_cell_number(engine, codes)];
        uint64_t cell_n = strtoull(PQgetvalue(result, r, field++), NULL, 10);
        bool same = cell_n == cell->n;
        if (query->weighted) {
            double weight = strtod(PQgetvalue(result, r, field++), NULL);
            double squared = strtod(PQgetvalue(result, r, field++), NULL);
            same = same && weight == table_weight(cell) &&
                   fabs(squared - table_weight_squared(cell)) <= 1e-6 * squared;
        }
        if (query->keyed) {
            same = same && (uint64_t)strtoll(PQgetvalue(result, r, field), NULL, 10) == cell->key;
        }
        if (!same) {
            refuse("SQL", "counts otherwise than the engine");
        }
        n += cell_n;
    }
    for (size_t i = 0; i < engine->cell_count; i++) {
        engine_n += engine->cells[i].n;
    }
    if (n != engine_n) {
        refuse("SQL", "counts other people than the engine");
    }
}

static double time_once(struct sql_rival *rival, const char *sql, const struct tabulate_query *query,
                        const struct table *engine)
{
    int64_t start = clock_monotonic_us();
    PGresult *result = PQexec(rival->conn, sql);
    double took = (double)(clock_monotonic_us() - start) / 1e3;
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        refuse(sql, PQerrorMessage(rival->conn));
    }
    compare(result, query, engine);
    PQclear(result);
    return took;
}

/* Each way twice: the first time fills caches. */
static void choose_way(struct sql_rival *rival, const char *sql, const struct tabulate_query *query,
                       const struct table *engine)
{
    double best = INFINITY;
    for (size_t w = 0; w < WAYS; w++) {
        run(rival, ways[w].settings);
        time_once(rival, sql, query, engine);
        double took = time_once(rival, sql, query, engine);
        if (took < best) {
            best = took;
            rival->way = w;
        }
    }
    rival->chosen = true;
    run(rival, ways[rival->way].settings);
}

double sql_rival_time(const char **way, struct sql_rival *rival, const struct tabulate_query *query,
                      const struct table *engine)
{
    struct text text = {.size = 0};
    double best = INFINITY;
    write_query(&text, query);
    if (!rival->chosen) {
        choose_way(rival, text.bytes, query, engine);
    }
    for (int i = 0; i < SQL_TRIES; i++) {
        best = fmin(best, time_once(rival, text.bytes, query, engine));
    }
    *way = ways[rival->way].name;
    return best;
}
