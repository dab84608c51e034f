/**
 * The shell text of the engine that is not in files: the command lines that start shells, which each login shell must read, and the
 * frames. shellcheck and two shells accept it.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { becomeMethods } from '../../engine/connection/types.ts'
import { rawCommand, sessionCommand } from '../../engine/connection/shell/bootstrap.ts'
import { farewellFrame, frame, greetingFrame, streamFrame } from '../../engine/connection/shell/frame.ts'
import { endScript } from '../../engine/connection/shell/left-behind.ts'
import type { HostLock } from '../../engine/connection/shell/lock.ts'
import { suite } from '../support/spec.ts'

const test = suite('shell text of the engine')

const lock = (folder: string | undefined): HostLock => ({
  token: 'a'.repeat(16),
  owner: 'ann@controller',
  pid: 4242,
  purpose: 'site.ts',
  wait: 0,
  folder,
  waiting: () => {},
  absent: () => {},
})
const identities = [undefined, ...becomeMethods.map((method) => ({ method, user: 'root' }))]

/** Command lines of all shells: as each user, with and without a lock and a terminal. */
const commands = identities.flatMap((identity) =>
  [false, true].flatMap((terminal) =>
    [undefined, lock(undefined), lock('/run/lock')].flatMap((held) => {
      const start = { identity, mark: 'coxswain:0123', terminal, lock: held }
      return [sessionCommand(start), rawCommand(start)]
    }),
  ),
)

/**
 * Findings that are meant: variables that another word of the command line sets, words that are split on purpose, `A && B || C`
 * with a C that is for both, and options of grep that look like a pattern.
 */
const meant = 'SC2154,SC2046,SC2086,SC2015,SC2062'

/** The words in single quotes that are shell text. */
const texts = [
  ...new Set(commands.flatMap((command) => [...command.matchAll(/'([^']*)'/g)].map(([, text = '']) => text))),
].filter((text) => text.includes(' '))

const nonce = '0123456789abcdef'.repeat(2)
const frames = [
  greetingFrame(nonce),
  farewellFrame(nonce),
  streamFrame(nonce, { script: "printf '%s\\n' x", timeout: 5 }),
  ...[undefined, Buffer.from('text'), Buffer.from([0, 1])].flatMap((input) => [
    frame(nonce, { script: 'true', input, timeout: undefined }),
    frame(nonce, { script: 'true', input, timeout: 5 }),
  ]),
  endScript('coxswain:0123'),
]
const all = [...texts, ...frames]

test('there are command lines for each become method', () => {
  assert.ok(texts.length >= 8, `${texts.length} texts`)
  assert.ok(texts.some((text) => text.includes('flock -n -x 9')))
})

test('a word of a command line has nothing that a login shell could interpret, and is shorter than csh allows', () => {
  assert.equal(
    texts.filter((text) => /[\\!\n]/.test(text)),
    [],
  )
  assert.ok(Math.max(...texts.map((text) => text.length)) < 1024)
})

const readBy = (command: string, ...words: readonly string[]): void => {
  for (const text of all) {
    const { stderr } = spawnSync(command, words, { input: text, encoding: 'utf8' })
    assert.is(stderr, '', text)
  }
}
test('dash reads it', { needs: ['dash'] }, () => readBy('dash', '-n'))
test('busybox reads it', { needs: ['busybox'] }, () => readBy('busybox', 'ash', '-n'))

test('shellcheck finds nothing', { needs: ['shellcheck'] }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'coxswain-shell-text-'))
  try {
    all.forEach((text, at) => writeFileSync(join(folder, `${at}.sh`), `${text}\n`))
    const names = all.map((_, at) => `${at}.sh`)
    const { stdout } = spawnSync('shellcheck', ['-s', 'sh', '-e', meant, '-f', 'gcc', ...names], {
      cwd: folder,
      encoding: 'utf8',
    })
    assert.is(stdout, '')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
