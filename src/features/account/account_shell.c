/* The frame of every staff page: navigation, form token, asking whether one is sure. */
#include "features/account/account_internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "features/audit/audit.h"
#include "web/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void staff_add_links(struct account *account, const struct staff_link *links, size_t count)
{
    if (account->link_groups == MAX_LINK_GROUPS) {
        log_error("staff.links", "fault=\"too many groups\"");
        return;
    }
    account->links[account->link_groups].links = links;
    account->links[account->link_groups++].count = count;
}

json_t *staff_text(const struct http_exchange *ex, const struct account *account, const char *path)
{
    struct slice text = locale_text(web_locales(account->config.web), http_language(ex), path);
    return json_stringn(text.ptr, text.len);
}

json_t *staff_titled(const struct http_exchange *ex, const struct account *account, const char *title)
{
    json_t *context = json_object();
    json_object_set_new(context, "title", staff_text(ex, account, title));
    return context;
}

void staff_fault_said(json_t *context, const char *field, struct slice said)
{
    char key[64];
    char href[64];
    json_t *summary = json_object_get(context, "error_summary");
    if (!summary) {
        summary = json_pack("{s:[]}", "items");
        json_object_set_new(context, "error_summary", summary);
    }
    snprintf(key, sizeof key, "%s_wrong", field);
    snprintf(href, sizeof href, "#%s", field);
    json_array_append_new(json_object_get(summary, "items"),
                          json_pack("{s:s,s:s%}", "href", href, "text", said.ptr, said.len));
    json_object_set_new(context, key, json_stringn(said.ptr, said.len));
}

void staff_fault(json_t *context, const struct http_exchange *ex, const struct account *account,
                 const char *field, const char *text)
{
    staff_fault_said(context, field, locale_text(web_locales(account->config.web), http_language(ex), text));
}

void staff_set_date(json_t *context, const char *key, struct http_exchange *ex, const struct account *account,
                    int64_t unix_s)
{
    struct slice date =
        locale_date(http_arena(ex), web_locales(account->config.web), http_language(ex), unix_s);
    json_object_set_new(context, key, json_stringn(date.ptr, date.len));
}

void staff_set_time(json_t *context, const char *key, struct http_exchange *ex, int64_t unix_s)
{
    const struct clock_civil t = clock_civil_nl(unix_s);
    const struct slice text = arena_printf(http_arena(ex), "%04d-%02d-%02d %02d:%02d:%02d", t.year, t.month,
                                           t.day, t.hour, t.minute, (int)(unix_s % 60));
    json_object_set_new(context, key, json_stringn(text.ptr, text.len));
}

int32_t staff_number(struct slice text)
{
    uint64_t number = 0;
    return slice_to_u64(&number, text, INT32_MAX) ? (int32_t)number : 0;
}

struct slice staff_lower(struct arena *arena, struct slice text)
{
    const struct slice trimmed = slice_trim(text);
    char *copy = arena_cstr(arena, trimmed);
    for (size_t i = 0; i < trimmed.len; i++) {
        copy[i] = (char)(copy[i] >= 'A' && copy[i] <= 'Z' ? copy[i] + ('a' - 'A') : copy[i]);
    }
    return (struct slice){copy, trimmed.len};
}

/* ---- rendering ---- */

/* What a link is good for, in a sentence; NULL: nobody wrote it. */
static json_t *good_for(const struct http_exchange *ex, const struct account *account,
                        const struct staff_link *link)
{
    const bool works = link->work && account_may(staff_caller(ex), link->work, SOME_CONSULTATION);
    const struct locales *locales = web_locales(account->config.web);
    char own[64];
    char may[64];
    struct slice text;
    snprintf(own, sizeof own, "%s_about", link->text);
    snprintf(may, sizeof may, "may.%s", works ? link->work : link->permission);
    for (char *c = may + 4; *c; c++) {
        *c = (char)(*c == '.' || *c == '-' ? '_' : *c);
    }
    return locale_find(&text, locales, http_language(ex), slice_from_cstr(own)) ||
                   locale_find(&text, locales, http_language(ex), slice_from_cstr(may))
               ? json_stringn(text.ptr, text.len)
               : NULL;
}

