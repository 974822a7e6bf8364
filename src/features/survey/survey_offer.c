/* After the receipt, apart from it: offering to be invited or told. These handlers read no participation:
 * neither its cookie, nor its code, nor its draft. All that goes with an offer is the code of the round. */
#include "features/survey/survey_form.h"
#include "features/survey/survey_internal.h"
#include "features/survey/survey_offer_model.h"

#include "base/clock.h"

#include <string.h>

enum { OFFER_BODY_MAX = 16 * 1024, TEXT_ROWS = 4, FAST_SECONDS = 5, RETRY_AFTER_S = 5 };

static const char *const section_names[OFFER_SECTIONS] = {"wishes", "contact", "about"};

/* ---- texts ---- */

static json_t *text_of(const struct visit *visit, const char *path)
{
    struct slice text = survey_text(visit, path);
    return json_stringn(text.ptr, text.len);
}

static const char *path_of(struct http_exchange *ex, const char *kind, const char *name, const char *last)
{
    return arena_printf(http_arena(ex), "offer.%s.%s.%s", kind, name, last).ptr;
}

/* A text that not every field or section has. */
static void set_text_if_any(json_t *object, const char *key, const struct visit *visit, const char *path)
{
    struct slice text;
    if (locale_find(&text, web_locales(visit->survey->config.web), visit->language ? "en" : "nl",
                    slice_from_cstr(path))) {
        json_object_set_new(object, key, json_stringn(text.ptr, text.len));
    }
}

/* ---- the form ---- */

/* A radio cannot be unselected: the last one takes the answer back. Where the question has a code for it that
 * is kept; elsewhere it is no answer. */
static void add_rather_not(json_t *inputs, const struct visit *visit)
{
    const size_t count = json_array_size(inputs);
    json_t *last = count > 0 ? json_array_get(inputs, count - 1) : NULL;
    const char *code = json_string_value(json_object_get(last, "value"));
    if (!code || strcmp(code, "zeg-ik-niet") != 0) {
        last = json_pack("{s:i,s:s,s:o}", "n", (int)count + 1, "value", "", "label",
                         text_of(visit, "offer.rather_not"));
        json_array_append_new(inputs, last);
    }
    json_object_set_new(last, "divider", json_true());
}

static json_t *option_inputs(struct http_exchange *ex, const struct visit *visit,
                             const struct offer_field *spec, const bool *chosen)
{
    bool select = spec->kind == OFFER_SELECT;
    json_t *inputs = json_array();
    for (size_t i = 0; spec->options[i]; i++) {
        json_t *input = json_object();
        json_object_set_new(input, "n", json_integer((json_int_t)i + 1));
        json_object_set_new(input, "value", json_string(spec->options[i]));
        json_object_set_new(input, select ? "option_label" : "label",
                            text_of(visit, path_of(ex, "option", spec->name, spec->options[i])));
        json_object_set_new(input, select ? "selected" : "checked", json_boolean(chosen[i]));
        json_array_append_new(inputs, input);
    }
    if (spec->kind == OFFER_RADIOS) {
        add_rather_not(inputs, visit);
    }
    return inputs;
}

static void set_choices(json_t *object, struct http_exchange *ex, const struct visit *visit,
                        const struct offer_field *spec, const bool *chosen)
{
    json_object_set_new(object, "inputs", option_inputs(ex, visit, spec, chosen));
    if (spec->kind == OFFER_SELECT) {
        json_object_set_new(object, "select", json_true());
        json_object_set_new(object, "label", text_of(visit, path_of(ex, "field", spec->name, "label")));
        json_object_set_new(object, "first_line", text_of(visit, path_of(ex, "option", spec->name, "none")));
    } else {
        bool radio = spec->kind == OFFER_RADIOS;
        json_object_set_new(object, "fieldset", json_true());
        json_object_set_new(object, "radio", json_boolean(radio));
        json_object_set_new(object, "type", json_string(radio ? "radio" : "checkbox"));
        json_object_set_new(object, "legend", text_of(visit, path_of(ex, "field", spec->name, "label")));
    }
}

