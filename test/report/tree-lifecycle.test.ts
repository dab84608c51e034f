import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { lifecycle } from '../../engine/report/tree-lifecycle.ts'
import { suite } from '../support/spec.ts'
import { until } from '../support/until.ts'

const test = suite('the lifecycle of the tree in listr2')

const begun = (plays: readonly string[]) => {
  const drawn: string[] = []
  return { drawn, list: lifecycle(plays, (spinner) => drawn.push(spinner)) }
}

test('it draws until it is closed, and not after', async () => {
  const { drawn, list } = begun(['first', 'second'])
  await until(() => drawn.length >= 2)
  assert.is.not(drawn[0], drawn[1])
  list.ended(0, [])
  await list.close()
  const beats = drawn.length
  await sleep(250)
  assert.is(drawn.length, beats)
})

test('a play can fail before listr2 waits for it', async () => {
  const { list } = begun(['first', 'second', 'third'])
  list.ended(1, ['m1'])
  await sleep(10)
  list.ended(0, ['m1', 'm2'])
  await list.close()
})

test('a run without plays ends', async () => {
  const { list } = begun([])
  await list.close()
})
