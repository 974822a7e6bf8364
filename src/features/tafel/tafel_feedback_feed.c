/* What was done with what citizens said, as an Atom feed (RFC 4287) by consultation and language:
 * GET /consultaties/{consultatie}/wat-er-mee-gebeurt/feed/{taal}. The language is in the address, since
 * readers of feeds have no other way to ask for it. */
#include "features/tafel/tafel_feedback.h"

#include "base/clock.h"
#include "crypto/crypto.h"
#include "features/tafel/tafel_kept.h"

#include <string.h>

enum { TAG_BYTES = 16 };

struct feed {
    const struct tafel *tafel;
    struct http_exchange *ex;
    const char *language;     /* "nl", "en" */
    const char *consultation; /* its code */
    const char *page;         /* its whole address */
    const char *id;           /* what all ids begin with */
};

/* Text as XML may hold it: control characters are blanks. What a database keeps has no other that XML does
 * not know, but for two that stand for nothing. */
static const char *xml_text(struct arena *arena, const char *text)
{
    char *out = arena_cstr(arena, slice_from_cstr(text));
    for (char *c = out; *c; c++) {
        if (((unsigned char)*c < 0x20 && *c != '\n' && *c != '\t') || *c == 0x7f) {
            *c = ' ';
        } else if (strncmp(c, "\xef\xbf\xbe", 3) == 0 || strncmp(c, "\xef\xbf\xbf", 3) == 0) {
            memset(c, ' ', 3);
        }
    }
    return out;
}

/* "tag:consultatie.voorbeeld.nl,2026:biotechnologie-2026/nl" (RFC 4151): the name of the service, and the
 * year from which it has named things. Ids are for ever: this year is not of the present. */
static const char *tag_of(struct arena *arena, const char *public_url, const char *consultation,
                          const char *language)
{
    const char *host = strstr(public_url, "://");
    host = host ? host + strlen("://") : public_url;
    return arena_printf(arena, "tag:%.*s,2026:%s/%s", (int)strcspn(host, ":/"), host, consultation, language)
        .ptr;
}

static const char *word(const struct feed *feed, const char *group, const char *code)
{
    struct arena *arena = http_arena(feed->ex);
    return arena_cstr(arena, locale_text(web_locales(feed->tafel->config.web), feed->language,
                                         arena_printf(arena, "tafel.feedback.%s.%s", group, code).ptr));
}

static const char *text_of(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text ? text : "";
}

/* "besproken: Mensen willen kiezen"; "doorgegeven aan Ministerie van LVVN: Mensen willen kiezen". */
static const char *title_of(const struct feed *feed, const json_t *event)
{
    struct arena *arena = http_arena(feed->ex);
    const char *who = text_of(event, "geadresseerde");
    return arena_printf(arena, "%s%s%s: %s", word(feed, "event", text_of(event, "wat")), who[0] ? " " : "",
                        who, text_of(event, "titel"))
        .ptr;
}

static json_t *entry_json(const struct feed *feed, const json_t *event)
{
    struct arena *arena = http_arena(feed->ex);
    const int number = (int)json_integer_value(json_object_get(event, "nummer"));
    const char *told = text_of(event, "toelichting");
    return json_pack("{s:s,s:s,s:s,s:s,s:s}", "id",
                     arena_printf(arena, "%s/signaal/%d/%s", feed->id, number, text_of(event, "sleutel")).ptr,
                     "name", xml_text(arena, title_of(feed, event)), "updated", text_of(event, "op"), "href",
                     arena_printf(arena, "%s/signalen/%d", http_public_url(feed->ex), number).ptr, "told",
                     xml_text(arena, told[0] ? told : text_of(event, "titel")));
}

