/* Codings that could not follow a corrected or redacted text: where they stood, what they said and whose they
 * were, so that somebody codes them anew and takes the line away. */
#include "features/coding/coding_internal.h"

/* AROUND: code points of the text on either side of where it would stand. */
enum { LINES_MAX = 500, AROUND = 80 };

enum statement { LIST, COUNT, TAKE_AWAY, STATEMENT_COUNT };

/* $1 round, $2 the account whose codings they are; NULL: everybody's. */
#define OF_WHOM "q.round_id = $1::int4 AND ($2::int4 IS NULL OR k.account_id = $2::int4)"
/* Of whom no longer agrees zs.evidence has nothing, and neither has this list. A turn that a corrected file
 * has no more stands in no version that counts: there it is as it was, while whose it is agrees. OFFSET 0:
 * one passage at a time, never all of them. */
#define LOST                                                                                                 \
    "zs.coding_lost AS q JOIN zs.coder AS k ON k.id = q.coder_id CROSS JOIN LATERAL (SELECT x.id, "          \
    "x.variable, x.place, x.body, x.language, x.conversation_id, x.participant_id FROM zs.evidence "         \
    "AS x WHERE x.id = q.passage_id UNION ALL SELECT t.id, NULL, NULL, t.body, c.language, "                 \
    "t.conversation_id, "                                                                                    \
    "t.participant_id FROM zs.turn AS t JOIN zs.conversation AS c ON c.id = t.conversation_id LEFT JOIN "    \
    "zs.participant_open AS o ON o.participant_id = t.participant_id WHERE t.id = q.passage_id AND t.body "  \
    "IS NOT NULL AND (t.participant_id IS NULL OR o.is_open) AND NOT EXISTS (SELECT FROM "                   \
    "zs.transcript_turn AS l JOIN zs.transcript_version AS v ON v.id = l.version_id WHERE l.turn_id = t.id " \
    "AND v.is_current) OFFSET 0) AS e"

const struct db_statement coding_lost_statements[STATEMENT_COUNT + 1] = {
    /* $3 so many code points around, $4 so many lines. */
    [LIST] =
        {"coding_lost_list",
         "SELECT q.id, v.code, e.variable, coalesce(e.place, 0), coalesce(p.pseudonym, ''), k.name, "
         "coalesce(k.account_id, 0), array_to_string(q.codes, ' '), q.lost_at, substr(e.body, "
         "greatest(q.near - $3::int4, 0) + 1, least(q.near, $3::int4)), substr(e.body, q.near + 1, "
         "$3::int4), coalesce((SELECT h.reason FROM zs.passage_change AS h WHERE h.successor_id = "
         "q.passage_id ORDER BY abs(h.start_at - q.near) LIMIT 1), 'verbeterd'), coalesce(t.id, 0), "
         "e.language FROM " LOST
         " LEFT JOIN zs.conversation AS v ON v.id = e.conversation_id LEFT JOIN zs.participant AS p ON p.id "
         "= e.participant_id LEFT JOIN zs.coding_task AS t ON t.passage_id = q.passage_id AND t.coder_id = "
         "q.coder_id WHERE " OF_WHOM " ORDER BY v.code, e.place, e.id, q.near, q.id LIMIT $4::int4"},
    [COUNT] = {"coding_lost_count", "SELECT count(*) FROM " LOST " WHERE " OF_WHOM},
    /* $2 as above, $3 the line. */
    [TAKE_AWAY] = {"coding_lost_take_away",
                   "DELETE FROM zs.coding_lost AS q USING zs.coder AS k WHERE k.id = q.coder_id AND " OF_WHOM
                   " AND q.id = $3::int8"},
};

/* Who decides about codings sees everybody's; a coder their own, as everywhere. */
static struct db_params of_whom(struct db_tx *tx, const struct http_exchange *ex,
                                const struct survey_round *round)
{
    const struct account_caller *caller = staff_caller(ex);
    struct db_params p = db_params(tx);
    db_put_int32(&p, round->id);
    if (account_may(caller, PERMISSION_CODING_MANAGE, round->consultation)) {
        db_put_null(&p);
    } else {
        db_put_int32(&p, caller->account_id);
    }
    return p;
}

enum db_status coding_lost_count(int64_t *out, struct db_tx *tx, const struct http_exchange *ex,
                                 const struct survey_round *round)
{
    struct db_result *row;
    struct db_params p = of_whom(tx, ex, round);
    enum db_status status = db_run_one(&row, tx, &coding_lost_statements[COUNT], &p);
    *out = status == DB_OK ? db_get_int64(row, 0, 0) : 0;
    return status;
}

static json_t *text_of(struct slice text)
{
    return json_stringn(text.ptr ? text.ptr : "", text.len);
}

