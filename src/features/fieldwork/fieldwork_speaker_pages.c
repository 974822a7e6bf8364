/* Who speaks in a file that waits: what it is read as, who each speaker is, and loading it then. */
#include "features/fieldwork/fieldwork_internal.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

enum { CHOICES_BODY = 256 * 1024 };

struct preview {
    struct fieldwork *f;
    struct conversation conversation;
    struct transcript_draft draft;
    struct transcript read;
    bool readable;
    json_t *participants; /* in the arena */
    struct participant_name *names;
    size_t name_count;
    json_t *chosen; /* by name of a speaker ("" for turns without one) the code of the choice */
};

static void release_arena(void *arena)
{
    arena_destroy(arena);
}

static void release_json(void *value)
{
    json_decref(value);
}

static void read_draft(struct preview *p, struct http_exchange *ex)
{
    const struct transcript_options options = {
        .encoding = p->draft.encoding.len > 0 ? arena_cstr(http_arena(ex), p->draft.encoding) : NULL,
        .no_speakers = p->draft.no_speakers,
        .no_speaker_count = p->draft.no_speaker_count};
    struct arena *arena = arena_create(TRANSCRIPT_ARENA_MAX);
    arena_defer(http_arena(ex), release_arena, arena);
    p->readable = transcript_read(&p->read, arena, p->draft.format, p->draft.file, &options);
}

/* What waited shows nothing of who no longer agrees, and is not loaded: the form says who that is. A draft
 * that was loaded meanwhile leads to the text. */
static const char *led_away(const struct preview *p, struct http_exchange *ex)
{
    return json_object_get(p->conversation.document, "transcriptVersie")
               ? conversation_address(ex, &p->conversation, "/tekst")
           : fieldwork_load_hindrance(&p->conversation, p->participants, p->draft.of_recording)
               ? conversation_address(ex, &p->conversation, "/laden")
               : NULL;
}

/* False: answered, or not DB_OK. */
static bool begin_preview(struct preview *p, enum db_status *status, struct db_tx *tx,
                          struct http_exchange *ex, struct fieldwork *f, bool lock)
{
    const struct survey_round *round;
    uint64_t id = 0;
    bool found = false;
    *p = (struct preview){.f = f};
    if (!fieldwork_conversation(&p->conversation, &round, status, f, tx, ex, http_path_param(ex, "gesprek"),
                                lock)) {
        return false;
    }
    if (slice_to_u64(&id, http_path_param(ex, "concept"), INT32_MAX)) {
        *status =
            transcript_draft_find(&found, &p->draft, tx, http_arena(ex), p->conversation.id, (int32_t)id);
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
        *status = participant_names(&p->names, &p->name_count, tx, http_arena(ex), f->config.keys,
                                    p->conversation.id);
    }
    if (*status != DB_OK) {
        return false;
    }
    read_draft(p, ex);
    return true;
}

static const char *choice_code(struct http_exchange *ex, struct speaker_choice choice)
{
    static const char *const codes[] = {
        [SPEAKER_UNCHOSEN] = "",           [SPEAKER_PARTICIPANT] = "",     [SPEAKER_MODERATOR] = "moderator",
        [SPEAKER_NOTE_TAKER] = "notulist", [SPEAKER_UNKNOWN] = "onbekend", [SPEAKER_NONE] = "geen"};
    return choice.kind == SPEAKER_PARTICIPANT
               ? arena_printf(http_arena(ex), "p%d", (int)choice.participant).ptr
               : codes[choice.kind];
}

static size_t turns_of_nobody(const struct transcript *read)
{
    size_t count = 0;
    for (size_t i = 0; i < read->turn_count; i++) {
        count += read->turns[i].speaker == TRANSCRIPT_NOBODY;
    }
    return count;
}

/* Speaker number read.speaker_count is nobody. */
static struct slice speaker_name(const struct transcript *read, size_t speaker)
{
    return speaker < read->speaker_count ? read->speakers[speaker].name : SLICE("");
}

/* What was chosen before for this name, else what it tells by itself. */
static const char *code_for(const struct preview *p, struct http_exchange *ex, size_t speaker)
{
    const struct slice name = speaker_name(&p->read, speaker);
    const json_t *before = json_object_get(p->chosen, arena_cstr(http_arena(ex), name));
    if (json_is_string(before)) {
        return json_string_value(before);
    }
    if (speaker == p->read.speaker_count) {
        return p->draft.of_recording ? "onbekend" : "notulist";
    }
    return choice_code(
        ex, speaker_guess(name, p->conversation.document, p->participants, p->names, p->name_count));
}

