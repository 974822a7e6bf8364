/* A whole corrected text by the API: what it would change, or the new version. The file is read and compared
 * on a slow thread, between a transaction that brings the text that stands and one that asks again and
 * writes. */
#include "features/fieldwork/fieldwork_internal.h"

#include "base/utf8.h"

#include <stddef.h>

enum { REVISE_BODY = TRANSCRIPT_FILE_MAX + 64 * 1024, REASON_MAX = 2000 };

struct revise_step {
    struct lane_work work; /* first */
    struct lane_slow slow;
    struct fieldwork *f;
    struct arena *arena;
    struct conversation conversation;
    json_t *participants; /* in the arena */
    struct transcript_current current;
    struct transcript_draft draft; /* what was sent */
    bool apply;
    struct transcript read;
    struct speaker_choice *choices;
    struct transcript_revision revision;
    struct json_errors errors;
};

static void release_arena(void *arena)
{
    arena_destroy(arena);
}

/* ---- what is answered when it cannot be ---- */

static void refuse_input(struct http_exchange *ex, const struct json_errors *errors)
{
    http_problem(ex, 400, "ongeldige-invoer", "De invoer klopt nog niet",
                 "Kijk bij elke fout welk veld het is.", json_errors_to_json(errors));
}

static void refuse_conflict(struct http_exchange *ex, const char *detail)
{
    http_problem(ex, 409, "transcript-niet-te-verbeteren", "Deze tekst kan nu niet worden verbeterd", detail,
                 NULL);
}

/* Whether the text that stands may be corrected; else answered. */
static bool may_revise(struct http_exchange *ex, const struct transcript_current *current,
                       const json_t *participants)
{
    if (current->number == 0) {
        refuse_conflict(ex, "Van dit gesprek is nog geen tekst geladen.");
    } else if (fieldwork_load_hindrance(participants, current->of_recording)) {
        refuse_conflict(ex, "Niet iedereen die er was, vindt dit nu goed.");
    }
    return !http_replied(ex);
}

/* ---- what was sent ---- */

static void read_form(struct revise_step *step, struct http_exchange *ex)
{
    struct slice reason = {"", 0}, apply = {"", 0};
    struct http_file file = {{"", 0}, {"", 0}, {"", 0}};
    bool known = false;
    json_errors_init(&step->errors, http_arena(ex));
    http_form_file(&file, ex, "bestand");
    http_form_value(&reason, ex, "reden");
    http_form_value(&apply, ex, "toepassen");
    http_form_value(&step->draft.encoding, ex, "tekenset");
    step->draft.file = file.bytes;
    step->draft.file_name = file.file_name;
    step->draft.reason = slice_trim(utf8_clean(http_arena(ex), reason));
    step->draft.format = transcript_format_guess(file.bytes, file.file_name);
    step->apply = !slice_equal_cstr(apply, "nee");
    if (file.bytes.len == 0) {
        json_errors_add(&step->errors, "/bestand", "leeg", "Stuur een bestand mee met de verbeterde tekst.");
    } else if (file.bytes.len > TRANSCRIPT_FILE_MAX) {
        json_errors_add(&step->errors, "/bestand", "te-groot", "Stuur een bestand van ten hoogste 10 MB.");
    }
    if (step->draft.reason.len == 0 || utf8_length(step->draft.reason) > REASON_MAX) {
        json_errors_add(&step->errors, "/reden", "reden",
                        "Geef aan waarom de tekst is verbeterd, in ten hoogste 2.000 tekens.");
    }
    if (apply.len > 0 && step->apply && !slice_equal_cstr(apply, "ja")) {
        json_errors_add(&step->errors, "/toepassen", "keuze", "Kies ja of nee.");
    }
    for (size_t i = 0; fieldwork_encodings[i]; i++) {
        known = known || slice_equal_cstr(step->draft.encoding, fieldwork_encodings[i]);
    }
    if (step->draft.encoding.len > 0 && !known) {
        json_errors_add(&step->errors, "/tekenset", "keuze",
                        "Kies UTF-8, windows-1252, macintosh, IBM850 of UTF-16LE.");
    }
}

/* ---- on the slow thread ---- */

