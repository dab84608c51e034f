import type { ApplyContext, CheckContext } from '../../../engine/index.ts'

/** A package with the version that is wanted, where one is. */
export interface Wanted {
  readonly name: string
  readonly version: string | undefined
}

/** What one of the package managers can do for us. */
export interface PackageManager {
  /** Installed versions by name; what is not installed is not there. */
  installed(ctx: CheckContext, names: readonly string[]): Promise<ReadonlyMap<string, string>>
  install(ctx: ApplyContext, packages: readonly Wanted[]): Promise<void>
  remove(ctx: ApplyContext, names: readonly string[]): Promise<void>
  /** Refreshes the lists of what there is. */
  refresh(ctx: ApplyContext): Promise<void>
}

/** Seconds for what downloads. */
export const downloadTime = 1800

/** `name version` lines as a map. */
export const versionsFrom = (lines: readonly string[]): Map<string, string> =>
  new Map(lines.map((line): [string, string] => [line.split(' ')[0] ?? '', line.split(' ')[1] ?? '']))
