/** Becoming another user with su and doas, and with a sudo that wants a terminal; plain sudo is in ssh.test.ts. */
import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { sshConnection } from '../../../engine/connection/connect.ts'
import type { Connection, Identity } from '../../../engine/connection/types.ts'
import { Secret } from '../../../engine/secret.ts'
import { createRemote } from '../../../engine/remote/remote.ts'
import { doasRules } from '../../support/doas.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { addUser, startSshd } from '../../support/sshd.ts'
import type { Sshd, TestUser } from '../../support/sshd.ts'

const test = suite('becoming another user', {
  needs: ['root', 'sshd', 'ssh', 'sudo', 'doas', 'ps', 'csh', 'fish'],
})

let sshd: Sshd
let [ann, bob]: TestUser[] = []
const open: Connection[] = []

const need = <Value>(value: Value | undefined): Value => {
  if (value === undefined) throw new Error('the suite has not begun')
  return value
}

test.before(async () => {
  sshd = await startSshd()
  ann = addUser('cxw-ann', { shell: '/bin/csh' })
  bob = addUser('cxw-bob', { shell: '/usr/bin/fish' })
})
test.after(async () => {
  await sshd.stop()
  for (const user of [need(ann), need(bob)]) {
    doasRules(user.name, [])
    user.remove()
  }
})
test.afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()))
})

const login = (user: string): Connection => {
  const made = sshConnection(sshd.settings({ user }))
  open.push(made)
  return made
}
const says = async (from: Connection, script: string, identity?: Identity): Promise<string> => {
  const { code, stdout, stderr } = await from.execute({ script, purpose: 'query', identity })
  return `${stdout.toString()}${code === 0 ? '' : `[${code}] ${stderr.toString()}`}`
}
const as = (method: Identity['method'], user: string, password?: string): Identity => ({
  method,
  user,
  password: password === undefined ? undefined : new Secret(password),
})

/** Everything that a task can do as another user: separate commands, streams, big input, files of that user. */
const works = async (connection: Connection, identity: Identity): Promise<void> => {
  const answer = await connection.execute({
    script: 'id -un; echo err >&2; exit 3',
    purpose: 'run',
    identity,
  })
  assert.equal(
    [answer.code, answer.stdout.toString(), answer.stderr.toString()],
    [3, `${identity.user}\n`, 'err\n'],
  )
  assert.is(
    await says(connection, 'cd && pwd', identity),
    identity.user === 'root' ? '/root\n' : `/home/${identity.user}\n`,
  )
  const remote = createRemote(connection, { identity })
  const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, n) => n % 256))
  const path = `/tmp/cxw-become-${process.pid}`
  await remote.write(path, bytes, { mode: '0600' })
  assert.equal(await remote.stat(path).then((found) => [found?.owner, found?.mode, found?.size]), [
    identity.user,
    '0600',
    bytes.length,
  ])
  assert.ok((await remote.readBytes(path))?.equals(bytes))
  await remote.remove(path)
}

/** No process of a user has any part of a secret in its command line or environment. */
const nothingShows = (user: string, secret: string): void => {
  const found = execFileSync('sh', [
    '-c',
    `for p in $(pgrep -u ${user}; pgrep -u root -f "/bin/sh"); do cat /proc/$p/cmdline /proc/$p/environ 2>/dev/null; done; true`,
  ])
  assert.not.ok(found.includes(secret))
}

test('su: with the password of the other user, from csh', async () => {
  const { name, password } = need(bob)
  const one = login(need(ann).name)
  await works(one, as('su', name, password))
  nothingShows(need(ann).name, password)
  await rejects(
    () => says(login(need(ann).name), 'true', as('su', name, 'not-it')),
    'become-password-wrong',
    `su rejected the password to become ${name}`,
  )
  await rejects(
    () => says(login(need(ann).name), 'true', as('su', name)),
    'become-password-missing',
    `su requires a password to become ${name}`,
  )
})

test('su: root does not need a password', () => works(login('root'), as('su', need(bob).name)))

test('doas: in its own terminal, with a password, from fish', async () => {
  const { name, password } = need(bob)
  doasRules(name, [`permit ${name} as root`, `permit ${name} as ${need(ann).name}`])
  await works(login(name), as('doas', 'root', password))
  await works(login(name), as('doas', need(ann).name, password))
  nothingShows(name, password)
  await rejects(
    () => says(login(name), 'true', as('doas', 'root', 'not-it')),
    'become-password-wrong',
    'doas rejected the password to become root',
  )
  await rejects(
    () => says(login(name), 'true', as('doas', 'root')),
    'become-password-missing',
    'doas requires a password to become root',
  )
})

test('doas: without a password, and for a user who is not allowed', async () => {
  const { name } = need(ann)
  doasRules(need(bob).name, [])
  doasRules(name, [`permit nopass ${name} as root`])
  await works(login(name), as('doas', 'root', 'never asked for'))
  const error = await rejects(
    () => says(login(need(bob).name), 'true', as('doas', 'root')),
    'become-failed',
    'cannot become root with doas',
  )
  assert.match(error.output ?? '', 'not permitted')
})

for (const kind of ['with password', 'without password'] as const) {
  test(`sudo with requiretty gets a terminal, ${kind}`, async () => {
    const user = addUser('cxw-tty', { sudo: kind })
    const rules = `/etc/sudoers.d/${user.name}-tty`
    try {
      writeFileSync(rules, `Defaults:${user.name} requiretty\n`, { mode: 0o440 })
      await works(login(user.name), as('sudo', 'root', user.password))
      if (kind === 'with password') {
        await rejects(
          () => says(login(user.name), 'true', as('sudo', 'root', 'not-it')),
          'become-password-wrong',
          'sudo rejected the password to become root',
        )
      }
    } finally {
      rmSync(rules)
      user.remove()
    }
  })
}

test('a command as another user is stopped, with its children', async () => {
  const { name, password } = need(bob)
  doasRules(name, [`permit ${name} as root`])
  for (const identity of [as('doas', 'root', password), as('su', need(ann).name, need(ann).password)]) {
    const controller = new AbortController()
    const marker = `7331${process.pid}`
    await rejects(
      () =>
        login(name).execute({
          script: `echo go; sh -c "sleep ${marker} & sleep ${marker}; true"`,
          purpose: 'run',
          identity,
          signal: controller.signal,
          onOutput: () => controller.abort(),
        }),
      'interrupted',
      'interrupted',
    )
    assert.is(
      execFileSync('sh', ['-c', `pgrep -fa '[s]leep ${marker}' || true`]).toString(),
      '',
      identity.method,
    )
  }
})
