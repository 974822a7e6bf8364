/* What comes from another program into a coded round. A code book that merges is one that loads, and merging
 * what it is written as changes nothing. What was said, written as a text, is found again in it.
 *
 * The input is the XML of a code book, then 0x1E, then a transcript. */
#include "fuzz.h"

#include "base/buffer.h"
#include "base/utf8.h"
#include "features/coding/coding.h"
#include "features/fieldwork/fieldwork.h"

#include <stdlib.h>

enum { MOST = 64 << 20, BETWEEN = 0x1E };

static bool take(const void *bytes, size_t size, void *self)
{
    buffer_append(self, (struct slice){bytes, size});
    return true;
}

static const struct codebook *load(struct arena *arena, struct slice document)
{
    struct json_errors errors;
    json_errors_init(&errors, arena);
    return codebook_load(&errors, arena, document);
}

/* What the merged book is written as, merged with it again. */
static void expect_settled(struct arena *arena, const struct codebook *book, struct slice document)
{
    struct qda_project project;
    struct coding_file file;
    struct coding_merge merge;
    struct qda_fault fault;
    struct buffer bytes;
    buffer_init(&bytes, MOST);
    coding_project_book(&project, arena, SLICE("c"), book);
    FUZZ_REQUIRE(qda_write_codebook(&fault, &project,
                                    (struct dataset_output){.write = take, .self = &bytes}) == QDA_OK);
    FUZZ_REQUIRE(coding_file_read(&file, arena, buffer_slice(&bytes)) && !file.is_project);
    coding_merge_book(&merge, arena, book, document, file.project, book->version + 1);
    FUZZ_REQUIRE(merge.faults == 0 && merge.changes == 0);
    buffer_free(&bytes);
}

static void merge_book(struct arena *arena, struct slice xml)
{
    struct coding_file file;
    struct coding_merge merge;
    if (!coding_file_read(&file, arena, xml) || file.is_project) {
        return;
    }
    const struct codebook *base = load(arena, codebook_embedded());
    coding_merge_book(&merge, arena, base, codebook_embedded(), file.project, base->version + 1);
    FUZZ_REQUIRE((merge.document != NULL) == (merge.faults == 0));
    if (merge.document) {
        char *text = json_dumps(merge.document, JSON_COMPACT);
        const struct slice document = arena_copy(arena, slice_from_cstr(text));
        const struct codebook *book = load(arena, document);
        free(text);
        FUZZ_REQUIRE(book);
        expect_settled(arena, book, document);
    }
}

static void find_turns(struct arena *arena, struct slice said)
{
    struct transcript read;
    struct coding_piece *pieces;
    size_t count, line;
    if (!transcript_read(&read, arena, TRANSCRIPT_PLAIN, said, NULL)) {
        return;
    }
    struct coding_text_turn *turns = arena_array(arena, read.turn_count, sizeof *turns);
    uint32_t *starts = arena_array(arena, read.turn_count, sizeof *starts);
    for (size_t i = 0; i < read.turn_count; i++) {
        const uint32_t speaker = read.turns[i].speaker;
        turns[i].label = speaker == TRANSCRIPT_NOBODY ? SLICE("Onbekend") : read.speakers[speaker].name;
        turns[i].body = read.turns[i].text;
    }
    const struct slice text = coding_text_write(starts, arena, turns, read.turn_count);
    FUZZ_REQUIRE(coding_text_align(&pieces, &count, &line, arena, text, turns, read.turn_count));
    for (size_t i = 0; i < count; i++) {
        struct coding_text_part *parts;
        FUZZ_REQUIRE(coding_text_spans(&parts, arena, pieces, count, pieces[i].at) == 1);
        FUZZ_REQUIRE(parts[0].turn == pieces[i].turn && parts[0].span.start == pieces[i].from);
        FUZZ_REQUIRE(pieces[i].at.start == starts[parts[0].turn] + parts[0].span.start);
        FUZZ_REQUIRE(parts[0].span.end <= read.turns[parts[0].turn].length);
    }
    /* And in the text that it was read from, or the text is refused. */
    coding_text_align(&pieces, &count, &line, arena, said, turns, read.turn_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice xml, said;
    struct arena *arena = arena_create(CODING_IMPORT_ARENA_MAX);
    slice_cut(&xml, &said, fuzz_text(data, size), BETWEEN);
    merge_book(arena, xml);
    find_turns(arena, said);
    arena_destroy(arena);
    return 0;
}
