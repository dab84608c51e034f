/** The arithmetic of quorums, over all states that members can be in. */
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { quorumAfter, quorumNow } from '../../../../tasks/kubernetes/etcd/arithmetic.ts'
import type { MemberStep, Responses } from '../../../../tasks/kubernetes/etcd/arithmetic.ts'
import type { Member } from '../../../../tasks/kubernetes/etcd/members.ts'
import { propertyRuns } from '../../../support/property-runs.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('the arithmetic of quorums')

const memberAt = (at: number, changed: Partial<Member> = {}): Member => ({
  id: `${at}`,
  name: `m${at}`,
  peerUrl: `https://10.0.0.${at}:2380`,
  clientUrls: [],
  started: true,
  learner: false,
  ...changed,
})
const three = [1, 2, 3].map((at) => memberAt(at))
/** What members answered: these respond, and those could not be asked. */
const asked = (healthy: readonly string[], notKnown: readonly string[] = []): Responses => ({
  healthy: new Set(healthy),
  notKnown: new Set(notKnown),
})

test('the sums name both sides of a step', () => {
  const sums: readonly (readonly [Parameters<typeof quorumAfter>, boolean, string])[] = [
    [
      [three, asked(['1', '2', '3']), { kind: 'remove', id: '2' }],
      true,
      '3 members, 2 needed, 3 healthy; after removing m2: 2 members, 2 needed, 2 healthy: no further loss is tolerated',
    ],
    [
      [three, asked(['1', '2']), { kind: 'remove', id: '1' }],
      false,
      '3 members, 2 needed, 2 healthy; after removing m1: 2 members, 2 needed, 1 healthy: etcd does not accept writes',
    ],
    [
      [three.slice(0, 1), asked(['1']), { kind: 'add', name: 'm2' }],
      true,
      '1 member, 1 needed, 1 healthy; after adding m2: 2 members, 2 needed, 2 healthy: no further loss is tolerated',
    ],
    [
      [three, asked(['1', '2', '3']), { kind: 'away', id: '3', while: 'while m3 restarts' }],
      true,
      '3 members, 2 needed, 3 healthy; while m3 restarts: 3 members, 2 needed, 2 healthy: no further loss is tolerated',
    ],
    [
      [three, asked(['1', '2'], ['3']), { kind: 'remove', id: '3' }],
      true,
      '3 members, 2 needed, 2 healthy, 1 not known; after removing m3: 2 members, 2 needed, 2 healthy: no further loss is tolerated',
    ],
    [
      [three, asked(['2'], ['1', '3']), { kind: 'remove', id: '1' }],
      false,
      '3 members, 2 needed, 1 healthy, 2 not known; after removing m1: 2 members, 2 needed, 1 healthy, 1 not known: it is not known whether etcd accepts writes',
    ],
    [
      [three, asked(['1', '2'], ['3']), { kind: 'away', id: '3', while: 'while m3 restarts' }],
      true,
      '3 members, 2 needed, 2 healthy, 1 not known; while m3 restarts: 3 members, 2 needed, 2 healthy: no further loss is tolerated',
    ],
    [
      [three, asked(['1'], ['3']), { kind: 'away', id: '3', while: 'while m3 restarts' }],
      false,
      '3 members, 2 needed, 1 healthy, 1 not known; while m3 restarts: 3 members, 2 needed, 1 healthy: etcd does not accept writes',
    ],
    [
      [three, asked(['1', '2'], ['3']), { kind: 'add', name: 'm4' }],
      true,
      '3 members, 2 needed, 2 healthy, 1 not known; after adding m4: 4 members, 3 needed, 3 healthy, 1 not known: no further loss is known to be tolerated',
    ],
    [
      [three.slice(0, 1), asked(['1']), { kind: 'remove', id: '1' }],
      false,
      '1 member, 1 needed, 1 healthy; after removing m1: 0 members, 1 needed, 0 healthy: etcd does not accept writes',
    ],
  ]
  for (const [words, kept, sum] of sums) {
    const found = quorumAfter(...words)
    assert.is(found.sum, sum)
    assert.is(found.kept, kept)
  }
})

