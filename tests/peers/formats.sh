#!/bin/bash
# formats.sh FOLDER: R, PSPP, LibreOffice and xmllint read the sample data set that write_sample put there. DDI_SCHEMA: see
# formats.mk.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
schema=${DDI_SCHEMA:+$(realpath "$DDI_SCHEMA")/codebook.xsd}
cd "$1"
export LC_ALL=C.UTF-8

Rscript --vanilla "$here/formats.R" .
echo 'R reads SPSS, Stata, CSV and JSON lines as they were written'

# What is -1 to -3 is missing to PSPP, so the mean age is that of the codes 1 and 3; and it weighs by the weight.
cat >pspp.sps <<'END'
GET FILE='sample.sav'.
SHOW WEIGHT.
WEIGHT OFF.
DESCRIPTIVES leeftijd /STATISTICS=MEAN MINIMUM MAXIMUM.
LIST rij leeftijd @with @9.lijn.
END
pspp -O format=csv -o pspp.csv pspp.sps
grep -q 'WEIGHT is gewicht' pspp.csv
grep -qx 'Hoe oud bent u?,2,2\.00,16 tot en met 24 jaar,75 jaar of ouder' pspp.csv
grep -qx '0d,-3,-3,één 👍' pspp.csv
echo 'PSPP reads SPSS, its missing values and its weight'

# Sheets as LibreOffice sees them, each its own file; the texts between quotes, numbers bare. A line end in a cell of ODS is a
# space.
for format in xlsx ods; do
    rm -rf "sheets-$format"
    soffice -env:UserInstallation="file://$PWD/office" --headless --convert-to \
        'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,true,false,false,false,-1' --outdir "sheets-$format" \
        "sample.$format" >office.log 2>&1
    sheet=sheets-$format/sample-Gegevens.csv
    tr '\n' ' ' <"$sheet" | grep -qF '"0a","16-24","slecht",0,40000,"=1+1",1 "0b","niet-gevraagd","geen-antwoord","weet-ik-niet",7,"a,""b"" c",0.1 '
    grep -qx '"0e","75-plus","niet-gevraagd","geen-antwoord","geen-antwoord","3-5",.*' "$sheet"
    grep -qx '"waarden-top3_veiligheid","Wat vindt u, .*","slecht","Slecht & ""naar"" <zo>"' "sheets-$format/sample-Codeboek.csv"
    echo "LibreOffice reads ${format^^}, and runs no formula"
done

xmllint --nonet --noout sample.xml
# What it counts is what R reads of the same rows.
xmllint --nonet --xpath "//*[local-name()='var'][@name='leeftijd']/*[local-name()='catgry']/*[local-name()='catValu' or local-name()='catStat']/text()" \
    sample.xml | paste - - >counted
# shellcheck disable=SC2016 # a program of R
Rscript --vanilla -e 'told <- read.delim("counted", header = FALSE, colClasses = c("character", "integer"))
    rows <- read.csv("sample.csv", colClasses = "character", na.strings = character())$leeftijd
    stopifnot(identical(told$V2, as.integer(table(factor(rows, told$V1)))), sum(told$V2) == length(rows))'
echo 'DDI counts the rows of the CSV'
if [ -n "$schema" ]; then
    xmllint --nonet --noout --schema "$schema" sample.xml
else
    echo 'no schema of DDI beside the checkout: not held against it'
fi
