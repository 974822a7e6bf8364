/* The catalogue of what is open data, as DCAT-AP-NL 3.0 (docs.geostandaarden.nl/dcat/dcat-ap-nl30) asks for
 * it: a dcat:Catalog, of every round that was published a dcat:Dataset whose distributions are the files of
 * the newest publication, and each earlier publication as a version of it. Nothing in it is invented: what
 * the configuration does not say makes that there is no catalogue. */
#ifndef ZEVENSTEM_OPENDATA_CATALOGUE_H
#define ZEVENSTEM_OPENDATA_CATALOGUE_H

#include "base/arena.h"
#include "base/slice.h"

/* What the configuration says; "" is: nothing. */
struct catalogue_facts {
    const char *licence;                        /* "cc0" or "cc-by-4.0" */
    const char *organisation, *organisation_id; /* its name, and its address in the TOOI registers */
    const char *contact_name, *contact_email, *contact_url;
    const char *const *themes; /* codes of the EU's data themes: "GOVE"; ended by NULL */
};
/* The settings that are missing, as "[opendata] licence, [service] organisation"; NULL: none, the catalogue
 * is ready. In the arena. */
const char *catalogue_lacks(struct arena *arena, const struct catalogue_facts *facts);
/* The address of the licence; NULL: there is no such licence. */
const char *catalogue_licence(const char *name);

#endif
