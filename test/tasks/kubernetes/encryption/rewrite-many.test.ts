/** The program that writes many objects again, in dash and in busybox, with a kubectl that answers as the real one. */
import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { folderOf } from '../../../support/folder.ts'
import { shellText } from '../../../support/sent.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('rewrite-many.sh', { needs: ['dash', 'busybox'] })
const place = folderOf(test)

/** Reads what is asked for, except one object, and writes it, except another one. */
const kubectl = `#!/bin/sh
dir=\${0%/*}
printf '%s\\n' "$*" >>"$dir/calls"
case "$*" in
  *' get -f - '*) cat >"$dir/asked"; echo 'the objects'; echo 'Error from server (InternalError): x' >&2; exit 1 ;;
  *' replace -f - '*) cat >"$dir/written"; printf 'default/a\\nkube-system/b\\n'; echo 'Conflict' >&2; exit 1 ;;
esac
`

for (const shell of [['dash'], ['busybox', 'sh']] as const)
  test(`${shell.join(' ')}: what was written is printed, whatever happens to the rest`, () => {
    const program = place.write(`${shell[0]}/kubectl`, kubectl)
    chmodSync(program, 0o755)
    const folder = dirname(program)
    const [command, ...first] = shell
    const script = shellText('tasks/kubernetes/encryption/rewrite-many.sh')
    const { stdout, stderr, status } = spawnSync(
      command,
      [...first, '-c', script, 'sh', '/admin.conf', 'https://10.0.0.1:6443'],
      { input: 'the names', env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` }, encoding: 'utf8' },
    )
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
    assert.is(status, 0)
    assert.is(stderr, '')
    assert.is(stdout, 'default/a\nkube-system/b\n')
    assert.is(read('asked'), 'the names')
    assert.is(read('written'), 'the objects\n')
    const server = '--kubeconfig /admin.conf --server https://10.0.0.1:6443 --request-timeout=15s'
    assert.equal(read('calls').split('\n').toSorted(), [
      '',
      `${server} get -f - -o json --ignore-not-found`,
      `${server} replace -f - --validate=false -o jsonpath={.metadata.namespace}/{.metadata.name}{"\\n"}`,
    ])
  })
