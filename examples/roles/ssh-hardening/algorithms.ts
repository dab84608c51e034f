/** Algorithms by the version of OpenSSH that has them. Pure; see the release notes of OpenSSH. */
import type { Params } from './params.ts'

/** A version of OpenSSH as a number: 9.2 is 902, and 10.0 is 1000. */
export type Version = number

/** The version in what `sshd -V` or its usage prints; a recent one if it is not in the text. */
export const versionIn = (text: string): Version => {
  const [, major, minor] = /OpenSSH_(\d+)\.(\d+)/.exec(text) ?? []
  return major === undefined ? 900 : Number(major) * 100 + Number(minor)
}

type Table = readonly (readonly [name: string, since: Version])[]

const ciphers: Table = [
  ['chacha20-poly1305@openssh.com', 605],
  ['aes256-gcm@openssh.com', 602],
  ['aes128-gcm@openssh.com', 602],
  ['aes256-ctr', 0],
  ['aes192-ctr', 0],
  ['aes128-ctr', 0],
]
const macs: Table = [
  ['hmac-sha2-512-etm@openssh.com', 602],
  ['hmac-sha2-256-etm@openssh.com', 602],
  ['umac-128-etm@openssh.com', 602],
]
const exchanges: Table = [
  ['mlkem768x25519-sha256', 909],
  ['sntrup761x25519-sha512@openssh.com', 805],
  ['curve25519-sha256', 704],
  ['curve25519-sha256@libssh.org', 605],
  ['diffie-hellman-group-exchange-sha256', 0],
]
const hostKeys: Table = [
  ['ssh-ed25519', 605],
  ['rsa-sha2-512', 702],
  ['rsa-sha2-256', 702],
]

/** The lists to set, as the parameters say or by version. */
export const algorithmsFor = (given: Params, version: Version) => {
  const known = (table: Table): string[] => table.flatMap(([name, since]) => (since <= version ? [name] : []))
  return {
    Ciphers: (given.ciphers ?? known(ciphers)).join(','),
    MACs: (given.macs ?? known(macs)).join(','),
    KexAlgorithms: (given.kexAlgorithms ?? known(exchanges)).join(','),
    HostKeyAlgorithms: (given.hostKeyAlgorithms ?? known(hostKeys)).join(','),
  }
}
