/* The text of a conversation: reading it, its versions and what changed in each, tying turns to parts of the
 * guide, and correcting a turn. */
#include "features/fieldwork/fieldwork_internal.h"

#include "base/clock.h"
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

enum { CORRECTION_BODY = 4 * 1024 * 1024 };

static json_t *json_of(struct slice text)
{
    return json_stringn(text.len > 0 ? text.ptr : "", text.len);
}

/* ---- versions ---- */

static bool of_recording(const struct transcript_version *version)
{
    return slice_equal_cstr(version->source, transcript_sources[0]);
}

/* Of what stands under the conversation, in this version. */
static json_t *version_path(struct http_exchange *ex, const struct conversation *c, const char *below,
                            int32_t number)
{
    return json_string(
        conversation_address(ex, c, arena_printf(http_arena(ex), "/%s?versie=%d", below, (int)number).ptr));
}

static json_t *versions_shown(struct http_exchange *ex, const struct fieldwork *f,
                              const struct conversation *c, const struct transcript_version *versions,
                              size_t count, int32_t shown)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct transcript_version *v = &versions[i];
        json_t *row =
            json_pack("{s:i,s:o,s:o,s:o,s:b}", "number", (int)v->number, "cause",
                      fieldwork_word(ex, f, arena_cstr(http_arena(ex), v->cause)), "by", json_of(v->by),
                      "path", version_path(ex, c, "tekst", v->number), "here", (int)(v->id == shown));
        staff_set_date(row, "day", ex, f->config.account, v->at);
        if (v->number > 1) {
            json_object_set_new(row, "changed", json_true());
            json_object_set_new(row, "changes_path", version_path(ex, c, "wijzigingen", v->number));
        }
        json_array_append_new(list, row);
    }
    return list;
}

/* The one of the query, else the newest; NULL: there is none. */
static const struct transcript_version *version_asked(const struct http_exchange *ex,
                                                      const struct transcript_version *versions, size_t count)
{
    struct slice text;
    uint64_t number = 0;
    if (!http_query(&text, ex, "versie")) {
        return count > 0 ? &versions[0] : NULL;
    }
    for (size_t i = 0; slice_to_u64(&number, text, INT32_MAX) && i < count; i++) {
        if (versions[i].number == (int32_t)number) {
            return &versions[i];
        }
    }
    return NULL;
}

/* ---- turns ---- */

static const char *part_title(const json_t *parts, struct slice code)
{
    size_t i;
    const json_t *part;
    json_array_foreach(parts, i, part)
    {
        const char *its = json_string_value(json_object_get(part, "code"));
        if (its && slice_equal_cstr(code, its)) {
            return json_string_value(json_object_get(part, "title"));
        }
    }
    return NULL;
}

/* Pseudonyms of whom nothing may be quoted, as keys. */
static json_t *unquoted_of(const json_t *participants)
{
    size_t i;
    const json_t *item;
    json_t *unquoted = json_object();
    json_array_foreach(participants, i, item)
    {
        if (!json_is_true(json_object_get(json_object_get(item, "toestemming"), "citaten"))) {
            json_object_set_new(unquoted, json_string_value(json_object_get(item, "pseudoniem")),
                                json_true());
        }
    }
    return unquoted;
}

struct showing {
    struct http_exchange *ex;
    const struct fieldwork *f;
    json_t *speakers, *unquoted, *closed; /* words by code; pseudonyms */
    const json_t *parts;
    json_t *gone, *closed_word;
    bool may_change;
};

static bool is_in(const struct showing *s, const json_t *set, const struct transcript_line *line)
{
    return line->pseudonym.ptr && json_object_get(set, arena_cstr(http_arena(s->ex), line->pseudonym));
}

