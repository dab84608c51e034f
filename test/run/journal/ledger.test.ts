import * as assert from 'uvu/assert'
import type { RunEvent } from '../../../engine/run/events.ts'
import { dueHandlers, keepLedger } from '../../../engine/run/journal/ledger.ts'
import type { HandlerMark, Ledger } from '../../../engine/run/journal/ledger.ts'
import { suite } from '../../support/spec.ts'
import { fails, run, say, touch, usual } from '../site.ts'

const test = suite('ledger of handlers')

const ledgerOf = (events: readonly RunEvent[]): Ledger => {
  const { see, ledger } = keepLedger()
  for (const event of events) see(event)
  return ledger()
}
const mark = (time: number, host = 'a'): HandlerMark => ({ play: 'p', nth: 0, host, handler: 'h', time })
const names = (marks: readonly HandlerMark[]): string[] =>
  marks.map(({ play, host, handler }) => `${play} ${host} ${handler}`)

const events = async (...between: ReturnType<typeof fails>[]): Promise<RunEvent[]> =>
  (
    await run(
      (play) => [
        play('p', {
          hosts: 'all',
          tasks: () => [touch({ path: '/1' }, { notify: 'h' }), ...between],
          handlers: () => ({ h: say({ text: 'handler' }) }),
        }),
      ],
      { hosts: { a: usual } },
    )
  ).events

test('a handler that had its turn is not due', async () => {
  const ledger = ledgerOf(await events())
  assert.equal([names(ledger.due), names(ledger.served)], [[], ['p a h']])
  assert.equal(dueHandlers([ledger]), [])
})

test('a handler is due when its host failed before it', async () => {
  assert.equal(names(dueHandlers([ledgerOf(await events(fails()))])), ['p a h'])
})

test('a run that is killed in the middle of the change leaves the handler due', async () => {
  const all = await events()
  const change = all.findIndex(({ type }) => type === 'handlers-due')
  assert.equal(names(dueHandlers([ledgerOf(all.slice(0, change + 1))])), ['p a h'])
})

test('a task that ends well has called for nothing, and others have all the same', async () => {
  const all = await events(fails())
  const due = all.find(({ type }) => type === 'handlers-due')
  const end = all.find(({ type }) => type === 'task-end')
  if (due?.type !== 'handlers-due' || end?.type !== 'task-end') throw new Error('no such events')
  const other = { ...due, task: { ...due.task, id: due.task.id + 1000 } }
  const well = { ...end, outcome: 'ok' } as const
  assert.equal(ledgerOf([...all.slice(0, all.indexOf(end)), well]).due, [])
  const both = ledgerOf([...all.slice(0, all.indexOf(end)), other, well])
  assert.equal(names(both.due), ['p a h'])
})

test('a later run that serves it ends it, and times decide for runs that overlap', () => {
  const [failed, served]: Ledger[] = [
    { due: [mark(10)], served: [] },
    { due: [], served: [mark(20)] },
  ]
  if (failed === undefined || served === undefined) throw new Error()
  const beside = (): boolean => true
  assert.equal(dueHandlers([failed, served]), [])
  assert.equal(dueHandlers([failed, served], beside), [])
  assert.equal(dueHandlers([served, failed], beside), [])
  const before: Ledger = { due: [], served: [mark(5)] }
  assert.equal(dueHandlers([failed, before], beside), [mark(10)])
})

test('hosts are apart', () => {
  const ledgers: Ledger[] = [
    { due: [mark(10), mark(10, 'b')], served: [] },
    { due: [], served: [mark(20, 'b')] },
  ]
  assert.equal(dueHandlers(ledgers), [mark(10)])
})

test('a clock that was set back between two runs loses no handler, and keeps none for ever', () => {
  const late: Ledger = { due: [], served: [mark(100)] }
  const early: Ledger = { due: [mark(50)], served: [] }
  assert.equal(dueHandlers([late, early]), [mark(50)])
  assert.equal(
    dueHandlers([
      { due: [mark(100)], served: [] },
      { due: [], served: [mark(50)] },
    ]),
    [],
  )
})

test('plays of the same name have handlers of their own, wherever they stand', async () => {
  const { events: all } = await run(
    (play) => {
      const one = (path: string, ...more: ReturnType<typeof fails>[]) =>
        play('p', {
          hosts: 'all',
          tasks: () => [touch({ path }, { notify: 'h' }), ...more],
          handlers: () => ({ h: say({ text: 'handler' }) }),
        })
      return [one('/1'), one('/2', fails())]
    },
    { hosts: { a: usual } },
  )
  const ledger = ledgerOf(all)
  assert.equal(
    [ledger.due, ledger.served].map((marks) => marks.map(({ nth }) => nth)),
    [[1], [0]],
  )
})

test('a handler that is called for while it runs stays due', async () => {
  const all = await events()
  const called = all.find(({ type }) => type === 'handlers-due')
  const began = all.findIndex((event) => event.type === 'task-start' && event.task.handler === 'h')
  if (called === undefined) throw new Error()
  const ledger = ledgerOf([...all.slice(0, began + 1), called, ...all.slice(began + 1)])
  assert.equal(names(ledger.due), ['p a h'])
})