static void add_links_of(json_t *list, const struct http_exchange *ex, const struct account *account,
                         enum staff_group of)
{
    for (size_t group = 0; group < account->link_groups; group++) {
        for (size_t i = 0; i < account->links[group].count; i++) {
            const struct staff_link *link = &account->links[group].links[i];
            if (link->group == of && account_may(staff_caller(ex), link->permission, SOME_CONSULTATION)) {
                json_array_append_new(list, json_pack("{s:s,s:o,s:o*,s:b}", "href", link->path, "text",
                                                      staff_text(ex, account, link->text), "about",
                                                      good_for(ex, account, link), "current",
                                                      (int)slice_equal_cstr(http_path(ex), link->path)));
            }
        }
    }
}

static json_t *links_for(const struct http_exchange *ex, const struct account *account)
{
    json_t *list = json_array();
    for (unsigned group = 0; group < STAFF_GROUPS; group++) {
        add_links_of(list, ex, account, (enum staff_group)group);
    }
    return list;
}

json_t *staff_link_groups(const struct http_exchange *ex, const struct account *account)
{
    static const char *const headings[STAFF_GROUPS] = {[STAFF_SIGNALS] = "staff.group.signals",
                                                       [STAFF_TALKS] = "staff.group.talks",
                                                       [STAFF_PUBLISHING] = "staff.group.publishing",
                                                       [STAFF_RESEARCH] = "staff.group.research",
                                                       [STAFF_ADMINISTRATION] = "staff.group.administration",
                                                       [STAFF_OWN] = "staff.group.own"};
    json_t *groups = json_array();
    for (unsigned group = 0; group < STAFF_GROUPS; group++) {
        json_t *list = json_array();
        add_links_of(list, ex, account, (enum staff_group)group);
        if (json_array_size(list) > 0) {
            json_array_append_new(
                groups, json_pack("{s:o,s:O}", "heading",
                                  headings[group] ? staff_text(ex, account, headings[group]) : json_false(),
                                  "group_links", list));
        }
        json_decref(list);
    }
    return groups;
}

bool staff_try_render_bare(struct http_exchange *ex, struct account *account, int status,
                           const char *template_name, json_t *context_take)
{
    struct slice html;
    struct slice path = http_path(ex);
    if (!json_object_get(context_take, "form_token")) {
        json_object_set_new(context_take, "form_token", json_string(staff_form_token(ex, account)));
    }
    if (http_method(ex) == HTTP_GET) {
        json_object_set_new(context_take, "path", json_stringn(path.ptr, path.len));
    }
    json_object_set_new(context_take, "home_path", json_string(STAFF_ROOT));
    json_object_set_new(context_take, "robots", json_string("noindex"));
    web_mark_invented(context_take, http_is_invented(ex));
    const bool rendered = web_page_render(&html, http_arena(ex), account->config.web, http_language(ex),
                                          template_name, context_take);
    if (rendered) {
        http_reply_bytes(ex, status, "text/html; charset=utf-8", html);
    }
    json_decref(context_take);
    return rendered;
}

void staff_render_bare(struct http_exchange *ex, struct account *account, int status,
                       const char *template_name, json_t *context_take)
{
    if (!staff_try_render_bare(ex, account, status, template_name, context_take)) {
        http_error(ex, 500);
    }
}

void staff_render(struct http_exchange *ex, struct account *account, int status, const char *template_name,
                  json_t *context_take)
{
    const struct staff_session *session = staff_session_of(ex);
    bool whole = sign_in_stage(session) == SIGN_IN_WHOLE;
    if (!json_object_get(context_take, "title_kind")) {
        json_object_set_new(context_take, "title_kind", staff_text(ex, account, "staff.nav_label"));
    }
    json_object_set_new(context_take, "staff",
                        json_pack("{s:s,s:o}", "name", session->caller.label, "links",
                                  whole ? links_for(ex, account) : json_array()));
    staff_render_bare(ex, account, status, template_name, context_take);
}

