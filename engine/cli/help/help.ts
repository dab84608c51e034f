import { packageVersion } from '../../package-root.ts'
import { exitCodes } from '../../exit-codes.ts'
import type { CommandContext } from '../define-command.ts'
import { parseCommandLine } from '../parse.ts'

interface HelpInput {
  readonly arguments: { readonly words: readonly string[] }
}

/** `run help WORDS`: the same as `run WORDS --help`. Returns the exit status. */
export const help = async ({ arguments: { words } }: HelpInput, context: CommandContext): Promise<number> => {
  const parsed = parseCommandLine(context.program, [...words, '--help'], packageVersion())
  if (parsed.kind === 'command') return parsed.start(context)
  context.outlets.out(parsed.text)
  return exitCodes.ok
}
