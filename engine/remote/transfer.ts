/** Content that is streamed to a host: what it comes from, how far it is, and where a transfer goes on that broke off. */
import { createHash } from 'node:crypto'
import type { Part } from '../connection/types.ts'

/** Content that can be read once. */
export interface OnceSource {
  /** Bytes that will come. */
  readonly size: number
  readonly chunks: AsyncIterable<Uint8Array>
}

/** Content that can be read again, from any place: what broke off can be gone on with. */
export interface RepeatableSource {
  readonly size: number
  /** Lower-case hex of the whole content's SHA-256. The host compares before anything is replaced. */
  readonly sha256: string
  /** The content from this byte on. */
  readonly from: (offset: number) => AsyncIterable<Uint8Array>
}

export type Source = OnceSource | RepeatableSource

/** How far a transfer is. */
export interface Transfer {
  /** The file on the host. */
  readonly path: string
  /** Bytes that have been handed on, those of earlier attempts included. */
  readonly bytes: number
  readonly size: number
}

/** Content of so few bytes is sent again rather than looked for. */
export const worthResuming = 4 * 1024 * 1024

/** Bytes that are sent as one: a channel of their own would cost more. */
export const toBeGathered = 512 * 1024

const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

/** The name of the file that the content comes in: the same for the same content into the same file, and only then. */
export const partName = (path: string, sha256: string): string =>
  `.coxswain.${short(path)}.${sha256.slice(0, 32)}.part`

/** What a host says of a part: its size and its SHA-256. */
export const parsePart = (text: string): { readonly size: number; readonly sha256: string } | undefined => {
  const [, size, sha256] = /^(\d+) ([0-9a-f]{64})\n$/.exec(text) ?? []
  return size === undefined || sha256 === undefined ? undefined : { size: Number(size), sha256 }
}

/** Whether the content begins with so many bytes of this sum. */
const beginsWith = async (
  { from }: RepeatableSource,
  { size, sha256 }: { readonly size: number; readonly sha256: string },
): Promise<boolean> => {
  const hash = createHash('sha256')
  let left = size
  for await (const chunk of from(0)) {
    hash.update(chunk.subarray(0, left))
    left -= chunk.length
    if (left <= 0) break
  }
  return left <= 0 && hash.digest('hex') === sha256
}

/**
 * The part that a transfer goes on with, or begins.
 *
 * @param found what the host says of the part that is there, if any.
 */
export const partOf = async (
  path: string,
  source: RepeatableSource,
  found: string | undefined,
): Promise<Part> => {
  const name = partName(path, source.sha256)
  const there = found === undefined ? undefined : parsePart(found)
  // what is not a beginning of ours is sent anew, whoever has made it
  const good =
    there !== undefined && there.size > 0 && there.size <= source.size && (await beginsWith(source, there))
  return { name, offset: good ? there.size : 0, sha256: source.sha256 }
}

/** The content, with every piece told when it is handed on. */
export async function* told(
  chunks: AsyncIterable<Uint8Array>,
  { path, offset, size }: { readonly path: string; readonly offset: number; readonly size: number },
  tell: (transfer: Transfer) => void,
): AsyncGenerator<Uint8Array> {
  let bytes = offset
  tell({ path, bytes, size })
  for await (const chunk of chunks) {
    yield chunk
    bytes += chunk.length
    tell({ path, bytes, size })
  }
}
