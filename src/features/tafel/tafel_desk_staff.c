/* The secretary's one page: what is due, what is next, who has not answered, what rules found, where the map
 * asks for attention, who is missing, and what citizens still wait to hear. It counts nothing that takes
 * counting: figures are those that were kept. Prints on one A4. */
#include "features/tafel/tafel_desk_sql.h"
#include "features/tafel/tafel_framework_pages.h"
#include "features/tafel/tafel_meeting_pages.h"
#include "features/tafel/tafel_message_sql.h"
#include "features/tafel/tafel_suggestion_pages.h"
#include "features/tafel/tafel_table_pages.h"
#include "features/tafel/tafel_words.h"

#include <string.h>

enum { DAY_S = 86400 };
#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof((ARRAY)[0]))

static const char *const word_members[] = {"soort", "label", "was", "waarde", NULL};
static const char *const word_days[] = {"dag", "op", "sinds", NULL};
static const struct tafel_word_list words = {
    .texts = "tafel.desk", .members = word_members, .days = word_days};

static int language_of(const struct http_exchange *ex)
{
    return strcmp(http_language(ex), "en") == 0;
}

/* A section into the context: its lines, that there are none, and how many more there are than lines. */
static void put_section(json_t *context, const char *name, json_t *section)
{
    const json_int_t all = json_integer_value(json_object_get(section, "aantal"));
    const size_t shown = json_array_size(json_object_get(section, "regels"));
    json_object_set_new(section, "none", json_boolean(shown == 0));
    json_object_set_new(section, "any", json_boolean(shown > 0));
    if (all > (json_int_t)shown && shown > 0) {
        json_object_set_new(section, "meer", json_integer(all - (json_int_t)shown));
    }
    json_object_set(context, name, section);
}

/* Where a line of what is due leads. */
static void put_due_links(json_t *due, struct http_exchange *ex)
{
    size_t i;
    json_t *line;
    json_array_foreach(json_object_get(due, "regels"), i, line)
    {
        const char *kind = json_string_value(json_object_get(line, "soort"));
        const bool meeting = strcmp(kind, "actiepunt") == 0;
        const json_t *at = json_object_get(line, strcmp(kind, "signaal") == 0 ? "nummer" : "bij");
        json_object_set_new(
            line, "href",
            json_string(arena_printf(http_arena(ex), "%s/%lld", meeting ? MEETING_PATH : SIGNAL_PATH,
                                     (long long)json_integer_value(at))
                            .ptr));
    }
}

/* ---- rounds ---- */

/* Those that are open, else the one that opened last. */
static size_t rounds_of_now(const struct survey_round **rounds, size_t most,
                            const struct survey_snapshot *snapshot)
{
    const struct survey_round *last = NULL;
    size_t count = 0;
    for (size_t i = 0; snapshot && i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        if (round->status == ROUND_DRAFT || round->pilot) {
            continue;
        }
        last = !last || round->opens_at > last->opens_at ? round : last;
        if (round->status == ROUND_OPEN && count < most) {
            rounds[count++] = round;
        }
    }
    if (count == 0 && last) {
        rounds[count++] = last;
    }
    return count;
}

/* Groups of the survey that well fewer answered of than could be expected: a line for each way in which
 * people came, with where that is seen. */
static void add_missing(json_t *lines, bool *told, const struct tafel *tafel, struct http_exchange *ex,
                        const struct survey_round *round)
{
    struct missing_group *groups;
    size_t count;
    const int language = language_of(ex);
    const char *of = "", *names = "";
    *told = results_missing(&groups, &count, map_arena(ex), tafel->config.results, round) == FIGURES_OK;
    for (size_t i = 0; i < count; i++) {
        const bool same = strcmp(groups[i].stream, of) == 0;
        const bool last = i + 1 == count || strcmp(groups[i + 1].stream, groups[i].stream) != 0;
        names = arena_printf(http_arena(ex), "%s%s%s", same ? names : "", same ? "; " : "",
                             groups[i].label[language])
                    .ptr;
        of = groups[i].stream;
        if (last && json_array_size(lines) < DESK_LINES) {
            const char *href = arena_printf(http_arena(ex), "/uitkomsten/%s/wie?ronde=%s&werving=%s",
                                            round->consultation, round->code, of)
                                   .ptr;
            const char *title = round->title[language] ? round->title[language] : round->code;
            json_array_append_new(lines, json_pack("{s:s,s:s,s:s,s:s}", "ronde_titel", title, "werving",
                                                   groups[i].stream_label[language], "groepen", names, "href",
                                                   href));
        }
    }
}

