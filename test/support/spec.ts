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
  beforeEach: (body: Body) => void
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

/**
 * A suite of tests that runs by itself.
 *
 * @example
 * const test = suite('ranges')
 * test('a padded range keeps its width', () => assert.equal(expand('web[01:02]'), ['web01', 'web02']))
 */
export const suite = (name: string, { seconds = usualLimit }: SuiteOptions = {}): Suite => {
  const inner = uvu.suite(name)
  let size = 0
  const add = (title: string, body: Body): void => {
    size += 1
    inner(title, async () => {
      try {
        await limited(body, seconds)
        tally.passed += 1
      } catch (error) {
        tally.failed += 1
        // a suite that takes minutes says at once what uvu says at its end
        if (seconds > usualLimit)
          process.stderr.write(`\n${title}: ${error instanceof Error ? error.message : String(error)}\n`)
        // uvu can print only what has a name and a stack
        throw error instanceof Error ? error : new Error(`thrown: ${String(error)}`)
      }
    })
  }
  tally.suites += 1
  setImmediate(() => {
    if (size === 0) {
      inner('has at least one test', () => {
        tally.failed += 1
        throw new Error(`the suite "${name}" has no test`)
      })
    }
    inner.run()
  })
  return Object.assign(add, {
    before: (body: Body) => inner.before(() => limited(body, seconds)),
    after: (body: Body) => inner.after(() => limited(body, seconds)),
    beforeEach: (body: Body) => inner.before.each(() => limited(body, seconds)),
    afterEach: (body: Body) => inner.after.each(() => limited(body, seconds)),
  })
}
