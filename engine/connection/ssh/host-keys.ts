import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { CoxswainError } from '../../errors.ts'
import type { HostKeyChecking } from '../types.ts'
import { usualHostKeyAlgorithms } from './config/algorithms.ts'
import type { HostKeyAlgorithm } from './config/algorithms.ts'
import { appendKnownHost } from './known-hosts-file.ts'
import { readKnownHosts } from './known-hosts-read.ts'
import { isRemovable, judgeKey, knownTypes, parseKnownHosts, typeOfKey } from './known-hosts.ts'
import type { Judgement, KnownAs, KnownKey, PresentedKey } from './known-hosts.ts'

/** The default files of OpenSSH (ssh_config(5), UserKnownHostsFile and GlobalKnownHostsFile). */
export const usualKnownHosts = (): string[] => [
  join(homedir(), '.ssh', 'known_hosts'),
  '/etc/ssh/ssh_known_hosts',
]

const quoted = (text: string): string => (/^[\w./-]+$/.test(text) ? text : `'${text}'`)

const laxHint =
  'StrictHostKeyChecking no in the configuration of ssh is ignored: verify the key and add it to known_hosts, or use --host-key-checking'
const certifiedHint =
  'known_hosts trusts a certificate authority for this host, and connection: ssh cannot verify certificates: set connection: openssh for the host'

/** How to compare and record a key that nothing is known of. */
const recordingHint = (name: string, type: string, file: string | undefined): string => {
  const [, host = name, port] = /^\[(.+)\]:(\d+)$/.exec(name) ?? []
  const kind = /ed25519|ecdsa|rsa|dss/.exec(type)?.[0] ?? 'ed25519'
  const scan = `ssh-keyscan ${port === undefined ? '' : `-p ${port} `}${quoted(host)} >>${file === undefined ? '~/.ssh/known_hosts' : quoted(file)}`
  return `compare it with \`ssh-keygen -lf /etc/ssh/ssh_host_${kind}_key.pub\` on the host, then record it: \`${scan}\`, or run with --host-key-checking=accept-new`
}

/** The signature algorithms of a key type. */
const signsWith = (type: string, name: HostKeyAlgorithm): boolean =>
  name === type || (type === 'ssh-rsa' && name.startsWith('rsa-'))

/** The fingerprint, as `ssh-keygen -l` prints it. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

/** How to remove the recorded keys: one command per file, and the lines that `ssh-keygen -R` does not remove. */
const removalHint = (name: string, entries: readonly KnownKey[]): string => {
  const ways = entries.map((entry) =>
    isRemovable(entry)
      ? `ssh-keygen -R ${quoted(name)} -f ${quoted(entry.file)}`
      : `line ${entry.line} of ${entry.file}`,
  )
  return `someone may be intercepting the connection; only if you know that the host has a new key, remove the recorded one: ${[...new Set(ways)].join(' and ')}`
}

export interface HostKeysOptions {
  /** The file that `accept-new` adds keys to; by default the first one, null for none. */
  readonly added?: string | null | undefined
  /** Whether the configuration of ssh turns checking off, which is ignored and mentioned in errors. */
  readonly laxHere?: boolean | undefined
}

/** The trusted host keys, read once from known_hosts files and shared by all connections of a run. */
export class HostKeys {
  readonly #files: readonly string[]
  readonly #checking: HostKeyChecking
  readonly #added: string | undefined
  readonly #laxHere: boolean
  #entries: Promise<KnownKey[]> | undefined
  #adding: Promise<unknown> = Promise.resolve()

  constructor(
    files: readonly string[] | undefined,
    checking: HostKeyChecking,
    { added, laxHere = false }: HostKeysOptions = {},
  ) {
    this.#files = files ?? usualKnownHosts()
    this.#checking = checking
    this.#added = added === undefined ? this.#files[0] : (added ?? undefined)
    this.#laxHere = laxHere
  }

