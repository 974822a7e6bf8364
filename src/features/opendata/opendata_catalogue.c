#include "features/opendata/opendata_internal.h"

#include "base/clock.h"
#include "features/opendata/opendata_contents.h"
#include "features/opendata/opendata_graph.h"

#include <string.h>

/* Earlier publications that the catalogue tells of; older ones stay at their addresses. */
enum { VERSIONS_MAX = 12 };

#define EU    "http://publications.europa.eu/resource/authority/"
#define DUTCH EU "language/NLD"

const char *catalogue_licence(const char *name)
{
    return strcmp(name, "cc0") == 0         ? "http://creativecommons.org/publicdomain/zero/1.0/"
           : strcmp(name, "cc-by-4.0") == 0 ? "http://creativecommons.org/licenses/by/4.0/"
                                            : NULL;
}

const char *catalogue_lacks(struct arena *arena, const struct catalogue_facts *facts)
{
    const struct {
        const char *value, *setting;
    } needed[] = {{facts->licence, "[opendata] licence"},
                  {facts->organisation_id, "[opendata] organisation_id"},
                  {facts->organisation, "[service] organisation"},
                  {facts->contact_name, "[service] contact_name"},
                  {facts->contact_email, "[service] contact_email"}};
    struct slice list = {"", 0};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (!needed[i].value || !needed[i].value[0]) {
            list =
                arena_printf(arena, "%.*s%s%s", SLICE_ARG(list), list.len > 0 ? ", " : "", needed[i].setting);
        }
    }
    return list.len > 0 ? list.ptr : NULL;
}

/* ---- what every resource says ---- */

struct making {
    struct graph *graph;
    struct arena *arena;
    const struct opendata *opendata;
    const struct catalogue_facts *facts;
    const struct locales *locales;
    const char *base, *catalogue, *contact, *licence, *service;
    int64_t newest; /* when the last publication was made */
};

static const char *const languages[] = {"nl", "en"};

static const char *address(const struct making *m, const char *fragment)
{
    return arena_printf(m->arena, "%s#%s", m->catalogue, fragment).ptr;
}

static void say(struct making *m, const char *subject, const char *property, const char *path,
                const char *name, const char *const titles[2])
{
    for (size_t l = 0; l < 2; l++) {
        const char *title = titles && titles[l] ? titles[l] : titles ? titles[0] : NULL;
        graph_text(m->graph, subject, property,
                   locale_format(m->arena, m->locales, languages[l], path, "service", m->facts->organisation,
                                 name ? name : "round", title ? title : "", (const char *)NULL)
                       .ptr,
                   languages[l]);
    }
}

static void say_day(struct making *m, const char *subject, const char *property, int64_t unix_s)
{
    graph_value(m->graph, subject, property, package_day(m->arena, unix_s), "xsd:date");
}

static void say_moment(struct making *m, const char *subject, const char *property, int64_t unix_s)
{
    char text[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(text, unix_s);
    graph_value(m->graph, subject, property, arena_printf(m->arena, "%s", text).ptr, "xsd:dateTime");
}

/* Who made it known, who may be asked, what may be done with it. */
static void say_responsible(struct making *m, const char *subject)
{
    graph_link(m->graph, subject, "dct:publisher", m->facts->organisation_id);
    graph_link(m->graph, subject, "dct:creator", m->facts->organisation_id);
    graph_link(m->graph, subject, "dcat:contactPoint", m->contact);
    for (size_t i = 0; m->facts->themes[i]; i++) {
        graph_link(m->graph, subject, "dcat:theme",
                   arena_printf(m->arena, EU "data-theme/%s", m->facts->themes[i]).ptr);
    }
}

static void say_public(struct making *m, const char *subject)
{
    graph_link(m->graph, subject, "dct:accessRights", EU "access-right/PUBLIC");
}

/* ---- distributions ---- */

static const struct kind {
    const char *name;
    const char *format, *media_type; /* addresses; NULL: the list has none */
    const char *standard;            /* NULL: none */
} kinds[] = {
    {"csv", EU "file-type/CSV", "https://www.iana.org/assignments/media-types/text/csv",
     "https://www.w3.org/TR/tabular-data-model/"},
    {"csvw", EU "file-type/JSON_LD", "https://www.iana.org/assignments/media-types/application/csvm+json",
     "https://www.w3.org/TR/tabular-metadata/"},
    {"jsonl", EU "file-type/JSON", NULL, NULL},
    {"ddi", EU "file-type/XML", "https://www.iana.org/assignments/media-types/application/xml",
     "https://ddialliance.org/Specification/DDI-Codebook/2.5/"},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static const struct kind *kind_of(const struct published_file *file)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (slice_equal_cstr(file->kind, kinds[i].name)) {
            return &kinds[i];
        }
    }
    return NULL;
}

