/* Coded texts as other programs for qualitative analysis take and give them: REFI-QDA 1.5 (Project.xsd and
 * Codebook.xsd, 18 March 2019). A project is a QDPX: a ZIP of project.qde (XML, urn:QDA-XML:project:1.0) and
 * sources/<guid>.txt. A code book alone is a QDC (XML, urn:QDA-XML:codebook:1.0).
 *
 * Positions count Unicode code points from 0; the end is the first one after. (The standard speaks of the
 * last one; files of ATLAS.ti, MAXQDA and NVivo say the one after.) Texts are UTF-8, lines end in LF, no byte
 * order mark.
 *
 * What is read can be written, and writing what was read gives the same bytes when it was written here.
 * A project is read whole or not at all. */
#ifndef ZEVENSTEM_FORMATS_QDA_H
#define ZEVENSTEM_FORMATS_QDA_H

#include "base/arena.h"
#include "formats/dataset.h"

/* ---- the model: plain arrays. All memory is the caller's, or the reader's arena. Things refer to each other
 * by their place in the array; QDA_NONE refers to nothing. Texts that may be absent are empty then. ---- */

#define QDA_NONE      UINT32_MAX
#define QDA_NO_TIME   INT64_MIN
#define QDA_NO_COLOUR (-1)

struct qda_guid {
    unsigned char bytes[16];
};

/* Who did it and when. */
struct qda_stamp {
    uint32_t user; /* or QDA_NONE */
    int64_t at;    /* Unix seconds, or QDA_NO_TIME */
};

/* Places of things in their array. */
struct qda_numbers {
    uint32_t *items;
    size_t count;
};

struct qda_user {
    struct qda_guid guid;
    struct slice name;
    struct slice id;
};

/* In the order of a tree written from top to bottom: behind its parent and all that stands under an earlier
 * one. */
struct qda_code {
    struct qda_guid guid;
    struct slice name;
    struct slice description;
    uint32_t parent; /* an earlier code, or QDA_NONE */
    int32_t colour;  /* 0xRRGGBB, or QDA_NO_COLOUR */
    bool codable;    /* false: only holds others together */
    struct qda_numbers notes;
};

enum qda_type {
    QDA_TEXT,
    QDA_BOOLEAN, /* true, false, 1 or 0 */
    QDA_INTEGER,
    QDA_FLOAT,     /* a decimal number without exponent */
    QDA_DATE,      /* 2026-03-01 */
    QDA_DATE_TIME, /* 2026-03-01T10:00:00Z */
    QDA_NO_VALUE   /* of a value: nothing was filled in */
};

struct qda_variable {
    struct qda_guid guid;
    struct slice name;
    struct slice description;
    enum qda_type type; /* not QDA_NO_VALUE */
};

struct qda_value {
    uint32_t variable;
    enum qda_type type; /* may be another than the variable's */
    struct slice text;
};
struct qda_values {
    struct qda_value *items;
    size_t count;
};

struct qda_coding {
    struct qda_guid guid;
    uint32_t code;
    struct qda_stamp created;
    struct qda_numbers notes;
};
struct qda_codings {
    struct qda_coding *items;
    size_t count;
};

/* A span of a text. Without codings it is a remark, which the description holds. */
struct qda_selection {
    struct qda_guid guid;
    struct slice name;
    struct slice description;
    uint32_t start, end; /* code points; start <= end <= length of the text */
    struct qda_stamp created, modified;
    struct qda_codings codings;
    struct qda_numbers notes;
};

/* A text: a source, or a note. */
struct qda_source {
    struct qda_guid guid;
    struct slice name;
    struct slice description;
    struct slice text; /* without CR, NUL, or a byte order mark in front */
    struct qda_stamp created, modified;
    struct qda_selection *selections;
    size_t selection_count;
    struct qda_codings codings; /* of the whole text */
    struct qda_numbers notes;
    struct qda_values values;
};

struct qda_place {
    uint32_t source;
    uint32_t selection; /* of that source */
};

/* Somebody, or something, that was studied. */
struct qda_case {
    struct qda_guid guid;
    struct slice name;
    struct slice description;
    struct qda_numbers codes;
    struct qda_values values;
    struct qda_numbers sources;
    struct qda_place *selections;
    size_t selection_count;
};

