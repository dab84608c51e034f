/** Servers for the names in examples, on the host itself, because its network has no way out. */

/** One connection: a file in the folder of its name, without the query. */
const answer = `#!/bin/sh
read -r method path rest
host=
while IFS= read -r line; do
  line=$(printf %s "$line" | tr -d '\\r')
  [ -n "$line" ] || break
  case "$line" in [Hh]ost:*) host=\${line#*: } ;; esac
done
file=/srv/www/$host\${path%%\\?*}
if [ -f "$file" ]; then
  printf 'HTTP/1.1 200 OK\\r\\nContent-Length: %s\\r\\nConnection: close\\r\\n\\r\\n' "$(stat -c %s "$file")"
  cat "$file"
else
  printf 'HTTP/1.1 404 Not Found\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n'
fi
`

const names = ['example.com', 'api.example', 'git.example', 'packages.example']

/** Starts the server of a host that has been rebooted. */
export const startWeb = `if [ -e /srv/web.pem ]; then
socat OPENSSL-LISTEN:443,bind=127.0.0.1,fork,reuseaddr,cert=/srv/web.pem,verify=0 EXEC:/srv/answer >/dev/null 2>&1 &
until nc -z 127.0.0.1 443; do :; done
fi`

/**
 * Serves the folders /srv/www/NAME over HTTPS, with a certificate that the host trusts. Does nothing the second time.
 *
 * It is run by a `sh` that ends at the first command that fails.
 */
export const serveWeb = `if [ ! -e /srv/web.pem ]; then
mkdir -p ${names.map((name) => `/srv/www/${name}`).join(' ')}
cat >/srv/answer <<'END'
${answer}END
chmod +x /srv/answer
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /srv/web.key -days 90 \\
  -out /usr/local/share/ca-certificates/web.crt -subj /CN=web \\
  -addext subjectAltName=${names.map((name) => `DNS:${name}`).join(',')} 2>/dev/null
update-ca-certificates >/dev/null 2>&1
cat /srv/web.key /usr/local/share/ca-certificates/web.crt >/srv/web.pem
echo '127.0.0.1 ${names.join(' ')}' >>/etc/hosts
${startWeb}
fi`
