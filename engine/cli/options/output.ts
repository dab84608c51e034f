import { CoxswainError } from '../../errors.ts'
import { shownWord } from '../../secret.ts'
import { nearest } from '../../inventory/nearest.ts'
import type { OutputRequest } from '../../report/choose-outputs.ts'
import { outputKinds } from '../../report/outputs.ts'
import { choice, counter, flag, orSetting, text } from '../define-option.ts'
import type { OptionSpec } from '../define-option.ts'

/** `-v`, which every command takes. */
export const verbosityOptions = {
  verbose: counter('-v, --verbose', 'show live output and causes of errors; -vv adds stack traces'),
}

/**
 * Parses the text of an output: `json`, or `json=FILE`.
 *
 * @throws `usage` for an unknown name, with the nearest known one.
 */
const parseRequest = (typed: string): OutputRequest => {
  const cut = typed.indexOf('=')
  const name = cut < 0 ? typed : typed.slice(0, cut)
  const file = cut < 0 ? undefined : typed.slice(cut + 1)
  const kind = outputKinds.find((one) => one === name)
  if (kind === undefined) {
    const guess = nearest(name, outputKinds)
    throw new CoxswainError('usage', `--output: ${shownWord(name)} is not one of ${outputKinds.join(', ')}`, {
      hint: guess === undefined ? undefined : `did you mean ${guess}?`,
    })
  }
  if (file === '')
    throw new CoxswainError('usage', `--output ${kind}=: the file name is missing`, {
      hint: `write --output ${kind}=FILE`,
    })
  return { kind, ...(file !== undefined && { file }) }
}

/** `--output`, once for each output. */
const outputOption: OptionSpec<readonly OutputRequest[]> = {
  flags: '--output <kind[=file]>',
  description: `${outputKinds.slice(0, -1).join(', ')} or ${outputKinds.at(-1)}, to standard output or to a file (can be repeated; tree on a terminal, plain elsewhere)`,
  completion: 'outputs',
  read: (given) => given.flatMap((typed) => (typed === undefined ? [] : [parseRequest(typed)])),
}

/** Where the events of a run are written. */
export const outputOptions = {
  output: orSetting(outputOption, 'outputs'),
  report: text('--report <file.html>', 'the same as --output html=FILE'),
  log: text('--log <file>', 'the same as --output plain=FILE, with the output of commands as with -v'),
}

/** `--output json`, for commands that print text by default. */
export const jsonOption = (what: string): OptionSpec<'json' | undefined> =>
  choice('--output <kind>', `json prints one line of JSON ${what}`, ['json'])

/** Lists hosts without a run. */
export const listHosts = flag('--list-hosts', 'list the hosts of each play, or all hosts, and exit')
