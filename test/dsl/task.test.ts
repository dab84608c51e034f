import * as assert from 'uvu/assert'
import { z } from 'zod'
import { secret } from '../../engine/dsl/schema.ts'
import { pick } from '../../engine/dsl/select.ts'
import { defineTask } from '../../engine/dsl/task.ts'
import { drift, ok } from '../../engine/dsl/verdict.ts'
import { isSecret } from '../../engine/secret.ts'
import { rehearse } from '../../engine/testing.ts'
import { suite } from '../support/spec.ts'

const test = suite('parameters of tasks')

test('a check that changes its parameters fails, instead of changing what apply gets', async () => {
  const careless = defineTask({
    name: 'careless',
    description: 'Pushes into its list.',
    params: z.object({ list: z.array(z.string()) }),
    check: (_, { list }) => {
      list.push('more')
      return list.length > 1 ? drift('x') : ok()
    },
    apply: async () => {},
  })
  const { error } = await rehearse(careless({ list: ['one'] }), {})
  assert.instance(error, TypeError)
})

test('nested parameters are frozen, also with cycles', () => {
  const circle: { self?: unknown; list: { n: number }[] } = { list: [{ n: 1 }] }
  circle.self = circle
  const { params } = defineTask({
    name: 'deep',
    description: 'Takes any value.',
    params: z.object({ any: z.unknown() }),
    check: () => ok(),
  })({ any: circle })
  assert.ok(Object.isFrozen(params))
  assert.ok(Object.isFrozen(circle.list))
  assert.ok(Object.isFrozen(circle.list[0]))
})

test('secrets, bytes, maps and instances are not changed', () => {
  class Counter {
    count = 0
  }
  const [bytes, map, counter] = [Buffer.from('x'), new Map<string, number>(), new Counter()]
  const leader = pick('leader', { hosts: 'all', prefer: [] })
  const { params } = defineTask({
    name: 'instances',
    description: 'Takes instances.',
    params: z.object({ password: secret(), any: z.array(z.unknown()) }),
    title: ({ password, any }) => `${isSecret(password)} ${any.includes(leader)}`,
    check: () => ok(),
  })({ password: 'hush', any: [bytes, map, counter, leader] })
  assert.ok(Object.isFrozen(params))
  bytes[0] = 1
  counter.count = 1
  assert.not.ok(Object.isFrozen(map) || Object.isFrozen(counter))
})

test('a function that makes the schema is called once, at the first use of the task', async () => {
  let calls = 0
  const lazy = defineTask({
    name: 'lazy',
    description: 'Makes its schema when it is used.',
    params: () => {
      calls += 1
      return z.object({ count: z.number().default(3).describe('how many') })
    },
    title: ({ count }) => `count ${count.toFixed(0)}`,
    check: (_, { count }) => ok(count),
  })
  assert.is(lazy.info.name, 'lazy')
  assert.is(calls, 0)
  assert.is(lazy().title, 'count 3')
  assert.is(lazy({ count: 5 }).title, 'count 5')
  assert.instance(lazy.info.params, z.ZodObject)
  assert.is(calls, 1)
  assert.throws(() => lazy.from({ cuont: 5 }), /has no parameter cuont/)
})

test('a function that returns no schema is an error that names the task', () => {
  const wrong: () => z.ZodType = () => JSON.parse('{}')
  const factory = defineTask({ name: 'wrong', description: '', params: wrong, check: () => ok() })
  assert.throws(() => factory.from({}), /task wrong: params returns {}/)
  const none: () => z.ZodType = () => JSON.parse('null')
  assert.throws(
    () => defineTask({ name: 'none', description: '', params: none, check: () => ok() }).from({}),
    /task none: params returns null/,
  )
})

test('an error in the function that makes the schema names the task', () => {
  const broken = defineTask({
    name: 'broken',
    description: '',
    params: (): z.ZodType => {
      throw new TypeError('no such file')
    },
    check: () => ok(),
  })
  assert.throws(() => broken.from({}), /task broken: params throws no such file/)
})
