#include "features/account/account_form.h"

#include <stdio.h>
#include <string.h>

enum { NAME_MAX_BYTES = 160 };

/* ---- reading ---- */

static json_t *number_or_text(struct slice text)
{
    uint64_t number;
    return slice_to_u64(&number, text, INT32_MAX) ? json_integer((json_int_t)number)
                                                  : json_stringn(text.ptr, text.len);
}

static struct slice trimmed(struct slice text)
{
    while (text.len > 0 && strchr(" \t\r\n", text.ptr[0])) {
        text = (struct slice){text.ptr + 1, text.len - 1};
    }
    while (text.len > 0 && strchr(" \t\r\n", text.ptr[text.len - 1])) {
        text.len--;
    }
    return text;
}

static json_t *read_many(const struct http_exchange *ex, const char *name, bool as_object)
{
    size_t count;
    const size_t length = strlen(name);
    const struct http_field *form = http_form(&count, ex);
    json_t *out = as_object ? json_object() : json_array();
    for (size_t i = 0; i < count; i++) {
        struct slice key = form[i].name, value = trimmed(form[i].value);
        if (value.len == 0 || !slice_starts_with(key, slice_from_cstr(name))) {
            continue;
        }
        if (!as_object && key.len == length) {
            json_array_append_new(out, json_stringn(value.ptr, value.len));
        } else if (as_object && key.len > length + 1 && key.ptr[length] == '.') {
            json_object_setn_new(out, key.ptr + length + 1, key.len - length - 1,
                                 json_stringn(value.ptr, value.len));
        }
    }
    return out;
}

static json_t *read_field(const struct http_exchange *ex, const struct form_field *field)
{
    struct slice value = {NULL, 0};
    bool posted = http_form_value(&value, ex, field->name);
    value = trimmed(value);
    switch (field->kind) {
    case FORM_FILE:
        return NULL;
    case FORM_TICK:
        return json_boolean(posted);
    case FORM_TICKS:
        return read_many(ex, field->name, false);
    case FORM_OBJECT:
        return read_many(ex, field->name, true);
    case FORM_NUMBER:
    case FORM_HIDDEN:
        return value.len > 0 ? number_or_text(value) : NULL;
    case FORM_TEXT:
    case FORM_AREA:
    case FORM_DAY:
    case FORM_CHOICE:
    case FORM_RADIOS:
        break;
    }
    return value.len > 0 ? json_stringn(value.ptr, value.len) : NULL;
}

json_t *form_read(const struct http_exchange *ex, const struct form_field *fields, size_t count)
{
    json_t *out = json_object();
    for (size_t i = 0; i < count; i++) {
        json_t *value = read_field(ex, &fields[i]);
        if (value) {
            json_object_set_new(out, fields[i].name, value);
        }
    }
    return out;
}

/* ---- showing ---- */

struct showing {
    const char *feature;
    struct http_exchange *ex;
    const struct locales *locales;
    const struct json_errors *errors;
    json_t *summary;
};

/* NULL: nobody wrote it. */
static json_t *text_at(const struct showing *s, struct slice feature, const char *group, const char *name)
{
    char path[NAME_MAX_BYTES];
    struct slice text;
    size_t at = (size_t)snprintf(path, sizeof path, "%.*s.%s.", SLICE_ARG(feature), group);
    for (; *name && at + 3 < sizeof path; name++) {
        if (*name >= 'A' && *name <= 'Z') {
            path[at++] = '_';
        }
        path[at++] = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
    }
    path[at] = '\0';
    return locale_find(&text, s->locales, http_language(s->ex), slice_from_cstr(path))
               ? json_stringn(text.ptr, text.len)
               : NULL;
}

/* "tafel.message" of "tafel.message.tell"; empty when it is a part of nothing. */
static struct slice part_of(struct slice feature)
{
    while (feature.len > 0 && feature.ptr[--feature.len] != '.') {
    }
    return feature;
}

/* What "tafel.message.tell" does not say is said by "tafel.message". *where, which may be NULL: by which. */
static json_t *text_of(struct slice *where, const struct showing *s, const char *group, const char *name)
{
    struct slice feature = slice_from_cstr(s->feature);
    json_t *text = text_at(s, feature, group, name);
    while (!text && feature.len > 0) {
        feature = part_of(feature);
        text = feature.len > 0 ? text_at(s, feature, group, name) : NULL;
    }
    if (where) {
        *where = feature;
    }
    return text;
}

