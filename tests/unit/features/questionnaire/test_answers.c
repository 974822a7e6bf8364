/* The answers of one participation: begun, packed in a draft, settled before they are sent. */
#include "unit/features/questionnaire/support.h"

TestSuite(questionnaire_answers, .fini = leaks_check);

static void begin(struct scene *s)
{
    scene_open(s, COMPLETE);
    scene_begin_with(s, "volledig", "kaas", "wol");
}

Test(questionnaire_answers, nothing_was_asked_at_first_but_what_was_seen_is_known)
{
    struct scene s;
    size_t count;
    begin(&s);
    const struct variable *variables = questionnaire_variables(&count, s.q);
    for (size_t i = 0; i < count; i++) {
        uint16_t slot = answer_get(s.a.vector, &variables[i]);
        cr_expect(variables[i].system || slot == ANSWER_NOT_ASKED, "%s", variables[i].code);
    }
    expect_value(&s, "variant", "volledig");
    expect_value(&s, "taal", "-"); /* whoever sends it knows */
    expect_value(&s, "werving", "-");
    expect_value(&s, "duur", "-");
    cr_expect_geq(scene_slot(&s, "kaas_effect_volgorde"), ANSWER_FIRST);
    expect_value(&s, "brood_effect_volgorde", "-");
    expect_value(&s, "brood_uitlegvolgorde", "-");
    scene_close(&s);
}

/* ---- packed ---- */

static void fill(struct scene *s)
{
    scene_answer(s, "begin.voor-wie", "voor-wie=anders\nvoor-wie_anders_tekst=mijn oom");
    scene_answer(s, "waarden.mist", "mist=Rust \xf0\x9f\x8c\xb1");
    scene_answer(s, "waarden.punten", "punten_zorg=100");
    scene_answer(s, "kaas.waarom", "kaas_waarom=Regel een\rRegel twee");
    scene_answer(s, "achtergrond.opleiding", "opleiding=ander-land");
    scene_answer(s, "achtergrond.schooljaren", "schooljaren=399");
}

Test(questionnaire_answers, packed_and_unpacked_it_is_the_same)
{
    struct scene s;
    struct answers again;
    begin(&s);
    for (int filled = 0; filled < 2; filled++) {
        struct slice packed = answers_pack(s.arena, s.q, &s.a);
        cr_assert(answers_unpack(&again, s.arena, s.q, packed));
        cr_expect_arr_eq(again.vector, s.a.vector, questionnaire_vector_size(s.q));
        for (size_t i = 0; i < questionnaire_text_count(s.q); i++) {
            cr_expect(slice_equal(again.texts[i], s.a.texts[i]));
        }
        fill(&s);
    }
    scene_close(&s);
}

Test(questionnaire_answers, a_pack_that_is_cut_or_grown_is_refused)
{
    struct scene s;
    struct answers out;
    begin(&s);
    fill(&s);
    struct slice packed = answers_pack(s.arena, s.q, &s.a);
    for (size_t len = 0; len < packed.len; len++) {
        bool taken = answers_unpack(&out, s.arena, s.q, (struct slice){packed.ptr, len});
        cr_expect(!taken, "taken with %zu of %zu bytes", len, packed.len);
    }
    char *grown = arena_alloc(s.arena, packed.len + 1);
    memcpy(grown, packed.ptr, packed.len);
    cr_expect(!answers_unpack(&out, s.arena, s.q, (struct slice){grown, packed.len + 1}));
    scene_close(&s);
}

/* Whatever comes out of any bytes can be shown and packed again. */
Test(questionnaire_answers, a_pack_with_any_byte_changed_is_refused_or_harmless)
{
    struct scene s;
    struct answers out;
    unsigned refused = 0;
    begin(&s);
    fill(&s);
    struct slice packed = answers_pack(s.arena, s.q, &s.a);
    char *bent = arena_alloc(s.arena, packed.len);
    for (size_t i = 0; i < packed.len; i++) {
        static const unsigned char masks[] = {0x01, 0x80, 0xff};
        for (size_t k = 0; k < sizeof masks; k++) {
            struct arena *arena = arena_create(1 << 22);
            memcpy(bent, packed.ptr, packed.len);
            bent[i] = (char)(bent[i] ^ masks[k]);
            if (answers_unpack(&out, arena, s.q, (struct slice){bent, packed.len})) {
                struct slice again = answers_pack(arena, s.q, &out);
                cr_expect(answers_unpack(&out, arena, s.q, again));
                questionnaire_pages(arena, s.q, &s.p, &out);
                cr_expect_not_null(questionnaire_summary_context(arena, s.q, &s.p, &out, 0));
            } else {
                refused++;
            }
            arena_destroy(arena);
        }
    }
    cr_expect_gt(refused, packed.len);
    scene_close(&s);
}

Test(questionnaire_answers, a_pack_of_another_questionnaire_is_refused)
{
    struct scene s;
    struct scene other;
    struct answers out;
    begin(&s);
    fill(&s);
    struct slice packed = answers_pack(s.arena, s.q, &s.a);
    json_t *document = scene_read(COMPLETE);
    json_t *blocks = json_object_get(json_object_get(document, "questionnaire"), "blocks");
    json_t *pages = json_object_get(json_object_get(blocks, "achtergrond"), "pages");
    json_array_remove(pages, 1);
    scene_open_document(&other, document);
    cr_expect(!answers_unpack(&out, other.arena, other.q, packed));
    scene_close(&other);
    scene_close(&s);
}

/* ---- settled ---- */

