/** Where the files of a control-plane node differ from what kubeadm would write. Pure. */
import { looksSecret } from '../../../engine/index.ts'
import type { Change } from '../../../engine/index.ts'
import { isSameValue } from '../../network/addresses/same-value.ts'
import { leavesOf } from '../kubeadm/cluster-differences.ts'
import { kubeletConfig, kubeletFlags } from '../kubeadm/paths.ts'
import { components } from '../kubeadm/pod-manifests.ts'
import type { StaticPod } from '../kubeadm/pod-manifests.ts'
import { usualProxyMode } from '../kubeadm/versions.ts'
import { isMap, readYaml } from '../kubeadm/yaml.ts'
import type { Document } from '../kubeadm/yaml.ts'

type Leaves = ReadonlyMap<string, string>

/** Values by which a program says that a field is not set. */
const unset = new Set(['', '0s', '[]', '{}'])

/** Whether a value says that a field is not set. */
export const isUnset = (value: string): boolean => unset.has(value)

/** Values that are not shown: those of variables, and of arguments that look like passwords. */
export const isHidden = (what: string): boolean =>
  what.startsWith('variable ') ||
  what.includes('extraEnvs.') ||
  // the last name in a path: arguments are below extraArgs
  looksSecret(`${what.replace(/ (of|in) .*$/, '').replace(/^.*\./, '')}=`)

/** A change of a setting, without values that can be secret. */
export const settingChange = (what: string, from: string | undefined, to: string | undefined): Change => {
  if (!isHidden(what)) return { what, from, to }
  return {
    what,
    from: from && '(not shown)',
    to: to && (from === undefined ? '(not shown)' : '(another value)'),
  }
}

/** Whether only one of both names the mode that kube-proxy has where none is set. */
export const isSameMode = ({ what, from = '', to = '' }: Change): boolean =>
  what === 'mode of kube-proxy' && [from, to].every((mode) => mode === '' || mode === usualProxyMode)

/**
 * Whether the image of etcd has another tag only, as it can have with another patch release of kubeadm. The tags of the other images
 * come from the version of the cluster: another one is an upgrade that has not ended.
 */
export const isOtherEtcdTag = ({ what, from, to }: Change): boolean => {
  const nameOf = (image: string): string => image.replace(/:[^/:]*$/, '')
  return (
    what === 'image of etcd' &&
    typeof from === 'string' &&
    typeof to === 'string' &&
    nameOf(from) === nameOf(to)
  )
}

/** The changes from one map to another. Unset fields, in one way or another, are the same. */
const between = (there: Leaves, wanted: Leaves, name: (key: string) => string): Change[] =>
  [...new Set([...there.keys(), ...wanted.keys()])].flatMap((key) => {
    const [from, to] = [there.get(key), wanted.get(key)]
    const same =
      isSameValue(from, to) || ((from === undefined || to === undefined) && unset.has(from ?? to ?? ''))
    return same ? [] : [settingChange(name(key), from, to)]
  })

/** Arguments of a command line by their names; several values of one follow each other. */
const flagsOf = (words: readonly string[]): Leaves => {
  const flags = new Map<string, string>()
  for (const word of words) {
    const [, name, value = 'true'] = /^--([^=\s]+)(?:=(.*))?$/s.exec(word) ?? [word, word]
    const before = flags.get(name ?? word)
    flags.set(name ?? word, before === undefined ? value : `${before}, ${value}`)
  }
  return flags
}

/** Arguments of etcd that only matter for its first start: each member has those of when it was added. */
export const ofFirstStart = new Set(['initial-cluster', 'initial-cluster-state', 'initial-cluster-token'])

const stringsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []

/** Folders of the host with authorities: kubeadm mounts those that are there, which can change with the packages of the host. */
const ofAuthorities =
  /^(container\.volumeMounts|volumes)\.(etc-pki|etc-pki-ca-trust|etc-pki-tls-certs|etc-ca-certificates|usr-share-ca-certificates|usr-local-share-ca-certificates)\./

interface PodParts {
  readonly flags: Leaves
  readonly variables: Leaves
  readonly others: Leaves
}

const firstDocument = (text: string, source: string): Document => {
  const found = readYaml(text, source).find(isMap)
  return found ?? {}
}

/** The command line and the variables of a static pod's program. */
export const programOf = (
  text: string,
  source: string,
): { readonly command: readonly string[]; readonly variables: readonly string[] } => {
  const { container } = partsOfPod(firstDocument(text, source))
  const list = Array.isArray(container['env']) ? container['env'].filter(isMap) : []
  return {
    command: [...stringsIn(container['command']), ...stringsIn(container['args'])],
    variables: list.flatMap(({ name, value }) =>
      typeof name === 'string' && typeof value === 'string' ? [`${name}=${value}`] : [],
    ),
  }
}

