/* What the feature's own files share. */
#ifndef ZEVENSTEM_OPENDATA_INTERNAL_H
#define ZEVENSTEM_OPENDATA_INTERNAL_H

#include "base/log.h"
#include "features/account/account.h"
#include "features/audit/audit.h"
#include "features/opendata/opendata.h"
#include "features/results/results.h"
#include "features/survey/survey.h"
#include "lane/lane.h"
#include "web/page.h"
#include "web/web.h"

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>

enum {
    OPENDATA_MAX_AGE_S = 300,
    OPENDATA_SENT_MAX = 16, /* files that are kept open for whoever asks next */
};

/* A file of a publication as it was put together to be sent; without a name. */
struct sent_file {
    const struct published_file *file;
    int fd;
    uint64_t used; /* larger: later */
};

struct opendata {
    struct opendata_config config;
    pthread_mutex_t lock; /* of all that follows; held for as long as it takes to copy pointers */
    struct arena *arena;  /* of publications: they are only added to */
    const struct publication **list;
    size_t count, room;
    struct sent_file sent[OPENDATA_SENT_MAX];
    size_t sent_count;
    uint64_t clock;
    atomic_llong upkeep_at;     /* Unix seconds */
    struct log_again file_told; /* that no file could be made */
};

extern const struct route publication_routes[];
extern const size_t publication_route_count;
extern const struct route opendata_routes[];
extern const size_t opendata_route_count;

/* Adds the staff pages about files under the Woo. */
void woo_start(struct opendata *opendata);

/* Storing; of publication_make. *stored false: there was one already. */
enum db_status publication_store_head(bool *stored, struct db_tx *tx, const struct publication *publication);
enum db_status publication_store_file(struct db_tx *tx, const struct publication *publication, size_t at);
enum db_status publication_store_piece(struct db_tx *tx, const struct publication *publication, size_t at,
                                       int32_t piece, struct slice content);

/* The part of an address where a publication's files stay: "/open-data/ronde-1/2". In the arena. */
const char *publication_folder(struct arena *arena, const char *round, int32_t number);
/* The one that {ronde} and {uitgave} name; NULL: none. */
const struct publication *publication_asked(struct http_exchange *ex, struct opendata *opendata);
/* What a file is, of whom, and whether weighted: for people. In the arena. */
const char *publication_file_title(struct arena *arena, const struct locales *locales,
                                   const struct published_file *file, const char *language);
/* In the arena. NULL: nothing was published yet. Nothing may be lacking (catalogue_lacks). */
struct graph;
struct graph *catalogue_make(struct arena *arena, struct opendata *opendata,
                             const struct survey_snapshot *snapshot);
/* The manifest as it is signed. False: without memory. */
bool manifest_write(struct slice *out, struct arena *arena, const struct opendata *opendata,
                    const struct open_release *release, const struct published_file *files, size_t count);

#endif