Test(questionnaire_answers, settling_drops_what_is_not_asked_and_opens_what_was_left)
{
    struct scene s;
    begin(&s);
    fill(&s);
    scene_answer(&s, "kaas.rol", "kaas_rol=toestaan");
    scene_answer(&s, "kaas.voorwaarden", "kaas_voorwaarden=anders\nkaas_voorwaarden_anders_tekst=Keuring");
    scene_answer(&s, "kaas.rol", "kaas_rol=verbieden");
    scene_answer(&s, "achtergrond.opleiding", "opleiding=mbo");
    expect_value(&s, "kaas_voorwaarden_anders", "ja"); /* kept for when somebody changes their mind */
    answers_settle(&s.a, s.arena, s.q, &s.p);
    expect_value(&s, "kaas_voorwaarden_anders", "-");
    expect_value(&s, "kaas_voorwaarden_anders_tekst", "-");
    cr_expect_str_eq(scene_text(&s, "kaas_voorwaarden_anders_tekst"), "");
    expect_value(&s, "schooljaren", "-");
    expect_value(&s, "houding", ""); /* asked, never opened */
    expect_value(&s, "werk_anders_tekst", "");
    expect_value(&s, "wol_waarom", "-");
    expect_value(&s, "brood_bekend", "-");
    expect_value(&s, "mist", "gegeven");
    expect_value(&s, "citeren", "");
    scene_close(&s);
}

Test(questionnaire_answers, an_order_is_kept_of_what_was_asked_alone)
{
    struct scene s;
    begin(&s);
    scene_answer(&s, "kaas.rol", "kaas_rol=verbieden");
    answers_settle(&s.a, s.arena, s.q, &s.p);
    expect_value(&s, "kaas_voorwaarden_volgorde", "-");
    expect_value(&s, "wol_voorwaarden_volgorde", "-");
    cr_expect_geq(scene_slot(&s, "kaas_effect_volgorde"), ANSWER_FIRST);
    cr_expect_geq(scene_slot(&s, "top_volgorde"), ANSWER_FIRST);
    scene_answer(&s, "kaas.rol", "kaas_rol=toestaan");
    answers_settle(&s.a, s.arena, s.q, &s.p);
    const char *again = scene_value(&s, "kaas_voorwaarden_volgorde");
    scene_begin_with(&s, "volledig", "kaas", "wol");
    expect_value(&s, "kaas_voorwaarden_volgorde", again);
    scene_close(&s);
}

Test(questionnaire_answers, what_is_no_longer_offered_is_open_again)
{
    struct scene s;
    begin(&s);
    scene_answer(&s, "waarden.top", "top=veiligheid\ntop=gezondheid");
    scene_answer(&s, "waarden.eerste", "eerste=gezondheid");
    scene_answer(&s, "waarden.top", "top=veiligheid\ntop=keuzevrijheid");
    answers_settle(&s.a, s.arena, s.q, &s.p);
    expect_value(&s, "eerste", "");
    scene_close(&s);
}

Test(questionnaire_answers, settling_twice_changes_nothing)
{
    struct scene s;
    begin(&s);
    fill(&s);
    answers_settle(&s.a, s.arena, s.q, &s.p);
    struct slice once = answers_pack(s.arena, s.q, &s.a);
    answers_settle(&s.a, s.arena, s.q, &s.p);
    cr_expect(slice_equal(once, answers_pack(s.arena, s.q, &s.a)));
    scene_close(&s);
}

/* ---- read back ---- */

static const json_t *row_about(const json_t *sections, const char *question)
{
    size_t i;
    json_t *section;
    json_array_foreach((json_t *)(uintptr_t)sections, i, section)
    {
        size_t k;
        json_t *row;
        json_array_foreach(json_object_get(section, "rows"), k, row)
        {
            if (strstr(json_string_value(json_object_get(row, "question")), question)) {
                return row;
            }
        }
    }
    return NULL;
}

static void expect_row(const json_t *sections, const char *question, const char *answer)
{
    const json_t *row = row_about(sections, question);
    cr_assert_not_null(row, "%s", question);
    const json_t *given = json_object_get(row, "answer");
    const json_t *list = json_object_get(row, "answers");
    const char *text =
        json_is_string(given) ? json_string_value(given) : json_string_value(json_array_get(list, 0));
    cr_expect_str_eq(text ? text : "", answer, "%s", question);
    cr_expect_eq(json_is_true(json_object_get(row, "empty")), answer[0] == '\0', "%s", question);
}

Test(questionnaire_answers, the_summary_says_what_was_answered_in_words)
{
    struct scene s;
    begin(&s);
    fill(&s);
    scene_answer(&s, "begin.houding", "houding=weet-ik-niet");
    scene_answer(&s, "waarden.top", "top=veiligheid\ntop=gezondheid");
    scene_answer(&s, "achtergrond.postcode", "postcode=1011AB");
    const json_t *nl = questionnaire_summary_context(s.arena, s.q, &s.p, &s.a, 0);
    const json_t *en = questionnaire_summary_context(s.arena, s.q, &s.p, &s.a, 1);
    expect_row(nl, "Wat vindt u van techniek?", "Weet ik niet");
    expect_row(nl, "Mist u iets?", "Rust \xf0\x9f\x8c\xb1");
    expect_row(nl, "Waar woont u?", "Noord-Holland");
    expect_row(en, "Waar woont u? (en)", "North Holland");
    expect_row(nl, "Wat is uw gender?", "");
    expect_row(nl, "Welke van deze is het belangrijkst?", "");
    cr_expect_null(row_about(nl, "brood"));
    cr_expect_null(row_about(nl, "Wat wilt u zeggen?"));
    const json_t *row = row_about(nl, "Waar moet de overheid op letten?");
    cr_expect_eq(json_array_size(json_object_get(row, "answers")), 2);
    cr_expect_str_eq(json_string_value(json_object_get(row, "page")), "waarden.top");
    scene_close(&s);
}
