/** The configuration that a cluster keeps of itself, in the ConfigMap kubeadm-config. */
import { CoxswainError, z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { jsonReader } from '../../shared/json-reader.ts'
import { kubectl } from './kubectl.ts'
import { readYaml } from './yaml.ts'
import type { Document } from './yaml.ts'

const kinds = new Set(['ClusterConfiguration', 'MasterConfiguration'])

const documentSchema = z.looseObject({ kind: z.string() })

/** The document about the cluster in a text. */
export const clusterDocument = (text: string, source: string): Document | undefined =>
  readYaml(text, source)
    .flatMap((one) => documentSchema.safeParse(one).data ?? [])
    .find(({ kind }) => kinds.has(kind))

const configMap = z.object({ data: z.record(z.string(), z.string()) })

const dataIn = (text: string, name: string): z.output<typeof configMap> =>
  jsonReader(text, { name: 'the answer', of: `kubectl get configmap ${name}`, code: 'task-failed' })(
    configMap,
  )

/**
 * The data of a ConfigMap of kube-system.
 *
 * @param server the API server to ask.
 * @returns undefined if there is none, or it cannot be asked.
 * @throws `task-failed` for an answer that is not a ConfigMap.
 */
export const configMapData = async (
  ctx: CheckContext,
  name: string,
  server: string,
): Promise<Readonly<Record<string, string>> | undefined> => {
  const words = ['-n', 'kube-system', 'get', 'configmap', name, '--ignore-not-found', '-o', 'json']
  const { ok: asked, stdout } = await kubectl(ctx, words, server).result()
  return !asked || stdout.trim() === '' ? undefined : dataIn(stdout, name).data
}

/**
 * The data of a ConfigMap of kube-system, from an API server that must answer.
 *
 * @returns undefined if there is none.
 * @throws `task-failed` if the API server does not say.
 */
export const saidConfigMapData = async (
  ctx: CheckContext,
  name: string,
  server: string,
): Promise<Readonly<Record<string, string>> | undefined> => {
  const words = ['-n', 'kube-system', 'get', 'configmap', name, '--ignore-not-found', '-o', 'json']
  const { ok: asked, stdout, stderr } = await kubectl(ctx, words, server).result()
  if (!asked)
    throw new CoxswainError('task-failed', `the API server does not say what the ConfigMap ${name} has`, {
      output: stderr.trim().slice(0, 300),
      hint: `check it on ${ctx.host.name}: kubectl --server ${server} get --raw /readyz; then run again; nothing was changed`,
    })
  return stdout.trim() === '' ? undefined : dataIn(stdout, name).data
}

/**
 * The configuration that a cluster keeps of itself.
 *
 * @param server the API server to ask.
 * @returns undefined if there is none, or it cannot be asked.
 * @throws `task-failed` for an answer that is not a ConfigMap.
 */
export const keptConfig = async (ctx: CheckContext, server: string): Promise<Document | undefined> => {
  const data = await configMapData(ctx, 'kubeadm-config', server)
  if (data === undefined) return undefined
  return clusterDocument(data['ClusterConfiguration'] ?? data['MasterConfiguration'] ?? '', 'kubeadm-config')
}
