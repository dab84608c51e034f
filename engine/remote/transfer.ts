/** Content that is streamed to a host: its source, its progress, and where an interrupted transfer resumes. */
import { createHash } from 'node:crypto'
import type { Part } from '../connection/types.ts'

/** Content that can be read once. */
export interface OnceSource {
  /** Size in bytes. */
  readonly size: number
  /** The content, from its beginning. */
  readonly chunks: AsyncIterable<Uint8Array>
}

/** Content that can be read again from any offset, so that an interrupted transfer can be resumed. */
export interface RepeatableSource {
  /** Size in bytes. */
  readonly size: number
  /** SHA-256 of the complete content in lower-case hex. The host compares it before anything is replaced. */
  readonly sha256: string
  /** Returns the content from this byte on. */
  readonly from: (offset: number) => AsyncIterable<Uint8Array>
}

/** Content to stream to a host. Content that can be read again lets an interrupted transfer continue. */
export type Source = OnceSource | RepeatableSource

/** The progress of a transfer. */
export interface Transfer {
  /** The file on the host. */
  readonly path: string
  /** Bytes sent so far, including those of earlier attempts. */
  readonly bytes: number
  readonly size: number
}

/** Size in bytes from which a transfer is resumed; smaller content is sent again. */
export const worthResuming = 4 * 1024 * 1024

/** Content of at most this size, in bytes, is sent in one piece: a channel of its own would cost more. */
export const toBeGathered = 512 * 1024

const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

/** The name of the partial file, which depends on the target path and the content. */
export const partName = (path: string, sha256: string): string =>
  `.coxswain.${short(path)}.${sha256.slice(0, 32)}.part`

/** Parses what a host reports of a partial file: its size and its SHA-256. */
export const parsePart = (text: string): { readonly size: number; readonly sha256: string } | undefined => {
  const [, size, sha256] = /^(\d+) ([0-9a-f]{64})\n$/.exec(text) ?? []
  return size === undefined || sha256 === undefined ? undefined : { size: Number(size), sha256 }
}

/** Whether the first `size` bytes of the content have this SHA-256. */
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
 * The partial file that a transfer resumes from or starts.
 *
 * @param found what the host reports of an existing partial file, if there is one.
 */
export const partOf = async (
  path: string,
  source: RepeatableSource,
  found: string | undefined,
): Promise<Part> => {
  const name = partName(path, source.sha256)
  const there = found === undefined ? undefined : parsePart(found)
  // anything but a beginning of this content is sent again, no matter who wrote it
  const good =
    there !== undefined && there.size > 0 && there.size <= source.size && (await beginsWith(source, there))
  return { name, offset: good ? there.size : 0, sha256: source.sha256 }
}

/** Yields the content and reports progress after every piece. */
export async function* withProgress(
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
