/** A setting that a variable owns, or that everything else here depends on. */
import type { Program } from '../kubeadm/versions/flags-gone.ts'

/** The documents of a configuration, by what they are about. */
export type Part = 'cluster' | 'node' | 'kubelet' | 'kubeProxy'

/** A setting with the values that are accepted, given what the configuration says elsewhere. */
export interface Owned<Owners> {
  readonly program?: Program
  /** Names of arguments, without the dashes. */
  readonly arguments?: readonly string[]
  readonly part?: Part
  /** Paths in that document. */
  readonly fields?: readonly string[]
  readonly accepts: (value: string, owners: Owners, name: string) => boolean
  /** Why another value is refused, and what to do instead. */
  readonly instead: string
}
