import { execFileSync } from 'node:child_process'
import { createServer, connect } from 'node:net'
import * as assert from 'uvu/assert'
import { connectionsTo, hexPort, sameAs } from '../../../../tasks/kubernetes/endpoint/connections.ts'
import { shellText } from '../../../support/sent.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('connections to endpoints')

const output = [
  'old.example.org\t10.0.0.10',
  'new.example.org\t10.0.0.20',
  '0A00000A:192B',
  '0A00000A:192B',
  '0000000000000000FFFF00000A00000A:192B',
  '000000FD000000000000000010000000:192B',
  '1400000A:192B',
  'nonsense:192B',
].join('\n')

test('connections are counted by address and port, of both families, also for a name', () => {
  const found = connectionsTo(
    ['10.0.0.10:6443', 'old.example.org:6443', '[fd00::10]:6443', '10.0.0.10:8443', 'unknown:6443'],
    output,
  )
  assert.equal([...found.values()], [3, 3, 1, 0, 0])
})

test('endpoints that lead to the same address and port are named', () => {
  assert.equal(sameAs(['10.0.0.20:6443', '10.0.0.20:8443', 'x:6443'], 'new.example.org:6443', output), [
    '10.0.0.20:6443',
  ])
})

test('the program prints what the kernel has', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  const socket = connect(address.port, '127.0.0.1')
  try {
    await new Promise((resolve) => {
      socket.once('connect', resolve)
    })
    const endpoint = `127.0.0.1:${address.port}`
    const text = execFileSync(
      'sh',
      ['-c', shellText('tasks/kubernetes/endpoint-connections.sh'), 'sh', hexPort(endpoint)],
      {
        encoding: 'utf8',
      },
    )
    assert.equal([...connectionsTo([endpoint], text)], [[endpoint, 1]])
  } finally {
    socket.destroy()
    server.close()
  }
})
