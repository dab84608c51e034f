import * as assert from 'uvu/assert'
import { sessionCommand, rawCommand } from '../../engine/connection/shell/bootstrap.ts'
import { newMark } from '../../engine/connection/shell/left-behind.ts'
import { WordScanner, asking, hello, sudoPrompt } from '../../engine/connection/shell/words.ts'
import { suite } from '../support/spec.ts'

const test = suite('words of a starting shell')

const wordsOf = (chunks: readonly Buffer[]): string[] => {
  const scanner = new WordScanner()
  return chunks.flatMap((chunk) =>
    [...scanner.push(chunk)].map(({ word }) =>
      word.kind === 'lock' ? `${word.lock.kind} ${word.lock.text}` : word.kind,
    ),
  )
}

test('words are found at any split of the stream, once each', () => {
  const printed = `noise${sudoPrompt}x${asking}Password: coxswain-coxswain-lock-is held 17 ab:c;coxswain-lock-is unsafe d/1 /tmp/coxswain-0;${hello}`
  const expected = ['sudo prompt', 'asking', 'prompt', 'held 17 ab:c', 'unsafe d/1 /tmp/coxswain-0', 'hello']
  const stream = Buffer.from(printed)
  for (let cut = 0; cut <= stream.length; cut += 1)
    assert.equal(wordsOf([stream.subarray(0, cut), stream.subarray(cut)]), expected)
  assert.equal(wordsOf(Array.from(stream, (byte) => Buffer.from([byte]))), expected)
})

test('an unfinished word does not hide the next', () => {
  for (const noise of ['coxswain-lock-is held ', 'coxswain-lock-is held x\n', 'coxswain-', 'coxswain-shell-'])
    assert.equal(wordsOf([Buffer.from(noise.repeat(3) + hello)]), ['hello'])
})

test('it keeps at most the length of the longest word', () => {
  for (const noise of [
    'coxswain-',
    'coxswain-lock-is held',
    'x',
    'assword',
    `coxswain-lock-is held ${'y'.repeat(5000)}`,
  ]) {
    const scanner = new WordScanner()
    const stream = Buffer.from(noise.repeat(Math.ceil(20_000 / noise.length)))
    for (let at = 0; at < stream.length; at += 13) {
      assert.equal([...scanner.push(stream.subarray(at, at + 13))].length, 0)
      assert.ok(scanner.kept < 700)
    }
  }
})

test('no command line contains one of these words, nor syntax that csh does not support', () => {
  const lock = {
    token: 'ab'.repeat(8),
    owner: 'o'.repeat(80),
    purpose: 'p'.repeat(80),
    pid: 99_999_999,
    wait: 0,
    waiting: () => {},
    absent: () => {},
  }
  const identities = [
    undefined,
    ...(['sudo', 'su', 'doas'] as const).map((method) => ({ method, user: 'root' })),
  ]
  for (const identity of identities) {
    for (const terminal of [false, true]) {
      for (const command of [sessionCommand, rawCommand].map((make) =>
        make({ identity, mark: newMark(), terminal, lock }),
      )) {
        // the prompt set for sudo looks like those of other programs, which sudo does not have
        const seen = wordsOf([Buffer.from(command)]).filter(
          (word) => identity?.method !== 'sudo' || word !== 'prompt',
        )
        assert.equal(seen, [])
        assert.not.match(command, /[\n!\\]/)
        for (const [, word = ''] of command.matchAll(/'([^']*)'/g)) assert.ok(word.length < 1024, word)
      }
    }
  }
})
