/**
 * Commands that may still run on a host although the way to them is gone. A host notices late that a connection was lost,
 * some only after minutes; until then a command goes on, and what is looked at meanwhile changes afterwards. So nothing
 * else is asked of the host before they have been ended.
 *
 * Each shell has a mark in its command line. It is no secret: only processes of the user who asks are looked at.
 */
import type { Identity } from '../types.ts'
import { newNonce } from './nonce.ts'
import { quoted } from './frame.ts'

/** A word that tells a shell from all others on its host; plain enough for every login shell. */
export const newMark = (): string => `coxswain:${newNonce().slice(0, 16)}`

/** Tenths of a second that processes which were asked to end have before they are killed. */
const grace = 30

/**
 * Shell text that ends the process groups of a marked shell, and then says so with status 0. Without `/proc` it finds
 * none. No process has the mark as an argument, or it would find itself.
 */
export const endScript = (mark: string): string =>
  [
    'g=',
    `for f in $(printf %s ${quoted(mark)} | grep -lFf - /proc/[0-9]*/cmdline 2>/dev/null)`,
    'do p=${f%/cmdline}; [ -O "$p" ] && read -r s 2>/dev/null <"$p/stat" && set -- ${s##*) } || continue',
    'case " $g " in *" $3 "*) ;; *) g="$g $3";; esac; done',
    // quick for the usual case: the host has ended it already
    '[ -n "$g" ] || exit 0; exec 2>/dev/null',
    'all() { for i in $g; do kill "$1" "-$i" && return; done; return 1; }',
    'for i in $g; do kill -TERM "-$i"; done; n=0',
    `while all -0 && [ $n -lt ${grace} ]; do n=$((n+1)); sleep 0.1 || { sleep 1; n=$((n+9)); }; done`,
    'for i in $g; do kill -KILL "-$i"; done; exit 0',
  ].join('\n')

/** A shell that may still run a command. */
interface Left {
  readonly mark: string
  readonly identity: Identity | undefined
}

/** What was left behind on a host, until it is known to have ended. */
export class LeftBehind {
  readonly #left = new Set<Left>()
  #ending: Promise<void> | undefined

  add(left: Left): void {
    this.#left.add(left)
  }

  get any(): boolean {
    return this.#left.size > 0
  }

  /**
   * Ends all of it. Those who ask meanwhile wait for the same.
   *
   * @param execute runs shell text as a user; what it throws is thrown, and what is left then is ended the next time.
   */
  end(execute: (script: string, identity: Identity | undefined) => Promise<unknown>): Promise<void> {
    this.#ending ??= this.#endAll(execute).finally(() => (this.#ending = undefined))
    return this.#ending
  }

  async #endAll(
    execute: (script: string, identity: Identity | undefined) => Promise<unknown>,
  ): Promise<void> {
    for (const left of this.#left) {
      await execute(endScript(left.mark), left.identity)
      this.#left.delete(left)
    }
  }
}
