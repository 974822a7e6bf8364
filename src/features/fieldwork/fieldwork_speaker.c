/* Who a speaker of a transcript is: what somebody chose, and what a name tells by itself. Pure. */
#include "features/fieldwork/fieldwork_transcript.h"

#include "base/utf8.h"

#include <string.h>

static struct slice text_of(const json_t *object, const char *member)
{
    const json_t *value = json_object_get(object, member);
    return json_is_string(value) ? (struct slice){json_string_value(value), json_string_length(value)}
                                 : (struct slice){"", 0};
}

/* Only who came said something. */
static struct speaker_choice as_participant(const json_t *participant)
{
    if (!slice_equal_cstr(text_of(participant, "stand"), "gekomen")) {
        return (struct speaker_choice){SPEAKER_UNCHOSEN, 0, false};
    }
    return (struct speaker_choice){SPEAKER_PARTICIPANT,
                                   (int32_t)json_integer_value(json_object_get(participant, "deelnemer")),
                                   json_object_get(participant, "ingetrokkenOp") != NULL};
}

static struct speaker_choice participant_of(const json_t *participants, int64_t id)
{
    size_t i;
    const json_t *item;
    json_array_foreach(participants, i, item)
    {
        if (json_integer_value(json_object_get(item, "deelnemer")) == id) {
            return as_participant(item);
        }
    }
    return (struct speaker_choice){SPEAKER_UNCHOSEN, 0, false};
}

struct speaker_choice speaker_choice_read(struct slice text, const json_t *participants)
{
    static const struct {
        const char *word;
        enum speaker_kind kind;
    } words[] = {{"moderator", SPEAKER_MODERATOR},
                 {"notulist", SPEAKER_NOTE_TAKER},
                 {"onbekend", SPEAKER_UNKNOWN},
                 {"geen", SPEAKER_NONE}};
    uint64_t id;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (slice_equal_cstr(text, words[i].word)) {
            return (struct speaker_choice){words[i].kind, 0, false};
        }
    }
    if (text.len > 1 && text.ptr[0] == 'p' &&
        slice_to_u64(&id, (struct slice){text.ptr + 1, text.len - 1}, INT32_MAX)) {
        return participant_of(participants, (int64_t)id);
    }
    return (struct speaker_choice){SPEAKER_UNCHOSEN, 0, false};
}

/* The same but for case and accents. Names are short: a name past the room is nobody's. */
static bool same_name(struct slice a, struct slice b)
{
    enum { ROOM = 200 };
    uint32_t folded[2][ROOM];
    size_t length[2] = {0, 0};
    const struct slice names[2] = {slice_trim(a), slice_trim(b)};
    for (int n = 0; n < 2; n++) {
        struct slice rest = names[n];
        uint32_t point = 0;
        for (size_t size; (size = utf8_next(&point, rest)) > 0; rest.ptr += size, rest.len -= size) {
            const uint32_t letter = unicode_fold(point);
            if (letter != 0 && length[n] == ROOM) {
                return false;
            }
            if (letter != 0) {
                folded[n][length[n]++] = letter;
            }
        }
    }
    return length[0] > 0 && length[0] == length[1] &&
           memcmp(folded[0], folded[1], length[0] * sizeof folded[0][0]) == 0;
}

static bool is_one_of(struct slice name, const char *const *words)
{
    for (size_t i = 0; words[i]; i++) {
        if (same_name(name, slice_from_cstr(words[i]))) {
            return true;
        }
    }
    return false;
}

static struct slice first_word(struct slice name)
{
    struct slice first, rest;
    slice_cut(&first, &rest, slice_trim(name), ' ');
    return first;
}

/* The whole name, else a first name that one of them has. */
static int32_t by_name(struct slice name, const struct participant_name *names, size_t count)
{
    int32_t found = 0;
    size_t times = 0;
    for (size_t i = 0; i < count; i++) {
        if (same_name(name, names[i].name)) {
            return names[i].participant;
        }
        if (same_name(name, first_word(names[i].name))) {
            found = names[i].participant;
            times++;
        }
    }
    return times == 1 ? found : 0;
}

struct speaker_choice speaker_guess(struct slice name, const json_t *conversation, const json_t *participants,
                                    const struct participant_name *names, size_t name_count)
{
    static const char *const moderators[] = {"moderator", "gespreksleider", "interviewer", "int", "mod",
                                             NULL};
    static const char *const note_takers[] = {"notulist", "verslaglegger", NULL};
    size_t i;
    const json_t *item;
    json_array_foreach(participants, i, item)
    {
        if (same_name(name, text_of(item, "pseudoniem"))) {
            return as_participant(item);
        }
    }
    if (is_one_of(name, moderators) || same_name(name, text_of(conversation, "gespreksleider"))) {
        return (struct speaker_choice){SPEAKER_MODERATOR, 0, false};
    }
    if (is_one_of(name, note_takers) || same_name(name, text_of(conversation, "notulist"))) {
        return (struct speaker_choice){SPEAKER_NOTE_TAKER, 0, false};
    }
    return participant_of(participants, by_name(name, names, name_count));
}

json_t *transcript_lacks(size_t *came, const json_t *participants, bool of_recording)
{
    size_t i;
    const json_t *item;
    json_t *out = json_array();
    *came = 0;
    json_array_foreach(participants, i, item)
    {
        const enum consent_lack lack = consent_lacks(item, of_recording);
        const bool there = lack != CONSENT_WITHDRAWN && lack != CONSENT_NOT_PRESENT;
        *came += there;
        if (there && lack != CONSENT_ENOUGH) {
            json_array_append_new(
                out, json_pack("{s:O,s:O,s:s}", "deelnemer", json_object_get(item, "deelnemer"), "pseudoniem",
                               json_object_get(item, "pseudoniem"), "lacks", consent_lack_names[lack]));
        }
    }
    return out;
}