  /** Identifies the set of trusted keys. */
  get trust(): string {
    return JSON.stringify([this.#files, this.#checking])
  }

  /**
   * Signature algorithms to offer, those of recorded keys of the host first. If the preferred one is among them, the
   * order stays (order_hostkeyalgs of OpenSSH's sshconnect2.c).
   *
   * @param allowed the only algorithms to offer.
   */
  async algorithms(
    as: KnownAs,
    allowed: readonly HostKeyAlgorithm[] = usualHostKeyAlgorithms,
  ): Promise<HostKeyAlgorithm[]> {
    const types = [...knownTypes(await this.#read(), as)]
    const isKnown = (algorithm: HostKeyAlgorithm): boolean => types.some((type) => signsWith(type, algorithm))
    const [best] = allowed
    if (best === undefined || isKnown(best)) return [...allowed]
    return [
      ...allowed.filter((algorithm) => isKnown(algorithm)),
      ...allowed.filter((algorithm) => !isKnown(algorithm)),
    ]
  }

  /**
   * Resolves if the key is trusted, or is now accepted.
   *
   * @throws `host-key-unknown`, `host-key-changed`.
   */
  async verify(as: KnownAs, key: Buffer): Promise<void> {
    if (this.#checking === 'off') return
    const shown = { type: typeOfKey(key), key: key.toString('base64') }
    const judgement = judgeKey(await this.#read(), as, shown)
    if (judgement.kind === 'unknown' && this.#checking === 'accept-new') return this.#accept(as, shown)
    this.#refuse(as, shown, judgement)
  }

  /** Throws unless the key is known. */
  #refuse({ name }: KnownAs, { type, key }: PresentedKey, judgement: Judgement): void {
    const what = `${type} key ${fingerprint(Buffer.from(key, 'base64'))}`
    switch (judgement.kind) {
      case 'known':
        return
      case 'unknown': {
        const files = this.#files.join(' or ')
        const where = files === '' ? 'known_hosts: no file is configured' : files
        const hint = judgement.certified
          ? certifiedHint
          : this.#laxHere
            ? laxHint
            : recordingHint(name, type, this.#files[0])
        throw new CoxswainError(
          'host-key-unknown',
          `${name} presents the ${what}, which is not in ${where}`,
          {
            hint,
          },
        )
      }
      case 'revoked': {
        const { file, line } = judgement.entry
        throw new CoxswainError('host-key-changed', `${name} presents the ${what}, which is revoked`, {
          place: { file, line },
          hint: 'do not connect: an attacker can have the revoked key; give the host a new key',
        })
      }
      case 'changed': {
        const [{ file, line }] = judgement.entries
        const types = [...new Set(judgement.entries.map((entry) => entry.type))]
        const recorded = types.includes(type)
          ? 'a different key is recorded for it'
          : `only ${types.join(' and ')} is recorded for it`
        throw new CoxswainError('host-key-changed', `${name} presents the ${what}, but ${recorded}`, {
          place: { file, line },
          hint: removalHint(name, judgement.entries),
        })
      }
    }
  }

  /** Records a new key, one at a time, unless another connection or run has just recorded one for the host. */
  async #accept(as: KnownAs, shown: PresentedKey): Promise<void> {
    const adding = this.#adding.then(async () => {
      this.#entries = undefined
      const entries = await this.#read()
      const judgement = judgeKey(entries, as, shown)
      if (judgement.kind !== 'unknown') return this.#refuse(as, shown, judgement)
      const { name: patterns } = as
      const line = `${patterns.toLowerCase()} ${shown.type} ${shown.key}`
      if (this.#added !== undefined) await appendKnownHost(this.#added, line)
      // without a file, it counts for this run
      entries.push({ file: this.#added ?? 'this run', line: 0, marker: undefined, patterns, ...shown })
    })
    this.#adding = adding.catch(() => {})
    await adding
  }

  /** Reads a file; without checking, it is not an error if it cannot be read. */
  #text(file: string): Promise<string> {
    const text = readKnownHosts(file)
    return this.#checking === 'off' ? text.catch(() => '') : text
  }

  #read(): Promise<KnownKey[]> {
    this.#entries ??= (async () => {
      const texts = await Promise.all(
        this.#files.map(async (file) => parseKnownHosts(file, await this.#text(file))),
      )
      return texts.flat()
    })()
    return this.#entries
  }
}
