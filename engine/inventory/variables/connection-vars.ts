import { homedir } from 'node:os'
import { issueText } from '../../dsl/issue-text.ts'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { becomeNames, connectionNames, connections, meaningOf } from '../../connection/names.ts'
import { becomeMethods } from '../../connection/types.ts'
import { flag, secret } from '../../dsl/schema.ts'
import { CoxswainError } from '../../errors.ts'
import type { Place } from '../../errors.ts'
import { parseVariables, placeOf } from './parse.ts'
import { Scalar } from '../scalar.ts'
import type { Setting } from './setting-names.ts'
import { argumentsFrom } from './ssh-arguments.ts'
import type { SshArgumentsOfHost } from './ssh-arguments.ts'
import type { Host, Variable } from '../types.ts'

/** A schema for names, which reads each as its meaning. */
const named = <Meaning>(names: Readonly<Record<string, Meaning>>) =>
  z.enum(Object.keys(names)).transform((name, context) => {
    const meaning = meaningOf(names, name)
    if (meaning !== undefined) return meaning
    context.addIssue({ code: 'custom', message: `${name} is unknown` })
    return z.NEVER
  })

/** The connection variables of a host. */
export const reachSchema = z.object({
  address: z.string().optional().describe('name or address to connect to; the name of the host by default'),
  port: z.coerce
    .number()
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe('port of the SSH server; by default from the configuration of ssh, else 22'),
  user: z
    .string()
    .optional()
    .describe(
      'login user; by default from the configuration of ssh, else the local user; root in a container',
    ),
  private_key_file: z
    .string()
    .optional()
    .describe('private key file; a relative path starts at the folder of the inventory'),
  known_hosts_file: z.string().optional().describe('known_hosts file, instead of ~/.ssh/known_hosts'),
  ssh_config: z
    .string()
    .optional()
    .describe('configuration file of ssh, instead of ~/.ssh/config and the global one'),
  ssh_args: z.string().optional().describe('arguments of ssh that override port, user and key'),
  ssh_common_args: z
    .string()
    .optional()
    .describe(
      'arguments of ssh that do not override port, user and key: -o, -J, -i, -p, -l, -F, -A, -C, -4, -6',
    ),
  ssh_extra_args: z.string().optional().describe('further arguments, as in ssh_common_args'),
  proxy_jump: z
    .string()
    .optional()
    .describe(
      'comma-separated jump hosts, as in ssh_config: [user@]host[:port]; none for a direct connection',
    ),
  forward_agent: flag().optional().describe('lets programs on the host use the ssh-agent of this machine'),
  password: secret().optional().describe('login password'),
  passphrase: secret().optional().describe('passphrase of the private key'),
  connection: named(connectionNames)
    .optional()
    .describe(
      "openssh is the system's own ssh, local is this machine; docker and podman are containers on it, with the name in address",
    ),
  connect_timeout: z.coerce
    .number()
    .positive()
    .optional()
    .describe('timeout for connecting, in seconds; by default from the configuration of ssh, else 10'),
  become: flag().optional().describe('run commands as another user'),
  become_method: named(becomeNames).optional().describe('how to become another user; sudo by default'),
  become_user: z.string().optional().describe('user to become; root by default'),
  become_timeout: z.coerce
    .number()
    .positive()
    .optional()
    .describe('timeout for becoming another user, in seconds; 60 by default'),
  become_password: secret().optional().describe('password for becoming another user'),
} satisfies Record<Setting, z.ZodType>)

/** The connection variables of a host. With unsupported ones, the host fails when it is used. */
export interface ConnectionVars extends Omit<
  z.output<typeof reachSchema>,
  'ssh_args' | 'ssh_common_args' | 'ssh_extra_args'
> {
  readonly sshArguments: SshArgumentsOfHost
  /** The error of an unsupported connection. */
  readonly unsupported?: CoxswainError | undefined
  /** The error of an unsupported become method. */
  readonly unsupportedBecome?: CoxswainError | undefined
}

const paths = new Set(['private_key_file', 'known_hosts_file', 'ssh_config'])

/** Resolves a path in an inventory: `~` is the home of the local user; a relative path starts at the folder of the inventory. */
const located = ({ value, place, base }: Variable): unknown => {
  if (typeof value !== 'string') return value
  if (value === '~' || value.startsWith('~/')) return `${homedir()}${value.slice(1)}`
  return place.file.startsWith('-e ') ? value : resolve(base ?? dirname(place.file), value)
}

const overSsh = new Set<unknown>(['ssh', 'openssh'])

/** Settings that only the connections over SSH read. */
const sshAlone = ['ssh_args', 'ssh_common_args', 'ssh_extra_args', 'proxy_jump']

/**
 * The connection variables of a host.
 *
 * @throws `inventory-invalid` at the place of an invalid value.
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
  const placed = (key: string, exact?: Place) => {
    const variable = given.get(key)
    const at = variable && exact ? { ...variable, place: exact } : variable
    return { host: name, place: at && placeOf(reachSchema, given, at) }
  }
  const refuse = (key: string, what: string, hint: string): CoxswainError =>
    new CoxswainError('connection-unsupported', `${called(key)}: ${what}`, { ...placed(key), hint })
  /** Removes a setting whose name is not in a table, and returns its error. */
  const outside = (
    key: string,
    names: Readonly<Record<string, unknown>>,
    supported: readonly string[],
  ): CoxswainError | undefined => {
    const { value, written } = given.get(key) ?? {}
    if (typeof value !== 'string' || meaningOf(names, value) !== undefined) return undefined
    // the schema reports it
    if (written instanceof Scalar && written.template) return undefined
    const error = refuse(key, `${value} is not supported`, `supported are ${supported.join(', ')}`)
    given.delete(key)
    return error
  }
  const noConnection = outside('connection', connectionNames, connections)
  const unsupportedBecome = outside('become_method', becomeNames, becomeMethods)
  // settings without effect are not checked: a local host can have ssh arguments of its groups
  const chosen = given.get('connection')?.value
  const way = meaningOf(connectionNames, typeof chosen === 'string' ? chosen : 'ssh')
  if (noConnection !== undefined || !overSsh.has(way)) for (const key of sshAlone) given.delete(key)
  const parsed = parseVariables(reachSchema, given)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const key = String(issue?.path[0] ?? '')
    const text = issue === undefined ? 'it is invalid' : issueText(issue)
    const { host, place } = placed(key, parsed.places.get(key))
    const hint = place?.file.startsWith('-e ') === true ? `fix the value of ${place.file}` : undefined
    throw new CoxswainError('inventory-invalid', `${called(key)}: ${text}`, { host, place, hint })
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