struct qda_set {
    struct qda_guid guid;
    struct slice name;
    struct slice description;
    struct qda_numbers codes, sources, notes;
};

struct qda_project {
    struct slice name;
    struct slice origin; /* the program that wrote it */
    struct slice description;
    struct qda_stamp created, modified;
    struct qda_user *users;
    size_t user_count;
    struct qda_code *codes;
    size_t code_count;
    struct qda_variable *variables;
    size_t variable_count;
    struct qda_case *cases;
    size_t case_count;
    struct qda_source *sources;
    size_t source_count;
    struct qda_source *notes;
    size_t note_count;
    struct qda_set *sets;
    size_t set_count;
    struct qda_numbers about; /* notes on the project as a whole */
};

/* ---- GUIDs ---- */

enum { QDA_GUID_CHARS = 36 };
/* The same for ever for the same space, kind and id, and unlike that of any other: RFC 9562 version 8, of the
 * SHA-256 over the three, each as its length in decimals, a colon and its bytes. space: what makes ids
 * unique, such as the consultation's code. All three together: at most 1 MiB. */
void qda_guid_derive(struct qda_guid *out, struct slice space, const char *kind, struct slice id);
/* 8-4-4-4-12 hex digits in either case, in braces or not. False (out untouched) on anything else. */
bool qda_guid_parse(struct qda_guid *out, struct slice text);
/* In lower case, without braces. */
void qda_guid_format(char out[QDA_GUID_CHARS + 1], const struct qda_guid *guid);

/* ---- limits; past one of them is a fault ---- */

enum {
    QDA_FILE_MAX = 256 << 20,  /* bytes of a QDPX or QDC that is read */
    QDA_XML_MAX = 256 << 20,   /* bytes of project.qde, unpacked */
    QDA_TEXT_MAX = 8 << 20,    /* bytes of one text */
    QDA_TEXTS_MAX = 256 << 20, /* bytes of all texts */
    QDA_MEMBERS_MAX = 65535,   /* files in the ZIP: sources and notes */
    QDA_NAME_MAX = 4096,       /* bytes of a name */
    QDA_DESCRIPTION_MAX = 1 << 20,
    QDA_TAG_MAX = 64 << 10, /* bytes between < and > */
    QDA_CODES_MAX = 20000,
    QDA_DEPTH_MAX = 32,     /* codes under codes */
    QDA_ITEMS_MAX = 4 << 20 /* of one other kind under one parent */
};
/* What the arena of a reader must be allowed to hold. It holds what the project needs. */
#define QDA_ARENA_MAX ((size_t)2 << 30)

/* ---- faults ---- */

enum qda_status {
    QDA_OK,
    /* the container */
    QDA_FILE_TOO_LARGE,
    QDA_NO_ZIP,
    QDA_ZIP_BROKEN,       /* a member cannot be unpacked, or has another checksum */
    QDA_ZIP_ENCRYPTED,    /* what: the member, as in those below */
    QDA_ZIP_PATH,         /* a member's name leads out of its folder */
    QDA_ZIP_TWICE,        /* two members of one name, letter case apart */
    QDA_ZIP_TOO_MANY,     /* members */
    QDA_UNPACKED_TOO_BIG, /* a member is larger than may be, or all of them are */
    QDA_NO_PROJECT,       /* no project.qde */
    /* the XML; line says where */
    QDA_XML,           /* malformed; what: the parser's own words */
    QDA_XML_DOCTYPE,   /* it declares a document type, so could declare entities: never in this format */
    QDA_XML_TAG,       /* a tag longer than QDA_TAG_MAX */
    QDA_WRONG_ROOT,    /* something else than a project, or a code book */
    QDA_MISSING,       /* what: the attribute or element that must be there */
    QDA_BAD_GUID,      /* what: as it stands, as in those below */
    QDA_BAD_NUMBER,    /* a position */
    QDA_BAD_BOOLEAN,   /* isCodable */
    QDA_BAD_COLOUR,    /* neither #RRGGBB nor #RGB */
    QDA_BAD_TIME,      /* no xsd:dateTime */
    QDA_BAD_TYPE,      /* of a variable */
    QDA_UNKNOWN_GUID,  /* a reference to what is not there */
    QDA_SOURCE_PATH,   /* the text is outside of the file, or its path leads out of its folder */
    QDA_SOURCE_ABSENT, /* the text that a path names is not in the file */
    QDA_NO_TEXT,       /* neither a path nor a text */
    QDA_TWO_TEXTS,     /* both */
    /* what is in it; also told by the writers */
    QDA_BAD_TEXT,     /* not UTF-8, or has a NUL; what: the path, name or GUID */
    QDA_TOO_LONG,     /* a name, description or text */
    QDA_TOO_MANY,     /* items */
    QDA_TOO_DEEP,     /* codes */
    QDA_SPAN_OUTSIDE, /* what: the selection's GUID */
    QDA_TWICE,        /* one GUID for two things of a kind; what: that GUID */
    QDA_NO_CODES,     /* a code book without codes, which the format cannot say */
    QDA_WRONG_MODEL,  /* of the writers: numbers that refer to nothing, a parent out of order, a value that
                         is not of its type, a text that breaks the contract above */
    QDA_OUTPUT_FAILED,
    QDA_NO_MEMORY
};

