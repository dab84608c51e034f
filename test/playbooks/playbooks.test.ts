import * as assert from 'uvu/assert'
import { join, resolve } from 'node:path'
import { rehearse } from '../../engine/testing.ts'
import type { World } from '../../engine/testing.ts'
import { optionsWith } from '../support/run-options.ts'
import { listHosts, listTasks } from '../../engine/cli/session/listing.ts'
import { hostsOfPlays } from '../../engine/cli/session/plan-opened.ts'
import { openWorkspace } from '../../engine/cli/session/workspace.ts'
import type { Workspace } from '../../engine/cli/session/workspace.ts'
import type { Playbook } from '../../engine/dsl/playbook.ts'
import { except, isPick } from '../../engine/dsl/select.ts'
import { makePlan } from '../../engine/run/plan/plan.ts'
import type { Task } from '../../engine/dsl/types.ts'
import type { Plan } from '../../engine/run/plan/plan.ts'
import { tasksOf } from '../../engine/run/plan/planned-steps.ts'
import { canChangeHosts } from '../../engine/run/plan/choose-tasks.ts'
import { tagsOf } from '../../engine/run/plan/tags.ts'
import bundle from '../../playbooks/bundle.ts'
import cni from '../../playbooks/cni.ts'
import etcdAlarm from '../../playbooks/etcd-alarm.ts'
import etcdBackup from '../../playbooks/etcd-backup.ts'
import etcdDefrag from '../../playbooks/etcd-defrag.ts'
import etcdRestore from '../../playbooks/etcd-restore.ts'
import haMasters from '../../playbooks/ha-masters.ts'
import renameOrReaddress from '../../playbooks/rename-or-readdress.ts'
import moveEndpoint from '../../playbooks/move-endpoint.ts'
import maintenance from '../../playbooks/maintenance.ts'
import renewCerts from '../../playbooks/renew-certs.ts'
import reconfigure from '../../playbooks/reconfigure.ts'
import removeMaster from '../../playbooks/remove-master.ts'
import replaceMaster from '../../playbooks/replace-master.ts'
import preflight from '../../playbooks/preflight.ts'
import recoverQuorum from '../../playbooks/recover-quorum.ts'
import reset from '../../playbooks/reset.ts'
import revive from '../../playbooks/revive.ts'
import rotateCa from '../../playbooks/rotate-ca.ts'
import rotateKeys from '../../playbooks/rotate-keys.ts'
import rotateServiceAccounts from '../../playbooks/rotate-service-accounts.ts'
import smoke from '../../playbooks/smoke.ts'
import status from '../../playbooks/status.ts'
import upgrade from '../../playbooks/upgrade.ts'
import workers from '../../playbooks/workers.ts'
import access from '../../playbooks/ssh-access.ts'
import { folderOf } from '../support/folder.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'

const test = suite('playbooks')
const folder = folderOf(test)

const example = join(resolve(import.meta.dirname, '../..'), 'inventory/example.yaml')

const workspaceOf = (...extraVars: string[]): Promise<Workspace> =>
  openWorkspace(optionsWith({ inventory: [example], extraVars }))
const planOf = async (book: Playbook, ...extraVars: string[]): Promise<Plan> => {
  const { inventoryView, limit } = await workspaceOf(...extraVars)
  return makePlan(book, inventoryView, limit)
}
const tasksFor = (plan: Plan, play: number, host: string): Task[] =>
  tasksOf(plan.plays[play]?.candidates.get(host)?.steps ?? [], 'all').map(({ task }) => task)
const namesFor = (plan: Plan, play: number, host: string): string[] =>
  tasksFor(plan, play, host).map(({ name }) => name)

test('ha-masters reads like a table of contents', async () => {
  const plan = await planOf(haMasters)
  assert.equal(
    plan.plays.map(({ name }) => name),
    [
      'the masters have their addresses, and valid certificates',
      'the cluster is the one of the inventory',
      'the masters are those of the inventory',
      'the load balancer knows every master',
      'every master is ready for kubeadm',
      'one master leads',
      'the other masters join, one at a time',
      'the pods have a network',
      'the cluster is healthy',
    ],
  )
  assert.equal(plan.plays[6]?.portions, [1])
  assert.equal(tagsOf(plan), ['join', 'leader', 'load-balancer', 'network', 'prepare', 'proof'])
})

test('the addresses of all masters are checked before anything is changed, also of parts of the playbook', async () => {
  const plan = await planOf(haMasters)
  assert.equal(namesFor(plan, 0, 'm3'), [
    'own-addresses',
    'credentials-valid',
    'no-rotation',
    'no-endpoint-move',
  ])
  const tagsIn = (from: number, to: number): string[] =>
    tagsOf({ ...plan, plays: plan.plays.slice(from, to) })
  assert.equal(namesFor(plan, 1, 'm1'), ['same-cluster'])
  assert.equal(tagsIn(0, 1), tagsIn(3, 7))
  assert.equal(namesFor(plan, 2, 'm2'), ['same-master', 'no-other-network'])
  assert.equal(tagsIn(1, 2), tagsIn(3, 8))
  assert.equal(tagsIn(2, 3), tagsIn(3, 8))
})

test('join: certificates are copied by us, kubeadm joins', async () => {
  const plan = await planOf(haMasters)
  assert.equal(namesFor(plan, 5, 'm1'), [
    'write-config',
    'kubeadm-init',
    'api-server-names',
    'user-kubeconfig',
  ])
  assert.equal(namesFor(plan, 6, 'm2'), [
    'write-config',
    'copy-certs',
    'kubeadm-join',
    'api-server-names',
    'user-kubeconfig',
  ])
})

test('cni_manifest=none: no network is applied, and only what works without one is waited for', async () => {
  const plan = await planOf(haMasters, 'cni_manifest=none')
  assert.equal(namesFor(plan, 7, 'm1'), [])
  assert.equal(namesFor(await planOf(haMasters), 7, 'm1'), ['apply-cni'])
  assert.ok(namesFor(plan, 8, 'm1').includes('node-ready'))
})

test('reconfigure: everything is judged first, the masters follow one at a time, and what they share is the last', async () => {
  const plan = await planOf(reconfigure)
  assert.equal(
    plan.plays.map((_, index) => namesFor(plan, index, 'm2')),
    [
      ['same-cluster'],
      ['no-rotation', 'no-endpoint-move', 'reconfigure-plan'],
      ['reconfigure-master', 'write-config', 'api-server-names', 'control-plane-ready'],
      ['reconfigure-master', 'write-config', 'api-server-names', 'control-plane-ready'],
      ['upload-cluster-config', 'reconfigure-kube-proxy'],
    ],
  )
  assert.equal(plan.plays[3]?.portions, [1])
  assert.match(JSON.stringify(tasksFor(plan, 0, 'm1')[0]?.params), '"onlyFixed":true')
})

