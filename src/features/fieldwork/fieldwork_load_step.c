/* Looking at a file that waits, and loading it: as the text of a conversation, or in the place of the text
 * that stands. Reading it takes seconds where it is large, and comparing it too: both on a slow thread,
 * between a transaction that brings what is needed and one that asks again and writes, under the lock. */
#include "features/fieldwork/fieldwork_load_step.h"

#include <stddef.h>

enum { CHOICES_BODY = 256 * 1024 };

struct step {
    struct lane_work work; /* first */
    struct lane_slow slow;
    struct fieldwork *f;
    struct arena *arena;
    struct preview p;
    struct transcript_draft read_as; /* the draft as it was read */
    struct speaker_choice *choices;  /* of each speaker, and of turns without one */
    bool posted, as_seen, again;
};

static void release_arena(void *arena)
{
    arena_destroy(arena);
}

static void release_json(void *value)
{
    json_decref(value);
}

/* ---- what is needed ---- */

/* What waited shows nothing of who no longer agrees, and is not loaded: the form says who that is. A draft
 * that was loaded meanwhile leads to the text. */
static const char *led_away(const struct preview *p, struct http_exchange *ex)
{
    const bool there = json_object_get(p->conversation.document, "transcriptVersie") != NULL;
    return there && p->draft.reason.len == 0 ? conversation_address(ex, &p->conversation, "/tekst")
           : fieldwork_load_hindrance(p->participants, p->draft.of_recording)
               ? conversation_address(ex, &p->conversation, "/laden")
               : NULL;
}

/* False: answered, or not DB_OK. */
static bool begin_preview(struct preview *p, enum db_status *status, struct db_tx *tx,
                          struct http_exchange *ex, struct step *step, bool lock)
{
    const struct survey_round *round;
    uint64_t id = 0;
    bool found = false;
    *p = (struct preview){.f = step->f};
    if (!fieldwork_conversation(&p->conversation, &round, status, step->f, tx, ex,
                                http_path_param(ex, "gesprek"), lock)) {
        return false;
    }
    if (slice_to_u64(&id, http_path_param(ex, "concept"), INT32_MAX)) {
        *status = transcript_draft_find(&found, &p->draft, tx, step->arena, p->conversation.id, (int32_t)id);
    }
    if (*status == DB_OK) {
        *status = participant_list(&p->participants, tx, http_arena(ex), p->conversation.id);
    }
    if (*status != DB_OK) {
        return false;
    }
    const char *elsewhere = led_away(p, ex);
    if (!found && !json_object_get(p->conversation.document, "transcriptVersie")) {
        http_error(ex, 404);
        return false;
    }
    if (elsewhere) {
        http_redirect(ex, elsewhere);
        return false;
    }
    if (account_may(staff_caller(ex), PERMISSION_PARTICIPANT_NAME, round->consultation)) {
        *status = participant_names(&p->names, &p->name_count, tx, http_arena(ex), step->f->config.keys,
                                    p->conversation.id);
    }
    return *status == DB_OK;
}

static enum db_status open_draft(struct db_tx *tx, struct lane_work *work)
{
    struct step *step = (struct step *)(void *)work;
    enum db_status status;
    http_reply_reset(work->exchange);
    if (!begin_preview(&step->p, &status, tx, work->exchange, step, false)) {
        return status;
    }
    return step->p.draft.reason.len > 0
               ? transcript_current(&step->p.current, tx, step->arena, step->p.conversation.id)
               : DB_OK;
}

/* ---- on the slow thread ---- */

static struct slice posted_choice(const struct http_exchange *ex, struct arena *arena, size_t speaker)
{
    struct slice value = {"", 0};
    http_form_value(&value, ex, arena_printf(arena, "spreker-%zu", speaker).ptr);
    return value;
}

/* Notes what was chosen by name, and what is no speaker with the draft. Whether it must be read anew. */
static bool take_choices(struct preview *p, struct http_exchange *ex)
{
    struct arena *arena = http_arena(ex);
    struct slice encoding = {"", 0};
    bool anew = false;
    struct slice *none =
        arena_array(arena, p->draft.no_speaker_count + p->read.speaker_count + 1, sizeof *none);
    p->chosen = json_object();
    arena_defer(arena, release_json, p->chosen);
    for (size_t i = 0; i < p->draft.no_speaker_count; i++) {
        none[i] = p->draft.no_speakers[i];
    }
    for (size_t i = 0; p->readable && i <= p->read.speaker_count; i++) {
        const struct slice name = fieldwork_speaker_name(&p->read, i), value = posted_choice(ex, arena, i);
        if (slice_equal_cstr(value, "geen") && name.len > 0) {
            none[p->draft.no_speaker_count++] = arena_copy(arena, name);
            anew = true;
        } else if (value.len > 0) {
            json_object_set_new(p->chosen, arena_cstr(arena, name), json_stringn(value.ptr, value.len));
        }
    }
    p->draft.no_speakers = none;
    if (http_form_value(&encoding, ex, "tekenset") && !slice_equal(encoding, p->draft.encoding)) {
        p->draft.encoding = encoding;
        anew = true;
    }
    return anew;
}