static void add_faults(struct revise_step *step, struct http_exchange *ex)
{
    for (size_t i = 0; i < step->read.fault_count; i++) {
        const struct transcript_fault *fault = &step->read.faults[i];
        json_t *row = json_object();
        fieldwork_put_format(
            row, "text", ex, step->f,
            arena_printf(http_arena(ex), "fieldwork.transcript_faults.n%d", (int)fault->status).ptr, "what",
            arena_cstr(http_arena(ex), fault->what));
        const char *text = json_string_value(json_object_get(row, "text"));
        if (fault->line > 0) {
            json_errors_add(&step->errors, "/bestand", "onleesbaar", "Regel %zu: %s", fault->line,
                            text ? text : "");
        } else {
            json_errors_add(&step->errors, "/bestand", "onleesbaar", "%s", text ? text : "");
        }
        json_decref(row);
    }
}

/* Speakers as their names tell by themselves; a name that tells nothing is a fault. */
static void choose(struct revise_step *step)
{
    const struct transcript *read = &step->read;
    step->choices = arena_array(step->arena, read->speaker_count + 1, sizeof *step->choices);
    for (size_t i = 0; i < read->speaker_count; i++) {
        step->choices[i] =
            speaker_guess(read->speakers[i].name, step->conversation.document, step->participants, NULL, 0);
        if (step->choices[i].kind == SPEAKER_UNCHOSEN) {
            json_errors_add(
                &step->errors, "/bestand", "spreker",
                "Regel %zu: deze spreker is niet bekend. Gebruik een pseudoniem (P1), Moderator of "
                "Notulist.",
                read->speakers[i].line);
        }
    }
    step->choices[read->speaker_count] =
        (struct speaker_choice){step->current.of_recording ? SPEAKER_UNKNOWN : SPEAKER_NOTE_TAKER, 0, false};
}

static void read_step(struct lane_slow *slow)
{
    struct revise_step *step =
        (struct revise_step *)(void *)((char *)slow - offsetof(struct revise_step, slow));
    struct http_exchange *ex = slow->exchange;
    const struct transcript_options options = {
        .encoding = step->draft.encoding.len > 0 ? arena_cstr(http_arena(ex), step->draft.encoding) : NULL};
    if (!transcript_read(&step->read, step->arena, step->draft.format, step->draft.file, &options)) {
        add_faults(step, ex);
        return;
    }
    choose(step);
    if (step->errors.count == 0) {
        transcript_collate(&step->revision, step->arena, &step->current, &step->read, step->choices);
    }
}

/* ---- the steps ---- */

static json_t *answer_json(const struct revise_step *step, int32_t number)
{
    const struct collation *c = &step->revision.collation;
    return json_pack("{s:s,s:b,s:i,s:{s:I,s:I,s:I,s:I},s:I}", "gesprek",
                     conversation_code(&step->conversation), "toegepast", (int)(number > 0),
                     "transcriptVersie", (int)(number > 0 ? number : step->current.number), "beurten",
                     "gelijk", (json_int_t)c->same, "gewijzigd", (json_int_t)c->changed, "toegevoegd",
                     (json_int_t)c->added, "vervallen", (json_int_t)c->gone_count, "vervangenGebleven",
                     (json_int_t)c->redacted);
}

static enum db_status audit_revision(struct db_tx *tx, struct http_exchange *ex, const char *action,
                                     const struct revise_step *step)
{
    static const char *const nothing_asked[] = {NULL};
    return account_audit_call(
        tx, ex, action,
        arena_printf(http_arena(ex), "conversation:%s", conversation_code(&step->conversation)).ptr, "ok",
        nothing_asked);
}

static enum db_status write_revision(struct revise_step *step, struct db_tx *tx, struct http_exchange *ex)
{
    int32_t version, number;
    json_t *changes, *lost;
    enum db_status status =
        transcript_revise(&version, &number, tx, step->conversation.id, &step->current, &step->revision,
                          &step->draft, ((const struct account_caller *)http_caller(ex))->label);
    if (status != DB_OK || number == 0) {
        if (status == DB_OK) {
            refuse_conflict(ex, "Iemand wijzigde de tekst net. Stuur het bestand nog een keer.");
        }
        return status;
    }
    status = transcript_lost_codings(&lost, tx, http_arena(ex), version);
    status = status == DB_OK ? transcript_changes(&changes, tx, http_arena(ex), version) : status;
    if (status == DB_OK) {
        json_t *body = answer_json(step, number);
        json_object_set(body, "wijzigingen", changes);
        json_object_set(body, "verlorenCoderingen", lost);
        http_reply_json(ex, 201, body);
        status = audit_revision(tx, ex, "transcript.correct", step);
    }
    return status;
}

