/** The program that makes a key pair at a path, beside a stand-in for ssh-keygen. */
import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import * as assert from 'uvu/assert'
import { folderOf } from '../../support/folder.ts'
import { sent } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('ssh-key-at.sh')
const folder = folderOf(test)

/** Makes a pair where there is an old one; returns the status, and what is in the folder after it. */
const make = (name: string, keygen: string) => {
  const program = folder.write(`${name}/bin/ssh-keygen`, `#!/bin/sh\n${keygen}\n`)
  chmodSync(program, 0o755)
  const cwd = dirname(folder.write(`${name}/keys/key`, 'old\n'))
  folder.write(`${name}/keys/key.pub`, 'old public\n')
  const { status } = spawnSync(
    'sh',
    ['-c', sent('tasks/network/ssh-key-at.sh', './key', 'me', '-t', 'rsa')],
    {
      cwd,
      env: { PATH: `${dirname(program)}:${process.env['PATH'] ?? ''}` },
    },
  )
  const files = readdirSync(cwd).map((file) => [file, readFileSync(`${cwd}/${file}`, 'utf8')])
  return { status, files: Object.fromEntries(files) }
}

test('the new pair takes the place of the old one, and nothing else is left', () => {
  const keygen =
    '[ "$1 $2 $3 $4 $5 $6 $7 $8" = "-q -t rsa -N  -C me -f" ] || exit 9\necho new >"$9"; echo new public >"$9.pub"'
  assert.equal(make('works', keygen), { status: 0, files: { key: 'new\n', 'key.pub': 'new public\n' } })
})

test('if ssh-keygen fails, the old pair stays', () => {
  assert.equal(make('fails', 'echo half >"$9"; exit 3'), {
    status: 3,
    files: { key: 'old\n', 'key.pub': 'old public\n' },
  })
})