static bool is_chosen(const json_t *value, const char *code)
{
    size_t i;
    const json_t *item;
    char number[24];
    if (json_is_integer(value)) {
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
        return strcmp(number, code) == 0;
    }
    if (json_is_string(value)) {
        return strcmp(json_string_value(value), code) == 0;
    }
    json_array_foreach(value, i, item)
    {
        if (json_is_string(item) && strcmp(json_string_value(item), code) == 0) {
            return true;
        }
    }
    return false;
}

static json_t *own_options(const struct showing *s, const char *const *codes)
{
    json_t *list = json_array();
    for (size_t i = 0; codes && codes[i]; i++) {
        json_t *label = text_of(NULL, s, "options", codes[i]);
        json_array_append_new(
            list, json_pack("{s:s,s:o}", "code", codes[i], "label", label ? label : json_string(codes[i])));
    }
    return list;
}

/* A code as a part of an element's id, in which a dot would be a class to style sheets. */
static json_t *id_of(const char *code)
{
    json_t *id = json_string(code);
    for (char *at = id ? (char *)(uintptr_t)json_string_value(id) : NULL; at && *at; at++) {
        *at = *at == '.' ? '-' : *at;
    }
    return id;
}

static json_t *marked(const json_t *options, const json_t *value)
{
    size_t i;
    const json_t *option;
    json_t *list = json_array();
    json_array_foreach(options, i, option)
    {
        json_t *copy = json_copy((json_t *)(uintptr_t)option);
        const char *code = json_string_value(json_object_get(option, "code"));
        json_object_set_new(copy, "selected", json_boolean(code && is_chosen(value, code)));
        json_object_set_new(copy, "id", id_of(code ? code : ""));
        json_array_append_new(list, copy);
    }
    return list;
}

static const char *const missing_texts[] = {
    [FORM_TEXT] = "form.missing",          [FORM_AREA] = "form.missing",
    [FORM_DAY] = "form.missing_day",       [FORM_NUMBER] = "form.missing_number",
    [FORM_CHOICE] = "form.missing_choice", [FORM_RADIOS] = "form.missing_choice",
    [FORM_TICK] = "form.missing_tick",     [FORM_TICKS] = "form.missing_choice",
    [FORM_OBJECT] = "form.missing_choice", [FORM_HIDDEN] = "form.missing",
    [FORM_FILE] = "form.missing_file"};

/* Of the field itself, or of a member of it; ptr NULL: none. */
static struct slice fault_of(const struct showing *s, const struct form_field *field)
{
    const size_t length = strlen(field->name);
    for (size_t i = 0; s->errors && i < json_errors_kept(s->errors); i++) {
        const struct json_error_item *item = &s->errors->items[i];
        const char *pointer = item->pointer;
        if (pointer[0] == '/' && strncmp(pointer + 1, field->name, length) == 0 &&
            (pointer[length + 1] == '\0' || pointer[length + 1] == '/')) {
            return strcmp(item->detail, JSON_DETAIL_MISSING) == 0
                       ? locale_text(s->locales, http_language(s->ex), missing_texts[field->kind])
                       : slice_from_cstr(item->detail);
        }
    }
    return (struct slice){NULL, 0};
}

/* Away from its field a fault needs the field's name: "Soort gesprek: kies een antwoord." A label that asks
 * has a mark of its own, after which a sentence begins. */
static struct slice named_fault(struct arena *arena, struct slice label, struct slice wrong)
{
    const bool asks = label.len > 0 && strchr("?!.", label.ptr[label.len - 1]);
    /* A code ("CSV") or a number stays as it is. */
    const bool lower = !asks && wrong.len > 1 && wrong.ptr[0] >= 'A' && wrong.ptr[0] <= 'Z' &&
                       ((wrong.ptr[1] >= 'a' && wrong.ptr[1] <= 'z') || wrong.ptr[1] == ' ');
    return arena_printf(arena, "%.*s%s %c%.*s", SLICE_ARG(label), asks ? "" : ":",
                        lower ? wrong.ptr[0] + ('a' - 'A') : wrong.ptr[0], (int)wrong.len - 1, wrong.ptr + 1);
}