const partsOfPod = (
  document: Document,
): { readonly spec: Document; readonly container: Document; readonly containers: readonly unknown[] } => {
  const spec = isMap(document['spec']) ? document['spec'] : {}
  const containers: readonly unknown[] = Array.isArray(spec['containers']) ? spec['containers'] : []
  const [first] = containers
  return { spec, container: isMap(first) ? first : {}, containers }
}

const podParts = (text: string, source: string): PodParts => {
  const document = firstDocument(text, source)
  const { spec, container, containers } = partsOfPod(document)
  const { command: _command, args: _args, env, ...own } = container
  const { containers: _containers, ...restOfSpec } = spec
  const { spec: _spec, status: _status, ...rest } = document
  const { command } = programOf(text, source)
  return {
    flags: new Map([...flagsOf(command.slice(1))].filter(([name]) => !ofFirstStart.has(name))),
    variables: new Map(leavesOf(env)),
    others: new Map(
      [
        ...leavesOf(rest),
        ...leavesOf(restOfSpec),
        ...leavesOf(own, 'container'),
        ...leavesOf(containers.slice(1), 'containers'),
        ['command', command[0] ?? ''] as const,
      ].filter(([path]) => !ofAuthorities.test(path)),
    ),
  }
}

/** The changes of a static pod. */
const podChanges = (pod: StaticPod, there: string, wanted: string): Change[] => {
  const [from, to] = [podParts(there, `the manifest of ${pod}`), podParts(wanted, `kubeadm's ${pod}`)]
  return [
    ...between(from.flags, to.flags, (name) => `argument ${name} of ${pod}`),
    ...between(from.variables, to.variables, (name) => `variable ${name} of ${pod}`),
    ...between(from.others, to.others, (path) => `${path.replace(/^container\./, '')} of ${pod}`),
  ]
}

/** Arguments of the kubelet that follow from the host, or from the version of kubeadm that made the node. */
const ofHost =
  /^(container-runtime|container-runtime-endpoint|pod-infra-container-image|network-plugin|cgroup-driver|resolv-conf|hostname-override|register-with-taints|fail-swap-on)$/

const argumentsIn = (text: string, line: RegExp): Leaves => {
  const [, words = ''] = line.exec(text) ?? []
  return flagsOf(words.split(/\s+/).filter((word) => word !== ''))
}

/** The arguments in the file of kubeadm for the kubelet. */
export const allKubeletFlagsIn = (text: string): Leaves =>
  argumentsIn(text, /^KUBELET_KUBEADM_ARGS="?(.*?)"?$/m)

/** The arguments for the kubelet in a file of the distribution, such as /etc/default/kubelet. */
export const extraKubeletFlagsIn = (text: string): Leaves =>
  argumentsIn(text, /^\s*KUBELET_EXTRA_ARGS=(?:"|')?(.*?)(?:"|')?\s*$/m)

/** The arguments for the kubelet that follow neither from the host nor from the version of kubeadm. */
export const kubeletFlagsIn = (text: string): Leaves =>
  new Map([...allKubeletFlagsIn(text)].filter(([name]) => !ofHost.test(name)))

/** The changes of the fields of a document, such as `maxPods of the kubelet`. */
export const fieldChanges = (
  there: string,
  wanted: string,
  of: string,
  ignored: (path: string) => boolean = () => false,
): Change[] => {
  const fields = (text: string): Leaves =>
    new Map(leavesOf(firstDocument(text, of)).filter(([path]) => !ignored(path)))
  return between(fields(there), fields(wanted), (path) => `${path} of ${of}`)
}

/**
 * The changes that make a file what kubeadm would write.
 *
 * @param path of the file on the host.
 * @param there its text there.
 * @param wanted its text as kubeadm writes it.
 */
export const fileChanges = (path: string, there: string, wanted: string): Change[] => {
  if (path === kubeletConfig) return fieldChanges(there, wanted, 'the kubelet')
  if (path === kubeletFlags)
    return between(kubeletFlagsIn(there), kubeletFlagsIn(wanted), (name) => `argument ${name} of the kubelet`)
  const pod = components.find((one) => path.endsWith(`/${one}.yaml`))
  return pod === undefined ? [] : podChanges(pod, there, wanted)
}

const lineOf = (text: string, flag: string): string | undefined =>
  new RegExp(`^ *- --${flag}=.*$`, 'm').exec(text)?.[0]

/** The text to write: that of kubeadm, with the arguments of etcd's first start that the file has. */
export const withFirstStart = (there: string, wanted: string): string => {
  const line = lineOf(wanted, 'initial-cluster')
  const kept = [...ofFirstStart].flatMap((flag) => lineOf(there, flag) ?? [])
  if (line === undefined || kept.length === 0) return wanted
  const once = [...ofFirstStart]
    .flatMap((flag) => lineOf(wanted, flag) ?? [])
    .filter((one) => one !== line)
    .reduce((text, one) => text.replace(`${one}\n`, ''), wanted)
  return once.replace(line, () => kept.join('\n'))
}
