#include "features/fieldwork/fieldwork_personal.h"

#include "base/utf8.h"

#include <string.h>

enum statement { KEPT, KEEP, ANSWERS, ANSWER, REDACT_ANSWER, STATEMENT_COUNT };

const struct db_statement fieldwork_personal_statements[STATEMENT_COUNT + 1] = {
    [KEPT] = {"personal_kept",
              "SELECT passage_id, start_at, end_at FROM zs.personal_kept WHERE passage_id = ANY ($1::int8[]) "
              "ORDER BY passage_id, start_at"},
    /* Of a text that was replaced just now: what took its place. */
    [KEEP] = {"personal_keep",
              "INSERT INTO zs.personal_kept (passage_id, start_at, end_at, kept_by) SELECT "
              "coalesce(c.successor_id, u.id), u.start_at, u.end_at, $4::text FROM unnest($1::int8[], "
              "$2::int4[], $3::int4[]) AS u (id, start_at, end_at) LEFT JOIN zs.passage_change AS c ON "
              "c.passage_id = u.id AND c.number = 1 ON CONFLICT DO NOTHING"},
    [ANSWERS] = {"personal_answers",
                 "SELECT id, variable, body FROM zs.passage WHERE round_id = $1::int4 AND id "
                 ">= $2::int8 ORDER BY id LIMIT $3::int4"},
    [ANSWER] = {"personal_answer", "SELECT body FROM zs.passage WHERE round_id = $1::int4 AND id = $2::int8"},
    [REDACT_ANSWER] = {"personal_redact_answer",
                       "SELECT coalesce(zs.passage_redact($1::int8, $2::text, $3::int4[], $4::int4[], "
                       "$5::int4[], $6::text[]), 0)"},
};

/* ---- finding ---- */

enum { SCRATCH_MAX = 128 * 1024 * 1024 }; /* of one text: 11 MiB for 200 kB of nothing but a name */

struct search {
    struct db_tx *tx;
    struct arena *arena;
    const struct personal_name *names;
    size_t name_count;
    const json_t *closed;
    struct db_result *kept; /* by passage and place */
    size_t bytes;           /* searched */
    struct personal_finding *found;
    size_t count, room;
};

static enum db_status read_kept(struct search *s, const int64_t *ids, size_t count)
{
    struct db_params p = db_params(s->tx);
    db_put_int64_array(&p, ids, count);
    return db_run(&s->kept, s->tx, &fieldwork_personal_statements[KEPT], &p);
}

