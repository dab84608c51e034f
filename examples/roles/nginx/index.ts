/** A role: nginx with sites, upstreams and TLS files. */
import { defineRole } from 'coxswain'
import {
  command,
  copy,
  directory,
  file,
  link,
  osRelease,
  packages,
  service,
  serviceRestart,
  template,
} from 'coxswain/tasks'
import { layoutOf, testsMain, testsSite } from './layout.ts'
import type { Layout } from './layout.ts'
import { params } from './params.ts'
import type { Params, Site } from './params.ts'
import { siteText, tlsFiles } from './site-text.ts'

export { params } from './params.ts'

/** Notified by every file that nginx reads: a test of all of them, then the reload. */
const notify = ['test', 'reload'] as const
const onOff = (wanted: boolean): string => (wanted ? 'on' : 'off')

const values = (given: Params, layout: Layout) => ({
  ...given,
  user: given.user ?? layout.user,
  pid: layout.pid,
  modules: layout.modules,
  includes: layout.includes,
  multiAccept: onOff(given.multiAccept),
  sendfile: onOff(given.sendfile),
  tcpNopush: onOff(given.tcpNopush),
  tcpNodelay: onOff(given.tcpNodelay),
  serverTokens: onOff(given.serverTokens),
  gzip: onOff(given.gzip),
  gzipTypes: given.gzipTypes.join(' '),
  tlsProtocols: given.tlsProtocols.join(' '),
  workerFiles: given.workerFiles,
  upstreams: given.upstreams.map(({ strategy, keepalive, ...upstream }) => ({
    ...upstream,
    strategy,
    keepalive,
  })),
})

/** The certificate and the key of a site, where the role writes them. */
const tlsSteps = (site: Site) => {
  const { certificate, certificateSrc, key } = site.tls ?? {}
  const files = tlsFiles(site)
  return [
    ...(certificate === undefined
      ? []
      : [file({ path: files.certificate, content: certificate, mode: '0644' }, { notify })]),
    ...(certificateSrc === undefined
      ? []
      : [copy({ src: certificateSrc, dest: files.certificate, mode: '0644' }, { notify })]),
    ...(key === undefined ? [] : [file({ path: files.key, content: key, mode: '0600' }, { notify })]),
  ]
}

const siteSteps = (site: Site, { sites, enabled }: Layout) => {
  const path = `${sites}/${site.name}.conf`
  const shown = enabled === undefined ? undefined : `${enabled}/${site.name}.conf`
  if (site.state === 'absent')
    return [
      ...(shown === undefined ? [] : [file({ path: shown, state: 'absent' }, { notify })]),
      file({ path, state: 'absent' }, { notify }),
    ]
  const attributes = { mode: '0644', validate: testsSite }
  return [
    ...(site.root === undefined ? [] : [directory({ path: site.root, mode: '0755' })]),
    ...tlsSteps(site),
    site.template === undefined
      ? file({ path, content: siteText(site), ...attributes }, { notify })
      : template({ src: site.template, dest: path, values: { site }, ...attributes }, { notify }),
    ...(shown === undefined ? [] : [link({ path: shown, target: path }, { notify })]),
  ]
}

/** Installs nginx, and sets up its sites. */
export const nginx = defineRole({
  name: 'nginx',
  description:
    'Installs nginx, and sets up sites, upstreams and TLS; each file is tested before it is put in place.',
  params,
  example: { sites: [{ name: 'www.example.org', root: '/srv/www', default: true }] },
  facts: { os: osRelease({}) },
  tasks: (given, { os }) => {
    const layout = layoutOf(os.family)
    const own = new Set(given.sites.map(({ name }) => `${layout.enabled ?? layout.sites}/${name}.conf`))
    const present = given.sites.filter(({ state }) => state === 'present')
    const writesTls = present.some(
      ({ tls }) => tls !== undefined && (tls.certificateFile === undefined || tls.keyFile === undefined),
    )
    return [
      packages({ name: given.packageName }),
      template(
        {
          src: given.template ?? 'nginx.conf.hbs',
          dest: '/etc/nginx/nginx.conf',
          values: values(given, layout),
          mode: '0644',
          validate: testsMain,
        },
        { notify },
      ),
      ...(writesTls ? [directory({ path: '/etc/nginx/tls', mode: '0755' })] : []),
      ...(given.removeDefault
        ? layout.defaults
            .filter((path) => !own.has(path))
            .map((path) => file({ path, state: 'absent' }, { notify }))
        : []),
      ...given.sites.flatMap((site) => siteSteps(site, layout)),
      ...(given.service ? [service({ name: 'nginx', state: 'started', enabled: true })] : []),
    ]
  },
  handlers: () => ({
    // nginx keeps its present configuration where the test fails
    test: command({ run: 'nginx -t -q' }),
    reload: serviceRestart({ name: 'nginx', reload: true }),
  }),
})
