/** Reads the ssh arguments in the variables of a host. Pure. */
import { optionIn, parseSshArguments } from '../../connection/ssh/config/arguments.ts'
import { cutWords } from '../sources/ini-words.ts'

/** Options of ssh for a host. The first value of an option wins, as on the command line of ssh. */
export interface SshArgumentsOfHost {
  readonly configFile?: string | undefined
  /** Options that override other variables. */
  readonly before: readonly string[]
  /** Options that do not override them. */
  readonly after: readonly string[]
  /** Whether they turn agent forwarding on or off. */
  readonly forwardAgent?: boolean | undefined
  /** Seconds. */
  readonly connectTimeout?: number | undefined
}

/** The variables with arguments, in the order in which Ansible passes them. */
const settings = ['ssh_args', 'ssh_common_args', 'ssh_extra_args'] as const
type ArgumentsSetting = (typeof settings)[number]

/** An unsupported argument. */
export interface Refused {
  readonly setting: ArgumentsSetting
  readonly what: string
  readonly hint: string
}

const hint =
  'supported are -o with a connection option of ssh_config, -J, -i, -p, -l, -F, -A, -C, -4, -6, -b, -c and -m; put other options into a configuration file and set the variable ssh_config'

const yesNo: Readonly<Record<string, boolean>> = { yes: true, true: true, no: false, false: false }

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** Parses a time of ssh_config(5) in seconds: `90`, `90s`, `1m30s`; undefined for other text. */
const timeOf = (text: string): number | undefined => {
  if (!/^(?:\d+[smhdw]?)+$/i.test(text)) return undefined
  const parts = [...text.toLowerCase().matchAll(/(\d+)([smhdw]?)/g)]
  return parts.reduce(
    (total, [, digits = '', unit = '']) => total + Number(digits) * (secondsOf[unit] ?? 1),
    0,
  )
}

/** Parses ssh arguments, split into words as Ansible does, with Python's `shlex`. */
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
  const timeout = optionIn(all, 'ConnectTimeout')
  const seconds = timeout === undefined || timeout === 'none' ? 0 : timeOf(timeout)
  const forwarded = forward === undefined ? undefined : yesNo[forward.toLowerCase()]
  /** Refuses the value of an option, at the setting that has it. */
  const refuseValue = (name: string, value: string, how: string): void => {
    const setting = settings.find((one) => optionIn(options[one], name) !== undefined)
    refused ??= { setting: setting ?? 'ssh_args', what: `${name}=${value} is not supported`, hint: how }
  }
  if (timeout !== undefined && seconds === undefined)
    refuseValue('ConnectTimeout', timeout, 'write seconds, or a time such as 5s or 1m30s')
  if (forward !== undefined && forwarded === undefined)
    refuseValue('ForwardAgent', forward, 'write yes or no; IdentityAgent names the socket of the agent')
  return {
    arguments: {
      configFile,
      before,
      after,
      forwardAgent: forwarded,
      connectTimeout: seconds !== undefined && seconds > 0 ? seconds : undefined,
    },
    ...(refused && { refused }),
  }
}
