/* Cuts the text of a migration into its statements, as PostgreSQL's own lexer would: a semicolon ends a
 * statement only outside of quotes, dollar quotes, comments, parentheses and the body of BEGIN ATOMIC ...
 * END. Pure. */
#ifndef ZEVENSTEM_DB_SQL_SPLIT_H
#define ZEVENSTEM_DB_SQL_SPLIT_H

#include "base/arena.h"
#include "base/slice.h"

struct sql_statement {
    struct slice
        text; /* without the semicolon and what surrounds it; starts with its first word; part of the input */
    size_t line; /* of its first word, from 1 */
};

struct sql_split {
    struct sql_statement *statements; /* in the arena */
    size_t count;
    const char *problem; /* NULL, or what is never closed; the statements are not to be used then */
    size_t problem_line; /* where it was opened */
};

struct sql_split sql_split(struct arena *arena, struct slice text);

#endif
