import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { kubeadmPhase } from '../../../tasks/kubernetes/kubeadm-phase.ts'
import { phaseNames, phases } from '../../../tasks/kubernetes/kubeadm/phases.ts'
import type { Flow } from '../../../tasks/kubernetes/kubeadm/phases.ts'
import { suite } from '../../support/spec.ts'

const test = suite('kubeadm-phase')

const folder = mkdtempSync(join(tmpdir(), 'coxswain-pki-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

const known = { version: 'v1.20.2', node: 'm2', address: '10.0.0.2', apiNames: ['10.0.0.10', 'api.example'] }

const lines = (minor: number, flow: Flow = 'init'): string[] =>
  phaseNames.flatMap((name) => phases[name].commands(minor, flow))

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
  // from 1.29 on `kubeconfig all` would give every master the keys of the first
  assert.not.ok(lines(36).includes('init phase kubeconfig all'))
  assert.ok(lines(36).includes('init phase kubeconfig controller-manager'))
})

test('phases of kubeadm join have names of their own, from 1.14 on', () => {
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
  assert.equal(lines(34, 'join'), names)
  assert.equal(
    lines(35, 'join'),
    names.map((name) => name.replace('control-plane-join etcd', 'etcd-join')),
  )
})

const openssl = (...words: string[]): void => {
  execFileSync('openssl', words, { cwd: folder, stdio: 'ignore' })
}

/** A pki folder made by openssl, as kubeadm makes one. */
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

test('certs all: real certificates that are signed and named as they must be are left alone', async () => {
  const run = await rehearse(kubeadmPhase({ ...known, phase: 'certs all' }), {
    files: makePki('IP:10.0.0.10,DNS:api.example'),
  })
  assert.is(run.outcome, 'ok', String(run.error))
})

test('certs all: what is missing, cut off, signed by another, or lacks a name is told', async () => {
  const files = makePki('IP:10.0.0.10')
  const told = await rehearse(kubeadmPhase({ ...known, phase: 'certs all' }), {
    files: {
      ...files,
      '/etc/kubernetes/pki/etcd/peer.crt': '',
      '/etc/kubernetes/pki/front-proxy-client.crt': files['/etc/kubernetes/pki/apiserver.crt'] ?? '',
    },
    patterns: [[/^kubeadm init phase certs all/, { code: 1 }]],
  })
  assert.is(told.foretold, 'would change')
  assert.match((await problems({})).join(), 'exit status 1')
})

test('certs all: a certificate that is not as it must be makes room for a new one, where it can be signed', async () => {
  const files = makePki('IP:10.0.0.10,DNS:api.example')
  const whole = { ...files, '/etc/kubernetes/pki/ca.key': 'k', '/etc/kubernetes/pki/etcd/ca.key': 'k' }
  const paths = ['apiserver', 'front-proxy-client'].map((name) => `/etc/kubernetes/pki/${name}`)
  const foreign = files['/etc/kubernetes/pki/etcd/ca.crt'] ?? ''
  const seen: string[] = []
  const run = await rehearse(kubeadmPhase({ ...known, phase: 'certs all' }), {
    files: { ...whole, ...Object.fromEntries(paths.map((path) => [`${path}.crt`, foreign])) },
    patterns: [
      [
        /^kubeadm init phase certs all/,
        (_, there) => {
          seen.push(...paths.filter((path) => there.has(`${path}.crt`) || there.has(`${path}.key`)))
          // kubeadm signs what is missing
          for (const [path, content] of Object.entries(files)) there.set(path, { content })
          return ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  // nobody has the key of the front proxy's authority, so nothing there is thrown away
  assert.equal(seen, ['/etc/kubernetes/pki/front-proxy-client'])
})

/** A phase that makes files appear, as kubeadm does. */
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

test('kubeconfig kubelet: done when its file is there', async () => {
  const run = await rehearse(
    kubeadmPhase({ ...known, phase: 'kubeconfig kubelet' }),
    making(['/etc/kubernetes/kubelet.conf']),
  )
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, [
    'kubeadm init phase kubeconfig kubelet --config /etc/coxswain/kubeadm.yaml',
  ])
})

test('kubelet-start: done when its files are there and it runs', async () => {
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
  // it is there before the kubelet looks for it
  assert.is(run.files.get('/etc/kubernetes/manifests')?.type, 'directory')
})

test('control-plane all: done when the API server is ready on that very node', async () => {
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

test('mark-control-plane: label and taint by the names of the version', async () => {
  let marked = ''
  const run = await rehearse(kubeadmPhase({ ...known, phase: 'mark-control-plane' }), {
    patterns: [
      [/get node m2 -o 'jsonpath/, () => (marked === '' ? '{"kubernetes.io/os":"linux"}\n' : marked)],
      [/get node m2$/, 'm2'],
      [
        /^kubeadm init phase mark-control-plane/,
        () => {
          marked = '{"node-role.kubernetes.io/control-plane":""}\nnode-role.kubernetes.io/master'
          return ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(
    run.changes.map(({ what }) => what),
    [
      'mark-control-plane: the label of a control-plane node is missing',
      'mark-control-plane: the taint of a control-plane node is missing',
    ],
  )
})

test('upload-config kubelet: done when the Node says where its container runtime listens', async () => {
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
  // 1.11 knows nothing of it, and from 1.34 on it is a file of the kubelet
  for (const version of ['v1.11.3', 'v1.34.0']) {
    const none = await rehearse(kubeadmPhase({ ...known, version, phase: 'upload-config kubelet' }), {})
    assert.is(none.outcome, 'ok', version)
  }
})

test('without a version it goes by the kubeadm that is installed', async () => {
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

test('a phase that the version has not under that flow is refused before anything is done', async () => {
  const phase = { ...known, phase: 'kubeconfig kubelet', flow: 'join' } as const
  const run = await rehearse(kubeadmPhase(phase), {})
  assert.match(String(run.error), 'kubeadm join of v1.20.2 has no phase for kubeconfig kubelet')
  assert.equal(run.commands.apply, [])
})

test('kubelet-finalize: done when the kubelet goes by the certificate that it renews', async () => {
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

test('a phase that there is not is refused', () => {
  // the types refuse it too; the command line has no types
  const params: Record<string, unknown> = { ...known, phase: 'everything' }
  assert.throws(() => Reflect.apply(kubeadmPhase, undefined, [params]), /phase/)
})
