import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { pki } from './paths.ts'

/**
 * What every master shares, and nothing else of pki: the certificates that a master makes for itself name its own
 * addresses (kubeadm "Manual certificate distribution").
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

/** Leaf certificates of a master with the authority that signs each, and whether it names the master. */
const leaves = [
  { name: 'apiserver', ca: 'ca', names: true },
  { name: 'apiserver-kubelet-client', ca: 'ca', names: false },
  { name: 'front-proxy-client', ca: 'front-proxy-ca', names: false },
  { name: 'etcd/server', ca: 'etcd/ca', names: true },
  { name: 'etcd/peer', ca: 'etcd/ca', names: true },
  { name: 'etcd/healthcheck-client', ca: 'etcd/ca', names: false },
  { name: 'apiserver-etcd-client', ca: 'etcd/ca', names: false },
] as const

const read = async ({ remote }: CheckContext, name: string): Promise<X509Certificate | undefined> => {
  const text = await remote.read(`${pki}/${name}.crt`)
  if (text === undefined) return undefined
  try {
    return new X509Certificate(text)
  } catch {
    // a file that was cut off by a crash is as good as none
    return undefined
  }
}

/** What a certificate of a master must name. */
interface Names {
  readonly address: string
  readonly apiNames: readonly string[]
}

type Leaf = (typeof leaves)[number]

/** What is wrong with one leaf certificate, in words. */
const leafProblems = async (ctx: CheckContext, leaf: Leaf, names: Names): Promise<string[]> => {
  const { name, ca } = leaf
  const [found, authority, key] = await Promise.all([
    read(ctx, name),
    read(ctx, ca),
    ctx.remote.stat(`${pki}/${name}.key`),
  ])
  if (authority === undefined) return [`${ca}.crt is missing`]
  if (found === undefined) return [`${name}.crt is missing`]
  if ((key?.size ?? 0) === 0) return [`${name}.key is missing`]
  if (!found.verify(authority.publicKey)) return [`${name}.crt is not signed by ${ca}.crt`]
  if (new Date(found.validTo) < new Date()) return [`${name}.crt has expired`]
  const wanted = name === 'apiserver' ? [names.address, ...names.apiNames] : leaf.names ? [names.address] : []
  return wanted
    .filter((one) => (isIP(one) > 0 ? found.checkIP(one) : found.checkHost(one)) === undefined)
    .map((one) => `${name}.crt does not name ${one}`)
}

/** What is wrong with a master's certificates, in words; empty when all are there, signed and named as they must be. */
export const certificateProblems = async (ctx: CheckContext, names: Names): Promise<string[]> => {
  const problems = await Promise.all(leaves.map((leaf) => leafProblems(ctx, leaf, names)))
  return [...new Set(problems.flat())]
}

/**
 * Removes leaf certificates that are not as they must be, so that kubeadm signs new ones: it refuses those that it
 * finds and does not like. Only where their authority's key is there to sign with.
 */
export const removeBadLeaves = async (ctx: ApplyContext, names: Names): Promise<void> => {
  for (const leaf of leaves) {
    const bad = (await leafProblems(ctx, leaf, names)).length > 0
    const authority = ['crt', 'key'].map((kind) => ctx.remote.exists(`${pki}/${leaf.ca}.${kind}`))
    if (!bad || (await Promise.all(authority)).includes(false)) continue
    for (const kind of ['crt', 'key']) await ctx.remote.remove(`${pki}/${leaf.name}.${kind}`)
  }
}
