/** Connections to misbehaving servers: they end in bounded memory and without other errors. */
import * as assert from 'uvu/assert'
import { sshConnection } from '../../engine/connection/connect.ts'
import type { SshSettings } from '../../engine/connection/ssh/settings.ts'
import { isCoxswainError } from '../../engine/errors.ts'
import type { Suite } from './spec.ts'

/** Maximum memory of a connection in bytes. */
const most = 200_000_000

/**
 * Returns a function that runs a command on a server and returns the error code, or `in` if it succeeds. It fails if the
 * connection uses too much memory, if the error is long or has several lines, and if an error is not caught.
 */
export const hostileOutcomes = (test: Suite): ((settings: SshSettings) => Promise<string>) => {
  const strays: unknown[] = []
  const stray = (error: unknown): void => void strays.push(error)
  test.before(() => {
    process.on('uncaughtException', stray)
    process.on('unhandledRejection', stray)
  })
  test.after(() => {
    process.off('uncaughtException', stray)
    process.off('unhandledRejection', stray)
  })
  return async (settings) => {
    const before = process.memoryUsage().rss
    let highest = before
    const watching = setInterval(() => (highest = Math.max(highest, process.memoryUsage().rss)), 10)
    const connection = sshConnection(settings, { shellTimeout: 3 })
    try {
      await connection.execute({ script: 'echo in', purpose: 'query', timeout: 3 })
      return 'in'
    } catch (error) {
      if (!isCoxswainError(error)) throw error
      assert.not.match(error.message, '\n')
      assert.ok(error.message.length < 400, error.message.slice(0, 1000))
      return error.code
    } finally {
      clearInterval(watching)
      await connection.close()
      assert.ok(highest - before < most, `${highest - before} bytes`)
      assert.equal(strays.splice(0), [])
    }
  }
}