enum { QDA_WHAT_BYTES = 160 };
struct qda_fault {
    enum qda_status status;
    size_t line;               /* of the XML; 0: none */
    char what[QDA_WHAT_BYTES]; /* what it is about, cut to fit; "" where nothing has a name */
};

/* ---- writing ---- */

/* A project as QDPX, in memory that does not grow with it. The bytes depend on the project alone. Nothing is
 * written when the model breaks its contract. */
enum qda_status qda_write_project(struct qda_fault *fault, const struct qda_project *project,
                                  struct dataset_output output);
/* Its codes and the codes of its sets as QDC. */
enum qda_status qda_write_codebook(struct qda_fault *fault, const struct qda_project *project,
                                   struct dataset_output output);

/* ---- reading ---- */

/* What of a file was not taken as it stands, so that whoever loads it is told. */
enum { QDA_LEFT_OUT_NAMES = 24 };
struct qda_report {
    /* Elements that are not taken (pictures, audio, video, PDF pages, links, graphs, what is not of the
     * standard), by name; those under them are not counted. Past QDA_LEFT_OUT_NAMES names: in `others`. */
    struct {
        struct slice name;
        size_t count;
    } left_out[QDA_LEFT_OUT_NAMES];
    size_t left_out_count;
    size_t others;
    size_t loose_references;   /* to something left out; dropped */
    size_t unknown_users;      /* stamps by a user who is not listed; taken as nobody's */
    size_t times_without_zone; /* taken as UTC */
    size_t values_as_text;     /* values not of the type that they name */
    size_t rich_texts;         /* sources of which the version with layout is not taken */
    size_t byte_order_marks;   /* texts that began with one; not counted in positions */
    /* Texts with lines ending in CRLF or CR; they end in LF now. Some programs count CRLF as one character,
     * others as two. Which, is told by the names of selections where they repeat the text, else by the
     * program: ATLAS.ti counts one. Positions are moved along. */
    size_t crlf_as_one;
    size_t crlf_as_two;
};

/* *project is NULL unless QDA_OK. Taken where other programs differ from the standard: Sources for sources,
 * names in other letter case, backslashes, texts within the XML, GUIDs in braces, times without zone, and
 * what the report counts. */
enum qda_status qda_read_project(struct qda_project **project, struct qda_report *report,
                                 struct qda_fault *fault, struct arena *arena, struct slice file);
/* The same within tighter bounds, for files that anybody may send: bytes of the file, of its XML and of all
 * its texts. 0: as above. */
struct qda_limits {
    size_t file, xml, texts;
};
enum qda_status qda_read_project_within(struct qda_project **project, struct qda_report *report,
                                        struct qda_fault *fault, struct arena *arena, struct slice file,
                                        const struct qda_limits *limits);
enum qda_status qda_read_codebook_within(struct qda_project **project, struct qda_report *report,
                                         struct qda_fault *fault, struct arena *arena, struct slice file,
                                         const struct qda_limits *limits);
/* A QDC: codes, sets and origin alone. Also one in the namespace of projects, as some write it. */
enum qda_status qda_read_codebook(struct qda_project **project, struct qda_report *report,
                                  struct qda_fault *fault, struct arena *arena, struct slice file);

#endif
