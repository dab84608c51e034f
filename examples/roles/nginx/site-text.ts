/** The text of a site. Pure. */
import type { Location, Site } from './params.ts'

/** The paths of the TLS files of a site. */
export interface TlsFiles {
  readonly certificate: string
  readonly key: string
}

/** The paths: as given, or those where the role writes the files. */
export const tlsFiles = ({ name, tls }: Site): TlsFiles => ({
  certificate: tls?.certificateFile ?? `/etc/nginx/tls/${name}.crt`,
  key: tls?.keyFile ?? `/etc/nginx/tls/${name}.key`,
})

const directive = (name: string, value: string | undefined): string[] =>
  value === undefined ? [] : [`${name} ${value};`]

/** A value in quotes, as nginx reads it. */
const quoted = (value: string): string => `"${value.replaceAll(/["\\]/g, '\\$&')}"`

type Headers = Readonly<Record<string, string>>

const headerLines = (headers: Headers): string[] =>
  Object.entries(headers).map(([name, value]) => `add_header ${name} ${quoted(value)} always;`)

/** The headers of all answers of a site. */
const siteHeaders = ({ tls, headers }: Site): Headers => ({
  ...(tls !== undefined &&
    tls.hstsSeconds > 0 && { 'Strict-Transport-Security': `max-age=${tls.hstsSeconds}` }),
  ...headers,
})

/** Those of a location and of its site, whose names do not depend on case: nginx forgets those of the site where a location has one. */
const locationHeaders = (own: Headers, ofSite: Headers): Headers => {
  const named = new Set(Object.keys(own).map((name) => name.toLowerCase()))
  const others = Object.entries(ofSite).filter(([name]) => !named.has(name.toLowerCase()))
  return named.size === 0 ? {} : { ...Object.fromEntries(others), ...own }
}

const proxyLines = ({ proxyPass, websocket }: Location): string[] =>
  proxyPass === undefined
    ? []
    : [
        `proxy_pass ${proxyPass};`,
        'proxy_http_version 1.1;',
        'proxy_set_header Host $host;',
        'proxy_set_header X-Real-IP $remote_addr;',
        'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
        'proxy_set_header X-Forwarded-Proto $scheme;',
        ...(websocket
          ? ['proxy_set_header Upgrade $http_upgrade;', 'proxy_set_header Connection $role_connection;']
          : ['proxy_set_header Connection "";']),
      ]

const locationLines = (its: Location, ofSite: Headers): string[] => [
  `location ${its.path} {`,
  ...[
    ...directive('root', its.root),
    ...directive('alias', its.alias),
    ...directive('index', its.index),
    ...directive('try_files', its.tryFiles),
    ...proxyLines(its),
    ...(its.fastcgiPass === undefined
      ? []
      : [
          'include /etc/nginx/fastcgi_params;',
          'fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;',
          `fastcgi_pass ${its.fastcgiPass};`,
        ]),
    ...(its.authFile === undefined
      ? []
      : ['auth_basic "Restricted";', `auth_basic_user_file ${its.authFile};`]),
    ...its.allow.map((network) => `allow ${network};`),
    ...(its.allow.length > 0 ? ['deny all;'] : []),
    ...headerLines(locationHeaders(its.headers, ofSite)),
    ...directive('return', its.return),
    ...its.extra,
  ].map((line) => `    ${line}`),
  '}',
]

const listenLines = (
  { address, ipv6, default: isDefault }: Site,
  port: number,
  options: string,
): string[] => {
  const end = `${options}${isDefault ? ' default_server' : ''};`
  if (address !== undefined) return [`listen ${address}:${port}${end}`]
  return [`listen ${port}${end}`, ...(ipv6 ? [`listen [::]:${port}${end}`] : [])]
}

const server = (lines: readonly string[]): string[] => [
  'server {',
  ...lines.map((line) => `    ${line}`),
  '}',
]

/** The files of a site: one `server` that serves it, and those that send other requests to it. */
export const siteText = (site: Site): string => {
  const { name, tls, root, locations, redirectNames } = site
  const names = site.serverNames ?? [name]
  const files = tlsFiles(site)
  const secure =
    tls === undefined
      ? []
      : [
          ...listenLines(site, tls.port, ` ssl${tls.http2 ? ' http2' : ''}`),
          `ssl_certificate ${files.certificate};`,
          `ssl_certificate_key ${files.key};`,
        ]
  const plain = listenLines(site, site.port, '')
  const redirects = tls?.redirect === true
  const served =
    locations.length > 0 || root === undefined
      ? locations.map((one) => locationLines(one, siteHeaders(site)))
      : [['location / {', '    try_files $uri $uri/ =404;', '}']]
  // a browser cannot ask for _ or *.example.org
  const first = names.find((one) => /^[\w-][\w.-]*$/.test(one) && one !== '_') ?? '$host'
  const [scheme, port, usual] = tls === undefined ? ['http', site.port, 80] : ['https', tls.port, 443]
  const target = `${scheme}://${first}${port === usual ? '' : `:${port}`}`
  return [
    '# Written by the role nginx; changes are overwritten.',
    ...(redirects
      ? server([
          ...plain,
          `server_name ${names.join(' ')};`,
          `return 301 https://$host${tls.port === 443 ? '' : `:${tls.port}`}$request_uri;`,
        ])
      : []),
    ...(redirectNames.length === 0
      ? []
      : server([
          ...listenLines({ ...site, default: false }, site.port, ''),
          ...(tls === undefined ? [] : listenLines({ ...site, default: false }, tls.port, ' ssl')),
          ...(tls === undefined
            ? []
            : [`ssl_certificate ${files.certificate};`, `ssl_certificate_key ${files.key};`]),
          `server_name ${redirectNames.join(' ')};`,
          `return 301 ${target}$request_uri;`,
        ])),
    ...server([
      ...(redirects ? [] : plain),
      ...secure,
      `server_name ${names.join(' ')};`,
      ...directive('root', root),
      ...directive('index', site.index),
      ...directive('access_log', site.accessLog),
      ...directive('error_log', site.errorLog),
      ...directive('client_max_body_size', site.maxBodySize),
      ...headerLines(siteHeaders(site)),
      ...Object.entries(site.errorPages).map(([status, page]) => `error_page ${status} ${page};`),
      ...served.flat(),
      ...site.extra,
    ]),
    '',
  ].join('\n')
}
