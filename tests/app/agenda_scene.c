#include "app/agenda_scene.h"

#include "features/tafel/tafel.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static enum db_status keep(struct db_tx *tx, void *context)
{
    const json_t *document = context;
    struct json_errors errors;
    enum agenda_outcome outcome;
    const struct agenda *older;
    char *text = json_dumps(document, 0);
    const struct slice copy = arena_copy(db_arena(tx), slice_from_cstr(text));
    free(text);
    json_errors_init(&errors, db_arena(tx));
    const struct agenda *agenda = agenda_load(&errors, db_arena(tx), copy);
    cr_assert_not_null(agenda);
    const enum db_status status =
        agenda_keep(&outcome, &older, &errors, db_arena(tx), tx, agenda, copy, "beheerder", "command");
    cr_expect_eq(outcome, AGENDA_KEPT);
    return status;
}

static json_t *read_agenda(void)
{
    json_error_t why;
    json_t *document = json_load_file("config/agenda/uitvoeringsagenda-2026.json", 0, &why);
    cr_assert_not_null(document, "%s", why.text);
    return document;
}

void agenda_scene_keep(struct place *place)
{
    json_t *document = read_agenda();
    place_work(place, DB_ROLE_STAFF, keep, document);
    json_decref(document);
}

void agenda_scene_keep_over(char over[AGENDA_SCENE_CODE_BYTES], struct place *place)
{
    json_t *document = read_agenda();
    json_t *action = json_array_get(
        json_object_get(json_array_get(json_object_get(document, "sections"), 1), "actions"), 0);
    const char *code = json_string_value(json_object_get(action, "code"));
    cr_assert_not_null(code);
    if (over) {
        snprintf(over, AGENDA_SCENE_CODE_BYTES, "%s", code);
    }
    json_object_set_new(action, "ended",
                        json_pack("{s:s,s:s}", "on", "2026-12-31", "why", "Het besluit is genomen."));
    place_work(place, DB_ROLE_STAFF, keep, document);
    json_decref(document);
}