static json_t *turn_shown(const struct showing *s, const struct transcript_line *line,
                          const struct transcript_line *before)
{
    json_t *row =
        json_pack("{s:I,s:i,s:o,s:b}", "id", (json_int_t)line->id, "place", (int)line->place, "time",
                  fieldwork_clock(line->start_ms), "may_change",
                  (int)(s->may_change && line->body.ptr && !slice_equal_cstr(line->kind, "weggelaten")));
    if (line->pseudonym.ptr) {
        json_object_set_new(row, "speaker", json_of(line->pseudonym));
    } else {
        json_object_set(row, "speaker",
                        json_object_get(s->speakers, arena_cstr(http_arena(s->ex), line->speaker)));
    }
    if (is_in(s, s->closed, line) && !slice_equal_cstr(line->kind, "weggelaten")) {
        json_object_set(row, "gone", s->closed_word);
        json_object_set_new(row, "may_change", json_false());
    } else if (line->body.ptr) {
        json_object_set_new(row, "text", json_of(line->body));
    } else {
        json_object_set(row, "gone", s->gone);
    }
    if (slice_equal_cstr(line->kind, "aantekening")) {
        json_object_set_new(row, "is_note", json_true());
    } else if (slice_equal_cstr(line->kind, "nabespreking")) {
        json_object_set_new(row, "is_debrief", json_true());
    } else if (is_in(s, s->unquoted, line)) {
        json_object_set_new(row, "no_quote", json_true());
    }
    if (line->part.ptr && (!before || !slice_equal(before->part, line->part))) {
        const char *title = part_title(s->parts, line->part);
        json_object_set_new(row, "part", title ? json_string(title) : json_of(line->part));
    }
    return row;
}

static struct showing showing_for(struct http_exchange *ex, const struct fieldwork *f, const json_t *parts,
                                  const json_t *participants, bool recorded, bool may_change)
{
    static const char *const codes[] = {"moderator", "notulist", "onbekend", "deelnemer"};
    struct showing s = {.ex = ex,
                        .f = f,
                        .speakers = json_object(),
                        .unquoted = unquoted_of(participants),
                        .closed = consent_closed(participants, recorded),
                        .parts = parts,
                        .may_change = may_change};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        json_object_set_new(s.speakers, codes[i], fieldwork_word(ex, f, codes[i]));
    }
    s.closed_word = staff_text(ex, f->config.account, "fieldwork.text.closed");
    s.gone = staff_text(ex, f->config.account, "fieldwork.text.gone");
    return s;
}

static void showing_end(struct showing *s)
{
    json_decref(s->speakers);
    json_decref(s->unquoted);
    json_decref(s->closed);
    json_decref(s->closed_word);
    json_decref(s->gone);
}

/* ---- the page ---- */

struct text_page {
    struct conversation conversation;
    const struct survey_round *round;
    struct transcript_version *versions;
    size_t version_count;
    const struct transcript_version *version;
    const json_t *guide;
    json_t *participants;
};

/* False: answered, or not DB_OK. */
static bool begin_text(struct text_page *p, enum db_status *status, struct fieldwork *f, struct db_tx *tx,
                       struct http_exchange *ex)
{
    struct guide_version guide;
    struct slice consultation;
    *p = (struct text_page){.version = NULL};
    if (!fieldwork_conversation_for(&p->conversation, &p->round, status, f, tx, ex,
                                    PERMISSION_PASSAGE_VIEW)) {
        return false;
    }
    *status = transcript_versions(&p->versions, &p->version_count, tx, http_arena(ex), p->conversation.id);
    if (*status != DB_OK) {
        return false;
    }
    p->version = version_asked(ex, p->versions, p->version_count);
    if (!p->version) {
        http_error(ex, 404);
        return false;
    }
    *status = guide_find(&p->guide, &consultation, &guide, tx, http_arena(ex), p->conversation.guide);
    if (*status == DB_OK) {
        *status = participant_list(&p->participants, tx, http_arena(ex), p->conversation.id);
    }
    return *status == DB_OK;
}

static int32_t place_asked(const struct http_exchange *ex)
{
    struct slice text;
    uint64_t place = 1;
    return http_query(&text, ex, "vanaf") && slice_to_u64(&place, text, INT32_MAX) && place > 0
               ? (int32_t)place
               : 1;
}

static json_t *text_context(const struct text_page *p, struct http_exchange *ex, const struct fieldwork *f,
                            const char *title)
{
    const struct transcript_version *v = p->version;
    json_t *context = fieldwork_titled(ex, f, title);
    const bool may_change =
        account_may(staff_caller(ex), PERMISSION_FIELDWORK_MANAGE, p->round->consultation);
    json_object_set_new(context, "conversation", json_string(conversation_code(&p->conversation)));
    json_object_set_new(
        context, "kind_word",
        fieldwork_word(ex, f, json_string_value(json_object_get(p->conversation.document, "soort"))));
    int32_t day;
    if (fieldwork_day(
            &day, slice_from_cstr(json_string_value(json_object_get(p->conversation.document, "datum"))))) {
        staff_set_date(context, "day", ex, f->config.account, (int64_t)day * 86400 + 43200);
    }
    json_object_set_new(context, "number", json_integer(v->number));
    json_object_set_new(context, "of_notes", json_boolean(!of_recording(v)));
    json_object_set_new(context, "current", json_boolean(v->current));
    json_object_set_new(context, "may_change", json_boolean(may_change && v->current));
    json_object_set_new(context, "may_manage", json_boolean(may_change));
    json_object_set_new(context, "versions",
                        versions_shown(ex, f, &p->conversation, p->versions, p->version_count, v->id));
    json_object_set_new(context, "version_path", version_path(ex, &p->conversation, "tekst", v->number));
    json_object_set_new(context, "any_versions", json_boolean(p->version_count > 1));
    if (may_change) {
        json_object_set_new(context, "back_path",
                            json_string(conversation_address(ex, &p->conversation, "")));
    }
    return context;
}

