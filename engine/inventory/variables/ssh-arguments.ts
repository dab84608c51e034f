/** The arguments of ssh that variables of a host hold. Pure. */
import { optionIn, parseSshArguments } from '../../connection/ssh/config/arguments.ts'
import { cutWords } from '../sources/ini-words.ts'

/** Options of ssh for a host. The first value of an option counts, as on ssh's command line. */
export interface SshArgumentsOfHost {
  readonly configFile?: string | undefined
  /** Those that count before what other variables say. */
  readonly before: readonly string[]
  /** Those that count after it. */
  readonly after: readonly string[]
  /** Whether they ask for the agent to be forwarded, or not to be. */
  readonly forwardAgent?: boolean | undefined
  /** Seconds. */
  readonly connectTimeout?: number | undefined
}

/** Where arguments stand, in the order in which Ansible passes them. */
const settings = ['ssh_args', 'ssh_common_args', 'ssh_extra_args'] as const
type ArgumentsSetting = (typeof settings)[number]

/** Arguments that we do not have. */
export interface Refused {
  readonly setting: ArgumentsSetting
  readonly what: string
  readonly hint: string
}

const hint =
  'supported are -o with an option of ssh_config that says how to reach a host, -J, -i, -p, -l, -F, -A, -C, -4, -6, -b, -c and -m; other options belong into the file that ssh_config names'

const yesNo: Readonly<Record<string, boolean>> = { yes: true, true: true, no: false, false: false }

/** Reads the arguments of ssh, cut into words as Ansible cuts them, by Python's `shlex`. */
export const argumentsFrom = (
  texts: Readonly<Partial<Record<ArgumentsSetting, string | undefined>>>,
): { readonly arguments: SshArgumentsOfHost; readonly refused?: Refused } => {
  const options: Record<ArgumentsSetting, readonly string[]> = {
    ssh_args: [],
    ssh_common_args: [],
    ssh_extra_args: [],
  }
  let configFile: string | undefined
  let refused: Refused | undefined
  for (const setting of settings) {
    const words = cutWords(texts[setting] ?? '', { comments: false })
    if ('message' in words) {
      refused ??= { setting, what: words.message, hint: words.hint }
      continue
    }
    const read = parseSshArguments(words.map(({ text }) => text.trim()).filter((text) => text !== ''))
    if ('refused' in read) {
      refused ??= { setting, what: `${read.refused} is not supported`, hint }
      continue
    }
    options[setting] = read.options
    configFile = read.configFile ?? configFile
  }
  const [before, after] = [options.ssh_args, [...options.ssh_common_args, ...options.ssh_extra_args]]
  const all = [...before, ...after]
  const forward = optionIn(all, 'ForwardAgent')
  const timeout = Number(optionIn(all, 'ConnectTimeout'))
  return {
    arguments: {
      configFile,
      before,
      after,
      forwardAgent: forward === undefined ? undefined : yesNo[forward.toLowerCase()],
      connectTimeout: timeout > 0 ? timeout : undefined,
    },
    ...(refused && { refused }),
  }
}
