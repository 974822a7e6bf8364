#include "features/coding/coding_project_internal.h"

#include "base/buffer.h"
#include "crypto/crypto.h"
#include "features/fieldwork/fieldwork.h"

#include <stdlib.h>

enum statement { TURNS, ANSWERS, STATEMENT_COUNT };

const struct db_statement coding_project_statements[STATEMENT_COUNT + 1] = {
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

/* ---- texts ---- */

static struct qda_source *add_source(struct project_loading *l)
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

/* waits: of the rows. */
static void add_conversation(struct project_loading *l, const struct db_result *rows, const bool *waits,
                             size_t first, size_t end)
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
        } else if (!waits[i]) {
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

static void add_answer(struct project_loading *l, const struct db_result *rows, size_t i)
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

/* Which rows wait; conversation: the column with its code, or -1. */
static enum db_status find_waiting(bool **waits, struct project_loading *l, struct db_tx *tx,
                                   const struct crypto_keys *keys, const struct db_result *rows,
                                   int conversation)
{
    const size_t count = db_rows(rows);
    struct personal_text *texts = arena_array(l->arena, count + 1, sizeof *texts);
    size_t waiting;
    *waits = arena_array(l->arena, count + 1, sizeof **waits);
    for (size_t i = 0; i < count; i++) {
        texts[i] = (struct personal_text){
            .passage = db_get_int64(rows, i, 0),
            .conversation = conversation < 0 ? SLICE("") : db_get_text(rows, i, conversation),
            .body = db_is_null(rows, i, 3) ? (struct slice){NULL, 0} : db_get_text(rows, i, 3)};
    }
    const enum db_status status = personal_waits(*waits, &waiting, tx, keys, texts, count);
    l->left_out->waiting += waiting;
    return status;
}

static enum db_status load_sources(struct project_loading *l, struct db_tx *tx,
                                   const struct crypto_keys *keys, const struct db_params *round)
{
    struct db_result *turns = NULL, *answers = NULL;
    bool *turn_waits = NULL, *answer_waits = NULL;
    enum db_status status = db_run(&turns, tx, &coding_project_statements[TURNS], round);
    status = status == DB_OK ? db_run(&answers, tx, &coding_project_statements[ANSWERS], round) : status;
    status = status == DB_OK ? find_waiting(&turn_waits, l, tx, keys, turns, 1) : status;
    status = status == DB_OK ? find_waiting(&answer_waits, l, tx, keys, answers, -1) : status;
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
        add_conversation(l, turns, turn_waits, i, end);
    }
    for (size_t i = 0; i < db_rows(answers); i++) {
        if (!answer_waits[i]) {
            add_answer(l, answers, i);
        }
    }
    qsort(l->passages, l->passage_count, sizeof *l->passages, coding_place_by_id);
    return DB_OK;
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

static struct slice describe_project(struct arena *arena, const struct survey_round *round,
                                     const struct coding_left_out *left_out)
{
    const char *invented = round->invented ? "Verzonnen gegevens." : "";
    if (left_out->waiting == 0) {
        return slice_from_cstr(invented);
    }
    return arena_printf(
        arena,
        "%s%sIngehouden: %zu %s, omdat er persoonsgegevens in kunnen staan waarover nog niemand "
        "heeft besloten.",
        invented, round->invented ? " " : "", left_out->waiting,
        left_out->waiting == 1 ? "tekst" : "teksten");
}

enum db_status coding_project_load(struct qda_project *out, struct coding_left_out *left_out,
                                   struct db_tx *tx, const struct crypto_keys *keys, struct arena *arena,
                                   const struct survey_round *round, const struct codebook *book)
{
    struct project_loading l = {.project = out,
                                .arena = arena,
                                .space = slice_from_cstr(round->consultation),
                                .book = book,
                                .left_out = left_out};
    struct db_params p = db_params(tx);
    db_put_int32(&p, round->id);
    begin(out, &l.places, arena, l.space, book);
    *left_out = (struct coding_left_out){.turns = 0};
    enum db_status status = coding_coders_read(&l.coders, &l.coder_count, tx, arena, l.space, &p);
    status = status == DB_OK ? load_sources(&l, tx, keys, &p) : status;
    out->description = describe_project(arena, round, left_out);
    return status == DB_OK ? coding_project_put_marks(&l, tx, &p) : status;
}
