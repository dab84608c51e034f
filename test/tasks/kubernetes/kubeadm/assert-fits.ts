/** What kubeadm says of itself, beside the table of versions. */
import * as assert from 'uvu/assert'
import { factsOf } from '../../../../tasks/kubernetes/kubeadm/versions.ts'
import { phaseNames } from '../../../../tasks/kubernetes/kubeadm/versions/release.ts'
import type { SaidByKubeadm } from './said-by-kubeadm.ts'

/** `init phase certs all` as `certs all`. */
const nameOf = (command: string): string => command.replace(/^\w+ phase /, '')

/** 3.5.12-0 as 3, 5, 12, 0. */
const numbersOf = (tag: string): number[] => tag.split(/[.-]/).map(Number)
const notAfter = (tag: string, other: string): boolean => {
  const [ours, theirs] = [numbersOf(tag), numbersOf(other)]
  const at = ours.findIndex((number, index) => number !== theirs[index])
  return at < 0 || (ours[at] ?? 0) < (theirs[at] ?? 0)
}

/** Asserts that the row of a release in the table has the configuration, images and phases that its kubeadm names. */
export const assertFits = ({ version, init, join: joining, reset, etcd, ...said }: SaidByKubeadm): void => {
  const facts = factsOf(version)
  for (const [name, value] of Object.entries(said)) assert.is(Reflect.get(facts, name), value, name)
  const [first, last] = facts.etcd
  assert.ok(notAfter(first, etcd) && notAfter(etcd, last), `${first} ${etcd} ${last}`)
  const known = new Set(init)
  const inJoin = new Set(joining)
  for (const phase of phaseNames) {
    for (const command of facts.phases[phase].init) assert.ok(known.has(nameOf(command)), command)
    for (const command of facts.phases[phase].join) assert.ok(inJoin.has(nameOf(command)), command)
  }
  // check-etcd is an inner step without a name before it was a phase, and `all` runs the others
  const shown = facts.joinOrder.filter((name) => name !== 'check-etcd')
  assert.equal(shown.toSorted(), [...inJoin].filter((name) => !name.endsWith(' all')).toSorted())
  assert.equal(facts.resetPhases.toSorted(), reset)
}
