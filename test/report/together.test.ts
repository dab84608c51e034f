import * as assert from 'uvu/assert'
import { holder } from '../../engine/report/holder.ts'
import { dispatch, handleAll, together } from '../../engine/report/reporter.ts'
import type { Reporter } from '../../engine/report/reporter.ts'
import { suite } from '../support/spec.ts'
import {
  playEnd,
  playStart,
  runEnd,
  runStart,
  taskEnd,
  taskOutput,
  taskRef,
  taskStart,
} from './run-events.ts'

const test = suite('reporters side by side')

const witness = (
  name: string,
  told: string[],
  close: () => Promise<void> = () => Promise.resolve(),
): Reporter => ({
  handle: handleAll(({ type }) => told.push(`${name} ${type}`)),
  note: (text) => told.push(`${name} ${text}`),
  suspend: () => {
    told.push(`${name} stands aside`)
    return () => told.push(`${name} goes on`)
  },
  close: async () => {
    told.push(`${name} closes`)
    await close()
  },
})

test('each is told everything', async () => {
  const told: string[] = []
  const both = together([witness('a', told), witness('b', told)])
  const task = taskRef('m1', 'x')
  const events = [
    runStart(),
    playStart(),
    taskStart(task),
    taskOutput(task, 'x'),
    taskEnd(task, 'ok'),
    playEnd(),
    runEnd(),
  ]
  for (const event of events) dispatch(both, event)
  both.note('careful')
  both.suspend()()
  await both.close()
  const expected = [...events.map(({ type }) => type), 'careful', 'stands aside', 'goes on', 'closes']
  assert.equal(
    told,
    expected.flatMap((word) => [`a ${word}`, `b ${word}`]),
  )
})

test('one that cannot be closed does not keep the others open, and is told', async () => {
  const told: string[] = []
  const full = new Error('the disk is full')
  const last = async (): Promise<void> => {
    await new Promise((done) => setImmediate(done))
    told.push('b is closed')
  }
  const both = together([witness('a', told, () => Promise.reject(full)), witness('b', told, last)])
  const error = await both.close().then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.is(error, full)
  assert.equal(told, ['a closes', 'b closes', 'b is closed'])
})

test('text is held as long as anybody holds it', () => {
  const printed: string[] = []
  const held = holder((text) => printed.push(text))
  const [first, second] = [held.hold(), held.hold()]
  held.print('one')
  first()
  first()
  held.print('two')
  assert.equal(printed, [])
  second()
  held.print('three')
  assert.equal(printed, ['one', 'two', 'three'])
})
