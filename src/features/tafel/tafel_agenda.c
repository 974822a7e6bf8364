#include "features/tafel/tafel_agenda.h"

#include "base/clock.h"

#include <string.h>

enum {
    TITLE_MAX = 500,
    TEXT_MAX = 2000,
    LINES_MAX = 20,
    PARTIES_MAX = 100,
    APPLICATIONS_MAX = 200,
    YEAR_MIN = 1900,
    YEAR_MAX = 2999
};

const char *const agenda_kinds[] = {"actie", "doel", "toezegging", NULL};
const char *const agenda_changes[] = {"toegevoegd", "gewijzigd", "beeindigd", NULL};

struct loader {
    struct json_errors *errors;
    struct arena *arena;
    struct agenda *agenda;
    struct agenda_item *items;
    struct agenda_section *sections;
};

#define DECODE(l, pointer, object, fields)                                                                   \
    json_decode_document((l)->errors, pointer, object, fields, sizeof(fields) / sizeof(fields)[0])

static const char *nth(struct loader *l, const char *pointer, size_t i)
{
    return arena_printf(l->arena, "%s/%zu", pointer, i).ptr;
}

static const char *below(struct loader *l, const char *pointer, const char *member)
{
    return json_pointer_append(l->arena, pointer, member);
}

/* ---- codes ---- */

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool agenda_is_code(struct slice code)
{
    bool between = true; /* a dot or dash may not stand here */
    for (size_t i = 0; i < code.len; i++) {
        const bool mark = code.ptr[i] == '.' || code.ptr[i] == '-';
        if (mark ? between : !is_letter_or_digit(code.ptr[i])) {
            return false;
        }
        between = mark;
    }
    return code.len > 0 && code.len <= AGENDA_CODE_MAX && !between;
}

static void check_code(struct loader *l, const char *pointer, struct slice code, bool there)
{
    if (!code.ptr) {
        return;
    }
    if (!agenda_is_code(code)) {
        json_errors_add(l->errors, pointer, "code",
                        "Een code bestaat uit kleine letters en cijfers met enkele punten en streepjes "
                        "ertussen, ten hoogste %d tekens.",
                        AGENDA_CODE_MAX);
    } else if (there) {
        json_errors_add(l->errors, pointer, "dubbel", "Deze code is er al. Kies een andere.");
    }
}

const struct agenda_item *agenda_find(const struct agenda *agenda, struct slice code)
{
    for (size_t i = 0; i < agenda->item_count; i++) {
        if (slice_equal_nocase(agenda->items[i].code, code)) {
            return &agenda->items[i];
        }
    }
    return NULL;
}

/* ---- lists of texts ---- */

static struct agenda_list load_lines(struct loader *l, const char *pointer, const json_t *list)
{
    const size_t count = json_array_size(list);
    struct slice *lines = arena_array(l->arena, count, sizeof *lines);
    for (size_t i = 0; i < count; i++) {
        const json_t *line = json_array_get(list, i);
        if (json_is_string(line) && json_string_length(line) > 0 && json_string_length(line) <= TEXT_MAX) {
            lines[i] = slice_from_cstr(json_string_value(line));
        } else {
            json_errors_add(l->errors, nth(l, pointer, i), "type",
                            "Schrijf hier een tekst van ten hoogste %d tekens.", TEXT_MAX);
        }
    }
    return (struct agenda_list){lines, count};
}

/* ---- items ---- */

static void load_end(struct loader *l, struct agenda_item *item, const char *pointer, const json_t *object)
{
    struct slice day = {NULL, 0};
    const struct json_field fields[] = {
        {.name = "on", .kind = JSON_KIND_STRING, .out = &day},
        {.name = "why", .kind = JSON_KIND_STRING, .min = 1, .max = TEXT_MAX, .out = &item->ended_why}};
    if (!object || !DECODE(l, pointer, object, fields)) {
        return;
    }
    if (!clock_parse_day(&item->ended_day, day) || item->ended_day <= 0) {
        json_errors_add(l->errors, below(l, pointer, "on"), "datum", "Schrijf deze datum als 2027-06-30.");
    }
}

