/* Bringing in what was said: a file or pasted text, which waits until somebody said who speaks in it
 * (fieldwork_speaker_pages.c). Nothing waits before those who came agreed to it. */
#include "features/fieldwork/fieldwork_internal.h"

#include "base/utf8.h"

#include <stdio.h>

enum {
    UPLOAD_BODY = TRANSCRIPT_FILE_MAX + 512 * 1024, /* beside the file: the debrief, and what parts cost */
    ECHO_MAX = 512 * 1024 /* bytes typed that a page shows again: all of them escaped still make a page */
};

const char *const fieldwork_encodings[] = {"UTF-8", "windows-1252", "macintosh", "IBM850", "UTF-16LE", NULL};

static const struct form_field load_fields[] = {
    {"bron", FORM_CHOICE, false, transcript_sources},
    {"bestand", FORM_FILE, true, NULL},
    {"tekst", FORM_AREA, true, NULL},
    {"nabespreking", FORM_AREA, true, NULL},
    {"tekenset", FORM_CHOICE, true, fieldwork_encodings},
};
enum { LOAD_FIELDS = sizeof load_fields / sizeof load_fields[0], REASON_MAX = 2000 };
/* Where a text stands already: what it comes from was said then, and what the moderator wrote stays. */
static const struct form_field correct_fields[] = {
    {"bestand", FORM_FILE, true, NULL},
    {"tekst", FORM_AREA, true, NULL},
    {"waarom", FORM_AREA, false, NULL},
    {"tekenset", FORM_CHOICE, true, fieldwork_encodings},
};
enum { CORRECT_FIELDS = sizeof correct_fields / sizeof correct_fields[0] };

/* The text that stands, if any. */
struct standing {
    bool there, of_recording;
};

static enum db_status standing_of(struct standing *out, struct db_tx *tx, struct arena *arena,
                                  const struct conversation *c)
{
    size_t count;
    struct transcript_version *versions;
    enum db_status status = transcript_versions(&versions, &count, tx, arena, c->id);
    *out = (struct standing){.there = status == DB_OK && count > 0};
    out->of_recording = out->there && slice_equal_cstr(versions[0].source, transcript_sources[0]);
    return status;
}

/* ---- who lacks what ---- */

static json_t *lacks_shown(struct http_exchange *ex, const struct fieldwork *f, const json_t *lacks)
{
    size_t i;
    const json_t *item;
    json_t *list = json_array();
    json_array_foreach(lacks, i, item)
    {
        char path[64];
        json_t *row = json_pack("{s:O,s:O}", "pseudoniem", json_object_get(item, "pseudoniem"), "deelnemer",
                                json_object_get(item, "deelnemer"));
        snprintf(path, sizeof path, "fieldwork.lacks.%s", json_string_value(json_object_get(item, "lacks")));
        fieldwork_put_text(row, "word", ex, f, path);
        json_array_append_new(list, row);
    }
    return list;
}

const char *fieldwork_load_hindrance(const json_t *participants, bool of_recording)
{
    size_t came;
    json_t *lacks = transcript_lacks(&came, participants, of_recording);
    const char *path = came == 0                    ? "fieldwork.load.nobody"
                       : json_array_size(lacks) > 0 ? "fieldwork.load.lacks"
                                                    : NULL;
    json_decref(lacks);
    return path;
}

/* ---- the form ---- */

static void show_load(struct http_exchange *ex, struct fieldwork *f, const struct conversation *c,
                      const struct standing *standing, const json_t *participants, const json_t *values,
                      const struct json_errors *errors)
{
    size_t came;
    const bool there = standing->there, wants_recording = !there || standing->of_recording;
    json_t *lacks = transcript_lacks(&came, participants, wants_recording);
    json_t *context = fieldwork_titled(ex, f, there ? "fieldwork.revise.title" : "fieldwork.load.title");
    const char *why = fieldwork_load_hindrance(participants, there && standing->of_recording);
    form_show(context, ex, web_locales(f->config.web), there ? correct_fields : load_fields,
              there ? CORRECT_FIELDS : LOAD_FIELDS, values, NULL, errors);
    json_object_set_new(context, "conversation", json_string(conversation_code(c)));
    json_object_set_new(context, "back_path", json_string(conversation_address(ex, c, "")));
    json_object_set_new(context, "action", json_string(conversation_address(ex, c, "/laden")));
    json_object_set_new(context, "may", json_boolean(!why));
    json_object_set_new(context, "there", json_boolean(there));
    if (why) {
        fieldwork_put_text(context, "why", ex, f, why);
    } else if (json_array_size(lacks) > 0) {
        fieldwork_put_text(context, "why", ex, f, "fieldwork.load.lacks_recording");
    }
    json_object_set_new(context, "lacks", lacks_shown(ex, f, lacks));
    json_object_set_new(context, "any_lacks", json_boolean(json_array_size(lacks) > 0));
    json_decref(lacks);
    staff_render(ex, f->config.account, errors && errors->count > 0 ? 400 : 200, "staff_transcript_load",
                 context);
}

