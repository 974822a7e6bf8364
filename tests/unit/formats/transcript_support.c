#include "transcript_support.h"

#include "base/buffer.h"

#include <stdio.h>

static char told[1 << 16];

static void put_time(struct buffer *out, int32_t ms)
{
    if (ms == TRANSCRIPT_NO_TIME) {
        buffer_append_cstr(out, "?");
    } else {
        buffer_printf(out, "%d", ms);
    }
}

static void put_turn(struct buffer *out, const struct transcript *t, const struct transcript_turn *turn)
{
    if (turn->speaker == TRANSCRIPT_NOBODY) {
        buffer_append_cstr(out, "-");
    } else {
        buffer_append(out, t->speakers[turn->speaker].name);
    }
    buffer_append_cstr(out, " ");
    put_time(out, turn->start_ms);
    buffer_append_cstr(out, "-");
    put_time(out, turn->end_ms);
    buffer_printf(out, " @%zu: ", turn->line);
    for (size_t i = 0; i < turn->text.len; i++) {
        buffer_append_byte(out, turn->text.ptr[i] == '\n' ? '/' : turn->text.ptr[i]);
    }
    buffer_append_cstr(out, "\n");
}

const char *transcript_tell(const struct transcript *t)
{
    struct buffer out;
    buffer_init(&out, sizeof told - 1);
    for (size_t i = 0; i < t->turn_count; i++) {
        put_turn(&out, t, &t->turns[i]);
    }
    for (size_t i = 0; i < t->fault_count; i++) {
        buffer_printf(&out, "fault %d @%zu %.*s\n", (int)t->faults[i].status, t->faults[i].line,
                      SLICE_ARG(t->faults[i].what));
    }
    snprintf(told, sizeof told, "%.*s", SLICE_ARG(buffer_slice(&out)));
    buffer_free(&out);
    return told;
}

const char *transcript_told(enum transcript_format format, struct slice file,
                            const struct transcript_options *options)
{
    struct arena *arena = arena_create(TRANSCRIPT_ARENA_MAX);
    struct transcript t;
    const bool read = transcript_read(&t, arena, format, file, options);
    const char *text = transcript_tell(&t);
    if (read != (t.fault_total == 0) || (!read && (t.turn_count || t.speaker_count))) {
        text = "half read";
    }
    arena_destroy(arena);
    return text;
}
