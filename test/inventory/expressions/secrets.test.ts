/** Secrets stay secrets through expressions. */
import { Vault } from 'ansible-vault'
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { z } from 'zod'
import { secret } from '../../../engine/dsl/schema.ts'
import { loadInventory } from '../../../engine/inventory/load.ts'
import { openHosts } from '../../../engine/inventory/secrets/hosts.ts'
import type { Host } from '../../../engine/inventory/types.ts'
import { connectionVarsOf } from '../../../engine/inventory/variables/connection-vars.ts'
import { variablesOf } from '../../../engine/inventory/variables/validate.ts'
import { isSecret } from '../../../engine/secret.ts'
import { folderOf } from '../../support/folder.ts'
import { plainVariables } from '../../support/plain-variables.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { keysWith } from '../secrets/keys.ts'
import type { TestKeys } from '../secrets/keys.ts'
import { evaluatedHosts, evaluatedReader } from './evaluated.ts'

const test = suite('secrets in expressions')
const folder = folderOf(test)
const read = evaluatedReader(folder)

const withVault = async (variables: string): Promise<{ host: Host; opened: TestKeys }> => {
  const opened = keysWith({ env: { PIN: 'hush-4711' } })
  const host = await read(`all:\n  hosts:\n    a:\n      vault_pw: !env PIN\n${variables}`, {
    keys: opened.keys,
  })
  return { host, opened }
}

test('a text with a secret is hidden, and is masked in every output', async () => {
  const { host, opened } = await withVault('      url: "postgres://app:{{ vault_pw }}@db/x"\n')
  const url = host.variables.get('url')
  assert.is(url?.value, 'postgres://app:hush-4711@db/x')
  assert.is(url?.hidden, true)
  assert.ok(opened.learnt.includes('postgres://app:hush-4711@db/x'))
})

test('what is made from a secret by filters is hidden', async () => {
  const { host } = await withVault(
    "      b: \"{{ vault_pw | b64encode }}\"\n      m: \"{{ {'user': 'x', 'pw': vault_pw | upper} }}\"\n",
  )
  assert.is(host.variables.get('b')?.hidden, true)
  assert.is(host.variables.get('m')?.hidden, true)
})

test('booleans are not secret, and what does not read a secret is not hidden', async () => {
  const { host } = await withVault(
    [
      '      users: [{ name: ann, pin: "{{ vault_pw }}" }, { name: bob }]',
      '      is_set: "{{ vault_pw is defined and vault_pw != \'\' }}"',
      '      names: "{{ users | map(attribute=\'name\') | list }}"',
      "      pinned: \"{{ users | selectattr('pin', 'defined') | map(attribute='name') | list }}\"\n",
    ].join('\n'),
  )
  const { is_set, names, pinned } = plainVariables(host.variables)
  assert.equal([is_set, names, pinned], [true, ['ann', 'bob'], ['ann']])
  for (const name of ['is_set', 'names', 'pinned'])
    assert.is(host.variables.get(name)?.hidden, undefined, name)
})

test('passwords of connections can be other variables', async () => {
  const { host } = await withVault(
    '      ansible_become_password: "{{ vault_pw }}"\n      ansible_user: "{{ vault_pw }}"\n',
  )
  const { become_password, user } = connectionVarsOf(host)
  assert.equal([become_password?.reveal(), user], ['hush-4711', 'hush-4711'])
})

test('a Secret of a module stays one', async () => {
  const module = folder.write(
    'inventory.ts',
    `import { Secret } from '${new URL('../../../engine/secret.ts', import.meta.url).pathname}'
export default { groups: { all: { vars: { token: new Secret('hush-4711') } } }, hosts: { a: {} } }
`,
  )
  const yaml = folder.write('more.yaml', 'all: { vars: { same: "{{ token }}", part: "Bearer {{ token }}" } }')
  const host = (await evaluatedHosts([module, yaml])).get('a')
  if (host === undefined) throw new Error('no host')
  const { same, part } = variablesOf(z.object({ same: secret(), part: secret() }), host)
  assert.equal([same.reveal(), part.reveal()], ['hush-4711', 'Bearer hush-4711'])
  assert.ok(isSecret(host.variables.get('part')?.value))
  await rejects(
    () => variablesOf(z.object({ part: z.string() }), host),
    'variables-invalid',
    'part: text is needed',
  )
})

