/** The files that a control-plane node has in common with the other ones. */
import { dirname } from 'node:path/posix'
import { CoxswainError, Secret } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { encryptionFlag } from '../encryption/record.ts'
import { sharedFiles } from './certificates.ts'
import { manifest, pki } from './paths.ts'
import { argumentOf, containerIn } from './pod-manifests.ts'
import { manifestText } from './restarts.ts'

/** The mode of a shared file. */
export const modeOf = (path: string): string => (/\.(crt|pub)$/.test(path) ? '0644' : '0600')

/** The file with the keys of encryption at rest that the API server of a host reads; none where nothing is encrypted. */
export const encryptionFilesOf = async (from: CheckContext): Promise<string[]> => {
  const text = (await manifestText(from, 'kube-apiserver')) ?? ''
  const path = argumentOf(
    containerIn(text, `${manifest('kube-apiserver')} on ${from.host.name}`),
    encryptionFlag,
  )
  return path === undefined ? [] : [path]
}

/** All files that a control-plane node needs of another one before it can be one. */
export const joiningFiles = async (from: CheckContext): Promise<string[]> => [
  ...sharedFiles,
  ...(await encryptionFilesOf(from)),
]

/**
 * Copies files of another control-plane node to this one, in memory: they are not stored anywhere on the way.
 *
 * @throws `task-failed` for a file that does not exist there.
 */
export const copySharedFiles = async (
  ctx: ApplyContext,
  from: CheckContext,
  files: readonly string[],
): Promise<void> => {
  const { remote } = ctx
  const contents = await Promise.all(
    files.map(async (path) => {
      const text = await from.remote.read(path)
      if (text !== undefined) return { path, content: modeOf(path) === '0600' ? new Secret(text) : text }
      throw new CoxswainError('task-failed', `${path} does not exist on ${from.host.name}`, {
        hint: `${from.host.name} must be an initialised control-plane node`,
      })
    }),
  )
  await remote.makeDirectory(`${pki}/etcd`, { mode: '0755', owner: 'root', group: 'root' })
  for (const folder of new Set(files.map((path) => dirname(path)))) {
    // one that exists is of someone else, and stays as it is
    if (folder.startsWith(pki) || (await remote.stat(folder)) !== undefined) continue
    await remote.makeDirectory(folder, { mode: '0700', owner: 'root', group: 'root' })
  }
  await Promise.all(
    contents.map(({ path, content }) =>
      remote.write(path, content, { mode: modeOf(path), owner: 'root', group: 'root' }),
    ),
  )
}
