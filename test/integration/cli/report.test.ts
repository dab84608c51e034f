/** Reports of runs, from the command line: --report and --output junit. */
import { spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { compiledProgram } from '../../support/compiled.ts'
import { runCli, spawnCli } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'
import { eventsIn } from '../../support/valid-events.ts'

const test = suite('reports of a run')

const folder = mkdtempSync(join(tmpdir(), 'coxswain-report-'))
const inventory = join(folder, 'inventory.yaml')
writeFileSync(inventory, 'all:\n  vars: { connection: local }\n  hosts: { h1: , h2: }\n')
test.after(() => rmSync(folder, { recursive: true, force: true }))

/** The data of a page. */
const dataIn = (file: string): Record<string, unknown> => {
  const [, json = ''] =
    /<script type="application\/json" id="data">(.*?)<\/script>/.exec(readFileSync(file, 'utf8')) ?? []
  return JSON.parse(json)
}

test('--report writes a page beside the output on the screen, also if a host failed', async () => {
  const file = join(folder, 'failed.html')
  const words = [
    'exec',
    'all',
    '-i',
    inventory,
    '--output',
    'plain',
    '--report',
    file,
    '--',
    'echo seen; exit 3',
  ]
  const result = await runCli(words)
  assert.is(result.status, 2, result.stderr)
  assert.match(result.stdout, 'recap')
  assert.equal(dataIn(file)['hosts'], ['h1', 'h2'])
  assert.match(readFileSync(file, 'utf8'), 'seen')
  assert.equal(
    readdirSync(folder).filter((name) => name.includes('.part')),
    [],
  )
})

test('several outputs: each to its file, and one to the screen', async () => {
  const at = (name: string): string => join(folder, name)
  const outputs = ['plain', `json=${at('run.jsonl')}`, `junit=${at('r.xml')}`].flatMap((one) => [
    '--output',
    one,
  ])
  const words = [
    'exec',
    'all',
    '-i',
    inventory,
    ...outputs,
    '--report',
    at('several.html'),
    '--',
    'echo seen',
  ]
  const result = await runCli(words)
  assert.is(result.status, 0, result.stderr)
  assert.match(result.stdout, 'recap')
  const events = eventsIn(readFileSync(at('run.jsonl'), 'utf8'))
  assert.is(events[0]?.type, 'run-start')
  assert.is(events.at(-1)?.type, 'run-end')
  assert.match(readFileSync(at('r.xml'), 'utf8'), /^<\?xml[^]*<\/testsuites>\s*$/)
  assert.equal(dataIn(at('several.html'))['hosts'], ['h1', 'h2'])
  for (const name of ['run.jsonl', 'r.xml', 'several.html'])
    assert.is(statSync(at(name)).mode & 0o777, 0o600, name)
})

test('--log FILE contains plain lines with the output of commands, beside any other output', async () => {
  const file = join(folder, 'run.log')
  const words = ['command', 'run=echo seen', '-i', inventory, '--hosts', 'h1', '--no-journal', '--log', file]
  const result = await runCli([...words, '--output', 'plain'])
  assert.is(result.status, 0, result.stderr)
  assert.not.match(result.stdout, '| seen')
  assert.match(readFileSync(file, 'utf8'), /h1 +\| seen\n[^]*recap/)
  assert.is(statSync(file).mode & 0o777, 0o600)
  const nameless = await runCli([...words.slice(0, -1), ''])
  assert.is(nameless.status, 1)
  assert.match(nameless.stderr, '--log: the file name is missing')
})

test('a pipe or a device is not replaced by an output', async () => {
  const pipe = join(folder, 'pipe')
  spawnSync('mkfifo', [pipe])
  for (const output of [`json=${pipe}`, `junit=${pipe}`, `html=${pipe}`]) {
    const result = await runCli(['exec', 'h1', '-i', inventory, '--output', output, '--', 'true'])
    assert.is(result.status, 1, output)
    assert.match(result.stderr, 'cannot be written')
    assert.ok(statSync(pipe).isFIFO())
  }
})

test('an output that cannot be written is an error before the run', async () => {
  const marker = join(folder, 'not-made')
  for (const output of ['json=/nowhere/run.jsonl', 'junit=/nowhere/r.xml', `plain=${folder}`]) {
    const result = await runCli(['exec', 'h1', '-i', inventory, '--output', output, '--', `touch ${marker}`])
    assert.is(result.status, 1, output)
    assert.match(result.stderr, 'cannot be written')
    assert.not(existsSync(marker))
  }
})

test('standard output contains only the output for programs, also with --resume', async () => {
  const words = ['command', 'run=true', '-i', inventory, '--hosts', 'h1', '--output']
  assert.is((await runCli([...words, 'plain'])).status, 0)
  for (const output of ['junit', 'json']) {
    const { status, stdout, stderr } = await runCli([...words, output, '--resume'])
    assert.is(status, 0, stderr)
    assert.match(stderr, /nothing to resume|resuming run/)
    assert.not.match(stdout, /nothing to resume|resuming run/)
  }
})

test('an interrupted run writes its page and its JUnit report', async () => {
  const file = join(folder, 'interrupted.html')
  const flag = join(folder, 'begun')
  const words = [
    'exec',
    'h1',
    '-i',
    inventory,
    '--output',
    'junit',
    '--report',
    file,
    '--',
    `touch ${flag}; sleep 600`,
  ]
  const result = await spawnCli(words, {
    watch: (child) => {
      const timer = setInterval(() => {
        if (!existsSync(flag)) return
        clearInterval(timer)
        // the first Ctrl-C lets the command end, which it does not
        child.stderr?.once('data', () => child.kill('SIGINT'))
        child.kill('SIGINT')
      }, 20)
    },
  })
  assert.is(result.status, 130, result.stderr)
  assert.match(JSON.stringify(dataIn(file)['stopped']), 'interrupted')
  assert.match(result.stdout, /^<\?xml version="1.0"[\s\S]*type="interrupted"[\s\S]*<\/testsuites>\n$/)
  assert.match(result.stderr, 'interrupted')
})

test('an invalid report path is refused before anything runs', async () => {
  const flag = join(folder, 'ran')
  for (const [file, hint] of [
    ['run.xml', /--output junit/],
    [join(folder, 'no/such/run.html'), /a folder that exists/],
  ] as const) {
    const words = ['exec', 'h1', '-i', inventory, '--report', file, '--', `touch ${flag}`]
    const result = await runCli(words)
    assert.is(result.status, 1)
    assert.match(result.stderr, hint)
    assert.not.ok(existsSync(flag))
  }
})

test('a report that can no longer be written makes the run fail, after the errors of hosts', async () => {
  const gone = join(folder, 'gone')
  mkdirSync(gone)
  const words = (script: string): string[] => [
    'exec',
    'h1',
    '-i',
    inventory,
    '--output',
    'plain',
    '--report',
    join(gone, 'run.html'),
    '--',
    `rm -rf ${gone}; ${script}`,
  ]
  const well = await runCli(words('true'))
  assert.is(well.status, 2)
  assert.match(well.stderr, /error\[report-failed\].*run\.html could not be written/)
  assert.match(well.stdout, 'recap')
})

test('output that cannot be written makes the exit status a failure, and the run continues to its end', async () => {
  const flag = join(folder, 'to-its-end')
  const full = openSync('/dev/full', 'w')
  try {
    for (const output of ['json', 'junit', 'plain']) {
      rmSync(flag, { force: true })
      const words = ['exec', 'h1', '-i', inventory, '--output', output, '--', `touch ${flag}`]
      const child = spawnSync(process.execPath, [compiledProgram(), ...words], {
        stdio: ['ignore', full, 'pipe'],
        encoding: 'utf8',
      })
      assert.equal([child.status, existsSync(flag)], [2, true], child.stderr)
      assert.match(child.stderr, 'cannot write to standard output: ENOSPC')
    }
  } finally {
    closeSync(full)
  }
})
