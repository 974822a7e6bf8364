/* The agenda as JSON: what the API gives, and what pages are made of. */
#include "features/tafel/tafel_internal.h"

#include "base/clock.h"

#include <string.h>

enum { DAY_S = 86400, DAY_TEXT_BYTES = 11 };

static json_t *text_json(struct slice text)
{
    return json_stringn(text.ptr ? text.ptr : "", text.len);
}

static json_t *lines_json(const struct agenda_list *lines)
{
    json_t *list = json_array();
    for (size_t i = 0; i < lines->count; i++) {
        json_array_append_new(list, text_json(lines->items[i]));
    }
    return list;
}

static void put_lines(json_t *object, const char *name, const struct agenda_list *lines)
{
    if (lines->count > 0) {
        json_object_set_new(object, name, lines_json(lines));
    }
}

static void put_text(json_t *object, const char *name, struct slice text)
{
    if (text.len > 0) {
        json_object_set_new(object, name, text_json(text));
    }
}

/* "2027-06-30" */
static json_t *day_json(int32_t day)
{
    char text[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(text, (int64_t)day * DAY_S);
    text[DAY_TEXT_BYTES - 1] = '\0';
    return json_string(text);
}

static json_t *time_json(int64_t unix_s)
{
    char text[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(text, unix_s);
    return json_string(text);
}

/* ---- an item ---- */

json_t *agenda_ended_json(const struct agenda_item *item)
{
    return json_pack("{s:o,s:o}", "op", day_json(item->ended_day), "reden", text_json(item->ended_why));
}

static json_t *item_json(const struct agenda_view *view, const struct agenda_item *item)
{
    const struct agenda_standing standing =
        agenda_standing_of(view->standings, view->standing_count, item->code);
    json_t *object = json_pack("{s:o,s:s,s:o}", "code", text_json(item->code), "soort",
                               agenda_kinds[item->kind], "titel", text_json(item->title));
    put_lines(object, "mijlpalen", &item->milestones);
    put_lines(object, "planning", &item->planning);
    put_text(object, "eigenaar", standing.owner);
    if (standing.any_progress) {
        json_object_set_new(object, "stand", json_string(agenda_states[standing.state]));
    }
    if (item->ended_day != 0) {
        json_object_set_new(object, "beeindigd", agenda_ended_json(item));
    }
    return object;
}

static json_t *applications_of(const struct agenda *agenda, const struct agenda_item *item)
{
    json_t *list = json_array();
    for (size_t i = 0; i < agenda->application_count; i++) {
        const struct agenda_application *application = &agenda->applications[i];
        for (size_t k = 0; k < application->actions.count; k++) {
            if (slice_equal(application->actions.items[k], item->code)) {
                json_array_append_new(list, json_pack("{s:o,s:o}", "code", text_json(application->code),
                                                      "titel", text_json(application->title)));
            }
        }
    }
    return list;
}

json_t *agenda_item_json(const struct agenda_view *view, const struct agenda_item *item)
{
    const struct agenda_section *section = &view->agenda->sections[item->section];
    json_t *object = item_json(view, item);
    json_object_set_new(object, "agenda", text_json(view->agenda->code));
    json_object_set_new(object, "versie", json_integer(view->version.number));
    json_object_set_new(
        object, "paragraaf",
        json_pack("{s:o,s:o}", "code", text_json(section->code), "titel", text_json(section->title)));
    json_object_set_new(object, "toepassingen", applications_of(view->agenda, item));
    return object;
}

/* ---- the whole ---- */

static json_t *section_json(const struct agenda_view *view, const struct agenda_section *section)
{
    json_t *object =
        json_pack("{s:o,s:o}", "code", text_json(section->code), "titel", text_json(section->title));
    json_t *items = json_array();
    put_text(object, "thema", section->theme);
    put_text(object, "opgave", section->challenge);
    for (size_t i = 0; i < section->count; i++) {
        json_array_append_new(items, item_json(view, &view->agenda->items[section->first + i]));
    }
    json_object_set_new(object, "onderdelen", items);
    return object;
}

static json_t *parties_json(const struct agenda_parties *parties)
{
    json_t *list = json_array();
    for (size_t i = 0; i < parties->count; i++) {
        const struct agenda_party *party = &parties->items[i];
        json_t *object =
            json_pack("{s:o,s:o}", "code", text_json(party->code), "naam", text_json(party->name));
        put_text(object, "voluit", party->title);
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *application_json(const struct agenda_application *application)
{
    json_t *object =
        json_pack("{s:o,s:o,s:s}", "code", text_json(application->code), "titel",
                  text_json(application->title), "raakt", application->direct ? "direct" : "indirect");
    put_text(object, "paragraaf", application->section);
    json_object_set_new(object, "acties", lines_json(&application->actions));
    return object;
}

json_t *agenda_view_json(const struct agenda_view *view)
{
    const struct agenda *agenda = view->agenda;
    json_t *sections = json_array(), *applications = json_array();
    for (size_t i = 0; i < agenda->section_count; i++) {
        json_array_append_new(sections, section_json(view, &agenda->sections[i]));
    }
    for (size_t i = 0; i < agenda->application_count; i++) {
        json_array_append_new(applications, application_json(&agenda->applications[i]));
    }
    json_t *source = json_pack("{s:o,s:o,s:I}", "titel", text_json(agenda->source_title), "uitgever",
                               text_json(agenda->source_publisher), "jaar", (json_int_t)agenda->source_year);
    json_t *object = json_object();
    json_object_set_new(object, "agenda", text_json(agenda->code));
    json_object_set_new(object, "versie", json_integer(view->version.number));
    json_object_set_new(object, "titel", text_json(agenda->title));
    json_object_set_new(object, "vastgelegdOp", time_json(view->version.created_at));
    json_object_set_new(object, "bron", source);
    json_object_set_new(object, "paragrafen", sections);
    json_object_set_new(object, "departementen", parties_json(&agenda->departments));
    json_object_set_new(object, "tafels", parties_json(&agenda->tables));
    json_object_set_new(object, "tafelleden", lines_json(&agenda->members));
    json_object_set_new(object, "beslissers", parties_json(&agenda->deciders));
    json_object_set_new(object, "toepassingen", applications);
    return object;
}

enum db_status agenda_view_open(struct agenda_view *out, struct db_tx *tx, struct arena *arena,
                                int32_t number)
{
    *out = (struct agenda_view){.agenda = NULL};
    enum db_status status = agenda_get(&out->agenda, &out->version, tx, arena, number);
    return status == DB_OK && out->agenda ? agenda_standings(&out->standings, &out->standing_count, tx)
                                          : status;
}

enum db_status agenda_json(json_t **out, struct db_tx *tx, struct arena *arena)
{
    struct agenda_view view;
    const enum db_status status = agenda_view_open(&view, tx, arena, 0);
    *out = status == DB_OK && view.agenda ? agenda_view_json(&view) : NULL;
    return status;
}

/* ---- history ---- */

json_t *agenda_versions_json(const struct agenda_version *versions, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, json_pack("{s:i,s:o,s:o}", "versie", (int)versions[i].number, "titel",
                                              text_json(versions[i].title), "vastgelegdOp",
                                              time_json(versions[i].created_at)));
    }
    return list;
}

static json_t *progress_json(const struct agenda_progress *list, size_t count)
{
    json_t *out = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(out, json_pack("{s:s,s:o,s:o,s:o}", "stand", agenda_states[list[i].state],
                                             "tekst", text_json(list[i].told), "bron",
                                             text_json(list[i].source), "op", time_json(list[i].created_at)));
    }
    return out;
}

/* What became of this item from one version to the next; false: nothing. */
static bool changed_in(struct agenda_difference *out, struct arena *arena, const struct agenda *older,
                       const struct agenda *newer, struct slice code)
{
    const struct agenda_difference *list;
    const size_t count = agenda_compare(&list, arena, older, newer);
    for (size_t i = 0; i < count; i++) {
        if (slice_equal(list[i].newer->code, code)) {
            *out = list[i];
            return true;
        }
    }
    return false;
}

static json_t *change_json(const struct agenda_version *version, const struct agenda_difference *difference)
{
    json_t *object =
        json_pack("{s:i,s:o,s:s}", "versie", (int)version->number, "op", time_json(version->created_at),
                  "verandering", agenda_changes[difference->change]);
    if (difference->older && !slice_equal(difference->older->title, difference->newer->title)) {
        json_object_set_new(object, "titelWas", text_json(difference->older->title));
    }
    return object;
}

enum db_status agenda_add_history(json_t *object, struct db_tx *tx, struct arena *arena,
                                  const struct agenda_item *item)
{
    static const struct agenda nothing = {.item_count = 0};
    struct agenda_progress *progress;
    struct agenda_version *versions, version;
    size_t progress_count, count;
    const struct agenda *newer = NULL, *older;
    enum db_status status = agenda_progress_list(&progress, &progress_count, tx, item->code);
    if (status != DB_OK) {
        return status;
    }
    json_object_set_new(object, "voortgang", progress_json(progress, progress_count));
    status = agenda_versions(&versions, &count, tx);
    json_t *list = json_array();
    json_object_set_new(object, "geschiedenis", list);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        struct agenda_difference difference;
        if (!newer) {
            status = agenda_get(&newer, &version, tx, arena, versions[i].number);
        }
        older = &nothing;
        if (status == DB_OK && i + 1 < count) {
            status = agenda_get(&older, &version, tx, arena, versions[i + 1].number);
        }
        if (status == DB_OK && changed_in(&difference, arena, older, newer, item->code)) {
            json_array_append_new(list, change_json(&versions[i], &difference));
        }
        newer = older;
    }
    return status;
}

