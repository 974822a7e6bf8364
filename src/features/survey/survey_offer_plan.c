/* The plan that is drawn for, as it is read. */
#include "features/survey/survey_offer_draw_internal.h"

#include <string.h>

enum { GROUPS_PEOPLE_MAX = 10000, CONVERSATIONS_MAX = 1000, OVER_RECRUIT_MAX = 20 };

static const char *const kinds[] = {"interview", "focusgroep", NULL};

/* A field with one answer; OFFER_FIELDS: none of that name. The questionnaire asks for the postcode where the
 * offer asks for the province: it keeps that. */
static size_t field_of(struct slice name)
{
    name = slice_equal_cstr(name, "postcode") ? SLICE("provincie") : name;
    for (size_t field = 0; field < OFFER_FIELDS; field++) {
        const struct offer_field *spec = &offer_fields[field];
        if (spec->options && spec->kind != OFFER_CHECKBOXES && slice_equal_cstr(name, spec->name)) {
            return field;
        }
    }
    return OFFER_FIELDS;
}

static bool want_code(struct offer_group *group, size_t field, const json_t *code)
{
    for (size_t i = 0; json_is_string(code) && offer_fields[field].options[i]; i++) {
        if (strcmp(json_string_value(code), offer_fields[field].options[i]) == 0) {
            group->wanted[field][i] = true;
            return true;
        }
    }
    return false;
}

static void read_criteria(struct offer_group *group, struct json_errors *errors, const char *pointer)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)group->criteria, name, value)
    {
        const char *at = json_pointer_append(errors->arena, pointer, name);
        const size_t field = field_of(slice_from_cstr(name));
        if (field == OFFER_FIELDS) {
            json_errors_add(errors, at, "onbekend-veld", "Bij een aanbod wordt dit niet gevraagd.");
            continue;
        }
        const size_t count = json_is_array(value) ? json_array_size(value) : 1;
        group->asks[field] = true;
        for (size_t i = 0; i < count; i++) {
            if (!want_code(group, field, json_is_array(value) ? json_array_get(value, i) : value)) {
                json_errors_add(errors, at, "keuze",
                                "Dit antwoord staat niet op het formulier van het aanbod.");
            }
        }
    }
}

/* What the plan on the server says of what came of a group is taken, and not used. */
static void read_group(struct offer_group *group, struct json_errors *errors, const char *pointer,
                       const json_t *document, int64_t over_recruit)
{
    struct slice population;
    int64_t conversations = 0, people = 0, reserves = 0, passed = 0;
    json_t *criteria = NULL;
    const struct json_field fields[] = {
        {"segment", JSON_KIND_STRING, false, 1, 40, NULL, &group->code, NULL},
        {"titel", JSON_KIND_STRING, true, 0, 200, NULL, &group->title, NULL},
        {"doelgroep", JSON_KIND_STRING, true, 0, 40, NULL, &population, NULL},
        {"kenmerken", JSON_KIND_OBJECT, true, 0, 0, NULL, &criteria, NULL},
        {"gesprekken", JSON_KIND_INT, true, 0, CONVERSATIONS_MAX, NULL, &conversations, NULL},
        {"mensen", JSON_KIND_INT, false, 0, GROUPS_PEOPLE_MAX, NULL, &people, NULL},
        {"reservesNodig", JSON_KIND_INT, true, 0, GROUPS_PEOPLE_MAX, NULL, &reserves, NULL},
        {"gepland", JSON_KIND_INT, true, 0, 0, NULL, &passed, NULL},
        {"gehouden", JSON_KIND_INT, true, 0, 0, NULL, &passed, NULL},
        {"uitgenodigd", JSON_KIND_INT, true, 0, 0, NULL, &passed, NULL},
        {"gekomen", JSON_KIND_INT, true, 0, 0, NULL, &passed, NULL},
        {"nietGekomen", JSON_KIND_INT, true, 0, 0, NULL, &passed, NULL},
        {"afgemeld", JSON_KIND_INT, true, 0, 0, NULL, &passed, NULL},
        {"reserves", JSON_KIND_INT, true, 0, 0, NULL, &passed, NULL},
    };
    if (!json_decode(errors, pointer, document, fields, sizeof fields / sizeof fields[0])) {
        return;
    }
    group->criteria = criteria;
    group->people = (uint32_t)people;
    group->reserves = (uint32_t)reserves;
    group->extra = (uint32_t)(over_recruit * conversations);
    read_criteria(group, errors, json_pointer_append(errors->arena, pointer, "kenmerken"));
}

static void read_groups(struct offer_plan *plan, struct json_errors *errors, const json_t *groups,
                        int64_t over_recruit)
{
    size_t i;
    const json_t *group;
    json_array_foreach((json_t *)(uintptr_t)groups, i, group)
    {
        const char *pointer = arena_printf(errors->arena, "/segmenten/%zu", i).ptr;
        read_group(&plan->groups[i], errors, pointer, group, over_recruit);
        for (size_t before = 0; before < i; before++) {
            if (plan->groups[i].code.len > 0 &&
                slice_equal(plan->groups[i].code, plan->groups[before].code)) {
                json_errors_add(errors, json_pointer_append(errors->arena, pointer, "segment"), "dubbel",
                                "Deze code staat er al.");
            }
        }
    }
    plan->count = json_array_size(groups);
}

const struct offer_plan *offer_plan_read(struct json_errors *errors, struct arena *arena, struct slice text)
{
    struct offer_plan *plan = arena_alloc(arena, sizeof *plan);
    struct slice passed;
    int64_t over_recruit = 0;
    json_t *groups = NULL;
    const struct json_field fields[] = {
        {"ronde", JSON_KIND_STRING, false, 1, 80, NULL, &plan->round, NULL},
        {"soort", JSON_KIND_STRING, false, 0, 0, kinds, &plan->kind, NULL},
        {"samenstelling", JSON_KIND_STRING, true, 0, 0, NULL, &passed, NULL},
        {"reden", JSON_KIND_STRING, true, 0, 0, NULL, &passed, NULL},
        {"overwerving", JSON_KIND_INT, true, 0, OVER_RECRUIT_MAX, NULL, &over_recruit, NULL},
        {"segmenten", JSON_KIND_ARRAY, false, 1, OFFER_GROUPS_MAX, NULL, &groups, NULL},
    };
    const json_t *document = json_parse(errors, arena, text);
    if (!document || !json_decode(errors, "", document, fields, sizeof fields / sizeof fields[0])) {
        return NULL;
    }
    crypto_sha256(plan->sha256, text);
    read_groups(plan, errors, groups, over_recruit);
    return errors->count == 0 ? plan : NULL;
}

struct slice offer_plan_round(const struct offer_plan *plan)
{
    return plan->round;
}

bool offer_spread_read(struct offer_spread *out, struct slice names)
{
    out->count = 0;
    while (names.len > 0) {
        struct slice name;
        slice_cut(&name, &names, names, ',');
        const size_t field = field_of(slice_trim(name));
        if (field == OFFER_FIELDS || out->count == OFFER_SPREAD_MAX) {
            return false;
        }
        for (size_t i = 0; i < out->count; i++) {
            if (out->fields[i] == field) {
                return false;
            }
        }
        out->fields[out->count++] = field;
    }
    return true;
}
