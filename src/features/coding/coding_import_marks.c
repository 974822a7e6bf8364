/* Who coded what in a project: users as coders, and the codings that are not here yet. */
#include "features/coding/coding_import_internal.h"

#include "base/buffer.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- users ---- */

static const struct qda_project *project_of(const struct coding_import *import)
{
    return import->file->project;
}

struct qda_guid import_user_guid(const struct coding_import *import, size_t user)
{
    struct qda_guid guid;
    if (user < project_of(import)->user_count) {
        return project_of(import)->users[user].guid;
    }
    qda_guid_derive(&guid, slice_from_cstr(import->round->consultation), "coder", SLICE("onbekend"));
    return guid;
}

/* "Codeur 12", as it is called in what was written here; else a number of its own. */
static struct slice outside_name(struct arena *arena, struct slice name, const struct qda_guid *guid)
{
    static const struct slice front = SLICE_INIT("Codeur ");
    char digits[QDA_GUID_CHARS + 1];
    uint64_t number;
    if (slice_starts_with(name, front) &&
        slice_to_u64(&number, (struct slice){name.ptr + front.len, name.len - front.len}, 100000)) {
        return name;
    }
    qda_guid_format(digits, guid);
    return arena_printf(arena, "Codeur %.8s", digits);
}

struct people {
    struct db_result *coders;
    json_t *accounts;
};
enum { K_ID, K_OUTSIDE, K_NAME, K_ACCOUNT };

/* By GUID, or of an account; 0: nobody. */
static int32_t known_coder(struct slice *name, const struct people *people, struct arena *arena,
                           struct slice space, const struct qda_guid *guid)
{
    for (size_t i = 0; i < db_rows(people->coders); i++) {
        struct qda_guid own;
        if (db_is_null(people->coders, i, K_OUTSIDE)) {
            coding_guid_of_coder(&own, arena, space, db_get_int32(people->coders, i, K_ID));
        } else {
            memcpy(own.bytes, db_get_bytes(people->coders, i, K_OUTSIDE).ptr, sizeof own.bytes);
        }
        if (memcmp(&own, guid, sizeof own) == 0) {
            *name = arena_copy(arena, db_get_text(people->coders, i, K_NAME));
            return db_get_int32(people->coders, i, K_ID);
        }
    }
    return 0;
}

/* Of exactly one who may code; 0: none. */
static int32_t account_named(const struct people *people, struct slice name)
{
    size_t i, times = 0;
    const json_t *item;
    int32_t found = 0;
    json_array_foreach(people->accounts, i, item)
    {
        if (slice_equal_cstr(name, json_string_value(json_object_get(item, "naam")))) {
            found = (int32_t)json_integer_value(json_object_get(item, "account"));
            times++;
        }
    }
    return times == 1 ? found : 0;
}

static int32_t coder_of_account(const struct people *people, int32_t account)
{
    for (size_t i = 0; i < db_rows(people->coders); i++) {
        if (!db_is_null(people->coders, i, K_ACCOUNT) &&
            db_get_int32(people->coders, i, K_ACCOUNT) == account) {
            return db_get_int32(people->coders, i, K_ID);
        }
    }
    return 0;
}

static void match_user(struct coding_import_work *w, const struct coding_import *import,
                       const struct people *people, size_t u)
{
    const bool somebody = u < project_of(import)->user_count;
    const struct slice name = somebody ? slice_trim(project_of(import)->users[u].name) : SLICE("");
    const struct qda_guid guid = import_user_guid(import, u);
    struct coding_import_user *told = &w->plan->users[u];
    *told = (struct coding_import_user){.name = name, .kind = CODING_USER_HERE};
    w->coders[u] = known_coder(&told->becomes, people, import->arena,
                               slice_from_cstr(import->round->consultation), &guid);
    if (w->coders[u] != 0) {
        return;
    }
    w->accounts[u] = account_named(people, name);
    if (w->accounts[u] != 0) {
        told->kind = CODING_USER_ACCOUNT;
        told->becomes = name;
        w->coders[u] = coder_of_account(people, w->accounts[u]);
    } else {
        told->kind = CODING_USER_OUTSIDE;
        told->becomes = outside_name(import->arena, name, &guid);
    }
}

