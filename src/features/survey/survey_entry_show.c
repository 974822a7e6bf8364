/* What staff see of a form that they type over: the choices that go along from form to form, and the form. */
#include "features/survey/survey_entry.h"

#include "base/clock.h"

#include <string.h>

enum { DAY_S = 86400, DAY_CHARS = 10 /* YYYY-MM-DD */ };

const char *const entry_topic_names[QUESTIONNAIRE_MAX_DRAWS] = {"onderwerp_1", "onderwerp_2", "onderwerp_3",
                                                                "onderwerp_4"};

bool entry_has_stream(const struct survey_round *round, int stream)
{
    bool has = stream == STREAM_OPEN || stream == STREAM_ORGANISATION;
    const json_t *links = json_object_get(round->own, "links");
    const char *word;
    json_t *by;
    json_object_foreach((json_t *)(uintptr_t)links, word, by)
    {
        has = has || (stream >= 0 && strcmp(json_string_value(by), survey_stream_codes[stream]) == 0);
    }
    return has;
}

void entry_seal(unsigned char mac[ENTRY_MAC_BYTES], const struct http_exchange *ex, const struct visit *visit)
{
    char code[CODE_TEXT_BYTES];
    code_format(code, &visit->code);
    const struct slice parts[] = {slice_from_cstr(code), slice_from_cstr(visit->round->code), SLICE("\n"),
                                  slice_from_cstr(staff_caller(ex)->label)};
    crypto_keyed_hash_parts(mac, ENTRY_MAC_BYTES, visit->survey->config.keys, CRYPTO_KEY_FORM_TOKEN, "invoer",
                            parts, sizeof parts / sizeof parts[0]);
}

static json_t *variants_of(const struct visit *visit)
{
    json_t *list = json_array();
    for (int i = 0; i < visit->round->variant_count; i++) {
        int variant = visit->round->variants[i];
        json_array_append_new(
            list,
            json_pack("{s:s,s:s,s:b}", "code",
                      questionnaire_variant_code(visit->round->questionnaire, variant), "label",
                      questionnaire_variant_title(visit->round->questionnaire, variant, visit->language),
                      "selected", (int)(variant == visit->state.variant)));
    }
    return list;
}

static void put_text(json_t *context, const char *key, const struct entry *entry, const char *path)
{
    struct slice text = survey_text(&entry->visit, path);
    json_object_set_new(context, key, json_stringn(text.ptr, text.len));
}

static json_t *streams_of(const struct entry *entry)
{
    static const char *const texts[] = {"entry.stream_open", "entry.stream_invited", "entry.stream_panel",
                                        "entry.stream_organisation"};
    const struct visit *visit = &entry->visit;
    json_t *list = json_array();
    for (int stream = STREAM_OPEN; stream <= STREAM_ORGANISATION; stream++) {
        const struct slice label = survey_text(visit, texts[stream]);
        if (entry_has_stream(visit->round, stream)) {
            json_array_append_new(list, json_pack("{s:s,s:s%,s:b}", "code", survey_stream_codes[stream],
                                                  "label", label.ptr, label.len, "selected",
                                                  entry->stream_known && (int)visit->state.stream == stream));
        }
    }
    return list;
}

/* The days between which it can have come in; while the round runs the last of them is today, and stands
 * there already. */
static void put_received(json_t *context, struct http_exchange *ex, const struct entry *entry)
{
    char bound[2][CLOCK_RFC3339_BYTES];
    int32_t first, last;
    survey_round_paper_came(&first, &last, entry->visit.round, entry->visit.survey->config.now_s());
    clock_format_rfc3339(bound[0], (int64_t)first * DAY_S);
    clock_format_rfc3339(bound[1], (int64_t)last * DAY_S);
    const struct slice usual = entry->late ? SLICE("") : (struct slice){bound[1], DAY_CHARS};
    const struct slice typed = entry->chosen ? entry->received_text : usual;
    json_object_set_new(context, "received", json_stringn(typed.ptr ? typed.ptr : "", typed.len));
    json_object_set_new(context, "received_first", json_stringn(bound[0], DAY_CHARS));
    json_object_set_new(context, "received_last", json_stringn(bound[1], DAY_CHARS));
    if (entry->late) {
        const int32_t paper_day = survey_round_paper_day(entry->visit.round);
        staff_set_date(context, "late_until", ex, entry->visit.survey->config.account,
                       (int64_t)paper_day * DAY_S);
    }
}

