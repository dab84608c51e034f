/** Algorithms in the configuration of ssh that ssh2 supports. Pure. */
import type { CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from 'ssh2'

/** The default host key algorithms, the best first; RSA keys sign with SHA-2 only. */
export const usualHostKeyAlgorithms = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const satisfies readonly ServerHostKeyAlgorithm[]

/** The algorithms of OpenSSH that ssh2 supports, including old ones for old machines. */
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

/** The configured algorithms, in their order; undefined for our default. */
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
 * The configured algorithms.
 *
 * @param usual the output of ssh without configuration: its default order is ignored, as another one is faster with ssh2.
 */
export const algorithmsOf = (lines: Lines, usual: Lines): Algorithms => ({
  ciphers: chosen('ciphers', known.ciphers, lines, usual),
  kexAlgorithms: chosen('kexalgorithms', known.kexAlgorithms, lines, usual),
  macs: chosen('macs', known.macs, lines, usual),
  hostKeyAlgorithms: chosen('hostkeyalgorithms', known.hostKeyAlgorithms, lines, usual),
})

const optionNames = {
  ciphers: 'Ciphers',
  kexAlgorithms: 'KexAlgorithms',
  macs: 'MACs',
  hostKeyAlgorithms: 'HostKeyAlgorithms',
} as const satisfies Readonly<Record<keyof Algorithms, string>>

/** Options, named as in ssh_config(5), of which ssh2 supports none of the configured algorithms. */
export const beyondSsh2 = (algorithms: Algorithms): string[] =>
  (['ciphers', 'kexAlgorithms', 'macs', 'hostKeyAlgorithms'] as const)
    .filter((option) => algorithms[option]?.length === 0)
    .map((option) => optionNames[option])
