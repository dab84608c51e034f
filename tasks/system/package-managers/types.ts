import type { ApplyContext, CheckContext, ShellText } from '../../../engine/index.ts'
import { literally } from '../../shared/patterns.ts'
import type { Repositories } from './repository.ts'

/** A package to install, with its version if one is wanted. */
export interface PackageRequest {
  readonly name: string
  readonly version: string | undefined
}

/** An installed package, by a requested name. */
export interface Installed {
  readonly version: string
  /**
   * The name of the package, which differs from the requested one if that has an architecture, or is provided by the
   * package.
   */
  readonly as: string
  /** Whether the package only provides the requested name: `git-core` is provided by the package git. */
  readonly provides: boolean
}

/** Options of an installation. */
export interface InstallOptions {
  /** Whether to upgrade packages that are already installed. */
  readonly latest: boolean
  /** Whether to install recommended packages; by default the package manager decides. */
  readonly recommends: boolean | undefined
  /** Repositories to enable for this installation. */
  readonly enable: readonly string[]
  /** Repositories to leave out of this installation. */
  readonly disable?: readonly string[]
  /** The release of a repository to prefer. */
  readonly release?: string | undefined
  /** Whether it fails rather than remove a package. */
  readonly keepAll?: boolean
}

/** Installations that were interrupted, after which others are refused. */
export interface Unfinished {
  /** Whether there is one. */
  readonly found: (ctx: CheckContext) => Promise<boolean>
  readonly complete: (ctx: ApplyContext) => Promise<void>
}

/** Holds packages at their version. */
export interface Holding {
  /** Whether it can hold packages that are not installed. */
  readonly holdsMissing: boolean
  /** Returns the names that are held. */
  held(ctx: CheckContext, names: readonly string[]): Promise<readonly string[]>
  hold(ctx: ApplyContext, names: readonly string[], on: boolean): Promise<void>
  /**
   * The installed packages that provide names that are not packages, such as git for `git-core`; absent if the package
   * manager does not have such names.
   */
  readonly providers?: (ctx: CheckContext, names: readonly string[]) => Promise<ReadonlyMap<string, string>>
}

/** The package in a file. */
export interface FilePackage {
  readonly name: string
  readonly version: string
}

/** How a package is installed from a file. */
export interface FileInstall {
  /** The package in the file. */
  readonly inFile: FilePackage
  /** The installed version of it; undefined for none. */
  readonly installed: string | undefined
  /** Whether a package without a valid signature is accepted. */
  readonly unsigned: boolean
}

/** Installs packages from files on the host. */
export interface PackageFiles {
  /** @throws `command-failed` if the file is not a package. */
  read(ctx: CheckContext, path: string): Promise<FilePackage>
  /** Installs it, also if a newer version is installed. */
  install(ctx: ApplyContext, path: string, found: FileInstall): Promise<void>
}

/** Operations of a package manager. */
export interface PackageManager {
  /** The installed packages, by requested name. Names that are not installed are left out. */
  installed(ctx: CheckContext, names: readonly string[]): Promise<ReadonlyMap<string, Installed>>
  /**
   * The versions that an upgrade would install, by package name, according to the lists on the host. Up-to-date packages
   * are left out.
   *
   * @param repositories those to enable and to leave out for this question.
   */
  upgrades(
    ctx: CheckContext,
    names: readonly string[],
    repositories: Pick<InstallOptions, 'enable' | 'disable'>,
  ): Promise<ReadonlyMap<string, string>>
  /**
   * All installed packages that an upgrade would replace, with the versions that it would install, according to the lists on the
   * host; those that are held are left out. Absent if not supported.
   */
  readonly allUpgrades?: (ctx: CheckContext) => Promise<ReadonlyMap<string, string>>
  /** Absent if the package manager completes them by itself. */
  readonly unfinished?: Unfinished
  install(ctx: ApplyContext, packages: readonly PackageRequest[], manner: InstallOptions): Promise<void>
  /** Removes packages; with `purge` also their configuration files. */
  remove(ctx: ApplyContext, names: readonly string[], purge: boolean): Promise<void>
  /** Removed packages whose configuration files still exist; absent if the package manager never keeps them. */
  readonly remains?: (ctx: CheckContext, names: readonly string[]) => Promise<readonly string[]>
  /** Whether it can enable and disable repositories for one installation. */
  readonly enables?: true
  /** Whether it has groups of packages, `@NAME`. */
  readonly groups?: true
  /** Whether it can prefer a release for one installation. */
  readonly releases?: true
  /** Absent if not supported. */
  readonly holding?: Holding
  /** Absent if not supported. */
  readonly files?: PackageFiles
  /** Refreshes the package lists. */
  refresh(ctx: ApplyContext): Promise<void>
  /** A command that prints when all lists were last refreshed, in seconds since 1970; nothing if there are no lists. */
  readonly refreshed: ShellText
  readonly repositories: Repositories
}

/** The package in the output `NAME VERSION`. */
export const filePackage = (text: string): FilePackage => {
  const [name = '', version = ''] = text.trim().split(/\s+/)
  return { name, version }
}

/** Timeout in seconds for downloads. */
export const downloadTime = 1800

/** A pattern for versions; `*` in it matches any text, as for apt and dnf. */
export const versionPattern = (wanted: string): RegExp =>
  new RegExp(`^${wanted.split('*').map(literally).join('.*')}$`)

/** Parses `name version` lines to a map. */
export const versionsFrom = (lines: readonly string[]): Map<string, string> =>
  new Map(lines.map((line): [string, string] => [line.split(' ')[0] ?? '', line.split(' ')[1] ?? '']))
