/* From pieces to turns: all that one speaker says before somebody else speaks. */
#include "formats/transcript_internal.h"

#include "base/unicode.h"
#include "base/utf8.h"

struct turns {
    struct reading *reading;
    struct transcript_turn *all;
    size_t count;
    struct transcript_turn now; /* being made; without marks: nothing was said in it yet */
    struct buffer text;         /* of now */
    bool too_long;              /* now, which was told */
    struct transcript_mark *marks;
    size_t mark_count;
};

static void end_turn(struct turns *turns)
{
    struct transcript *out = turns->reading->out;
    if (turns->now.mark_count == 0) {
        return;
    }
    if (turns->count == TRANSCRIPT_TURNS_MAX) {
        transcript_fault(turns->reading, TRANSCRIPT_TOO_MANY_TURNS, turns->now.line, SLICE(""));
    } else if (turns->count < TRANSCRIPT_TURNS_MAX) {
        turns->now.text = arena_copy(turns->reading->arena, buffer_slice(&turns->text));
        turns->all[turns->count] = turns->now;
        if (turns->now.speaker != TRANSCRIPT_NOBODY) {
            out->speakers[turns->now.speaker].turns++;
        }
    }
    turns->count++;
}

static void begin_turn(struct turns *turns, const struct piece *piece)
{
    end_turn(turns);
    buffer_clear(&turns->text);
    turns->too_long = false;
    turns->now = (struct transcript_turn){
        .speaker = piece->speaker,
        .start_ms = piece->start_ms,
        .end_ms = piece->end_ms,
        .line = piece->line,
        .marks = turns->marks + turns->mark_count,
    };
}

static void add_text(struct turns *turns, const struct piece *piece)
{
    struct transcript_turn *now = &turns->now;
    const bool joined = now->mark_count > 0;
    const bool cues = turns->reading->cues;
    const size_t length = now->length + joined + utf8_length(piece->text);
    if (length > TRANSCRIPT_TURN_MAX) {
        if (!turns->too_long) {
            transcript_fault(turns->reading, TRANSCRIPT_TURN_TOO_LONG, piece->line, SLICE(""));
        }
        turns->too_long = true;
        return;
    }
    if (joined) {
        buffer_append_byte(&turns->text, cues ? ' ' : '\n');
    }
    if (!joined || !cues || piece->begins) {
        turns->marks[turns->mark_count++] =
            (struct transcript_mark){now->length + joined, piece->start_ms, piece->end_ms, piece->line};
        now->mark_count++;
    }
    buffer_append(&turns->text, piece->text);
    now->length = (uint32_t)length;
    now->end_ms = piece->end_ms > now->end_ms ? piece->end_ms : now->end_ms;
}

/* Whether the piece, nobody's by itself, goes on with the turn that is being made. */
static bool goes_on(const struct turns *turns, const struct piece *piece)
{
    const bool somebody = turns->now.marks && turns->now.speaker != TRANSCRIPT_NOBODY;
    return somebody ? !turns->reading->voices : turns->now.marks && !piece->begins;
}

/* Cleans the texts, and drops the pieces without one: but not a name whose words stand on the next line. */
static void tidy(struct reading *reading)
{
    size_t kept = 0;
    for (size_t i = 0; i < reading->piece_count; i++) {
        struct piece piece = reading->pieces[i];
        piece.text = unicode_nfc(reading->arena, utf8_clean(reading->arena, piece.text));
        const bool named = piece.speaker != TRANSCRIPT_NOBODY;
        const bool waits = kept > 0 && reading->pieces[kept - 1].text.len == 0;
        if (waits && named) {
            kept--; /* who was named before this says nothing */
        }
        if (named || piece.text.len > 0) {
            reading->pieces[kept++] = piece;
        }
    }
    reading->piece_count = kept;
}

void transcript_turns(struct reading *reading)
{
    struct transcript *out = reading->out;
    tidy(reading);
    const size_t most =
        reading->piece_count < TRANSCRIPT_TURNS_MAX ? reading->piece_count : TRANSCRIPT_TURNS_MAX;
    struct turns turns = {
        .reading = reading,
        .all = arena_array(reading->arena, most, sizeof *turns.all),
        .marks = arena_array(reading->arena, reading->piece_count, sizeof *turns.marks),
    };
    buffer_init(&turns.text, (size_t)TRANSCRIPT_TURN_MAX * 4 + 1);
    for (size_t i = 0; i < reading->piece_count; i++) {
        const struct piece *piece = &reading->pieces[i];
        const bool named = piece->speaker != TRANSCRIPT_NOBODY;
        const bool same = turns.now.marks && piece->speaker == turns.now.speaker;
        if (named ? !same : !goes_on(&turns, piece)) {
            begin_turn(&turns, piece);
        } else if (!named && turns.now.speaker != TRANSCRIPT_NOBODY) {
            out->continued += !reading->cues || piece->begins;
        }
        if (piece->text.len > 0) {
            add_text(&turns, piece);
        }
    }
    end_turn(&turns);
    buffer_free(&turns.text);
    out->turns = turns.all;
    out->turn_count = turns.count < most ? turns.count : most;
}
