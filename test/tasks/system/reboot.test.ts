import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { CoxswainError, isCoxswainError } from '../../../engine/errors.ts'
import type { ErrorCode } from '../../../engine/error-codes.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { Reply, World } from '../../../engine/testing.ts'
import { reboot } from '../../../tasks/system/reboot.ts'
import { rejects } from '../../support/rejects.ts'
import { sent } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('reboot')

const bootId = '/proc/sys/kernel/random/boot_id'
const look = sent('tasks/system/booting/boot-state.sh', bootId)
const usual = 'if command -v shutdown >/dev/null; then shutdown -r now ; else reboot; fi'
const needs = 'if command -v needs-restarting >/dev/null; then needs-restarting -r; fi'
const quick = { every: 0.001, timeout: 20 }

const fails = (code: ErrorCode) => (): never => {
  throw new CoxswainError(code, code)
}
const lost = fails('connection-lost')

interface Machine {
  /** Its responses, one per query, after the reboot was requested; the last one repeats. */
  readonly looks: readonly Reply[]
  readonly asked?: Reply
  readonly command?: string
  readonly files?: NonNullable<World['files']>
  readonly hint?: Reply
}

/** A machine that has booted once, and boots again on request. */
const machine = ({ looks, asked = '', command = usual, files = {}, hint = '' }: Machine): World => {
  let next = 0
  const answer: Reply = (request, all) => {
    const reply = looks[Math.min(next, looks.length - 1)] ?? ''
    next += 1
    // the content of /run is lost at the reboot
    if (typeof reply === 'string' && reply.startsWith('new'))
      for (const path of Object.keys(files)) all.delete(path)
    return typeof reply === 'function' ? reply(request, all) : reply
  }
  return {
    files: { ...files, [bootId]: 'old\n' },
    replies: { [look]: answer, [command]: asked, [needs]: hint },
  }
}

const codeOf = (error: unknown): string => (isCoxswainError(error) ? error.code : String(error))

test('requests once, waits until it is down and up again, and is verified by another boot ID', async () => {
  const run = await rehearse(
    reboot(quick),
    machine({
      looks: [
        'old\nrunning\n',
        lost,
        fails('connect-failed'),
        fails('auth-failed'),
        fails('become-failed'),
        'new\ninitializing\n',
        'new\nstarting\n',
        'new\ndegraded\n',
      ],
    }),
  )
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.predicted, 'would change')
  assert.equal(run.commands.apply, [usual])
})

test('a connection that is lost with the command is expected, and the request is not repeated', async () => {
  for (const asked of [lost, { code: 143 }]) {
    const run = await rehearse(
      reboot({ ...quick, whenNeeded: true }),
      // the file that requests the reboot still exists while the host goes down
      machine({
        asked,
        looks: [lost, 'old\nstopping\n', lost, 'new\nrunning\n'],
        files: { '/run/reboot-required': '' },
      }),
    )
    assert.is(run.outcome, 'changed', String(run.error))
    assert.equal(run.commands.apply, [usual])
  }
})

test('the same boot ID means no reboot: the task waits, never requests again, and reports it', async () => {
  const run = await rehearse(
    reboot({ every: 0.001, timeout: 0.05 }),
    machine({ asked: lost, looks: ['old\nrunning\n'] }),
  )
  assert.is(run.outcome, 'failed')
  assert.is(codeOf(run.error), 'wait-timeout')
  assert.match(String(run.error), 'it has not gone down yet')
  assert.equal(run.commands.apply, [usual])
})

test('a host that does not come back, or whose systemd never finishes starting, is reported', async () => {
  const gone = await rehearse(
    reboot({ every: 0.001, timeout: 0.05 }),
    machine({ looks: [fails('connect-failed')] }),
  )
  assert.match(String(gone.error), 'it does not answer')
  const slow = await rehearse(
    reboot({ every: 0.001, timeout: 0.05 }),
    machine({ looks: ['new\nstarting\n'] }),
  )
  assert.match(String(slow.error), 'systemd is still starting')
  const ill = await rehearse(reboot(quick), machine({ looks: ['new\nmaintenance\n'] }))
  assert.match(String(ill.error), 'the host is in maintenance mode')
})