test('reconfigure: a master that an interrupted run has left is the first one, and the others follow', async () => {
  const plan = await planOf(reconfigure)
  const [first, others] = [plan.plays[2]?.hosts, plan.plays[3]?.hosts]
  if (first === undefined || !isPick(first)) throw new Error('the first one is picked')
  assert.equal(
    first.prefer.map(({ name }) => name),
    ['master-interrupted', 'api-server-ready', 'has-etcd-data'],
  )
  assert.equal(others, except('masters', first))
})

test('phases: every step of the manual procedure is included', async () => {
  const plan = await planOf(haMasters, 'strategy=phases')
  const tasks = tasksFor(plan, 6, 'm2')
  assert.equal(
    tasks.map(({ name, title }) => (name === 'kubeadm-phase' ? title : name)),
    [
      'write-config',
      'copy-certs',
      'kubeadm phase certs all',
      'kubeadm phase kubeconfig kubelet',
      'kubeadm phase kubelet-start',
      'etcd-member-add',
      'kubeadm phase kubeconfig all',
      'kubeadm phase control-plane all',
      'kubeadm phase mark-control-plane',
      'kubeadm phase upload-config kubelet',
      'kubeadm phase kubelet-finalize all',
      'api-server-names',
      'user-kubeconfig',
    ],
  )
})

test('any control-plane node can lead, and any can join', async () => {
  const plan = await planOf(haMasters)
  for (const host of ['m1', 'm2', 'm3']) {
    assert.is(namesFor(plan, 5, host).length, 4)
    assert.is(namesFor(plan, 6, host).length, 5)
  }
})

test('listings do not connect', async () => {
  const plan = await planOf(haMasters)
  assert.match(
    listTasks(plan),
    'play 6: one master leads  [leader (one of masters, chosen at run time)]\n    write-config:',
  )
  assert.match(listTasks(plan), /node-ready: node m1 is Ready {2}\(waits\)/)
  assert.match(
    listHosts(hostsOfPlays(haMasters, await workspaceOf())),
    'play 7: the other masters join, one at a time  [masters except leader]\n  3 hosts\n    m1',
  )
})

test('reset takes the leader last', async () => {
  const plan = await planOf(reset)
  assert.equal(
    plan.plays.map(({ name }) => name),
    ['the masters leave, one at a time', 'the last master is reset', 'the load balancer is stopped'],
  )
})

test('remove-master and replace-master need the group of those that leave', async () => {
  for (const book of [removeMaster, replaceMaster]) {
    let error: unknown
    try {
      await planOf(book)
    } catch (thrown) {
      error = thrown
    }
    assert.match(String(error), 'removed_masters')
  }
})

test('remove-master drains before it changes the load balancer, so that a drain that is refused has changed nothing', async () => {
  const more = folder.write(
    'more.yaml',
    'all: { children: { removed_masters: { hosts: { m4: { address: 192.0.2.14 } } } } }',
  )
  const { inventoryView, limit } = await openWorkspace(optionsWith({ inventory: [example, more] }))
  const plan = makePlan(removeMaster, inventoryView, limit)
  assert.equal(
    plan.plays
      .slice(0, 4)
      .map(({ candidates }, play) => namesFor(plan, play, [...candidates.keys()][0] ?? '')),
    [
      ['no-rotation', 'no-endpoint-move', 'etcd-quorum-without'],
      ['node-drain'],
      ['load-balancer'],
      ['etcd-leader-move', 'service', 'reset-node'],
    ],
  )
})

