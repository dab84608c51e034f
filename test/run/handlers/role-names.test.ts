import * as assert from 'uvu/assert'
import { z } from 'zod'
import { knownStep } from '../../../engine/dsl/known-step.ts'
import { defineRole } from '../../../engine/dsl/role.ts'
import type { RoleStep } from '../../../engine/dsl/step.ts'
import { defineTask } from '../../../engine/dsl/task.ts'
import { ok } from '../../../engine/dsl/verdict.ts'
import { RoleHandlers } from '../../../engine/run/plan/role-handlers.ts'
import { usualSettings } from '../../../engine/run/plan/settings.ts'
import { suite } from '../../support/spec.ts'
import { say } from '../site.ts'

const test = suite('names of handlers of roles')

const os = defineTask({
  name: 'os',
  description: 'Reads the system.',
  params: z.object({}),
  check: async ({ remote }) => ok(await remote.query`os`.text()),
})
const app = defineRole({
  name: 'app',
  description: 'Runs an app.',
  params: z.object({}),
  facts: { system: os({}) },
  tasks: () => [],
  handlers: () => ({ restart: say({ text: 'restart' }) }),
})
const handlers = { restart: say({ text: 'restart' }) }

const roleStep = (): RoleStep => {
  const known = knownStep(app({}))
  assert.is(known.kind, 'role')
  if (known.kind !== 'role') throw new TypeError('app is a role')
  return known.step
}
const step = roleStep()

const users = ['ada', 'bob'] as const
const as = (user: string) => ({ label: 'app', settings: { ...usualSettings, become: user } })

/** The names of the handlers of both users, whose uses are made in this order. */
const made = (roles: RoleHandlers, order: readonly (typeof users)[number][]) =>
  Object.fromEntries(
    order.map((user) => {
      const own = roles.madeBy({ position: users.indexOf(user) })
      own.use(step, { ...as(user), handlers })
      return [user, own.planned.map(({ handler }) => handler)]
    }),
  )

test('roles with facts have their names in the order of the play, whichever fact answers first', () => {
  for (const order of [users, users.toReversed()]) {
    const roles = new RoleHandlers('p', usualSettings)
    for (const user of users) roles.name(step, as(user))
    assert.equal(made(roles, order), { ada: ['app: restart'], bob: ['app-2: restart'] })
  }
})

test('roles that steps make from values have names that do not depend on what is made first', () => {
  const [one, other] = [users, users.toReversed()].map((order) =>
    made(new RoleHandlers('p', usualSettings), order),
  )
  assert.equal(one, other)
  assert.not.equal(one?.['ada'], one?.['bob'])
  const adas = (order: readonly (typeof users)[number][]) =>
    made(new RoleHandlers('p', as('ada').settings), order)
  assert.equal(adas(['bob', 'ada'])['ada'], ['app: restart'])
  assert.equal(adas(['bob', 'ada']), adas(['ada', 'bob']))
})
