import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { localConnection } from '../../../engine/connection/connect.ts'
import { createRemote } from '../../../engine/remote/remote.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'

const test = suite('local connection')

const connection = localConnection()
const remote = createRemote(connection)
test.after(() => connection.close())

test('output, error output, status and input', async () => {
  const result = await remote.run({ stdin: 'in' })`cat; echo err >&2; exit 3`.result()
  assert.equal([result.code, result.stdout, result.stderr], [3, 'in', 'err\n'])
})

test('many queries, each with its answer', async () => {
  const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => remote.query`echo ${n}`.text()))
  assert.equal(
    answers,
    Array.from({ length: 30 }, (_, n) => String(n)),
  )
})

test('a command is stopped at its timeout, with its children', { needs: ['ps'] }, async () => {
  await rejects(
    () => remote.run({ timeout: 1 })`sh -c 'sleep 7031 & sleep 7031; true'`.text(),
    'command-timeout',
    'stopped after 1 s',
  )
  assert.is(execFileSync('sh', ['-c', "pgrep -f '[s]leep 7031' || true"]).toString(), '')
  assert.is(await remote.query`echo on`.text(), 'on')
})

test('commands run in the current folder of the process, and a removed folder is named', async () => {
  const before = process.cwd()
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'coxswain-local-')))
  const started = () => createRemote(localConnection()).query`pwd`.text()
  try {
    process.chdir(folder)
    assert.is(await started(), folder)
    rmSync(folder, { recursive: true })
    await rejects(started, 'shell-failed', `the folder ${folder} was removed`)
  } finally {
    process.chdir(before)
  }
  assert.is(await started(), before)
})

test('after close, it is closed', async () => {
  const other = localConnection()
  await other.execute({ script: 'true', purpose: 'query' })
  await other.close()
  await rejects(() => other.execute({ script: 'true', purpose: 'query' }), 'internal', 'is closed')
})

test(
  'a daemon that a command leaves running does not delay the end, and keeps running',
  { needs: ['ps'] },
  async () => {
    const time = `7032${process.pid}`
    const engine = resolve(import.meta.dirname, '../../../engine/connection/connect.ts')
    const program = `
    import { localConnection } from ${JSON.stringify(engine)}
    const connection = localConnection()
    await connection.execute({ script: 'sleep ${time} & echo started', purpose: 'run' })
    await connection.close()`
    const words = ['--conditions=source', '--import', 'tsx', '--input-type=module', '-e', program]
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'inherit', 'inherit'] })
    const [status] = await once(child, 'exit')
    assert.is(status, 0)
    execFileSync('pkill', ['-f', `sleep ${time}`])
  },
)
