/* What the texts of a project are here: which conversation or answer, and whether they may be loaded. */
#include "features/coding/coding_import_internal.h"

#include "base/buffer.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

struct matching {
    struct coding_import_work *w;
    struct db_tx *tx;
    const struct coding_import *import;
    struct arena *arena;
    struct slice space;
    /* the conversations of the round */
    struct db_result *conversations;
    bool *taken;
    /* its answers */
    struct db_result *answers;
    struct known_answer *known; /* by GUID */
};
struct known_answer {
    struct qda_guid guid;
    size_t row;
    bool taken;
};
enum { C_ID, C_CODE, C_STATUS, C_HAS_TEXT };
enum { A_ID, A_RESPONSE, A_VARIABLE };

static const struct qda_source *source_at(const struct matching *m, size_t s)
{
    return &m->import->file->project->sources[s];
}

static struct coding_import_source *told_at(const struct matching *m, size_t s)
{
    return &m->w->plan->sources[s];
}

static void refuse(const struct matching *m, size_t s, enum coding_source_why why, struct slice what,
                   size_t line)
{
    struct coding_import_source *told = told_at(m, s);
    told->state = CODING_SOURCE_REFUSED;
    told->why = why;
    told->what = what;
    told->line = line;
}

/* ---- which ---- */

static int by_guid(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct qda_guid));
}

static enum db_status read_known(struct matching *m)
{
    struct db_params p = db_params(m->tx);
    db_put_int32(&p, m->import->round->id);
    enum db_status status =
        db_run(&m->conversations, m->tx, &coding_import_statements[IMPORT_CONVERSATIONS], &p);
    status =
        status == DB_OK ? db_run(&m->answers, m->tx, &coding_import_statements[IMPORT_ANSWERS], &p) : status;
    if (status != DB_OK) {
        return status;
    }
    const size_t count = db_rows(m->answers);
    m->taken = arena_array(m->arena, db_rows(m->conversations) + 1, sizeof *m->taken);
    m->known = arena_array(m->arena, count + 1, sizeof *m->known);
    for (size_t i = 0; i < count; i++) {
        m->known[i].row = i;
        coding_guid_of_answer(&m->known[i].guid, m->arena, m->space, db_get_bytes(m->answers, i, A_RESPONSE),
                              db_get_text(m->answers, i, A_VARIABLE));
    }
    qsort(m->known, count, sizeof *m->known, by_guid);
    return DB_OK;
}

/* The name without what a file's ends in, or all of it. */
static bool is_named(struct slice name, struct slice code)
{
    const struct slice trimmed = slice_trim(name);
    return slice_equal_nocase(trimmed, code) ||
           (trimmed.len > code.len && trimmed.ptr[code.len] == '.' &&
            slice_equal_nocase((struct slice){trimmed.ptr, code.len}, code));
}

/* Of the conversations, or -1. */
static int find_conversation(const struct matching *m, const struct qda_source *source)
{
    int named = -1;
    for (size_t i = 0; i < db_rows(m->conversations); i++) {
        struct qda_guid guid;
        const struct slice code = db_get_text(m->conversations, i, C_CODE);
        coding_guid_of_conversation(&guid, m->space, code);
        if (memcmp(&guid, &source->guid, sizeof guid) == 0) {
            return (int)i;
        }
        named = is_named(source->name, code) ? (int)i : named;
    }
    return named;
}

/* ---- what stands here already ---- */

static struct import_passage *passages_of(struct matching *m, const struct db_result *rows)
{
    struct json_errors ignored;
    json_errors_init(&ignored, m->arena);
    struct import_passage *passages = arena_array(m->arena, db_rows(rows) + 1, sizeof *passages);
    for (size_t i = 0; i < db_rows(rows); i++) {
        struct import_passage *passage = &passages[i];
        passage->id = db_get_int64(rows, i, 0);
        passage->said.id = passage->id;
        passage->said.label = arena_copy(m->arena, db_get_text(rows, i, 1));
        passage->said.body =
            db_is_null(rows, i, 2) ? (struct slice){NULL, 0} : arena_copy(m->arena, db_get_text(rows, i, 2));
        passage->by_participant = db_get_bool(rows, i, 3);
        passage->guide_part =
            db_is_null(rows, i, 4) ? NULL : json_parse(&ignored, m->arena, db_get_text(rows, i, 4));
    }
    return passages;
}

