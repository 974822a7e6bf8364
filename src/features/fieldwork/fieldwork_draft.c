/* Drafts: files that wait until somebody said who speaks in them. */
#include "features/fieldwork/fieldwork_transcript.h"

#include <string.h>

enum statement { KEEP, FIND, CHANGE, EXPIRE, STATEMENT_COUNT };

const struct db_statement fieldwork_draft_statements[STATEMENT_COUNT + 1] = {
    [KEEP] =
        {"transcript_draft_keep",
         "INSERT INTO zs.transcript_draft (conversation_id, source, format, file_name, encoding, "
         "no_speakers, debrief, reason, file, made_by, made_at) VALUES ($1::int4, $2::text, $3::text, "
         "left($4::text, 200), nullif($5::text, ''), $6::text[], nullif($7::text, ''), nullif($8::text, ''), "
         "$9::bytea, $10::text, $11::timestamptz) RETURNING id"},
    [FIND] = {"transcript_draft_find",
              "SELECT source, format, file_name, coalesce(encoding, ''), coalesce(debrief, ''), file, "
              "coalesce((SELECT string_agg(n, E'\\n' ORDER BY o) FROM unnest(no_speakers) WITH ORDINALITY "
              "AS u (n, o)), ''), coalesce(reason, '') FROM zs.transcript_draft WHERE conversation_id = "
              "$1::int4 AND id = $2::int4"},
    [CHANGE] = {"transcript_draft_change",
                "UPDATE zs.transcript_draft SET encoding = nullif($2::text, ''), no_speakers = $3::text[] "
                "WHERE id = $1::int4"},
    /* Of a round under a hold nothing goes because of its age. */
    [EXPIRE] = {"transcript_draft_expire",
                "DELETE FROM zs.transcript_draft AS d USING zs.conversation AS c WHERE d.made_at < "
                "$1::timestamptz AND c.id = d.conversation_id AND NOT zs.round_held(c.round_id)"},
};

const char *const transcript_sources[] = {"opname", "aantekening", NULL};

enum db_status transcript_draft_keep(int32_t *id, struct db_tx *tx, int32_t conversation,
                                     const struct transcript_draft *draft, const char *actor, int64_t now_s)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_int32(&p, conversation);
    db_put_text(&p, slice_from_cstr(transcript_sources[draft->of_recording ? 0 : 1]));
    db_put_text(&p, slice_from_cstr(transcript_extensions[draft->format]));
    db_put_text(&p, draft->file_name);
    db_put_text(&p, draft->encoding);
    db_put_text_array(&p, draft->no_speakers, draft->no_speaker_count);
    db_put_text(&p, draft->debrief);
    db_put_text(&p, draft->reason);
    db_put_bytes(&p, draft->file);
    db_put_text(&p, slice_from_cstr(actor));
    db_put_timestamp(&p, now_s);
    enum db_status status = db_run_one(&row, tx, &fieldwork_draft_statements[KEEP], &p);
    *id = status == DB_OK ? db_get_int32(row, 0, 0) : 0;
    return status;
}

static enum transcript_format format_of(struct slice extension)
{
    enum transcript_format format = TRANSCRIPT_PLAIN;
    for (unsigned i = 0; i < TRANSCRIPT_FORMATS; i++) {
        if (slice_equal_cstr(extension, transcript_extensions[i])) {
            format = (enum transcript_format)i;
        }
    }
    return format;
}

/* Names have no line ends. */
static void split_names(struct transcript_draft *out, struct arena *arena, struct slice lines)
{
    size_t room = 1;
    for (size_t i = 0; i < lines.len; i++) {
        room += lines.ptr[i] == '\n';
    }
    out->no_speakers = arena_array(arena, room, sizeof *out->no_speakers);
    while (lines.len > 0) {
        slice_cut(&out->no_speakers[out->no_speaker_count++], &lines, lines, '\n');
    }
}

enum db_status transcript_draft_find(bool *found, struct transcript_draft *out, struct db_tx *tx,
                                     struct arena *arena, int32_t conversation, int32_t id)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, conversation);
    db_put_int32(&p, id);
    enum db_status status = db_run(&rows, tx, &fieldwork_draft_statements[FIND], &p);
    *found = status == DB_OK && db_rows(rows) == 1;
    *out = (struct transcript_draft){.id = id};
    if (*found) {
        out->of_recording = slice_equal_cstr(db_get_text(rows, 0, 0), transcript_sources[0]);
        out->format = format_of(db_get_text(rows, 0, 1));
        out->file_name = arena_copy(arena, db_get_text(rows, 0, 2));
        out->encoding = arena_copy(arena, db_get_text(rows, 0, 3));
        out->debrief = arena_copy(arena, db_get_text(rows, 0, 4));
        out->file = arena_copy(arena, db_get_bytes(rows, 0, 5));
        split_names(out, arena, arena_copy(arena, db_get_text(rows, 0, 6)));
        out->reason = arena_copy(arena, db_get_text(rows, 0, 7));
    }
    return status;
}

enum db_status transcript_draft_change(struct db_tx *tx, const struct transcript_draft *draft)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, draft->id);
    db_put_text(&p, draft->encoding);
    db_put_text_array(&p, draft->no_speakers, draft->no_speaker_count);
    return db_run(NULL, tx, &fieldwork_draft_statements[CHANGE], &p);
}

enum db_status transcript_drafts_expire(int64_t *gone, struct db_tx *tx, int64_t now_s)
{
    struct db_result *done;
    struct db_params p = db_params(tx);
    db_put_timestamp(&p, now_s - TRANSCRIPT_DRAFT_LIFE_S);
    enum db_status status = db_run(&done, tx, &fieldwork_draft_statements[EXPIRE], &p);
    *gone = status == DB_OK ? db_affected(done) : 0;
    return status;
}
