/** Feature gates that a release does not know. */
import { nearest } from '../../../../engine/index.ts'
import type { Arguments } from '../component-settings.ts'
import { isMap } from '../yaml.ts'
import { dashed } from './flags-gone.ts'
import { gateGoneSince, gatesIn, kubeadmGates } from './gates-gone.ts'
import { gatesKnown } from './gates-known.ts'

/** The feature gates in the arguments of a program. */
export const gatesInArguments = (given: Arguments): string[] =>
  Object.entries(given).flatMap(([name, value]) =>
    dashed(name) === 'feature-gates' ? [value].flat().flatMap(gatesIn) : [],
  )

/** The feature gates in the field featureGates of a document. */
export const gatesInField = (field: unknown): string[] => (isMap(field) ? Object.keys(field) : [])

/** Why a release does not know a feature gate. */
interface UnknownGate {
  /** From which release on it is gone; undefined if no release is known that had it. */
  readonly gone: string | undefined
  /** A similar one that the release has. */
  readonly guess: string | undefined
}

/**
 * Why the programs of a release do not know a feature gate.
 *
 * @param release its minor in the table, and the version that is asked for: one that is newer than the table can have others.
 * @returns undefined for a gate that is known, and for one that the table cannot judge.
 */
export const unknownGate = (
  gate: string,
  { minor, version }: { readonly minor: number; readonly version: string | undefined },
): UnknownGate | undefined => {
  const gone = gateGoneSince(gate, minor)
  if (gone !== undefined) return { gone, guess: undefined }
  const isNewer = Number(/^v?1\.(\d+)/.exec(version ?? '')?.[1] ?? minor) > minor
  const known = isNewer ? undefined : gatesKnown[minor]
  return known === undefined || known.has(gate) ? undefined : { gone: undefined, guess: nearest(gate, known) }
}

/** Feature gates of kubeadm itself that its release does not know, in words. */
export const unknownToKubeadm = (gates: Readonly<Record<string, boolean>>, minor: number): string[] =>
  Object.keys(gates).flatMap((gate) => {
    const { since = 0, gone } = kubeadmGates[gate] ?? {}
    if (since > minor) return [`the feature gate ${gate} of kubeadm (from v1.${since} on)`]
    return gone === undefined || gone > minor
      ? []
      : [`the feature gate ${gate} of kubeadm (no longer from v1.${gone} on)`]
  })
