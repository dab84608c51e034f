import * as assert from 'uvu/assert'
import { CoxswainError } from '../../engine/errors.ts'
import { Turns } from '../../engine/connection/shell/turns.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'

const test = suite('turns')

/** Work that ends on request. */
const work = (name: string, log: string[]): { begin: () => Promise<string>; end: () => void } => {
  let end = (): void => {}
  const ended = new Promise<void>((resolve) => (end = resolve))
  return {
    begin: async () => {
      log.push(name)
      await ended
      return name
    },
    end,
  }
}

test('one at a time, in the order of the requests', async () => {
  const turns = new Turns()
  const log: string[] = []
  const [a, b, c] = [work('a', log), work('b', log), work('c', log)]
  const all = [a, b, c].map(({ begin }) => turns.take(begin, undefined))
  c.end()
  b.end()
  await Promise.resolve()
  assert.equal(log, ['a'])
  a.end()
  assert.equal(await Promise.all(all), ['a', 'b', 'c'])
  assert.equal(log, ['a', 'b', 'c'])
})

test('an aborted request is removed at once, and does not start another early', async () => {
  const turns = new Turns()
  const log: string[] = []
  const [a, b, c] = [work('a', log), work('b', log), work('c', log)]
  const controller = new AbortController()
  const first = turns.take(a.begin, undefined)
  const second = turns.take(b.begin, controller.signal)
  const third = turns.take(c.begin, undefined)
  controller.abort(new CoxswainError('command-timeout', 'too late'))
  await rejects(() => second, 'command-timeout', 'too late')
  assert.equal(log, ['a'])
  a.end()
  c.end()
  assert.equal(await Promise.all([first, third]), ['a', 'c'])
  assert.equal(log, ['a', 'c'])
})

test('after work that fails, the next one starts', async () => {
  const turns = new Turns()
  const failing = turns.take(() => Promise.reject(new CoxswainError('internal', 'broken')), undefined)
  const next = turns.take(() => Promise.resolve('next'), undefined)
  await rejects(() => failing, 'internal', 'broken')
  assert.is(await next, 'next')
})