static void say_checksum(struct making *m, const char *distribution, const struct published_file *file)
{
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    const char *checksum = arena_printf(m->arena, "%s-sha256", distribution).ptr;
    crypto_hex(hex, file->sha256, sizeof file->sha256);
    graph_link(m->graph, distribution, "spdx:checksum", checksum);
    graph_type(m->graph, checksum, "spdx:Checksum");
    graph_link(m->graph, checksum, "spdx:algorithm", "http://spdx.org/rdf/terms#checksumAlgorithm_sha256");
    graph_value(m->graph, checksum, "spdx:checksumValue", arena_printf(m->arena, "%s", hex).ptr,
                "xsd:hexBinary");
}

const char *publication_file_title(struct arena *arena, const struct locales *locales,
                                   const struct published_file *file, const char *language)
{
    const char *path = arena_printf(arena, "opendata.kind.%.*s", SLICE_ARG(file->kind)).ptr;
    const char *stream = arena_printf(arena, "opendata.stream.%.*s", SLICE_ARG(file->stream)).ptr;
    const struct slice what = locale_text(locales, language, path);
    const struct slice who = locale_text(locales, language, stream);
    const struct slice weighted =
        locale_text(locales, language, file->weighted ? "opendata.weighted" : "opendata.unweighted");
    return arena_printf(arena, "%.*s; %.*s; %.*s", SLICE_ARG(what), SLICE_ARG(who), SLICE_ARG(weighted)).ptr;
}

static void say_distribution(struct making *m, const char *dataset, const struct publication *publication,
                             const char *folder, const struct published_file *file)
{
    const struct kind *kind = kind_of(file);
    const char *at = arena_printf(m->arena, "%s/%.*s", folder, SLICE_ARG(file->name)).ptr;
    const char *distribution =
        arena_printf(m->arena, "%s-%d-%.*s", dataset, (int)publication->number, SLICE_ARG(file->name)).ptr;
    graph_type(m->graph, distribution, "dcat:Distribution");
    for (size_t l = 0; l < 2; l++) {
        graph_text(m->graph, distribution, "dct:title",
                   publication_file_title(m->arena, m->locales, file, languages[l]), languages[l]);
    }
    graph_link(m->graph, distribution, "dcat:accessURL", at);
    graph_link(m->graph, distribution, "dcat:downloadURL", at);
    graph_link(m->graph, distribution, "dct:license", m->licence);
    graph_link(m->graph, distribution, "dct:format", kind ? kind->format : NULL);
    graph_link(m->graph, distribution, "dcat:mediaType", kind ? kind->media_type : NULL);
    graph_link(m->graph, distribution, "dct:conformsTo", kind ? kind->standard : NULL);
    graph_link(m->graph, distribution, "dct:language", DUTCH);
    graph_value(m->graph, distribution, "dcat:byteSize",
                arena_printf(m->arena, "%lld", (long long)file->size).ptr, "xsd:nonNegativeInteger");
    say_moment(m, distribution, "dct:issued", publication->published_at);
    say_checksum(m, distribution, file);
}

/* ---- datasets ---- */

/* When people answered. */
static void say_period(struct making *m, const char *dataset, const struct survey_round *round)
{
    const char *period = arena_printf(m->arena, "%s-periode", dataset).ptr;
    graph_link(m->graph, dataset, "dct:temporal", period);
    graph_type(m->graph, period, "dct:PeriodOfTime");
    say_day(m, period, "dcat:startDate", round->opens_at);
    say_day(m, period, "dcat:endDate", round->closes_at - 1); /* at which it is over */
}