static void read_draft(struct step *step, struct http_exchange *ex)
{
    struct preview *p = &step->p;
    const struct transcript_options options = {
        .encoding = p->draft.encoding.len > 0 ? arena_cstr(http_arena(ex), p->draft.encoding) : NULL,
        .no_speakers = p->draft.no_speakers,
        .no_speaker_count = p->draft.no_speaker_count};
    step->read_as = p->draft;
    p->readable = transcript_read(&p->read, step->arena, p->draft.format, p->draft.file, &options);
}

static struct speaker_choice *choices_of(const struct step *step, struct http_exchange *ex,
                                         const json_t *participants)
{
    const struct preview *p = &step->p;
    struct speaker_choice *choices = arena_array(step->arena, p->read.speaker_count + 1, sizeof *choices);
    for (size_t i = 0; i <= p->read.speaker_count; i++) {
        choices[i] = speaker_choice_read(slice_from_cstr(fieldwork_code_for(p, ex, i)), participants);
    }
    return choices;
}

static void read_step(struct lane_slow *slow)
{
    struct step *step = (struct step *)(void *)((char *)slow - offsetof(struct step, slow));
    struct http_exchange *ex = slow->exchange;
    struct preview *p = &step->p;
    read_draft(step, ex);
    if (step->posted && !step->again) {
        struct slice what = {"", 0}, reading = {"", 0};
        http_form_value(&what, ex, "doe");
        http_form_value(&reading, ex, "gelezen");
        step->as_seen = slice_equal_cstr(reading, fieldwork_reading_mark(p, ex));
        step->again =
            step->as_seen && (take_choices(p, ex) || !p->readable || !slice_equal_cstr(what, "laden"));
    }
    if (p->readable) {
        step->choices = choices_of(step, ex, p->participants);
    }
    if (p->readable && p->current.number > 0) {
        transcript_collate(&p->revision, step->arena, &p->current, &p->read, step->choices);
    }
}

/* ---- writing it ---- */

static bool is_as_read(const struct step *step, const struct transcript_draft *now)
{
    const struct transcript_draft *then = &step->read_as;
    bool same = slice_equal(then->encoding, now->encoding) && then->no_speaker_count == now->no_speaker_count;
    for (size_t i = 0; same && i < now->no_speaker_count; i++) {
        same = slice_equal(then->no_speakers[i], now->no_speakers[i]);
    }
    return same;
}

/* Whether nobody withdrew since the file was read. */
static bool choices_hold(const struct step *step, const struct speaker_choice *now)
{
    bool same = true;
    for (size_t i = 0; i <= step->p.read.speaker_count; i++) {
        same = same && step->choices[i].kind == now[i].kind &&
               step->choices[i].participant == now[i].participant &&
               step->choices[i].withdrawn == now[i].withdrawn;
    }
    return same;
}

/* Speakers of whom nothing was chosen. */
static json_t *unchosen(const struct step *step, struct http_exchange *ex)
{
    const struct transcript *read = &step->p.read;
    json_t *wrong = json_array();
    const bool any_nobody = fieldwork_turns_of_nobody(read) > 0;
    arena_defer(http_arena(ex), release_json, wrong);
    for (size_t i = 0; i < read->speaker_count + (any_nobody ? 1 : 0); i++) {
        const struct slice posted = posted_choice(ex, http_arena(ex), i);
        if (posted.len == 0 || step->choices[i].kind == SPEAKER_UNCHOSEN ||
            step->choices[i].kind == SPEAKER_NONE) {
            json_array_append_new(wrong, json_integer((json_int_t)i));
        }
    }
    return wrong;
}

static enum db_status load_first(struct step *step, struct db_tx *tx, struct http_exchange *ex)
{
    bool loaded;
    struct preview *p = &step->p;
    enum db_status status = transcript_load(&loaded, tx, p->conversation.id, &p->read, step->choices,
                                            &p->draft, staff_caller(ex)->label);
    if (status == DB_OK && loaded) {
        status = audit_conversation(tx, ex, "transcript.load", &p->conversation);
    }
    http_redirect(ex, conversation_address(ex, &p->conversation, "/tekst"));
    return status;
}

static enum db_status revise(struct step *step, struct db_tx *tx, struct http_exchange *ex)
{
    int32_t version, number;
    struct preview *p = &step->p;
    if (transcript_is_same(&p->revision)) {
        fieldwork_show_preview(p, ex, 400, "fieldwork.revise.nothing", NULL);
        return DB_OK;
    }
    enum db_status status = transcript_revise(&version, &number, tx, p->conversation.id, &p->current,
                                              &p->revision, &p->draft, staff_caller(ex)->label);
    if (status != DB_OK || number == 0) {
        if (status == DB_OK) {
            fieldwork_show_preview(p, ex, 409, "fieldwork.revise.meanwhile", NULL);
        }
        return status;
    }
    http_redirect(
        ex, conversation_address(ex, &p->conversation,
                                 arena_printf(http_arena(ex), "/wijzigingen?versie=%d", (int)number).ptr));
    return audit_conversation(tx, ex, "transcript.correct", &p->conversation);
}

