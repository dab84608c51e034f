/**
 * A lock on a host against two runs at once.
 *
 * It is an flock(2), shared, on a directory that every host has, so it leaves no file behind and needs no rights. Each
 * shell of a run holds it as long as it lives, in the process that watches over it and not in the one that runs commands:
 * a daemon that a task leaves behind does not have it, and it is free when the last shell is gone, however that came, also
 * when the machine that started the run is no more.
 *
 * To come in, a run takes the lock exclusively for a moment; its other shells join while one of them is there. Who holds
 * it stands in the command line of the shells, where everybody on the host can read it: that is how a run that is refused
 * can say by whom.
 */
import { createHash } from 'node:crypto'
import { CoxswainError } from '../../errors.ts'

/** Seconds that a run which was killed takes to leave a host (four, see the farewell), and a little more. */
const killedRunGoes = 5

/** How a run keeps others off a host. */
export interface HostLock {
  /** Names the run; hexadecimal. Its connections do not lock each other out. */
  readonly token: string
  /** Who runs it, such as `ann@laptop`. */
  readonly owner: string
  /** What is run, such as the name of a playbook. */
  readonly purpose: string
  /** Process number of the run, on its own machine. */
  readonly pid: number
  /** The directory whose lock is taken: one that exists on every host. */
  readonly path: string
  /** Seconds in which the lock is asked for before a word of who has it: {@link killedRunGoes} unless told. */
  readonly grace?: number | undefined
  /** Seconds to wait for the lock; 0 when it shall not be waited for. */
  readonly wait: number
  /** Aborted when nothing more shall begin: then it is not waited for any longer. */
  readonly stopping?: AbortSignal | undefined
  /** Told when it is waited for, and again when another has it; with words on who. */
  readonly waiting: (holder: string) => void
  /** Told when the host has no flock(1), so that nothing is locked. */
  readonly absent: () => void
}

/** What is in a command line for all to read must not break it, nor a line of output. */
const plain = (text: string): string => text.replaceAll(/[^A-Za-z0-9@._-]/g, '_').slice(0, 40)

/** Runs that lock different directories have nothing to do with each other. */
const place = (path: string): string => createHash('sha256').update(path).digest('hex').slice(0, 8)

const checkedPath = (path: string): string => {
  if (/^\/[\w./-]*$/.test(path)) return path
  throw new CoxswainError('usage', `no directory to lock: ${path}`, {
    hint: 'COXSWAIN_LOCK_PATH is an absolute path of plain characters',
  })
}

/**
 * Shell text that takes the lock on descriptor 9, says so as long as it cannot, and then becomes the shell text in `$0`.
 * It has no quotes, backslashes or newlines that a login shell could mind, and is shorter than the 1024 bytes that
 * csh(1) allows a word.
 *
 * @param join whether another shell of the same connection holds it already.
 */
export const lockScript = (nonce: string, lock: HostLock, join: boolean): string => {
  const path = checkedPath(lock.path)
  const where = place(path)
  const tenths = Math.ceil((lock.grace ?? killedRunGoes) * 10)
  const label = `$l:${where}:${lock.token}:${plain(lock.owner)}:${lock.pid}:$(date +%s):${plain(lock.purpose)}`
  return (
    `LC_ALL=C; export LC_ALL; l=coxswain-lock; p=${path}; n=0; ` +
    `u() { printf "%s%s" ${nonce} "unlocked;"; exec /bin/sh -c "$0"; }; ` +
    `command -v flock >/dev/null && [ -d $p ] && [ -r $p ] || u; exec 9<$p; ` +
    // 1 is a lock that another has; anything above, a file system that knows no locks
    `x() { flock -n -x 9 2>/dev/null; c=$?; [ $c -lt 2 ] || u; return $c; }; s() { flock -n -s 9; }; ` +
    `h() { cat /proc/[0-9]*/cmdline 2>/dev/null | tr "[:cntrl:]" " " | grep -o "$l:${where}:[0-9a-f]*:[^ ;]*"; }; ` +
    // a grep for it would find its own command line
    `o() { case $(h) in *:${lock.token}:*) ;; *) return 1; esac; }; ` +
    // a shell of our own that held it before and after we joined has kept all others out meanwhile
    `until ${join ? 's || ' : ''}{ x && s; } || { o && s && o; }; do flock -u 9; ` +
    // one that has just come in is not in the list yet
    `if [ $n -lt ${tenths} ]; then n=$((n+1)); sleep 0.1 2>/dev/null || { sleep 5; n=${tenths}; }; ` +
    `else printf "%s%s" ${nonce} "lock:$(date +%s) $(h | head -n 1);" || exit; sleep 1; fi; done; ` +
    `exec /bin/sh -c "$0" "${label}"`
  )
}

/** What a shell says while it has no lock. */
export interface LockWord {
  readonly kind: 'held' | 'absent'
  readonly text: string
}

/** Takes the words on the lock out of what a shell has printed until now. */
export const lockWords = (nonce: string, printed: Buffer): { words: LockWord[]; rest: Buffer } => {
  const words: LockWord[] = []
  const text = printed.toString('latin1')
  const rest = text.replaceAll(
    new RegExp(`${nonce}(?:lock:([^;]*)|unlocked);`, 'g'),
    (_, held: string | undefined) => {
      words.push(held === undefined ? { kind: 'absent', text: '' } : { kind: 'held', text: held })
      return ''
    },
  )
  return { words, rest: words.length === 0 ? printed : Buffer.from(rest, 'latin1') }
}

const age = (seconds: number): string => {
  if (seconds < 60) return `${Math.max(0, seconds)} s`
  return seconds < 3600
    ? `${Math.floor(seconds / 60)} min`
    : `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}

/**
 * Who holds a lock, in words, from what the shell says: the host's time, and the label of the holder.
 *
 * @example
 * holderOf('1700000180 coxswain-lock:1234abcd:00ff:ann@laptop:4242:1700000000:ha-masters')
 * // 'ann@laptop (ha-masters, process 4242), since 3 min'
 */
export const holderOf = (said: string): string => {
  const [now = '', label = ''] = said.split(' ')
  const [, , , owner, pid, since, purpose] = label.split(':')
  if (owner === undefined || pid === undefined || purpose === undefined)
    return 'somebody whose processes this user may not see'
  return `${owner} (${purpose}, process ${pid}), since ${age(Number(now) - Number(since))}`
}

/** Decides, while a shell waits for the lock, whether to go on waiting. */
export interface LockWatch {
  /** Takes what the shell says; gives why it is refused, when it is. */
  hear(word: LockWord): CoxswainError | undefined
}

/** Watches the opening of one shell. */
export const watchLock = ({ wait, stopping, waiting, absent }: HostLock, description: string): LockWatch => {
  let began: number | undefined
  let told: string | undefined
  return {
    hear: ({ kind, text }) => {
      if (kind === 'absent') {
        absent()
        return undefined
      }
      if (stopping?.aborted === true)
        return new CoxswainError('interrupted', `interrupted while ${description} was locked by another run`)
      began ??= performance.now()
      const holder = holderOf(text)
      if (performance.now() - began >= wait * 1000)
        return new CoxswainError('host-locked', `${description} is locked by ${holder}`)
      const [who] = holder.split(', since')
      if (who !== told) waiting(holder)
      told = who
      return undefined
    },
  }
}
