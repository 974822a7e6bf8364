#include "json/decode.h"

#include <stdarg.h>
#include <string.h>

void json_errors_init(struct json_errors *errors, struct arena *arena)
{
    *errors = (struct json_errors){.arena = arena, .room = JSON_MAX_ERRORS};
}

void json_errors_init_part(struct json_errors *part, const struct json_errors *errors, struct arena *arena)
{
    json_errors_init(part, arena);
    part->in_english = errors->in_english;
}

const char *json_errors_words(const struct json_errors *errors, const char *dutch)
{
    return errors->in_english ? errors->in_english(dutch) : dutch;
}

void json_errors_make_room(struct json_errors *errors, size_t room)
{
    errors->room = room;
}

size_t json_errors_kept(const struct json_errors *errors)
{
    return errors->count < errors->room ? errors->count : errors->room;
}

void json_errors_add(struct json_errors *errors, const char *pointer, const char *code,
                     const char *detail_format, ...)
{
    if (errors->count < errors->room) {
        if (!errors->items) {
            errors->items = arena_array(errors->arena, errors->room, sizeof *errors->items);
        }
        struct json_error_item *item = &errors->items[errors->count];
        va_list args;
        va_start(args, detail_format);
        item->pointer = arena_cstr(errors->arena, slice_from_cstr(pointer));
        item->code = code;
        item->detail =
            strcmp(detail_format, "%s") == 0
                ? arena_cstr(errors->arena,
                             slice_from_cstr(json_errors_words(errors, va_arg(args, const char *))))
                : arena_vprintf(errors->arena, json_errors_words(errors, detail_format), args).ptr;
        va_end(args);
    }
    errors->count++;
}

static bool is_repeat(const struct json_errors *errors, size_t index)
{
    const struct json_error_item *item = &errors->items[index];
    for (size_t i = 0; i < index; i++) {
        if (strcmp(item->pointer, errors->items[i].pointer) == 0 &&
            strcmp(item->detail, errors->items[i].detail) == 0) {
            return true;
        }
    }
    return false;
}

void json_errors_drop_repeats(struct json_errors *errors, size_t from)
{
    size_t kept = json_errors_kept(errors);
    size_t left = from;
    for (size_t i = from; i < kept; i++) {
        struct json_error_item item = errors->items[i];
        errors->items[left] = item;
        left += !is_repeat(errors, left);
    }
    errors->count -= kept > left ? kept - left : 0;
}

json_t *json_errors_to_json(const struct json_errors *errors)
{
    json_t *list = json_array();
    for (size_t i = 0; i < json_errors_kept(errors); i++) {
        json_t *item = json_object();
        json_object_set_new(item, "pointer", json_string(errors->items[i].pointer));
        json_object_set_new(item, "code", json_string(errors->items[i].code));
        json_object_set_new(item, "detail", json_string(errors->items[i].detail));
        json_array_append_new(list, item);
    }
    return list;
}

const char *json_pointer_append(struct arena *arena, const char *pointer, const char *token)
{
    struct slice head = slice_from_cstr(pointer);
    struct slice tail = slice_from_cstr(token);
    char *out = arena_alloc(arena, head.len + 2 * tail.len + 2);
    size_t len = 0;
    for (size_t i = 0; i < head.len; i++) {
        out[len++] = head.ptr[i];
    }
    out[len++] = '/';
    for (size_t i = 0; i < tail.len; i++) {
        char c = tail.ptr[i];
        if (c == '~' || c == '/') {
            out[len++] = '~';
            c = c == '~' ? '0' : '1';
        }
        out[len++] = c;
    }
    out[len] = '\0';
    return out;
}