static bool choices_hold(const struct revise_step *step, const json_t *participants)
{
    bool same = true;
    for (size_t i = 0; i < step->read.speaker_count; i++) {
        const struct speaker_choice now =
            speaker_guess(step->read.speakers[i].name, step->conversation.document, participants, NULL, 0);
        same = same && now.kind == step->choices[i].kind && now.participant == step->choices[i].participant &&
               now.withdrawn == step->choices[i].withdrawn;
    }
    return same;
}

static enum db_status act(struct db_tx *tx, struct lane_work *work)
{
    struct revise_step *step = (struct revise_step *)(void *)work;
    struct http_exchange *ex = work->exchange;
    const struct survey_round *round;
    struct conversation now;
    json_t *participants;
    enum db_status status;
    http_reply_reset(ex);
    if (!fieldwork_api_open(&now, &round, &status, step->f, tx, ex, PERMISSION_TRANSCRIPT_SEND,
                            step->apply)) {
        return status;
    }
    status = participant_list(&participants, tx, http_arena(ex), now.id);
    if (status != DB_OK || !may_revise(ex, &step->current, participants)) {
        return status;
    }
    if (step->errors.count > 0) {
        refuse_input(ex, &step->errors);
        return DB_OK;
    }
    if (!choices_hold(step, participants)) {
        refuse_conflict(ex, "Iemand trok zich net terug. Stuur het bestand nog een keer.");
        return DB_OK;
    }
    if (!step->apply || transcript_is_same(&step->revision)) {
        http_reply_json(ex, 200, answer_json(step, 0));
        return audit_revision(tx, ex, "transcript.compare", step);
    }
    return write_revision(step, tx, ex);
}

static void acted(struct http_exchange *ex, void *item)
{
    const struct revise_step *step = item;
    if (step->work.status != DB_OK) {
        lane_answer_failure(ex, step->work.status);
    }
}

static void was_read(struct http_exchange *ex, void *item)
{
    struct revise_step *step =
        (struct revise_step *)(void *)((char *)item - offsetof(struct revise_step, slow));
    if (!step->slow.accepted) {
        http_error(ex, 503);
        return;
    }
    step->work = (struct lane_work){.name = "transcript-revise", .role = DB_ROLE_STAFF, .run = act};
    lane_transact(step->f->config.lanes, ex, &step->work, acted);
}

static enum db_status open_text(struct db_tx *tx, struct lane_work *work)
{
    struct revise_step *step = (struct revise_step *)(void *)work;
    struct http_exchange *ex = work->exchange;
    const struct survey_round *round;
    enum db_status status;
    http_reply_reset(ex);
    if (!fieldwork_api_open(&step->conversation, &round, &status, step->f, tx, ex, PERMISSION_TRANSCRIPT_SEND,
                            false)) {
        return status;
    }
    read_form(step, ex);
    status = participant_list(&step->participants, tx, http_arena(ex), step->conversation.id);
    status =
        status == DB_OK ? transcript_current(&step->current, tx, step->arena, step->conversation.id) : status;
    if (status == DB_OK && may_revise(ex, &step->current, step->participants) && step->errors.count > 0) {
        refuse_input(ex, &step->errors);
    }
    return status;
}

static void opened(struct http_exchange *ex, void *item)
{
    struct revise_step *step = item;
    if (step->work.status != DB_OK) {
        lane_answer_failure(ex, step->work.status);
    } else if (!http_replied(ex)) {
        step->slow = (struct lane_slow){.run = read_step};
        lane_compute(step->f->config.lanes, LANE_WHILE, ex, &step->slow, was_read);
    }
}

static void post_revision(struct http_exchange *ex, void *self)
{
    struct fieldwork *f = self;
    struct revise_step *step = arena_alloc(http_arena(ex), sizeof *step);
    *step = (struct revise_step){.f = f, .arena = arena_create(TRANSCRIPT_ARENA_MAX)};
    step->draft.encoding = SLICE("");
    arena_defer(http_arena(ex), release_arena, step->arena);
    step->work = (struct lane_work){.name = "transcript-open", .role = DB_ROLE_STAFF, .run = open_text};
    lane_transact(f->config.lanes, ex, &step->work, opened);
}

const struct route fieldwork_api_revise_routes[] = {
    {.http = {.method = HTTP_POST,
              .path = "/v1/consultaties/{consultatie}/gesprekken/{gesprek}/transcriptversies",
              .surface = HTTP_API,
              .body = HTTP_BODY_UPLOAD,
              .body_max = REVISE_BODY,
              .scope = PERMISSION_TRANSCRIPT_SEND},
     .on_inline = post_revision},
};
const size_t fieldwork_api_revise_route_count =
    sizeof fieldwork_api_revise_routes / sizeof fieldwork_api_revise_routes[0];
