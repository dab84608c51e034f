/** Commands that continue after the connection is lost: real shells, and a host that does not notice. */
import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { ShellConnection } from '../../engine/connection/shell/shell-connection.ts'
import type { Channel, ChannelEnd, Transport } from '../../engine/connection/transport.ts'
import { folderOf } from '../support/folder.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'
import { until } from '../support/until.ts'

const test = suite('commands after a lost connection')
const folder = folderOf(test)

/** Shells of this machine, whose connections can be lost on our side only. */
class LossyTransport implements Transport {
  readonly description = 'lossy'
  readonly user = 'whoever'
  readonly #shell: string
  readonly #open = new Map<ChildProcessWithoutNullStreams, (end: ChannelEnd) => void>()

  constructor(shell: string) {
    this.#shell = shell
  }

  async open(command: string): Promise<Channel> {
    const child = spawn(this.#shell, ['-c', command], { detached: true, stdio: 'pipe' })
    child.stdin.on('error', () => {})
    return {
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      ended: new Promise((resolve) => {
        this.#open.set(child, resolve)
        child.once('close', (code) => resolve({ code: code ?? 143 }))
      }),
      destroy: () => child.stdin.end(),
    }
  }

  /** Loses all connections; the commands continue without an error. */
  lose(): void {
    for (const end of this.#open.values()) end({ code: undefined })
    this.#open.clear()
  }

  async close(): Promise<void> {}
}

const lines = (path: string): string[] => readFileSync(path, 'utf8').trim().split('\n')

for (const shell of ['sh', 'bash']) {
  test(`a lost change has ended before the next command runs (${shell})`, async () => {
    const transport = new LossyTransport(shell)
    const connection = new ShellConnection(transport)
    const file = folder.at(`${shell}-steps`)
    // if it were not ended, most of it would be done before the second check is over
    const steps = `n=0; while [ $n -lt 200 ]; do echo $n >>${file}; n=$((n+1)); sleep 0.05; done`
    const lost = connection.execute({ script: steps, purpose: 'run' })
    await until(() => existsSync(file) && lines(file).length > 2)
    transport.lose()
    await rejects(() => lost, 'connection-lost', 'the connection to lossy was lost')
    const count = `wc -l <${file}`
    const look = async (): Promise<string> =>
      (await connection.execute({ script: count, purpose: 'query' })).stdout.toString()
    const before = await look()
    await connection.execute({ script: 'sleep 0.3', purpose: 'query' })
    assert.is(await look(), before)
    assert.ok(Number(before) < 200, before)
    await connection.close()
  })
}

test('one that ignores signals is killed', async () => {
  const transport = new LossyTransport('sh')
  const connection = new ShellConnection(transport)
  const file = folder.at('deaf')
  const deaf = `sh -c 'trap "" TERM; echo $$ >${file}; while :; do sleep 0.1; done'`
  const lost = connection.execute({ script: deaf, purpose: 'run' })
  await until(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'))
  transport.lose()
  await rejects(() => lost, 'connection-lost', 'lost')
  const { code } = await connection.execute({
    // the kernel ends it a moment after the signal; a killed process that no one waits for is still listed, as a zombie
    script: `while grep -qs '^State:[[:space:]]*[A-Y]' /proc/${lines(file)[0]}/status; do sleep 0.1; done`,
    purpose: 'query',
  })
  assert.is(code, 0)
  await connection.close()
})

test('a daemon with its own session continues', async () => {
  const transport = new LossyTransport('sh')
  const connection = new ShellConnection(transport)
  const file = folder.at('daemon')
  const lost = connection.execute({
    script: `setsid sh -c 'echo $$ >${file}; exec sleep 600' >/dev/null 2>&1 </dev/null & sleep 600`,
    purpose: 'run',
  })
  await until(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'))
  transport.lose()
  await rejects(() => lost, 'connection-lost', 'lost')
  await connection.execute({ script: 'true', purpose: 'query' })
  process.kill(Number(lines(file)[0]), 'SIGKILL')
  await connection.close()
})