static json_t *typed(struct slice text)
{
    return json_stringn(text.len > 0 ? text.ptr : "", text.len <= ECHO_MAX ? text.len : 0);
}

/* Of ?concept=N, what was pasted before, to be changed; unless somebody no longer agrees to it. */
static enum db_status pasted_before(json_t *values, struct db_tx *tx, struct http_exchange *ex,
                                    const struct conversation *c, const json_t *participants)
{
    struct transcript_draft draft = {0};
    struct slice text;
    uint64_t id = 0;
    bool found = false;
    enum db_status status = DB_OK;
    if (http_query(&text, ex, "concept") && slice_to_u64(&id, text, INT32_MAX)) {
        status = transcript_draft_find(&found, &draft, tx, http_arena(ex), c->id, (int32_t)id);
    }
    if (found && !fieldwork_load_hindrance(participants, draft.of_recording)) {
        json_object_set_new(values, "bron", json_string(transcript_sources[draft.of_recording ? 0 : 1]));
        json_object_set_new(values, "nabespreking", typed(draft.debrief));
        json_object_set_new(values, "waarom", typed(draft.reason));
        json_object_set_new(values, "tekst", typed(draft.file_name.len == 0 ? draft.file : SLICE("")));
    }
    return status;
}

static enum db_status get_load(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct conversation c;
    const struct survey_round *round;
    json_t *participants;
    enum db_status status;
    if (!fieldwork_conversation(&c, &round, &status, self, tx, ex, http_path_param(ex, "gesprek"), false)) {
        return status;
    }
    json_t *values = json_object();
    struct standing standing;
    status = participant_list(&participants, tx, http_arena(ex), c.id);
    status = status == DB_OK ? standing_of(&standing, tx, http_arena(ex), &c) : status;
    status = status == DB_OK ? pasted_before(values, tx, ex, &c, participants) : status;
    if (status == DB_OK) {
        show_load(ex, self, &c, &standing, participants, values, NULL);
    }
    json_decref(values);
    return status;
}

/* Fills the draft from what was posted; adds what is wrong. */
static void read_upload(struct transcript_draft *draft, struct json_errors *errors, struct http_exchange *ex,
                        const struct standing *standing)
{
    struct slice source = {"", 0}, text = {"", 0}, debrief = {"", 0}, reason = {"", 0};
    struct http_file file = {{"", 0}, {"", 0}, {"", 0}};
    http_form_value(&source, ex, "bron");
    http_form_value(&text, ex, "tekst");
    http_form_value(&debrief, ex, "nabespreking");
    http_form_value(&draft->encoding, ex, "tekenset");
    http_form_file(&file, ex, "bestand");
    http_form_value(&reason, ex, "waarom");
    draft->of_recording =
        standing->there ? standing->of_recording : slice_equal_cstr(source, transcript_sources[0]);
    draft->reason = standing->there ? slice_trim(utf8_clean(http_arena(ex), reason)) : SLICE("");
    if (standing->there && (draft->reason.len == 0 || utf8_length(draft->reason) > REASON_MAX)) {
        json_errors_add(errors, "/waarom", "reden",
                        "Vul in waarom u de tekst verbetert, in ten hoogste 2.000 tekens.");
    }
    if (!standing->there && !draft->of_recording && !slice_equal_cstr(source, transcript_sources[1])) {
        json_errors_add(errors, "/bron", "keuze", "Kies of dit uit een opname komt, of uit aantekeningen.");
    }
    text = slice_trim(text);
    if (file.bytes.len > 0 && text.len > 0) {
        json_errors_add(errors, "/bestand", "dubbel", "Kies een bestand, of plak de tekst. Niet allebei.");
    } else if (file.bytes.len == 0 && text.len == 0) {
        json_errors_add(errors, "/bestand", "leeg", "%s",
                        file.file_name.len > 0 ? "Kies een ander bestand: dit bestand is leeg."
                                               : "Kies een bestand, of plak de tekst hieronder.");
    } else if (file.bytes.len > TRANSCRIPT_FILE_MAX) {
        json_errors_add(
            errors, "/bestand", "te-groot",
            "Kies een kleiner bestand: ten hoogste 10 MB past. Maak er anders twee gesprekken van.");
    }
    draft->file = file.bytes.len > 0 ? file.bytes : text;
    draft->file_name = file.bytes.len > 0 ? file.file_name : SLICE("");
    if (file.bytes.len > 0 && draft->file_name.len == 0) {
        draft->file_name = SLICE("?");
    }
    draft->format = transcript_format_guess(draft->file, draft->file_name);
    if (text.len > 0) {
        draft->encoding = SLICE("UTF-8"); /* a form's, whatever the file was in that it was copied from */
    }
    draft->debrief =
        standing->there ? SLICE("") : unicode_nfc(http_arena(ex), utf8_clean(http_arena(ex), debrief));
    if (draft->debrief.len > TRANSCRIPT_DEBRIEF_MAX) {
        json_errors_add(errors, "/nabespreking", "te-lang",
                        "Maak de nabespreking korter: ten hoogste 100 kB.");
    }
}

