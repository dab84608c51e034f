import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'

/** A TCP proxy on loopback that delays every byte in both directions, like a distant server. */
export interface DelayProxy {
  readonly port: number
  /** Closes all connections; new ones work again. */
  cut(): void
  /** Drops everything from the server until the next cut: its answers never arrive. */
  swallowAnswers(): void
  /** Drops everything in both directions until the next cut, like an unplugged cable. */
  swallowAll(): void
  stop(): Promise<void>
}

/**
 * Starts a proxy.
 *
 * @param milliseconds the delay in one direction: half a round trip.
 */
export const startDelayProxy = async (target: number, milliseconds: number): Promise<DelayProxy> => {
  const sockets = new Set<Socket>()
  const swallowed = { answers: false, questions: false }
  const pass = (from: Socket, to: Socket, what: keyof typeof swallowed): void => {
    from.on('data', (chunk) => {
      if (!swallowed[what]) setTimeout(() => to.destroyed || to.write(chunk), milliseconds)
    })
    from.on('end', () => setTimeout(() => to.end(), milliseconds))
    from.on('error', () => to.destroy())
    from.on('close', () => sockets.delete(from))
    sockets.add(from.setNoDelay(true))
  }
  const server = createServer((inside) => {
    const outside = connect(target, '127.0.0.1')
    pass(inside, outside, 'questions')
    pass(outside, inside, 'answers')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
    Object.assign(swallowed, { answers: false, questions: false })
  }
  return {
    port: address.port,
    cut,
    swallowAnswers: () => Object.assign(swallowed, { answers: true }),
    swallowAll: () => Object.assign(swallowed, { answers: true, questions: true }),
    stop: async () => {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
