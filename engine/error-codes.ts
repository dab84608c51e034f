/** The table of codes: what each failure is called, means, ends with, and asks its reader to do. */

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

/** What there is to say of a code, whoever it struck. */
export interface Explanation {
  /** What has happened, in a sentence. */
  readonly what: string
  /** The exit status of a run that ends with it. */
  readonly exit: ExitCode
  /** What to do, unless the error itself knows better. */
  readonly hint: string
}

const table = {
  usage: {
    what: 'The command line is not understood, or asks for what cannot be.',
    exit: exitCodes.usage,
    hint: 'see `run --help`',
  },
  'load-failed': {
    what: 'A file that the command line or another file names cannot be read or loaded.',
    exit: exitCodes.usage,
    hint: 'check the path and the file that it names',
  },
  'inventory-invalid': {
    what: 'The inventory says something that it cannot mean.',
    exit: exitCodes.usage,
    hint: 'correct the inventory at the place shown',
  },
  'pattern-invalid': {
    what: 'A host pattern is not well formed, or names a host or group that there is not.',
    exit: exitCodes.usage,
    hint: 'see the pattern grammar in the README',
  },
  'no-hosts': {
    what: 'Nothing is left to run on: the patterns and --limit leave no host.',
    exit: exitCodes.usage,
    hint: 'see `run --list-hosts` for the hosts that there are',
  },
  'variables-invalid': {
    what: "A variable does not fit the playbook's schema, or the playbook does not read it.",
    exit: exitCodes.usage,
    hint: 'set the variable in the inventory or with -e name=value',
  },
  'params-invalid': {
    what: "A task's parameters do not fit its schema.",
    exit: exitCodes.usage,
    hint: 'see `run TASK --help` for the parameters',
  },
  'playbook-invalid': {
    what: 'The playbook contradicts itself or is no playbook.',
    exit: exitCodes.usage,
    hint: 'correct the playbook at the place shown',
  },
  'author-error': {
    what: 'Code of a playbook, or of a task that does not come with Coxswain, threw an error.',
    exit: exitCodes.failed,
    hint: 'fix the code at the place shown',
  },
  'secret-in-command': {
    what: 'A secret would have become part of a command, where others can see it.',
    exit: exitCodes.usage,
    hint: 'pass the secret on standard input: run({ stdin: secret })`…`',
  },
  'secret-masked': {
    what: 'Text that goes to a host holds the mask of a secret (`********`) where the text of the secret was meant.',
    exit: exitCodes.usage,
    hint: 'pass the secret itself where one is accepted; elsewhere write secret.reveal() instead of secret',
  },
  'nobody-to-ask': {
    what: 'A task asks a person something, and there is no terminal to ask at.',
    exit: exitCodes.failed,
    hint: 'run it at a terminal, or leave the question out (--skip-tags, a condition)',
  },
  'secret-missing': {
    what: 'A secret is needed and was not given.',
    exit: exitCodes.usage,
    hint: 'give the secret at the prompt',
  },
  'secret-locked': {
    what: 'Something encrypted cannot be opened: there is no key or password for it, or only wrong ones.',
    exit: exitCodes.usage,
    hint: 'give the key or the password that opens it',
  },
  'secret-broken': {
    what: 'Something encrypted is damaged, of an unknown format, or not what it was when it was encrypted.',
    exit: exitCodes.usage,
    hint: 'somebody has changed it, or it was cut: bring it back from where it is kept',
  },
  'secret-command-failed': {
    what: 'A program on this machine that shall print a secret (`!command`, a vault password) failed.',
    exit: exitCodes.usage,
    hint: 'run the command by hand to see more',
  },
  'secret-sealed': {
    what: 'A sealed variable was read before it was opened.',
    exit: exitCodes.usage,
    hint: 'name its host in the pattern of a play',
  },
  'template-invalid': {
    what: 'A template is not well formed, or names a variable that it was not given.',
    exit: exitCodes.failed,
    hint: 'give the template every variable that it names',
  },
  'command-failed': {
    what: 'A command on the host ended with another exit status than it should.',
    exit: exitCodes.failed,
    hint: 'run it by hand on the host to see more',
  },
  'command-timeout': {
    what: 'A command or a task took longer than it was allowed to, and was stopped.',
    exit: exitCodes.failed,
    hint: 'give it more time with `timeout`, or see why it hangs',
  },
  'not-converged': {
    what: 'A task was applied, and its check still finds a difference.',
    exit: exitCodes.failed,
    hint: 'something undoes the change, what was run does not bring it about, or the task reads another place than it writes',
  },
  'outcome-unknown': {
    what: 'The connection was lost in the middle of a change, and nobody can say whether it was made.',
    exit: exitCodes.failed,
    hint: 'look at the host before running it again',
  },
  'write-failed': {
    what: 'A file on the host could not be written.',
    exit: exitCodes.failed,
    hint: 'see that the disk is neither full nor read-only',
  },
  'validation-failed': {
    what: 'The command that checks a file before it is replaced refused the new content; the file is as it was.',
    exit: exitCodes.failed,
    hint: 'see what the command says, and mend the content',
  },
  'read-failed': {
    what: 'A file on the host could not be read.',
    exit: exitCodes.failed,
    hint: 'see that the file exists and may be read; perhaps become is missing',
  },
  'task-failed': {
    what: 'A task says that it cannot do what it is for.',
    exit: exitCodes.failed,
    hint: 'see the message above',
  },
  'wait-timeout': {
    what: 'What a task waits for did not come in its time.',
    exit: exitCodes.failed,
    hint: 'see why it does not come, or wait longer with `timeout`',
  },
  'become-failed': {
    what: 'Becoming another user on the host did not work.',
    exit: exitCodes.failed,
    hint: 'see whether the login user may become that user, and whether there is one (sudoers, doas.conf)',
  },
  'become-password-wrong': {
    what: 'The password for becoming another user was refused.',
    exit: exitCodes.failed,
    hint: 'give the right password with -K or the variable become_password',
  },
  'become-password-missing': {
    what: 'Becoming another user takes a password, and none was given.',
    exit: exitCodes.failed,
    hint: 'give the password with -K or the variable become_password',
  },
  'connection-unsupported': {
    what: 'The inventory names a connection, a become method or arguments of ssh that Coxswain does not have.',
    exit: exitCodes.unreachable,
    hint: 'reach the host by ssh, openssh, local, docker or podman, or leave it out of the plays',
  },
  'too-few-open-files': {
    what: 'A run has more hosts than this process may have open connections. Nothing has been connected to.',
    exit: exitCodes.usage,
    hint: 'raise the limit before the run (`ulimit -n 4096`), or run on fewer hosts at a time with --limit',
  },
  'connect-failed': {
    what: 'No connection to the host could be made.',
    exit: exitCodes.unreachable,
    hint: 'check the address, the port and the network',
  },
  'auth-failed': {
    what: 'The host refused to let the user in.',
    exit: exitCodes.unreachable,
    hint: 'check the user, the key and the agent',
  },
  'host-key-unknown': {
    what: "The host's key is not in known_hosts: nobody has said that it is the right host.",
    exit: exitCodes.unreachable,
    hint: 'verify the key, then add it with ssh-keyscan or run with --host-key-checking=accept-new',
  },
  'host-key-changed': {
    what: 'The host shows another key than the one in known_hosts.',
    exit: exitCodes.unreachable,
    hint: 'somebody may be in the middle; if the host was reinstalled, remove the old key with ssh-keygen -R',
  },
  'channel-refused': {
    what: 'The host refused to open another channel in the connection.',
    exit: exitCodes.unreachable,
    hint: 'the server allows few sessions in a connection (MaxSessions in its sshd_config)',
  },
  'shell-failed': {
    what: 'The shell on the host did not start, or did not answer as a shell.',
    exit: exitCodes.unreachable,
    hint: 'the login shell must be able to run /bin/sh',
  },
  'connection-lost': {
    what: 'The connection to the host ended while it was in use.',
    exit: exitCodes.unreachable,
    hint: 'see whether the host is up; run again to go on',
  },
  'protocol-error': {
    what: 'The shell on the host sent an answer that is not one, so nothing is known of the command.',
    exit: exitCodes.unreachable,
    hint: 'something on the host answers in place of its /bin/sh; check the host before running again',
  },
  'report-failed': {
    what: 'The run is over, but its report could not be written.',
    exit: exitCodes.failed,
    hint: 'see that the disk is not full; the run itself is over',
  },
  'host-locked': {
    what: 'Another run is at work on the host, so nothing was done there.',
    exit: exitCodes.failed,
    hint: 'wait for that run with --wait-for-lock, or see what became of it; --no-lock goes past it',
  },
  'lock-unsafe': {
    what: "Another user has put something in the place of the host's lock, so nothing was done there.",
    exit: exitCodes.failed,
    hint: 'find out who made it, then remove it; --no-lock runs without the lock',
  },
  interrupted: {
    what: 'The run was stopped by Ctrl-C or a signal.',
    exit: exitCodes.interrupted,
    hint: 'run again to go on',
  },
  internal: {
    what: 'Something happened that should not be possible.',
    exit: exitCodes.failed,
    hint: 'this is a bug in Coxswain: report it with the output of --verbose',
  },
} as const satisfies Record<string, Explanation>

/** The code of an error: a word that never changes, for people to look up and programs to compare. */
export type ErrorCode = keyof typeof table

const isErrorCode = (name: string): name is ErrorCode => name in table

/** Every code, in the order of the table. */
export const errorCodes: readonly ErrorCode[] = Object.keys(table).filter(isErrorCode)

/** What a code means. */
export const explain = (code: ErrorCode): Explanation => table[code]
