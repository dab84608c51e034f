/**
 * Files of a release of Kubernetes, from a folder or a server, with verified checksums.
 *
 * It imports nothing of this project, because the lab uses it, too.
 */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** Where Kubernetes publishes its programs. */
export const officialRelease = 'https://dl.k8s.io/release'

/** A file that is missing, cannot be downloaded, or has another checksum. */
export class ReleaseFault extends Error {
  /** What to do. */
  readonly hint: string
  constructor(message: string, hint: string) {
    super(message)
    this.name = 'ReleaseFault'
    this.hint = hint
  }
}

/** Whether a place is a URL, not a folder. */
export const isUrl = (from: string): boolean => /^https?:\/\//.test(from)

/**
 * A file of a place, as a stream; undefined if it does not exist.
 *
 * @param from a folder or a URL.
 * @throws ReleaseFault if the server does not answer, or refuses it.
 */
export const openFile = async (from: string, path: string): Promise<Readable | undefined> => {
  if (!isUrl(from)) {
    const file = resolve(from, path)
    return existsSync(file) ? createReadStream(file) : undefined
  }
  const url = `${from.replace(/\/$/, '')}/${path}`
  const response = await fetch(url, { signal: AbortSignal.timeout(600_000) }).catch((cause: unknown) => {
    throw new ReleaseFault(`cannot download ${url}: ${String(cause)}`, 'check the network and the URL')
  })
  if (response.status === 404) return undefined
  if (!response.ok || response.body === null)
    throw new ReleaseFault(`cannot download ${url}: HTTP status ${response.status}`, 'check the URL')
  return Readable.from(response.body)
}

/** The text of a stream. */
export const streamText = async (stream: Readable): Promise<string> =>
  Buffer.concat(await stream.map((chunk: Uint8Array) => Buffer.from(chunk)).toArray()).toString()

/**
 * Writes a file if it exists at the place, and returns its SHA-256; undefined if it does not exist.
 *
 * @param wanted its SHA-256; by default that in the file beside it, `.sha256`.
 * @throws ReleaseFault if the checksum is missing or differs.
 */
export const fetchFile = async (
  from: string,
  path: string,
  to: string,
  wanted?: string,
): Promise<string | undefined> => {
  const body = await openFile(from, path)
  if (body === undefined) return undefined
  let sum = wanted
  if (sum === undefined) {
    const beside = await openFile(from, `${path}.sha256`)
    if (beside === undefined) {
      body.destroy()
      throw new ReleaseFault(`${from} does not have ${path}.sha256`, 'each file needs its checksum beside it')
    }
    sum = (await streamText(beside)).trim().split(/\s/)[0]
  }
  const hash = createHash('sha256')
  await pipeline(
    body,
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        hash.update(chunk)
        yield chunk
      }
    },
    createWriteStream(to, { mode: 0o755 }),
  )
  const found = hash.digest('hex')
  if (found === sum) return found
  throw new ReleaseFault(
    `the checksum of ${path} is ${found}, not ${sum ?? ''}`,
    `the file in ${from} is damaged or was replaced`,
  )
}

/**
 * Writes a file that must exist at the place, and returns its SHA-256.
 *
 * @throws ReleaseFault if it does not, and as {@link fetchFile}.
 */
export const needFile = async (from: string, path: string, to: string, wanted?: string): Promise<string> => {
  const sum = await fetchFile(from, path, to, wanted)
  if (sum !== undefined) return sum
  throw new ReleaseFault(`${from} does not have ${path}`, 'it needs the layout of dl.k8s.io/release')
}

/** The name of the archive of an image: `registry.k8s.io/coredns/coredns:v1.14.6` is in `coredns.tar`. */
export const archiveName = (reference: string): string =>
  `${reference.replace(/^.*\//, '').replace(/[:@].*$/, '')}.tar`
