/** Whether kube-proxy of each node has read the Services from an API server since it was started. */
import { shellFile, shellProgram } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { asked } from '../cluster-state/known.ts'
import { isMap, readYaml } from '../kubeadm/yaml.ts'
import type { KubeProxy, ProxyPod } from '../reconfigure/kube-proxy.ts'
import { contextOf } from './records.ts'

const program = shellFile(import.meta.url, 'proxy-rules.sh')

/** The port of the metrics in the configuration of kube-proxy. */
const metricsPort = (config: string | undefined): number => {
  const given = readYaml(config ?? '', 'the ConfigMap kube-proxy').find(isMap)?.['metricsBindAddress']
  return Number(/:(\d+)$/.exec(typeof given === 'string' ? given : '')?.[1] ?? 10_249)
}

/** When the rules were written last: 0 before kube-proxy has all Services and endpoints. Newer releases have one line a family. */
const hasWritten = (metrics: string): boolean =>
  [...metrics.matchAll(/^kubeproxy_sync_proxy_rules_last_timestamp_seconds(?:\{.*\})? (\S+)$/gm)].some(
    ([, value]) => Number(value) > 0,
  )

/** Why kube-proxy of a node is not known to work; undefined if it is. */
const faultOf = async (ctx: CheckContext, node: string, port: number): Promise<string | undefined> => {
  const on = await contextOf(ctx, node)
  const query = on.remote.query({ timeout: 30, label: 'ask kube-proxy for its metrics' })
  const { ok, stdout } = await query`${shellProgram(program, port)}`.result()
  if (!ok) return `port ${port} of the host does not answer`
  return hasWritten(stdout) ? undefined : 'it has not read the Services since it was started'
}

/** The pods of kube-proxy that are not known to have written their rules since they were started, and why. */
export const withoutRules = async (
  ctx: CheckContext,
  { data }: Pick<KubeProxy, 'data'>,
  pods: readonly ProxyPod[],
): Promise<{ readonly node: string; readonly why: string }[]> => {
  const port = metricsPort(data['config.conf'])
  const all = pods.map(async ({ node }) => {
    const found = await asked(() => faultOf(ctx, node, port))
    const why = found.known ? found.value : found.why
    return why === undefined ? [] : [{ node, why }]
  })
  return (await Promise.all(all)).flat()
}