static void add_option(json_t *list, const char *code, json_t *label_take, const char *selected)
{
    json_array_append_new(list, json_pack("{s:s,s:o,s:b}", "code", code, "label", label_take, "selected",
                                          (int)(strcmp(code, selected) == 0)));
}

static json_t *speaker_options(const struct preview *p, struct http_exchange *ex, const char *selected,
                               bool may_be_none)
{
    static const char *const others[] = {"moderator", "notulist", "onbekend", "geen"};
    size_t i;
    const json_t *item;
    json_t *list = json_array();
    json_array_foreach(p->participants, i, item)
    {
        const char *code =
            arena_printf(http_arena(ex), "p%d", (int)json_integer_value(json_object_get(item, "deelnemer")))
                .ptr;
        const struct speaker_choice choice = speaker_choice_read(slice_from_cstr(code), p->participants);
        const char *pseudonym = json_string_value(json_object_get(item, "pseudoniem"));
        if (choice.kind == SPEAKER_PARTICIPANT && choice.withdrawn) {
            json_t *label = json_object();
            fieldwork_put_format(label, "label", ex, p->f, "fieldwork.load.withdrawn", "code", pseudonym);
            add_option(list, code, json_incref(json_object_get(label, "label")), selected);
            json_decref(label);
        } else if (choice.kind == SPEAKER_PARTICIPANT) {
            add_option(list, code, json_string(pseudonym), selected);
        }
    }
    for (i = 0; i < (may_be_none ? 4U : 3U); i++) {
        add_option(list, others[i], fieldwork_word(ex, p->f, i < 3 ? others[i] : "geen-spreker"), selected);
    }
    return list;
}

static json_t *speakers_shown(const struct preview *p, struct http_exchange *ex)
{
    const size_t of_nobody = turns_of_nobody(&p->read);
    json_t *list = json_array();
    for (size_t i = 0; i < p->read.speaker_count + (of_nobody > 0 ? 1 : 0); i++) {
        const bool nobody = i == p->read.speaker_count;
        const struct slice name = speaker_name(&p->read, i);
        json_t *row = json_pack("{s:I,s:I,s:o}", "n", (json_int_t)i, "turns",
                                (json_int_t)(nobody ? of_nobody : p->read.speakers[i].turns), "options",
                                speaker_options(p, ex, code_for(p, ex, i), !nobody));
        if (nobody) {
            fieldwork_put_text(row, "name", ex, p->f, "fieldwork.load.without_name");
        } else {
            json_object_set_new(row, "name", json_stringn(name.ptr, name.len));
        }
        json_array_append_new(list, row);
    }
    return list;
}

/* The first turns, the long ones cut. */
static json_t *sample_shown(const struct preview *p)
{
    enum { SAMPLE_TURNS = 30, SAMPLE_POINTS = 300 };
    json_t *list = json_array();
    for (size_t i = 0; i < p->read.turn_count && i < SAMPLE_TURNS; i++) {
        const struct transcript_turn *turn = &p->read.turns[i];
        const struct slice name =
            turn->speaker == TRANSCRIPT_NOBODY ? SLICE("") : speaker_name(&p->read, turn->speaker);
        const bool cut = turn->length > SAMPLE_POINTS;
        const size_t bytes = cut ? utf8_offset(turn->text, SAMPLE_POINTS) : turn->text.len;
        json_array_append_new(list, json_pack("{s:s%,s:o,s:s%,s:b}", "name", name.ptr, name.len, "time",
                                              fieldwork_clock(turn->start_ms), "text", turn->text.ptr, bytes,
                                              "cut", (int)cut));
    }
    return list;
}

static json_t *faults_shown(const struct preview *p, struct http_exchange *ex)
{
    json_t *list = json_array();
    for (size_t i = 0; i < p->read.fault_count; i++) {
        const struct transcript_fault *fault = &p->read.faults[i];
        json_t *row = json_object();
        fieldwork_put_format(
            row, "text", ex, p->f,
            arena_printf(http_arena(ex), "fieldwork.transcript_faults.n%d", (int)fault->status).ptr, "what",
            arena_cstr(http_arena(ex), fault->what));
        if (fault->line > 0) {
            json_object_set_new(row, "line", json_integer((json_int_t)fault->line));
        }
        json_array_append_new(list, row);
    }
    return list;
}

