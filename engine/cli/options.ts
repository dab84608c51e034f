import { Command, Option } from 'commander'
import { z } from 'zod'
import { becomeMethods } from '../connection/types.ts'
import { miscoerced } from '../dsl/coercion.ts'
import { issueText } from '../dsl/issue-text.ts'
import { CoxswainError, isCoxswainError } from '../errors.ts'
import { choosing, unlocking, verbosity } from './options-common.ts'
import { addInventory, addSchema } from './options-inventory.ts'
import type { InventoryView } from './options-inventory.ts'
import { addHistory } from './options-history.ts'
import type { HistoryView } from './options-history.ts'
import { examples } from './options-examples.ts'
import { grammarOf } from './options-grammar.ts'
import { unknownOption } from './options-unknown.ts'
import type { Grammar } from './options-grammar.ts'
import { addCompletion, addDocs, addDoctor, addInit } from './options-newcomers.ts'

const count = z.coerce.number().int().min(1)

/** What the command line says, read and typed. */
export const optionsSchema = z.object({
  inventory: z.array(z.string()).default([]),
  limit: z.string().optional(),
  hosts: z.string().optional(),
  extraVars: z.array(z.string()).default([]),
  user: z.string().optional(),
  privateKey: z.string().optional(),
  become: z.boolean().optional(),
  becomeUser: z.string().optional(),
  becomeMethod: z.enum(becomeMethods).optional(),
  askBecomePass: z.boolean().default(false),
  askPass: z.boolean().default(false),
  ageKeyFile: z.string().optional(),
  vaultPasswordFile: z.array(z.string()).default([]),
  vaultId: z.array(z.string()).default([]),
  askVaultPass: z.boolean().default(false),
  forks: count.default(20),
  timeout: count.optional(),
  connectTimeout: count.optional(),
  hostKeyChecking: z.enum(['strict', 'accept-new', 'off']).optional(),
  check: z.boolean().default(false),
  diff: z.boolean().default(false),
  exitCode: z.boolean().default(false),
  output: z.enum(['tree', 'plain', 'json', 'junit']).optional(),
  report: z.string().optional(),
  verbose: z.number().default(0),
  becomeTimeout: z.coerce.number().positive().optional(),
  lock: z.boolean().default(true),
  /** Seconds. */
  waitForLock: z
    .union([z.literal(true).transform(() => Infinity), z.coerce.number().nonnegative()], {
      error: 'seconds, or nothing; `--wait-for-lock` alone goes behind the playbook',
    })
    .default(0),
  journal: z.boolean().default(true),
  resume: z.boolean().default(false),
  listHosts: z.boolean().default(false),
  listTasks: z.boolean().default(false),
  listTags: z.boolean().default(false),
  tags: z.array(z.string()).default([]),
  skipTags: z.array(z.string()).default([]),
  startAtTask: z.string().optional(),
  step: z.boolean().default(false),
  help: z.boolean().default(false),
})

export type Options = z.output<typeof optionsSchema>

const collectWords = (value: string, before: string[] = []): string[] => [
  ...before,
  ...value.split(',').flatMap((word) => (word.trim() === '' ? [] : [word.trim()])),
]

const reaching = (command: Command): Command =>
  unlocking(choosing(command))
    .option('-u, --user <name>', 'log in as')
    .option('--private-key <file>', 'log in with this key')
    .option('-k, --ask-pass', 'ask for the login password')
    .option('-b, --become', 'act as root')
    .option('--become-user <name>', 'act as this user instead of root')
    .addOption(
      new Option('--become-method <how>', 'how to become another user (sudo)').choices(becomeMethods),
    )
    .option('-K, --ask-become-pass', 'ask for the password of becoming another user')
    .option('--become-timeout <seconds>', 'give up becoming another user after this long (60)')
    .option('-f, --forks <n>', 'hosts to work on at the same time (20)')
    .option('--connect-timeout <seconds>', 'give up connecting to a host after this long')
    .option('--host-key-checking <mode>', 'strict, accept-new or off (strict)')

const telling = (command: Command): Command =>
  verbosity(command)
    .option('--output <kind>', 'tree, plain, json or junit (tree on a terminal, plain elsewhere)')
    .option('--report <file.html>', 'write a page of the run, with a timeline, changes and failures')
    .option('--list-hosts', 'list the hosts of each play, or all hosts that there are, and stop')

/** What was asked for. */
export type Request =
  | {
      readonly kind: 'run'
      readonly target: string | undefined
      readonly params: readonly string[]
      readonly options: Options
    }
  | {
      readonly kind: 'exec'
      readonly pattern: string
      readonly command: readonly string[]
      readonly options: Options
    }
  | { readonly kind: 'inventory'; readonly view: InventoryView; readonly options: Options }
  | {
      readonly kind: 'init'
      readonly folder: string
      /** Only tell what would be written. */
      readonly list: boolean
      readonly options: Options
    }
  | { readonly kind: 'docs'; readonly name: string | undefined; readonly options: Options }
  | { readonly kind: 'schema'; readonly playbook: string; readonly options: Options }
  | { readonly kind: 'doctor'; readonly options: Options }
  | { readonly kind: 'completion'; readonly shell: string; readonly options: Options }
  | {
      readonly kind: 'complete'
      readonly words: readonly string[]
      readonly grammar: Grammar
      readonly options: Options
    }
  | { readonly kind: 'history'; readonly view: HistoryView; readonly options: Options }
  | { readonly kind: 'text'; readonly text: string }