static void add_hidden(json_t *list, const char *name, struct slice value)
{
    json_array_append_new(list, json_pack("{s:s,s:s%}", "name", name, "value", value.ptr, value.len));
}

static json_t *hidden_of(const struct entry *entry)
{
    const struct visit *visit = &entry->visit;
    json_t *list = json_array();
    add_hidden(list, "kanaal", slice_from_cstr(survey_channel_codes[visit->state.channel]));
    add_hidden(list, "werving", slice_from_cstr(survey_stream_codes[visit->state.stream]));
    add_hidden(
        list, "versie",
        slice_from_cstr(questionnaire_variant_code(visit->round->questionnaire, visit->state.variant)));
    if (visit->state.channel == CHANNEL_PAPER) {
        add_hidden(list, "ontvangen", entry->received_text);
    }
    for (int d = 0; d < visit->presentation.draw_count; d++) {
        add_hidden(list, entry_topic_names[d], entry->topics[d]);
    }
    return list;
}

/* Of choices that were sent. */
static void put_faults(json_t *context, const struct http_exchange *ex, const struct entry *entry)
{
    const struct account *account = entry->visit.survey->config.account;
    if (entry->chosen && !entry->stream_known) {
        staff_fault(context, ex, account, "werving", "entry.bad_stream");
    }
    if (entry->chosen && entry->visit.state.channel == CHANNEL_PAPER && entry->received_day == 0) {
        staff_fault(context, ex, account, "ontvangen", "entry.bad_day");
    }
}

/* The form, with the code in visit->code; before the choices are made, those alone. */
static json_t *form_context(struct http_exchange *ex, const struct entry *entry)
{
    const struct visit *visit = &entry->visit;
    const struct questionnaire *q = visit->round->questionnaire;
    json_t *context = entry->whole
                          ? json_copy(questionnaire_entry_context(
                                http_arena(ex), q, &visit->presentation, visit->language, entry->fields,
                                entry->field_count, entry->errors.count > 0 ? &entry->errors : NULL))
                          : json_object();
    put_text(context, "title", entry, "entry.title");
    json_object_set_new(context, "round_code", json_string(visit->round->code));
    json_object_set_new(context, "phone", json_boolean(visit->state.channel == CHANNEL_PHONE));
    json_object_set_new(context, "late", json_boolean(entry->late));
    json_object_set_new(context, "streams", streams_of(entry));
    put_received(context, ex, entry);
    json_object_set_new(context, "variants", variants_of(visit));
    json_object_set(
        context, "topics",
        questionnaire_entry_topics(http_arena(ex), q, &visit->presentation, visit->language, entry->topics));
    json_object_set_new(context, "whole", json_boolean(entry->whole));
    put_faults(context, ex, entry);
    if (entry->whole) {
        unsigned char mac[ENTRY_MAC_BYTES];
        char hex[2 * ENTRY_MAC_BYTES + 1];
        char code[CODE_TEXT_BYTES];
        entry_seal(mac, ex, visit);
        crypto_hex(hex, mac, ENTRY_MAC_BYTES);
        code_format(code, &visit->code);
        json_object_set_new(context, "code", json_string(code));
        json_object_set_new(context, "seal", json_string(hex));
        json_object_set_new(context, "hidden", hidden_of(entry));
    }
    return context;
}

void entry_show(struct http_exchange *ex, const struct entry *entry, int status, const char *said,
                struct slice stored)
{
    json_t *context = form_context(ex, entry);
    if (said) {
        put_text(context, "said", entry, said);
    }
    if (stored.len > 0) {
        json_object_set_new(context, "stored_code", json_stringn(stored.ptr, stored.len));
    }
    /* Where the first answer is typed, unless something has to be read first. */
    json_object_set_new(context, "begins", json_boolean(entry->whole && !said && entry->errors.count == 0));
    staff_render(ex, entry->visit.survey->config.account, status, "staff_entry", context);
}
