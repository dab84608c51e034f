/** A run decrypts only the sealed variables that it reads. */
import * as assert from 'uvu/assert'
import { optionsWith } from '../support/run-options.ts'
import { planOpened } from '../../engine/cli/session/plan-opened.ts'
import { openWorkspace } from '../../engine/cli/session/workspace.ts'
import type { Workspace } from '../../engine/cli/session/workspace.ts'
import { playbook } from '../../engine/dsl/playbook.ts'
import { secret } from '../../engine/dsl/schema.ts'
import type { Plan } from '../../engine/run/plan/plan.ts'
import { tasksOf } from '../../engine/run/plan/planned-steps.ts'
import { Redactor } from '../../engine/run/masking/redactor.ts'
import { mask } from '../../engine/secret.ts'
import { z } from 'zod'
import { folderOf } from '../support/folder.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'
import { say } from '../run/site.ts'

const test = suite('decryption of the variables that a run reads')
const folder = folderOf(test)

const inventory = (): string =>
  folder.write(
    'inventory.yaml',
    `all:
  vars: { unread: !command [no-such-program] }
  hosts:
    a: { pin: !command [echo, pin-of-a] }
    b: { pin: !command [echo, pin-of-b], password: !command [echo, login-of-b], become_password: !prompt Sudo }
    c: { pin: !command [no-such-program], password: !command [no-such-program] }
`,
  )

const open = (redactor = new Redactor()): Promise<Workspace> =>
  openWorkspace(optionsWith({ inventory: [inventory()], limit: 'a' }), { redactor })

/** A playbook with a play that prints a variable of each of some hosts. */
const book = (vars: z.ZodType<{ pin: unknown }>, others: readonly string[] = []) =>
  playbook({
    name: 'test',
    vars,
    plays: ({ play }) => [
      play('p', {
        hosts: 'all',
        tasks: ({ host, group }) =>
          [host, ...group('all').filter(({ name }) => others.includes(name))].map((one) =>
            say({ text: String(one.vars.pin) }),
          ),
      }),
    ],
  })

const titlesIn = ({ plays }: Plan): string[] =>
  tasksOf(plays[0]?.candidates.get('a')?.steps ?? [], 'all').map(({ task }) => task.title)
const titles = async (pins: z.ZodType<{ pin: unknown }>, workspace: Workspace, others?: string[]) =>
  titlesIn(await planOpened(book(pins, others), workspace, new Redactor()))

test('the schema makes a value text or a secret; both are masked', async () => {
  for (const [schema, shown] of [
    [z.object({ pin: z.string().optional() }), 'pin-of-a'],
    [z.object({ pin: secret().optional() }), mask],
  ] as const) {
    const redactor = new Redactor()
    const workspace = await open(redactor)
    const plays = playbook({
      name: 'test',
      vars: schema,
      plays: ({ play }) => [
        play('p', { hosts: 'all', tasks: ({ vars }) => [say({ text: String(vars.pin) })] }),
      ],
    })
    const plan = await planOpened(plays, workspace, new Redactor())
    assert.equal(titlesIn(plan), [shown])
    assert.is(redactor.text('<pin-of-a>'), `<${mask}>`)
    assert.is(redactor.text('<pin-of-b>'), '<pin-of-b>')
  }
})

test('variables of a host outside of the limit are decrypted only when a play reads them', async () => {
  const pins = z.object({ pin: z.string() })
  const error = await rejects(
    async () => titles(pins, await open(), ['b']),
    'secret-command-failed',
    'no-such-program',
  )
  // the group also contains c, and all of it is read
  assert.is(error.place?.line, 6)
  const workspace = await openWorkspace(
    optionsWith({ inventory: [inventory()], limit: 'a', extraVars: ['pin=!command [echo, typed]'] }),
  )
  assert.equal(await titles(pins, workspace, ['b']), ['typed', 'typed'])
})

test('a playbook that reads no variables decrypts none', async () => {
  const workspace = await open()
  const nothing = playbook({
    name: 'test',
    vars: z.unknown(),
    plays: ({ play }) => [play('p', { hosts: 'all', tasks: () => [say({ text: 'x' })] })],
  })
  assert.equal([...(await planOpened(nothing, workspace, new Redactor())).hosts], ['a'])
})

test('connection variables of a host without plays are decrypted when a task uses it, without a prompt', async () => {
  const redactor = new Redactor()
  const workspace = await open(redactor)
  assert.is(workspace.fleet.hosts.get('a')?.ready, undefined)
  const c = workspace.fleet.hosts.get('c')
  await rejects(async () => c?.ready?.(), 'secret-command-failed', 'no-such-program')
  const b = workspace.fleet.hosts.get('b')
  const late = await rejects(
    async () => b?.ready?.(),
    'secret-missing',
    'a prompt is no longer possible: Sudo',
  )
  assert.match(late.hint, '--limit')
})

test('secret variables are masked even if no task uses them', async () => {
  const file = folder.write(
    'plain.yaml',
    'all:\n  hosts:\n    a: { pin: hidden-of-a }\n    b: { pin: hidden-of-b }\n    c: { pin: !command [no-such-program] }\n',
  )
  const redactor = new Redactor()
  const workspace = await openWorkspace(optionsWith({ inventory: [file], limit: 'a' }), { redactor })
  const silent = playbook({
    name: 'silent',
    vars: z.object({ pin: secret() }),
    plays: ({ play }) => [
      play('p', {
        hosts: 'all',
        tasks: ({ vars }) => [say({ text: 'x' }, { when: () => vars.pin !== undefined })],
      }),
    ],
  })
  await planOpened(silent, workspace, redactor)
  assert.is(redactor.text('hidden-of-a, hidden-of-b'), `${mask}, ${mask}`)
})
