/* Elements stand in the order of the schema: informatieobjectType and bestandType are sequences. */
#include "features/opendata/opendata_mdto.h"

#include "web/web.h"

#include <inttypes.h>
#include <string.h>

static void put(struct buffer *out, const char *name, const char *text)
{
    buffer_printf(out, "<%s>", name);
    web_escape(out, slice_from_cstr(text));
    buffer_printf(out, "</%s>\n", name);
}

static void put_identifier(struct buffer *out, const char *element, const char *identifier,
                           const char *source)
{
    buffer_printf(out, "<%s>\n", element);
    put(out, "identificatieKenmerk", identifier);
    put(out, "identificatieBron", source);
    buffer_printf(out, "</%s>\n", element);
}

/* A term of a list. code NULL: it has none. */
static void put_term(struct buffer *out, const char *element, const char *label, const char *code,
                     const char *list)
{
    buffer_printf(out, "<%s>\n", element);
    put(out, "begripLabel", label);
    if (code) {
        put(out, "begripCode", code);
    }
    buffer_append_cstr(out, "<begripBegrippenlijst>\n");
    put(out, "verwijzingNaam", list);
    buffer_printf(out, "</begripBegrippenlijst>\n</%s>\n", element);
}

static void put_reference(struct buffer *out, const char *element, const char *name, const char *identifier,
                          const char *source)
{
    buffer_printf(out, "<%s>\n", element);
    put(out, "verwijzingNaam", name);
    if (identifier[0]) {
        put_identifier(out, "verwijzingIdentificatie", identifier, source);
    }
    buffer_printf(out, "</%s>\n", element);
}

static void put_begin(struct buffer *out, const char *kind)
{
    buffer_printf(out,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                  "<MDTO xmlns=\"https://www.nationaalarchief.nl/mdto\""
                  " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
                  " xsi:schemaLocation=\"https://www.nationaalarchief.nl/mdto"
                  " https://www.nationaalarchief.nl/mdto/MDTO-XML1.0.1.xsd\">\n<%s>\n",
                  kind);
}

static void put_end(struct buffer *out, const char *kind)
{
    buffer_printf(out, "</%s>\n</MDTO>\n", kind);
}

void mdto_write_object(struct buffer *out, const struct mdto_object *o)
{
    put_begin(out, "informatieobject");
    put_identifier(out, "identificatie", o->identifier, o->source);
    put(out, "naam", o->name);
    put_term(out, "aggregatieniveau", "Dossier", NULL, "MDTO begrippenlijst aggregatieniveaus");
    put(out, "omschrijving", o->description);
    if (o->first_day) {
        buffer_append_cstr(out, "<dekkingInTijd>\n");
        put_term(out, "dekkingInTijdType", "Inhoud", NULL, "MDTO begrippenlijst typen dekking in tijd");
        put(out, "dekkingInTijdBegindatum", o->first_day);
        put(out, "dekkingInTijdEinddatum", o->last_day);
        buffer_append_cstr(out, "</dekkingInTijd>\n");
    }
    put(out, "taal", "nl");
    put_term(out, "waardering", "Blijvend te bewaren", "B", "MDTO begrippenlijst waarderingen");
    if (o->selection_list[0]) {
        put_term(out, "informatiecategorie", o->selection_list, NULL, "Selectielijst van de archiefvormer");
    }
    put_reference(out, "archiefvormer", o->organisation, o->organisation_id, "TOOI");
    buffer_append_cstr(out, "<beperkingGebruik>\n");
    put_term(out, "beperkingGebruikType", "Openbaarheid", NULL, "Door de archiefvormer vast te stellen");
    put(out, "beperkingGebruikNadereBeschrijving",
        "De map signalen bevat namen van medewerkers en stukken die niet openbaar zijn; elk stuk zegt of het "
        "openbaar is. Al het andere is openbaar.");
    buffer_append_cstr(out, "</beperkingGebruik>\n");
    put_end(out, "informatieobject");
}

void mdto_write_file(struct buffer *out, const struct mdto_object *object, const struct package_part *part,
                     const char *made_at)
{
    const char *slash = strrchr(part->name, '/');
    const char *subtype = strchr(part->media_type, '/');
    char size[32];
    snprintf(size, sizeof size, "%" PRIu64, part->size);
    put_begin(out, "bestand");
    put_identifier(out, "identificatie", part->name, object->identifier);
    put(out, "naam", slash ? slash + 1 : part->name);
    put(out, "omvang", size);
    put_term(out, "bestandsformaat", subtype ? subtype + 1 : part->media_type, part->media_type,
             "IANA Media types");
    buffer_append_cstr(out, "<checksum>\n");
    put_term(out, "checksumAlgoritme", "SHA-256", NULL, "Begrippenlijst ChecksumAlgoritme MDTO");
    put(out, "checksumWaarde", part->sha256);
    put(out, "checksumDatum", made_at);
    buffer_append_cstr(out, "</checksum>\n");
    put_reference(out, "isRepresentatieVan", object->name, object->identifier, object->source);
    put_end(out, "bestand");
}
