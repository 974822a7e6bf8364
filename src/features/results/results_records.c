#include "features/results/results_records.h"

#include "features/results/results_differences.h"
#include "features/results/results_write.h"

#include "base/clock.h"
#include "formats/csv.h"

#include <string.h>

enum { FIRST_ROOM = 64 };

void records_add(struct records *records, const struct figures_record *record)
{
    if (records->count == records->room) {
        size_t room = records->room ? 2 * records->room : FIRST_ROOM;
        struct figures_record *items = arena_array(records->arena, room, sizeof *items);
        if (records->count > 0) {
            memcpy(items, records->items, records->count * sizeof *items);
        }
        records->items = items;
        records->room = room;
    }
    records->items[records->count++] = *record;
}

void records_add_figures(struct records *records, const struct figures *figures, size_t answer,
                         const char *share)
{
    const struct variable *v = figures->variable;
    for (size_t i = 0; i < figures->line_count; i++) {
        const struct figures_line *line = &figures->lines[i];
        struct figures_record record = {.variable = v,
                                        .value = v->value,
                                        .dimension = v->dimension,
                                        .facet = v->facet,
                                        .application = v->application,
                                        .group =
                                            figures->query.group_count > 0 ? line->group_names[0] : "alle",
                                        .base = line->base,
                                        .effective_n = line->effective_n};
        if (answer < figures->answer_count) {
            record.measure = share;
            record.figure = line->cells[answer].share;
            records_add(records, &record);
        }
        for (int m = 0; m < FIGURES_MEASURES; m++) {
            if (figures->query.measures[m] && line->measures[m].mark != FIGURE_NONE) {
                record.measure = results_query_measure_name((enum figures_measure)m);
                record.figure = line->measures[m];
                records_add(records, &record);
            }
        }
    }
}

static bool same_kind(const struct figures_record *a, const struct figures_record *b)
{
    return strcmp(a->measure, b->measure) == 0 && strcmp(a->group, b->group) == 0;
}

void records_rank(struct records *records, size_t from)
{
    for (size_t i = from; i < records->count; i++) {
        struct figures_record *record = &records->items[i];
        int higher = 0;
        bool all = true;
        for (size_t k = from; k < records->count; k++) {
            const struct figures_record *other = &records->items[k];
            if (same_kind(record, other)) {
                all = all && other->figure.mark == FIGURE_SHOWN;
                higher += other->figure.value > record->figure.value;
            }
        }
        record->rank = all && (record->item || record->variable) ? higher + 1 : 0;
    }
}

/* ---- JSON ---- */

static void put_text(struct json_writer *w, const char *name, const char *text)
{
    if (text) {
        json_put_name(w, name);
        json_put_string(w, text);
    }
}

static const char *question_of(const struct figures_record *record)
{
    return record->question ? record->question : record->variable->question;
}

