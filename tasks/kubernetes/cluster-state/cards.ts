/** The state of a cluster as cards, for the page of a run. Pure. */
import type { CardGroup } from '../../../engine/index.ts'
import { severities } from '../../shared/finding.ts'
import type { Finding } from '../../shared/finding.ts'
import { endpointText, partTables, quorumText } from './table.ts'
import type { PartTable } from './table.ts'
import type { ClusterState } from './types.ts'

type Card = CardGroup['cards'][number]

/** The worst of some findings. */
const stateOf = (findings: readonly Finding[]): Card['state'] =>
  severities.find((severity) => findings.some((one) => one.severity === severity)) ?? 'good'

const notesOf = (findings: readonly Finding[]): string[] =>
  findings.map(({ what, cure }) => `${what}: ${cure}`)

/** The cards of parts; a finding is on the card of the part that it is about. */
const cardsOf = ({ header, rows }: PartTable, findings: readonly Finding[]): Card[] =>
  rows.map(([name = '', ...cells]) => {
    const own = findings.filter(({ subject }) => subject === name)
    return {
      title: name,
      state: stateOf(own),
      lines: cells.map((text, index) => ({ label: (header[index + 1] ?? '').toLowerCase(), text })),
      notes: notesOf(own),
    }
  })

/** The entire cluster, with the findings that are not about one of the parts. */
const clusterCard = (state: ClusterState, findings: readonly Finding[]): Card => ({
  title: 'control plane',
  state: stateOf(findings),
  lines: [
    { label: 'etcd', text: quorumText(state).replace(/^etcd: /, '') },
    { label: 'endpoint', text: endpointText(state) },
  ],
  notes: notesOf(findings),
})

/**
 * A cluster, drawn: load balancers, masters, other nodes, and what is wrong with each.
 *
 * @param findings those of `clusterFindings`.
 */
export const clusterCards = (state: ClusterState, findings: readonly Finding[]): CardGroup[] => {
  const { masters, others, balancers } = partTables(state)
  const names = new Set([masters, others, balancers].flatMap(({ rows }) => rows.map(([name]) => name)))
  const ofAll = findings.filter(({ subject }) => !names.has(subject))
  const group = (title: string, cards: readonly Card[]): CardGroup[] =>
    cards.length === 0 ? [] : [{ title, cards: [...cards] }]
  return [
    ...group('Cluster', [clusterCard(state, ofAll)]),
    ...group('Load balancers', cardsOf(balancers, findings)),
    ...group('Masters', cardsOf(masters, findings)),
    ...group('Other nodes', cardsOf(others, findings)),
  ]
}
