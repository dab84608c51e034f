import type { ApplyContext } from '../../engine/index.ts'
import { surroundings } from './guards.ts'
import type { Guards } from './guards.ts'

export interface ScriptRun extends Guards {
  /** What reads the script, with its options; its own first line where absent. */
  readonly interpreter?: string | undefined
  readonly args: readonly string[]
}

/**
 * Runs a script on a host, from a folder that nobody else can look into and that is gone afterwards. Its standard input is
 * empty: what it reads is not by mistake the rest of itself.
 */
export const runScript = async (
  { remote }: ApplyContext,
  text: string,
  { interpreter, args, ...guards }: ScriptRun,
): Promise<void> => {
  const how = { ...surroundings(guards), stdin: text }
  const words = interpreter?.split(/\s+/).filter((word) => word !== '') ?? []
  await remote.run(
    how,
  )`d=$(mktemp -d) || exit; trap 'rm -rf -- "$d"' EXIT; trap 'exit 143' HUP INT TERM; cat >"$d/script" && chmod 700 "$d/script" && ${words} "$d/script" ${args} </dev/null`
}
