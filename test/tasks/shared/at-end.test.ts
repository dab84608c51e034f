/** Scripts of tasks that are ended while they write leave no temporary files. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import * as assert from 'uvu/assert'
import type { Connection } from '../../../engine/connection/types.ts'
import { createRemote } from '../../../engine/remote/remote.ts'
import { editAccountFile } from '../../../tasks/system/user-tools/edit-account-file.ts'
import { shellConnection } from '../../support/shell-connection.ts'
import { suite } from '../../support/spec.ts'
import { until } from '../../support/until.ts'

const test = suite('scripts that are ended')
const shells = ['/bin/dash', '/bin/bash'].filter((path) => existsSync(path))

/** Traps as the programs of tasks have them: dash and busybox run an EXIT trap only if the shell exits by itself. */
const atEnd = (command: string): string =>
  `trap 'trap "" HUP INT TERM PIPE; ${command}' EXIT; trap 'exit 143' HUP INT TERM PIPE`

let folder = ''
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coxswain-at-end-'))
})
test.afterEach(() => rmSync(folder, { recursive: true }))

/** Starts a script with a standard input that stays open, asks its processes to end when a file exists, and waits. */
const endedWhen = async (shell: string, script: string, made: () => boolean): Promise<number | null> => {
  const child = spawn(shell, ['-c', script], {
    cwd: folder,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const ended = once(child, 'exit')
  await until(made)
  assert.ok(child.pid !== undefined && child.pid > 1)
  process.kill(-child.pid, 'SIGTERM')
  child.stdin.end()
  const [code]: unknown[] = await ended
  return typeof code === 'number' ? code : null
}

for (const shell of shells) {
  test(`${shell}: the command runs once, when the shell is asked to end and when it ends by itself`, async () => {
    const log = join(folder, 'log')
    const script = `${atEnd('echo gone >>log')}; : >made; cat`
    assert.is(await endedWhen(shell, script, () => existsSync(join(folder, 'made'))), 143)
    assert.is(readFileSync(log, 'utf8'), 'gone\n')
    const [code]: unknown[] = await once(
      spawn(shell, ['-c', `${atEnd('echo gone >>log')}; exit 3`], { cwd: folder }),
      'exit',
    )
    assert.is(code, 3)
    assert.is(readFileSync(log, 'utf8'), 'gone\ngone\n')
  })

  test(`${shell}: an interrupted run does not leave an account file locked`, async () => {
    const path = join(folder, 'group')
    writeFileSync(path, 'a:x:1:\n')
    const inner = shellConnection(shell)
    const stalling: Connection = {
      ...inner,
      execute: async (request) => {
        if (request.purpose !== 'run') return inner.execute(request)
        const code = await endedWhen(shell, request.script, () => existsSync(`${path}+`))
        return { code: code ?? 143, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), dropped: 0 }
      },
    }
    await editAccountFile(createRemote(stalling), path, (text) => `${text}b:x:2:\n`).catch(() => {})
    assert.equal(readdirSync(folder), ['group'])
    await editAccountFile(createRemote(inner), path, (text) => `${text}b:x:2:\n`)
    assert.is(readFileSync(path, 'utf8'), 'a:x:1:\nb:x:2:\n')
  })
}

test('no task relies on an EXIT trap alone, which dash does not run for a signal', () => {
  const root = resolve(import.meta.dirname, '../../../tasks')
  const alone = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => {
    if (!/\.(?:ts|sh)$/.test(name)) return false
    const text = readFileSync(join(root, name), 'utf8')
    return /trap [^\n]*EXIT/.test(text) && !/HUP INT TERM/.test(text)
  })
  assert.equal(alone, [])
})
