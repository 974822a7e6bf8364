#!/bin/bash
# A throw-away PostgreSQL cluster for tests: unix socket only, fsync on (the service refuses to run without), gone afterwards.
#
#   postgres.sh run COMMAND...   starts one, runs COMMAND with ZEVENSTEM_TEST_DATABASE set to the owner's conninfo, removes it;
#                                exits as COMMAND did. In memory (/dev/shm) where there is room: a database of its own for each
#                                test is a thousand files made and removed, most of what a short test costs on a disk
#   postgres.sh start DIR        starts the cluster in DIR (makes it first where DIR does not exist); prints the conninfo
#   postgres.sh crash DIR        stops it as a power cut would, without a checkpoint; `start` brings it back by recovery
#   postgres.sh remove DIR       stops and deletes it
#
# PostgreSQL refuses to run as root; for root the cluster belongs to the user postgres, or nobody.
# ZEVENSTEM_TEST_POSTGRES_OPTIONS: more options for the server, e.g. "-c max_connections=500".
set -euo pipefail

port=54329 # names the socket, nothing listens on TCP
owner=zs_owner

die() {
    echo "postgres.sh: $*" >&2
    exit 1
}

bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
[ -x "$bin/initdb" ] || die "no PostgreSQL server found in /usr/lib/postgresql (package postgresql-15)"

service_user=
if [ "$(id -u)" = 0 ]; then
    service_user=nobody
    if getent passwd postgres >/dev/null; then service_user=postgres; fi
fi

as_service() {
    if [ -n "$service_user" ]; then
        setpriv --reuid="$service_user" --regid="$(id -g "$service_user")" --clear-groups -- "$@"
    else
        "$@"
    fi
}

create() {
    mkdir -m 0700 "$1"
    if [ -n "$service_user" ]; then chown "$service_user:" "$1"; fi
    # Whoever may enter the folder is trusted: the folder is the lock.
    (cd "$1" && as_service "$bin/initdb" --pgdata="$1/data" --username="$owner" --auth=trust --encoding=UTF8 \
        --locale=C.UTF-8 --no-sync >"$1/initdb.log" 2>&1) || { cat "$1/initdb.log" >&2; die "initdb failed"; }
}

start() {
    local dir=$1
    [ "${#dir}" -lt 80 ] || die "the folder's name is too long for a socket: $dir"
    [ -d "$dir" ] || create "$dir"
    (cd "$dir" && as_service "$bin/pg_ctl" --pgdata="$dir/data" --log="$dir/log" --wait --timeout=60 --silent start \
        --options="-c listen_addresses='' -c unix_socket_directories='$dir' -c port=$port -c fsync=on \
-c shared_buffers=64MB -c max_wal_size=256MB -c max_connections=100 -c max_locks_per_transaction=256 -c log_min_messages=warning \
${ZEVENSTEM_TEST_POSTGRES_OPTIONS:-}" >&2 </dev/null) || { tail -n 20 "$dir/log" >&2; die "the server did not start"; }
    echo "host=$dir port=$port user=$owner dbname=postgres"
}

stop() {
    if [ -f "$1/data/postmaster.pid" ]; then
        (cd "$1" && as_service "$bin/pg_ctl" --pgdata="$1/data" --mode="$2" --wait --timeout=60 --silent stop >&2) || true
    fi
}

remove() {
    stop "$1" immediate
    rm -rf "$1"
}

# Where the clusters of `run` lie: they stay below a few hundred MB, and 2 GB is more than the 64 MB of a container's /dev/shm.
room() {
    local free
    free=$(df --output=avail --block-size=1M /dev/shm 2>/dev/null | tail -n 1) || free=0
    if [ -w /dev/shm ] && [ "${free:-0}" -ge 2048 ]; then echo /dev/shm; else echo /tmp; fi
}

run() {
    base=$(mktemp -d "$(room)/zspg.XXXXXX")
    if [ -n "$service_user" ]; then chmod 0711 "$base"; fi
    trap 'remove "$base/c"; rm -rf "$base"' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    ZEVENSTEM_TEST_DATABASE=$(start "$base/c")
    export ZEVENSTEM_TEST_DATABASE
    local code=0
    "$@" || code=$?
    if [ "$code" -ne 0 ] && [ -n "${ZEVENSTEM_TEST_POSTGRES_LOG:-}" ]; then cp "$base/c/log" "$ZEVENSTEM_TEST_POSTGRES_LOG"; fi
    exit "$code"
}

case "${1:-}" in
run)
    shift
    [ $# -gt 0 ] || die "run what?"
    run "$@"
    ;;
start) start "${2:?DIR}" ;;
crash) stop "${2:?DIR}" immediate ;;
remove) remove "${2:?DIR}" ;;
*) die "use: run COMMAND... | start DIR | crash DIR | remove DIR" ;;
esac
