/** A TCP proxy on loopback in front of a host's sshd, which counts the bytes sent to the host and can cut at a byte. */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'

export interface ByteProxy {
  readonly port: number
  /** Number of bytes sent to the host since the start. */
  readonly sent: () => number
  /** Calls back once, when this many bytes were sent; no later byte has been sent by then. */
  at(bytes: number, happens: () => void): void
  /** Cuts all connections; later ones are passed again. */
  cut(): void
  stop(): Promise<void>
}

/** Starts a proxy to an address's port 22. */
export const startByteProxy = async (address: string): Promise<ByteProxy> => {
  const sockets = new Set<Socket>()
  let sent = 0
  let watch: { readonly bytes: number; readonly happens: () => void } | undefined
  const keep = (socket: Socket, other: Socket): void => {
    sockets.add(socket.setNoDelay(true))
    socket.on('error', () => other.destroy())
    socket.on('close', () => {
      sockets.delete(socket)
      other.destroy()
    })
    socket.on('end', () => other.end())
  }
  /** Passes on the bytes before the watched byte, causes the fault, then passes on the rest. */
  const toHost = (chunk: Buffer, host: Socket): void => {
    const due = watch
    if (due === undefined || sent + chunk.length < due.bytes) {
      sent += chunk.length
      if (!host.destroyed) host.write(chunk)
      return
    }
    watch = undefined
    const before = chunk.subarray(0, Math.max(0, due.bytes - sent))
    sent += before.length
    if (!host.destroyed) host.write(before)
    due.happens()
    toHost(chunk.subarray(before.length), host)
  }
  const server = createServer((controller) => {
    const host = connect(22, address)
    keep(controller, host)
    keep(host, controller)
    controller.on('data', (chunk: Buffer) => toHost(chunk, host))
    host.on('data', (chunk: Buffer) => void (controller.destroyed || controller.write(chunk)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const place = server.address()
  if (place === null || typeof place === 'string') throw new Error('no port')
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: place.port,
    sent: () => sent,
    at: (bytes, happens) => {
      watch = { bytes, happens }
    },
    cut,
    stop: async () => {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
