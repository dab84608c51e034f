/**
 * Reads and edits files in a user's home as that user. If root wrote there by path, a link of the user could redirect the
 * write to any file of the host.
 */
import { createHash } from 'node:crypto'
import { CoxswainError, shellFile, shellProgram, z } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext, Command, ShellFile } from '../../../engine/index.ts'
import { encoded, printedText } from '../../shared/file-text.ts'
import { textOf } from '../../shared/lines.ts'
import { accountName } from './account-files.ts'

/** A user whose files a task reads or edits. */
export const userName = () => z.string().regex(accountName, 'must be a user name')

/** The current state of a file in `~/.ssh`. */
export interface SshFile {
  readonly text: string | undefined
  /** Owner and mode of the folder; undefined if it does not exist. */
  readonly folder: { readonly owner: string; readonly mode: string } | undefined
  readonly mode: string | undefined
}

const programs = {
  asUser: shellFile(import.meta.url, 'as-user.sh'),
  read: shellFile(import.meta.url, 'ssh-read.sh'),
  readHex: shellFile(import.meta.url, 'ssh-read-hex.sh'),
  stat: shellFile(import.meta.url, 'ssh-stat.sh'),
  owner: shellFile(import.meta.url, 'ssh-owner.sh'),
  give: shellFile(import.meta.url, 'ssh-give.sh'),
  edit: shellFile(import.meta.url, 'ssh-edit.sh'),
  append: shellFile(import.meta.url, 'ssh-append.sh'),
}

/** Exit status of {@link asUser} if the user does not exist. */
const noUser = 9

/** A program that runs as a user, whose name is its first parameter. */
interface UserProgram {
  readonly file: ShellFile
  /** Its parameters after the name of the user. */
  readonly words: readonly string[]
  readonly label: string
  readonly stdin?: string | Uint8Array | undefined
}

/** Runs a program as a user: root uses su(1); the user itself runs it directly. The name is safe to expand, see {@link userName}. */
const asUser = (
  tag: CheckContext['remote']['query'],
  user: string,
  { file, words, label, stdin }: UserProgram,
): Command =>
  tag({
    label,
    ...(stdin !== undefined && { stdin }),
  })`${shellProgram(programs.asUser, user, file.text, user, ...words)}`

const unreadable = (user: string, name: string, output: string): CoxswainError =>
  new CoxswainError('read-failed', `cannot read ~/.ssh/${name} of ${user}`, {
    output,
    hint: 'become root or that user, and check that the user can read their own files',
  })

/** Reads a file of `~/.ssh`; undefined if the user does not exist. */
export const readSshFile = async (
  { remote }: CheckContext,
  user: string,
  name: string,
): Promise<SshFile | undefined> => {
  const label = `read ~/.ssh/${name} of ${user}`
  const result = await asUser(remote.query, user, { file: programs.read, words: [name], label }).result()
  if (result.code === noUser) return undefined
  if (!result.ok) throw unreadable(user, name, result.stderr)
  const printed = await printedText(result.stdout, async () => {
    const again = await asUser(remote.query, user, {
      file: programs.readHex,
      words: [name],
      label,
    }).result()
    if (!again.ok) throw unreadable(user, name, again.stderr)
    return again.stdout
  })
  const [folder = '', mode = '', ...lines] = printed.split('\n')
  const [owner = '', folderMode = ''] = folder.split(' ')
  return {
    folder: folder === '' ? undefined : { owner, mode: folderMode.padStart(4, '0') },
    mode: mode === '' ? undefined : mode.padStart(4, '0'),
    text: mode === '' ? undefined : lines.join('\n'),
  }
}

/** Exit status of `ssh-give.sh` if the folder contains files of other users. */
const ofOthers = 21

/**
 * Makes a user the owner of their `~/.ssh`; a link there is left unchanged. The owner of the home could move any folder of
 * another user to this name. So the folder must not contain files of other users, and only the folder that was entered is
 * changed.
 */
