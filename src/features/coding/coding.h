/* What was said, tagged to the seven values: code books, who codes what, codings, agreement, and what of it
 * is found again. README.md tells why the tables are as they are. */
#ifndef ZEVENSTEM_CODING_H
#define ZEVENSTEM_CODING_H

#include "features/coding/coding_book_version.h"
#include "features/coding/coding_campaign.h"
#include "features/coding/coding_decide.h"
#include "features/coding/coding_heard.h"
#include "features/coding/coding_import.h"
#include "features/coding/coding_plan.h"
#include "features/coding/coding_project.h"
#include "features/coding/coding_work.h"

extern const struct db_statement coding_plan_statements[], coding_work_statements[],
    coding_measure_statements[], coding_decide_statements[], coding_find_statements[],
    coding_estimate_statements[], coding_voices_statements[], coding_words_statements[],
    coding_api_statements[], coding_lost_statements[];

struct account;
struct coding;
struct crypto_keys;
struct db_conn;
struct lanes;
struct survey;
struct web;

struct coding_config {
    struct lanes *lanes;
    const struct crypto_keys *keys;
    const struct web *web;
    struct account *account;
    struct survey *survey;
    int64_t (*now_s)(void);
};
struct coding *coding_create(const struct coding_config *config);
/* Adds its pages and its part of the API. Once, before the server starts. */
void coding_start(struct coding *coding);
/* Each minute, what came in is made findable by its words; where much did, in a fifth of each second. Whether
 * that is due: cheap, for asking every second. Then on a worker, one call at a time. */
bool coding_upkeep_due(const struct coding *coding);
void coding_upkeep(struct coding *coding, struct db_conn *conn);
void coding_destroy(struct coding *coding); /* after lanes_stop */

#endif
