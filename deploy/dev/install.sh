#!/bin/sh
# install.sh SECTION...: sees to it that the Debian packages of these sections of packages.txt are there ("run" when none is
# named). Costs a few hundredths of a second when they are. Installs with apt as root or through sudo; where neither works it
# prints the exact line for an administrator and stops.
#
# A line of packages.txt is `name` or `name|command`: the second form is also content with the command from elsewhere (Node.js
# from another source than Debian conflicts with Debian's npm).
set -eu
here=$(dirname "$0")
[ $# -gt 0 ] || set -- run

wanted=$(awk -v sections=" $* " '
    /^# \[/ { name = $2; gsub(/[][]/, "", name); on = index(sections, " " name " ") > 0; next }
    /^[[:space:]]*(#|$)/ { next }
    on { print $1 }' "$here/packages.txt")
[ -n "$wanted" ] || { echo "install: no section '$*' in $here/packages.txt" >&2; exit 2; }

names=''
for entry in $wanted; do
    name=${entry%%|*}
    if [ "$name" = "$entry" ] || ! command -v "${entry#*|}" >/dev/null 2>&1; then
        names="$names $name"
    fi
done

# What dpkg does not know, or knows as not installed.
# shellcheck disable=SC2086 # a list of words
missing=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $names 2>/dev/null |
    awk -v names="$names" '
        $1 == "installed" { have[$2] = 1 }
        END { n = split(names, all, " "); for (i = 1; i <= n; i++) if (!(all[i] in have)) printf " %s", all[i] }')
[ -n "$missing" ] || exit 0

line="apt-get install -y --no-install-recommends$missing"
as_root=''
if [ "$(id -u)" != 0 ]; then
    as_root='sudo'
    [ -t 0 ] || as_root='sudo -n'
    if ! command -v sudo >/dev/null 2>&1 || ! $as_root true 2>/dev/null; then
        echo "Zevenstem needs packages that are not installed. Ask an administrator of this machine to run:" >&2
        echo "    $line" >&2
        exit 1
    fi
fi

echo "Installing:$missing"
# Debian's PostgreSQL packages make and start a cluster of their own on port 5432. Nobody here asked for one: switched off by a
# file that lives as long as this installation. A cluster that is already there is not touched.
override=/etc/postgresql-common/createcluster.d/zevenstem-install.conf
drop_override() {
    $as_root rm -f "$override"
}
trap drop_override EXIT
trap 'exit 130' INT TERM
$as_root mkdir -p "${override%/*}"
echo 'create_main_cluster = off' | $as_root tee "$override" >/dev/null

apt() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@" </dev/null
}
# shellcheck disable=SC2086
if ! { apt update && apt install -y --no-install-recommends $missing; }; then
    echo "The installation failed. To try by hand:" >&2
    echo "    ${as_root:+sudo }$line" >&2
    exit 1
fi