const giveFolder = async ({ remote }: ApplyContext, user: string): Promise<void> => {
  const found = await remote.query({
    label: `check the owner of ~/.ssh of ${user}`,
  })`${shellProgram(programs.owner, user)}`.text()
  if (found === '') return
  const { ok, code, stderr } = await remote.run({
    at: { folder: found },
    label: `make ${user} the owner of ~/.ssh`,
  })`${shellProgram(programs.give, user)}`.result()
  if (ok) return
  throw new CoxswainError(
    'task-failed',
    code === ofOthers
      ? `${found} and files in it do not belong to ${user}`
      : `cannot make ${user} the owner of ${found}`,
    {
      output: stderr.trim(),
      hint: `check who owns the files in ${found}; if all of them should belong to ${user}, run chown -R ${user}: ${found}`,
    },
  )
}

/** Exit status of `ssh-edit.sh` if the file changed after it was read. */
const changed = 22

/**
 * Runs a program as a user that includes `ssh-make-folder.sh`: their `~/.ssh` then exists and belongs to that user.
 *
 * @param words its parameters after the name of the user.
 * @returns false if it ended because a file had changed meanwhile.
 */
export const inSshFolder = async (
  ctx: ApplyContext,
  user: string,
  { file, words, stdin }: Omit<UserProgram, 'label'>,
): Promise<boolean> => {
  await giveFolder(ctx, user)
  const command = asUser(ctx.remote.run, user, { file, words, label: `change ~/.ssh of ${user}`, stdin })
  if ((await command.result()).code === changed) return false
  await command.orFail()
  return true
}

/** How often an edit is repeated when other processes change the file at the same time. */
const tries = 5

/** Size in bytes and SHA-256 of the text that a file had when it was read; two empty words if it did not exist. */
const formerly = (text: string | undefined): readonly [string, string] => {
  if (text === undefined) return ['', '']
  const bytes = encoded(text)
  return [String(bytes.length), createHash('sha256').update(bytes).digest('hex')]
}

/** An edit of a file in `~/.ssh`. */
interface SshEdit {
  readonly name: string
  readonly mode: string
  /** The text when it was read; undefined if the file did not exist. */
  readonly before: string | undefined
  /** Returns the new text. */
  readonly edit: (text: string | undefined) => string
}

/**
 * Edits a file in `~/.ssh` as its user; the folder gets mode 0700. Changes that other processes make at the same time are
 * kept: the edit is repeated.
 *
 * @throws `write-failed` if the file keeps changing.
 */
export const editSshFile = async (
  ctx: ApplyContext,
  user: string,
  { name, mode, before: first, edit }: SshEdit,
): Promise<void> => {
  let before = first
  for (let left = tries; left > 0; left -= 1) {
    const bytes = encoded(edit(before))
    const words = [name, mode, String(bytes.length), ...formerly(before)]
    if (await inSshFolder(ctx, user, { file: programs.edit, words, stdin: bytes })) return
    before = (await readSshFile(ctx, user, name))?.text
  }
  throw new CoxswainError(
    'write-failed',
    `cannot write ~/.ssh/${name} of ${user}: other processes keep changing it`,
    {
      hint: 'find the process that keeps writing to it, stop it, and run again',
    },
  )
}

/** Appends lines to a file in `~/.ssh` as its user. Lines that other processes append at the same time are not lost. */
export const appendToSshFile = async (
  ctx: ApplyContext,
  user: string,
  { name, lines }: { readonly name: string; readonly lines: readonly string[] },
): Promise<void> => {
  await inSshFolder(ctx, user, { file: programs.append, words: [name], stdin: encoded(textOf(lines)) })
}

/**
 * The mode of a file in `~/.ssh`, and whether a second file exists; neither is read. Undefined if the user does not exist.
 */
export const statSshFiles = async (
  { remote }: CheckContext,
  user: string,
  { name, beside }: { readonly name: string; readonly beside: string },
): Promise<{ readonly mode: string | undefined; readonly beside: boolean } | undefined> => {
  const result = await asUser(remote.query, user, {
    file: programs.stat,
    words: [name, beside],
    label: `check ~/.ssh/${name} of ${user}`,
  }).result()
  if (result.code === noUser) return undefined
  if (!result.ok) throw unreadable(user, name, result.stderr)
  const [mode = '', other] = result.stdout.split('\n')
  return { mode: mode === '' ? undefined : mode.padStart(4, '0'), beside: other === 'there' }
}