const read = (raw: unknown): Options => {
  const parsed = optionsSchema.safeParse(raw)
  const [issue] = parsed.error?.issues ?? []
  const [wrong] = miscoerced(optionsSchema, raw)
  if (parsed.success && wrong === undefined) return parsed.data
  const [key = ''] = issue?.path ?? wrong?.path ?? []
  const name = String(key).replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  const problem = issue === undefined ? wrong?.needed : issueText(issue)
  throw new CoxswainError('usage', `--${name}: ${problem ?? 'not understood'}`)
}

const lists = ({ listHosts, listTasks }: Options): boolean => listHosts || listTasks

/**
 * Reads the command line.
 *
 * @throws `usage` for what is not understood.
 */
export const parseArguments = (argv: readonly string[], version: string): Request => {
  let request: Request | undefined
  let printed = ''
  const program = new Command('run')
    .description(
      'Brings hosts to the state that a playbook describes, over SSH, with nothing installed on them.',
    )
    .usage('[options] <playbook.ts | task> [key=value...]')
    .argument('[target]', 'a playbook or task file, or the name of a task')
    .argument('[params...]', 'parameters of a task')
    .helpOption(false)
    .version(version, '-V, --version', 'print the version')
    .helpCommand(false)
    // so that `exec` gets the options behind its name
    .enablePositionalOptions()
    .addHelpText('after', examples)
  telling(reaching(program))
    .option('--hosts <pattern>', 'hosts for a single task')
    .option('-C, --check', 'change nothing, say what would change')
    .option('-D, --diff', 'show what changes')
    .option('-t, --tags <words>', 'only tasks with one of these tags (parted by commas)', collectWords)
    .option('--skip-tags <words>', 'no task with one of these tags', collectWords)
    .option(
      '--start-at-task <title>',
      'begin with the first task of this title or name; * stands for any text',
    )
    .option('--step', 'ask before each task')
    .option('--exit-code', 'with --check: exit with 3 when something would change')
    .option('--resume', 'go on where the last run of this playbook and inventory has left off')
    .option('--wait-for-lock [seconds]', 'wait for hosts that another run has locked')
    .option('--no-lock', 'do not lock the hosts, and go past the locks of others')
    .option('--no-journal', 'do not record this run: no history, no memory of handlers that are due')
    .option('--list-tasks', 'list the tasks of each play, or all tasks that there are, and stop')
    .option('--list-tags', 'list the tags of each play, and stop')
    .option('-h, --help', 'this help, or that of a task')
    .action((target: string | undefined, params: string[]) => {
      request = { kind: 'run', target, params, options: read(program.opts()) }
    })
  const exec = telling(reaching(program.command('exec')))
    .description('Runs a command on hosts and shows what it prints.')
    .usage('[options] <pattern> -- <command...>')
    .argument('<pattern>', 'hosts')
    .argument('<command...>', 'shell text; several words are quoted as arguments')
    .helpOption('-h, --help', 'this help')
    .option('--timeout <seconds>', 'stop the command after this long')
  exec.action((pattern: string, command: string[]) => {
    request = { kind: 'exec', pattern, command, options: read(exec.optsWithGlobals()) }
  })
  const inventory = addInventory(program, (view, command) => {
    request = { kind: 'inventory', view, options: read(command.optsWithGlobals()) }
  })
  const schema = addSchema(program, (playbook, command) => {
    request = { kind: 'schema', playbook, options: read(command.optsWithGlobals()) }
  })
  const docs = addDocs(program, (name, command) => {
    request = { kind: 'docs', name, options: read(command.optsWithGlobals()) }
  })
  const init = addInit(program, (folder, list, command) => {
    request = { kind: 'init', folder, list, options: read(command.optsWithGlobals()) }
  })
  const doctor = addDoctor(program, reaching, (command) => {
    request = { kind: 'doctor', options: read(command.optsWithGlobals()) }
  })
  const completion = addCompletion(
    program,
    (shell, command) => {
      request = { kind: 'completion', shell, options: read(command.optsWithGlobals()) }
    },
    (words, command) => {
      const options = read(command.optsWithGlobals())
      request = { kind: 'complete', words, grammar: grammarOf(program), options }
    },
  )
  const history = addHistory(program, (view, command) => {
    request = { kind: 'history', view, options: read(command.optsWithGlobals()) }
  })
  for (const command of [program, exec, inventory, schema, docs, init, doctor, ...completion, ...history]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => (printed += text),
      writeErr: (text) => (printed += text),
    })
  }
  try {
    program.parse(argv, { from: 'user' })
  } catch (error) {
    if (isCoxswainError(error)) throw error
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'commander.helpDisplayed' || code === 'commander.version')
      return { kind: 'text', text: printed }
    const said = printed.trim().replace(/^error: /, '')
    throw (
      unknownOption(said, grammarOf(program), error) ??
      new CoxswainError('usage', said || String(error), { cause: error })
    )
  }
  if (request?.kind === 'run' && request.target === undefined && !lists(request.options)) {
    if (request.options.help) return { kind: 'text', text: program.helpInformation() + examples + '\n' }
    throw new CoxswainError('usage', 'nothing to run: name a playbook or a task')
  }
  return request ?? { kind: 'text', text: program.helpInformation() }
}
