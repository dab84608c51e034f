import type { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { canonicalAddress } from '../../network/addresses/addresses.ts'
import { certificatesIn } from '../rotation/bundle.ts'
import { pki } from './paths.ts'

/**
 * The files in pki that all control-plane nodes share. All other certificates name the addresses of one node, and are
 * created
 * on that node (kubeadm "Manual certificate distribution").
 */
export const sharedFiles = [
  'ca.crt',
  'ca.key',
  'sa.pub',
  'sa.key',
  'front-proxy-ca.crt',
  'front-proxy-ca.key',
  'etcd/ca.crt',
  'etcd/ca.key',
].map((name) => `${pki}/${name}`)

/** The leaf certificates of a control-plane node, the authority that signs each, and whether it names the node. */
const leaves = [
  { name: 'apiserver', ca: 'ca', names: true },
  { name: 'apiserver-kubelet-client', ca: 'ca', names: false },
  { name: 'front-proxy-client', ca: 'front-proxy-ca', names: false },
  { name: 'etcd/server', ca: 'etcd/ca', names: true },
  { name: 'etcd/peer', ca: 'etcd/ca', names: true },
  { name: 'etcd/healthcheck-client', ca: 'etcd/ca', names: false },
  { name: 'apiserver-etcd-client', ca: 'etcd/ca', names: false },
] as const

/** The paths of the leaf certificates of a control-plane node. */
export const leafPaths: readonly string[] = leaves.map(({ name }) => `${pki}/${name}.crt`)

/** The paths of the leaf certificates that an authority signs. @param authority its path without the ending. */
export const leavesOf = (authority: string): readonly string[] =>
  leaves.flatMap(({ name, ca }) => (`${pki}/${ca}` === authority ? [`${pki}/${name}.crt`] : []))

/** The paths of the authorities of a control-plane node, without their ending. */
export const authorities: readonly string[] = [...new Set(leaves.map(({ ca }) => `${pki}/${ca}`))]

/** The certificates of the authorities of a cluster, the same on every control-plane node. */
export const authorityFiles: readonly string[] = [...new Set(leaves.map(({ ca }) => `${pki}/${ca}.crt`))]

/** The files of certificates that a control-plane node with an etcd of its own has. */
export const certificateFiles: readonly string[] = [
  ...new Set(leaves.flatMap(({ name, ca }) => [name, ca])),
].map((name) => `${pki}/${name}.crt`)

/** The certificates in a file, in their order; a file that a crash truncated counts as missing. */
const read = async ({ remote }: CheckContext, name: string): Promise<X509Certificate[]> =>
  certificatesIn((await remote.read(`${pki}/${name}.crt`)) ?? '')

/** The names that a certificate of a control-plane node must contain. */
interface Names {
  readonly address: string
  readonly apiNames: readonly string[]
}

type Leaf = (typeof leaves)[number]

/** The names that a certificate does not have. */
const missingIn = (certificate: X509Certificate, names: readonly string[]): string[] =>
  names.filter((one) => (isIP(one) > 0 ? certificate.checkIP(one) : certificate.checkHost(one)) === undefined)

/** What is wrong with one leaf certificate. */
const leafProblems = async (ctx: CheckContext, leaf: Leaf, names: Names): Promise<string[]> => {
  const { name, ca } = leaf
  const [[found], signers, key] = await Promise.all([
    read(ctx, name),
    read(ctx, ca),
    ctx.remote.stat(`${pki}/${name}.key`),
  ])
  if (signers.length === 0) return [`${ca}.crt is missing`]
  if (found === undefined) return [`${name}.crt is missing`]
  if ((key?.size ?? 0) === 0) return [`${name}.key is missing`]
  // after a rotation, the file of an authority has several
  if (!signers.some(({ publicKey }) => found.verify(publicKey)))
    return [`${name}.crt is not signed by ${ca}.crt`]
  if (new Date(found.validTo) < new Date()) return [`${name}.crt has expired`]
  const wanted = name === 'apiserver' ? [names.address, ...names.apiNames] : leaf.names ? [names.address] : []
  return missingIn(found, wanted).map((one) => `${name}.crt does not name ${one}`)
}

/** Names that the certificate of the API server must have and does not; none if there is no certificate. */
export const missingApiNames = async (
  ctx: CheckContext,
  { address, apiNames }: Names,
): Promise<readonly string[]> => {
  const [found] = await read(ctx, 'apiserver')
  return found === undefined ? [] : missingIn(found, [address, ...apiNames])
}

/** All names and addresses in a certificate; none if there is no certificate. */
const namesIn = async (ctx: CheckContext, leaf: Leaf['name']): Promise<readonly string[]> => {
  const [found] = await read(ctx, leaf)
  return (found?.subjectAltName ?? '')
    .split(', ')
    .map((one) => canonicalAddress(one.replace(/^(?:DNS|IP Address):/, '')))
    .filter(Boolean)
}

/** All names and addresses that the certificate of the API server has; none if there is no certificate. */
export const apiNamesOf = (ctx: CheckContext): Promise<readonly string[]> => namesIn(ctx, 'apiserver')

/** The same of the certificate with which an etcd member reaches the others. */
export const etcdPeerNames = (ctx: CheckContext): Promise<readonly string[]> => namesIn(ctx, 'etcd/peer')

/** Names that the certificate of the API server has, of those given; none if there is no certificate. */
export const presentApiNames = async (
  ctx: CheckContext,
  names: readonly string[],
): Promise<readonly string[]> => {
  const [found] = names.length === 0 ? [] : await read(ctx, 'apiserver')
  if (found === undefined) return []
  const missing = missingIn(found, names)
  return names.filter((name) => !missing.includes(name))
}

/** The files of etcd whose names can be configured, with the field of ClusterConfiguration for each. */
const etcdNames = { 'etcd/server': 'serverCertSANs', 'etcd/peer': 'peerCertSANs' } as const

/** Names of etcd's certificates by the field that sets them. */
export type EtcdNames = Readonly<Record<(typeof etcdNames)[keyof typeof etcdNames], readonly string[]>>

/** Names that a certificate of etcd must have and does not; none for a certificate that is not there. */
export const missingEtcdNames = async (
  ctx: CheckContext,
  names: EtcdNames,
): Promise<readonly { readonly file: string; readonly missing: string }[]> => {
  const found = await Promise.all(
    (['etcd/server', 'etcd/peer'] as const).map(async (name) => {
      const wanted = names[etcdNames[name]]
      const [certificate] = wanted.length === 0 ? [] : await read(ctx, name)
      if (certificate === undefined) return []
      return missingIn(certificate, wanted).map((missing) => ({ file: `${pki}/${name}.crt`, missing }))
    }),
  )
  return found.flat()
}

/**
 * What is wrong with the certificates of a control-plane node; empty if all exist and have the right authority and names.
 */
export const certificateProblems = async (ctx: CheckContext, names: Names): Promise<string[]> => {
  const problems = await Promise.all(leaves.map((leaf) => leafProblems(ctx, leaf, names)))
  return [...new Set(problems.flat())]
}

/**
 * Removes invalid leaf certificates, so that kubeadm creates new ones: it refuses to run with certificates that it does not
 * accept. Only if the key of their authority exists, which is needed to sign new ones.
 */
export const removeBadLeaves = async (ctx: ApplyContext, names: Names): Promise<void> => {
  for (const leaf of leaves) {
    const bad = (await leafProblems(ctx, leaf, names)).length > 0
    const authority = ['crt', 'key'].map((kind) => ctx.remote.exists(`${pki}/${leaf.ca}.${kind}`))
    if (!bad || (await Promise.all(authority)).includes(false)) continue
    for (const kind of ['crt', 'key']) await ctx.remote.remove(`${pki}/${leaf.name}.${kind}`)
  }
}
