#!/bin/bash
# deploy/nginx/zevenstem.conf does what it says: run with a certificate of its own in front of a stand-in that gives the answers
# which libmicrohttpd makes by itself. Only addresses, certificate and paths are replaced.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 2
nginx=$(PATH=$PATH:/usr/sbin command -v nginx) || { echo "nginx is not installed: deploy/dev/install.sh check"; exit 1; }
box=$(mktemp -d)
stand_in=''
cleanup() {
    if [ -s "$box/pid" ]; then kill "$(cat "$box/pid")" 2>/dev/null; fi
    if [ -n "$stand_in" ]; then kill "$stand_in" 2>/dev/null; fi
    rm -rf "$box"
}
trap cleanup EXIT
chmod 755 "$box"

# ---- the stand-in ----
cat >"$box/stand-in.mjs" <<'JS'
import net from 'node:net';
const raw = {
  '/eigen': 'HTTP/1.1 200 OK\r\nAPI-Version: 1.0.0\r\nStrict-Transport-Security: max-age=31536000\r\nContent-Length: 3\r\n\r\nok\n',
  '/v1/fout': 'HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\nContent-Length: 4\r\n\r\nown\n',
  '/druk': 'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nown\n',
  '/groot': 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n\r\nown\n',
  '/414': 'HTTP/1.1 414 URI Too Long\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\nmhd\n',
  '/v1/431': 'HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 4\r\n\r\nmhd\n',
};
const server = net.createServer((socket) => {
  socket.on('error', () => {});
  let text = '';
  socket.on('data', (data) => {
    text += data;
    if (!text.includes('\r\n\r\n')) return;
    const path = text.split(' ')[1];
    const seen = /\r\nx-forwarded-for: ([^\r]*)/i.exec(text)?.[1] ?? '';
    text = '';
    if (path === '/weg') return socket.destroy();
    if (path === '/adres') {
      const body = `${seen}\n`;
      return socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    }
    socket.write(raw[path] ?? `HTTP/1.1 404 Not Found\r\nX-Path: ${path}\r\nContent-Length: 0\r\n\r\n`);
  });
});
server.listen(process.argv[2], () => console.log('listens'));
JS
node "$box/stand-in.mjs" "$box/stand-in.sock" >"$box/upstream" &
stand_in=$!
free_port() { node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'; }
http=$(free_port)
https=$(free_port)
for _ in $(seq 100); do [ -s "$box/upstream" ] && break; sleep 0.05; done
chmod 666 "$box/stand-in.sock"

# ---- nginx ----
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=praatmee.example \
    -keyout "$box/key.pem" -out "$box/cert.pem" 2>/dev/null
mkdir "$box/pages"
cp -L deploy/nginx/errors/* "$box/pages/"
sed -e "s|unix:/run/zevenstem.sock|unix:$box/stand-in.sock|" \
    -e "/listen \[::\]/d" -e "s|listen 80;|listen 127.0.0.1:$http;|" -e "s|listen 443 |listen 127.0.0.1:$https |" \
    -e "s|/etc/ssl/praatmee/fullchain.pem|$box/cert.pem|" -e "s|/etc/ssl/praatmee/privkey.pem|$box/key.pem|" \
    -e "s|/usr/share/zevenstem/proxy/|$box/pages/|" -e "s|/var/log/nginx/|$box/|" deploy/nginx/zevenstem.conf >"$box/site.conf"
cat >"$box/nginx.conf" <<CONF
$([ "$(id -u)" = 0 ] && echo 'user root;')
worker_processes 1;
pid $box/pid;
error_log $box/main.log;
events {}
http {
    client_body_temp_path $box/t1; proxy_temp_path $box/t2; fastcgi_temp_path $box/t3; uwsgi_temp_path $box/t4; scgi_temp_path $box/t5;
    include $box/site.conf;
}
CONF
"$nginx" -e "$box/main.log" -c "$box/nginx.conf" || { cat "$box/main.log"; exit 1; }

# ---- what must hold ----
faults=0
count=0
site=https://praatmee.example:$https
ask() { # curl arguments; status line, headers and body in one text without carriage returns
    curl -sk -i --max-time 5 --resolve "praatmee.example:$https:127.0.0.1" --resolve "praatmee.example:$http:127.0.0.1" "$@" | tr -d '\r'
}
# expect NAME TEXT REGEX...: each must match a line of the text; one that starts with ! must not.
expect() {
    local name=$1 text=$2 rule
    shift 2
    for rule in "$@"; do
        count=$((count + 1))
        if [ "${rule#!}" != "$rule" ]; then
            grep -qiE -- "${rule#!}" <<<"$text" || continue
        elif grep -qiE -- "$rule" <<<"$text"; then
            continue
        fi
        echo "nginx: $name: expected '$rule' in:"
        printf '%s\n' "$text"
        faults=$((faults + 1))
    done
}
safe=('^strict-transport-security: max-age=31536000$' "^content-security-policy: default-src 'none'"
    '^x-content-type-options: nosniff$' '^x-frame-options: DENY$')

expect 'plain HTTP' "$(ask "http://praatmee.example:$http/a?b=c")" '^HTTP/1.1 301' "^location: https://praatmee.example.*/a\?b=c"
text=$(ask "$site/eigen")
expect 'an answer of the service' "$text" '^HTTP/2 200' '^api-version: 1.0.0$' '^ok$' '!nosniff'
count=$((count + 1))
[ "$(grep -ci '^strict-transport-security' <<<"$text")" = 1 ] || { echo 'nginx: headers are doubled'; faults=$((faults + 1)); }
expect 'an error of the service' "$(ask "$site/v1/fout")" '^HTTP/2 400' '^content-type: application/problem\+json$' '^own$' '!nosniff'
expect 'busy' "$(ask "$site/druk")" '^HTTP/2 503' '^retry-after: 7$' '^own$'
expect 'too large for a route' "$(ask "$site/groot")" '^HTTP/2 413' '^own$'
expect '414 of libmicrohttpd' "$(ask "$site/414")" '^HTTP/2 414' '^content-type: text/html; charset=utf-8$' 'Wij begrijpen' \
    '^referrer-policy: same-origin$' '^cache-control: no-store$' '^api-version:' '!mhd' "${safe[@]}"
expect '431 of libmicrohttpd' "$(ask "$site/v1/431")" '^HTTP/2 431' '^content-type: application/problem\+json$' '"status": 431' \
    '^referrer-policy: no-referrer$' '!mhd' "${safe[@]}"
expect 'the service is away' "$(ask "$site/weg")" '^HTTP/2 503' '^retry-after: 30$' 'even niet bereikbaar' "${safe[@]}"
long=$(printf 'a%.0s' $(seq 9000))
expect 'a long address' "$(ask --http1.1 "$site/v1/$long")" '^HTTP/1.1 414' '"status": 414|Wij begrijpen' "${safe[@]}"
expect 'a large header' "$(ask --http1.1 -H "X-A: $long" "$site/")" '^HTTP/1.1 431' 'Wij begrijpen' "${safe[@]}"
expect 'no HTTP' "$(printf 'GET / HTTP/9.z\r\n\r\n' | timeout 5 openssl s_client -quiet -connect "127.0.0.1:$https" 2>/dev/null | tr -d '\r')" \
    '400' 'Wij begrijpen' "${safe[@]}"
expect 'a method that nginx refuses' "$(ask --http1.1 -X TRACE "$site/")" '^HTTP/1.1 400' "${safe[@]}"
expect 'HTTP to the port of HTTPS' "$(curl -s -i --max-time 5 "http://127.0.0.1:$https/" | tr -d '\r')" '^HTTP/1.1 400' "${safe[@]}"
head -c 12000000 /dev/zero >"$box/body"
expect 'a body without bounds' "$(ask --data-binary "@$box/body" -H 'Expect:' "$site/v1/x")" '^HTTP/2 413' "${safe[@]}"
expect 'the address of the client' "$(ask -H 'X-Forwarded-For: 10.1.2.3' "$site/adres")" '^127.0.0.1$' '!10\.1\.2\.3'
expect 'an encoded slash' "$(ask --path-as-is "$site/a%2Fb/../c%00")" '^x-path: /a%2Fb/../c%00$|^HTTP/2 400'
expect 'error pages are nobody to ask for' "$(ask "$site/zevenstem-fout/503.html")" '^HTTP/2 404'
expect 'TLS 1.2' "$(ask --tls-max 1.2 "$site/eigen")" '^HTTP/2 200'
expect 'TLS 1.1' "$(ask --tls-max 1.1 --ciphers 'DEFAULT@SECLEVEL=0' "$site/eigen"; echo end)" '!200'
expect 'no forward secrecy' "$(ask --tls-max 1.2 --ciphers AES256-GCM-SHA384 "$site/eigen"; echo end)" '!200'
expect 'the access log' "$(cat "$box/zevenstem.log")" ' GET 200 ' '!127\.0\.0\.1' '!/eigen'
expect 'the error log' "x$(cat "$box/zevenstem-error.log")" '!127\.0\.0\.1'
# An export is put together before its first byte is sent: the proxy waits for as long as it may take, and a while.
longest=$(sed -n 's/.*"max_seconds", SETTING_INT,.*, \([0-9]*\), "[0-9]*"},/\1/p' src/app/config.c)
waits=$(sed -n 's/^ *proxy_read_timeout \([0-9]*\)s;$/\1/p' deploy/nginx/zevenstem.conf)
count=$((count + 1))
if [ "$((longest + 5))" -gt "$waits" ]; then
    echo "nginx: waits $waits seconds for an answer, and an export may take $longest"
    faults=$((faults + 1))
fi
echo "nginx: $count expectations, $faults faults"
[ "$faults" = 0 ]