static void set_input(json_t *object, struct http_exchange *ex, const struct visit *visit,
                      const struct offer_field *spec, struct slice typed)
{
    json_object_set_new(object, "input", json_true());
    json_object_set_new(object, "label", text_of(visit, path_of(ex, "field", spec->name, "label")));
    if (typed.len > 0) {
        json_object_set_new(object, "typed", json_stringn(typed.ptr, typed.len));
    }
    if (spec->autocomplete) {
        json_object_set_new(object, "autocomplete", json_string(spec->autocomplete));
    }
    if (spec->kind == OFFER_TEXT) {
        json_object_set_new(object, "rows", json_integer(TEXT_ROWS));
    } else {
        json_object_set_new(object, "input_type", json_string(spec->input_type));
    }
}

static json_t *field_context(struct http_exchange *ex, const struct visit *visit, size_t field,
                             const struct offer *offer, const struct offer_errors *errors)
{
    const struct offer_field *spec = &offer_fields[field];
    json_t *object = json_object();
    json_object_set_new(object, "name", json_string(spec->name));
    set_text_if_any(object, "hint", visit, path_of(ex, "field", spec->name, "hint"));
    if (errors->error[field]) {
        json_object_set_new(
            object, "error",
            text_of(visit, arena_printf(http_arena(ex), "offer.error.%s", errors->error[field]).ptr));
    }
    bool hint = json_object_get(object, "hint") != NULL;
    if (hint || errors->error[field]) {
        struct slice ids =
            arena_printf(http_arena(ex), "%s%s%s%s%s", hint ? spec->name : "", hint ? "-uitleg" : "",
                         hint && errors->error[field] ? " " : "", errors->error[field] ? spec->name : "",
                         errors->error[field] ? "-fout" : "");
        json_object_set_new(object, "describedby", json_stringn(ids.ptr, ids.len));
    }
    if (spec->options) {
        set_choices(object, ex, visit, spec, offer->chosen[field]);
    } else {
        set_input(object, ex, visit, spec, offer->text[field]);
    }
    return object;
}

static json_t *sections_context(struct http_exchange *ex, const struct visit *visit,
                                const struct offer *offer, const struct offer_errors *errors)
{
    json_t *sections = json_array();
    for (unsigned s = 0; s < OFFER_SECTIONS; s++) {
        json_t *section = json_object();
        json_t *fields = json_array();
        json_object_set_new(section, "heading",
                            text_of(visit, path_of(ex, "section", section_names[s], "title")));
        set_text_if_any(section, "section_intro", visit, path_of(ex, "section", section_names[s], "intro"));
        for (size_t field = 0; field < OFFER_FIELDS; field++) {
            if (offer_fields[field].section == s) {
                json_array_append_new(fields, field_context(ex, visit, field, offer, errors));
            }
        }
        json_object_set_new(section, "fields", fields);
        json_array_append_new(sections, section);
    }
    return sections;
}

static json_t *error_summary(struct http_exchange *ex, const struct visit *visit,
                             const struct offer_errors *errors)
{
    json_t *items = json_array();
    for (size_t field = 0; field < OFFER_FIELDS; field++) {
        if (errors->error[field]) {
            json_t *item = json_object();
            json_object_set_new(
                item, "href",
                json_string(arena_printf(http_arena(ex), "#%s-1", offer_fields[field].name).ptr));
            json_object_set_new(
                item, "text",
                text_of(visit, arena_printf(http_arena(ex), "offer.error.%s", errors->error[field]).ptr));
            json_array_append_new(items, item);
        }
    }
    return json_pack("{s:o}", "items", items);
}

/* Whoever shares the computer can clear it from here too; the token is for no participation. */
static void render(struct http_exchange *ex, const struct visit *visit, const struct survey_round *round,
                   int status, const char *template_name, json_t *context_take)
{
    const char *title = json_string_value(
        json_object_get(json_object_get(round->document, "title"), visit->language ? "en" : "nl"));
    if (title) {
        json_object_set_new(context_take, "consultation", json_string(title));
    }
    json_object_set_new(context_take, "robots", json_string("noindex"));
    json_object_set_new(context_take, "forget_path", json_string("/wissen"));
    json_object_set_new(context_take, "forget_token", json_string(survey_token_for(ex, visit, "/wissen")));
    survey_render(ex, visit, status, template_name, context_take);
}

