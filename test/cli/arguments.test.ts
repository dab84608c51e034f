import * as assert from 'uvu/assert'
import { z } from 'zod'
import { execScript } from '../../engine/cli/session/exec-task.ts'
import { libraryOf } from '../../engine/cli/session/library.ts'
import { run } from '../../engine/cli/commands/run.ts'
import { valuesOf } from '../../engine/cli/define-option.ts'
import { runOptions } from '../../engine/cli/options/run.ts'
import { outletsOf } from '../../engine/cli/outlets.ts'
import { parseCommandLine } from '../../engine/cli/parse.ts'
import type { TaskFactory } from '../../engine/dsl/task.ts'
import type { Task } from '../../engine/dsl/types.ts'
import { inputFromWords, refuseWords } from '../../engine/cli/session/params.ts'
import { unitHelp } from '../../engine/cli/docs/params.ts'
import { flag, words } from '../../engine/dsl/schema.ts'
import { defineTask } from '../../engine/dsl/task.ts'
import { isCoxswainError } from '../../engine/errors.ts'
import { Redactor } from '../../engine/run/masking/redactor.ts'
import * as tasks from '../../tasks/index.ts'
import { rejects } from '../support/rejects.ts'
import { openProject } from '../../engine/cli/project/open-project.ts'
import { isTaskFactory } from '../../engine/dsl/task.ts'
import { suite } from '../support/spec.ts'

/** The task that words of a command line make. */
const taskFromWords = (unit: TaskFactory, typed: readonly string[]): Task =>
  unit.from(inputFromWords(unit.info, typed))

const test = suite('arguments')

/** Parses a command line. */
const parse = (...argv: string[]) => {
  const parsed = parseCommandLine(run, argv, '1.2.3')
  if (parsed.kind === 'text') throw new Error(parsed.text)
  const { name, words: typed, given } = parsed
  return { name, words: typed, options: valuesOf(runOptions, given) }
}

/** Runs a command line with a library of one task. */
const start = async (...argv: string[]): Promise<unknown> => {
  const parsed = parseCommandLine(run, argv, '1.2.3')
  const redactor = new Redactor()
  const outlets = outletsOf(redactor)
  return parsed.kind === 'text'
    ? parsed
    : parsed.start({
        redactor,
        outlets,
        loadLibrary: async () => ({ sample }),
        loadHooks: () => {},
        project: () => openProject('/', () => {}),
      })
}

const textOf = (...argv: string[]): string => {
  const parsed = parseCommandLine(run, argv, '1.2.3')
  return parsed.kind === 'text' ? parsed.text : parsed.name
}

test('a playbook with its options', () => {
  const typed = 'site.ts -i a.yaml -i b.yaml -l web -e x=1 -e @f -f 3 -C -D -vv -b'
  const { name, words: given, options } = parse(...typed.split(' '))
  const { inventory, limit, extraVars, forks, check, diff, verbose, become } = options
  assert.equal(
    [name, given, inventory, limit, extraVars, forks, check, diff, verbose, become],
    ['run', [['site.ts'], []], ['a.yaml', 'b.yaml'], 'web', ['x=1', '@f'], 3, true, true, 2, true],
  )
})

test('a task with its parameters, options before and after', () => {
  const { words: given, options } = parse('--hosts', 'web', 'sysctl', 'key=a', 'value=-1', '-i', 'x')
  assert.equal([given, options.hosts], [[['sysctl'], ['key=a', 'value=-1']], 'web'])
})

test('exec: the words after -- are the command, and options can precede it', () => {
  for (const argv of [
    ['exec', 'web', '-i', 'x', '--', 'ls', '-la', 'a b'],
    ['-i', 'x', 'exec', 'web', '--', 'ls', '-la', 'a b'],
  ]) {
    const { name, words: given, options } = parse(...argv)
    assert.equal([name, given, options.inventory], ['exec', [['web'], ['ls', '-la', 'a b']], ['x']])
  }
  assert.is(execScript(['ls', '-la', 'a b']), "ls -la 'a b'")
  assert.is(execScript(['echo $HOME | wc']), 'echo $HOME | wc')
})

