#!/bin/bash
# cluster.sh start | stop | status | env | psql [ARGUMENT...]: the private PostgreSQL cluster of this checkout.
#
#   start   makes it the first time (roles, passwords, database) and starts it; nothing to do when it runs
#   stop    stops it, and says so, or that it did not run
#   status  says whether it runs; exit 0 or 1
#   env     prints shell assignments to connect with: ZEVENSTEM_SERVICE_URL, ZEVENSTEM_OWNER_URL, ZEVENSTEM_SOCKET
#   psql    a session as the cluster's superuser
#
# It listens on a socket in a folder of its owner alone and on nothing else. Debian's own clusters are never touched.
set -euo pipefail
# shellcheck source=deploy/dev/place.sh
. "$(dirname "$0")/place.sh"

bin() {
    local version best=''
    if [ -f "$data/PG_VERSION" ] 2>/dev/null; then
        version=$(cat "$data/PG_VERSION")
        [ -x "/usr/lib/postgresql/$version/bin/postgres" ] ||
            die "the cluster in $data is of PostgreSQL $version, which is not installed any more"
        say "/usr/lib/postgresql/$version/bin"
        return
    fi
    for best in $(find /usr/lib/postgresql -maxdepth 1 -mindepth 1 -printf '%f\n' 2>/dev/null | sort -n); do
        [ "$best" -ge 15 ] && [ -x "/usr/lib/postgresql/$best/bin/postgres" ] && version=$best
    done
    [ -n "${version:-}" ] || die "PostgreSQL 15 or later is not installed: run deploy/dev/install.sh"
    say "/usr/lib/postgresql/$version/bin"
}

# Processes that have the data folder as their working folder: the postmaster and what it started, and nobody else.
processes() {
    find /proc/[0-9]*/cwd -maxdepth 0 -lname "$data" 2>/dev/null | cut -d/ -f3
}

