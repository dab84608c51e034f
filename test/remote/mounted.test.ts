/** Files that cannot be replaced because they are mount points, such as `/etc/hosts` in a container. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { createRemote } from '../../engine/remote/remote.ts'
import { Secret } from '../../engine/secret.ts'
import { folderOf } from '../support/folder.ts'
import { rejects } from '../support/rejects.ts'
import { shellConnection } from '../support/shell-connection.ts'
import { suite } from '../support/spec.ts'

const test = suite('files that are mount points', { needs: ['mounts'] })

// before the folder is removed
test.after(() => {
  execFileSync('umount', [hosts])
})
const { at } = folderOf(test)
const remote = createRemote(shellConnection())
const hosts = at('etc/hosts')

test.before(() => {
  mkdirSync(at('etc'))
  writeFileSync(at('outside'), 'old and long\n')
  writeFileSync(hosts, '')
  execFileSync('mount', ['--bind', at('outside'), hosts], { stdio: 'pipe' })
})

test('a mount point is written in place, and no temporary file remains', async () => {
  chmodSync(hosts, 0o640)
  await remote.write(hosts, 'new\n')
  assert.is(readFileSync(at('outside'), 'utf8'), 'new\n')
  assert.is(readFileSync(hosts, 'utf8'), 'new\n')
  assert.is(statSync(hosts).mode & 0o7777, 0o640)
  assert.equal(readdirSync(at('etc')), ['hosts'])
})

test('a file is private before a secret is written into it in place; owner and mode are as given', async () => {
  chmodSync(hosts, 0o644)
  await remote.write(hosts, new Secret('hush'), { mode: '0600', owner: '3', group: '4' })
  const { uid, gid, mode } = statSync(hosts)
  assert.equal([uid, gid, mode & 0o7777], [3, 4, 0o600])
  assert.is(readFileSync(hosts, 'utf8'), 'hush')
})

test('input that ends early leaves a mount point unchanged', async () => {
  writeFileSync(hosts, 'whole')
  const cut = createRemote({
    ...shellConnection(),
    execute: (request) => shellConnection().execute({ ...request, stdin: 'ha' }),
  })
  await rejects(() => cut.write(hosts, 'half and half'), 'write-failed', 'cannot write')
  assert.is(readFileSync(hosts, 'utf8'), 'whole')
  assert.equal(readdirSync(at('etc')), ['hosts'])
})
