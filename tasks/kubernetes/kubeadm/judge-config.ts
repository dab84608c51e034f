/** What the kubeadm of a host says against a configuration, before it is written. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { configDocuments } from '../config/render.ts'
import { kubeadmConfigPath } from './paths.ts'
import type { HostConfig } from './settings.ts'
import { factsOf, minorOf } from './versions.ts'
import { asYaml, isMap } from './yaml.ts'
import type { Document } from './yaml.ts'

/** A field that kubeadm does not know. */
interface UnknownField {
  /** The kind of the document. */
  readonly kind: string
  /** The path of the field; up to 1.23 its last name. */
  readonly field: string
}

/** The unknown fields in what kubeadm says: an error from 1.26 on, before that a warning. */
export const unknownFieldsIn = (said: string): UnknownField[] => {
  const found = said.split('\n').flatMap((line) => {
    const [, kind = 'the configuration'] = /\bKind:"(\w+)"/.exec(line) ?? []
    return [...line.matchAll(/unknown field "([^"]+)"/g)].map(([, field = '']) => ({ kind, field }))
  })
  const texts = found.map(({ kind, field }) => `${kind} ${field}`)
  return found.filter((_, index) => texts.indexOf(texts[index] ?? '') === index)
}

/** Whether the kubeadm of a host is of the minor release of a version: only it has the same fields. */
const isOfSameMinor = async ({ remote }: CheckContext, version: string): Promise<boolean> => {
  const { ok, stdout } = await remote.query`kubeadm version -o short`.result()
  const [installed = ''] = /^v1\.\d+\.\d+/.exec(stdout.trim()) ?? []
  return ok && installed !== '' && minorOf(installed) === minorOf(version)
}

/** The documents with a container runtime: kubeadm would look for one on the host, and fail where there are several. */
const withRuntime = (documents: readonly Document[]): Document[] =>
  documents.map((one) => {
    const node = one['nodeRegistration']
    return isMap(node) && node['criSocket'] === undefined
      ? { ...one, nodeRegistration: { ...node, criSocket: 'unix:///run/containerd/containerd.sock' } }
      : one
  })

/** What kubeadm does not accept in a configuration; empty if it accepts it, or cannot be asked. */
export const configRefusals = async (
  ctx: CheckContext,
  { version, documents }: { readonly version: string; readonly documents: readonly Document[] },
): Promise<string[]> => {
  if (!(await isOfSameMinor(ctx, version))) return []
  const { validatesConfig } = factsOf(version)
  const words = validatesConfig ? ['validate', '--config'] : ['migrate', '--old-config']
  const { code, stderr } = await ctx.remote.query({
    stdin: asYaml(withRuntime(documents)),
    timeout: 60,
    label: 'ask kubeadm whether it accepts the configuration',
  })`kubeadm config ${words} /dev/stdin`.result()
  const fields = unknownFieldsIn(stderr).map(
    ({ kind, field }) => `${kubeadmConfigPath}: ${kind}: kubeadm does not know the field ${field}`,
  )
  if (fields.length > 0) return fields
  // a kubeadm without this command, or one that could not run, says nothing about the configuration
  const judged = validatesConfig && [1, 3].includes(code) && !/unknown (command|flag)/.test(stderr)
  return judged ? [`${kubeadmConfigPath}: ${stderr.trim()}`] : []
}

/** @throws `task-failed` if the kubeadm of the host does not accept the configuration. */
export const refuseUnaccepted = async (ctx: CheckContext, config: HostConfig): Promise<void> => {
  const version = config.cluster.kubernetesVersion
  const refusals = await configRefusals(ctx, { version, documents: configDocuments(config) })
  if (refusals.length === 0) return
  throw new CoxswainError('task-failed', `kubeadm on ${ctx.host.name} does not accept the configuration`, {
    output: refusals.join('\n'),
    hint: 'correct the fields in the inventory (also in kubelet, kube_proxy and kubeadm_config_merge); nothing was written',
  })
}
