/** Algorithms that ssh's configuration has chosen, as far as ssh2 knows them. Pure. */
import type { CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from 'ssh2'

/** Signatures of servers that are taken where nobody has chosen, the best first; RSA keys sign with SHA-2 only. */
export const usualHostKeyAlgorithms = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const satisfies readonly ServerHostKeyAlgorithm[]

/** What of OpenSSH's algorithms ssh2 can do; some with a name of another time are there for machines of that time. */
const known = {
  ciphers: [
    'chacha20-poly1305@openssh.com',
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
    'aes128-cbc',
    'aes192-cbc',
    'aes256-cbc',
    '3des-cbc',
  ],
  kexAlgorithms: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group-exchange-sha1',
    'diffie-hellman-group14-sha1',
    'diffie-hellman-group1-sha1',
  ],
  macs: [
    'hmac-sha2-256-etm@openssh.com',
    'hmac-sha2-512-etm@openssh.com',
    'hmac-sha1-etm@openssh.com',
    'hmac-sha2-256',
    'hmac-sha2-512',
    'hmac-sha1',
    'hmac-md5',
    'hmac-sha1-96',
    'hmac-md5-96',
  ],
  hostKeyAlgorithms: [...usualHostKeyAlgorithms, 'ssh-rsa', 'ssh-dss'],
} as const satisfies {
  readonly ciphers: readonly CipherAlgorithm[]
  readonly kexAlgorithms: readonly KexAlgorithm[]
  readonly macs: readonly MacAlgorithm[]
  readonly hostKeyAlgorithms: readonly ServerHostKeyAlgorithm[]
}

export type HostKeyAlgorithm = (typeof known.hostKeyAlgorithms)[number]

/** In the order in which they were chosen; what is absent is left to us. */
export interface Algorithms {
  readonly ciphers?: readonly (typeof known.ciphers)[number][] | undefined
  readonly kexAlgorithms?: readonly (typeof known.kexAlgorithms)[number][] | undefined
  readonly macs?: readonly (typeof known.macs)[number][] | undefined
  readonly hostKeyAlgorithms?: readonly HostKeyAlgorithm[] | undefined
}

/** The one line of an option, as `ssh -G` prints it. */
type Lines = (option: string) => string | undefined

const chosen = <Name extends string>(
  option: string,
  names: readonly Name[],
  lines: Lines,
  usual: Lines,
): readonly Name[] | undefined => {
  const line = lines(option)
  if (line === undefined || line === usual(option)) return undefined
  return line.split(',').flatMap((word) => names.find((name) => name === word) ?? [])
}

/**
 * What was chosen.
 *
 * @param usual what ssh prints where nobody has chosen: its own order is no wish, and another one is faster with ssh2.
 */
export const algorithmsOf = (lines: Lines, usual: Lines): Algorithms => ({
  ciphers: chosen('ciphers', known.ciphers, lines, usual),
  kexAlgorithms: chosen('kexalgorithms', known.kexAlgorithms, lines, usual),
  macs: chosen('macs', known.macs, lines, usual),
  hostKeyAlgorithms: chosen('hostkeyalgorithms', known.hostKeyAlgorithms, lines, usual),
})

const called = {
  ciphers: 'Ciphers',
  kexAlgorithms: 'KexAlgorithms',
  macs: 'MACs',
  hostKeyAlgorithms: 'HostKeyAlgorithms',
} as const satisfies Readonly<Record<keyof Algorithms, string>>

/** Options of which ssh2 knows nothing that was chosen, as they are called in ssh_config(5). */
export const beyondSsh2 = (algorithms: Algorithms): string[] =>
  (['ciphers', 'kexAlgorithms', 'macs', 'hostKeyAlgorithms'] as const)
    .filter((option) => algorithms[option]?.length === 0)
    .map((option) => called[option])
