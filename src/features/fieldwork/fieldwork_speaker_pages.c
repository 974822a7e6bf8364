/* What a file that waits is read as, and who each speaker in it is: the page. */
#include "features/fieldwork/fieldwork_load_step.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

static const char *choice_code(struct http_exchange *ex, struct speaker_choice choice)
{
    static const char *const codes[] = {
        [SPEAKER_UNCHOSEN] = "",           [SPEAKER_PARTICIPANT] = "",     [SPEAKER_MODERATOR] = "moderator",
        [SPEAKER_NOTE_TAKER] = "notulist", [SPEAKER_UNKNOWN] = "onbekend", [SPEAKER_NONE] = "geen"};
    return choice.kind == SPEAKER_PARTICIPANT
               ? arena_printf(http_arena(ex), "p%d", (int)choice.participant).ptr
               : codes[choice.kind];
}

size_t fieldwork_turns_of_nobody(const struct transcript *read)
{
    size_t count = 0;
    for (size_t i = 0; i < read->turn_count; i++) {
        count += read->turns[i].speaker == TRANSCRIPT_NOBODY;
    }
    return count;
}

struct slice fieldwork_speaker_name(const struct transcript *read, size_t speaker)
{
    return speaker < read->speaker_count ? read->speakers[speaker].name : SLICE("");
}

const char *fieldwork_code_for(const struct preview *p, struct http_exchange *ex, size_t speaker)
{
    const struct slice name = fieldwork_speaker_name(&p->read, speaker);
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
    const size_t of_nobody = fieldwork_turns_of_nobody(&p->read);
    json_t *list = json_array();
    for (size_t i = 0; i < p->read.speaker_count + (of_nobody > 0 ? 1 : 0); i++) {
        const bool nobody = i == p->read.speaker_count;
        const struct slice name = fieldwork_speaker_name(&p->read, i);
        json_t *row = json_pack("{s:I,s:I,s:o}", "n", (json_int_t)i, "turns",
                                (json_int_t)(nobody ? of_nobody : p->read.speakers[i].turns), "options",
                                speaker_options(p, ex, fieldwork_code_for(p, ex, i), !nobody));
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
            turn->speaker == TRANSCRIPT_NOBODY ? SLICE("") : fieldwork_speaker_name(&p->read, turn->speaker);
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

const char *fieldwork_reading_mark(const struct preview *p, struct http_exchange *ex)
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

/* What a corrected file would change, as far as it is known who is who. */
static void put_revision(json_t *context, const struct preview *p, struct http_exchange *ex)
{
    const struct collation *c = &p->revision.collation;
    const struct {
        const char *name;
        size_t count;
    } counts[] = {{"same", c->same},
                  {"changed", c->changed},
                  {"added", c->added},
                  {"gone", c->gone_count},
                  {"redacted", c->redacted}};
    if (p->current.number == 0) {
        return;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        json_t *row = json_object();
        fieldwork_put_format(row, "text", ex, p->f,
                             arena_printf(http_arena(ex), "fieldwork.revise.%s", counts[i].name).ptr, "count",
                             arena_printf(http_arena(ex), "%zu", counts[i].count).ptr);
        if (counts[i].count > 0 || i == 0) {
            json_array_append_new(list, row);
        } else {
            json_decref(row);
        }
    }
    json_object_set_new(context, "revision", json_pack("{s:o}", "lines", list));
}

void fieldwork_show_preview(const struct preview *p, struct http_exchange *ex, int http_status,
                            const char *said, const json_t *wrong)
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
    json_object_set_new(context, "reading", json_string(fieldwork_reading_mark(p, ex)));
    json_object_set_new(context, "correcting", json_boolean(p->current.number > 0));
    if (p->readable) {
        put_reading(context, p, ex);
        put_revision(context, p, ex);
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
