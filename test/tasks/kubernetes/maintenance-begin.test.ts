import * as assert from 'uvu/assert'
import { CoxswainError } from '../../../engine/errors.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { connect } from '../../../engine/testing/world.ts'
import { debug, maintenanceDone, maintenanceGoesOn, maintenanceIsDue } from '../../../tasks/index.ts'
import { maintenanceBegin } from '../../../tasks/kubernetes/maintenance-begin.ts'
import { run as runPlays } from '../../run/site.ts'
import { suite } from '../../support/spec.ts'
import { bootedHost, record, recordPath, work } from './maintenance-world.ts'

const test = suite('maintenance-begin')

test('every host is due, for this work', async () => {
  const run = await rehearse(maintenanceBegin({ work }), bootedHost())
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: 'maintenance of host', from: 'all masters are due', to: 'recorded' }])
  assert.match(
    String(run.files.get(recordPath)?.content),
    /^\{"work":"[\da-f]{64}","since":"[\d-]+T[\d:]+Z","phase":"due","boot":""\}\n$/,
  )
})

test('whenNeeded: only a host that needs a reboot is due', async () => {
  const task = maintenanceBegin({ work, whenNeeded: true })
  assert.is((await rehearse(task, bootedHost())).outcome, 'ok')
  const run = await rehearse(task, bootedHost({ '/run/reboot-required': '' }))
  assert.equal([run.outcome, run.changes[0]?.from], ['changed', 'required'])
})

test('one that was begun goes on, whatever is done; another one begins after a day, with other work, or for a damaged record', async () => {
  const outcome = async (text: string, boot?: string) =>
    (await rehearse(maintenanceBegin({ work }), bootedHost({ [recordPath]: text }, boot))).outcome
  assert.is(await outcome(record()), 'ok')
  assert.is(await outcome(record({ phase: 'done' })), 'ok')
  assert.is(await outcome(record({ phase: 'rebooting', boot: 'one' }), 'two'), 'ok')
  assert.is(await outcome(record({ hours: 25, phase: 'done' })), 'changed')
  assert.is(await outcome(record({ phase: 'done', work: 'apt-get upgrade' })), 'changed')
  assert.is(await outcome('{"phase":'), 'changed')
})

/** The outcomes of a step that is done on hosts that are due. */
const steps = async (world: World, checkMode: boolean): Promise<string[]> => {
  const { ends } = await runPlays(
    (play) => [
      play('p', {
        hosts: 'a',
        tasks: () => [
          maintenanceBegin({ work, whenNeeded: true }),
          debug({ show: 'work' }, { when: maintenanceIsDue(work) }),
          maintenanceDone({}, { when: maintenanceIsDue(work) }),
        ],
      }),
    ],
    { hosts: { a: connect(world) }, checkMode },
  )
  return ends.map(({ outcome }) => outcome)
}

const [isDue, isNot] = [
  ['ok', 'ok', 'changed'],
  ['ok', 'skipped', 'skipped'],
]

test('the work is done once: not where it is done, nor where the host is in the boot after it', async () => {
  assert.equal(await steps(bootedHost({ [recordPath]: record() }), false), isDue)
  for (const world of [
    bootedHost({ [recordPath]: record({ phase: 'done' }) }),
    bootedHost({ [recordPath]: record({ phase: 'rebooting', boot: 'one' }) }, 'two'),
    bootedHost(),
  ])
    assert.equal(await steps(world, false), isNot)
})

test('a boot for another reason does not end the work, and a reboot that did not come is made up for', async () => {
  assert.equal(await steps(bootedHost({ [recordPath]: record() }, 'two'), false), isDue)
  assert.equal(
    await steps(bootedHost({ [recordPath]: record({ phase: 'rebooting', boot: 'one' }) }, 'one'), false),
    isDue,
  )
})

test('a record that has become older than a day since it was accepted is still due; one of other work is not', async () => {
  assert.equal(await steps(bootedHost({ [recordPath]: record({ hours: 25 }) }), false), isDue)
  assert.equal(await steps(bootedHost({ [recordPath]: record({ work: 'other' }) }), false), isNot)
})

test('--check says the same, also for a maintenance that would begin', async () => {
  const needed = { '/run/reboot-required': '' }
  const would = ['would change', 'ok', 'would change']
  assert.equal(await steps(bootedHost(needed), true), would)
  assert.equal(
    await steps(bootedHost({ ...needed, [recordPath]: record({ hours: 25, phase: 'done' }) }), true),
    would,
  )
  assert.equal(await steps(bootedHost(), true), isNot)
  assert.equal(await steps(bootedHost({ [recordPath]: record({ phase: 'done' }) }), true), isNot)
})

const goesOn = async (
  hosts: NonNullable<NonNullable<Parameters<typeof runPlays>[1]>['hosts']>,
): Promise<string | undefined> => {
  const { ends } = await runPlays(
    (play) => [
      play('p', {
        hosts: 'a',
        tasks: () => [debug({ show: 'wait' }, { when: (ctx) => maintenanceGoesOn(ctx, 'all') })],
      }),
    ],
    { hosts },
  )
  return ends[0]?.outcome
}

test('it goes on where any host has a record; a host that cannot be asked does not say so', async () => {
  const a = connect(bootedHost())
  assert.is(await goesOn({ a, b: connect(bootedHost({ [recordPath]: record() })) }), 'ok')
  assert.is(await goesOn({ a, b: connect(bootedHost()) }), 'skipped')
  const away = connect({
    patterns: [
      [
        /./,
        () => {
          throw new CoxswainError('connect-failed', 'no route')
        },
      ],
    ],
  })
  assert.is(await goesOn({ a, b: away }), 'skipped')
})

test('bad parameters are refused', () => {
  // @ts-expect-error: the work is required
  assert.throws(() => maintenanceBegin({}), 'work')
})
