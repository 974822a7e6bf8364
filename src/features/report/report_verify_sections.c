/* Sections that follow from the releases, and from value maps that were made public: gathered again from what
 * is stored, and held against the report. */
#include "features/report/report_make.h"
#include "features/report/report_verify_internal.h"

#include "features/results/results.h"
#include "features/survey/survey.h"

#include <string.h>

static bool is_one(const struct report_section *section, const char *code)
{
    return strcmp(section->code, code) == 0;
}

/* ---- the releases, and the rounds ---- */

/* When and how each was made. */
static enum db_status prove_release(struct proving *p, struct db_tx *tx, const json_t *told)
{
    json_t *stored = NULL;
    const struct survey_round *round = proof_round(p, told);
    const int32_t number = (int32_t)json_integer_value(json_object_get(told, "uitgave"));
    if (!round || number <= 0) {
        return DB_OK;
    }
    const enum db_status status = report_release(&stored, tx, p->arena, round->id, number);
    if (status == DB_OK && stored) {
        json_object_set_new(stored, "ronde", json_string(round->code));
        json_object_set_new(stored, "consultatie", json_string(round->consultation));
        if (!json_equal(stored, told)) {
            proof_fault(p, "release %d of round %s: when or how it was made is not as it is stored",
                        (int)number, round->code);
        }
    }
    return status;
}

static void prove_round(struct proving *p, const json_t *told)
{
    const struct survey_round *round = proof_round(p, told);
    if (!round) {
        proof_fault(p, "there is no round %s here", report_text(told, "ronde"));
        return;
    }
    json_t *now = report_round_json(round);
    if (!json_equal(json_object_get(told, "consultatie"), json_object_get(now, "consultatie")) ||
        !json_equal(json_object_get(told, "verzonnen"), json_object_get(now, "verzonnen"))) {
        proof_fault(p, "round %s is of another consultation, or invented where it says otherwise",
                    round->code);
    } else if (!json_equal(told, now)) {
        proof_changed(p, "round %s has another title or other times now", round->code);
    }
    json_decref(now);
}

/* ---- its sections ---- */

/* What it was weighted to may have been destroyed: that was said of the figures. */
static void leave_out_weights(json_t *told, json_t *ours)
{
    if (json_array_size(json_object_get(told, "gewichten")) >
        json_array_size(json_object_get(ours, "gewichten"))) {
        json_object_del(told, "gewichten");
        json_object_del(ours, "gewichten");
    }
}

static enum db_status prove_section(struct proving *p, struct report_making *m,
                                    const struct report_section *section)
{
    json_t *content = NULL;
    const json_t *kept = report_section_of(p->document, section->code, m->round->code);
    const enum db_status status = section->gather(&content, m);
    json_t *ours = content ? report_exact(content) : NULL;
    json_t *told = kept ? json_copy((json_t *)(uintptr_t)kept) : NULL;
    leave_out_weights(told, ours);
    if (status == DB_OK && (told || ours)) {
        if (told && ours && json_equal(told, ours)) {
            p->out->sections++;
        } else {
            proof_fault(p, "round %s: section %s is not as in the releases and the public value map",
                        m->round->code, section->code);
        }
    }
    json_decref(content);
    json_decref(ours);
    json_decref(told);
    return status;
}

/* The questionnaire that was asked, and the code book of its variables. */
static enum db_status prove_method(struct proving *p, struct db_tx *tx, const struct survey_round *round)
{
    json_t *questionnaire = NULL;
    const json_t *told = report_section_of(p->document, "verantwoording", round->code);
    const enum db_status status = report_questionnaire(&questionnaire, tx, p->arena, round->version_id);
    if (status != DB_OK) {
        return status;
    }
    json_t *live = questionnaire_codebook_json(round->questionnaire), *book = report_exact(live);
    if (!json_equal(json_object_get(told, "vragenlijst"), questionnaire) ||
        !json_equal(json_object_get(told, "codeboek"), book)) {
        proof_fault(p, "round %s: its questionnaire is not the one that was asked", round->code);
    }
    if (json_object_get(told, "codeerboek")) {
        proof_unproven(p, "round %s: the code book that was coded by", round->code);
    }
    json_decref(live);
    json_decref(book);
    return DB_OK;
}

static enum db_status prove_sections(struct proving *p, struct db_tx *tx, const struct survey_round *round)
{
    const json_t *told = report_section_of(p->document, "waardenkaart", round->code);
    const int32_t number = (int32_t)json_integer_value(json_object_get(told, "nummer"));
    struct report_making m = {
        .tx = tx, .arena = p->arena, .round = round, .figures = json_object_get(p->figures, round->code)};
    enum db_status status = number > 0 ? report_read_map(&m, number) : DB_OK;
    const bool lacks = status == DB_OK && told && !m.map;
    if (lacks) {
        proof_fault(p, "value map %d of round %s was not made public here", (int)number, round->code);
    }
    for (size_t i = 0; status == DB_OK && i < report_section_count; i++) {
        const struct report_section *section = &report_sections[i];
        const bool of_map =
            is_one(section, "waardenkaart") || is_one(section, "methoden") || is_one(section, "minderheden");
        if (section->of_release && !is_one(section, "cijfers") && !(of_map && lacks)) {
            status = prove_section(p, &m, section);
        }
    }
    json_decref(m.map);
    return status == DB_OK ? prove_method(p, tx, round) : status;
}

/* ---- what none of it tells ---- */

static void say_unproven(struct proving *p)
{
    const char *codes = "";
    for (size_t i = 0; i < report_section_count; i++) {
        const struct report_section *section = &report_sections[i];
        if (!section->by_round && report_section_of(p->document, section->code, NULL)) {
            codes = arena_printf(p->arena, "%s%s%s", codes, codes[0] ? ", " : "", section->code).ptr;
        }
    }
    proof_unproven(p, "what people wrote (title, texts, remarks)");
    if (codes[0]) {
        proof_unproven(p, "what stood elsewhere when it was made: %s", codes);
    }
}

enum db_status proof_sections(struct proving *p, struct db_tx *tx)
{
    size_t i;
    const json_t *one;
    enum db_status status = DB_OK;
    json_array_foreach(json_object_get(p->document, "uitgaven"), i, one)
    {
        status = status == DB_OK ? prove_release(p, tx, one) : status;
    }
    json_array_foreach(report_at(p->document, "over.rondes"), i, one)
    {
        prove_round(p, one);
        const struct survey_round *round = proof_round(p, one);
        if (status == DB_OK && round && json_object_get(p->figures, round->code)) {
            status = prove_sections(p, tx, round);
        }
    }
    say_unproven(p);
    return status;
}
