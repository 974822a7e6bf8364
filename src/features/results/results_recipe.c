#include "features/results/results_recipe.h"

#include "features/results/results_figures.h"

#include "base/log.h"

#include <inttypes.h>
#include <string.h>

enum { ROW_NAME_BYTES = EXPORT_ID_CHARS + 1 + 20 };

static const struct dataset_category reasons[2][RECIPE_REASONS] = {
    {{"niet-gevraagd", "Niet gevraagd"},
     {"geen-antwoord", "Geen antwoord"},
     {"weet-ik-niet", "Weet ik niet"},
     {"afgeschermd", "Afgeschermd, om niet herkenbaar te zijn"}},
    {{"niet-gevraagd", "Not asked"},
     {"geen-antwoord", "No answer"},
     {"weet-ik-niet", "Do not know"},
     {"afgeschermd", "Hidden, so that nobody can be recognised"}},
};

/* ---- coarser categories ---- */

/* A category and what it becomes; to NULL: it stays as it is. */
struct merge {
    const char *from, *to;
    const char *label[2];
};

#define YOUNG                                                                                                \
    "16-24",                                                                                                 \
    {                                                                                                        \
        "16 tot en met 24 jaar", "16 to 24 years"                                                            \
    }
#define OLD                                                                                                  \
    "65-plus",                                                                                               \
    {                                                                                                        \
        "65 jaar of ouder", "65 years or older"                                                              \
    }
static const struct merge ages[] = {{"jonger-dan-16", NULL, {NULL}},
                                    {"16-17", YOUNG},
                                    {"18-24", YOUNG},
                                    {"25-34", NULL, {NULL}},
                                    {"35-44", NULL, {NULL}},
                                    {"45-54", NULL, {NULL}},
                                    {"55-64", NULL, {NULL}},
                                    {"65-74", OLD},
                                    {"75-plus", OLD},
                                    {NULL, NULL, {NULL}}};

/* Landsdelen by CBS (Gebieden in Nederland): LD01 to LD04. */
#define NORTH                                                                                                \
    "LD01",                                                                                                  \
    {                                                                                                        \
        "Noord-Nederland", "Northern Netherlands"                                                            \
    }
#define EAST                                                                                                 \
    "LD02",                                                                                                  \
    {                                                                                                        \
        "Oost-Nederland", "Eastern Netherlands"                                                              \
    }
#define WEST                                                                                                 \
    "LD03",                                                                                                  \
    {                                                                                                        \
        "West-Nederland", "Western Netherlands"                                                              \
    }
#define SOUTH                                                                                                \
    "LD04",                                                                                                  \
    {                                                                                                        \
        "Zuid-Nederland", "Southern Netherlands"                                                             \
    }
#define CARIBBEAN                                                                                            \
    "caribisch-nederland",                                                                                   \
    {                                                                                                        \
        "Caribisch Nederland", "Caribbean Netherlands"                                                       \
    }
static const struct merge places[] = {{"PV20", NORTH},
                                      {"PV21", NORTH},
                                      {"PV22", NORTH},
                                      {"PV23", EAST},
                                      {"PV24", EAST},
                                      {"PV25", EAST},
                                      {"PV26", WEST},
                                      {"PV27", WEST},
                                      {"PV28", WEST},
                                      {"PV29", WEST},
                                      {"PV30", SOUTH},
                                      {"PV31", SOUTH},
                                      {"bonaire", CARIBBEAN},
                                      {"saba", CARIBBEAN},
                                      {"sint-eustatius", CARIBBEAN},
                                      {"buitenland", NULL, {NULL}},
                                      {NULL, NULL, {NULL}}};

#define LOW                                                                                                  \
    "laag",                                                                                                  \
    {                                                                                                        \
        "Geen diploma, basisschool, vmbo, mavo of mbo 1", "None, primary, or lower secondary"                \
    }
#define MIDDLE                                                                                               \
    "midden",                                                                                                \
    {                                                                                                        \
        "Mbo 2, 3 of 4, havo of vwo", "Upper secondary or vocational"                                        \
    }
#define HIGH                                                                                                 \
    "hoog",                                                                                                  \
    {                                                                                                        \
        "Hbo, universiteit of hoger", "Higher professional or university"                                    \
    }
static const struct merge educations[] = {{"geen", LOW},
                                          {"basisschool", LOW},
                                          {"vmbo", LOW},
                                          {"mbo-havo-vwo", MIDDLE},
                                          {"hbo", HIGH},
                                          {"universiteit", HIGH},
                                          {"ander-land", NULL, {NULL}},
                                          {NULL, NULL, {NULL}}};

static const struct merge *const scales[] = {ages, places, educations};

static const struct merge *find_merge(const struct merge *scale, const char *code)
{
    while (scale->from && strcmp(scale->from, code) != 0) {
        scale++;
    }
    return scale->from ? scale : NULL;
}

/* The scale that knows every category of the variable; NULL when none does. */
static const struct merge *scale_of(const struct variable *v)
{
    for (size_t s = 0; s < sizeof scales / sizeof scales[0]; s++) {
        uint16_t known = 0;
        while (known < v->category_count && find_merge(scales[s], v->categories[known].code)) {
            known++;
        }
        if (v->background && v->kind == VARIABLE_CATEGORY && known > 0 && known == v->category_count) {
            return scales[s];
        }
    }
    return NULL;
}

/* ---- a column ---- */

struct making {
    struct recipe *out;
    struct arena *arena;
    int language;
};

/* The place of a category among those kept so far, where it is added when it is new. */
static int32_t place_of(struct dataset_category *categories, uint32_t *count,
                        struct dataset_category category)
{
    for (uint32_t k = 0; k < *count; k++) {
        if (strcmp(categories[k].code, category.code) == 0) {
            return (int32_t)k;
        }
    }
    categories[(*count)++] = category;
    return (int32_t)(*count - 1);
}