test('remove-master stops keepalived of virtual_ip on a master that leaves, and no other keepalived', async () => {
  const plan = await planWith(removeMaster, 'removed_masters: { hosts: { m4: { address: 192.0.2.14 } } }')
  const stop = tasksFor(plan, 3, 'm4')[1]
  assert.ok(stop)
  assert.match(JSON.stringify(stop.params), '"name":"keepalived","state":"stopped","enabled":false')
  const path = '/etc/keepalived/keepalived.conf'
  const own = '# written by coxswain (virtual-ip); changes are overwritten\nglobal_defs {\n'
  assert.is((await rehearse(stop, { files: { [path]: 'global_defs {\n' } })).outcome, 'skipped')
  assert.is((await rehearse(stop, { files: {} })).outcome, 'skipped')
  // it looks at the service
  const patterns: World['patterns'] = [[/^if \[ -d \/run\/systemd\/system/, 'none\n']]
  assert.is((await rehearse(stop, { files: { [path]: own }, patterns })).outcome, 'failed')
})

test('an endpoint that the load balancers cannot have is refused before anything connects', async () => {
  const shared = 'loadbalancers: { hosts: { m1: {}, m2: {}, m3: {} } }'
  await rejects(
    () => planWith(haMasters, shared),
    'inventory-invalid',
    /m1 is in masters and loadbalancers, and its haproxy would have port 6443/,
  )
  const plan = await planWith(haMasters, shared, 'control_plane_endpoint=192.0.2.100:8443')
  assert.is(plan.plays[3]?.candidates.has('m1'), true)
  await rejects(
    () => planOf(haMasters, 'virtual_ip=192.0.2.300'),
    'variables-invalid',
    /must be an IP address/,
  )
  const without = folder.write(
    'without.yaml',
    'all: { vars: { control_plane_endpoint: "192.0.2.100:8443", kubernetes_version: v1.30.4, virtual_ip: 192.0.2.100 }, children: { masters: { hosts: { m1: { address: 192.0.2.11 } } } } }',
  )
  const { inventoryView, limit } = await openWorkspace(optionsWith({ inventory: [without] }))
  await rejects(
    async () => makePlan(haMasters, inventoryView, limit),
    'inventory-invalid',
    /virtual_ip is 192.0.2.100, but the group loadbalancers has no host/,
  )
})

test('load balancers with a virtual IP: keepalived is started, and the address is waited for', async () => {
  const plan = await planOf(haMasters, 'virtual_ip=192.0.2.100', 'control_plane_endpoint=192.0.2.100:8443')
  const [host = ''] = [...(plan.plays[3]?.candidates.keys() ?? [])]
  assert.equal(namesFor(plan, 3, host), [
    'package',
    'load-balancer',
    'service',
    'package',
    'virtual-ip',
    'directory',
    'file',
    'service',
    'wait-for',
  ])
  const wait = tasksFor(plan, 3, host).at(-1)
  assert.match(JSON.stringify(wait?.params), '"port":8443,"host":"192.0.2.100"')
  assert.match(wait?.title ?? '', 'journalctl -u keepalived')
})

test('remove-master: a master that is lost is removed also while an authority is being replaced, which could not end with it', async () => {
  const more = folder.write(
    'lost.yaml',
    'all: { children: { removed_masters: { hosts: { m4: { address: 192.0.2.14 } } } } }',
  )
  const { inventoryView, limit } = await openWorkspace(
    optionsWith({ inventory: [example, more], extraVars: ['lost_masters=true'] }),
  )
  const plan = makePlan(removeMaster, inventoryView, limit)
  assert.equal(namesFor(plan, 0, 'm1'), ['etcd-quorum-without'])
})

/** A plan with more of the inventory, as YAML below `children`. */
const planWith = async (book: Playbook, children: string, ...extraVars: string[]): Promise<Plan> => {
  const more = folder.write('children.yaml', `all: { children: { ${children} } }`)
  const { inventoryView, limit } = await openWorkspace(optionsWith({ inventory: [example, more], extraVars }))
  return makePlan(book, inventoryView, limit)
}

const pools = `workers: { children: {
  gpu: { vars: { node_labels: { pool: gpu }, node_taints: [ { key: gpu, effect: NoSchedule } ] }, hosts: { w1: { address: 192.0.2.51 } } },
  web: { vars: { kubelet_extra_args: { max-pods: '50' } }, hosts: { w2: { address: 192.0.2.52, node_ip: 192.0.2.52 } } } } }`

test('workers: each joins with what its pool says, all at the same time, and is waited for', async () => {
  const plan = await planWith(workers, pools)
  assert.equal(
    plan.plays.map(({ portions }) => portions),
    [[], [], [], [1], []],
  )
  assert.equal(namesFor(plan, 0, 'm2'), ['same-cluster', 'cluster-info'])
  assert.equal(namesFor(plan, 1, 'w1'), [
    'worker-fits',
    'no-other-network',
    'no-rotation',
    'no-endpoint-move',
  ])
  assert.equal(namesFor(plan, 1, 'w2'), [
    'own-addresses',
    'worker-fits',
    'no-other-network',
    'no-rotation',
    'no-endpoint-move',
  ])
  const ready = await planOf(haMasters)
  assert.equal(namesFor(plan, 2, 'w1'), [
    ...namesFor(ready, 4, 'm1'),
    'worker-join',
    'node-labels',
    'node-taints',
    'node-ready',
    'node-uncordon',
  ])
  assert.equal(tagsOf(plan), ['join', 'prepare', 'remove'])
  const paramsOf = (host: string): string =>
    JSON.stringify(tasksFor(plan, 2, host).map(({ params }) => params))
  assert.match(paramsOf('w1'), '"taints":[{"key":"gpu","effect":"NoSchedule"}]')
  assert.match(paramsOf('w1'), '"labels":{"pool":"gpu"}')
  assert.match(paramsOf('w2'), '"kubeletExtraArgs":{"max-pods":"50"}')
  assert.match(paramsOf('w2'), '"nodeIp":"192.0.2.52"')
  assert.not.match(paramsOf('w2'), 'gpu')
})

test('workers: programs are installed on new workers only, where the inventory says where they come from', async () => {
  const plan = await planWith(workers, pools, 'install={"from":"bundle","bundles":"/bundles"}')
  assert.equal(namesFor(plan, 2, 'w1').slice(0, 8), [
    'assert',
    'kubernetes-programs',
    'bundle-part',
    'bundle-part',
    'systemd-unit',
    'systemd-unit',
    'bundle-part',
    'systemd-unit',
  ])
  assert.equal(namesFor(plan, 2, 'w1').slice(-6, -5), ['bundle-images'])
  assert.match(JSON.stringify(tasksFor(plan, 1, 'w1')[0]?.params), '"installs":"v1.30.4"')
})

test('workers: a new one is refused while the authority of the cluster is being replaced; those that joined before are not', async () => {
  const plan = await planWith(workers, pools)
  const guard = tasksFor(plan, 1, 'w1').find(({ name }) => name === 'no-rotation')
  assert.ok(guard)
  const open = { '/etc/coxswain/rotate-ca/cluster/new.crt': 'x' }
  assert.not.type(guard.options.on, 'undefined')
  const outcome = async (own: World['files'], master: World['files']): Promise<string> =>
    (await rehearse(guard, { files: master ?? {}, others: { w1: { files: own ?? {} } } })).outcome
  const joined = { '/etc/kubernetes/kubelet.conf': 'x' }
  assert.is(await outcome({}, open), 'failed')
  assert.is(await outcome({}, { '/etc/coxswain/rotate-ca/etcd/new.crt': 'x' }), 'ok')
  assert.is(await outcome(joined, open), 'skipped')
})

test('workers: those that leave are drained one at a time, and reset; lost ones are not asked', async () => {
  const leaving = `removed_workers: { hosts: { w3: { address: 192.0.2.53 }, w4: { lost_workers: true } } }`
  const plan = await planWith(workers, leaving)
  assert.equal(
    [3, 4].map((play) => ['w3', 'w4'].map((host) => namesFor(plan, play, host))),
    [
      [['worker-can-leave', 'node-drain'], ['node-delete']],
      [['reset-node'], []],
    ],
  )
})

test('workers: mistakes in the inventory are refused before anything connects', async () => {
  for (const [children, message] of [
    ['', 'the inventory has no group workers'],
    ['workers: { hosts: { m1: } }', 'm1 is in the groups workers and masters'],
    ['removed_workers: { hosts: { m1: } }', 'm1 is in the groups removed_workers and masters'],
    [
      'workers: { hosts: { w1: } }, removed_workers: { hosts: { w1: } }',
      'w1 is in the groups workers and removed_workers',
    ],
    [
      'workers: { hosts: { w1: { kubelet: { maxPods: 50 } } } }',
      'kubelet of w1 is not that of the masters: a cluster has one configuration for all its kubelets',
    ],
  ] as const) {
    let error: unknown
    try {
      await planWith(workers, children)
    } catch (thrown) {
      error = thrown
    }
    assert.match(String(error), message)
  }
})

test('etcd-defrag takes one member at a time, the leader last', async () => {
  const plan = await planOf(etcdDefrag, 'etcd_defrag_min_free=5')
  assert.equal(
    plan.plays.map(({ name, portions }) => [name, portions]),
    [
      ['the members that follow, one at a time', [1]],
      ['the leader', []],
    ],
  )
  assert.equal(namesFor(plan, 0, 'm2'), ['etcd-member-defrag'])
  assert.equal(tasksFor(plan, 1, 'm2')[0]?.params, { minFree: 5 })
})

test('etcd-alarm: corrupt data is refused before anything is defragmented', async () => {
  const plan = await planOf(etcdAlarm)
  assert.is(plan.plays.length, 1)
  assert.equal(
    tasksFor(plan, 0, 'm2').map(({ title }) => title),
    ['no alarm CORRUPT in etcd', 'no alarm NOSPACE in etcd', 'etcd has 3 healthy members'],
  )
})

test('maintenance takes one master at a time, the leader last, and looks at all before it begins', async () => {
  const plan = await planOf(maintenance)
  assert.equal(
    plan.plays.map(({ name, portions }) => [name, portions]),
    [
      ['the masters are up', []],
      ['the control plane is complete', []],
      ['the maintenance begins, or goes on', []],
      ['the masters that follow, one at a time', [1]],
      ['the leader of etcd', []],
      ['the maintenance is over', []],
    ],
  )
  assert.equal(namesFor(plan, 1, 'm1'), [
    'control-plane-ready',
    'etcd-member-away',
    'control-plane-ready',
    'load-balancer-can-drain',
  ])
  const turn = [
    'control-plane-ready',
    'etcd-member-away',
    'load-balancer-can-drain',
    'node-drain',
    'load-balancer-drain',
    'etcd-leader-move',
    'control-plane-ready',
    'etcd-member-away',
    'maintenance-done',
    'reboot',
    'maintenance-done',
    'control-plane-ready',
    'load-balancer-undrain',
    'node-uncordon',
  ]
  assert.equal(namesFor(plan, 3, 'm2'), turn)
  assert.equal(namesFor(plan, 4, 'm2'), turn)
  for (const name of ['load-balancer-can-drain', 'load-balancer-drain'])
    assert.equal(tasksFor(plan, 3, 'm2')[turn.indexOf(name)]?.options.on, 'lb1')
})

test('maintenance: another load balancer than those of the inventory is left alone', async () => {
  const own = folder.write(
    'own-balancer.yaml',
    JSON.stringify({
      all: {
        vars: { control_plane_endpoint: '192.0.2.10:6443', kubernetes_version: 'v1.37.2' },
        children: { masters: { hosts: { m1: { address: '192.0.2.11' }, m2: { address: '192.0.2.12' } } } },
      },
    }),
  )
  const { inventoryView, limit } = await openWorkspace(optionsWith({ inventory: [own] }))
  const names = namesFor(makePlan(maintenance, inventoryView, limit), 3, 'm2')
  assert.equal(
    names.filter((name) => name.startsWith('load-balancer')),
    [],
  )
  assert.ok(names.includes('reboot'))
})

test('maintenance: the only master is not taken from its load balancer', async () => {
  const alone = folder.write(
    'alone.yaml',
    JSON.stringify({
      all: {
        vars: { control_plane_endpoint: '192.0.2.10:6443', kubernetes_version: 'v1.37.2' },
        children: {
          masters: { hosts: { m1: { address: '192.0.2.11' } } },
          loadbalancers: { hosts: { lb1: { address: '192.0.2.10' } } },
        },
      },
    }),
  )
  const { inventoryView, limit } = await openWorkspace(optionsWith({ inventory: [alone] }))
  const names = namesFor(makePlan(maintenance, inventoryView, limit), 4, 'm1')
  assert.equal(
    names.filter((name) => name.startsWith('load-balancer')),
    [],
  )
})

test('maintenance: a command runs while the master is drained, without a reboot or before it', async () => {
  const command = '{"maintenance_command":"apt-get -y upgrade"}'
  const names = async (...vars: string[]) =>
    namesFor(await planOf(maintenance, ...vars), 3, 'm2').filter((name) =>
      ['shell', 'reboot', 'node-drain', 'package-lists', 'package-upgrade'].includes(name),
    )
  assert.equal(await names(command), ['node-drain', 'shell', 'reboot'])
  assert.equal(await names(command, 'maintenance_packages=true'), [
    'node-drain',
    'package-lists',
    'package-upgrade',
    'shell',
    'reboot',
  ])
  assert.equal(await names(command, 'maintenance_reboot=never', 'maintenance_drain=false'), ['shell'])
  await rejects(() => planOf(maintenance, 'maintenance_reboot=never'), 'variables-invalid', '')
  assert.equal(
    await names('maintenance_reboot=never', 'maintenance_drain=false', 'maintenance_packages=true'),
    ['package-lists', 'package-upgrade'],
  )
  // a host that does not need a reboot is left in use, unless a command runs on each
  const begin = async (...vars: string[]) =>
    tasksFor(await planOf(maintenance, 'maintenance_reboot=needed', ...vars), 2, 'm2')[0]?.params
  assert.match(JSON.stringify(await begin()), '"whenNeeded":true')
  assert.match(JSON.stringify(await begin(command)), '"whenNeeded":false')
  // other work is another maintenance
  assert.not.equal(await begin(command), await begin(command, 'maintenance_packages=true'))
})

test('renew-certs renews on all masters before it restarts one at a time, and ends with the authorities', async () => {
  const plan = await planOf(renewCerts, 'renew_certs_within=30')
  assert.equal(
    plan.plays.map(({ portions }, play) => [portions, namesFor(plan, play, 'm2')]),
    [
      [[], ['kubeadm-renew']],
      [[], ['static-pods-restart', 'etcd-healthy']],
      [[1], ['static-pods-restart', 'user-kubeconfig', 'etcd-healthy']],
      [[], ['certificate-expiry', 'certificate-expiry', 'certificate-expiry']],
    ],
  )
})

test('revive renews what renew-certs renews, after the certificates of the kubelets', async () => {
  const [plan, renewal] = [await planOf(revive), await planOf(renewCerts)]
  const names = plan.plays.map((_, play) => namesFor(plan, play, 'm1'))
  assert.equal(names[0], ['kubelet-certificate'])
  assert.equal(
    names.slice(1, -1),
    renewal.plays.map((_, play) => namesFor(renewal, play, 'm1')),
  )
  assert.equal(names.at(-1), ['node-ready', 'node-ready', 'node-ready', 'pods-running', 'cluster-info'])
})

test('recover-quorum makes one healthy member, and then removes the other nodes', async () => {
  const plan = await planOf(recoverQuorum, 'recover_quorum_accept_loss=true')
  assert.equal(
    plan.plays.map((_, play) => namesFor(plan, play, 'm1')),
    [
      ['etcd-recover', 'etcd-healthy', 'node-ready'],
      ['node-delete', 'node-delete'],
    ],
  )
  assert.equal(tasksFor(plan, 1, 'm1')[0]?.params, { node: 'm2', timeout: 420 })
})

test('rotate-ca: both authorities are trusted by all masters before the new ones sign, and only then the former ones are not', async () => {
  const plan = await planOf(rotateCa, 'rotate_ca_made_before=2026-01-01')
  const well = ['etcd-healthy', 'control-plane-ready']
  const settled = ['static-pods-restart', 'user-kubeconfig']
  assert.equal(
    plan.plays.map(({ portions }, play) => [portions, namesFor(plan, play, 'm1')]),
    [
      [[], ['static-pods-restart', ...well]],
      [[1], ['no-endpoint-move', 'authority-prepare', 'authority-prepare', 'authority-prepare']],
      [[1], ['authority-trust', ...settled, 'kubelet-certificate', ...well]],
      [[], ['cluster-info-authority', 'workloads-restart', 'pods-without-authority']],
      [[1], ['authority-sign', ...settled, ...well]],
      [[1], ['kubelet-certificate', ...well]],
      [[], ['authority-clients']],
      [[1], ['authority-trust', ...settled, 'kubelet-certificate', ...well]],
      [[], ['cluster-info-authority']],
      [[], ['authority-clients']],
      [[], ['extension-authorities']],
      [[], ['authority-keep', 'authority-keep', 'authority-keep']],
    ],
  )
  // in the plays around it, API servers can have certificates of either authority: kubelets are only restarted there
  assert.equal(
    plan.plays.flatMap((_, play) =>
      tasksFor(plan, play, 'm1').flatMap(({ name, params }) =>
        name === 'kubelet-certificate' ? [[play, JSON.stringify(params).includes('"onlyRestart":true')]] : [],
      ),
    ),
    [
      [2, true],
      [5, false],
      [7, true],
    ],
  )
  const etcdAlone = await planOf(rotateCa, 'rotate_ca_made_before=2026-01-01', 'rotate_ca=["etcd"]')
  assert.equal(namesFor(etcdAlone, 3, 'm1'), [])
  assert.equal(namesFor(etcdAlone, 5, 'm1'), well)
})

test('rotate-ca: a time must be given', async () => {
  await rejects(() => planOf(rotateCa), 'variables-invalid', 'rotate_ca_made_before')
})

test('move-endpoint: the new endpoint is proven from every node before anything refers to it, and the proof is the last', async () => {
  const plan = await planWith(moveEndpoint, 'workers: { hosts: { w1: { address: 192.0.2.51 } } }')
  const well = ['etcd-healthy', 'control-plane-ready']
  const balanced = namesFor(await planOf(haMasters), 3, 'lb1')
  assert.equal(
    plan.plays.map(({ portions, candidates }, play) => {
      const host = ['m1', 'w1', 'lb1'].find((one) => candidates.has(one)) ?? ''
      return [host, portions, namesFor(plan, play, host)]
    }),
    [
      ['m1', [], ['same-cluster']],
      ['m1', [], ['no-rotation', 'same-master', ...well, 'endpoint-move-begin']],
      ['lb1', [], ['former-endpoint-kept', ...balanced]],
      ['m1', [1], ['write-config', 'api-server-names', ...well]],
      ['m1', [], ['endpoint-answers']],
      ['m1', [], ['endpoint-records']],
      ['m1', [1], ['endpoint-kubeconfigs', ...well]],
      ['w1', [1, '25%'], ['endpoint-kubeconfigs']],
      ['m1', [], ['endpoint-kube-proxy']],
      ['m1', [], ['endpoint-former-users']],
      ['w1', [], ['endpoint-former-users']],
      ['m1', [], ['endpoint-move-end']],
      ['m1', [1], []],
    ],
  )
  assert.match(JSON.stringify(tasksFor(plan, 0, 'm1')[0]?.params), '"moving":true')
  // one host asks all others: a part of the hosts, as with --limit, does not prove it for all
  assert.equal(plan.plays[4]?.candidates.size, 3)
  assert.match(JSON.stringify(tasksFor(plan, 4, 'm1')[0]?.params), '"workers":["w1"]')
})

test('rename-or-readdress: all is looked at before the first master leaves, and each leaves and joins before the next one', async () => {
  const plan = await planWith(renameOrReaddress, 'workers: { hosts: { w1: { address: 192.0.2.51 } } }')
  const balanced = namesFor(await planOf(haMasters), 3, 'lb1')
  const turn = [
    'load-balancer-can-drain',
    'rejoin-begin',
    'load-balancer-drain',
    'rejoin-master',
    'etcd-healthy',
    'node-ready',
    'load-balancer-undrain',
    'user-kubeconfig',
  ]
  assert.equal(
    plan.plays.map(({ portions, candidates }, play) => {
      const host = ['m1', 'lb1'].find((one) => candidates.has(one)) ?? ''
      return [host, portions, namesFor(plan, play, host)]
    }),
    [
      ['m1', [], ['own-addresses', 'credentials-valid', 'no-rotation', 'no-endpoint-move']],
      ['m1', [], ['same-cluster', 'rejoin-plan']],
      ['m1', [], ['same-master']],
      ['lb1', [], balanced],
      ['m1', [], ['etcd-peer-addresses']],
      ['m1', [], turn],
      ['m1', [1], turn],
      ['m1', [], ['write-config', 'cluster-info']],
    ],
  )
  assert.match(JSON.stringify(tasksFor(plan, 1, 'm1')[1]?.params), '"peers":["lb1","w1"]')
  await rejects(() => planOf(renameOrReaddress, 'strategy=phases'), 'inventory-invalid', 'strategy is phases')
})

test('move-endpoint: names go from the certificates only where the user says so, and never those of the inventory', async () => {
  const plan = await planOf(moveEndpoint, 'remove_api_names=["old.example"]')
  assert.equal(namesFor(plan, 12, 'm2'), ['api-server-names', 'etcd-healthy', 'control-plane-ready'])
  assert.match(JSON.stringify(tasksFor(plan, 12, 'm2')[0]?.params), '"without":["old.example"]')
  // a former endpoint can have been the address of a master
  const own = await planOf(moveEndpoint, 'remove_api_names=["192.0.2.11"]')
  assert.match(JSON.stringify(tasksFor(own, 12, 'm1')[0]?.params), '"without":[]')
  assert.match(JSON.stringify(tasksFor(own, 12, 'm2')[0]?.params), '"without":["192.0.2.11"]')
  await rejects(
    () => planOf(moveEndpoint, 'remove_api_names=["old.example"]', 'cert_sans=["old.example"]'),
    'params-invalid',
    'old.example is also a name that the certificate must have',
  )
})

test('rotate-keys: all can decrypt before one encrypts, everything is written again, and only then the former keys go', async () => {
  const plan = await planOf(rotateKeys, 'rotate_keys_made_before=2026-01-01')
  const well = ['etcd-healthy', 'control-plane-ready']
  assert.equal(
    plan.plays.map(({ portions }, play) => [portions, namesFor(plan, play, 'm1')]),
    [
      [[], ['no-rotation', 'no-endpoint-move', 'static-pods-restart', ...well]],
      [[1], ['encryption-prepare']],
      [[1], ['encryption-stage', ...well]],
      [[], []],
      [[1], ['encryption-stage', ...well]],
      [[], ['encryption-rewrite']],
      [[1], ['encryption-stage', ...well]],
      [[1], ['encryption-keep']],
    ],
  )
  assert.equal(
    [2, 4, 6].map(
      (play) => /"stage":"([^"]*)"/.exec(JSON.stringify(tasksFor(plan, play, 'm2')[0]?.params))?.[1],
    ),
    ['both', 'new first', 'new'],
  )
  // its own record is what it completes
  assert.match(JSON.stringify(tasksFor(plan, 0, 'm1')[0]?.params), '"keys":false')
  await rejects(() => planOf(rotateKeys), 'variables-invalid', 'rotate_keys_made_before')
})

