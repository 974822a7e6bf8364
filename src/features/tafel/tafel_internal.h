/* What tafel's own pages share. */
#ifndef ZEVENSTEM_TAFEL_INTERNAL_H
#define ZEVENSTEM_TAFEL_INTERNAL_H

#include "base/log.h"
#include "features/account/account.h"
#include "features/tafel/tafel.h"
#include "web/page.h"
#include "web/web.h"

struct feedback_heard;
struct framework_shelf;
struct map_cache;

struct tafel {
    struct tafel_config config;
    json_t *procedures;           /* in which people can take part; only read */
    struct map_cache *maps;       /* tafel_value_map_cache.h */
    struct feedback_heard *heard; /* tafel_feedback.h */
    tafel_others others;          /* NULL: there is nothing of others */
    staff_waiting approvals;      /* NULL: nothing else is approved */
    void *approvals_self;
    _Atomic int64_t looked_at;          /* for suggestions, by the clock; Unix seconds */
    struct framework_shelf *frameworks; /* tafel_framework_pages.h */
    _Atomic int64_t frameworks_at;      /* when it was read, by the clock; Unix seconds; 0: not yet */
    _Atomic int64_t messages_at;        /* when messages may have had their time again; Unix seconds */
    struct log_again statements_told;   /* that they could not be written */
};

#define AGENDA_PATH "/beheer/agenda"
#define DESK_PATH   "/beheer/tafel"

#define TAFEL_GET(PATH, HANDLER, PERMISSION, QUERY) STAFF_SHOWS(PATH, HANDLER, PERMISSION, QUERY)
#define TAFEL_POST(PATH, HANDLER, PERMISSION)       STAFF_TAKES(PATH, HANDLER, PERMISSION, TAFEL_BODY)

enum { TAFEL_BODY = 64 * 1024, TAFEL_MAX_AGE_S = 60, TAFEL_AGAIN_S = 5 };

extern const struct route agenda_api_routes[], agenda_routes[], agenda_staff_routes[], desk_routes[],
    hub_routes[];
extern const size_t agenda_api_route_count, agenda_route_count, agenda_staff_route_count, desk_route_count,
    hub_route_count;

/* A staff_waiting: sheets that were put forward and that the caller, who had no hand in them, may approve. */
enum db_status frameworks_wait(json_t *lines, struct db_tx *tx, struct http_exchange *ex, void *self);

/* The agenda as it holds, with what was written down between its versions. */
struct agenda_view {
    const struct agenda *agenda; /* NULL: there is none yet */
    struct agenda_version version;
    struct agenda_standing *standings;
    size_t standing_count;
};
/* number 0: the newest. In the arena, but for standings: in the transaction. */
enum db_status agenda_view_open(struct agenda_view *out, struct db_tx *tx, struct arena *arena,
                                int32_t number);

/* As the API gives them, and as templates take them: one form for both. The caller owns them. */
json_t *agenda_view_json(const struct agenda_view *view);
json_t *agenda_item_json(const struct agenda_view *view, const struct agenda_item *item);
/* Of an item that is over: {op, reden}. */
json_t *agenda_ended_json(const struct agenda_item *item);
json_t *agenda_versions_json(const struct agenda_version *versions, size_t count);
/* What was done about an item, the newest first, and the versions in which it changed, the newest first. */
enum db_status agenda_add_history(json_t *object, struct db_tx *tx, struct arena *arena,
                                  const struct agenda_item *item);

/* For templates: which lists of an item hold anything, as "any_voortgang" and its like. */
void agenda_mark_empty(json_t *object);
/* Its planning as citizens read it: quarters in words. */
void agenda_say_planning(json_t *object, struct arena *arena);
/* For templates: beside the code of an action its number, as "nummer": that is what the agenda itself calls
 * it. all: beside that of a goal or a commitment too, which only programs and staff know it by. In all that
 * is below. */
void agenda_add_numbers(json_t *value, bool all);
/* For templates: beside every code under "soort", "stand", "verandering" its word in the page's language, as
 * "soort_woord" (texts: tafel.options), and beside every "op" its day in words, as "op_woord"; in all that is
 * below too. */
void tafel_add_words(json_t *value, struct http_exchange *ex, const struct web *web);

/* What is answered is about this thing: it says so where that is "verzonnen". */
void tafel_mark_invented(struct http_exchange *ex, const json_t *thing);

/* A page for everybody, in the language of the request; 60 seconds may be kept. Its "path" is that of the
 * request, unless the context names one. */
void tafel_render(struct http_exchange *ex, const struct tafel *tafel, const char *template_name,
                  json_t *context_take);

#endif
