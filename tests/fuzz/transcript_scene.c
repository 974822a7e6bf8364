#include "transcript_scene.h"

#include "fuzz.h"

#include "base/buffer.h"
#include "base/unicode.h"
#include "base/utf8.h"

#include <string.h>

enum { MOST = 64 << 20 };

static void expect_text(struct arena *arena, struct slice text)
{
    FUZZ_REQUIRE(text.len > 0 && utf8_valid(text) && !memchr(text.ptr, '\r', text.len));
    FUZZ_REQUIRE(!memchr(text.ptr, '\0', text.len));
    FUZZ_REQUIRE(slice_equal(unicode_nfc(arena, text), text));
}

static void expect_turn(struct arena *arena, const struct transcript *t, const struct transcript_turn *turn)
{
    expect_text(arena, turn->text);
    FUZZ_REQUIRE(turn->speaker == TRANSCRIPT_NOBODY || turn->speaker < t->speaker_count);
    FUZZ_REQUIRE(turn->length == utf8_length(turn->text) && turn->length <= TRANSCRIPT_TURN_MAX);
    FUZZ_REQUIRE(turn->line > 0 && turn->mark_count > 0 && turn->marks[0].at == 0);
    for (size_t i = 1; i < turn->mark_count; i++) {
        FUZZ_REQUIRE(turn->marks[i].at > turn->marks[i - 1].at && turn->marks[i].at < turn->length);
        FUZZ_REQUIRE(turn->marks[i].line >= turn->marks[i - 1].line);
    }
}

static void expect_whole(struct arena *arena, const struct transcript *t)
{
    size_t turns[TRANSCRIPT_SPEAKERS_MAX] = {0};
    FUZZ_REQUIRE(t->turn_count > 0 && t->fault_count == 0 && t->speaker_count <= TRANSCRIPT_SPEAKERS_MAX);
    for (size_t i = 0; i < t->turn_count; i++) {
        const struct transcript_turn *turn = &t->turns[i];
        expect_turn(arena, t, turn);
        if (turn->speaker != TRANSCRIPT_NOBODY) {
            turns[turn->speaker]++;
            FUZZ_REQUIRE(i == 0 || t->turns[i - 1].speaker != turn->speaker);
        }
    }
    for (size_t i = 0; i < t->speaker_count; i++) {
        expect_text(arena, t->speakers[i].name);
        FUZZ_REQUIRE(turns[i] == t->speakers[i].turns);
    }
}

static void put_escaped(struct buffer *out, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        switch (text.ptr[i]) {
        case '&':
            buffer_append_cstr(out, "&amp;");
            break;
        case '<':
            buffer_append_cstr(out, "&lt;");
            break;
        case '>':
            buffer_append_cstr(out, "&gt;");
            break;
        case '-': /* --> would end the cue */
            buffer_append_cstr(out, "&#45;");
            break;
        default:
            buffer_append_byte(out, text.ptr[i]);
        }
    }
}

static void write_vtt(struct buffer *out, const struct transcript *t)
{
    buffer_append_cstr(out, "WEBVTT\n");
    for (size_t i = 0; i < t->turn_count; i++) {
        const struct transcript_turn *turn = &t->turns[i];
        buffer_append_cstr(out, "\n00:01.000 --> 00:02.000\n");
        if (turn->speaker != TRANSCRIPT_NOBODY) {
            buffer_append_cstr(out, "<v ");
            put_escaped(out, t->speakers[turn->speaker].name);
            buffer_append_cstr(out, ">");
        }
        put_escaped(out, turn->text);
        buffer_append_cstr(out, "\n");
    }
}

/* But for line ends, which a cue has none of. */
static bool same_text(struct slice a, struct slice b)
{
    bool same = a.len == b.len;
    for (size_t i = 0; i < a.len && same; i++) {
        same = a.ptr[i] == b.ptr[i] || (a.ptr[i] == '\n' && b.ptr[i] == ' ');
    }
    return same;
}

static bool any_voice(const struct transcript *t)
{
    for (size_t i = 0; i < t->turn_count; i++) {
        if (t->turns[i].speaker != TRANSCRIPT_NOBODY) {
            return true;
        }
    }
    return false;
}

static void expect_same_again(struct arena *arena, const struct transcript *t)
{
    struct buffer vtt;
    struct transcript again;
    buffer_init(&vtt, MOST);
    write_vtt(&vtt, t);
    if (vtt.len <= TRANSCRIPT_FILE_MAX / 4) {
        FUZZ_REQUIRE(transcript_read(&again, arena, TRANSCRIPT_VTT, buffer_slice(&vtt), NULL));
        FUZZ_REQUIRE(again.turn_count == t->turn_count);
        for (size_t i = 0; i < t->turn_count; i++) {
            const uint32_t one = t->turns[i].speaker, other = again.turns[i].speaker;
            FUZZ_REQUIRE(same_text(t->turns[i].text, again.turns[i].text));
            FUZZ_REQUIRE((one == TRANSCRIPT_NOBODY) == (other == TRANSCRIPT_NOBODY));
            FUZZ_REQUIRE(one == TRANSCRIPT_NOBODY ||
                         slice_equal(t->speakers[one].name, again.speakers[other].name));
        }
    }
    buffer_free(&vtt);
}

void read_transcript(enum transcript_format format, struct slice file)
{
    struct arena *arena = arena_create(TRANSCRIPT_ARENA_MAX);
    struct transcript t;
    if (transcript_read(&t, arena, format, file, NULL)) {
        expect_whole(arena, &t);
        if (any_voice(&t)) {
            expect_same_again(arena, &t);
        }
    } else {
        FUZZ_REQUIRE(t.fault_total >= t.fault_count && t.fault_count > 0 && t.turn_count == 0);
        for (size_t i = 0; i < t.fault_count; i++) {
            FUZZ_REQUIRE(t.faults[i].status != TRANSCRIPT_OK && utf8_valid(t.faults[i].what));
        }
    }
    arena_destroy(arena);
}
