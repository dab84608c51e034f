/** The role `nginx`, judged by `nginx -t` and by what curl gets. */
import * as assert from 'uvu/assert'
import { Secret } from '../../../engine/secret.ts'
import { nginx } from '../../../examples/roles/nginx/index.ts'
import { realHosts } from '../../support/real-host.ts'
import { roleHost } from '../../support/role-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('the role nginx on real hosts')

for (const host of realHosts('services-debian', 'services-redhat', 'services-alpine')) {
  const { proves, refuses } = roleHost(host)
  const debian = host.name === 'services-debian'
  const sites = debian
    ? '/etc/nginx/sites-available'
    : host.name === 'services-alpine'
      ? '/etc/nginx/http.d'
      : '/etc/nginx/conf.d'
  const curl = (words: string) =>
    host.sh(`for n in 1 2 3 4 5 6 7 8 9; do curl -sk ${words} && exit 0; sleep 0.2; done; exit 1`)

  test(`${host.name}: a static site, a proxy with an upstream, and TLS`, async () => {
    const pem = await host.sh(
      'cd /tmp; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k.pem -out c.pem -days 90 -subj /CN=secure.example 2>/dev/null; cat c.pem',
    )
    const key = new Secret(await host.sh('cat /tmp/k.pem'))
    await host.sh('mkdir -p /srv/www; echo hello >/srv/www/index.html')
    const steps = () => [
      nginx({
        upstreams: [
          {
            name: 'app',
            servers: ['127.0.0.1:8081 weight=2', '127.0.0.1:8082 backup'],
            strategy: 'least_conn',
            keepalive: 4,
          },
        ],
        logFormats: { brief: '$remote_addr $status' },
        accessLog: '/var/log/nginx/access.log brief',
        sites: [
          {
            name: 'www.example',
            root: '/srv/www',
            default: true,
            headers: { 'X-Frame-Options': 'DENY' },
            errorPages: { '404': '/404.html' },
          },
          {
            name: 'backend.example',
            port: 8081,
            ipv6: false,
            address: '127.0.0.1',
            locations: [{ path: '/', return: '200 "app for $http_host $http_x_forwarded_proto"' }],
          },
          {
            name: 'secure.example',
            redirectNames: ['old.example'],
            tls: { certificate: pem, key, hstsSeconds: 3600 },
            locations: [
              { path: '/', proxyPass: 'http://app', websocket: true },
              { path: '/private/', root: '/srv/www', allow: ['192.0.2.0/24'] },
            ],
          },
        ],
      }),
    ]
    await proves(steps)
    await host.sh('nginx -t -q')
    const page = await curl('-i http://127.0.0.1/')
    assert.match(page, 'hello')
    assert.match(page, /X-Frame-Options: DENY/i)
    assert.not.match(page, /Server: nginx\/\d/)
    const get = (name: string, path = '/') =>
      curl(`-i --resolve ${name}:443:127.0.0.1 https://${name}${path}`)
    const proxied = await get('secure.example')
    assert.match(proxied, 'app for secure.example https')
    assert.match(proxied, /Strict-Transport-Security: max-age=3600/i)
    assert.match(await get('secure.example', '/private/'), ' 403 ')
    assert.match(
      await curl('-i --resolve secure.example:80:127.0.0.1 http://secure.example/x'),
      'https://secure.example/x',
    )
    assert.match(
      await curl('-i --resolve old.example:80:127.0.0.1 http://old.example/x'),
      'https://secure.example/x',
    )
    assert.match(await host.sh("stat -c '%a %U' /etc/nginx/tls/secure.example.key"), '600 root')
    await host.sh(
      debian || host.name === 'services-redhat'
        ? 'systemctl is-enabled nginx'
        : 'rc-update show | grep nginx',
    )
  })

  test(`${host.name}: what nginx refuses is not written, and nginx keeps serving`, async () => {
    const before = await host.sh(`cat ${sites}/www.example.conf /etc/nginx/nginx.conf`)
    const site = { name: 'www.example', root: '/srv/www', default: true }
    const same = { upstreams: [{ name: 'app', servers: ['127.0.0.1:8081'] }] }
    assert.match(
      await refuses(() => [nginx({ ...same, sites: [{ ...site, extra: ['no_such_directive on;'] }] })], {
        checkToo: false,
      }),
      'no_such_directive',
    )
    assert.match(
      await refuses(() => [nginx({ extraHttp: ['neither_this on;'] })], { checkToo: false }),
      'neither_this',
    )
    assert.is(
      await host.sh(`cat ${sites}/www.example.conf`),
      before.slice(0, before.indexOf('# Written', 10)),
    )
    await host.sh('nginx -t -q')
    assert.match(await curl('http://127.0.0.1/'), 'hello')
  })

  test(`${host.name}: a change reloads nginx once, and a site goes`, async () => {
    const pid = await host.sh('cat /run/nginx.pid')
    const steps = () => [
      nginx({
        upstreams: [],
        sites: [
          { name: 'secure.example', state: 'absent' },
          { name: 'backend.example', state: 'absent' },
          { name: 'www.example', default: true, locations: [{ path: '/', return: '200 changed' }] },
        ],
      }),
    ]
    const { ends } = await proves(steps)
    assert.is(ends.filter(({ task }) => task.handler?.endsWith('reload')).length, 1)
    assert.is(await host.sh('cat /run/nginx.pid'), pid)
    assert.match(
      await host.sh(
        'for n in $(seq 50); do curl -s http://127.0.0.1/ | grep changed && exit; sleep 0.1; done; exit 1',
      ),
      'changed',
    )
    await host.sh(`[ ! -e ${sites}/secure.example.conf ]`)
  })
}
