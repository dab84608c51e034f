import { unlessAborted } from '../../connection/abort.ts'
import type { Connection, OutputStream } from '../../connection/types.ts'
import type { ApplyContext, CheckContext, Selector, Task } from '../../dsl/types.ts'
import type { Become } from '../../dsl/play.ts'
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import { createCould } from '../../remote/could.ts'
import { createRemote } from '../../remote/remote.ts'
import type { Remote, RemoteReader } from '../../remote/types.ts'
import type { Transfer } from '../../remote/transfer.ts'
import { identityOf } from '../fleet.ts'
import { refuseMask } from '../masking/refuse-mask.ts'
import { notOneHost } from '../plan/source-hosts.ts'
import type { RunScope } from '../scope.ts'
import { resolveSelector } from '../selection.ts'
import { checkedRemote } from './checked-remote.ts'
import type { TaskWatch } from './task-watch.ts'
import { missing } from './wait.ts'

/** The options of a context. */
export interface ContextOptions {
  readonly become: Become
  readonly watch: TaskWatch
  /** Environment variables of its commands. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** Working directory of its commands. */
  readonly cwd?: string | undefined
  readonly onOutput?: (stream: OutputStream, text: string) => void
  readonly onTransfer?: (transfer: Transfer) => void
  readonly onLog?: (text: string) => void
  /** Called with each path that the check reads and that does not exist, and with what it reports as absent. */
  readonly onAbsent?: (path: string) => void
}

/**
 * Wraps a connection: the redactor learns every secret that is sent, errors get the host, and every change is
 * recorded.
 */
const watched = (scope: RunScope, host: string, { watch }: ContextOptions): Connection => ({
  description: scope.host(host).address,
  execute: async (request) => {
    refuseMask(request)
    scope.redactor.learn(request.stdin)
    const note = (): void => {
      if (request.purpose === 'run') scope.changed(host)
    }
    note()
    try {
      const answer = await watch.sent(scope.connection(host).execute(request))
      scope.reached.add(host)
      return answer
    } catch (error) {
      // the host has answered, although not correctly: the request may have been executed
      if (isCoxswainError(error) && error.code === 'protocol-error') scope.reached.add(host)
      throw isCoxswainError(error) ? error.at({ host }) : error
    } finally {
      note()
    }
  },
  close: async () => {},
})

/**
 * The hosts of a selector, in the order of its pattern.
 *
 * @throws `pattern-invalid` for a pattern that matches nothing.
 */
export const selectedHosts = (
  scope: RunScope,
  selector: Selector,
  signal: AbortSignal,
): Promise<readonly string[]> => resolveSelector(scope, selector, signal, checkContext)

/**
 * The only host of a selector.
 *
 * @throws `pattern-invalid` if there are none or several.
 */
export const oneHost = async (scope: RunScope, selector: Selector, signal: AbortSignal): Promise<string> => {
  const names = await selectedHosts(scope, selector, signal)
  const [first] = names
  if (first === undefined || names.length > 1) throw notOneHost(selector, names)
  await scope.ready(first)
  return first
}

const readingHalf = (scope: RunScope, host: string, options: ContextOptions) => {
  const { name, groups, address } = scope.host(host)
  return {
    host: { name, groups, address },
    signal: options.watch.signal,
    hostsOf: (selector: Selector) => selectedHosts(scope, selector, options.watch.signal),
  }
}

/** Returns a function that reads facts, which the scope caches. */
export const factReader =
  (scope: RunScope, host: string, options: ContextOptions) =>
  async <Value>(task: Task<Value>): Promise<Value> => {
    const { check } = task
    if (check === undefined)
      throw new CoxswainError('playbook-invalid', `${task.name} is not a fact: it has no check`)
    const read = async (): Promise<Value> => {
      const verdict = await check(checkContext(scope, host, options))
      if (verdict.kind === 'ok') return verdict.value
      throw new CoxswainError('task-failed', `the fact ${task.name} cannot be read: ${missing(verdict)}`, {
        host,
      })
    }
    return scope.fact(host, task, options, read)
  }

