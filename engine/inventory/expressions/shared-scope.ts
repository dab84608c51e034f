/** What the scopes of all hosts share. */
import type { Scalar } from '../scalar.ts'
import type { Keyring } from '../secrets/keyring.ts'
import type { Sealed } from '../secrets/sealed.ts'
import type { Host, Inventory } from '../types.ts'
import type { Fault } from './fault.ts'
import type { Library } from './library.ts'
import type { Template } from './syntax.ts'
import type { Value } from './values.ts'

/** What a run knows beside the inventory. */
export interface RunFacts {
  /** The folder of the playbook; the working folder without one. */
  readonly playbookFolder?: string | undefined
  /** The hosts of the play, if all plays have the same ones. */
  readonly playHosts?: readonly string[] | undefined
  /** Whether the play of these hosts takes them in batches. */
  readonly serial?: boolean | undefined
  /** The name of the plays, if all have the same one. */
  readonly playName?: string | undefined
  /** The inventories as given. */
  readonly sources?: readonly string[] | undefined
  /** The options of the run. */
  readonly check?: boolean | undefined
  readonly diff?: boolean | undefined
  readonly tags?: readonly string[] | undefined
  readonly skipTags?: readonly string[] | undefined
  readonly forks?: number | undefined
}

/** What all hosts share. */
export interface SharedScope {
  readonly inventory: Inventory
  /** Hosts that are not evaluated; one whose files are opened later is replaced. */
  readonly hosts: Map<string, Host>
  readonly library: Library
  readonly run: RunFacts
  /** Opens secrets and runs programs; undefined where neither is done. */
  readonly keys: Keyring | undefined
  /** Opens the encrypted variables files of a host. */
  readonly unlock: (name: string) => Promise<void>
  readonly secretNames: ReadonlySet<string>
  /** Words that suggest a secret, and those that do not. */
  readonly secretWords: Map<string, boolean>
  readonly opened: Map<Sealed, unknown>
  /** Magic variables that all hosts share. */
  readonly common: Map<string, Value>
  readonly templates: Map<string, Template>
  readonly outputs: Map<string, string | Fault>
  /** The texts that are being evaluated, from the outermost. */
  readonly stack: { readonly scalar: Scalar; readonly host: string; readonly path: string }[]
}
