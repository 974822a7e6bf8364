/* Cells between quotes, split again, are the same cells. */
#include "fuzz.h"

#include "base/buffer.h"
#include "formats/csv.h"

enum { MOST = 40 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create((size_t)1 << 30);
    struct slice cells[MOST];
    struct slice again[MOST];
    size_t count = 0;
    size_t count_again = 0;
    enum csv_fault fault = csv_split(cells, &count, MOST, arena, fuzz_text(data, size), ';');
    FUZZ_REQUIRE(count >= 1 && count <= MOST + 1);
    if (fault == CSV_OK) {
        struct buffer record;
        buffer_init(&record, 1 << 24);
        for (size_t i = 0; i < count; i++) {
            buffer_append_cstr(&record, i > 0 ? ";\"" : "\"");
            for (size_t k = 0; k < cells[i].len; k++) {
                buffer_append_cstr(&record, cells[i].ptr[k] == '"' ? "\"" : "");
                buffer_append_byte(&record, cells[i].ptr[k]);
            }
            buffer_append_byte(&record, '"');
        }
        FUZZ_REQUIRE(csv_split(again, &count_again, MOST, arena, buffer_slice(&record), ';') == CSV_OK);
        FUZZ_REQUIRE(count == count_again);
        for (size_t i = 0; i < count; i++) {
            FUZZ_REQUIRE(slice_equal(cells[i], again[i]));
        }
        buffer_free(&record);
    }
    arena_destroy(arena);
    return 0;
}
