import { createHash } from 'node:crypto'
import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { CoxswainError } from '../../errors.ts'
import { usualHostKeyAlgorithms } from './config/algorithms.ts'
import type { HostKeyAlgorithm } from './config/algorithms.ts'
import { judgeKey, knownTypes, parseKnownHosts } from './known-hosts.ts'
import type { KnownKey } from './known-hosts.ts'

export type HostKeyChecking = 'strict' | 'accept-new' | 'off'

/** Where OpenSSH looks by default (ssh_config(5), UserKnownHostsFile and GlobalKnownHostsFile). */
export const usualKnownHosts = (): string[] => [
  join(homedir(), '.ssh', 'known_hosts'),
  '/etc/ssh/ssh_known_hosts',
]

const quoted = (text: string): string => (/^[\w./-]+$/.test(text) ? text : `'${text}'`)

const laxHint =
  "StrictHostKeyChecking no of ssh's configuration is not followed: verify the key and add it, or say --host-key-checking"

const signsWith = (type: string, name: HostKeyAlgorithm): boolean =>
  name === type || (type === 'ssh-rsa' && name.startsWith('rsa-'))

/** The name of a public key's type: the first string of its wire form (RFC 4253, 6.6). */
const typeOf = (key: Buffer): string => key.toString('latin1', 4, 4 + key.readUInt32BE(0))

/** As `ssh-keygen -l` prints it. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

/** What a file ends with; undefined where there is nothing in it. */
const lastByte = async (file: string): Promise<string | undefined> =>
  (await readFile(file, 'latin1').catch(() => '')).at(-1)

export interface HostKeysOptions {
  /** The file that `accept-new` adds to, the first one unless told; null for none. */
  readonly added?: string | null | undefined
  /** Whether ssh's own configuration does without checking, which is not followed and worth a word. */
  readonly laxHere?: boolean | undefined
}

/** The host keys that are trusted, read from known_hosts files once, shared by all connections of a run. */
export class HostKeys {
  readonly #files: readonly string[]
  readonly #checking: HostKeyChecking
  readonly #added: string | undefined
  readonly #laxHere: boolean
  #entries: Promise<KnownKey[]> | undefined

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
   * Signature algorithms to offer, those of keys that are known for the host first, as OpenSSH does.
   *
   * @param name as it is written in known_hosts.
   * @param allowed no others.
   */
  async algorithms(
    name: string,
    allowed: readonly HostKeyAlgorithm[] = usualHostKeyAlgorithms,
  ): Promise<HostKeyAlgorithm[]> {
    const types = knownTypes(await this.#read(), [name])
    const preferred = types.flatMap((type) => allowed.filter((algorithm) => signsWith(type, algorithm)))
    return [...new Set([...preferred, ...allowed])]
  }

  /**
   * Passes when the key is trusted, or may be now.
   *
   * @param name as it is written in known_hosts.
   * @throws `host-key-unknown`, `host-key-changed`.
   */
  async verify(name: string, key: Buffer): Promise<void> {
    if (this.#checking === 'off') return
    const shown = { type: typeOf(key), key: key.toString('base64') }
    const entries = await this.#read()
    const judgement = judgeKey(entries, [name], shown)
    if (judgement.kind === 'known') return
    const what = `${shown.type} key ${fingerprint(key)}`
    if (judgement.kind === 'unknown') {
      if (this.#checking === 'accept-new') return this.#accept(entries, name, shown)
      throw new CoxswainError(
        'host-key-unknown',
        `${name} shows the ${what}, which is not in ${this.#files.join(' or ') || 'any file: none is configured'}`,
        { hint: this.#laxHere ? laxHint : undefined },
      )
    }
    const { file, line } = judgement.entry
    throw new CoxswainError(
      'host-key-changed',
      judgement.kind === 'revoked'
        ? `${name} shows the ${what}, which is revoked`
        : `${name} shows the ${what}, another than the one that is known`,
      {
        place: { file, line },
        hint:
          judgement.kind === 'revoked'
            ? undefined
            : `somebody may be in the middle; if the host was made anew, remove the old key: ssh-keygen -R ${quoted(name)} -f ${quoted(file)}`,
      },
    )
  }

  async #accept(
    entries: KnownKey[],
    name: string,
    { type, key }: { type: string; key: string },
  ): Promise<void> {
    const file = this.#added
    if (file === undefined) return
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    // a last line that has no end would take ours in, and be another key's
    const end = await lastByte(file)
    const start = end === undefined || end === '\n' ? '' : '\n'
    // one short write with O_APPEND: runs side by side do not tear each other's lines
    await appendFile(file, `${start}${name} ${type} ${key}\n`, { mode: 0o600 })
    entries.push({ file, line: 0, marker: undefined, patterns: name, type, key })
  }

  #read(): Promise<KnownKey[]> {
    this.#entries ??= (async () => {
      const texts = await Promise.all(
        this.#files.map(async (file) => parseKnownHosts(file, await readFile(file, 'utf8').catch(() => ''))),
      )
      return texts.flat()
    })()
    return this.#entries
  }
}
