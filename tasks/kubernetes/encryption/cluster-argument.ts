/** The argument of the API servers in the configuration that a cluster keeps of itself. Pure. */
import { z } from '../../../engine/index.ts'
import { editYaml, readYaml } from '../kubeadm/yaml.ts'

const pairs = z.array(z.object({ name: z.string(), value: z.string() }))

const documentSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.literal('ClusterConfiguration'),
  apiServer: z
    .looseObject({ extraArgs: z.union([pairs, z.record(z.string(), z.string())]).nullish() })
    .nullish(),
})

/** A list of names and values from v1beta4 on, a map before. */
const isMapIn = (apiVersion: string): boolean => /\/v1(alpha\d+|beta[1-3])$/.test(apiVersion)

const path = ['apiServer', 'extraArgs']

/**
 * The value of an argument of the API servers.
 *
 * @returns undefined for a text that is not a ClusterConfiguration; without a value if the argument is not set.
 */
export const argumentIn = (
  text: string,
  name: string,
): { readonly value: string | undefined } | undefined => {
  const { data } = documentSchema.safeParse(readYaml(text, 'kubeadm-config')[0])
  if (data === undefined) return undefined
  const given = data.apiServer?.extraArgs ?? []
  const value = Array.isArray(given) ? given.find((one) => one.name === name)?.value : given[name]
  return { value }
}

/** The same text with a value for an argument of the API servers. Everything else stays. */
export const withArgumentIn = (text: string, name: string, value: string): string =>
  editYaml(text, (document) => {
    const { data } = documentSchema.safeParse(document.toJS())
    if (data === undefined) return
    const given = data.apiServer?.extraArgs
    // `apiServer: {}` and a field that is empty are maps of the flow style, which kubeadm reads as well
    if (data.apiServer === null) document.delete('apiServer')
    if (Array.isArray(given) || (!given && !isMapIn(data.apiVersion))) {
      const others = (Array.isArray(given) ? given : []).filter((one) => one.name !== name)
      document.setIn(path, document.createNode([...others, { name, value }]))
    } else document.setIn(path, document.createNode({ ...given, [name]: value }))
  })