static void check_consent(struct json_errors *errors, const struct standing *standing,
                          const json_t *participants, bool of_recording)
{
    if (fieldwork_load_hindrance(participants, of_recording)) {
        json_errors_add(errors, standing->there ? "/bestand" : "/bron", "toestemming", "%s",
                        of_recording
                            ? "Niet iedereen vindt een opname goed. Hierboven staat bij wie dit zo is."
                            : "Niet iedereen doet mee. Hierboven staat bij wie dit zo is.");
    }
}

static enum db_status post_load(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct fieldwork *f = self;
    struct conversation c;
    const struct survey_round *round;
    struct json_errors errors;
    struct transcript_draft draft = {.encoding = SLICE("")};
    json_t *participants;
    enum db_status status;
    if (!fieldwork_conversation(&c, &round, &status, f, tx, ex, http_path_param(ex, "gesprek"), true)) {
        return status;
    }
    struct standing standing;
    status = participant_list(&participants, tx, http_arena(ex), c.id);
    status = status == DB_OK ? standing_of(&standing, tx, http_arena(ex), &c) : status;
    if (status != DB_OK) {
        return status;
    }
    json_errors_init(&errors, http_arena(ex));
    read_upload(&draft, &errors, ex, &standing);
    check_consent(&errors, &standing, participants, draft.of_recording);
    if (errors.count == 0) {
        status =
            transcript_draft_keep(&draft.id, tx, c.id, &draft, staff_caller(ex)->label, f->config.now_s());
        http_redirect(
            ex,
            arena_printf(http_arena(ex), "%s/%d", conversation_address(ex, &c, "/laden"), (int)draft.id).ptr);
    } else {
        json_t *values = standing.there ? form_read(ex, correct_fields, CORRECT_FIELDS)
                                        : form_read(ex, load_fields, LOAD_FIELDS);
        struct slice text = {"", 0};
        http_form_value(&text, ex, "tekst");
        json_object_set_new(values, "tekst", typed(text));
        show_load(ex, f, &c, &standing, participants, values, &errors);
        json_decref(values);
    }
    return status;
}

const struct route fieldwork_load_routes[] = {
    FIELDWORK_GET_OF(CONVERSATION_PATH "/{gesprek}/laden", get_load, PERMISSION_FIELDWORK_MANAGE,
                     "taal,concept"),
    {.http = {.method = HTTP_POST,
              .path = CONVERSATION_PATH "/{gesprek}/laden",
              .surface = HTTP_PAGE,
              .body = HTTP_BODY_UPLOAD,
              .body_max = UPLOAD_BODY,
              .csrf = HTTP_CSRF_REQUIRED,
              .scope = PERMISSION_FIELDWORK_MANAGE},
     .on_job = post_load,
     .role = DB_ROLE_STAFF},
};
const size_t fieldwork_load_route_count = sizeof fieldwork_load_routes / sizeof fieldwork_load_routes[0];
