/** Errors of authors are reported as such, with file, line and column, and never as a bug in Coxswain. */
import * as assert from 'uvu/assert'
import { folderOf } from '../../support/folder.ts'
import { eventsOf, runCli } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const test = suite('errors of authors')
const folder = folderOf(test)

const inventory = (): string =>
  folder.write('inventory.yaml', 'all: { hosts: { here: { connection: local } } }\n')

/** Lines of a playbook; each failing task is on its own line, with its name in its title. */
const lines = `import { defineTask, drift, ok, playbook, z } from 'coxswain'
import { assert, command, debug } from 'coxswain/tasks'
const nothing: any = undefined
const params = z.object({ how: z.string() })
const broken = defineTask({ name: 'broken', description: '', params,
  title: ({ how }) => how,
  async check({ remote, fact }, { how }): Promise<any> {
    if (how === 'check') return nothing.length
    if (how === 'fact') return fact(failing())
    if (how === 'await') { await remote.query\`true\`; nothing.length }
    if (how === 'text') throw 'a text'
    if (how === 'json') return JSON.parse('{')
    if (how === 'verdict') return how
    if (how === 'engine') return remote.read(nothing)
    return drift('x')
  },
  async apply({ remote }) { await remote.run\`true\`; nothing.length },
})
const failing = defineTask({ name: 'failing', description: '', params: z.object({}), check: () => nothing.length })
const options = { ignoreErrors: true }
export default playbook({ name: 'p', vars: z.object({ app: z.string().default('x') }), plays: ({ play }) => [play('p', { hosts: 'all',
  tasks: ({ vars }) => [
    broken({ how: 'check' }, options),
    broken({ how: 'fact' }, options),
    broken({ how: 'await' }, options),
    broken({ how: 'text' }, options),
    broken({ how: 'json' }, options),
    broken({ how: 'verdict' }, options),
    broken({ how: 'engine' }, options),
    broken({ how: 'apply' }, options),
    debug({ show: () => nothing.length }, { ...options, title: 'debug' }),
    assert({ that: () => nothing.length, message: 'm' }, { ...options, title: 'assert' }),
    command({ run: 'true' }, { ...options, title: 'when', when: () => nothing.length }),
    command({ run: 'true' }, { ...options, title: 'until', retry: { attempts: 2, delay: 0, until: () => nothing.length } }),
    command({ run: 'true' }, { ...options, title: 'variable', when: () => (vars as any).ap === 'x' }),
    command({ run: 'true' }, { ...options, title: 'thrown text', when: () => { throw 'a text' } }),
  ] })] })
`
/** The line and column of each failure. */
const places: Readonly<Record<string, number>> = {
  check: 8,
  fact: 19,
  await: 10,
  text: 5,
  json: 12,
  verdict: 5,
  engine: 14,
  apply: 17,
  debug: 31,
  assert: 32,
  when: 33,
  until: 34,
  variable: 35,
  'thrown text': 36,
}

test('errors thrown in functions of a playbook or task have file, line and column', async () => {
  const path = folder.write('functions.ts', lines)
  const result = await runCli([path, '-i', inventory(), '--output', 'json'])
  assert.is(result.status, 0, result.stderr)
  const seen = Object.fromEntries(
    eventsOf(result).flatMap((event) => (event.type === 'task-end' ? [[event.task.title, event.error]] : [])),
  )
  for (const [title, line] of Object.entries(places)) {
    const error = seen[title]
    assert.is(
      error?.code,
      title === 'variable' ? 'playbook-invalid' : 'author-error',
      `${title}: ${error?.code}`,
    )
    assert.match(error?.place?.file ?? '', 'functions.ts', title)
    assert.is(error?.place?.line, line, title)
    assert.is(error?.place?.excerpt?.trim(), lines.split('\n')[line - 1]?.trim(), title)
    assert.ok((error?.place?.column ?? 0) > 0, title)
  }
})

const book = (spec: string, before = ''): string =>
  `import { defineTask, pick, playbook, z } from 'coxswain'
const nothing = undefined
${before}
export default playbook({ name: 'p', vars: z.object({ app: z.string().default('x') }), plays: ({ play }) => [
${spec}
] })
`

const cases: readonly (readonly [string, string, RegExp, string])[] = [
  [
    'in-tasks.mjs',
    book("play('p', { hosts: 'all', tasks: () => nothing.length })"),
    /in-tasks.mjs:5:\d+/,
    '',
  ],
  ['in-plays.mjs', book('nothing.length'), /in-plays.mjs:5:\d+/, ''],
  [
    'in-handlers.mjs',
    book("play('p', { hosts: 'all', tasks: () => [], handlers: () => nothing.x })"),
    /in-handlers.mjs:5:\d+/,
    '',
  ],
  [
    'variable.mjs',
    book("play('p', { hosts: 'all', tasks: ({ vars }) => [vars.ap] })"),
    /variable.mjs:5:\d+/,
    'did you mean vars.app?',
  ],
  [
    'in-pick.mjs',
    book(
      "play('p', { hosts: pick('one', { hosts: 'all', prefer: [probe()] }), tasks: () => [] })",
      "const probe = defineTask({ name: 'probe', description: '', params: z.object({}), check: () => nothing.x })",
    ),
    /in-pick.mjs:3:\d+/,
    '',
  ],
  ['syntax.mjs', book("play('p', { hosts: })"), /syntax.mjs:5:20/, ''],
  [
    'import.ts',
    "import { playbook } from 'coxswain'\nimport { flie } from 'coxswain/tasks'\n",
    /import.ts:2:10/,
    'did you mean file?',
  ],
  ['module.ts', "\nimport x from './nowhere.ts'\n", /module.ts:2:15/, ''],
  ['default.ts', 'const x = 3\nexport default x\n', /default.ts:2:1/, 'export default playbook'],
]
for (const [name, text, place, hint] of cases) {
  test(`${name} is reported at its place`, async () => {
    const { status, stdout, stderr } = await runCli([
      folder.write(name, text),
      '-i',
      inventory(),
      '--output',
      'plain',
    ])
    const said = stdout + stderr
    assert.ok(status === 1 || status === 2, said)
    assert.match(said, place)
    assert.match(said, /\n +\| +\^/)
    assert.match(said, hint)
    assert.not.match(said, 'bug in Coxswain')
  })
}