test('rotate-service-accounts: all accept the new key before one signs, pods have new tokens, and only then former ones are refused', async () => {
  const made = 'rotate_service_accounts_made_before=2026-01-01'
  const plan = await planWith(
    rotateServiceAccounts,
    'workers: { hosts: { w1: { address: 192.0.2.51 } } }',
    made,
  )
  const well = ['etcd-healthy', 'control-plane-ready']
  const steps = [
    [[], ['no-rotation', 'no-endpoint-move', 'static-pods-restart', ...well]],
    [[1], ['service-account-prepare']],
    [[1], ['service-account-stage', ...well]],
    [[1], ['service-account-stage', ...well]],
    [[1], ['service-account-controllers', ...well]],
    [[], ['service-account-secrets']],
    [[1], ['service-account-tokens', ...well]],
    [[1], []],
    [[1], ['service-account-stage', ...well]],
    [[1], ['service-account-keep']],
  ]
  assert.equal(
    plan.plays.map(({ portions }, play) => [portions, namesFor(plan, play, 'm1')]),
    steps,
  )
  assert.equal(namesFor(plan, 7, 'w1'), ['service-account-tokens'])
  assert.equal(
    [2, 3, 8].map(
      (play) => /"stage":"([^"]*)"/.exec(JSON.stringify(tasksFor(plan, play, 'm2')[0]?.params))?.[1],
    ),
    ['both', 'new signs', 'new'],
  )
  assert.match(JSON.stringify(tasksFor(plan, 8, 'm2')[0]?.params), '"nodes":["w1"]')
  // its own record is what it completes
  assert.match(JSON.stringify(tasksFor(plan, 0, 'm1')[0]?.params), '"serviceAccounts":false')
  const alone = await planOf(rotateServiceAccounts, made)
  assert.match(JSON.stringify(tasksFor(alone, 8, 'm2')[0]?.params), '"nodes":[]')
  const kept = await planOf(
    rotateServiceAccounts,
    made,
    'rotate_service_accounts_accept_former_until=9999-01-01',
  )
  // the hosts keep it, and wait by their clocks
  for (const play of [1, 5, 8, 9])
    assert.match(JSON.stringify(tasksFor(kept, play, 'm1')[0]?.params), '"acceptUntil":"9999-01-01"')
  await rejects(
    () => planOf(rotateServiceAccounts),
    'variables-invalid',
    'rotate_service_accounts_made_before',
  )
})

