/* The rival in SQL: the same people in a table with a column a variable, counted by PostgreSQL. */
#ifndef ZEVENSTEM_BENCH_SQL_H
#define ZEVENSTEM_BENCH_SQL_H

#include "people.h"

#include "stats/tabulate.h"

struct sql_rival;

/* Makes and fills the table, vacuumed, analysed and in the server's memory; without an index, for the engine
 * has none either: it answers any question. Ends the program when that fails, as all here. */
struct sql_rival *sql_rival_create(const char *conninfo, const struct people *people);
void sql_rival_destroy(struct sql_rival *rival);

/* Milliseconds of the query, the best of some tries, in the way that was the fastest when it was first asked:
 * in one process or several, compiled or interpreted; *way says which. Ends the program when a cell differs
 * from that of the engine. One query a rival. */
double sql_rival_time(const char **way, struct sql_rival *rival, const struct tabulate_query *query,
                      const struct table *engine);

#endif
