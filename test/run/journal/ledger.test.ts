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
const mark = (time: number, host = 'a'): HandlerMark => ({ play: 'p', host, handler: 'h', time })
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
  assert.equal([names(ledger.due), names(ledger.served)], [['p a h'], ['p a h']])
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

test('a later run that serves it ends it, and times decide, not the order of runs', () => {
  const [failed, served]: Ledger[] = [
    { due: [mark(10)], served: [] },
    { due: [], served: [mark(20)] },
  ]
  if (failed === undefined || served === undefined) throw new Error()
  assert.equal(dueHandlers([failed, served]), [])
  assert.equal(dueHandlers([served, failed]), [])
  const before: Ledger = { due: [], served: [mark(5)] }
  assert.equal(dueHandlers([failed, before]), [mark(10)])
})

test('hosts are apart', () => {
  const ledgers: Ledger[] = [
    { due: [mark(10), mark(10, 'b')], served: [] },
    { due: [], served: [mark(20, 'b')] },
  ]
  assert.equal(dueHandlers(ledgers), [mark(10)])
})