/* As it stands here, or as it is given away: without the words of some. */
static bool align_here(struct matching *m, size_t s, size_t *line)
{
    struct import_source *known = &m->w->sources[s];
    struct coding_text_turn *turns = arena_array(m->arena, known->passage_count + 1, sizeof *turns);
    for (size_t i = 0; i < known->passage_count; i++) {
        turns[i] = known->passages[i].said;
    }
    const bool fits = coding_text_align(&known->pieces, &known->piece_count, line, m->arena,
                                        source_at(m, s)->text, turns, known->passage_count);
    for (size_t i = 0; fits && i < known->passage_count; i++) {
        known->passages[i].said = turns[i];
    }
    return fits;
}

static enum db_status match_there(struct matching *m, size_t s, int32_t conversation)
{
    struct db_result *rows;
    struct import_source *known = &m->w->sources[s];
    struct db_params p = db_params(m->tx);
    size_t line = 0;
    db_put_int32(&p, conversation);
    enum db_status status = db_run(&rows, m->tx, &coding_import_statements[IMPORT_TURNS], &p);
    if (status != DB_OK) {
        return status;
    }
    known->conversation = conversation;
    known->passages = passages_of(m, rows);
    known->passage_count = db_rows(rows);
    told_at(m, s)->state = CODING_SOURCE_THERE;
    if (!align_here(m, s, &line)) {
        refuse(m, s, CODING_WHY_OTHER_TEXT, SLICE(""), line);
    }
    return DB_OK;
}

/* ---- a text that a conversation gets ---- */

static struct slice names_of(struct matching *m, const struct transcript *read,
                             const struct speaker_choice *choices)
{
    struct buffer list;
    buffer_init(&list, 4096);
    for (size_t i = 0; i < read->speaker_count; i++) {
        if (choices[i].kind == SPEAKER_UNCHOSEN) {
            buffer_printf(&list, "%s%.*s", list.len > 0 ? ", " : "", SLICE_ARG(read->speakers[i].name));
        }
    }
    const struct slice out = arena_copy(m->arena, buffer_slice(&list));
    buffer_free(&list);
    return out;
}

static struct speaker_choice *choose(struct matching *m, const struct transcript *read,
                                     const json_t *conversation, const json_t *participants)
{
    struct speaker_choice *choices = arena_array(m->arena, read->speaker_count + 1, sizeof *choices);
    for (size_t i = 0; i < read->speaker_count; i++) {
        const struct slice name = read->speakers[i].name;
        choices[i] = slice_equal_nocase(name, SLICE("Onbekend"))
                         ? (struct speaker_choice){SPEAKER_UNKNOWN, 0, false}
                         : speaker_guess(name, conversation, participants, NULL, 0);
    }
    choices[read->speaker_count] = (struct speaker_choice){SPEAKER_UNKNOWN, 0, false};
    return choices;
}

static bool anybody_unknown(const struct transcript *read, const struct speaker_choice *choices)
{
    for (size_t i = 0; i < read->speaker_count; i++) {
        if (choices[i].kind == SPEAKER_UNCHOSEN) {
            return true;
        }
    }
    return false;
}

/* In what was written here, words with a colon behind them that are nobody's are said. */
static bool read_text(struct matching *m, struct transcript *read, struct speaker_choice **choices, size_t s,
                      const json_t *conversation, const json_t *participants)
{
    const struct slice text = source_at(m, s)->text;
    struct transcript_options options = {.encoding = "UTF-8"};
    bool good = transcript_read(read, m->arena, TRANSCRIPT_PLAIN, text, &options);
    *choices = good ? choose(m, read, conversation, participants) : NULL;
    if (good && anybody_unknown(read, *choices) &&
        slice_equal_cstr(m->import->file->project->origin, CODING_ORIGIN)) {
        struct slice *names = arena_array(m->arena, read->speaker_count, sizeof *names);
        for (size_t i = 0; i < read->speaker_count; i++) {
            if ((*choices)[i].kind == SPEAKER_UNCHOSEN) {
                names[options.no_speaker_count++] = read->speakers[i].name;
            }
        }
        options.no_speakers = names;
        good = transcript_read(read, m->arena, TRANSCRIPT_PLAIN, text, &options);
        *choices = good ? choose(m, read, conversation, participants) : NULL;
    }
    return good;
}

