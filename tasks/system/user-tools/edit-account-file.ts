/** Edits of /etc/passwd and its kin where no tool makes them: in the way of busybox's own tools, which lock so as well. */
import { createHash } from 'node:crypto'
import { CoxswainError, Secret } from '../../../engine/index.ts'
import type { Remote } from '../../../engine/index.ts'
import { atEnd, notAtEnd } from '../../shared/at-end.ts'
import { encoded, readText } from '../../shared/file-text.ts'

const changed = 12
const locked = 11

/** How often a file is edited anew that somebody else changed meanwhile. */
const tries = 5

const replaced = async (remote: Remote, path: string, before: string, after: string): Promise<number> => {
  const sum = createHash('sha256').update(encoded(before)).digest('hex')
  const bytes = encoded(after)
  // no signal may come between the lock and the trap that removes it;
  // the new file, FILE+, is the lock: who makes it may replace the old one, as adduser of busybox does
  const { code } = await remote.run({
    // a secret is text: a file with bytes that are no UTF-8 goes as it is, and is shown nowhere either
    stdin: bytes.equals(Buffer.from(after)) ? new Secret(after) : bytes,
    quiet: true,
  })`p=${path}; n=$p+; i=0; umask 077; trap '' HUP INT TERM PIPE; until (set -C; : >"$n") 2>/dev/null; do i=$((i + 1)); [ "$i" -lt 10 ] || exit ${locked}; sleep 1; done; eval ${atEnd('rm -f "$n"')}; s=$(sha256sum <"$p") && [ "\${s%% *}" = ${sum} ] || exit ${changed}; cat >"$n" && [ "$(wc -c <"$n")" -eq ${bytes.length} ] && chown "$(stat -c %u:%g "$p")" "$n" && chmod "$(stat -c %a "$p")" "$n" && sync && mv -f "$n" "$p" && eval ${notAtEnd}`.result()
  return code
}

/**
 * Edits a file of accounts.
 *
 * @throws `task-failed` when others hold it, or change it again and again.
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
  const why = { [locked]: 'others hold it', [changed]: 'others change it' }[code] ?? `exit status ${code}`
  throw new CoxswainError('write-failed', `cannot write ${path}: ${why}`, {
    hint: `if no other program is editing the file, ${path}+ is left over from one that was: remove it, and run again`,
  })
}
