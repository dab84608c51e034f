/** Tasks that write a folder or a local file, killed in the middle: the next run completes them, and nothing is left. */
import { execFileSync, spawnSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { sshConnection } from '../../../engine/connection/connect.ts'
import type { Connection } from '../../../engine/connection/types.ts'
import { shell } from '../../../engine/index.ts'
import { createRemote } from '../../../engine/remote/remote.ts'
import { standaloneRun } from '../../../engine/run/task/standalone-run.ts'
import { copy } from '../../../tasks/files/copy.ts'
import { fetch } from '../../../tasks/files/fetch.ts'
import { gitCheckout } from '../../../tasks/files/git-checkout.ts'
import { compiledProgram } from '../../support/compiled.ts'
import { suite } from '../../support/spec.ts'
import { addUser, startSshd } from '../../support/sshd.ts'
import type { Sshd, TestUser } from '../../support/sshd.ts'
import { until } from '../../support/until.ts'

const test = suite('killed in the middle', { needs: ['root', 'sshd', 'ssh', 'sudo', 'ps'] })

let sshd: Sshd
let user: TestUser
let folder = ''
const open: Connection[] = []
test.before(async () => {
  sshd = await startSshd()
  user = addUser('cxw-killed', { sudo: 'without password' })
})
test.after(async () => {
  await sshd.stop()
  user.remove()
})
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coxswain-killed-'))
})
test.afterEach(async () => {
  await closeAll()
  rmSync(folder, { recursive: true, force: true })
})

const closeAll = async (): Promise<void> => {
  await Promise.all(open.splice(0).map((connection) => connection.close()))
}
const connect = (): Connection => {
  const made = sshConnection(sshd.settings())
  open.push(made)
  return made
}
/** A connection that does everything as the user, whatever a task becomes. */
const connectAsUser = (): Connection => {
  const inner = sshConnection(sshd.settings({ user: user.name }))
  open.push(inner)
  return {
    description: inner.description,
    execute: (request) => inner.execute({ ...request, identity: undefined }),
    close: () => inner.close(),
  }
}
const below = (where: string): string[] =>
  readdirSync(where, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.coxswain.'))

/** Starts to write a folder, and resolves with its draft when a part of it has arrived. */
const stalledTree = async (dest: string): Promise<string> => {
  async function* stalling(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(200_000, 'x')
    await new Promise(() => {})
  }
  const before = below(dest)
  createRemote(connect())
    .writeTree(dest, shell`cat >half`, { stdin: stalling() })
    .catch(() => {})
  let made: string | undefined
  await until(
    () => (made = below(dest).find((name) => !before.includes(name) && name.endsWith('/half'))) !== undefined,
  )
  return made?.split('/')[0] ?? ''
}

test('a folder that is being copied when the connection ends', async () => {
  const dest = join(folder, 'dest')
  mkdirSync(dest)
  await stalledTree(dest)
  await closeAll()
  await until(() => below(dest).length === 0)
})

test('a folder that is being copied when its shell on the host is killed: the next copy removes the draft', async () => {
  const dest = join(folder, 'dest')
  const src = join(folder, 'src')
  mkdirSync(dest)
  mkdirSync(src)
  writeFileSync(join(src, 'f'), 'x')
  const stage = await stalledTree(dest)
  const pid = Number(stage.split('.').at(-2))
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  assert.is(Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]), pid)
  assert.ok(pid > 1)
  process.kill(-pid, 'SIGKILL')
  await until(() => !existsSync(`/proc/${pid}`))
  assert.ok(below(dest).includes(stage))
  const { outcome, error } = await standaloneRun(new Map([['h', connect()]]))(copy({ src, dest }), false)
  assert.is(outcome, 'changed', String(error))
  assert.equal(readdirSync(dest), ['f'])
})

/** A repository with two versions of many files, one of which takes a set time to check out. */
const repository = () => {
  const repo = join(folder, 'repo')
  const git = (...words: string[]): string =>
    execFileSync('git', ['-C', repo, '-c', 'user.name=a', '-c', 'user.email=a@b', ...words], {
      encoding: 'utf8',
    }).trim()
  mkdirSync(join(repo, 'sub'), { recursive: true })
  const write = (text: string): void => {
    for (let at = 0; at < 20; at += 1) writeFileSync(join(repo, 'sub', `f${at}`), `${text} ${at}\n`)
    for (const name of ['a', 'z', 'slow']) writeFileSync(join(repo, name), `${text}\n`)
    writeFileSync(join(repo, '.gitattributes'), 'slow filter=slow\n')
    git('add', '.')
    git('commit', '-qm', text)
  }
  execFileSync('git', ['init', '-q', '-b', 'main', repo])
  write('one')
  git('tag', 'one')
  rmSync(join(repo, 'a'))
  writeFileSync(join(repo, 'new'), 'new\n')
  write('two')
  // git refuses a repository of another user
  execFileSync('chmod', ['-R', 'a+rX', folder])
  writeFileSync(
    join(user.home, '.gitconfig'),
    `[safe]\n\tdirectory = *\n[filter "slow"]\n\tsmudge = ${join(folder, 'smudge')}\n`,
  )
  const began = join(user.home, 'began')
  rmSync(began, { force: true })
  const filter = (text: string): void =>
    writeFileSync(join(folder, 'smudge'), `#!/bin/sh\n${text}\nexec cat\n`, { mode: 0o755 })
  return { repo, began, filter, git }
}

