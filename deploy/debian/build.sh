#!/bin/bash
# build.sh BINARY OUT_DIR: a Debian package of a built program: `make deb`. It brings the program, the systemd unit, the nginx
# site and its pages, what a consultation is published from, and the documents with all that they link to, at the same paths under
# /usr/share/doc/zevenstem; configuration is the administrator's (/etc/zevenstem, see deploy/README.md there). It starts nothing by
# itself: without a secret and a database there is nothing to start.
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=$1
out=$2
version=$(cat deploy/VERSION)
architecture=$(dpkg --print-architecture)
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
chmod 755 "$box"

put() { install -D -m "$1" "$2" "$box/$3"; }
put 0755 "$binary" usr/bin/zevenstem
strip --strip-unneeded "$box/usr/bin/zevenstem"
put 0644 deploy/systemd/zevenstem.service lib/systemd/system/zevenstem.service
put 0644 deploy/systemd/zevenstem.socket lib/systemd/system/zevenstem.socket
put 0644 config/zevenstem.conf usr/share/zevenstem/zevenstem.conf
put 0644 deploy/nginx/zevenstem.conf usr/share/zevenstem/nginx.conf
put 0644 deploy/postgresql/roles.sql usr/share/zevenstem/roles.sql
put 0644 deploy/postgresql/zevenstem.conf usr/share/zevenstem/postgresql.conf
for page in deploy/nginx/errors/*; do put 0644 "$page" "usr/share/zevenstem/proxy/${page##*/}"; done
for folder in agenda codebooks consultations explainers guides questionnaires; do
    for file in config/"$folder"/*; do put 0644 "$file" "usr/share/zevenstem/$file"; done
done
deploy/debian/documents.pl README.md deploy/README.md deploy/postgresql/README.md config/README.md config/*/README.md >"$box/documents"
while read -r file; do put 0644 "$file" "usr/share/doc/zevenstem/$file"; done <"$box/documents"
rm "$box/documents"
cat >"$box/usr/share/doc/zevenstem/README.Debian" <<'TEXT'
What to do after the installation stands in deploy/README.md of this folder, step by step. Examples and schemas of
consultations, questionnaires, explainers, guides, code books and the agenda are in /usr/share/zevenstem/config.
TEXT
chmod 0644 "$box/usr/share/doc/zevenstem/README.Debian"
put 0644 LICENSE usr/share/doc/zevenstem/copyright

# The packages that own the libraries which the program names itself.
libraries=$(objdump -p "$binary" | awk '$1 == "NEEDED" { print $2 }' | while read -r name; do
    path=$(ldconfig -p | awk -v name="$name" '$1 == name { print $NF; exit }')
    path=$(realpath "$path")
    # Merged /usr: dpkg may know the file without it.
    { dpkg -S "$path" || dpkg -S "${path#/usr}"; } 2>/dev/null | cut -d: -f1
done | sort -u | paste -sd, | sed 's/,/, /g')
install -d "$box/DEBIAN"
cat >"$box/DEBIAN/control" <<CONTROL
Package: zevenstem
Version: $version
Architecture: $architecture
Maintainer: Zevenstem maintainers <maintainers@zevenstem.example>
Section: web
Priority: optional
Depends: $libraries
Recommends: postgresql (>= 15), nginx
Installed-Size: $(du -sk --exclude=DEBIAN "$box" | cut -f1)
Description: citizen consultation: surveys, interviews and focus groups
 Questionnaires for citizens on any device without JavaScript, answers that are
 safe before they are thanked, and tables that can be published.
CONTROL
mkdir -p "$out"
dpkg-deb --build --root-owner-group -Zxz "$box" "$out/zevenstem_${version}_$architecture.deb"
