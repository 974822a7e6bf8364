#include "json/decode.h"

#include "base/utf8.h"

#include <string.h>

static const char *const kind_words[] = {
    [JSON_KIND_STRING] = "een tekst",   [JSON_KIND_INT] = "een geheel getal", [JSON_KIND_REAL] = "een getal",
    [JSON_KIND_BOOL] = "true of false", [JSON_KIND_OBJECT] = "een object",    [JSON_KIND_ARRAY] = "een lijst",
    [JSON_KIND_ANY] = "een waarde"};

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
    const char *what = field->kind == JSON_KIND_STRING  ? " tekens"
                       : field->kind == JSON_KIND_ARRAY ? " onderdelen"
                                                        : "";
    const char *code = field->kind == JSON_KIND_STRING && measure > field->max ? "te-lang" : "bereik";
    json_errors_add(errors, pointer, code, "Geef %lld tot en met %lld%s; dit zijn er %lld.",
                    (long long)field->min, (long long)field->max, what, (long long)measure);
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
    struct slice list = {"", 0};
    for (; *allowed; allowed++) {
        list = arena_printf(errors->arena, "%.*s%s%s", SLICE_ARG(list), list.len ? ", " : "", *allowed);
    }
    json_errors_add(errors, pointer, "keuze", "Kies een van: %.*s.", SLICE_ARG(list));
}

/* Checks one value and writes it to its target. */
static void take_value(struct json_errors *errors, const char *pointer, const struct json_field *field,
                       const json_t *value)
{
    int64_t measure = 0;
    if (!is_kind(value, field->kind)) {
        json_errors_add(errors, pointer, "type", "Geef hier %s.", kind_words[field->kind]);
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

bool json_decode(struct json_errors *errors, const char *pointer, const json_t *object,
                 const struct json_field *fields, size_t count)
{
    size_t before = errors->count;
    const char *name;
    json_t *value;
    if (!json_is_object(object)) {
        json_errors_add(errors, pointer, "type", "Geef hier een object.");
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *found = json_object_get(object, fields[i].name);
        if (fields[i].present) {
            *fields[i].present = false;
        }
        if (!found || (fields[i].optional && json_is_null(found))) {
            if (!fields[i].optional) {
                json_errors_add(errors, json_pointer_append(errors->arena, pointer, fields[i].name),
                                "ontbreekt", "Dit veld is nodig.");
            }
            continue;
        }
        take_value(errors, json_pointer_append(errors->arena, pointer, fields[i].name), &fields[i], found);
    }
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        if (!find_field(fields, count, name)) {
            json_errors_add(errors, json_pointer_append(errors->arena, pointer, name), "onbekend-veld",
                            "Dit veld kennen wij niet. Laat het weg.");
        }
    }
    return errors->count == before;
}
