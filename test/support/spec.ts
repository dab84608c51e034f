/**
 * The only file that imports uvu's suites.
 *
 * With uvu, a suite whose `.run()` is forgotten passes silently, and a promise that never settles ends the process without a
 * message. Here, a suite runs by itself and is counted, and each test has a time limit.
 */
import * as uvu from 'uvu'
import type { Count } from './count.ts'
import { filterOf, filterVariable } from './filter.ts'
import { missingNeeds } from './needs.ts'
import type { Need } from './needs.ts'
import { inCi } from './prepare.ts'
import { refusalsOf } from './word-list.ts'
import { withoutQuotes } from './words-of.ts'

interface Tally extends Count {
  suites: number
  /** Whether a test of the file is marked with `only`. */
  focused: boolean
}

/** The results of the current file; {@link startFile} resets them. */
export const tally: Tally = { passed: 0, failed: 0, failures: [], skipped: {}, suites: 0, focused: false }

/** Resets the results for a new file. */
export const startFile = (): void => {
  Object.assign(tally, { passed: 0, failed: 0, failures: [], skipped: {}, suites: 0, focused: false })
}

/**
 * The default time limit of a test in seconds: far more than any test takes that does not hang. Tests that take seconds alone took
 * more than three minutes beside a compiler that used both cores.
 */
const usualLimit = 600

export interface TestOptions {
  /** What the tests need on this machine in addition to Node, as a literal: it is read before any test runs. */
  readonly needs?: readonly Need[]
}

export interface SuiteOptions extends TestOptions {
  /** The time limit of one test in seconds; 600 by default, which only a test that hangs reaches. */
  readonly seconds?: number
}

type Body = () => void | Promise<void>

type TestArguments = [title: string, body: Body] | [title: string, options: TestOptions, body: Body]

export interface Suite {
  (...test: TestArguments): void
  /** Only tests added this way run in their file; in CI they fail, so that the mark is not committed. */
  only: (...test: TestArguments) => void
  before: (body: Body) => void
  after: (body: Body) => void
  /** Runs when the suite has ended, also if none of its tests ran: removes what was created while the file loaded. */
  cleanUp: (body: () => void) => void
  /** Runs before each test, in the order of the calls. */
  beforeEach: (body: Body) => void
  /** Runs after each test, also after one that failed. */
  afterEach: (body: Body) => void
}

