import * as assert from 'uvu/assert'
import { formatError } from '../../engine/report/format-error.ts'
import { suite } from '../support/spec.ts'
import { commandFailed } from './run-events.ts'

const test = suite('errors as text')
const calm = { color: false, verbosity: 0 }
const loadError = {
  code: 'inventory-invalid',
  message: 'unknown key ansible_hots',
  hint: 'fix the inventory at the line shown',
  host: undefined,
  task: undefined,
  place: undefined,
  output: undefined,
  causes: [],
  stack: undefined,
} as const

test('message, place, output and hint are shown', () =>
  assert.is(
    formatError(commandFailed(), calm),
    `error[command-failed]: exit status 1 from: kubeadm join
  on host m22, task join the control plane
  output:
    [preflight] Running pre-flight checks
    [ERROR Port-6443]: Port 6443 is in use
  hint: run it by hand on the host to see more`,
  ))

test('-v adds the causes', () =>
  assert.is(
    formatError(commandFailed({ output: undefined }), { ...calm, verbosity: 1 }),
    `error[command-failed]: exit status 1 from: kubeadm join
  on host m22, task join the control plane
  caused by: the process ended
  caused by: a deeper cause
    of two lines
  hint: run it by hand on the host to see more`,
  ))

test('-vv adds the stack', () =>
  assert.is(
    formatError(commandFailed({ output: undefined, causes: [] }), { ...calm, verbosity: 2, short: true }),
    `error[command-failed]: exit status 1 from: kubeadm join
  stack:
    CoxswainError: exit status 1
        at Command.orFail (command.ts:65:11)
  hint: run it by hand on the host to see more`,
  ))

test('a place is shown with its line and a caret', () =>
  assert.is(
    formatError(
      { ...loadError, place: { file: 'site.yaml', line: 12, column: 7, excerpt: '      ansible_hots: m1' } },
      calm,
    ),
    `error[inventory-invalid]: unknown key ansible_hots
  site.yaml:12:7
    12 |       ansible_hots: m1
       |       ^
  hint: fix the inventory at the line shown`,
  ))

test('a long source line is shortened around the caret', () => {
  const excerpt = `${'a'.repeat(200)}HERE${'b'.repeat(200)}`
  const lines = formatError(
    { ...loadError, place: { file: 'site.yaml', line: 3, column: 201, excerpt } },
    { ...calm, width: 49 },
  ).split('\n')
  assert.is(lines[2], `    3 | ${'a'.repeat(19)}HERE${'b'.repeat(17)}`)
  assert.is(lines[3], `      | ${' '.repeat(19)}^`)
})

test('tabs do not shift the caret', () => {
  const place = { file: 'site.yaml', line: 3, column: 3, excerpt: '\t\tkey: 1' }
  assert.is(
    formatError({ ...loadError, place, hint: '' }, calm),
    'error[inventory-invalid]: unknown key ansible_hots\n  site.yaml:3:3\n    3 |   key: 1\n      |   ^',
  )
})

test('a place can be only a file', () =>
  assert.is(
    formatError({ ...loadError, hint: '', place: { file: 'site.yaml' } }, calm),
    'error[inventory-invalid]: unknown key ansible_hots\n  site.yaml',
  ))

test('further lines of a message are indented', () =>
  assert.is(
    formatError({ ...loadError, message: 'two variables are wrong:\nport: a number\n', hint: '' }, calm),
    'error[inventory-invalid]: two variables are wrong:\n  port: a number',
  ))

test('the end of long output is shown, all of it with -v', () => {
  const output = Array.from({ length: 45 }, (_, index) => `line ${index + 1}`).join('\n')
  const short = formatError({ ...loadError, output }, calm).split('\n')
  assert.equal(short.slice(1, 4), ['  output:', '    … 5 lines omitted; -v shows all', '    line 6'])
  const long = formatError({ ...loadError, output }, { ...calm, verbosity: 1 }).split('\n')
  assert.is(long[2], '    line 1')
})

test('the error code is coloured', () =>
  assert.is(
    formatError({ ...loadError, hint: 'look' }, { color: true, verbosity: 0 }),
    '\x1b[31m\x1b[1merror[inventory-invalid]:\x1b[22m\x1b[39m unknown key ansible_hots\n  \x1b[36mhint:\x1b[39m look',
  ))
