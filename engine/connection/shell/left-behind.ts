/**
 * Commands that can still run on a host after their connection was lost. A host can notice a lost connection minutes later;
 * until then a command continues and can change what other requests read. So these commands are ended before any other
 * request is sent to the host.
 *
 * Each shell has a mark in its command line. It is not secret: only processes of the acting user are searched.
 */
import type { Identity } from '../types.ts'
import { newNonce } from './nonce.ts'
import { quoted } from './frame.ts'

/** Creates a word that identifies a shell on its host and needs no quoting in any login shell. */
export const newMark = (): string => `coxswain:${newNonce().slice(0, 16)}`

/** Tenths of a second between SIGTERM and SIGKILL. */
const grace = 30

/**
 * Shell text that ends the process groups of a marked shell and then exits with 0. Without `/proc` it finds
 * none. None of its own processes has the mark as an argument, or it would find itself.
 */
export const endScript = (mark: string): string =>
  [
    'g=',
    `for f in $(printf %s ${quoted(mark)} | grep -lFf - /proc/[0-9]*/cmdline 2>/dev/null)`,
    'do p=${f%/cmdline}; [ -O "$p" ] && read -r s 2>/dev/null <"$p/stat" && set -- ${s##*) } || continue',
    'case " $g " in *" $3 "*) ;; *) g="$g $3";; esac; done',
    // the usual case: the host has already ended it
    '[ -n "$g" ] || exit 0; exec 2>/dev/null',
    'all() { for i in $g; do kill "$1" "-$i" && return; done; return 1; }',
    'for i in $g; do kill -TERM "-$i"; done; n=0',
    `while all -0 && [ $n -lt ${grace} ]; do n=$((n+1)); sleep 0.1 || { sleep 1; n=$((n+9)); }; done`,
    'for i in $g; do kill -KILL "-$i"; done; exit 0',
  ].join('\n')

/** A shell that can still run a command. */
interface Left {
  readonly mark: string
  readonly identity: Identity | undefined
}

/** The shells that can still run on a host, until they have ended. */
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
   * Ends all of them. Concurrent calls wait for the same work.
   *
   * @param execute runs shell text as a user; its errors are thrown, and the remaining shells are ended the next time.
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
