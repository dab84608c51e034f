import * as assert from 'uvu/assert'
import { join, resolve } from 'node:path'
import { optionsWith } from '../support/run-options.ts'
import { listHosts, listTasks } from '../../engine/cli/session/listing.ts'
import { hostsOfPlays } from '../../engine/cli/session/plan-opened.ts'
import { openWorkspace } from '../../engine/cli/session/workspace.ts'
import type { Workspace } from '../../engine/cli/session/workspace.ts'
import type { Playbook } from '../../engine/dsl/playbook.ts'
import { makePlan } from '../../engine/run/plan/plan.ts'
import type { Task } from '../../engine/dsl/types.ts'
import type { Plan } from '../../engine/run/plan/plan.ts'
import { tasksOf } from '../../engine/run/plan/planned-steps.ts'
import { tagsOf } from '../../engine/run/plan/tags.ts'
import haMasters from '../../playbooks/ha-masters.ts'
import reset from '../../playbooks/reset.ts'
import access from '../../playbooks/ssh-access.ts'
import { suite } from '../support/spec.ts'

const test = suite('playbooks')

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
      'the load balancer knows every master',
      'every master is ready for kubeadm',
      'one master leads',
      'the other masters join, one at a time',
      'the pods have a network',
      'the cluster is healthy',
    ],
  )
  assert.equal(plan.plays[5]?.portions, [1])
  assert.equal(tagsOf(plan), ['join', 'leader', 'load-balancer', 'network', 'prepare', 'proof'])
})

test('the addresses of all masters are checked before anything is changed, also of parts of the playbook', async () => {
  const plan = await planOf(haMasters)
  assert.equal(namesFor(plan, 0, 'm3'), ['own-addresses', 'credentials-valid'])
  const tagsIn = (from: number, to: number): string[] =>
    tagsOf({ ...plan, plays: plan.plays.slice(from, to) })
  assert.equal(namesFor(plan, 1, 'm1'), ['same-cluster'])
  assert.equal(tagsIn(0, 1), tagsIn(2, 6))
  assert.equal(tagsIn(1, 2), tagsIn(2, 7))
})

test('join: certificates are copied by us, kubeadm joins', async () => {
  const plan = await planOf(haMasters)
  assert.equal(namesFor(plan, 4, 'm1'), [
    'write-config',
    'kubeadm-init',
    'api-server-names',
    'user-kubeconfig',
  ])
  assert.equal(namesFor(plan, 5, 'm2'), [
    'write-config',
    'copy-certs',
    'kubeadm-join',
    'api-server-names',
    'user-kubeconfig',
  ])
})

test('cni_manifest=none: no network is applied, and only what works without one is waited for', async () => {
  const plan = await planOf(haMasters, 'cni_manifest=none')
  assert.equal(namesFor(plan, 6, 'm1'), [])
  assert.equal(namesFor(await planOf(haMasters), 6, 'm1'), ['apply-cni'])
  assert.ok(namesFor(plan, 7, 'm1').includes('node-ready'))
})

test('phases: every step of the manual procedure is included', async () => {
  const plan = await planOf(haMasters, 'strategy=phases')
  const tasks = tasksFor(plan, 5, 'm2')
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
    assert.is(namesFor(plan, 4, host).length, 4)
    assert.is(namesFor(plan, 5, host).length, 5)
  }
})

test('listings do not connect', async () => {
  const plan = await planOf(haMasters)
  assert.match(
    listTasks(plan),
    'play 5: one master leads  [leader (one of masters, chosen at run time)]\n    write-config:',
  )
  assert.match(listTasks(plan), /node-ready: node m1 is Ready {2}\(waits\)/)
  assert.match(
    listHosts(hostsOfPlays(haMasters, await workspaceOf())),
    'play 6: the other masters join, one at a time  [masters except leader]\n  3 hosts\n    m1',
  )
})

test('reset takes the leader last', async () => {
  const plan = await planOf(reset)
  assert.equal(
    plan.plays.map(({ name }) => name),
    ['the masters leave, one at a time', 'the last master is reset', 'the load balancer is stopped'],
  )
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
