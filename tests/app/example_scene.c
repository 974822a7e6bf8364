#include "app/example_scene.h"

#include "base/clock.h"
#include "base/embedded.h"
#include "web/web.h"

#include <criterion/criterion.h>
#include <stdio.h>

static void tell(const char *line, void *self)
{
    (void)self;
    fprintf(stderr, "%s\n", line);
}

enum example_outcome example_scene_load(struct place *place, struct example_size size)
{
    const struct db_config database = {.conninfo = place->config.database.url,
                                       .application_name = "test",
                                       .statements = app_statements,
                                       .keys = place->keys};
    const struct web_config web_config = {.templates = embedded_templates,
                                          .locales = embedded_locales,
                                          .assets = embedded_assets,
                                          .organisation = ""};
    struct web *web = web_create(&web_config);
    struct example_config config = {.database = &database,
                                    .keys = place->keys,
                                    .web = web,
                                    .seed = 7,
                                    .size = size,
                                    .now_s = clock_now(),
                                    .tell = tell};
    enum example_outcome outcome = EXAMPLE_FAULTY;
    cr_assert_eq(db_connect(&config.conn, &database), DB_OK);
    cr_assert_eq(example_load(&outcome, &config), DB_OK);
    db_disconnect(config.conn);
    web_destroy(web);
    return outcome;
}
