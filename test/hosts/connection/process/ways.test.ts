/** The contract of a connection, for each kind of connection: ssh2, the system's ssh, a container. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import {
  containerConnection,
  opensshConnection,
  sshConnection,
} from '../../../../engine/connection/connect.ts'
import type { Connection, Request } from '../../../../engine/connection/types.ts'
import { createRemote } from '../../../../engine/remote/remote.ts'
import { busyboxImage } from '../../../../lab/artifacts.ts'
import { labFolder, prepareMachine } from '../../../../lab/machine.ts'
import { rejects } from '../../../support/rejects.ts'
import { suite } from '../../../support/spec.ts'
import { startSshd } from '../../../support/sshd.ts'
import type { Sshd } from '../../../support/sshd.ts'

const test = suite('kinds of connections', { needs: ['root', 'sshd', 'ssh'] })

const container = `coxswain-ways-${process.pid}`
const podman = (...words: string[]): string => execFileSync('podman', words, { encoding: 'utf8' })
let sshd: Sshd
const open: Connection[] = []

test.before(async () => {
  process.env['CONTAINERS_CONF'] = join(labFolder, 'containers.conf')
  sshd = await startSshd()
  await prepareMachine()
  podman('run', '-d', '--name', container, '--network', 'none', await busyboxImage(), 'sleep', '2147483647')
})
test.after(async () => {
  await sshd.stop()
  podman('rm', '-f', '-t', '0', container)
})
test.afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()))
})

const ways: Readonly<Record<string, () => Connection>> = {
  ssh2: () => sshConnection(sshd.settings()),
  openssh: () => opensshConnection(sshd.opensshSettings()),
  podman: () => containerConnection({ engine: 'podman', container, user: 'root', connectTimeout: 10 }),
}

const text = async (from: Connection, script: string, more: Partial<Request> = {}): Promise<string> =>
  (await from.execute({ script, purpose: 'query', ...more })).stdout.toString()

for (const [name, way] of Object.entries(ways)) {
  const connect = (): Connection => {
    const made = way()
    open.push(made)
    return made
  }
  /** Processes of a marked command that still run there. */
  const left = (from: Connection, seconds: string): Promise<string> =>
    text(from, `ps -ef 2>/dev/null | grep '[s]leep ${seconds}' || true`)

  test(`${name}: output, error output and status are returned separately`, async () => {
    const result = await connect().execute({ script: 'echo out; echo err >&2; exit 7', purpose: 'query' })
    assert.equal([result.code, result.stdout.toString(), result.stderr.toString()], [7, 'out\n', 'err\n'])
  })

  test(`${name}: many requests share a shell, and each gets its own answer`, async () => {
    const one = connect()
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => text(one, `echo ${n}; echo $$`)))
    assert.equal(
      answers.map((answer) => answer.split('\n')[0]),
      Array.from({ length: 40 }, (_, n) => String(n)),
    )
    assert.is(new Set(answers.map((answer) => answer.split('\n')[1])).size, 1)
  })

  test(`${name}: errors of a shell script end only its own command`, async () => {
    const one = connect()
    assert.is((await one.execute({ script: 'exit 4', purpose: 'query' })).code, 4)
    assert.is.not((await one.execute({ script: 'echo "unterminated', purpose: 'query' })).code, 0)
    assert.is(await text(one, 'echo fine'), 'fine\n')
  })

  test(`${name}: bytes of any size arrive complete, in both directions and as files`, async () => {
    const one = connect()
    const remote = createRemote(one)
    const path = `/tmp/coxswain-ways-${name}-${process.pid}`
    for (const size of [0, 1000, 3_000_000]) {
      const bytes = Buffer.from(Array.from({ length: size }, (_, n) => (n * 7919) % 256))
      const { stdout } = await one.execute({ script: 'cat', purpose: 'run', stdin: bytes })
      assert.ok(stdout.equals(bytes), `${size} bytes`)
      await remote.write(path, bytes, { mode: '0600' })
      assert.ok((await remote.readBytes(path))?.equals(bytes), `a file of ${size} bytes`)
    }
    await remote.remove(path)
  })

  test(`${name}: live output arrives while the command runs`, async () => {
    const one = connect()
    const go = `/tmp/coxswain-ways-go-${name}-${process.pid}`
    let first = (): void => {}
    const began = new Promise<void>((resolve) => (first = resolve))
    const done = text(one, `echo 1; while [ ! -e ${go} ]; do sleep 0.02; done; rm ${go}; echo 2`, {
      purpose: 'run',
      onOutput: () => first(),
    })
    await began
    await text(one, `touch ${go}`)
    assert.is(await done, '1\n2\n')
  })

  test(`${name}: a command is stopped at its timeout, with its children`, async () => {
    const one = connect()
    const seconds = `7133${process.pid}`
    const script = `sh -c 'sleep ${seconds} & sleep ${seconds}; true'`
    await rejects(
      () => text(one, script, { purpose: 'run', timeout: 1 }),
      'command-timeout',
      'stopped after 1 s',
    )
    assert.is(await left(one, seconds), '')
    assert.is(await text(one, 'echo on'), 'on\n')
  })

  test(`${name}: an aborted command is stopped, with its children`, async () => {
    const one = connect()
    const seconds = `7134${process.pid}`
    const controller = new AbortController()
    await rejects(
      () =>
        text(one, `echo go; sh -c 'sleep ${seconds} & sleep ${seconds}; true'`, {
          purpose: 'run',
          signal: controller.signal,
          onOutput: () => controller.abort(),
        }),
      'interrupted',
      'interrupted',
    )
    assert.is(await left(connect(), seconds), '')
  })

  test(`${name}: closing stops running commands, and once closed it is closed`, async () => {
    const one = connect()
    const seconds = `7135${process.pid}`
    let first = (): void => {}
    const began = new Promise<void>((resolve) => (first = resolve))
    const ended = rejects(
      () => text(one, `echo go; exec sleep ${seconds}`, { purpose: 'run', onOutput: () => first() }),
      'connection-lost',
      'was lost',
    )
    await began
    await one.close()
    await ended
    assert.is(await left(connect(), seconds), '')
    await rejects(() => text(one, 'true'), 'internal', 'is closed')
  })
}
