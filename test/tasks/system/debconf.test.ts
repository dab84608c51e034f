import * as assert from 'uvu/assert'
import { Secret } from '../../../engine/secret.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { answerIn, debconf, passwordIn } from '../../../tasks/system/debconf.ts'
import { suite } from '../../support/spec.ts'

const test = suite('debconf')

const given = {
  package: 'postfix',
  question: 'postfix/mailname',
  type: 'string',
  value: 'b.example',
} as const

/** A host whose answers change when debconf-set-selections is called; what it gets is kept. */
const host = (before: string, after: string, got: string[] = []): World => {
  let now = before
  return {
    patterns: [
      [/^debconf-show postfix$/, () => now],
      [
        /^debconf-set-selections/,
        ({ stdin }) => {
          got.push(stdin)
          now = after
          return ''
        },
      ],
    ],
  }
}

test('an answer is given on standard input, and counts as asked', async () => {
  const got: string[] = []
  const run = await rehearse(
    debconf(given),
    host('* postfix/mailname: a.example\n  postfix/chattr: false\n', '* postfix/mailname: b.example\n', got),
  )
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: 'postfix/mailname', from: 'a.example', to: 'b.example' }])
  assert.equal(got, ['postfix postfix/mailname string b.example\n'])
  assert.is((await rehearse(debconf(given), host('* postfix/mailname: b.example\n', ''))).outcome, 'ok')
})

test('an answer that does not count as asked is another one', async () => {
  const run = await rehearse(
    debconf(given),
    host('  postfix/mailname: b.example\n', '* postfix/mailname: b.example\n'),
  )
  assert.equal(run.changes, [{ what: 'postfix/mailname counts as asked', from: 'false', to: 'true' }])
  const unseen = debconf({ ...given, seen: false })
  const got: string[] = []
  const other = await rehearse(
    unseen,
    host('* postfix/mailname: b.example\n', '  postfix/mailname: b.example\n', got),
  )
  assert.equal(other.commands.apply.at(-1), 'debconf-set-selections', String(other.error))
  assert.equal(got, ['postfix postfix/mailname string b.example\npostfix postfix/mailname seen false\n'])
})

test('a password is read from the file that root alone can read, and never shown', async () => {
  const file = '/var/cache/debconf/passwords.dat'
  const stanza = (value: string): string =>
    `Name: other/password\nTemplate: x\nValue: no\nOwners: a\n\nName: mysql/root_password\nTemplate: y\nValue: ${value}\nOwners: mysql\nFlags: seen\n\n`
  const task = debconf({
    package: 'mysql',
    question: 'mysql/root_password',
    type: 'password',
    value: new Secret('hush-4711'),
  })
  const run = await rehearse(task, {
    files: { [file]: stanza('old-4712') },
    patterns: [
      [/^debconf-show mysql$/, '* mysql/root_password: (password omitted)\n'],
      [
        /^debconf-set-selections/,
        ({ stdin }, files) => {
          assert.is(stdin, 'mysql mysql/root_password password hush-4711\n')
          files.set(file, { content: stanza('hush-4711') })
          return ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.not.match(JSON.stringify(run.changes), /471/)
})

test('what debconf prints', () => {
  assert.equal(answerIn('* a/b:\n  a/bc: x: y\n', 'a/b'), { value: '', seen: true })
  assert.equal(answerIn('* a/b:\n  a/bc: x: y\n', 'a/bc'), { value: 'x: y', seen: false })
  assert.is(answerIn('* a/b: 1\n', 'a/c'), undefined)
  assert.equal(passwordIn('Name: a/b\nOwners: a\n', 'a/b'), { value: '', seen: false })
  assert.is(passwordIn('', 'a/b'), undefined)
})

test('without debconf it is unknown; bad parameters are refused', async () => {
  const none = await rehearse(debconf(given), { patterns: [[/^debconf-show/, { code: 127 }]] })
  assert.is(none.predicted, 'unknown')
  assert.match(String(none.error), 'debconf is not installed on the host')
  const locked = await rehearse(debconf(given), {
    patterns: [[/^debconf-show/, { code: 1, stderr: 'debconf: DbDriver "config": config.dat is locked' }]],
  })
  assert.match(String(locked.error), 'cannot read the answers of postfix')
  assert.throws(() => debconf({ ...given, value: 'a\nb' }), /one line/)
  for (const value of [' a', 'a ', 'a\\'])
    assert.throws(() => debconf({ ...given, value }), /begin or end with a blank/)
  debconf({ ...given, value: '' })
  assert.throws(() => debconf({ ...given, type: 'boolean', value: 'yes' }), /true or false/)
  assert.throws(() => debconf({ ...given, question: 'mailname' }), /must be a question/)
})
