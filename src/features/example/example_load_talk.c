/* Loading conversations: planned, who came, what they agreed to, and the transcript once consent allows it.
 */
#include "features/example/example_internal.h"

#include "features/fieldwork/fieldwork.h"

#include <string.h>

struct loading_talk {
    const struct example_loading *loading;
    struct json_errors errors;
    bool there; /* it was done before */
    size_t conversations, participants;
};

static bool faulty(struct loading_talk *l, const char *what)
{
    for (size_t i = 0; i < json_errors_kept(&l->errors); i++) {
        example_tell(l->loading, "%s: %s: %s", what, l->errors.items[i].pointer, l->errors.items[i].detail);
    }
    return l->errors.count > 0;
}

static enum db_status add_person(struct loading_talk *l, struct db_tx *tx,
                                 const struct conversation *conversation, const json_t *entry)
{
    const struct example_config *config = l->loading->config;
    const struct survey_round *round = l->loading->rounds[EXAMPLE_ROUNDS - 1];
    const json_t *consent = json_object_get(entry, "toestemming");
    const json_t *document = json_object_get(entry, "deelnemer");
    struct slice code;
    json_t *kept = NULL;
    int32_t id = 0;
    bool saved;
    enum db_status status =
        participant_save(&saved, &id, &l->errors, tx, config->keys, conversation, round, document);
    if (status == DB_OK && saved && consent) {
        status = participant_find(&kept, &code, tx, l->loading->arena, id);
    }
    if (status == DB_OK && kept) {
        status = consent_note(&saved, &l->errors, tx, id, kept, consent, config->now_s, EXAMPLE_ACTOR);
    }
    l->participants++;
    return status;
}

/* Reads the file and tells speakers by their pseudonyms, as the page does that shows what was recognised. */
static enum db_status load_text(struct loading_talk *l, struct db_tx *tx,
                                const struct conversation *conversation, const json_t *talk)
{
    struct arena *arena = l->loading->arena;
    struct transcript_draft draft = {.of_recording = true};
    struct transcript read;
    json_t *people;
    bool loaded = false;
    size_t came;
    enum db_status status = participant_list(&people, tx, arena, conversation->id);
    if (status != DB_OK) {
        return status;
    }
    json_t *lacks = transcript_lacks(&came, people, draft.of_recording);
    const bool allowed = came > 0 && json_array_size(lacks) == 0;
    json_decref(lacks);
    if (!allowed ||
        !example_transcript_file(&draft, arena, json_object_get(talk, "tekst"), l->conversations,
                                 l->loading->config->now_s) ||
        !transcript_read(&read, arena, draft.format, draft.file, NULL)) {
        json_errors_add(&l->errors, "/tekst", "toestemming", "De tekst is niet te laden.");
        return DB_OK;
    }
    struct speaker_choice *choices = arena_array(arena, read.speaker_count + 1, sizeof *choices);
    choices[read.speaker_count] = (struct speaker_choice){.kind = SPEAKER_UNKNOWN};
    for (size_t i = 0; i < read.speaker_count; i++) {
        choices[i] = speaker_guess(read.speakers[i].name, conversation->document, people, NULL, 0);
        if (choices[i].kind == SPEAKER_UNCHOSEN) {
            json_errors_add(&l->errors, "/tekst", "spreker", "Een spreker hoort bij niemand: %.*s.",
                            SLICE_ARG(read.speakers[i].name));
            return DB_OK;
        }
    }
    status = transcript_draft_keep(&draft.id, tx, conversation->id, &draft, EXAMPLE_ACTOR,
                                   l->loading->config->now_s);
    return status == DB_OK
               ? transcript_load(&loaded, tx, conversation->id, &read, choices, &draft, EXAMPLE_ACTOR)
               : status;
}

static enum db_status set_parts(struct loading_talk *l, struct db_tx *tx,
                                const struct conversation *conversation, const json_t *talk)
{
    struct transcript_version *versions;
    size_t count, i;
    const json_t *part;
    enum db_status status = transcript_versions(&versions, &count, tx, l->loading->arena, conversation->id);
    if (status != DB_OK || count == 0) {
        return status;
    }
    json_array_foreach(json_object_get(talk, "onderdelen"), i, part)
    {
        if (status == DB_OK) {
            status = transcript_set_part(
                tx, versions[0].id, (int32_t)json_integer_value(json_object_get(part, "van")),
                (int32_t)json_integer_value(json_object_get(part, "tot")),
                slice_from_cstr(json_string_value(json_object_get(part, "onderdeel"))));
        }
    }
    return status;
}

static enum db_status load_talk(struct loading_talk *l, struct db_tx *tx, const json_t *talk)
{
    struct arena *arena = l->loading->arena;
    const struct survey_round *round = l->loading->rounds[EXAMPLE_ROUNDS - 1];
    const json_t *wanted = json_object_get(talk, "gesprek");
    const bool is_group = strcmp(json_string_value(json_object_get(wanted, "soort")), "focusgroep") == 0;
    json_t *document = json_deep_copy(wanted);
    enum conversation_outcome outcome;
    struct conversation conversation = {.found = false};
    struct slice code;
    size_t i;
    const json_t *entry;
    json_object_set_new(document, "leidraad", json_integer(l->loading->guides[is_group]));
    json_object_set_new(document, "segment", json_string(example_segment_of(l->loading->made, talk)));
    enum db_status status =
        conversation_create(&outcome, &code, &l->errors, tx, round, document, EXAMPLE_ACTOR);
    json_decref(document);
    if (status != DB_OK || outcome != CONVERSATION_SAVED) {
        return status;
    }
    status = conversation_find(&conversation, tx, arena, code, true);
    json_array_foreach(json_object_get(talk, "deelnemers"), i, entry)
    {
        if (status == DB_OK && l->errors.count == 0) {
            status = add_person(l, tx, &conversation, entry);
        }
    }
    status = status == DB_OK && l->errors.count == 0 ? load_text(l, tx, &conversation, talk) : status;
    l->conversations++;
    return status == DB_OK && l->errors.count == 0 ? set_parts(l, tx, &conversation, talk) : status;
}

static enum db_status talk_work(struct db_tx *tx, void *context)
{
    struct loading_talk *l = context;
    json_t *there;
    size_t i;
    const json_t *talk;
    enum db_status status =
        conversation_list(&there, tx, l->loading->arena, l->loading->rounds[EXAMPLE_ROUNDS - 1]->id);
    l->there = status == DB_OK && json_array_size(there) > 0;
    l->conversations = l->participants = 0;
    if (status == DB_OK && !l->there) {
        status = example_load_plans(&l->errors, tx, l->loading);
    }
    json_array_foreach(json_object_get(l->loading->made, "gesprekken"), i, talk)
    {
        if (status == DB_OK && !l->there && l->errors.count == 0) {
            status = load_talk(l, tx, talk);
        }
    }
    return status == DB_OK && l->errors.count > 0 ? DB_ROLLBACK : status;
}

enum db_status example_load_talk(bool *good, const struct example_loading *loading)
{
    struct loading_talk l = {.loading = loading};
    json_errors_init(&l.errors, loading->arena);
    const enum db_status status =
        db_transaction(loading->config->conn, "example-talk", DB_ROLE_STAFF, talk_work, &l);
    *good = !faulty(&l, "gesprekken");
    if (status == DB_OK) {
        example_tell(loading,
                     l.there ? "conversations: there already" : "conversations: %zu, with %zu participants",
                     l.conversations, l.participants);
    }
    return status == DB_ROLLBACK ? DB_OK : status;
}
