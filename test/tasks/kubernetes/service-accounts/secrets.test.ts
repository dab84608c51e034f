/** The programs for the tokens in Secrets, in dash and in busybox, with a kubectl that answers as the real one. */
import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { folderOf } from '../../../support/folder.ts'
import { shellText } from '../../../support/sent.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('list-secrets.sh and renew-secrets.sh', { needs: ['dash', 'busybox'] })
const place = folderOf(test)

/** What kubectl makes of the template, and an error in the end where a file says so. */
const kubectl = `#!/bin/sh
dir=\${0%/*}
printf '%s\\n' "$*" >>"$dir/calls"
case "$*" in
  *' get secrets '*)
    printf 'default\\tci\\t"eyJhbGciOiJSUzI1NiJ9.body.signature"\\n'
    printf 'default\\twith.dots\\t"aGVhZGVy.b.s\\\\nkube-system\\\\tevil\\\\t"\\n'
    printf 'kube-system\\tempty\\t\\n'
    printf 'kube-system\\todd\\t"a secret text"\\n'
    [ ! -e "$dir/fails" ] ;;
  *' patch secret gone '*) echo 'Error from server (NotFound): secrets "gone" not found' >&2; exit 1 ;;
esac
`

for (const shell of [['dash'], ['busybox', 'sh']] as const) {
  const run = (name: string, folder: string, input = '') => {
    const program = place.write(`${shell[0]}/${folder}/kubectl`, kubectl)
    chmodSync(program, 0o755)
    const [command, ...first] = shell
    const script = shellText(`tasks/kubernetes/service-accounts/${name}.sh`)
    const result = spawnSync(
      command,
      [...first, '-c', script, 'sh', '/admin.conf', 'https://10.0.0.1:6443'],
      { input, env: { PATH: `${dirname(program)}:${process.env['PATH'] ?? ''}` }, encoding: 'utf8' },
    )
    return { ...result, calls: () => readFileSync(join(dirname(program), 'calls'), 'utf8') }
  }

  test(`${shell.join(' ')}: the header of each token is printed, whatever a Secret has`, () => {
    const { stdout, status, calls } = run('list-secrets', 'list')
    assert.is(status, 0)
    assert.is(
      stdout,
      'default\tci\teyJhbGciOiJSUzI1NiJ9\ndefault\twith.dots\taGVhZGVy\nkube-system\tempty\t\nkube-system\todd\t?\n',
    )
    assert.match(
      calls(),
      '--kubeconfig /admin.conf --server https://10.0.0.1:6443 --request-timeout=60s get secrets --all-namespaces --chunk-size=500 --field-selector type=kubernetes.io/service-account-token -o go-template=',
    )
  })

  test(`${shell.join(' ')}: a list that ends too early is an error`, () => {
    place.write(`${shell[0]}/fails/fails`, '')
    assert.is(run('list-secrets', 'fails').status, 1)
  })

  test(`${shell.join(' ')}: tokens are removed from Secrets of that type alone, and what was refused is printed`, () => {
    const { stdout, status, calls } = run(
      'renew-secrets',
      'renew',
      'default ci\ndefault gone\nkube-system x.y\n',
    )
    assert.is(status, 0)
    assert.is(stdout, 'default/gone: Error from server (NotFound): secrets "gone" not found\n')
    const patch =
      '--type=json -p [{"op":"test","path":"/type","value":"kubernetes.io/service-account-token"},{"op":"remove","path":"/data/token"}]'
    assert.equal(
      calls().split('\n').filter(Boolean),
      ['-n default patch secret ci', '-n default patch secret gone', '-n kube-system patch secret x.y'].map(
        (words) =>
          `--kubeconfig /admin.conf --server https://10.0.0.1:6443 --request-timeout=15s ${words} ${patch}`,
      ),
    )
  })
}
