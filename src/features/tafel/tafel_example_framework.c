/* The assessment framework of the example of invented data: a sheet with two versions that were approved, the
 * first by a second person, the second by the meeting. */
#include "features/tafel/tafel_example_framework.h"

#include "features/example/example.h"
#include "features/tafel/tafel_framework_pages.h"

#include <stdlib.h>

#define BY     "voorbeeld"
#define SECOND "voorbeeld-2"

/* As the secretary writes them; the conclusion is in the versions. */
static const char *const written[FRAMEWORK_SECTIONS] = {
    [FRAMEWORK_EFFECTS] =
        "{\"keuzevrijheid\": \"Iedereen ziet in de winkel wat gekweekt is, en kiest zelf.\","
        " \"veiligheid\": \"Wat in de winkel ligt, is veilig om te eten.\","
        " \"gezondheid\": \"Minder dieren worden ziek in grote stallen.\"}",
    [FRAMEWORK_FOR_WHOM] =
        "{\"mensen\": \"Mensen krijgen meer keuze. Boeren moeten misschien ander werk zoeken.\","
        " \"dieren\": \"Er worden minder dieren gehouden en gedood.\","
        " \"milieu\": \"Er is minder land nodig. Hoeveel energie het kost, is niet zeker.\","
        " \"later\": \"Er blijft meer ruimte over voor wie na ons komt.\","
        " \"elders\": \"Landen die nu veevoer verkopen, verdienen minder.\"}",
    [FRAMEWORK_CONSEQUENCES] = "{\"baten\": \"Minder dierenleed en minder gebruik van land.\","
                               " \"risicos\": \"Een paar grote bedrijven krijgen veel macht.\","
                               " \"onbekend\": \"Wat het op lange termijn met de gezondheid doet.\","
                               " \"alternatieven\": \"Bonen, noten en vlees van planten.\"}",
    [FRAMEWORK_NATURE] = "{\"omkeerbaar\": \"deels\", \"omkeerbaarWaarom\": \"Stoppen met maken kan. Een "
                         "boerderij die weg is, "
                         "komt niet zomaar terug.\", \"gemaakt\": \"beide\", \"gemaaktWaarom\": \"Nederland "
                         "onderzoekt het. In "
                         "andere landen ligt het al in de winkel.\"}",
    [FRAMEWORK_EVIDENCE] =
        "{\"toelichting\": \"Van deze verzonnen rondes is nog geen waardenkaart openbaar.\"}",
    [FRAMEWORK_ARGUMENTS] =
        "{\"laatste\": 3, \"lijst\": ["
        "{\"nummer\": 1, \"kant\": \"voor\", \"partij\": \"burgers\", \"tekst\": \"Er hoeft geen dier voor "
        "dood.\", \"passages\": []},"
        "{\"nummer\": 2, \"kant\": \"voor\", \"partij\": \"kennisinstellingen\", \"tekst\": \"Het gebruikt "
        "minder land dan een koe.\", \"passages\": []},"
        "{\"nummer\": 3, \"kant\": \"tegen\", \"partij\": \"burgers\", \"tekst\": \"Vlees uit een fabriek is "
        "niet natuurlijk.\", \"passages\": []}]}",
    [FRAMEWORK_TENSIONS] =
        "{\"laatste\": 1, \"lijst\": [{\"nummer\": 1, \"waarde\": \"natuurlijkheid\", \"tegenover\": "
        "\"gezondheid\", \"tekst\": \"Mensen vinden het onnatuurlijk, maar zien ook dat dieren minder "
        "lijden.\"}]}",
    [FRAMEWORK_CONDITIONS] =
        "{\"laatste\": 2, \"lijst\": [{\"nummer\": 1, \"waarden\": [\"keuzevrijheid\"], \"tekst\": \"Op het "
        "etiket staat dat het vlees gekweekt is.\"}, {\"nummer\": 2, \"waarden\": [\"veiligheid\", "
        "\"legitimiteit\"], \"tekst\": \"Iemand die er niets aan verdient, controleert het.\"}]}",
    [FRAMEWORK_MINORITIES] = "{\"laatste\": 1, \"lijst\": [{\"nummer\": 1, \"wie\": \"Mensen die om hun "
                             "geloof geen gekweekt vlees "
                             "eten\", \"tekst\": \"Zij willen dat er gewoon vlees blijft.\"}]}",
    [FRAMEWORK_DISSENTS] = "{\"laatste\": 1, \"lijst\": [{\"nummer\": 1, \"kant\": \"bedrijven\", "
                           "\"naamMag\": false, \"tekst\": "
                           "\"Een apart etiket is niet nodig.\"}]}",
};
/* What is different in the second version. */
#define MORE_RISKS                                                                                           \
    "{\"baten\": \"Minder dierenleed en minder gebruik van land.\", \"risicos\": \"Een paar grote "          \
    "bedrijven "                                                                                             \
    "krijgen veel macht. Boeren verliezen werk.\", \"onbekend\": \"Wat het op lange termijn met de "         \
    "gezondheid doet, en hoeveel energie het kost.\", \"alternatieven\": \"Bonen, noten en vlees van "       \
    "planten.\"}"