static enum db_status put_rounds(json_t *context, const struct tafel *tafel, struct db_tx *tx,
                                 struct http_exchange *ex)
{
    enum { MOST = 3 };
    const struct survey_round *rounds[MOST];
    int32_t ids[MOST];
    json_t *list = json_array(), *missing = NULL, *groups = json_array();
    bool told = true;
    const size_t count = rounds_of_now(rounds, MOST, survey_snapshot_for(tafel->config.survey, ex));
    for (size_t i = 0; i < count; i++) {
        int64_t standing = 0, drafts = 0;
        const char *title = rounds[i]->title[language_of(ex)];
        ids[i] = rounds[i]->id;
        json_t *line = json_pack("{s:s,s:s,s:b}", "ronde", rounds[i]->code, "titel",
                                 title ? title : rounds[i]->code, "open", rounds[i]->status == ROUND_OPEN);
        if (results_responses(&standing, &drafts, http_arena(ex), tafel->config.results, rounds[i]->id)) {
            json_object_set_new(
                line, "geteld",
                json_pack("{s:I,s:I}", "inzendingen", (json_int_t)standing, "concepten", (json_int_t)drafts));
        }
        json_array_append_new(list, line);
        bool this_told;
        add_missing(groups, &this_told, tafel, ex, rounds[i]);
        told = told && this_told;
    }
    const enum db_status status = desk_missing(&missing, tx, http_arena(ex), ids, count);
    json_object_set_new(context, "rondes", list);
    json_object_set_new(context, "no_rondes", json_boolean(count == 0));
    json_object_set_new(context, "all_groups", json_boolean(told && json_array_size(groups) == 0));
    json_object_set_new(context, "untold_groups", json_boolean(!told));
    json_object_set_new(context, "groepen_enquete", groups);
    json_object_set(context, "ontbreekt", missing ? missing : json_null());
    json_object_set_new(context, "any_ontbreekt", json_boolean(json_array_size(missing) > 0));
    return status;
}

/* ---- suggestions, and the map ---- */

static enum db_status put_suggestions(json_t *context, const struct tafel *tafel, struct db_tx *tx,
                                      struct http_exchange *ex)
{
    json_t *all = NULL, *lines = json_array();
    const enum db_status status = suggestion_list(&all, tx, http_arena(ex));
    const json_t *subjects = suggestion_subjects(
        all, http_arena(ex), tafel, survey_snapshot_for(tafel->config.survey, ex), language_of(ex));
    for (size_t i = 0; i < json_array_size(subjects) && i < DESK_LINES; i++) {
        json_array_append(lines, json_array_get(subjects, i));
    }
    json_t *section =
        json_pack("{s:I,s:o}", "aantal", (json_int_t)json_array_size(subjects), "regels", lines);
    put_section(context, "voorstellen", section);
    json_decref(section);
    return status;
}