# The postmaster's pid, when it runs. What postmaster.pid says counts only when that process is this cluster's: after a crash
# or a restart of the machine the number may belong to anybody.
postmaster() {
    local pid
    pid=$(head -n 1 "$data/postmaster.pid" 2>/dev/null) || return 1
    [ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$data" ] && say "$pid"
}

# The socket folder that the running postmaster uses (it may have been started from a session with other variables).
running_socket() {
    sed -n 5p "$data/postmaster.pid" 2>/dev/null
}

# PostgreSQL refuses to start while a lock file (in the data folder or beside the socket) names a live process, whoever that is.
# Removed only when nothing works on the data folder any more: backends of a killed postmaster get time to notice.
clear_stale_locks() {
    local tries=0
    while [ -n "$(processes)" ]; do
        tries=$((tries + 1))
        [ "$tries" -le 100 ] || die "processes still work on $data: $(processes | tr '\n' ' ')"
        sleep 0.1
    done
    as_owner rm -f "$data/postmaster.pid" "$1/.s.PGSQL.$port" "$1/.s.PGSQL.$port.lock"
}

random_password() {
    od -An -v -tx1 -N24 /dev/urandom | tr -d ' \n'
}

# initdb into a folder beside, renamed when whole: an interruption leaves nothing half.
make_cluster() {
    say "Making a private PostgreSQL cluster in $data"
    as_owner rm -rf "$data.new"
    # shellcheck disable=SC2016 # expanded by the inner shell
    if [ ! -s "$state/passwords" ]; then
        (umask 077 && printf 'superuser=%s\nowner=%s\nservice=%s\n' \
            "$(random_password)" "$(random_password)" "$(random_password)") |
            as_owner sh -c 'umask 077; cat > "$1"' sh "$state/passwords"
    fi
    # shellcheck disable=SC2016
    sed -n 's/^superuser=//p' "$state/passwords" | as_owner sh -c 'umask 077; cat > "$1"' sh "$state/pwfile"
    as_owner "$(bin)/initdb" -D "$data.new" --username=zs_superuser --pwfile="$state/pwfile" --auth=scram-sha-256 \
        --encoding=UTF8 --locale=C.UTF-8 --data-checksums >"$state/initdb.log" 2>&1 ||
        { cat "$state/initdb.log" >&2; die "initdb failed"; }
    as_owner rm -f "$state/pwfile"
    say "include 'zevenstem.conf'" | as_owner tee -a "$data.new/postgresql.conf" >/dev/null
    as_owner mv "$data.new" "$data"
}

password_of() {
    sed -n "s/^$1=//p" "$state/passwords"
}

url_of() { # role, database, password, socket
    say "host=$4 port=$port dbname=$2 user=$1 password=$3"
}

superuser_psql() {
    PGHOST=$(running_socket) PGPORT=$port PGUSER=zs_superuser PGPASSWORD=$(password_of superuser) \
        PGDATABASE=${database:-zevenstem} "$(bin)/psql" -X "$@"
}

# The two logins: the owner migrates; the service does its work through the roles it is a member of.
make_database() {
    local owner service
    owner=$(password_of owner)
    service=$(password_of service)
    database=postgres superuser_psql -q -v ON_ERROR_STOP=1 -v owner_password="$owner" -v service_password="$service" \
        -f "$root/deploy/postgresql/roles.sql"
    as_owner touch "$state/database-made"
}

start() {
    local socket
    socket=$(socket_folder)
    [ $((${#socket} + 16)) -le 107 ] || die "the socket folder $socket is too long"
    make_folders "$socket"
    exec 9>"$state/lock"
    flock -w 60 9 || die "another start of this cluster does not end"
    [ -f "$data/PG_VERSION" ] || make_cluster
    # A run-time folder that went away with a login session took the socket along.
    if postmaster >/dev/null && [ ! -S "$(running_socket)/.s.PGSQL.$port" ]; then
        as_owner "$(bin)/pg_ctl" stop -D "$data" -m fast -w -t 60 -s
    fi
    if ! postmaster >/dev/null; then
        clear_stale_locks "$socket"
        {
            cat "$root/deploy/dev/postgresql.conf"
            say "port = $port"
            say "unix_socket_directories = '$socket'"
        } | as_owner tee "$data/zevenstem.conf" >/dev/null
        as_owner "$(bin)/pg_ctl" start -D "$data" -l "$state/postgresql.log" -w -t 60 -s 9>&- ||
            { tail -n 5 "$state/postgresql.log" >&2; die "PostgreSQL did not start; see $state/postgresql.log"; }
    fi
    [ -e "$state/database-made" ] || make_database
    flock -u 9
}

case ${1:-} in
start) start ;;
stop)
    if postmaster >/dev/null; then
        connected=$(superuser_psql -Atqc "SELECT count(*) FROM pg_stat_activity WHERE usename = 'zs_app'" 2>/dev/null) || connected=0
        as_owner "$(bin)/pg_ctl" stop -D "$data" -m fast -w -t 60 -s
        say "PostgreSQL stopped: $data"
        [ "$connected" = 0 ] ||
            say "A service still runs and is without a database now: Ctrl-C where it was started ends it, deploy/dev/cluster.sh start gives the database back"
    else
        say "PostgreSQL did not run: $data"
    fi
    ;;
status)
    if postmaster >/dev/null; then
        say "runs: $data, socket in $(running_socket)"
    else
        say "does not run: $data"
        exit 1
    fi
    ;;
env)
    postmaster >/dev/null || die "the cluster does not run: deploy/dev/cluster.sh start"
    socket=$(running_socket)
    say "ZEVENSTEM_SERVICE_URL='$(url_of zs_app zevenstem "$(password_of service)" "$socket")'"
    say "ZEVENSTEM_OWNER_URL='$(url_of zs_owner zevenstem "$(password_of owner)" "$socket")'"
    say "ZEVENSTEM_SOCKET='$socket'"
    ;;
psql)
    shift
    superuser_psql "$@"
    ;;
*)
    sed -n '2,/^set /s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
