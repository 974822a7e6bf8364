/* The maatschappelijke tafel: what comes of what citizens said. The agenda that signals are passed on to. */
#ifndef ZEVENSTEM_TAFEL_H
#define ZEVENSTEM_TAFEL_H

#include "features/tafel/tafel_agenda_sql.h"

struct account;
struct lanes;
struct tafel;
struct web;

struct tafel_config {
    struct lanes *lanes;
    const struct web *web;
    struct account *account;
};
struct tafel *tafel_create(const struct tafel_config *config);
/* Adds its pages and its part of the API. Once, before the server starts. */
void tafel_start(struct tafel *tafel);
void tafel_destroy(struct tafel *tafel); /* after lanes_stop */

#endif
