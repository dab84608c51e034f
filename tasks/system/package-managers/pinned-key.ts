/** The key of a repository that is downloaded by the host, and pinned by its fingerprint. */
import { CoxswainError } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { fileGetter } from '../../network/download.ts'
import { publicKeysIn } from './openpgp.ts'
import type { PackageManager } from './types.ts'

export interface PinnedKey {
  readonly name: string
  readonly keyUrl: string
  /** Upper-case hexadecimal digits. */
  readonly keyFingerprint: readonly string[]
}

/** The file of the key on the host. */
export const pinnedKeyPath = ({ repositories }: PackageManager, { name }: PinnedKey): string => {
  const path = repositories.keyPath?.(name)
  if (path !== undefined) return path
  throw new CoxswainError(
    'task-failed',
    `keyUrl works for OpenPGP keys, which this host does not use: ${name}`,
    {
      hint: 'give the key as text: key',
    },
  )
}

/** The key that the host has, if it is the pinned one; undefined otherwise. */
export const presentKey = async (
  { remote }: CheckContext,
  manager: PackageManager,
  pinned: PinnedKey,
): Promise<string | undefined> => {
  const bytes = await remote.readBytes(pinnedKeyPath(manager, pinned))
  const keys = bytes && publicKeysIn(bytes)
  // every key in the file is trusted, so each must be pinned
  const isPinned = keys?.fingerprints.every((one) => pinned.keyFingerprint.includes(one))
  return isPinned === true ? bytes?.toString('utf8') : undefined
}

/**
 * Downloads the key on the host, and verifies it here.
 *
 * @throws `task-failed` for anything but keys with the pinned fingerprints.
 */
export const downloadedKey = async (ctx: ApplyContext, pinned: PinnedKey): Promise<string> => {
  const { keyUrl, keyFingerprint } = pinned
  const { command, ...input } = await fileGetter(ctx, { url: keyUrl, headers: {} })
  const { host } = new URL(keyUrl)
  const result = await ctx.remote.run({
    ...input,
    timeout: 120,
    label: `download the key from ${host}`,
  })`${command} | base64`.result()
  const keys = result.dropped > 0 ? undefined : publicKeysIn(Buffer.from(result.stdout, 'base64'))
  if (keys === undefined)
    throw new CoxswainError('task-failed', `${host} did not send an OpenPGP public key`, {
      output: result.stderr.trim(),
      hint: 'check keyUrl, and that the host can reach it',
    })
  const others = keys.fingerprints.filter((one) => !keyFingerprint.includes(one))
  if (others.length > 0)
    throw new CoxswainError('task-failed', `${host} sent a key that is not pinned: ${others.join(', ')}`, {
      hint: 'if it is the right one, add its fingerprint to keyFingerprint; nothing was changed',
    })
  return keys.text
}
