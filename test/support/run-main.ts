/** Runs `main` of the command line in this process, with its own standard streams, environment and working directory. */
import { readdir } from 'node:fs/promises'
import { register } from 'node:module'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { callbackify, promisify } from 'node:util'
import { registerLoader } from '../../engine/cli/loader/register.ts'
import { main } from '../../engine/cli/main.ts'

/** What a run uses in place of the process's own. */
export interface MainOptions {
  readonly input: string
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

/** The exit status and output of a run. */
export interface MainResult {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** A stream that collects what is written to it. Like a pipe, it does not have `isTTY`. */
class Sink extends Writable {
  readonly #chunks: Buffer[] = []

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk)
    done()
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString()
  }
}

/** Signals and events that a run listens to; the listeners are removed after it, as this process continues. */
const heard = ['exit', 'unhandledRejection', 'uncaughtException', 'SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The process, typed so that listeners with any parameters can be compared and removed. */
const events: NodeJS.EventEmitter = process

type Listener = (...values: unknown[]) => void
const isListener = (value: unknown): value is Listener => typeof value === 'function'

const listenersOf = (name: string): Set<Listener> => new Set(events.listeners(name).filter(isListener))

const listenersNow = () => heard.map((name) => [name, listenersOf(name)] as const)

/** Replaces standard streams, environment, arguments and working directory; returns a function that restores them. */
const enter = (
  words: readonly string[],
  { cwd, env }: MainOptions,
  streams: { readonly stdin: Readable; readonly stdout: Sink; readonly stderr: Sink },
): (() => void) => {
  const names = ['stdin', 'stdout', 'stderr'] as const
  const before = names.map((name) => [name, Object.getOwnPropertyDescriptor(process, name)] as const)
  const { env: oldEnv, argv: oldArgv } = process
  const oldFolder = process.cwd()
  const listeners = listenersNow()
  for (const name of names)
    Object.defineProperty(process, name, { value: streams[name], configurable: true, enumerable: true })
  process.env = env
  process.argv = [...oldArgv.slice(0, 2), ...words]
  process.chdir(cwd)
  return () => {
    process.chdir(oldFolder)
    process.env = oldEnv
    process.argv = oldArgv
    for (const [name, descriptor] of before)
      if (descriptor !== undefined) Object.defineProperty(process, name, descriptor)
    for (const [name, old] of listeners)
      for (const listener of listenersOf(name)) if (!old.has(listener)) events.off(name, listener)
  }
}

/** Whether the first run has installed the module hooks, which belong to the process. */
const loader = { installed: false }

/** It starts the program when it is imported. */
const entry = 'cli/start.ts'

/**
 * Loads all modules of the engine and the tasks, if coverage is measured. It is merged by places in the text that runs, which the loader of
 * playbooks and that of the tests write differently: a module that each of them loads in some process would count as not covered.
 */
const loadForCoverage = async (): Promise<void> => {
  if (process.env['NODE_V8_COVERAGE'] === undefined || loader.installed) return
  for (const folder of ['engine', 'tasks']) {
    const root = join(import.meta.dirname, '../..', folder)
    for (const name of await readdir(root, { recursive: true }))
      if (name.endsWith('.ts') && name !== entry) await import(pathToFileURL(join(root, name)).href)
  }
}

const installLoader = (): void => {
  if (loader.installed) return
  loader.installed = true
  register(new URL('./fresh-hooks.ts', import.meta.url))
  registerLoader()
}

const runNow = async (words: readonly string[], options: MainOptions): Promise<MainResult> => {
  await loadForCoverage()
  const streams = { stdin: Readable.from([options.input]), stdout: new Sink(), stderr: new Sink() }
  const leave = enter(words, options, streams)
  try {
    // through a callback, so that the test's file is not on the stack of an error, where it would count as the author's
    const status = await promisify(
      callbackify(() => main(words, { load: () => import('../../tasks/index.ts') }, installLoader)),
    )()
    return { status, stdout: streams.stdout.text(), stderr: streams.stderr.text() }
  } finally {
    leave()
  }
}

const queue: { last: Promise<unknown> } = { last: Promise.resolve() }

/** Runs `main` after all earlier runs have ended. */
export const runMain = (words: readonly string[], options: MainOptions): Promise<MainResult> => {
  const result = queue.last.then(() => runNow(words, options))
  queue.last = result.catch(() => {})
  return result
}
