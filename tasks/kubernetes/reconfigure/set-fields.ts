/** What a configuration sets, compared with what kubeadm has written of it, for releases whose kubeadm does not say what it would write. Pure. */
import type { Change } from '../../../engine/index.ts'
import { isSameValue } from '../../network/addresses/same-value.ts'
import { isMap } from '../kubeadm/yaml.ts'
import type { Document } from '../kubeadm/yaml.ts'
import { settingChange } from './differences.ts'

/** Nanoseconds of each unit of Go's durations. */
const units: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 6e10,
  h: 3.6e12,
}

/** A duration as Go writes it, in nanoseconds; undefined for other texts. `1m` and `1m0s` are the same. */
const durationOf = (text: string): number | undefined => {
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)]
  return parts.reduce((sum, [, count = '', unit = '']) => sum + Number(count) * (units[unit] ?? 0), 0)
}

/** The factor of each suffix of Kubernetes' quantities. */
const suffixes: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
}

/** A quantity of Kubernetes as a number; undefined for other texts. `1024Mi` and `1Gi` are the same. */
const quantityOf = (text: string): number | undefined => {
  const [, count, suffix = ''] = /^(\d+(?:\.\d+)?)(m|k|[MGT]|[KMGT]i)?$/.exec(text) ?? []
  return count === undefined ? undefined : Number(count) * (suffixes[suffix] ?? Number.NaN)
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const isSameScalar = (wanted: unknown, there: unknown): boolean => {
  const [one, other] = [textOf(wanted), textOf(there)]
  const alike = (read: (text: string) => number | undefined): boolean =>
    read(one) !== undefined && read(one) === read(other)
  return isSameValue(one, other) || alike(durationOf) || alike(quantityOf)
}

/** A field of a map, undefined where it is null: kubeadm writes that for lists and maps that are not set. kubeadm up to 1.23 also reads names in other letters. */
const fieldOf = (map: Document, name: string): unknown =>
  map[name] ?? Object.entries(map).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1] ?? undefined

/** Whether a value has everything that is set; a list is the same as another of its length. */
const hasSettings = (wanted: unknown, there: unknown): boolean => {
  if (isMap(wanted))
    return (
      isMap(there) && Object.entries(wanted).every(([key, inner]) => hasSettings(inner, fieldOf(there, key)))
    )
  if (Array.isArray(wanted))
    return (
      Array.isArray(there) &&
      there.length === wanted.length &&
      wanted.every((inner, index) => hasSettings(inner, there[index]))
    )
  return isSameScalar(wanted, there)
}

/** Numbers and switches of KubeletConfiguration that are left out where they are zero or false (`omitempty`, and no pointer in Go). */
const leftOutIfZero = new Set([
  'enableContentionProfiling',
  'eventBurst',
  'evictionMaxPodGracePeriod',
  'kernelMemcgNotification',
  'kubeAPIBurst',
  'maxOpenFiles',
  'maxPods',
  'nodeLeaseDurationSeconds',
  'podsPerCore',
  'port',
  'protectKernelDefaults',
  'readOnlyPort',
  'registryBurst',
  'runOnce',
  'serverTLSBootstrap',
])

/** Fields that kubeadm sets by itself, whatever the configuration says. */
const ofKubeadm = new Set(['apiVersion', 'kind', 'rotateCertificates'])

/** Whether a field that is not there says what is wanted. */
const isLeftOut = (path: string, wanted: unknown): boolean =>
  ['""', '[]', '{}'].includes(JSON.stringify(wanted)) ||
  (leftOutIfZero.has(path) && (wanted === 0 || wanted === false))

/**
 * The fields that are set, and that are not so in what kubeadm has written. What it has written beside them does not count.
 *
 * @param of what has the fields, such as `the kubelet`.
 */
export const setFieldChanges = (wanted: Document, there: Document, of: string, path = ''): Change[] =>
  Object.entries(wanted).flatMap(([key, value]) => {
    const at = path === '' ? key : `${path}.${key}`
    // a setting that is not given
    if (value === undefined || value === null || ofKubeadm.has(at)) return []
    const found = fieldOf(there, key)
    if (isMap(value) && (found === undefined || isMap(found)))
      return setFieldChanges(value, found ?? {}, of, at)
    if (found === undefined ? isLeftOut(at, value) : hasSettings(value, found)) return []
    return [settingChange(`${at} of ${of}`, found === undefined ? undefined : textOf(found), textOf(value))]
  })