const actingAs = (scope: RunScope, host: string, { become, watch }: ContextOptions) => ({
  identity: identityOf(scope.host(host), become),
  signal: watch.signal,
})

const remoteOf = (scope: RunScope, host: string, options: ContextOptions): Remote =>
  checkedRemote(
    createRemote(watched(scope, host, options), {
      ...actingAs(scope, host, options),
      env: options.env,
      cwd: options.cwd,
      onOutput: options.onOutput,
      onTransfer: options.onTransfer,
      onCommand: (command) => options.watch.made(command),
    }),
  )

/** The methods of a remote that only read. */
const readerOf = ({
  query,
  read,
  readBytes,
  readStream,
  stat,
  exists,
  sha256,
  list,
}: Remote): RemoteReader => ({
  query,
  read,
  readBytes,
  readStream,
  stat,
  exists,
  sha256,
  list,
})

/** The same, with a call of `onAbsent` for each path that does not exist. */
const telling = (reader: RemoteReader, onAbsent: (path: string) => void): RemoteReader => {
  const noted =
    <Rest extends unknown[], Value>(look: (path: string, ...rest: Rest) => Promise<Value>) =>
    async (path: string, ...rest: Rest): Promise<Value> => {
      const found = await look(path, ...rest)
      if (found === undefined || found === false) onAbsent(path)
      return found
    }
  return {
    ...reader,
    read: noted(reader.read),
    readBytes: noted(reader.readBytes),
    stat: noted(reader.stat),
    exists: noted(reader.exists),
    sha256: noted(reader.sha256),
    list: noted(reader.list),
  }
}

/** The contexts of a task on a host. */
export interface TaskContexts {
  readonly looking: CheckContext
  /** Made on demand: most tasks in most runs are ok. */
  readonly applying: () => ApplyContext
  /** Checks whether the host would refuse what a task writes, and throws what the task would throw. */
  readonly trying: (task: Task) => Promise<void>
}

const changeOf = { file: 'write', folder: 'directory', link: 'link', attributes: 'attributes' } as const

const tryingOn =
  (scope: RunScope, host: string, options: ContextOptions) =>
  async (task: Task): Promise<void> => {
    const could = createCould(watched(scope, host, options), actingAs(scope, host, options))
    for (const writing of task.writes()) {
      const { as, path, owner, group, follow } = scope.predicted(host).left(writing)
      await could({ change: changeOf[as], path, owner, group, ...(follow === true && { follow }) })
    }
  }

/** The contexts of a task on a host. */
export const taskContexts = (scope: RunScope, host: string, options: ContextOptions): TaskContexts => {
  const remote = remoteOf(scope, host, options)
  const { signal } = options.watch
  const half = {
    ...readingHalf(scope, host, options),
    fact: factReader(scope, host, options),
    absent: (what: string) => options.onAbsent?.(what),
    predicted: (what: string) => scope.predicted(host).has(what),
    once: <Value>(key: string, make: () => Promise<Value>): Promise<Value> => scope.once.get(key, make),
  }
  return {
    trying: tryingOn(scope, host, options),
    looking: {
      ...half,
      remote: options.onAbsent === undefined ? readerOf(remote) : telling(readerOf(remote), options.onAbsent),
      on: async (selector) => checkContext(scope, await oneHost(scope, selector, signal), options),
    },
    applying: () => ({
      ...half,
      remote,
      on: async (selector) => taskContexts(scope, await oneHost(scope, selector, signal), options).applying(),
      // several hosts can ask the same question: it names the host
      ask: (question) =>
        unlessAborted(
          scope.ask(scope.redactor.text(`${host}: ${question}`)),
          signal,
          'interrupted at a question',
        ),
      log: (text) => options.onLog?.(text),
    }),
  }
}

/** The context of a check on a host. */
export const checkContext = (scope: RunScope, host: string, options: ContextOptions): CheckContext =>
  taskContexts(scope, host, options).looking
