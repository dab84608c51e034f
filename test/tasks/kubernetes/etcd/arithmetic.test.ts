/** The arithmetic of quorums, over all states that members can be in. */
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { quorumAfter, quorumNow } from '../../../../tasks/kubernetes/etcd/arithmetic.ts'
import type { MemberStep } from '../../../../tasks/kubernetes/etcd/arithmetic.ts'
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
const ids = (...all: readonly string[]): ReadonlySet<string> => new Set(all)

test('the sums name both sides of a step', () => {
  const sums: readonly (readonly [Parameters<typeof quorumAfter>, boolean, string])[] = [
    [
      [three, ids('1', '2', '3'), { kind: 'remove', id: '2' }],
      true,
      '3 members, 2 needed, 3 healthy; after removing m2: 2 members, 2 needed, 2 healthy: no further loss is tolerated',
    ],
    [
      [three, ids('1', '2'), { kind: 'remove', id: '1' }],
      false,
      '3 members, 2 needed, 2 healthy; after removing m1: 2 members, 2 needed, 1 healthy: etcd does not accept writes',
    ],
    [
      [three.slice(0, 1), ids('1'), { kind: 'add', name: 'm2' }],
      true,
      '1 member, 1 needed, 1 healthy; after adding m2: 2 members, 2 needed, 2 healthy: no further loss is tolerated',
    ],
    [
      [three, ids('1', '2', '3'), { kind: 'away', id: '3', while: 'while m3 restarts' }],
      true,
      '3 members, 2 needed, 3 healthy; while m3 restarts: 3 members, 2 needed, 2 healthy: no further loss is tolerated',
    ],
    [
      [three.slice(0, 1), ids('1'), { kind: 'remove', id: '1' }],
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
  .array(fc.record({ started: fc.boolean(), learner: fc.boolean(), responds: fc.boolean() }), {
    minLength: 1,
    maxLength: 7,
  })
  .map((all) => {
    const members = all.map(({ started, learner }, at) =>
      memberAt(at, { started, learner, ...(!started && { name: '' }) }),
    )
    const healthy = new Set(
      members.filter(({ started }, at) => started && all[at]?.responds === true).map(({ id }) => id),
    )
    return { members, healthy }
  })

/** A cluster of etcd itself: it accepts writes while more than half of its voting members respond. */
const acceptsWrites = (members: readonly Member[], healthy: ReadonlySet<string>): boolean => {
  const voting = members.filter(({ learner }) => !learner)
  return voting.filter(({ id }) => healthy.has(id)).length * 2 > voting.length
}

/** The members and those that respond, after a step has been made. */
const made = (
  members: readonly Member[],
  healthy: ReadonlySet<string>,
  step: MemberStep,
): readonly [readonly Member[], ReadonlySet<string>] => {
  switch (step.kind) {
    case 'add':
      return [[...members, memberAt(99)], new Set([...healthy, '99'])]
    case 'remove':
      return [members.filter(({ id }) => id !== step.id), healthy]
    case 'away':
      return [members, new Set([...healthy].filter((id) => id !== step.id))]
  }
}

test('a step that is allowed never ends without a quorum, whatever state members are in', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('remove' as const), id: fc.nat(7).map(String) }),
    fc.record({ kind: fc.constant('away' as const), id: fc.nat(7).map(String), while: fc.constant('now') }),
    fc.record({ kind: fc.constant('add' as const), name: fc.constant('new') }),
  )
  fc.assert(
    fc.property(someMembers, step, ({ members, healthy }, one) => {
      assert.is(quorumAfter(members, healthy, one).kept, acceptsWrites(...made(members, healthy, one)))
    }),
    propertyRuns(2000),
  )
})

test('as many can fail as there are to spare, and not one more', () => {
  fc.assert(
    fc.property(someMembers, ({ members, healthy }) => {
      const { kept, spare } = quorumNow(members, healthy)
      assert.is(kept, acceptsWrites(members, healthy))
      const voters = members.filter(({ id, learner }) => !learner && healthy.has(id)).map(({ id }) => id)
      const without = (lost: number): boolean => acceptsWrites(members, new Set(voters.slice(lost)))
      if (kept) assert.is(without(spare), true)
      assert.is(without(spare + 1), false)
    }),
    propertyRuns(2000),
  )
})