const encrypts =
  'api_server={"extraArgs":{"encryption-provider-config":"/etc/kubernetes/pki/encryption.yaml"}}'

test('rotate-keys: the cluster keeps the argument before anything is encrypted', async () => {
  const plan = await planOf(rotateKeys, 'rotate_keys_made_before=2026-01-01', encrypts)
  assert.equal(namesFor(plan, 3, 'm1'), ['encryption-argument'])
  assert.match(
    JSON.stringify(tasksFor(plan, 1, 'm2')[0]?.params),
    '"file":"/etc/kubernetes/pki/encryption.yaml"',
  )
  const several = 'api_server={"extraArgs":{"encryption-provider-config":["/a","/b"]}}'
  await rejects(
    () => planOf(rotateKeys, 'rotate_keys_made_before=2026-01-01', several),
    'inventory-invalid',
    'several values',
  )
})

test('ha-masters: the first API server has its keys of encryption at rest before it starts', async () => {
  const plan = await planOf(haMasters, encrypts)
  const all =
    plan.plays.map((_, play) => namesFor(plan, play, 'm1')).find((one) => one.includes('kubeadm-init')) ?? []
  assert.is(all.indexOf('encryption-file'), all.indexOf('kubeadm-init') - 1)
})

test('cni: a network is applied with the variables of the inventory, and tried on every node', async () => {
  const plan = await planOf(cni, 'cni_mtu=1400', 'cni_version=v0.28.10')
  assert.equal(
    plan.plays.map((_, index) => namesFor(plan, index, 'm2')),
    [
      ['same-cluster', 'no-rotation', 'no-endpoint-move'],
      [],
      [],
      ['apply-cni'],
      [],
      [],
      ['node-ready', 'node-ready', 'node-ready', 'pods-running'],
    ],
  )
  const said = JSON.stringify(tasksFor(plan, 3, 'm2')[0]?.params)
  assert.match(said, '"mtu":1400')
  assert.match(said, '"version":"v0.28.10"')
  assert.match(said, '"testImage":"docker.io/library/busybox:1.37"')
  const untested = await planOf(cni, 'cni_test=false', 'cni_image_archives=/opt/images')
  assert.not.match(JSON.stringify(tasksFor(untested, 3, 'm2')[0]?.params), 'testImage')
  assert.equal(namesFor(untested, 1, 'm3'), ['load-images'])
  // ha-masters applies the same one
  const built = tasksFor(await planOf(haMasters, 'cni_mtu=1400'), 7, 'm1')[0]?.params
  assert.match(JSON.stringify(built), '"mtu":1400')
})