static size_t line_of_nobody(const struct transcript *read)
{
    for (size_t i = 0; i < read->turn_count; i++) {
        if (read->turns[i].speaker == TRANSCRIPT_NOBODY) {
            return read->turns[i].line;
        }
    }
    return 0;
}

static void place_turns(struct matching *m, size_t s)
{
    struct import_source *known = &m->w->sources[s];
    const struct transcript *read = known->read;
    size_t line = 0;
    known->passage_count = read->turn_count;
    known->passages = arena_array(m->arena, read->turn_count + 1, sizeof *known->passages);
    struct coding_text_turn *turns = arena_array(m->arena, read->turn_count + 1, sizeof *turns);
    for (size_t i = 0; i < read->turn_count; i++) {
        const struct speaker_choice who = known->choices[read->turns[i].speaker];
        const bool said = !who.withdrawn && !slice_equal_cstr(read->turns[i].text, TRANSCRIPT_LEFT_OUT);
        turns[i].body = read->turns[i].text;
        known->passages[i].said.body = said ? read->turns[i].text : (struct slice){NULL, 0};
        known->passages[i].by_participant = who.kind == SPEAKER_PARTICIPANT && said;
    }
    if (!coding_text_align(&known->pieces, &known->piece_count, &line, m->arena, source_at(m, s)->text, turns,
                           read->turn_count)) {
        refuse(m, s, CODING_WHY_UNREADABLE, SLICE(""), line);
    }
    told_at(m, s)->turns = read->turn_count;
}

static struct slice pseudonyms(struct matching *m, const json_t *lacks)
{
    struct buffer list;
    size_t i;
    const json_t *item;
    buffer_init(&list, 4096);
    json_array_foreach(lacks, i, item)
    {
        buffer_printf(&list, "%s%s", i > 0 ? ", " : "",
                      json_string_value(json_object_get(item, "pseudoniem")));
    }
    const struct slice out = arena_copy(m->arena, buffer_slice(&list));
    buffer_free(&list);
    return out;
}

/* Consent comes first: nothing is read of a text that may not come in. */
static bool may_load(struct matching *m, size_t s, const json_t *participants)
{
    size_t came;
    json_t *lacks = transcript_lacks(&came, participants, m->import->of_recording);
    const bool enough = json_array_size(lacks) == 0;
    if (!enough) {
        refuse(m, s, CODING_WHY_CONSENT, pseudonyms(m, lacks), 0);
    } else if (came == 0) {
        refuse(m, s, CODING_WHY_NOBODY, SLICE(""), 0);
    }
    json_decref(lacks);
    return enough && came > 0;
}

static enum db_status match_new(struct matching *m, size_t s, struct slice code)
{
    struct conversation conversation;
    json_t *participants = NULL;
    struct import_source *known = &m->w->sources[s];
    enum db_status status = conversation_find(&conversation, m->tx, m->arena, code, true);
    status = status == DB_OK ? participant_list(&participants, m->tx, m->arena, conversation.id) : status;
    if (status != DB_OK || !may_load(m, s, participants)) {
        return status;
    }
    known->conversation = conversation.id;
    known->read = arena_alloc(m->arena, sizeof *known->read);
    told_at(m, s)->state = CODING_SOURCE_TEXT;
    if (!read_text(m, known->read, &known->choices, s, conversation.document, participants)) {
        refuse(m, s, CODING_WHY_UNREADABLE, SLICE(""),
               known->read->fault_count > 0 ? known->read->faults[0].line : 0);
    } else if (anybody_unknown(known->read, known->choices)) {
        refuse(m, s, CODING_WHY_SPEAKER, names_of(m, known->read, known->choices), 0);
    } else if (line_of_nobody(known->read) > 0) {
        refuse(m, s, CODING_WHY_NO_SPEAKER, SLICE(""), line_of_nobody(known->read));
    } else {
        place_turns(m, s);
    }
    return DB_OK;
}

