/* A researcher, signed in, with a guide to plan by: for tests of conversations. */
#ifndef ZEVENSTEM_TESTS_APP_CONVERSATION_SCENE_H
#define ZEVENSTEM_TESTS_APP_CONVERSATION_SCENE_H

#include "app/one_citizen.h"
#include "app/staff.h"

#include "features/fieldwork/fieldwork.h"

#define GROUP    ROUND "-focusgroep-1"
#define GROUP_AT "/beheer/gesprekken/" GROUP
#define ROUND_AT "/beheer/veldwerk/" ROUND
#define PLANNED                                                                                              \
    "soort=focusgroep&leidraad=1&status=gepland&datum=2027-01-20&taal=nl&vorm=live&gespreksleider=M.+Bos"    \
    "&toegankelijkheid=rolstoel&toegankelijkheid=tolk&vergoeding=cadeaubon&vergoedingCent=5000"

extern struct staff staff; /* the researcher */

void scene_begin(void);
void scene_end(void);
/* As staff, on a connection of its own. */
void in_transaction(db_work run, void *context);
/* GROUP stands. */
void plan_group(void);
/* In the order P1, P2, ... */
void add_person(const char *fields);
/* Consent of P1, P2, ...: ticks as "&opname=ja", on top of taking part. */
void add_consent(int participant, const char *ticks);
void expect_sql(const char *sql, const char *wanted);

#endif
