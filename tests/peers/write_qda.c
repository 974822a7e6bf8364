/* Writes projects of the unit tests as QDPX and QDC into a folder, for other programs to read: write_qda
 * FOLDER. Each selection is named after the text that it spans. */
#include "base/utf8.h"
#include "formats/qda.h"
#include "unit/formats/qda_sample.h"

#include <stdio.h>

enum { PROJECTS = 30, ARENA_MAX = 64 << 20 };

static bool put(const void *bytes, size_t size, void *self)
{
    return fwrite(bytes, 1, size, self) == size;
}

static void name_selections(struct qda_source *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct slice text = texts[i].text;
        for (size_t s = 0; s < texts[i].selection_count; s++) {
            struct qda_selection *selection = &texts[i].selections[s];
            const size_t start = utf8_offset(text, selection->start), end = utf8_offset(text, selection->end);
            selection->name = (struct slice){text.ptr + start, end - start};
        }
    }
}

typedef enum qda_status writer(struct qda_fault *fault, const struct qda_project *project,
                               struct dataset_output output);

static bool write_file(const char *folder, int number, const char *extension, writer *write,
                       const struct qda_project *project)
{
    char path[4096];
    struct qda_fault fault;
    snprintf(path, sizeof path, "%s/%d.%s", folder, number, extension);
    FILE *file = fopen(path, "wb");
    const bool good =
        file && write(&fault, project, (struct dataset_output){.write = put, .self = file}) == QDA_OK;
    if (!file || fclose(file) != 0 || !good) {
        fprintf(stderr, "%s was not written\n", path);
        return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    bool good = argc == 2;
    for (int i = 0; good && i < PROJECTS; i++) {
        struct arena *arena = arena_create(ARENA_MAX);
        struct qda_project *project = i == 0 ? sample_project(arena) : random_project(arena, (uint64_t)i);
        name_selections(project->sources, project->source_count);
        name_selections(project->notes, project->note_count);
        good = write_file(argv[1], i, "qdpx", qda_write_project, project) &&
               (project->code_count == 0 || write_file(argv[1], i, "qdc", qda_write_codebook, project));
        arena_destroy(arena);
    }
    return good ? 0 : 1;
}
