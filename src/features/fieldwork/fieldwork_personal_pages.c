/* Pages that propose what to take out of a text: of a conversation, and of the open answers of a round. */
#include "features/fieldwork/fieldwork_internal.h"
#include "features/fieldwork/fieldwork_personal.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

enum { PERSONAL_BODY = 256 * 1024, SEARCH_ARENA_MAX = 128 * 1024 * 1024, DECISIONS_MAX = 300 };

static void release_arena(void *arena)
{
    arena_destroy(arena);
}

static struct arena *own_arena(struct http_exchange *ex)
{
    struct arena *arena = arena_create(SEARCH_ARENA_MAX);
    arena_defer(http_arena(ex), release_arena, arena);
    return arena;
}

/* ---- showing ---- */

static json_t *piece(struct slice body, size_t from, size_t to)
{
    const size_t start = utf8_offset(body, from), end = utf8_offset(body, to);
    return json_stringn(body.ptr + start, end - start);
}

static json_t *finding_shown(struct http_exchange *ex, const struct fieldwork *f,
                             const struct personal_finding *finding, size_t n)
{
    enum { AROUND = 80 };
    const struct text_span span = finding->hit.span;
    const size_t length = utf8_length(finding->body);
    const char *kind = personal_kind_codes[finding->hit.kind];
    const struct slice replacement = finding->hit.replacement;
    json_t *row =
        json_pack("{s:I,s:i,s:s%,s:o,s:o,s:o,s:s%,s:b}", "n", (json_int_t)n, "place", (int)finding->place,
                  "speaker", finding->speaker.ptr, finding->speaker.len, "before",
                  piece(finding->body, span.start > AROUND ? span.start - AROUND : 0, span.start), "found",
                  piece(finding->body, span.start, span.end), "after",
                  piece(finding->body, span.end, span.end + AROUND < length ? span.end + AROUND : length),
                  "replacement", replacement.ptr, replacement.len, "checked", (int)!finding->hit.doubtful);
    json_object_set_new(row, "kind",
                        fieldwork_word(ex, f, strcmp(kind, "telefoon") == 0 ? "telefoonnummer" : kind));
    json_object_set_new(row, "piece",
                        json_string(arena_printf(http_arena(ex), "%lld:%u:%u:%s", (long long)finding->passage,
                                                 (unsigned)span.start, (unsigned)span.end, kind)
                                        .ptr));
    return row;
}

static void show_findings(struct http_exchange *ex, const struct fieldwork *f, json_t *context_take,
                          const struct personal_finding *findings, size_t count)
{
    struct slice said;
    json_t *list = json_array();
    for (size_t i = 0; i < count && i < DECISIONS_MAX; i++) {
        json_array_append_new(list, finding_shown(ex, f, &findings[i], i));
    }
    json_object_set_new(context_take, "any", json_boolean(count > 0));
    json_object_set_new(context_take, "findings", list);
    if (http_query(&said, ex, "gelukt")) {
        fieldwork_put_text(context_take, "done", ex, f, "fieldwork.personal.done");
    } else if (http_query(&said, ex, "fout")) {
        fieldwork_put_text(context_take, "said", ex, f, "fieldwork.personal.changed");
    }
    staff_render(ex, f->config.account, 200, "staff_personal", context_take);
}

/* ---- reading what was decided ---- */

static bool read_piece(struct personal_decision *out, struct slice text)
{
    struct slice passage, start, end;
    uint64_t id, from, to;
    slice_cut(&passage, &text, text, ':');
    slice_cut(&start, &text, text, ':');
    slice_cut(&end, &text, text, ':');
    for (unsigned k = 0; k < PERSONAL_KINDS; k++) {
        if (slice_equal_cstr(text, personal_kind_codes[k])) {
            out->kind = (enum personal_kind)k;
            if (slice_to_u64(&id, passage, INT64_MAX) && slice_to_u64(&from, start, INT32_MAX) &&
                slice_to_u64(&to, end, INT32_MAX)) {
                out->passage = (int64_t)id;
                out->span = (struct text_span){(uint32_t)from, (uint32_t)to};
                return true;
            }
        }
    }
    return false;
}

