#!/bin/bash
# bare-chroot.sh make [TARGET...] | ci | shell | remove: a bare Debian 12 in a folder, with git, make and nothing else, and a fresh
# clone of this project's HEAD in it. Proves that `make run` and `make test` install all they need. As root.
#
#   make TARGET...  clones HEAD anew and runs make there as root (or, with AS_USER=1, as a user who may use sudo)
#   ci              the same, and runs .ci/run there
#   shell           a shell in it
#   remove          everything away
#
# Packages come from where this machine gets them: its own apt sources and proxy are used. CHROOT names another folder. Where a
# folder `shared` lies beside this checkout (a rule set and schemas that some tests use when they are there), it goes along.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd -P)
chroot=${CHROOT:-/var/tmp/zevenstem-chroot}
[ "$(id -u)" = 0 ] || { echo "bare-chroot.sh needs root" >&2; exit 1; }

# The Debian mirror of this machine, from deb822 or one-line sources.
mirror() {
    cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
        awk '/^URIs:/ { uri = $2 } /^deb / { for (i = 2; i <= NF; i++) if ($i ~ /^[a-z]+:\//) { uri = $i; break } }
             uri ~ /\/debian\/?$/ { print uri; exit }' || true
}

mounts() { awk -v at="$chroot" 'index($2, at "/") == 1 { print $2 }' /proc/mounts | sort -r; }
unmount() {
    local at
    for at in $(mounts); do umount -l "$at"; done
}

create() {
    local url
    url=$(mirror)
    [ -n "$url" ] || { echo "no Debian mirror in this machine's apt sources" >&2; exit 1; }
    debootstrap --variant=minbase --include=git,make,ca-certificates,sudo bookworm "$chroot.new" "$url" >"$chroot.log" 2>&1 ||
        { tail -n 5 "$chroot.log" >&2; exit 1; }
    # Certificates and proxies that this machine trusts, so that the mirror and the package registry can be reached from inside.
    cp -a /usr/local/share/ca-certificates/. "$chroot.new/usr/local/share/ca-certificates/" 2>/dev/null || true
    for file in /etc/apt/apt.conf.d/*proxy* /etc/npmrc /usr/local/etc/npmrc; do
        if [ -e "$file" ]; then install -D -m 0644 "$file" "$chroot.new$file"; fi
    done
    chroot "$chroot.new" update-ca-certificates >/dev/null 2>&1 || true
    chroot "$chroot.new" useradd -m -d /srv/bouwer -s /bin/bash -G sudo bouwer
    echo 'bouwer ALL=(ALL) NOPASSWD: ALL' >"$chroot.new/etc/sudoers.d/bouwer"
    mv "$chroot.new" "$chroot"
}

enter() {
    [ -d "$chroot" ] || create
    trap unmount EXIT
    unmount
    mount -t proc proc "$chroot/proc"
    mount -t sysfs -o ro sysfs "$chroot/sys"
    mount --rbind /dev "$chroot/dev"
    mount --make-rslave "$chroot/dev"
    cp /etc/resolv.conf /etc/hosts "$chroot/etc/" 2>/dev/null || true
    local variables=()
    for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY NODE_EXTRA_CA_CERTS SSL_CERT_FILE \
        npm_config_registry PORT; do
        if [ -n "${!name:-}" ]; then variables+=("$name=${!name}"); fi
    done
    chroot "$chroot" env -i HOME=/root TERM="${TERM:-dumb}" LC_ALL=C.UTF-8 \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${variables[@]+"${variables[@]}"}" "$@"
}

fresh_clone() {
    local home=$1 owner=$2
    rm -rf "${chroot:?}$home/zevenstem" "$chroot/tmp/zevenstem.bundle"
    git -C "$root" bundle create -q "$chroot/tmp/zevenstem.bundle" HEAD
    git -c advice.detachedHead=false clone -q "$chroot/tmp/zevenstem.bundle" "$chroot$home/zevenstem"
    chroot "$chroot" chown -R "$owner" "$home/zevenstem"
    rm -rf "$chroot$home/shared"
    if [ -d "$root/../shared" ]; then cp -r "$root/../shared" "$chroot$home/shared"; fi
}

case ${1:-} in
make)
    shift
    [ -d "$chroot" ] || create
    if [ "${AS_USER:-}" = 1 ]; then
        fresh_clone /srv/bouwer bouwer:
        enter su bouwer -c "cd ~/zevenstem && make $*"
    else
        fresh_clone /root root:
        enter sh -c "cd ~/zevenstem && make $*"
    fi
    ;;
ci)
    [ -d "$chroot" ] || create
    fresh_clone /root root:
    enter sh -c "cd ~/zevenstem && exec .ci/run"
    ;;
shell) enter bash -l ;;
remove)
    unmount
    [ -z "$(mounts)" ] || { echo "still mounted: $(mounts)" >&2; exit 1; }
    rm -rf --one-file-system "$chroot" "$chroot.new" "$chroot.log"
    ;;
*)
    sed -n '2,/^set /s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