/* What the reading was: choices made for another one are not taken for this one. */
static const char *reading_mark(const struct preview *p, struct http_exchange *ex)
{
    return arena_printf(http_arena(ex), "%zu:%zu:%s", p->read.speaker_count, p->read.turn_count,
                        p->readable ? p->read.encoding : "")
        .ptr;
}

static void put_reading(json_t *context, const struct preview *p, struct http_exchange *ex)
{
    static const char *const ways[] = {"standard", "mark", "bytes", "guess", "caller"};
    static const char *const notes[] = {"continued", "backwards", "left_out"};
    const size_t counts[] = {p->read.continued, p->read.backwards, p->read.left_out};
    json_t *said = json_array();
    fieldwork_put_format(context, "encoding", ex, p->f,
                         arena_printf(http_arena(ex), "fieldwork.load.encoded_%s", ways[p->read.encoded]).ptr,
                         "encoding", p->read.encoding);
    fieldwork_put_format(context, "counts", ex, p->f, "fieldwork.load.counts", "turns",
                         arena_printf(http_arena(ex), "%zu", p->read.turn_count).ptr, "speakers",
                         arena_printf(http_arena(ex), "%zu", p->read.speaker_count).ptr);
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
        if (counts[i] > 0) {
            json_t *row = json_object();
            fieldwork_put_format(row, "text", ex, p->f,
                                 arena_printf(http_arena(ex), "fieldwork.load.%s", notes[i]).ptr, "count",
                                 arena_printf(http_arena(ex), "%zu", counts[i]).ptr);
            json_array_append_new(said, row);
        }
    }
    json_object_set_new(context, "notes", said);
    json_object_set_new(context, "speakers", speakers_shown(p, ex));
    json_object_set_new(context, "sample", sample_shown(p));
}

/* wrong: numbers of speakers of whom nothing was chosen, as an array; may be NULL. */
static void show_preview(const struct preview *p, struct http_exchange *ex, int http_status, const char *said,
                         const json_t *wrong)
{
    size_t i;
    const json_t *item;
    json_t *context = fieldwork_titled(ex, p->f, "fieldwork.load.preview_title");
    const char *here = arena_printf(http_arena(ex), "/laden/%d", (int)p->draft.id).ptr;
    json_t *list = json_array();
    for (i = 0; fieldwork_encodings[i]; i++) {
        add_option(list, fieldwork_encodings[i], json_string(fieldwork_encodings[i]),
                   arena_cstr(http_arena(ex), p->draft.encoding));
    }
    json_object_set_new(context, "encodings", list);
    json_object_set_new(context, "conversation", json_string(conversation_code(&p->conversation)));
    json_object_set_new(context, "action", json_string(conversation_address(ex, &p->conversation, here)));
    json_object_set_new(context, "back_path",
                        json_string(conversation_address(ex, &p->conversation, "/laden")));
    json_object_set_new(
        context, "file_name",
        json_stringn(p->draft.file_name.ptr ? p->draft.file_name.ptr : "", p->draft.file_name.len));
    json_object_set_new(context, "pasted", json_boolean(p->draft.file_name.len == 0));
    json_object_set_new(
        context, "edit_path",
        json_string(conversation_address(
            ex, &p->conversation, arena_printf(http_arena(ex), "/laden?concept=%d", (int)p->draft.id).ptr)));
    json_object_set_new(context, "readable", json_boolean(p->readable));
    json_object_set_new(context, "reading", json_string(reading_mark(p, ex)));
    if (p->readable) {
        put_reading(context, p, ex);
    } else {
        json_object_set_new(context, "faults", faults_shown(p, ex));
        json_object_set_new(context, "more_faults", json_boolean(p->read.fault_total > p->read.fault_count));
    }
    json_array_foreach(wrong, i, item)
    {
        const size_t n = (size_t)json_integer_value(item);
        const char *field = arena_printf(http_arena(ex), "spreker-%zu", n).ptr;
        json_t *row = json_array_get(json_object_get(context, "speakers"), n);
        json_t *text = json_object();
        fieldwork_put_format(text, "text", ex, p->f, "fieldwork.load.unchosen", "name",
                             json_string_value(json_object_get(row, "name")));
        json_object_set(row, "wrong", json_object_get(text, "text"));
        json_object_set_new(text, "href", json_string(arena_printf(http_arena(ex), "#%s", field).ptr));
        if (i == 0) {
            json_object_set_new(context, "error_summary", json_pack("{s:[]}", "items"));
        }
        json_array_append_new(json_object_get(json_object_get(context, "error_summary"), "items"), text);
    }
    if (said) {
        fieldwork_put_text(context, "said", ex, p->f, said);
    }
    staff_render(ex, p->f->config.account, http_status, "staff_transcript_preview", context);
}

