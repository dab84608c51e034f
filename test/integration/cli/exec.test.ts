/** `run exec`: the output of a command on hosts, and its exit status. */
import * as assert from 'uvu/assert'
import { folderOf } from '../../support/folder.ts'
import { runCli } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const test = suite('run exec')
const folder = folderOf(test)

const inventory = (): string =>
  folder.write(
    'inventory.yaml',
    JSON.stringify({
      all: {
        vars: { connection: 'local' },
        hosts: { m1: {}, m2: {}, m3: {}, gone: { connection: 'ssh', address: '127.0.0.1', port: 1 } },
      },
    }),
  )

const exec = (...words: string[]) => runCli(['exec', '-i', inventory(), ...words])

test('equal output of several hosts is shown once, and options of the command belong to it', async () => {
  const { status, stdout } = await exec('m1:m2:m3', 'printf', '%s\n', '-i', 'b')
  assert.equal([status, stdout], [0, 'm1, m2, m3 (3 hosts):\n  -i\n  b\n'])
})

test('hosts with another output or exit status are shown separately', async () => {
  const first = folder.at('first')
  const { status, stdout } = await exec(
    '--forks',
    '1',
    'm1:m2:m3',
    `mkdir ${first} 2>/dev/null && echo one && exit 5; echo same`,
  )
  assert.is(status, 2)
  assert.is(stdout, 'm1, exit status 5:\n  one\nm2, m3 (2 hosts):\n  same\n')
})

test('a command with another exit status than 0 is shown with all of its output', async () => {
  const one = await exec('m1', 'echo out; exit 7')
  assert.equal([one.status, one.stdout], [7, 'm1, exit status 7:\n  out\n'])
  const two = await exec('m1:m2', 'exit 7')
  assert.equal([two.status, two.stdout], [2, 'm1, m2 (2 hosts), exit status 7:\n  (no output)\n'])
})

test('an unreachable host', async () => {
  const { status, stdout } = await exec('m1:gone', 'echo hi')
  assert.is(status, 4)
  assert.match(stdout, /^m1:\n {2}hi\ngone, unreachable:\n {2}error\[connect-failed\]/)
  assert.is((await exec('gone', 'true')).status, 4)
})

test('with -v each line comes with its host', async () => {
  const { stdout } = await exec('-v', 'm1:m2', 'echo hi; exit 3')
  assert.equal(stdout.split('\n').toSorted(), ['', 'm1 | hi', 'm1, m2 (2 hosts), exit status 3', 'm2 | hi'])
})

test('--output works as in any run', async () => {
  const { stdout } = await exec('--output', 'json', 'm1', 'exit 7')
  assert.match(stdout, /^\{"type":"run-start"/)
  assert.match((await exec('--output', 'plain', 'm1', 'true')).stdout, 'recap')
})
