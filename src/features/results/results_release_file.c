/* What every file of a release has in common. */
#include "features/results/results_release_file.h"

static const struct release_file_facts facts[RELEASE_FORMATS] = {
    [RELEASE_CSV] = {"csv", "text/csv", "csv"},
    [RELEASE_CSVW] = {"csvw", "application/csvm+json", "csv-metadata.json"},
    [RELEASE_JSON_LINES] = {"jsonl", "application/jsonl", "jsonl"},
    [RELEASE_DDI] = {"ddi", "application/xml", "xml"}};

const struct release_file_facts *release_file_facts(enum release_file_format format)
{
    return &facts[format];
}

/* The description of a CSV is found by its name (Tabular Data Model, 5.3): the CSV's and "-metadata.json". */
const char *release_file_name(const struct release_file *file, struct arena *arena,
                              enum release_file_format format)
{
    static const char *const endings[RELEASE_FORMATS] = {[RELEASE_CSV] = "csv",
                                                         [RELEASE_CSVW] = "csv-metadata.json",
                                                         [RELEASE_JSON_LINES] = "jsonl",
                                                         [RELEASE_DDI] = "ddi.xml"};
    return arena_printf(arena, "%s-%s%s.%s", format == RELEASE_DDI ? "codeboek" : "tabellen",
                        figures_kept(&file->people, "werving"), file->people.weighted ? "-gewogen" : "",
                        endings[format])
        .ptr;
}

const char *release_file_address(const struct release_file *file, struct arena *arena,
                                 enum release_file_format format)
{
    const struct survey_round *round = file->people.round;
    if (file->folder) {
        return arena_printf(arena, "%s/%s", file->folder, release_file_name(file, arena, format)).ptr;
    }
    return arena_printf(
               arena, "%s/v1/consultaties/%s/uitgaven/tabellen?ronde=%s&werving=%s&gewogen=%s&formaat=%s",
               file->public_url, round->consultation, round->code, figures_kept(&file->people, "werving"),
               file->people.weighted ? "true" : "false", facts[format].name)
        .ptr;
}

enum figures_status release_file_find(struct release_file *file, const char **rule)
{
    struct public_file *public = &file->file;
    struct figures figures;
    struct figures_query query = file->people;
    const struct shelved *shelved = shelf_hold_for(public->arena, public->results, query.round->id);
    *rule = NULL;
    if (!shelved) {
        return FIGURES_NO_RELEASE;
    }
    file->plan = &shelved->plan;
    if (file->plan->dim_count == 0) {
        return FIGURES_NOT_RELEASED;
    }
    query.variable = file->plan->dims[0];
    query.shares = true;
    const enum figures_status status =
        figures_of_public(&figures, rule, public->arena, public->results, &query);
    public->release = figures.release;
    public->round_id = query.round->id;
    public->key = arena_printf(public->arena, "%s %s %d %d %d", facts[file->format].name,
                               figures_kept(&query, "werving"), (int)query.weighted, file->language,
                               (int)query.round->version_id);
    public->slowness = file->format == RELEASE_DDI ? LANE_WHILE : LANE_MINUTES;
    public->make = file->format == RELEASE_DDI ? release_ddi_make : release_tables_make;
    public->media_type = file->format == RELEASE_CSV ? "text/csv; charset=utf-8; header=present"
                                                     : facts[file->format].media_type;
    return status;
}
