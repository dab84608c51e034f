import { CoxswainError, defineTask, drift, ok, portNumber, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { ownServer } from './kubeadm/kubectl.ts'
import { newAuthority } from './kubeadm/paths.ts'
import { requireSigning } from './kubeadm/signing.ts'
import { allowUnknownVersion, factsOf, knownVersion } from './kubeadm/versions.ts'
import { certificatesIn, shortFingerprint, stageOf } from './rotation/bundle.ts'
import { copyAuthority, makeAuthority } from './rotation/make.ts'
import { requireOnlyMasters } from './rotation/require.ts'
import { authorityFacts, authorityNames, folderOf, rotationOf } from './rotation/rotation.ts'
import type { Authority } from './rotation/rotation.ts'

/** kubeadm makes authorities valid from 5 minutes before. */
const backdated = 5 * 60_000

/** What the control-plane nodes have: the authority in use, and the new one. */
interface Found {
  readonly ctx: CheckContext
  readonly text: string
  readonly next: string | undefined
}

const read = async (ctx: CheckContext, name: string, authority: Authority): Promise<Found> => {
  const on = name === ctx.host.name ? ctx : await ctx.on(name)
  const path = `${authorityFacts[authority].base}.crt`
  const [text, next] = await Promise.all([
    on.remote.read(path),
    on.remote.read(`${folderOf(authority)}/new.crt`),
  ])
  if (text !== undefined) return { ctx: on, text, next }
  throw new CoxswainError('task-failed', `${name} does not have ${path}`, {
    hint: 'all hosts must be control-plane nodes; where etcd is elsewhere, leave it out: -e rotate_ca=["cluster","front-proxy"]',
  })
}

/** @throws `task-failed` unless there is one new authority at most. */
const oneNew = (found: readonly Found[], authority: Authority): Found | undefined => {
  const having = found.filter(({ next }) => next !== undefined)
  const other = having.find(({ next }) => next !== having[0]?.next)
  if (other === undefined) return having[0]
  throw new CoxswainError(
    'task-failed',
    `${having[0]?.ctx.host.name} and ${other.ctx.host.name} have different new authorities in ${folderOf(authority)}`,
    { hint: `remove the folder on the host whose certificate is not the one in use on any of them` },
  )
}

/** @throws `task-failed` where a replacement would cut nodes off, or could not be proven in the end. */
const requireReady = async (
  ctx: CheckContext,
  authority: Authority,
  masters: readonly string[],
  server: string,
): Promise<void> => {
  if (authority === 'cluster') await requireOnlyMasters(ctx, masters, server)
  if (authority !== 'front-proxy' || (await ctx.remote.query`command -v curl`.succeeds())) return
  throw new CoxswainError('task-failed', `curl is not on ${ctx.host.name}`, {
    hint: `it proves the authority of the front proxy in the end: install it, or leave that out with -e 'rotate_ca=["cluster","etcd"]'`,
  })
}

/** When the authority in use was made. @throws `task-failed` unless all nodes have the same one, and it alone. */
const madeAt = (found: readonly Found[], authority: Authority): Date => {
  const [first] = found.map(({ text }) => certificatesIn(text))
  const path = `${authorityFacts[authority].base}.crt`
  const [certificate] = first ?? []
  if (certificate === undefined || first?.length !== 1)
    throw new CoxswainError(
      'task-failed',
      `${path} on ${found[0]?.ctx.host.name} has ${first?.length ?? 0} certificates, not one`,
      { hint: 'an authority is replaced only where nothing else is trusted: take the others out first' },
    )
  const other = found.find(({ text }) => stageOf(text, { former: certificate, next: certificate }) !== 'new')
  if (other !== undefined)
    throw new CoxswainError(
      'task-failed',
      `${path} is not the same on ${found[0]?.ctx.host.name} and ${other.ctx.host.name}`,
      { hint: 'copy the right one with copy-certs, and run again' },
    )
  return new Date(certificate.validFrom)
}

/** @throws `task-failed` for a time that a new authority would be before as well: each run would replace it. */
const refuseFuture = async ({ remote }: CheckContext, madeBefore: string): Promise<void> => {
  const now = Number(await remote.query`date +%s`.text()) * 1000
  if (new Date(madeBefore).getTime() <= now - backdated) return
  throw new CoxswainError('task-failed', `${madeBefore} is not 5 minutes ago`, {
    hint: 'kubeadm makes an authority valid from 5 minutes before: give an earlier time',
  })
}

/** Makes a new authority for a control plane, beside the one in use, if that one is old. */
export const authorityPrepare = defineTask({
  name: 'authority-prepare',
  description:
    'Makes a new authority of a control plane with kubeadm, beside the one in use, if that was made before a time; the other control-plane nodes get a copy. Nothing uses it yet.',
  reads:
    'the authority on all control-plane nodes, the new one in /etc/coxswain/rotate-ca, and the clock of the host',
  example: {
    authority: 'cluster',
    madeBefore: '2026-01-01',
    masters: ['m1', 'm2', 'm3'],
    version: 'v1.37.2',
    address: '10.0.0.11',
  },
  params: () =>
    z
      .object({
        authority: z.enum(authorityNames).describe('the authority'),
        madeBefore: z
          .union([z.iso.date(), z.iso.datetime()])
          .describe('replace an authority made before this, such as 2026-01-31 or 2026-01-31T12:00:00Z'),
        masters: z.array(z.string()).min(1).describe('the names of all control-plane nodes'),
        version: z.string().describe('the Kubernetes version, such as v1.37.2'),
        address: z.string().describe('the address that this control-plane node advertises'),
        port: portNumber().default(6443).describe('the port of its API server'),
        allowUnknownVersion: allowUnknownVersion(),
      })
      .superRefine(knownVersion('version')),
  title: ({ authority, madeBefore }) =>
    `the authority ${authority} was made after ${madeBefore}, or is replaced`,
  makes: ({ authority }) => [newAuthority(authority)],

  async check(ctx, { authority, madeBefore, masters, version, address, port }) {
    const required = () => requireReady(ctx, authority, masters, ownServer(address, port))
    // a file that no stage has is refused here, before anything else looks at it
    const rotation = await rotationOf(ctx, authority)
    if (rotation !== undefined) {
      // at the end, no node can be cut off any more
      if (rotation.stage !== 'new') await required()
      return ok()
    }
    const found = await Promise.all(masters.map((name) => read(ctx, name, authority)))
    const own = await read(ctx, ctx.host.name, authority)
    const source = oneNew(found, authority)
    const what = `new authority: ${authority}`
    if (source?.next !== undefined) {
      const [next] = certificatesIn(source.next)
      // it has taken the place of the former one here, and the others are about to end as well
      if (next !== undefined && stageOf(own.text, { former: next, next }) === 'new') return ok()
      await required()
      return drift({ what, to: `a copy of that of ${source.ctx.host.name}` })
    }
    const made = madeAt(found, authority)
    await refuseFuture(ctx, madeBefore)
    if (made.getTime() >= new Date(madeBefore).getTime()) return ok()
    const { renewal, renewsKubeconfigs } = factsOf(version)
    if (renewal === undefined || !renewsKubeconfigs)
      throw new CoxswainError('task-failed', `kubeadm ${version} cannot renew all certificates`, {
        hint: 'replace the authority as the documentation of this version describes',
      })
    await requireSigning(ctx, [authorityFacts[authority].base])
    await required()
    const [former] = certificatesIn(own.text)
    return drift({
      what,
      from: `${former === undefined ? 'one' : shortFingerprint(former)}, made ${made.toISOString()}`,
      to: 'a new one, in /etc/coxswain/rotate-ca',
    })
  },

  async apply(ctx, { authority, masters }) {
    const found = await Promise.all(masters.map((name) => read(ctx, name, authority)))
    const source = oneNew(found, authority)
    await (source === undefined ? makeAuthority(ctx, authority) : copyAuthority(ctx, authority, source.ctx))
  },
})