void agenda_add_numbers(json_t *value, bool all)
{
    const char *kind = json_string_value(json_object_get(value, "soort")), *key;
    json_t *code = json_object_get(value, "code"), *inner;
    void *next;
    size_t i;
    if (kind && code && (all || strcmp(kind, agenda_kinds[AGENDA_ACTION]) == 0)) {
        json_object_set(value, "nummer", code);
    }
    json_array_foreach(value, i, inner)
    {
        agenda_add_numbers(inner, all);
    }
    json_object_foreach_safe(value, next, key, inner)
    {
        agenda_add_numbers(inner, all);
    }
}

/* "Q3 2026" in a text that the agenda says in Dutch is "derde kwartaal van 2026". */
static const char *say_quarters(struct arena *arena, const char *text)
{
    static const char *const words[] = {"eerste", "tweede", "derde", "vierde"};
    const char *said = "";
    for (const char *at = strchr(text, 'Q'); at; at = strchr(at + 1, 'Q')) {
        if (at[1] >= '1' && at[1] <= '4' && at[2] == ' ' && strspn(at + 3, "0123456789") == 4) {
            said = arena_printf(arena, "%s%.*s%s kwartaal van ", said, (int)(at - text), text,
                                words[at[1] - '1'])
                       .ptr;
            text = at + 3;
        }
    }
    return arena_printf(arena, "%s%s", said, text).ptr;
}

void agenda_say_planning(json_t *object, struct arena *arena)
{
    size_t i;
    const json_t *line;
    json_t *said = json_array();
    json_array_foreach(json_object_get(object, "planning"), i, line)
    {
        json_array_append_new(said, json_string(say_quarters(arena, json_string_value(line))));
    }
    json_object_set_new(object, "planning", said);
}

void agenda_mark_empty(json_t *object)
{
    static const struct {
        const char *list, *any;
    } lists[] = {{"voortgang", "any_voortgang"},
                 {"toepassingen", "any_toepassingen"},
                 {"mijlpalen", "any_mijlpalen"},
                 {"planning", "any_planning"}};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        json_object_set_new(object, lists[i].any,
                            json_boolean(json_array_size(json_object_get(object, lists[i].list)) > 0));
    }
}
