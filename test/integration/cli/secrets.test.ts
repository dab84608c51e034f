/** Secrets from every source, on a real host, in every output: none of them is ever shown. */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { stringify } from 'yaml'
import { fixture } from '../../inventory/secrets/keys.ts'
import { sopsEncrypt } from '../../inventory/secrets/sops-encrypt.ts'
import { compiledProgram } from '../../support/compiled.ts'
import { folderOf } from '../../support/folder.ts'
import { runCli } from '../../support/run-cli.ts'
import type { CliResult } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'
import { startSshd } from '../../support/sshd.ts'
import type { Sshd } from '../../support/sshd.ts'
import { localSite } from './local-site.ts'

const test = suite('secrets at the command line', { needs: ['root', 'sshd', 'ssh'] })
const folder = folderOf(test, 'coxswain-secrets-')

let sshd: Sshd
let inventory: string
let sops: string
const variable = 'COXSWAIN_TEST_SECRET'

/** The secret from each source. */
const secrets = {
  age: 'correct-horse-battery',
  sops: 'line one of "sops"\nand line two',
  vault: 'prod key with ümlaut',
  command: "it's $(from) a `command`",
  env: 'from/the+environment==',
  prompt: 'typed-by-a-person',
}

test.before(async () => {
  sshd = await startSshd()
  process.env[variable] = secrets.env
  const { file } = await sopsEncrypt({ sops_value: secrets.sops, unused: 'never-read' })
  sops = folder.write('sops.yaml', stringify(file))
  const vault = /api_key: (!vault[^]*)$/.exec(readFileSync(fixture('inline.yaml'), 'utf8'))?.[1] ?? ''
  folder.write('printed', secrets.command)
  inventory = folder.write(
    'inventory.yaml',
    `all:
  hosts:
    web1:
      address: 127.0.0.1
      port: ${sshd.port}
      user: root
      private_key_file: ${sshd.keyFile}
      known_hosts_file: ${sshd.knownHosts}
    web2: { secret_of_web2: !command [no-such-program], password: !command [no-such-program] }
  vars:
    unused: !command [no-such-program]
    command_value: !command [cat, printed]
    env_value: !env ${variable}
    prompt_value: !prompt "The word"
    vault_value: ${vault}`,
  )
})
test.after(async () => {
  delete process.env[variable]
  await sshd.stop()
})

/** A playbook that puts every secret into a file, prints it in many forms, and ends as requested. */
const book = (end: string): string =>
  folder.write(
    `book-${end}.ts`,
    `import { defineTask, playbook, secret, z } from 'coxswain'
import { command, file } from 'coxswain/tasks'
const print = defineTask({
  name: 'print', description: 'Prints what it is given.',
  params: z.object({ words: z.string() }),
  title: ({ words }) => 'print ' + words,
  async apply({ remote, log }, { words }) {
    log(words)
    await remote.run({ stdin: words })\`cat\`
    await remote.run({ stdin: words })\`tee /dev/stderr | base64 -w 20\`
    await remote.run({ stdin: words })\`cat >&2; exit ${end === 'fails' ? 1 : 0}\`
    if (${JSON.stringify(end)} === 'throws') throw new Error('thrown ' + words, { cause: { words } })
  },
})
const text = z.string()
export default playbook({
  name: 'secrets',
  vars: z.object({ db_password: text, pin: secret(), sops_value: text, vault_value: text, command_value: secret(),
    env_value: text, prompt_value: secret() }),
  plays: ({ play }) => [play('tell', { hosts: 'web1', tasks: ({ vars }) => {
    const { pin, ...others } = vars
    const all = Object.values(others).map((value) => typeof value === 'string' ? value : value.reveal())
    return [
      file({ path: ${JSON.stringify(folder.at('out'))}, mode: '0600', content: all.join('\\n') + '\\n' + pin.reveal() + '\\n' }),
      ...all.map((words) => print({ words })),
    ]
  } })],
})
`,
  )

const keys = (): string[] => [
  '--age-key-file',
  fixture('age-key.txt'),
  '--vault-id',
  `prod@${fixture('vault-password-prod')}`,
  '-e',
  `@${fixture('vars.yaml.age')}`,
  '-e',
  `@${sops}`,
]
const words = (end: string, ...more: string[]): string[] => [book(end), '-i', inventory, ...keys(), ...more]

/** In its own terminal: input is typed at the prompts. */
const atTerminal = (given: readonly string[]): Promise<CliResult> =>
  new Promise((done, failed) => {
    const command = [process.execPath, compiledProgram(), ...given]
    const quoted = command.map((word) => `'${word}'`).join(' ')
    const child = spawn('script', ['-qec', `stty cols 160 rows 60; ${quoted}`, '/dev/null'], {
      env: { ...process.env, CI: undefined, COXSWAIN_LOCK_PATH: folder.path },
    })
    let [stdout, asked] = ['', false]
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
      if (asked || !stdout.includes('The word: ')) return
      asked = true
      child.stdin.write(`${secrets.prompt}\r`)
    })
    child.on('error', failed)
    child.on('close', (status) => done({ status, stdout, stderr: '' }))
  })

const formsOf = (secret: string): string[] => [
  secret,
  ...secret.split('\n'),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('hex'),
  encodeURIComponent(secret),
]

const showsNothing = ({ stdout, stderr }: CliResult): void => {
  const all = stdout + stderr
  const joined = all.replaceAll(/\s/g, '')
  for (const [source, secret] of Object.entries(secrets)) {
    for (const form of formsOf(secret)) {
      assert.not.ok(all.includes(form), `${source}: ${form}\n${all}`)
      assert.not.ok(joined.includes(form.replaceAll(/\s/g, '')), `${source}: ${form}\n${all}`)
    }
  }
  assert.match(all, '********')
}

