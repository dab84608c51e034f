import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { Task } from '../../../engine/index.ts'
import { rehearse as rehearseTask } from '../../../engine/testing.ts'
import type { Rehearsal, World } from '../../../engine/testing.ts'
import { kubeadmPhase } from '../../../tasks/kubernetes/kubeadm-phase.ts'
import { phasesInHelp } from '../../../tasks/kubernetes/kubeadm/installed-phases.ts'
import { phaseNames } from '../../../tasks/kubernetes/kubeadm/versions/release.ts'
import type { Flow } from '../../../tasks/kubernetes/kubeadm/versions/release.ts'
import { factsOf } from '../../../tasks/kubernetes/kubeadm/versions.ts'
import { suite } from '../../support/spec.ts'

const test = suite('kubeadm-phase')

/** A rehearsal on a host with kubeadm 1.20, unless the world has another one. */
const rehearse = (task: Task, world: World): Promise<Rehearsal> =>
  rehearseTask(task, { ...world, replies: { 'kubeadm version -o short': 'v1.20.2\n', ...world.replies } })

const folder = mkdtempSync(join(tmpdir(), 'coxswain-pki-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

const known = { version: 'v1.20.2', node: 'm2', address: '10.0.0.2', apiNames: ['10.0.0.10', 'api.example'] }

const lines = (minor: number, flow: Flow = 'init'): string[] =>
  phaseNames.flatMap((name) => factsOf(`v1.${minor}.0`).phases[name][flow])

test('phases have the names that each version of kubeadm init knows', () => {
  const before = [
    'alpha phase certs all',
    'alpha phase kubelet config write-to-disk',
    'alpha phase kubelet write-env-file',
    'alpha phase kubeconfig kubelet',
    'alpha phase kubeconfig all',
    'alpha phase etcd local',
    'alpha phase controlplane all',
    'alpha phase mark-master',
  ]
  assert.equal(lines(11), before)
  assert.equal(lines(12), [...before, 'alpha phase kubelet config annotate-cri'])
  const today = phaseNames.map((name) => `init phase ${name}`)
  assert.equal(lines(13), today.slice(0, -1))
  assert.equal(lines(20), today)
  // from 1.29 on, `kubeconfig all` would give every control-plane node the keys of the first
  assert.not.ok(lines(36).includes('init phase kubeconfig all'))
  assert.ok(lines(36).includes('init phase kubeconfig controller-manager'))
})

test('phases of kubeadm join have their own names, from 1.14 on', () => {
  const names = [
    'join phase control-plane-prepare certs',
    'join phase kubelet-start',
    'join phase control-plane-prepare kubeconfig',
    'join phase control-plane-join etcd',
    'join phase control-plane-prepare control-plane',
    'join phase control-plane-join mark-control-plane',
  ]
  assert.equal(lines(13, 'join'), [])
  assert.equal(lines(14, 'join'), names)
  assert.equal(lines(32, 'join'), names)
  assert.equal(
    lines(33, 'join'),
    names.map((name) => name.replace('control-plane-join etcd', 'etcd-join')),
  )
})

const openssl = (...words: string[]): void => {
  execFileSync('openssl', words, { cwd: folder, stdio: 'ignore' })
}

/** A pki folder made by openssl, like that of kubeadm. */
const makePki = (apiNames: string): Record<string, string> => {
  const files: Record<string, string> = {}
  mkdirSync(join(folder, 'etcd'), { recursive: true })
  const keep = (name: string): void => {
    files[`/etc/kubernetes/pki/${name}.crt`] = readFileSync(join(folder, `${name}.crt`), 'utf8')
  }
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  for (const ca of ['ca', 'front-proxy-ca', 'etcd/ca']) {
    openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      `${ca}.key`,
      '-out',
      `${ca}.crt`,
      '-subj',
      `/CN=${ca.replace('/', '-')}`,
    )
    keep(ca)
  }
  const leaf = (name: string, ca: string, sans: string): void => {
    openssl(
      'req',
      ...key,
      '-keyout',
      `${name}.key`,
      '-out',
      'request',
      '-subj',
      `/CN=${name.replace('/', '-')}`,
    )
    writeFileSync(join(folder, 'extensions'), sans === '' ? '' : `subjectAltName=${sans}\n`)
    openssl(
      'x509',
      '-req',
      '-in',
      'request',
      '-CA',
      `${ca}.crt`,
      '-CAkey',
      `${ca}.key`,
      '-CAcreateserial',
      '-days',
      '30',
      '-out',
      `${name}.crt`,
      '-extfile',
      'extensions',
    )
    keep(name)
    files[`/etc/kubernetes/pki/${name}.key`] = 'a key'
  }
  leaf('apiserver', 'ca', `IP:10.0.0.2,${apiNames}`)
  leaf('apiserver-kubelet-client', 'ca', '')
  leaf('front-proxy-client', 'front-proxy-ca', '')
  leaf('etcd/server', 'etcd/ca', 'IP:10.0.0.2,DNS:m2')
  leaf('etcd/peer', 'etcd/ca', 'IP:10.0.0.2,DNS:m2')
  leaf('etcd/healthcheck-client', 'etcd/ca', '')
  leaf('apiserver-etcd-client', 'etcd/ca', '')
  return files
}

const problems = async (files: Record<string, string>): Promise<string[]> => {
  const run = await rehearse(kubeadmPhase({ ...known, phase: 'certs all' }), {
    files,
    patterns: [[/^kubeadm init phase certs all/, { code: 1 }]],
  })
  return run.changes.map(({ what }) => what).concat(run.outcome === 'ok' ? [] : [String(run.error)])
}

test('certs all: valid certificates with the right authority and names are ok', async () => {
  const run = await rehearse(kubeadmPhase({ ...known, phase: 'certs all' }), {
    files: makePki('IP:10.0.0.10,DNS:api.example'),
  })
  assert.is(run.outcome, 'ok', String(run.error))
})

test('certs all: of several authorities in one file, any can have signed', async () => {
  const [files, others] = [makePki('IP:10.0.0.10,DNS:api.example'), makePki('IP:10.0.0.10,DNS:api.example')]
  const both = Object.keys(files).filter((path) => /\/(ca|front-proxy-ca)\.crt$/.test(path))
  const run = await rehearse(kubeadmPhase({ ...known, phase: 'certs all' }), {
    files: {
      ...files,
      ...Object.fromEntries(both.map((path) => [path, (others[path] ?? '') + (files[path] ?? '')])),
    },
  })
  assert.is(run.outcome, 'ok', String(run.error))
})

test('certs all: missing, truncated, wrongly signed and incomplete certificates are reported', async () => {
  const files = makePki('IP:10.0.0.10')
  const reported = await rehearse(kubeadmPhase({ ...known, phase: 'certs all' }), {
    files: {
      ...files,
      '/etc/kubernetes/pki/etcd/peer.crt': '',
      '/etc/kubernetes/pki/front-proxy-client.crt': files['/etc/kubernetes/pki/apiserver.crt'] ?? '',
    },
    patterns: [[/^kubeadm init phase certs all/, { code: 1 }]],
  })
  assert.is(reported.predicted, 'would change')
  assert.match((await problems({})).join(), 'exit status 1')
})

test('certs all: an invalid certificate is removed for a new one, if it can be signed', async () => {
  const files = makePki('IP:10.0.0.10,DNS:api.example')
  const withKeys = { ...files, '/etc/kubernetes/pki/ca.key': 'k', '/etc/kubernetes/pki/etcd/ca.key': 'k' }
  const paths = ['apiserver', 'front-proxy-client'].map((name) => `/etc/kubernetes/pki/${name}`)
  const foreign = files['/etc/kubernetes/pki/etcd/ca.crt'] ?? ''
  const seen: string[] = []
  const run = await rehearse(kubeadmPhase({ ...known, phase: 'certs all' }), {
    files: { ...withKeys, ...Object.fromEntries(paths.map((path) => [`${path}.crt`, foreign])) },
    patterns: [
      [
        /^kubeadm init phase certs all/,
        (_, there) => {
          seen.push(...paths.filter((path) => there.has(`${path}.crt`) || there.has(`${path}.key`)))
          // kubeadm signs the missing certificates
          for (const [path, content] of Object.entries(files)) there.set(path, { content })
          return ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  // the key of the front proxy's authority is missing, so its certificates are kept
  assert.equal(seen, ['/etc/kubernetes/pki/front-proxy-client'])
})

/** A phase that creates files, as kubeadm does. */
const making = (paths: readonly string[], more: World['patterns'] = []): World => ({
  patterns: [
    [
      /^kubeadm init phase /,
      (_, files) => {
        for (const path of paths) files.set(path, { content: 'x' })
        return ''
      },
    ],
    ...more,
  ],
})

test('kubeconfig kubelet: done if its file exists', async () => {
  const run = await rehearse(
    kubeadmPhase({ ...known, phase: 'kubeconfig kubelet' }),
    making(['/etc/kubernetes/kubelet.conf']),
  )
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, [
    'kubeadm init phase kubeconfig kubelet --config /etc/coxswain/kubeadm.yaml',
  ])
})

test('kubelet-start: done if its files exist and it runs', async () => {
  const paths = ['/var/lib/kubelet/config.yaml', '/var/lib/kubelet/kubeadm-flags.env']
  let looks = 0
  const run = await rehearse(
    kubeadmPhase({ ...known, phase: 'kubelet-start' }),
    making(paths, [
      [/^systemctl is-active kubelet$/, 'active\n'],
      [/^curl .*127\.0\.0\.1:10248\/healthz$/, () => (looks++ > 1 ? 'ok' : { code: 7 })],
    ]),
  )
  assert.is(run.outcome, 'changed', String(run.error))
  assert.ok(run.changes.some(({ what }) => what === 'kubelet-start: the kubelet is not healthy yet'))
  // the folder exists before the kubelet looks for it
  assert.is(run.files.get('/etc/kubernetes/manifests')?.type, 'directory')
})

for (const [config, asked] of [
  ['healthzPort: 10300\n', 'http://127.0.0.1:10300/healthz'],
  ['healthzBindAddress: 0.0.0.0\n', 'http://127.0.0.1:10248/healthz'],
  ['healthzBindAddress: "::"\nhealthzPort: 1\n', 'http://[::1]:1/healthz'],
  ['healthzBindAddress: fd00::2\n', 'http://[fd00::2]:10248/healthz'],
  ['healthzBindAddress: $(reboot)\nhealthzPort: x\n', 'http://127.0.0.1:10248/healthz'],
  ['healthzPort: 0\n', undefined],
] as const)
  test(`kubelet-start: a kubelet is asked where its configuration says: ${config.replaceAll('\n', ' ')}`, async () => {
    const run = await rehearse(kubeadmPhase({ ...known, phase: 'kubelet-start' }), {
      files: { '/var/lib/kubelet/config.yaml': config, '/var/lib/kubelet/kubeadm-flags.env': 'x' },
      patterns: [
        [/^systemctl is-active kubelet$/, 'active\n'],
        [/^curl /, 'ok'],
      ],
    })
    assert.is(run.outcome, 'ok', String(run.error))
    const health = run.commands.check.filter((command) => command.startsWith('curl '))
    assert.equal(
      [...new Set(health.map((command) => command.split(' ').at(-1)?.replaceAll("'", '')))],
      asked === undefined ? [] : [asked],
    )
  })

test('control-plane all: done if the API server of that node is ready', async () => {
  const names = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']
  const run = await rehearse(
    kubeadmPhase({ ...known, phase: 'control-plane all' }),
    making(
      names.map((name) => `/etc/kubernetes/manifests/${name}.yaml`),
      [
        [
          /^curl .*https:\/\/10\.0\.0\.2:6443\/readyz/,
          (_, files) => (files.has('/etc/kubernetes/manifests/kube-scheduler.yaml') ? 'ok' : { code: 7 }),
        ],
      ],
    ),
  )
  assert.is(run.outcome, 'changed', String(run.error))
})

test('mark-control-plane: the label with the name of the version; a taint that someone removed stays removed', async () => {
  let marked = ''
  const run = await rehearse(kubeadmPhase({ ...known, phase: 'mark-control-plane' }), {
    patterns: [
      [/get node m2 -o 'jsonpath/, () => (marked === '' ? '{"kubernetes.io/os":"linux"}' : marked)],
      [/get node m2$/, 'm2'],
      [
        /^kubeadm init phase mark-control-plane/,
        () => {
          marked = '{"node-role.kubernetes.io/control-plane":""}'
          return ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(
    run.changes.map(({ what }) => what),
    ['mark-control-plane: the label of a control-plane node is missing'],
  )
})

test('upload-config kubelet: done if the Node has the socket of its container runtime', async () => {
  let socket = ''
  const world: World = {
    patterns: [
      [/get node m2 -o 'jsonpath=\{\.metadata\.annotations/, () => socket],
      [/get node m2$/, 'm2'],
      [
        /^kubeadm init phase upload-config kubelet/,
        () => {
          socket = '/run/containerd/containerd.sock'
          return ''
        },
      ],
    ],
  }
  const run = await rehearse(kubeadmPhase({ ...known, phase: 'upload-config kubelet' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  // 1.11 does not have it, and from 1.34 on it is a file of the kubelet
  for (const version of ['v1.11.3', 'v1.34.0']) {
    const none = await rehearse(kubeadmPhase({ ...known, version, phase: 'upload-config kubelet' }), {})
    assert.is(none.outcome, 'ok', version)
  }
})

test('without a version, the installed kubeadm decides', async () => {
  const { version: _, ...rest } = known
  const path = '/etc/kubernetes/kubelet.conf'
  const run = await rehearse(kubeadmPhase({ ...rest, phase: 'kubeconfig kubelet' }), {
    replies: { 'kubeadm version -o short': 'v1.12.10\n' },
    patterns: [
      [
        /^kubeadm alpha phase kubeconfig kubelet --config /,
        (_entry, files) => {
          files.set(path, { content: 'x' })
          return ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
})

test('a phase that the version does not have in that flow is refused before anything is done', async () => {
  const phase = { ...known, phase: 'kubeconfig kubelet', flow: 'join' } as const
  const run = await rehearse(kubeadmPhase(phase), {})
  assert.match(String(run.error), 'kubeadm join of v1.20.2 does not have the phase kubeconfig kubelet')
  assert.equal(run.commands.apply, [])
})

test('kubelet-finalize: done if the kubelet uses the certificate that it renews', async () => {
  const pem = '/var/lib/kubelet/pki/kubelet-client-current.pem'
  const run = await rehearse(kubeadmPhase({ ...known, phase: 'kubelet-finalize all' }), {
    files: { '/etc/kubernetes/kubelet.conf': 'client-certificate-data: x', [pem]: 'x' },
    patterns: [
      [
        /^kubeadm init phase kubelet-finalize all --config/,
        (_, files) => {
          files.set('/etc/kubernetes/kubelet.conf', { content: `client-certificate: ${pem}` })
          return ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
})

const help = (...phases: string[]): string =>
  `Run this command.\n\nThe "join" command executes the following phases:\n\`\`\`\n${phases.join('\n')}\n\`\`\`\n\nUsage:\n  kubeadm join [flags]\n`

test('inner phases in the help of kubeadm have the name of the outer one before theirs', () => {
  assert.equal(
    phasesInHelp(
      help(
        'preflight     Run checks',
        'control-plane-join     Join',
        '  /etcd    Add',
        'etcd-join  [EXPERIMENTAL] Join etcd',
      ),
    ),
    ['preflight', 'control-plane-join', 'control-plane-join etcd', 'etcd-join'],
  )
  assert.equal(phasesInHelp('Usage:\n  kubeadm alpha [command]\n'), [])
})

/** The arguments with which a kubeadm runs a phase of a joining host of 1.32. */
const commandOf = async (installed: string, said?: string): Promise<string> => {
  const task = kubeadmPhase({ ...known, version: 'v1.32.0', phase: 'etcd local', flow: 'join' })
  const run = await rehearse(task, {
    replies: {
      'kubeadm version -o short': installed,
      ...(said !== undefined && { 'kubeadm join --help': said }),
    },
    patterns: [
      [
        /^kubeadm join phase /,
        () => {
          throw new Error('far enough')
        },
      ],
    ],
  })
  return run.commands.apply.join()
}

test('the installed kubeadm decides which command a phase has, not the version of the cluster', async () => {
  assert.match(await commandOf('v1.32.9'), 'kubeadm join phase control-plane-join etcd --config')
  assert.match(await commandOf('v1.33.1'), 'kubeadm join phase etcd-join --config')
})

test('a kubeadm that the table does not have is asked for its phases', async () => {
  assert.match(await commandOf('v1.99.0', help('etcd-join  Join')), 'kubeadm join phase etcd-join --config')
  assert.match(
    await commandOf('v1.99.0', help('control-plane-join  Join', '  /etcd  Add')),
    'kubeadm join phase control-plane-join etcd --config',
  )
  assert.is(await commandOf('v1.99.0', help('preflight  Run checks')), '')
})

test('an unknown phase is refused', () => {
  // the types refuse it too; the command line does not have types
  const params: Record<string, unknown> = { ...known, phase: 'everything' }
  assert.throws(() => Reflect.apply(kubeadmPhase, undefined, [params]), /phase/)
})
