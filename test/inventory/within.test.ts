/** `--within`: a part of an inventory, as if it had no other hosts. */
import * as assert from 'uvu/assert'
import haMasters from '../../playbooks/ha-masters.ts'
import reset from '../../playbooks/reset.ts'
import { openWorkspace } from '../../engine/cli/session/workspace.ts'
import { playbook } from '../../engine/dsl/playbook.ts'
import { hostsOfGroup } from '../../engine/inventory/graph.ts'
import { loadInventory } from '../../engine/inventory/load.ts'
import { makePlan } from '../../engine/run/plan/plan.ts'
import { z } from '../../engine/index.ts'
import { folderOf } from '../support/folder.ts'
import { optionsWith } from '../support/run-options.ts'
import { rejects } from '../support/rejects.ts'
import { runCli } from '../support/run-cli.ts'
import { suite } from '../support/spec.ts'

const test = suite('a part of an inventory')
const folder = folderOf(test, 'coxswain-within-')

const clusters = (): string =>
  folder.write(
    'clusters.yaml',
    `all:
  vars: { kubernetes_version: v1.37.2 }
  children:
    masters:
      hosts: { a1: , a2: , a3: , b1: }
    workers:
      hosts: { a4: , b2: }
    site_a:
      hosts: { a1: , a2: , a3: , a4: }
      vars: { control_plane_endpoint: 'a.example:6443', seen: "{{ groups['masters'] | join(',') }}" }
    site_b:
      hosts: { b1: , b2: }
      vars: { control_plane_endpoint: 'b.example:6443' }
`,
  )

test('only its hosts are there, in all groups, with their variables', async () => {
  const inventory = await loadInventory([clusters()], { within: 'site_a' })
  assert.equal([...inventory.hosts.keys()], ['a1', 'a2', 'a3', 'a4'])
  assert.equal(hostsOfGroup(inventory, 'masters'), ['a1', 'a2', 'a3'])
  assert.equal(hostsOfGroup(inventory, 'site_b'), [])
  const { hosts, inventoryView } = await openWorkspace(
    optionsWith({ inventory: [clusters()], within: 'site_a' }),
  )
  assert.equal([...hosts.keys()], ['a1', 'a2', 'a3', 'a4'])
  assert.equal(inventoryView.match('masters:!a1'), ['a2', 'a3'])
  await rejects(() => Promise.resolve(inventoryView.match('b1')), 'pattern-invalid', 'b1')
})

test('expressions see the part as well', async () => {
  const workspace = await openWorkspace(optionsWith({ inventory: [clusters()], within: 'site_a' }))
  await workspace.evaluate(new Set(['seen']))
  assert.is(workspace.hosts.get('a4')?.variables.get('seen')?.value, 'a1,a2,a3')
})

test('a pattern that matches nothing, or is unknown, is refused', async () => {
  await rejects(() => loadInventory([clusters()], { within: 'site_c' }), 'pattern-invalid', 'site_c')
  await rejects(
    () => loadInventory([clusters()], { within: 'site_a:&site_b' }),
    'no-hosts',
    '--within site_a:&site_b: the inventory has no such host',
  )
})

test('masters of two clusters are refused by every playbook that needs one, with the way out', async () => {
  const both = await openWorkspace(optionsWith({ inventory: [clusters()] }))
  for (const book of [haMasters, reset]) {
    const error = await rejects(
      () => Promise.resolve(makePlan(book, both.inventoryView, ['a1', 'a2', 'a3'])),
      'inventory-invalid',
      'the hosts of masters are of several clusters: control_plane_endpoint is a.example:6443 for a1, and b.example:6443 for b1',
    )
    assert.match(error.hint ?? '', '--within')
  }
  const one = await openWorkspace(optionsWith({ inventory: [clusters()], within: 'site_b' }))
  assert.equal(makePlan(reset, one.inventoryView).hosts, ['b1'])
})

test('what a playbook requires is asked once, also of a playbook that it includes, with the place of an error', async () => {
  const { inventoryView } = await openWorkspace(optionsWith({ inventory: [clusters()] }))
  const asked: string[] = []
  const inner = playbook({
    name: 'inner',
    vars: z.object({}),
    requires: ({ group }) => void asked.push(group('masters').length.toString()),
    plays: ({ play }) => [play('one', { hosts: 'masters', tasks: () => [] })],
  })
  const outer = playbook({ name: 'outer', vars: z.object({}), plays: () => [inner, inner] })
  makePlan(inner, inventoryView)
  assert.equal(asked, ['4'])
  makePlan(outer, inventoryView)
  assert.equal(asked, ['4', '4', '4'])
  const broken = playbook({
    name: 'broken',
    vars: z.object({}),
    requires: () => {
      throw new Error('no')
    },
    plays: () => [],
  })
  const error = await rejects(
    () => Promise.resolve(makePlan(broken, inventoryView)),
    'playbook-invalid',
    'playbook broken: no',
  )
  assert.match(error.place?.file ?? '', 'within.test.ts')
})

test('the command line: the hosts of a part, and the inventory as it shows it', async () => {
  const file = clusters()
  const listed = await runCli(['exec', '-i', file, '--within', 'site_b', '--list-hosts', 'all', '--', 'true'])
  assert.is(listed.status, 0, listed.stderr)
  assert.match(listed.stdout, /b1\n.*b2/s)
  assert.not.match(listed.stdout, 'a1')
  const shown = await runCli(['inventory', '-i', file, '--within', 'site_b', '--graph'])
  assert.is(shown.status, 0, shown.stderr)
  assert.not.match(shown.stdout, 'a1')
})
