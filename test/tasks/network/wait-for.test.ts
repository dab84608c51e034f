import { createServer } from 'node:net'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { waitFor } from '../../../tasks/network/wait-for.ts'
import { rejects } from '../../support/rejects.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('wait-for')
const soon = { timeout: 0.01, every: 0.001 }

const outcome = async (...words: Parameters<typeof rehearse>) => (await rehearse(...words)).outcome

test('the title has an IPv6 address in brackets', () => {
  assert.match(waitFor({ port: 6443, host: 'fd00::10' }).title, '[fd00::10]:6443')
  assert.match(waitFor({ port: 6443, host: 'lb' }).title, 'lb:6443')
})

test('port, path, url and command', async () => {
  assert.is(
    await outcome(waitFor({ port: 6443, host: 'lb' }), {
      patterns: [[sentPattern('tasks/network/port-open.sh', 'lb 6443 3'), '']],
    }),
    'ok',
  )
  assert.is(await outcome(waitFor({ path: '/run/x' }), { files: { '/run/x': '' } }), 'ok')
  assert.is(
    await outcome(waitFor({ url: 'https://lb/healthz' }), { patterns: [[/curl -q/, 'fine\n204']] }),
    'ok',
  )
  const never = await rehearse(waitFor({ command: 'false', ...soon }), {
    replies: { 'sh -c false': { code: 1 } },
  })
  assert.match(String(never.error), 'false is not there yet')
  assert.is(never.predicted, 'unknown')
})

test('a file that matches, and a response with a status and a text', async () => {
  const log = waitFor({ path: '/var/log/app', matches: '^ready$', ...soon })
  assert.is(await outcome(log, { files: { '/var/log/app': 'starts\nready\n' } }), 'ok')
  assert.match(
    String((await rehearse(log, { files: { '/var/log/app': 'not ready\n' } })).error),
    'not there yet',
  )
  assert.match(String((await rehearse(log, {})).error), '/var/log/app with ^ready$ is not there yet')

  const answers = (printed: string) => ({ patterns: [[/curl -q/, printed]] as const })
  const url = waitFor({ url: 'http://lb/', status: 401, matches: 'who', ...soon })
  assert.is(await outcome(url, answers('who are you?\n401')), 'ok')
  assert.match(String((await rehearse(url, answers('who\n200'))).error), 'it answers 200, not 401')
  assert.match(String((await rehearse(url, answers('no\n401'))).error), 'but not what who matches')
})

test('until it is no longer true', async () => {
  const closed = { patterns: [[/nc -z/, { code: 1 }]] as const }
  assert.is(await outcome(waitFor({ port: 80, state: 'absent' }), closed), 'ok')
  assert.is(await outcome(waitFor({ path: '/run/lock', state: 'absent' }), {}), 'ok')
  const still = await rehearse(waitFor({ path: '/run/lock', state: 'absent', ...soon }), {
    files: { '/run/lock': '' },
  })
  assert.match(String(still.error), '/run/lock is still there')
})

test('a port checked from this machine', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const task = waitFor({ port, host: '127.0.0.1', from: 'here', ...soon })
  const run = await rehearse(task, {})
  assert.equal([run.outcome, run.commands.check], ['ok', []])
  await new Promise((resolve) => server.close(resolve))
  assert.match(String((await rehearse(task, {})).error), `127.0.0.1:${port} is not there yet`)
})

test('exactly one target, with its own parameters', async () => {
  await rejects(() => waitFor({}), 'params-invalid', 'just one of port, path, url and command')
  await rejects(() => waitFor({ port: 1, path: '/x' }), 'params-invalid', 'just one of')
  await rejects(() => waitFor({ path: '/x', host: 'lb' }), 'params-invalid', 'host: it goes with a port')
  await rejects(() => waitFor({ port: 1, matches: 'x' }), 'params-invalid', 'matches: it goes with')
  await rejects(() => waitFor({ path: '/x', from: 'here' }), 'params-invalid', 'from here')
  await rejects(() => waitFor({ path: '/x', matches: '(' }), 'params-invalid', 'a regular expression')
  await rejects(() => waitFor({ url: 'http://me:pw@lb/' }), 'params-invalid', 'a password does not belong')
})
