import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { reconfigureKubeProxy } from '../../../tasks/kubernetes/reconfigure-kube-proxy.ts'
import { suite } from '../../support/spec.ts'
import { dryRun, given, kubeadmFiles, masterWorld, usual } from './reconfigure-world.ts'

const test = suite('reconfigure-kube-proxy')

const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, '    ')
const confOf = (mode: string): string => `kind: KubeProxyConfiguration\nmode: ${mode}\n`
const printed = (mode: string): string =>
  `kind: ServiceAccount\n---\nkind: ConfigMap\ndata:\n  config.conf: |-\n${indented(confOf(mode))}`

/** A cluster with a kube-proxy on two nodes; the pods of one mode do not work. */
const worldWith = (mode: string, wanted: string, { bad = '', old = false, kept = '' } = {}) => {
  const log: string[] = []
  const data = { 'config.conf': confOf(mode) }
  let [changed, started] = [old ? 5 : 1, 2]
  const time = (second: number): string => `2026-01-01T00:00:0${second}Z`
  const world: World = masterWorld({
    files: kept === '' ? {} : { '/etc/coxswain/reconfigure-kube-proxy': kept },
    patterns: [
      [kubeadmFiles, dryRun({ ...usual, 'addon kube-proxy': printed(wanted) })],
      [/^kubectl .* get configmap kubelet-config /, ''],
      [/^kubectl .* get configmap kube-proxy /, () => JSON.stringify({ data })],
      [
        /^kubectl .* get --raw \S*configmaps\/kube-proxy$/,
        () => JSON.stringify({ metadata: { managedFields: [{ time: time(changed) }] }, data }),
      ],
      [
        /^kubectl .* get --raw '\S*pods\?labelSelector/,
        () => {
          const ready = bad === '' || !data['config.conf'].includes(bad)
          return JSON.stringify({
            items: ['m1', 'w1'].map((node) => ({
              metadata: { name: `kube-proxy-${node}`, creationTimestamp: time(started) },
              spec: { nodeName: node },
              status: { containerStatuses: [{ ready, restartCount: ready ? 0 : 5 }] },
            })),
          })
        },
      ],
      [
        /^kubectl .* get --raw \S*daemonsets\/kube-proxy$/,
        JSON.stringify({
          metadata: { generation: 2 },
          status: {
            observedGeneration: 2,
            desiredNumberScheduled: 2,
            updatedNumberScheduled: 2,
            numberAvailable: 2,
          },
        }),
      ],
      [
        /^kubeadm init phase addon kube-proxy --config \/dev\/stdin$/,
        () => {
          log.push('kubeadm')
          data['config.conf'] = confOf(wanted)
          changed = started + 1
          return ''
        },
      ],
      [
        /^kubectl .* rollout restart daemonset kube-proxy$/,
        () => {
          log.push('restart')
          started = changed + 1
          return ''
        },
      ],
      [
        /^kubectl .* patch configmap kube-proxy --type=merge --patch-file=\/dev\/stdin$/,
        ({ stdin }) => {
          log.push('patch')
          assert.match(stdin, 'mode: iptables')
          data['config.conf'] = confOf('iptables')
          changed = started + 1
          return ''
        },
      ],
      [/^kubectl .* logs /, '[pod/kube-proxy-m1] unknown proxy mode\n'],
    ],
  }).world
  return { log, world }
}
const task = () => reconfigureKubeProxy({ ...given, steady: 0 })

test('the configured settings are ok', async () => {
  const run = await rehearse(task(), worldWith('iptables', 'iptables').world)
  assert.is(run.outcome, 'ok', String(run.error))
})

test('a cluster without kube-proxy is ok', async () => {
  const absent = { code: 1, stderr: 'Error from server (NotFound)' }
  const { world } = masterWorld({ patterns: [[/^kubectl .* get --raw /, absent]] })
  assert.is((await rehearse(task(), world)).outcome, 'ok')
})

test('the ConfigMap is changed, and all pods are restarted', async () => {
  const { world, log } = worldWith('iptables', 'nftables')
  const run = await rehearse(task(), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: 'mode of kube-proxy', from: 'iptables', to: 'nftables' }])
  assert.equal(log, ['kubeadm', 'restart'])
  assert.not.ok(run.files.has('/etc/coxswain/reconfigure-kube-proxy'))
})

test('pods that are older than the ConfigMap are restarted: a run was killed in between', async () => {
  const { world, log } = worldWith('nftables', 'nftables', { old: true, kept: '{}' })
  const run = await rehearse(task(), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(
    run.changes.map(({ what }) => what),
    ['kube-proxy of m1', 'kube-proxy of w1'],
  )
  assert.equal(log, ['restart'])
})

test('pods that do not work: the former configuration comes back, with what they have logged', async () => {
  const { world, log } = worldWith('iptables', 'ipvs', { bad: 'ipvs' })
  const run = await rehearse(task(), world)
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'so its former ones were put back: kube-proxy of m1 ends after each start')
  assert.match(JSON.stringify(run.error), 'unknown proxy mode')
  assert.equal(log, ['kubeadm', 'restart', 'patch', 'restart'])
  assert.not.ok(run.files.has('/etc/coxswain/reconfigure-kube-proxy'))
})

test('an API server that does not answer is named', async () => {
  const { world } = masterWorld({ patterns: [[/^kubectl .* get --raw /, { code: 1, stderr: 'refused' }]] })
  assert.match(String((await rehearse(task(), world)).error), 'cannot be asked for kube-proxy')
})
