/** The parameters of the role. */
import { flag, portNumber, remotePath, z } from 'coxswain'

const word = z.string().regex(/^[^\s#"]+$/, 'must be one word')
const line = z.string().regex(/^[^\n]+$/, 'must be one line')
const algorithms = (what: string) =>
  z
    .array(z.string().regex(/^[\w@.-]+$/))
    .min(1)
    .optional()
    .describe(`${what}, best first; by default current ones that the installed version knows`)

/** Settings by their names in sshd_config(5), with one value or several lines of them. */
const settings = z.record(
  z.string().regex(/^[A-Za-z]+$/, 'must be a setting of sshd_config'),
  z.union([line, z.number().transform(String), z.array(line)]),
)

/** The schema: each parameter with its default. */
export const params = z
  .object({
    ports: z.array(portNumber()).default([]).describe('TCP ports, in addition to those of the other files'),
    listenAddresses: z.array(word).default([]).describe('addresses to listen at; all by default'),
    addressFamily: z.enum(['any', 'inet', 'inet6']).optional(),
    permitRootLogin: z
      .enum(['no', 'prohibit-password', 'forced-commands-only', 'yes'])
      .default('no')
      .describe('whether root can log in'),
    passwordAuthentication: flag().default(false).describe('whether passwords are accepted'),
    keyboardInteractive: flag()
      .default(false)
      .describe('whether questions are asked, such as a one-time password of PAM'),
    pubkeyAuthentication: flag().default(true).describe('whether keys are accepted'),
    authenticationMethods: line
      .optional()
      .describe('what must succeed, such as publickey,keyboard-interactive'),
    gssapiAuthentication: flag().default(false).describe('whether Kerberos tickets are accepted'),
    usePam: flag().optional().describe('whether PAM is used; unchanged by default'),
    allowUsers: z.array(word).default([]).describe('only these users, or USER@HOST; * and ? match'),
    denyUsers: z.array(word).default([]).describe('not these users'),
    allowGroups: z.array(word).default([]).describe('only members of these groups'),
    denyGroups: z.array(word).default([]).describe('not members of these groups'),
    authorizedKeysFile: line.optional().describe('where keys are; unchanged by default'),
    authorizedKeysCommand: line.optional().describe('a program that prints the keys of a user'),
    authorizedKeysCommandUser: word
      .optional()
      .describe('the user that runs it, which must not do anything else'),
    trustedUserCaKeys: line.optional().describe('a file of the host with authorities that sign keys'),
    authorizedPrincipalsFile: line.optional().describe('a file with the names that certificates can have'),
    revokedKeys: remotePath().optional().describe('a file of the host with keys that are refused'),
    maxAuthTries: z.number().int().min(1).default(4).describe('attempts for each connection'),
    maxSessions: z.number().int().min(0).default(10).describe('sessions for each connection'),
    maxStartups: z
      .string()
      .regex(/^\d+(?::\d+:\d+)?$/)
      .default('10:30:60')
      .describe(
        'connections that have not logged in: when to begin to refuse, how many percent, and when to refuse all',
      ),
    loginGraceTime: z.number().int().min(0).default(30).describe('seconds to log in'),
    clientAliveInterval: z
      .number()
      .int()
      .min(0)
      .default(300)
      .describe('seconds of silence after which the client is asked'),
    clientAliveCountMax: z
      .number()
      .int()
      .min(0)
      .default(3)
      .describe('questions without an answer that end a connection'),
    tcpForwarding: z
      .enum(['no', 'yes', 'local', 'remote'])
      .default('no')
      .describe('whether ports are forwarded'),
    agentForwarding: flag().default(false).describe('whether agents are forwarded'),
    x11Forwarding: flag().default(false).describe('whether X11 is forwarded'),
    gatewayPorts: z
      .enum(['no', 'yes', 'clientspecified'])
      .default('no')
      .describe('whether others can use forwarded ports'),
    permitTunnel: z
      .enum(['no', 'yes', 'point-to-point', 'ethernet'])
      .default('no')
      .describe('whether devices are forwarded'),
    compression: z.enum(['no', 'yes', 'delayed']).default('no').describe('whether data is compressed'),
    permitUserEnvironment: flag().default(false).describe('whether users can set variables in ~/.ssh'),
    useDns: flag().default(false).describe('whether names of clients are looked up'),
    printMotd: flag().default(false).describe('whether sshd prints /etc/motd'),
    printLastLog: flag().default(true).describe('whether sshd prints the last login'),
    banner: z.string().optional().describe('the text that is shown before login'),
    logLevel: z.enum(['QUIET', 'FATAL', 'ERROR', 'INFO', 'VERBOSE', 'DEBUG']).default('VERBOSE'),
    syslogFacility: word.optional().describe('such as AUTHPRIV; unchanged by default'),
    acceptEnv: z
      .array(word)
      .default([])
      .describe('variables that clients can set, in addition to those of the other files'),
    rekeyLimit: line.optional().describe('when keys are made again, such as 512M 1h'),
    ciphers: algorithms('ciphers'),
    macs: algorithms('message authentication codes'),
    kexAlgorithms: algorithms('key exchanges'),
    hostKeyAlgorithms: algorithms('kinds of host keys'),
    hostKeys: z.array(remotePath()).default([]).describe('host keys; those that sshd finds by default'),
    minimumModuli: z
      .number()
      .int()
      .min(0)
      .default(2047)
      .describe('groups in /etc/ssh/moduli with fewer bits are removed; 0 keeps all'),
    sftp: z
      .strictObject({
        group: word.describe('its members can transfer files and nothing else'),
        chroot: line.default('/home/%u').describe('their root, which root must own'),
        umask: z
          .string()
          .regex(/^0?[0-7]{3}$/)
          .default('0027'),
        passwordAuthentication: flag().optional(),
      })
      .optional()
      .describe('accounts for the transfer of files'),
    matches: z
      .array(z.strictObject({ criteria: line.describe('such as User backup'), settings }))
      .default([])
      .describe('Match sections'),
    extra: settings.default({}).describe('further settings'),
    client: flag().default(false).describe('also set the algorithms of the ssh client of the host'),
    service: flag().default(true).describe('start the service, now and at boot'),
    allowLockout: flag()
      .default(false)
      .describe('do not refuse settings that end the way in which the playbook logs in'),
  })
  .refine(
    (its) => (its.authorizedKeysCommand === undefined) === (its.authorizedKeysCommandUser === undefined),
    {
      message: 'authorizedKeysCommand and authorizedKeysCommandUser are given together',
      path: ['authorizedKeysCommand'],
    },
  )

/** The parameters, checked and with defaults. */
export type Params = z.output<typeof params>