static void load_item(struct loader *l, enum agenda_kind kind, size_t section, const char *pointer,
                      const json_t *object)
{
    struct agenda_item *item = &l->items[l->agenda->item_count];
    json_t *ended = NULL, *milestones = NULL, *planning = NULL;
    const struct json_field fields[] = {
        {.name = "code", .kind = JSON_KIND_STRING, .out = &item->code},
        {.name = "title", .kind = JSON_KIND_STRING, .min = 1, .max = TITLE_MAX, .out = &item->title},
        {.name = "ended", .kind = JSON_KIND_OBJECT, .optional = true, .out = &ended},
        /* Of an action alone. */
        {.name = "milestones",
         .kind = JSON_KIND_ARRAY,
         .optional = true,
         .min = 1,
         .max = LINES_MAX,
         .out = &milestones},
        {.name = "planning",
         .kind = JSON_KIND_ARRAY,
         .optional = true,
         .min = 1,
         .max = LINES_MAX,
         .out = &planning}};
    const size_t all = sizeof fields / sizeof fields[0];
    if (l->agenda->item_count >= AGENDA_ITEMS_MAX) {
        json_errors_add(l->errors, pointer, "te-veel",
                        "Er zijn ten hoogste %d acties, doelen en toezeggingen.", AGENDA_ITEMS_MAX);
        return;
    }
    *item = (struct agenda_item){.kind = kind, .section = section};
    json_decode_document(l->errors, pointer, object, fields, kind == AGENDA_ACTION ? all : all - 2);
    check_code(l, below(l, pointer, "code"), item->code,
               item->code.ptr && agenda_find(l->agenda, item->code));
    item->milestones = load_lines(l, below(l, pointer, "milestones"), milestones);
    item->planning = load_lines(l, below(l, pointer, "planning"), planning);
    load_end(l, item, below(l, pointer, "ended"), ended);
    l->agenda->item_count++;
}

/* ---- sections ---- */

static bool has_section(const struct agenda *agenda, struct slice code)
{
    for (size_t i = 0; i < agenda->section_count; i++) {
        if (slice_equal(agenda->sections[i].code, code)) {
            return true;
        }
    }
    return false;
}

static const char *const item_members[AGENDA_KINDS] = {"actions", "goals", "commitments"};

/* How many items there are to make room for. */
static size_t count_items(const json_t *sections)
{
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(sections); i++) {
        for (size_t k = 0; k < AGENDA_KINDS; k++) {
            count += json_array_size(json_object_get(json_array_get(sections, i), item_members[k]));
        }
    }
    return count < AGENDA_ITEMS_MAX ? count : AGENDA_ITEMS_MAX;
}

static void load_section(struct loader *l, const char *pointer, const json_t *object)
{
    json_t *lists[AGENDA_KINDS] = {NULL};
    struct agenda *agenda = l->agenda;
    struct agenda_section *section = &l->sections[agenda->section_count];
    *section = (struct agenda_section){.first = agenda->item_count};
    struct json_field fields[4 + AGENDA_KINDS] = {
        {.name = "code", .kind = JSON_KIND_STRING, .out = &section->code},
        {.name = "title", .kind = JSON_KIND_STRING, .min = 1, .max = TITLE_MAX, .out = &section->title},
        {.name = "theme",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .min = 1,
         .max = TITLE_MAX,
         .out = &section->theme},
        {.name = "challenge",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .min = 1,
         .max = TITLE_MAX,
         .out = &section->challenge}};
    for (size_t k = 0; k < AGENDA_KINDS; k++) {
        fields[4 + k] = (struct json_field){.name = item_members[k],
                                            .kind = JSON_KIND_ARRAY,
                                            .optional = true,
                                            .max = AGENDA_ITEMS_MAX,
                                            .out = &lists[k]};
    }
    DECODE(l, pointer, object, fields);
    check_code(l, below(l, pointer, "code"), section->code,
               section->code.ptr && has_section(agenda, section->code));
    for (size_t k = 0; k < AGENDA_KINDS; k++) {
        const char *at = below(l, pointer, item_members[k]);
        for (size_t i = 0; i < json_array_size(lists[k]); i++) {
            load_item(l, (enum agenda_kind)k, agenda->section_count, nth(l, at, i),
                      json_array_get(lists[k], i));
        }
    }
    section->count = agenda->item_count - section->first;
    agenda->section_count++;
}

/* ---- who is in it ---- */

