#!/bin/bash
# package-tests.sh BINARY: the Debian package is enough for deploy/README.md: what it names is there, no link leads nowhere, and a
# consultation can be published from it.
set -uo pipefail
# shellcheck source=tests/deploy/harness.sh
. "$(dirname "$0")/harness.sh"
binary=$1
trap 'rm -rf "$box"' EXIT
installed=$box/installed
documents=$installed/usr/share/doc/zevenstem

build() { "$root/deploy/debian/build.sh" "$binary" "$box" && dpkg-deb -x "$box"/zevenstem_*.deb "$installed"; }
test_that 'it is built' build

# Prints what is not there.
dead_links() {
    perl -e '
        my $dead = 0;
        for my $file (@ARGV) {
            my ($folder) = $file =~ m{^(.*/)};
            open my $in, "<", $file or die "$file: $!\n";
            while (my $line = <$in>) {
                while ($line =~ /\]\(([^)#\s]+)[^)]*\)/g) {
                    my $target = $1;
                    next if $target =~ /^[a-z]+:/ || -e "$folder$target";
                    print "$file links to $target\n";
                    $dead++;
                }
            }
        }
        exit($dead > 0)' "$@"
}
links_lead_somewhere() {
    local files
    mapfile -t files < <(find "$installed" -name '*.md')
    [ "${#files[@]}" -gt 10 ] && dead_links "${files[@]}"
}
test_that 'no link of a document leads nowhere' links_lead_somewhere

# /etc/... is the administrator's to make.
named_files_are_there() {
    local path missing=0
    while read -r path; do
        [ -e "$installed$path" ] || { echo "$path is named, and not there"; missing=1; }
    done < <(grep -rhoE '/usr/share/[a-zA-Z0-9_./-]*[a-zA-Z0-9]' "$documents" "$installed/lib/systemd" | sort -u)
    [ "$missing" = 0 ]
}
test_that 'what the documents and units name of it is there' named_files_are_there

recovery() { [ -s "$documents/deploy/postgresql/README.md" ] && grep -q 'deploy/README.md' "$documents/README.Debian"; }
test_that 'how to restore is there, and where to begin' recovery

publishable() {
    local file
    for file in "$installed"/usr/share/zevenstem/config/consultations/biotechnologie-*.json; do
        "$binary" consultation check "$file" || return 1
    done
}
test_that 'a consultation is whole in it' publishable
finish