test('exec: options end at the first word of the command', async () => {
  for (const [line, command, inventory] of [
    ['exec web hostname -f', ['hostname', '-f'], []],
    ['exec web -i x hostname -f', ['hostname', '-f'], ['x']],
    ['exec -i x web ls -i y', ['ls', '-i', 'y'], ['x']],
    ['-i x exec web -vi y -- ls -- -l', ['ls', '--', '-l'], ['x', 'y']],
    ['exec web git log -- file', ['git', 'log', '--', 'file'], []],
    ['exec web uname --help', ['uname', '--help'], []],
  ] as const) {
    const { name, words: given, options } = parse(...line.split(' '))
    assert.equal([name, given, options.inventory], ['exec', [['web'], command], inventory], line)
  }
  assert.is(textOf('exec', 'web', '--help'), textOf('exec', '--help'))
  await rejects(() => parse('exec', 'web', '-i', 'x'), 'usage', "missing required argument 'command'")
  await rejects(() => parse('exec', 'web', '--nonsense', 'ls'), 'usage', "unknown option '--nonsense'")
  const misplaced = await rejects(
    () => start('exec', 'web', 'uptime', '-i', 'x'),
    'usage',
    '-i after the first word of the command belongs to the command',
  )
  assert.match(misplaced.hint, 'run exec -i INVENTORY PATTERN COMMAND')
})

test('help and version are text', () => {
  assert.is(textOf('--version'), '1.2.3\n')
  assert.match(textOf('exec', '--help'), 'Runs a command on hosts')
  assert.match(textOf('history', 'prune', '--help'), '--keep <count>')
})

test('several outputs, to the screen and to files', async () => {
  const { options } = parse('site.ts', '--output', 'tree', '--output', 'json=run.jsonl', '--output=junit=a=b')
  assert.equal(options.output, [
    { kind: 'tree' },
    { kind: 'json', file: 'run.jsonl' },
    { kind: 'junit', file: 'a=b' },
  ])
  const wrong = await rejects(() => parse('site.ts', '--output', 'jnuit'), 'usage', 'jnuit is not one of')
  assert.match(wrong.hint, 'did you mean junit?')
  await rejects(() => parse('site.ts', '--output', 'json='), 'usage', 'the file name is missing')
})

test('an option before a command that does not have it is an error', async () => {
  for (const argv of [
    ['--check', 'exec', 'web', 'rm', 'x'],
    ['-C', '-i', 'x', 'exec', 'web', 'true'],
    ['--hosts', 'web', 'exec', 'all', 'true'],
    ['--check', 'history', 'prune'],
    ['--tags', 'a', 'doctor'],
  ]) {
    const error = await rejects(() => parse(...argv), 'usage', /^the command \w+ has no option --/)
    assert.match(error.hint, /leave --\w+ out/)
  }
  assert.match(textOf('--help', 'exec', 'web', 'true'), 'Runs a command on hosts')
  assert.match(textOf('-h', 'history'), 'Lists recorded runs')
  assert.is(parse('-v', '-i', 'x', 'inventory').name, 'inventory')
})

test('an invalid command line is an error', async () => {
  await rejects(() => parse('site.ts', '--frobnicate'), 'usage', 'frobnicate')
  await rejects(() => parse('site.ts', '-f', 'many'), 'usage', '--forks: many is not an integer from 1')
  await rejects(() => parse('site.ts', '--forks=0'), 'usage', '--forks')
  await rejects(() => parse('site.ts', '--host-key-checking', 'maybe'), 'usage', '--host-key-checking')
  const near = await rejects(() => parse('site.ts', '--become-method', 'sud'), 'usage', 'sud is not one of')
  assert.match(near.hint, 'did you mean sudo?')
  await rejects(() => parse('exec', 'web'), 'usage', "missing required argument 'command'")
})