static void release(void *json)
{
    json_decref(json);
}

enum db_status import_match_users(struct coding_import_work *w, struct db_tx *tx,
                                  const struct coding_import *import)
{
    struct people people = {NULL, NULL};
    struct db_params p = db_params(tx);
    const size_t count = project_of(import)->user_count + 1;
    enum db_status status = db_run(&people.coders, tx, &coding_import_statements[IMPORT_CODERS], &p);
    status = status == DB_OK
                 ? coding_people(&people.accounts, tx, slice_from_cstr(import->round->consultation))
                 : status;
    if (status != DB_OK) {
        return status;
    }
    arena_defer(import->arena, release, people.accounts);
    w->coders = arena_array(import->arena, count, sizeof *w->coders);
    w->accounts = arena_array(import->arena, count, sizeof *w->accounts);
    w->plan->users = arena_array(import->arena, count, sizeof *w->plan->users);
    w->plan->user_count = count;
    for (size_t u = 0; u < count; u++) {
        match_user(w, import, &people, u);
    }
    return DB_OK;
}

/* ---- codings as words ---- */

struct slice import_codes(struct arena *arena, const struct codebook *book, const struct coding_mark *mark)
{
    struct buffer list;
    buffer_init(&list, 64 * 1024);
    for (size_t i = 0; i < mark->code_count; i++) {
        buffer_printf(&list, "%s%.*s", i > 0 ? " " : "",
                      SLICE_ARG(book->axes[CODEBOOK_TREE].items[mark->codes[i]].code));
    }
    const struct slice out = arena_copy(arena, buffer_slice(&list));
    buffer_free(&list);
    return out;
}

void import_other(struct slice other[CODEBOOK_AXES], const struct codebook *book,
                  const struct coding_mark *mark)
{
    for (size_t axis = 0; axis < CODEBOOK_AXES; axis++) {
        const int at = axis == CODEBOOK_TREE ? -1 : mark->other[axis];
        other[axis] = at < 0 ? SLICE("") : book->axes[axis].items[at].code;
    }
}

struct slice import_word(struct arena *arena, int64_t passage, int32_t coder, struct text_span span,
                         struct slice codes, const struct slice other[CODEBOOK_AXES], struct slice memo)
{
    return arena_printf(arena, "%lld %d %u %u/%.*s/%.*s/%.*s/%.*s/%.*s/%.*s/%.*s", (long long)passage,
                        (int)coder, span.start, span.end, SLICE_ARG(codes), SLICE_ARG(other[CODEBOOK_FACET]),
                        SLICE_ARG(other[CODEBOOK_EXPRESSION]), SLICE_ARG(other[CODEBOOK_DIRECTION]),
                        SLICE_ARG(other[CODEBOOK_ORIGIN]), SLICE_ARG(other[CODEBOOK_APPLICATION]),
                        SLICE_ARG(memo));
}

/* ---- what is new ---- */

struct collecting {
    struct coding_import_work *w;
    const struct coding_import *import;
    struct arena *arena;
    struct slice *standing; /* words, in order */
    size_t standing_count;
    int64_t *decided; /* passages, in order */
    size_t decided_count;
    size_t *used; /* of each code of the project */
    size_t room;  /* in w->marks */
};

