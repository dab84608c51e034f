/**
 * The only file that imports uvu's suites.
 *
 * uvu passes silently when a suite's `.run()` is forgotten, and a promise that never settles ends the process with
 * nothing said. Both are closed here, once: a suite runs itself, is counted, and each test has a time limit.
 */
import * as uvu from 'uvu'

export const tally = { passed: 0, failed: 0, suites: 0 }

/** Far more than any test takes, on a slow machine and beside others too. */
const usualLimit = 180

export interface SuiteOptions {
  /** Seconds that one test may take; 180 by default, which only a test that hangs reaches. */
  readonly seconds?: number
}

type Body = () => void | Promise<void>

export interface Suite {
  (name: string, body: Body): void
  before: (body: Body) => void
  after: (body: Body) => void
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

/**
 * A suite of tests that runs by itself. When `before` fails, each of its tests has failed with that reason.
 *
 * @example
 * const test = suite('ranges')
 * test('a padded range keeps its width', () => assert.equal(expand('web[01:02]'), ['web01', 'web02']))
 */
export const suite = (name: string, { seconds = usualLimit }: SuiteOptions = {}): Suite => {
  const inner = uvu.suite(name)
  const each: { readonly before: Body[]; readonly after: Body[] } = { before: [], after: [] }
  let size = 0
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
  const add = (title: string, body: Body): void => {
    size += 1
    inner(title, async () => {
      try {
        await runOne(body)
        tally.passed += 1
      } catch (error) {
        throw failed(title, error)
      }
    })
  }
  tally.suites += 1
  setImmediate(() => {
    if (size === 0) {
      add('has at least one test', () => {
        throw new Error(`the suite "${name}" has no test`)
      })
    }
    inner.run()
  })
  return Object.assign(add, {
    // uvu forgets an error of `before`, and then no test of the suite runs
    before: (body: Body) =>
      inner.before(async () => {
        try {
          await limited(body, seconds)
        } catch (error) {
          broken ??= asError(error)
        }
      }),
    // what `before` did not make cannot be removed: the first error is the one to show
    after: (body: Body) =>
      inner.after(async () => {
        try {
          await limited(body, seconds)
        } catch (error) {
          if (broken === undefined) console.error(failed(`${name}: after`, error))
        }
      }),
    beforeEach: (body: Body) => each.before.push(body),
    afterEach: (body: Body) => each.after.push(body),
  })
}
