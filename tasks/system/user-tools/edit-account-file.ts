/** Edits /etc/passwd and similar files where there is no tool for it, with the same lock as the tools of busybox. */
import { createHash } from 'node:crypto'
import { CoxswainError, Secret, shellFile, shellProgram } from '../../../engine/index.ts'
import type { Remote } from '../../../engine/index.ts'
import { encoded, readText } from '../../shared/file-text.ts'

const editFile = shellFile(import.meta.url, 'edit-account-file.sh')

const changed = 12
const locked = 11

/** How often an edit is repeated if another process changed the file meanwhile. */
const tries = 5

const replaced = async (remote: Remote, path: string, before: string, after: string): Promise<number> => {
  const sum = createHash('sha256').update(encoded(before)).digest('hex')
  const bytes = encoded(after)
  // a signal between the lock and the trap that removes it must be ignored;
  // the new file, FILE+, is the lock: the process that created it can replace the old file, as adduser of busybox does
  const { code } = await remote.run({
    // a secret is text: content that is not UTF-8 is sent as bytes, and is not shown either
    stdin: bytes.equals(Buffer.from(after)) ? new Secret(after) : bytes,
    quiet: true,
  })`${shellProgram(editFile, path, sum, bytes.length)}`.result()
  return code
}

/**
 * Edits an account file.
 *
 * @throws `write-failed` if other processes hold the lock, or keep changing the file.
 */
export const editAccountFile = async (
  remote: Remote,
  path: string,
  edit: (text: string) => string,
): Promise<void> => {
  let code = changed
  for (let left = tries; left > 0 && code === changed; left -= 1) {
    const text = (await readText(remote, path)) ?? ''
    code = await replaced(remote, path, text, edit(text))
  }
  if (code === 0) return
  const why =
    { [locked]: 'another process holds the lock', [changed]: 'other processes keep changing it' }[code] ??
    `exit status ${code}`
  throw new CoxswainError('write-failed', `cannot write ${path}: ${why}`, {
    hint: `if no other program is editing the file, ${path}+ is left over from one that was: remove it, and run again`,
  })
}
