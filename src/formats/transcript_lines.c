/* Plain text: a piece a line. */
#include "formats/transcript_internal.h"

void transcript_read_lines(struct reading *reading, struct slice text)
{
    struct piece piece = {
        .start_ms = TRANSCRIPT_NO_TIME, .end_ms = TRANSCRIPT_NO_TIME, .line = 1, .begins = true};
    for (; text.len > 0; piece.line++) {
        struct slice line;
        slice_cut(&line, &text, text, '\n');
        piece.text = slice_trim(line);
        if (piece.text.len > 0) {
            transcript_piece(reading, &piece);
        }
        piece.begins = piece.text.len == 0;
    }
}
