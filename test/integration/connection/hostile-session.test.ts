/** Servers that misbehave after the login: one of our errors in bounded time and memory, whatever they send. */
import { once } from 'node:events'
import ssh2 from 'ssh2'
import type { Connection, ServerChannel } from 'ssh2'
import * as assert from 'uvu/assert'
import { HostKeys } from '../../../engine/connection/ssh/host-keys.ts'
import { usualSettings } from '../../../engine/connection/ssh/settings.ts'
import { hostileOutcomes } from '../../support/hostile.ts'
import { suite } from '../../support/spec.ts'

const test = suite('servers that misbehave after the login')

const key = ssh2.utils.generateKeyPairSync('ed25519').private
const command = hostileOutcomes(test)

type Act = (channel: ServerChannel, client: Connection) => void

/** Writes without end, as fast as it is read, until the other side has gone. */
const endless = (stream: NodeJS.WritableStream, chunk: Buffer): void => {
  const more = (): void => {
    if (stream.writable && stream.write(chunk)) setImmediate(more)
  }
  stream.on('drain', more)
  more()
}

/** The result of a command there. */
const outcome = async (act: Act): Promise<string> => {
  const clients = new Set<Connection>()
  const server = new ssh2.Server({ hostKeys: [key] }, (client) => {
    clients.add(client)
    client.on('error', () => {})
    client.on('authentication', (context) => context.accept())
    client.on('session', (accept) =>
      accept().on('exec', (begin) => {
        const channel = begin()
        channel.on('error', () => {})
        act(channel, client)
      }),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  try {
    return await command({
      ...usualSettings,
      address: '127.0.0.1',
      port: typeof address === 'object' && address !== null ? address.port : 0,
      user: 'somebody',
      agent: undefined,
      hostKeys: new HostKeys([], 'off'),
      connectRetries: 0,
    })
  } finally {
    for (const client of clients) client.end()
    server.close()
  }
}

const acts: Readonly<Record<string, Act>> = {
  'prints errors without end': (channel) => endless(channel.stderr, Buffer.alloc(30_000, 'y')),
  'prints without end': (channel) => endless(channel, Buffer.alloc(30_000, 'y\n')),
  'gives an exit status before any output, and none': (channel) => channel.exit(0),
  'dies of a signal with a name and a message of 20 kB': (channel) => {
    channel.exit('S\n\u001b[2J'.repeat(4000), true, 'gone '.repeat(4000))
    channel.end()
  },
  'ends its output at once, twice': (channel) => {
    channel.end()
    channel.end()
  },
  'closes at once': (channel) => channel.close(),
  'makes new keys without end': (_, client) => {
    const again = (): void => client.rekey(() => setImmediate(again))
    again()
  },
  'answers a command that was not given': (channel) =>
    endless(channel, Buffer.from('coxswain-hello\n0123456789abcdef0123456789abcdef 0;\n'.repeat(100))),
}

for (const [what, act] of Object.entries(acts)) {
  test(`one that ${what}`, async () => {
    assert.ok(['shell-failed', 'connection-lost', 'command-timeout'].includes(await outcome(act)))
  })
}

test('one that disconnects the client when it requests a shell', async () => {
  assert.is(await outcome((_, client) => void client.end()), 'connection-lost')
})
