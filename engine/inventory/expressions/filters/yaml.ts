/** Filters that read and write YAML. */
import { readYaml } from '../../yaml/read.ts'
import { Fault } from '../fault.ts'
import { flagArgument, numberArgument } from '../library.ts'
import type { Filter, Filters } from '../library.ts'
import { fromPlain } from '../plain.ts'
import { takes } from '../signature.ts'
import { yamlOf } from '../yaml-writer.ts'

const fromYaml: Filter = (value, _, { machine }) => {
  try {
    return fromPlain(readYaml('from_yaml', machine.text(value), { hidden: true }).written)
  } catch {
    throw new Fault('the text is not YAML', { word: 'from_yaml' })
  }
}

/** What is usual. */
interface Usual {
  readonly indent: number
  readonly flow: boolean | undefined
  /** Whether the first argument without a name is the indentation. */
  readonly positional: boolean
}

const toYaml =
  ({ indent: usual, flow, positional }: Usual): Filter =>
  (value, args, { machine }) => {
    const indent = numberArgument(machine, args, positional ? 0 : Infinity, 'indent') ?? usual
    const width = numberArgument(machine, args, Infinity, 'width') ?? 80
    const inBrackets = args.named('default_flow_style')
    const kept = indent > 1 && indent < 10 ? indent : 2
    return yamlOf(machine, value, {
      indent: kept,
      width: width > kept * 2 ? width : 80,
      sort: flagArgument(args, Infinity, 'sort_keys', true),
      flow: typeof inBrackets === 'boolean' ? inBrackets : inBrackets === null ? undefined : flow,
      start: flagArgument(args, Infinity, 'explicit_start'),
      end: flagArgument(args, Infinity, 'explicit_end'),
    })
  }

const options = 'width sort_keys default_flow_style explicit_start explicit_end'

export const yamlFilters: Filters = {
  from_yaml: fromYaml,
  to_yaml: takes(`| indent ${options}`, toYaml({ indent: 2, flow: undefined, positional: false })),
  to_nice_yaml: takes(`indent | ${options}`, toYaml({ indent: 4, flow: false, positional: true })),
}
