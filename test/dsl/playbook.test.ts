import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { optionsWith } from '../support/run-options.ts'
import { openWorkspace } from '../../engine/cli/session/workspace.ts'
import { playbook, schemasOf } from '../../engine/dsl/playbook.ts'
import { makePlan } from '../../engine/run/plan/plan.ts'
import { exitCodeOf } from '../../engine/errors.ts'
import { validateAll } from '../../engine/inventory/variables/validate.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'

const test = suite('playbooks and their variables')

const folder = mkdtempSync(join(tmpdir(), 'coxswain-playbook-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

const book = playbook({
  name: 'book',
  vars: z.object({ size: z.number() }),
  plays: ({ play }) => [
    play('one', {
      hosts: 'web',
      tasks: ({ group }) => {
        group('db')
        return []
      },
    }),
  ],
})

test('an error of many hosts names the first of them', async () => {
  const hosts = Array.from({ length: 30 }, (_, index) => ({ name: `w${index + 1}`, variables: new Map() }))
  const error = await rejects(
    () => validateAll(z.object({ size: z.number() }), hosts),
    'variables-invalid',
    'size is not set',
  )
  assert.match(error.message, 'w1, w2, w3, w4, w5 and 25 more hosts: size')
})

test('variables of a group without a play are also checked before anything connects', async () => {
  const file = join(folder, 'inventory.yaml')
  writeFileSync(
    file,
    'web:\n  hosts: { w1: { size: 1 } }\ndb:\n  hosts:\n    d1: { size: many }\n    d2:\n    d3: { size: 3 }\n',
  )
  const { inventoryView, limit } = await openWorkspace(optionsWith({ inventory: [file], limit: 'w1' }))
  const error = await rejects(
    () => makePlan(book, inventoryView, limit),
    'variables-invalid',
    '2 problems with variables',
  )
  assert.match(error.message, 'd1: size: a number is needed')
  assert.match(error.message, `${file}:5:11`)
  assert.match(error.message, 'd2: size is not set')
  assert.is(exitCodeOf(error), 1)
})

test('an included playbook adds its plays, which keep their own variables', async () => {
  const file = join(folder, 'included.yaml')
  writeFileSync(file, 'web:\n  hosts: { w1: { size: 1, colour: red } }\ndb:\n  hosts: { d1: { size: 2 } }\n')
  const seen: unknown[] = []
  const note = (vars: unknown): [] => {
    seen.push(vars)
    return []
  }
  const inner = playbook({
    name: 'inner',
    vars: z.object({ colour: z.string() }),
    plays: ({ play }) => [play('paint', { hosts: 'web', tasks: ({ vars }) => note(vars) })],
  })
  const outer = playbook({
    name: 'outer',
    vars: z.object({ size: z.number() }),
    plays: ({ play }) => [
      play('before', { hosts: 'all', tasks: ({ vars }) => note(vars) }),
      inner,
      play('after', { hosts: 'db', tasks: ({ vars }) => note(vars) }),
    ],
  })
  const { inventoryView } = await openWorkspace(optionsWith({ inventory: [file] }))
  const plan = makePlan(outer, inventoryView)
  assert.equal(
    plan.plays.map(({ name }) => name),
    ['before', 'paint', 'after'],
  )
  assert.equal(seen, [{ size: 1 }, { size: 2 }, { colour: 'red' }, { size: 2 }])
  assert.is(schemasOf(outer).length, 2)
})

test('reading an address with an expression that cannot be evaluated is an error', async () => {
  const file = join(folder, 'address.yaml')
  writeFileSync(
    file,
    'web:\n  hosts: { w1: { address: 192.0.2.1 } }\ndb:\n  hosts:\n    d1: { ansible_host: "{{ site }}" }\n    d2: { ansible_host: 192.0.2.3, ansible_port: "{{ site }}" }\n',
  )
  const { inventoryView } = await openWorkspace(optionsWith({ inventory: [file] }))
  const reading = (index: number) =>
    playbook({
      name: 'addresses',
      vars: z.object({}),
      plays: ({ play }) => [
        play('one', {
          hosts: 'web',
          tasks: ({ group }) => {
            seen.push(group('db')[index]?.address)
            return []
          },
        }),
      ],
    })
  const seen: unknown[] = []
  const error = await rejects(
    () => makePlan(reading(0), inventoryView),
    'inventory-invalid',
    'site is undefined',
  )
  assert.is(error.place?.line, 5)
  makePlan(reading(1), inventoryView)
  assert.equal(seen, ['192.0.2.3'])
})

test('hosts come in the order of the pattern: a group’s own, then those of its children', async () => {
  const file = join(folder, 'order')
  writeFileSync(file, '[a]\nh1\nh2\nh3\n[b]\nh3\nh1\n[p:children]\nb\na\n')
  const seen: string[] = []
  const ordered = playbook({
    name: 'ordered',
    vars: z.object({}),
    plays: ({ play }) => [
      play('one', {
        hosts: 'p',
        serial: 1,
        tasks: ({ group }) => {
          seen.push(group('b')[0]?.name ?? '')
          return []
        },
      }),
      play('first', { hosts: 'p[0]', tasks: () => [] }),
    ],
  })
  for (const limit of [undefined, 'a', 'h2,h1,h3']) {
    const { inventoryView, limit: limited } = await openWorkspace(optionsWith({ inventory: [file], limit }))
    const { plays } = makePlan(ordered, inventoryView, limited)
    assert.equal(
      plays.map(({ candidates }) => [...candidates.keys()]),
      [['h3', 'h1', 'h2'], ['h3']],
    )
  }
  assert.equal(new Set(seen), new Set(['h3']))
})
