/** Seals the encrypted values of YAML and JSON files of SOPS. */
import { isMap, isScalar, isSeq } from 'yaml'
import type { Document, Node, Pair, Scalar, YAMLMap } from 'yaml'
import { z } from 'zod'
import { CoxswainError } from '../../errors.ts'
import type { Place } from '../../errors.ts'
import { decryptAge } from '../secrets/age.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { sealed } from '../secrets/sealed.ts'
import { isEncrypted, openSops } from '../secrets/sops.ts'
import type { SopsLeaf } from '../secrets/sops.ts'

const factsSchema = z.object({
  mac: z.string(),
  lastmodified: z.string(),
  // SOPS also accepts text as a boolean
  mac_only_encrypted: z.union([z.boolean(), z.stringbool()]).optional(),
  age: z.array(z.object({ enc: z.string() })).nullish(),
  key_groups: z.array(z.unknown()).nullish(),
})
type Facts = z.output<typeof factsSchema>

const nameOf = ({ key }: Pair): string => (isScalar(key) ? (key.source ?? String(key.value)) : '')

const alternatives = 'also encrypt it for an age recipient, or set its values with !command [sops, -d, …]'

/** Decrypts the data key of a file. Any of its recipients can open it. */
const dataKey = async (
  { age, key_groups: groups }: Facts,
  keys: Keyring,
  file: string,
): Promise<Uint8Array> => {
  if (groups !== undefined && groups !== null && groups.length > 0)
    throw new CoxswainError('secret-locked', `${file} requires several keys together (key_groups)`, {
      hint: alternatives,
    })
  const recipients = age ?? []
  if (recipients.length === 0)
    throw new CoxswainError('secret-locked', `${file} is encrypted with SOPS, but not for age`, {
      hint: alternatives,
    })
  const identities = await keys.identities()
  let failure: unknown
  for (const { enc } of recipients) {
    try {
      return await decryptAge(Buffer.from(enc), identities, file)
    } catch (error) {
      failure ??= error
    }
  }
  throw failure
}

/** The scalars of a file in order, each with the path of its keys. */
const scalarsOf = (node: unknown, path: readonly string[]): { scalar: Scalar; path: readonly string[] }[] => {
  if (isMap(node)) return node.items.flatMap((pair) => scalarsOf(pair.value, [...path, nameOf(pair)]))
  if (isSeq(node)) return node.items.flatMap((item) => scalarsOf(item, path))
  return isScalar(node) ? [{ scalar: node, path }] : []
}

const metadataOf = (root: YAMLMap): Pair | undefined =>
  root.items.find((pair) => nameOf(pair) === 'sops' && isMap(pair.value) && pair.value.has('mac'))

/** A leaf; an integer that JavaScript would round is its text. */
const leafOf = ({ scalar: { value, source }, path }: { scalar: Scalar; path: readonly string[] }): SopsLeaf =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source ?? '')
    ? { path, value: source }
    : { path, value }

/**
 * Replaces every value that SOPS has encrypted with a sealed value, and removes the map of SOPS.
 * All are opened when the first one is needed, because one digest covers them.
 */
export const sealSops = (
  document: Document,
  file: string,
  placeOf: (node: Node) => Place,
  refuse: (message: string, node: Node) => never,
): void => {
  const root = document.contents
  const metadata = isMap(root) ? metadataOf(root) : undefined
  if (!isMap(root) || metadata === undefined || !isMap(metadata.value)) return
  const parsed = factsSchema.safeParse(metadata.value.toJS(document))
  if (!parsed.success) return refuse('the sops map of this file is incomplete', metadata.value)
  const facts = parsed.data
  root.items = root.items.filter((pair) => pair !== metadata)
  const scalars = scalarsOf(root, [])
  const leaves = scalars.map(leafOf)
  const openFile = async (keys: Keyring): Promise<unknown[]> =>
    openSops(
      leaves,
      {
        mac: facts.mac,
        lastModified: facts.lastmodified,
        macOnlyEncrypted: facts.mac_only_encrypted ?? false,
      },
      await dataKey(facts, keys, file),
    )
  for (const [index, { scalar }] of scalars.entries()) {
    if (!isEncrypted(scalar.value)) continue
    scalar.value = sealed(
      placeOf(scalar),
      async (keys) => (await keys.once(openFile, () => openFile(keys)))[index],
    )
  }
}
