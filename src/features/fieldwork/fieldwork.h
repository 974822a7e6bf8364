/* Interviews and focus groups, from plan to a text that never shifts. README.md tells why the tables are as
 * they are. */
#ifndef ZEVENSTEM_FIELDWORK_H
#define ZEVENSTEM_FIELDWORK_H

#include "features/fieldwork/fieldwork_check.h"
#include "features/fieldwork/fieldwork_consent.h"
#include "features/fieldwork/fieldwork_conversation.h"
#include "features/fieldwork/fieldwork_guide.h"
#include "features/fieldwork/fieldwork_people.h"
#include "features/fieldwork/fieldwork_personal.h"
#include "features/fieldwork/fieldwork_plan.h"
#include "features/fieldwork/fieldwork_transcript.h"

struct account;
struct fieldwork;

/* of the API */
extern const struct db_statement fieldwork_api_statements[];

struct fieldwork_config {
    struct lanes *lanes;
    const struct crypto_keys *keys;
    const struct web *web;
    struct account *account;
    struct survey *survey;
    int64_t (*now_s)(void);
};
struct fieldwork *fieldwork_create(const struct fieldwork_config *config);
/* Adds its pages and its part of the API. Once, before the server starts. */
void fieldwork_start(struct fieldwork *fieldwork);
/* Each hour, what waited too long to be loaded goes. Whether that is due: cheap, for asking every second.
 * Then on a worker, one call at a time. */
bool fieldwork_upkeep_due(const struct fieldwork *fieldwork);
void fieldwork_upkeep(struct fieldwork *fieldwork, struct db_conn *conn);
void fieldwork_destroy(struct fieldwork *fieldwork); /* after lanes_stop */

/* What a higher room knows of what a participant's words fed: {"path", "title"} of each, appended to signals.
 * As intake, in the transaction of the page that their code opens. code_hash: what is kept of the code
 * (zs.member_check.code_hash). */
typedef enum db_status (*fieldwork_fed)(json_t *signals, struct db_tx *tx, struct slice code_hash,
                                        int32_t today);
/* Before the server starts. Without it the page says nothing of signals. */
void fieldwork_tell_fed(struct fieldwork *fieldwork, fieldwork_fed fed);

#endif
