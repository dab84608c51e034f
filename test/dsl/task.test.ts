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

test('parameters are frozen, however deep; a circle is no trap', () => {
  const circle: { self?: unknown; list: { n: number }[] } = { list: [{ n: 1 }] }
  circle.self = circle
  const { params } = defineTask({
    name: 'deep',
    description: 'Holds anything.',
    params: z.object({ any: z.unknown() }),
    check: () => ok(),
  })({ any: circle })
  assert.ok(Object.isFrozen(params))
  assert.ok(Object.isFrozen(circle.list))
  assert.ok(Object.isFrozen(circle.list[0]))
})

test('secrets, bytes, maps and instances stay what they are', () => {
  class Counter {
    count = 0
  }
  const [bytes, map, counter] = [Buffer.from('x'), new Map<string, number>(), new Counter()]
  const leader = pick('leader', { hosts: 'all', prefer: [] })
  const { params } = defineTask({
    name: 'instances',
    description: 'Holds instances.',
    params: z.object({ password: secret(), any: z.array(z.unknown()) }),
    title: ({ password, any }) => `${isSecret(password)} ${any.includes(leader)}`,
    check: () => ok(),
  })({ password: 'hush', any: [bytes, map, counter, leader] })
  assert.ok(Object.isFrozen(params))
  bytes[0] = 1
  counter.count = 1
  assert.not.ok(Object.isFrozen(map) || Object.isFrozen(counter))
})
