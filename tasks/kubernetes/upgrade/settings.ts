/** Settings that a release no longer knows: in the configuration that a cluster keeps, and in those of its kubelets. Pure. */
import { finding } from '../../shared/finding.ts'
import type { Finding } from '../../shared/finding.ts'
import { etcdFlagGoneIn, etcdMinorOf } from '../kubeadm/versions/etcd-flags.ts'
import { kubernetesFlagGoneIn, programNames } from '../kubeadm/versions/flags-gone.ts'
import type { KubernetesProgram } from '../kubeadm/versions/flags-gone.ts'
import { gateGoneIn, gatesIn } from '../kubeadm/versions/gates-gone.ts'
import { etcdFault } from '../kubeadm/versions/unknown-settings.ts'
import { factsOf } from '../kubeadm/versions.ts'
import { isMap } from '../kubeadm/yaml.ts'
import type { Document } from '../kubeadm/yaml.ts'

/** The minor releases of an upgrade: those after the first, up to the second. */
export interface Minors {
  readonly after: number
  readonly upTo: number
}

const inner = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((found, key) => (isMap(found) ? found[key] : undefined), value)

/** Arguments in a configuration, which are a map, or from v1beta4 on a list of names and values. */
const argumentsIn = (value: unknown): [name: string, value: string][] => {
  if (Array.isArray(value))
    return value.flatMap((one) => (isMap(one) ? [[String(one['name']), String(one['value'])]] : []))
  return isMap(value) ? Object.entries(value).map(([name, text]) => [name, String(text)]) : []
}

const where = 'kubeadm-config'
const edit =
  'remove it from the ConfigMap kubeadm-config (kubectl -n kube-system edit configmap kubeadm-config)'

const gateFindings = (subject: string, gates: readonly string[], of: string, minors: Minors, cure: string) =>
  gates.flatMap((gate) => {
    const minor = gateGoneIn(gate, minors.after, minors.upTo)
    return minor === undefined
      ? []
      : [finding(subject, 'fault', `${of}: v1.${minor} does not know the feature gate ${gate}`, cure)]
  })

const flagFindings = (
  subject: string,
  names: readonly string[],
  program: KubernetesProgram,
  minors: Minors,
  cure: string,
): Finding[] =>
  names.flatMap((name) => {
    const minor = kubernetesFlagGoneIn(program, name, minors.after, minors.upTo)
    return minor === undefined
      ? []
      : [
          finding(
            subject,
            'fault',
            `${programNames[program]} of v1.${minor} does not know the argument --${name}`,
            cure,
          ),
        ]
  })

/** Arguments of etcd that one of the next versions does not know; an image that the user has chosen stays. */
const etcdFindings = (kept: Document, { after, upTo }: Minors): Finding[] => {
  const tag = etcdTagOf(kept)
  if (tag !== undefined)
    return etcdFault({ imageTag: tag }, factsOf(`v1.${upTo}.0`)).map((what) =>
      finding(where, 'fault', `Kubernetes v1.${upTo} does not go with ${what}`, edit),
    )
  const etcdOf = (minor: number): number => etcdMinorOf(factsOf(`v1.${minor}.0`).etcd[1]) ?? 0
  return argumentsIn(inner(kept, 'etcd', 'local', 'extraArgs')).flatMap(([name]) => {
    const minor = etcdFlagGoneIn(name, etcdOf(after), etcdOf(upTo))
    return minor === undefined
      ? []
      : [finding(where, 'fault', `etcd 3.${minor} of v1.${upTo} does not know the argument --${name}`, edit)]
  })
}

/** What the configuration of a cluster has that a release of the upgrade path does not know. */
export const clusterSettingFindings = (kept: Document, minors: Minors): Finding[] => [
  ...(['apiServer', 'controllerManager', 'scheduler'] as const).flatMap((component) => {
    const given = argumentsIn(inner(kept, component, 'extraArgs'))
    return [
      ...given.flatMap(([name, value]) =>
        name === 'feature-gates' ? gateFindings(where, gatesIn(value), component, minors, edit) : [],
      ),
      ...flagFindings(
        where,
        given.map(([name]) => name),
        component,
        minors,
        edit,
      ),
    ]
  }),
  ...etcdFindings(kept, minors),
]

/** What the kubelet of a host has that a release of the upgrade path does not know. */
export const kubeletSettingFindings = (
  host: string,
  config: Readonly<Record<string, unknown>> | undefined,
  given: Readonly<Record<string, string>>,
  minors: Minors,
): Finding[] => {
  const gates = inner(config, 'featureGates')
  const inArguments = `remove it from KUBELET_EXTRA_ARGS in /etc/default/kubelet or /etc/sysconfig/kubelet on ${host}`
  return [
    ...gateFindings(
      host,
      isMap(gates) ? Object.keys(gates) : [],
      'the kubelet',
      minors,
      'remove it from the ConfigMap kubelet-config, and from /var/lib/kubelet/config.yaml on the host',
    ),
    ...gateFindings(host, gatesIn(given['feature-gates'] ?? ''), 'the kubelet', minors, inArguments),
    ...flagFindings(host, Object.keys(given), 'kubelet', minors, inArguments),
  ]
}

/** The tag of an image of etcd that the user has chosen; undefined for the one of kubeadm. */
export const etcdTagOf = (kept: Document): string | undefined => {
  const tag = inner(kept, 'etcd', 'local', 'imageTag')
  return typeof tag === 'string' && tag !== '' ? tag : undefined
}