static void show_form(struct http_exchange *ex, const struct visit *visit, const struct survey_round *round,
                      int status, const struct offer *offer, const struct offer_errors *errors,
                      const char *notice)
{
    json_t *context = json_object();
    struct slice erased_on =
        locale_date(http_arena(ex), web_locales(visit->survey->config.web), visit->language ? "en" : "nl",
                    (int64_t)round->destruction_day * 86400);
    json_object_set_new(context, "title", text_of(visit, "offer.title"));
    json_object_set_new(context, "action",
                        json_string(arena_printf(http_arena(ex), "/aanbod/%s", round->code).ptr));
    json_object_set_new(context, "erased_on", json_stringn(erased_on.ptr, erased_on.len));
    json_object_set_new(context, "back_path", json_string("/ontvangst"));
    json_object_set_new(context, "keeps_typed", json_string("formulier"));
    json_object_set_new(context, "sections", sections_context(ex, visit, offer, errors));
    if (errors->count > 0) {
        json_object_set_new(context, "error_summary", error_summary(ex, visit, errors));
    }
    if (notice) {
        json_object_set_new(context, "notice", text_of(visit, notice));
    }
    render(ex, visit, round, status, "offer", context);
}

/* ---- nobody takes offers ---- */

bool survey_takes_offers(const struct survey *survey, const struct survey_round *round)
{
    return round->coordinator_key && round->status != ROUND_DRAFT &&
           clock_day(survey->config.now_s()) < round->destruction_day;
}

static void show_closed(struct http_exchange *ex, const struct visit *visit, const struct survey_round *round,
                        int status)
{
    size_t count = 0;
    const struct http_field *fields = http_method(ex) == HTTP_POST ? http_form(&count, ex) : NULL;
    json_t *context = json_object();
    json_t *typed = json_array();
    for (size_t i = 0; i < count; i++) {
        for (size_t field = 0; field < OFFER_FIELDS; field++) {
            if (!offer_fields[field].options && fields[i].value.len > 0 &&
                slice_equal_cstr(fields[i].name, offer_fields[field].name)) {
                json_array_append_new(typed, json_stringn(fields[i].value.ptr, fields[i].value.len));
            }
        }
    }
    json_object_set_new(context, "title", text_of(visit, "offer.closed.title"));
    json_object_set_new(context, "any_typed", json_boolean(json_array_size(typed) > 0));
    json_object_set_new(context, "typed", typed);
    render(ex, visit, round, status, "offer_closed", context);
}

/* ---- handlers ---- */

/* The round of the path; NULL when there is none: 404. */
static const struct survey_round *round_of(struct visit *visit, struct http_exchange *ex, void *self)
{
    visit_anonymous(visit, self, ex);
    const struct survey_round *round = survey_round_find(visit->snapshot, http_path_param(ex, "ronde"));
    if (!round) {
        http_error(ex, 404);
    }
    return round;
}

/* An address that is easy to say: the offer of the round that is current. */
static void get_offer_of_current(struct http_exchange *ex, void *self)
{
    struct visit visit;
    visit_anonymous(&visit, self, ex);
    const struct survey_round *round = survey_current_round(&visit, (struct slice){NULL, 0});
    if (round) {
        http_redirect(ex, arena_printf(http_arena(ex), "/aanbod/%s", round->code).ptr);
    } else {
        http_error(ex, 404);
    }
}

static void get_offer(struct http_exchange *ex, void *self)
{
    static const struct offer nothing;
    static const struct offer_errors no_errors;
    struct visit visit;
    const struct survey_round *round = round_of(&visit, ex, self);
    if (round && survey_takes_offers(self, round)) {
        show_form(ex, &visit, round, 200, &nothing, &no_errors, NULL);
    } else if (round) {
        show_closed(ex, &visit, round, 200);
    }
}

static bool trapped(struct http_exchange *ex)
{
    struct slice trap;
    return http_form_value(&trap, ex, "website") && trap.len > 0;
}

