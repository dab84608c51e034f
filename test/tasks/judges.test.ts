/** The programs that edited files are for read them: sshd, visudo, and Python's configparser. */
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { withBlock } from '../../tasks/files/block-in-file.ts'
import { withSetting } from '../../tasks/files/ini-setting.ts'
import { edited } from '../../tasks/files/line-in-file.ts'
import { folderOf } from '../support/folder.ts'
import { programPath } from '../support/needs.ts'
import { suite } from '../support/spec.ts'
import { fileOf } from './generated-files.ts'

const test = suite('programs that read edited files')
const folder = folderOf(test)

const crlf = (text: string): string => text.replaceAll('\n', '\r\n')
const line = { path: '/f', create: false, state: 'present' } as const

test('sshd accepts the line, also in a CRLF file', { needs: ['root', 'sshd', 'ssh'] }, () => {
  const key = folder.at('key')
  // sshd needs its folder, which does not exist if it never started
  mkdirSync('/run/sshd', { recursive: true })
  assert.is(spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]).status, 0)
  const config = `HostKey ${key}\n#PermitRootLogin yes\nPermitRootLogin yes\nX11Forwarding no\n`
  const said = (text: string): string => {
    const file = folder.write('sshd_config', text)
    const { status, stdout, stderr } = spawnSync(programPath('sshd') ?? 'sshd', ['-T', '-f', file], {
      encoding: 'utf8',
    })
    assert.is(status, 0, stderr)
    return stdout
  }
  for (const text of [config, crlf(config), config.trimEnd()]) {
    const given = { ...line, regexp: '^#?PermitRootLogin .*$', line: 'PermitRootLogin no' }
    assert.match(said(edited(text, given)), /^permitrootlogin no$/m)
    const block = { block: 'Match User x\n  PermitTTY no', marker: '# {mark} m', state: 'present' } as const
    assert.match(said(withBlock(text, block)), /^permitrootlogin yes$/m)
  }
})

test('visudo accepts the files of line-in-file and block-in-file', { needs: ['sudo'] }, () => {
  const valid = (text: string): void => {
    const { status, stdout, stderr } = spawnSync('visudo', ['-cf', '-'], { input: text, encoding: 'utf8' })
    assert.is(status, 0, `${JSON.stringify(text)}\n${stdout}${stderr}`)
  }
  const rules = 'root ALL=(ALL:ALL) ALL\n%sudo ALL=(ALL:ALL) ALL'
  for (const text of [rules, `${rules}\n`]) {
    valid(edited(text, { ...line, regexp: '^%sudo\\s', line: '%sudo ALL=(ALL:ALL) NOPASSWD: ALL' }))
    valid(edited(text, { ...line, line: 'ann ALL=(ALL) ALL', insertBefore: 'BOF' }))
    valid(withBlock(text, { block: 'ann ALL=(ALL) ALL', marker: '# {mark} m', state: 'present' }))
  }
})

const pool = [
  '[a]',
  '[b]',
  'port = 1',
  'port=2',
  '\tport: 3',
  '  more',
  '    even = more',
  'other = 1',
  'ports = 5',
  '  [x]',
]

/** The result of configparser for each text: the sections with their options; null if it refuses the text. */
const byPython = (texts: readonly string[]): unknown => {
  const script = `
import configparser, json, sys
def read(text):
    parser = configparser.ConfigParser(strict=False, interpolation=None, allow_no_value=True)
    try:
        parser.read_string(text)
    except (configparser.Error, AttributeError):
        return None
    return {s: dict(parser.items(s)) for s in parser.sections()}
print(json.dumps([read(t) for t in json.load(sys.stdin)]))`
  const { status, stdout, stderr } = spawnSync('python3', ['-c', script], {
    input: JSON.stringify(texts),
    encoding: 'utf8',
  })
  assert.is(status, 0, stderr)
  return JSON.parse(stdout)
}

const sections = z.array(z.record(z.string(), z.record(z.string(), z.string().nullable())).nullable())

test('configparser reads the new value, and all others as before', { needs: ['python3'] }, () => {
  const set = {
    path: '/f',
    create: false,
    section: 'a',
    option: 'port',
    separator: ' = ',
    inlineComments: true,
    continuation: 'indent',
  } as const
  const texts = fc
    .sample(fileOf(pool, ['', '# c', '  # c', '; c']), { numRuns: 300, seed: 11 })
    .map((text) => text.replace('\u{FEFF}', ''))
  const before = sections.parse(byPython(texts))
  const present = sections.parse(
    byPython(texts.map((text) => withSetting(text, { ...set, state: 'present', value: '9' }))),
  )
  const absent = sections.parse(byPython(texts.map((text) => withSetting(text, { ...set, state: 'absent' }))))
  for (const [index, was] of before.entries()) {
    // a text that it refuses is not a file for it
    if (was === null) continue
    const { port: _, ...rest } = was['a'] ?? {}
    assert.equal(present[index], { ...was, a: { ...rest, port: '9' } }, JSON.stringify(texts[index]))
    assert.equal(
      absent[index],
      was['a'] === undefined ? was : { ...was, a: rest },
      JSON.stringify(texts[index]),
    )
  }
})
