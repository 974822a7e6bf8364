#!/bin/bash
# Migrations are immutable: a database somewhere has run them. migrations/landed.sha256 lists those that left this house, with
# their checksums; editing, renaming or removing one is refused, adding a new one is free. `migrations.sh --land` adds the new
# ones: done once, when a release (or a database that must be kept) takes them.
set -euo pipefail
cd "$(dirname "$0")/../.."
landed=migrations/landed.sha256
if [ "${1:-}" = --land ]; then
    touch $landed
    for file in migrations/[0-9]*.sql; do
        grep -q "  $file\$" $landed || sha256sum "$file" >>$landed
    done
    exit 0
fi
faults=0
fault() {
    echo "$1"
    faults=$((faults + 1))
}
# Numbers run from 0001 without a gap, names say what they do.
expected=1
count=0
for file in migrations/[0-9]*.sql; do
    [ -e "$file" ] || break
    [[ $file =~ ^migrations/([0-9]{4})_[a-z0-9_]+\.sql$ ]] || { fault "$file: not NNNN_name.sql"; continue; }
    [ "$((10#${BASH_REMATCH[1]}))" = "$expected" ] ||
        fault "$file: number $expected was expected here"
    expected=$((10#${BASH_REMATCH[1]} + 1))
    count=$((count + 1))
done
if [ -s $landed ]; then
    while read -r sum file; do
        if [ ! -e "$file" ]; then
            fault "$file: has landed and may not disappear"
        elif [ "$(sha256sum <"$file" | cut -d' ' -f1)" != "$sum" ]; then
            fault "$file: has landed and may not change any more; write a new migration"
        fi
    done <$landed
fi
echo "migrations: $count files, $faults faults"
[ "$faults" = 0 ]
