import { homedir } from 'node:os'
import { issueText } from '../../dsl/issue-text.ts'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { becomeNames, connectionNames, connections, meaningOf } from '../../connection/names.ts'
import { becomeMethods } from '../../connection/types.ts'
import { flag, secret } from '../../dsl/schema.ts'
import { CoxswainError } from '../../errors.ts'
import { parseVariables, placeOf } from './parse.ts'
import { Scalar } from '../scalar.ts'
import type { Setting } from './settings.ts'
import { argumentsFrom } from './ssh-arguments.ts'
import type { SshArgumentsOfHost } from './ssh-arguments.ts'
import type { Host, Variable } from '../types.ts'

/** One of several names, read as what it means. */
const named = <Meaning>(names: Readonly<Record<string, Meaning>>) =>
  z.enum(Object.keys(names)).transform((name, context) => {
    const meaning = meaningOf(names, name)
    if (meaning !== undefined) return meaning
    context.addIssue({ code: 'custom', message: `${name} is not known` })
    return z.NEVER
  })

/** How to reach a host and whom to become there, as its variables say. */
export const reachSchema = z.object({
  address: z.string().optional().describe('where the host is reached; its name where absent'),
  port: z.coerce
    .number()
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe("port of its SSH server; ssh's configuration or 22 where absent"),
  user: z
    .string()
    .optional()
    .describe("logs in as; where absent what ssh's configuration says or who runs this, root in a container"),
  private_key_file: z
    .string()
    .optional()
    .describe('logs in with this key; a relative path starts where the inventory is'),
  known_hosts_file: z.string().optional().describe('keys of hosts, instead of ~/.ssh/known_hosts'),
  ssh_config: z
    .string()
    .optional()
    .describe("ssh's configuration of the host, instead of ~/.ssh/config and the system's"),
  ssh_args: z.string().optional().describe('arguments of ssh that count before port, user and key'),
  ssh_common_args: z
    .string()
    .optional()
    .describe('arguments of ssh that count after port, user and key: -o, -J, -i, -p, -l, -F, -A, -C, -4, -6'),
  ssh_extra_args: z.string().optional().describe('more of them'),
  proxy_jump: z
    .string()
    .optional()
    .describe(
      'hosts on the way, as in ssh_config: [user@]host[:port], with commas between; none is straight',
    ),
  forward_agent: flag().optional().describe('lets programs on the host use the ssh-agent here'),
  password: secret().optional().describe('logs in with this password'),
  passphrase: secret().optional().describe('opens the private key'),
  connection: named(connectionNames)
    .optional()
    .describe(
      "openssh is the system's own ssh, local is this machine; docker and podman are a container on it, named by address",
    ),
  connect_timeout: z.coerce.number().positive().optional().describe('seconds'),
  become: flag().optional().describe('acts as another user'),
  become_method: named(becomeNames).optional().describe('how another user is become; sudo where absent'),
  become_user: z.string().optional().describe('whom to become; root where absent'),
  become_timeout: z.coerce
    .number()
    .positive()
    .optional()
    .describe('seconds that becoming another user may take; 30 where absent'),
  become_password: secret().optional().describe('given when becoming another user takes a password'),
} satisfies Record<Setting, z.ZodType>)

/** How to reach a host, and what of it we do not have: the host fails when it is its turn. */
export interface ConnectionVars extends Omit<
  z.output<typeof reachSchema>,
  'ssh_args' | 'ssh_common_args' | 'ssh_extra_args'
> {
  readonly sshArguments: SshArgumentsOfHost
  /** Nothing can be done on the host. */
  readonly unsupported?: CoxswainError | undefined
  /** No other user can be become there. */
  readonly unsupportedBecome?: CoxswainError | undefined
}

const paths = new Set(['private_key_file', 'known_hosts_file', 'ssh_config'])

/** A path in an inventory: `~` is the home folder here; a relative one starts at the inventory's folder. */
const located = ({ value, place, base }: Variable): unknown => {
  if (typeof value !== 'string') return value
  if (value === '~' || value.startsWith('~/')) return `${homedir()}${value.slice(1)}`
  return place.file.startsWith('-e ') ? value : resolve(base ?? dirname(place.file), value)
}

const overSsh = new Set<unknown>(['ssh', 'openssh'])

/** Settings that only the connections over SSH read. */
const sshAlone = ['ssh_args', 'ssh_common_args', 'ssh_extra_args', 'proxy_jump']

/**
 * The settings for reaching a host.
 *
 * @throws `inventory-invalid` at the place of a value that makes no sense.
 */
export const connectionVarsOf = ({ name, settings }: Pick<Host, 'name' | 'settings'>): ConnectionVars => {
  const given = new Map(
    [...settings].map(([key, variable]) => [
      key,
      paths.has(key) && !(variable.written instanceof Scalar)
        ? { ...variable, value: located(variable), written: undefined }
        : variable,
    ]),
  )
  const called = (key: string): string => given.get(key)?.called ?? key
  const placed = (key: string) => {
    const variable = given.get(key)
    return { host: name, place: variable && placeOf(reachSchema, given, variable) }
  }
  const refuse = (key: string, what: string, hint: string): CoxswainError =>
    new CoxswainError('connection-unsupported', `${called(key)}: ${what}`, { ...placed(key), hint })
  /** Takes a name that is not in a table out of the settings. */
  const outside = (
    key: string,
    names: Readonly<Record<string, unknown>>,
    supported: readonly string[],
  ): CoxswainError | undefined => {
    const { value, written } = given.get(key) ?? {}
    if (typeof value !== 'string' || meaningOf(names, value) !== undefined) return undefined
    // the schema says what is wrong with it
    if (written instanceof Scalar && written.template) return undefined
    const error = refuse(key, `${value} is not supported`, `supported are ${supported.join(', ')}`)
    given.delete(key)
    return error
  }
  const noConnection = outside('connection', connectionNames, connections)
  const unsupportedBecome = outside('become_method', becomeNames, becomeMethods)
  // what nobody reads may be whatever it is: a local host has the arguments of ssh of its groups, too
  const chosen = given.get('connection')?.value
  const way = meaningOf(connectionNames, typeof chosen === 'string' ? chosen : 'ssh')
  if (noConnection !== undefined || !overSsh.has(way)) for (const key of sshAlone) given.delete(key)
  const parsed = parseVariables(reachSchema, given)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const key = String(issue?.path[0] ?? '')
    const text = issue === undefined ? 'it makes no sense' : issueText(issue)
    throw new CoxswainError('inventory-invalid', `${called(key)}: ${text}`, placed(key))
  }
  const { ssh_args, ssh_common_args, ssh_extra_args, ...vars } = parsed.data
  const read = argumentsFrom({ ssh_args, ssh_common_args, ssh_extra_args })
  const { refused } = read
  return {
    ...vars,
    sshArguments: read.arguments,
    unsupported: noConnection ?? (refused && refuse(refused.setting, refused.what, refused.hint)),
    unsupportedBecome,
  }
}
