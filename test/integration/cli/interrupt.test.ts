/** Ctrl-C with a real sshd, as root and through sudo, including grandchildren. */
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { compiledProgram } from '../../support/compiled.ts'
import { spawnCli } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'
import { addUser, startSshd } from '../../support/sshd.ts'
import type { Sshd, TestUser } from '../../support/sshd.ts'
import { until } from '../../support/until.ts'
import { stepsIn, whenSaid } from './steps.ts'
import type { Steps } from './steps.ts'

const test = suite('Ctrl-C', { needs: ['root', 'sshd', 'ssh', 'sudo', 'ps'] })

let sshd: Sshd
let user: TestUser
let slow: TestUser
let folder: string
let steps: Steps

test.before(async () => {
  sshd = await startSshd()
  user = addUser('cxw-int', { sudo: 'without password' })
  slow = addUser('cxw-slow', { sudo: 'with password' })
  folder = mkdtempSync(join(tmpdir(), 'coxswain-interrupt-'))
  chmodSync(folder, 0o777)
})
test.after(async () => {
  await sshd.stop()
  for (const one of [user, slow]) one.remove()
  rmSync(folder, { recursive: true, force: true })
})
test.beforeEach(() => {
  for (const name of ['told', 'go']) rmSync(join(folder, name), { force: true })
  steps = stepsIn(folder, () => sshd)
})

const press = (child: { kill(signal: NodeJS.Signals): unknown }): unknown => child.kill('SIGINT')
/** Sends Ctrl-C several times, each after the notice about the previous one. */
const pressing = (times: number) =>
  whenSaid(
    ...[/\| begun/, /Ctrl-C again to stop/, /Ctrl-C again to exit/]
      .slice(0, times)
      .map((notice) => [notice, press] as const),
  )
/** A command with a grandchild that holds a lock like a package manager, and ignores SIGTERM. */
const stubborn = (marker: string): string =>
  `flock ${folder}/apt sh -c 'trap "" TERM; sh -c "echo begun; sleep ${marker} & sleep ${marker}"; true'`
const running = (marker: string): string =>
  execFileSync('sh', ['-c', `pgrep -fa '[s]leep ${marker}' || true`]).toString()
const isFree = (): boolean => {
  try {
    execFileSync('flock', ['-n', join(folder, 'apt'), 'true'])
    return true
  } catch {
    return false
  }
}
const exec = (change: Readonly<Record<string, unknown>>, more: string[], script: string): string[] => [
  'exec',
  'web1',
  '-i',
  steps.inventory({ web1: change }),
  '--output',
  'plain',
  ...more,
  '--',
  script,
]

test('the first lets running tasks end, starts no others, and prints the recap', async () => {
  const words = [
    steps.book("change('a', { notify: 'reload' }), hold('one'), say('two')"),
    '-i',
    steps.inventory({ web1: {} }),
    '--output',
    'plain',
  ]
  const result = await spawnCli(words, {
    watch: (child) => {
      void until(() => steps.recorded().length > 0).then(() => press(child))
      whenSaid([/Ctrl-C again to stop/, () => steps.go()])(child)
    },
  })
  assert.is(result.status, 130, result.stdout + result.stderr)
  assert.equal(steps.recorded(), ['web1 one'])
  assert.match(result.stdout, /web1 +changed +echo web1 one/)
  assert.match(result.stdout, 'recap')
  assert.match(result.stdout, 'due: reload on web1')
})

test('pain 17: the second stops commands on the host, as root: no process and no lock of a tool is left', async () => {
  const marker = `72${process.pid}`
  const result = await spawnCli(exec({}, [], stubborn(marker)), { watch: pressing(2) })
  assert.is(result.status, 130, result.stdout + result.stderr)
  assert.match(result.stdout, 'recap')
  assert.is(running(marker), '')
  assert.ok(isFree())
})

test('pain 17: also through sudo', async () => {
  const marker = `73${process.pid}`
  const words = exec({ user: user.name }, ['-b'], stubborn(marker))
  const result = await spawnCli(words, { watch: pressing(2) })
  assert.is(result.status, 130, result.stdout + result.stderr)
  assert.match(result.stdout, 'recap')
  assert.is(running(marker), '')
  assert.ok(isFree())
})

test('the third exits immediately, and commands on the host are stopped anyway', async () => {
  const marker = `74${process.pid}`
  const result = await spawnCli(exec({}, [], stubborn(marker)), { watch: pressing(3) })
  assert.is(result.status, 130, result.stdout + result.stderr)
  assert.not.match(result.stdout, 'recap')
  await until(() => running(marker) === '' && isFree())
})

test('pain 18: the timeout of sudo can be set', async () => {
  // a slow login, like that of a sudo that asks an unreachable server
  execFileSync('sh', ['-c', `echo 'sleep 3' > ${slow.home}/.bashrc`])
  const hosts = { user: slow.name, become_password: slow.password }
  const late = await spawnCli(exec({ ...hosts, become_timeout: 1 }, ['-b'], 'echo in'))
  assert.is(late.status, 2, late.stdout)
  assert.match(late.stdout, /become-failed.*no shell after 1 s/)
  assert.match(late.stdout, 'become_timeout')
  const words = exec({ ...hosts, become_timeout: 1 }, ['-b', '--become-timeout', '50'], 'echo in')
  const patient = await spawnCli(words)
  assert.is(patient.status, 0, patient.stdout + patient.stderr)
})

test('a terminal that closes lets the run end, with its own exit status', async () => {
  const at = (name: string): string => join(folder, name)
  writeFileSync(at('local.yaml'), 'all: { hosts: { here: { connection: local } } }')
  const bin = compiledProgram()
  const words = `command run="touch ${at('hung')}; sleep 1" -i ${at('local.yaml')} --hosts all --no-journal --no-lock`
  const line = `trap "" HUP; ${process.execPath} ${bin} ${words}; echo $? > ${at('part')}; mv ${at('part')} ${at('status')}`
  const terminal = spawn('script', ['-qec', line, '/dev/null'])
  await until(() => existsSync(at('hung')))
  terminal.kill('SIGKILL')
  await until(() => existsSync(at('status')))
  // the output cannot be written, which is a failure; an abort would be 134
  assert.is(readFileSync(at('status'), 'utf8'), '2\n')
})
