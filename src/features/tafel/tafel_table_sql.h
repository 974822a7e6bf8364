/* Tables and their members as they are kept. A table is {nummer, soort, titel, thema, acties[], quorum,
 * quorumKanten, vanaf, tot, totWaarom, aantalLeden}; a member {nummer, naam, organisatie, kant, vanaf, tot,
 * door, totDoor}; what is not known is left out. All JSON lives in the arena that is given. */
#ifndef ZEVENSTEM_TAFEL_TABLE_SQL_H
#define ZEVENSTEM_TAFEL_TABLE_SQL_H

#include "db/db.h"
#include "features/tafel/tafel_table.h"

#include <jansson.h>

enum {
    TABLE_TITLE_MAX = 200, /* code points, as all of these */
    TABLE_THEME_MAX = 1000,
    TABLE_WHY_MAX = 1000,
    TABLE_NAME_MAX = 200,
    TABLE_ACTIONS_MAX = 100, /* of a table */
    TABLE_MEMBERS_MAX = 200, /* of a table, at the same time */
    TABLES_MAX = 1000        /* that are ever listed */
};

extern const struct db_statement tafel_table_statements[];

struct table_draft {
    struct slice kind, title, theme; /* theme may be empty but of an action table */
    const struct slice *actions;
    size_t action_count;
    struct table_quorum quorum;
    int32_t began_day;
};
/* *number 0: there is a maatschappelijke tafel already, that goes on. */
enum db_status table_add(int32_t *number, struct db_tx *tx, const struct table_draft *draft, const char *by);
/* Kind and first day stay; after table_lock. */
enum db_status table_change(struct db_tx *tx, int32_t number, const struct table_draft *draft,
                            const char *by);
/* It, and the seat of all who still sit at it; after table_lock. */
enum db_status table_end(struct db_tx *tx, int32_t number, int32_t day, struct slice why, const char *by);
/* Holds everybody else off it until the transaction ends. *revision 0: there is no such table. */
enum db_status table_lock(int32_t *revision, struct db_tx *tx, int32_t number);
/* *table NULL: there is none. */
enum db_status table_find(json_t **table, int32_t *revision, struct db_tx *tx, struct arena *arena,
                          int32_t number);
/* Those that go on first, and in their order of coming. */
enum db_status table_list(json_t **list, struct db_tx *tx, struct arena *arena);

struct table_member {
    struct slice name, organisation, side;
    int32_t began_day;
};
/* *added false: TABLE_MEMBERS_MAX sit there. After table_lock. */
enum db_status table_member_add(bool *added, struct db_tx *tx, int32_t table,
                                const struct table_member *member, const char *by);
/* *ended false: nobody of that number sits at this table, or they came after that day. After table_lock. */
enum db_status table_member_end(bool *ended, struct db_tx *tx, int32_t table, int32_t member, int32_t day,
                                const char *by);
/* All there were, who still sit there first. */
enum db_status table_members(json_t **list, struct db_tx *tx, struct arena *arena, int32_t table);

#endif
