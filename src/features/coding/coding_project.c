#include "features/coding/coding_project.h"

#include "base/buffer.h"
#include "crypto/crypto.h"
#include "features/coding/coding_work.h"
#include "formats/csv.h"

#include <stdlib.h>
#include <string.h>

enum statement { CODERS, TURNS, ANSWERS, MARKS, ROWS, STATEMENT_COUNT };

const struct db_statement coding_project_statements[STATEMENT_COUNT + 1] = {
    [CODERS] = {"coding_project_coders",
                "SELECT id, outside_guid FROM zs.coder AS k WHERE EXISTS (SELECT FROM zs.coding AS c "
                "WHERE c.coder_id = k.id AND c.round_id = $1::int4 AND c.ended_at IS NULL) ORDER BY id"},
    /* Whole conversations, so that what was said stands where it was said; what is not to leave has no text.
     * What the moderator wrote afterwards is nobody's saying. */
    [TURNS] =
        {"coding_project_turns",
         "SELECT t.id, c.code, CASE t.speaker WHEN 'deelnemer' THEN p.pseudonym WHEN 'moderator' THEN "
         "'Moderator' WHEN 'notulist' THEN 'Notulist' ELSE 'Onbekend' END, CASE WHEN e.archive IS NOT FALSE "
         "THEN e.body END, coalesce(e.quotes, false), v.source, t.participant_id IS NOT NULL FROM "
         "zs.conversation AS c JOIN zs.transcript_version AS v ON v.conversation_id = c.id AND v.is_current "
         "JOIN zs.transcript_turn AS l ON l.version_id = v.id JOIN zs.turn AS t ON t.id = l.turn_id LEFT "
         "JOIN "
         "zs.participant AS p ON p.id = t.participant_id LEFT JOIN zs.evidence AS e ON e.id = t.id AND "
         "e.round_id = $1::int4 WHERE c.round_id = $1::int4 AND t.kind <> 'nabespreking' ORDER BY c.code "
         "COLLATE \"C\", l.place"},
    [ANSWERS] =
        {"coding_project_answers",
         "SELECT id, response_id, variable, body FROM zs.evidence WHERE round_id = $1::int4 AND kind = "
         "'open-antwoord' AND id IN (SELECT passage_id FROM zs.coding_task WHERE round_id = "
         "$1::int4) ORDER BY id"},
    [MARKS] =
        {"coding_project_marks",
         "SELECT id, passage_id, coder_id, start_at, end_at, created_at, coalesce(memo, ''), "
         "array_to_string(codes, ' '), coalesce(facet, ''), coalesce(expression, ''), "
         "coalesce(direction, ''), coalesce(origin, ''), coalesce(application, '') FROM zs.coding WHERE "
         "round_id = $1::int4 AND ended_at IS NULL AND NOT decided ORDER BY passage_id, id"},
    [ROWS] =
        {"coding_csv_rows",
         "SELECT c.coder_id, c.id::text, c.passage_id::text, c.method, coalesce(v.code, ''), "
         "coalesce(p.pseudonym, ''), c.start_at::text, c.end_at::text, array_to_string(c.codes, ' '), "
         "coalesce(c.facet, ''), coalesce(c.expression, ''), coalesce(c.application, ''), "
         "coalesce(c.direction, ''), coalesce(c.origin, ''), array_to_string(c.prompted, ' '), CASE WHEN "
         "c.counts THEN 'ja' ELSE 'nee' END, CASE WHEN c.decided THEN 'ja' ELSE 'nee' END, "
         "coalesce(c.memo, ''), CASE e.quotes WHEN true THEN 'ja' WHEN false THEN 'nee' ELSE '' END, CASE "
         "WHEN "
         "e.archive IS NOT FALSE THEN substr(e.body, c.start_at + 1, c.end_at - c.start_at) ELSE '' END FROM "
         "zs.coding AS c JOIN zs.evidence AS e ON e.id = c.passage_id LEFT JOIN zs.conversation AS v ON v.id "
         "= c.conversation_id LEFT JOIN zs.participant AS p ON p.id = c.participant_id WHERE c.round_id = "
         "$1::int4 AND c.ended_at IS NULL ORDER BY c.passage_id, c.start_at, c.id"},
};

