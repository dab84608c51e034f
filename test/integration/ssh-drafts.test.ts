/** Drafts that killed runs left in a user's `~/.ssh`: the next task that writes there removes them. */
import { spawn, spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { standaloneRun } from '../../engine/run/task/standalone-run.ts'
import { authorizedKey } from '../../tasks/system/authorized-key.ts'
import { shellConnection } from '../support/shell-connection.ts'
import { suite } from '../support/spec.ts'
import { addUser } from '../support/sshd.ts'
import type { TestUser } from '../support/sshd.ts'

const test = suite('drafts in ~/.ssh', { needs: ['root', 'ps'] })

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBcnwK0bVeZmLTTpyAAw3K1Zr9kbY/vvS1pgpkdqfdqY deploy@example'

let user: TestUser
test.before(() => {
  user = addUser('cxw-drafts')
})
test.after(() => user.remove())

test('drafts of ended shells are removed; drafts in use, or from another host, stay', async () => {
  const folder = join(user.home, '.ssh')
  const { uid, gid } = statSync(user.home)
  mkdirSync(folder, { mode: 0o700 })
  const make = (name: string): string => {
    writeFileSync(join(folder, name), 'x')
    chownSync(join(folder, name), uid, gid)
    return name
  }
  chownSync(folder, uid, gid)
  make(`.coxswain.${hostname()}.${spawnSync('true').pid}.abcdef`)
  const shell = spawn('cat', { uid, gid, stdio: ['pipe', 'ignore', 'ignore'] })
  const inUse = make(`.coxswain.${hostname()}.${shell.pid}.abcdef`)
  const elsewhere = make('.coxswain.elsewhere.4242.abcdef')
  const run = standaloneRun(new Map([['host', shellConnection()]]))
  const { outcome, error } = await run(authorizedKey({ user: user.name, key }), false)
  shell.stdin.end()
  assert.is(outcome, 'changed', String(error))
  assert.equal(readdirSync(folder), [inUse, elsewhere, 'authorized_keys'].toSorted())
})
