import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nginx, params } from './index.ts'
import { layoutOf } from './layout.ts'
import { siteText } from './site-text.ts'

const textOf = (site: object): string => {
  const [one] = params.parse({ sites: [{ name: 'www.example.org', ...site }] }).sites
  assert.ok(one)
  return siteText(one)
}

test('a static site', () => {
  const text = textOf({ root: '/srv/www', default: true, headers: { 'X-A': 'say "b"' } })
  for (const line of [
    'listen 80 default_server;',
    'listen [::]:80 default_server;',
    'server_name www.example.org;',
    'root /srv/www;',
    'try_files $uri $uri/ =404;',
    String.raw`add_header X-A "say \"b\"" always;`,
  ])
    assert.ok(text.includes(line), line)
})

test('a site with TLS sends other requests to it, at its port', () => {
  const text = textOf({
    tls: { certificateFile: '/etc/ssl/a.pem', keyFile: '/etc/ssl/a.key', port: 8443 },
    redirectNames: ['example.org'],
    locations: [{ path: '/', proxyPass: 'http://app' }],
  })
  assert.match(text, /return 301 https:\/\/\$host:8443\$request_uri;/)
  assert.match(text, /listen 8443 ssl http2;[^]*ssl_certificate \/etc\/ssl\/a\.pem;/)
  assert.match(text, /server_name example\.org;\s+return 301 https:\/\/www\.example\.org:8443\$request_uri;/)
})

test('a location with headers of its own keeps those of its site, HSTS included', () => {
  const text = textOf({
    tls: { certificateFile: '/a.pem', keyFile: '/a.key', hstsSeconds: 100 },
    headers: { 'X-Frame-Options': 'DENY', 'Cache-Control': 'private' },
    locations: [
      { path: '/api/', proxyPass: 'http://app', headers: { 'cache-control': 'no-store' } },
      { path: '/' },
    ],
  })
  const [, inside = ''] = /location \/api\/ \{([^}]*)\}/.exec(text) ?? []
  for (const line of [
    'add_header Strict-Transport-Security "max-age=100" always;',
    'add_header X-Frame-Options "DENY" always;',
    'add_header cache-control "no-store" always;',
  ])
    assert.ok(inside.includes(line), line)
  assert.ok(!inside.includes('private'))
  const [, plain = ''] = /location \/ \{([^}]*)\}/.exec(text) ?? []
  assert.ok(!plain.includes('add_header'))
  assert.equal(text.match(/Strict-Transport-Security/g)?.length, 2)
})

test('other names are sent to a name that a browser can ask for', () => {
  const target = (serverNames: string[]) =>
    /return 301 (\S+);/.exec(textOf({ serverNames, redirectNames: ['old.org'] }))?.[1]
  assert.equal(target(['*.shop.org', 'shop.org']), 'http://shop.org$request_uri')
  assert.equal(target(['_']), 'http://$host$request_uri')
})

test('families have their own folders', () => {
  assert.equal(layoutOf(['ubuntu', 'debian']).enabled, '/etc/nginx/sites-enabled')
  assert.equal(layoutOf(['alpine']).sites, '/etc/nginx/http.d')
  assert.equal(layoutOf(['rocky', 'rhel', 'fedora']).sites, '/etc/nginx/conf.d')
})

test('parameters that do not go together are refused', () => {
  const site = { name: 'a' }
  assert.throws(() => nginx({ sites: [site, site] }), /same name/)
  assert.throws(() => nginx({ sites: [{ name: '../a' }] }), /name/)
  assert.throws(() => nginx({ sites: [{ name: 'a', tls: { keyFile: '/k' } }] }), /certificate/)
})