/* ---- who is what there ---- */

void coding_guid_of_coder(struct qda_guid *out, struct arena *arena, struct slice space, int32_t coder)
{
    qda_guid_derive(out, space, "coder", arena_printf(arena, "%d", (int)coder));
}

void coding_guid_of_conversation(struct qda_guid *out, struct slice space, struct slice code)
{
    qda_guid_derive(out, space, "gesprek", code);
}

void coding_guid_of_answer(struct qda_guid *out, struct arena *arena, struct slice space,
                           struct slice response, struct slice variable)
{
    char *hex = arena_alloc(arena, 2 * response.len + 1);
    crypto_hex(hex, (const unsigned char *)response.ptr, response.len);
    qda_guid_derive(out, space, "antwoord", arena_printf(arena, "%s/%.*s", hex, SLICE_ARG(variable)));
}

/* Somebody who codes: under a number, never by name. */
struct coder {
    int32_t id;
    struct qda_guid guid;
    size_t codings;
    uint32_t user; /* among the users, or QDA_NONE */
};

/* Where a passage stands. */
struct passage_place {
    int64_t id;
    uint32_t source;
    uint32_t start; /* in its text */
};

struct loading {
    struct qda_project *project;
    struct arena *arena;
    struct slice space;
    const struct codebook *book;
    struct coding_places places;
    struct coder *coders; /* by id */
    size_t coder_count;
    struct passage_place *passages; /* by id once all are there */
    size_t passage_count;
    struct coding_left_out *left_out;
};

static int by_coder(const void *a, const void *b)
{
    const struct coder *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static int by_guid(const void *a, const void *b)
{
    const struct coder *x = a, *y = b;
    return memcmp(&x->guid, &y->guid, sizeof x->guid);
}

/* By guid: so that numbers are the same wherever the same people coded the same. */
static enum db_status read_coders(struct coder **out, size_t *count, struct db_tx *tx, struct arena *arena,
                                  struct slice space, const struct db_params *p)
{
    struct db_result *rows;
    enum db_status status = db_run(&rows, tx, &coding_project_statements[CODERS], p);
    *count = status == DB_OK ? db_rows(rows) : 0;
    struct coder *coders = arena_array(arena, *count + 1, sizeof *coders);
    for (size_t i = 0; i < *count; i++) {
        coders[i] = (struct coder){.id = db_get_int32(rows, i, 0), .user = QDA_NONE};
        if (db_is_null(rows, i, 1)) {
            coding_guid_of_coder(&coders[i].guid, arena, space, coders[i].id);
        } else {
            memcpy(coders[i].guid.bytes, db_get_bytes(rows, i, 1).ptr, sizeof coders[i].guid.bytes);
        }
    }
    if (*count > 0) {
        qsort(coders, *count, sizeof *coders, by_guid);
    }
    *out = coders;
    return status;
}

/* ---- texts ---- */

static struct qda_source *add_source(struct loading *l)
{
    struct qda_source *source = &l->project->sources[l->project->source_count++];
    source->created = source->modified = (struct qda_stamp){QDA_NONE, QDA_NO_TIME};
    return source;
}

/* Who of a conversation may be quoted: whoever takes the text along has to know. */
struct speakers {
    struct buffer may, may_not, left_out;
    struct slice seen[64];
    size_t seen_count;
};

static bool seen_before(struct speakers *s, struct slice label, char kind, struct arena *arena)
{
    const struct slice key = arena_printf(arena, "%c%.*s", kind, SLICE_ARG(label));
    for (size_t i = 0; i < s->seen_count; i++) {
        if (slice_equal(s->seen[i], key)) {
            return true;
        }
    }
    if (s->seen_count < sizeof s->seen / sizeof s->seen[0]) {
        s->seen[s->seen_count++] = key;
    }
    return false;
}

static void add_speaker(struct buffer *list, struct slice label)
{
    buffer_printf(list, "%s%.*s", list->len > 0 ? ", " : "", SLICE_ARG(label));
}

static struct slice describe(struct arena *arena, const struct db_result *rows, size_t first, size_t end)
{
    struct speakers s = {.seen_count = 0};
    const bool notes = slice_equal_cstr(db_get_text(rows, first, 5), "aantekening");
    buffer_init(&s.may, 4096);
    buffer_init(&s.may_not, 4096);
    buffer_init(&s.left_out, 4096);
    for (size_t i = first; i < end; i++) {
        const struct slice label = db_get_text(rows, i, 2);
        const bool hidden = db_is_null(rows, i, 3), quotes = db_get_bool(rows, i, 4);
        if (db_get_bool(rows, i, 6) && !seen_before(&s, label, hidden ? 'w' : quotes ? 'j' : 'n', arena)) {
            add_speaker(hidden ? &s.left_out : quotes ? &s.may : &s.may_not, label);
        }
    }
    struct buffer text;
    buffer_init(&text, 16384);
    buffer_append_cstr(&text, notes ? "Dit zijn aantekeningen. Citeer ze niet.\n" : "");
    const struct {
        const char *words;
        const struct buffer *list;
    } lists[] = {{"Letterlijk citeren mag van", &s.may},
                 {"Letterlijk citeren mag niet van", &s.may_not},
                 {"Weggelaten is wat is gezegd door", &s.left_out}};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (lists[i].list->len > 0) {
            buffer_printf(&text, "%s: %.*s.\n", lists[i].words, SLICE_ARG(buffer_slice(lists[i].list)));
        }
    }
    const struct slice out = arena_copy(arena, slice_trim(buffer_slice(&text)));
    buffer_free(&text);
    buffer_free(&s.may);
    buffer_free(&s.may_not);
    buffer_free(&s.left_out);
    return out;
}

