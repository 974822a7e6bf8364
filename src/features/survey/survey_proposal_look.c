/* A proposed consultation as people will see it: its questionnaires on screen and on paper, with their
 * pictures, and its text. */
#include "features/survey/survey_proposal_page.h"

#include <string.h>

static int language_of(const struct http_exchange *ex)
{
    return strcmp(http_language(ex), "en") == 0 ? 1 : 0;
}

/* The questionnaire of the query, from the package. NULL: answered. */
static const struct questionnaire *questionnaire_asked(struct http_exchange *ex,
                                                       const struct proposal_step *step)
{
    struct slice code = {"", 0};
    http_query(&code, ex, "vragenlijst");
    if (!step->good) {
        http_redirect(ex, arena_printf(http_arena(ex), PROPOSALS_PATH "/%d", (int)step->proposal.id).ptr);
        return NULL; /* that page says what is wrong */
    }
    const struct questionnaire *q = proposal_questionnaire(step->checked, code);
    if (!q) {
        http_error(ex, 404);
    }
    return q;
}

/* ---- pictures: pages link to those of rounds in memory, and a proposal has its own ---- */

/* The text with every link to a picture leading to the proposal's. */
static json_t *relinked_text(struct arena *arena, const char *text, int32_t proposal)
{
    static const char link[] = "=\"/afbeelding/";
    const char *found;
    const char *done = "";
    while ((found = strstr(text, link)) != NULL) {
        done = arena_printf(arena, "%s%.*s=\"" PROPOSALS_PATH "/%d/afbeelding/", done, (int)(found - text),
                            text, (int)proposal)
                   .ptr;
        text = found + strlen(link);
    }
    return json_string(arena_printf(arena, "%s%s", done, text).ptr);
}

static json_t *relinked(struct arena *arena, const json_t *value, int32_t proposal)
{
    const char *key;
    json_t *member;
    size_t index;
    json_t *copy;
    if (json_is_object(value)) {
        copy = json_object();
        json_object_foreach((json_t *)(uintptr_t)value, key, member)
        {
            json_object_set_new(copy, key, relinked(arena, member, proposal));
        }
        return copy;
    }
    if (json_is_array(value)) {
        copy = json_array();
        json_array_foreach((json_t *)(uintptr_t)value, index, member)
        {
            json_array_append_new(copy, relinked(arena, member, proposal));
        }
        return copy;
    }
    return json_is_string(value) && strstr(json_string_value(value), "/afbeelding/")
               ? relinked_text(arena, json_string_value(value), proposal)
               : json_incref((json_t *)(uintptr_t)value);
}

static void show_picture(struct http_exchange *ex, struct proposal_step *step)
{
    struct questionnaire_picture picture;
    for (size_t i = 0; step->good && i < step->bundle->questionnaire_count; i++) {
        const struct questionnaire *q = step->checked->questionnaires[i];
        if (q && questionnaire_picture(&picture, q, http_path_param(ex, "naam"))) {
            http_reply_bytes(ex, 200, picture.media_type, picture.bytes);
            return;
        }
    }
    http_error(ex, 404);
}

void proposal_picture_next(struct http_exchange *ex, void *self)
{
    proposal_step_begin(ex, self, false, show_picture);
}

/* ---- on screen ---- */

static const char *page_path(struct http_exchange *ex, const struct proposal_step *step,
                             const struct questionnaire *q, int variant, size_t page)
{
    struct slice code = questionnaire_code(q);
    return arena_printf(http_arena(ex),
                        PROPOSALS_PATH "/%d/bladzijde?vragenlijst=%.*s&versie=%s&bladzijde=%zu",
                        (int)step->proposal.id, SLICE_ARG(code), questionnaire_variant_code(q, variant), page)
        .ptr;
}

