#!/bin/bash
# run.sh BINARY: what `make run` does once the program is built: database, secret, schema, consultation, key, service. Each step
# does nothing when it was done before. The service takes this process's place: Ctrl-C or SIGTERM drains and ends it; the
# database stays up until `make stop`.
#
# PORT chooses another port than 8080; CONSULTATION another file, ROUND its round. DEMO=no leaves the example of invented data
# out; once it is there it stays.
set -euo pipefail
# shellcheck source=deploy/dev/place.sh
. "$(dirname "$0")/place.sh"
binary=$(realpath "$1")
port_http=${PORT:-8080}
consultation=${CONSULTATION:-$root/config/consultations/biotechnologie-2026.json}
config=$state/zevenstem.conf
key_file=$state/analyst.key
coordinator_key=$state/coordinator.key
export ZEVENSTEM_CONFIG=$config

# The shell would run an empty file as a script that does nothing, and well.
version=$("$binary" --version) || version=
[ -n "$version" ] || die "$binary is not a whole program: remove it and build it again"

# Before anything is made or printed: whoever has the port is not going to leave it.
if (exec 3<>"/dev/tcp/127.0.0.1/$port_http") 2>/dev/null; then
    die "port $port_http is taken: PORT=$((port_http + 1)) make run"
fi

"$root/deploy/dev/cluster.sh" start
cluster=$("$root/deploy/dev/cluster.sh" env)
eval "$cluster"

# The service's user may not be able to enter the checkout.
if [ "$(id -u)" = 0 ]; then
    cmp -s "$binary" "$state/zevenstem" ||
        install -m 0755 -o "$service_user" -g "$service_user" "$binary" "$state/zevenstem"
    binary=$state/zevenstem
fi

# Offers to be invited are sealed to this pair. In production its private half never comes near the server.
[ -s "$coordinator_key" ] || as_owner "$binary" offer keypair "$coordinator_key" >/dev/null
coordinator_public_key=$(as_owner "$binary" offer public "$coordinator_key")

# shellcheck disable=SC2016 # expanded by the inner shell
as_owner sh -c 'umask 077; cat > "$1"' sh "$config" <<CONF
# Made anew by each \`make run\`. All settings: config/zevenstem.conf
[server]
port = $port_http
public_url = http://127.0.0.1:$port_http
[database]
url = $ZEVENSTEM_SERVICE_URL
owner_url = $ZEVENSTEM_OWNER_URL
[secret]
file = $state/root.secret
[service]
coordinator_public_key = $coordinator_public_key
invented_data = 1
CONF
[ -s "$state/root.secret" ] || as_owner "$binary" secret generate "$state/root.secret"

"$binary" migrate up
shipped=$root/config/consultations/biotechnologie-2026.json
published=$consultation
# Ours is to be tried out also when its winter is over.
[ "$consultation" != "$shipped" ] || published=$(node "$root/deploy/dev/consultation_now.mjs" "$shipped" "$state/consultation-now")
"$binary" consultation publish "$published"
# The first round of the file, unless another is asked for.
round=${ROUND:-$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")).rounds[0].code' "$consultation")}
"$binary" consultation open "$round"
# What its conversations follow. A version that is there already is the same version.
if [ "$consultation" = "$shipped" ]; then
    for guide in focusgroep interview; do
        "$binary" guide publish "$root/config/guides/$guide-biotechnologie.json" --consultation biotechnologie-2026
    done
    "$binary" codebook publish zeven-waarden --consultation biotechnologie-2026
    "$binary" agenda publish "$root/config/agenda/uitvoeringsagenda-2026.json"
fi

# A consultation of invented data, to look at. Loaded once.
if [ "${DEMO:-yes}" != no ] && [ ! -e "$state/example-loaded" ]; then
    say "Loading a consultation of invented data; this once"
    "$binary" example load
    for example in voorbeeld-verzonnen-1 voorbeeld-verzonnen-2; do
        for stream in open uitnodiging; do
            "$binary" weights make --round "$example" --stream "$stream" >/dev/null
        done
        "$binary" release make --round "$example"
    done
    as_owner touch "$state/example-loaded"
fi

if [ ! -s "$key_file" ]; then
    key=$("$binary" key issue --scopes analist --label "make run" --purpose "trying it out")
    [ -n "$key" ] || die "no key was issued"
    # shellcheck disable=SC2016
    say "$key" | as_owner sh -c 'umask 077; cat > "$1"' sh "$key_file"
fi

cat <<TEXT

  Take part       http://127.0.0.1:$port_http/
  API             http://127.0.0.1:$port_http/v1/openapi.json
  Analyst key     $(cat "$key_file")
  A first table   curl -H "Authorization: Bearer $(cat "$key_file")" \\
                    "http://127.0.0.1:$port_http/v1/consultaties/$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")).code' "$consultation")/tabellen?ronde=$round&variabele=taal"
  Invented data   http://127.0.0.1:$port_http/uitkomsten/voorbeeld-verzonnen
  Back office     http://127.0.0.1:$port_http/beheer, with an account from
                    ZEVENSTEM_CONFIG=$config $binary account add NAME --role beheerder
  Stop            Ctrl-C; then \`make stop\` for the database

TEXT

if [ "$(id -u)" = 0 ]; then
    cd /
    exec setpriv --reuid="$service_user" --regid="$service_user" --init-groups --no-new-privs \
        env HOME="$state" "$binary" serve --config "$config"
fi
exec "$binary" serve --config "$config"
