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
      'the load balancer knows every master',
      'every master is ready for kubeadm',
      'one master leads',
      'the other masters join, one at a time',
      'the pods have a network',
      'the cluster is healthy',
    ],
  )
  assert.equal(plan.plays[3]?.portions, [1])
  assert.equal(tagsOf(plan), ['join', 'leader', 'load-balancer', 'network', 'prepare', 'proof'])
})

test('join: certificates are copied by us, kubeadm joins', async () => {
  const plan = await planOf(haMasters)
  assert.equal(namesFor(plan, 2, 'm1'), ['write-config', 'kubeadm-init', 'user-kubeconfig'])
  assert.equal(namesFor(plan, 3, 'm2'), ['write-config', 'copy-certs', 'kubeadm-join', 'user-kubeconfig'])
})

test('phases: every step of the procedure by hand has its place', async () => {
  const plan = await planOf(haMasters, 'strategy=phases')
  const tasks = tasksFor(plan, 3, 'm2')
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
      'user-kubeconfig',
    ],
  )
})

test('any master may lead, and any may join', async () => {
  const plan = await planOf(haMasters)
  for (const host of ['m1', 'm2', 'm3']) {
    assert.is(namesFor(plan, 2, host).length, 3)
    assert.is(namesFor(plan, 3, host).length, 4)
  }
})

test('the listings need no connection', async () => {
  const plan = await planOf(haMasters)
  assert.match(
    listTasks(plan),
    'play 3: one master leads  [leader (one of masters, chosen at run time)]\n    write-config:',
  )
  assert.match(listTasks(plan), /node-ready: node m1 is Ready {2}\(waits\)/)
  assert.match(
    listHosts(hostsOfPlays(haMasters, await workspaceOf())),
    'play 4: the other masters join, one at a time  [masters except leader]\n  3 hosts\n    m1',
  )
})

test('reset takes the leader last', async () => {
  const plan = await planOf(reset)
  assert.equal(
    plan.plays.map(({ name }) => name),
    ['the masters leave, one at a time', 'the last master goes', 'the load balancer rests'],
  )
})

test('ssh-access: a key on the first, let in by the others', async () => {
  const plan = await planOf(access)
  assert.equal(namesFor(plan, 0, 'm1'), ['ssh-key'])
  assert.equal([...(plan.plays[1]?.candidates.keys() ?? [])], ['m2', 'm3'])
})

test('a variable that is wrong does not get as far as a plan', async () => {
  try {
    await planOf(haMasters, 'kubernetes_version=newest')
    assert.unreachable()
  } catch (error) {
    assert.match(String(error), 'a version such as v1.20.2 is needed')
  }
})