static enum db_status match_conversation(struct matching *m, size_t s, int at)
{
    const struct slice code = arena_copy(m->arena, db_get_text(m->conversations, (size_t)at, C_CODE));
    told_at(m, s)->place = code;
    if (m->taken[at]) {
        refuse(m, s, CODING_WHY_TWICE, SLICE(""), 0);
        return DB_OK;
    }
    m->taken[at] = true;
    if (db_get_bool(m->conversations, (size_t)at, C_HAS_TEXT)) {
        return match_there(m, s, db_get_int32(m->conversations, (size_t)at, C_ID));
    }
    if (slice_equal_cstr(db_get_text(m->conversations, (size_t)at, C_STATUS), "vervallen")) {
        refuse(m, s, CODING_WHY_CANCELLED, SLICE(""), 0);
        return DB_OK;
    }
    return match_new(m, s, code);
}

/* ---- an answer ---- */

static enum db_status match_answer(struct matching *m, size_t s, struct known_answer *answer)
{
    struct db_result *rows;
    struct import_source *known = &m->w->sources[s];
    struct db_params p = db_params(m->tx);
    db_put_int64(&p, db_get_int64(m->answers, answer->row, A_ID));
    enum db_status status = db_run(&rows, m->tx, &coding_import_statements[IMPORT_BODIES], &p);
    if (status != DB_OK) {
        return status;
    }
    told_at(m, s)->place = arena_copy(m->arena, db_get_text(m->answers, answer->row, A_VARIABLE));
    told_at(m, s)->state = CODING_SOURCE_ANSWER;
    if (answer->taken) {
        refuse(m, s, CODING_WHY_TWICE, SLICE(""), 0);
    } else if (db_rows(rows) != 1 || !slice_equal(db_get_text(rows, 0, 0), source_at(m, s)->text)) {
        refuse(m, s, CODING_WHY_OTHER_TEXT, SLICE(""), 1);
    } else {
        const uint32_t length = (uint32_t)utf8_length(source_at(m, s)->text);
        known->variable = told_at(m, s)->place;
        known->passages = arena_alloc(m->arena, sizeof *known->passages);
        known->passage_count = 1;
        *known->passages = (struct import_passage){.id = db_get_int64(m->answers, answer->row, A_ID),
                                                   .said = {.body = source_at(m, s)->text},
                                                   .by_participant = true};
        known->pieces = arena_alloc(m->arena, sizeof *known->pieces);
        known->piece_count = 1;
        *known->pieces = (struct coding_piece){{0, length}, 0, 0};
    }
    answer->taken = true;
    return DB_OK;
}

static enum db_status match_source(struct matching *m, size_t s)
{
    const struct qda_source *source = source_at(m, s);
    told_at(m, s)->name = source->name;
    struct known_answer *answer =
        bsearch(&source->guid, m->known, db_rows(m->answers), sizeof *m->known, by_guid);
    if (answer) {
        return match_answer(m, s, answer);
    }
    const int at = find_conversation(m, source);
    if (at >= 0) {
        return match_conversation(m, s, at);
    }
    refuse(m, s, CODING_WHY_NOWHERE, SLICE(""), 0);
    return DB_OK;
}

enum db_status import_match_sources(struct coding_import_work *w, struct db_tx *tx,
                                    const struct coding_import *import)
{
    struct matching m = {.w = w,
                         .tx = tx,
                         .import = import,
                         .arena = import->arena,
                         .space = slice_from_cstr(import->round->consultation)};
    const size_t count = import->file->project->source_count;
    w->sources = arena_array(import->arena, count + 1, sizeof *w->sources);
    w->plan->sources = arena_array(import->arena, count + 1, sizeof *w->plan->sources);
    w->plan->source_count = count;
    enum db_status status = read_known(&m);
    for (size_t s = 0; s < count && status == DB_OK; s++) {
        status = match_source(&m, s);
        w->plan->refused += w->plan->sources[s].state == CODING_SOURCE_REFUSED;
    }
    return status;
}
