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

/** Where OpenSSH looks by default (ssh_config(5), UserKnownHostsFile and GlobalKnownHostsFile). */
export const usualKnownHosts = (): string[] => [
  join(homedir(), '.ssh', 'known_hosts'),
  '/etc/ssh/ssh_known_hosts',
]

const quoted = (text: string): string => (/^[\w./-]+$/.test(text) ? text : `'${text}'`)

const laxHint =
  'StrictHostKeyChecking no in the configuration of ssh is ignored: verify the key and add it to known_hosts, or use --host-key-checking'
const certifiedHint =
  'known_hosts trusts a certificate authority for this host, and connection: ssh cannot verify certificates: set connection: openssh for the host'

/** The signature algorithms of a key type. */
const signsWith = (type: string, name: HostKeyAlgorithm): boolean =>
  name === type || (type === 'ssh-rsa' && name.startsWith('rsa-'))

/** As `ssh-keygen -l` prints it. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

/** How to make the recorded keys go: one command for each file, and the lines that `ssh-keygen -R` leaves alone. */
const removalHint = (name: string, entries: readonly KnownKey[]): string => {
  const ways = entries.map((entry) =>
    isRemovable(entry)
      ? `ssh-keygen -R ${quoted(name)} -f ${quoted(entry.file)}`
      : `line ${entry.line} of ${entry.file}`,
  )
  return `someone may be intercepting the connection; only if you know that the host has a new key, remove the recorded one: ${[...new Set(ways)].join(' and ')}`
}

export interface HostKeysOptions {
  /** The file that `accept-new` adds to, the first one by default; null for none. */
  readonly added?: string | null | undefined
  /** Whether ssh's own configuration turns checking off, which is ignored, and said in errors. */
  readonly laxHere?: boolean | undefined
}

/** The host keys that are trusted, read from known_hosts files once, shared by all connections of a run. */
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

  /** What makes two of them trust the same keys. */
  get trust(): string {
    return JSON.stringify([this.#files, this.#checking])
  }

  /**
   * Signature algorithms to offer, those of keys that are recorded for the host first. Where the first one is among them the
   * order stays (order_hostkeyalgs of OpenSSH's sshconnect2.c).
   *
   * @param allowed no others.
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
   * Passes when the key is trusted, or may be from now on.
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
        const hint = judgement.certified ? certifiedHint : this.#laxHere ? laxHint : undefined
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
          hint: 'do not connect: a revoked key may be in the hands of an attacker; give the host a new key',
        })
      }
      case 'changed': {
        const [{ file, line }] = judgement.entries
        const types = [...new Set(judgement.entries.map((entry) => entry.type))]
        const recorded = types.includes(type)
          ? 'another key is recorded for it'
          : `only ${types.join(' and ')} is recorded for it`
        throw new CoxswainError('host-key-changed', `${name} presents the ${what}, but ${recorded}`, {
          place: { file, line },
          hint: removalHint(name, judgement.entries),
        })
      }
    }
  }

  /** Records a new key, one at a time, unless another connection or run has recorded one for the host meanwhile. */
  async #accept(as: KnownAs, shown: PresentedKey): Promise<void> {
    const adding = this.#adding.then(async () => {
      this.#entries = undefined
      const entries = await this.#read()
      const judgement = judgeKey(entries, as, shown)
      if (judgement.kind !== 'unknown') return this.#refuse(as, shown, judgement)
      const { name: patterns } = as
      const line = `${patterns.toLowerCase()} ${shown.type} ${shown.key}`
      if (this.#added !== undefined) await appendKnownHost(this.#added, line)
      // where no file takes it, it counts for this run
      entries.push({ file: this.#added ?? 'this run', line: 0, marker: undefined, patterns, ...shown })
    })
    this.#adding = adding.catch(() => {})
    await adding
  }

  /** What is not checked need not be readable. */
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
