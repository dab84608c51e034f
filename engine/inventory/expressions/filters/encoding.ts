/** Filters that encode: base64, checksums, what is read from JSON and YAML. */
import { createHash, getHashes } from 'node:crypto'
import { nearest } from '../../nearest.ts'
import { readYaml } from '../../yaml/read.ts'
import { Fault } from '../fault.ts'
import { flagArgument, textArgument } from '../library.ts'
import type { Filter, Filters } from '../library.ts'
import type { Machine } from '../machine.ts'
import { takes } from '../signature.ts'
import type { Args } from '../values.ts'
import { htmlJson, toJson } from './json.ts'
import { fromPlain } from '../plain.ts'

/** Hashes that Python names in another way. */
const ofPython: Readonly<Record<string, string>> = {
  blake2b: 'blake2b512',
  blake2s: 'blake2s256',
  sha512_256: 'sha512-256',
}

const hashed =
  (usual: string): Filter =>
  (value, args, { machine }) => {
    const wanted = textArgument(machine, args, 0, 'hashtype') ?? usual
    const known = getHashes()
    const name = ofPython[wanted] ?? wanted.replaceAll('_', '-')
    if (!known.includes(name)) {
      const guess = nearest(wanted, known)
      throw new Fault(`there is no hash ${wanted}`, { word: wanted, hint: guess && `did you mean ${guess}?` })
    }
    return createHash(name).update(machine.text(value)).digest('hex')
  }

/** Encodings of Python as those of Node. */
const encodings: Readonly<Record<string, BufferEncoding>> = {
  'utf-8': 'utf8',
  utf8: 'utf8',
  'utf-16-le': 'utf16le',
  'utf-16le': 'utf16le',
  'latin-1': 'latin1',
  latin1: 'latin1',
  'iso-8859-1': 'latin1',
  ascii: 'ascii',
  'us-ascii': 'ascii',
}

const encodingIn = (machine: Machine, args: Args): BufferEncoding => {
  const name = textArgument(machine, args, 0, 'encoding') ?? 'utf-8'
  const short = name.toLowerCase().replaceAll('_', '-')
  const found = Object.hasOwn(encodings, short) ? encodings[short] : undefined
  if (found !== undefined) return found
  throw new Fault(`the encoding ${name} is not supported`, {
    word: name,
    hint: 'supported are utf-8, utf-16-le, latin-1, ascii',
  })
}

const encode: Filter = (value, args, { machine }) => {
  const [text, encoding] = [machine.text(value), encodingIn(machine, args)]
  const bytes = Buffer.from(text, encoding === 'ascii' ? 'latin1' : encoding)
  const isSmall = (most: number): boolean =>
    Array.from(text).every((one) => (one.codePointAt(0) ?? 0) <= most)
  if ((encoding === 'ascii' && !isSmall(127)) || (encoding === 'latin1' && !isSmall(255)))
    throw new Fault('the text has characters that the encoding does not have', { word: 'b64encode' })
  const encoded = bytes.toString('base64')
  return machine.bounded(
    flagArgument(args, 1, 'urlsafe') ? encoded.replaceAll('+', '-').replaceAll('/', '_') : encoded,
  )
}

const fromJson: Filter = (value, _, { machine }) => {
  const text = machine.text(value)
  try {
    JSON.parse(text)
  } catch {
    throw new Fault('the text is not JSON', { word: 'from_json' })
  }
  // as YAML, numbers stay as they are written
  return fromPlain(readYaml('from_json', text, { hidden: true, json: true }).written)
}

export const encodingFilters: Filters = {
  b64encode: takes('encoding urlsafe', encode),
  b64decode: takes('encoding urlsafe', (value, args, { machine }) =>
    Buffer.from(machine.text(value), 'base64').toString(encodingIn(machine, args)),
  ),
  hash: takes('hashtype', hashed('sha1')),
  checksum: hashed('sha1'),
  sha1: hashed('sha1'),
  md5: hashed('md5'),
  to_json: takes('| indent sort_keys ensure_ascii separators', toJson({ indent: 0, sort: false })),
  tojson: takes('indent', htmlJson),
  to_nice_json: takes('indent sort_keys | ensure_ascii separators', toJson({ indent: 4, sort: true })),
  from_json: fromJson,
}
