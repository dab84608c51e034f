/** A manifest and the cluster: what differs, what is there, and applying it. */
import { CoxswainError, shellFile, shellProgram } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { adminConf } from '../kubeadm/paths.ts'
import { asManifest, isLarge, keyOf } from './manifest-objects.ts'
import type { ObjectName } from './manifest-objects.ts'

const differing = shellFile(import.meta.url, 'differing-objects.sh')

/** Who owns the fields of objects that the API server merges: kubectl, as for those that it merges itself. */
const merging = (text: string): string[] =>
  isLarge(text) ? ['--server-side', '--force-conflicts', '--field-manager=kubectl-client-side-apply'] : []

/** `DaemonSet kube-flannel/kube-flannel-ds`, from `apps.v1.DaemonSet.kube-flannel.kube-flannel-ds`. */
const inWords = (file: string): string => {
  const parts = /^(?:.*\.)?v\d+\w*\.([A-Za-z]+)\.([^.]*)\.(.+)$/.exec(file)
  if (parts === null) return file
  const [, kind = '', namespace = '', name = ''] = parts
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`
}

/** What a manifest and the cluster differ in. */
export interface Differences {
  readonly any: boolean
  /** The objects, as `ConfigMap kube-flannel/kube-flannel-cfg`; empty if kubectl cannot name them, as in a new cluster. */
  readonly objects: readonly string[]
}

/**
 * What a manifest and the cluster differ in.
 *
 * @throws `command-failed` if the cluster cannot be asked.
 */
export const differencesOf = async ({ remote }: CheckContext, text: string): Promise<Differences> => {
  const ask = remote.query({ stdin: text, timeout: 120, label: 'kubectl diff -f -' })
  const { code, stdout, stderr } = await ask`${shellProgram(differing, adminConf, ...merging(text))}`.result()
  const objects = stdout.split('\n').flatMap((line) => (line === '' ? [] : [inWords(line)]))
  if (code === 0) return { any: false, objects: [] }
  // kubectl before 1.13 does not have diff: only checks whether all objects exist
  if (/unknown command "?diff/.test(stderr)) {
    const there = remote.query({
      stdin: text,
      timeout: 60,
    })`kubectl --kubeconfig ${adminConf} get -f - >/dev/null`
    return { any: !(await there.succeeds()), objects: [] }
  }
  // a kind or namespace that the manifest itself creates is unknown before it is applied
  if (/no matches for kind|not found/i.test(stderr)) return { any: true, objects: [] }
  if (code === 1) return { any: true, objects }
  throw new CoxswainError('command-failed', `kubectl diff ended with ${code}`, { output: stderr.trim() })
}

/** Applies a manifest. */
export const applyManifest = async ({ remote }: ApplyContext, text: string): Promise<void> => {
  const words = ['apply', ...merging(text), '-f', '-']
  await remote.run({ stdin: text, timeout: 180 })`kubectl --kubeconfig ${adminConf} ${words}`
}

const columns = 'custom-columns=A:.apiVersion,K:.kind,S:.metadata.namespace,N:.metadata.name'

/**
 * Those of some objects that the cluster has.
 *
 * @throws `task-failed` if it cannot be asked.
 */
export const existingOf = async <Name extends ObjectName>(
  { remote }: CheckContext,
  objects: readonly Name[],
): Promise<Name[]> => {
  if (objects.length === 0) return []
  const words = ['get', '--ignore-not-found', '--no-headers', '-o', columns, '-f', '-']
  const { ok, stdout, stderr } = await remote.query({
    stdin: asManifest(objects),
    timeout: 60,
  })`kubectl --kubeconfig ${adminConf} --request-timeout=15s ${words}`.result()
  // without its definition, no object of a kind can be there
  const other = stderr
    .split('\n')
    .filter((line) => line !== '' && !/no matches for kind|CRDs are installed/.test(line))
  if (!ok && other.length > 0)
    throw new CoxswainError(
      'task-failed',
      'the API server does not say which objects of the pod network there are',
      {
        output: other.join('\n'),
        hint: 'check the control plane: run playbooks/status.ts; nothing was changed',
      },
    )
  const found = new Set(
    stdout.split('\n').flatMap((line) => {
      const [apiVersion = '', kind = '', namespace = '', name = ''] = line.split(/\s+/)
      if (name === '') return []
      return [keyOf({ apiVersion, kind, namespace: namespace === '<none>' ? '' : namespace, name })]
    }),
  )
  return objects.filter((one) => found.has(keyOf(one)))
}

/** Deletes objects, and waits until they are gone. Those that are gone already do not count. */
export const deleteObjects = async (
  { remote }: ApplyContext,
  objects: readonly ObjectName[],
): Promise<void> => {
  if (objects.length === 0) return
  await remote.run({
    stdin: asManifest(objects),
    timeout: 200,
  })`kubectl --kubeconfig ${adminConf} delete --ignore-not-found --timeout=180s -f -`
}
