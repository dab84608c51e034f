import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { MarkScanner, frame } from '../../engine/connection/shell/frame.ts'
import type { Piece } from '../../engine/connection/shell/frame.ts'
import { OutputKeeper } from '../../engine/connection/shell/output.ts'
import { suite } from '../support/spec.ts'

const test = suite('framing')

const nonce = '0123456789abcdef0123456789abcdef'

/** What a stream held: the bytes of each command, and what its mark said. */
const read = (chunks: readonly Buffer[]): { bytes: Buffer; mark: string }[] => {
  const scanner = new MarkScanner(nonce)
  const found: { bytes: Buffer; mark: string }[] = []
  let bytes: Buffer[] = []
  const take = (piece: Piece): void => {
    if (piece.kind === 'data') bytes.push(piece.bytes)
    else {
      found.push({ bytes: Buffer.concat(bytes), mark: piece.text })
      bytes = []
    }
  }
  for (const chunk of chunks) for (const piece of scanner.push(chunk)) take(piece)
  return found
}

test('marks are found wherever the stream is cut', () => {
  const stream = Buffer.concat([
    Buffer.from('one\n'),
    Buffer.from(`${nonce}0;`),
    Buffer.from([0, 255, 48, 49]),
    Buffer.from(`${nonce}127;`),
  ])
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const found = read([stream.subarray(0, cut), stream.subarray(cut)])
    assert.equal(
      found.map(({ bytes, mark }) => [bytes.toString('latin1'), mark]),
      [
        ['one\n', '0'],
        ['\0\u00ff01', '127'],
      ],
    )
  }
})

test('any bytes come through, byte by byte too', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 4 }), (outputs) => {
      const stream = Buffer.concat(
        outputs.flatMap((bytes) => [Buffer.from(bytes), Buffer.from(`${nonce}0;`)]),
      )
      const found = read(Array.from(stream, (byte) => Buffer.from([byte])))
      assert.equal(
        found.map(({ bytes }) => bytes.toString('hex')),
        outputs.map((bytes) => Buffer.from(bytes).toString('hex')),
      )
    }),
  )
})

test('what looks like a mark at first is given back', () => {
  const scanner = new MarkScanner(nonce)
  const pieces = [...scanner.push(Buffer.from(nonce.slice(0, 31))), ...scanner.push(Buffer.from('x'))]
  assert.is(
    Buffer.concat(pieces.flatMap((piece) => (piece.kind === 'data' ? [piece.bytes] : []))).toString(),
    `${nonce.slice(0, 31)}x`,
  )
})

const text = fc
  .string({ unit: 'binary', maxLength: 60 })
  .filter((one) => !one.includes('\0') && Buffer.from(one).toString() === one)

for (const shell of ['/bin/dash', '/bin/bash'].filter((path) => existsSync(path))) {
  test(`any text as argument and as input comes through ${shell}`, () => {
    fc.assert(
      fc.property(text, fc.uint8Array({ maxLength: 60 }), (word, input) => {
        const script = `printf '%s' '${word.replaceAll("'", `'\\''`)}'; cat`
        const frames = frame(nonce, { script, input: Buffer.from(input), timeout: undefined })
        const { stdout } = spawnSync(shell, { input: frames })
        const [found] = read([stdout])
        assert.is(found?.mark, '0')
        assert.is(
          found?.bytes.toString('hex'),
          Buffer.concat([Buffer.from(word), Buffer.from(input)]).toString('hex'),
        )
      }),
      { numRuns: 60 },
    )
  })

  test(`${shell}: exit, syntax errors and open quotes end only their own frame`, () => {
    const scripts = ['exit 3', 'if then', "echo 'open", '(((', 'echo fine']
    const frames = scripts
      .map((script) => frame(nonce, { script, input: undefined, timeout: undefined }))
      .join('')
    const found = read([spawnSync(shell, { input: frames }).stdout])
    assert.is(found.length, scripts.length)
    assert.is(found[0]?.mark, '3')
    assert.is(
      found.slice(1, 4).every(({ mark }) => mark !== '0'),
      true,
    )
    assert.equal([found[4]?.bytes.toString(), found[4]?.mark], ['fine\n', '0'])
  })
}

test('output is kept up to its limit, and told on whole characters', () => {
  const told: string[] = []
  const keeper = new OutputKeeper('stdout', { maxOutput: 4, onOutput: (_, chunk) => told.push(chunk) })
  const bytes = Buffer.from('aé€')
  for (const byte of bytes) keeper.push(Buffer.from([byte]))
  keeper.end()
  assert.is(keeper.bytes().length, 4)
  assert.is(keeper.dropped, bytes.length - 4)
  assert.equal(told, ['a', 'é', '€'])
})