/* Of a consultation of which nothing is told yet: when it began, as far as anybody knows. */
static const char *begun(const struct feed *feed, const struct survey_snapshot *snapshot)
{
    struct arena *arena = http_arena(feed->ex);
    char *text = arena_alloc(arena, CLOCK_RFC3339_BYTES);
    size_t count, first = 0;
    const struct survey_round **rounds = survey_rounds_by_time(&count, arena, snapshot, feed->consultation);
    while (first < count && !feedback_is_known(rounds[first], feed->tafel->config.now_s())) {
        first++;
    }
    clock_format_rfc3339(text, first < count ? rounds[first]->opens_at : 0);
    return text;
}

static void reply(const struct feed *feed, json_t *context_take)
{
    unsigned char hash[CRYPTO_SHA256_BYTES];
    char tag[2 * TAG_BYTES + 1];
    struct slice xml;
    const bool made = web_page_render(&xml, http_arena(feed->ex), feed->tafel->config.web, feed->language,
                                      "feedback_feed", context_take);
    json_decref(context_take);
    if (!made) {
        http_error(feed->ex, 500);
        return;
    }
    crypto_sha256(hash, xml);
    crypto_hex(tag, hash, TAG_BYTES);
    http_reply_bytes(feed->ex, 200, "application/atom+xml; charset=utf-8", xml);
    http_set_header(feed->ex, "ETag", arena_printf(http_arena(feed->ex), "\"%s\"", tag).ptr);
    http_set_header(feed->ex, "Cache-Control",
                    arena_printf(http_arena(feed->ex), "public, max-age=%d", TAFEL_MAX_AGE_S).ptr);
}

static enum db_status get_feed(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct feed feed = {.tafel = self, .ex = ex};
    struct arena *arena = http_arena(ex);
    const struct survey_snapshot *snapshot;
    const struct slice language = http_path_param(ex, "taal");
    const bool english = slice_equal_cstr(language, "en");
    json_t *events = NULL, *event;
    size_t i;
    if (!english && !slice_equal_cstr(language, "nl")) {
        http_error(ex, 404);
        return DB_OK;
    }
    const struct survey_round *newest = feedback_consultation(&snapshot, ex, self);
    if (!newest) {
        return DB_OK;
    }
    const enum db_status status = feedback_events(&events, tx, arena, slice_from_cstr(newest->consultation));
    if (status != DB_OK) {
        return status;
    }
    feed.language = english ? "en" : "nl";
    feed.consultation = newest->consultation;
    feed.page =
        arena_printf(arena, "%s/consultaties/%s/" FEEDBACK_PART, http_public_url(ex), feed.consultation).ptr;
    feed.id = tag_of(arena, http_public_url(ex), feed.consultation, feed.language);
    json_t *entries = json_array();
    json_array_foreach(events, i, event)
    {
        json_array_append_new(entries, entry_json(&feed, event));
    }
    const json_t *last = json_array_get(events, 0);
    const char *title = arena_cstr(
        arena, locale_text(web_locales(feed.tafel->config.web), feed.language, "tafel.feedback.title"));
    json_t *context =
        json_pack("{s:s,s:s,s:s,s:s,s:s,s:b,s:o}", "id", feed.id, "title",
                  arena_printf(arena, "%s: %s", title, xml_text(arena, feedback_title(newest, english))).ptr,
                  "updated", last ? text_of(last, "op") : begun(&feed, snapshot), "page_href", feed.page,
                  "self_href", arena_printf(arena, "%s/feed/%s", feed.page, feed.language).ptr, "invented",
                  (int)http_is_invented(ex), "entries", entries);
    reply(&feed, context);
    return DB_OK;
}

const struct route feedback_feed_routes[] = {
    {.http = {.method = HTTP_GET,
              .path = "/consultaties/{consultatie}/" FEEDBACK_PART "/feed/{taal}",
              .surface = HTTP_PAGE,
              .produces = "application/atom+xml",
              .cacheable = true},
     .on_job = get_feed,
     .role = DB_ROLE_RESULTS,
     .read_only = true},
};
const size_t feedback_feed_route_count = sizeof feedback_feed_routes / sizeof feedback_feed_routes[0];
