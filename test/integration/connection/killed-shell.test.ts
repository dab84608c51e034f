/** A host under memory pressure: its kernel kills any one of our processes. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { localConnection, sshConnection } from '../../../engine/connection/connect.ts'
import type { Connection } from '../../../engine/connection/types.ts'
import { createRemote } from '../../../engine/remote/remote.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { addUser, startSshd } from '../../support/sshd.ts'
import type { Sshd } from '../../support/sshd.ts'
import { until } from '../../support/until.ts'

const test = suite('a killed shell', { needs: ['root', 'sshd', 'ssh', 'sudo', 'ps'] })

let sshd: Sshd
let account: ReturnType<typeof addUser>
let folder = ''
const open: Connection[] = []
test.before(async () => {
  sshd = await startSshd()
  account = addUser('cxw-killed', { sudo: 'without password' })
})
test.after(async () => {
  await sshd.stop()
  account.remove()
})
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coxswain-killed-'))
})
test.afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()))
  rmSync(folder, { recursive: true })
})

const ways = {
  'over ssh': () => ({ made: sshConnection(sshd.settings()), identity: undefined }),
  'through sudo': () => ({
    made: sshConnection(sshd.settings({ user: account.name })),
    identity: { method: 'sudo', user: 'root' } as const,
  }),
  'on this machine': () => ({ made: localConnection(), identity: undefined }),
}

for (const [way, make] of Object.entries(ways)) {
  const connect = () => {
    const { made, identity } = make()
    open.push(made)
    return { connection: made, identity, remote: createRemote(made, { identity }) }
  }
  const lines = (name: string): number => {
    const path = join(folder, name)
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0
  }

  test(`${way}: a change in progress is not repeated, and not waited for; the next command works`, async () => {
    const { connection, remote, identity } = connect()
    const script = `echo x >>${folder}/begun; kill -KILL $$; sleep 600; echo x >>${folder}/done`
    await rejects(
      () => connection.execute({ script, purpose: 'run', identity }),
      'connection-lost',
      'was killed while it ran a command',
    )
    assert.is(lines('begun'), 1)
    assert.is(await remote.run`echo in`.text(), 'in')
    // what it had started is stopped, too
    await until(
      async () => (await remote.query`pgrep -f '[s]leep 600; echo x >>${folder}' || true`.text()) === '',
    )
    assert.is(lines('done'), 0)
  })

  test(`${way}: a query is repeated`, async () => {
    const { connection, identity } = connect()
    const script = `if [ -e ${folder}/once ]; then echo in; else touch ${folder}/once; kill -KILL $$; sleep 600; fi`
    const { stdout } = await connection.execute({ script, purpose: 'query', identity })
    assert.is(stdout.toString(), 'in\n')
  })

  test(`${way}: a transfer in progress ends`, async () => {
    const { connection, identity } = connect()
    const script = `cat >/dev/null; echo x >>${folder}/begun; read -r a b c parent rest </proc/self/stat; kill -KILL $parent; sleep 600`
    const stdin = Buffer.alloc(3_000_000, 'x')
    await rejects(
      () => connection.execute({ script, purpose: 'run', identity, stdin }),
      'connection-lost',
      'during a transfer',
    )
    assert.is(lines('begun'), 1)
  })

  test(`${way}: a killed command ends with 128 + 9, and nothing else does`, async () => {
    const { connection, remote, identity } = connect()
    const { code } = await connection.execute({ script: `sh -c 'kill -KILL $$'`, purpose: 'run', identity })
    assert.is(code, 137)
    assert.is(await remote.run`echo in`.text(), 'in')
  })
}
