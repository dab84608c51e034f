import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { kubeadmPhase } from '../../../tasks/kubernetes/kubeadm-phase.ts'
import { phaseNames, phases } from '../../../tasks/kubernetes/phases.ts'
import { suite } from '../../support/spec.ts'

const test = suite('kubeadm-phase')

const folder = mkdtempSync(join(tmpdir(), 'coxswain-pki-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

const known = { version: 'v1.20.2', node: 'm2', address: '10.0.0.2', apiNames: ['10.0.0.10', 'api.example'] }

test('phases have the names that each version knows', () => {
  const lines = (minor: number): string[] =>
    phaseNames.flatMap((name) => phases[name].commands(minor).map((words) => words.join(' ')))
  assert.equal(lines(11), [
    'kubeadm alpha phase certs all',
    'kubeadm alpha phase kubelet config write-to-disk',
    'kubeadm alpha phase kubelet write-env-file',
    'systemctl restart kubelet',
    'kubeadm alpha phase kubeconfig kubelet',
    'kubeadm alpha phase kubeconfig all',
    'kubeadm alpha phase etcd local',
    'kubeadm alpha phase controlplane all',
    'kubeadm alpha phase mark-master',
  ])
  assert.equal(
    lines(20),
    phaseNames.map((name) => `kubeadm init phase ${name}`),
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
  const run = await rehearse(
    kubeadmPhase({ ...known, phase: 'kubelet-start' }),
    making(
      paths,
      [['systemctl is-active kubelet', 'active\n']].map(
        ([text, reply]) => [new RegExp(`^${text}$`), reply ?? ''] as const,
      ),
    ),
  )
  assert.is(run.outcome, 'changed', String(run.error))
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

test('a phase that there is not is refused', () => {
  // the types refuse it too; the command line has no types
  const params: Record<string, unknown> = { ...known, phase: 'everything' }
  assert.throws(() => Reflect.apply(kubeadmPhase, undefined, [params]), /phase/)
})
