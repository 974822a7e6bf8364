/* A page of the form: as it is shown, with its place in the whole and what was typed when it comes back, and
 * where it leads. */
#include "features/survey/survey_form.h"

#include <stdio.h>

int16_t survey_page_number(struct page_list pages, uint16_t page)
{
    for (size_t i = 0; i < pages.count; i++) {
        if (pages.pages[i] == page) {
            return (int16_t)(i + 1);
        }
    }
    return 0;
}

struct page_list survey_pages_of(struct arena *arena, const struct visit *visit)
{
    return questionnaire_pages(arena, visit->round->questionnaire, &visit->presentation,
                               &visit->state.answers);
}

const char *survey_page_path(struct arena *arena, const struct visit *visit, uint16_t page)
{
    return arena_printf(arena, "/vragen/%s", questionnaire_page_code(visit->round->questionnaire, page)).ptr;
}

void survey_posted_fields(const struct answer_field **fields, size_t *count, struct http_exchange *ex)
{
    _Static_assert(sizeof(struct answer_field) == sizeof(struct http_field), "both are a name and a value");
    const struct http_field *posted = http_form(count, ex);
    struct answer_field *copy = arena_array(http_arena(ex), *count, sizeof *copy);
    for (size_t i = 0; i < *count; i++) {
        copy[i] = (struct answer_field){posted[i].name, posted[i].value};
    }
    *fields = copy;
}

bool survey_from_check_page(struct http_exchange *ex)
{
    struct slice back;
    return (http_method(ex) == HTTP_POST ? http_form_value(&back, ex, "terug")
                                         : http_query(&back, ex, "terug")) &&
           slice_equal_cstr(back, "controle");
}

void survey_set_progress(json_t *context, struct arena *arena, const struct visit *visit, int page)
{
    struct page_list possible =
        questionnaire_possible_pages(arena, visit->round->questionnaire, &visit->presentation);
    size_t total = possible.count + 1;
    size_t number = page < 0 ? total : (size_t)survey_page_number(possible, (uint16_t)page);
    char digits[2][12];
    snprintf(digits[0], sizeof digits[0], "%zu", number);
    snprintf(digits[1], sizeof digits[1], "%zu", total);
    struct slice progress =
        locale_format(arena, web_locales(visit->survey->config.web), visit->language ? "en" : "nl",
                      "form.progress", "n", digits[0], "total", digits[1], NULL);
    json_object_set_new(context, "progress", json_stringn(progress.ptr, progress.len));
    json_object_set_new(context, "progress_n", json_integer((json_int_t)number));
    json_object_set_new(context, "progress_total", json_integer((json_int_t)total));
}

/* The box for remarks, with what was typed in it. */
static void set_remark(json_t *context, struct http_exchange *ex, const struct visit *visit)
{
    struct slice typed = {"", 0};
    if (visit->round->pilot) {
        if (http_method(ex) == HTTP_POST) {
            http_form_value(&typed, ex, "opmerking");
        }
        json_object_set_new(context, "pilot", json_pack("{s:s%}", "typed", typed.ptr, typed.len));
    }
}

void survey_show_page(struct http_exchange *ex, struct visit *visit, struct page_list pages, uint16_t page,
                      int status, const struct page_result *result, const char *notice)
{
    struct arena *arena = http_arena(ex);
    const struct questionnaire *q = visit->round->questionnaire;
    const struct answer_field *posted = NULL;
    size_t posted_count = 0;
    int number = survey_page_number(pages, page);
    if (http_method(ex) == HTTP_POST) {
        survey_posted_fields(&posted, &posted_count, ex);
    }
    /* The arena holds one reference, survey_render takes another. */
    json_t *context =
        json_incref(questionnaire_page_context(arena, q, &visit->presentation, &visit->state.answers, page,
                                               visit->language, posted, posted_count, result));
    survey_set_progress(context, arena, visit, page);
    json_object_set_new(context, "last", json_boolean(number > 0 && (size_t)number == pages.count));
    json_object_set_new(context, "action", json_string(survey_page_path(arena, visit, page)));
    if (survey_from_check_page(ex)) {
        json_object_set_new(
            context, "path",
            json_string(arena_printf(arena, "%s?terug=controle", survey_page_path(arena, visit, page)).ptr));
        json_object_set_new(context, "return_to_check", json_true());
        json_object_set_new(context, "back_path", json_string("/controle"));
    } else {
        json_object_set_new(
            context, "back_path",
            json_string(number > 1 ? survey_page_path(arena, visit, pages.pages[number - 2]) : "/"));
    }
    set_remark(context, ex, visit);
    json_object_set_new(context, "keeps_typed", json_string("formulier"));
    if (notice) {
        struct slice text = survey_text(visit, notice);
        json_object_set_new(context, "notice", json_stringn(text.ptr, text.len));
    }
    survey_render(ex, visit, status, "form_page", context);
}

/* ---- where it leads ---- */

bool survey_posted_is(struct http_exchange *ex, const char *name, const char *value)
{
    struct slice posted;
    return http_form_value(&posted, ex, name) && slice_equal_cstr(posted, value);
}

/* The block of a page: what stands before the first dot of its code. */
static struct slice block_of(const struct questionnaire *q, uint16_t page)
{
    struct slice block;
    struct slice rest;
    slice_cut(&block, &rest, slice_from_cstr(questionnaire_page_code(q, page)), '.');
    return block;
}

const char *survey_same_path(struct http_exchange *ex, const struct visit *visit, uint16_t page,
                             const char *field)
{
    struct arena *arena = http_arena(ex);
    return arena_printf(arena, "%s%s#%s-1", survey_page_path(arena, visit, page),
                        survey_from_check_page(ex) ? "?terug=controle" : "", field)
        .ptr;
}

const char *survey_next_path(struct http_exchange *ex, const struct visit *visit, uint16_t page)
{
    struct arena *arena = http_arena(ex);
    const struct questionnaire *q = visit->round->questionnaire;
    struct page_list pages = survey_pages_of(arena, visit);
    size_t at = (size_t)survey_page_number(pages, page);
    if (survey_posted_is(ex, "actie", "bewaren")) {
        return "/bewaard";
    }
    if (survey_from_check_page(ex)) {
        return "/controle";
    }
    if (survey_posted_is(ex, "actie", "overslaan")) {
        struct slice block = block_of(q, page);
        while (at < pages.count && slice_equal(block_of(q, pages.pages[at]), block)) {
            at++;
        }
    }
    return at < pages.count ? survey_page_path(arena, visit, pages.pages[at]) : "/controle";
}
