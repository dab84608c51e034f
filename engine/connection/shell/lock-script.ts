/** The shell text that takes the lock of a host (see lock.ts). Pure. */
import { CoxswainError } from '../../errors.ts'
import type { HostLock } from './lock.ts'
import { systemPath } from './system-path.ts'
import { sayLock } from './words.ts'

/** Seconds until a killed run has left a host: four (see bootstrap.ts), and a margin. */
const killedRunGoes = 5

/** Replaces characters that could break a command line, a line of output or the fields of a record. */
const plain = (text: string): string => text.replaceAll(/[^A-Za-z0-9@._-]/g, '_').slice(0, 40) || '_'

const checkedFolder = (folder: string): string => {
  if (/^\/[\w./-]*$/.test(folder)) return folder
  throw new CoxswainError('usage', `COXSWAIN_LOCK_PATH is not a folder for locks: ${folder}`, {
    hint: 'give an absolute path of letters, digits and `.`, `_`, `-`, `/`',
  })
}

/**
 * Sets the arguments to the possible places of the private folder, each as a parent and a name, in order of preference. In a
 * parent that only the acting user can write to, no one else can take the name: `/run` for root, the home for others.
 * Many hosts can share a home, so the name contains the host name.
 */
const candidates = (folder: string | undefined): string =>
  folder === undefined
    ? 'set --; if [ "$u" = 0 ]; then set -- /run coxswain /var/run coxswain /var/lib coxswain; ' +
      'else case $HOME in /*) set -- "$HOME" ".coxswain-lock-$(uname -n)";; esac; ' +
      'set -- "$@" /run/lock "coxswain-$u" /var/tmp "coxswain-$u" /tmp "coxswain-$u"; fi'
    : `set -- ${checkedFolder(folder)} "coxswain-$u"`

/**
 * Sets `$p` to the private folder: `drwx------`, owned by the acting user. Its parent belongs to root or the user, and is either
 * closed to others or sticky, so it cannot be replaced after the check. A folder of another user is an error with its path.
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
 * Takes the lock: first exclusively, to write the record of its holder, then shared until the shell ends. Other shells of the
 * run can take it while the record is of their run. A shell that has the shared lock and finds its own run in the record holds
 * the lock, because the record is only written with the exclusive lock; a shell of another run releases it and tries again.
 */
const take = ({ token, owner, pid, purpose, grace }: HostLock): string => {
  const tenths = Math.ceil((grace ?? killedRunGoes) * 10)
  return [
    'command -v flock >/dev/null || none flock',
    '(: 9<>"$p/lock") 2>/dev/null || none write; exec 9<>"$p/lock"; n=0',
    's() { flock -n -s 9 2>/dev/null; }',
    // 1: another process has the lock; above 1: the file system does not support locks
    'x() { flock -n -x 9 2>/dev/null; c=$?; [ $c -lt 2 ] || none locks; return $c; }',
    `ours() { r=; read -r r 2>/dev/null <"$p/holder"; case $r in ${token}:*) ;; *) return 1;; esac; }`,
    `put() { echo "${token}:${plain(owner)}:${pid}:$(date +%s):${plain(purpose)}" 2>/dev/null >"$p/holder" || { flock -u 9; none write; }; }`,
    'until { ours && s && ours; } || { x && put && s && ours; }; do flock -u 9; ' +
      // a run that has just taken the lock might not have written its record yet
      `if [ $n -lt ${tenths} ]; then n=$((n+1)); sleep 0.1 2>/dev/null || { sleep 5; n=${tenths}; }; ` +
      'else ours; say held "$(date +%s) $r" || exit; sleep 1; fi; done',
    'exec /bin/sh -c "$i"',
  ].join('; ')
}

/**
 * Two words of shell text. With the text of a shell as the third word, `/bin/sh -c` runs that shell
 * with the lock on descriptor 9. They have no quotes, backslashes or newlines that a login shell could interpret, and each is
 * shorter than the 1024 bytes that csh(1) allows a word.
 */
export const lockWords = (lock: HostLock): readonly [string, string] => [findFolder(lock.folder), take(lock)]