static int by_text(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static int by_number(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Codes in the order of the book, as marks have them. */
static struct slice in_order(struct arena *arena, const struct codebook *book, struct slice codes)
{
    struct buffer list;
    buffer_init(&list, 64 * 1024);
    for (size_t i = 0; i < book->axes[CODEBOOK_TREE].count; i++) {
        const struct slice code = book->axes[CODEBOOK_TREE].items[i].code;
        struct slice rest = codes, one;
        while (rest.len > 0) {
            slice_cut(&one, &rest, rest, ' ');
            if (slice_equal(one, code)) {
                buffer_printf(&list, "%s%.*s", list.len > 0 ? " " : "", SLICE_ARG(code));
            }
        }
    }
    const struct slice out = arena_copy(arena, buffer_slice(&list));
    buffer_free(&list);
    return out;
}

static enum db_status read_standing(struct collecting *c, struct db_tx *tx)
{
    struct db_result *rows, *decided;
    struct db_params p = db_params(tx);
    db_put_int32(&p, c->import->round->id);
    enum db_status status = db_run(&rows, tx, &coding_import_statements[IMPORT_STANDING], &p);
    status = status == DB_OK ? db_run(&decided, tx, &coding_import_statements[IMPORT_DECIDED], &p) : status;
    if (status != DB_OK) {
        return status;
    }
    c->standing_count = db_rows(rows);
    c->standing = arena_array(c->arena, c->standing_count + 1, sizeof *c->standing);
    for (size_t i = 0; i < c->standing_count; i++) {
        const struct slice other[CODEBOOK_AXES] = {[CODEBOOK_FACET] = db_get_text(rows, i, 5),
                                                   [CODEBOOK_EXPRESSION] = db_get_text(rows, i, 6),
                                                   [CODEBOOK_DIRECTION] = db_get_text(rows, i, 7),
                                                   [CODEBOOK_ORIGIN] = db_get_text(rows, i, 8),
                                                   [CODEBOOK_APPLICATION] = db_get_text(rows, i, 9)};
        const struct text_span span = {(uint32_t)db_get_int32(rows, i, 2),
                                       (uint32_t)db_get_int32(rows, i, 3)};
        c->standing[i] = import_word(c->arena, db_get_int64(rows, i, 0), db_get_int32(rows, i, 1), span,
                                     in_order(c->arena, c->w->book, db_get_text(rows, i, 4)), other,
                                     db_get_text(rows, i, 10));
    }
    qsort(c->standing, c->standing_count, sizeof *c->standing, by_text);
    c->decided_count = db_rows(decided);
    c->decided = arena_array(c->arena, c->decided_count + 1, sizeof *c->decided);
    for (size_t i = 0; i < c->decided_count; i++) {
        c->decided[i] = db_get_int64(decided, i, 0);
    }
    return DB_OK;
}

static bool stands(const struct collecting *c, const struct import_mark *mark, int64_t passage, int32_t coder)
{
    struct slice other[CODEBOOK_AXES];
    if (passage == 0 || coder == 0 || c->standing_count == 0) {
        return false;
    }
    import_other(other, c->w->book, mark->mark);
    const struct slice word =
        import_word(c->arena, passage, coder, mark->span, import_codes(c->arena, c->w->book, mark->mark),
                    other, mark->mark->memo);
    return bsearch(&word, c->standing, c->standing_count, sizeof word, by_text) != NULL;
}

static bool is_decided(const struct collecting *c, int64_t passage)
{
    return passage != 0 && c->decided_count > 0 &&
           bsearch(&passage, c->decided, c->decided_count, sizeof passage, by_number) != NULL;
}

static void lose(struct collecting *c, enum coding_lost_why why)
{
    c->w->plan->lost[why]++;
}

static bool is_long(const struct coding_mark *mark)
{
    return mark->code_count > CODING_CODES_MAX || utf8_length(mark->memo) > CODING_MEMO_MAX;
}

static void add_mark(struct collecting *c, const struct import_mark *mark)
{
    struct coding_import_work *w = c->w;
    const struct import_passage *passage = &w->sources[mark->source].passages[mark->passage];
    const int32_t coder = w->coders[mark->user];
    if (!passage->said.body.ptr) {
        lose(c, CODING_LOST_WITHDRAWN);
    } else if (stands(c, mark, passage->id, coder)) {
        lose(c, CODING_LOST_KNOWN);
    } else if (is_decided(c, passage->id)) {
        lose(c, CODING_LOST_DECIDED);
    } else if (is_long(mark->mark)) {
        lose(c, CODING_LOST_LONG);
    } else {
        if (w->mark_count == c->room) {
            const size_t room = c->room > 0 ? 2 * c->room : 256;
            struct import_mark *more = arena_array(c->arena, room, sizeof *more);
            if (w->mark_count > 0) {
                memcpy(more, w->marks, w->mark_count * sizeof *more);
            }
            w->marks = more;
            c->room = room;
        }
        w->marks[w->mark_count++] = *mark;
        w->plan->sources[mark->source].codings++;
        w->plan->users[mark->user].codings++;
    }
}

static void add_spans(struct collecting *c, uint32_t source, const struct coding_mark *mark)
{
    const struct import_source *known = &c->w->sources[source];
    struct coding_text_part *parts;
    const size_t count = coding_text_spans(&parts, c->arena, known->pieces, known->piece_count,
                                           (struct text_span){mark->start, mark->end});
    const uint32_t user = mark->coder == QDA_NONE ? (uint32_t)project_of(c->import)->user_count : mark->coder;
    for (size_t i = 0; i < count; i++) {
        const struct import_mark one = {source, user, parts[i].turn, parts[i].span, mark};
        add_mark(c, &one);
    }
    if (count == 0) {
        lose(c, CODING_LOST_SPEECHLESS);
    }
}

static bool says_anything(const struct coding_mark *mark)
{
    bool any = mark->code_count > 0 || mark->memo.len > 0;
    for (size_t axis = CODEBOOK_FACET; axis < CODEBOOK_AXES; axis++) {
        any = any || mark->other[axis] >= 0;
    }
    return any;
}

static void collect_source(struct collecting *c, uint32_t s)
{
    const struct qda_source *source = &project_of(c->import)->sources[s];
    const bool refused = c->w->plan->sources[s].state == CODING_SOURCE_REFUSED;
    c->w->plan->lost[CODING_LOST_WHOLE] += source->codings.count;
    for (size_t i = 0; i < source->selection_count; i++) {
        const struct coding_mark *marks;
        struct coding_losses losses = {0, 0};
        const struct qda_selection *selection = &source->selections[i];
        for (size_t k = 0; k < selection->codings.count; k++) {
            c->used[selection->codings.items[k].code]++;
        }
        const size_t count = coding_take_marks(&marks, &losses, c->arena, c->w->found, selection);
        c->w->plan->lost[CODING_LOST_UNKNOWN] += losses.unknown;
        c->w->plan->lost[CODING_LOST_CONFLICT] += losses.conflicts;
        for (size_t k = 0; k < count && !refused; k++) {
            if (says_anything(&marks[k])) {
                add_spans(c, s, &marks[k]);
            }
        }
    }
}

static void tell_codes(const struct collecting *c)
{
    const struct qda_project *project = project_of(c->import);
    struct coding_import_plan *plan = c->w->plan;
    plan->codes = arena_array(c->arena, project->code_count + 1, sizeof *plan->codes);
    for (size_t i = 0; i < project->code_count; i++) {
        const struct coding_found *found = &c->w->found[i];
        if (c->used[i] == 0) {
            continue;
        }
        const bool known = found->match == CODING_BY_GUID || found->match == CODING_BY_NAME;
        plan->codes[plan->code_count++] = (struct coding_import_code){
            .name = project->codes[i].name,
            .title = known ? c->w->book->axes[found->axis].items[found->entry].title : SLICE(""),
            .by_name = found->match == CODING_BY_NAME,
            .codings = c->used[i]};
    }
}

enum db_status import_collect(struct coding_import_work *w, struct db_tx *tx,
                              const struct coding_import *import)
{
    const struct qda_project *project = project_of(import);
    struct collecting c = {.w = w, .import = import, .arena = import->arena};
    c.used = arena_array(c.arena, project->code_count + 1, sizeof *c.used);
    w->found = arena_array(c.arena, project->code_count + 1, sizeof *w->found);
    coding_match_codes(w->found, c.arena, w->book, project);
    enum db_status status = read_standing(&c, tx);
    if (status != DB_OK) {
        return status;
    }
    for (size_t s = 0; s < project->source_count; s++) {
        collect_source(&c, (uint32_t)s);
    }
    tell_codes(&c);
    return DB_OK;
}
