/* What is kept of an export: the manifest beside the file, and the audit line. */
#include "base/clock.h"
#include "features/audit/audit.h"
#include "features/results/results_export.h"
#include "features/results/results_recipe.h"

#include <stdlib.h>
#include <string.h>

static json_t *strings(const char *const *texts, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, json_string(texts[i]));
    }
    return list;
}

static json_t *anonymity_of(const struct results_export_request *request,
                            const struct results_export_outcome *outcome, const struct recipe *recipe)
{
    const struct anonymity_report *report = &outcome->anonymity;
    json_t *variables = json_array();
    for (size_t i = 0; i < recipe->key_count; i++) {
        json_array_append_new(variables, json_pack("{s:s, s:I}", "variabele",
                                                   recipe->columns[recipe->keys[i]].source->code,
                                                   "rijen_afgeschermd", (json_int_t)report->hidden[i]));
    }
    return json_pack("{s:i, s:I, s:I, s:I, s:I, s:I, s:o}", "k", (int)request->k, "profielen",
                     (json_int_t)report->profiles, "profielen_onder_k", (json_int_t)report->small_profiles,
                     "rijen_met_iets_afgeschermd", (json_int_t)report->changed, "groepen",
                     (json_int_t)report->groups, "kleinste_groep", (json_int_t)report->smallest, "kenmerken",
                     variables);
}

/* Names that are other than the codes, in formats that have rules for them. */
static json_t *names_of(const struct recipe *recipe, enum dataset_format format)
{
    json_t *names = json_object();
    for (size_t i = 0; i < recipe->variable_count && (format == DATASET_SAV || format == DATASET_DTA); i++) {
        char name[DATASET_NAME_BYTES];
        dataset_name(name, format, recipe->variables[i].code);
        if (strcmp(name, recipe->variables[i].code) != 0) {
            json_object_set_new(names, name, json_string(recipe->variables[i].code));
        }
    }
    return names;
}

/* In the arena; NULL when out of memory. */
static const char *dump(struct arena *arena, json_t *object_take, size_t flags)
{
    char *text = json_dumps(object_take, flags);
    json_decref(object_take);
    if (text) {
        arena_defer(arena, free, text);
    }
    return text;
}

struct slice results_export_manifest(struct arena *arena, const struct results_export_request *request,
                                     const struct results_export_outcome *outcome)
{
    const struct results_export_part *part = &request->parts[0];
    struct recipe recipe;
    char made_at[CLOCK_RFC3339_BYTES], head[AUDIT_HEAD_TEXT_BYTES];
    size_t note_count;
    clock_format_rfc3339(made_at, request->now_s);
    recipe_make(&recipe, arena, request); /* it went well before */
    const char *const *notes = recipe_notes(&note_count, arena, &recipe, request, outcome);
    json_t *manifest =
        json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:s, s:s, s:s, s:i}", "bestand", request->file_name,
                  "formaat", dataset_format_facts(part->format)->name, "uitvoer", outcome->id, "rijen",
                  (json_int_t)outcome->rows, "variabelen", (json_int_t)outcome->variables, "bytes",
                  (json_int_t)part->bytes, "sha256", part->sha256, "gemaakt", made_at, "ronde",
                  request->round->code, "vragenlijstversie", request->round->version_number);
    json_object_set_new(manifest, "gewichten",
                        request->weighing ? json_string(request->weighing->version) : json_null());
    json_object_set_new(manifest, "anonimiteit", anonymity_of(request, outcome, &recipe));
    json_object_set_new(manifest, "grover", strings(recipe.coarser, recipe.coarser_count));
    json_object_set_new(manifest, "weggelaten", strings(recipe.left_out, recipe.left_out_count));
    json_object_set_new(manifest, "namen", names_of(&recipe, part->format));
    json_object_set_new(manifest, "toelichting", strings(notes, note_count));
    audit_head_text(head, &outcome->audit_head);
    json_object_set_new(manifest, "auditkop", json_string(head));
    const char *text = dump(arena, manifest, JSON_INDENT(1));
    return text ? arena_printf(arena, "%s\n", text) : (struct slice){NULL, 0};
}

/* In the arena; NULL when there is nothing to tell. */
static const char *details_of(struct arena *arena, const struct results_export_request *request,
                              const struct results_export_outcome *outcome, const char *purpose)
{
    const struct results_export_part *part = &request->parts[0];
    json_t *details =
        json_pack("{s:s, s:i}", "formaat", dataset_format_facts(part->format)->name, "k", (int)request->k);
    if (purpose) {
        json_object_set_new(details, "doel", json_string(purpose));
    }
    if (outcome) {
        json_object_set_new(details, "uitvoer", json_string(outcome->id));
        json_object_set_new(details, "rijen", json_integer((json_int_t)outcome->rows));
        json_object_set_new(details, "bytes", json_integer((json_int_t)part->bytes));
        json_object_set_new(details, "sha256", json_string(part->sha256));
        json_object_set_new(details, "rijen_met_iets_afgeschermd",
                            json_integer((json_int_t)outcome->anonymity.changed));
    }
    return dump(arena, details, JSON_COMPACT);
}

enum db_status results_export_audit(struct db_tx *tx, const struct results_export_request *request,
                                    const struct results_export_outcome *outcome, const char *origin,
                                    const char *actor, const char *purpose, const char *result)
{
    const struct audit_event event = {.action = "export.microdata",
                                      .object =
                                          arena_printf(db_arena(tx), "round:%s", request->round->code).ptr,
                                      .result = result,
                                      .origin = origin,
                                      .actor = actor,
                                      .details = details_of(db_arena(tx), request, outcome, purpose)};
    return audit_record(tx, &event);
}
