import { CoxswainError } from '../../errors.ts'
import { shownWord } from '../../secret.ts'
import { nearest } from '../../inventory/nearest.ts'
import type { OutputRequest } from '../../report/choose-outputs.ts'
import { outputKinds } from '../../report/outputs.ts'
import { choice, counter, flag, text } from '../define-option.ts'
import type { OptionSpec } from '../define-option.ts'

/** Live output and causes of errors; every command has it. */
export const verbosityOptions = {
  verbose: counter('-v, --verbose', 'live output and causes of errors; -vv adds stack traces'),
}

/**
 * An output that is asked for: `json`, or `json=FILE`.
 *
 * @throws `usage` for a name that is not one, with the nearest.
 */
const requestOf = (typed: string): OutputRequest => {
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
    throw new CoxswainError('usage', `--output ${kind}=: the file has no name`, {
      hint: `write --output ${kind}=FILE`,
    })
  return { kind, ...(file !== undefined && { file }) }
}

/** `--output`, as often as there are outputs. */
const outputOption: OptionSpec<readonly OutputRequest[]> = {
  flags: '--output <kind[=file]>',
  description: `${outputKinds.slice(0, -1).join(', ')} or ${outputKinds.at(-1)}, to standard output or to a file (can be repeated; tree on a terminal, plain elsewhere)`,
  completion: 'outputs',
  read: (given) => given.flatMap((typed) => (typed === undefined ? [] : [requestOf(typed)])),
}

/** Where a run is shown and kept. */
export const outputOptions = {
  output: outputOption,
  report: text('--report <file.html>', 'the same as --output html=FILE'),
  log: text('--log <file>', 'the same as --output plain=FILE, always with what commands print (as with -v)'),
}

/** For commands that print text or JSON. */
export const jsonOption = (what: string): OptionSpec<'json' | undefined> =>
  choice('--output <kind>', `json for a line of JSON ${what}`, ['json'])

/** Only lists hosts. */
export const listHosts = flag('--list-hosts', 'list the hosts of each play, or all hosts, and stop')
