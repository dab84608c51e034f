/** The program that reads which keys have signed the tokens of pods, in dash and in busybox, on files as a kubelet writes them. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { folderOf } from '../../../support/folder.ts'
import { shellText } from '../../../support/sent.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('list-tokens.sh', { needs: ['dash', 'busybox'] })
const place = folderOf(test)

const write = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** A volume as the kubelet writes it: a link to the files of a time. */
const volume = (folder: string, files: Readonly<Record<string, string>>, time = '..2026_12_01'): void => {
  for (const [name, text] of Object.entries(files)) write(join(folder, time, name), text)
  symlinkSync(time, join(folder, '..data'))
}

for (const shell of [['dash'], ['busybox', 'sh']] as const) {
  const script = shellText('tasks/kubernetes/service-accounts/list-tokens.sh')
  const run = (pods: string) => {
    const [command, ...first] = shell
    return spawnSync(command, [...first, '-c', script, 'sh', pods], { encoding: 'utf8' })
  }

  test(`${shell.join(' ')}: the header of each token is printed, and nothing else of it`, () => {
    const pods = place.at(`${shell[0]}/pods`)
    const projected = (uid: string, name: string): string =>
      join(pods, uid, 'volumes/kubernetes.io~projected', name)
    volume(projected('u1', 'kube-api-access-abc'), {
      token: 'eyJhbGciOiJSUzI1NiJ9.body-1.signature_1',
      'ca.crt': '-----BEGIN CERTIFICATE-----\n',
      namespace: 'default',
    })
    // what an ended kubelet has left is not what containers see
    write(join(projected('u1', 'kube-api-access-abc'), '..2020_01_01/token'), 'b2xk.old.old')
    volume(projected('u2', 'own'), {
      'deep/vault-token': 'aGVhZGVy.x.y\n',
      'two lines': 'first\naGVhZGVy.x.y\n',
      'a\nb': 'ZXZpbA.x.y',
      big: `${'a'.repeat(3000)}.x.y`,
      huge: `YQ.${'x'.repeat(40_000)}.y`,
      four: 'YQ.b.c.d',
    })
    volume(join(pods, 'u3/volumes/kubernetes.io~secret/ci'), { token: 'c2VjcmV0.x.y' })
    volume(join(pods, 'u3/volumes/kubernetes.io~configmap/ci'), { token: 'bWFw.x.y' })
    const { stdout, stderr, status } = run(pods)
    assert.is(status, 0, stderr)
    const lines = stdout
      .replaceAll('//', '/')
      .split('\n')
      .filter(Boolean)
      .toSorted()
      .map((line) => line.replace(pods, ''))
    assert.equal(lines, [
      'ZXZpbA\t/u2/volumes/kubernetes.io~projected/own/..data/a?b',
      'aGVhZGVy\t/u2/volumes/kubernetes.io~projected/own/..data/deep/vault-token',
      'c2VjcmV0\t/u3/volumes/kubernetes.io~secret/ci/..data/token',
      'eyJhbGciOiJSUzI1NiJ9\t/u1/volumes/kubernetes.io~projected/kube-api-access-abc/..data/token',
    ])
    assert.not.match(stdout, 'signature')
  })

  test(`${shell.join(' ')}: without pods, nothing is printed`, () => {
    const { stdout, status } = run(place.at('nothing'))
    assert.equal([stdout, status], ['', 0])
  })
}
