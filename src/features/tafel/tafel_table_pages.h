/* What pages about tables and their meetings share. */
#ifndef ZEVENSTEM_TAFEL_TABLE_PAGES_H
#define ZEVENSTEM_TAFEL_TABLE_PAGES_H

#include "features/tafel/tafel_form.h"
#include "features/tafel/tafel_signal_pages.h"
#include "features/tafel/tafel_table_sql.h"
#include "features/tafel/tafel_words.h"

#define TABLE_PATH "/beheer/tafels"

extern const struct route table_staff_routes[], table_member_routes[];
extern const size_t table_staff_route_count, table_member_route_count;

/* A page of staff about one table, in its transaction. */
struct table_page {
    const struct tafel *tafel;
    struct db_tx *tx;
    struct http_exchange *ex;
    int32_t number;   /* 0: one that is to be written down */
    int32_t revision; /* as it stands */
    json_t *table;    /* of the exchange's arena; NULL for a new one */
    bool over;        /* it ended */
};
/* The table of the path; to_change: held off others until the transaction ends. False: answered with 404, or
 * *status. */
bool table_page_open(struct table_page *out, enum db_status *status, const struct tafel *tafel,
                     struct db_tx *tx, struct http_exchange *ex, bool to_change);

/* Its address, in the exchange's arena; that of the list for a new one. */
const char *table_page_path(const struct table_page *page);
struct tafel_about table_page_about(const struct table_page *page);
/* An audit line about it. details: JSON or NULL. */
enum db_status table_page_record(const struct table_page *page, const char *action, const char *details);
/* False: the page was answered with the word that the table is over. */
bool table_page_goes_on(const struct table_page *page);
/* A last day that was posted as `tot`: not before the first (of a table or member, as JSON has it), nor still
 * to come; else a fault. */
int32_t table_last_day(struct staff_posted *posted, const struct table_page *page, struct slice text,
                       const json_t *began);

/* Words of tables and members: for tafel_say_words. */
extern const struct tafel_word_list table_words;

#endif
