/* What was said in an interview or focus group, from the file that a transcriber or a program made: who
 * speaks, when, and the text. A file is read whole or not at all; all that is wrong with it comes back at
 * once, as codes with line numbers, whose words are the caller's.
 *
 *   VTT    W3C WebVTT: voices (<v Name>), notes, styles and regions passed by, character references; layout
 * is what the standard knows as a tag, anything else between < and > was said SRT    SubRip: the same without
 * voices; <i>, <b>, <u>, <font> and {\an8} are layout plain  lines: "Name: text"; also "[00:01:23] Name:
 * text", "Name [00:01:23]: text", and a line of its own with name and time ("00:00:05 Spreker 1", "Jan Jansen
 * 0:05") above what was said DOCX   the paragraphs of the body as such lines, and the rows of a table, cells
 * parted by a tab, so that ODT    a first cell may be the name. Of tracked changes the text as it is now.
 * Headings count as paragraphs. Notes, comments and text boxes are counted (left_out); page headers are not
 * the body.
 *
 * Turns. All that one speaker says before somebody else speaks is one turn, however many cues or lines: where
 * a caption breaks is a matter of screens. Cues are joined by a space, lines by a line end; where each cue
 * or line began is kept in the turn's marks. Text without a speaker:
 *   - behind a speaker named as "Name:" it goes on with that speaker (continued counts how often);
 *   - in a VTT with voices, a cue outside of any voice is nobody's: the standard ends a voice with its cue;
 *   - where nobody was named yet it is nobody's: a turn a cue, or a paragraph (lines to the next empty one;
 * of DOCX and ODT each).
 *
 * What is a name before a colon: up to NAME_WORDS words of letters, digits and . ' - ( ) / _ & #, one letter
 * at least, and white space or nothing behind the colon. Taken at first sight where it is one word or each
 * word has a capital, is a number or a particle ("van der"); anything else ("Ik zeg altijd:") where it stands
 * in front of two lines or more. In cues and in front of a tab always so, but for numbered ones ("Spreker
 * 1"). It remains a guess: show it to who loads it, who can say which are no speakers. Names are one speaker
 * when they differ in case, accents or white space alone. */
#ifndef ZEVENSTEM_FORMATS_TRANSCRIPT_H
#define ZEVENSTEM_FORMATS_TRANSCRIPT_H

#include "base/arena.h"
#include "base/slice.h"

enum transcript_format {
    TRANSCRIPT_VTT,
    TRANSCRIPT_SRT,
    TRANSCRIPT_PLAIN,
    TRANSCRIPT_DOCX,
    TRANSCRIPT_ODT,
    TRANSCRIPT_FORMATS
};
/* "vtt", "srt", "txt", "docx", "odt" */
extern const char *const transcript_extensions[TRANSCRIPT_FORMATS];
/* By what is in the file; by its name (may be empty) where that does not tell SRT from plain text. */
enum transcript_format transcript_format_guess(struct slice file, struct slice name);

/* ---- limits: past one of them is a fault. Two hours of a focus group are some 150 kB of text. ---- */
enum {
    TRANSCRIPT_FILE_MAX = 10 << 20,     /* bytes of the file; of 50 MB nothing is read */
    TRANSCRIPT_TEXT_MAX = 8 << 20,      /* bytes of what was said, as UTF-8 */
    TRANSCRIPT_TURN_MAX = 200000,       /* code points of a turn */
    TRANSCRIPT_TURNS_MAX = 50000,       /* turns; cues or lines four times as many */
    TRANSCRIPT_SPEAKERS_MAX = 500,      /* names */
    TRANSCRIPT_NAME_MAX = 100,          /* code points of a name */
    TRANSCRIPT_MEMBERS_MAX = 2000,      /* files in a DOCX or ODT */
    TRANSCRIPT_UNPACKED_MAX = 64 << 20, /* bytes of the XML in it, unpacked */
    TRANSCRIPT_RATIO_MAX = 200,         /* times that the XML may be larger than it is packed */
    TRANSCRIPT_FAULTS_MAX = 100         /* faults that are listed; all are counted */
};
/* What the arena must be allowed to hold. */
#define TRANSCRIPT_ARENA_MAX ((size_t)512 << 20)

/* ---- what comes of it ---- */

#define TRANSCRIPT_NOBODY  UINT32_MAX
#define TRANSCRIPT_NO_TIME (-1)

/* Where in a turn a cue or line begins. */
struct transcript_mark {
    uint32_t at;              /* code point of the turn's text */
    int32_t start_ms, end_ms; /* or TRANSCRIPT_NO_TIME */
    size_t line;
};

