/** The parameters of the role. */
import { flag, localPath, portNumber, remotePath, secret, z } from 'coxswain'

const line = z.string().regex(/^[^\n]+$/, 'must be one line')
const word = z.string().regex(/^[^\s;{}]+$/, 'must be one word, without ; { and }')
const size = z.string().regex(/^\d+[kmg]?$/i, 'must be a size, such as 64m')
const time = z.string().regex(/^\d+(?:ms|[smhdwMy])?$/, 'must be a time, such as 75s')
const siteName = z.string().regex(/^[\w*][\w.*-]*$/, 'must be a name of letters, digits, . _ and -')
const directives = z.array(line).default([])

/** Headers by name. */
const headers = z.record(z.string().regex(/^[\w-]+$/), line).default({})

const location = z.strictObject({
  path: line.describe('a prefix, or = or ~ and a pattern: /api/'),
  root: remotePath().optional(),
  alias: remotePath().optional(),
  index: line.optional(),
  tryFiles: line.optional().describe('such as $uri $uri/ =404'),
  proxyPass: word
    .optional()
    .describe('where requests go: http://NAME, the name of an upstream or an address'),
  websocket: flag().default(false).describe('let a proxied connection become a WebSocket'),
  fastcgiPass: word.optional().describe('such as unix:/run/php/php-fpm.sock'),
  return: line.optional().describe('such as 301 https://example.org$request_uri'),
  authFile: remotePath().optional().describe('a file of htpasswd: those in it can log in'),
  allow: z.array(word).default([]).describe('addresses and networks; all others are denied'),
  headers: headers.describe('headers of the response'),
  extra: directives.describe('further directives, each with its semicolon'),
})

const tls = z
  .strictObject({
    certificate: z.string().optional().describe('the certificate with those of its authorities, in PEM'),
    key: secret().optional().describe('its private key, in PEM'),
    certificateSrc: localPath().optional().describe('in place of certificate: a file of this machine'),
    certificateFile: remotePath().optional().describe('in place of certificate: a file of the host'),
    keyFile: remotePath().optional().describe('in place of key: a file of the host'),
    port: portNumber().default(443),
    redirect: flag().default(true).describe('send requests without TLS to https'),
    http2: flag().default(true),
    hstsSeconds: z
      .number()
      .int()
      .min(0)
      .default(0)
      .describe('how long browsers remember to use https; 0 for not'),
  })
  .refine(
    (its) =>
      [its.certificate, its.certificateSrc, its.certificateFile].filter((one) => one !== undefined).length ===
      1,
    {
      message: 'give one of certificate, certificateSrc and certificateFile',
      path: ['certificate'],
    },
  )
  .refine((its) => (its.key === undefined) !== (its.keyFile === undefined), {
    message: 'give key or keyFile, one of the two',
    path: ['key'],
  })

const site = z.strictObject({
  name: siteName.describe('the name of its file'),
  serverNames: z
    .array(siteName.or(z.literal('_')))
    .optional()
    .describe('host names; its name by default'),
  port: portNumber().default(80),
  address: word.optional().describe('the address to listen at; all by default'),
  ipv6: flag().default(true).describe('also listen at the addresses of IPv6'),
  default: flag().default(false).describe('it answers for names that no site has'),
  root: remotePath().optional().describe('the folder of its files; it is created'),
  index: line.default('index.html'),
  locations: z.array(location).default([]).describe('by default one, which serves the files of root'),
  errorPages: z
    .record(z.string().regex(/^\d{3}(?: \d{3})*$/), line)
    .default({})
    .describe('by status: /404.html'),
  accessLog: line.optional().describe('a file, or off'),
  errorLog: line.optional().describe('a file, and a level'),
  maxBodySize: size.optional(),
  headers: headers.describe('headers of the response'),
  redirectNames: z.array(siteName).default([]).describe('names that are sent to the first name'),
  tls: tls.optional(),
  extra: directives.describe('further directives, each with its semicolon'),
  template: localPath()
    .optional()
    .describe('a Handlebars template of your own in place of all this; it gets the site'),
  state: z
    .enum(['present', 'absent'])
    .default('present')
    .describe('absent removes its file, and not its folder'),
})

/** A site, as the role uses it. */
export type Site = z.output<typeof site>
/** A location of a site. */
export type Location = z.output<typeof location>

/** The schema: each parameter with its default. */
export const params = z
  .object({
    sites: z.array(site).default([]).describe('what is served'),
    removeDefault: flag().default(true).describe('remove the site that the package brings'),
    upstreams: z
      .array(
        z.strictObject({
          name: word.describe('its name in proxyPass'),
          servers: z.array(line).min(1).describe('addresses with their options: 10.0.0.1:8080 weight=2'),
          strategy: line.optional().describe('such as least_conn or ip_hash'),
          keepalive: z.number().int().min(1).optional().describe('idle connections to keep'),
        }),
      )
      .default([])
      .describe('groups of servers for proxyPass'),
    user: word.optional().describe('the user of the workers; that of the package by default'),
    workerProcesses: z.union([z.literal('auto'), z.number().int().min(1)]).default('auto'),
    workerConnections: z.number().int().min(1).default(1024),
    workerFiles: z.number().int().min(1).optional().describe('open files of a worker'),
    multiAccept: flag().default(false),
    errorLog: line.default('/var/log/nginx/error.log warn'),
    accessLog: line.default('/var/log/nginx/access.log'),
    logFormats: z.record(z.string().regex(/^\w+$/), line).default({}).describe('by name, for accessLog'),
    keepaliveTimeout: time.default('65s'),
    keepaliveRequests: z.number().int().min(1).default(1000),
    sendfile: flag().default(true),
    tcpNopush: flag().default(true),
    tcpNodelay: flag().default(true),
    serverTokens: flag().default(false).describe('whether responses name the version'),
    maxBodySize: size.default('64m').describe('the largest request'),
    serverNamesHashBucketSize: z.number().int().min(32).default(64),
    gzip: flag().default(true).describe('compress text'),
    gzipTypes: z
      .array(word)
      .default([
        'text/plain',
        'text/css',
        'text/xml',
        'application/json',
        'application/javascript',
        'image/svg+xml',
      ]),
    tlsProtocols: z
      .array(z.enum(['TLSv1.2', 'TLSv1.3']))
      .min(1)
      .default(['TLSv1.2', 'TLSv1.3']),
    tlsCiphers: word.default(
      'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305',
    ),
    cachePaths: z.array(line).default([]).describe('values of proxy_cache_path'),
    extraMain: directives.describe('further directives outside of http, each with its semicolon'),
    extraHttp: directives.describe('further directives of http, each with its semicolon'),
    template: localPath().optional().describe('a Handlebars template of your own in place of nginx.conf.hbs'),
    packageName: z.string().default('nginx').describe('such as nginx-light'),
    service: flag().default(true).describe('start the service, now and at boot'),
  })
  .refine(({ sites }) => new Set(sites.map(({ name }) => name)).size === sites.length, {
    message: 'two sites have the same name',
    path: ['sites'],
  })

/** The parameters, checked and with defaults. */
export type Params = z.output<typeof params>
