#!/bin/bash
# qda.sh FOLDER: R and xmllint read the projects that write_qda put there. QDA_SCHEMA: see qda.mk.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
schema=${QDA_SCHEMA:+$(realpath "$QDA_SCHEMA")}
cd "$1"
export LC_ALL=C.UTF-8

Rscript --vanilla "$here/qda.R" .
echo 'R unpacks projects, and finds at each position the text that the selection is named after'

if [ -n "$schema" ]; then
    for files in 'Project unpacked-*/project.qde' 'Codebook *.qdc'; do
        # shellcheck disable=SC2086
        xmllint --nonet --noout --schema "$schema/${files%% *}.xsd" ${files#* } 2>xmllint.log || { cat xmllint.log; exit 1; }
    done
    echo 'xmllint finds projects and code books as their schemas say'
else
    echo 'no schemas of REFI-QDA beside the checkout: not held against them'
fi