const limited = async (body: Body, seconds: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the test did not end within ${seconds} s`)), seconds * 1000)
  })
  try {
    await Promise.race([body(), limit])
  } finally {
    clearTimeout(timer)
  }
}

/** uvu can print only errors, which have a name and a stack. */
const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(`thrown: ${String(error)}`)

interface Entry {
  readonly title: string
  readonly body: Body
  readonly needs: readonly Need[]
  readonly only: boolean
}

/** Returns why a test is skipped; undefined if it runs. */
const skipReason = ({ needs, only }: Entry): string | undefined => {
  const missing = missingNeeds(needs)
  if (missing.length > 0) return `need ${missing.join(', ')}`
  return tally.focused && !only && !inCi() ? 'beside a test marked only' : undefined
}

/**
 * Creates a suite of tests, which runs by itself. If `before` fails, each of its tests fails with that error. A test whose
 * needs this machine does not meet is skipped and counted; in CI it fails.
 *
 * @example
 * const test = suite('ranges')
 * test('a padded range keeps its width', () => assert.equal(expand('web[01:02]'), ['web01', 'web02']))
 */
export const suite = (
  name: string,
  { seconds = usualLimit, needs: suiteNeeds = [] }: SuiteOptions = {},
): Suite => {
  const inner = uvu.suite(name)
  const each: { readonly before: Body[]; readonly after: Body[] } = { before: [], after: [] }
  const entries: Entry[] = []
  let broken: Error | undefined
  let finished = false

  const failed = (title: string, error: unknown): Error => {
    tally.failed += 1
    tally.failures.push(`${name}: ${title}`)
    const reason = asError(error)
    // uvu prints errors when the suite ends, which can take minutes
    if (seconds > usualLimit) process.stderr.write(`\n${title}: ${reason.message}\n`)
    return reason
  }
  const runOne = async (body: Body): Promise<void> => {
    if (broken !== undefined) throw broken
    try {
      for (const hook of each.before) await limited(hook, seconds)
      await limited(body, seconds)
    } finally {
      for (const hook of each.after) await limited(hook, seconds)
    }
  }
  /** Runs a hook after the tests. If `before` failed, its error is shown and those of this hook are not. */
  const afterwards = (body: Body) => async (): Promise<void> => {
    try {
      await limited(body, seconds)
    } catch (error) {
      if (broken === undefined) console.error(failed('after', error))
    }
  }
  const addTo =
    (only: boolean) =>
    (...[title, ...rest]: TestArguments): void => {
      const [{ needs = [] }, body] = rest.length === 1 ? [{}, rest[0]] : rest
      if (finished)
        console.error(
          failed(title, new Error('added after a top-level await of its file: it would never run')),
        )
      if (only) tally.focused = true
      entries.push({ title, body, needs: [...suiteNeeds, ...needs], only })
    }
  /** Adds a test to uvu's suite. */
  const schedule = (title: string, run: () => Promise<void>): void =>
    inner(title, async () => {
      try {
        await run()
        tally.passed += 1
      } catch (error) {
        throw failed(title, error)
      }
    })
  const fails = (title: string, message: string): void =>
    schedule(title, () => Promise.reject(new Error(message)))
  const cleanUps: (() => void)[] = []
  const hooks: { readonly before: Body[]; readonly after: Body[] } = { before: [], after: [] }
  /** Adds the selected tests to uvu's suite, and hooks if at least one body runs. */
  const finish = (): void => {
    finished = true
    if (entries.length === 0) fails('has at least one test', `the suite "${name}" has no test`)
    const chosen = filterOf(process.env[filterVariable])
    let [scheduled, bodies] = [entries.length === 0 ? 1 : 0, 0]
    const refuse = (title: string, message: string): void => {
      scheduled += 1
      fails(title, message)
    }
    for (const entry of entries.filter(({ title }) => chosen(`${name}: ${title}`))) {
      const reason = skipReason(entry)
      const [word] = refusalsOf(withoutQuotes(`${name}: ${entry.title}`))
      if (word !== undefined) refuse(entry.title, `the title has a word that word-list.ts refuses: ${word}`)
      else if (inCi() && reason !== undefined) refuse(entry.title, `not skipped in CI: ${reason}`)
      else if (inCi() && entry.only) refuse(entry.title, 'marked with only: use --filter')
      else if (reason !== undefined) tally.skipped[reason] = (tally.skipped[reason] ?? 0) + 1
      else {
        bodies += 1
        schedule(entry.title, () => runOne(entry.body))
      }
    }
    if (bodies > 0) {
      for (const hook of hooks.before) inner.before(hook)
      for (const hook of [...hooks.after, ...cleanUps.map(afterwards)]) inner.after(hook)
    } else for (const cleanUp of cleanUps) cleanUp()
    if (scheduled + bodies > 0) inner.run()
  }

  tally.suites += 1
  setImmediate(finish)
  return Object.assign(addTo(false), {
    only: addTo(true),
    // uvu ignores an error of `before`, and then does not run any test of the suite
    before: (body: Body) =>
      hooks.before.push(async () => {
        try {
          await limited(body, seconds)
        } catch (error) {
          broken ??= asError(error)
        }
      }),
    after: (body: Body) => hooks.after.push(afterwards(body)),
    cleanUp: (body: () => void) => cleanUps.push(body),
    beforeEach: (body: Body) => each.before.push(body),
    afterEach: (body: Body) => each.after.push(body),
  })
}
