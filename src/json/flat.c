/* One pass over one flat object: the grammar of objects and lists (RFC 8259); strings and numbers are the
 * reader's. Where the text is whole and what it says is not what we take, the pass goes on. */
#include "json/flat.h"

#include "json/flat_reader.h"

#include "base/utf8.h"

#include <string.h>

enum { MAX_ITEMS = 64, FIRST_MEMBERS = 32 };

struct members {
    struct flat_member *list;
    size_t count, room, max;
    size_t item;       /* where the reader is in the list of the last member */
    const char *value; /* where the value of the last member begins */
};

/* ---- lists ---- */

static bool take_list(struct flat_value *out, struct flat_reader *r, struct members *members)
{
    struct flat_value items[MAX_ITEMS];
    size_t count = 0;
    r->at++;
    if (!flat_take(r, ']')) {
        do {
            if (count == MAX_ITEMS) {
                members->item = SIZE_MAX; /* the list is at fault, not an item of it */
                return flat_fail(r, MESSAGE_LIST_LONG);
            }
            members->item = count;
            if (!flat_take_scalar(&items[count++], r)) {
                return false;
            }
        } while (flat_take(r, ','));
        if (!flat_take(r, ']')) {
            return flat_fail(r, MESSAGE_WANTS_COMMA_OR_BRACKET);
        }
    }
    struct flat_value *copy = arena_array(r->arena, count, sizeof *copy);
    if (count > 0) {
        memcpy(copy, items, count * sizeof *copy);
    }
    *out = (struct flat_value){.kind = FLAT_ARRAY, .items = copy, .item_count = count};
    return true;
}

/* ---- the object ---- */

static void make_room(struct members *members, struct arena *arena)
{
    if (members->count < members->room) {
        return;
    }
    size_t room = members->room ? 2 * members->room : FIRST_MEMBERS;
    room = room < members->max ? room : members->max;
    struct flat_member *list = arena_array(arena, room, sizeof *list);
    if (members->count > 0) {
        memcpy(list, members->list, members->count * sizeof *list);
    }
    members->list = list;
    members->room = room;
}

static bool take_member(struct flat_reader *r, struct members *members)
{
    struct slice name;
    if (!flat_take(r, '"')) {
        return flat_fail(r, MESSAGE_WANTS_NAME);
    }
    if (!flat_take_string(&name, r)) {
        return false;
    }
    if (!flat_take(r, ':')) {
        return flat_fail(r, MESSAGE_WANTS_COLON);
    }
    if (members->count == members->max) {
        return flat_fail(r, MESSAGE_TOO_MANY_FIELDS);
    }
    make_room(members, r->arena);
    struct flat_member *member = &members->list[members->count++];
    member->name = name;
    members->item = SIZE_MAX;
    bool list = flat_peek(r) == '[';
    members->value = r->at;
    return list ? take_list(&member->value, r, members) : flat_take_scalar(&member->value, r);
}

/* ---- faults ---- */

/* The member where the reader is, and the item where it is in a list. */
static const char *pointer_of(const struct members *members, struct arena *arena)
{
    if (members->count == 0) {
        return "";
    }
    const struct flat_member *last = &members->list[members->count - 1];
    const char *pointer = json_pointer_append(arena, "", arena_cstr(arena, last->name));
    if (members->item != SIZE_MAX) {
        pointer = json_pointer_append(arena, pointer, arena_printf(arena, "%zu", members->item).ptr);
    }
    return pointer;
}

static void explain_syntax(struct json_errors *errors, const struct flat_reader *r, const char *start)
{
    const char *line_start = start;
    int64_t line = 1;
    for (const char *p = start; p < r->at; p++) {
        if (*p == '\n') {
            line++;
            line_start = p + 1;
        }
    }
    size_t before = utf8_length((struct slice){line_start, (size_t)(r->at - line_start)});
    json_errors_say_numbers(errors, "", r->fault, line, (int64_t)before + 1);
}

static void explain(struct json_errors *errors, const struct flat_reader *r, const struct members *members,
                    const char *start)
{
    if (r->fault == MESSAGE_TOO_MANY_FIELDS) {
        json_errors_say_numbers(errors, "", r->fault, (int64_t)members->max, 0);
    } else {
        explain_syntax(errors, r, start);
    }
}

/* True: the fault was of the last member's value, and it was said. */
static bool explain_value(struct json_errors *errors, const struct flat_reader *r,
                          const struct members *members)
{
    const bool kind = r->fault == MESSAGE_NOT_FLAT || r->fault == MESSAGE_FRACTION;
    if (!kind && r->fault != MESSAGE_RANGE && r->fault != MESSAGE_LIST_LONG) {
        return false;
    }
    const char *pointer = json_errors_full(errors) ? "" : pointer_of(members, r->arena);
    if (kind) {
        json_errors_say(errors, pointer, r->fault, NULL, NULL);
    } else if (r->fault == MESSAGE_RANGE) {
        json_errors_say_numbers(errors, pointer, r->fault, INT64_MIN, INT64_MAX);
    } else {
        json_errors_say_numbers(errors, pointer, r->fault, MAX_ITEMS, MAX_ITEMS + 1);
    }
    return true;
}

