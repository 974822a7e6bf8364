#include "features/report/report_year.h"

#include "base/clock.h"
#include "features/tafel/tafel.h"

#include <string.h>

static void set(json_t *object, const char *name, const json_t *value)
{
    if (value) {
        json_object_set(object, name, (json_t *)(uintptr_t)value);
    }
}

/* Of the time in this member; 0: there is none. */
static int year_of(const json_t *object, const char *member)
{
    int64_t at = 0;
    return clock_parse_rfc3339(&at, slice_from_cstr(report_text(object, member))) ? clock_civil_nl(at).year
                                                                                  : 0;
}

/* ---- signals ---- */

bool year_knew_signal(const struct report_draft *draft, const json_t *signal)
{
    return draft->kind != REPORT_OF_YEAR || year_of(signal, "opgevangenOp") <= draft->year;
}

bool year_had_signal(const struct report_draft *draft, const json_t *signal)
{
    const json_t *steps = json_object_get(signal, "stappen");
    const json_t *last = json_array_get(steps, json_array_size(steps) - 1);
    const bool done = last && !signal_is_open(signal_state_find(slice_from_cstr(report_text(last, "naar"))));
    return draft->kind != REPORT_OF_YEAR || !done || year_of(last, "op") >= draft->year;
}

/* ---- what was passed on ---- */

typedef void (*forward_visitor)(json_t *out, const struct report_making *m, const json_t *signal,
                                const json_t *forward);

static json_t *over_forwards(const struct report_making *m, json_t *out, forward_visitor visit)
{
    size_t i, k;
    const json_t *signal, *forward;
    json_array_foreach(m->signals, i, signal)
    {
        json_array_foreach(json_object_get(signal, "doorgeleidingen"), k, forward)
        {
            visit(out, m, signal, forward);
        }
    }
    return out;
}

static void add_one(json_t *object, const char *name)
{
    json_object_set_new(object, name, json_integer(json_integer_value(json_object_get(object, name)) + 1));
}

/* The day on which the year was over, or today where that is earlier. */
static int32_t closing_day(const struct report_making *m)
{
    int32_t over = 0;
    const int32_t today = clock_day_nl(m->means->now_s);
    clock_parse_day(&over, arena_printf(m->arena, "%d-01-01", (int)m->draft->year + 1));
    return over < today ? over : today;
}

static json_t *counts_of(json_t *by_name, const char *name)
{
    json_t *counts = json_object_get(by_name, name);
    if (!counts) {
        counts = json_pack("{s:i,s:i,s:i,s:i,s:[]}", "doorgeleid", 0, "vanEerder", 0, "beantwoord", 0,
                           "teLaat", 0, "openstaand");
        json_object_set_new(by_name, name, counts);
    }
    return counts;
}

static void count_addressee(json_t *out, const struct report_making *m, const json_t *signal,
                            const json_t *forward)
{
    const int32_t year = m->draft->year;
    const json_t *answer = json_object_get(forward, "antwoord");
    const int asked = year_of(forward, "op"), answered = answer ? year_of(answer, "op") : 0;
    int32_t day = 0;
    if (asked > year || (answer && answered < year)) {
        return;
    }
    json_t *counts = counts_of(out, report_text(forward, "geadresseerde"));
    add_one(counts, asked == year ? "doorgeleid" : "vanEerder");
    if (answer && answered == year) {
        add_one(counts, "beantwoord");
        return;
    }
    const bool late =
        clock_parse_day(&day, slice_from_cstr(report_text(forward, "uiterlijk"))) && day < closing_day(m);
    if (late) {
        add_one(counts, "teLaat");
    }
    json_t *open = json_pack("{s:O,s:b}", "signaal", json_object_get(signal, "nummer"), "teLaat", (int)late);
    set(open, "uiterlijk", json_object_get(forward, "uiterlijk"));
    json_array_append_new(json_object_get(counts, "openstaand"), open);
}

enum db_status year_departments(json_t **content, struct report_making *m)
{
    json_t *by_name = over_forwards(m, json_object(), count_addressee), *list = json_array(), *one;
    const char *name;
    json_object_foreach(by_name, name, one)
    {
        json_object_set_new(one, "naam", json_string(name));
        size_t at = 0;
        while (at < json_array_size(list) &&
               strcmp(report_text(json_array_get(list, at), "naam"), name) < 0) {
            at++;
        }
        json_array_insert(list, at, one);
    }
    json_decref(by_name);
    *content = json_pack("{s:o}", "geadresseerden", list);
    return DB_OK;
}

static void add_change(json_t *out, const struct report_making *m, const json_t *signal,
                       const json_t *forward)
{
    const json_t *answer = json_object_get(forward, "antwoord");
    if (answer && year_of(answer, "op") == m->draft->year && json_object_get(answer, "watVerandert")) {
        json_t *one = json_pack("{s:O,s:O}", "signaal", json_object_get(signal, "nummer"), "titel",
                                json_object_get(signal, "titel"));
        set(one, "onderdeel", json_object_get(forward, "onderdeel"));
        set(one, "geadresseerde", json_object_get(forward, "geadresseerde"));
        set(one, "uitkomst", json_object_get(answer, "uitkomst"));
        set(one, "watVerandert", json_object_get(answer, "watVerandert"));
        set(one, "wanneer", json_object_get(answer, "wanneer"));
        json_array_append_new(out, one);
    }
}

enum db_status year_changes(json_t **content, struct report_making *m)
{
    struct agenda_version *versions;
    size_t count;
    const enum db_status status = agenda_versions(&versions, &count, m->tx);
    json_t *list = json_array();
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        if (clock_civil_nl(versions[i].created_at).year == m->draft->year) {
            char at[CLOCK_RFC3339_BYTES];
            clock_format_rfc3339(at, versions[i].created_at);
            json_array_append_new(list, json_pack("{s:i,s:s%,s:s}", "versie", (int)versions[i].number,
                                                  "titel", versions[i].title.ptr, versions[i].title.len,
                                                  "vastgelegdOp", at));
        }
    }
    *content =
        json_pack("{s:o,s:o}", "veranderingen", over_forwards(m, json_array(), add_change), "versies", list);
    return status;
}