static void add_conversation(struct loading *l, const struct db_result *rows, size_t first, size_t end)
{
    struct coding_text_turn *turns = arena_array(l->arena, end - first, sizeof *turns);
    uint32_t *starts = arena_array(l->arena, end - first, sizeof *starts);
    struct qda_source *source = add_source(l);
    for (size_t i = first; i < end; i++) {
        struct coding_text_turn *turn = &turns[i - first];
        *turn = (struct coding_text_turn){.id = db_get_int64(rows, i, 0),
                                          .label = arena_copy(l->arena, db_get_text(rows, i, 2))};
        if (db_is_null(rows, i, 3)) {
            l->left_out->turns++;
        } else {
            turn->body = arena_copy(l->arena, db_get_text(rows, i, 3));
        }
    }
    source->name = arena_copy(l->arena, db_get_text(rows, first, 1));
    coding_guid_of_conversation(&source->guid, l->space, source->name);
    source->description = describe(l->arena, rows, first, end);
    source->text = coding_text_write(starts, l->arena, turns, end - first);
    for (size_t i = 0; i < end - first; i++) {
        if (turns[i].body.ptr) {
            l->passages[l->passage_count++] =
                (struct passage_place){turns[i].id, (uint32_t)l->project->source_count - 1, starts[i]};
        }
    }
}

static void add_answer(struct loading *l, const struct db_result *rows, size_t i)
{
    enum { SHORT = 8 }; /* digits of a name */
    char guid[QDA_GUID_CHARS + 1];
    struct qda_source *source = add_source(l);
    coding_guid_of_answer(&source->guid, l->arena, l->space, db_get_bytes(rows, i, 1),
                          db_get_text(rows, i, 2));
    qda_guid_format(guid, &source->guid);
    source->name = arena_printf(l->arena, "%.*s %.*s", SLICE_ARG(db_get_text(rows, i, 2)), SHORT, guid);
    source->text = arena_copy(l->arena, db_get_text(rows, i, 3));
    l->passages[l->passage_count++] =
        (struct passage_place){db_get_int64(rows, i, 0), (uint32_t)l->project->source_count - 1, 0};
}

