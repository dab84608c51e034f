/** That what changes a host is executed once, in order, and never after it was given up. */
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
      // whatever else was sent along has had its time
      await new Promise((resolve) => setTimeout(resolve, 300))
      proxy.cut()
      // the first may or may not have happened, and nobody says that it did; the others were not begun
      assert.equal(await answers, ['connection-lost', '', ''])
      assert.is(read(log), 'one\ntwo\nthree\n')
    } finally {
      await one.close()
      await proxy.stop()
      await sshd.stop()
    }
  },
)

test('runs keep the order of their calls, on a connection that is not open yet too', async () => {
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

test('a run that waited behind another is not executed once both are aborted', async () => {
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

test('a queued run that is aborted leaves the others in peace', async () => {
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

test('a time limit does not count the time in the queue, and stops nobody else', async () => {
  const one = local()
  await run(one, 'true')
  const both = [run(one, 'sleep 4; echo whole'), run(one, 'echo quick', { timeout: 1 })]
  assert.equal(await Promise.all(both), ['whole\n', 'quick\n'])
})

test('queries with limits behind a slow one all get their answers', async () => {
  const one = local()
  await query(one, 'true')
  const slow = query(one, 'sleep 4; echo whole')
  const quick = Array.from({ length: 5 }, () => query(one, 'echo quick', { timeout: 1 }))
  assert.equal(await Promise.all([slow, ...quick]), ['whole\n', ...quick.map(() => 'quick\n')])
})

test('a pipelined query that is aborted leaves those before and behind it in peace', async () => {
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

test('an innocent query is asked again however many others were stopped', async () => {
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

test('whoever aborts with a reason of ours hears that reason', async () => {
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

/** Something to abort when a command has begun. */
function aborter(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}
