/** The shell text that takes the lock of a host (lock.ts tells what that is). Pure. */
import { CoxswainError } from '../../errors.ts'
import type { HostLock } from './lock.ts'
import { systemPath } from './system-path.ts'
import { sayLock } from './words.ts'

/** Seconds that a run which was killed takes to leave a host (four, see bootstrap.ts), and a little more. */
const killedRunGoes = 5

/** What is in a command line must not break it, nor a line of output, nor the fields of a record. */
const plain = (text: string): string => text.replaceAll(/[^A-Za-z0-9@._-]/g, '_').slice(0, 40) || '_'

const checkedFolder = (folder: string): string => {
  if (/^\/[\w./-]*$/.test(folder)) return folder
  throw new CoxswainError('usage', `COXSWAIN_LOCK_PATH is not a folder for locks: ${folder}`, {
    hint: 'give an absolute path of letters, digits and `.`, `_`, `-`, `/`',
  })
}

/**
 * Sets the arguments to where the private folder can be, each as a parent and a name, in the order of choice. Where the
 * acting user has a parent that no one else may write into, no one can take the name: `/run` for root, the home for others.
 * A home may be shared by many hosts, so the name holds the host's.
 */
const candidates = (folder: string | undefined): string =>
  folder === undefined
    ? 'set --; if [ "$u" = 0 ]; then set -- /run coxswain /var/run coxswain /var/lib coxswain; ' +
      'else case $HOME in /*) set -- "$HOME" ".coxswain-lock-$(uname -n)";; esac; ' +
      'set -- "$@" /run/lock "coxswain-$u" /var/tmp "coxswain-$u" /tmp "coxswain-$u"; fi'
    : `set -- ${checkedFolder(folder)} "coxswain-$u"`

/**
 * Sets `$p` to the private folder: `drwx------`, and the acting user's. Its parent is root's or the user's, and either
 * closed to others or sticky, so what is checked stays what it is. What somebody else has put there is refused, by name.
 */
const findFolder = (folder: string | undefined): string =>
  [
    `t=$0 i=$1; PATH=${systemPath}:$PATH LC_ALL=C; export PATH LC_ALL; u=$(id -u); ${sayLock}`,
    'none() { say absent "$*"; exec /bin/sh -c "$i"; }',
    'own() { set -- $(ls -ldn -- "$1" 2>/dev/null); m=$1/$3; }',
    `p=; ${candidates(folder)}`,
    'while [ -z "$p" ] && [ $# -gt 1 ]; do own "$1/."; ' +
      'case $m in d????-??-*/0|d????-??-*/$u|d????????[tT]*/0|d????????[tT]*/$u) ' +
      'mkdir -m 0700 -- "$1/$2" 2>/dev/null; own "$1/$2"; ' +
      'case $m in drwx--[-S]---*/$u) p=$1/$2;; /) ;; *) say unsafe "$m $1/$2"; exit 1;; esac;; esac; shift 2; done',
    '[ -n "$p" ] || none folder',
    'eval "$t"',
  ].join('; ')

/**
 * Takes the lock: exclusively for a moment, in which the record says whose it is, then shared as long as the shell lives.
 * Other shells of the run come in while the record is their run's. Whoever has the lock shared and finds its own run in the
 * record is in, for nobody writes there without having the lock alone: a shell of another run that came between gives way.
 */
const take = ({ token, owner, pid, purpose, grace }: HostLock): string => {
  const tenths = Math.ceil((grace ?? killedRunGoes) * 10)
  return [
    'command -v flock >/dev/null || none flock',
    '(: 9<>"$p/lock") 2>/dev/null || none write; exec 9<>"$p/lock"; n=0',
    's() { flock -n -s 9 2>/dev/null; }',
    // 1 is a lock that another has; anything above, a file system that knows no locks
    'x() { flock -n -x 9 2>/dev/null; c=$?; [ $c -lt 2 ] || none locks; return $c; }',
    `ours() { r=; read -r r 2>/dev/null <"$p/holder"; case $r in ${token}:*) ;; *) return 1;; esac; }`,
    `put() { echo "${token}:${plain(owner)}:${pid}:$(date +%s):${plain(purpose)}" 2>/dev/null >"$p/holder" || { flock -u 9; none write; }; }`,
    'until { ours && s && ours; } || { x && put && s && ours; }; do flock -u 9; ' +
      // the record of one that has just come in may not be there yet
      `if [ $n -lt ${tenths} ]; then n=$((n+1)); sleep 0.1 2>/dev/null || { sleep 5; n=${tenths}; }; ` +
      'else ours; say held "$(date +%s) $r" || exit; sleep 1; fi; done',
    'exec /bin/sh -c "$i"',
  ].join('; ')
}

/**
 * Two words of shell text, to which a third, the text of a shell, is added: `/bin/sh -c` with the three becomes that shell
 * with the lock on descriptor 9. They have no quotes, backslashes or newlines that a login shell could mind, and each is
 * shorter than the 1024 bytes that csh(1) allows a word.
 */
export const lockWords = (lock: HostLock): readonly [string, string] => [findFolder(lock.folder), take(lock)]