/* One publication of a round, under an address of its own; identifier: where its list stands. */
static void say_dataset(struct making *m, const char *dataset, const struct survey_round *round,
                        const struct publication *publication, const char *identifier, int64_t first)
{
    const char *folder = arena_printf(m->arena, "%s%s", m->base,
                                      publication_folder(m->arena, round->code, publication->number))
                             .ptr;
    graph_type(m->graph, dataset, "dcat:Dataset");
    say(m, dataset, "dct:title", "opendata.dataset_title", "round", round->title);
    say(m, dataset, "dct:description", "opendata.dataset_text", "round", round->title);
    graph_value(m->graph, dataset, "dct:identifier", identifier, "xsd:anyURI");
    say_responsible(m, dataset);
    say_public(m, dataset);
    graph_link(m->graph, dataset, "dct:language", DUTCH);
    graph_link(m->graph, dataset, "dct:spatial", EU "country/NLD");
    graph_link(
        m->graph, dataset, "dcat:landingPage",
        arena_printf(m->arena, "%s/uitkomsten/%s?ronde=%s", m->base, round->consultation, round->code).ptr);
    graph_link(m->graph, dataset, "foaf:page", arena_printf(m->arena, "%s/manifest.json", folder).ptr);
    graph_text(m->graph, dataset, "dcat:version", arena_printf(m->arena, "%d", (int)publication->number).ptr,
               NULL);
    say_moment(m, dataset, "dct:issued", first);
    say_moment(m, dataset, "dct:modified", publication->published_at);
    for (size_t l = 0; l < 2; l++) {
        graph_text(m->graph, dataset, "dcat:keyword",
                   locale_text(m->locales, languages[l], "opendata.keyword").ptr, languages[l]);
    }
    say_period(m, dataset, round);
    for (size_t i = 0; i < publication->file_count; i++) {
        graph_link(m->graph, dataset, "dcat:distribution",
                   arena_printf(m->arena, "%s-%d-%.*s", dataset, (int)publication->number,
                                SLICE_ARG(publication->files[i].name))
                       .ptr);
    }
    for (size_t i = 0; i < publication->file_count; i++) {
        say_distribution(m, dataset, publication, folder, &publication->files[i]);
    }
}

static const char *dataset_address(const struct making *m, const struct survey_round *round)
{
    return address(m, arena_printf(m->arena, "dataset-%s", round->code).ptr);
}

static const char *version_address(const struct making *m, const struct survey_round *round, int32_t number)
{
    return arena_printf(m->arena, "%s-uitgave-%d", dataset_address(m, round), (int)number).ptr;
}

static void say_round(struct making *m, const struct survey_round *round,
                      const struct publication *const *list, size_t count)
{
    const struct publication *newest = list[count - 1];
    const size_t from = count - 1 > VERSIONS_MAX ? count - 1 - VERSIONS_MAX : 0;
    const char *dataset = dataset_address(m, round);
    for (size_t i = from; i + 1 < count; i++) {
        graph_link(m->graph, dataset, "dcat:hasVersion", version_address(m, round, list[i]->number));
    }
    say_dataset(m, dataset, round, newest,
                arena_printf(m->arena, "%s/open-data/%s", m->base, round->code).ptr, list[0]->published_at);
    for (size_t i = from; i + 1 < count; i++) {
        const char *version = version_address(m, round, list[i]->number);
        graph_link(m->graph, version, "dcat:isVersionOf", dataset);
        say_dataset(m, version, round, list[i],
                    arena_printf(m->arena, "%s%s", m->base,
                                 publication_folder(m->arena, round->code, list[i]->number))
                        .ptr,
                    list[i]->published_at);
    }
}

/* ---- the catalogue itself ---- */

/* What others have lists of, and what it is: so that who reads this alone need not fetch those. */
static void say_classes(struct making *m)
{
    graph_type(m->graph, m->facts->organisation_id, "foaf:Agent");
    graph_text(m->graph, m->facts->organisation_id, "foaf:name", m->facts->organisation, "nl");
    graph_type(m->graph, m->contact, "vcard:Kind");
    graph_type(m->graph, m->contact, "vcard:Organization");
    graph_text(m->graph, m->contact, "vcard:fn", m->facts->contact_name, "nl");
    graph_link(m->graph, m->contact, "vcard:hasEmail",
               arena_printf(m->arena, "mailto:%s", m->facts->contact_email).ptr);
    graph_link(m->graph, m->contact, "vcard:hasURL", m->facts->contact_url);
    graph_type(m->graph, m->licence, "dct:LicenseDocument");
    graph_type(m->graph, EU "access-right/PUBLIC", "dct:RightsStatement");
    graph_type(m->graph, DUTCH, "dct:LinguisticSystem");
    graph_type(m->graph, EU "language/ENG", "dct:LinguisticSystem");
    graph_type(m->graph, EU "country/NLD", "dct:Location");
    for (size_t i = 0; m->facts->themes[i]; i++) {
        graph_type(m->graph, arena_printf(m->arena, EU "data-theme/%s", m->facts->themes[i]).ptr,
                   "skos:Concept");
    }
    for (size_t i = 0; i < KINDS; i++) {
        if (kinds[i].standard) {
            graph_type(m->graph, kinds[i].standard, "dct:Standard");
        }
    }
}

