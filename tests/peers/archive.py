#!/usr/bin/python3
"""Opens a package with another program's ZIP and XML: `archive.py FILE.zip` says as JSON what is in it, whether the ZIP is
sound, whether SHA256SUMS fits, and what its MDTO says."""
import hashlib
import json
import sys
import xml.etree.ElementTree as tree
import zipfile

MDTO = "{https://www.nationaalarchief.nl/mdto}"


def path_of(element):
    return [child.tag.replace(MDTO, "") for child in element]


def main():
    archive = zipfile.ZipFile(sys.argv[1])
    contents = {name: archive.read(name) for name in archive.namelist()}
    sums = {}
    for line in contents.get("SHA256SUMS", b"").decode().splitlines():
        digest, name = line.split("  ", 1)
        sums[name] = digest
    mdto = {name: tree.fromstring(bytes_) for name, bytes_ in contents.items() if name.endswith(".mdto.xml")}
    files = {name: root[0] for name, root in mdto.items() if root[0].tag == MDTO + "bestand"}
    print(json.dumps({
        "sound": archive.testzip() is None,
        "names": sorted(contents),
        "sums": all(hashlib.sha256(contents[name]).hexdigest() == digest for name, digest in sums.items()),
        "summed": sorted(sums),
        "texts": {name: bytes_.decode("utf-8", "replace") for name, bytes_ in contents.items() if not name.endswith(".sig")},
        "manifest": contents["manifest.json"].hex() if "manifest.json" in contents else None,
        "signature": contents["manifest.json.sig"].hex() if "manifest.json.sig" in contents else None,
        "objects": {name: path_of(root[0]) for name, root in mdto.items() if root[0].tag == MDTO + "informatieobject"},
        "files": {name: path_of(one) for name, one in files.items()},
        "checks": all(one.find(f"{MDTO}checksum/{MDTO}checksumWaarde").text == hashlib.sha256(contents[one.find(f"{MDTO}identificatie/{MDTO}identificatieKenmerk").text]).hexdigest() for one in files.values()),
    }))


main()