/* The first row of what was kept that is not before this place. */
static size_t kept_from(const struct search *s, int64_t passage, int32_t start)
{
    size_t low = 0, high = db_rows(s->kept);
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int64_t its = db_get_int64(s->kept, middle, 0);
        if (its < passage || (its == passage && db_get_int32(s->kept, middle, 1) < start)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool is_kept(const struct search *s, int64_t passage, struct text_span span)
{
    for (size_t i = kept_from(s, passage, (int32_t)span.start);
         i < db_rows(s->kept) && db_get_int64(s->kept, i, 0) == passage &&
         db_get_int32(s->kept, i, 1) == (int32_t)span.start;
         i++) {
        if (db_get_int32(s->kept, i, 2) == (int32_t)span.end) {
            return true;
        }
    }
    return false;
}

static void add_finding(struct search *s, const struct personal_finding *finding)
{
    if (s->count == s->room) {
        s->room = s->room > 0 ? 2 * s->room : 2 * PERSONAL_PAGE;
        struct personal_finding *more = arena_array(s->arena, s->room, sizeof *more);
        if (s->count > 0) {
            memcpy(more, s->found, s->count * sizeof *more);
        }
        s->found = more;
    }
    s->found[s->count++] = *finding;
}

/* All of one text. The finder asks for some 80 bytes a byte, which nobody needs afterwards. */
static void search_text(struct search *s, const struct personal_finding *where)
{
    struct personal_hit *hits;
    struct arena *scratch = arena_create(SCRATCH_MAX);
    const size_t count = personal_find(&hits, scratch, where->body, s->names, s->name_count);
    for (size_t i = 0; i < count; i++) {
        if (!is_kept(s, where->passage, hits[i].span)) {
            struct personal_finding finding = *where;
            finding.hit = hits[i];
            add_finding(s, &finding);
        }
    }
    s->bytes += where->body.len;
    arena_destroy(scratch);
}

static bool page_is_full(const struct search *s)
{
    return s->count >= PERSONAL_PAGE || s->bytes >= PERSONAL_SEARCH_BYTES;
}

static bool may_be_shown(const struct search *s, const struct transcript_line *line)
{
    return line->body.ptr && !slice_equal_cstr(line->kind, "weggelaten") &&
           !(line->pseudonym.ptr && json_object_getn(s->closed, line->pseudonym.ptr, line->pseudonym.len));
}

enum db_status personal_find_in_transcript(struct personal_finding **out, size_t *count, int32_t *next,
                                           struct db_tx *tx, struct arena *arena, int32_t version,
                                           int32_t from, const struct personal_name *names, size_t name_count,
                                           const json_t *closed)
{
    struct search s = {.tx = tx, .arena = arena, .names = names, .name_count = name_count, .closed = closed};
    struct transcript_line *lines;
    size_t line_count = 0;
    *next = from;
    enum db_status status = DB_OK;
    do {
        status = transcript_lines(&lines, &line_count, tx, arena, version, *next);
        int64_t *ids = arena_array(arena, line_count, sizeof *ids);
        for (size_t i = 0; i < line_count; i++) {
            ids[i] = lines[i].id;
        }
        status = status == DB_OK ? read_kept(&s, ids, line_count) : status;
        for (size_t i = 0; status == DB_OK && i < line_count && !page_is_full(&s); i++) {
            *next = lines[i].place + 1;
            if (may_be_shown(&s, &lines[i])) {
                const struct personal_finding where = {.passage = lines[i].id,
                                                       .place = lines[i].place,
                                                       .speaker = lines[i].pseudonym.ptr ? lines[i].pseudonym
                                                                                         : lines[i].speaker,
                                                       .body = lines[i].body};
                search_text(&s, &where);
            }
        }
    } while (status == DB_OK && line_count > 0 && !page_is_full(&s));
    *next = page_is_full(&s) ? *next : 0;
    *out = s.found;
    *count = s.count;
    return status;
}

enum db_status personal_find_in_answers(struct personal_finding **out, size_t *count, int64_t *next,
                                        struct db_tx *tx, struct arena *arena, int32_t round, int64_t from)
{
    enum { PORTION = 2000 };
    struct search s = {.tx = tx, .arena = arena};
    struct db_result *rows = NULL;
    enum db_status status = DB_OK;
    size_t portion = 0;
    *next = from;
    do {
        struct db_params p = db_params(tx);
        db_put_int32(&p, round);
        db_put_int64(&p, *next);
        db_put_int32(&p, PORTION);
        status = db_run(&rows, tx, &fieldwork_personal_statements[ANSWERS], &p);
        portion = status == DB_OK ? db_rows(rows) : 0;
        int64_t *ids = arena_array(arena, portion, sizeof *ids);
        for (size_t i = 0; i < portion; i++) {
            ids[i] = db_get_int64(rows, i, 0);
        }
        status = status == DB_OK ? read_kept(&s, ids, portion) : status;
        for (size_t i = 0; status == DB_OK && i < portion && !page_is_full(&s); i++) {
            *next = ids[i] + 1;
            const struct personal_finding where = {.passage = ids[i],
                                                   .speaker = arena_copy(arena, db_get_text(rows, i, 1)),
                                                   .body = arena_copy(arena, db_get_text(rows, i, 2))};
            search_text(&s, &where);
        }
    } while (status == DB_OK && portion == PORTION && !page_is_full(&s));
    *next = page_is_full(&s) ? *next : 0;
    *out = s.found;
    *count = s.count;
    return status;
}

/* ---- deciding ---- */

/* What is decided about one text. */
struct verdict {
    struct slice body;
    struct text_edit *edits;
    const char **reasons;
    size_t edit_count;
    struct text_span *kept;
    size_t kept_count;
};

static bool judge(struct verdict *out, struct arena *arena, struct slice body,
                  const struct personal_decision *decisions, size_t count)
{
    struct text_replacement *replacements = arena_array(arena, count, sizeof *replacements);
    struct text_span *kept = arena_array(arena, count, sizeof *kept);
    bool *follows = arena_array(arena, count, sizeof *follows);
    const size_t length = utf8_length(body);
    *out = (struct verdict){.body = body, .reasons = arena_array(arena, count, sizeof *out->reasons)};
    for (size_t i = 0; i < count; i++) {
        if (decisions[i].span.start >= decisions[i].span.end || decisions[i].span.end > length) {
            return false;
        }
        if (decisions[i].replace) {
            out->reasons[out->edit_count] = personal_kind_codes[decisions[i].kind];
            replacements[out->edit_count++] =
                (struct text_replacement){decisions[i].span, decisions[i].replacement};
        } else {
            kept[out->kept_count++] = decisions[i].span;
        }
    }
    if (out->edit_count > 0 &&
        !passage_redact(&out->body, &out->edits, arena, body, replacements, out->edit_count)) {
        return false;
    }
    out->kept = arena_array(arena, count, sizeof *out->kept);
    passage_move(out->kept, follows, kept, out->kept_count, out->edits, out->edit_count, SPAN_SAME_PLACE);
    return true;
}

static size_t of_one_text(const struct personal_decision *decisions, size_t from, size_t count)
{
    size_t n = 0;
    while (from + n < count && decisions[from + n].passage == decisions[from].passage) {
        n++;
    }
    return n;
}

struct keeping {
    int64_t *ids;
    int32_t *starts, *ends;
    size_t count;
};

static struct keeping keeping_of(struct arena *arena, size_t room)
{
    return (struct keeping){.ids = arena_array(arena, room, sizeof(int64_t)),
                            .starts = arena_array(arena, room, sizeof(int32_t)),
                            .ends = arena_array(arena, room, sizeof(int32_t))};
}

static void note_kept(struct keeping *k, int64_t passage, const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->kept_count; i++) {
        if (verdict->kept[i].start < verdict->kept[i].end) {
            k->ids[k->count] = passage;
            k->starts[k->count] = (int32_t)verdict->kept[i].start;
            k->ends[k->count++] = (int32_t)verdict->kept[i].end;
        }
    }
}

static enum db_status keep(struct db_tx *tx, const struct keeping *k, const char *actor)
{
    struct db_params p = db_params(tx);
    db_put_int64_array(&p, k->ids, k->count);
    db_put_int32_array(&p, k->starts, k->count);
    db_put_int32_array(&p, k->ends, k->count);
    db_put_text(&p, slice_from_cstr(actor));
    return k->count > 0 ? db_run(NULL, tx, &fieldwork_personal_statements[KEEP], &p) : DB_OK;
}

enum db_status personal_decide_transcript(enum personal_outcome *outcome, size_t *replaced, struct db_tx *tx,
                                          struct arena *arena, int32_t conversation,
                                          const struct personal_decision *decisions, size_t count,
                                          const char *actor)
{
    struct turn_change *changes = arena_array(arena, count, sizeof *changes);
    struct keeping keeping = keeping_of(arena, count);
    size_t change_count = 0;
    int32_t version = 0;
    *outcome = PERSONAL_CHANGED;
    *replaced = 0;
    for (size_t i = 0, n; i < count; i += n) {
        struct transcript_line line;
        struct verdict verdict;
        bool found;
        n = of_one_text(decisions, i, count);
        enum db_status status =
            transcript_line_find(&found, &line, &version, tx, arena, conversation, decisions[i].passage);
        if (status != DB_OK || !found || !judge(&verdict, arena, line.body, decisions + i, n)) {
            return status;
        }
        note_kept(&keeping, line.id, &verdict);
        if (verdict.edit_count > 0) {
            changes[change_count++] = (struct turn_change){line.id, verdict.body, verdict.edits,
                                                           verdict.reasons, verdict.edit_count};
            *replaced += verdict.edit_count;
        }
    }
    bool done = true;
    enum db_status status = change_count > 0
                                ? transcript_replace(&done, tx, conversation, version, TRANSCRIPT_REDACTED,
                                                     changes, change_count, SLICE(""), actor)
                                : DB_OK;
    status = status == DB_OK && done ? keep(tx, &keeping, actor) : status;
    *outcome = status == DB_OK && done ? PERSONAL_DONE : PERSONAL_CHANGED;
    return status;
}

static enum db_status redact_answer(bool *done, struct db_tx *tx, int64_t passage,
                                    const struct verdict *verdict)
{
    struct arena *arena = db_arena(tx);
    struct db_result *row;
    int32_t *starts = arena_array(arena, verdict->edit_count, sizeof *starts);
    int32_t *olds = arena_array(arena, verdict->edit_count, sizeof *olds);
    int32_t *news = arena_array(arena, verdict->edit_count, sizeof *news);
    struct slice *reasons = arena_array(arena, verdict->edit_count, sizeof *reasons);
    for (size_t i = 0; i < verdict->edit_count; i++) {
        starts[i] = (int32_t)verdict->edits[i].old.start;
        olds[i] = (int32_t)(verdict->edits[i].old.end - verdict->edits[i].old.start);
        news[i] = (int32_t)(verdict->edits[i].new.end - verdict->edits[i].new.start);
        reasons[i] = slice_from_cstr(verdict->reasons[i]);
    }
    struct db_params p = db_params(tx);
    db_put_int64(&p, passage);
    db_put_text(&p, verdict->body);
    db_put_int32_array(&p, starts, verdict->edit_count);
    db_put_int32_array(&p, olds, verdict->edit_count);
    db_put_int32_array(&p, news, verdict->edit_count);
    db_put_text_array(&p, reasons, verdict->edit_count);
    enum db_status status = db_run_one(&row, tx, &fieldwork_personal_statements[REDACT_ANSWER], &p);
    *done = status == DB_OK && db_get_int64(row, 0, 0) > 0;
    return status;
}

enum db_status personal_decide_answers(enum personal_outcome *outcome, size_t *replaced, struct db_tx *tx,
                                       struct arena *arena, int32_t round,
                                       const struct personal_decision *decisions, size_t count,
                                       const char *actor)
{
    struct keeping keeping = keeping_of(arena, count);
    *outcome = PERSONAL_CHANGED;
    *replaced = 0;
    for (size_t i = 0, n; i < count; i += n) {
        struct db_result *rows;
        struct verdict verdict;
        bool done = true;
        struct db_params p = db_params(tx);
        n = of_one_text(decisions, i, count);
        db_put_int32(&p, round);
        db_put_int64(&p, decisions[i].passage);
        enum db_status status = db_run(&rows, tx, &fieldwork_personal_statements[ANSWER], &p);
        if (status != DB_OK || db_rows(rows) != 1 ||
            !judge(&verdict, arena, db_get_text(rows, 0, 0), decisions + i, n)) {
            return status != DB_OK ? status : DB_ROLLBACK;
        }
        note_kept(&keeping, decisions[i].passage, &verdict);
        if (verdict.edit_count > 0) {
            status = redact_answer(&done, tx, decisions[i].passage, &verdict);
            *replaced += verdict.edit_count;
        }
        if (status != DB_OK || !done) {
            return status != DB_OK ? status : DB_ROLLBACK;
        }
    }
    enum db_status status = keep(tx, &keeping, actor);
    *outcome = status == DB_OK ? PERSONAL_DONE : PERSONAL_CHANGED;
    return status;
}
