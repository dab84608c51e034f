/** Servers that violate the SSH protocol, before and after the login: one clear error, in bounded time and memory. */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import * as assert from 'uvu/assert'
import { HostKeys } from '../../../engine/connection/ssh/host-keys.ts'
import { hostileOutcomes } from '../../support/hostile.ts'
import { suite } from '../../support/spec.ts'
import { startSshd } from '../../support/sshd.ts'
import type { Sshd } from '../../support/sshd.ts'

const test = suite('servers that violate the SSH protocol', { needs: ['root', 'sshd', 'ssh'] })

let sshd: Sshd
const command = hostileOutcomes(test)
test.before(async () => {
  sshd = await startSshd()
})
test.after(() => sshd.stop())

/** Runs a server on loopback during the work. */
const serving = async (
  serve: (socket: Socket) => void,
  work: (port: number) => Promise<void>,
): Promise<void> => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}))
    serve(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  try {
    await work(typeof address === 'object' && address !== null ? address.port : 0)
  } finally {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
}

/** The result of a command there: one of our errors, or success. */
const outcome = (port: number): Promise<string> =>
  command(sshd.settings({ port, hostKeys: new HostKeys([], 'off'), connectTimeout: 3, connectRetries: 0 }))

/** Writes the same data without end, as fast as it is read. */
const endless = (socket: Socket, chunk: Buffer): void => {
  const more = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  }
  socket.on('drain', more)
  more()
}

const ident = 'SSH-2.0-OpenSSH_9.9\r\n'
const packet = (payload: Buffer, length = payload.length + 5, padding = 4): Buffer => {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(length >>> 0, 0)
  head[4] = padding
  return Buffer.concat([head, payload, Buffer.alloc(4)])
}
const kexinit = (lists: readonly string[]): Buffer =>
  Buffer.concat([
    Buffer.from([20]),
    Buffer.alloc(16, 7),
    ...lists.map((list) => {
      const size = Buffer.alloc(4)
      size.writeUInt32BE(list.length)
      return Buffer.concat([size, Buffer.from(list)])
    }),
    Buffer.alloc(5),
  ])
const lying = Buffer.from([20, ...Array.from({ length: 16 }, () => 1), 0xff, 0xff, 0xff, 0xff])

const openings: Readonly<Record<string, (socket: Socket) => void>> = {
  'ends at once': (socket) => socket.end(),
  'resets the connection': (socket) => socket.resetAndDestroy(),
  'says nothing': () => {},
  'speaks HTTP': (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  'speaks SSH 1': (socket) => socket.write('SSH-1.5-old\r\n'),
  'has a banner without end': (socket) => endless(socket, Buffer.alloc(65_536, 'x')),
  'has lines without end before its name': (socket) => endless(socket, Buffer.alloc(65_536, 'line\r\n')),
  'sends NULs': (socket) => endless(socket, Buffer.alloc(65_536)),
  'names a packet of 4 GiB': (socket) => {
    socket.write(ident)
    socket.write(packet(Buffer.alloc(8), 0xffffffff))
    endless(socket, Buffer.alloc(65_536, 7))
  },
  'names a packet of no bytes': (socket) =>
    socket.write(Buffer.concat([Buffer.from(ident), packet(Buffer.alloc(0), 0)])),
  'pads more than there is': (socket) =>
    socket.write(Buffer.concat([Buffer.from(ident), packet(Buffer.from([20]), 12, 255)])),
  'ends in the middle of a packet': (socket) =>
    socket.end(Buffer.concat([Buffer.from(ident), packet(lying).subarray(0, 9)])),
  'lies about the length of a list': (socket) =>
    socket.write(Buffer.concat([Buffer.from(ident), packet(lying)])),
  'offers no algorithm': (socket) =>
    socket.write(Buffer.concat([Buffer.from(ident), packet(kexinit(Array.from({ length: 10 }, () => '')))])),
  'offers algorithms of 30 kB': (socket) =>
    socket.write(
      Buffer.concat([
        Buffer.from(ident),
        packet(kexinit(Array.from({ length: 10 }, () => 'a,'.repeat(1500)))),
      ]),
    ),
  'is in a hurry with a login': (socket) =>
    socket.write(Buffer.concat([Buffer.from(ident), packet(Buffer.from([52]))])),
  'disconnects with control characters': (socket) => {
    const words = Buffer.from('\u001b[2Jgone\nand\r\u0007')
    const size = Buffer.alloc(4)
    size.writeUInt32BE(words.length)
    socket.write(
      Buffer.concat([
        Buffer.from(ident),
        packet(Buffer.concat([Buffer.from([1, 0, 0, 0, 2]), size, words, Buffer.alloc(4)])),
      ]),
    )
  },
  'sends debug messages without end': (socket) => {
    socket.write(ident)
    endless(socket, packet(Buffer.from([4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])))
  },
}

for (const [what, serve] of Object.entries(openings)) {
  test(`one that ${what}`, () =>
    serving(serve, async (port) => {
      assert.ok(['connect-failed', 'auth-failed', 'host-key-unknown'].includes(await outcome(port)))
    }))
}

/** Numbers from 0 to 1, the same for the same seed. */
const randomOf = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return state / 2 ** 32
  }
}

test('a real server whose bytes are changed in transit, anywhere from its name to its answers', async () => {
  const seen = new Map<string, number>()
  for (let seed = 1; seed <= 40; seed += 1) {
    const random = randomOf(seed * 7919)
    const at = Math.floor(random() ** 2 * 6000)
    const change = 1 + Math.floor(random() * 255)
    await serving(
      (inside) => {
        const outside = connect(sshd.port, '127.0.0.1').on('error', () => {})
        let passed = 0
        inside.pipe(outside)
        outside.on('close', () => inside.destroy())
        inside.on('close', () => outside.destroy())
        outside.on('data', (chunk: Buffer) => {
          if (at >= passed && at < passed + chunk.length)
            chunk[at - passed] = (chunk[at - passed] ?? 0) ^ change
          passed += chunk.length
          inside.write(chunk)
        })
      },
      async (port) => {
        const code = await outcome(port)
        seen.set(code, (seen.get(code) ?? 0) + 1)
      },
    )
  }
  const allowed = new Set([
    'in',
    'connect-failed',
    'auth-failed',
    'connection-lost',
    'shell-failed',
    'command-timeout',
  ])
  for (const code of seen.keys()) assert.ok(allowed.has(code), code)
  assert.ok((seen.get('connect-failed') ?? 0) > 0)
})
