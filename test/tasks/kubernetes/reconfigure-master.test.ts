import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { reconfigureMaster } from '../../../tasks/kubernetes/reconfigure-master.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'
import {
  apiServer,
  etcd,
  former,
  given,
  kubeadmFiles,
  kubeletConfig,
  masterWorld,
  pod,
  usual,
} from './reconfigure-world.ts'

const test = suite('reconfigure-master')

const task = () => reconfigureMaster({ ...given, steady: 0 })
const textOf = (run: Awaited<ReturnType<typeof rehearse>>, path: string): string =>
  String(run.files.get(path)?.content)

test('a master with the configured settings is ok, and nothing is written', async () => {
  const run = await rehearse(task(), masterWorld().world)
  assert.is(run.outcome, 'ok', String(run.error))
  assert.not.ok(run.files.has(`${former}/kube-apiserver.yaml`))
})

test('arguments, variables and fields of the kubelet are applied, and the former files are gone at the end', async () => {
  const wanted = {
    [apiServer]: pod('kube-apiserver', { words: ['--v=3'], env: { TOKEN: 'tops' } }),
    [kubeletConfig]: 'kind: KubeletConfiguration\nmaxPods: 77\n',
  }
  const { world, log } = masterWorld({ wanted })
  const run = await rehearse(task(), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [
    { what: 'argument v of kube-apiserver', from: undefined, to: '3' },
    { what: 'variable TOKEN of kube-apiserver', from: undefined, to: '(not shown)' },
    { what: 'maxPods of the kubelet', from: '110', to: '77' },
  ])
  assert.is(textOf(run, apiServer), wanted[apiServer])
  assert.is(textOf(run, kubeletConfig), wanted[kubeletConfig])
  assert.ok(log.includes('restart kubelet'))
  assert.not.ok([...run.files.keys()].some((path) => path.startsWith(former)))
})

test('etcd keeps the arguments of its first start', async () => {
  const first = ['--initial-cluster=m1=a,m2=b', '--initial-cluster-state=existing']
  const files = { [etcd]: pod('etcd', { words: first }) }
  const wanted = { [etcd]: pod('etcd', { words: ['--initial-cluster=m1=a', '--quota-backend-bytes=9'] }) }
  const run = await rehearse(task(), masterWorld({ files, wanted }).world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: 'argument quota-backend-bytes of etcd', from: undefined, to: '9' }])
  assert.is(textOf(run, etcd), pod('etcd', { words: [...first, '--quota-backend-bytes=9'] }))
})

test('a program that ends after each start: the former file comes back, with the last errors of the host', async () => {
  const wanted = { [apiServer]: pod('kube-apiserver', { words: ['--bad=1'] }) }
  const run = await rehearse(task(), masterWorld({ wanted, bad: '--bad' }).world)
  assert.is(run.outcome, 'failed')
  const text = `${String(run.error)} ${JSON.stringify(run.error)}`
  assert.match(text, 'does not work with the new settings, so its former files were put back')
  assert.match(text, 'kube-apiserver of host ends after each start')
  assert.match(text, 'unknown flag: --bad')
  assert.is(textOf(run, apiServer), usual[apiServer])
  assert.not.ok([...run.files.keys()].some((path) => path.startsWith(former)))
})

test('a run that was killed after it had written a file is continued: what is in place must work', async () => {
  const text = pod('kube-apiserver', { words: ['--v=3'] })
  const files = { [apiServer]: text, [`${former}/kube-apiserver.yaml`]: usual[apiServer] ?? '' }
  const run = await rehearse(task(), masterWorld({ files, wanted: { [apiServer]: text } }).world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [
    { what: apiServer, from: 'changed by an interrupted run', to: 'proven, or put back' },
  ])
  assert.is(textOf(run, apiServer), text)
  assert.not.ok([...run.files.keys()].some((path) => path.startsWith(former)))
})

test('what an interrupted run has written and does not work is put back, not its own copy of that', async () => {
  const text = pod('kube-apiserver', { words: ['--bad=1'] })
  const files = { [apiServer]: text, [`${former}/kube-apiserver.yaml`]: usual[apiServer] ?? '' }
  const wanted = { [apiServer]: pod('kube-apiserver', { words: ['--bad=2'] }) }
  const run = await rehearse(task(), masterWorld({ files, wanted, bad: '--bad' }).world)
  assert.is(run.outcome, 'failed')
  assert.is(textOf(run, apiServer), usual[apiServer])
})

