/* What a question says, as one digest: two questions with the same digest were put to people in the same
 * words. */
#include "features/questionnaire/load.h"

#include "base/buffer.h"
#include "crypto/crypto.h"

#include <string.h>

enum { WORDING_MAX = 1024 * 1024 };

static const char *const type_names[] = {
    [QUESTION_SINGLE] = "single",         [QUESTION_MULTIPLE] = "multiple", [QUESTION_SCALE] = "scale",
    [QUESTION_SERIES] = "series",         [QUESTION_RANKING] = "ranking",   [QUESTION_POINTS] = "points",
    [QUESTION_BEST_WORST] = "best-worst", [QUESTION_NUMBER] = "number",     [QUESTION_TEXT] = "text",
    [QUESTION_POSTCODE] = "postcode",     [QUESTION_AGE] = "age",           [QUESTION_GENDER] = "gender",
    [QUESTION_EDUCATION] = "education",
};

static void put_text(json_t *object, const char *key, struct text text)
{
    if (text.by[0]) {
        json_object_set_new(object, key, json_pack("{s:s,s:s}", "nl", text.by[0], "en", text.by[1]));
    }
}

static void put_number(json_t *object, const char *key, int64_t number)
{
    if (number != 0) {
        json_object_set_new(object, key, json_integer(number));
    }
}

static void put_true(json_t *object, const char *key, bool value)
{
    if (value) {
        json_object_set_new(object, key, json_true());
    }
}

/* Those from `first` on. options may be NULL when there are none. */
static json_t *options_json(const struct option *options, size_t first, size_t count)
{
    json_t *list = json_array();
    for (size_t i = first; i < count; i++) {
        json_t *option = json_object();
        json_object_set_new(option, "code", json_string(options[i].code));
        put_text(option, "label", options[i].label);
        put_text(option, "hint", options[i].hint);
        put_true(option, "text", options[i].text_limit > 0);
        put_true(option, "apart", options[i].apart);
        put_true(option, "none", options[i].none);
        json_array_append_new(list, option);
    }
    return list;
}

/* Subjects of a module that were not drawn are named by the module alone: one more of them is no other
 * wording of a question about the rest. */
static json_t *wording_json(const struct questionnaire *q, const struct question *question)
{
    json_t *object = json_object();
    json_object_set_new(object, "type", json_string(type_names[question->type]));
    put_text(object, "text", question->text);
    put_text(object, "hint", question->hint);
    put_text(object, "unit", question->unit);
    if (question->from == OPTIONS_CHOSEN) {
        json_object_set_new(object, "options_from", json_string(q->questions[question->from_question].code));
    } else if (question->from == OPTIONS_UNASSIGNED) {
        json_object_set_new(object, "options_from", json_string(q->modules[question->from_module].code));
    }
    size_t skipped = question->from == OPTIONS_UNASSIGNED ? question->from_count : 0;
    json_object_set_new(object, "options", options_json(question->options, skipped, question->option_count));
    json_object_set_new(object, "items", options_json(question->items, 0, question->item_count));
    put_number(object, "min", question->min);
    put_number(object, "max", question->max);
    put_number(object, "top", question->top);
    put_true(object, "dont_know", question->dont_know);
    return object;
}

bool wordings_seal(struct questionnaire *q)
{
    struct buffer canonical;
    bool good = true;
    buffer_init(&canonical, WORDING_MAX);
    for (size_t i = 0; good && i < q->question_count; i++) {
        struct question *question = &q->questions[i];
        json_t *said = wording_json(q, question);
        buffer_clear(&canonical);
        good = json_canonical(&canonical, said) && !buffer_failed(&canonical);
        crypto_sha256(question->wording, buffer_slice(&canonical));
        json_decref(said);
    }
    buffer_free(&canonical);
    return good;
}

json_t *questionnaire_core(const struct questionnaire *q)
{
    json_t *core = json_object();
    for (size_t i = 0; i < q->question_count; i++) {
        if (q->questions[i].locked) {
            char hex[2 * QUESTIONNAIRE_WORDING_BYTES + 1];
            crypto_hex(hex, q->questions[i].wording, QUESTIONNAIRE_WORDING_BYTES);
            json_object_set_new(core, q->questions[i].code, json_string(hex));
        }
    }
    return core;
}
