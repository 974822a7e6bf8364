/* Versions of weights as CSV: a line a group of a margin, and one of whom the margin does not know. Made of
 * the answer in JSON, so that the same is withheld. */
#include "features/results/results_weights_json.h"
#include "features/results/results_write.h"

#include "formats/csv.h"

static void put_members(struct buffer *out, const json_t *object, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        csv_put_json(out, json_object_get(object, names[i]));
    }
}

/* Categories that were taken together stand in one cell, with | between them. */
static void put_categories(struct buffer *out, const json_t *group, bool label)
{
    struct buffer cell;
    size_t index;
    json_t *category;
    buffer_init(&cell, RESULTS_CSV_CELL_MAX);
    json_array_foreach(json_object_get(group, "categorieen"), index, category)
    {
        const json_t *text = label ? json_object_get(json_object_get(category, "label"), "nl")
                                   : json_object_get(category, "code");
        buffer_append_cstr(&cell, index > 0 ? "|" : "");
        buffer_append_cstr(&cell, json_string_value(text) ? json_string_value(text) : "");
    }
    buffer_append_byte(out, ',');
    csv_put_text(out, buffer_slice(&cell));
    buffer_free(&cell);
}

/* kind: "groep", "onbekend", or "" of a version that was refused, which has no groups; group NULL then. */
static void put_line(struct buffer *out, const json_t *weights, const json_t *version, const json_t *margin,
                     const char *kind, const json_t *group)
{
    static const char *const about[] = {"ronde", "weergave", "voorlopig", "drempel"};
    static const char *const of_version[] = {"versie", "werving", "status", "gemaaktOp", "geldt", "reden"};
    static const char *const of_report[] = {"deelnemers", "ontwerpeffect", "effectieveOmvang", "advies"};
    static const char *const of_group[] = {"aantal", "aandeel", "doel", "behaald"};
    csv_put_text(out, slice_from_cstr(json_string_value(json_object_get(weights, "consultatie"))));
    put_members(out, weights, about, sizeof about / sizeof about[0]);
    put_members(out, version, of_version, sizeof of_version / sizeof of_version[0]);
    put_members(out, json_object_get(version, "verslag"), of_report, sizeof of_report / sizeof of_report[0]);
    csv_put_json(out, json_object_get(margin, "code"));
    csv_put_json(out, json_object_get(json_object_get(margin, "label"), "nl"));
    csv_put_json(out, json_object_get(margin, "peildatum"));
    csv_put_json(out, json_object_get(margin, "bron"));
    buffer_printf(out, ",%s", kind);
    put_categories(out, group, false);
    put_categories(out, group, true);
    put_members(out, group, of_group, sizeof of_group / sizeof of_group[0]);
    buffer_append_cstr(out, "\r\n");
}

static void put_margin(struct buffer *out, const json_t *weights, const json_t *version, const json_t *margin)
{
    const json_t *groups = json_object_get(margin, "groepen");
    const json_t *unknown = json_object_get(margin, "onbekend");
    size_t index;
    json_t *group;
    json_array_foreach(groups, index, group)
    {
        put_line(out, weights, version, margin, "groep", group);
    }
    if (json_is_object(unknown)) {
        put_line(out, weights, version, margin, "onbekend", unknown);
    }
    if (!groups) {
        put_line(out, weights, version, margin, "", NULL);
    }
}

void weights_csv(struct buffer *out, const json_t *weights)
{
    size_t v, m;
    json_t *version, *margin;
    buffer_append_cstr(out, "\xef\xbb\xbf"
                            "consultatie,ronde,weergave,voorlopig,drempel,versie,werving,status,gemaakt_op,"
                            "geldt,reden,deelnemers,ontwerpeffect,effectieve_omvang,advies,marge,marge_label,"
                            "peildatum,bron,soort,categorieen,labels,aantal,aandeel,doel,behaald\r\n");
    json_array_foreach(json_object_get(weights, "versies"), v, version)
    {
        json_array_foreach(json_object_get(version, "marges"), m, margin)
        {
            put_margin(out, weights, version, margin);
        }
    }
}