const at = ({ params }: { readonly params: unknown }, name: string): unknown =>
  typeof params === 'object' && params !== null ? Reflect.get(params, name) : undefined

const sample = defineTask({
  name: 'sample',
  description: 'Takes all kinds.',
  params: z.object({
    text: z.string().describe('some text'),
    count: z.number().default(1),
    on: flag().optional(),
    list: words().default([]),
    map: z.record(z.string(), z.number()).optional(),
    kind: z.enum(['a', 'b']).optional(),
  }),
  check: () => ({ kind: 'ok', value: undefined }),
})

test('a value is the text as typed; the schema converts it', async () => {
  const { params } = taskFromWords(sample, ['text=1', 'count=2', 'on=yes', 'list=a,b', 'map={x: 1}'])
  assert.equal(params, { text: '1', count: 2, on: true, list: ['a', 'b'], map: { x: 1 } })
  const texts = ['1.30', '0123', '/0400/', 'no', '~', '[a]', '{b: 1}', '"c"', ' d ', 'e\nf\n\ng', 'h: i', '']
  for (const text of texts) assert.is(at(taskFromWords(sample, [`text=${text}`]), 'text'), text)
  for (const text of ['0123', '1_0', '0x1F', '', ' ', 'x', '[1]', 'true'])
    await rejects(
      () => taskFromWords(sample, ['text=a', `count=${text}`]),
      'params-invalid',
      'count: a number',
    )
  await rejects(() => taskFromWords(sample, ['text=a', 'kind=[a]']), 'params-invalid', 'kind')
})

test('a parameter of any type reads a number only in the form that JSON prints', () => {
  const value = (text: string) =>
    at(taskFromWords(tasks.yamlSetting, ['path=/f', 'key=a', `value=${text}`]), 'value')
  for (const text of [
    '1.30',
    '0123',
    '1e3',
    'no',
    '+1',
    '0x1F',
    '12345678901234567890',
    'a: b',
    'a\n\nb',
    '~',
    '',
  ])
    assert.is(value(text), text)
  assert.equal(
    ['8080', '-1', '1.5', 'true', 'null', '"8080"', '[1, "a"]', '[a, 1.30, "2"]', '{a: {b: no}}'].map(value),
    [8080, -1, 1.5, true, null, '8080', [1, 'a'], ['a', '1.30', '2'], { a: { b: 'no' } }],
  )
})

test('values in brackets are kept as typed, also in JSON', async () => {
  const value = (text: string): unknown =>
    at(taskFromWords(tasks.yamlSetting, ['path=/f', 'key=a', `value=${text}`]), 'value')
  const digits = '12345678901234567890'
  assert.equal(
    [
      '[1.30]',
      '{"v": 1.30}',
      '[1e400]',
      `[${digits}, -0]`,
      '[8080, 1.5, true, null, "1"]',
      '{"a":\n\t[1,\n\t"b\\/\\ud83d\\ude00"]}',
      `{"${'k'.repeat(2000)}":1}`,
      '[]',
      '{}',
    ].map(value),
    [
      ['1.30'],
      { v: '1.30' },
      ['1e400'],
      [digits, '-0'],
      [8080, 1.5, true, null, '1'],
      { a: [1, 'b/\u{1F600}'] },
      { ['k'.repeat(2000)]: 1 },
      [],
      {},
    ],
  )
  for (const text of ['{"a":1,"a":2}', '{a: 1, a: 2}', '[{"b": {"a":"hush","a":2}}]']) {
    const error = await rejects(() => value(text), 'params-invalid', 'value: a map has the same key twice')
    assert.not.match(error.message, 'hush')
  }
  const map = (text: string): unknown => at(taskFromWords(sample, ['text=a', `map=${text}`]), 'map')
  for (const text of ['{"x": 1.30}', '{x: 1.30}']) assert.equal(map(text), { x: 1.3 })
  for (const text of ['{"x": 1e400}', '{"x": "1.30"}', '{x: 0x10}', `{"x": ${digits}}`])
    await rejects(() => map(text), 'params-invalid', 'x')
})