static json_t *titles_of(const struct codebook *book, struct slice codes)
{
    json_t *list = json_array();
    while (codes.len > 0) {
        struct slice code;
        slice_cut(&code, &codes, codes, ' ');
        const int at = codebook_find(book, CODEBOOK_TREE, code);
        json_array_append_new(list, text_of(at >= 0 ? book->axes[CODEBOOK_TREE].items[at].title : code));
    }
    return list;
}

static json_t *line_of(struct http_exchange *ex, struct coding *c, const struct coding_view *view,
                       const struct db_result *rows, size_t i)
{
    json_t *titles = titles_of(view->book, db_get_text(rows, i, 7));
    json_t *line =
        json_pack("{s:I,s:i,s:o,s:o,s:b,s:o,s:o,s:o,s:o}", "id", (json_int_t)db_get_int64(rows, i, 0),
                  "place", (int)db_get_int32(rows, i, 3), "who", text_of(db_get_text(rows, i, 4)), "coder",
                  text_of(db_get_text(rows, i, 5)), "any_titles", (int)(json_array_size(titles) > 0),
                  "titles", titles, "before", text_of(db_get_text(rows, i, 9)), "behind",
                  text_of(db_get_text(rows, i, 10)), "language", text_of(db_get_text(rows, i, 13)));
    json_object_set_new(line, "n", json_integer((json_int_t)i + 1));
    if (!db_is_null(rows, i, 1)) {
        const struct slice conversation = db_get_text(rows, i, 1);
        json_object_set_new(line, "conversation", text_of(conversation));
        json_object_set_new(line, "text_path",
                            json_string(arena_printf(http_arena(ex), "/beheer/gesprekken/%.*s/tekst?vanaf=%d",
                                                     SLICE_ARG(conversation), (int)db_get_int32(rows, i, 3))
                                            .ptr));
    }
    if (!db_is_null(rows, i, 2)) {
        json_object_set_new(line, "question", text_of(db_get_text(rows, i, 2)));
    }
    coding_put_text(line, "why", ex, c,
                    slice_equal_cstr(db_get_text(rows, i, 11), "verbeterd") ? "coding.lost.corrected"
                                                                            : "coding.lost.redacted");
    staff_set_date(line, "day", ex, c->config.account, db_get_timestamp(rows, i, 8));
    if (db_get_int32(rows, i, 6) == staff_caller(ex)->account_id && db_get_int64(rows, i, 12) > 0) {
        json_object_set_new(line, "task", json_integer((json_int_t)db_get_int64(rows, i, 12)));
    }
    return line;
}

static enum db_status get_lost(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct coding *c = self;
    struct coding_view view;
    struct db_result *rows;
    enum db_status status;
    if (!coding_view_open(&view, &status, c, tx, ex, PERMISSION_CODING_DO)) {
        return status;
    }
    struct db_params p = of_whom(tx, ex, view.round);
    db_put_int32(&p, AROUND);
    db_put_int32(&p, LINES_MAX);
    status = db_run(&rows, tx, &coding_lost_statements[LIST], &p);
    if (status != DB_OK) {
        return status;
    }
    json_t *lines = json_array();
    for (size_t i = 0; i < db_rows(rows); i++) {
        json_array_append_new(lines, line_of(ex, c, &view, rows, i));
    }
    json_t *context = coding_titled(ex, c, "coding.lost.title");
    json_object_set_new(context, "round", json_string(view.round->code));
    json_object_set_new(context, "any", json_boolean(json_array_size(lines) > 0));
    json_object_set_new(context, "cut", json_boolean(json_array_size(lines) == LINES_MAX));
    json_object_set_new(context, "lines", lines);
    json_object_set_new(context, "back_path", json_string(coding_path(ex, view.round, "")));
    staff_render(ex, c->config.account, 200, "staff_coding_lost", context);
    return coding_audit(tx, ex, "coding.lost", view.round, NULL);
}

/* Twice is once: a line that is gone is done. */
static enum db_status post_lost(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct db_result *done;
    int64_t id;
    const struct survey_round *round = coding_round(self, ex, PERMISSION_CODING_DO);
    if (!round) {
        return DB_OK;
    }
    if (!coding_form_number(&id, ex, "regel", INT64_MAX)) {
        http_error(ex, 400);
        return DB_OK;
    }
    struct db_params p = of_whom(tx, ex, round);
    db_put_int64(&p, id);
    enum db_status status = db_run(&done, tx, &coding_lost_statements[TAKE_AWAY], &p);
    if (status != DB_OK) {
        return status;
    }
    http_redirect(ex, coding_path(ex, round, "/verloren"));
    return db_affected(done) == 1 ? coding_audit(tx, ex, "coding.lost-done", round, NULL) : DB_OK;
}

const struct route coding_lost_routes[] = {
    CODING_GET(CODING_PATH "/{ronde}/verloren", get_lost, PERMISSION_CODING_DO, ""),
    CODING_POST(CODING_PATH "/{ronde}/verloren", post_lost, PERMISSION_CODING_DO),
};
const size_t coding_lost_route_count = sizeof coding_lost_routes / sizeof coding_lost_routes[0];
