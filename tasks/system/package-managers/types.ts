import type { ApplyContext, CheckContext, ShellText } from '../../../engine/index.ts'
import type { Repositories } from './repository.ts'

/** A package with the version that is wanted, where one is. */
export interface PackageRequest {
  readonly name: string
  readonly version: string | undefined
}

/** A package that is installed, under a name that somebody asks for. */
export interface Installed {
  readonly version: string
  /** What the package manager calls it: another name where it was asked for with an architecture, or by what it provides. */
  readonly as: string
  /** Whether it only provides what the name says: `git-core` is no package, but one is provided by git. */
  readonly provides: boolean
}

/** How packages are installed. */
export interface Manner {
  /** What is there already is upgraded, too. */
  readonly latest: boolean
  /** Whether what they recommend comes along; the package manager decides when undefined. */
  readonly recommends: boolean | undefined
}

/** How packages are held at their version. */
export interface Holding {
  /** Whether one that is not installed is kept away by it. */
  readonly holdsMissing: boolean
  /** Which of these names are held. */
  held(ctx: CheckContext, names: readonly string[]): Promise<readonly string[]>
  hold(ctx: ApplyContext, names: readonly string[], on: boolean): Promise<void>
  /** The installed packages that names stand for which are no packages, as `git-core` does for git; absent where there are none. */
  readonly providers?: (ctx: CheckContext, names: readonly string[]) => Promise<ReadonlyMap<string, string>>
}

/** What one of the package managers can do for us. */
export interface PackageManager {
  /** What is installed, by the name that is asked for; what is not installed is not there. */
  installed(ctx: CheckContext, names: readonly string[]): Promise<ReadonlyMap<string, Installed>>
  /** What an upgrade would bring, by the package manager's name, as the lists on the host have it; what is at its newest is not there. */
  upgrades(ctx: CheckContext, names: readonly string[]): Promise<ReadonlyMap<string, string>>
  install(ctx: ApplyContext, packages: readonly PackageRequest[], manner: Manner): Promise<void>
  /** With `purge` their settings go, too. */
  remove(ctx: ApplyContext, names: readonly string[], purge: boolean): Promise<void>
  /** Packages that are gone and have left their settings; absent where none does. */
  readonly remains?: (ctx: CheckContext, names: readonly string[]) => Promise<readonly string[]>
  /** Absent where it is not known how. */
  readonly holding?: Holding
  /** Refreshes the lists of what there is. */
  refresh(ctx: ApplyContext): Promise<void>
  /** A command that prints when all lists were refreshed last, in seconds since 1970; nothing where there are none. */
  readonly refreshed: ShellText
  readonly repositories: Repositories
}

/** Seconds for what downloads. */
export const downloadTime = 1800

/** `name version` lines as a map. */
export const versionsFrom = (lines: readonly string[]): Map<string, string> =>
  new Map(lines.map((line): [string, string] => [line.split(' ')[0] ?? '', line.split(' ')[1] ?? '']))
