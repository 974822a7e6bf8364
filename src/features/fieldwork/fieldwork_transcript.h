/* What was said in a conversation: loading it, reading it, and putting a new version in its place. As staff.
 * Whoever writes holds the conversation's lock (conversation_find): two loads, a correction and a withdrawal
 * come one after the other. Texts are NFC, their lines end in LF; positions are code points. */
#ifndef ZEVENSTEM_FIELDWORK_TRANSCRIPT_H
#define ZEVENSTEM_FIELDWORK_TRANSCRIPT_H

#include "features/fieldwork/fieldwork_collate.h"
#include "features/fieldwork/fieldwork_people.h"
#include "features/passage/passage.h"
#include "formats/transcript.h"

extern const struct db_statement fieldwork_transcript_statements[], fieldwork_draft_statements[],
    fieldwork_revise_statements[];

extern const char *const transcript_sources[]; /* opname, aantekening */

/* ---- drafts: a file that waits until somebody said who speaks. It is kept as it came, so that it can be
 * read again in another encoding without being sent again. ---- */
enum { TRANSCRIPT_DRAFT_LIFE_S = 2 * 86400, TRANSCRIPT_DEBRIEF_MAX = 100000 /* bytes */ };
struct transcript_draft {
    int32_t id;
    bool of_recording; /* else notes */
    enum transcript_format format;
    struct slice file_name; /* empty: typed or pasted */
    struct slice encoding;  /* as somebody says; empty: told from the file */
    struct slice *no_speakers;
    size_t no_speaker_count;
    struct slice debrief; /* cleaned; empty: none */
    struct slice reason;  /* why there is to be another version; empty: it is the first */
    struct slice file;
};
/* now_s: by the clock that transcript_drafts_expire is told, never the server's. */
enum db_status transcript_draft_keep(int32_t *id, struct db_tx *tx, int32_t conversation,
                                     const struct transcript_draft *draft, const char *actor, int64_t now_s);
/* In the arena. */
enum db_status transcript_draft_find(bool *found, struct transcript_draft *out, struct db_tx *tx,
                                     struct arena *arena, int32_t conversation, int32_t id);
/* Its encoding and what is no speaker. */
enum db_status transcript_draft_change(struct db_tx *tx, const struct transcript_draft *draft);
/* Those that had their time; *gone how many. */
enum db_status transcript_drafts_expire(int64_t *gone, struct db_tx *tx, int64_t now_s);

/* ---- what stands in the way of loading ---- */
/* An array of {"deelnemer", "pseudoniem", "lacks"} (consent_lack_names) of those who came and whose consent
 * does not reach so far; the caller's to release. *came: how many came and did not withdraw. participants: as
 * participant_list gives them. Pure. */
json_t *transcript_lacks(size_t *came, const json_t *participants, bool of_recording);

/* ---- who a speaker is ---- */
enum speaker_kind {
    SPEAKER_UNCHOSEN,
    SPEAKER_PARTICIPANT,
    SPEAKER_MODERATOR,
    SPEAKER_NOTE_TAKER,
    SPEAKER_UNKNOWN,
    SPEAKER_NONE /* it is no speaker but text */
};
struct speaker_choice {
    enum speaker_kind kind;
    int32_t participant; /* of SPEAKER_PARTICIPANT */
    bool withdrawn;      /* what they said is left out */
};
/* "p12", "moderator", "notulist", "onbekend", "geen"; participants as participant_list gives them: only who
 * came is one. Anything else: SPEAKER_UNCHOSEN. Pure. */
struct speaker_choice speaker_choice_read(struct slice text, const json_t *participants);
/* What a name tells by itself: a pseudonym, a name of the list, "Moderator" and its like, the moderator's or
 * note-taker's own. SPEAKER_UNCHOSEN where that is not one of them. conversation: its document. Pure. */
struct speaker_choice speaker_guess(struct slice name, const json_t *conversation, const json_t *participants,
                                    const struct participant_name *names, size_t name_count);

/* choices: for each speaker of the reading, and one more for turns without a speaker; none is
 * SPEAKER_UNCHOSEN or SPEAKER_NONE. Makes version 1 and drops the drafts of the conversation. *loaded false:
 * there is a version already. Consent is the caller's to have asked, under the lock. */
enum db_status transcript_load(bool *loaded, struct db_tx *tx, int32_t conversation,
                               const struct transcript *read, const struct speaker_choice *choices,
                               const struct transcript_draft *draft, const char *actor);