/* ---- asking ---- */

static json_t *fields_of(const struct http_exchange *ex)
{
    size_t count;
    const struct http_field *form = http_form(&count, ex);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        if (!slice_equal_cstr(form[i].name, "token") && !slice_equal_cstr(form[i].name, "zeker") &&
            !slice_equal_cstr(form[i].name, "gezien")) {
            json_array_append_new(list, json_pack("{s:s%,s:s%}", "name", form[i].name.ptr, form[i].name.len,
                                                  "value", form[i].value.len ? form[i].value.ptr : "",
                                                  form[i].value.len));
        }
    }
    return list;
}

/* What was shown with the question: another list, another mark. "" without one. */
static const char *mark_of(struct http_exchange *ex, const json_t *list)
{
    unsigned char digest[CRYPTO_SHA256_BYTES];
    char *mark = arena_alloc(http_arena(ex), 2 * sizeof digest + 1);
    mark[0] = '\0';
    if (json_array_size(list) > 0) {
        char *text = json_dumps(list, JSON_COMPACT);
        crypto_sha256(digest, slice_from_cstr(text ? text : ""));
        crypto_hex(mark, digest, sizeof digest);
        free(text);
    }
    return mark;
}

bool staff_confirmed(struct http_exchange *ex, struct account *account, const struct staff_question *question)
{
    struct slice sure, seen;
    const char *mark = mark_of(ex, question->list);
    const bool saw_all =
        mark[0] == '\0' || (http_form_value(&seen, ex, "gezien") && slice_equal_cstr(seen, mark));
    if (http_form_value(&sure, ex, "zeker") && slice_equal_cstr(sure, "ja") && saw_all) {
        return true;
    }
    struct slice path = http_path(ex);
    json_t *context = staff_titled(ex, account, question->title);
    if (question->named) {
        json_object_set_new(
            context, "title",
            json_sprintf("%s: %s", json_string_value(json_object_get(context, "title")), question->named));
    }
    json_object_set_new(context, "text", staff_text(ex, account, question->text));
    json_object_set_new(context, "button", staff_text(ex, account, question->button));
    json_object_set_new(context, "action", json_stringn(path.ptr, path.len));
    json_object_set_new(context, "no_path", json_string(question->back_path));
    json_object_set_new(context, "fields", fields_of(ex));
    if (json_array_size(question->notes) > 0) {
        json_object_set_new(context, "notes", json_deep_copy(question->notes));
    }
    if (question->first) {
        json_object_set_new(context, "first", staff_text(ex, account, question->first));
        json_object_set_new(context, "first_path", json_string(question->first_path));
    }
    if (json_array_size(question->list) > 0) {
        json_object_set_new(context, "list_title", staff_text(ex, account, question->list_title));
        json_object_set_new(context, "list", json_deep_copy(question->list));
        json_object_set_new(context, "list_mark", json_string(mark));
    }
    staff_render(ex, account, 200, "staff_confirm", context);
    return false;
}

enum db_status staff_audit(struct db_tx *tx, const struct http_exchange *ex, const char *action,
                           const char *object, const char *result, const char *details)
{
    const struct audit_event event = {.action = action,
                                      .object = object,
                                      .result = result,
                                      .origin = "web",
                                      .actor = staff_caller(ex)->label,
                                      .details = details};
    return audit_record(tx, &event);
}

enum db_status staff_refuse(struct db_tx *tx, struct http_exchange *ex, struct slice consultation)
{
    json_t *details = json_pack("{s:s%}", "consultation", consultation.ptr, consultation.len);
    char *text = json_dumps(details, JSON_COMPACT);
    http_error(ex, 403);
    enum db_status status =
        staff_audit(tx, ex, "access", arena_printf(db_arena(tx), "page:%s", http_route_path(ex)).ptr,
                    "refused", text ? arena_cstr(db_arena(tx), slice_from_cstr(text)) : NULL);
    free(text);
    json_decref(details);
    return status;
}
