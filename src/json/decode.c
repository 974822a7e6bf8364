#include "json/decode.h"

#include "base/buffer.h"
#include "base/utf8.h"
#include "json/messages.h"

#include <string.h>

static bool is_kind(const json_t *value, enum json_kind kind)
{
    switch (kind) {
    case JSON_KIND_STRING:
        return json_is_string(value);
    case JSON_KIND_INT:
        return json_is_integer(value);
    case JSON_KIND_REAL:
        return json_is_number(value);
    case JSON_KIND_BOOL:
        return json_is_boolean(value);
    case JSON_KIND_OBJECT:
        return json_is_object(value);
    case JSON_KIND_ARRAY:
        return json_is_array(value);
    case JSON_KIND_ANY:
        return true;
    }
    return false;
}

static bool in_bounds(const struct json_field *field, int64_t measure)
{
    return (field->min == 0 && field->max == 0) || (measure >= field->min && measure <= field->max);
}

static void add_bounds_error(struct json_errors *errors, const char *pointer, const struct json_field *field,
                             int64_t measure)
{
    bool low = measure < field->min;
    int64_t bound = low ? field->min : field->max;
    if (field->kind == JSON_KIND_STRING) {
        enum json_message shortage = bound == 1 ? MESSAGE_EMPTY_TEXT : MESSAGE_TEXT_SHORT;
        json_errors_say_numbers(errors, pointer, low ? shortage : MESSAGE_TEXT_LONG, bound, measure);
    } else if (field->kind == JSON_KIND_ARRAY) {
        json_errors_say_numbers(errors, pointer, low ? MESSAGE_LIST_SHORT : MESSAGE_LIST_LONG, bound,
                                measure);
    } else if (field->max == INT64_MAX) {
        json_errors_say_numbers(errors, pointer, MESSAGE_TOO_LOW, bound, 0);
    } else if (field->min == INT64_MIN) {
        json_errors_say_numbers(errors, pointer, MESSAGE_TOO_HIGH, bound, 0);
    } else {
        json_errors_say_numbers(errors, pointer, MESSAGE_RANGE, field->min, field->max);
    }
}

static bool is_one_of(const char *value, const char *const *allowed)
{
    for (; *allowed; allowed++) {
        if (strcmp(*allowed, value) == 0) {
            return true;
        }
    }
    return false;
}

static void add_choice_error(struct json_errors *errors, const char *pointer, const char *const *allowed)
{
    enum { MAX_LIST = 4000 };
    struct buffer list;
    buffer_init(&list, MAX_LIST);
    for (size_t i = 0; allowed[i]; i++) {
        buffer_append_cstr(&list, i > 0 ? ", " : "");
        buffer_append_cstr(&list, allowed[i]);
    }
    json_errors_say(errors, pointer, MESSAGE_CHOICE, list.ptr ? list.ptr : "", NULL);
    buffer_free(&list);
}

/* Checks one value and writes it to its target. */
static void take_value(struct json_errors *errors, const char *pointer, const struct json_field *field,
                       const json_t *value)
{
    int64_t measure = 0;
    if (!is_kind(value, field->kind)) {
        json_errors_say(errors, pointer, MESSAGE_TYPE, json_kind_words(field->kind), NULL);
        return;
    }
    if (field->kind == JSON_KIND_STRING) {
        struct slice text = {json_string_value(value), json_string_length(value)};
        measure = (int64_t)utf8_length(text);
        if (field->one_of && !is_one_of(json_string_value(value), field->one_of)) {
            add_choice_error(errors, pointer, field->one_of);
            return;
        }
    } else if (field->kind == JSON_KIND_INT) {
        measure = json_integer_value(value);
    } else if (field->kind == JSON_KIND_ARRAY) {
        measure = (int64_t)json_array_size(value);
    }
    bool measured =
        field->kind == JSON_KIND_STRING || field->kind == JSON_KIND_INT || field->kind == JSON_KIND_ARRAY;
    if (measured && !in_bounds(field, measure)) {
        add_bounds_error(errors, pointer, field, measure);
        return;
    }
    switch (field->kind) {
    case JSON_KIND_STRING:
        *(struct slice *)field->out = (struct slice){json_string_value(value), json_string_length(value)};
        break;
    case JSON_KIND_INT:
        *(int64_t *)field->out = measure;
        break;
    case JSON_KIND_REAL:
        *(double *)field->out = json_number_value(value);
        break;
    case JSON_KIND_BOOL:
        *(bool *)field->out = json_boolean_value(value);
        break;
    case JSON_KIND_OBJECT:
    case JSON_KIND_ARRAY:
    case JSON_KIND_ANY:
        *(json_t **)field->out = (json_t *)(uintptr_t)value;
        break;
    }
    if (field->present) {
        *field->present = true;
    }
}

static const struct json_field *find_field(const struct json_field *fields, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(fields[i].name, name) == 0) {
            return &fields[i];
        }
    }
    return NULL;
}

/* What does not fit any more is only counted: an attacker's thousand fields cost no memory. */
static void add_field_error(struct json_errors *errors, const char *pointer, const char *name,
                            enum json_message message)
{
    const char *field = json_errors_full(errors) ? "" : json_pointer_append(errors->arena, pointer, name);
    json_errors_say(errors, field, message, NULL, NULL);
}

bool json_decode(struct json_errors *errors, const char *pointer, const json_t *object,
                 const struct json_field *fields, size_t count)
{
    size_t before = errors->count;
    const char *name;
    json_t *value;
    for (size_t i = 0; i < count; i++) {
        if (fields[i].present) {
            *fields[i].present = false;
        }
    }
    if (!json_is_object(object)) {
        json_errors_say(errors, pointer, MESSAGE_TYPE, json_kind_words(JSON_KIND_OBJECT), NULL);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *found = json_object_get(object, fields[i].name);
        if (found && !(fields[i].optional && json_is_null(found))) {
            take_value(errors, json_pointer_append(errors->arena, pointer, fields[i].name), &fields[i],
                       found);
        } else if (!fields[i].optional) {
            add_field_error(errors, pointer, fields[i].name, MESSAGE_MISSING);
        }
    }
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        if (!find_field(fields, count, name)) {
            add_field_error(errors, pointer, name, MESSAGE_UNKNOWN_FIELD);
        }
    }
    return errors->count == before;
}

bool json_decode_document(struct json_errors *errors, const char *pointer, const json_t *object,
                          const struct json_field *fields, size_t count)
{
    size_t before = errors->count;
    json_decode(errors, pointer, object, fields, count);
    for (size_t i = 0; i < count; i++) {
        if (fields[i].optional && json_is_null(json_object_get(object, fields[i].name))) {
            json_errors_say(errors, json_pointer_append(errors->arena, pointer, fields[i].name), MESSAGE_TYPE,
                            json_kind_words(fields[i].kind), NULL);
        }
    }
    return errors->count == before;
}
