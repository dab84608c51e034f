/** Archives created and unpacked as root in folders that another user controls, on this machine. */
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, lchownSync, mkdirSync, statSync, symlinkSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { folderOf } from '../../support/folder.ts'
import { runCli } from '../../support/run-cli.ts'
import type { CliResult } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const test = suite('archives of other users', { needs: ['root'] })
const { at, write } = folderOf(test)
const other = 65_534

/** A folder of another user, with a link to a folder that only root can enter. */
test.before(() => {
  chmodSync(at('.'), 0o755)
  write('inventory.yaml', 'all: { hosts: { here: { connection: local } } }\n')
  write('closed/data/k', 'for root alone\n')
  write('home/own/data/k', 'of the user\n')
  chmodSync(at('closed'), 0o700)
  mkdirSync(at('home/out'))
  symlinkSync(at('closed'), at('home/app'))
  symlinkSync('own', at('home/mine'))
  for (const name of ['app', 'mine']) lchownSync(at(`home/${name}`), other, other)
  for (const name of ['', '/own', '/own/data', '/own/data/k', '/out'])
    chownSync(at(`home${name}`), other, other)
  execFileSync('tar', ['-C', at('closed'), '-cf', at('closed/s.tar'), 'data'])
  execFileSync('tar', ['-C', at('closed'), '-czf', at('home/own/s.tgz'), 'data'])
})

const run = (task: string, ...params: string[]): Promise<CliResult> =>
  runCli([task, ...params, '-i', at('inventory.yaml'), '--hosts', 'here', '--output', 'plain'])

const refused = (result: CliResult): void => {
  assert.is(result.status, 2, result.stdout + result.stderr)
  assert.match(result.stdout + result.stderr, 'others than root control')
  assert.match(result.stdout + result.stderr, 'follow=true')
}

test("archive does not pack the target of another user's link, and does with follow=true", async () => {
  const words = [`src=${at('home/app/data')}`, `dest=${at('packed.tar')}`]
  refused(await run('archive', ...words, '--check'))
  refused(await run('archive', ...words))
  assert.not(existsSync(at('packed.tar')))
  const followed = await run('archive', ...words, 'follow=true')
  assert.is(followed.status, 0, followed.stdout + followed.stderr)
})

test("archive packs the user's own files through the user's link; without a mode the archive is 0600", async () => {
  const words = [`src=${at('home/mine/data')}`, `dest=${at('own.tar')}`]
  const first = await run('archive', ...words)
  assert.is(first.status, 0, first.stdout + first.stderr)
  assert.is(statSync(at('own.tar')).mode & 0o7777, 0o600)
  assert.is(execFileSync('tar', ['-xOf', at('own.tar'), 'data/k'], { encoding: 'utf8' }), 'of the user\n')
  assert.match((await run('archive', ...words)).stdout, /ok/)
  // the mode of an existing archive stays
  chmodSync(at('own.tar'), 0o640)
  write('home/own/data/more', 'x')
  assert.match((await run('archive', ...words)).stdout, /changed/)
  assert.is(statSync(at('own.tar')).mode & 0o7777, 0o640)
})

test("unarchive does not read an archive through another user's link, and does with follow=true", async () => {
  const words = [
    `src=${at('home/app/s.tar')}`,
    'onHost=true',
    `dest=${at('home/out')}`,
    `owner=${String(other)}`,
  ]
  refused(await run('unarchive', ...words, '--check'))
  refused(await run('unarchive', ...words))
  // when the check does not read it
  refused(await run('unarchive', ...words, `creates=${at('none')}`))
  assert.not(existsSync(at('home/out/data')))
  const followed = await run('unarchive', ...words, 'follow=true')
  assert.is(followed.status, 0, followed.stdout + followed.stderr)
  assert.ok(existsSync(at('home/out/data/k')))
})

test("a folder is not read, copied or unpacked through another user's link", async () => {
  execFileSync('cp', ['-a', at('closed/data'), at('same')])
  const copies = [`src=${at('same')}`, `dest=${at('home/app/data')}`]
  const unpacks = [`src=${at('closed/s.tar')}`, `dest=${at('home/app')}`]
  for (const [task, words] of [['copy', copies] as const, ['unarchive', unpacks] as const]) {
    refused(await run(task, ...words, '--check'))
    refused(await run(task, ...words))
    // everything in it is up to date
    const followed = await run(task, ...words, 'follow=true')
    assert.match(followed.stdout, /1 ok/, followed.stdout + followed.stderr)
  }
})

test('an empty archive, and a folder at the path of a file, are named', async () => {
  for (const [name, letters] of [
    ['empty.tar', '-cf'],
    ['empty.tgz', '-czf'],
  ] as const) {
    execFileSync('tar', [letters, at(name), '-T', '/dev/null'])
    for (const where of ['onHost=true', 'onHost=false']) {
      const result = await run('unarchive', `src=${at(name)}`, where, `dest=${at('none')}`)
      assert.is(result.status, 2, result.stdout + result.stderr)
      assert.match(result.stdout + result.stderr, 'the archive is empty')
    }
  }
  mkdirSync(at('busy/data/k'), { recursive: true })
  const result = await run('unarchive', `src=${at('home/own/s.tgz')}`, `dest=${at('busy')}`)
  assert.match(result.stdout + result.stderr, `${at('busy/data/k')} is a directory`)
  assert.match(result.stdout + result.stderr, 'move it away')
})

test('unarchive reads a compressed archive in a folder of another user', async () => {
  const result = await run('unarchive', `src=${at('home/mine/s.tgz')}`, 'onHost=true', `dest=${at('plain')}`)
  assert.is(result.status, 0, result.stdout + result.stderr)
  assert.ok(existsSync(at('plain/data/k')))
})