test('cni: none removes what was applied, then what it left on every node, and at last the record', async () => {
  const plan = await planOf(cni, 'cni_manifest=none', 'cni_remove=true')
  assert.equal(
    plan.plays.map((_, index) => namesFor(plan, index, 'm2')),
    [
      ['same-cluster', 'no-rotation', 'no-endpoint-move'],
      [],
      [],
      ['cni-remove'],
      ['cni-leftovers'],
      [],
      ['cni-removed'],
    ],
  )
  assert.match(JSON.stringify(tasksFor(plan, 3, 'm2')[0]?.params), '"confirm":true,"acceptPods":false')
  assert.match(JSON.stringify(tasksFor(plan, 6, 'm2')[0]?.params), '"nodes":["m1","m2","m3"')
})

test('a manifest at a URL needs its checksum', async () => {
  const url = 'cni_manifest=https://example.test/net.yaml'
  await rejects(() => planOf(cni, url), 'variables-invalid', 'cni_manifest_sha256 is not set')
  await planOf(cni, url, `cni_manifest_sha256=${'a'.repeat(64)}`)
})

test('smoke tries the cluster from one master, with the image of the variable', async () => {
  const plan = await planOf(smoke, 'smoke_image=registry.example/busybox:1')
  assert.is(plan.plays.length, 1)
  assert.equal(namesFor(plan, 0, 'm2'), ['cluster-smoke'])
  assert.match(JSON.stringify(tasksFor(plan, 0, 'm2')[0]?.params), '"image":"registry.example/busybox:1"')
})

