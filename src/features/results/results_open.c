#include "features/results/results_release_file.h"

#include <string.h>
#include <unistd.h>

enum { MAKING_SECONDS = 3600, KINDS = 2 * RELEASE_FORMATS /* by weighted, by format */ };

_Static_assert((int)OPEN_PARTS_MAX == (int)RELEASE_STREAMS, "what the header says");

static const struct variable *stream_of(const struct shelved *shelved)
{
    size_t count;
    return &questionnaire_variables(&count, shelved->plan.round->questionnaire)[shelved->plan.stream];
}

/* The first universe of a part is everybody in it. */
static void tell_parts(struct open_release *out)
{
    const struct release *newest = out->shelved->history.newest;
    for (size_t p = 0; p < newest->part_count; p++) {
        const struct release_part *part = &newest->parts[p];
        const bool told = part->universe_count > 0 && part->universes[0].open;
        out->parts[out->part_count++] =
            (struct open_part){.stream = stream_of(out->shelved)->categories[part->stream].code,
                               .people = told ? part->universes[0].n : 0};
    }
}

struct open_release *open_releases(size_t *count, struct arena *arena, struct results *results)
{
    const struct survey_snapshot *snapshot = survey_snapshot_hold(results->config.survey);
    const size_t rounds = snapshot ? survey_round_count(snapshot) : 0;
    struct open_release *list = arena_array(arena, rounds + 1, sizeof *list);
    *count = 0;
    for (size_t i = 0; i < rounds; i++) {
        const int32_t id = survey_round_at(snapshot, i)->id;
        const struct shelved *shelved = shelf_hold_for(arena, results, id);
        if (!shelved || shelved->plan.round->invented ||
            !results_may_tell(shelved->plan.round, FIGURES_PUBLIC, results->config.now_s())) {
            continue;
        }
        const struct release *newest = shelved->history.newest;
        list[(*count)++] = (struct open_release){.round = shelved->plan.round,
                                                 .number = newest->number,
                                                 .round_id = id,
                                                 .made_at = newest->made_at,
                                                 .threshold = newest->settings.threshold,
                                                 .noise_reach = newest->settings.reach,
                                                 .noise_variance = newest->settings.variance,
                                                 .shelved = shelved};
        tell_parts(&list[*count - 1]);
    }
    survey_snapshot_release(snapshot);
    return list;
}

size_t open_release_files(const struct open_release *release)
{
    return KINDS * release->shelved->history.newest->part_count;
}

/* The description of a CSV is made at once, not by a maker. */
static enum public_file_made make_metadata(struct public_file *file)
{
    const struct slice text = release_tables_metadata(file->arena, (const struct release_file *)file);
    return text.ptr && results_file_write(text.ptr, text.len, &file->file) ? PUBLIC_FILE_WHOLE
                                                                           : PUBLIC_FILE_FAILED;
}

static bool make(struct open_file *out, struct release_file *file, struct arena *arena)
{
    struct public_file *public = &file->file;
    if (!results_file_create(&public->file, public->results, arena, MAKING_SECONDS)) {
        return false;
    }
    const enum public_file_made made =
        file->format == RELEASE_CSVW ? make_metadata(public) : public->make(public);
    if (made == PUBLIC_FILE_WHOLE && lseek(public->file.fd, 0, SEEK_SET) == 0) {
        out->fd = public->file.fd;
        out->size = public->file.size;
        public->file.fd = -1;
    }
    results_file_close(&public->file);
    return out->fd >= 0;
}

enum open_file_made open_release_file(struct open_file *out, struct arena *arena, struct results *results,
                                      const struct open_release *release, size_t at, const char *public_url,
                                      const char *folder)
{
    const struct release_part *part = &release->shelved->history.newest->parts[at / KINDS];
    const bool weighted = at % KINDS >= RELEASE_FORMATS;
    struct release_file file = {.file = {.results = results, .arena = arena},
                                .format = (enum release_file_format)(at % RELEASE_FORMATS),
                                .public_url = public_url,
                                .folder = folder};
    const char *rule;
    *out = (struct open_file){.fd = -1};
    if (weighted && part->weights == 0) {
        return OPEN_FILE_NONE;
    }
    if (!shelved_people(&file.people, arena, release->shelved, part, weighted)) {
        return OPEN_FILE_FAILED;
    }
    const enum figures_status status = release_file_find(&file, &rule);
    if (status == FIGURES_NO_WEIGHTS || status == FIGURES_NOT_RELEASED) {
        return OPEN_FILE_NONE;
    }
    if (status != FIGURES_OK || file.file.release != release->number || !make(out, &file, arena)) {
        return OPEN_FILE_FAILED;
    }
    const bool table = file.format == RELEASE_CSV || file.format == RELEASE_JSON_LINES;
    out->name = release_file_name(&file, arena, file.format);
    out->media_type =
        file.format == RELEASE_CSVW ? release_file_facts(RELEASE_CSVW)->media_type : file.file.media_type;
    out->kind = release_file_facts(file.format)->name;
    out->stream = figures_kept(&file.people, "werving");
    out->weighted = weighted;
    out->rows = table ? file.file.rows : 0;
    return OPEN_FILE_MADE;
}