static json_t *parts_offered(const json_t *parts)
{
    size_t i;
    const json_t *part;
    json_t *list = json_array();
    json_array_foreach(parts, i, part)
    {
        json_array_append_new(list, json_pack("{s:O,s:O}", "code", json_object_get(part, "code"), "label",
                                              json_object_get(part, "title")));
    }
    return list;
}

static enum db_status get_text(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct fieldwork *f = self;
    struct text_page p;
    struct transcript_line *lines;
    size_t count;
    enum db_status status;
    struct slice fault;
    const int32_t from = place_asked(ex);
    if (!begin_text(&p, &status, f, tx, ex)) {
        return status;
    }
    status = transcript_lines(&lines, &count, tx, http_arena(ex), p.version->id, from);
    if (status != DB_OK) {
        return status;
    }
    json_t *context = text_context(&p, ex, f, "fieldwork.text.title");
    const json_t *parts = json_object_get(p.guide, "parts");
    struct showing showing = showing_for(ex, f, parts, p.participants, of_recording(p.version),
                                         json_is_true(json_object_get(context, "may_change")));
    json_t *turns = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(turns, turn_shown(&showing, &lines[i], i > 0 ? &lines[i - 1] : NULL));
    }
    showing_end(&showing);
    json_object_set_new(context, "turns", turns);
    json_object_set_new(context, "parts", parts_offered(parts));
    if (count > 0 && lines[count - 1].place < p.version->turns) {
        json_object_set_new(
            context, "next_path",
            json_string(arena_printf(http_arena(ex), "%s&vanaf=%d",
                                     json_string_value(json_object_get(context, "version_path")),
                                     (int)lines[count - 1].place + 1)
                            .ptr));
    }
    json_object_set_new(context, "later", json_boolean(from > 1));
    if (http_query(&fault, ex, "fout")) {
        fieldwork_put_text(context, "said", ex, f,
                           slice_equal_cstr(fault, "onderdeel") ? "fieldwork.text.bad_part"
                                                                : "fieldwork.text.changed");
    }
    json_object_set_new(context, "language", json_incref(json_object_get(p.conversation.document, "taal")));
    staff_render(ex, f->config.account, 200, "staff_transcript", context);
    return audit_conversation(tx, ex, "transcript.view", &p.conversation);
}

/* ---- what changed ---- */

static json_t *changes_shown(struct http_exchange *ex, const struct fieldwork *f, const struct text_page *p,
                             json_t *changes)
{
    size_t i;
    json_t *item;
    json_t *list = json_array();
    json_t *closed = consent_closed(p->participants, of_recording(p->version));
    json_array_foreach(changes, i, item)
    {
        const char *why = json_string_value(json_object_get(item, "reden"));
        const char *whose = json_string_value(json_object_get(item, "wie"));
        const char *whose_was = json_string_value(json_object_get(item, "wieWas"));
        const char *said_by = json_string_value(json_object_get(item, "spreker"));
        json_t *row = json_copy(item);
        json_object_set_new(
            row, "why", fieldwork_word(ex, f, why && strcmp(why, "telefoon") == 0 ? "telefoonnummer" : why));
        /* What a withdrawal left out says so itself. */
        const bool is_closed =
            (whose && json_object_get(closed, whose)) || (whose_was && json_object_get(closed, whose_was));
        if (said_by) {
            json_t *word = fieldwork_word(ex, f, said_by);
            fieldwork_put_format(row, "said_by", ex, f, "fieldwork.revise.was_said_by", "who",
                                 json_string_value(word));
            json_decref(word);
        }
        if (is_closed && why && strcmp(why, "intrekking") != 0) {
            json_object_del(row, "oud");
            json_object_del(row, "nieuw");
            fieldwork_put_text(row, "closed", ex, f, "fieldwork.text.closed");
        }
        json_object_set_new(row, "has_old", json_boolean(json_object_get(row, "oud") != NULL));
        json_array_append_new(list, row);
    }
    json_decref(closed);
    return list;
}