test('an interrupted restart of the kubelet is made up for', async () => {
  const text = 'kind: KubeletConfiguration\nmaxPods: 77\n'
  const files = { [kubeletConfig]: text, [`${former}/config.yaml`]: usual[kubeletConfig] ?? '' }
  const { world, log } = masterWorld({ files, wanted: { [kubeletConfig]: text } })
  const run = await rehearse(task(), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.ok(log.includes('restart kubelet'))
})

test('a kubelet that was started before its files were changed by hand is restarted', async () => {
  const { world, log } = masterWorld({ outdated: true })
  const run = await rehearse(task(), world)
  assert.equal(run.changes, [
    { what: 'kubelet', from: 'started before its files were changed', to: 'restarted' },
  ])
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(log, ['restart kubelet'])
})

test('a program that does not run as its manifest says is never ok', async () => {
  const { world } = masterWorld({ bad: '--secure-port' })
  const run = await rehearse(task(), { ...world, unpredictable: 'it can start in between' })
  assert.is(run.predicted, 'would change')
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'ends after each start')
})

test('nothing is changed while a member of etcd is away', async () => {
  const wanted = { [apiServer]: pod('kube-apiserver', { words: ['--v=3'] }) }
  const run = await rehearse(task(), masterWorld({ wanted, fakes: { silent: ['10.0.0.2'] } }).world)
  assert.match(String(run.error), 'host is not reconfigured: etcd member m2')
  assert.is(textOf(run, apiServer), usual[apiServer])
})

test('a volume is only in place once the program was started again: until then, the next program is not changed', async () => {
  const more = '  volumes:\n  - hostPath:\n      path: /a\n    name: audit\n'
  const wanted = { [apiServer]: pod('kube-apiserver', { more }) }
  const looksOf = async (late: number): Promise<number> => {
    const { world, looks } = masterWorld({ wanted, late })
    const run = await rehearse(task(), { ...world, unpredictable: 'programs are started in between' })
    assert.is(run.outcome, 'changed', String(run.error))
    return looks()
  }
  assert.ok((await looksOf(6)) > (await looksOf(0)))
})

test('nothing is changed while the API server of another master does not answer', async () => {
  const wanted = { [apiServer]: pod('kube-apiserver', { words: ['--v=3'] }) }
  const others = [
    { name: 'm2', address: '10.0.0.2' },
    { name: 'm3', address: '10.0.0.3' },
  ]
  const careful = reconfigureMaster({ ...given, steady: 0, others })
  const run = await rehearse(careful, masterWorld({ wanted, silent: ['10.0.0.3'] }).world)
  assert.match(String(run.error), 'host is not reconfigured: the API server of m3 is not ready (refused)')
  assert.match(hintOf(run.error), '--limit m3')
  assert.is(textOf(run, apiServer), usual[apiServer])
  assert.is((await rehearse(careful, masterWorld({ wanted }).world)).outcome, 'changed')
  // what an interrupted run has left is put right, whatever the others lack
  const text = wanted[apiServer] ?? ''
  const files = { [apiServer]: text, [`${former}/kube-apiserver.yaml`]: usual[apiServer] ?? '' }
  const left = await rehearse(careful, masterWorld({ wanted, files, silent: ['10.0.0.3'] }).world)
  assert.is(left.outcome, 'changed', String(left.error))
})

test('clusterDNS of a kubelet is applied, as for a cache of names on the node', async () => {
  const wanted = {
    [kubeletConfig]: 'kind: KubeletConfiguration\nmaxPods: 110\nclusterDNS:\n- 169.254.20.10\n',
  }
  const run = await rehearse(task(), masterWorld({ wanted }).world)
  assert.is(run.outcome, 'changed', String(run.error))
})

for (const [title, options, message, hint] of [
  ['kubeadm of another version', { kubeadm: 'v1.37.1' }, 'kubeadm on host is v1.37.1', 'upgrade.ts'],
  [
    'a configuration that kubeadm refuses',
    { patterns: [[kubeadmFiles, { code: 101, stderr: 'certSANs: invalid' }]] },
    'kubeadm on host does not accept the configuration',
    'nothing was changed',
  ],
  [
    'a host that is not complete',
    { files: { '/etc/coxswain/unfinished': 'x' } },
    'not a complete',
    'ha-masters',
  ],
] as const) {
  test(`refused: ${title}`, async () => {
    const run = await rehearse(task(), masterWorld(options).world)
    assert.is(run.outcome, 'failed')
    assert.match(String(run.error), message)
    assert.match(hintOf(run.error), hint)
  })
}

test('refused: a version whose kubeadm does not say what it would write', async () => {
  const older = reconfigureMaster({ ...given, cluster: { ...given.cluster, kubernetesVersion: 'v1.20.2' } })
  const run = await rehearse(older, masterWorld().world)
  assert.match(String(run.error), 'kubeadm v1.20.2 does not say what its phases would write')
})
