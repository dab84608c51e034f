/** The quorum of etcd while masters leave and join again, over all states that members can be in. */
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { Member } from '../../../../tasks/kubernetes/etcd/members.ts'
import { rejoinSums } from '../../../../tasks/kubernetes/rejoin/sums.ts'
import { propertyRuns } from '../../../support/property-runs.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('the quorum while masters join again')

const memberAt = (at: number, changed: Partial<Member> = {}): Member => ({
  id: `${at}`,
  name: `m${at}`,
  peerUrl: `https://10.0.0.${at}:2380`,
  clientUrls: [],
  started: true,
  learner: false,
  ...changed,
})
const changeAt = (at: number) => ({
  from: { name: `m${at}`, address: `10.0.0.${at}`, peer: `10.0.0.${at}` },
  to: { name: `cp${at}`, address: `10.0.1.${at}` },
  stage: undefined,
})

test('each step is written down, with the members after it', () => {
  const members = [1, 2, 3].map((at) => memberAt(at))
  const seen = { healthy: new Set(['1', '2', '3']), notKnown: new Set<string>() }
  assert.equal(rejoinSums(members, seen, [changeAt(1), changeAt(3)]), {
    lines: [
      '3 members, 2 needed, 3 healthy; after removing m1: 2 members, 2 needed, 2 healthy: no further loss is tolerated',
      '2 members, 2 needed, 2 healthy; after adding cp1: 3 members, 2 needed, 3 healthy: 1 more member can fail',
      '3 members, 2 needed, 3 healthy; after removing m3: 2 members, 2 needed, 2 healthy: no further loss is tolerated',
      '2 members, 2 needed, 2 healthy; after adding cp3: 3 members, 2 needed, 3 healthy: 1 more member can fail',
    ],
    lost: undefined,
  })
})

test('the only member cannot leave, and one that has left is only added', () => {
  const healthy = new Set(['1'])
  const lost = rejoinSums([memberAt(1)], { healthy, notKnown: new Set<string>() }, [changeAt(1)]).lost
  assert.is(lost?.open, false)
  assert.match(lost?.line ?? '', 'after removing m1: 0 members, 1 needed, 0 healthy')
  const { lines } = rejoinSums([memberAt(1)], { healthy, notKnown: new Set<string>() }, [changeAt(2)])
  assert.equal(lines.length, 1)
  assert.match(lines[0] ?? '', 'after adding cp2: 2 members')
})

const someCluster = fc
  .array(
    fc.record({
      started: fc.boolean(),
      learner: fc.boolean(),
      works: fc.boolean(),
      asked: fc.boolean(),
      changes: fc.boolean(),
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map((all) => {
    const members = all.map(({ started, learner }, at) =>
      memberAt(at, { started, learner, ...(!started && { name: '' }) }),
    )
    const those = (fits: (one: (typeof all)[number]) => boolean): ReadonlySet<string> =>
      new Set(all.flatMap((one, at) => (fits(one) ? [`${at}`] : [])))
    return {
      members,
      working: those(({ started, works }) => started && works),
      seen: {
        healthy: those(({ started, works, asked }) => started && works && asked),
        notKnown: those(({ started, asked }) => started && !asked),
      },
      changes: all.flatMap(({ changes }, at) => (changes ? [changeAt(at)] : [])),
    }
  })

test('masters that are allowed to change never leave etcd without a quorum on the way', () => {
  fc.assert(
    fc.property(someCluster, ({ members, working, seen, changes }) => {
      const { lost } = rejoinSums(members, seen, changes)
      if (lost !== undefined) return
      // etcd itself: it accepts writes while more than half of its voting members work
      let [there, works] = [members.filter(({ learner }) => !learner).map(({ id }) => id), working]
      const accepts = (): boolean => there.filter((id) => works.has(id)).length * 2 > there.length
      for (const { from, to } of changes) {
        const id = from.name.slice(1)
        there = there.filter((one) => one !== id)
        assert.ok(accepts(), `without ${from.name}`)
        there = [...there, to.name]
        works = new Set([...works, to.name])
        assert.ok(accepts(), `with ${to.name}`)
      }
    }),
    propertyRuns(2000),
  )
})
