/** What other users of a host can see of a run: no frame marker, and no secret, in any command line or environment. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { LocalTransport } from '../../../engine/connection/local.ts'
import { opensshProgram } from '../../../engine/connection/process/openssh.ts'
import { ProcessTransport } from '../../../engine/connection/process/process-transport.ts'
import { ShellConnection } from '../../../engine/connection/shell/shell-connection.ts'
import { SshTransport } from '../../../engine/connection/ssh/transport.ts'
import type { Transport } from '../../../engine/connection/transport.ts'
import type { Connection, Identity } from '../../../engine/connection/types.ts'
import { createRemote } from '../../../engine/remote/remote.ts'
import { Secret } from '../../../engine/secret.ts'
import { suite } from '../../support/spec.ts'
import { doasRules } from '../../support/doas.ts'
import { watchProcesses } from '../../support/process-watcher.ts'
import { addUser, startSshd } from '../../support/sshd.ts'
import type { Sshd, TestUser } from '../../support/sshd.ts'

const test = suite('what other users see of a run', { needs: ['root', 'sshd', 'ssh', 'sudo', 'doas', 'ps'] })

const folder = mkdtempSync(join(tmpdir(), 'coxswain-watched-'))
chmodSync(folder, 0o755)
let sshd: Sshd
let user: TestUser
let other: TestUser

test.before(async () => {
  sshd = await startSshd()
  user = addUser('cxw-watched', { sudo: 'with password' })
  other = addUser('cxw-watched2')
  doasRules(user.name, [`permit ${user.name} as ${other.name}`])
})
test.after(async () => {
  await sshd.stop()
  doasRules(user.name, [])
  user.remove()
  other.remove()
  rmSync(folder, { recursive: true })
})

/** Passes everything on, and records command lines and the hexadecimal words of standard input. */
const overheard = (inner: Transport) => {
  const commands: string[] = []
  const words = new Set<string>()
  const hear = (text: string): void => {
    for (const [word] of text.matchAll(/[0-9a-f]{16,}/g)) words.add(word)
  }
  const transport: Transport = {
    description: inner.description,
    get user() {
      return inner.user
    },
    open: async (command) => {
      commands.push(command)
      const channel = await inner.open(command)
      const write = channel.stdin.write.bind(channel.stdin)
      channel.stdin.write = (chunk: Buffer | string) => {
        const text = chunk.toString('latin1')
        hear(text)
        // the first piece of a stream is the base64 of its script
        hear(Buffer.from(text.split('\n')[1] ?? '', 'base64').toString('latin1'))
        return write(chunk)
      }
      return channel
    },
    close: () => inner.close(),
  }
  return { transport, commands, words }
}

const secret = 'Tr0ub4dor-and-3-kittens'

/** Everything that a connection can do, some of it long enough to be observed. */
const everything = async (connection: Connection, identity: Identity | undefined): Promise<void> => {
  const remote = createRemote(connection, { identity })
  const path = `/tmp/cxw-watched-${process.pid}`
  await remote.write(path, new Secret(secret), { mode: '0600' })
  await remote.run({ stdin: new Secret(secret) })`cat >/dev/null; sleep 0.3`
  await remote.run({ stdin: Buffer.from(`${secret}\0binary`) })`cat >/dev/null; sleep 0.3`
  await remote.run({ timeout: 60 })`sleep 0.3`
  const big = Buffer.alloc(3_000_000, `${secret}\n`)
  await remote.run({ stdin: big, timeout: 60 })`sleep 2.2; cat >/dev/null`
  const listings = await Promise.all(
    Array.from({ length: 5 }, () => remote.query`ps auxeww 2>/dev/null || ps`.text()),
  )
  assert.ok(listings.every((text) => !text.includes(secret)))
  await remote.remove(path)
}

const ways: Record<string, () => { transport: Transport; identity?: Identity }> = {
  'ssh as root': () => ({ transport: new SshTransport(sshd.settings()) }),
  'ssh with sudo': () => ({
    transport: new SshTransport(sshd.settings({ user: user.name })),
    identity: { method: 'sudo', user: 'root', password: new Secret(user.password) },
  }),
  'ssh with su': () => ({
    transport: new SshTransport(sshd.settings({ user: user.name })),
    identity: { method: 'su', user: other.name, password: new Secret(other.password) },
  }),
  'ssh with doas': () => ({
    transport: new SshTransport(sshd.settings({ user: user.name })),
    identity: { method: 'doas', user: other.name, password: new Secret(user.password) },
  }),
  "the system's ssh": () => ({ transport: new ProcessTransport(opensshProgram(sshd.opensshSettings())) }),
  'this machine': () => ({ transport: new LocalTransport() }),
}

for (const [way, make] of Object.entries(ways)) {
  test(`${way}: neither a nonce nor a secret`, async () => {
    const { transport, identity } = make()
    const { transport: heard, commands, words } = overheard(transport)
    const lock = {
      token: 'ab12',
      owner: 'ann@laptop',
      purpose: 'site',
      pid: 1,
      folder: undefined,
      wait: 60,
      waiting: () => {},
      absent: () => {},
    }
    const control = 'feedfacecafebeef01'
    const watcher = await watchProcesses([secret, user.password, other.password, control])
    const connection = new ShellConnection(heard, { lock })
    try {
      await everything(connection, identity)
      const seen = join(folder, 'seen')
      const shown = connection.execute({
        script: `sh -c 'while [ ! -e ${seen} ]; do sleep 0.1; done' ${control}`,
        purpose: 'query',
        identity,
      })
      await watcher.sees(control)
      writeFileSync(seen, '')
      await shown
      rmSync(seen)
    } finally {
      await connection.close()
    }
    const seen = await watcher.stop()
    assert.ok(seen.has(control), 'the watcher sees what is there')
    for (const text of [secret, user.password, other.password]) assert.not.ok(seen.has(text))
    words.delete(control)
    // each command has its own nonce, in two halves
    assert.ok(words.size > 20, `${words.size} words`)
    const shown = [...words].filter((word) => seen.has(word) || commands.some((text) => text.includes(word)))
    assert.equal(shown, [])
    // the marker of a shell that was left running is not a secret (left-behind.ts)
    const others = commands.map((text) => text.replaceAll(/: coxswain:[0-9a-f]+;/g, ''))
    assert.ok(others.every((text) => !/[0-9a-f]{16}/.test(text)))
  })
}