/* ---- behind a value that is at fault ---- */

/* Past an object, a list or a number, without looking at what is in it. */
static bool skip_value(struct flat_reader *r)
{
    struct slice ignored;
    size_t depth = 0;
    if (*r->at != '{' && *r->at != '[') {
        while (r->at < r->end && *r->at && strchr("+-.0123456789Ee", *r->at)) {
            r->at++;
        }
        return true;
    }
    do {
        const char c = flat_peek(r);
        if (r->at == r->end) {
            return flat_fail(r, MESSAGE_ENDS_EARLY);
        }
        r->at++;
        if (c == '"' && !flat_take_string(&ignored, r)) {
            return false;
        }
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
    } while (depth > 0);
    return true;
}

/* Says what is wrong with the last member's value, which then counts as null, and goes on behind it. False:
 * it is the text that is at fault. */
static bool pass_over(struct json_errors *errors, struct flat_reader *r, struct members *members)
{
    if (!members->list || !explain_value(errors, r, members)) {
        return false;
    }
    members->list[members->count - 1].value = (struct flat_value){.kind = FLAT_NULL};
    r->at = members->value;
    r->fault = MESSAGE_NONE;
    return skip_value(r);
}

/* ---- the object ---- */

static bool take_object(struct flat_reader *r, struct members *members, struct json_errors *errors)
{
    if (!flat_take(r, '{')) {
        return flat_fail(r, MESSAGE_WANTS_OBJECT);
    }
    if (!flat_take(r, '}')) {
        do {
            if (!take_member(r, members) && !pass_over(errors, r, members)) {
                return false;
            }
        } while (flat_take(r, ','));
        if (!flat_take(r, '}')) {
            return flat_fail(r, MESSAGE_WANTS_COMMA_OR_BRACE);
        }
    }
    flat_peek(r);
    return r->at == r->end || flat_fail(r, MESSAGE_WANTS_END);
}

/* ---- names ---- */

static uint32_t hash_name(struct slice name)
{
    uint32_t hash = 2166136261u; /* FNV-1a; what a flood of collisions costs is bounded by max_members */
    for (size_t i = 0; i < name.len; i++) {
        hash = (hash ^ (unsigned char)name.ptr[i]) * 16777619u;
    }
    return hash ^ hash >> 15;
}

/* Open addressing over a power of two, at least twice the members; index + 1 of a member, 0 is free. */
static uint32_t *make_slots(size_t *size, const struct members *members, struct arena *arena)
{
    *size = 16;
    while (*size < 2 * members->count) {
        *size *= 2;
    }
    return arena_array(arena, *size, sizeof(uint32_t));
}

/* Where this name is, or where it may be put. */
static inline size_t slot_of(const uint32_t *slots, size_t size, const struct members *members,
                             struct slice name)
{
    size_t at = hash_name(name) & (size - 1);
    while (slots[at] != 0 && !slice_equal(members->list[slots[at] - 1].name, name)) {
        at = (at + 1) & (size - 1);
    }
    return at;
}

static bool has_duplicate(const struct members *members, struct arena *arena)
{
    size_t size;
    uint32_t *slots = make_slots(&size, members, arena);
    for (size_t i = 0; i < members->count; i++) {
        const size_t at = slot_of(slots, size, members, members->list[i].name);
        if (slots[at] != 0) {
            return true;
        }
        slots[at] = (uint32_t)i + 1;
    }
    return false;
}

/* Leaves the first of each name, and says of each that has more that it has. */
static void drop_duplicates(struct json_errors *errors, struct members *members, struct arena *arena)
{
    size_t size, kept = 0;
    uint32_t *slots = make_slots(&size, members, arena);
    bool *said = arena_array(arena, members->count, sizeof *said);
    for (size_t i = 0; i < members->count; i++) {
        const struct flat_member member = members->list[i];
        const size_t at = slot_of(slots, size, members, member.name);
        if (slots[at] == 0) {
            members->list[kept++] = member;
            slots[at] = (uint32_t)kept;
        } else if (!said[slots[at] - 1]) {
            said[slots[at] - 1] = true;
            json_errors_say(errors,
                            json_errors_full(errors)
                                ? ""
                                : json_pointer_append(arena, "", arena_cstr(arena, member.name)),
                            MESSAGE_DUPLICATE_FIELD, NULL, NULL);
        }
    }
    members->count = kept;
}

/* ---- the whole ---- */

const struct flat_member *flat_parse(size_t *count, struct json_errors *errors, struct arena *arena,
                                     struct slice text, size_t max_members)
{
    const char *start = text.ptr ? text.ptr : "";
    struct flat_reader r = {.at = start, .end = start + text.len, .arena = arena};
    struct members members = {.max = max_members};
    *count = 0;
    if (!take_object(&r, &members, errors)) {
        explain(errors, &r, &members, start);
        return NULL;
    }
    if (has_duplicate(&members, arena)) {
        drop_duplicates(errors, &members, arena);
    }
    *count = members.count;
    return members.list ? members.list : arena_alloc(arena, 0);
}
