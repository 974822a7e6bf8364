/* A small data set with one of everything that formats differ in, for the tests here and for those that let
 * other programs read it. */
#ifndef ZEVENSTEM_TESTS_SAMPLE_H
#define ZEVENSTEM_TESTS_SAMPLE_H

#include "formats/dataset.h"

enum { SAMPLE_VARIABLES = 7, SAMPLE_ROWS = 5, SAMPLE_MISSING = 3 };

static const struct dataset_category sample_missing[SAMPLE_MISSING] = {
    {"niet-gevraagd", "Niet gevraagd"}, {"geen-antwoord", "Geen antwoord"}, {"weet-ik-niet", "Weet ik niet"}};
static const struct dataset_category sample_ages[] = {
    {"16-24", "16 tot en met 24 jaar"}, {"25-34", "25 tot en met 34 jaar"}, {"75-plus", "75 jaar of ouder"}};
static const struct dataset_category sample_views[] = {{"goed", "Goed"},
                                                       {"slecht", "Slecht & \"naar\" <zo>"}};

static const struct dataset_variable sample_variables[SAMPLE_VARIABLES] = {
    {.code = "rij",
     .label = "Rijnummer",
     .kind = DATASET_TEXT,
     .text_max = 16,
     .key = true,
     .complete = true},
    {.code = "leeftijd",
     .label = "Hoe oud bent u?",
     .question = "Hoe oud bent u?",
     .kind = DATASET_CATEGORY,
     .categories = sample_ages,
     .category_count = 3},
    {.code = "waarden-top3_veiligheid",
     .label =
         "Wat vindt u, alles bij elkaar genomen en met de kennis van nu, van veiligheid in Súdwest-Fryslân, "
         "Curaçao en ’s-Hertogenbosch?",
     .question = "Wat vindt u?",
     .kind = DATASET_CATEGORY,
     .categories = sample_views,
     .category_count = 2,
     .concept = "belang"},
    {.code = "een-heel-lange-naam-van-een-vraag-met-onderdelen_en-een-optie-die-ook-lang-is",
     .label = "Punten",
     .kind = DATASET_NUMBER,
     .number_max = 100},
    {.code = "with", .label = "Een woord dat bezet is", .kind = DATASET_NUMBER, .number_max = 40000},
    {.code = "9-lijn", .label = "Opmerking", .kind = DATASET_TEXT, .text_max = 40, .complete = true},
    {.code = "gewicht", .label = "Gewicht", .kind = DATASET_REAL, .weight = true, .complete = true}};

static const char *const sample_notes[] = {
    "Achtergrondkenmerken zijn grover gemaakt, zodat elke combinatie bij ten minste vijf mensen voorkomt."};

static const struct dataset sample = {.code = "klein-1",
                                      .file_name = "klein 1.csv",
                                      .title = "Kleine raadpleging, ronde één",
                                      .language = "nl",
                                      .producer = "Ministerie & Co",
                                      .sampling = "Open voor iedereen van 16 jaar en ouder.",
                                      .variables = sample_variables,
                                      .variable_count = SAMPLE_VARIABLES,
                                      .missing = sample_missing,
                                      .missing_count = SAMPLE_MISSING,
                                      .notes = sample_notes,
                                      .note_count = 1,
                                      .row_count = SAMPLE_ROWS,
                                      .made_at = 1800000000};

#define SAMPLE_TEXT(literal)                                                                                 \
    {                                                                                                        \
        .text = SLICE_INIT(literal)                                                                          \
    }
static const struct dataset_cell sample_rows[SAMPLE_ROWS][SAMPLE_VARIABLES] = {{SAMPLE_TEXT("0a"),
                                                                                {.number = 0},
                                                                                {.number = 1},
                                                                                {.number = 0},
                                                                                {.number = 40000},
                                                                                SAMPLE_TEXT("=1+1"),
                                                                                {.real = 1}},
                                                                               {SAMPLE_TEXT("0b"),
                                                                                {.missing = 1},
                                                                                {.missing = 2},
                                                                                {.missing = 3},
                                                                                {.number = 7},
                                                                                SAMPLE_TEXT("a,\"b\"\nc"),
                                                                                {.real = 0.1}},
                                                                               {SAMPLE_TEXT("0c"),
                                                                                {.missing = 2},
                                                                                {.missing = 3},
                                                                                {.missing = 1},
                                                                                {.missing = 1},
                                                                                SAMPLE_TEXT(""),
                                                                                {.real = 2.5}},
                                                                               {SAMPLE_TEXT("0d"),
                                                                                {.missing = 3},
                                                                                {.number = 0},
                                                                                {.number = 100},
                                                                                {.missing = 3},
                                                                                SAMPLE_TEXT("één 👍"),
                                                                                {.real = 1.0 / 3}},
                                                                               {SAMPLE_TEXT("0e"),
                                                                                {.number = 2},
                                                                                {.missing = 1},
                                                                                {.missing = 2},
                                                                                {.missing = 2},
                                                                                SAMPLE_TEXT("3-5"),
                                                                                {.real = 1e-7}}};

#endif