static enum db_status put_map(json_t *context, const struct tafel *tafel, struct db_tx *tx,
                              struct http_exchange *ex)
{
    size_t i;
    json_t *map = NULL, *cell;
    const struct survey_snapshot *snapshot = survey_snapshot_for(tafel->config.survey, ex);
    const enum db_status status = desk_map(&map, tx, http_arena(ex));
    if (!map) {
        return status;
    }
    const char *code = json_string_value(json_object_get(map, "ronde"));
    const struct survey_round *round = snapshot ? survey_round_find(snapshot, slice_from_cstr(code)) : NULL;
    json_array_foreach(json_object_get(map, "regels"), i, cell)
    {
        const char *application = json_string_value(json_object_get(cell, "toepassing"));
        const char *value = json_string_value(json_object_get(cell, "waarde"));
        const char *title =
            round ? map_title(http_arena(ex), round, "application", application, language_of(ex)) : NULL;
        if (title && strcmp(title, application) != 0) {
            json_object_set_new(cell, "titel", json_string(title));
        }
        json_object_set_new(
            cell, "href",
            json_string(
                arena_printf(http_arena(ex), VALUE_MAP_PATH "/%s/%s/%s", code, application, value).ptr));
    }
    put_section(context, "kaart", map);
    return status;
}

/* ---- what waits for the caller's approval ---- */

enum db_status frameworks_wait(json_t *lines, struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    int64_t count;
    const enum db_status status = desk_sheets_to_approve(&count, tx, staff_caller(ex)->label);
    if (status == DB_OK && count > 0) {
        staff_waits(lines, ex, tafel->config.account, "tafel.framework.waiting", count, FRAMEWORK_PATH);
    }
    return status;
}

static enum db_status put_approvals(json_t *context, struct tafel *tafel, struct db_tx *tx,
                                    struct http_exchange *ex)
{
    json_t *lines = json_array();
    enum db_status status = frameworks_wait(lines, tx, ex, tafel);
    status =
        status == DB_OK && tafel->approvals ? tafel->approvals(lines, tx, ex, tafel->approvals_self) : status;
    json_object_set_new(context, "any_approvals", json_boolean(json_array_size(lines) > 0));
    json_object_set_new(context, "goedkeuren", lines);
    return status;
}

/* ---- the page ---- */

static enum db_status get_desk(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct tafel *tafel = self;
    struct account *account = tafel->config.account;
    struct arena *arena = http_arena(ex);
    const int32_t today = signal_today(tafel);
    int64_t unread = 0;
    json_t *due = NULL, *meeting = NULL, *waiting = NULL, *untold = NULL, *begun = NULL;
    json_t *context = staff_titled(ex, account, "tafel.desk.title");
    enum db_status status = desk_due(&due, tx, arena, today);
    status = status == DB_OK ? desk_meeting(&meeting, tx, arena, today) : status;
    status = status == DB_OK ? desk_waiting(&waiting, tx, arena, today) : status;
    status = status == DB_OK ? desk_untold(&untold, tx, arena) : status;
    status = status == DB_OK ? desk_begun(&begun, tx, arena) : status;
    status = status == DB_OK ? message_unread(&unread, tx) : status;
    status = status == DB_OK ? put_suggestions(context, tafel, tx, ex) : status;
    status = status == DB_OK ? put_map(context, tafel, tx, ex) : status;
    status = status == DB_OK ? put_rounds(context, tafel, tx, ex) : status;
    status = status == DB_OK ? put_approvals(context, tafel, tx, ex) : status;
    if (status != DB_OK) {
        json_decref(context);
        return status;
    }
    put_due_links(due, ex);
    put_section(context, "deze_week", due);
    put_section(context, "rijp", meeting);
    put_section(context, "wacht", waiting);
    put_section(context, "nog_vertellen", untold);
    json_object_set(context, "begonnen", begun);
    json_object_set_new(context, "ongelezen", json_integer(unread));
    tafel_say_words(context, ex, tafel->config.web, &words);
    staff_set_date(context, "today", ex, account, (int64_t)today * DAY_S);
    staff_render(ex, account, 200, "staff_desk", context);
    return DB_OK;
}

const struct route desk_routes[] = {
    SIGNAL_GET(DESK_PATH, get_desk, "taal"),
};
const size_t desk_route_count = COUNT(desk_routes);
