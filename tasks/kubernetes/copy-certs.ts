import {
  CoxswainError,
  defineTask,
  drift,
  driftUnlessEmpty,
  flag,
  hostSelector,
  z,
} from '../../engine/index.ts'
import type { Change, CheckContext } from '../../engine/index.ts'
import { hasDataOfEtcd } from './etcd/data.ts'
import { sharedFiles } from './kubeadm/certificates.ts'
import { adminConf, pki, unfinishedPath } from './kubeadm/paths.ts'
import { manifestText } from './kubeadm/restarts.ts'
import { copySharedFiles, encryptionFilesOf, modeOf } from './kubeadm/shared-files.ts'

/** Whether root can read a file of a mode, and it is open to others at most as far as another mode is. kubeadm gives sa.pub 0600 on masters that join. */
const isAsClosed = (mode: string, most: string): boolean => {
  const bits = Number.parseInt(mode, 8)
  return (bits & ~Number.parseInt(most, 8)) === 0 && (bits & 0o400) !== 0
}

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
  const right =
    stat !== undefined && isAsClosed(stat.mode, mode) && stat.owner === 'root' && stat.group === 'root'
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

/**
 * The file with the keys of encryption at rest, for a host that is not a complete control-plane node: it could not read what the others
 * write. A complete one has read its own already, and rotate-keys compares those of all.
 */
const encryptionFiles = async (ctx: CheckContext, from: CheckContext): Promise<string[]> => {
  const [apiServer, hasData, unfinished] = await Promise.all([
    manifestText(ctx, 'kube-apiserver'),
    hasDataOfEtcd(ctx),
    ctx.remote.exists(unfinishedPath),
  ])
  return apiServer !== undefined && hasData && !unfinished ? [] : encryptionFilesOf(from)
}

/** Copies the certificate authorities and keys that all control-plane nodes share. */
export const copyCerts = defineTask({
  name: 'copy-certs',
  description:
    'Copies the eight files that all control-plane nodes share from one of them to this host, and, to a host that is not a complete control-plane node yet, the file with the keys of encryption at rest; nothing else in pki.',
  reads:
    'SHA-256 and mode of the files, on both hosts, the argument encryption-provider-config of the API server there, and whether this host is complete',
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
    const files = [...wanted(params), ...(await encryptionFiles(ctx, from))]
    const changes = await Promise.all(files.map((path) => difference(from, ctx, path)))
    return changes.flat().length === 0 ? driftUnlessEmpty([]) : drift(...changes.flat())
  },

  async apply(ctx, params) {
    const from = await ctx.on(params.from)
    await copySharedFiles(ctx, from, [...wanted(params), ...(await encryptionFiles(ctx, from))])
  },
})

const wanted = (params: { readonly adminConf: boolean }): string[] => [
  ...sharedFiles,
  ...(params.adminConf ? [adminConf] : []),
]
