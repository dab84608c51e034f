/**
 * What tests need on this machine in addition to Node: a table of programs, with the Debian package of each and how to find
 * it. A suite or a test declares its needs, `suite('logins', { needs: ['root', 'sshd'] })`; `main.ts` installs missing
 * packages if it can. A test whose needs are not met is skipped and counted.
 */
import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

interface NeedRow {
  /** The Debian package that provides it; undefined if no package does. */
  readonly package?: string
  readonly found: () => boolean
}

/** Folders of servers and administration tools, which are not in every user's PATH. */
const systemFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin']

/** Returns the path of the first of these programs that is installed. */
export const programPath = (...names: readonly string[]): string | undefined =>
  [...(process.env['PATH'] ?? '').split(delimiter), ...systemFolders]
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })

const program = (debianPackage: string, ...names: readonly string[]): NeedRow => ({
  package: debianPackage,
  found: () => programPath(...names) !== undefined,
})

const works = (command: string, ...words: readonly string[]): boolean => {
  try {
    execFileSync(command, words, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** The names of browsers based on Chromium. */
export const browserNames = ['chromium', 'chromium-browser', 'google-chrome'] as const

const rows = {
  root: { found: () => process.getuid?.() === 0 },
  'network namespaces': { found: () => works('unshare', '--net', 'true') },
  mounts: { found: () => works('unshare', '--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp') },
  // needs chattr, and support of the file system of temporary files
  'immutable files': {
    package: 'e2fsprogs',
    found: () =>
      works('sh', '-c', 'f=$(mktemp) && chattr +i "$f" && chattr -i "$f"; s=$?; rm -f "$f"; exit $s'),
  },
  ssh: program('openssh-client', 'ssh'),
  sshd: program('openssh-server', 'sshd'),
  sudo: program('sudo', 'sudo'),
  doas: program('opendoas', 'doas'),
  ps: program('procps', 'ps'),
  ip: program('iproute2', 'ip'),
  shellcheck: program('shellcheck', 'shellcheck'),
  busybox: program('busybox', 'busybox'),
  dash: program('dash', 'dash'),
  bash: program('bash', 'bash'),
  csh: program('csh', 'csh'),
  fish: program('fish', 'fish'),
  zsh: program('zsh', 'zsh'),
  iptables: program('iptables', 'iptables-save'),
  nft: program('nftables', 'nft'),
  haproxy: program('haproxy', 'haproxy'),
  curl: program('curl', 'curl'),
  openssl: program('openssl', 'openssl'),
  python3: program('python3', 'python3'),
  'python3 yaml': { package: 'python3-yaml', found: () => works('python3', '-c', 'import yaml') },
  chromium: program('chromium', ...browserNames),
  // Debian's python3 has the module venv, but an environment with pip needs the package
  'python3 venv': { package: 'python3-venv', found: () => works('python3', '-c', 'import ensurepip') },
} satisfies Record<string, NeedRow>

/** The name of something that tests need. */
export type Need = keyof typeof rows

const table: Readonly<Record<Need, NeedRow>> = rows

const isNeed = (text: string): text is Need => Object.hasOwn(rows, text)

/** Returns the needs that this machine does not meet. */
export const missingNeeds = (needs: Iterable<Need>): readonly Need[] =>
  [...new Set(needs)].filter((need) => !table[need].found())

/** Returns the Debian packages that provide them, each once. */
export const packagesOf = (needs: readonly Need[]): readonly string[] => [
  ...new Set(needs.flatMap((need) => table[need].package ?? [])),
]

/**
 * Returns the needs that a test file declares as literals, without running it.
 *
 * @throws for a name that the table does not have.
 */
export const declaredNeeds = (source: string): readonly Need[] =>
  [...source.matchAll(/\bneeds: \[([^\]]*)\]/g)].flatMap(([, list = '']) =>
    [...list.matchAll(/'([^']*)'/g)].map(([, name = '']) => {
      if (!isNeed(name)) throw new Error(`a test needs "${name}", which test/support/needs.ts does not have`)
      return name
    }),
  )
