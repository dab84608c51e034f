/** The mask of a secret is never sent to a host. */
import { inspect } from 'node:util'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { defineTask, drift, ok, playbook, z } from '../../engine/index.ts'
import type { ApplyContext, CheckContext, Task } from '../../engine/index.ts'
import { refuseMaskedParams } from '../../engine/dsl/parse-params.ts'
import { Redactor } from '../../engine/run/masking/redactor.ts'
import { refuseMask } from '../../engine/run/masking/refuse-mask.ts'
import { Secret, findMask, mask } from '../../engine/secret.ts'
import { rehearse } from '../../engine/testing.ts'
import { command } from '../../tasks/system/command.ts'
import { waitFor } from '../../tasks/network/wait-for.ts'
import { file } from '../../tasks/files/file.ts'
import { lineInFile } from '../../tasks/files/line-in-file.ts'
import { sysctl } from '../../tasks/system/sysctl.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'

const test = suite('the mask of a secret is not sent to hosts')

const secret = new Secret('hunter2-and-more')

/** The secret in a template literal. */
const shown = String(secret)

/** All ways in which a secret becomes text without reveal(). */
const texts: Readonly<Record<string, string>> = {
  'a template literal': `password=${shown}`,
  concatenation: 'password=' + shown,
  'a joined list': ['a', secret].join(','),
  JSON: JSON.stringify({ deep: [{ secret }] }),
  inspect: inspect({ secret }),
  'the key of a map': Object.keys({ [shown]: 1 }).join(''),
  capitals: `password=${shown}`.toUpperCase(),
  'base64 of a header': Buffer.from(`user:${shown}`).toString('base64'),
  'base64 for URLs': Buffer.from(`us:${shown}`).toString('base64url'),
  hexadecimal: Buffer.from(`x${shown}`).toString('hex'),
  'a part of a URL': encodeURIComponent(`p ${shown}`),
  'an address': new URL(`https://user:${shown}@example.org/`).href,
  'hexadecimal of UTF-16LE': Buffer.from(`x${shown}`, 'utf16le').toString('hex'),
  'base64 of UTF-16LE': Buffer.from(`user ${shown}`, 'utf16le').toString('base64'),
  'an entity in hexadecimal': `&#x2063;${mask}`,
  'an entity with zeros': `&#0008291;${mask}`,
  'an entity by name': `&InvisibleComma;${mask}`,
  'an entity of an entity': `&amp;#8291;${mask}`,
  'an escape of JavaScript': String.raw`\u{2063}` + mask,
  'JSON within JSON': String.raw`\\u2063` + mask,
  'a URL within a URL': encodeURIComponent(encodeURIComponent(shown)),
  'quoted-printable': `=E2=81=A3${mask}`,
  'hexadecimal with blanks': Buffer.from(shown).toString('hex').replaceAll(/../g, '$& '),
  'JSON of ASCII': JSON.stringify({ a: shown }).replaceAll('\u2063', String.raw`\u2063`),
}

/** A task that sends text that is only known when it runs. */
const sends = (how: (ctx: ApplyContext, text: string) => PromiseLike<unknown>, text: string) =>
  defineTask({
    name: 'sends',
    description: 'Sends something.',
    params: z.object({}),
    check: () => drift('sends'),
    async apply(ctx) {
      await how(ctx, text)
    },
  })()

const errorOf = async (task: Parameters<typeof rehearse>[0]): Promise<string> => {
  const { error } = await rehearse(task, {
    patterns: [[/./, '']],
    unpredictable: 'the mask is only in what apply sends',
  })
  return String(error instanceof Error ? error.message : error)
}

for (const [what, text] of Object.entries(texts)) {
  test(`as ${what}, in any string that is sent`, async () => {
    const ways: ((ctx: ApplyContext, text: string) => PromiseLike<unknown>)[] = [
      ({ remote }) => remote.run`echo ${text}`,
      ({ remote }) => remote.run`echo ${['a', text]}`,
      ({ remote }) => remote.run({ stdin: text })`cat`,
      ({ remote }) => remote.run({ stdin: Buffer.from(text) })`cat`,
      ({ remote }) => remote.run({ stdin: new Secret(text) })`cat`,
      ({ remote }) => remote.write('/x', new Secret(`${'x\n'.repeat(1_048_570)}${text}`)),
      ({ remote }) => remote.run({ env: { A: text } })`env`,
      ({ remote }) => remote.run({ cwd: `/${text}` })`pwd`,
      ({ remote }) => remote.write('/x', text),
      ({ remote }) => remote.write('/x', Buffer.from(`before\n${text}`)),
      ({ remote }) => remote.write(`/x${text}`, ''),
      ({ remote }) => remote.write('/x', '', { owner: text }),
      ({ remote }) => remote.link('/x', text),
      ({ remote }) => remote.remove(`/${text}`),
      ({ remote }) => remote.makeDirectory(`/${text}`),
    ]
    for (const way of ways) assert.match(await errorOf(sends(way, text)), 'the mask of a secret')
  })
}