/* ---- a whole text in the place of another ---- */
/* The newest version. */
struct transcript_current {
    int32_t number; /* 0: there is none */
    bool of_recording;
    struct collate_turn *turns; /* without what the moderator wrote afterwards */
    int64_t *ids;               /* of each turn; behind them those of what the moderator wrote */
    struct slice *parts;        /* of the guide; empty: not known */
    size_t count, all;
};
enum db_status transcript_current(struct transcript_current *out, struct db_tx *tx, struct arena *arena,
                                  int32_t conversation);
/* What a corrected file makes of it. choices as in transcript_load. Pure; in the arena. */
struct transcript_revision {
    const struct transcript *read;
    const struct speaker_choice *choices;
    struct collate_turn *turns; /* of the file */
    struct collation collation;
};
void transcript_collate(struct transcript_revision *out, struct arena *arena,
                        const struct transcript_current *current, const struct transcript *read,
                        const struct speaker_choice *choices);
/* Nothing is different. */
bool transcript_is_same(const struct transcript_revision *revision);
/* Puts it in the place of the newest version, which was read as `current`, and drops the drafts: what is the
 * same stays the same row, what was coded moves along (zs.passage_change). *number: of the new version; 0:
 * the newest is another by now, then nothing was done. Consent is the caller's to have asked, under the lock.
 */
enum db_status transcript_revise(int32_t *version, int32_t *number, struct db_tx *tx, int32_t conversation,
                                 const struct transcript_current *current,
                                 const struct transcript_revision *revision,
                                 const struct transcript_draft *draft, const char *actor);
/* Codings that could not follow into this version, which this transaction made: [{"passage", "bij" (code
 * point), "codes"}]. In the arena. */
enum db_status transcript_lost_codings(json_t **out, struct db_tx *tx, struct arena *arena, int32_t version);
/* "deelnemer", "moderator", ... as zs.turn has it. */
struct slice speaker_code(struct speaker_choice choice);

/* ---- reading ---- */
struct transcript_version {
    int32_t id, number, turns;
    struct slice cause, source, format, encoding, reason, by; /* empty: not known */
    int64_t at;
    bool current;
};
/* The newest first; in the arena. */
enum db_status transcript_versions(struct transcript_version **out, size_t *count, struct db_tx *tx,
                                   struct arena *arena, int32_t conversation);
struct transcript_line {
    int64_t id;
    int32_t place;
    struct slice kind, speaker, pseudonym, part, body; /* body ptr NULL: destroyed */
    int32_t start_ms, end_ms;                          /* or TRANSCRIPT_NO_TIME */
    struct slice destroyed_reason;
    int32_t destroyed_day;
};
enum { TRANSCRIPT_PAGE_TURNS = 2000, TRANSCRIPT_PAGE_BYTES = 600000 };
/* From `place` on as many as a page holds; one at least, where there is one. In the arena. */
enum db_status transcript_lines(struct transcript_line **out, size_t *count, struct db_tx *tx,
                                struct arena *arena, int32_t version, int32_t place);
/* One turn of the newest version that may be changed; *found false: it is not in it, its text is gone or left
 * out, or whose it is no longer agrees (zs.evidence). */
enum db_status transcript_line_find(bool *found, struct transcript_line *out, int32_t *version,
                                    struct db_tx *tx, struct arena *arena, int32_t conversation,
                                    int64_t turn);
/* What changed in a version, in order of place: [{"plaats", "wie", "reden", "van", "lengte", "werd", "oud",
 * "nieuw"}]; wie: a pseudonym, of a participant; oud and nieuw: the pieces themselves, where their texts are
 * still there: whether whose they are still agrees is the caller's to ask. At most 1000. In the arena. */
enum db_status transcript_changes(json_t **out, struct db_tx *tx, struct arena *arena, int32_t version);
/* The part of the guide under which the turns of the version at these places were said; empty: not known. */
enum db_status transcript_set_part(struct db_tx *tx, int32_t version, int32_t from, int32_t to,
                                   struct slice part);

/* ---- putting another version in its place ---- */
struct turn_change {
    int64_t turn;      /* of the newest version */
    struct slice body; /* what comes in its place, never empty */
    const struct text_edit *edits;
    const char *const *reasons; /* of each edit, as zs.passage_change has them */
    size_t edit_count;
};
enum transcript_cause { TRANSCRIPT_CORRECTED, TRANSCRIPT_REDACTED };
/* Version number + 1: what is not among the changes is the same row. TRANSCRIPT_REDACTED destroys the text of
 * the changed turns in all versions. *done false: `number` is not the newest version any more; then nothing
 * was done. */
enum db_status transcript_replace(bool *done, struct db_tx *tx, int32_t conversation, int32_t number,
                                  enum transcript_cause cause, const struct turn_change *changes,
                                  size_t count, struct slice reason, const char *actor);

#endif
