/* Over which rounds a variable may be followed. */
#include "features/results/results_rounds.h"
#include "unit/features/questionnaire/support.h"

#include <string.h>

TestSuite(results_rounds, .fini = leaks_check);

/* The questionnaire as a version asks it in a round. */
struct version {
    struct scene scene;
    struct survey_round round;
};

static json_t *question_in(json_t *value, const char *code)
{
    size_t index;
    const char *name;
    json_t *part, *found = NULL;
    if (json_is_object(value) && json_object_get(value, "type") && json_object_get(value, "code") &&
        strcmp(json_string_value(json_object_get(value, "code")), code) == 0) {
        return value;
    }
    json_object_foreach(value, name, part)
    {
        found = found ? found : question_in(part, code);
    }
    json_array_foreach(value, index, part)
    {
        found = found ? found : question_in(part, code);
    }
    return found;
}

/* words: what "houding" asks in Dutch. equivalent: JSON of that member; NULL without. */
static void open_version(struct version *v, int32_t id, const char *number, const char *words,
                         const char *equivalent)
{
    json_t *document = scene_read(COMPLETE);
    json_t *questionnaire = json_object_get(document, "questionnaire");
    json_t *question = question_in(document, "houding");
    cr_assert_not_null(question);
    json_object_set_new(questionnaire, "version", json_string(number));
    json_object_set_new(json_object_get(question, "text"), "nl", json_string(words));
    if (equivalent) {
        json_object_set_new(question, "equivalent", json_loads(equivalent, 0, NULL));
    }
    scene_open_document(&v->scene, document);
    v->round = (struct survey_round){
        .id = id, .version_id = id, .questionnaire = v->scene.q, .variants = {0}, .variant_count = 1};
}

/* Of houding, from `earlier` to a version 3 with these words and this declaration. */
static bool comparable(const char *earlier, const char *words_before, const char *words,
                       const char *equivalent)
{
    struct version before, after;
    open_version(&before, 1, earlier, words_before, NULL);
    open_version(&after, 2, "3", words, equivalent);
    const bool found = rounds_comparable(&before.round, &after.round, "houding");
    cr_expect(rounds_comparable(&before.round, &after.round, "werving"),
              "the service's own is always the same");
    scene_close(&before.scene);
    scene_close(&after.scene);
    return found;
}

Test(results_rounds, the_same_words_may_be_followed_and_others_may_not)
{
    cr_expect(comparable("2", "Wat vindt u?", "Wat vindt u?", NULL), "locked, and word for word the same");
    cr_expect_not(comparable("2", "Wat vindt u?", "Wat vindt u ervan?", NULL));
}

Test(results_rounds, other_words_may_be_followed_from_the_versions_that_they_are_declared_equivalent_to)
{
    cr_expect(comparable("2", "Wat vindt u?", "Wat vindt u ervan?", "[\"2\"]"));
    cr_expect(comparable("2", "Wat vindt u?", "Wat vindt u ervan?", "[2]"), "a number is its digits");
    cr_expect(comparable("2", "Wat vindt u?", "Wat vindt u ervan?", "[\"1\", \"2\"]"));
    cr_expect_not(comparable("1", "Wat vindt u?", "Wat vindt u ervan?", "[\"2\"]"),
                  "of another nothing is said");
}
