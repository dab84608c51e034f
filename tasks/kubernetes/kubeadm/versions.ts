/** What Coxswain knows about a minor release of Kubernetes. Nothing else compares versions. */
import { CoxswainError, flag } from '../../../engine/index.ts'
import type { z } from '../../../engine/index.ts'
import type { ReleaseFacts } from './versions/release.ts'
import { releases } from './versions/releases.ts'

/** The first and the last minor release in the table. */
const bounds = {
  oldest: releases[0].minor,
  newest: releases.reduce((last, { minor }) => Math.max(last, minor), 0),
}

/** The mode of kube-proxy on Linux where none is set, in all releases of the table. */
export const usualProxyMode = 'iptables'

/** Minor releases in the table, such as 37 for Kubernetes 1.37, in order. */
export const knownMinors: readonly number[] = releases.map(({ minor }) => minor)

/** The minor number of `v1.N.P`; undefined for other texts. */
const parsed = (version: string): number | undefined => {
  const [, minor] = /^v?1\.(\d+)(?:\.|$)/.exec(version) ?? []
  return minor === undefined ? undefined : Number(minor)
}

/** A version in all its parts, with or without what a vendor or a pre-release adds. */
const complete = /^v?1\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:[-+][\w.+-]+)?$/

/**
 * The minor number of `v1.N.P`.
 *
 * @throws `params-invalid` for a text that is not a version.
 */
export const minorOf = (version: string): number => {
  const minor = parsed(version)
  if (minor !== undefined) return minor
  throw new CoxswainError('params-invalid', `not a Kubernetes version: ${version}`, {
    hint: `write it in the form v1.${bounds.newest}.0`,
  })
}

/** Why a version is not in the table; undefined if it is. */
const unknownBecause = (version: string): string | undefined => {
  const minor = minorOf(version)
  if (minor < bounds.oldest)
    return `Kubernetes ${version} is too old: v1.${bounds.oldest} or later is required`
  return minor > bounds.newest
    ? `Kubernetes ${version} is not known: the newest known version is v1.${bounds.newest}`
    : undefined
}

/** The rows of the table with everything that stays as in the row before. */
const completeRows = (): readonly ReleaseFacts[] => {
  const [first, ...changes] = releases
  const done = [first]
  for (const { phases, ...changed } of changes) {
    const before = done.at(-1) ?? first
    done.push({ ...before, ...changed, phases: { ...before.phases, ...phases } })
  }
  return done
}
const allFacts = completeRows()

/**
 * The facts of a version: how its kubeadm is configured and called, and what it creates. A version newer than the table has
 * the facts of the newest known one; {@link knownVersion} refuses it unless the user wants exactly that.
 *
 * @throws `params-invalid` for a text that is not a version, and for versions before the first in which kubeadm supports a
 *   highly available control plane.
 * @example
 * factsOf('v1.20.2').configApi // 'v1beta2'
 */
export const factsOf = (version: string): ReleaseFacts => {
  const minor = minorOf(version)
  const facts = allFacts.findLast((one) => one.minor <= minor)
  if (facts !== undefined) return facts
  throw new CoxswainError('params-invalid', unknownBecause(version) ?? '', {
    hint: `choose a version from v1.${bounds.oldest} to v1.${bounds.newest}`,
  })
}

/** The name of the ConfigMap with the configuration of the kubelets of a version. */
export const kubeletConfigMapOf = (version: string): string =>
  factsOf(version).kubeletConfigMap.replace('{minor}', String(minorOf(version)))

/** What the title of a task says about a version that is not in the table; empty for those that are. */
export const versionNote = (version: string): string =>
  unknownBecause(version) === undefined ? '' : ` (${version} is not known: treated as v1.${bounds.newest})`

/**
 * Why a version is refused: it is not a version, or not in the table; undefined if it is accepted.
 *
 * @param allowUnknown accepts versions that are newer than the table.
 * @param allow how the user sets that, for the message.
 */
export const versionFault = (
  version: string,
  allowUnknown: boolean,
  allow = 'allowUnknownVersion=true',
): string | undefined => {
  if (!complete.test(version)) return `not a Kubernetes version: write it in the form v1.${bounds.newest}.0`
  const reason = unknownBecause(version)
  if (reason === undefined || minorOf(version) <= bounds.newest) return reason
  return allowUnknown ? undefined : `${reason}; to use it all the same, set ${allow}`
}

/** What to do with a newer version. */
const unknownVersionHint =
  'upgrade Coxswain, or set allowUnknownVersion to treat it as the newest known version'

/**
 * Refuses a version that was read from a host and is not in the table.
 *
 * @throws `params-invalid`, unless it is newer and the user allows that.
 */
export const refuseUnknownVersion = (version: string, allowUnknown: boolean): void => {
  const reason = versionFault(version, allowUnknown)
  if (reason !== undefined) throw new CoxswainError('params-invalid', reason, { hint: unknownVersionHint })
}

/** The parameter of tasks that allows versions newer than the table. */
export const allowUnknownVersion = () =>
  flag().default(false).describe('accept a version newer than the newest known one, and treat it as that one')

/**
 * Checks parameters with a Kubernetes version: refuses texts that are not versions, and versions that are not in the table.
 *
 * @example
 * z.object({ version: z.string(), allowUnknownVersion: allowUnknownVersion() }).superRefine(knownVersion('version'))
 */
export const knownVersion =
  <Name extends string>(name: Name) =>
  (
    given: Readonly<Partial<Record<Name, string | undefined>>> & { readonly allowUnknownVersion: boolean },
    context: z.RefinementCtx,
  ): void => {
    const version = given[name]
    const reason = version === undefined ? undefined : versionFault(version, given.allowUnknownVersion)
    if (reason !== undefined) context.addIssue({ code: 'custom', path: [name], message: reason })
  }
