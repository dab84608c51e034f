/**
 * Files below a user's home, handled as that user. What root wrote or changed there by its path, a link that the user puts
 * in the way could turn against any file of the host.
 */
import { createHash } from 'node:crypto'
import { CoxswainError, quote, z } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext, Command } from '../../../engine/index.ts'
import { atEnd } from '../../shared/at-end.ts'
import { encoded, printedText } from '../../shared/file-text.ts'
import { textOf } from '../../shared/lines.ts'
import { accountName } from './account-files.ts'

/** A user whose home is meant. */
export const userName = () => z.string().regex(accountName, 'a user name is needed')

/** A file in `~/.ssh`, as it is. */
export interface SshFile {
  readonly text: string | undefined
  /** Who owns the folder, and its mode; undefined when there is none. */
  readonly folder: { readonly owner: string; readonly mode: string } | undefined
  readonly mode: string | undefined
}

/** Exit status of {@link asUser} when there is no such user. */
const noUser = 9

/** Runs shell text as a user: as root by su(1), which asks root nothing; as themselves directly. */
const asUser = (
  tag: CheckContext['remote']['query'],
  user: string,
  {
    text,
    label,
    stdin,
  }: { readonly text: string; readonly label: string; readonly stdin?: string | Uint8Array | undefined },
): Command =>
  tag({
    label,
    ...(stdin !== undefined && { stdin }),
  })`id -u ${user} >/dev/null 2>&1 || exit ${noUser}; if [ "$(id -un)" = ${user} ]; then sh -c ${text}; else su -s /bin/sh ${user} -c ${text}; fi`

/** The user's folder: `~name` is what the system knows, whatever HOME says. The name is a plain one, see {@link userName}. */
const folderOf = (user: string): string => `d=~${user}/.ssh`

const unreadable = (user: string, name: string, output: string): CoxswainError =>
  new CoxswainError('read-failed', `cannot read ~/.ssh/${name} of ${user}`, {
    output,
    hint: 'become root or that user, and check that the user can read their own files',
  })

