/* Who should come to the conversations, before anybody is asked: with the reason, more than are needed, and
 * people to fall back on. */
#include "features/example/example_internal.h"

#include <string.h>

enum { GROUP_OF = 7, PEOPLE_MORE = 2 };

static const char *const young[] = {"16-17", "18-24", "25-34", NULL};

static bool is_group(const json_t *talk)
{
    const char *kind = json_string_value(json_object_get(json_object_get(talk, "gesprek"), "soort"));
    return strcmp(kind, "focusgroep") == 0;
}

static bool is_young(const json_t *talk)
{
    const json_t *entry = json_array_get(json_object_get(talk, "deelnemers"), 0);
    const json_t *background = json_object_get(json_object_get(entry, "deelnemer"), "achtergrond");
    const char *age = json_string_value(json_object_get(background, "leeftijd"));
    size_t i = 0;
    while (young[i] && strcmp(young[i], age) != 0) {
        i++;
    }
    return young[i] != NULL;
}

/* The last of the groups is of people whom it concerns. */
const char *example_segment_of(const json_t *made, const json_t *talk)
{
    const json_t *talks = json_object_get(made, "gesprekken");
    const json_t *last = json_array_get(talks, json_array_size(talks) - 1);
    if (!is_group(talk)) {
        return is_young(talk) ? "tot-35" : "vanaf-35";
    }
    return talk == last ? "betrokkenen" : "publiek";
}

static size_t count_of(const json_t *made, const char *segment)
{
    size_t i, count = 0;
    const json_t *talk;
    json_array_foreach(json_object_get(made, "gesprekken"), i, talk)
    {
        count += strcmp(example_segment_of(made, talk), segment) == 0;
    }
    return count;
}

static enum db_status add_segment(struct json_errors *errors, struct db_tx *tx,
                                  const struct example_loading *loading, const char *kind, const char *code,
                                  const char *title, json_t *criteria_take)
{
    bool saved;
    const bool groups = strcmp(kind, "focusgroep") == 0;
    const size_t talks = count_of(loading->made, code);
    const size_t people = talks * (groups ? GROUP_OF : 1);
    json_t *document =
        json_pack("{s:s,s:s,s:s,s:s,s:o,s:I,s:I,s:I}", "soort", kind, "segment", code, "titel", title,
                  "doelgroep", strcmp(code, "betrokkenen") == 0 ? "betrokkenen" : "publiek", "kenmerken",
                  criteria_take, "gesprekken", (json_int_t)talks, "mensen", (json_int_t)people,
                  "reservesNodig", (json_int_t)(groups ? talks : 0));
    const enum db_status status =
        plan_segment_save(&saved, errors, tx, loading->rounds[EXAMPLE_ROUNDS - 1], document, true);
    json_decref(document);
    return status;
}

static enum db_status add_plan(struct json_errors *errors, struct db_tx *tx,
                               const struct example_loading *loading, const char *kind, const char *mix,
                               const char *reason, int more)
{
    bool saved;
    json_t *document = json_pack("{s:s,s:s,s:s,s:i}", "soort", kind, "samenstelling", mix, "reden", reason,
                                 "overwerving", more);
    const enum db_status status =
        plan_save(&saved, errors, tx, loading->rounds[EXAMPLE_ROUNDS - 1], document, true, EXAMPLE_ACTOR);
    json_decref(document);
    return status;
}

enum db_status example_load_plans(struct json_errors *errors, struct db_tx *tx,
                                  const struct example_loading *loading)
{
    json_t *ages = json_array();
    for (size_t i = 0; young[i]; i++) {
        json_array_append_new(ages, json_string(young[i]));
    }
    json_t *of_young = json_pack("{s:o}", "leeftijd", ages);
    enum db_status status =
        add_plan(errors, tx, loading, "interview", "homogeen",
                 "In een interview is iemand alleen. De groepen verschillen in leeftijd.", 0);
    if (status == DB_OK) {
        status = add_segment(errors, tx, loading, "interview", "tot-35", "Mensen tot en met 34 jaar",
                             json_incref(of_young));
    }
    if (status == DB_OK) {
        status =
            add_segment(errors, tx, loading, "interview", "vanaf-35", "Mensen vanaf 35 jaar", json_object());
    }
    if (status == DB_OK) {
        status = add_plan(errors, tx, loading, "focusgroep", "gemengd",
                          "Wie anders denkt, hoort de redenen van de ander.", PEOPLE_MORE);
    }
    if (status == DB_OK) {
        status = add_segment(errors, tx, loading, "focusgroep", "publiek", "Algemeen publiek", json_object());
    }
    if (status == DB_OK) {
        status = add_segment(errors, tx, loading, "focusgroep", "betrokkenen",
                             "Mensen die er zelf mee te maken hebben", json_object());
    }
    json_decref(of_young);
    return status;
}