static int by_passage(const void *a, const void *b)
{
    const struct passage_place *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static enum db_status load_sources(struct loading *l, struct db_tx *tx, const struct db_params *round)
{
    struct db_result *turns = NULL, *answers = NULL;
    enum db_status status = db_run(&turns, tx, &coding_project_statements[TURNS], round);
    status = status == DB_OK ? db_run(&answers, tx, &coding_project_statements[ANSWERS], round) : status;
    if (status != DB_OK) {
        return status;
    }
    const size_t room = db_rows(turns) + db_rows(answers) + 1;
    l->project->sources = arena_array(l->arena, room, sizeof *l->project->sources);
    l->passages = arena_array(l->arena, room, sizeof *l->passages);
    for (size_t i = 0, end; i < db_rows(turns); i = end) {
        for (end = i;
             end < db_rows(turns) && slice_equal(db_get_text(turns, end, 1), db_get_text(turns, i, 1));
             end++) {
        }
        add_conversation(l, turns, i, end);
    }
    for (size_t i = 0; i < db_rows(answers); i++) {
        add_answer(l, answers, i);
    }
    qsort(l->passages, l->passage_count, sizeof *l->passages, by_passage);
    return DB_OK;
}

/* ---- codings ---- */

/* The entries of codes with spaces between, in the order of the book. */
static size_t entries_of(int *out, const struct codebook *book, struct slice codes)
{
    size_t count = 0;
    while (codes.len > 0) {
        struct slice code;
        slice_cut(&code, &codes, codes, ' ');
        const int at = codebook_find(book, CODEBOOK_TREE, code);
        if (at >= 0 && count < CODING_CODES_MAX) {
            out[count++] = at;
        }
    }
    return count;
}

static int rising(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* A coding and where it stands, before it has a key. */
struct placed {
    uint32_t source;
    struct coder *coder;
    struct coding_mark mark;
};

static struct placed place_mark(const struct loading *l, const struct db_result *rows, size_t i,
                                const struct passage_place *at)
{
    static const enum codebook_axis axes[] = {CODEBOOK_FACET, CODEBOOK_EXPRESSION, CODEBOOK_DIRECTION,
                                              CODEBOOK_ORIGIN, CODEBOOK_APPLICATION};
    int *codes = arena_array(l->arena, CODING_CODES_MAX, sizeof *codes);
    const struct coder key = {.id = db_get_int32(rows, i, 2)};
    struct placed placed = {.source = at->source,
                            .coder = bsearch(&key, l->coders, l->coder_count, sizeof key, by_coder),
                            .mark = {.start = at->start + (uint32_t)db_get_int32(rows, i, 3),
                                     .end = at->start + (uint32_t)db_get_int32(rows, i, 4),
                                     .at = db_get_timestamp(rows, i, 5),
                                     .memo = arena_copy(l->arena, db_get_text(rows, i, 6)),
                                     .codes = codes}};
    placed.mark.code_count = entries_of(codes, l->book, db_get_text(rows, i, 7));
    qsort(codes, placed.mark.code_count, sizeof *codes, rising);
    for (size_t k = 0; k < sizeof axes / sizeof axes[0]; k++) {
        placed.mark.other[axes[k]] = codebook_find(l->book, axes[k], db_get_text(rows, i, (int)(8 + k)));
    }
    return placed;
}

#define COMPARE(a, b)                                                                                        \
    if ((a) != (b)) {                                                                                        \
        return (a) < (b) ? -1 : 1;                                                                           \
    }

/* By all that is told of it: the order is the same wherever it is read from. */
static int by_place(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    const struct coding_mark *m = &x->mark, *n = &y->mark;
    COMPARE(x->source, y->source)
    COMPARE(m->start, n->start)
    COMPARE(m->end, n->end)
    const int coder = by_guid(x->coder, y->coder);
    if (coder != 0) {
        return coder;
    }
    COMPARE(m->at, n->at)
    COMPARE(m->code_count, n->code_count)
    for (size_t i = 0; i < m->code_count; i++) {
        COMPARE(m->codes[i], n->codes[i])
    }
    for (size_t axis = CODEBOOK_FACET; axis < CODEBOOK_AXES; axis++) {
        COMPARE(m->other[axis], n->other[axis])
    }
    return slice_compare(m->memo, n->memo);
}

static void number_users(struct loading *l)
{
    struct qda_project *project = l->project;
    project->users = arena_array(l->arena, l->coder_count + 1, sizeof *project->users);
    qsort(l->coders, l->coder_count, sizeof *l->coders, by_guid);
    for (size_t i = 0; i < l->coder_count; i++) {
        if (l->coders[i].codings > 0) {
            l->coders[i].user = (uint32_t)project->user_count;
            project->users[project->user_count++] = (struct qda_user){
                .guid = l->coders[i].guid, .name = arena_printf(l->arena, CODING_CODER_NAME, i + 1)};
        }
    }
    qsort(l->coders, l->coder_count, sizeof *l->coders, by_coder);
}

/* Whether both say the same of where, who and when. */
static bool are_twins(const struct placed *a, const struct placed *b)
{
    return a->source == b->source && a->mark.start == b->mark.start && a->mark.end == b->mark.end &&
           a->coder == b->coder && a->mark.at == b->mark.at;
}

/* placed[i], of a list that is in order. */
static struct slice key_of(struct arena *arena, const struct qda_guid *source, const struct placed *placed,
                           size_t i)
{
    char guid[QDA_GUID_CHARS + 1], coder[QDA_GUID_CHARS + 1];
    const struct coding_mark *mark = &placed[i].mark;
    size_t twin = 0;
    while (twin < i && are_twins(&placed[i - 1 - twin], &placed[i])) {
        twin++;
    }
    qda_guid_format(guid, source);
    qda_guid_format(coder, &placed[i].coder->guid);
    return arena_printf(arena, "%s/%s/%u-%u/%lld/%zu", guid, coder, mark->start, mark->end,
                        (long long)mark->at, twin);
}

static void put_marks(struct loading *l, struct placed *placed, size_t count)
{
    for (size_t i = 0, end; i < count; i = end) {
        struct qda_source *source = &l->project->sources[placed[i].source];
        for (end = i; end < count && placed[end].source == placed[i].source; end++) {
        }
        source->selections = arena_array(l->arena, end - i, sizeof *source->selections);
        for (size_t k = i; k < end; k++) {
            placed[k].mark.key = key_of(l->arena, &source->guid, placed, k);
            placed[k].mark.coder = placed[k].coder->user;
            coding_put_mark(&source->selections[source->selection_count++], l->arena, l->book, &l->places,
                            l->space, &placed[k].mark);
        }
    }
}

static enum db_status load_marks(struct loading *l, struct db_tx *tx, const struct db_params *p)
{
    struct db_result *rows;
    size_t count = 0;
    enum db_status status = db_run(&rows, tx, &coding_project_statements[MARKS], p);
    const size_t all = status == DB_OK ? db_rows(rows) : 0;
    struct placed *placed = arena_array(l->arena, all + 1, sizeof *placed);
    qsort(l->coders, l->coder_count, sizeof *l->coders, by_coder);
    for (size_t i = 0; i < all; i++) {
        const struct passage_place key = {.id = db_get_int64(rows, i, 1)};
        const struct passage_place *at = bsearch(&key, l->passages, l->passage_count, sizeof key, by_passage);
        if (at) {
            placed[count++] = place_mark(l, rows, i, at);
            placed[count - 1].coder->codings++;
        } else {
            l->left_out->codings++;
        }
    }
    number_users(l);
    qsort(placed, count, sizeof *placed, by_place);
    put_marks(l, placed, count);
    return status;
}

static void begin(struct qda_project *out, struct coding_places *places, struct arena *arena,
                  struct slice space, const struct codebook *book)
{
    *out = (struct qda_project){.name = space,
                                .origin = SLICE(CODING_ORIGIN),
                                .created = {QDA_NONE, QDA_NO_TIME},
                                .modified = {QDA_NONE, QDA_NO_TIME}};
    coding_put_book(out, places, arena, book);
}

void coding_project_book(struct qda_project *out, struct arena *arena, struct slice space,
                         const struct codebook *book)
{
    struct coding_places places;
    begin(out, &places, arena, space, book);
}

enum db_status coding_project_load(struct qda_project *out, struct coding_left_out *left_out,
                                   struct db_tx *tx, struct arena *arena, const struct survey_round *round,
                                   const struct codebook *book)
{
    struct loading l = {.project = out,
                        .arena = arena,
                        .space = slice_from_cstr(round->consultation),
                        .book = book,
                        .left_out = left_out};
    struct db_params p = db_params(tx);
    db_put_int32(&p, round->id);
    begin(out, &l.places, arena, l.space, book);
    out->description = round->invented ? SLICE("Verzonnen gegevens.") : SLICE("");
    *left_out = (struct coding_left_out){0, 0};
    enum db_status status = read_coders(&l.coders, &l.coder_count, tx, arena, l.space, &p);
    status = status == DB_OK ? load_sources(&l, tx, &p) : status;
    return status == DB_OK ? load_marks(&l, tx, &p) : status;
}

/* ---- CSV ---- */

/* The columns behind the coder's number, which is the first of a row. */
static const char *const columns[] = {"codering",   "passage",  "methode",  "gesprek",  "deelnemer",
                                      "van",        "tot",      "codes",    "facet",    "uiting",
                                      "toepassing", "richting", "herkomst", "gevraagd", "telt",
                                      "besloten",   "memo",     "citeren",  "tekst"};
enum { COLUMN_COUNT = sizeof columns / sizeof columns[0], CODER_BEFORE = 5, ROW_MAX = 4 * 1024 * 1024 };

static void put_row(struct buffer *line, const struct db_result *rows, size_t i, const char *coder)
{
    buffer_clear(line);
    for (int k = 0; k < COLUMN_COUNT; k++) {
        if (k == CODER_BEFORE) {
            buffer_append_byte(line, ',');
            csv_put_text(line, slice_from_cstr(coder));
        }
        buffer_append(line, k > 0 ? SLICE(",") : SLICE(""));
        csv_put_text(line, rows ? db_get_text(rows, i, k + 1) : slice_from_cstr(columns[k]));
    }
    buffer_append(line, SLICE("\r\n"));
}

static const char *coder_name(struct arena *arena, const struct coder *coders, size_t count, int32_t id)
{
    size_t at = 0;
    while (at + 1 < count && coders[at].id != id) {
        at++;
    }
    return arena_printf(arena, CODING_CODER_NAME, at + 1).ptr;
}

enum db_status coding_csv_write(bool *failed, size_t *rows_written, struct db_tx *tx, int32_t round,
                                struct slice space, struct coding_csv output)
{
    struct db_result *rows = NULL;
    struct buffer line;
    struct coder *coders;
    size_t coder_count;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    enum db_status status = read_coders(&coders, &coder_count, tx, db_arena(tx), space, &p);
    status = status == DB_OK ? db_run(&rows, tx, &coding_project_statements[ROWS], &p) : status;
    const size_t count = status == DB_OK ? db_rows(rows) : 0;
    buffer_init(&line, ROW_MAX);
    *failed = false;
    *rows_written = 0;
    for (size_t i = 0; i <= count && status == DB_OK && !*failed; i++) {
        if (i == 0) {
            put_row(&line, NULL, 0, "codeur");
        } else {
            put_row(&line, rows, i - 1,
                    coder_name(db_arena(tx), coders, coder_count, db_get_int32(rows, i - 1, 0)));
        }
        const struct slice text = buffer_slice(&line);
        *failed = !output.write(text.ptr, text.len, output.self);
        *rows_written = i;
    }
    buffer_free(&line);
    return status;
}
