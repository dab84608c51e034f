/** How a file is written: who may look at it meanwhile, and what it is when it is done. */
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { createRemote } from '../../engine/remote/remote.ts'
import { Secret } from '../../engine/secret.ts'
import { shellConnection } from '../support/shell-connection.ts'
import { suite } from '../support/spec.ts'

const test = suite('writing files')

const root = mkdtempSync(join(tmpdir(), 'coxswain-writing-'))
const at = (name: string): string => join(root, name)
const mode = (path: string): string => (statSync(path).mode & 0o7777).toString(8).padStart(4, '0')
const remote = createRemote(shellConnection())

test.after(() => rmSync(root, { recursive: true, force: true }))

/** A remote whose shell tells every change of owner and mode before it makes it. */
const observed = () => {
  const log = at('log')
  writeFileSync(log, '')
  const spy = (name: string): string => `${name}() { echo "${name} $1" >>'${log}'; command ${name} "$@"; }`
  return {
    remote: createRemote({
      ...shellConnection(),
      execute: (request) =>
        shellConnection().execute({
          ...request,
          script: [spy('chown'), spy('chmod'), request.script].join('\n'),
        }),
    }),
    steps: () => readFileSync(log, 'utf8').trim().split('\n'),
  }
}

test('a secret file is nobody else’s from its first byte on: one chown, and after it one chmod', async () => {
  const { remote: watched, steps } = observed()
  await watched.write(at('key'), new Secret('k'), { mode: '0600', owner: '0', group: '0' })
  assert.equal(steps(), ['chown 0:0', 'chmod 0600'])
  assert.is(mode(at('key')), '0600')
})

test('a readable file that becomes a secret is not readable in between', async () => {
  writeFileSync(at('open'), 'old')
  chmodSync(at('open'), 0o644)
  const { remote: watched, steps } = observed()
  await watched.write(at('open'), new Secret('k'), { mode: '0600' })
  assert.equal(steps(), ['chown 0:0', 'chmod 0600'])
  assert.is(mode(at('open')), '0600')
})

test('set-user-id stays when only the owner is told, for a write and for attributes', async () => {
  writeFileSync(at('tool'), 'old')
  chmodSync(at('tool'), 0o4755)
  await remote.write(at('tool'), 'new', { owner: '65534' })
  assert.is(mode(at('tool')), '4755')
  assert.equal([statSync(at('tool')).uid, statSync(at('tool')).gid], [65_534, 0])
  await remote.setAttributes(at('tool'), { owner: '0' })
  assert.equal([mode(at('tool')), statSync(at('tool')).uid], ['4755', 0])
})

test('what is not told is as it was: the group beside an owner, the owner beside a group', async () => {
  writeFileSync(at('shared'), 'old')
  chownSync(at('shared'), 1, 2)
  await remote.write(at('shared'), 'new', { owner: '3' })
  assert.equal([statSync(at('shared')).uid, statSync(at('shared')).gid], [3, 2])
  await remote.write(at('shared'), 'newer', { group: '4' })
  assert.equal([statSync(at('shared')).uid, statSync(at('shared')).gid], [3, 4])
  await remote.write(at('fresh'), 'new', { group: '4' })
  assert.equal([statSync(at('fresh')).uid, statSync(at('fresh')).gid, mode(at('fresh'))], [0, 4, '0644'])
})
