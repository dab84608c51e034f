/** Commands that change a host are executed once, in order, and never after they were aborted. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { localConnection, sshConnection } from '../../../engine/connection/connect.ts'
import { HostKeys } from '../../../engine/connection/ssh/host-keys.ts'
import type { Connection, Request } from '../../../engine/connection/types.ts'
import { CoxswainError, isCoxswainError } from '../../../engine/errors.ts'
import { startDelayProxy } from '../../support/delay-proxy.ts'
import { until } from '../../support/until.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { startSshd } from '../../support/sshd.ts'

const test = suite('once')

const folder = mkdtempSync(join(tmpdir(), 'coxswain-once-'))
const open: Connection[] = []
test.after(() => rmSync(folder, { recursive: true }))
test.afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()))
})

const local = (): Connection => {
  const made = localConnection()
  open.push(made)
  return made
}
const run = (on: Connection, script: string, more: Partial<Request> = {}): Promise<string> =>
  on.execute({ script, purpose: 'run', ...more }).then(
    ({ stdout }) => stdout.toString(),
    (error: unknown) => (isCoxswainError(error) ? error.code : String(error)),
  )
const query = (on: Connection, script: string, more: Partial<Request> = {}): Promise<string> =>
  run(on, script, { purpose: 'query', ...more })
const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '')

test(
  'runs whose answers are lost with the connection are not sent again',
  { needs: ['root', 'sshd', 'ssh'] },
  async () => {
    const sshd = await startSshd()
    const proxy = await startDelayProxy(sshd.port, 0)
    const one = sshConnection(sshd.settings({ port: proxy.port, hostKeys: new HostKeys([], 'off') }))
    try {
      const log = join(folder, 'cut')
      await run(one, 'true')
      proxy.swallowAnswers()
      const answers = Promise.all(['one', 'two', 'three'].map((word) => run(one, `echo ${word} >> ${log}`)))
      await until(() => read(log) !== '')
      // everything else that was sent has had time
      await new Promise((resolve) => setTimeout(resolve, 300))
      proxy.cut()
      // the first could have been executed, and its result is unknown; the others were not started
      assert.equal(await answers, ['connection-lost', '', ''])
      assert.is(read(log), 'one\ntwo\nthree\n')
    } finally {
      await one.close()
      await proxy.stop()
      await sshd.stop()
    }
  },
)

test('runs keep the order of their calls, also before the connection is open', async () => {
  const log = join(folder, 'order')
  const one = local()
  await Promise.all(Array.from({ length: 6 }, (_, n) => run(one, `echo ${n} >> ${log}`)))
  assert.is(read(log), '0\n1\n2\n3\n4\n5\n')
})

test('a run that was aborted while the shell was opened is not executed', async () => {
  const mark = join(folder, 'opening')
  const one = local()
  const controller = new AbortController()
  const running = run(one, `touch ${mark}`, { signal: controller.signal })
  controller.abort()
  assert.is(await running, 'interrupted')
  await run(one, 'true')
  assert.not.ok(existsSync(mark))
})

test('a run that waited for another is not executed if both are aborted', async () => {
  const mark = join(folder, 'behind')
  const one = local()
  const { signal, abort } = aborter()
  const both = [
    run(one, `echo go; exec sleep 30`, { signal, onOutput: abort }),
    run(one, `touch ${mark}`, { signal }),
  ]
  assert.equal(await Promise.all(both), ['interrupted', 'interrupted'])
  await run(one, 'true')
  assert.not.ok(existsSync(mark))
})

test('a queued run that is aborted does not affect the others', async () => {
  const one = local()
  const { signal, abort } = aborter()
  const mark = join(folder, 'queued')
  const first = run(one, `echo go; while [ ! -e ${mark} ]; do sleep 0.05; done; echo whole`, {
    onOutput: abort,
  })
  const second = run(one, 'echo never', { signal })
  assert.is(await second, 'interrupted')
  await query(one, `touch ${mark}`)
  assert.is(await first, 'go\nwhole\n')
})

test('a timeout does not include the time in the queue, and stops no other command', async () => {
  const one = local()
  await run(one, 'true')
  const both = [run(one, 'sleep 4; echo whole'), run(one, 'echo quick', { timeout: 1 })]
  assert.equal(await Promise.all(both), ['whole\n', 'quick\n'])
})

test('queries with timeouts after a slow one all get their answers', async () => {
  const one = local()
  await query(one, 'true')
  const slow = query(one, 'sleep 4; echo whole')
  const quick = Array.from({ length: 5 }, () => query(one, 'echo quick', { timeout: 1 }))
  assert.equal(await Promise.all([slow, ...quick]), ['whole\n', ...quick.map(() => 'quick\n')])
})

test('a pipelined query that is aborted does not affect those before and after it', async () => {
  const one = local()
  const { signal, abort } = aborter()
  const mark = join(folder, 'pipelined')
  const first = query(one, `echo go; while [ ! -e ${mark} ]; do sleep 0.05; done; echo $$`, {
    onOutput: abort,
  })
  const second = query(one, 'echo never', { signal })
  const third = query(one, 'echo $$')
  assert.is(await second, 'interrupted')
  await run(one, `touch ${mark}`)
  assert.is(await first, `go\n${await third}`, 'one shell answered both')
})

test('a query is repeated however many others were stopped', async () => {
  const one = local()
  await query(one, 'true')
  const guilty = Array.from({ length: 4 }, () => query(one, 'exec sleep 30', { timeout: 0.2 }))
  const innocent = query(one, 'echo whole')
  assert.equal(
    await Promise.all(guilty),
    guilty.map(() => 'command-timeout'),
  )
  assert.is(await innocent, 'whole\n')
})

test('an abort with a reason of ours rejects with that reason', async () => {
  const one = local()
  const controller = new AbortController()
  const running = () =>
    one.execute({
      script: 'echo go; exec sleep 30',
      purpose: 'run',
      signal: controller.signal,
      onOutput: () => controller.abort(new CoxswainError('command-timeout', 'the task is out of time')),
    })
  await rejects(running, 'command-timeout', 'the task is out of time')
  await rejects(running, 'command-timeout', 'the task is out of time')
})

/** Something to abort after a command has started. */
function aborter(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}
