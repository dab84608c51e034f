import * as assert from 'uvu/assert'
import { listeningPorts, parsePorts } from '../../../tasks/facts/listening-ports.ts'
import { valueFrom } from '../../support/value-of.ts'
import { suite } from '../../support/spec.ts'

const test = suite('listening-ports')

test('ports: both orders of bytes, both families, each once', async () => {
  const little = `little
tcp 0100007F:0016 0
tcp 00000000:0050 33
tcp6 00000000000000000000000000000000:0050 33
tcp6 0000000000000000FFFF00000100007F:1F90 5
udp 0101A8C0:0035 101
udp 0101A8C0:0035 101
udp 00000000:0000 0
`
  const found = parsePorts(little).map(
    ({ protocol, address, port, uid }) => `${protocol} ${address} ${port} ${uid}`,
  )
  assert.equal(found, [
    'tcp 127.0.0.1 22 0',
    'udp 192.168.1.1 53 101',
    'tcp 0.0.0.0 80 33',
    'tcp :: 80 33',
    'tcp ::ffff:7f00:1 8080 5',
  ])
  assert.is(parsePorts('big\ntcp 7F000001:0016 0\n')[0]?.address, '127.0.0.1')
  assert.is(Object(await valueFrom(listeningPorts(), little)).length, 5)
})