/** Checks out without success: git is killed, or asked to end, in the middle. */
const killedCheckout = async (
  version: string,
  dest: string,
  { repo, began, filter }: ReturnType<typeof repository>,
  signal: 'SIGKILL' | 'SIGTERM',
): Promise<void> => {
  filter(`echo $PPID >${began}.new; mv ${began}.new ${began}; sleep 1000 </dev/null >/dev/null 2>&1`)
  const going = standaloneRun(new Map([['h', connectAsUser()]]))(gitCheckout({ repo, dest, version }), false)
  await until(() => existsSync(began))
  const pids = execFileSync('pgrep', ['-u', user.name, '-x', 'git'], { encoding: 'utf8' })
  execFileSync('kill', [`-${signal.slice(3)}`, ...pids.trim().split('\n')])
  await going
  // one that is still ending has its lock
  await until(() => spawnSync('pgrep', ['-u', user.name, '-x', 'git']).status === 1)
  execFileSync('pkill', ['-KILL', '-u', user.name, '-x', 'sleep'])
  rmSync(began)
  filter('')
}

for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
  test(`git-checkout, by ${signal}: the first checkout, and an update`, async () => {
    const site = repository()
    const dest = join(user.home, `app-${signal}`)
    const content = (name: string): string => readFileSync(join(dest, name), 'utf8')
    for (const version of ['one', 'main']) {
      await killedCheckout(version, dest, site, signal)
      const run = standaloneRun(new Map([['h', connectAsUser()]]))
      const task = gitCheckout({ repo: site.repo, dest, version })
      const { outcome, error } = await run(task, false)
      assert.is(outcome, 'changed', JSON.stringify(error))
      assert.is((await run(task, false)).outcome, 'ok')
      const text = version === 'one' ? 'one' : 'two'
      assert.equal(['a', 'z', 'slow', 'sub/f7'].map(content), [...Array(3).fill(`${text}\n`), `${text} 7\n`])
      const git = readdirSync(join(dest, '.git'), { recursive: true, encoding: 'utf8' })
      assert.equal(
        git.filter((name) => /\.lock$|tmp_|coxswain-begun/.test(name)),
        [],
      )
    }
  })
}

test('git-checkout: changes by a user after an interruption are kept', async () => {
  const site = repository()
  for (const file of ['a', 'z']) {
    const dest = join(user.home, `mine-${file}`)
    await killedCheckout('one', dest, site, 'SIGTERM')
    writeFileSync(join(dest, file), 'mine\n')
    const { outcome } = await standaloneRun(new Map([['h', connectAsUser()]]))(
      gitCheckout({ repo: site.repo, dest, version: 'one' }),
      false,
    )
    assert.is(outcome, 'failed')
    assert.is(readFileSync(join(dest, file), 'utf8'), 'mine\n')
  }
})

/** Starts a run of a local program that fetches. */
const fetching = (src: string, dest: string): ChildProcess =>
  spawn(
    process.execPath,
    [
      compiledProgram(),
      'fetch',
      '-i',
      join(folder, 'inventory.yaml'),
      '--hosts',
      'h',
      '--no-journal',
      '--no-lock',
      `src=${src}`,
      `dest=${dest}`,
      'flat=true',
    ],
    { stdio: 'ignore' },
  )

test('fetch: the next run removes what a killed run left here, and keeps what is in use', async () => {
  const dest = join(folder, 'here', 'big')
  mkdirSync(join(folder, 'here'))
  const src = join(folder, 'big')
  execFileSync('truncate', ['-s', '400M', src])
  writeFileSync(
    join(folder, 'inventory.yaml'),
    JSON.stringify({
      all: {
        hosts: {
          h: {
            ansible_host: sshd.address,
            ansible_port: sshd.port,
            ansible_ssh_private_key_file: sshd.keyFile,
            ansible_ssh_common_args: `-o UserKnownHostsFile=${sshd.knownHosts}`,
          },
        },
      },
    }),
  )
  const child = fetching(src, dest)
  await until(() => below(folder).length > 0)
  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.is(below(folder).length, 1)
  const inUse = `.coxswain.${hostname()}.${process.pid}.0123456789ab`
  const elsewhere = '.coxswain.elsewhere.1.0123456789ab'
  for (const name of [inUse, elsewhere]) writeFileSync(join(folder, 'here', name), '')
  writeFileSync(src, 'small')
  const { outcome, error } = await standaloneRun(new Map([['h', connect()]]))(
    fetch({ src, dest, flat: true }),
    false,
  )
  assert.is(outcome, 'changed', String(error))
  assert.equal(readdirSync(join(folder, 'here')).toSorted(), [elsewhere, inUse, 'big'].toSorted())
})
