/** Static pods in their manifests. Pure. */
import { z } from '../../../engine/index.ts'
import { readYaml } from '../kubeadm/yaml.ts'
import type { StaticPodState } from './types.ts'

const podSchema = z.object({
  spec: z.object({
    containers: z
      .array(z.object({ image: z.string().max(1000), command: z.array(z.string()).max(1000).default([]) }))
      .min(1),
  }),
})

/** The tag of an image, without a digest. */
const tagOf = (image: string): string | undefined => /:([\w][\w.-]*)(?:@.*)?$/.exec(image)?.[1]

/** The static pod in a manifest; undefined for a text that is not one. */
export const staticPod = (name: string, text: string): StaticPodState | undefined => {
  const [document] = documents(name, text)
  const container = podSchema.safeParse(document).data?.spec.containers[0]
  if (container === undefined) return undefined
  const { image, command } = container
  const pairs = command.flatMap((word) => {
    const [, key, value = 'true'] = /^--([\w-]+)(?:=(.*))?$/s.exec(word) ?? []
    return key === undefined ? [] : [[key, value] as const]
  })
  return { name, image, version: tagOf(image), arguments: Object.fromEntries(pairs) }
}

const documents = (name: string, text: string): unknown[] => {
  try {
    return readYaml(text, `the manifest of ${name}`)
  } catch {
    return []
  }
}
