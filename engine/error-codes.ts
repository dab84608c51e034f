/** The table of error codes, one row each. Sets of codes are made from it in `error-kinds.ts`. */

/** Process exit statuses, as the README documents them. */
export const exitCodes = {
  ok: 0,
  usage: 1,
  failed: 2,
  wouldChange: 3,
  unreachable: 4,
  interrupted: 130,
} as const

/** One of them. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Who can fix it: the user (command line, inventory, playbook, secrets), the hosts and the network around, or Coxswain. */
export type Fault = 'user' | 'environment' | 'coxswain'

/** A row of the table: all that holds for a code wherever it occurs. */
export interface ErrorRow {
  /** What happened, in a sentence. */
  readonly what: string
  /** The exit status of a run that ends with it. */
  readonly exit: ExitCode
  /** What to do, unless the error itself knows better. */
  readonly hint: string
  /** Whose fault it is; `coxswain` is a bug. */
  readonly fault: Fault
  /** Whether a task that failed with it is tried again where its `retry` says so. False where that cannot help or does harm. */
  readonly retryable: boolean
  /** When a check that selects a host fails with it, the host has answered: it is not the one. */
  readonly answers?: true
  /** While a task waits, its check may fail with it: what it waits for cannot answer yet. */
  readonly passes?: true
  /** Under `--check` it may come of a predicted change of an earlier task. */
  readonly excusable?: true
  /** The step of connecting to a host that fails with it. */
  readonly step?: 'port' | 'host key' | 'login' | 'shell' | 'become'
}