static enum db_status act(struct db_tx *tx, struct lane_work *work)
{
    struct step *step = (struct step *)(void *)work;
    struct http_exchange *ex = work->exchange;
    struct preview now, *p = &step->p;
    enum db_status status;
    http_reply_reset(ex);
    if (!begin_preview(&now, &status, tx, ex, step, step->posted)) {
        return status;
    }
    p->conversation = now.conversation;
    p->participants = now.participants;
    if (!is_as_read(step, &now.draft) || (step->posted && !step->as_seen) ||
        (p->readable && !choices_hold(step, choices_of(step, ex, now.participants)))) {
        fieldwork_show_preview(p, ex, 409, "fieldwork.load.read_otherwise", NULL);
        return DB_OK;
    }
    if (step->again) {
        return transcript_draft_change(tx, &p->draft); /* it is read anew */
    }
    if (!step->posted) {
        fieldwork_show_preview(p, ex, p->readable ? 200 : 400, NULL, NULL);
        return DB_OK;
    }
    const json_t *wrong = unchosen(step, ex);
    if (json_array_size(wrong) > 0) {
        fieldwork_show_preview(p, ex, 400, NULL, wrong);
        return DB_OK;
    }
    return p->current.number > 0 ? revise(step, tx, ex) : load_first(step, tx, ex);
}

/* ---- the steps ---- */

static void was_read(struct http_exchange *ex, void *item);

static void acted(struct http_exchange *ex, void *item)
{
    struct step *step = item;
    if (step->work.status != DB_OK) {
        lane_answer_failure(ex, step->work.status);
    } else if (!http_replied(ex)) {
        step->posted = step->again = false;
        step->slow = (struct lane_slow){.run = read_step};
        lane_compute(step->f->config.lanes, LANE_WHILE, ex, &step->slow, was_read);
    }
}

static void was_read(struct http_exchange *ex, void *item)
{
    struct step *step = (struct step *)(void *)((char *)item - offsetof(struct step, slow));
    if (!step->slow.accepted) {
        http_error(ex, 503);
        return;
    }
    step->work = (struct lane_work){.name = "transcript-load", .role = DB_ROLE_STAFF, .run = act};
    lane_transact(step->f->config.lanes, ex, &step->work, acted);
}

static void opened(struct http_exchange *ex, void *item)
{
    struct step *step = item;
    if (step->work.status != DB_OK) {
        lane_answer_failure(ex, step->work.status);
    } else if (!http_replied(ex)) {
        step->slow = (struct lane_slow){.run = read_step};
        lane_compute(step->f->config.lanes, LANE_WHILE, ex, &step->slow, was_read);
    }
}

static void begin(struct http_exchange *ex, struct fieldwork *f, bool posted)
{
    struct step *step = arena_alloc(http_arena(ex), sizeof *step);
    *step = (struct step){.f = f, .posted = posted, .arena = arena_create(TRANSCRIPT_ARENA_MAX)};
    arena_defer(http_arena(ex), release_arena, step->arena);
    step->work = (struct lane_work){.name = "transcript-open", .role = DB_ROLE_STAFF, .run = open_draft};
    lane_transact(f->config.lanes, ex, &step->work, opened);
}

/* The guard let somebody in; whether the conversation is theirs the first step asks. */
static enum db_status admit(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    (void)tx;
    (void)ex;
    (void)self;
    return DB_OK;
}

static void look(struct http_exchange *ex, void *self)
{
    begin(ex, self, false);
}

static void choose(struct http_exchange *ex, void *self)
{
    begin(ex, self, true);
}

const struct route fieldwork_speaker_routes[] = {
    {.http = {.method = HTTP_GET,
              .path = CONVERSATION_PATH "/{gesprek}/laden/{concept}",
              .surface = HTTP_PAGE,
              .query = "taal,groot,gelukt",
              .scope = PERMISSION_FIELDWORK_MANAGE},
     .on_job = admit,
     .after = look,
     .role = DB_ROLE_STAFF},
    {.http = {.method = HTTP_POST,
              .path = CONVERSATION_PATH "/{gesprek}/laden/{concept}",
              .surface = HTTP_PAGE,
              .body = HTTP_BODY_FORM,
              .body_max = CHOICES_BODY,
              .csrf = HTTP_CSRF_REQUIRED,
              .scope = PERMISSION_FIELDWORK_MANAGE},
     .on_job = admit,
     .after = choose,
     .role = DB_ROLE_STAFF},
};
const size_t fieldwork_speaker_route_count =
    sizeof fieldwork_speaker_routes / sizeof fieldwork_speaker_routes[0];