test('as base64 in lines', async () => {
  const text = Buffer.from(`password: ${shown}`).toString('base64')
  for (const lines of [text.replaceAll(/.{5}/g, '$&\n'), text.replaceAll(/.{8}/g, '$&\r\n  ')])
    assert.match(await errorOf(sends(({ remote }) => remote.write('/x', lines), '')), 'the mask of a secret')
})

const deep = defineTask({
  name: 'deep',
  description: '',
  params: z.object({ env: z.record(z.string(), z.unknown()), map: z.map(z.string(), z.string()).optional() }),
  apply: async () => {},
})

const inParams: [string, Task][] = [
  ['line', lineInFile({ path: '/x', line: `password ${shown}` })],
  ['path', file({ path: `/srv/${shown}`, content: 'x' })],
  ['content', file({ path: '/x', content: `a\n${shown}\n` })],
  ['run', command({ run: `login ${shown}` })],
  ['stdin', command({ run: 'cat > /x', stdin: `app:${shown}\n` })],
  ['content', file({ path: '/x', content: new Secret(`key=${shown}`) })],
  ['url', waitFor({ url: `http://127.0.0.1/?token=${shown}` })],
  ['url', waitFor({ url: `http://127.0.0.1/?token=${shown}`, from: 'here' })],
  ['path', waitFor({ path: `/srv/${shown}` })],
  ['env.list.0.TOKEN', deep({ env: { list: [{ TOKEN: shown }] } })],
  [`env.${shown}`, deep({ env: { [shown]: 1 } })],
  ['map.a', deep({ env: {}, map: new Map([['a', shown]]) })],
  ['env.bytes', deep({ env: { bytes: Buffer.from(shown) } })],
]
for (const [path, task] of inParams) {
  test(`the parameter ${path} of ${task.name} is named before anything runs, with a hint`, async () => {
    const error = await rejects(
      () => refuseMaskedParams(task),
      'secret-masked',
      `task ${task.name}: ${path} contains`,
    )
    assert.match(error.hint, '.reveal()')
    assert.match(error.place?.file ?? '', 'refuse-mask.test.ts')
    assert.match(await errorOf(task), path)
  })
}

test('options of tasks, plays and blocks are also checked', async () => {
  await rejects(() => command({ run: 'x' }, { env: { A: shown } }), 'secret-masked', 'env.A')
  await rejects(() => command({ run: 'x' }, { cwd: `/${shown}` }), 'secret-masked', 'cwd')
  await rejects(
    () =>
      playbook({
        name: 'p',
        vars: z.object({}),
        plays: ({ play }) => [play('p', { hosts: 'all', env: { A: shown }, tasks: () => [] })],
      }),
    'secret-masked',
    'env.A',
  )
})

test('a secret instead of text is refused with the name of the parameter', async () => {
  await rejects(
    () => sysctl.from({ key: 'a.b', value: secret }),
    'params-invalid',
    'value: it does not take a secret',
  )
  await rejects(() => command.from({ run: secret }), 'params-invalid', 'run: it does not take a secret')
})

test('a task that only reads can show the mask; if it sends it, the error names the parameter', async () => {
  const look = defineTask({
    name: 'look',
    description: '',
    params: z.object({ text: z.string() }),
    title: ({ text }) => text,
    check: async ({ remote }: CheckContext, { text }) => ok(await remote.query`echo ${text}`.text()),
  })({ text: `see ${shown}` })
  assert.is(look.title, `see ${mask}`)
  assert.match(await errorOf(look), 'task look: text contains ********')
})

test('the password for becoming another user is also checked', async () => {
  const identity = { method: 'sudo', user: 'root', password: new Secret(`x${shown}`) } as const
  await rejects(
    () => refuseMask({ script: 'true', purpose: 'run', identity }),
    'secret-masked',
    'the password for becoming root',
  )
})

test('asterisks of the user are sent', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: fc.constantFrom('*', '#', 'c', ' ', '\n'), maxLength: 30 }),
      async (around) => {
        const text = `${around}${mask}${around}`
        assert.is(findMask({ text }), undefined)
        for (const form of [text, Buffer.from(text).toString('base64'), encodeURIComponent(text)]) {
          const { outcome } = await rehearse(file({ path: '/x', content: form }), {})
          assert.is(outcome, 'changed')
        }
      },
    ),
  )
})

test('users see the plain mask', () => {
  assert.is(new Redactor().text(`password=${shown}`), `password=${mask}`)
})
