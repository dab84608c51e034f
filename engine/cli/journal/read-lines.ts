/** Reads files of lines as streams, with bounded memory for long files and lines. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/** The most bytes of a line. A longer line is damage, as no journal has one. */
export const longestLine = 32 * 1024 * 1024

const pieceSize = 64 * 1024
const newline = 0x0a

/**
 * Opens a regular file for reading. Opening a pipe would block, and a link can point anywhere.
 *
 * @throws if it cannot be opened, or is not a regular file.
 */
export const openRegular = (path: string): { readonly file: number; readonly size: number } => {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  try {
    const stat = fstatSync(file)
    if (!stat.isFile()) throw new Error(`${path} is not a regular file`)
    return { file, size: stat.size }
  } catch (error) {
    closeSync(file)
    throw error
  }
}

/** What was found while reading. */
export interface Lines {
  /** The number of lines that were too long. */
  tooLong: number
  /** Whether the last line ends with a newline. */
  ended: boolean
}

/**
 * Reads the lines of a file, including a last line without a newline.
 *
 * @param met updated while reading.
 * @param longest longer lines, in bytes, are skipped.
 * @throws when the file cannot be read.
 */
export function* linesOf(
  path: string,
  met: Lines = { tooLong: 0, ended: true },
  longest: number = longestLine,
): Generator<string> {
  const { file } = openRegular(path)
  try {
    const piece = Buffer.alloc(pieceSize)
    let line: Buffer[] = []
    let size = 0
    const take = (): string | undefined => {
      const text = size > longest ? undefined : Buffer.concat(line).toString('utf8')
      if (text === undefined) met.tooLong += 1
      line = []
      size = 0
      return text
    }
    const keep = (bytes: Buffer): void => {
      size += bytes.length
      if (size > longest) line = []
      // the next read overwrites the buffer
      else line.push(Buffer.from(bytes))
    }
    for (let length = readSync(file, piece); length > 0; length = readSync(file, piece)) {
      let from = 0
      for (let end = piece.indexOf(newline); end >= 0 && end < length; end = piece.indexOf(newline, from)) {
        keep(piece.subarray(from, end))
        from = end + 1
        const text = take()
        if (text !== undefined) yield text
      }
      keep(piece.subarray(from, length))
    }
    met.ended = size === 0
    if (size > 0) {
      const text = take()
      if (text !== undefined) yield text
    }
  } finally {
    closeSync(file)
  }
}

/** Bytes that are first read at each end. */
const glance = 8 * 1024

const read = (file: number, from: number, length: number): string => {
  const bytes = Buffer.alloc(length)
  return bytes.toString('utf8', 0, readSync(file, bytes, 0, length, from))
}

/** The first line; undefined if it does not start with `begins`, or is too long. */
const firstLine = (file: number, size: number, begins: string): string | undefined => {
  for (let length = glance; ; length *= 4) {
    const text = read(file, 0, Math.min(length, size))
    if (!text.startsWith(begins)) return undefined
    const end = text.indexOf('\n')
    if (end >= 0) return text.slice(0, end)
    if (length >= Math.min(size, longestLine)) return undefined
  }
}

/** The last line with a newline; undefined if it does not start with `begins`, or is too long. */
const lastLine = (file: number, size: number, begins: string): string | undefined => {
  for (let length = glance; ; length *= 4) {
    const text = read(file, Math.max(0, size - length), Math.min(length, size))
    if (!text.endsWith('\n')) return undefined
    const start = text.lastIndexOf('\n', text.length - 2)
    if (start >= 0) return text.startsWith(begins, start + 1) ? text.slice(start + 1, -1) : undefined
    if (length >= Math.min(size, longestLine)) return undefined
  }
}

/**
 * The first and the last line of a file, if they start as given.
 *
 * @throws when the file cannot be read.
 */
export const endsOf = (
  path: string,
  begins: { readonly first: string; readonly last: string },
): { readonly first: string | undefined; readonly last: string | undefined } => {
  const { file, size } = openRegular(path)
  try {
    return { first: firstLine(file, size, begins.first), last: lastLine(file, size, begins.last) }
  } finally {
    closeSync(file)
  }
}
