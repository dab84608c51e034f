/** The program that says which static pods run, beside processes of this machine. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, utimesSync } from 'node:fs'
import { dirname } from 'node:path'
import * as assert from 'uvu/assert'
import { runningIn, runsAs } from '../../../../tasks/kubernetes/reconfigure/running-pods.ts'
import { folderOf } from '../../../support/folder.ts'
import { shellText } from '../../../support/sent.ts'
import { suite } from '../../../support/spec.ts'
import { pod } from '../reconfigure-world.ts'

const test = suite('static pods that run', { needs: ['dash', 'busybox'] })
const place = folderOf(test)

test('a process runs as a manifest says if its words and variables are the same', () => {
  const words = ['kube-apiserver', '--secure-port=1', '--v=2', '--x=a\nb']
  const output = `process kube-apiserver\n${words
    .flatMap((word) => word.split('\n'))
    .map((word) => `word ${word}\n`)
    .join('')}variable A=1\nvariable PATH=/bin\nstarts kube-apiserver 3\nstarts etcd 0\n`
  const pods = runningIn(output)
  assert.is(pods.get('kube-apiserver')?.starts, 3)
  assert.is(pods.get('etcd')?.processes.length, 0)
  const runs = (options: Parameters<typeof pod>[1]): boolean =>
    runsAs(pods.get('kube-apiserver'), 'kube-apiserver', pod('kube-apiserver', options))
  assert.ok(runs({ words: ['--v=2', '"--x=a\\nb"'], env: { A: '1' } }))
  assert.not.ok(runs({ words: ['--v=2'] }))
  assert.not.ok(runs({ words: ['--v=2', '"--x=a\\nb"'], env: { A: '2' } }))
  assert.not.ok(runsAs(undefined, 'etcd', pod('etcd')))
  const old = runningIn('process etcd\nword etcd\nword --secure-port=1\noutdated\n').get('etcd')
  assert.ok(runsAs(old, 'etcd', pod('etcd')))
  assert.not.ok(runsAs(old, 'etcd', pod('etcd'), true))
})

for (const [name, ...words] of [['dash'], ['busybox', 'ash']] as const)
  test(`${name}: processes of that name alone, with their variables`, async () => {
    // a program with the name of a static pod, and one whose name only begins with it
    const [program, other] = ['etcd', 'etcd-other'].map((one) => place.write(`${name}/${one}`, ''))
    const both = [String(program), String(other)]
    for (const path of both) {
      copyFileSync('/bin/sleep', path)
      chmodSync(path, 0o755)
    }
    const started = both.map((path) => spawn(path, ['600'], { stdio: 'ignore', env: { MARK: `of ${name}` } }))
    try {
      await Promise.all(started.map((one) => once(one, 'spawn')))
      const text = shellText('tasks/kubernetes/reconfigure/static-pods-run.sh')
      const manifest = place.write(`${name}/manifests/etcd.yaml`, '')
      const bin = place.write(`${name}/bin/date`, '#!/bin/sh\necho 4000000000\n')
      chmodSync(bin, 0o755)
      const ask = (PATH: string) => {
        const all = [...words, '-c', text, 'sh', dirname(manifest), 'etcd']
        const { stdout } = spawnSync(name, all, { encoding: 'utf8', env: { PATH } })
        return (runningIn(stdout).get('etcd')?.processes ?? []).filter(({ variables }) =>
          variables.has(`MARK=of ${name}`),
        )
      }
      const usualPath = String(process.env['PATH'])
      const states: (boolean | undefined)[] = []
      // before it was started, after that, and in the future of the host
      for (const [seconds, path] of [
        [1_000_000_000, usualPath],
        [3_900_000_000, `${dirname(bin)}:${usualPath}`],
        [3_900_000_000, usualPath],
      ] as const) {
        utimesSync(manifest, seconds, seconds)
        states.push(ask(path)[0]?.outdated)
      }
      assert.equal(states, [false, true, false])
      const own = ask(usualPath)
      assert.equal(
        own.map((one) => one.words),
        [[String(program), '600']],
      )
    } finally {
      for (const one of started) one.kill('SIGKILL')
    }
  })
