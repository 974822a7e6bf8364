/* Pages of the form as HTML: every page in both languages, empty, answered and refused, keeps the rules of
 * forms that a machine can see. */
#include "unit/features/questionnaire/support.h"

#include "features/questionnaire/model.h"
#include "web/page.h"

TestSuite(questionnaire_html, .fini = leaks_check);

enum { MAX_IDS = 512 };

struct stage {
    struct scene s;
    struct web *web;
    const char *name; /* of what is being looked at */
    int language;
};

static void open_stage(struct stage *t)
{
    const struct web_config config = {.templates = embedded_templates,
                                      .locales = embedded_locales,
                                      .assets = embedded_assets,
                                      .organisation = "Organisatie"};
    scene_open(&t->s, COMPLETE);
    t->web = web_create(&config);
    cr_assert_not_null(t->web);
}

static void close_stage(struct stage *t)
{
    web_destroy(t->web);
    scene_close(&t->s);
}

static const char *render(struct stage *t, const char *template_name, json_t *context)
{
    struct slice html;
    cr_assert(web_page_render(&html, t->s.arena, t->web, t->language ? "en" : "nl", template_name, context),
              "%s does not render", t->name);
    return arena_cstr(t->s.arena, html);
}

static const char *page_html(struct stage *t, const char *page, const struct answer_field *fields,
                             size_t count, const struct page_result *result)
{
    struct scene *s = &t->s;
    json_t *context = questionnaire_page_context(s->arena, s->q, &s->p, &s->a, scene_page(s, page),
                                                 t->language, fields, count, result);
    t->name = page;
    json_object_set_new(context, "action", json_string("/vragen/x"));
    json_object_set_new(context, "form_token", json_string("x"));
    return render(t, "form_page", context);
}

/* ---- what a machine can see ---- */

static size_t occurrences(const char *html, const char *what)
{
    size_t count = 0;
    for (const char *at = html; (at = strstr(at, what)); at += strlen(what)) {
        count++;
    }
    return count;
}

/* The values of an attribute, one after another: *at moves on. */
static bool next_value(struct slice *value, const char **at, const char *attribute)
{
    const char *found = strstr(*at, attribute);
    if (!found) {
        return false;
    }
    found += strlen(attribute);
    const char *end = strchr(found, '"');
    cr_assert_not_null(end);
    *value = (struct slice){found, (size_t)(end - found)};
    *at = end;
    return true;
}

static size_t ids_of(struct slice ids[MAX_IDS], const char *html)
{
    size_t count = 0;
    while (count < MAX_IDS && next_value(&ids[count], &html, " id=\"")) {
        count++;
    }
    cr_assert_lt(count, (size_t)MAX_IDS);
    return count;
}

static bool among(const struct slice *ids, size_t count, struct slice id)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_equal(ids[i], id)) {
            return true;
        }
    }
    return false;
}

static void expect_references(const struct stage *t, const char *html, const char *attribute)
{
    struct slice ids[MAX_IDS];
    struct slice value;
    size_t count = ids_of(ids, html);
    while (next_value(&value, &html, attribute)) {
        while (value.len > 0) {
            struct slice id;
            slice_cut(&id, &value, value, ' ');
            cr_expect(among(ids, count, id), "%s: %s%.*s\" leads nowhere", t->name, attribute, SLICE_ARG(id));
        }
    }
}

static void expect_sound(const struct stage *t, const char *html)
{
    static const char *const never[] = {"{{",     "maxlength", "placeholder", " required",
                                        "style=", "<table",    "<script",     "(null)"};
    struct slice ids[MAX_IDS];
    size_t count = ids_of(ids, html);
    cr_expect_eq(occurrences(html, "<h1"), 1, "%s has %zu h1", t->name, occurrences(html, "<h1"));
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
        cr_expect_null(strstr(html, never[i]), "%s holds %s", t->name, never[i]);
    }
    for (size_t i = 0; i < count; i++) {
        cr_expect(!among(ids, i, ids[i]), "%s: id %.*s stands twice", t->name, SLICE_ARG(ids[i]));
        cr_expect_gt(ids[i].len, 0u);
    }
    expect_references(t, html, " for=\"");
    expect_references(t, html, " aria-describedby=\"");
    expect_references(t, html, " aria-labelledby=\"");
    expect_references(t, html, " href=\"#");
    cr_expect_eq(occurrences(html, "<fieldset"), occurrences(html, "<legend"), "%s: a group without legend",
                 t->name);
}

/* ---- every page ---- */

static void look_at_all(struct stage *t)
{
    struct scene *s = &t->s;
    struct page_list pages = questionnaire_pages(s->arena, s->q, &s->p, &s->a);
    for (size_t i = 0; i < pages.count; i++) {
        const char *code = questionnaire_page_code(s->q, pages.pages[i]);
        expect_sound(t, page_html(t, code, NULL, 0, NULL));
    }
}