test('a value that is not a list or map is text', () => {
  const value = (text: string): unknown =>
    at(taskFromWords(tasks.yamlSetting, ['path=/f', 'key=a', `value=${text}`]), 'value')
  for (const text of ['{{ $value }}', '{{a}}', '{a}', '[!!str 1]', '[&a 1, *a]', '[a', '{a: !x 1}'])
    assert.is(value(text), text)
})

test('a parameter that takes a list accepts JSON, or YAML in brackets', async () => {
  const key = (text: string) =>
    at(taskFromWords(tasks.jsonSetting, ['path=/f', 'value=1', `key=${text}`]), 'key')
  assert.equal(key('["c.d", 0]'), ['c.d', 0])
  assert.equal(key('[c.d, 0]'), ['c.d', 0])
  assert.is(key('a.b'), 'a.b')
  for (const text of ['[a', '["a"', '[]', '[a: 1]', '[[a]]']) assert.throws(() => key(text), /key/, text)
  assert.equal(key('["x", -1]'), ['x', '-1'])
  const names = (text: string): unknown =>
    at(taskFromWords(tasks.hostsEntry, ['address=10.0.0.1', `names=${text}`]), 'names')
  assert.equal(names('[8080, 010]'), ['8080', '010'])
  assert.equal(names('[8080, 1.30]'), ['8080', '1.30'])
  const limit = (text: string) => taskFromWords(tasks.limits, ['domain=u', 'item=core', `value=${text}`])
  assert.is(at(limit('16'), 'value'), 16)
  for (const text of ['0x10', '1e3', ' 1', '']) assert.throws(() => limit(text), /value/, text)
  const env = at(taskFromWords(tasks.command, ['run=x', 'env={A: 1, B: 1.30, C: no}']), 'env')
  assert.equal(env, { A: '1', B: '1.30', C: 'no' })
  await rejects(() => taskFromWords(sample, ['text=a', 'text=b']), 'usage', 'text is given twice')
})

test('a list is comma-separated words, or JSON', () => {
  const list = (text: string) => words().parse(text)
  assert.equal(list('a, b,,c'), ['a', 'b', 'c'])
  assert.equal(list('["a b","c,d"]'), ['a b', 'c,d'])
  assert.equal(list('[not JSON'), ['[not JSON'])
})

test('errors name invalid parameters', async () => {
  await rejects(() => taskFromWords(sample, ['text=a', 'cuont=1']), 'params-invalid', 'no parameter cuont')
  await rejects(() => taskFromWords(sample, ['text=a', 'count=x']), 'params-invalid', 'count')
  await rejects(() => taskFromWords(sample, []), 'params-invalid', 'text')
})

test('a stray word is not shown: it can be a part of an unquoted secret', async () => {
  const typed = ['text=my', 'ZebraPw-6', 'count=1']
  const stray = await rejects(
    () => taskFromWords(sample, typed),
    'usage',
    'parameter 2 is not a key=value pair; it is not shown',
  )
  const extra = await rejects(
    () => refuseWords(typed),
    'usage',
    'a playbook takes no parameters, and 3 were given',
  )
  for (const { message, hint } of [stray, extra]) {
    assert.not.match(message + hint, 'Zebra')
    assert.match(hint, /quote a value with blanks/)
  }
  refuseWords([])
})

