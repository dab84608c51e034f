/** A login user whose files are hostile: a PATH with fake programs, a login that never stops printing. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { sshConnection } from '../../../engine/connection/connect.ts'
import type { ShellOptions } from '../../../engine/connection/shell/shell-connection.ts'
import type { Connection, Identity } from '../../../engine/connection/types.ts'
import { createRemote } from '../../../engine/remote/remote.ts'
import { Secret } from '../../../engine/secret.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { addUser, startSshd } from '../../support/sshd.ts'
import type { Sshd, TestUser } from '../../support/sshd.ts'

const test = suite('a hostile login', { needs: ['root', 'sshd', 'ssh', 'sudo', 'ps'] })

let sshd: Sshd
let user: TestUser
let other: TestUser
const open: Connection[] = []

test.before(async () => {
  sshd = await startSshd()
  user = addUser('cxw-hostile', { sudo: 'with password' })
  other = addUser('cxw-hostile2')
})
test.after(async () => {
  await sshd.stop()
  user.remove()
  other.remove()
})
test.afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()))
})

const login = (options?: ShellOptions): Connection => {
  const made = sshConnection(sshd.settings({ user: user.name }), options)
  open.push(made)
  return made
}
const bashrc = (text: string): void => writeFileSync(join(user.home, '.bashrc'), text)
const as = (method: Identity['method'], account: string, password: string): Identity => ({
  method,
  user: account,
  password: new Secret(password),
})

test('fake programs in the PATH of the login user are not run by us, nor as another user', async () => {
  const [bin, proof] = [join(user.home, 'bin'), join(user.home, 'proof')]
  mkdirSync(bin)
  const names =
    'sh cat stat sudo su doas env id mv mktemp chmod chown dd base64 sleep ls mkdir flock uname wc ps'
  for (const name of names.split(' ')) {
    const file = join(bin, name)
    writeFileSync(file, `#!/bin/sh\n{ echo ${name}; /usr/bin/id -un; } >>${proof}\nexit 99\n`)
    chmodSync(file, 0o755)
  }
  bashrc(
    `PATH=${bin}:$PATH; cat() { echo function >>${proof}; }; export -f cat; export BASH_ENV=/nonexistent\n`,
  )
  const lock = {
    token: 'cd34',
    owner: 'ann@laptop',
    purpose: 'site',
    pid: 1,
    // another test could hold root's
    wait: 100,
    waiting: () => {},
    absent: (why: string) => assert.unreachable(why),
  }
  const connection = login({ lock })
  const identities = [
    undefined,
    as('sudo', 'root', user.password),
    as('sudo', other.name, user.password),
    as('su', other.name, other.password),
  ]
  for (const [number, identity] of identities.entries()) {
    const remote = createRemote(connection, { identity })
    const path = `/tmp/cxw-hostile-${process.pid}-${number}`
    await remote.write(path, 'content\n', { mode: '0640' })
    assert.is(await remote.read(path), 'content\n')
    assert.is((await remote.stat(path))?.owner, identity?.user ?? user.name)
    assert.is(await remote.run({ stdin: Buffer.alloc(3_000_000, 'x') })`cat | wc -c`.text(), '3000000')
    const words = await remote.query`printf '%s' "$PATH"`.text()
    assert.is(words.includes(bin), identity === undefined, words)
    await remote.remove(path)
  }
  assert.not.ok(existsSync(proof))
})

test('a login that prints without end is given up after the timeout, and does not fill the memory', async () => {
  bashrc('while :; do head -c 1000000 /dev/zero | tr "\\\\0" x; done\n')
  const before = process.memoryUsage().rss
  let most = 0
  const watching = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20)
  await rejects(
    () => login({ shellTimeout: 3 }).execute({ script: 'true', purpose: 'query' }),
    'shell-failed',
    'no shell after 3 s',
  )
  clearInterval(watching)
  assert.ok(most - before < 150_000_000, `${most - before} bytes`)
})

test('a login that prints much before the shell starts only takes time; its text is not in any answer', async () => {
  bashrc(
    'head -c 20000000 /dev/zero | tr "\\\\0" x; echo "coxswain-sudo%%password:coxswain-shell-" >&2; ' +
      'yes assword: | head -n 20000; yes "coxswain-lock-is held 1 2:3:4:5:6" | head -n 1000\n',
  )
  const { stdout, stderr } = await login().execute({ script: 'echo in', purpose: 'query' })
  assert.equal([stdout.toString(), stderr.toString()], ['in\n', ''])
})

test('a login that imitates our greeting only affects its own commands, and no answer is taken from it', async () => {
  bashrc('printf "coxswain-shell-ready;noise 0; "; sleep 1; echo late noise; echo late >&2\n')
  const { stdout, stderr, code } = await login().execute({ script: 'echo in', purpose: 'query' })
  assert.equal([stdout.toString(), stderr.toString(), code], ['in\n', '', 0])
})

test('a login that imitates our greeting and never answers is given up', async () => {
  bashrc('printf "coxswain-shell-ready;"; exec sleep 60\n')
  await rejects(
    () => login({ shellTimeout: 1 }).execute({ script: 'true', purpose: 'query' }),
    'connection-lost',
    'was lost',
  )
})
