#include "features/survey/survey_draft.h"

#include "base/buffer.h"

#include <string.h>

enum { HOW_HELPED = 1, HOW_FOR_ORGANISATION = 2 };
enum { FORMAT = 1, MAX_PLAIN = 512 * 1024 };

/* The fixed head in front of the page code and the packed answers; little-endian, no padding. */
struct head {
    uint8_t format, variant, language, stream, channel, quality, how, page_len;
    uint32_t fast_pages;
    uint32_t started_minute;
    int32_t base_revision;
};
_Static_assert(sizeof(struct head) == 20, "the head is stored: its layout is part of the format");

static struct slice bound_to(const struct participation *who)
{
    return (struct slice){(const char *)who->draft_id, sizeof who->draft_id};
}

struct slice draft_seal(struct arena *arena, const struct questionnaire *q, const struct participation *who,
                        const struct draft_state *state)
{
    struct slice packed = answers_pack(arena, q, &state->answers);
    size_t page_len = strnlen(state->page, sizeof state->page - 1);
    struct head head = {.format = FORMAT,
                        .variant = (uint8_t)state->variant,
                        .language = (uint8_t)state->language,
                        .stream = (uint8_t)state->stream,
                        .channel = (uint8_t)state->channel,
                        .quality = (uint8_t)state->quality,
                        .how = (uint8_t)((state->helped ? HOW_HELPED : 0) |
                                         (state->for_organisation ? HOW_FOR_ORGANISATION : 0)),
                        .page_len = (uint8_t)page_len,
                        .fast_pages = state->fast_pages,
                        .started_minute = state->started_minute,
                        .base_revision = state->base_revision};
    struct buffer plain;
    buffer_init(&plain, MAX_PLAIN);
    buffer_append(&plain, (struct slice){(const char *)&head, sizeof head});
    buffer_append(&plain, (struct slice){state->page, page_len});
    buffer_append(&plain, packed);
    struct slice sealed = {NULL, 0};
    if (!buffer_failed(&plain)) {
        sealed = crypto_seal(arena, who->draft_key, buffer_slice(&plain), bound_to(who));
    }
    buffer_free(&plain);
    return sealed;
}

bool draft_open(struct draft_state *out, struct arena *arena, const struct questionnaire *q,
                const struct participation *who, struct slice sealed)
{
    struct slice plain;
    struct head head;
    *out = (struct draft_state){0};
    if (!crypto_open(&plain, arena, who->draft_key, sealed, bound_to(who)) || plain.len < sizeof head) {
        return false;
    }
    memcpy(&head, plain.ptr, sizeof head);
    plain.ptr += sizeof head;
    plain.len -= sizeof head;
    if (head.format != FORMAT || head.page_len >= sizeof out->page || head.page_len > plain.len ||
        head.language > 1 || head.stream > STREAM_ORGANISATION || head.channel > CHANNEL_API ||
        head.variant >= questionnaire_variant_count(q)) {
        return false;
    }
    out->variant = head.variant;
    out->language = head.language;
    out->stream = (enum survey_stream)head.stream;
    out->channel = (enum survey_channel)head.channel;
    out->quality = head.quality;
    out->helped = (head.how & HOW_HELPED) != 0;
    out->for_organisation = (head.how & HOW_FOR_ORGANISATION) != 0;
    out->fast_pages = head.fast_pages;
    out->started_minute = head.started_minute;
    out->base_revision = head.base_revision;
    memcpy(out->page, plain.ptr, head.page_len);
    return answers_unpack(&out->answers, arena, q,
                          (struct slice){plain.ptr + head.page_len, plain.len - head.page_len});
}