test('etcd-backup: a snapshot of one member, named after the endpoint', async () => {
  const plan = await planOf(etcdBackup, 'etcd_backup_keep=3')
  assert.equal(namesFor(plan, 0, 'm2'), [
    'etcd-snapshot',
    'etcd-snapshot-verify',
    'etcd-snapshot-prune',
    'etcd-snapshot-fetch',
  ])
  assert.match(JSON.stringify(tasksFor(plan, 0, 'm2')[2]?.params), /"cluster":"[\w.-]+".*"keep":3/)
})

test('preflight only reads, too', async () => {
  const plan = await planOf(preflight)
  assert.is(canChangeHosts(plan), false)
  assert.equal(namesFor(plan, 0, 'm2'), ['given'])
})

test('status only reads, so that it takes no locks', async () => {
  const plan = await planOf(status)
  assert.is(plan.plays.length, 1)
  assert.ok(tasksFor(plan, 0, 'm2').length > 0)
  assert.is(canChangeHosts(plan), false)
  assert.is(canChangeHosts(await planOf(reset)), true)
})

test('etcd-restore stops everything before anything is restored, with all masters in one order', async () => {
  const plan = await planOf(etcdRestore, 'etcd_restore_snapshot=/x.db')
  assert.equal(
    plan.plays.slice(0, 4).map((_, index) => namesFor(plan, index, 'm2')),
    [['etcd-restore-prepare'], ['etcd-restore-stop'], ['etcd-restore-data'], ['etcd-restore-start']],
  )
  const members = (host: string): unknown => {
    const params = tasksFor(plan, 2, host)[0]?.params
    return typeof params === 'object' && params !== null && 'members' in params ? params.members : host
  }
  assert.equal(members('m1'), members('m3'))
  assert.match(JSON.stringify(tasksFor(plan, plan.plays.length - 1, 'm2')[0]?.params), /etcd-restore.*absent/)
})

test('ssh-access: a key on the first host, authorized on the others', async () => {
  const plan = await planOf(access)
  assert.equal(namesFor(plan, 0, 'm1'), ['ssh-key'])
  assert.equal([...(plan.plays[1]?.candidates.keys() ?? [])], ['m2', 'm3'])
})

test('an invalid variable is reported before the plan', async () => {
  try {
    await planOf(haMasters, 'kubernetes_version=newest')
    assert.unreachable()
  } catch (error) {
    assert.match(String(error), 'a version such as v1.37.2 is needed')
  }
})

test('upgrade: a rehearsal and a snapshot first, then for each version kubeadm, control planes and kubelets', async () => {
  const plan = await planOf(
    upgrade,
    'install={"from":"bundle","bundles":"/bundles"}',
    'kubernetes_version=v1.37.2',
    'upgrade_through=[v1.36.3]',
  )
  assert.equal(
    plan.plays.slice(0, 5).map(({ name }) => name),
    [
      'nothing is in the way',
      'etcd can be restored',
      'step 1: kubeadm and images are there',
      'step 1: control planes, one master at a time',
      'step 1: kubelets, one master at a time',
    ],
  )
  assert.equal(
    [3, 4, 7, 8].map((play) => plan.plays[play]?.portions),
    [[1], [1], [1], [1]],
  )
  assert.equal(namesFor(plan, 2, 'm2'), ['kubernetes-programs', 'bundle-images'])
  assert.equal(namesFor(plan, 3, 'm2'), ['kubeadm-upgrade', 'control-plane-ready'])
  // programs that are missing or damaged are found before a node is drained
  assert.equal(namesFor(plan, 4, 'm2'), [
    'kubernetes-programs',
    'node-drain',
    'kubelet-upgrade',
    'control-plane-ready',
    'node-uncordon',
  ])
  assert.match(String(tasksFor(plan, 7, 'm1')[0]?.title), 'v1.37.2')
  assert.equal(namesFor(plan, 10, 'm1'), [])
})

test('upgrade: the workers follow the masters of each version, one first', async () => {
  const plan = await planWith(
    upgrade,
    pools,
    'install={"from":"bundle","bundles":"/bundles"}',
    'kubernetes_version=v1.37.2',
  )
  assert.equal([plan.plays[5]?.name, plan.plays[5]?.portions], ['step 1: workers', [1, '20%']])
  assert.equal(namesFor(plan, 5, 'w1'), [
    'kubernetes-programs',
    'bundle-images',
    'node-drain',
    'worker-upgrade',
    'node-ready',
    'node-uncordon',
  ])
  assert.equal(namesFor(plan, 9, 'w1'), [])
})

test('upgrade: after an interruption in a later step, an earlier one neither changes the host nor waits for it', async () => {
  const plan = await planOf(
    upgrade,
    'install={"from":"bundle","bundles":"/bundles"}',
    'kubernetes_version=v1.37.2',
    'upgrade_through=[v1.36.3]',
  )
  const record = { '/etc/coxswain/upgrading': 'v1.37.2 apply\n' }
  const outcomes = async (play: number, own: World['files'], others: World['files']): Promise<string[]> =>
    Promise.all(
      tasksFor(plan, play, 'm1').map(async (task) => {
        // the API server of the host that was interrupted does not respond
        const patterns: World['patterns'] = [
          [/get node m1 -o/, own === undefined ? 'v1.37.2 True' : { code: 1 }],
        ]
        const world: World = { files: own ?? {}, patterns, others: { masters: { files: others ?? {} } } }
        return `${task.name} ${(await rehearse(task, world)).outcome}`
      }),
    )
  assert.equal(await outcomes(2, record, {}), ['kubernetes-programs skipped', 'bundle-images skipped'])
  assert.equal(await outcomes(3, record, {}), ['kubeadm-upgrade ok', 'control-plane-ready skipped'])
  assert.equal((await outcomes(4, record, {})).slice(0, 4), [
    'kubernetes-programs skipped',
    'node-drain skipped',
    'kubelet-upgrade skipped',
    'control-plane-ready skipped',
  ])
  // on another host
  assert.equal((await outcomes(4, undefined, record)).slice(0, 4), [
    'kubernetes-programs skipped',
    'node-drain skipped',
    'kubelet-upgrade ok',
    'control-plane-ready skipped',
  ])
})

test('upgrade: programs of packages, which are held again', async () => {
  const repository =
    'install={"from":"packages","repository":{"url":"https://packages.example/{minor}/deb/","key_url":"https://packages.example/{minor}/key","key_fingerprint":"0123456789012345678901234567890123456789"}}'
  const plan = await planOf(upgrade, repository)
  assert.equal(namesFor(plan, 2, 'm1'), ['package-repository', 'package-hold', 'package', 'package-hold'])
  // without a source
  await rejects(() => planOf(upgrade), 'variables-invalid', '')
})