static enum db_status get_changes(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct fieldwork *f = self;
    struct text_page p;
    json_t *changes;
    enum db_status status;
    if (!begin_text(&p, &status, f, tx, ex)) {
        return status;
    }
    status = transcript_changes(&changes, tx, http_arena(ex), p.version->id);
    if (status != DB_OK) {
        return status;
    }
    json_t *list = changes_shown(ex, f, &p, changes);
    json_t *context = text_context(&p, ex, f, "fieldwork.text.changes_title");
    json_object_set_new(context, "any", json_boolean(json_array_size(list) > 0));
    json_object_set_new(context, "changes", list);
    json_object_set_new(context, "back_path",
                        json_string(conversation_address(ex, &p.conversation, "/tekst")));
    json_object_set_new(context, "with_charts", json_true());
    staff_render(ex, f->config.account, 200, "staff_transcript_changes", context);
    return audit_conversation(tx, ex, "transcript.view", &p.conversation);
}

/* ---- parts of the guide ---- */

static enum db_status post_parts(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct conversation c;
    const struct survey_round *round;
    enum db_status status;
    struct transcript_version *versions;
    struct guide_version version;
    struct slice from_text = {"", 0}, to_text = {"", 0}, part = {"", 0}, consultation;
    const json_t *guide = NULL;
    uint64_t from = 0, to = 0;
    size_t count;
    if (!fieldwork_conversation(&c, &round, &status, self, tx, ex, http_path_param(ex, "gesprek"), true)) {
        return status;
    }
    http_form_value(&from_text, ex, "van");
    http_form_value(&to_text, ex, "tot");
    http_form_value(&part, ex, "onderdeel");
    status = transcript_versions(&versions, &count, tx, http_arena(ex), c.id);
    status =
        status == DB_OK ? guide_find(&guide, &consultation, &version, tx, http_arena(ex), c.guide) : status;
    if (status != DB_OK) {
        return status;
    }
    if (count == 0 || !slice_to_u64(&from, slice_trim(from_text), (uint64_t)versions[0].turns) ||
        !slice_to_u64(&to, slice_trim(to_text), (uint64_t)versions[0].turns) || from == 0 || to < from ||
        (part.len > 0 && !guide_has_part(guide, part))) {
        http_redirect(ex, conversation_address(ex, &c, "/tekst?fout=onderdeel"));
        return DB_OK;
    }
    status = transcript_set_part(tx, versions[0].id, (int32_t)from, (int32_t)to, part);
    http_redirect(
        ex,
        arena_printf(http_arena(ex), "%s#beurt-%d", conversation_address(ex, &c, "/tekst"), (int)from).ptr);
    return status == DB_OK ? audit_conversation(tx, ex, "transcript.part", &c) : status;
}

/* ---- correcting a turn ---- */

struct correction {
    struct conversation conversation;
    const struct survey_round *round;
    struct transcript_line line;
    int32_t number; /* of the newest version */
};

static bool begin_correction(struct correction *c, enum db_status *status, struct fieldwork *f,
                             struct db_tx *tx, struct http_exchange *ex, bool lock)
{
    uint64_t id = 0;
    bool found = false;
    if (!fieldwork_conversation(&c->conversation, &c->round, status, f, tx, ex,
                                http_path_param(ex, "gesprek"), lock)) {
        return false;
    }
    if (slice_to_u64(&id, http_path_param(ex, "beurt"), INT64_MAX)) {
        *status = transcript_line_find(&found, &c->line, &c->number, tx, http_arena(ex), c->conversation.id,
                                       (int64_t)id);
    }
    if (*status == DB_OK && !found) {
        /* Somebody else changed this turn, or it is closed: the text as it is now says so. */
        http_redirect(ex, conversation_address(ex, &c->conversation, "/tekst?fout=gewijzigd"));
    }
    return *status == DB_OK && found;
}