test('all errors show an unknown name unless it looks like a secret', async () => {
  const said = async (word: string): Promise<string[]> => {
    const asName = [
      () => start(word),
      () => start('docs', word),
      () => start('completion', word),
      () => start('history', 'show', word),
      () => parse('site.ts', '--output', word),
      () => parse('site.ts', '--become-method', word),
      () => parse('site.ts', '--forks', word),
      () => parse(`--${word}`),
      () => parse('exec', 'all', `--${word}=x`),
    ]
    const asParameter = [
      () => taskFromWords(sample, ['text=a', `${word}=1`]),
      () => taskFromWords(sample, [`${word}=1`, `${word}=2`]),
    ]
    const errors = [...asName, ...(word.includes('=') ? [] : asParameter)].map(async (attempt) => {
      try {
        await attempt()
      } catch (error) {
        if (error instanceof Error) return `${error.message} ${isCoxswainError(error) ? error.hint : ''}`
      }
      return 'nothing was thrown'
    })
    return Promise.all(errors)
  }
  for (const word of ['smaple2', 'cuont', 'no-such-name', 'hunter2', 'ipv6.conf_all'])
    for (const text of await said(word)) assert.match(text, word)
  for (const word of [
    'Zebra!Pw',
    'Zebra$6',
    'my Zebra Pw',
    'Zebra16C7e42F292c69',
    'ZEBRAIOSFODNN7EXAMPLE',
    'zebra'.repeat(7),
  ])
    for (const text of await said(word)) {
      assert.not.match(text, /zebra/i)
      assert.match(text, 'not shown')
    }
})

test('a word after an unknown option is a value, and is not shown', async () => {
  for (const argv of [
    ['--passwrod=hunter2'],
    ['-phunter2'],
    ['exec', 'all', '--passwrod=hunter2'],
    ['-p=hunter2'],
  ]) {
    const error = await rejects(() => parse(...argv), 'usage', 'unknown option')
    assert.not.match(error.message, 'hunter2')
    assert.match(error.message, /--passwrod|-p/)
  }
  const near = await rejects(() => parse('--forsk=3'), 'usage', '--forsk')
  assert.is(near.hint, 'did you mean --forks?')
})

test('the help of a task comes from its schema', () => {
  const help = unitHelp(sample.info)
  assert.match(help, /text=string\s+some text \(required\)/)
  assert.match(help, /count=number\s+\(default 1\)/)
  assert.match(help, /kind=a\|b\s+\(optional\)/)
})

test('every task of the library has a unique name, a description and help', () => {
  const library = libraryOf(tasks)
  assert.ok(library.size >= 25)
  for (const [name, { info }] of library) {
    assert.match(name, /^[a-z][a-z-]*$/)
    assert.match(info.description, /^[A-Z].*\.$/, name)
    assert.match(unitHelp(info), `run ${name} key=value`)
  }
  assert.is(library.size, Object.values(tasks).filter((one) => isTaskFactory(one)).length)
})

test('--wait-for-lock waits without a limit, for some seconds, or not at all', () => {
  const wait = (...argv: string[]): number => parse('site.ts', ...argv).options.waitForLock
  assert.equal(
    [wait(), wait('--wait-for-lock'), wait('--wait-for-lock', '60'), wait('--wait-for-lock=0.5')],
    [0, Infinity, 60, 0.5],
  )
})

test('--wait-for-lock before the playbook is an error with the right order', async () => {
  const error = await rejects(async () => parse('--wait-for-lock', 'site.ts'), 'usage', 'number of seconds')
  assert.match(error.hint, 'after the playbook')
})

test('--no-… is false, and the default is true', () => {
  const { lock, journal } = parse('site.ts', '--no-lock').options
  assert.equal([lock, journal], [false, true])
})

test('the subcommands of history', () => {
  assert.equal(
    [parse('history').name, parse('history', 'show', '12').name, parse('history', 'prune').name],
    ['history', 'history show', 'history prune'],
  )
})

test('numbers of options are decimal', async () => {
  for (const option of ['--forks', '--connect-timeout', '--become-timeout'])
    for (const text of ['0x10', '', ' 5 ', '1_0'])
      await rejects(async () => parse('site.ts', option, text), 'usage', `${option}: `)
  for (const text of ['', '0x10', '1_0', '-1'])
    for (const argv of [
      ['prune', '--keep', text],
      ['-n', text],
    ])
      await rejects(async () => parse('history', ...argv), 'usage', /integer/)
})
