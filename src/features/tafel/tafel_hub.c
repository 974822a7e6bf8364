/* GET /tafel: the one way in to what the table shows everybody, with a sentence for each page. */
#include "features/tafel/tafel_signal_pages.h"

#include <string.h>

static void get_hub(struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    json_t *context = json_object();
    json_object_set_new(context, "consultaties", signal_consultations(ex, tafel));
    json_object_set_new(context, "in_english", json_boolean(strcmp(http_language(ex), "en") == 0));
    json_object_set_new(context, "title", kept_text(ex, tafel, "tafel.hub.title"));
    tafel_render(ex, tafel, "hub", context);
}

const struct route hub_routes[] = {
    {.http = {.method = HTTP_GET, .path = "/tafel", .surface = HTTP_PAGE, .cacheable = true, .query = "taal"},
     .on_inline = get_hub},
};
const size_t hub_route_count = sizeof hub_routes / sizeof hub_routes[0];
