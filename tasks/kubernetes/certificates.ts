import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { CheckContext } from '../../engine/index.ts'
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

/** What is wrong with a master's certificates, in words; empty when all are there, signed and named as they must be. */
export const certificateProblems = async (
  ctx: CheckContext,
  { address, apiNames }: { readonly address: string; readonly apiNames: readonly string[] },
): Promise<string[]> => {
  const authorities = new Map(
    await Promise.all(
      (['ca', 'front-proxy-ca', 'etcd/ca'] as const).map(
        async (name) => [name, await read(ctx, name)] as const,
      ),
    ),
  )
  const problems = await Promise.all(
    leaves.map(async ({ name, ca, names }) => {
      const [leaf, authority] = [await read(ctx, name), authorities.get(ca)]
      if (authority === undefined) return [`${ca}.crt is missing`]
      if (leaf === undefined) return [`${name}.crt is missing`]
      if (!leaf.verify(authority.publicKey)) return [`${name}.crt is not signed by ${ca}.crt`]
      if (new Date(leaf.validTo) < new Date()) return [`${name}.crt has expired`]
      const wanted = name === 'apiserver' ? [address, ...apiNames] : names ? [address] : []
      return wanted
        .filter((one) => (isIP(one) > 0 ? leaf.checkIP(one) : leaf.checkHost(one)) === undefined)
        .map((one) => `${name}.crt does not name ${one}`)
    }),
  )
  return [...new Set(problems.flat())]
}