test('another host key and a refused command fail immediately', async () => {
  const other = await rehearse(reboot(quick), machine({ looks: [fails('host-key-changed')] }))
  assert.is(codeOf(other.error), 'host-key-changed')
  const refused = await rehearse(
    reboot(quick),
    machine({ asked: { code: 1, stderr: 'must be root' }, looks: ['old\nrunning\n'] }),
  )
  assert.is(codeOf(refused.error), 'command-failed')
})

test('without systemd, the boot ID is enough', async () => {
  const run = await rehearse(reboot(quick), machine({ looks: ['new\n'] }))
  assert.is(run.outcome, 'changed', String(run.error))
})

test('whenNeeded: nothing if no reboot is required, and the reason otherwise', async () => {
  const task = reboot({ ...quick, whenNeeded: true })
  const calm = await rehearse(task, machine({ looks: [lost] }))
  assert.is(calm.outcome, 'ok')
  assert.equal(calm.commands.apply, [])
  const asked = await rehearse(
    task,
    machine({
      looks: ['new\nrunning\n'],
      files: {
        '/var/run/reboot-required': '',
        '/var/run/reboot-required.pkgs': 'linux-image\nlibc6\nlibc6\n',
      },
    }),
  )
  assert.is(asked.outcome, 'changed', String(asked.error))
  assert.equal(asked.changes, [{ what: 'reboot', from: 'required by linux-image, libc6', to: 'done' }])
})

test('whenNeeded: the output of needs-restarting decides, because it also exits with 1 on failure', async () => {
  const task = reboot({ ...quick, whenNeeded: true })
  let booted = false
  const run = await rehearse(
    task,
    machine({
      looks: [
        () => {
          booted = true
          return 'new\nrunning\n'
        },
      ],
      hint: () => (booted ? '' : { code: 1, stdout: 'Reboot is required to fully utilize these updates.\n' }),
    }),
  )
  assert.is(run.outcome, 'changed', String(run.error))
  const broken = machine({ looks: [lost], hint: { code: 1, stderr: 'no repositories' } })
  assert.is((await rehearse(task, broken)).outcome, 'ok')
})

test('a host that still needs a reboot afterwards is an error', async () => {
  const world = machine({ looks: ['new\nrunning\n'] })
  const run = await rehearse(reboot({ ...quick, whenNeeded: true }), {
    ...world,
    files: { ...world.files, '/run/reboot-required': '' },
  })
  assert.is(codeOf(run.error), 'not-converged')
})

test('a message is passed to the default command; not with another command', async () => {
  const reported = "if command -v shutdown >/dev/null; then shutdown -r now 'it'\\''s time'; else reboot; fi"
  const withMessage = machine({ command: reported, looks: ['new\n'] })
  assert.equal((await rehearse(reboot({ ...quick, message: "it's time" }), withMessage)).commands.apply, [
    reported,
  ])
  const own = "sh -c 'kexec -e'"
  const withCommand = machine({ command: own, looks: ['new\n'] })
  assert.equal((await rehearse(reboot({ ...quick, command: 'kexec -e' }), withCommand)).commands.apply, [own])
  await rejects(
    async () => reboot({ message: 'x', command: 'y' }),
    'params-invalid',
    'include it in your command',
  )
})

test('this machine, a container on it, and a host without a boot ID are refused before the request', async () => {
  const own = machine({ looks: [lost] })
  const here = await rehearse(reboot(quick), {
    ...own,
    files: { [bootId]: readFileSync(bootId, 'utf8') },
  })
  assert.match(String(here.error), 'the host is the machine that this run is on')
  assert.equal(here.commands.apply, [])
  const none = await rehearse(reboot(quick), { ...own, files: {} })
  assert.match(String(none.error), 'a reboot could not be verified')
  assert.equal(none.commands.apply, [])
})
