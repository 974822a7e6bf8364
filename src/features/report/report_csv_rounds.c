/* Tables of a round as CSV that are of no one question: who is missing, the value map, trends. */
#include "features/report/report_csv.h"

#include <string.h>

/* ---- who is missing ---- */

static const struct column missing_columns[] = {{"antwoord", "antwoord"}, {"label", "label.nl"}};

static void put_missing_head(struct buffer *out)
{
    buffer_append_cstr(out, "ronde,werving,variabele,vraag,antwoord,label,aandeel,aandeel_reden,ondergrens,"
                            "bovengrens,verwacht,verwacht_over,gewogen,gewogen_reden,gewogen_ondergrens,"
                            "gewogen_bovengrens,peildatum\r\n");
}

/* What is expected is of as many answers together as verwacht_over says, the first of which has it. */
static void put_missing_row(struct buffer *out, struct arena *arena, const json_t *row)
{
    const json_t *got = json_object_get(row, "aandeel"), *weighted = json_object_get(row, "gewogen");
    report_csv_items(out, row, missing_columns, sizeof missing_columns / sizeof missing_columns[0]);
    buffer_append_cstr(out, ",");
    report_csv_number(out, arena, got, "waarde");
    report_csv_interval(out, got);
    report_csv_value(out, json_object_get(row, "verwacht"), true);
    buffer_append_cstr(out, ",");
    report_csv_value(out, json_object_get(row, "over"), true);
    buffer_append_cstr(out, ",");
    report_csv_number(out, arena, weighted, "waarde");
    report_csv_interval(out, weighted);
}

static void put_missing(struct buffer *out, struct arena *arena, const char *round, const json_t *content)
{
    size_t i, k, r;
    const json_t *stream, *group, *row;
    put_missing_head(out);
    json_array_foreach(json_object_get(content, "wie"), i, stream)
    {
        json_array_foreach(json_object_get(stream, "groepen"), k, group)
        {
            json_array_foreach(json_object_get(group, "rijen"), r, row)
            {
                report_csv_text(out, round);
                report_csv_text(out, report_text(stream, "werving"));
                report_csv_text(out, report_text(group, "variabele.code"));
                report_csv_text(out, report_text(group, "variabele.label.nl"));
                put_missing_row(out, arena, row);
                report_csv_value(out, json_object_get(group, "peildatum"), false);
                buffer_append_cstr(out, "\r\n");
            }
        }
    }
}

/* ---- the value map ---- */

/* Of a cell. What each method says stands beside the others: nothing is counted together. */
static const struct column map_columns[] = {{"waarde", "waarde"},
                                            {"label", "label"},
                                            {"volgens_regel", "volgensRegel"},
                                            {"reden", "beoordeling.reden"},
                                            {"enquete", "enquete.stand"},
                                            {"enquete_richting", "enquete.richting"},
                                            {"enquete_aandacht", "enquete.aandacht"},
                                            {"minderheid", "enquete.minderheid.aandeel"},
                                            {"minderheid_richting", "enquete.minderheid.richting"},
                                            {"interviews", "interviews.stand"},
                                            {"interviews_richting", "interviews.richting"},
                                            {"interviews_aandacht", "interviews.aandacht"},
                                            {"interviews_gevraagd", "interviews.gevraagd"},
                                            {"interviews_gesproken", "interviews.gesproken"},
                                            {"interviews_voor", "interviews.voor"},
                                            {"interviews_tegen", "interviews.tegen"},
                                            {"interviews_verdeeld", "interviews.verdeeld"},
                                            {"focusgroepen", "focusgroepen.stand"},
                                            {"focusgroepen_richting", "focusgroepen.richting"},
                                            {"focusgroepen_aandacht", "focusgroepen.aandacht"},
                                            {"focusgroepen_gevraagd", "focusgroepen.gevraagd"},
                                            {"focusgroepen_gesproken", "focusgroepen.gesproken"},
                                            {"focusgroepen_voor", "focusgroepen.voor"},
                                            {"focusgroepen_tegen", "focusgroepen.tegen"},
                                            {"focusgroepen_verdeeld", "focusgroepen.verdeeld"}};
enum { MAP_COLUMNS = sizeof map_columns / sizeof map_columns[0] };

static void put_map(struct buffer *out, struct arena *arena, const char *round, const json_t *content)
{
    size_t i, k;
    const json_t *row, *cell;
    (void)arena;
    buffer_append_cstr(out, "ronde,kaart,toepassing");
    for (size_t c = 0; c < MAP_COLUMNS; c++) {
        buffer_printf(out, ",%s", map_columns[c].name);
    }
    buffer_append_cstr(out, "\r\n");
    json_array_foreach(report_at(content, "kaart.toepassingen"), i, row)
    {
        json_array_foreach(json_object_get(row, "waarden"), k, cell)
        {
            report_csv_text(out, round);
            report_csv_value(out, json_object_get(content, "nummer"), true);
            buffer_append_cstr(out, ",");
            report_csv_text(out, report_text(row, "toepassing"));
            report_csv_items(out, cell, map_columns, MAP_COLUMNS);
            buffer_append_cstr(out, "\r\n");
        }
    }
}

/* ---- trends: a line for each round of each ---- */

static void put_point(struct buffer *out, struct arena *arena, const json_t *trend, const json_t *point)
{
    const json_t *net = json_object_get(point, "schatting"), *change = json_object_get(point, "verschil");
    report_csv_text(out, report_text(point, "ronde"));
    report_csv_value(out, json_object_get(point, "uitgave"), true);
    buffer_append_cstr(out, ",");
    report_csv_text(out, report_text(trend, "werving"));
    report_csv_value(out, json_object_get(trend, "gewogen"), false);
    buffer_append_cstr(out, ",");
    report_csv_text(out, report_text(trend, "variabele.code"));
    report_csv_text(out, report_text(trend, "variabele.label"));
    report_csv_text(out, report_text(trend, "toepassing"));
    report_csv_text(out, report_text(trend, "maat"));
    report_csv_number(out, arena, net, "waarde");
    report_csv_interval(out, net);
    report_csv_number(out, arena, change, "waarde");
    report_csv_value(out, json_array_get(json_object_get(change, "bandbreedte"), 0), true);
    buffer_append_cstr(out, ",");
    report_csv_value(out, json_array_get(json_object_get(change, "bandbreedte"), 1), true);
    buffer_append_cstr(out, "\r\n");
}

static void put_trends(struct buffer *out, struct arena *arena, const char *round, const json_t *content)
{
    size_t i, k;
    const json_t *trend, *point;
    (void)round;
    buffer_append_cstr(out, "ronde,uitgave,werving,gewogen,variabele,vraag,toepassing,maat,waarde,"
                            "waarde_reden,ondergrens,bovengrens,verschil,verschil_reden,"
                            "verschil_ondergrens,verschil_bovengrens\r\n");
    json_array_foreach(json_object_get(content, "trends"), i, trend)
    {
        json_array_foreach(json_object_get(trend, "rondes"), k, point)
        {
            put_point(out, arena, trend, point);
        }
    }
}

const struct report_round_table report_round_tables[] = {
    {"wie-ontbreekt", "respons", put_missing},
    {"waardenkaart", "waardenkaart", put_map},
    {"trends", "trends", put_trends},
};
const size_t report_round_table_count = sizeof report_round_tables / sizeof report_round_tables[0];