static void put_time(struct json_writer *w, const char *name, int64_t unix_s)
{
    char text[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(text, unix_s);
    put_text(w, name, text);
}

static void put_count(struct json_writer *w, const char *name, int64_t value)
{
    json_put_name(w, name);
    json_put_integer(w, value);
}

/* Of a record of another round than the list's. */
static void put_round(struct json_writer *w, const struct figures *of)
{
    if (!of) {
        return;
    }
    put_text(w, "ronde", of->query.round->code);
    put_time(w, "opentOp", of->query.round->opens_at);
    put_time(w, "sluitOp", of->query.round->closes_at);
    json_put_name(w, "voorlopig");
    json_put_bool(w, of->provisional);
    put_count(w, "positie", of->position);
    if (of->query.weighted) {
        put_count(w, "weegversie", of->weights);
    }
}

static void put_record(struct json_writer *w, const struct figures_record *record, enum figures_view view)
{
    json_open(w, '{');
    put_round(w, record->of);
    put_text(w, "vraag", question_of(record));
    put_text(w, "variabele", record->variable ? record->variable->code : NULL);
    put_text(w, "dimensie", record->dimension);
    put_text(w, "waarde", record->value);
    put_text(w, "facet", record->facet);
    put_text(w, "toepassing", record->application);
    put_text(w, "optie", record->item);
    put_text(w, "label", record->item_label);
    put_text(w, "groep", record->group);
    put_text(w, "maat", record->measure);
    json_put_name(w, "schatting");
    figures_put_estimate(w, &record->figure, view);
    figures_put(w, "basis", &record->base, view);
    figures_put(w, "effectiefAantal", &record->effective_n, view);
    if (record->rank > 0) {
        put_count(w, "rang", record->rank);
    }
    if (record->has_difference) {
        json_put_name(w, "verschil");
        figures_put_estimate(w, &record->difference, view);
    }
    json_close(w, '}');
}

/* Differences from a round before: how many were looked at, and how many of them are without 0. */
struct tally {
    size_t differences, compared, clear;
};

static struct tally tally_of(const struct records *records)
{
    struct tally tally = {0};
    for (size_t i = 0; i < records->count; i++) {
        const struct figures_record *record = &records->items[i];
        tally.differences += record->has_difference;
        tally.compared += record->has_difference && record->difference.mark == FIGURE_SHOWN;
        tally.clear += record->has_difference && difference_is_clear(&record->difference);
    }
    return tally;
}

static void put_comparisons(struct json_writer *w, const struct records *records)
{
    const struct tally tally = tally_of(records);
    if (tally.differences == 0) {
        return;
    }
    json_put_name(w, "vergelijkingen");
    json_open(w, '{');
    put_count(w, "aantal", (int64_t)tally.compared);
    put_count(w, "zonderNul", (int64_t)tally.clear);
    json_put_name(w, "bijToeval");
    json_put_real(w, differences_by_chance(tally.compared));
    json_close(w, '}');
}

static void records_json(struct buffer *out, const struct records *records, const struct figures *figures)
{
    struct json_writer w = figures_json_writer(out, figures->query.view);
    json_open(&w, '{');
    figures_put_about(&w, figures);
    if (figures->query.group_count > 0) {
        json_put_name(&w, "groepeerOp");
        figures_put_variable(&w, figures->groups[0]);
    }
    put_comparisons(&w, records);
    json_put_name(&w, "schattingen");
    json_open(&w, '[');
    for (size_t i = 0; i < records->count; i++) {
        put_record(&w, &records->items[i], figures->query.view);
    }
    json_close(&w, ']');
    json_close(&w, '}');
}

/* ---- CSV ---- */

static void csv_text(struct buffer *out, const char *text)
{
    csv_put_text(out, slice_from_cstr(text ? text : ""));
    buffer_append_byte(out, ',');
}

static void csv_figure(struct buffer *out, const struct figure *figure, enum figures_view view)
{
    const double bounds[] = {figure->error, figure->low, figure->high};
    bool shown = figure->mark == FIGURE_SHOWN;
    if (shown) {
        figures_csv_number(out, figure, figure->value, view);
    }
    buffer_append_byte(out, ',');
    csv_text(out, figures_reason(figure));
    for (int i = 0; i < 3; i++) {
        if (shown && figure->interval && (i > 0 || (view == FIGURES_ANALYST && figure->error > 0))) {
            figures_csv_number(out, figure, bounds[i], view);
        }
        buffer_append_byte(out, ',');
    }
}

static void csv_people(struct buffer *out, const struct figure *people, enum figures_view view)
{
    if (people->mark == FIGURE_SHOWN) {
        figures_csv_number(out, people, people->value, view);
    }
    buffer_append_byte(out, ',');
}

static void csv_record(struct buffer *out, const struct figures_record *record, const struct figures *figures,
                       const struct tally *tally)
{
    static const struct figure none = {.mark = FIGURE_NONE};
    const struct figures *of = record->of ? record->of : figures;
    const enum figures_view view = of->query.view;
    const struct survey_round *round = of->query.round;
    csv_text(out, round->consultation);
    csv_text(out, round->code);
    csv_text(out, question_of(record));
    csv_text(out, record->variable ? record->variable->code : NULL);
    csv_text(out, record->dimension);
    csv_text(out, record->value);
    csv_text(out, record->facet);
    csv_text(out, record->application);
    csv_text(out, record->item);
    csv_text(out, record->item_label);
    csv_text(out, figures->query.group_count > 0 ? figures->groups[0]->code : NULL);
    csv_text(out, record->group);
    csv_text(out, record->measure);
    csv_figure(out, &record->figure, view);
    csv_people(out, &record->base, view);
    csv_people(out, &record->effective_n, view);
    if (record->rank > 0) {
        buffer_printf(out, "%d", record->rank);
    }
    buffer_append_byte(out, ',');
    csv_figure(out, record->has_difference ? &record->difference : &none, view);
    if (tally->differences > 0) {
        buffer_printf(out, "%zu", tally->compared);
    }
    buffer_append_byte(out, ',');
    figures_csv_about(out, of);
}

static void records_csv(struct buffer *out, const struct records *records, const struct figures *figures)
{
    buffer_append_cstr(
        out, "\xef\xbb\xbf"
             "consultatie,ronde,vraag,variabele,dimensie,waarde,facet,toepassing,optie,label,"
             "groepeer_op,groep,maat,schatting,schatting_reden,standaardfout,ondergrens,"
             "bovengrens,basis,effectief_aantal,rang,verschil,verschil_reden,verschil_standaardfout,"
             "verschil_ondergrens,verschil_bovengrens,vergelijkingen,");
    const struct tally tally = tally_of(records);
    figures_csv_about_head(out, figures->query.view);
    for (size_t i = 0; i < records->count; i++) {
        csv_record(out, &records->items[i], figures, &tally);
    }
}

void records_reply(struct results_call *call, const struct records *records, const struct figures *figures,
                   const char *name)
{
    struct buffer body;
    buffer_init(&body, RESULTS_BODY_MAX);
    if (results_call_wants_csv(call)) {
        records_csv(&body, records, figures);
        results_call_reply_csv(call, &body, name);
    } else {
        records_json(&body, records, figures);
        results_call_reply_json(call, &body);
    }
    buffer_free(&body);
}
