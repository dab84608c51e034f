/** Many connections at once with few open files allowed: the rest fails with a clear error, and everything ends. */
import { spawn } from 'node:child_process'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../support/spec.ts'
import { folderOf } from '../../support/folder.ts'
import { startSshd } from '../../support/sshd.ts'
import type { Sshd } from '../../support/sshd.ts'

const test = suite('many connections, few files', { needs: ['root', 'sshd', 'ssh'] })

let sshd: Sshd
test.before(async () => {
  // as many logins at once as requested
  sshd = await startSshd(['MaxStartups 500'])
})
test.after(() => sshd.stop())

/** Runs the probe with a limit of open files; returns its output, and how it ended. */
const probe = (
  files: number,
  connections: number,
): Promise<{ status: number | null; out: string; err: string }> =>
  new Promise((done, failed) => {
    const node = [
      process.execPath,
      '--conditions=source',
      '--import',
      'tsx',
      join(import.meta.dirname, 'crowd-probe.ts'),
    ]
    const words = [...node, String(sshd.port), sshd.keyFile, userInfo().username, String(connections)]
    const child = spawn('sh', ['-c', `ulimit -n ${files}; exec "$@"`, 'sh', ...words])
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    child.on('error', failed)
    child.on('close', (status) => done({ status, out, err }))
  })

test('connections without a free file descriptor fail with a hint; closing them all ends', async () => {
  const { status, out, err } = await probe(60, 40)
  assert.is(status, 0, out + err)
  const reported: unknown = JSON.parse(out)
  assert.ok(typeof reported === 'object' && reported !== null)
  const words = Object.keys(reported)
  for (const word of words)
    assert.match(word, /^in$|raise the limit \(`ulimit -n`\), or give fewer --forks/, out)
  assert.ok(
    words.some((word) => word !== 'in'),
    out,
  )
  const sum = Object.values(reported).reduce((all: number, one: unknown) => all + Number(one), 0)
  assert.is(sum, 40)
})

const folder = folderOf(test, 'coxswain-crowd-')

/** Runs a command on many local hosts, with a limit of open files. */
const onMany = (files: string, hosts: number): Promise<{ status: number | null; out: string; err: string }> =>
  new Promise((done, failed) => {
    const lines = Array.from({ length: hosts }, (_, index) => `h${index} ansible_connection=local`)
    const inventory = folder.write('many.ini', `${lines.join('\n')}\n`)
    const run = [join(import.meta.dirname, '../../../bin/run.js'), 'exec', 'all', '-i', inventory]
    const words = [process.execPath, ...run, '--output', 'plain', '--', 'true']
    const child = spawn('sh', ['-c', `ulimit ${files}; exec "$@"`, 'sh', ...words])
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    child.on('error', failed)
    child.on('close', (status) => done({ status, out, err }))
  })

test('more hosts than open files allow are refused in one sentence, before anything connects', async () => {
  const { status, out, err } = await onMany('-n 256', 300)
  assert.is(status, 1, out + err)
  assert.match(err, /\[too-few-open-files\]: connections to 300 hosts need at least \d+ open files, .* 256/)
  assert.match(err, 'ulimit -n')
  assert.is(out, '')
})

test('300 hosts with 1024 open files, also if only the hard limit allows so many', async () => {
  for (const files of ['-n 1024', '-Hn 1024; ulimit -Sn 256']) {
    const { status, out, err } = await onMany(files, 300)
    assert.is(status, 0, out.slice(-2000) + err)
    assert.match(out, '300 hosts')
    assert.match(out, '300 changed')
  }
})
