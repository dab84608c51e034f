import {
  CoxswainError,
  Secret,
  defineTask,
  drift,
  driftUnlessEmpty,
  flag,
  hostSelector,
  z,
} from '../../engine/index.ts'
import type { ApplyContext, Change, CheckContext } from '../../engine/index.ts'
import { hasDataOfEtcd } from './etcd/data.ts'
import { sharedFiles } from './kubeadm/certificates.ts'
import { adminConf, pki, unfinishedPath } from './kubeadm/paths.ts'

const modeOf = (path: string): string => (/\.(crt|pub)$/.test(path) ? '0644' : '0600')

const difference = async (from: CheckContext, to: CheckContext, path: string): Promise<Change[]> => {
  const [theirs, ours, stat] = await Promise.all([
    from.remote.sha256(path),
    to.remote.sha256(path),
    to.remote.stat(path),
  ])
  if (theirs === undefined || ours !== theirs) {
    const short = (sum: string | undefined): string | undefined => sum && `sha256 ${sum.slice(0, 12)}…`
    return [{ what: path, from: short(ours), to: short(theirs) ?? `a copy from ${from.host.name}` }]
  }
  const mode = modeOf(path)
  const right = stat?.mode === mode && stat.owner === 'root' && stat.group === 'root'
  return right
    ? []
    : [
        {
          what: `access to ${path}`,
          from: `${stat?.owner}:${stat?.group} ${stat?.mode}`,
          to: `root:root ${mode}`,
        },
      ]
}

/**
 * Copies the shared files of another control-plane node to this one, in memory: they are not stored anywhere on the way.
 */
export const copySharedFiles = async (
  ctx: ApplyContext,
  from: CheckContext,
  files: readonly string[],
): Promise<void> => {
  const contents = await Promise.all(
    files.map(async (path) => {
      const text = await from.remote.read(path)
      if (text !== undefined) return { path, content: modeOf(path) === '0600' ? new Secret(text) : text }
      throw new CoxswainError('task-failed', `${path} does not exist on ${from.host.name}`, {
        hint: `${from.host.name} must be an initialised control-plane node`,
      })
    }),
  )
  await ctx.remote.makeDirectory(`${pki}/etcd`, { mode: '0755', owner: 'root', group: 'root' })
  await Promise.all(
    contents.map(({ path, content }) =>
      ctx.remote.write(path, content, { mode: modeOf(path), owner: 'root', group: 'root' }),
    ),
  )
}

/**
 * Refuses to replace the certificate authority of a host with etcd data of another cluster.
 *
 * @throws `task-failed` if this host belongs to another cluster.
 */
const refuseOtherCluster = async (ctx: CheckContext, from: CheckContext): Promise<void> => {
  const ca = `${pki}/ca.crt`
  const [ours, theirs, hasData, unfinished] = await Promise.all([
    ctx.remote.sha256(ca),
    from.remote.sha256(ca),
    hasDataOfEtcd(ctx),
    ctx.remote.exists(unfinishedPath),
  ])
  if (ours === undefined || theirs === undefined || ours === theirs || !hasData || unfinished) return
  throw new CoxswainError('task-failed', `${ctx.host.name} is not in the same cluster as ${from.host.name}`, {
    hint: `leave the host out, or run reset-node on ${ctx.host.name} to delete its data`,
  })
}

/** Copies the certificate authorities and keys that all control-plane nodes share. */
export const copyCerts = defineTask({
  name: 'copy-certs',
  description:
    'Copies the eight files that all control-plane nodes share from one of them to this host, and nothing else in pki.',
  reads: 'SHA-256 and mode of the eight files, on both hosts',
  example: { from: 'masters[0]' },
  params: () =>
    z.object({
      from: hostSelector().describe('the control-plane node to copy from'),
      adminConf: flag()
        .default(false)
        .describe('also copy admin.conf, which gives full access to the cluster to everyone who can read it'),
    }),
  title: ({ adminConf: admin }) => `shared certificates and keys${admin ? ' and admin.conf' : ''}`,

  async check(ctx, params) {
    const from = await ctx.on(params.from)
    if (from.host.name === ctx.host.name) return driftUnlessEmpty([])
    await refuseOtherCluster(ctx, from)
    const changes = await Promise.all(wanted(params).map((path) => difference(from, ctx, path)))
    return changes.flat().length === 0 ? driftUnlessEmpty([]) : drift(...changes.flat())
  },

  async apply(ctx, params) {
    await copySharedFiles(ctx, await ctx.on(params.from), wanted(params))
  },
})

const wanted = (params: { readonly adminConf: boolean }): string[] => [
  ...sharedFiles,
  ...(params.adminConf ? [adminConf] : []),
]
