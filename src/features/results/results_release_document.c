/* What a round's document says of its releases:
 *
 *     "release": {"dimensions": ["leeftijd", "gender", "postcode"]}
 *
 * Variables by which everybody may look at people, at most two at a time. Frozen as all of the round is when
 * it opens. */
#include "features/results/results_release_internal.h"
#include "features/results/results_weighting.h"

struct checker {
    struct json_errors *errors;
    const struct consultation_bundle *bundle;
    const struct locales *locales;
    struct bundle_loaded *kept;
};

static bool stands_before(const json_t *list, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (json_equal(json_array_get(list, i), json_array_get(list, index))) {
            return true;
        }
    }
    return false;
}

static void check_dimension(const struct checker *c, const char *pointer,
                            const struct questionnaire *questionnaire, const json_t *list, size_t index)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, questionnaire);
    const char *code = json_string_value(json_array_get(list, index));
    int variable = code ? questionnaire_find_variable(questionnaire, slice_from_cstr(code)) : -1;
    if (variable < 0 || !release_may_be_dimension(&variables[variable])) {
        json_errors_add(c->errors, arena_printf(c->bundle->arena, "%s/%zu", pointer, index).ptr, "onbekend",
                        "Noem een achtergrondvariabele van de vragenlijst met vaste antwoorden.");
    } else if (stands_before(list, index)) {
        json_errors_add(c->errors, arena_printf(c->bundle->arena, "%s/%zu", pointer, index).ptr, "dubbel",
                        "Dit staat er al.");
    }
}

static void check_release(const struct checker *c, const char *pointer, const json_t *round)
{
    json_t *dimensions = NULL;
    const struct json_field fields[] = {
        {.name = "dimensions", .kind = JSON_KIND_ARRAY, .max = RELEASE_DIMS_MAX, .out = &dimensions}};
    const char *name = json_string_value(json_object_get(round, "questionnaire"));
    if (!json_decode_document(c->errors, pointer, json_object_get(round, "release"), fields, 1) || !name) {
        return;
    }
    const struct questionnaire *questionnaire =
        bundle_questionnaire(c->kept, c->bundle, slice_from_cstr(name), c->locales);
    const char *at = arena_printf(c->bundle->arena, "%s/dimensions", pointer).ptr;
    for (size_t i = 0; questionnaire && i < json_array_size(dimensions); i++) {
        check_dimension(c, at, questionnaire, dimensions, i);
    }
}

bool release_document_check(struct json_errors *errors, const struct consultation_bundle *bundle,
                            const char *path, const struct locales *locales)
{
    const size_t before = errors->count;
    struct bundle_loaded kept = {.questionnaire = NULL};
    const struct checker checker = {errors, bundle, locales, &kept};
    size_t index;
    json_t *round;
    json_array_foreach(bundle->round_list, index, round)
    {
        if (json_object_get(round, "release")) {
            check_release(&checker, arena_printf(bundle->arena, "%s#/rounds/%zu/release", path, index).ptr,
                          round);
        }
    }
    bundle_loaded_release(&kept);
    return errors->count == before;
}