const someMembers = fc
  .array(
    fc.record({
      started: fc.boolean(),
      learner: fc.boolean(),
      /** Whether it works, and whether it could be asked. */
      works: fc.boolean(),
      asked: fc.boolean(),
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map((all) => {
    const members = all.map(({ started, learner }, at) =>
      memberAt(at, { started, learner, ...(!started && { name: '' }) }),
    )
    const those = (fits: (one: (typeof all)[number]) => boolean): ReadonlySet<string> =>
      new Set(members.flatMap(({ id }, at) => (all[at] !== undefined && fits(all[at]) ? [id] : [])))
    return {
      members,
      /** IDs of those that work, also if they could not be asked. */
      working: those(({ started, works }) => started && works),
      seen: {
        healthy: those(({ started, works, asked: wasAsked }) => started && works && wasAsked),
        notKnown: those(({ started, asked: wasAsked }) => started && !wasAsked),
      },
    }
  })

/** A cluster of etcd itself: it accepts writes while more than half of its voting members work. */
const acceptsWrites = (members: readonly Member[], working: ReadonlySet<string>): boolean => {
  const voting = members.filter(({ learner }) => !learner)
  return voting.filter(({ id }) => working.has(id)).length * 2 > voting.length
}

/** The members and those that work, after a step has been made. */
const made = (
  members: readonly Member[],
  working: ReadonlySet<string>,
  step: MemberStep,
): readonly [readonly Member[], ReadonlySet<string>] => {
  switch (step.kind) {
    case 'add':
      return [[...members, memberAt(99)], new Set([...working, '99'])]
    case 'remove':
      return [members.filter(({ id }) => id !== step.id), working]
    case 'away':
      return [members, new Set([...working].filter((id) => id !== step.id))]
  }
}

const someStep = fc.oneof(
  fc.record({ kind: fc.constant('remove' as const), id: fc.nat(7).map(String) }),
  fc.record({ kind: fc.constant('away' as const), id: fc.nat(7).map(String), while: fc.constant('now') }),
  fc.record({ kind: fc.constant('add' as const), name: fc.constant('new') }),
)

test('a step that is allowed never ends without a quorum, whatever state members are in, and those that could not be asked', () => {
  fc.assert(
    fc.property(someMembers, someStep, ({ members, working, seen }, one) => {
      const { kept, open } = quorumAfter(members, seen, one)
      assert.is(kept && open, false)
      const after = acceptsWrites(...made(members, working, one))
      if (kept) assert.is(after, true)
      // what is neither kept nor open is lost, whatever those are like that could not be asked
      if (!kept && !open) assert.is(after, false)
    }),
    propertyRuns(2000),
  )
})

test('it is open whether a quorum is kept only where those that could not be asked decide', () => {
  fc.assert(
    fc.property(someMembers, someStep, ({ members, seen }, one) => {
      const { kept, open } = quorumAfter(members, seen, one)
      const worst = acceptsWrites(...made(members, seen.healthy, one))
      const best = acceptsWrites(...made(members, new Set([...seen.healthy, ...seen.notKnown]), one))
      assert.equal([kept, open], [worst, best && !worst])
    }),
    propertyRuns(2000),
  )
})

test('as many can fail as there are to spare, and not one more that is known', () => {
  fc.assert(
    fc.property(someMembers, ({ members, seen }) => {
      const { kept, spare } = quorumNow(members, seen)
      assert.is(kept, acceptsWrites(members, seen.healthy))
      const voters = members.filter(({ id, learner }) => !learner && seen.healthy.has(id)).map(({ id }) => id)
      const without = (lost: number): boolean => acceptsWrites(members, new Set(voters.slice(lost)))
      if (kept) assert.is(without(spare), true)
      assert.is(without(spare + 1), false)
    }),
    propertyRuns(2000),
  )
})