static void put_categories(const struct making *m, struct dataset_variable *to, struct dataset_cell *cells,
                           const struct variable *v)
{
    const struct merge *scale = scale_of(v);
    struct dataset_category *categories = arena_array(m->arena, v->category_count, sizeof *categories);
    for (uint16_t k = 0; k < v->category_count; k++) {
        const struct merge *merge = scale ? find_merge(scale, v->categories[k].code) : NULL;
        struct dataset_category category = {v->categories[k].code, v->categories[k].label[m->language]};
        if (merge && merge->to) {
            category = (struct dataset_category){merge->to, merge->label[m->language]};
        }
        cells[ANSWER_FIRST + k].number = place_of(categories, &to->category_count, category);
    }
    to->kind = DATASET_CATEGORY;
    to->categories = categories;
    if (scale) {
        m->out->coarser[m->out->coarser_count++] = v->code;
    }
}

static uint32_t slots_of(const struct variable *v)
{
    return ANSWER_FIRST + (v->kind == VARIABLE_NUMBER ? (uint32_t)v->number_max + 1 : v->category_count);
}

static void add_column(const struct making *m, const struct variable *v)
{
    struct recipe *out = m->out;
    struct dataset_variable *to = &out->variables[out->variable_count++];
    uint32_t slots = slots_of(v);
    struct dataset_cell *cells = arena_array(m->arena, slots, sizeof *cells);
    *to = (struct dataset_variable){.code = v->code,
                                    .label = v->label[m->language],
                                    .question = v->question ? v->label[m->language] : NULL,
                                    .concept = figures_concept(m->arena, v)};
    for (uint32_t slot = 0; slot < ANSWER_FIRST; slot++) {
        cells[slot].missing = slot + 1;
    }
    if (v->kind == VARIABLE_NUMBER) {
        to->kind = DATASET_NUMBER;
        to->number_max = v->number_max;
        for (uint32_t slot = ANSWER_FIRST; slot < slots; slot++) {
            cells[slot].number = (int32_t)(slot - ANSWER_FIRST);
        }
    } else {
        put_categories(m, to, cells, v);
    }
    out->columns[out->column_count++] =
        (struct recipe_column){.source = v, .cells = cells, .slots = slots, .key = -1};
}

/* ---- the whole ---- */

static bool is_left_out(const struct variable *v)
{
    return v->background && v->kind != VARIABLE_CATEGORY;
}

static bool add_key(struct recipe *out, size_t column)
{
    if (out->key_count == ANONYMITY_VARIABLES_MAX) {
        log_error("export.recipe", "reason=\"more background than anonymity takes\"");
        return false;
    }
    out->columns[column].key = (int)out->key_count;
    out->key_sizes[out->key_count] = RECIPE_REASONS + out->variables[column + 1].category_count;
    out->keys[out->key_count++] = column;
    return true;
}

static bool add_keys(struct recipe *out)
{
    static const char *const known[] = {"werving", "kanaal", "taal"};
    bool good = true;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        for (size_t c = 0; good && c < out->column_count; c++) {
            const struct variable *v = out->columns[c].source;
            good = !(v->system && strcmp(v->code, known[i]) == 0) || add_key(out, c);
        }
    }
    out->key_kept = out->key_count;
    for (size_t c = 0; good && c < out->column_count; c++) {
        good = !out->columns[c].source->background || add_key(out, c);
    }
    return good;
}

bool recipe_make(struct recipe *out, struct arena *arena, const struct results_export_request *request)
{
    size_t count = 0;
    const struct variable *variables = questionnaire_variables(&count, request->round->questionnaire);
    const int language = request->language;
    const struct making making = {out, arena, language};
    *out = (struct recipe){.variables = arena_array(arena, count + 2, sizeof *out->variables),
                           .columns = arena_array(arena, count, sizeof *out->columns),
                           .left_out = arena_array(arena, count, sizeof *out->left_out),
                           .coarser = arena_array(arena, count, sizeof *out->coarser),
                           .reasons = reasons[language],
                           .weighed = request->weighing != NULL};
    out->variables[out->variable_count++] = (struct dataset_variable){
        .code = request->round->invented ? "rij_verzonnen" : "rij", /* CSV has no other place to say so */
        .label = language == 0 ? "Kenmerk van de rij in deze uitvoer" : "Mark of the row in this export",
        .kind = DATASET_TEXT,
        .text_max = ROW_NAME_BYTES,
        .key = true,
        .complete = true};
    for (size_t i = 0; i < count; i++) {
        if (is_left_out(&variables[i])) {
            out->left_out[out->left_out_count++] = variables[i].code;
        } else {
            add_column(&making, &variables[i]);
        }
    }
    if (request->weighing) {
        out->variables[out->variable_count++] = (struct dataset_variable){
            .code = "gewicht",
            .label = arena_printf(arena, language == 0 ? "Gewicht, versie %s" : "Weight, version %s",
                                  request->weighing->version)
                         .ptr,
            .kind = DATASET_REAL,
            .weight = true,
            .complete = true};
    }
    return add_keys(out);
}

const struct dataset_cell *recipe_cell(const struct recipe_column *column, const unsigned char *answers)
{
    uint16_t slot = answer_get(answers, column->source);
    return slot < column->slots ? &column->cells[slot] : NULL;
}

uint16_t recipe_key(const struct dataset_cell *cell)
{
    return (uint16_t)(cell->missing > 0 ? cell->missing - 1 : RECIPE_REASONS + (uint32_t)cell->number);
}