test('a variable whose name suggests a secret hides what reads it', async () => {
  const host = await read(
    'all:\n  hosts:\n    a:\n      db_password: hush\n      url: "x:{{ db_password }}"\n',
  )
  assert.is(host.variables.get('url')?.hidden, true)
})

test('a secret is opened only if the expression that is read needs it', async () => {
  const opened = keysWith({ answers: { 'Pin?': 'hush' } })
  const text =
    'all:\n  hosts:\n    a:\n      pin: !prompt "Pin?"\n      v: "{{ pin }}"\n      w: "{{ 1 + 1 }}"\n      x: "{{ pin | default(1) if w == 3 else 2 }}"\n'
  const host = await read(text, { keys: opened.keys, wanted: new Set(['w', 'x']) })
  assert.equal([host.variables.get('w')?.value, host.variables.get('x')?.value, opened.asked], [2, 2, []])
  await read(text, { keys: opened.keys, wanted: new Set(['v']) })
  assert.equal(opened.asked, ['Pin?'])
})

test('an encrypted file of another host is opened when an expression reads its variables', async () => {
  const file = folder.write(
    'two/inventory.yaml',
    'all: { hosts: { a: { v: "{{ hostvars.b.token }}-{{ hostvars.b.n }}" }, b: } }\n',
  )
  const vault = await new Vault({ password: 'key' }).encrypt('token: hush-4711\nn: "{{ 1 + 1 }}"\n', '')
  folder.write('two/host_vars/b.yml', vault)
  const { keys } = keysWith({ vaultPasswordFiles: [folder.write('key', 'key')] })
  const inventory = await loadInventory([file], { keys })
  const openings = new Map([['a', { wanted: new Set(['v']), connection: true }]])
  const host = (await openHosts({ inventory, extra: new Map(), run: {} }, openings, keys)).get('a')
  assert.equal([host?.variables.get('v')?.value, host?.variables.get('v')?.hidden], ['hush-4711-2', true])
  const dry = (await openHosts({ inventory, extra: new Map(), run: {} }, openings, undefined)).get('a')
  assert.is(dry?.variables.get('v')?.value, '{{ hostvars.b.token }}-{{ hostvars.b.n }}')
})

test('errors do not show what is hidden', async () => {
  const { host } = await withVault('      v: "{{ (\'x\' ~ vault_pw) | int(vault_pw) + [] }}"\n')
  const error = await rejects(() => variablesOf(z.object({ v: z.any() }), host), 'variables-invalid', 'v: ')
  assert.not.match(`${error.message} ${error.hint}`, '4711')
})

/** Expressions that make text of a secret. */
const makers = fc.constantFrom(
  'vault_pw',
  'vault_pw | upper',
  "vault_pw ~ 'x'",
  "[vault_pw, 'x'] | join(':')",
  'vault_pw | b64encode',
  "{'a': vault_pw} | to_json",
  "'%s' % vault_pw",
  "vault_pw | replace('u', 'v')",
  "vault_pw | regex_replace('^', 'p')",
  "vault_pw.split('-')[0]",
  'vault_pw[1:]',
  "'x{}'.format(vault_pw)",
  '[vault_pw] | first',
  "[{'p': vault_pw}] | map(attribute='p') | first",
  'vault_pw if true else 1',
  'nope | default(vault_pw)',
  "dict(a=vault_pw)['a']",
  'vault_pw | hash("md5")',
  'vault_pw | list | last',
)

test('property: a text that is made from a secret is hidden, whatever is around it', async () => {
  await fc.assert(
    fc.asyncProperty(makers, fc.constantFrom('', 'x ', '{{ 1 }}'), async (maker, before) => {
      const opened = keysWith({ env: { PIN: 'hush-4711' } })
      const text = JSON.stringify(`${before}{{ ${maker} }}`)
      const host = await read(
        `all:\n  hosts:\n    a:\n      vault_pw: !env PIN\n      v: ${text}\n      w: "{{ v }}"\n`,
        {
          keys: opened.keys,
        },
      )
      for (const name of ['v', 'w']) {
        const found = host.variables.get(name)
        assert.is(found?.hidden, true, `${maker}: ${name}`)
        assert.ok(opened.learnt.includes(String(found?.value)), `${maker} is not learned`)
      }
    }),
    { numRuns: 60 },
  )
})
