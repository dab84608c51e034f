import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { frame, greetingFrame, streamFrame } from '../../engine/connection/shell/frame.ts'
import { MarkScanner } from '../../engine/connection/shell/mark-scanner.ts'
import type { Piece } from '../../engine/connection/shell/mark-scanner.ts'
import { ByteCollector } from '../../engine/connection/byte-collector.ts'
import { OutputKeeper } from '../../engine/connection/shell/output.ts'
import { suite } from '../support/spec.ts'

const test = suite('framing')

const nonce = '0123456789abcdef0123456789abcdef'

/** The frames of a stream: the bytes of each command, and its status. */
const read = (chunks: readonly Buffer[]): { bytes: Buffer; mark: string }[] => {
  const scanner = new MarkScanner(() => nonce)
  const found: { bytes: Buffer; mark: string }[] = []
  let bytes: Buffer[] = []
  const take = (piece: Piece): void => {
    if (piece.kind === 'data') bytes.push(piece.bytes)
    else if (piece.kind === 'broken')
      found.push({ bytes: Buffer.concat(bytes), mark: `broken ${piece.text}` })
    else {
      found.push({ bytes: Buffer.concat(bytes), mark: piece.text })
      bytes = []
    }
  }
  for (const chunk of chunks) for (const piece of scanner.push(chunk)) take(piece)
  return found
}

test('marks are found at any split of the stream', () => {
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

test('any bytes pass unchanged, also one at a time', () => {
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

test('bytes that begin like a mark are output', () => {
  const scanner = new MarkScanner(() => nonce)
  const pieces = [...scanner.push(Buffer.from(nonce.slice(0, 31))), ...scanner.push(Buffer.from('x'))]
  assert.is(
    Buffer.concat(pieces.flatMap((piece) => (piece.kind === 'data' ? [piece.bytes] : []))).toString(),
    `${nonce.slice(0, 31)}x`,
  )
})

test('a command that prints the text of its own frame does not end it', () => {
  const request = { script: 'cat /proc/self/cmdline', input: Buffer.from('in'), timeout: 9 }
  const texts = [frame(nonce, request), streamFrame(nonce, request), greetingFrame(nonce)]
  for (const printed of texts) {
    for (let offset = 0; offset < printed.length; offset += 1) {
      const output = printed.slice(offset)
      const [found, more] = read([Buffer.from(`${output}${nonce}7;`)])
      assert.equal([found?.bytes.toString(), found?.mark, more], [output, '7', undefined])
    }
  }
})

test('a nonce without a status breaks the stream, without an endless wait', () => {
  for (const after of ['NaN;', 'x', '1234;', '-1;', ' 0;', '1e2;', '0x1;', '\n;', '++;']) {
    const [found, ...more] = read([Buffer.from(`out${nonce}${after}${nonce}0;`)])
    assert.match(found?.mark ?? '', /^broken/, after)
    assert.equal(more, [], after)
  }
})

test('each command has its own mark: that of another is output', () => {
  const [first, second] = [nonce, nonce.split('').toReversed().join('')]
  const expected = [first, second]
  const scanner = new MarkScanner(() => expected[0])
  const seen: string[] = []
  const stream = Buffer.from(`a${second}0;b${first}1;c${first}0;d${second}2;late`)
  for (const piece of scanner.push(stream)) {
    if (piece.kind === 'end') expected.shift()
    seen.push(piece.kind === 'data' ? piece.bytes.toString() : piece.text)
  }
  assert.equal(seen, [`a${second}0;b`, '1', `c${first}0;d`, '2'])
  assert.is(scanner.kept, 0)
})

test('a heartbeat between a command and its end is not output', () => {
  const [beat, end] = read([Buffer.from(`a${nonce}+;`), Buffer.from(`b${nonce};`)])
  assert.equal([beat?.bytes.toString(), beat?.mark], ['a', '+'])
  assert.equal([end?.bytes.toString(), end?.mark], ['b', ''])
})

test('a scanner keeps at most the length of a mark', () => {
  const streams = [nonce.slice(0, 31).repeat(500), `${nonce.slice(0, 31)}x`.repeat(500), '0'.repeat(20_000)]
  for (const printed of streams) {
    const scanner = new MarkScanner(() => nonce)
    let length = 0
    for (let at = 0; at < printed.length; at += 7) {
      for (const piece of scanner.push(Buffer.from(printed.slice(at, at + 7))))
        length += piece.kind === 'data' ? piece.bytes.length : 0
      assert.ok(scanner.kept < nonce.length + 4)
    }
    assert.is(length + scanner.kept, printed.length)
  }
})

test('small chunks do not use more memory than the output, up to its limit', () => {
  const collector = new ByteCollector(1000)
  const big = Buffer.alloc(100_000, 'x')
  for (let at = 0; at < 900; at += 1) {
    collector.push(big.subarray(at, at + 1))
    assert.ok(collector.capacity <= 2 * collector.size)
  }
  assert.is(collector.push(big), 100)
  assert.is(collector.push(big), 0)
  assert.equal([collector.size, collector.capacity], [1000, 1000])
  assert.ok(collector.bytes().equals(big.subarray(0, 1000)))
})

const text = fc
  .string({ unit: 'binary', maxLength: 60 })
  .filter((one) => !one.includes('\0') && Buffer.from(one).toString() === one)

for (const shell of ['/bin/dash', '/bin/bash'].filter((path) => existsSync(path))) {
  test(`${shell} passes any text as argument and as input`, () => {
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

test('output is kept up to its limit, and passed on in complete characters', () => {
  const chunks: string[] = []
  const keeper = new OutputKeeper('stdout', { maxOutput: 4, onOutput: (_, chunk) => chunks.push(chunk) })
  const bytes = Buffer.from('aé€')
  for (const byte of bytes) keeper.push(Buffer.from([byte]))
  keeper.end()
  assert.is(keeper.bytes().length, 4)
  assert.is(keeper.dropped, bytes.length - 4)
  assert.equal(chunks, ['a', 'é', '€'])
})
