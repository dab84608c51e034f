/** The program that writes objects again, in dash and in busybox, with a kubectl that answers as the real one. */
import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { folderOf } from '../../../support/folder.ts'
import { shellText } from '../../../support/sent.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('rewrite-one-by-one.sh', { needs: ['dash', 'busybox'] })
const place = folderOf(test)

/** Writes what it was called with, and what came on standard input, beside itself. */
const kubectl = `#!/bin/sh
dir=\${0%/*}
echo "$*" >>"$dir/calls"
case "$*" in
  *"get --raw /gone"*) echo 'Error from server (NotFound): secrets "gone" not found' >&2; exit 1 ;;
  *"get --raw /down"*) echo 'The connection to the server was refused' >&2; exit 1 ;;
  *"get --raw"*) echo 'Warning: old version' >&2; printf '{"a":"%s \\\\n"}' "\${9}" ;;
  *"replace --raw /changed"*) cat >/dev/null; echo 'Error from server (Conflict): the object has been modified' >&2; exit 1 ;;
  *"replace --raw /denied"*) cat >/dev/null; printf 'Error from server:\tdenied\nby x (Conflict)\n' >&2; exit 1 ;;
  *"replace --raw"*) cat >>"$dir/written"; echo replaced ;;
esac
`

for (const shell of [['dash'], ['busybox', 'sh']] as const)
  test(`${shell.join(' ')}: each object is written as it was read; what was not written is named`, () => {
    const program = place.write(`${shell[0]}/kubectl`, kubectl.replaceAll('\\$', '$'))
    chmodSync(program, 0o755)
    const folder = dirname(program)
    const [command, ...first] = shell
    const words = [
      '-c',
      shellText('tasks/kubernetes/encryption/rewrite-one-by-one.sh'),
      'sh',
      '/admin.conf',
      'https://10.0.0.1:6443',
    ]
    const { stdout, status } = spawnSync(command, [...first, ...words], {
      input: '/one\n/gone\n/changed\n/denied\n/down\n/two\n',
      env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
      encoding: 'utf8',
    })
    assert.is(status, 0)
    assert.equal(stdout.split('\n'), [
      '/gone\tgone',
      '/changed\tchanged',
      '/denied\twrite\tError from server: denied by x (Conflict)',
      '/down\tread\tThe connection to the server was refused',
      '',
    ])
    assert.is(readFileSync(join(folder, 'written'), 'utf8').match(/"a"/g)?.length, 2)
    const calls = readFileSync(join(folder, 'calls'), 'utf8')
    assert.not.match(calls, '"a"')
    assert.match(
      calls,
      '--kubeconfig /admin.conf --server https://10.0.0.1:6443 --request-timeout=15s get --raw /one',
    )
  })
