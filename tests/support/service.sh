#!/bin/bash
# service.sh run BINARY COMMAND...: the whole product for tests: a throw-away cluster, schema, the real consultation published and
# open, keys, the service on a free loopback port. COMMAND gets ZEVENSTEM_URL, ZEVENSTEM_ANALYST_KEY, ZEVENSTEM_INTAKE_KEY, ZEVENSTEM_CONFIG,
# ZEVENSTEM_SERVICE_PID, ZEVENSTEM_BINARY and ZEVENSTEM_PUBLISHED (the consultation's file). Exits as COMMAND did, or 1 when the
# service did not end well on SIGTERM (a sanitizer's report is one such end). ZEVENSTEM_TEST_SERVICE_LOG: where the service's log is kept.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

inside() {
    local binary=$1 log code=0
    shift
    work=$(mktemp -d /tmp/zsvc.XXXXXX)
    log=${ZEVENSTEM_TEST_SERVICE_LOG:-$work/service.log}
    mkdir -p "$(dirname "$log")"
    pid=
    # shellcheck disable=SC2317 # called by the trap
    clean() {
        if [ -n "$pid" ]; then kill -KILL "$pid" 2>/dev/null || true; fi
        rm -rf "$work"
    }
    trap clean EXIT
    coordinator=$("$binary" offer keypair "$work/coordinator.key")
    export ZEVENSTEM_CONFIG=$work/zevenstem.conf ZEVENSTEM_BINARY=$binary
    cat >"$ZEVENSTEM_CONFIG" <<CONF
[server]
port = 0
public_url = http://127.0.0.1
[database]
url = $ZEVENSTEM_TEST_DATABASE
owner_url = $ZEVENSTEM_TEST_DATABASE
[secret]
file = $work/root.secret
[service]
organisation = Voorbeeldorganisatie
coordinator_public_key = $coordinator
${ZEVENSTEM_TEST_SETTINGS:-}
CONF
    shipped=$root/config/consultations/biotechnologie-2026.json
    ZEVENSTEM_PUBLISHED=$(node "$root/deploy/dev/consultation_now.mjs" "${ZEVENSTEM_TEST_CONSULTATION:-$shipped}" "$work/now")
    export ZEVENSTEM_PUBLISHED
    {
        "$binary" secret generate "$work/root.secret"
        "$binary" migrate up
        "$binary" consultation publish "$ZEVENSTEM_PUBLISHED"
        "$binary" consultation open "${ZEVENSTEM_TEST_ROUND:-biotechnologie-2026-1}"
    } >"$log" 2>&1 || { cat "$log" >&2; return 1; }
    ZEVENSTEM_ANALYST_KEY=$("$binary" key issue --scopes analist --label test-analist --purpose tests 2>>"$log")
    ZEVENSTEM_INTAKE_KEY=$("$binary" key issue --scopes inname --label test-inname 2>>"$log")
    export ZEVENSTEM_ANALYST_KEY ZEVENSTEM_INTAKE_KEY
    "$binary" serve >"$work/out" 2>>"$log" &
    pid=$!
    for _ in $(seq 300); do
        grep -q 'listens on' "$work/out" && break
        kill -0 "$pid" 2>/dev/null || { cat "$log" >&2; return 1; }
        sleep 0.1
    done
    ZEVENSTEM_URL=$(sed -n 's/.*listens on //p' "$work/out")
    export ZEVENSTEM_URL ZEVENSTEM_SERVICE_PID=$pid
    [ -n "$ZEVENSTEM_URL" ] || { cat "$log" >&2; return 1; }
    "$@" || code=$?
    kill -TERM "$pid"
    if ! wait "$pid"; then
        echo "service.sh: the service did not end well:" >&2
        tail -n 60 "$log" >&2
        [ "$code" -ne 0 ] || code=1
    fi
    pid=
    return "$code"
}

case "${1:-}" in
run)
    shift
    exec "$here/postgres.sh" run "$here/service.sh" inside "$@"
    ;;
inside)
    shift
    inside "$@"
    ;;
*)
    echo "use: service.sh run BINARY COMMAND..." >&2
    exit 2
    ;;
esac
