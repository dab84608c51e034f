/** The ConfigMap cluster-info, which new nodes read before they trust a cluster. */
import { z } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { jsonReader } from '../../shared/json-reader.ts'
import { kubectl } from './kubectl.ts'
import { adminConf } from './paths.ts'

const schema = z.looseObject({ data: z.looseObject({ kubeconfig: z.string() }) })

/** The kubeconfig that new nodes read before they trust the cluster; undefined where there is none. */
export const clusterInfoKubeconfig = async (
  ctx: CheckContext,
  server: string,
): Promise<string | undefined> => {
  const words = ['-n', 'kube-public', 'get', 'configmap', 'cluster-info', '--ignore-not-found', '-o', 'json']
  const text = await kubectl(ctx, words, server).text()
  if (text.trim() === '') return undefined
  return jsonReader(text, {
    name: 'the answer',
    of: 'kubectl get configmap cluster-info',
    code: 'task-failed',
  })(schema).data.kubeconfig
}

/** Puts another kubeconfig there. The controller manager signs it again. */
export const putClusterInfo = async (
  { remote }: ApplyContext,
  server: string,
  kubeconfig: string,
): Promise<void> => {
  const patch = JSON.stringify({ data: { kubeconfig } })
  const words = ['-n', 'kube-public', 'patch', 'configmap', 'cluster-info', '--type=merge', '-p', patch]
  await remote.run({
    timeout: 40,
  })`kubectl --kubeconfig ${adminConf} --request-timeout=15s --server ${server} ${words}`
}
