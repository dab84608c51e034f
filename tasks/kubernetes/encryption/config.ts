/** Configurations of encryption at rest (kube-apiserver, `--encryption-provider-config`). Pure. */
import { CoxswainError, z } from '../../../engine/index.ts'
import { asYaml, isMap, readYaml } from '../kubeadm/yaml.ts'

/** The providers whose keys are in the file. */
export const providerNames = ['secretbox', 'aescbc', 'aesgcm'] as const
/** A provider whose keys are in the file. */
export type ProviderName = (typeof providerNames)[number]

/** A key, as the file has it. */
export interface Key {
  readonly name: string
  /** In Base64. */
  readonly secret: string
}

/** A provider with its keys; `identity` does not encrypt. */
export interface Provider {
  readonly type: ProviderName | 'identity'
  readonly keys: readonly Key[]
}

/** Resources and their providers: the first key of the first provider encrypts, all of them decrypt. */
export interface Entry {
  readonly resources: readonly string[]
  readonly providers: readonly Provider[]
}

/** What an API server encrypts, and with which keys. */
export type Config = readonly Entry[]

/**
 * Resources whose objects are below `/registry/RESOURCE/` in etcd, in a namespace, and are rewritten through the API (version v1), with
 * their kinds.
 */
const kinds = {
  secrets: 'Secret',
  configmaps: 'ConfigMap',
  serviceaccounts: 'ServiceAccount',
  persistentvolumeclaims: 'PersistentVolumeClaim',
  limitranges: 'LimitRange',
  resourcequotas: 'ResourceQuota',
  podtemplates: 'PodTemplate',
} as const

/** A resource whose objects are rewritten. */
export type Rewritable = keyof typeof kinds

/** Whether objects of a resource are rewritten. */
export const isRewritable = (resource: string): resource is Rewritable => Object.hasOwn(kinds, resource)

/** All resources whose objects are rewritten. */
export const rewritable = Object.keys(kinds).filter(isRewritable)

/** The kind of the objects of a resource. */
export const kindOf = (resource: Rewritable): string => kinds[resource]

/** Bytes that keys of a provider can have. */
const sizes: Readonly<Record<ProviderName, readonly number[]>> = {
  secretbox: [32],
  aescbc: [16, 24, 32],
  aesgcm: [16, 24, 32],
}

const keysSchema = z.strictObject({
  keys: z
    .array(z.strictObject({ name: z.string().min(1).max(253), secret: z.string().max(200) }))
    .min(1)
    .max(100),
})

const documentSchema = z.strictObject({
  apiVersion: z.string(),
  kind: z.literal('EncryptionConfiguration'),
  resources: z
    .array(
      z.strictObject({
        resources: z.array(z.string().max(300)).min(1).max(100),
        providers: z.array(z.record(z.string(), z.unknown())).min(1).max(20),
      }),
    )
    .min(1)
    .max(100),
})

/** Where a configuration is, for errors. */
export interface Source {
  readonly path: string
  readonly host: string
}

const refused = ({ path, host }: Source, why: string, hint: string): CoxswainError =>
  new CoxswainError('task-failed', `${path} on ${host}: ${why}`, { hint: `${hint}; nothing was changed` })

const isProviderName = (name: string): name is ProviderName => providerNames.some((one) => one === name)

const providerIn = (given: Readonly<Record<string, unknown>>, source: Source): Provider => {
  const [name = '', ...others] = Object.keys(given)
  if (others.length > 0 || name === '')
    throw refused(source, 'a provider must have one name', 'write each provider as an item of its own')
  if (name === 'identity') return { type: 'identity', keys: [] }
  if (name === 'kms')
    throw refused(
      source,
      'its keys are in a key management service (kms)',
      'rotate them there: the service gives new objects the new key; rewrite the objects as its documentation says',
    )
  if (!isProviderName(name))
    throw refused(source, `the provider ${name} is not known`, `use ${providerNames.join(', ')} or identity`)
  const parsed = keysSchema.safeParse(given[name])
  // the values are keys: what zod says could show them
  if (!parsed.success)
    throw refused(source, `the keys of ${name} cannot be read`, 'give each key a name and a secret')
  const { keys } = parsed.data
  for (const { name: key, secret } of keys) {
    const bytes = Buffer.from(secret, 'base64').length
    if (!sizes[name].includes(bytes))
      throw refused(
        source,
        `the key ${key} of ${name} has ${bytes} bytes, not ${sizes[name].join(', ')}`,
        'compare it with the other control-plane nodes',
      )
  }
  if (new Set(keys.map(({ name: key }) => key)).size < keys.length)
    throw refused(source, `two keys of ${name} have one name`, 'give each key a name of its own')
  return { type: name, keys }
}

const requireRewritable = (resources: readonly string[], source: Source): void => {
  const other = resources.find((one) => !isRewritable(one))
  if (other === undefined) return
  throw refused(
    source,
    `objects of ${other} are not rewritten by this task`,
    `it rewrites ${rewritable.join(', ')}. Rotate the key by hand ("Encrypting Confidential Data at Rest" in the documentation of Kubernetes), or take ${other} out`,
  )
}

/** The document of a text; undefined if it does not have exactly one, or is not YAML. */
const documentIn = (text: string, { path }: Source): unknown => {
  try {
    const documents = readYaml(text, path)
    return documents.length === 1 && isMap(documents[0]) ? documents[0] : undefined
  } catch {
    // what is wrong is said with the line where it is, which can have a key
    return undefined
  }
}

/**
 * The configuration in a text.
 *
 * @throws `task-failed`, without the values of keys, for one that is not valid, or whose keys or objects this project does not rotate.
 */
export const configIn = (text: string, source: Source): Config => {
  const parsed = documentSchema.safeParse(documentIn(text, source))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const where = issue?.path.join('.') ?? ''
    throw refused(
      source,
      `it is not an EncryptionConfiguration that can be read${where === '' ? '' : ` (${where})`}`,
      'compare it with the other control-plane nodes',
    )
  }
  return parsed.data.resources.map(({ resources, providers: given }) => {
    requireRewritable(resources, source)
    const providers = given.map((one) => providerIn(one, source))
    const types = providers.map(({ type }) => type)
    const twice = types.find((type, index) => types.indexOf(type) !== index)
    // up to v1.23 or so, only the first one of a type decrypts
    if (twice !== undefined)
      throw refused(
        source,
        `${resources.join(', ')} has the provider ${twice} twice`,
        `put all keys of ${twice} into one provider, in the order in which they are`,
      )
    return { resources, providers }
  })
}

const providerOut = ({ type, keys }: Provider) =>
  type === 'identity'
    ? { identity: {} }
    : { [type]: { keys: keys.map(({ name, secret }) => ({ name, secret })) } }

/** The text of a configuration. It has keys: it is a secret. */
export const configText = (config: Config): string =>
  asYaml([
    {
      apiVersion: 'apiserver.config.k8s.io/v1',
      kind: 'EncryptionConfiguration',
      resources: config.map(({ resources, providers }) => ({
        resources: [...resources],
        providers: providers.map(providerOut),
      })),
    },
  ])

/** Whether two configurations encrypt and decrypt the same in the same order. */
export const isSameConfig = (one: Config, other: Config): boolean => configText(one) === configText(other)

/** How the value of an object begins in etcd that was encrypted with a key. */
export const valuePrefix = (provider: ProviderName, key: string): string => `k8s:enc:${provider}:v1:${key}:`
