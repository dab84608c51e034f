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

const test = suite('several reporters')

const witness = (
  name: string,
  calls: string[],
  close: () => Promise<void> = () => Promise.resolve(),
): Reporter => ({
  handle: handleAll(({ type }) => calls.push(`${name} ${type}`)),
  note: (text) => calls.push(`${name} ${text}`),
  suspend: () => {
    calls.push(`${name} suspended`)
    return () => calls.push(`${name} resumed`)
  },
  close: async () => {
    calls.push(`${name} closes`)
    await close()
  },
})

test('each reporter gets every call', async () => {
  const calls: string[] = []
  const both = together([witness('a', calls), witness('b', calls)])
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
  const expected = [...events.map(({ type }) => type), 'careful', 'suspended', 'resumed', 'closes']
  assert.equal(
    calls,
    expected.flatMap((word) => [`a ${word}`, `b ${word}`]),
  )
})

test('a reporter that fails to close does not keep the others open, and its error is thrown', async () => {
  const calls: string[] = []
  const full = new Error('the disk is full')
  const last = async (): Promise<void> => {
    await new Promise((done) => setImmediate(done))
    calls.push('b is closed')
  }
  const both = together([witness('a', calls, () => Promise.reject(full)), witness('b', calls, last)])
  const error = await both.close().then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.is(error, full)
  assert.equal(calls, ['a closes', 'b closes', 'b is closed'])
})

test('text is held until all holds have ended', () => {
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
