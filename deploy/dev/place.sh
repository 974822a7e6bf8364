#!/bin/bash
# place.sh: where the private cluster and the service of this checkout live, and as whom they run. Sourced by the others.
#
# As an ordinary user everything is in .run/ of the checkout. As root PostgreSQL refuses to run and the service should not, so
# both belong to the system user `zevenstem`, in a folder outside the checkout: that user need not be able to enter it.
# ZEVENSTEM_STATE names another folder (an absolute path), for a second, independent copy.
# shellcheck disable=SC2034 # the variables are for those who source this file

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
service_user=zevenstem

say() { printf '%s\n' "$*"; }
die() {
    printf 'zevenstem: %s\n' "$*" >&2
    exit 1
}

if [ "$(id -u)" = 0 ]; then
    state=${ZEVENSTEM_STATE:-/var/lib/zevenstem-dev/$(printf %s "$root" | sha256sum | cut -c1-10)}
else
    state=${ZEVENSTEM_STATE:-$root/.run}
fi
state=$(realpath -m "$state") # as /proc will show it
data=$state/data
# Short, because the path of a socket may be 107 bytes at most.
name=zs-$(printf %s "$state" | sha256sum | cut -c1-10)
port=57017 # only names the socket file: nothing listens on TCP

# Runs a command as the user who owns the cluster, from a folder that every user can enter.
as_owner() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && exec setpriv --reuid="$service_user" --regid="$service_user" --init-groups \
            env -u XDG_RUNTIME_DIR HOME="$state" "$@")
    else
        "$@"
    fi
}

# The folder of the socket: in the user's run-time folder, else in /run (root) or /tmp.
socket_folder() {
    if [ "$(id -u)" = 0 ]; then
        say "/run/$name"
    elif [ -n "${XDG_RUNTIME_DIR:-}" ] && [ -d "$XDG_RUNTIME_DIR" ] && [ -w "$XDG_RUNTIME_DIR" ] &&
        [ $((${#XDG_RUNTIME_DIR} + ${#name} + 18)) -le 107 ]; then
        say "$XDG_RUNTIME_DIR/$name"
    else
        say "/tmp/$name"
    fi
}

# Makes the folders, for the owner alone. Refuses a socket folder that somebody else made first.
make_folders() {
    local socket=$1
    if [ "$(id -u)" = 0 ]; then
        id -u "$service_user" >/dev/null 2>&1 ||
            useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$service_user"
        mkdir -p "$(dirname "$state")"
        install -d -m 0700 -o "$service_user" -g "$service_user" "$state"
    else
        (umask 077 && mkdir -p "$state")
    fi
    as_owner test -w "$state" || die "user $(as_owner id -un) cannot write to $state"
    if [ ! -d "$socket" ]; then
        if [ "$(id -u)" = 0 ]; then
            install -d -m 0700 -o "$service_user" -g "$service_user" "$socket"
        else
            mkdir -m 0700 "$socket"
        fi
    fi
    [ "$(stat -c '%F %U %a' "$socket")" = "directory $(as_owner id -un) 700" ] ||
        die "$socket is not a folder of $(as_owner id -un) alone; remove it"
}