struct transcript_turn {
    uint32_t speaker;         /* place in speakers, or TRANSCRIPT_NOBODY */
    int32_t start_ms, end_ms; /* from the start of the recording; or TRANSCRIPT_NO_TIME */
    size_t line;       /* of the file, or the paragraph or table row of a document, where it begins; from 1 */
    struct slice text; /* UTF-8 in NFC, lines end in LF, cleaned as utf8_clean says; never empty */
    uint32_t length;   /* code points of text */
    struct transcript_mark *marks; /* in order; the first is at 0 */
    size_t mark_count;
};

struct transcript_speaker {
    struct slice name; /* NFC, as it stands where it is first used, white space collapsed */
    size_t turns;
    size_t line; /* of that first use */
};

enum transcript_encoded {
    TRANSCRIPT_BY_STANDARD, /* a document says itself what it is in */
    TRANSCRIPT_BY_MARK,     /* a byte order mark says so */
    TRANSCRIPT_BY_BYTES,    /* it is well-formed UTF-8, which nothing else is by accident */
    TRANSCRIPT_BY_GUESS, /* uchardet says so, or all of it is Dutch in windows-1252, macintosh or IBM850: show
                            it to who loads it */
    TRANSCRIPT_BY_CALLER
};

enum transcript_status {
    TRANSCRIPT_OK,
    /* the file */
    TRANSCRIPT_TOO_LARGE,        /* more than TRANSCRIPT_FILE_MAX bytes */
    TRANSCRIPT_EMPTY,            /* nobody says anything in it */
    TRANSCRIPT_NO_TEXT,          /* it has a NUL, or is a ZIP that is no such document: no text of any kind */
    TRANSCRIPT_UNKNOWN_ENCODING, /* it cannot be told, or ICU has none of that name; what: the name */
    TRANSCRIPT_WRONG_ENCODING,   /* from here it is not in its encoding; what: its name */
    TRANSCRIPT_TEXT_TOO_LONG,    /* past TRANSCRIPT_TEXT_MAX */
    TRANSCRIPT_TURN_TOO_LONG,
    TRANSCRIPT_TOO_MANY_TURNS,
    TRANSCRIPT_TOO_MANY_SPEAKERS,
    TRANSCRIPT_NAME_TOO_LONG, /* what: how it begins */
    /* VTT and SRT; what: the line as it stands, cut */
    TRANSCRIPT_NO_HEADER,     /* its first line is not WEBVTT */
    TRANSCRIPT_NO_TIMING,     /* a block of text without a line of times */
    TRANSCRIPT_BAD_TIMING,    /* a line with --> that cannot be read */
    TRANSCRIPT_ENDS_TOO_SOON, /* a cue that ends before it starts */
    TRANSCRIPT_OPEN_TAG,      /* a voice that is not closed by > */
    /* DOCX and ODT */
    TRANSCRIPT_NO_ZIP, /* broken, or no ZIP at all */
    TRANSCRIPT_ZIP_ENCRYPTED,
    TRANSCRIPT_ZIP_TOO_MANY, /* files in it */
    TRANSCRIPT_ZIP_BOMB,     /* past TRANSCRIPT_UNPACKED_MAX or TRANSCRIPT_RATIO_MAX */
    TRANSCRIPT_NO_BODY,      /* no text document in it; what: what is missing */
    TRANSCRIPT_BAD_XML,      /* line: of the XML; what: the parser's words */
    TRANSCRIPT_XML_DOCTYPE /* it declares a document type, so could declare entities: no such document does */
};

struct transcript_fault {
    enum transcript_status status;
    size_t line; /* from 1; 0: the file as a whole */
    struct slice what;
};

struct transcript {
    enum transcript_format format;
    const char *encoding; /* IANA's name: "UTF-8", "windows-1252" */
    enum transcript_encoded encoded;
    struct transcript_turn *turns;
    size_t turn_count;
    struct transcript_speaker *speakers; /* in the order in which they first speak */
    size_t speaker_count;
    size_t continued;                /* cues and lines without a name that go on with who spoke */
    size_t backwards;                /* cues that start before the one in front of them */
    size_t left_out;                 /* notes, comments and text boxes of a document */
    struct transcript_fault *faults; /* in the order of the file */
    size_t fault_count;
    size_t fault_total; /* those not listed too */
};

struct transcript_options {
    const char *encoding; /* as who loads it says; NULL or "": told from the file. Not for documents */
    /* What looks like a name and is none: its lines are text. Compared as names are. */
    const struct slice *no_speakers;
    size_t no_speaker_count;
};

/* False when there are faults: then *out has them, and neither turns nor speakers. All of *out is in the
 * arena; the file may go. options may be NULL. Thread-safe. */
bool transcript_read(struct transcript *out, struct arena *arena, enum transcript_format format,
                     struct slice file, const struct transcript_options *options);

#endif
