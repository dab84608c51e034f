/** The cards of a cluster: each part has one, with what is wrong with it, and no finding is left out. */
import * as assert from 'uvu/assert'
import { clusterCards } from '../../../../tasks/kubernetes/cluster-state/cards.ts'
import { clusterFindings } from '../../../../tasks/kubernetes/cluster-state/findings/findings.ts'
import { known } from '../../../../tasks/kubernetes/cluster-state/known.ts'
import type { ClusterState } from '../../../../tasks/kubernetes/cluster-state/types.ts'
import { suite } from '../../../support/spec.ts'
import { host, master, mastersWithout, state } from './a-state.ts'

const test = suite('cards of a cluster')

const cardsOf = (changed: Partial<ClusterState>) => {
  const cluster = state(changed)
  return clusterCards(cluster, clusterFindings(cluster))
}

test('a healthy cluster: all cards are good', () => {
  const groups = cardsOf({})
  assert.equal(groups[0]?.title, 'Cluster')
  assert.equal(
    groups.find(({ title }) => title === 'Masters')?.cards.map(({ title }) => title),
    ['m1', 'm2', 'm3'],
  )
  for (const { cards } of groups)
    for (const card of cards) {
      assert.is(card.state, 'good', card.title)
      assert.equal(card.notes, [])
    }
})

test('a finding is on the card of its host, with what to do', () => {
  const groups = cardsOf({
    masters: [master(1), master(2, { host: known(host({ kubelet: 'inactive' })) }), master(3)],
  })
  const [first, second] = groups.find(({ title }) => title === 'Masters')?.cards ?? []
  assert.is(first?.state, 'good')
  assert.is(second?.state, 'fault')
  assert.match(second?.notes[0] ?? '', /^kubelet is inactive: \S/)
})

test('every finding is on a card', () => {
  for (const changed of [{}, { masters: mastersWithout(known(undefined), 2, 3) }, { masters: [master(1)] }]) {
    const cluster = state(changed)
    const findings = clusterFindings(cluster)
    const notes = clusterCards(cluster, findings).flatMap(({ cards }) => cards.flatMap((card) => card.notes))
    assert.is(notes.length, findings.length)
  }
})