struct making {
    struct db_tx *tx;
    int32_t number;
    json_t *document; /* as the sheet stands, in the shape of a version's */
};

/* Keeps a section, and places it in the document. content_take: in the shape of the section. */
static enum db_status put(struct making *m, enum framework_section section, json_t *content_take)
{
    size_t i;
    json_t *entry;
    const struct framework_part *part = &framework_parts[section];
    const enum db_status status = framework_section_keep(m->tx, m->number, section, content_take, BY);
    json_t *kept =
        part->is_list ? json_incref(json_object_get(content_take, "lijst")) : json_incref(content_take);
    json_array_foreach(kept, i, entry)
    {
        json_object_del(entry, "passages");
    }
    json_object_set_new(m->document, part->code, kept);
    json_decref(content_take);
    return status;
}

static enum db_status write_sections(struct making *m)
{
    enum db_status status = DB_OK;
    for (unsigned i = 0; status == DB_OK && i < FRAMEWORK_SECTIONS; i++) {
        if (written[i]) {
            status = put(m, (enum framework_section)i, json_loads(written[i], 0, NULL));
        }
    }
    return status == DB_OK
               ? put(m, FRAMEWORK_CONCLUSION,
                     json_pack("{s:s,s:s,s:s}", "tekst", "Kweekvlees kan, als mensen weten wat zij eten.",
                               "grond", "mandaat", "verwijzing", "Mandaat van de tafel (verzonnen)"))
               : status;
}

static enum db_status approve(struct making *m, int32_t meeting_item)
{
    struct framework_decided decided = {.approved = true, .meeting_item = meeting_item, .told = SLICE("")};
    const enum db_status status =
        framework_version_add(&decided.version, m->tx, m->number, m->document, NULL, 0, BY);
    return status == DB_OK ? framework_decide(m->tx, m->number, &decided, SECOND) : status;
}

static enum db_status decide_by_meeting(struct making *m, int32_t meeting_item)
{
    json_t *list = NULL;
    const char *item = arena_printf(db_arena(m->tx), "%d", (int)meeting_item).ptr;
    enum db_status status = put(m, FRAMEWORK_CONSEQUENCES, json_loads(MORE_RISKS, 0, NULL));
    status = status == DB_OK ? framework_decisions(&list, m->tx, db_arena(m->tx), meeting_item) : status;
    if (status == DB_OK) {
        status =
            put(m, FRAMEWORK_CONCLUSION,
                json_pack("{s:s,s:s,s:s}", "tekst",
                          "Kweekvlees kan, als op het etiket staat dat het gekweekt is en als boeren hulp "
                          "krijgen.",
                          "grond", "overleg", "besluit", item));
    }
    json_object_set_new(json_object_get(m->document, framework_parts[FRAMEWORK_CONCLUSION].code), "besluit",
                        framework_decision(json_array_get(list, 0)));
    return status == DB_OK ? approve(m, meeting_item) : status;
}

enum db_status framework_example(struct db_tx *tx, int32_t meeting_item)
{
    struct making m = {.tx = tx, .document = json_object()};
    enum db_status status = framework_add(&m.number, tx, SLICE(EXAMPLE_CONSULTATION), SLICE("kweekvlees"),
                                          SLICE("Kweekvlees"), BY);
    status = status == DB_OK ? write_sections(&m) : status;
    status = status == DB_OK ? approve(&m, 0) : status;
    status = status == DB_OK ? decide_by_meeting(&m, meeting_item) : status;
    json_decref(m.document);
    return status;
}
