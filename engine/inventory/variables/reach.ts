import { homedir } from 'node:os'
import { issueText } from '../../dsl/issue-text.ts'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { becomeMethods } from '../../connection/types.ts'
import { flag, secret } from '../../dsl/schema.ts'
import { CoxswainError } from '../../errors.ts'
import { parseVariables, placeOf } from './parse.ts'
import { Scalar } from '../scalar.ts'
import type { Setting } from './settings.ts'
import type { Host, Variable } from '../types.ts'

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
  proxy_jump: z
    .string()
    .optional()
    .describe(
      'hosts on the way, as in ssh_config: [user@]host[:port], with commas between; none is straight',
    ),
  forward_agent: flag().optional().describe('lets programs on the host use the ssh-agent here'),
  password: secret().optional().describe('logs in with this password'),
  passphrase: secret().optional().describe('opens the private key'),
  connection: z
    .enum(['ssh', 'openssh', 'local', 'docker', 'podman'])
    .optional()
    .describe(
      "openssh is the system's own ssh, local is this machine; docker and podman are a container on it, named by address",
    ),
  connect_timeout: z.coerce.number().positive().optional().describe('seconds'),
  become: flag().optional().describe('acts as another user'),
  become_method: z.enum(becomeMethods).optional().describe('how another user is become; sudo where absent'),
  become_user: z.string().optional().describe('whom to become; root where absent'),
  become_timeout: z.coerce
    .number()
    .positive()
    .optional()
    .describe('seconds that becoming another user may take; 30 where absent'),
  become_password: secret().optional().describe('given when becoming another user takes a password'),
} satisfies Record<Setting, z.ZodType>)

export type Reach = z.output<typeof reachSchema>

const paths = new Set(['private_key_file', 'known_hosts_file', 'ssh_config'])

/** A path in an inventory: `~` is the home folder here; a relative one starts at the inventory's folder. */
const located = ({ value, place, base }: Variable): unknown => {
  if (typeof value !== 'string') return value
  if (value === '~' || value.startsWith('~/')) return `${homedir()}${value.slice(1)}`
  return place.file.startsWith('-e ') ? value : resolve(base ?? dirname(place.file), value)
}

/**
 * The settings for reaching a host.
 *
 * @throws `inventory-invalid` at the place of a value that makes no sense.
 */
export const reachOf = ({ name, settings }: Pick<Host, 'name' | 'settings'>): Reach => {
  const given = new Map(
    [...settings].map(([key, variable]) => [
      key,
      paths.has(key) && !(variable.written instanceof Scalar)
        ? { ...variable, value: located(variable), written: undefined }
        : variable,
    ]),
  )
  const parsed = parseVariables(reachSchema, given)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const key = String(issue?.path[0] ?? '')
  const variable = given.get(key)
  throw new CoxswainError(
    'inventory-invalid',
    `${key}: ${issue === undefined ? 'it makes no sense' : issueText(issue)}`,
    {
      host: name,
      place: variable && placeOf(reachSchema, given, variable),
    },
  )
}
