/**
 * The only file that imports uvu's suites.
 *
 * uvu passes silently when a suite's `.run()` is forgotten, and a promise that never settles ends the process with
 * nothing said. Both are closed here, once: a suite runs itself, is counted, and each test has a time limit.
 */
import * as uvu from 'uvu'
import type { Count } from './count.ts'
import { filterOf, filterVariable } from './filter.ts'
import { missingNeeds } from './needs.ts'
import type { Need } from './needs.ts'
import { inCi } from './prepare.ts'

interface Tally extends Count {
  suites: number
  /** Whether a test of the file is marked with `only`. */
  focused: boolean
}

/** What the tests of the file that runs came to; {@link startFile} sets it back. */
export const tally: Tally = { passed: 0, failed: 0, skipped: {}, suites: 0, focused: false }

/** Begins the count of a file. */
export const startFile = (): void => {
  Object.assign(tally, { passed: 0, failed: 0, skipped: {}, suites: 0, focused: false })
}

/** Far more than any test takes, on a slow machine and beside others too. */
const usualLimit = 180

export interface TestOptions {
  /** What the tests need of this machine beside Node, written as a literal: it is read before any test runs. */
  readonly needs?: readonly Need[]
}

export interface SuiteOptions extends TestOptions {
  /** Seconds that one test may take; 180 by default, which only a test that hangs reaches. */
  readonly seconds?: number
}

type Body = () => void | Promise<void>

type TestArguments = [title: string, body: Body] | [title: string, options: TestOptions, body: Body]

export interface Suite {
  (...test: TestArguments): void
  /** Of its file, only tests marked so run; in CI it fails, so that it is not left in. */
  only: (...test: TestArguments) => void
  before: (body: Body) => void
  after: (body: Body) => void
  /** Runs when the suite has ended, also when none of its tests ran: for what is made while the file loads. */
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

/** uvu can print only what has a name and a stack. */
const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(`thrown: ${String(error)}`)

interface Entry {
  readonly title: string
  readonly body: Body
  readonly needs: readonly Need[]
  readonly only: boolean
}

/** Returns why a test does not run here. */
const skipReason = ({ needs, only }: Entry): string | undefined => {
  const missing = missingNeeds(needs)
  if (missing.length > 0) return `need ${missing.join(', ')}`
  return tally.focused && !only && !inCi() ? 'beside a test marked only' : undefined
}

/**
 * A suite of tests that runs by itself. When `before` fails, each of its tests has failed with that reason. A test that
 * needs something that this machine lacks is skipped and counted; in CI it fails.
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

  const failed = (title: string, error: unknown): Error => {
    tally.failed += 1
    const reason = asError(error)
    // a suite that takes minutes says at once what uvu says at its end
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
  /** What `before` did not make cannot be removed: the first error is the one to show. */
  const afterwards = (body: Body) => async (): Promise<void> => {
    try {
      await limited(body, seconds)
    } catch (error) {
      if (broken === undefined) console.error(failed(`${name}: after`, error))
    }
  }
  const addTo =
    (only: boolean) =>
    (...[title, ...rest]: TestArguments): void => {
      const [{ needs = [] }, body] = rest.length === 1 ? [{}, rest[0]] : rest
      if (only) tally.focused = true
      entries.push({ title, body, needs: [...suiteNeeds, ...needs], only })
    }
  /** Hands a test to uvu. */
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
  /** Hands over what runs: hooks only where a body does, and nothing where no test is left. */
  const finish = (): void => {
    if (entries.length === 0) fails('has at least one test', `the suite "${name}" has no test`)
    const chosen = filterOf(process.env[filterVariable])
    let [scheduled, bodies] = [entries.length === 0 ? 1 : 0, 0]
    const refuse = (title: string, message: string): void => {
      scheduled += 1
      fails(title, message)
    }
    for (const entry of entries.filter(({ title }) => chosen(`${name}: ${title}`))) {
      const reason = skipReason(entry)
      if (inCi() && reason !== undefined) refuse(entry.title, `not skipped in CI: ${reason}`)
      else if (inCi() && entry.only)
        refuse(entry.title, 'marked with only, which is not left in: use --filter')
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
    // uvu forgets an error of `before`, and then no test of the suite runs
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