static enum db_status get_preview(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct preview p;
    enum db_status status;
    if (begin_preview(&p, &status, tx, ex, self, false)) {
        show_preview(&p, ex, p.readable ? 200 : 400, NULL, NULL);
    }
    return status;
}

static struct slice posted_choice(const struct http_exchange *ex, struct arena *arena, size_t speaker)
{
    struct slice value = {"", 0};
    http_form_value(&value, ex, arena_printf(arena, "spreker-%zu", speaker).ptr);
    return value;
}

/* Keeps what was chosen by name, and what is no speaker with the draft. Whether it must be read anew. */
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
        const struct slice name = speaker_name(&p->read, i), value = posted_choice(ex, arena, i);
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

static enum db_status read_anew(struct preview *p, struct db_tx *tx, struct http_exchange *ex)
{
    enum db_status status = transcript_draft_change(tx, &p->draft);
    if (status == DB_OK) {
        read_draft(p, ex);
        show_preview(p, ex, p->readable ? 200 : 400, NULL, NULL);
    }
    return status;
}

static enum db_status load(struct preview *p, struct db_tx *tx, struct http_exchange *ex)
{
    bool loaded;
    json_t *wrong = json_array();
    struct speaker_choice *choices = arena_array(http_arena(ex), p->read.speaker_count + 1, sizeof *choices);
    const bool any_nobody = turns_of_nobody(&p->read) > 0;
    arena_defer(http_arena(ex), release_json, wrong);
    for (size_t i = 0; i < p->read.speaker_count + (any_nobody ? 1 : 0); i++) {
        choices[i] = speaker_choice_read(posted_choice(ex, http_arena(ex), i), p->participants);
        if (choices[i].kind == SPEAKER_UNCHOSEN || choices[i].kind == SPEAKER_NONE) {
            json_array_append_new(wrong, json_integer((json_int_t)i));
        }
    }
    if (json_array_size(wrong) > 0) {
        show_preview(p, ex, 400, NULL, wrong);
        return DB_OK;
    }
    enum db_status status = transcript_load(&loaded, tx, p->conversation.id, &p->read, choices, &p->draft,
                                            staff_caller(ex)->label);
    if (status == DB_OK && loaded) {
        status = audit_conversation(tx, ex, "transcript.load", &p->conversation);
    }
    http_redirect(ex, conversation_address(ex, &p->conversation, "/tekst"));
    return status;
}

static enum db_status post_preview(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct preview p;
    enum db_status status;
    struct slice what = {"", 0}, reading = {"", 0};
    if (!begin_preview(&p, &status, tx, ex, self, true)) {
        return status;
    }
    http_form_value(&what, ex, "doe");
    http_form_value(&reading, ex, "gelezen");
    if (!slice_equal_cstr(reading, reading_mark(&p, ex))) {
        show_preview(&p, ex, 409, "fieldwork.load.read_otherwise", NULL);
        return DB_OK;
    }
    if (take_choices(&p, ex) || !p.readable || !slice_equal_cstr(what, "laden")) {
        return read_anew(&p, tx, ex);
    }
    return load(&p, tx, ex);
}

const struct route fieldwork_speaker_routes[] = {
    FIELDWORK_GET(CONVERSATION_PATH "/{gesprek}/laden/{concept}", get_preview),
    FIELDWORK_POST(CONVERSATION_PATH "/{gesprek}/laden/{concept}", post_preview, CHOICES_BODY),
};
const size_t fieldwork_speaker_route_count =
    sizeof fieldwork_speaker_routes / sizeof fieldwork_speaker_routes[0];
