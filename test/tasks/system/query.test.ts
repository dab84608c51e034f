import * as assert from 'uvu/assert'
import { z } from 'zod'
import type { CommandOutput } from '../../../tasks/system/commands/output.ts'
import { Secret } from '../../../engine/secret.ts'
import { rehearse } from '../../../engine/testing.ts'
import { query } from '../../../tasks/system/query.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { valueOf } from '../../support/value-of.ts'

const test = suite('query')

test('it runs by a shell, or as its words; under --check too', async () => {
  const run = await rehearse(query({ run: 'wc -l <x', cwd: '/srv', env: { A: 'b c' }, timeout: 5 }), {
    patterns: [[/[^]/, '3\n']],
  })
  assert.equal([run.outcome, run.predicted, run.commands.apply], ['ok', 'ok', []])
  assert.match(run.commands.check[0] ?? '', /cd -- \/srv .*A='b c'.*sh -c 'wc -l <x'$/s)
  const words = await rehearse(query({ argv: ['printf', '%s', 'a $b', ''] }), { patterns: [[/[^]/, '']] })
  assert.equal(words.commands.check, [`printf %s 'a $b' ''`])
})

test('the title of several lines is the first of them that says something', () => {
  assert.is(query({ run: '\n# the disks\n  df -P |\n  tail -n +2\n' }).title, 'df -P |')
  assert.is(query({ argv: ['printf', 'a b'] }).title, "printf 'a b'")
})

test('what it printed, and its status', async () => {
  const replies = { "sh -c 'x y'": { code: 3, stdout: '{"n":1}\n', stderr: 'no\n' } }
  const output = await valueOf(query({ run: 'x y', okStatus: [0, 3] }), { replies })
  const { status, stdout, stderr, lines } = Object(output)
  assert.equal([status, stdout, stderr, lines], [3, '{"n":1}', 'no', ['{"n":1}']])
  await rejects(() => valueOf(query({ run: 'x y' }), { replies }), 'command-failed', 'x y')
})

test('its lines are those of stdout, with empty ones', async () => {
  const linesOf = async (stdout: string): Promise<unknown> =>
    Object(await valueOf(query({ run: 'x' }), { replies: { 'sh -c x': stdout } })).lines
  assert.equal(await linesOf('\na\n\nb\n\n'), ['', 'a', '', 'b'])
  assert.equal(await linesOf('a'), ['a'])
  assert.equal(await linesOf('\n\n'), [])
  assert.equal(await linesOf(''), [])
})

test('its JSON is what a schema says', async () => {
  let n: number | undefined
  const use = ({ json }: CommandOutput): void => {
    n = json(z.object({ n: z.number() })).n
  }
  const replies = { 'sh -c x': '{"n":1}\n', 'sh -c y': '{"n":"1"}\n' }
  use(Object(await valueOf(query({ run: 'x' }), { replies })))
  assert.is(n, 1)
  const wrong = Object(await valueOf(query({ run: 'y' }), { replies }))
  assert.throws(
    () => use(wrong),
    /the output is not what the schema wants: y: n: a number is needed, not text$/,
  )
  const list = Object(await valueOf(query({ run: 'z' }), { replies: { 'sh -c z': '[{"n":null},{}]' } }))
  const schema = z.array(z.object({ n: z.number() }))
  assert.throws(() => list.json(schema), /: z: 0\.n: a number is needed, not null; 1\.n: it is missing$/)
})

test('a secret is passed on standard input', async () => {
  let input = ''
  await valueOf(query({ argv: ['cat'], stdin: new Secret('hush') }), {
    patterns: [
      [
        /^cat$/,
        ({ stdin }) => {
          input = stdin
          return ''
        },
      ],
    ],
  })
  assert.is(input, 'hush')
})

test('bad parameters', () => {
  assert.throws(() => query({}), /give run or argv/)
  assert.throws(() => query({ run: 'x', argv: ['y'] }), /give run or argv/)
  assert.throws(() => query({ argv: [] }), /its first word is the program/)
})