static void load_parties(struct loader *l, struct agenda_parties *out, const char *pointer,
                         const json_t *list)
{
    struct agenda_party *parties = arena_array(l->arena, json_array_size(list), sizeof *parties);
    out->items = parties;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *at = nth(l, pointer, i);
        struct agenda_party *party = &parties[i];
        bool there = false;
        const struct json_field fields[] = {
            {.name = "code", .kind = JSON_KIND_STRING, .out = &party->code},
            {.name = "name", .kind = JSON_KIND_STRING, .min = 1, .max = TITLE_MAX, .out = &party->name},
            {.name = "title",
             .kind = JSON_KIND_STRING,
             .optional = true,
             .min = 1,
             .max = TITLE_MAX,
             .out = &party->title}};
        *party = (struct agenda_party){.title = SLICE("")};
        DECODE(l, at, json_array_get(list, i), fields);
        for (size_t k = 0; k < i && party->code.ptr; k++) {
            there = there || slice_equal(parties[k].code, party->code);
        }
        check_code(l, below(l, at, "code"), party->code, there);
        out->count++;
    }
}

static void load_application(struct loader *l, struct agenda_application *out, const char *pointer,
                             const json_t *object)
{
    static const char *const ways[] = {"direct", "indirect", NULL};
    struct slice touches = {NULL, 0};
    json_t *actions = NULL;
    const struct json_field fields[] = {
        {.name = "code", .kind = JSON_KIND_STRING, .out = &out->code},
        {.name = "title", .kind = JSON_KIND_STRING, .min = 1, .max = TITLE_MAX, .out = &out->title},
        {.name = "touches", .kind = JSON_KIND_STRING, .one_of = ways, .out = &touches},
        {.name = "section", .kind = JSON_KIND_STRING, .optional = true, .out = &out->section},
        {.name = "actions",
         .kind = JSON_KIND_ARRAY,
         .optional = true,
         .min = 1,
         .max = LINES_MAX,
         .out = &actions}};
    *out = (struct agenda_application){.section = SLICE("")};
    DECODE(l, pointer, object, fields);
    out->direct = slice_equal_cstr(touches, ways[0]);
    check_code(l, below(l, pointer, "code"), out->code, false);
    if (out->section.len > 0 && !has_section(l->agenda, out->section)) {
        json_errors_add(l->errors, below(l, pointer, "section"), "onbekend",
                        "Noem een paragraaf van deze agenda.");
    }
    const char *at = below(l, pointer, "actions");
    out->actions = load_lines(l, at, actions);
    for (size_t i = 0; i < out->actions.count; i++) {
        const struct agenda_item *item =
            out->actions.items[i].ptr ? agenda_find(l->agenda, out->actions.items[i]) : NULL;
        if (out->actions.items[i].ptr && (!item || item->kind != AGENDA_ACTION)) {
            json_errors_add(l->errors, nth(l, at, i), "onbekend", "Noem een actie van deze agenda.");
        }
    }
}

static void load_source(struct loader *l, const json_t *object)
{
    struct agenda *agenda = l->agenda;
    const struct json_field fields[] = {
        {.name = "title", .kind = JSON_KIND_STRING, .min = 1, .max = TITLE_MAX, .out = &agenda->source_title},
        {.name = "publisher",
         .kind = JSON_KIND_STRING,
         .min = 1,
         .max = TITLE_MAX,
         .out = &agenda->source_publisher},
        {.name = "year",
         .kind = JSON_KIND_INT,
         .min = YEAR_MIN,
         .max = YEAR_MAX,
         .out = &agenda->source_year}};
    if (object) {
        DECODE(l, "/source", object, fields);
    }
}

/* ---- the whole ---- */

/* The lists of the document. */
struct parts {
    json_t *source, *departments, *tables, *members, *deciders, *sections, *applications;
};

static void load_parts(struct loader *l, const struct parts *parts)
{
    struct agenda *agenda = l->agenda;
    const size_t application_count = json_array_size(parts->applications);
    struct agenda_application *applications = arena_array(l->arena, application_count, sizeof *applications);
    load_source(l, parts->source);
    for (size_t i = 0; i < json_array_size(parts->sections); i++) {
        load_section(l, nth(l, "/sections", i), json_array_get(parts->sections, i));
    }
    load_parties(l, &agenda->departments, "/departments", parts->departments);
    load_parties(l, &agenda->tables, "/tables", parts->tables);
    load_parties(l, &agenda->deciders, "/deciders", parts->deciders);
    agenda->members = load_lines(l, "/members", parts->members);
    for (size_t i = 0; i < application_count; i++) {
        load_application(l, &applications[i], nth(l, "/applications", i),
                         json_array_get(parts->applications, i));
    }
    agenda->applications = applications;
    agenda->application_count = application_count;
}

