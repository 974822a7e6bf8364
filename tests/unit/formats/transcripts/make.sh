#!/bin/bash
# make.sh: gesprek.docx and gesprek.odt out of gesprek.fodt, by LibreOffice Writer (libreoffice-writer-nogui). They are kept beside
# it, as not every machine that runs the tests has Writer, and each run gives other bytes.
set -euo pipefail
cd "$(dirname "$0")"
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
for format in docx odt; do
    soffice "-env:UserInstallation=file://$profile" --headless --convert-to "$format" gesprek.fodt
done
