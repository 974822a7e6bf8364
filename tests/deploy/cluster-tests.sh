#!/bin/bash
# deploy/dev/install.sh and cluster.sh: what is promised of them in deploy/dev/README.md.
set -uo pipefail
# shellcheck source=tests/deploy/harness.sh
. "$(dirname "$0")/harness.sh"
cluster=$root/deploy/dev/cluster.sh
data=$ZEVENSTEM_STATE/data
cleanup() {
    "$cluster" stop >/dev/null 2>&1
    rm -rf "$box" "$socket"
}
socket=''
trap cleanup EXIT

query() { "$cluster" psql -Atqc "$1"; }
connect() { psql -X "$1" -Atqc 'SELECT current_user'; }
as_nobody() {
    if [ "$(id -u)" = 0 ]; then setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; else "$@"; fi
}

# ---- install.sh ----
missing_without_root() {
    local output
    mkdir -p "$box/install" "$box/bin"
    cp "$root/deploy/dev/install.sh" "$box/install/"
    printf '# [run]\nsh\nno-such-package-a # why\nno-such-package-b\nno-such-npm|sh\n# [other]\nno-such-package-c\n' \
        >"$box/install/packages.txt"
    chmod -R a+rX "$box/install" "$box/bin"
    # No sudo on the path; everything else of the system.
    for tool in awk dpkg-query id dirname sh bash sed tr cut grep; do ln -sf "$(command -v "$tool")" "$box/bin/$tool"; done
    output=$(as_nobody env PATH="$box/bin" "$box/install/install.sh" run 2>&1) && return 1
    printf '%s\n' "$output"
    grep -qx '    apt-get install -y --no-install-recommends sh no-such-package-a no-such-package-b' <<<"$output"
}
test_that 'install.sh prints the exact line where it may not install' missing_without_root
# Nothing said is nothing asked of apt.
silent() { local said; said=$("$@" 2>&1) && [ -z "$said" ]; }
test_that 'install.sh does nothing when all is there' silent "$root/deploy/dev/install.sh" run
test_that 'install.sh refuses a section that does not exist' fails "$root/deploy/dev/install.sh" nothing

# ---- the first start ----
test_that 'the cluster starts from nothing' "$cluster" start
socket=$("$cluster" env | sed -n "s/^ZEVENSTEM_SOCKET='\(.*\)'$/\1/p")
variables=$("$cluster" env)
eval "$variables"
test_that 'status says that it runs' "$cluster" status
one_service() { [ "$(connect "$ZEVENSTEM_SERVICE_URL")" = zs_app ] && [ "$(connect "$ZEVENSTEM_OWNER_URL")" = zs_owner ]; }
test_that 'service and owner have logins of their own' one_service
test_that 'a wrong password is refused' fails connect "${ZEVENSTEM_SERVICE_URL% password=*} password=wrong"
private() {
    local settings mode
    settings=$(query "SELECT current_setting('listen_addresses') = '' AND current_setting('port') <> '5432'
        AND current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on'
        AND current_setting('synchronous_commit') = 'on' AND current_setting('data_checksums') = 'on'")
    mode=$(stat -c %a "$socket" "$ZEVENSTEM_STATE" "$ZEVENSTEM_STATE/passwords" | tr '\n' ' ')
    echo "settings $settings, modes $mode, socket $socket"
    [ "$settings" = t ] && [ "$mode" = '700 700 600 ' ] && [ ${#socket} -lt 90 ]
}
test_that 'it is private and durable' private
rights() {
    [ "$(query "SELECT bool_or(rolsuper OR rolcreatedb OR rolbypassrls) FROM pg_roles WHERE rolname IN ('zs_owner', 'zs_app', 'zs_service')")" = f ] &&
        ! psql -X "$ZEVENSTEM_SERVICE_URL" -qc 'CREATE SCHEMA mine'
}
test_that 'neither login is a superuser, and the service makes no schema' rights
postmaster() { head -n 1 "$ZEVENSTEM_STATE/data/postmaster.pid"; }
still_runs() { local before; before=$(postmaster) && "$cluster" start && [ "$(postmaster)" = "$before" ]; }
test_that 'starting what runs leaves it alone' still_runs

# ---- what it survives ----
killed() {
    query 'CREATE TABLE kept AS SELECT 42 AS n' || return 1
    kill -9 "$(postmaster)" || return 1
    ! "$cluster" status && "$cluster" start && [ "$(query 'SELECT n FROM kept')" = 42 ]
}
test_that 'kill -9 of the postmaster: it starts again with all data' killed
# A restart of the machine gives the number in postmaster.pid to somebody else, here to a process of the same user.
stranger_has_the_number() {
    local stranger status
    "$cluster" stop || return 1
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=zevenstem --regid=zevenstem --clear-groups sleep 60 &
    else
        sleep 60 &
    fi
    stranger=$!
    printf '%s\n%s\n1\n57017\n%s\n\n' "$stranger" "$ZEVENSTEM_STATE/data" "$socket" >"$ZEVENSTEM_STATE/data/postmaster.pid"
    printf '%s\n' "$stranger" >"$socket/.s.PGSQL.57017.lock"
    ! "$cluster" status && "$cluster" start && [ "$(query 'SELECT n FROM kept')" = 42 ]
    status=$?
    kill "$stranger"
    return $status
}
test_that 'a stale postmaster.pid with a live number of another process' stranger_has_the_number
two_at_once() {
    "$cluster" stop || return 1
    "$cluster" start &
    local other=$!
    "$cluster" start && wait "$other" && [ "$(query 'SELECT n FROM kept')" = 42 ]
}
test_that 'two starts at once' two_at_once
socket_gone() {
    rm -rf "$socket" && "$cluster" start && [ "$(query 'SELECT n FROM kept')" = 42 ]
}
test_that 'the folder of its socket was cleaned away' socket_gone
half_made() {
    (
        export ZEVENSTEM_STATE=$box/half
        mkdir -p "$ZEVENSTEM_STATE/data.new/base"
        if [ "$(id -u)" = 0 ]; then chown -R zevenstem: "$ZEVENSTEM_STATE"; fi
        "$cluster" start && [ "$("$cluster" psql -Atqc 'SELECT 1')" = 1 ]
        status=$?
        half_socket=$("$cluster" env | sed -n "s/^ZEVENSTEM_SOCKET='\(.*\)'$/\1/p")
        "$cluster" stop
        rm -rf "$half_socket"
        exit $status
    )
}
test_that 'an initdb that was interrupted is begun anew, beside another cluster' half_made
served() { # stop, with somebody connected as the service is
    psql -X "$ZEVENSTEM_SERVICE_URL" -qc 'SELECT pg_sleep(60)' >/dev/null 2>&1 &
    until [ "$(query "SELECT count(*) FROM pg_stat_activity WHERE usename = 'zs_app'")" = 1 ]; do sleep 0.1; done
    local said
    said=$("$cluster" stop) && grep -qxF "PostgreSQL stopped: $data" <<<"$said" && grep -q 'service still runs' <<<"$said" && "$cluster" start
}
test_that 'stop says that a service is without its database now' served
stopped() { [ "$("$cluster" stop)" = "PostgreSQL stopped: $data" ]; }
test_that 'stop stops it, and says so' stopped
test_that 'status says that it does not run' fails "$cluster" status
idle() { [ "$("$cluster" stop)" = "PostgreSQL did not run: $data" ]; }
test_that 'stopping what does not run is no fault, and told' idle
finish
