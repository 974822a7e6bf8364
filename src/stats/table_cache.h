/* Cross-tables that were counted lately, so that what many ask for is counted once. Around tabulate.h: the
 * same question gives the same cells, whoever asks.
 *
 * A question is the columns and the query; the order of filters and of their codes makes no difference.
 *
 * How old a table may be: not at all. It is given as long as the columns stand at the place in the log, and
 * have the weights, that they had when it was counted. So whoever asks gets what counting would give, and two
 * tables that are asked for one after the other never go back in the log. While responses come in, columns
 * move once each time that their writer looks at the log: what many ask for is then counted as often.
 *
 * Who asks for what is being counted waits for it: it is counted once (single flight). A counting that fails
 * is tried again by each that waited.
 *
 * Memory: at most `bytes`, the longest unused going first; a table of more than a quarter of that is not
 * kept. Tables that are held count no more once they were pushed out.
 *
 * For any number of threads. */
#ifndef ZEVENSTEM_STATS_TABLE_CACHE_H
#define ZEVENSTEM_STATS_TABLE_CACHE_H

#include "stats/tabulate.h"

struct table_cache;

struct table_cache_config {
    size_t bytes;
    /* tabulate, but for tests of the cache itself */
    enum tabulate_status (*count)(struct table *table, struct columns *columns,
                                  const struct tabulate_query *query);
};

/* NULL when out of memory. */
struct table_cache *table_cache_create(const struct table_cache_config *config);
/* When nobody asks any more. Tables that are held stay until they are released. NULL is allowed. */
void table_cache_destroy(struct table_cache *cache);

/* As tabulate; *table is shared and never changes, and is held until table_cache_release. */
enum tabulate_status table_cache_tabulate(const struct table **table, struct table_cache *cache,
                                          struct columns *columns, const struct tabulate_query *query);
/* NULL is allowed. */
void table_cache_release(const struct table *table_take);

/* Drops every table of these columns: after columns_empty. What is being counted then is not kept. */
void table_cache_forget(struct table_cache *cache, const struct columns *columns);

struct table_cache_stats {
    uint64_t counted; /* tables */
    uint64_t given;   /* without counting, those that were waited for among them */
    uint64_t evicted; /* to make room */
    size_t bytes;     /* of what is kept */
};
struct table_cache_stats table_cache_stats(struct table_cache *cache);

#endif
