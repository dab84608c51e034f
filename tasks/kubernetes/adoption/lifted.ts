/** Arguments that all control-plane nodes run with, and kubeadm would not write: settings that were made by hand. Pure. */
import type { Arguments } from '../kubeadm/component-settings.ts'
import { fixedSettings } from '../kubeadm/fixed-settings.ts'
import type { StaticPod } from '../kubeadm/pod-manifests.ts'
import { isHidden, kubeletFlagsIn, ofFirstStart, programOf } from '../reconfigure/differences.ts'

/** A text of one host: as it is, and as kubeadm would write it. */
export interface Pair {
  readonly there: string
  readonly wanted: string
}

type Values = ReadonlyMap<string, readonly string[]>

const valuesOf = (words: readonly string[]): Values => {
  const values = new Map<string, string[]>()
  for (const [index, word] of words.entries()) {
    const next = words[index + 1]
    const [, name, given] = /^--([^=\s]+)(?:=(.*))?$/s.exec(word) ?? []
    // a value can be the next word
    const value = given ?? (next === undefined || next.startsWith('--') ? 'true' : next)
    if (name !== undefined) values.set(name, [...(values.get(name) ?? []), value])
  }
  return values
}

const sameText = (values: readonly string[] | undefined): string => JSON.stringify(values)

/** The arguments that all hosts have with the same values, and kubeadm would write otherwise on each of them. */
const shared = (hosts: readonly { readonly there: Values; readonly wanted: Values }[]): Arguments => {
  const [first] = hosts
  return Object.fromEntries(
    [...(first?.there ?? [])].flatMap(([name, values]) => {
      const isOwn = hosts.every(
        ({ there, wanted }) =>
          sameText(there.get(name)) === sameText(values) && sameText(wanted.get(name)) !== sameText(values),
      )
      const [only = ''] = values
      return isOwn ? [[name, values.length === 1 ? only : [...values]]] : []
    }),
  )
}

const without = (all: Arguments, leavesOut: (name: string) => boolean): Arguments =>
  Object.fromEntries(Object.entries(all).filter(([name]) => !leavesOut(name)))

/**
 * The arguments of a static pod that were added or changed by hand on all hosts alike.
 *
 * Without those that are not changed in a cluster that runs, and those that can be secret: they are named, and not written down.
 */
export const liftedArguments = (pod: StaticPod, hosts: readonly Pair[]): Arguments => {
  const wordsIn = (text: string): Values =>
    valuesOf(programOf(text, `the manifest of ${pod}`).command.slice(1))
  const all = shared(hosts.map(({ there, wanted }) => ({ there: wordsIn(there), wanted: wordsIn(wanted) })))
  const isFixed = (name: string): boolean =>
    fixedSettings.some((row) => row.program === pod && row.arguments?.includes(name) === true)
  return without(
    all,
    (name) => ofFirstStart.has(name) || isFixed(name) || isHidden(`argument ${name} of ${pod}`),
  )
}

/** The arguments of the kubelets that all hosts have alike, without the address of the host. */
export const liftedKubeletArguments = (hosts: readonly Pair[]): Arguments => {
  const flagsIn = (text: string): Values =>
    new Map([...kubeletFlagsIn(text)].map(([name, value]) => [name, value.split(', ')]))
  const all = shared(hosts.map(({ there, wanted }) => ({ there: flagsIn(there), wanted: flagsIn(wanted) })))
  return without(all, (name) => name === 'node-ip' || isHidden(`argument ${name} of the kubelet`))
}
