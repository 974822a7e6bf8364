/* What is kept of value maps: what people judged of cells, and the maps that were made public. */
#ifndef ZEVENSTEM_TAFEL_VALUE_MAP_SQL_H
#define ZEVENSTEM_TAFEL_VALUE_MAP_SQL_H

#include "db/db.h"
#include "stats/convergence.h"

#include <jansson.h>

extern const struct db_statement value_map_statements[];

enum { VALUE_REASON_MAX = 2000 /* code points */, VALUE_MAP_BYTES_MAX = 4 * 1024 * 1024 };

struct value_judgement {
    int32_t id;
    struct slice application, value;
    bool by_person;                 /* false: the rule holds again */
    enum convergence_label label;   /* of a person */
    enum convergence_label by_rule; /* what the rule said then */
    struct slice reason, by;
    int64_t at;
};
/* What holds of every cell that was ever judged. In the transaction, as the next. */
enum db_status value_judgements(struct value_judgement **out, size_t *count, struct db_tx *tx, int32_t round);
/* All of one cell, the newest first; the last 100. */
enum db_status value_judgements_of(struct value_judgement **out, size_t *count, struct db_tx *tx,
                                   int32_t round, struct slice application, struct slice value);
/* Holds everybody else off the judgements of this round until the transaction ends. */
enum db_status value_judgement_lock(struct db_tx *tx, int32_t round);
/* Its id and time are the database's. */
enum db_status value_judgement_add(struct db_tx *tx, int32_t round, const struct value_judgement *judgement);

struct published_map {
    int32_t id;
    int32_t number; /* 0: there is none */
    int32_t round, release;
    int64_t at;
    struct slice document; /* JSON */
};
/* The newest of a round; round 0: of all that are not of invented data. In the transaction. */
enum db_status value_map_published(struct published_map *out, struct db_tx *tx, int32_t round);
/* The one of this number of a round; 0: the newest. */
enum db_status value_map_published_as(struct published_map *out, struct db_tx *tx, int32_t round,
                                      int32_t number);
/* *out: which it became, by id and number. */
enum db_status value_map_publish(struct published_map *out, struct db_tx *tx, int32_t round, int32_t release,
                                 struct slice document, const char *by);

/* Quotes of a map that was made public, by the number of a coding. */
struct value_quote {
    struct slice application, value, direction;
    int16_t place; /* from 1, in its cell */
    int64_t coding;
};
enum db_status value_map_quote_add(struct db_tx *tx, int32_t map, const struct value_quote *quote);
/* [{"toepassing", "waarde", "richting", "methode", "taal", "woorden"}], in the arena; without the last three
 * where the words may not be used any more. application empty: of all. Everybody may read them. */
enum db_status value_map_quotes(json_t **quotes, struct db_tx *tx, struct arena *arena, int32_t map,
                                struct slice application);

#endif
