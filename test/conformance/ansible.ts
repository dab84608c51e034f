/** ansible-core itself, in a process that returns its reading of inventories. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { cacheFolder } from '../../lab/machine.ts'

/** The version that inventories are compared with. Only facts about its behavior are used, none of its code. */
export const version = '2.19.14'

/** A value with its type. */
export type Typed = z.output<typeof typedSchema>
const typedSchema: z.ZodType<
  | readonly ['none']
  | readonly ['bool', boolean]
  | readonly ['int' | 'float' | 'str', string]
  | readonly ['date', number]
  | readonly ['map', Readonly<Record<string, unknown>>]
  | readonly ['list', readonly unknown[]]
> = z.union([
  z.tuple([z.literal('none')]),
  z.tuple([z.literal('bool'), z.boolean()]),
  z.tuple([z.enum(['int', 'float', 'str']), z.string()]),
  z.tuple([z.literal('date'), z.number()]),
  z.tuple([z.literal('map'), z.record(z.string(), z.unknown())]),
  z.tuple([z.literal('list'), z.array(z.unknown())]),
])

const hostList = z.object({ hosts: z.array(z.string()), ordered: z.boolean() })
const refusal = z.object({ error: z.string() })
const answerSchema = z.union([
  refusal,
  z.object({
    order: z.object({ groups: z.array(z.string()), hosts: z.array(z.string()) }),
    groups: z.record(
      z.string(),
      hostList.extend({ own: z.array(z.string()), children: z.array(z.string()) }),
    ),
    hosts: z.record(
      z.string(),
      z.object({
        groups: z.array(z.string()),
        variables: z.record(z.string(), typedSchema),
        /** With their expressions evaluated, if that was asked. */
        values: z
          .record(z.string(), z.union([typedSchema, z.tuple([z.literal('error'), z.string()])]))
          .optional(),
      }),
    ),
    patterns: z.record(z.string(), z.union([refusal, hostList])),
  }),
])

/** Ansible's reading of an inventory. */
export type Answer = z.output<typeof answerSchema>

/** The questions about an inventory. */
export interface Question {
  readonly sources: readonly string[]
  readonly patterns: readonly string[]
  /** The folder of a playbook, whose group_vars and host_vars are read too. */
  readonly folder?: string
  /** Whether to evaluate expressions. */
  readonly evaluate?: boolean
}

/** A running Ansible. */
export interface Ansible {
  ask(question: Question): Promise<Answer>
  close(): Promise<void>
}

const run = (command: string, words: readonly string[]): void => {
  const { status, error, stderr, stdout } = spawnSync(command, words, { encoding: 'utf8' })
  if (status === 0) return
  throw new Error(
    `${[command, ...words].join(' ')} failed (it needs Python 3.11 or later with venv and pip: apt-get install python3-venv): ${error?.message ?? `${stdout}${stderr}`}`,
  )
}

/** The Python of a virtual environment with ansible-core; created once per version, outside of the checkout. */
const python = (): string => {
  const home = join(cacheFolder(), 'conformance', `ansible-core-${version}`)
  const found = join(home, 'bin', 'python')
  if (existsSync(found)) return found
  // created under another name first, so that an interrupted one is not taken for complete; a venv's programs name its
  // path,
  // and none of them is used except python, which does not
  const draft = `${home}.${process.pid}`
  mkdirSync(join(home, '..'), { recursive: true })
  run('python3', ['-m', 'venv', draft])
  run(join(draft, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', `ansible-core==${version}`])
  try {
    renameSync(draft, home)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    if (!existsSync(found)) throw error
  }
  return found
}

/** Starts Ansible. */
export const startAnsible = (): Ansible => {
  const child = spawn(python(), [join(import.meta.dirname, 'oracle.py')], { stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-4096)))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    ask: async (question) => {
      child.stdin.write(`${JSON.stringify(question)}\n`)
      const { value, done } = await lines.next()
      if (done === true) throw new Error(`Ansible ended: ${said}`)
      return answerSchema.parse(JSON.parse(value))
    },
    close: async () => {
      const closed = once(child, 'close')
      child.stdin.end()
      await closed
    },
  }
}
