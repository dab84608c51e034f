/** A playbook on this machine only, with its own state folder: for tests of journals. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { runCli, spawnCli } from '../../support/run-cli.ts'
import type { CliOptions, CliResult } from '../../support/run-cli.ts'

export interface LocalSite {
  readonly folder: string
  /** The state folder. */
  readonly state: string
  /** Writes a file beside the playbook. */
  readonly write: (name: string, content: string) => string
  /** Writes the playbook: its tasks, its handlers, and the code before it. */
  readonly book: (tasks: string, more?: { readonly handlers?: string; readonly before?: string }) => void
  readonly variables: (variables: Readonly<Record<string, unknown>>) => void
  /** Runs the playbook. */
  readonly run: (words?: readonly string[], options?: CliOptions) => Promise<CliResult>
  /** The same in a separate process: for concurrent runs. */
  readonly beside: (words?: readonly string[], options?: CliOptions) => Promise<CliResult>
  /** Runs any command with the same state. */
  readonly cli: (words: readonly string[], options?: CliOptions) => Promise<CliResult>
  /** The words that tasks recorded, in order. */
  readonly recorded: () => string[]
  /** The names of the journals. */
  readonly journals: () => string[]
  readonly journal: (name: string) => string
  readonly remove: () => void
}

/** A site in its own folder. Its tasks have `say(word)`, `fails(word)` and `tell`, the text of a command. */
export const localSite = (): LocalSite => {
  const folder = mkdtempSync(join(tmpdir(), 'coxswain-local-'))
  const state = join(folder, 'state', 'coxswain')
  mkdirSync(join(folder, 'state'), { mode: 0o700 })
  const log = join(folder, 'actions')
  const write = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const variables: LocalSite['variables'] = (given) => {
    write('inventory.yaml', JSON.stringify({ all: { hosts: { here: { connection: 'local', ...given } } } }))
  }
  variables({})
  const withState = (options: CliOptions): CliOptions => ({
    ...options,
    env: { XDG_STATE_HOME: join(folder, 'state'), COXSWAIN_LOCK_PATH: folder, ...options.env },
  })
  const site = [join(folder, 'site.ts'), '-i', join(folder, 'inventory.yaml'), '--output', 'plain']
  return {
    folder,
    state,
    write,
    variables,
    book: (tasks, { handlers = '', before = '' } = {}) => {
      write(
        'site.ts',
        `import { playbook, defineTask, drift, ok, z } from 'coxswain'
import { command, copy, file, template } from 'coxswain/tasks'
${before}
const tell = (word: string) => \`echo \${word} >> ${log}\`
const say = (word: string, options = {}) => command({ run: tell(word) }, options)
const fails = (word: string) => command({ run: \`\${tell(word)}; [ -e ${join(folder, 'go')} ]\` })
export default playbook({
  name: 'site',
  vars: z.looseObject({ size: z.string().optional() }),
  plays: ({ play }) => [
    play('one', {
      hosts: 'all',
      tasks: ({ vars }) => [${tasks}],
      handlers: () => ({ reload: say('reload'), ${handlers} }),
    }),
  ],
})
`,
      )
    },
    run: (words = [], options = {}) => runCli([...site, ...words], withState(options)),
    beside: (words = [], options = {}) => spawnCli([...site, ...words], withState(options)),
    cli: (words, options = {}) => runCli(words, withState(options)),
    recorded: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
    journals: () => (existsSync(state) ? readdirSync(state).filter((name) => name.endsWith('.jsonl')) : []),
    journal: (name) => readFileSync(join(state, name), 'utf8'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Lets failing tasks succeed. */
export const go = ({ folder }: LocalSite): void => appendFileSync(join(folder, 'go'), '')

/** How a run must have ended, and the output that it must have. */
export const ended = (result: CliResult, status: number, ...texts: (string | RegExp)[]): void => {
  const all = result.stdout + result.stderr
  assert.is(result.status, status, all)
  for (const text of texts) assert.match(all, text)
}