/** The tasks with which ha-masters prepares a master, and those that are skipped on one that is a node already. */
const prepared = async (
  install: unknown,
  ...more: string[]
): Promise<{ readonly tasks: readonly Task[]; readonly names: readonly string[] }> => {
  const plan = await planOf(haMasters, `install=${JSON.stringify(install)}`, ...more)
  return { tasks: tasksFor(plan, 4, 'm1'), names: namesFor(plan, 4, 'm1') }
}

const usual = async (): Promise<string[]> => namesFor(await planOf(haMasters), 4, 'm1')

test('ha-masters: nothing is installed by default', async () => {
  assert.equal((await prepared({ from: 'none' })).names, await usual())
  assert.is((await usual())[0], 'kernel-module')
})

test('ha-masters: programs, runtime, units and images of a bundle, on hosts that are not nodes yet', async () => {
  const { tasks, names } = await prepared(
    { from: 'bundle', bundles: '/bundles' },
    'kubernetes_version=v1.37.2',
  )
  assert.equal(names, [
    'assert',
    'kubernetes-programs',
    'bundle-part',
    'bundle-part',
    'systemd-unit',
    'systemd-unit',
    'bundle-part',
    'systemd-unit',
    'containerd-config',
    ...(await usual()),
    'bundle-images',
  ])
  assert.match(JSON.stringify(tasks[1]?.params), '"bundle":"/bundles/v1.37.2"')
  assert.match(
    JSON.stringify(tasks[8]?.params),
    '"sandboxImage":"registry.k8s.io/pause:3.10.2","cgroupDriver":"systemd"',
  )
  const node: World = { files: { '/etc/kubernetes/kubelet.conf': 'x' } }
  for (const task of [...tasks.slice(0, 9), ...tasks.slice(-1)])
    assert.is((await rehearse(task, node)).outcome, 'skipped')
  const [refused] = tasks
  assert.ok(refused)
  const packaged = await rehearse(refused, { patterns: [[/dpkg-query/, 'containerd\t1.6.20\tamd64\n']] })
  assert.match(
    String(packaged.error),
    'containerd is installed as a package, whose next update would replace',
  )
  for (const reply of ['', { code: 101 }])
    assert.is((await rehearse(refused, { patterns: [[/dpkg-query/, reply]] })).outcome, 'ok')
  const bare = await prepared({ from: 'bundle', bundles: '/bundles', runtime: 'none', units: false })
  assert.equal(bare.names.slice(0, 4), ['kubernetes-programs', 'bundle-part', 'bundle-part', 'kernel-module'])
})

test('ha-masters: packages of a repository of the minor release, held, and containerd', async () => {
  const repository = {
    url: 'https://packages.example/{minor}/deb/',
    key_url: 'https://packages.example/{minor}/key',
    key_fingerprint: 'A'.repeat(40),
  }
  const version = 'kubernetes_version=v1.37.2'
  const { tasks, names } = await prepared({ from: 'packages', repository }, version)
  assert.equal(names, [
    'assert',
    'package-repository',
    'package-hold',
    'package',
    'package-hold',
    'package',
    'package-hold',
    'containerd-config',
    ...(await usual()),
  ])
  assert.match(
    JSON.stringify(tasks[1]?.params),
    '"url":"https://packages.example/v1.37/deb/","suites":["./"],"components":[],"keyUrl":"https://packages.example/v1.37/key"',
  )
  assert.match(
    JSON.stringify(tasks[3]?.params),
    '"name":["kubeadm=1.37.2-*","kubelet=1.37.2-*","kubectl=1.37.2-*","cri-tools","kubernetes-cni"]',
  )
  assert.match(
    JSON.stringify(tasks[4]?.params),
    '"name":["kubeadm","kubelet","kubectl","cri-tools","kubernetes-cni"],"state":"held"',
  )
  // a distribution and a package of its own
  const other = await prepared(
    {
      from: 'packages',
      repository,
      runtime_package: 'containerd.io',
      runtime_repository: { ...repository, suites: ['bookworm'], components: ['stable'] },
    },
    version,
  )
  assert.match(
    JSON.stringify(other.tasks[5]?.params),
    '"name":"container-runtime","url":"https://packages.example/v1.37/deb/","suites":["bookworm"],"components":["stable"]',
  )
  const refused = other.tasks[0]
  assert.ok(refused)
  const world = (name: string): World => ({
    patterns: [[/dpkg-query/, `${name}\t1.7.1\tamd64\n`]],
  })
  assert.is((await rehearse(refused, world('containerd.io'))).outcome, 'ok')
  const run = await rehearse(refused, world('containerd'))
  assert.match(String(run.error), 'another package of containerd than containerd.io is installed')
})

test('images of a bundle are not loaded into a runtime that ctr does not know', async () => {
  const bundled = { from: 'bundle', bundles: '/bundles', runtime: 'none' }
  const version = 'kubernetes_version=v1.37.2'
  assert.ok((await prepared(bundled, version)).names.includes('bundle-images'))
  assert.not.ok((await prepared(bundled, version, 'container_service=crio')).names.includes('bundle-images'))
})

test('what install cannot be is refused before anything connects', async () => {
  for (const [install, message] of [
    [{ from: 'packages', bundles: '/x' }, /install/],
    [{ from: 'bundle' }, /install\.bundles/],
    [{ from: 'floppy' }, /install/],
  ] as const)
    await rejects(() => prepared(install, 'kubernetes_version=v1.37.2'), 'variables-invalid', message)
  await rejects(
    () => prepared({ from: 'packages' }, 'kubernetes_version=v1.23.17'),
    'variables-invalid',
    /has v1\.24 and later/,
  )
})

test('bundle: made on this machine, with an archive on request', async () => {
  folder.write('bundle.yaml', 'all: { hosts: { localhost: { connection: local } } }\n')
  const plan = async (...extraVars: string[]): Promise<Plan> => {
    const options = {
      inventory: [folder.at('bundle.yaml')],
      extraVars: ['kubernetes_version=v1.37.2', ...extraVars],
    }
    const { inventoryView, limit } = await openWorkspace(optionsWith(options))
    return makePlan(bundle, inventoryView, limit)
  }
  const small = await plan('bundle_folder=/srv/bundles')
  assert.equal(namesFor(small, 0, 'localhost'), ['release-bundle'])
  assert.match(JSON.stringify(tasksFor(small, 0, 'localhost')[0]?.params), '"folder":"/srv/bundles/v1.37.2"')
  const archived = await plan('bundle_folder=/srv/bundles', 'bundle_archive=/srv/v1.37.2.tar')
  assert.equal(namesFor(archived, 0, 'localhost'), ['release-bundle', 'archive'])
})
