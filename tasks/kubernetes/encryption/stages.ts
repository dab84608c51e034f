/** How far the replacement of a key of encryption at rest is in a configuration. Pure. */
import { isSameConfig } from './config.ts'
import type { Config, Entry, Key, Provider, ProviderName } from './config.ts'

/**
 * How far a configuration is: `both`: the new key decrypts, and a former one encrypts. `new first`: the new key encrypts, and the former
 * ones decrypt. `new`: the former ones are gone. A configuration is never taken back.
 */
export const stages = ['former', 'both', 'new first', 'new'] as const
/** How far a configuration is in the replacement of a key. */
export type Stage = (typeof stages)[number]

/** Whether a configuration is as far as a stage, or further. */
export const isAt = (stage: Stage, least: Stage): boolean => stages.indexOf(stage) >= stages.indexOf(least)

/** A key that replaces others, and its provider. */
export interface NewKey {
  readonly provider: ProviderName
  readonly key: Key
}

/** A configuration, and the key that replaces its keys. */
export interface Pair {
  readonly former: Config
  readonly next: NewKey
}

/** The new key decrypts: last in its provider; a provider of its own comes before an identity at the end. */
const added = (providers: readonly Provider[], { provider, key }: NewKey): Provider[] => {
  if (providers.some(({ type }) => type === provider))
    return providers.map((one) => (one.type === provider ? { ...one, keys: [...one.keys, key] } : one))
  const own: Provider = { type: provider, keys: [key] }
  const last = providers.at(-1)
  return providers.length > 1 && last?.type === 'identity'
    ? [...providers.slice(0, -1), own, last]
    : [...providers, own]
}

/** The new key encrypts: the first one of the first provider. */
const first = (providers: readonly Provider[], { provider, key }: NewKey): Provider[] => {
  const keys = providers.find(({ type }) => type === provider)?.keys ?? []
  return [{ type: provider, keys: [key, ...keys] }, ...providers.filter(({ type }) => type !== provider)]
}

/** The new key alone. An identity that followed other providers stays: it is not a key, and was there on purpose. */
const alone = (providers: readonly Provider[], { provider, key }: NewKey): Provider[] => [
  { type: provider, keys: [key] },
  ...providers.filter(({ type }, index) => type === 'identity' && index > 0),
]

/** The configuration at a stage. */
export const configAt = (stage: Stage, { former, next }: Pair): Config => {
  const change = { former: undefined, both: added, 'new first': first, new: alone }[stage]
  if (change === undefined) return former
  return former.map(({ resources, providers }): Entry => ({ resources, providers: change(providers, next) }))
}

/** How far a configuration is; undefined for one that no stage has. */
export const stageOf = (config: Config, pair: Pair): Stage | undefined =>
  stages.findLast((stage) => isSameConfig(config, configAt(stage, pair)))

/** What a cluster without encryption has. @param resources what is encrypted from now on. */
export const plain = (resources: readonly string[]): Config => [
  { resources, providers: [{ type: 'identity', keys: [] }] },
]

/** The names of the keys that this project makes have the time at which they were made. */
const ownName = /^key-(\d{4})(\d\d)(\d\d)t(\d\d)(\d\d)(\d\d)z$/

/** The name of a key that is made at a time. */
export const keyName = (time: Date): string =>
  `key-${time.toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '').toLowerCase()}`

/** When a key was made; undefined for the name of another program or of a person. */
export const keyMadeAt = (name: string): Date | undefined => {
  const [, year, month, day, hour, minute, second] = ownName.exec(name) ?? []
  if (year === undefined) return undefined
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(time.getTime()) ? undefined : time
}

/** Whether everything is encrypted with keys that were made at a time or later. */
export const isRecent = (config: Config, madeBefore: Date): boolean =>
  config.every(({ providers: [encrypting] }) => {
    const made = keyMadeAt(encrypting?.keys[0]?.name ?? '')
    return made !== undefined && made.getTime() >= madeBefore.getTime()
  })

/** What is known of a control-plane node within the replacement of a key. */
export interface MasterStage {
  readonly name: string
  /** How far its file is. */
  readonly stage: Stage
  /** Whether its API server might not have read the file yet. */
  readonly pending: boolean
}

/**
 * Why a control-plane node must not go on to a stage; empty if it can.
 *
 * An API server that has not read its file yet is at that of the file or at an earlier stage.
 *
 * @param masters all control-plane nodes, that node included.
 * @param left how many objects might not be under the new key; undefined if that is not known.
 */
export const whyNot = (stage: Stage, masters: readonly MasterStage[], left: number | undefined): string[] => {
  const least: Stage = stage === 'new' ? 'new first' : stage === 'new first' ? 'both' : 'former'
  if (least === 'former') return []
  const words = least === 'both' ? 'does not know the new key' : 'does not encrypt with the new key'
  const problems = masters.flatMap(({ name, stage: own, pending }) => {
    if (!isAt(own, least)) return [`${name} ${words}`]
    // its API server may still have the file from before
    return pending && !isAt(own, stage) ? [`the API server of ${name} must be restarted`] : []
  })
  if (stage !== 'new' || problems.length > 0 || left === 0) return problems
  return [
    left === undefined
      ? 'it is not known whether objects are left under former keys'
      : `${left} objects may be left under former keys`,
  ]
}