/** A file of `~/.ssh`, or undefined when there is no such user. */
export const readSshFile = async (
  { remote }: CheckContext,
  user: string,
  name: string,
): Promise<SshFile | undefined> => {
  const text = [
    `${folderOf(user)}; f=$d/${quote(name)}`,
    // what cannot be looked into is not empty
    `if [ -d "$d" ] && [ ! -x "$d" ]; then echo "$d is closed to its user" >&2; exit 1; fi`,
    'if [ -d "$d" ]; then stat -L -c "%U %a" "$d"; else echo; fi',
    'if [ -f "$f" ]; then stat -L -c %a "$f"; cat "$f"; else echo; fi',
  ].join('; ')
  const result = await asUser(remote.query, user, { text, label: `read ~/.ssh/${name} of ${user}` }).result()
  if (result.code === noUser) return undefined
  if (!result.ok) throw unreadable(user, name, result.stderr)
  const printed = await printedText(result.stdout, async () => {
    const again = await asUser(remote.query, user, {
      text: `{ ${text}; } | od -An -v -tx1`,
      label: `read ~/.ssh/${name} of ${user}`,
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

/** Exit status where there is something of others in the folder. */
const ofOthers = 21

/**
 * Gives a user their `~/.ssh` where it is another's; a link there stays untouched. Who owns the home can give this name to any
 * folder of others that is in it: only one that holds nothing of others is given, and only the one that was entered.
 */
const giveFolder = async ({ remote }: ApplyContext, user: string): Promise<void> => {
  const found = await remote.query({
    label: `look whose ~/.ssh of ${user} is`,
  })`eval d=${`~${user}/.ssh`}; if [ -d "$d" ] && [ ! -L "$d" ] && [ "$(stat -c %U "$d")" != ${user} ]; then printf %s "$d"; fi`.text()
  if (found === '') return
  const { ok, code, stderr } = await remote.run({
    at: { folder: found },
    label: `give ~/.ssh to ${user}`,
  })`e=$(find . ! -path . ! -user ${user} | head -n 1); [ -z "$e" ] || { echo "$e" >&2; exit ${ofOthers}; }; chown ${`${user}:`} .`.result()
  if (ok) return
  throw new CoxswainError(
    'task-failed',
    code === ofOthers
      ? `${found} belongs to another user than ${user}, and so does what is in it`
      : `cannot give ${found} to ${user}`,
    {
      output: stderr.trim(),
      hint: `check who owns the files in ${found}; if all of them are for ${user}: chown -R ${user}: ${found}`,
    },
  )
}

/** Exit status where the file is another than it was when it was read. */
const changed = 22

/**
 * Runs shell text as a user in whose `~/.ssh`, `$d`, there is one that is theirs alone.
 *
 * @returns false where it ended because a file had changed meanwhile.
 */
export const inSshFolder = async (
  ctx: ApplyContext,
  user: string,
  text: string,
  stdin?: string | Uint8Array,
): Promise<boolean> => {
  await giveFolder(ctx, user)
  const start = `set -e; umask 077; ${folderOf(user)}; mkdir -p "$d"; chmod 0700 "$d"`
  const command = asUser(ctx.remote.run, user, {
    text: `${start}; ${text}`,
    label: `change ~/.ssh of ${user}`,
    stdin,
  })
  if ((await command.result()).code === changed) return false
  await command.orFail()
  return true
}

/**
 * Removes what shells of this host that are gone have left in the folder of `$f`; sets `$h` to how the names begin. The
 * folder is the user's own, and may be that of many hosts.
 */
const sweepDrafts = [
  'h=${f%/*}/.coxswain.$(uname -n)',
  'for x in "$h".*.??????; do [ -f "$x" ] && [ ! -L "$x" ] || continue',
  'p=${x%.??????}; kill -0 "${p##*.}" 2>/dev/null || rm -f -- "$x"; done',
].join('; ')

/** Makes a file beside `$f`, `$t`, which is gone at the end unless it took the place of `$f`. */
export const sshDraft = [sweepDrafts, 't=$(mktemp "$h.$$.XXXXXX")', atEnd('rm -f -- "$t"')].join('; ')

/** How often a file is edited again that others change at the same time. */
const tries = 5

/**
 * Moves `$t` over `$f` if that is still what was read. What others, such as ssh, append to it just then comes along: the old
 * file keeps a second name until it is replaced.
 */
const replaceSame = (before: string | undefined): string => {
  if (before === undefined) return `[ ! -e "$f" ] || exit ${changed}; mv -f "$t" "$f"`
  const bytes = encoded(before)
  const sum = createHash('sha256').update(bytes).digest('hex')
  return [
    'o=$(mktemp "$h.$$.XXXXXX")',
    atEnd('rm -f -- "$t" "$o"'),
    // a file of others cannot be given another name (fs.protected_hardlinks)
    'if ln -f "$f" "$o" 2>/dev/null; then x=$o; else x=$f; fi',
    `s=$(sha256sum <"$x") || exit ${changed}; [ "\${s%% *}" = ${sum} ] || exit ${changed}`,
    `mv -f "$t" "$f"; [ "$x" = "$f" ] || tail -c +${bytes.length + 1} "$x" >>"$f"`,
  ].join('; ')
}

/** How a file of `~/.ssh` is edited. */
interface SshEdit {
  readonly name: string
  readonly mode: string
  /** Its text when it was read; undefined where there was none. */
  readonly before: string | undefined
  /** What becomes of a text. */
  readonly edit: (text: string | undefined) => string
}

/**
 * Edits a file of `~/.ssh`, the folder 0700, as its user. What others change at the same time is kept: the edit is made again.
 *
 * @throws `write-failed` when it changes again and again.
 */
export const editSshFile = async (
  ctx: ApplyContext,
  user: string,
  { name, mode, before: first, edit }: SshEdit,
): Promise<void> => {
  let before = first
  for (let left = tries; left > 0; left -= 1) {
    const bytes = encoded(edit(before))
    const script = [
      `f=$d/${quote(name)}`,
      // a link stays: the user's own rights decide whether what it points to can be written
      'if [ -L "$f" ]; then f=$(readlink -f "$f"); fi',
      sshDraft,
      `cat >"$t"; test "$(wc -c <"$t")" -eq ${bytes.length}`,
      `chmod ${quote(mode)} "$t"`,
      replaceSame(before),
    ].join('; ')
    if (await inSshFolder(ctx, user, script, bytes)) return
    before = (await readSshFile(ctx, user, name))?.text
  }
  throw new CoxswainError(
    'write-failed',
    `cannot write ~/.ssh/${name} of ${user}: other processes keep changing it`,
    {
      hint: 'find out what keeps writing to it, and run again when nothing does',
    },
  )
}

/** Appends lines to a file of `~/.ssh` as its user: what others append at the same time is not lost. */
export const appendToSshFile = async (
  ctx: ApplyContext,
  user: string,
  { name, lines }: { readonly name: string; readonly lines: readonly string[] },
): Promise<void> => {
  // a last line without an end would run into the first one of these
  const script = `f=$d/${quote(name)}; if [ -s "$f" ] && [ -n "$(tail -c 1 "$f")" ]; then echo >>"$f"; fi; cat >>"$f"`
  await inSshFolder(ctx, user, script, encoded(textOf(lines)))
}

/** The mode of a file of `~/.ssh` and whether another is there, none of them read; undefined when there is no such user. */
export const statSshFiles = async (
  { remote }: CheckContext,
  user: string,
  { name, beside }: { readonly name: string; readonly beside: string },
): Promise<{ readonly mode: string | undefined; readonly beside: boolean } | undefined> => {
  const text = [
    `${folderOf(user)}; f=$d/${quote(name)}`,
    'if [ -f "$f" ]; then stat -L -c %a "$f"; else echo; fi',
    `if [ -f "$d/"${quote(beside)} ]; then echo there; fi`,
  ].join('; ')
  const result = await asUser(remote.query, user, {
    text,
    label: `look at ~/.ssh/${name} of ${user}`,
  }).result()
  if (result.code === noUser) return undefined
  if (!result.ok) throw unreadable(user, name, result.stderr)
  const [mode = '', other] = result.stdout.split('\n')
  return { mode: mode === '' ? undefined : mode.padStart(4, '0'), beside: other === 'there' }
}