static void put_ways(json_t *context, struct http_exchange *ex, const struct proposal_step *step,
                     const struct questionnaire *q, int variant, size_t number, size_t total)
{
    json_t *variants = json_array();
    for (size_t v = 0; v < questionnaire_variant_count(q); v++) {
        json_array_append_new(variants,
                              json_pack("{s:s,s:s}", "path", page_path(ex, step, q, (int)v, 1), "label",
                                        questionnaire_variant_title(q, (int)v, language_of(ex))));
    }
    json_object_set_new(context, "variants", variants);
    json_object_set_new(context, "n", json_integer((json_int_t)number));
    json_object_set_new(context, "total", json_integer((json_int_t)total));
    if (number > 1) {
        json_object_set_new(context, "before_path", json_string(page_path(ex, step, q, variant, number - 1)));
    }
    if (number < total) {
        json_object_set_new(context, "next_path", json_string(page_path(ex, step, q, variant, number + 1)));
    }
}

static void show_screen(struct http_exchange *ex, struct proposal_step *step)
{
    static const unsigned char seed[16] = {0}; /* one way in which chance may fall */
    const struct survey *survey = step->survey;
    struct presentation presentation;
    struct slice versie = {"", 0};
    struct slice bladzijde = {"1", 1};
    uint64_t number = 1;
    const struct questionnaire *q = questionnaire_asked(ex, step);
    if (!q) {
        return;
    }
    http_query(&versie, ex, "versie");
    http_query(&bladzijde, ex, "bladzijde");
    const int named = questionnaire_find_variant(q, versie);
    const int variant = named < 0 ? 0 : named;
    presentation_derive(&presentation, q, variant, seed);
    const struct page_list pages = questionnaire_possible_pages(http_arena(ex), q, &presentation);
    if (!slice_to_u64(&number, bladzijde, INT32_MAX) || number < 1 || number > pages.count) {
        http_error(ex, 404);
        return;
    }
    const struct answers answers = answers_begin(http_arena(ex), q, &presentation);
    json_t *context =
        relinked(http_arena(ex),
                 questionnaire_page_context(http_arena(ex), q, &presentation, &answers,
                                            pages.pages[number - 1], language_of(ex), NULL, 0, NULL),
                 step->proposal.id);
    json_object_set_new(context, "title", staff_text(ex, survey->config.account, "proposals.preview"));
    json_object_set_new(context, "proposal", proposal_context(ex, survey, &step->proposal));
    put_ways(context, ex, step, q, variant, (size_t)number, pages.count);
    staff_render(ex, survey->config.account, 200, "staff_proposal_page", context);
}

void proposal_screen_next(struct http_exchange *ex, void *self)
{
    proposal_step_begin(ex, self, false, show_screen);
}

/* ---- on paper, and as it is ---- */

static void show_paper(struct http_exchange *ex, struct proposal_step *step)
{
    const struct questionnaire *q = questionnaire_asked(ex, step);
    if (q) {
        json_t *context =
            relinked(http_arena(ex), questionnaire_paper_context(http_arena(ex), q, language_of(ex)),
                     step->proposal.id);
        json_object_set_new(context, "start_url",
                            json_string(arena_printf(http_arena(ex), "%s/", http_public_url(ex)).ptr));
        staff_render(ex, step->survey->config.account, 200, "paper", context);
    }
}

void proposal_paper_next(struct http_exchange *ex, void *self)
{
    proposal_step_begin(ex, self, false, show_paper);
}

/* The text whose SHA-256 the page shows, byte for byte. */
enum db_status proposal_get_text(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct proposal proposal;
    struct slice package;
    enum db_status status;
    (void)self;
    if (proposal_at(&proposal, &package, &status, tx, ex, false)) {
        http_reply_bytes(ex, 200, "application/json", arena_copy(http_arena(ex), package));
        http_set_header(
            ex, "Content-Disposition",
            arena_printf(http_arena(ex), "attachment; filename=\"voorstel-%d.json\"", (int)proposal.id).ptr);
    }
    return status;
}
