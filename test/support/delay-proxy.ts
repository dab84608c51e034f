import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'

/** A TCP proxy on loopback that holds every byte back for a while, both ways: a far away server. */
export interface DelayProxy {
  readonly port: number
  /** Cuts all connections. */
  cut(): void
  stop(): Promise<void>
}

/**
 * Starts a proxy.
 *
 * @param milliseconds how long a byte takes one way: half a round trip.
 */
export const startDelayProxy = async (target: number, milliseconds: number): Promise<DelayProxy> => {
  const sockets = new Set<Socket>()
  const pass = (from: Socket, to: Socket): void => {
    from.on('data', (chunk) => setTimeout(() => to.destroyed || to.write(chunk), milliseconds))
    from.on('end', () => setTimeout(() => to.end(), milliseconds))
    from.on('error', () => to.destroy())
    from.on('close', () => sockets.delete(from))
    sockets.add(from.setNoDelay(true))
  }
  const server = createServer((inside) => {
    const outside = connect(target, '127.0.0.1')
    pass(inside, outside)
    pass(outside, inside)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: address.port,
    cut,
    stop: async () => {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
