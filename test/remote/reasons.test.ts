/** Hints for the reasons why a host refused to write. */
import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import type { Connection } from '../../engine/connection/types.ts'
import { createRemote } from '../../engine/remote/remote.ts'
import { folderOf } from '../support/folder.ts'
import { rejects } from '../support/rejects.ts'
import { shellConnection } from '../support/shell-connection.ts'
import { suite } from '../support/spec.ts'

const test = suite('reasons of hosts')
const { at } = folderOf(test)

/** A host whose writes fail with this message. */
const saying = (words: string, reason = ''): Connection => ({
  ...shellConnection(),
  execute: async ({ purpose }) => ({
    code: purpose === 'run' ? 1 : 0,
    stdout: Buffer.from(purpose === 'run' ? '' : reason),
    stderr: Buffer.from(words),
    dropped: 0,
  }),
})

test('each reason has its own hint', async () => {
  const hints: Readonly<Record<string, RegExp>> = {
    'cat: write error: No space left on device': /free space.*df -i/,
    'cat: write error: Disk quota exceeded': /disk quota of its owner/,
    'mktemp: failed to create file: Read-only file system': /mounted read-only/,
    'sh: cannot create x: Text file busy': /stop the program/,
    'mktemp: Permission denied': /act as root/,
    'Not a directory: /etc/passwd': /a part of the path is not a folder/,
    'chown: unknown group nosuch': /create the user or group first/,
  }
  for (const [words, hint] of Object.entries(hints)) {
    const error = await rejects(
      () => createRemote(saying(words)).write('/x', ''),
      'write-failed',
      'cannot write',
    )
    assert.match(error.hint, hint)
  }
})

test('the reason why even root is refused is queried: chattr, or another', async () => {
  const denied = "mv: cannot move 'a' to 'b': Operation not permitted"
  const hints: readonly (readonly [string, RegExp])[] = [
    ['0\n----i---------e------- /srv/x\n', /\/srv\/x is immutable \(chattr \+i\): chattr -i \/srv\/x/],
    [
      '0\n--------------e------- /srv/x\n-----a--------e------- /srv\n',
      /\/srv is append-only \(chattr \+a\)/,
    ],
    ['0\n', /even root is refused.*lsattr/],
    ['1000\n', /act as root/],
  ]
  for (const [reason, hint] of hints) {
    const error = await rejects(
      () => createRemote(saying(denied, reason)).write('/srv/x', ''),
      'write-failed',
      'cannot write',
    )
    assert.match(error.hint, hint)
    if (reason.startsWith('0')) assert.not.match(error.hint, 'act as root')
  }
})

test('the error names an immutable file, which stays unchanged', { needs: ['immutable files'] }, async () => {
  writeFileSync(at('fixed'), 'old')
  execFileSync('chattr', ['+i', at('fixed')])
  try {
    const remote = createRemote(shellConnection())
    const attempts = [
      () => remote.write(at('fixed'), 'new'),
      () => remote.setAttributes(at('fixed'), { mode: '0600' }),
      () => remote.remove(at('fixed')),
    ]
    for (const attempt of attempts) {
      const error = await rejects(attempt, 'write-failed', at('fixed'))
      assert.match(error.hint, `${at('fixed')} is immutable (chattr +i)`)
    }
    assert.is(readFileSync(at('fixed'), 'utf8'), 'old')
    assert.equal(readdirSync(at('.')), ['fixed'])
  } finally {
    execFileSync('chattr', ['-i', at('fixed')])
  }
})