Test(questionnaire_html, every_page_is_sound_in_both_languages)
{
    struct stage t;
    open_stage(&t);
    for (t.language = 0; t.language < 2; t.language++) {
        for (uint64_t nth = 0; nth < 3; nth++) {
            scene_begin(&t.s, "volledig", nth);
            look_at_all(&t);
        }
        scene_begin_with(&t.s, "volledig", "kaas", "wol");
        scene_answer(&t.s, "waarden.top", "top=veiligheid\ntop=gezondheid");
        scene_answer(&t.s, "waarden.eerste", "eerste=gezondheid");
        scene_answer(&t.s, "waarden.mist", "mist=Rust & \"orde\"");
        scene_answer(&t.s, "waarden.rang", "rang_1=kers\nrang_2=appel");
        scene_answer(&t.s, "waarden.punten", "punten_zorg=100");
        scene_answer(&t.s, "kaas.rol", "kaas_rol=weet-ik-niet");
        scene_answer(&t.s, "achtergrond.opleiding", "opleiding=ander-land");
        scene_answer(&t.s, "achtergrond.schooljaren", "schooljaren_anders=weet-ik-niet");
        scene_answer(&t.s, "achtergrond.postcode", "postcode=1011");
        scene_answer(&t.s, "ander.zelfgekozen", "zelfgekozen=inkt");
        look_at_all(&t);
        scene_begin(&t.s, "kern", 7);
        look_at_all(&t);
    }
    close_stage(&t);
}

/* ---- a page that is refused keeps everything, and says where ---- */

static void expect_kept(struct stage *t, const char *page, const char *fields, const char *const *kept)
{
    struct answer_field list[16];
    size_t count = 0;
    struct slice rest = slice_from_cstr(fields);
    while (rest.len > 0) {
        struct slice line;
        slice_cut(&line, &rest, rest, '\n');
        slice_cut(&list[count].name, &list[count].value, line, '=');
        count++;
    }
    struct page_result result = questionnaire_answer_page(&t->s.a, t->s.arena, t->s.q, &t->s.p,
                                                          scene_page(&t->s, page), t->language, list, count);
    cr_assert_gt(result.error_count, 0u, "%s takes %s", page, fields);
    const char *html = page_html(t, page, list, count, &result);
    expect_sound(t, html);
    cr_expect_not_null(strstr(html, t->language ? "<title>Error: " : "<title>Fout: "), "%s", page);
    for (size_t i = 0; kept[i]; i++) {
        cr_expect_not_null(strstr(html, kept[i]), "%s: %s is not kept", page, kept[i]);
    }
    for (size_t i = 0; i < result.error_count; i++) {
        /* The same words in the summary and beside the field. */
        const char *message = arena_cstr(t->s.arena, result.errors[i].message);
        cr_expect_geq(occurrences(html, message), 2, "%s: \"%s\" stands %zu times", page, message,
                      occurrences(html, message));
        const char *link = arena_printf(t->s.arena, "href=\"#%s-1\"", result.errors[i].field).ptr;
        cr_expect_not_null(strstr(html, link), "%s: no link %s", page, link);
    }
}

#define KEPT(...) ((const char *const[]){__VA_ARGS__, NULL})

Test(questionnaire_html, a_refused_page_keeps_all_input_and_links_to_the_fault)
{
    struct stage t;
    open_stage(&t);
    for (t.language = 0; t.language < 2; t.language++) {
        scene_begin_with(&t.s, "volledig", "kaas", "wol");
        scene_answer(&t.s, "achtergrond.opleiding", "opleiding=ander-land");
        expect_kept(&t, "begin.voor-wie",
                    "voor-wie=anders\nvoor-wie_anders_tekst=Dit is een tekst van meer dan dertig",
                    KEPT("value=\"anders\" checked", "meer dan dertig</textarea>"));
        expect_kept(&t, "begin.houding", "houding=prachtig", KEPT("name=\"houding\""));
        expect_kept(&t, "waarden.top", "top=veiligheid", KEPT("value=\"veiligheid\" checked"));
        expect_kept(&t, "waarden.mist", "mist=<b>Meer dan twintig</b>",
                    KEPT("&lt;b&gt;Meer dan twintig&lt;/b&gt;"));
        expect_kept(&t, "waarden.rang", "rang_1=kers\nrang_2=kers", KEPT("name=\"rang_2\" value=\"kers\""));
        expect_kept(&t, "waarden.punten", "punten_zorg=60\npunten_weg=x",
                    KEPT("name=\"punten_zorg\" value=\"60\"", "name=\"punten_weg\" value=\"x\""));
        expect_kept(&t, "waarden.beste.1", "beste_1_meest=a\nbeste_1_minst=a",
                    KEPT("name=\"beste_1_minst\" value=\"a\" checked"));
        expect_kept(&t, "achtergrond.schooljaren", "schooljaren=500", KEPT("value=\"500\""));
        expect_kept(&t, "achtergrond.postcode", "postcode=12", KEPT("value=\"12\""));
        expect_kept(&t, "achtergrond.werk", "werk=zorg\nwerk=geen",
                    KEPT("value=\"zorg\" checked", "value=\"geen\" checked"));
        expect_kept(&t, "kaas.effect.1", "kaas_effect_mens=x\nkaas_effect_dier=x\nkaas_effect_natuur=x",
                    KEPT("kaas_effect_"));
    }
    close_stage(&t);
}