static enum db_status keep(struct db_tx *tx, struct http_exchange *ex, const struct visit *visit,
                           const struct survey_round *round, const struct offer *offer, int64_t age)
{
    struct slice letter;
    struct slice sealed;
    const struct offer_frame frame = {.round = round->code,
                                      .language = visit->language ? "en" : "nl",
                                      .fast = age < FAST_SECONDS,
                                      .trap = trapped(ex)};
    if (!offer_letter(&letter, db_arena(tx), offer, &frame) ||
        !crypto_seal_to(&sealed, db_arena(tx), round->coordinator_key, letter)) {
        return DB_FAILED;
    }
    http_redirect(ex, arena_printf(http_arena(ex), "/aanbod/%s/ontvangen", round->code).ptr);
    return survey_offer_keep(tx, round->id, offer_for_conversation(offer), sealed);
}

static enum db_status post_offer(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    static const struct offer_errors no_errors;
    struct visit visit;
    struct offer offer;
    struct offer_errors errors;
    size_t count;
    const struct http_field *fields = http_form(&count, ex);
    const struct survey_round *round = round_of(&visit, ex, self);
    if (!round) {
        return DB_OK;
    }
    if (!survey_takes_offers(self, round)) {
        show_closed(ex, &visit, round, 409);
        return DB_OK;
    }
    bool good = offer_read(&offer, &errors, http_arena(ex), fields, count);
    int64_t age = survey_form_age(ex, &visit);
    if (survey_posted_is(ex, "actie", "taal")) { /* the other language: as it was typed, not judged yet */
        show_form(ex, &visit, round, 200, &offer, &no_errors, NULL);
    } else if (!good) {
        show_form(ex, &visit, round, 400, &offer, &errors, NULL);
    } else if (age < 0) {
        show_form(ex, &visit, round, 400, &offer, &errors, "form.expired");
    } else {
        return keep(tx, ex, &visit, round, &offer, age);
    }
    return DB_OK;
}

/* The database is away: everything typed is shown again, with why it was not kept. */
static void offer_unavailable(struct http_exchange *ex, void *self)
{
    static const struct offer_errors no_errors;
    struct visit visit;
    struct offer offer;
    struct offer_errors errors;
    size_t count;
    const struct http_field *fields = http_form(&count, ex);
    const struct survey_round *round = round_of(&visit, ex, self);
    if (round) {
        offer_read(&offer, &errors, http_arena(ex), fields, count);
        show_form(ex, &visit, round, 503, &offer, &no_errors, "offer.not_saved");
        http_set_retry_after(ex, RETRY_AFTER_S);
    }
}

static void get_offered(struct http_exchange *ex, void *self)
{
    struct visit visit;
    const struct survey_round *round = round_of(&visit, ex, self);
    if (round) {
        json_t *context = json_object();
        json_object_set_new(context, "title", text_of(&visit, "offer.received.title"));
        render(ex, &visit, round, 200, "offered", context);
    }
}

#define OFFER_GET(PATH, HANDLER)                                                                             \
    {                                                                                                        \
        .http = {.method = HTTP_GET, .path = PATH, .surface = HTTP_PAGE, .query = "taal"},                   \
        .on_inline = HANDLER                                                                                 \
    }

const struct route survey_offer_routes[] = {
    OFFER_GET("/aanbod", get_offer_of_current),
    OFFER_GET("/aanbod/{ronde}", get_offer),
    {.http = {.method = HTTP_POST,
              .path = "/aanbod/{ronde}",
              .surface = HTTP_PAGE,
              .query = "taal",
              .body = HTTP_BODY_FORM,
              .body_max = OFFER_BODY_MAX,
              .csrf = HTTP_CSRF_REQUIRED,
              .rate = "start"},
     .on_job = post_offer,
     .role = DB_ROLE_INTAKE,
     .unavailable = offer_unavailable},
    OFFER_GET("/aanbod/{ronde}/ontvangen", get_offered),
};
const size_t survey_offer_route_count = sizeof survey_offer_routes / sizeof survey_offer_routes[0];
