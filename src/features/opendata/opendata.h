/* Open data: what was found, for everybody to take, keep and check. Releases are published as files that
 * never change, with a signed list of them; a catalogue (DCAT-AP-NL) tells harvesters what there is. */
#ifndef ZEVENSTEM_OPENDATA_H
#define ZEVENSTEM_OPENDATA_H

#include "crypto/crypto.h"
#include "db/db.h"
#include "features/opendata/opendata_archive.h"
#include "features/opendata/opendata_catalogue.h"
#include "features/opendata/opendata_publication.h"
#include "features/opendata/opendata_woo.h"
#include "features/opendata/opendata_woo_package.h"

struct account;
struct lanes;
struct opendata;
struct results;
struct survey;
struct web;

struct opendata_config {
    struct lanes *lanes; /* NULL: a command, which serves nothing */
    const struct web *web;
    struct account *account; /* whose frame staff pages have; NULL for commands */
    const struct crypto_keys *keys;
    struct survey *survey;
    struct results *results;
    const char *public_url;
    const char *folder; /* files are put together there before they are sent */
    uint64_t folder_bytes;
    struct catalogue_facts facts;
    int64_t (*now_s)(void);
};
struct opendata *opendata_create(const struct opendata_config *config);
/* Adds its pages. Once, before the server starts. */
void opendata_start(struct opendata *opendata);
/* Reads of the publications that are new; cheap when there are none. At start and then every second or two,
 * on a worker. */
enum db_status opendata_refresh(struct opendata *opendata, struct db_conn *conn);
/* Whether there is a release that is not published yet: for asking every second. Then opendata_upkeep
 * publishes it, on a worker, one call at a time. */
bool opendata_upkeep_due(struct opendata *opendata);
void opendata_upkeep(struct opendata *opendata, struct db_conn *conn);
void opendata_destroy(struct opendata *opendata); /* after lanes_stop */

#endif
