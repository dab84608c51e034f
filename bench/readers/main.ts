/**
 * `npm run bench:readers [-- --json]`: whether every reader of a host's output takes time in proportion to its length. Each
 * reader gets 32 MiB (4 MiB for masking) of its worst-case text, in chunks like those of a channel: once as one output, once
 * as 32 (4) outputs of 1 MiB, so that memory and caches do the same work. The figure is the ratio of both times: 1 is linear,
 * 32 (4) is quadratic. It also measures the time of masking text that can be read in many ways, as a multiple of the time for
 * ordinary text of the same length. Exits with 1 if a limit is exceeded.
 */
import { MarkScanner } from '../../engine/connection/shell/mark-scanner.ts'
import { OutputKeeper } from '../../engine/connection/shell/output.ts'
import { WordScanner } from '../../engine/connection/shell/words.ts'
import { commandTag } from '../../engine/remote/command.ts'
import { oneLine, printable } from '../../engine/report/text.ts'
import { Lines } from '../../engine/run/masking/lines.ts'
import { MaskedLines } from '../../engine/run/masking/masked-lines.ts'
import { Redactor } from '../../engine/run/masking/redactor.ts'
import { Secret } from '../../engine/secret.ts'

const limit = 1.3
const mebibyte = 1024 * 1024
const usualLength = 32

const nonce = '0123456789abcdef0123456789abcdef'

/** The output of a host, in chunks. */
const chunksOf = (text: string, chunk: number, length: number): Buffer[] => {
  const bytes = Buffer.alloc(length * mebibyte, text)
  return Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, n) =>
    bytes.subarray(n * chunk, (n + 1) * chunk),
  )
}

const channel = 32 * 1024

interface Reader {
  readonly what: string
  /** Repeated as often as needed. */
  readonly text: string
  readonly chunk?: number
  /** In MiB. */
  readonly length?: number
  readonly read: (chunks: readonly Buffer[]) => unknown
}

const scanMarks = (chunks: readonly Buffer[]): void => {
  const scanner = new MarkScanner(() => nonce)
  for (const chunk of chunks) for (const _ of scanner.push(chunk)) void _
}
const scanWords = (chunks: readonly Buffer[]): void => {
  const scanner = new WordScanner()
  for (const chunk of chunks) for (const _ of scanner.push(chunk)) void _
}
const keep = (chunks: readonly Buffer[]): Buffer => {
  const keeper = new OutputKeeper('stdout', { maxOutput: 64 * mebibyte, onOutput: () => {} })
  for (const chunk of chunks) keeper.push(chunk)
  return keeper.bytes()
}
const cutLines = (chunks: readonly Buffer[]): void => {
  const lines = new Lines(() => {})
  for (const chunk of chunks) lines.push(chunk.toString('latin1'))
  lines.end()
}
const usualSecrets = ['hunter2-and-more', 'two\nlines of it']
/** The lines that are shown of a host's output, with secrets masked. */
const maskLines = (chunks: readonly Buffer[], secrets: readonly string[] = usualSecrets): void => {
  const redactor = new Redactor()
  for (const secret of secrets) redactor.learn(new Secret(secret))
  const lines = new MaskedLines(redactor, () => {})
  for (const chunk of chunks) lines.push(chunk.toString('latin1'))
  lines.end()
}
/** The text that a command returns for this output. */
const textOf = async (chunks: readonly Buffer[]): Promise<unknown> => {
  const stdout = Buffer.concat([...chunks, Buffer.from('x')])
  const run = commandTag(async () => ({ code: 0, stdout, stderr: Buffer.alloc(0), dropped: 0 }))
  return run`true`.text()
}
const joined = (chunks: readonly Buffer[]): string => `${Buffer.concat(chunks).toString('latin1')}x`

/** Masking is slower, but still linear. */
const fewer = 4

