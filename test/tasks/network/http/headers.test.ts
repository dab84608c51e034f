import * as assert from 'uvu/assert'
import { readAnswer, readWget } from '../../../../tasks/network/http/from-host.ts'
import { headersIn, splitHeaders } from '../../../../tasks/network/http/headers.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('headers of responses')

test('names in lower case, several of one name joined, lines that are none left out', () =>
  assert.equal(
    headersIn(['Set-Cookie: a', 'X-A :b', 'odd', ': c', 'a b: c', 'set-cookie:  d: e ', '__proto__: x']),
    {
      'set-cookie': 'a, d: e',
      'x-a': 'b',
      ['__proto__']: 'x',
    },
  ))

test('the headers are those of the last block; a body that looks like one stays', () => {
  const head = 'HTTP/1.1 200 OK\r\nA: b\r\n\r\n'
  assert.equal(splitHeaders(`${head}x\r\n\r\ny`), { headers: { a: 'b' }, body: 'x\r\n\r\ny' })
  assert.equal(splitHeaders(`HTTP/1.1 100 Continue\r\n\r\n${head}`), { headers: { a: 'b' }, body: '' })
  const proxied = `HTTP/1.1 200 Connection established\r\nProxy: p\r\n\r\n${head}x`
  assert.equal(splitHeaders(proxied), { headers: { a: 'b' }, body: 'x' })
  assert.equal(splitHeaders(`${head}HTTP/1.1 404 x\r\n\r\n`), {
    headers: { a: 'b' },
    body: 'HTTP/1.1 404 x\r\n\r\n',
  })
  assert.equal(splitHeaders('HTTP/2 204 \nA: b'), { headers: { a: 'b' }, body: '' })
  assert.equal(splitHeaders('plain\n\ntext'), { headers: {}, body: 'plain\n\ntext' })
  assert.equal(splitHeaders(''), { headers: {}, body: '' })
})

test('many blocks and long lines are read at once', () => {
  const many = 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(20_000)
  assert.equal(splitHeaders(`${many}HTTP/1.1 200 OK\r\n\r\nx`).body, 'x')
  assert.equal(splitHeaders(`HTTP/1.1 200 OK\r\n${' '.repeat(1_000_000)}: x\r\n\r\n`).body, '')
})

test('what curl and wget print', () => {
  const result = { code: 0, ok: true, stderr: '', dropped: 0 }
  assert.equal(readAnswer({ ...result, stdout: 'HTTP/1.1 201 Created\r\nLocation: /7\r\n\r\nmade\n201' }), {
    status: 201,
    headers: { location: '/7' },
    body: 'made',
  })
  const stderr = '  HTTP/1.1 302 Found\n  Location: /b\n  HTTP/1.1 200 OK\n  A: b\n'
  assert.equal(readWget({ ...result, stdout: 'x', stderr }), {
    status: 302,
    headers: { location: '/b' },
    body: 'x',
  })
})