/* False: the form was not ours, or a replacement is empty or too long. */
static bool read_decisions(struct personal_decision **out, size_t *count, struct http_exchange *ex)
{
    struct arena *arena = http_arena(ex);
    *out = arena_array(arena, DECISIONS_MAX, sizeof **out);
    for (*count = 0; *count < DECISIONS_MAX; (*count)++) {
        struct personal_decision *one = &(*out)[*count];
        struct slice text, text_of_tick, replacement = {"", 0};
        const int n = (int)*count;
        if (!http_form_value(&text, ex, arena_printf(arena, "stuk-%d", n).ptr)) {
            return true;
        }
        http_form_value(&replacement, ex, arena_printf(arena, "door-%d", n).ptr);
        one->replace = http_form_value(&text_of_tick, ex, arena_printf(arena, "weg-%d", n).ptr);
        one->replacement = unicode_nfc(arena, utf8_clean(arena, replacement));
        if (!read_piece(one, text) || (one->replace && one->replacement.len == 0) ||
            utf8_length(one->replacement) > PERSONAL_REPLACEMENT_MAX) {
            return false;
        }
    }
    return true;
}

/* ---- a conversation ---- */

/* Participants, the moderator and who took notes. */
static enum db_status names_of(struct personal_name **out, size_t *count, struct db_tx *tx,
                               struct http_exchange *ex, const struct fieldwork *f,
                               const struct conversation *c, const struct survey_round *round)
{
    static const struct {
        const char *member, *replacement;
    } others[] = {{"gespreksleider", "[gespreksleider]"}, {"notulist", "[notulist]"}};
    struct participant_name *names = NULL;
    size_t known = 0;
    enum db_status status = DB_OK;
    if (account_may(staff_caller(ex), PERMISSION_PARTICIPANT_NAME, round->consultation)) {
        status = participant_names(&names, &known, tx, http_arena(ex), f->config.keys, c->id);
    }
    *out = arena_array(http_arena(ex), known + 2, sizeof **out);
    *count = 0;
    for (size_t i = 0; i < known; i++) {
        (*out)[(*count)++] = (struct personal_name){
            names[i].name, arena_printf(http_arena(ex), "[deelnemer %.*s]", SLICE_ARG(names[i].pseudonym))};
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        const char *name = json_string_value(json_object_get(c->document, others[i].member));
        if (name) {
            (*out)[(*count)++] =
                (struct personal_name){slice_from_cstr(name), slice_from_cstr(others[i].replacement)};
        }
    }
    return status;
}

static enum db_status get_personal(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct fieldwork *f = self;
    struct conversation c;
    const struct survey_round *round;
    struct transcript_version *versions;
    struct personal_finding *findings;
    struct personal_name *names;
    json_t *participants, *closed;
    struct slice text;
    uint64_t from = 1;
    size_t count, name_count;
    int32_t next = 0;
    enum db_status status;
    if (!fieldwork_conversation(&c, &round, &status, f, tx, ex, http_path_param(ex, "gesprek"), false)) {
        return status;
    }
    if (http_query(&text, ex, "vanaf") && (!slice_to_u64(&from, text, INT32_MAX) || from == 0)) {
        from = 1;
    }
    status = transcript_versions(&versions, &count, tx, http_arena(ex), c.id);
    if (status != DB_OK || count == 0) {
        http_error(ex, 404);
        return status;
    }
    status = names_of(&names, &name_count, tx, ex, f, &c, round);
    status = status == DB_OK ? participant_list(&participants, tx, http_arena(ex), c.id) : status;
    if (status != DB_OK) {
        return status;
    }
    closed = consent_closed(participants, slice_equal_cstr(versions[0].source, transcript_sources[0]));
    status = personal_find_in_transcript(&findings, &count, &next, tx, own_arena(ex), versions[0].id,
                                         (int32_t)from, names, name_count, closed);
    json_decref(closed);
    if (status != DB_OK) {
        return status;
    }
    json_t *context = fieldwork_titled(ex, f, "fieldwork.personal.title");
    json_object_set_new(context, "about", json_string(conversation_code(&c)));
    json_object_set_new(context, "of_turns", json_true());
    json_object_set_new(context, "action", json_string(conversation_address(ex, &c, "/persoonsgegevens")));
    json_object_set_new(context, "back_path", json_string(conversation_address(ex, &c, "/tekst")));
    if (next > 0) {
        json_object_set_new(
            context, "next_path",
            json_string(conversation_address(
                ex, &c, arena_printf(http_arena(ex), "/persoonsgegevens?vanaf=%d", (int)next).ptr)));
    }
    show_findings(ex, f, context, findings, count);
    status = audit_conversation(tx, ex, "transcript.view", &c);
    return status == DB_OK && name_count > 0 ? audit_conversation(tx, ex, "participant.name", &c) : status;
}

/* Where a decision leads, and whether its transaction stands. */
static enum db_status answer(struct http_exchange *ex, const char *path, enum db_status status,
                             enum personal_outcome outcome)
{
    const bool done = status == DB_OK && outcome == PERSONAL_DONE;
    if (status == DB_OK || status == DB_ROLLBACK) {
        http_redirect(ex, arena_printf(http_arena(ex), "%s?%s=1", path, done ? "gelukt" : "fout").ptr);
    }
    return status;
}