/** Every code with its row. */
export const errorTable = {
  usage: {
    what: 'The command line is not valid, or asks for something impossible.',
    exit: exitCodes.usage,
    hint: 'see `run --help`',
    fault: 'user',
    retryable: false,
  },
  'load-failed': {
    what: 'A file named on the command line or in another file cannot be read or loaded.',
    exit: exitCodes.usage,
    hint: 'check the path, and the files that it names',
    fault: 'user',
    retryable: true,
  },
  'inventory-invalid': {
    what: 'The inventory is not valid.',
    exit: exitCodes.usage,
    hint: 'fix the inventory at the line shown',
    fault: 'user',
    retryable: false,
  },
  'pattern-invalid': {
    what: 'A host pattern is malformed, or names a host or group that does not exist.',
    exit: exitCodes.usage,
    hint: 'see the pattern grammar in the README',
    fault: 'user',
    retryable: false,
  },
  'no-hosts': {
    what: 'No hosts to run on: the patterns and --limit match no host.',
    exit: exitCodes.usage,
    hint: 'list the hosts with `run --list-hosts`',
    fault: 'user',
    retryable: false,
  },
  'variables-invalid': {
    what: "A variable does not match the playbook's schema, or the playbook does not read it.",
    exit: exitCodes.usage,
    hint: 'set the variable in the inventory or with -e name=value',
    fault: 'user',
    retryable: false,
  },
  'params-invalid': {
    what: "A task's parameters do not match its schema.",
    exit: exitCodes.usage,
    hint: 'see `run TASK --help` for the parameters',
    fault: 'user',
    retryable: false,
  },
  'playbook-invalid': {
    what: 'The file is not a playbook, or the playbook contradicts itself.',
    exit: exitCodes.usage,
    hint: 'fix the playbook at the line shown',
    fault: 'user',
    retryable: false,
  },
  'author-error': {
    what: 'Code of a playbook, or of a task that does not come with Coxswain, threw an error.',
    exit: exitCodes.failed,
    hint: 'fix the code at the line shown',
    fault: 'user',
    retryable: true,
  },
  'secret-in-command': {
    what: 'A secret would have become part of a command, where other users can see it.',
    exit: exitCodes.usage,
    hint: 'pass the secret on standard input: run({ stdin: secret })`…`',
    fault: 'user',
    retryable: false,
  },
  'secret-masked': {
    what: 'Text sent to a host contains the mask of a secret (`********`) instead of the secret.',
    exit: exitCodes.usage,
    hint: 'pass the secret itself where one is accepted; elsewhere write secret.reveal() instead of secret',
    fault: 'user',
    retryable: false,
  },
  'nobody-to-ask': {
    what: 'A task asks a question, and there is no terminal to ask at.',
    exit: exitCodes.failed,
    hint: 'run it at a terminal, or skip the question (--skip-tags, a condition)',
    fault: 'user',
    retryable: false,
  },
  'secret-missing': {
    what: 'A required secret is missing.',
    exit: exitCodes.usage,
    hint: 'enter the secret at the prompt',
    fault: 'user',
    retryable: false,
  },
  'secret-locked': {
    what: 'An encrypted value or file cannot be decrypted: no key or password is given, or none fits.',
    exit: exitCodes.usage,
    hint: 'provide the key or the password for it',
    fault: 'user',
    retryable: false,
  },
  'secret-broken': {
    what: 'An encrypted value or file is damaged, in an unknown format, or was altered after it was encrypted.',
    exit: exitCodes.usage,
    hint: 'it was altered or cut off: restore it from a backup or from version control',
    fault: 'environment',
    retryable: false,
  },
  'secret-command-failed': {
    what: 'The command that provides a secret (`!command`, a vault password) failed.',
    exit: exitCodes.usage,
    hint: 'run the command by hand on this machine to see its output',
    fault: 'environment',
    retryable: true,
  },
  'secret-sealed': {
    what: 'An encrypted variable was read before it was decrypted.',
    exit: exitCodes.usage,
    hint: 'name its host in the pattern of a play',
    fault: 'user',
    retryable: false,
  },
  'template-invalid': {
    what: 'A template is malformed, or names a variable that was not passed to it.',
    exit: exitCodes.failed,
    hint: 'pass every variable that the template names',
    fault: 'user',
    retryable: false,
  },
  'command-failed': {
    what: 'A command on the host ended with an unexpected exit status.',
    exit: exitCodes.failed,
    hint: 'run it by hand on the host to see its output',
    fault: 'environment',
    retryable: true,
    answers: true,
    passes: true,
    excusable: true,
  },
  'command-timeout': {
    what: 'A command or a task timed out and was stopped.',
    exit: exitCodes.failed,
    hint: 'allow more time with `timeout`, or find out why it hangs',
    fault: 'environment',
    retryable: true,
    answers: true,
    passes: true,
  },
  'not-converged': {
    what: 'A task was applied, and its check still finds a difference.',
    exit: exitCodes.failed,
    hint: 'another program undoes the change, the command does not make it, or the task reads another place than it writes',
    fault: 'environment',
    retryable: true,
  },
  'outcome-unknown': {
    what: 'The connection was lost during a change: it is unknown whether the change was made.',
    exit: exitCodes.failed,
    hint: "check the host's state before you run again",
    fault: 'environment',
    retryable: false,
  },
  'write-failed': {
    what: 'A file on the host could not be written.',
    exit: exitCodes.failed,
    hint: 'check for a full or read-only disk',
    fault: 'environment',
    retryable: true,
    excusable: true,
  },
  'validation-failed': {
    what: 'The command that validates a file before it is replaced rejected the new content; the file is unchanged.',
    exit: exitCodes.failed,
    hint: "see the command's output, and fix the content",
    fault: 'environment',
    retryable: true,
  },
  'read-failed': {
    what: 'A file on the host could not be read.',
    exit: exitCodes.failed,
    hint: 'check that the file exists and that the user can read it (`become`)',
    fault: 'environment',
    retryable: true,
    answers: true,
    passes: true,
    excusable: true,
  },
  'task-failed': {
    what: 'A task cannot do its work.',
    exit: exitCodes.failed,
    hint: 'see the message above',
    fault: 'environment',
    retryable: true,
    answers: true,
    excusable: true,
  },
  'wait-timeout': {
    what: 'The task timed out while waiting.',
    exit: exitCodes.failed,
    hint: 'find out why it is not ready, or wait longer with `timeout`',
    fault: 'environment',
    retryable: true,
  },
  'become-failed': {
    what: 'Becoming another user on the host failed.',
    exit: exitCodes.failed,
    hint: 'check that this user exists and that the login user is allowed to become it (sudoers, doas.conf)',
    fault: 'environment',
    retryable: true,
    step: 'become',
  },
  'become-password-wrong': {
    what: 'The password for becoming another user was rejected.',
    exit: exitCodes.failed,
    hint: 'set the right password with -K or the variable become_password',
    fault: 'environment',
    retryable: false,
    step: 'become',
  },
  'become-password-missing': {
    what: 'Becoming another user requires a password, and none is set.',
    exit: exitCodes.failed,
    hint: 'set the password with -K or the variable become_password',
    fault: 'user',
    retryable: false,
    step: 'become',
  },
  'connection-unsupported': {
    what: 'The inventory names a connection, a become method or an ssh argument that Coxswain does not support.',
    exit: exitCodes.unreachable,
    hint: 'connect by ssh, openssh, local, docker or podman, or leave the host out of the plays',
    fault: 'user',
    retryable: false,
  },
  'too-few-open-files': {
    what: 'The run has more hosts than this process can have open connections. Nothing was connected to.',
    exit: exitCodes.usage,
    hint: 'raise the limit before the run (`ulimit -n 4096`), or run on fewer hosts at a time with --limit',
    fault: 'environment',
    retryable: false,
  },
  'connect-failed': {
    what: 'No connection to the host could be made.',
    exit: exitCodes.unreachable,
    hint: 'check the address, the port and the network',
    fault: 'environment',
    retryable: true,
    step: 'port',
  },
  'auth-failed': {
    what: 'Authentication failed.',
    exit: exitCodes.unreachable,
    hint: 'check the user, the key and the agent',
    fault: 'environment',
    retryable: false,
    step: 'login',
  },
  'host-key-unknown': {
    what: 'The host key is not in known_hosts.',
    exit: exitCodes.unreachable,
    hint: 'verify the key, then add it with ssh-keyscan or run with --host-key-checking=accept-new',
    fault: 'environment',
    retryable: false,
    step: 'host key',
  },
  'host-key-changed': {
    what: 'The host key differs from the one in known_hosts.',
    exit: exitCodes.unreachable,
    hint: 'the connection may be intercepted; if the host was reinstalled, remove the old key with ssh-keygen -R',
    fault: 'environment',
    retryable: false,
    step: 'host key',
  },
  'channel-refused': {
    what: 'The host refused to open another channel in the connection.',
    exit: exitCodes.unreachable,
    hint: 'raise MaxSessions in the sshd_config of the host',
    fault: 'environment',
    retryable: true,
    step: 'login',
  },
  'shell-failed': {
    what: 'The shell on the host did not start, or did not answer as a shell does.',
    exit: exitCodes.unreachable,
    hint: 'the login shell must be able to run /bin/sh',
    fault: 'environment',
    retryable: true,
    step: 'shell',
  },
  'connection-lost': {
    what: 'The connection to the host ended while it was in use.',
    exit: exitCodes.unreachable,
    hint: 'check that the host is up, then run again to continue',
    fault: 'environment',
    retryable: true,
    passes: true,
  },
  'protocol-error': {
    what: 'The shell on the host sent a malformed answer, so the outcome of the command is unknown.',
    exit: exitCodes.unreachable,
    hint: 'another program on the host answers instead of its /bin/sh; check the host before you run again',
    fault: 'environment',
    retryable: true,
  },
  'report-failed': {
    what: 'The run has ended, but its report could not be written.',
    exit: exitCodes.failed,
    hint: 'check for a full disk; the run itself is complete',
    fault: 'environment',
    retryable: false,
  },
  'host-locked': {
    what: 'Another run holds the lock of the host, so nothing was done there.',
    exit: exitCodes.failed,
    hint: 'wait for that run with --wait-for-lock, or find out what became of it; --no-lock ignores the lock',
    fault: 'environment',
    retryable: true,
  },
  'lock-unsafe': {
    what: "Another user has put a file in the place of the host's lock, so nothing was done there.",
    exit: exitCodes.failed,
    hint: 'find out who made it, then remove it; --no-lock runs without the lock',
    fault: 'environment',
    retryable: true,
  },
  interrupted: {
    what: 'The run was stopped by Ctrl-C or a signal.',
    exit: exitCodes.interrupted,
    hint: 'run again to continue',
    fault: 'environment',
    retryable: false,
  },
  internal: {
    what: 'A bug in Coxswain.',
    exit: exitCodes.failed,
    hint: 'report this bug with the output of --verbose',
    fault: 'coxswain',
    retryable: false,
  },
} as const satisfies Record<string, ErrorRow>

/** The code of an error: a word that never changes, for people to look up and programs to compare. */
export type ErrorCode = keyof typeof errorTable

const isErrorCode = (name: string): name is ErrorCode => name in errorTable

/** Every code, in the order of the table. */
export const errorCodes: readonly ErrorCode[] = Object.keys(errorTable).filter(isErrorCode)

/** The row of a code. */
export const explain = (code: ErrorCode): ErrorRow => errorTable[code]