const page = folder.at('report.html')
const shows = ['--diff', '-vv', '--report', page]
const ways: [string, string, string[], number][] = [
  ['a check', 'well', ['--check'], 0],
  ['a run', 'well', [], 0],
  ['a command that fails', 'fails', [], 2],
  ['a task that throws', 'throws', [], 2],
]
for (const [what, end, more, status] of ways) {
  for (const output of ['plain', 'json', 'junit', 'tree']) {
    test(`no secret in any output of any mode: ${what}, ${output}`, async () => {
      folder.write('out', 'before\n')
      const state = folder.at(`state-${end}-${output}-${more.join('')}`)
      mkdirSync(state, { mode: 0o700 })
      const given = words(end, ...more, ...shows, '--output', output)
      const result =
        output === 'tree'
          ? await atTerminal(given)
          : await runCli(given, { input: `${secrets.prompt}\n`, env: { XDG_STATE_HOME: state } })
      assert.is(result.status, status, result.stdout + result.stderr)
      showsNothing(result)
      for (const journal of output === 'tree' ? [] : readdirSync(`${state}/coxswain`))
        if (journal.endsWith('.jsonl'))
          showsNothing({ ...result, stdout: readFileSync(`${state}/coxswain/${journal}`, 'utf8') })
      showsNothing({ ...result, stdout: readFileSync(page, 'utf8'), stderr: '' })
      const { age, sops: sopsValue, vault, command, env, prompt } = secrets
      const content = [age, sopsValue, vault, command, env, prompt, '0042', ''].join('\n')
      assert.is(readFileSync(folder.at('out'), 'utf8'), more.includes('--check') ? 'before\n' : content)
    })
  }
}

test('the listings show no secrets, and listing hosts does not need a key', async () => {
  const tasks = await runCli(words('well', '--list-tasks'), { input: `${secrets.prompt}\n` })
  assert.is(tasks.status, 0, tasks.stderr)
  showsNothing(tasks)
  for (const given of [[book('well')], []]) {
    const hosts = await runCli([
      ...given,
      '-i',
      inventory,
      '-e',
      `@${fixture('vars.yaml.age')}`,
      '--list-hosts',
    ])
    assert.is(hosts.status, 0, hosts.stderr)
    assert.match(hosts.stdout, 'web1')
  }
})

test('no key, a wrong one, and a variable that is refused: one error with a hint, and no secret', async () => {
  const without = words('well').filter((word) => word !== '--age-key-file' && word !== fixture('age-key.txt'))
  const locked = await runCli(without, { input: `${secrets.prompt}\n` })
  assert.is(locked.status, 1)
  assert.match(locked.stderr, '[secret-locked]')
  assert.match(locked.stderr, '--age-key-file')
  const refused = await runCli(
    [
      ...words('well'),
      '-e',
      `env_value=[${secrets.env}]`,
      '-e',
      'prompt_value={a: !env COXSWAIN_TEST_SECRET}',
    ],
    { input: '' },
  )
  assert.is(refused.status, 1)
  assert.match(refused.stderr, '[variables-invalid]')
  assert.not.match(refused.stderr, secrets.env)
  assert.not.match(locked.stderr + locked.stdout, secrets.command)
})

test('a single command on a host opens only what the connection needs', async () => {
  const result = await runCli(['exec', 'web1', '-i', inventory, '--', 'echo', 'well'])
  assert.is(result.status, 0, result.stderr)
  assert.match(result.stdout, 'well')
  const other = await runCli(['exec', 'web2', '-i', inventory, '--', 'true'])
  assert.is(other.status, 1)
  assert.match(other.stderr, '[secret-command-failed]')
  assert.match(other.stderr, `${inventory}:9:`)
})

test('text written at the end of a run hides a secret that a task created after it had been printed', async () => {
  const site = localSite()
  try {
    site.book('early({}), late({})', {
      before: `import { Secret } from 'coxswain'
const word = ['late', 'word', 'of', 'all'].join('-')
const early = defineTask({
  name: 'early', description: 'Prints it.', params: z.object({}), title: () => 'print ' + word,
  async apply({ remote, log }) { log(word); await remote.run({ stdin: word })\`cat\` },
})
const late = defineTask({
  name: 'late', description: 'Makes it a secret.', params: z.object({}),
  async apply({ remote }) { await remote.run({ stdin: new Secret(word) })\`cat\` },
})`,
    })
    const report = `${site.folder}/run.html`
    const result = await site.run(['--output', 'junit', '--report', report])
    assert.is(result.status, 0, result.stderr)
    for (const text of [result.stdout, readFileSync(report, 'utf8')]) {
      assert.not.match(text, 'late-word-of-all')
      assert.match(text, 'print ********')
    }
  } finally {
    site.remove()
  }
})

test('the error of a command hides a secret with an apostrophe, also nested in quotes', async () => {
  const site = localSite()
  try {
    site.book(`command({ run: 'ls', args: [vars.word.reveal()] })`, {
      before: `import { secret } from 'coxswain'`,
    })
    const written = readFileSync(`${site.folder}/site.ts`, 'utf8')
    site.write('site.ts', written.replace('z.looseObject({', 'z.looseObject({ word: secret(),'))
    site.variables({ word: "pa's!w0" })
    const result = await site.run()
    const all = result.stdout + result.stderr
    assert.is(result.status, 2, all)
    assert.match(all, /exit status \d+ from: .*\*{8}/)
    assert.not.match(all, 's!w0')
  } finally {
    site.remove()
  }
})
