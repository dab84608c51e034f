import { createServer } from 'node:http'
import * as assert from 'uvu/assert'
import { Secret } from '../../../engine/index.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { httpRequest } from '../../../tasks/network/http-request.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'

const test = suite('http-request')

const token = new Secret('Bearer "quite\\secret"')
const curl = "command -v curl >/dev/null || exit 101; curl -q -w '\n%{http_code}' -K -"

/** A host whose curl answers according to its input, and records it. */
const host = (answer: (config: string) => string) => {
  const asked: string[] = []
  const world: World = {
    replies: {
      [curl]: ({ stdin }) => {
        asked.push(stdin)
        return answer(stdin)
      },
    },
  }
  return { asked, world }
}

test('a GET is sent by the check, and nothing of it is on the command line', async () => {
  const { asked, world } = host(() => '{"state": "ok"}\n200')
  const run = await rehearse(
    httpRequest({ url: 'https://api/x?[1]', headers: { Authorization: token }, matches: '"ok"' }),
    world,
  )
  assert.equal([run.outcome, run.commands.apply], ['ok', []])
  assert.equal(run.commands.check, [curl])
  assert.is(
    asked[0],
    'silent\nshow-error\ngloboff\ninclude\n' +
      'url = "https://api/x?[1]"\nmax-time = "30"\nheader = "Authorization: Bearer \\"quite\\\\secret\\""\n',
  )
})

test('an unexpected answer is unknown in the check, and fails', async () => {
  const run = await rehearse(httpRequest({ url: 'http://api/' }), host(() => 'busy\n503').world)
  assert.equal([run.predicted, run.outcome], ['unknown', 'failed'])
  assert.match(String(run.error), 'GET http://api/: it answers 503, not 2xx')
})

test('other methods are sent every time; with unless, until it is done', async () => {
  const always = host(() => '\n201')
  const post = await rehearse(
    httpRequest({ url: 'http://api/users', method: 'post', json: { name: '@me' } }),
    always.world,
  )
  assert.equal([post.outcome, post.commands.check], ['changed', []])
  assert.match(
    always.asked[0] ?? '',
    'request = "POST"\nheader = "Content-Type: application/json"\ndata-raw = "{\\"name\\":\\"@me\\"}"\n',
  )

  let made = false
  const api = host((config) => {
    if (!config.includes('request = "PUT"')) return made ? 'me\n200' : '\n404'
    made = true
    return '\n201'
  })
  const put = await rehearse(
    httpRequest({ url: 'http://api/me', method: 'PUT', body: 'me', unless: 'http://api/me' }),
    api.world,
  )
  assert.equal([put.predicted, put.outcome], ['would change', 'changed'])
  assert.equal(put.changes, [{ what: 'PUT http://api/me', from: 'it answers 404, not 2xx', to: 'sent' }])
})

test('without curl, wget does what it supports', async () => {
  const wget = (stderr: string, code = 0): World => ({
    patterns: [
      [/curl -q/, { code: 101 }],
      [/wget -S/, { code, stdout: 'hello', stderr }],
    ],
  })
  const get = httpRequest({ url: 'http://api/', status: [200, 404] })
  assert.is((await rehearse(get, wget('  HTTP/1.1 200 OK\n'))).outcome, 'ok')
  assert.is(
    (await rehearse(get, wget('wget: server returned error: HTTP/1.1 404 Not Found\n', 1))).outcome,
    'ok',
  )
  const blind = await rehearse(get, wget('', 102))
  assert.match(String(blind.error), 'looks at no certificate')
  const secretly = await rehearse(httpRequest({ url: 'http://api/', headers: { X: token } }), wget(''))
  assert.match(String(secretly.error), 'the host has no curl')
})

test('from this machine', async () => {
  const seen: string[] = []
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => seen.push(`${request.method} ${chunk.toString()}`))
    request.on('end', () => {
      response.statusCode = request.headers['x-key'] === 'k' ? 200 : 403
      response.end('well')
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`
  const headers = { 'X-Key': new Secret('k') }
  assert.is(
    (await rehearse(httpRequest({ url, headers, from: 'here', matches: '^well$' }), {})).outcome,
    'ok',
  )
  assert.match(String((await rehearse(httpRequest({ url, from: 'here' }), {})).error), 'it answers 403')
  await rehearse(httpRequest({ url, headers, method: 'POST', body: 'it', from: 'here' }), {})
  assert.equal(seen, ['POST it'])
  await new Promise((resolve) => server.close(resolve))
  const gone = await rehearse(httpRequest({ url, from: 'here' }), {})
  assert.match(String(gone.error), 'ECONNREFUSED')
})

test('parameters that contradict each other are refused', async () => {
  const url = 'http://api/'
  await rejects(() => httpRequest({ url: 'api' }), 'params-invalid', 'http:// or https://')
  await rejects(() => httpRequest({ url: 'http://me:pw@api/' }), 'params-invalid', 'header Authorization')
  await rejects(() => httpRequest({ url, body: 'a', json: 1 }), 'params-invalid', 'just one of body and json')
  await rejects(() => httpRequest({ url, unless: url }), 'params-invalid', 'not for GET and HEAD')
  await rejects(() => httpRequest({ url, headers: { A: 'b\nC: d' } }), 'params-invalid', 'one line')
})
