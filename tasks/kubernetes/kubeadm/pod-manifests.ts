/** What the manifests of kubeadm's static pods say: flags, ports, addresses. Pure. */
import { z } from '../../../engine/index.ts'
import { controlPlane } from './paths.ts'
import { readYaml } from './yaml.ts'

/** In the order in which they are restarted: each needs those before it. */
export const components = ['etcd', ...controlPlane] as const

/** A static pod of kubeadm. */
export type StaticPod = (typeof components)[number]

/** The ports that kubeadm does not write into every manifest. */
const defaultPorts: Readonly<Record<StaticPod, number>> = {
  etcd: 2379,
  'kube-apiserver': 6443,
  'kube-controller-manager': 10257,
  'kube-scheduler': 10259,
}

/** The value of a flag in a manifest. */
export const flagIn = (text: string, flag: string): string | undefined =>
  new RegExp(`--${flag}=(\\S+)`).exec(text)?.[1]

const words = z.array(z.unknown()).nullish()
const podSchema = z.object({
  spec: z.object({
    containers: z
      .array(
        z.object({
          command: words,
          args: words,
          image: z.string().optional(),
          volumeMounts: z.array(z.object({ mountPath: z.string() })).nullish(),
        }),
      )
      .min(1),
  }),
})

/** The container of a static pod, as the kubelet reads its manifest. */
interface Container {
  /** Its command and its arguments. */
  readonly words: readonly string[]
  readonly image: string | undefined
  /** Where its volumes are. */
  readonly mounts: readonly string[]
}

/**
 * The container of a static pod; without words for a text that is not a pod.
 *
 * @throws `task-failed` for a text that is not YAML.
 */
export const containerIn = (text: string, source: string): Container => {
  const [container] = podSchema.safeParse(readYaml(text, source)[0]).data?.spec.containers ?? []
  return {
    words: [...(container?.command ?? []), ...(container?.args ?? [])].map(String),
    image: container?.image,
    mounts: (container?.volumeMounts ?? []).map(({ mountPath }) => mountPath),
  }
}

/** The value of an argument as the program takes it: also the next word, and the last one of several. */
export const argumentOf = ({ words: all }: Container, name: string): string | undefined =>
  all.reduce<string | undefined>((value, word, index) => {
    const [given = '', ...rest] = word.split('=')
    if (given.replaceAll('_', '-') !== `--${name}`) return value
    return rest.length > 0 ? rest.join('=') : all[index + 1]
  }, undefined)

/** The port where a static pod listens. */
export const portOf = (pod: StaticPod, text: string): number =>
  Number((pod === 'etcd' ? undefined : flagIn(text, 'secure-port')) ?? defaultPorts[pod])
