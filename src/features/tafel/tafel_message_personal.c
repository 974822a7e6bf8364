/* Taking personal data out of a message: likely ones are proposed (passage_personal.h), somebody decides.
 * What is taken out is destroyed; what rests on the message goes along to the text without it. */
#include "features/tafel/tafel_message_pages.h"

#include "base/unicode.h"
#include "base/utf8.h"
#include "features/passage/passage.h"

#include <string.h>

enum { REPLACEMENT_MAX = 200, AROUND = 80, FINDINGS_MAX = 300 };

static struct slice text_of(const struct kept_page *page)
{
    const json_t *text = json_object_get(page->thing, "tekst");
    return (struct slice){json_string_value(text), json_string_length(text)};
}

static size_t find(struct personal_hit **hits, const struct kept_page *page)
{
    const size_t count = personal_find(hits, http_arena(page->ex), text_of(page), NULL, 0);
    return count < FINDINGS_MAX ? count : FINDINGS_MAX;
}

static json_t *piece(struct slice body, size_t from, size_t to)
{
    const size_t start = utf8_offset(body, from), end = utf8_offset(body, to);
    return json_stringn(body.ptr + start, end - start);
}

static json_t *finding_shown(const struct kept_page *page, const struct personal_hit *hit, size_t n)
{
    const struct slice body = text_of(page);
    const size_t length = utf8_length(body);
    const struct text_span span = hit->span;
    return json_pack(
        "{s:I,s:o,s:o,s:o,s:o,s:s%,s:b}", "n", (json_int_t)n, "kind",
        kept_text_of(page->ex, page->tafel, "tafel.message.personal", personal_kind_codes[hit->kind]),
        "before", piece(body, span.start > AROUND ? span.start - AROUND : 0, span.start), "found",
        piece(body, span.start, span.end), "after",
        piece(body, span.end, span.end + AROUND < length ? span.end + AROUND : length), "replacement",
        hit->replacement.ptr, hit->replacement.len, "checked", (int)!hit->doubtful);
}

static void show(const struct kept_page *page, int status, const char *said)
{
    struct account *account = page->tafel->config.account;
    struct personal_hit *hits;
    const size_t count = find(&hits, page);
    const struct slice body = text_of(page);
    json_t *context = staff_titled(page->ex, account, "tafel.message.personal_title");
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, finding_shown(page, &hits[i], i));
    }
    kept_put_list(context, "findings", "any_findings", list);
    json_decref(list);
    if (said) {
        json_object_set_new(context, "said", staff_text(page->ex, account, said));
    }
    json_object_set_new(context, "tekst", json_stringn(body.ptr, body.len));
    json_object_set_new(context, "revision", json_integer(page->revision));
    json_object_set_new(context, "action", json_string(kept_path(page, "/persoonsgegevens")));
    json_object_set_new(context, "back_path", json_string(kept_path(page, "")));
    staff_render(page->ex, account, status, "staff_message_personal", context);
}

static enum db_status get_personal(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    enum db_status status;
    if (!message_open(&page, &status, self, tx, ex, false)) {
        return status;
    }
    show(&page, 200, NULL);
    return kept_record(&page, "message.view", NULL);
}

static struct slice posted(const struct http_exchange *ex, const char *name)
{
    struct slice text = {NULL, 0};
    return http_form_value(&text, ex, name) && text.ptr ? text : SLICE("");
}

/* A piece of somebody's own choosing, by its words: every place where they stand. */
static size_t add_own(struct text_replacement *list, size_t count, size_t room, const struct kept_page *page,
                      struct slice words, struct slice by)
{
    const struct slice body = text_of(page);
    for (size_t at = 0; words.len > 0 && at + words.len <= body.len && count < room;) {
        if (memcmp(body.ptr + at, words.ptr, words.len) != 0) {
            at++;
            continue;
        }
        const size_t start = utf8_length((struct slice){body.ptr, at});
        list[count++] = (struct text_replacement){{(uint32_t)start, (uint32_t)(start + utf8_length(words))},
                                                  by.len > 0 ? by : SLICE("[…]")};
        at += words.len;
    }
    return count;
}

/* Those that were ticked, and the words that were typed. False: a replacement is too long, or there is
 * nothing to take out. */
static bool read_decisions(struct text_replacement **out, size_t *count, const struct kept_page *page)
{
    struct arena *arena = http_arena(page->ex);
    struct personal_hit *hits;
    const size_t found = find(&hits, page);
    *out = arena_array(arena, 2 * FINDINGS_MAX, sizeof **out);
    *count = 0;
    for (size_t i = 0; i < found; i++) {
        const struct slice by =
            unicode_nfc(arena, utf8_clean(arena, posted(page->ex, arena_printf(arena, "door-%zu", i).ptr)));
        if (posted(page->ex, arena_printf(arena, "weg-%zu", i).ptr).len == 0) {
            continue;
        }
        if (utf8_length(by) > REPLACEMENT_MAX) {
            return false;
        }
        (*out)[(*count)++] = (struct text_replacement){hits[i].span, by.len > 0 ? by : hits[i].replacement};
    }
    const struct slice words = unicode_nfc(arena, utf8_clean(arena, posted(page->ex, "woorden")));
    const struct slice by = unicode_nfc(arena, utf8_clean(arena, posted(page->ex, "door")));
    const size_t before = *count;
    *count = add_own(*out, *count, (size_t)2 * FINDINGS_MAX, page, words, by);
    return utf8_length(by) <= REPLACEMENT_MAX && *count > 0 && (words.len == 0 || *count > before);
}

static enum db_status post_personal(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    struct text_replacement *replacements;
    struct text_edit *edits;
    struct slice text;
    size_t count;
    uint64_t revision = 0;
    bool done = false;
    enum db_status status;
    if (!message_open(&page, &status, self, tx, ex, true)) {
        return status;
    }
    slice_to_u64(&revision, posted(ex, "gelezen"), INT32_MAX);
    if ((int32_t)revision != page.revision) {
        show(&page, 409, "tafel.message.personal_changed");
        return DB_OK;
    }
    if (!read_decisions(&replacements, &count, &page) ||
        !passage_redact(&text, &edits, http_arena(ex), text_of(&page), replacements, count) ||
        text.len == 0 || utf8_length(text) > MESSAGE_TEXT_MAX + REPLACEMENT_MAX) {
        show(&page, 400, "tafel.message.personal_wrong");
        return DB_OK;
    }
    status = message_redact(&done, tx, page.number, page.revision, text);
    if (status == DB_OK && done) {
        status =
            kept_record(&page, "message.redact", arena_printf(db_arena(tx), "{\"stukken\":%zu}", count).ptr);
    }
    http_redirect(ex, kept_path(&page, ""));
    return status;
}

const struct route message_personal_routes[] = {
    TAFEL_GET(MESSAGE_PATH "/{bericht}/persoonsgegevens", get_personal, PERMISSION_TAFEL_MANAGE, "taal"),
    TAFEL_POST(MESSAGE_PATH "/{bericht}/persoonsgegevens", post_personal, PERMISSION_TAFEL_MANAGE),
};
const size_t message_personal_route_count =
    sizeof message_personal_routes / sizeof message_personal_routes[0];
