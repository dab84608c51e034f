/** Arguments and environment variables of programs, in the form of a release. Pure. */
import type { Arguments, Component } from '../kubeadm/component-settings.ts'
import type { ReleaseFacts } from '../kubeadm/versions/release.ts'

type Form = Pick<ReleaseFacts, 'argumentsAs'>

/** Arguments as v1beta4 has them: one entry for each value. */
export const asList = (given: Arguments): { readonly name: string; readonly value: string }[] =>
  Object.entries(given).flatMap(([name, values]) => [values].flat().map((value) => ({ name, value })))

/** `extraArgs`: a map, or a list of names and values; undefined if there are none. */
export const argumentsIn = ({ argumentsAs }: Form, given: Arguments): unknown => {
  const entries = Object.entries(given)
  if (entries.length === 0) return undefined
  if (argumentsAs === 'map')
    return Object.fromEntries(entries.map(([name, value]) => [name, [value].flat().at(-1)]))
  return asList(given)
}

/** The `extraArgs`, `extraEnvs` and `extraVolumes` of a program, without those that are not given. */
export const argumentsOf = (form: Form, given: Component | undefined): Record<string, unknown> => {
  if (given === undefined) return {}
  const envs = asList(given.extraEnvs)
  const volumes = given.extraVolumes ?? []
  return {
    extraArgs: argumentsIn(form, given.extraArgs),
    extraEnvs: envs.length === 0 ? undefined : envs,
    extraVolumes: volumes.length === 0 ? undefined : volumes,
  }
}

/** A document or a part of one; undefined if nothing in it is given. */
export const unlessEmpty = <Part extends Readonly<Record<string, unknown>>>(part: Part): Part | undefined =>
  Object.values(part).every((value) => value === undefined) ? undefined : part