/* Of radios the first is gone to. */
static json_t *summary_of(const struct showing *s, const struct form_field *field, const json_t *shown,
                          struct slice wrong)
{
    struct arena *arena = http_arena(s->ex);
    const struct slice named =
        named_fault(arena, slice_from_cstr(json_string_value(json_object_get(shown, "label"))), wrong);
    const char *first =
        json_string_value(json_object_get(json_array_get(json_object_get(shown, "options"), 0), "id"));
    const bool radios = field->kind == FORM_RADIOS && first;
    return json_pack("{s:s,s:s%}", "href",
                     arena_printf(arena, "#%s%s%s", field->name, radios ? "-" : "", radios ? first : "").ptr,
                     "text", named.ptr, named.len);
}

static const char *const kind_names[] = {
    [FORM_TEXT] = "text",     [FORM_AREA] = "area",     [FORM_DAY] = "day",   [FORM_NUMBER] = "number",
    [FORM_CHOICE] = "choice", [FORM_RADIOS] = "radios", [FORM_TICK] = "tick", [FORM_TICKS] = "ticks",
    [FORM_OBJECT] = "object", [FORM_HIDDEN] = "hidden", [FORM_FILE] = "file"};

static void put_value(json_t *out, const json_t *value)
{
    char number[24];
    if (json_is_integer(value)) {
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
        json_object_set_new(out, "value", json_string(number));
    } else if (json_is_string(value)) {
        json_object_set(out, "value", (json_t *)(uintptr_t)value);
    }
}

static json_t *field_shown(struct showing *s, const struct form_field *field, const json_t *value,
                           const json_t *given)
{
    json_t *out = json_pack("{s:s,s:b}", "name", field->name, "optional", (int)field->optional);
    struct slice where; /* a hint belongs to its label */
    json_t *label = text_of(&where, s, "fields", field->name);
    json_t *hint = label ? text_at(s, where, "hints", field->name) : NULL;
    const struct slice wrong = fault_of(s, field);
    json_object_set_new(out, kind_names[field->kind], json_true());
    json_object_set_new(out, "label", label ? label : json_string(field->name));
    if (hint) {
        json_object_set_new(out, "hint", hint);
    }
    put_value(out, value);
    json_object_set_new(out, "checked", json_boolean(json_is_true(value)));
    json_t *own = field->options ? own_options(s, field->options) : NULL;
    if (field->kind == FORM_OBJECT) {
        size_t i;
        const json_t *member;
        json_t *members = json_array();
        json_array_foreach(given, i, member)
        {
            const char *code = json_string_value(json_object_get(member, "code"));
            json_array_append_new(
                members, json_pack("{s:s,s:O,s:o}", "member", code, "label", json_object_get(member, "label"),
                                   "options",
                                   marked(json_object_get(member, "options"), json_object_get(value, code))));
        }
        json_object_set_new(out, "members", members);
    } else {
        json_object_set_new(out, "options", marked(own ? own : given, value));
        json_object_set_new(out, "suggested",
                            json_boolean(field->kind == FORM_TEXT && json_array_size(given) > 0));
    }
    json_decref(own);
    if (wrong.len > 0) {
        json_object_set_new(out, "wrong", json_stringn(wrong.ptr, wrong.len));
        json_array_append_new(s->summary, summary_of(s, field, out, wrong));
    }
    return out;
}

void form_show_of(json_t *context, const char *feature, struct http_exchange *ex,
                  const struct locales *locales, const struct form_field *fields, size_t count,
                  const json_t *values, const json_t *options, const struct json_errors *errors)
{
    struct showing s = {feature, ex, locales, errors, json_array()};
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, field_shown(&s, &fields[i], json_object_get(values, fields[i].name),
                                                json_object_get(options, fields[i].name)));
    }
    json_object_set_new(context, "fields", list);
    if (json_array_size(s.summary) > 0) {
        json_object_set_new(context, "error_summary", json_pack("{s:O}", "items", s.summary));
    }
    json_decref(s.summary);
}

void form_plain_summary(json_t *context)
{
    size_t i, at = 0;
    const json_t *field;
    const json_t *items = json_object_get(json_object_get(context, "error_summary"), "items");
    json_array_foreach(json_object_get(context, "fields"), i, field)
    {
        if (json_object_get(field, "wrong")) {
            json_object_set(json_array_get(items, at++), "text", json_object_get(field, "wrong"));
        }
    }
}