static enum db_status post_personal(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct conversation c;
    const struct survey_round *round;
    struct personal_decision *decisions;
    size_t count, replaced = 0;
    enum personal_outcome outcome = PERSONAL_CHANGED;
    enum db_status status;
    if (!fieldwork_conversation(&c, &round, &status, self, tx, ex, http_path_param(ex, "gesprek"), true)) {
        return status;
    }
    if (read_decisions(&decisions, &count, ex)) {
        status = personal_decide_transcript(&outcome, &replaced, tx, own_arena(ex), c.id, decisions, count,
                                            staff_caller(ex)->label);
    }
    if (status == DB_OK && outcome == PERSONAL_DONE && replaced > 0) {
        status = audit_conversation(tx, ex, "transcript.redact", &c);
    }
    return answer(ex, conversation_address(ex, &c, "/persoonsgegevens"), status, outcome);
}

/* ---- open answers ---- */

static const char *answers_path(struct http_exchange *ex, const struct survey_round *round)
{
    return arena_printf(http_arena(ex), FIELDWORK_PATH "/%s/persoonsgegevens", round->code).ptr;
}

static enum db_status audit_round(struct db_tx *tx, struct http_exchange *ex, const char *action,
                                  const struct survey_round *round)
{
    return staff_audit(tx, ex, action, arena_printf(db_arena(tx), "round:%s", round->code).ptr, "ok", NULL);
}

static enum db_status get_answers(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct fieldwork *f = self;
    struct personal_finding *findings;
    struct slice text;
    uint64_t from = 0;
    size_t count;
    int64_t next = 0;
    const struct survey_round *round = fieldwork_round(f, ex, http_path_param(ex, "ronde"));
    if (!round) {
        return DB_OK;
    }
    if (http_query(&text, ex, "vanaf") && !slice_to_u64(&from, text, INT64_MAX)) {
        from = 0;
    }
    enum db_status status =
        personal_find_in_answers(&findings, &count, &next, tx, own_arena(ex), round->id, (int64_t)from);
    if (status != DB_OK) {
        return status;
    }
    json_t *context = fieldwork_titled(ex, f, "fieldwork.personal.answers_title");
    json_object_set_new(context, "about", json_string(round->code));
    json_object_set_new(context, "action", json_string(answers_path(ex, round)));
    json_object_set_new(context, "back_path",
                        json_string(arena_printf(http_arena(ex), FIELDWORK_PATH "/%s", round->code).ptr));
    if (next > 0) {
        json_object_set_new(
            context, "next_path",
            json_string(
                arena_printf(http_arena(ex), "%s?vanaf=%lld", answers_path(ex, round), (long long)next).ptr));
    }
    show_findings(ex, f, context, findings, count);
    return audit_round(tx, ex, "passage.view", round);
}

static enum db_status post_answers(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct personal_decision *decisions;
    size_t count, replaced = 0;
    enum personal_outcome outcome = PERSONAL_CHANGED;
    enum db_status status = DB_OK;
    const struct survey_round *round = fieldwork_round(self, ex, http_path_param(ex, "ronde"));
    if (!round) {
        return DB_OK;
    }
    if (read_decisions(&decisions, &count, ex)) {
        status = personal_decide_answers(&outcome, &replaced, tx, own_arena(ex), round->id, decisions, count,
                                         staff_caller(ex)->label);
    }
    if (status == DB_OK && outcome == PERSONAL_DONE && replaced > 0) {
        status = audit_round(tx, ex, "passage.redact", round);
    }
    return answer(ex, answers_path(ex, round), status, outcome);
}

const struct route fieldwork_personal_routes[] = {
    FIELDWORK_GET_OF(CONVERSATION_PATH "/{gesprek}/persoonsgegevens", get_personal,
                     PERMISSION_FIELDWORK_MANAGE, "taal,vanaf,gelukt,fout"),
    FIELDWORK_POST(CONVERSATION_PATH "/{gesprek}/persoonsgegevens", post_personal, PERSONAL_BODY),
    FIELDWORK_GET_OF(FIELDWORK_PATH "/{ronde}/persoonsgegevens", get_answers, PERMISSION_FIELDWORK_MANAGE,
                     "taal,vanaf,gelukt,fout"),
    FIELDWORK_POST(FIELDWORK_PATH "/{ronde}/persoonsgegevens", post_answers, PERSONAL_BODY),
};
const size_t fieldwork_personal_route_count =
    sizeof fieldwork_personal_routes / sizeof fieldwork_personal_routes[0];