const readers: readonly Reader[] = [
  { what: 'marks: a nonce that is never ended', text: nonce.slice(0, 31), read: scanMarks },
  { what: 'marks: a nonce and no `;`', text: `${nonce}x`.slice(1), read: scanMarks },
  { what: 'marks: nothing of ours, in pieces of 64 bytes', text: 'x', chunk: 64, read: scanMarks },
  { what: 'login: nothing of ours', text: 'x', read: scanWords },
  { what: 'login: words that are never ended', text: 'coxswain-lock-is held ', read: scanWords },
  { what: 'login: prompts', text: `assword:${'x'.repeat(1000)}`, read: scanWords },
  { what: 'output, in pieces of 64 bytes', text: 'x', chunk: 64, read: keep },
  { what: 'lines: one that never ends, in pieces of 64 bytes', text: 'x', chunk: 64, read: cutLines },
  { what: 'lines: empty ones', text: '\n', read: cutLines },
  { what: 'masked: lines without a secret', text: 'the quick brown fox\n', length: fewer, read: maskLines },
  { what: 'masked: beginnings of a secret', text: 'hunter2-and-', length: fewer, read: maskLines },
  {
    what: 'masked: a secret in escapes',
    text: String.raw`hunter2\u002dand-more%0a`,
    length: fewer,
    read: maskLines,
  },
  {
    what: 'masked: escapes of all kinds',
    text: String.raw`\x41%41&amp;=41 68 75 6e 74 `,
    length: fewer,
    read: maskLines,
  },
  { what: 'text: newlines that are not the last', text: '\n', read: textOf },
  { what: 'printed: carriage returns', text: '\r', read: (chunks) => printable(joined(chunks)) },
  {
    what: 'printed: escapes that are never ended',
    text: '\u001b]',
    read: (chunks) => printable(joined(chunks)),
  },
  { what: 'printed: blanks on one line', text: ' ', read: (chunks) => oneLine(joined(chunks)) },
]

/** CPU milliseconds of this process. */
const timed = async (work: () => unknown): Promise<number> => {
  const began = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1000
}

const rounds = 3

const json = process.argv.includes('--json')
let over = false
for (const { what, text, chunk = channel, length = usualLength, read } of readers) {
  const one = chunksOf(text, chunk, length)
  const perMebibyte = mebibyte / chunk
  const many = Array.from({ length }, (_, n) => one.slice(n * perMebibyte, (n + 1) * perMebibyte))
  const [together, parts]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round += 1) {
    parts.push(
      await timed(async () => {
        for (const part of many) await read(part)
      }),
    )
    together.push(await timed(() => read(one)))
  }
  // other processes can only add to the time
  const growth = Math.min(...together) / Math.min(...parts)
  const held = growth <= limit
  over ||= !held
  const figures = { bench: 'readers', what, growth: Number(growth.toFixed(3)), limit, held }
  console.log(
    json
      ? JSON.stringify(figures)
      : `${what.padEnd(52)} ${growth.toFixed(2)} times what is proportional (at most ${limit})${held ? '' : '  OVER'}`,
  )
}

/** Masking can take this many times as long as for ordinary text. */
const mostBeside = 25
const ordinary = chunksOf('the quick brown fox jumps over line 17 of 23\n', channel, fewer)
const [escaped, candidates] = [String.raw`\x41%41&amp;=41 68 75 6e 74 `, String.raw`x A\u0062 1 `]
const costly: readonly { what: string; text: string; secret: string }[] = [
  { what: 'escapes, a long secret', text: escaped, secret: 'hunter2-and-more' },
  { what: 'escapes, a secret of three letters', text: escaped, secret: 'ab1' },
  { what: 'escapes in lines, a secret of three letters', text: `${escaped}\n`, secret: 'ab1' },
  { what: 'what may be a short secret', text: `${candidates}\n`, secret: 'ab1' },
  { what: 'escapes in lines, letters outside ASCII', text: `${escaped}\n`, secret: 'pässwörd' },
  { what: 'escapes in lines, a secret of punctuation', text: `${escaped}\n`, secret: '$%&!?' },
  { what: 'backslashes', text: '\\'.repeat(60), secret: 'ab1' },
]
for (const { what, text, secret } of costly) {
  const chunks = chunksOf(text, channel, fewer)
  const [plain, full]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round += 1) {
    plain.push(await timed(() => maskLines(ordinary, [secret])))
    full.push(await timed(() => maskLines(chunks, [secret])))
  }
  const times = Math.min(...full) / Math.min(...plain)
  const held = times <= mostBeside
  over ||= !held
  const figures = {
    bench: 'readers',
    what: `masked: ${what}`,
    beside: Number(times.toFixed(1)),
    limit: mostBeside,
    held,
  }
  console.log(
    json
      ? JSON.stringify(figures)
      : `masked: ${what}`.padEnd(53) +
          `${times.toFixed(1)} times ordinary text (at most ${mostBeside})${held ? '' : '  OVER'}`,
  )
}
process.exitCode = over ? 1 : 0
