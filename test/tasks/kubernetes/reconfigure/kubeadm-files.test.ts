/** The program that asks kubeadm what it writes, with a kubeadm that only says what it was asked. */
import { spawnSync } from 'node:child_process'
import { chmodSync, readdirSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { filesIn } from '../../../../tasks/kubernetes/reconfigure/kubeadm-files.ts'
import { folderOf } from '../../../support/folder.ts'
import { shellText } from '../../../support/sent.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('what kubeadm writes', { needs: ['root', 'dash', 'busybox'] })
const place = folderOf(test)

/** Writes into the folder of dry runs, as newer and older ones do; `bad` in the configuration is refused. */
const kubeadm = `#!/bin/sh
config=$(cat "$(printf '%s\\n' "$@" | grep /given.yaml)")
case $config in *bad*) echo "error: bad" >&2; exit 1 ;; esac
case "$*" in
*kube-proxy*--print-manifest) echo "kind: ConfigMap" ;;
*control-plane*--dry-run) echo "v: $config" >"$KUBEADM_INIT_DRYRUN_DIR/kube-apiserver.yaml" ;;
*etcd*--dry-run) mkdir "$KUBEADM_INIT_DRYRUN_DIR/tmp" && printf 'kind: Pod' >"$KUBEADM_INIT_DRYRUN_DIR/tmp/etcd.yaml" ;;
*) exit 9 ;;
esac
`

const run = (shell: readonly string[], stdin: string, ...phases: readonly string[]) => {
  chmodSync(place.write('bin/kubeadm', kubeadm), 0o755)
  const bin = place.at('bin')
  const [program = '', ...words] = shell
  return spawnSync(
    program,
    [...words, '-c', shellText('tasks/kubernetes/reconfigure/kubeadm-files.sh'), 'sh', ...phases],
    { input: stdin, encoding: 'utf8', env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` } },
  )
}

const left = (): string[] => readdirSync('/run').filter((name) => name.startsWith('coxswain-kubeadm.'))

for (const shell of [['dash'], ['busybox', 'ash']]) {
  test(`${String(shell[0])}: the files by their paths, and the manifest of a phase that prints it`, () => {
    const before = left()
    const { status, stdout, stderr } = run(
      shell,
      'given',
      'control-plane all',
      'etcd local',
      'addon kube-proxy',
    )
    assert.is(status, 0, stderr)
    assert.equal(
      [...filesIn(stdout)],
      [
        ['addon kube-proxy', 'kind: ConfigMap\n'],
        ['/etc/kubernetes/manifests/etcd.yaml', 'kind: Pod'],
        ['/etc/kubernetes/manifests/kube-apiserver.yaml', 'v: given\n'],
      ],
    )
    assert.equal(left(), before)
  })

  test(`${String(shell[0])}: what kubeadm says of a configuration that it refuses`, () => {
    const before = left()
    const { status, stdout, stderr } = run(shell, 'bad', 'control-plane all')
    assert.is(status, 101)
    assert.is(stdout, '')
    assert.match(stderr, 'error: bad')
    assert.equal(left(), before)
  })
}
