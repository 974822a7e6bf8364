/* WebVTT, SubRip and plain text, in any encoding; by its first line, as a file is. "1" in front of a time is
 * SubRip's. */
#include "fuzz.h"
#include "transcript_scene.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct slice file = fuzz_text(data, size);
    const bool srt = size > 0 && data[0] >= '0' && data[0] <= '9';
    const enum transcript_format format =
        transcript_format_guess(file, srt ? SLICE("x.srt") : SLICE("x.txt"));
    if (format != TRANSCRIPT_DOCX && format != TRANSCRIPT_ODT) {
        read_transcript(format, file);
    }
    return 0;
}
