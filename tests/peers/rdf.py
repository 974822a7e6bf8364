#!/usr/bin/python3
"""Reads a catalogue with rdflib: `rdf.py A.ttl B.jsonld` says as JSON whether both have the same statements, and what
every resource of a class that DCAT-AP-NL 3.0 knows lacks or has too much of. The rules are those of the profile's shapes
(Geonovum, DCAT-AP-NL30, shapes/300/dcat-ap-nl-SHACL.ttl and -klassebereik.ttl), and of DCAT-AP 3.0 under it
(semiceu.github.io/DCAT-AP/releases/3.0.0, mandatory properties and ranges)."""
import json
import sys

from rdflib import DCAT, DCTERMS, FOAF, RDF, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.compare import to_isomorphic

VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
MANY = 10**6
# class: (property, least, most, what its values are: a class, "text", "address" or None)
RULES = {
    DCAT.Catalog: [
        (DCTERMS.title, 1, MANY, "text"), (DCTERMS.description, 1, MANY, "text"), (DCTERMS.publisher, 1, 1, FOAF.Agent),
        (DCAT.contactPoint, 1, 1, VCARD.Kind), (DCAT.dataset, 1, MANY, DCAT.Dataset), (DCTERMS.license, 0, 1, DCTERMS.LicenseDocument),
        (DCTERMS.language, 0, MANY, DCTERMS.LinguisticSystem), (DCAT.service, 0, MANY, DCAT.DataService),
    ],
    DCAT.Dataset: [
        (DCTERMS.title, 1, MANY, "text"), (DCTERMS.description, 1, MANY, "text"), (DCTERMS.accessRights, 1, 1, DCTERMS.RightsStatement),
        (DCAT.contactPoint, 1, 1, VCARD.Kind), (DCTERMS.creator, 1, MANY, FOAF.Agent), (DCTERMS.publisher, 1, 1, FOAF.Agent),
        (DCTERMS.identifier, 1, 1, "text"), (DCAT.theme, 1, MANY, SKOS.Concept), (DCAT.version, 0, 1, "text"),
        (DCAT.distribution, 1, MANY, DCAT.Distribution), (DCTERMS.language, 1, MANY, DCTERMS.LinguisticSystem),
        (DCTERMS.issued, 0, 1, "text"), (DCTERMS.modified, 0, 1, "text"), (DCTERMS.temporal, 0, MANY, DCTERMS.PeriodOfTime),
    ],
    DCAT.Distribution: [
        (DCAT.accessURL, 1, 1, "address"), (DCTERMS.license, 1, 1, DCTERMS.LicenseDocument), (DCAT.downloadURL, 1, 1, "address"),
        (DCTERMS.language, 1, MANY, DCTERMS.LinguisticSystem), (DCTERMS.title, 1, MANY, "text"), (DCTERMS.format, 0, 1, "address"),
        (DCAT.byteSize, 0, 1, "text"), (DCTERMS.conformsTo, 0, MANY, DCTERMS.Standard), (SPDX.checksum, 1, 1, SPDX.Checksum),
    ],
    DCAT.DataService: [
        (DCTERMS.title, 1, MANY, "text"), (DCTERMS.accessRights, 1, 1, DCTERMS.RightsStatement), (DCAT.contactPoint, 1, 1, VCARD.Kind),
        (DCTERMS.description, 1, MANY, "text"), (DCAT.endpointDescription, 1, 1, "address"), (DCAT.endpointURL, 1, 1, "address"),
        (DCTERMS.identifier, 1, 1, "text"), (DCTERMS.license, 1, 1, DCTERMS.LicenseDocument), (DCTERMS.publisher, 1, 1, FOAF.Agent),
        (DCTERMS.creator, 0, 1, FOAF.Agent), (DCAT.theme, 1, MANY, SKOS.Concept), (DCAT.servesDataset, 0, MANY, DCAT.Dataset),
    ],
    SPDX.Checksum: [(SPDX.algorithm, 1, 1, "address"), (SPDX.checksumValue, 1, 1, "text")],
    FOAF.Agent: [(FOAF.name, 1, MANY, "text")],
    VCARD.Kind: [(VCARD.fn, 1, MANY, "text"), (VCARD.hasEmail, 1, MANY, "address")],
}


def fits(graph, value, what):
    if what == "text":
        return isinstance(value, Literal) and value.ill_typed is not True if hasattr(value, "ill_typed") else isinstance(value, Literal)
    if what == "address":
        return isinstance(value, URIRef)
    return what is None or (value, RDF.type, what) in graph


def faults(graph):
    found = []
    for kind, rules in RULES.items():
        for subject in graph.subjects(RDF.type, kind):
            for name, least, most, what in rules:
                values = list(graph.objects(subject, name))
                if not least <= len(values) <= most:
                    found.append(f"{subject}: {len(values)} values of {name}")
                found += [f"{subject}: {name} {value} is no {what}" for value in values if not fits(graph, value, what)]
    return found


def main():
    turtle = Graph().parse(sys.argv[1], format="turtle")
    linked = Graph().parse(sys.argv[2], format="json-ld")
    print(json.dumps({
        "same": to_isomorphic(turtle) == to_isomorphic(linked),
        "statements": [len(turtle), len(linked)],
        "counts": {str(kind).split("#")[-1].split("/")[-1]: len(set(turtle.subjects(RDF.type, kind))) for kind in RULES},
        "faults": faults(turtle) + faults(linked),
        "downloads": sorted(str(value) for value in turtle.objects(None, DCAT.downloadURL)),
        "checksums": {str(turtle.value(at, DCAT.downloadURL)): str(turtle.value(turtle.value(at, SPDX.checksum), SPDX.checksumValue)) for at in turtle.subjects(RDF.type, DCAT.Distribution)},
        "literals": sorted({str(value) for value in turtle.objects() if isinstance(value, Literal)}),
        "addresses": sorted({str(value) for value in turtle.objects() if isinstance(value, URIRef)}),
    }))


main()
