import { CoxswainError, Secret, defineTask, drift, driftUnlessEmpty, ok, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { accountOf } from '../system/accounts/account.ts'
import { adminConf, adminConfFile, newCertificates } from './kubeadm/paths.ts'

const serversIn = (kubeconfig: string | undefined): string[] =>
  [...(kubeconfig ?? '').matchAll(/^ *server: *["']?([^\s"']+)/gm)].map(([, server = '']) => server)

/**
 * Refuses to overwrite a kubeconfig for other clusters.
 *
 * @throws `task-failed` with the other cluster.
 */
const refuseOthers = async ({ remote }: CheckContext, path: string): Promise<void> => {
  const [theirs, ours] = await Promise.all([remote.read(path), remote.read(adminConf)])
  const other = serversIn(theirs).find((server) => !serversIn(ours).includes(server))
  if (other === undefined || ours === undefined) return
  throw new CoxswainError('task-failed', `${path} is for another cluster, at ${other}`, {
    hint: 'move it away, or leave the user out',
  })
}

const noMaster = (): CoxswainError =>
  new CoxswainError('task-failed', `${adminConf} does not exist`, {
    hint: 'the host is not a control-plane node yet',
  })

/** Lets a user of a control-plane node use kubectl: copies admin.conf to the home folder, readable by that user only. */
export const userKubeconfig = defineTask({
  name: 'user-kubeconfig',
  description: 'Copies the kubeconfig of the administrator to ~/.kube/config of a user.',
  reads: "admin.conf and the user's ~/.kube/config",
  example: { user: 'root' },
  params: () => z.object({ user: z.string().describe('the user') }),
  title: ({ user }) => `kubeconfig of ${user}`,

  async check(ctx, { user }) {
    const { home, group } = await accountOf(ctx, user)
    const path = `${home}/.kube/config`
    const [wanted, sum, stat] = await Promise.all([
      ctx.remote.sha256(adminConf),
      ctx.remote.sha256(path),
      ctx.remote.stat(path),
    ])
    if (wanted === undefined && !ctx.predicted(adminConfFile)) throw noMaster()
    if (wanted !== sum || stat === undefined || ctx.predicted(newCertificates)) {
      await refuseOthers(ctx, path)
      return drift({
        what: path,
        from: sum === undefined ? undefined : 'a former copy',
        to: `a copy of ${adminConf}`,
      })
    }
    const access = `${stat.owner}:${stat.group} ${stat.mode}`
    const right = `${user}:${group} 0600`
    return access === right
      ? ok()
      : driftUnlessEmpty([{ what: `access to ${path}`, from: access, to: right }])
  },

  async apply(ctx, { user }) {
    const { home, group } = await accountOf(ctx, user)
    const text = await ctx.remote.read(adminConf)
    if (text === undefined) throw noMaster()
    await ctx.remote.makeDirectory(`${home}/.kube`, { owner: user, group, mode: '0700' })
    await ctx.remote.write(`${home}/.kube/config`, new Secret(text), { owner: user, group, mode: '0600' })
  },
})
