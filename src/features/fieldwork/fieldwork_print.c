/* What is printed: the guide that a conversation follows, and the form of consent. */
#include "features/fieldwork/fieldwork_internal.h"

#include <string.h>

static enum db_status get_guide(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct fieldwork *f = self;
    uint64_t id;
    const json_t *document = NULL;
    struct slice consultation = {NULL, 0};
    struct guide_version version;
    enum db_status status = DB_OK;
    if (slice_to_u64(&id, http_path_param(ex, "leidraad"), INT32_MAX)) {
        status = guide_find(&document, &consultation, &version, tx, http_arena(ex), (int32_t)id);
    }
    if (status != DB_OK) {
        return status;
    }
    if (!document || !account_may(staff_caller(ex), PERMISSION_FIELDWORK_MANAGE,
                                  arena_cstr(http_arena(ex), consultation))) {
        http_error(ex, document ? 403 : 404);
        return DB_OK;
    }
    json_t *phases = json_object();
    for (size_t i = 0; guide_phases[i]; i++) {
        json_object_set_new(phases, guide_phases[i], fieldwork_word(ex, f, guide_phases[i]));
    }
    json_t *context = guide_context(document, phases);
    json_decref(phases);
    json_object_set_new(context, "number", json_integer(version.number));
    staff_render(ex, f->config.account, 200, "guide", context);
    return DB_OK;
}

/* ?groot=1: in large print; a parent's form says so in its words. */
static enum db_status get_consent_form(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct fieldwork *f = self;
    struct slice large;
    struct slice version = http_path_param(ex, "versie");
    (void)tx;
    if (!consent_form_known(version)) {
        http_error(ex, 404);
        return DB_OK;
    }
    json_t *context = fieldwork_titled(ex, f, "consent_1.title");
    json_object_set_new(context, "large", json_boolean(http_query(&large, ex, "groot")));
    staff_render(ex, f->config.account, 200, "consent_1", context);
    return DB_OK;
}

const struct route fieldwork_print_routes[] = {
    FIELDWORK_GET("/beheer/leidraden/{leidraad}", get_guide),
    FIELDWORK_GET("/beheer/toestemming/{versie}", get_consent_form),
};
const size_t fieldwork_print_route_count = sizeof fieldwork_print_routes / sizeof fieldwork_print_routes[0];
