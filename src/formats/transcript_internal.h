/* What the readers of transcripts share: each takes a file apart into pieces, from which turns are made.
 * Nobody outside this folder includes it. */
#ifndef ZEVENSTEM_FORMATS_TRANSCRIPT_INTERNAL_H
#define ZEVENSTEM_FORMATS_TRANSCRIPT_INTERNAL_H

#include "base/buffer.h"
#include "formats/transcript.h"

/* A line of a text, or of a cue; of a cue with voices what one voice says. */
struct piece {
    struct slice voice; /* the name it is said by for certain; empty: none */
    struct slice text;  /* UTF-8 as it stands, without line end */
    int32_t start_ms, end_ms;
    size_t line;
    bool begins;      /* a cue or paragraph */
    uint32_t speaker; /* set by transcript_name: a place in out->speakers, or TRANSCRIPT_NOBODY */
};

struct reading {
    struct transcript *out;
    struct arena *arena;
    const struct transcript_options *options;
    bool cues;   /* joined by a space; names before a colon are trusted less */
    bool voices; /* some piece has one */
    struct piece *pieces;
    size_t piece_count, piece_room;
    size_t text_bytes;
    size_t fault_room;
    bool full; /* no more pieces are taken; the fault is told */
};

void transcript_fault(struct reading *reading, enum transcript_status status, size_t line, struct slice what);
/* Copies the piece; its texts stay in the arena. */
void transcript_piece(struct reading *reading, const struct piece *piece);

/* UTF-8, without a mark and with LF alone, and out->encoding. False with the fault. (transcript_encoding.c)
 */
bool transcript_decode(struct slice *text, struct reading *reading, struct slice file);

/* [hours:]minutes:seconds[.fraction] at the head of s; *rest is what follows. Minutes and seconds have two
 * digits and are below 60, but for the first number: up to 4 digits. False (out untouched) on anything else,
 * and past 99 hours. */
struct clock_rule {
    bool hours;    /* must be there */
    bool fraction; /* must be there */
    char point;    /* in front of a fraction; 0: . or , */
};
bool transcript_clock(int32_t *ms, struct slice *rest, struct slice s, const struct clock_rule *rule);

/* The readers. Faults go to the reading. */
void transcript_read_cues(struct reading *reading, struct slice text); /* VTT and SRT, by out->format */
void transcript_read_lines(struct reading *reading, struct slice text);
void transcript_read_document(struct reading *reading, struct slice file);

/* ---- the text of a cue, as pieces by voice and line; first: its times and line (transcript_cue_text.c) ----
 */
void transcript_cue_text(struct reading *reading, struct slice payload, const struct piece *first);

/* ---- names and turns ---- */
/* Finds the speaker of each piece, and takes names and times off its text. (transcript_name.c) */
void transcript_name(struct reading *reading);
/* (transcript_turn.c) */
void transcript_turns(struct reading *reading);

/* ---- one member of a ZIP (transcript_zip.c) ---- */
struct document_zip;
/* NULL with the fault. Looked over before anything is read. The file outlives it. */
struct document_zip *document_zip_open(struct reading *reading, struct slice file);
void document_zip_close(struct document_zip *zip);
/* Whether it is there; it is being read then, instead of what was read before. */
bool document_zip_begin(struct document_zip *zip, const char *member);
/* The next of its bytes: how many, 0 at the end, -1 with the fault. */
int document_zip_read(struct document_zip *zip, char *bytes, int size);

#endif
