import * as assert from 'uvu/assert'
import { junitOf } from '../../engine/report/junit.ts'
import { pageData } from '../../engine/report/html/data.ts'
import { recordOf } from '../../engine/report/record.ts'
import { suite } from '../support/spec.ts'
import { run, say, usual } from './site.ts'

const test = suite('setting the clock during a run')

const clock = Date.now
test.afterEach(() => {
  Date.now = clock
})

for (const [name, step] of [
  ['forward', 86_400_000],
  ['back', -86_400_000],
] as const)
  test(`${name}: no duration jumps or is negative, and the order stays`, async () => {
    let set = 0
    Date.now = () => clock() + (set += step)
    const { events } = await run(
      (play) => [play('p', { hosts: 'all', tasks: () => [say({ text: '1' }), say({ text: '2' })] })],
      { hosts: { a: usual, b: usual } },
    )
    const times = events.map(({ time }) => time)
    assert.equal(
      times,
      times.toSorted((a, b) => a - b),
    )
    assert.ok((times.at(-1) ?? 0) - (times[0] ?? 0) < 3_600_000)
    const record = recordOf(events)
    assert.not.match(junitOf(record), /time="(-|\d{5})/)
    for (const { start, end } of pageData(record).plays) assert.ok(end >= start && end < 3_600_000)
  })