static void show_correction(const struct correction *c, struct http_exchange *ex, struct fieldwork *f,
                            struct slice text, struct slice reason, bool personal, const char *field,
                            const char *fault)
{
    json_t *context = fieldwork_titled(ex, f, "fieldwork.text.correct_title");
    json_object_set_new(context, "text", json_of(text));
    json_object_set_new(context, "reason", json_of(reason));
    json_object_set_new(context, "personal", json_boolean(personal));
    json_object_set_new(context, "place", json_integer(c->line.place));
    json_object_set_new(
        context, "action",
        json_string(arena_printf(http_arena(ex), "%s/%lld/verbeteren",
                                 conversation_address(ex, &c->conversation, "/tekst"), (long long)c->line.id)
                        .ptr));
    json_object_set_new(context, "back_path",
                        json_string(conversation_address(ex, &c->conversation, "/tekst")));
    json_object_set(context, "language", json_object_get(c->conversation.document, "taal"));
    if (fault) {
        staff_fault(context, ex, f->config.account, field, fault);
    }
    staff_render(ex, f->config.account, fault ? 400 : 200, "staff_transcript_correct", context);
}

static enum db_status get_correction(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct correction c;
    enum db_status status;
    if (begin_correction(&c, &status, self, tx, ex, false)) {
        show_correction(&c, ex, self, c.line.body, SLICE(""), false, NULL, NULL);
    }
    return status;
}

static enum db_status correct(const struct correction *c, struct db_tx *tx, struct http_exchange *ex,
                              struct slice text, struct slice reason, bool personal)
{
    struct arena *arena = http_arena(ex);
    struct text_edit *edits;
    bool done;
    const size_t count = passage_diff(&edits, arena, c->line.body, text);
    const char **reasons = arena_array(arena, count, sizeof *reasons);
    for (size_t i = 0; i < count; i++) {
        reasons[i] = personal ? "anders" : "verbeterd";
    }
    const struct turn_change change = {c->line.id, text, edits, reasons, count};
    enum db_status status = transcript_replace(&done, tx, c->conversation.id, c->number,
                                               personal ? TRANSCRIPT_REDACTED : TRANSCRIPT_CORRECTED, &change,
                                               1, reason, staff_caller(ex)->label);
    http_redirect(ex, arena_printf(arena, "%s#beurt-%d", conversation_address(ex, &c->conversation, "/tekst"),
                                   (int)c->line.place)
                          .ptr);
    return status == DB_OK ? audit_conversation(tx, ex, personal ? "transcript.redact" : "transcript.correct",
                                                &c->conversation)
                           : status;
}

static enum db_status post_correction(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct fieldwork *f = self;
    struct correction c;
    enum db_status status;
    struct slice typed = {"", 0}, reason = {"", 0}, tick;
    if (!begin_correction(&c, &status, f, tx, ex, true)) {
        return status;
    }
    http_form_value(&typed, ex, "tekst");
    http_form_value(&reason, ex, "reden");
    const bool personal = http_form_value(&tick, ex, "persoonlijk");
    const struct slice text = unicode_nfc(http_arena(ex), utf8_clean(http_arena(ex), typed));
    reason = utf8_clean(http_arena(ex), reason);
    const char *field = "tekst";
    const char *fault = text.len == 0                             ? "fieldwork.text.empty"
                        : utf8_length(text) > TRANSCRIPT_TURN_MAX ? "fieldwork.text.too_long"
                        : slice_equal(text, c.line.body)          ? "fieldwork.text.same"
                                                                  : NULL;
    if (!fault && (reason.len == 0 || utf8_length(reason) > 2000)) {
        field = "reden";
        fault = "fieldwork.text.no_reason";
    }
    if (fault) {
        show_correction(&c, ex, f, typed, reason, personal, field, fault);
        return DB_OK;
    }
    return correct(&c, tx, ex, text, reason, personal);
}

const struct route fieldwork_transcript_routes[] = {
    FIELDWORK_GET_OF(CONVERSATION_PATH "/{gesprek}/tekst", get_text, PERMISSION_PASSAGE_VIEW,
                     "taal,versie,vanaf,fout"),
    FIELDWORK_GET_OF(CONVERSATION_PATH "/{gesprek}/wijzigingen", get_changes, PERMISSION_PASSAGE_VIEW,
                     "taal,versie"),
    FIELDWORK_POST(CONVERSATION_PATH "/{gesprek}/onderdelen", post_parts, FIELDWORK_BODY),
    FIELDWORK_GET(CONVERSATION_PATH "/{gesprek}/tekst/{beurt}/verbeteren", get_correction),
    FIELDWORK_POST(CONVERSATION_PATH "/{gesprek}/tekst/{beurt}/verbeteren", post_correction, CORRECTION_BODY),
};
const size_t fieldwork_transcript_route_count =
    sizeof fieldwork_transcript_routes / sizeof fieldwork_transcript_routes[0];
