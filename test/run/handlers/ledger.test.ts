import * as assert from 'uvu/assert'
import type { RunEvent } from '../../../engine/run/events.ts'
import { dueAfter, handlersOf, keepLedger } from '../../../engine/run/handlers/ledger.ts'
import type { HandlerMark, Ledger } from '../../../engine/run/handlers/ledger.ts'
import { suite } from '../../support/spec.ts'
import { fails, run, say, touch, usual } from '../site.ts'

const test = suite('the ledger of handlers')

const ledgerOf = (
  events: readonly RunEvent[],
  number = 1,
  inherited: readonly HandlerMark[] = [],
): Ledger => {
  const { see, ledger } = keepLedger(number, inherited)
  for (const event of events) see(event)
  return ledger()
}
const mark = (number: number, call = 1, host = 'a'): HandlerMark => ({
  play: 'p',
  nth: 0,
  host,
  handler: 'h',
  run: number,
  call,
})
const names = (marks: readonly HandlerMark[]): string[] =>
  handlersOf(marks).map(({ play, host, handler }) => `${play} ${host} ${handler}`)

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

test('a handler that has run is not due', async () => {
  const ledger = ledgerOf(await events())
  assert.equal([names(ledger.due), names(ledger.over)], [[], ['p a h']])
  assert.equal(dueAfter({ run: 1, ledger }, []), [])
})

test('a handler is due if its host failed before it', async () => {
  assert.equal(names(ledgerOf(await events(fails())).due), ['p a h'])
})

test('a run that is killed during the change leaves the handler due', async () => {
  const all = await events()
  const change = all.findIndex(({ type }) => type === 'handlers-due')
  assert.equal(names(ledgerOf(all.slice(0, change + 1)).due), ['p a h'])
})

test('a task that ends ok removes its own notifications only', async () => {
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

test('a run settles an inherited notification, or passes it on', async () => {
  const before = [mark(1), mark(2, 7), mark(1, 1, 'b')]
  const all = await events()
  const ledger = ledgerOf(all, 3, before)
  assert.equal(names(ledger.due), ['p b h'])
  assert.equal(new Set(ledger.over.map((one) => one.run)), new Set([1, 2, 3]))
  assert.equal(ledgerOf([], 3, before), { due: before, over: [] })
})

test('the newest run has earlier notifications; of a concurrent run, only its own count', () => {
  const [own, old] = [mark(2), mark(1)]
  // run 2 began when a notification of run 1 was due, and still has it; run 3 has settled it
  const beside = { run: 2, ledger: { due: [old, own], over: [] } }
  assert.equal(dueAfter({ run: 3, ledger: { due: [], over: [old] } }, [beside]), [own])
  assert.equal(dueAfter(undefined, []), [])
})

test('of overlapping runs, only one that had a notification settles it', () => {
  const call = mark(2)
  const due = { run: 2, ledger: { due: [call], over: [] } }
  // it has run the handler for its own notifications, before or after the other change
  assert.equal(dueAfter({ run: 3, ledger: { due: [], over: [mark(3)] } }, [due]), [call])
  assert.equal(dueAfter({ run: 3, ledger: { due: [], over: [call] } }, [due]), [])
  // a run that is still running had a notification that the newest run inherited
  const older = { run: 2, ledger: { due: [], over: [mark(1)] } }
  assert.equal(dueAfter({ run: 3, ledger: { due: [mark(1)], over: [] } }, [older]), [])
})

test('plays of the same name have their own handlers, at any position', async () => {
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
    [ledger.due, ledger.over].map((marks) => marks.map(({ nth }) => nth)),
    [[1], [0]],
  )
})

test('a handler that is notified while it runs stays due', async () => {
  const all = await events()
  const called = all.find(({ type }) => type === 'handlers-due')
  const began = all.findIndex((event) => event.type === 'task-start' && event.task.handler === 'h')
  if (called === undefined) throw new Error()
  const ledger = ledgerOf([...all.slice(0, began + 1), called, ...all.slice(began + 1)])
  assert.equal(names(ledger.due), ['p a h'])
})