static void say_catalogue(struct making *m, const struct survey_round *const *rounds, size_t count)
{
    graph_type(m->graph, m->catalogue, "dcat:Catalog");
    say(m, m->catalogue, "dct:title", "opendata.catalogue_title", NULL, NULL);
    say(m, m->catalogue, "dct:description", "opendata.catalogue_text", NULL, NULL);
    say_responsible(m, m->catalogue);
    graph_link(m->graph, m->catalogue, "dct:license", m->licence);
    graph_link(m->graph, m->catalogue, "dct:language", DUTCH);
    graph_link(m->graph, m->catalogue, "dct:language", EU "language/ENG");
    graph_link(m->graph, m->catalogue, "foaf:homepage", arena_printf(m->arena, "%s/open-data", m->base).ptr);
    say_moment(m, m->catalogue, "dct:modified", m->newest);
    for (size_t i = 0; i < count; i++) {
        graph_link(m->graph, m->catalogue, "dcat:dataset", dataset_address(m, rounds[i]));
    }
    graph_link(m->graph, m->catalogue, "dcat:service", m->service);
}

static void say_service(struct making *m, const struct survey_round *const *rounds, size_t count)
{
    graph_type(m->graph, m->service, "dcat:DataService");
    say(m, m->service, "dct:title", "opendata.service_title", NULL, NULL);
    say(m, m->service, "dct:description", "opendata.service_text", NULL, NULL);
    graph_value(m->graph, m->service, "dct:identifier", arena_printf(m->arena, "%s/v1", m->base).ptr,
                "xsd:anyURI");
    say_responsible(m, m->service);
    say_public(m, m->service);
    graph_link(m->graph, m->service, "dct:license", m->licence);
    graph_link(m->graph, m->service, "dct:language", DUTCH);
    graph_link(m->graph, m->service, "dcat:endpointURL", arena_printf(m->arena, "%s/v1", m->base).ptr);
    graph_link(m->graph, m->service, "dcat:endpointDescription",
               arena_printf(m->arena, "%s/v1/openapi.json", m->base).ptr);
    for (size_t i = 0; i < count; i++) {
        graph_link(m->graph, m->service, "dcat:servesDataset", dataset_address(m, rounds[i]));
    }
}

struct graph *catalogue_make(struct arena *arena, struct opendata *opendata,
                             const struct survey_snapshot *snapshot)
{
    const struct catalogue_facts *facts = &opendata->config.facts;
    const char *base = opendata->config.public_url;
    struct making m = {.graph = graph_create(arena),
                       .arena = arena,
                       .opendata = opendata,
                       .facts = facts,
                       .locales = web_locales(opendata->config.web),
                       .base = base,
                       .catalogue = arena_printf(arena, "%s/catalogus", base).ptr,
                       .licence = catalogue_licence(facts->licence)};
    const size_t all = survey_round_count(snapshot);
    const struct survey_round **rounds = arena_array(arena, all + 1, sizeof(const struct survey_round *));
    size_t count = 0;
    m.contact = address(&m, "contact");
    m.service = address(&m, "api");
    for (size_t i = 0; i < all; i++) {
        size_t published;
        const struct survey_round *round = survey_round_at(snapshot, i);
        const struct publication **list = publications(&published, arena, opendata, round->id);
        if (published > 0 && !round->invented) {
            rounds[count++] = round;
            m.newest =
                list[published - 1]->published_at > m.newest ? list[published - 1]->published_at : m.newest;
        }
    }
    if (count == 0) {
        return NULL;
    }
    say_catalogue(&m, rounds, count);
    say_service(&m, rounds, count);
    for (size_t i = 0; i < count; i++) {
        size_t published;
        const struct publication **list = publications(&published, arena, opendata, rounds[i]->id);
        say_round(&m, rounds[i], list, published);
    }
    say_classes(&m);
    return m.graph;
}