const struct agenda *agenda_load(struct json_errors *errors, struct arena *arena, struct slice document)
{
    const size_t before = errors->count;
    struct agenda *agenda = arena_alloc(arena, sizeof *agenda);
    struct loader l = {.errors = errors, .arena = arena, .agenda = agenda};
    struct parts parts = {NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    const struct json_field fields[] = {
        {.name = "code", .kind = JSON_KIND_STRING, .out = &agenda->code},
        {.name = "version", .kind = JSON_KIND_INT, .min = 1, .max = INT32_MAX, .out = &agenda->version},
        {.name = "title", .kind = JSON_KIND_STRING, .min = 1, .max = TITLE_MAX, .out = &agenda->title},
        {.name = "source", .kind = JSON_KIND_OBJECT, .out = &parts.source},
        {.name = "departments", .kind = JSON_KIND_ARRAY, .max = PARTIES_MAX, .out = &parts.departments},
        {.name = "tables", .kind = JSON_KIND_ARRAY, .max = PARTIES_MAX, .out = &parts.tables},
        {.name = "members", .kind = JSON_KIND_ARRAY, .max = LINES_MAX, .out = &parts.members},
        {.name = "deciders", .kind = JSON_KIND_ARRAY, .max = PARTIES_MAX, .out = &parts.deciders},
        {.name = "sections",
         .kind = JSON_KIND_ARRAY,
         .min = 1,
         .max = AGENDA_SECTIONS_MAX,
         .out = &parts.sections},
        {.name = "applications",
         .kind = JSON_KIND_ARRAY,
         .max = APPLICATIONS_MAX,
         .out = &parts.applications}};
    const json_t *root = json_parse(errors, arena, document);
    if (!root) {
        return NULL;
    }
    if (DECODE(&l, "", root, fields)) {
        l.items = arena_array(arena, count_items(parts.sections), sizeof *l.items);
        l.sections = arena_array(arena, json_array_size(parts.sections), sizeof *l.sections);
        agenda->items = l.items;
        agenda->sections = l.sections;
        check_code(&l, "/code", agenda->code, false);
        load_parts(&l, &parts);
    }
    return errors->count == before ? agenda : NULL;
}

/* ---- from one version to the next ---- */

static bool same_lines(const struct agenda_list *a, const struct agenda_list *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        same = slice_equal(a->items[i], b->items[i]);
    }
    return same;
}

static bool same_item(const struct agenda_item *a, const struct agenda_item *b)
{
    return slice_equal(a->title, b->title) && same_lines(&a->milestones, &b->milestones) &&
           same_lines(&a->planning, &b->planning) && a->ended_day == b->ended_day &&
           slice_equal(a->ended_why, b->ended_why);
}

size_t agenda_compare(const struct agenda_difference **out, struct arena *arena, const struct agenda *older,
                      const struct agenda *newer)
{
    struct agenda_difference *list = arena_array(arena, newer->item_count, sizeof *list);
    size_t count = 0;
    for (size_t i = 0; i < newer->item_count; i++) {
        const struct agenda_item *now = &newer->items[i];
        const struct agenda_item *was = agenda_find(older, now->code);
        if (!was) {
            list[count++] = (struct agenda_difference){AGENDA_ADDED, NULL, now};
        } else if (!same_item(was, now)) {
            const bool over = was->ended_day == 0 && now->ended_day != 0;
            list[count++] = (struct agenda_difference){over ? AGENDA_ENDED : AGENDA_CHANGED, was, now};
        }
    }
    *out = list;
    return count;
}

bool agenda_follows(struct json_errors *errors, const struct agenda *older, const struct agenda *newer)
{
    const size_t before = errors->count;
    if (!slice_equal(older->code, newer->code)) {
        json_errors_add(errors, "/code", "keuze", "Dit is een andere agenda. Hier geldt de agenda %.*s.",
                        SLICE_ARG(older->code));
        return false;
    }
    for (size_t i = 0; i < older->item_count; i++) {
        const struct agenda_item *was = &older->items[i];
        const struct agenda_item *now = agenda_find(newer, was->code);
        if (!now || now->kind != was->kind) {
            json_errors_add(errors, "/sections", "ontbreekt",
                            "Hier ontbreekt %s %.*s. Laat staan wat voorbij is, en zet er ended bij: sinds "
                            "wanneer en waarom.",
                            agenda_kinds[was->kind], SLICE_ARG(was->code));
        }
    }
    return errors->count == before;
}
