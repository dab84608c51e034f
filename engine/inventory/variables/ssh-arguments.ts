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

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** A time as ssh_config(5) writes it, in seconds: `90`, `90s`, `1m30s`; undefined for what is none. */
const timeOf = (text: string): number | undefined => {
  if (!/^(?:\d+[smhdw]?)+$/i.test(text)) return undefined
  const parts = [...text.toLowerCase().matchAll(/(\d+)([smhdw]?)/g)]
  return parts.reduce(
    (total, [, digits = '', unit = '']) => total + Number(digits) * (secondsOf[unit] ?? 1),
    0,
  )
}

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
  const timeout = optionIn(all, 'ConnectTimeout')
  const seconds = timeout === undefined || timeout === 'none' ? 0 : timeOf(timeout)
  const forwarded = forward === undefined ? undefined : yesNo[forward.toLowerCase()]
  /** Refuses the value of an option, at the setting that counts. */
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
