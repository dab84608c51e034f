/** The former kube-proxy, which is kept in the cluster until its pods work with the new one: every master finds it there. */
import { z } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { adminConf } from '../kubeadm/paths.ts'
import { getRaw, kubeProxyPaths } from './kube-proxy.ts'

const formerName = 'coxswain-former-kube-proxy'

const formerSchema = z.object({
  data: z.object({
    version: z.string().optional(),
    configMap: z.string(),
    daemonSet: z.string().optional(),
  }),
})

const withSpec = z.object({ spec: z.record(z.string(), z.unknown()) })

/** The version of the cluster, the data of the ConfigMap, and the specification of the DaemonSet; the latter two as JSON. */
type Former = z.output<typeof formerSchema>['data']

/**
 * The former kube-proxy, which an interrupted run has kept; undefined if there is none.
 *
 * @throws `task-failed` if the API server cannot be asked.
 */
export const readFormer = async (ctx: CheckContext, server: string): Promise<Former | undefined> =>
  (await getRaw(ctx, `${kubeProxyPaths.folder}/configmaps/${formerName}`, server, formerSchema))?.data

const kubectl = ({ remote }: ApplyContext, server: string, words: readonly string[], stdin = '') => {
  const access = ['--kubeconfig', adminConf, '--server', server, '-n', 'kube-system']
  return remote.run({ stdin, timeout: 60 })`kubectl ${access} ${words}`
}

/**
 * Keeps ConfigMap and DaemonSet as they are, unless those of an interrupted run are kept: they are the last that worked. Those that were
 * kept before an upgrade are replaced: they have the image of the former version.
 */
export const keepFormer = async (
  ctx: ApplyContext,
  server: string,
  { version, data }: { readonly version: string; readonly data: Readonly<Record<string, string>> },
): Promise<void> => {
  const former = await readFormer(ctx, server)
  if (former?.version === version) return
  const daemonSet = await getRaw(ctx, kubeProxyPaths.daemonSet, server, withSpec)
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: formerName, namespace: 'kube-system' },
    data: {
      version,
      configMap: JSON.stringify(data),
      daemonSet: daemonSet === undefined ? undefined : JSON.stringify(daemonSet.spec),
    },
  }
  const verb = former === undefined ? 'create' : 'replace'
  await kubectl(ctx, server, [verb, '-f', '/dev/stdin'], JSON.stringify(object))
}

/** Puts ConfigMap and DaemonSet back; the pods must be restarted after that. */
export const putFormerBack = async (
  ctx: ApplyContext,
  server: string,
  { configMap, daemonSet }: Former,
): Promise<void> => {
  const replace = async (kind: string, path: string, value: string): Promise<void> => {
    const patch = `[{"op":"replace","path":"${path}","value":${value}}]`
    const words = ['patch', kind, 'kube-proxy', '--type=json', '--patch-file=/dev/stdin']
    await kubectl(ctx, server, words, patch)
  }
  await replace('configmap', '/data', configMap)
  if (daemonSet !== undefined) await replace('daemonset', '/spec', daemonSet)
}

/** Removes the former kube-proxy: the pods work. */
export const forgetFormer = async (ctx: ApplyContext, server: string): Promise<void> => {
  await kubectl(ctx, server, ['delete', 'configmap', formerName, '--ignore-not-found'])
}