/* ---- what was answered is there again ---- */

Test(questionnaire_html, what_was_answered_is_shown_again)
{
    struct stage t;
    open_stage(&t);
    t.language = 0;
    scene_begin_with(&t.s, "volledig", "kaas", "wol");
    scene_answer(&t.s, "begin.houding", "houding=slecht");
    cr_expect_not_null(strstr(page_html(&t, "begin.houding", NULL, 0, NULL), "value=\"slecht\" checked"));
    cr_expect_eq(occurrences(page_html(&t, "begin.houding", NULL, 0, NULL), " checked"), 1);
    cr_expect_eq(occurrences(page_html(&t, "achtergrond.gender", NULL, 0, NULL), " checked"), 0);
    scene_answer(&t.s, "waarden.mist", "mist=Rust");
    cr_expect_not_null(strstr(page_html(&t, "waarden.mist", NULL, 0, NULL), "Rust</textarea>"));
    scene_answer(&t.s, "waarden.rang", "rang_1=kers");
    cr_expect_not_null(
        strstr(page_html(&t, "waarden.rang", NULL, 0, NULL), "name=\"rang_1\" value=\"kers\""));
    close_stage(&t);
}

/* Don't know, none of these and what is set apart come last, behind the word "of". */
Test(questionnaire_html, what_stands_apart_comes_last)
{
    struct stage t;
    open_stage(&t);
    t.language = 0;
    for (uint64_t nth = 0; nth < 10; nth++) {
        scene_begin(&t.s, "volledig", nth);
        const char *html = page_html(&t, "waarden.top", NULL, 0, NULL);
        const char *divider = strstr(html, "class=\"zs-or\"");
        cr_assert_not_null(divider);
        cr_expect_eq(occurrences(html, "class=\"zs-or\""), 1);
        cr_expect_eq(occurrences(divider, "type=\"checkbox\""), 2);
        cr_expect_lt(strstr(html, "value=\"veiligheid\""), divider);
        cr_expect_gt(strstr(html, "value=\"geen\""), divider);
        cr_expect_gt(strstr(html, "value=\"weet-ik-niet\""), divider);
    }
    close_stage(&t);
}

Test(questionnaire_html, options_stand_in_the_order_that_is_recorded)
{
    static const char *const values[] = {"veiligheid", "gezondheid", "natuurlijkheid", "keuzevrijheid"};
    struct stage t;
    open_stage(&t);
    t.language = 0;
    for (uint64_t nth = 0; nth < 20; nth++) {
        uint8_t order[MAX_OPTIONS];
        scene_begin(&t.s, "volledig", nth);
        const char *at = page_html(&t, "waarden.top", NULL, 0, NULL);
        order_row(order, 4, (size_t)(scene_slot(&t.s, "top_volgorde") - ANSWER_FIRST));
        for (size_t i = 0; i < 4; i++) {
            at = strstr(at, arena_printf(t.s.arena, "value=\"%s\"", values[order[i]]).ptr);
            cr_assert_not_null(at, "seed %d: %s is not where its order says", (int)nth, values[order[i]]);
        }
        const char *scale = page_html(&t, "begin.houding", NULL, 0, NULL);
        bool positive_first = strstr(scale, "value=\"heel-goed\"") < strstr(scale, "value=\"heel-slecht\"");
        cr_expect_eq(positive_first, strcmp(scene_value(&t.s, "schaalrichting"), "positief-eerst") == 0);
        const char *instance = scene_value(&t.s, "onderwerp_toegewezen_1");
        const char *page = page_html(&t, arena_printf(t.s.arena, "%s.uitleg", instance).ptr, NULL, 0, NULL);
        bool hopes_first = strstr(page, "Hoop een van") < strstr(page, "Zorg een van");
        cr_expect_eq(hopes_first,
                     strcmp(scene_value(&t.s, arena_printf(t.s.arena, "%s_uitlegvolgorde", instance).ptr),
                            "hoop-eerst") == 0);
    }
    close_stage(&t);
}

Test(questionnaire_html, the_paper_form_is_sound)
{
    struct stage t;
    open_stage(&t);
    for (t.language = 0; t.language < 2; t.language++) {
        t.name = "paper";
        expect_sound(&t, render(&t, "paper", questionnaire_paper_context(t.s.arena, t.s.q, t.language)));
    }
    close_stage(&t);
}
