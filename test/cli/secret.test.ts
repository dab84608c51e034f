/** `run secret`: the files that it writes, their modes, and that no plain text is left. */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { writeAll } from '../../engine/cli/secret/secret-files.ts'
import { compiledProgram } from '../support/compiled.ts'
import { folderOf } from '../support/folder.ts'
import { runCli } from '../support/run-cli.ts'
import type { CliOptions, CliResult } from '../support/run-cli.ts'
import { suite } from '../support/spec.ts'

const test = suite('run secret')
const { at, path, write } = folderOf(test)

/** A file with an identity, and its recipient. */
const person = (name: string, fixture: string) => {
  const text = readFileSync(join(import.meta.dirname, '../inventory/secrets/fixtures', fixture), 'utf8')
  const file = write(`${name}.key`, text)
  chmodSync(file, 0o600)
  return {
    file,
    identity: /AGE-SECRET-KEY-\S+/.exec(text)?.[0] ?? '',
    recipient: /age1\S+/.exec(text)?.[0] ?? '',
  }
}
const ann = person('ann', 'age-key.txt')
const bob = person('bob', 'other-age-key.txt')

const secret = (words: readonly string[], options: CliOptions = {}): Promise<CliResult> =>
  runCli(['secret', ...words], {
    cwd: path,
    ...options,
    // the keys of the user who runs the tests are not used
    env: {
      HOME: path,
      XDG_CONFIG_HOME: path,
      SOPS_AGE_KEY: '',
      SOPS_AGE_KEY_FILE: '',
      COXSWAIN_AGE_KEY_FILE: '',
      ...options.env,
    },
  })

/** Creates an encrypted file. */
const encrypted = async (name: string, content: string, recipient = ann.recipient): Promise<string> => {
  write(name, content)
  const { status, stderr } = await secret(['encrypt', name, '-r', recipient])
  assert.is(status, 0, stderr)
  return `${name}.age`
}

const opened = async (name: string, ...words: string[]): Promise<string> => {
  const { stdout, stderr, status } = await secret(['view', name, ...words])
  assert.is(status, 0, stderr)
  return stdout
}

/** An editor that runs this script with the file in "$1". */
const editor = (name: string, script: string): Readonly<Record<string, string>> => {
  const file = write(name, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o700)
  return { VISUAL: '', EDITOR: file }
}

test('encrypt FILE makes FILE.age that only its owner can read, and leaves no plain text', async () => {
  write('vars.yaml', 'password: hunter2\n')
  const { status, stdout, stderr } = await secret(['encrypt', 'vars.yaml', '--recipient', ann.recipient])
  assert.is(status, 0, stderr)
  assert.is(stdout, 'vars.yaml is now vars.yaml.age\n')
  assert.not.ok(existsSync(at('vars.yaml')))
  assert.is(statSync(at('vars.yaml.age')).mode & 0o777, 0o600)
  assert.match(readFileSync(at('vars.yaml.age'), 'utf8'), /^-----BEGIN AGE ENCRYPTED FILE-----/)
  assert.is(await opened('vars.yaml.age', '--identity', ann.file), 'password: hunter2\n')
  const wrong = await secret(['view', 'vars.yaml.age', '-i', bob.file])
  assert.is(wrong.status, 1)
  assert.is(wrong.stdout, '')
  assert.match(wrong.stderr, 'secret-locked')
})

test('a file that cannot be encrypted is unchanged', async () => {
  const file = await encrypted('twice.yaml', 'a: 1\n')
  assert.match((await secret(['encrypt', file, '-r', ann.recipient])).stderr, 'is encrypted already')
  write('twice.yaml', 'a: 2\n')
  assert.match(
    (await secret(['encrypt', 'twice.yaml', '-r', ann.recipient])).stderr,
    /exists already[\s\S]*secret edit/,
  )
  assert.is(readFileSync(at('twice.yaml'), 'utf8'), 'a: 2\n')
  assert.match(
    (await secret(['encrypt', 'twice.yaml'])).stderr,
    /no recipient is given[\s\S]*--recipients-file/,
  )
  symlinkSync(at('twice.yaml'), at('link.yaml'))
  assert.match((await secret(['encrypt', 'link.yaml', '-r', ann.recipient])).stderr, 'is a link')
  assert.match(
    (await secret(['encrypt', '-r', 'age1x'], { input: 'x' })).stderr,
    /"?age1x"? is not a recipient/,
  )
})

test('a file of identities that is named as one of recipients is refused without being shown', async () => {
  write('some.yaml', 'a: 1\n')
  const { stderr, status } = await secret(['encrypt', 'some.yaml', '-R', ann.file])
  assert.is(status, 1)
  assert.match(stderr, 'is not a recipient')
  assert.not.match(stderr, ann.identity)
})

test('a value from standard input is printed for an inventory, which reads it as a secret', async () => {
  const { stdout, stderr } = await secret(['encrypt', '--name', 'token', '-r', ann.recipient], {
    input: 'hunter2-value\n',
  })
  assert.match(stdout, /^token: !age \|\n {2}-----BEGIN AGE ENCRYPTED FILE-----\n/, stderr)
  write(
    'inv.yaml',
    `all:\n  hosts: { here: { connection: local } }\n  vars:\n${stdout.replaceAll(/^/gm, '    ').trimEnd()}\n`,
  )
  write(
    'show.ts',
    `import { playbook, secret, z } from 'coxswain'
import { debug } from 'coxswain/tasks'
export default playbook({
  name: 'show',
  vars: z.object({ token: secret() }),
  plays: ({ play }) => [play('one', { hosts: 'all', tasks: ({ vars }) => [debug({ show: 'length ' + vars.token.reveal().length + ' ' + vars.token.reveal() })] })],
})
`,
  )
  const run = await runCli(
    ['show.ts', '-i', 'inv.yaml', '--age-key-file', ann.file, '--output', 'plain', '-v'],
    { cwd: path },
  )
  assert.is(run.status, 0, run.stderr + run.stdout)
  assert.match(run.stdout, 'length 13 ********')
  assert.not.match(run.stdout + run.stderr, 'hunter2-value')
  const locked = await runCli(['show.ts', '-i', 'inv.yaml', '--age-key-file', bob.file], {
    cwd: path,
    env: { HOME: path },
  })
  assert.match(locked.stderr, /secret-locked[\s\S]*inv\.yaml:\d+/)
  assert.match((await secret(['encrypt', '-r', ann.recipient])).stderr, 'no value to encrypt')
})

test('recipients and identities of the settings apply; those of the command line replace them', async () => {
  write(
    'project/coxswain.config.ts',
    `export default { recipients: ['${ann.recipient}', 'team.txt'], ageKeyFiles: ['${ann.file}'] }\n`,
  )
  write('project/team.txt', `# the team\n${bob.recipient}  # bob\n`)
  write('project/a.yaml', 'x: 1\n')
  const inside = { cwd: at('project') }
  assert.is((await secret(['encrypt', 'a.yaml'], inside)).status, 0)
  assert.is((await secret(['view', 'a.yaml.age'], inside)).stdout, 'x: 1\n')
  assert.is((await secret(['view', 'a.yaml.age', '-i', bob.file], inside)).stdout, 'x: 1\n')
  write('project/b.yaml', 'x: 2\n')
  await secret(['encrypt', 'b.yaml', '-R', 'team.txt'], inside)
  assert.match((await secret(['view', 'b.yaml.age'], inside)).stderr, 'secret-locked')
  assert.is((await secret(['view', 'b.yaml.age', '-i', bob.file], inside)).stdout, 'x: 2\n')
})

test('a file of identities that others can read is refused', async () => {
  const file = await encrypted('open.yaml', 'a: 1\n')
  write('open.key', `${ann.identity}\n`)
  chmodSync(at('open.key'), 0o644)
  const { status, stdout, stderr } = await secret(['view', file, '-i', 'open.key'])
  assert.is(status, 1)
  assert.is(stdout, '')
  assert.match(stderr, /key-unsafe[\s\S]*open\.key[\s\S]*chmod 600/)
})

test('edit opens the plain text in a folder in memory, and removes it', async () => {
  const file = await encrypted('edit.yaml', 'a: 1\n')
  const env = editor(
    'change.sh',
    `echo "$1" > ${at('where')}; stat -c '%a %n' "$1" "$(dirname "$1")" > ${at('modes')}; echo 'b: 2' >> "$1"`,
  )
  const { status, stderr } = await secret(['edit', file, '-i', ann.file, '-r', bob.recipient], { env })
  assert.is(status, 0, stderr)
  assert.is(await opened(file, '-i', bob.file), 'a: 1\nb: 2\n')
  assert.match((await secret(['view', file, '-i', ann.file])).stderr, 'secret-locked')
  const where = readFileSync(at('where'), 'utf8').trim()
  assert.match(where, /\/edit\.yaml$/)
  assert.match(readFileSync(at('modes'), 'utf8'), /^600 .*\n700 /)
  assert.not.ok(existsSync(join(where, '..')))
})

test('edit writes nothing when nothing is changed, when the editor fails, or without recipients', async () => {
  const file = await encrypted('same.yaml', 'a: 1\n')
  const before = readFileSync(at(file))
  const words = ['edit', file, '-i', ann.file, '-r', ann.recipient]
  const same = await secret(words, { env: editor('same.sh', ':') })
  assert.is(same.stdout, `${file} is unchanged\n`)
  const fails = await secret(words, { env: editor('fails.sh', 'echo x >> "$1"; exit 3') })
  assert.is(fails.status, 1)
  assert.match(fails.stderr, /ended with 3: nothing was written/)
  const without = await secret(words.slice(0, 4), { env: editor('never.sh', `touch ${at('started')}`) })
  assert.match(without.stderr, 'no recipient is given')
  assert.not.ok(existsSync(at('started')))
  assert.equal(readFileSync(at(file)), before)
})

test('edit creates a new file', async () => {
  const env = editor('new.sh', `echo 'n: 1' > "$1"`)
  assert.is((await secret(['edit', 'new.yaml.age', '-r', ann.recipient], { env })).status, 0)
  assert.is(await opened('new.yaml.age', '-i', ann.file), 'n: 1\n')
  assert.match((await secret(['edit', 'new.yaml', '-r', ann.recipient], { env })).stderr, 'ends with .age')
})

test('interrupted while the editor runs, nothing is written and no plain text is left', async () => {
  const file = await encrypted('stop.yaml', 'a: 1\n')
  const before = readFileSync(at(file))
  const env = editor('stop.sh', `echo "$1"; echo changed >> "$1"; exec sleep 60`)
  const child = spawn(
    process.execPath,
    [compiledProgram(), 'secret', 'edit', file, '-i', ann.file, '-r', ann.recipient],
    {
      cwd: path,
      env: { ...process.env, ...env, HOME: path },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const where = await new Promise<string>((done) =>
    child.stdout.once('data', (chunk: Buffer) => done(chunk.toString().trim())),
  )
  assert.ok(existsSync(where))
  child.kill('SIGINT')
  const status = await new Promise((done) => child.once('close', (code, signal) => done(code ?? signal)))
  assert.is(status, 130)
  assert.not.ok(existsSync(join(where, '..')))
  assert.equal(readFileSync(at(file)), before)
})

test('rekey encrypts all files again, each in its format', async () => {
  const one = await encrypted('r1.yaml', 'a: 1\n')
  const two = await encrypted('r2.yaml', 'a: 2\n')
  const { status, stderr } = await secret(['rekey', one, two, '-i', ann.file, '-r', bob.recipient])
  assert.is(status, 0, stderr)
  assert.is(await opened(one, '-i', bob.file), 'a: 1\n')
  assert.is(await opened(two, '-i', bob.file), 'a: 2\n')
  assert.match(readFileSync(at(one), 'utf8'), /^-----BEGIN/)
  assert.match((await secret(['view', one, '-i', ann.file])).stderr, 'secret-locked')
})

test('rekey changes no file if one of them cannot be decrypted', async () => {
  const one = await encrypted('k1.yaml', 'a: 1\n')
  const two = await encrypted('k2.yaml', 'a: 2\n', bob.recipient)
  const before = [one, two].map((file) => readFileSync(at(file)))
  const { status } = await secret(['rekey', one, two, '-i', ann.file, '-r', bob.recipient])
  assert.is(status, 1)
  assert.equal(
    [one, two].map((file) => readFileSync(at(file))),
    before,
  )
})

test('of several files, either all are written or none', () => {
  write('all/one', 'old')
  write('all/two', 'old')
  const contents = (second: string) =>
    new Map([
      [at('all/one'), Buffer.from('new')],
      [second, Buffer.from('new')],
    ])
  assert.throws(() => writeAll(contents(at('all/absent'))))
  const one = (): string => readFileSync(at('all/one'), 'utf8')
  assert.is(one(), 'old')
  // the first already has its new content when the second cannot be renamed
  const failing = (file: string, from: string): void => {
    if (file.endsWith('two') && one() === 'new') throw new Error(`not from ${from}`)
  }
  assert.throws(() => writeAll(contents(at('all/two')), failing))
  assert.is(one(), 'old')
  assert.equal(readdirSync(at('all')).toSorted(), ['one', 'two'])
  writeAll(contents(at('all/two')))
  assert.is(one(), 'new')
  assert.is(readFileSync(at('all/two'), 'utf8'), 'new')
})

test('run secret without a command lists its commands', async () => {
  assert.match((await secret([])).stderr, 'one of encrypt, edit, view, rekey')
  assert.match((await secret(['encrpt'])).stderr, 'did you mean encrypt?')
  assert.match((await secret(['view', 'ann.key', '-i', ann.file])).stderr, 'is not encrypted with age')
})

test('SIGQUIT while the editor runs leaves no plain text', async () => {
  const file = await encrypted('quit.yaml', 'a: 1\n')
  const env = editor('quit.sh', `echo "$1" > ${at('quit-where')}; kill -QUIT $PPID; exec sleep 60`)
  const words = [compiledProgram(), 'secret', 'edit', file, '-i', ann.file, '-r', ann.recipient]
  const { status } = spawnSync(process.execPath, words, {
    cwd: path,
    env: { ...process.env, ...env, HOME: path },
  })
  assert.is(status, 130)
  assert.not.ok(existsSync(join(readFileSync(at('quit-where'), 'utf8').trim(), '..')))
})

test('edit does not overwrite a change made meanwhile, and keeps the edited text', async () => {
  const file = await encrypted('both.yaml', 'a: 1\n')
  const other = await encrypted('both-other.yaml', 'a: 2\n')
  const env = editor('both.sh', `cp ${at(other)} ${at(file)}; echo 'b: mine' >> "$1"`)
  const { status, stderr } = await secret(['edit', file, '-i', ann.file, '-r', ann.recipient], { env })
  assert.is(status, 2)
  assert.match(stderr, 'was changed while you edited it')
  assert.is(await opened(file, '-i', ann.file), 'a: 2\n')
  const kept = /encrypted in (\S+)/.exec(stderr)?.[1] ?? ''
  assert.is(statSync(kept).mode & 0o777, 0o600)
  assert.is(await opened(kept, '-i', ann.file), 'a: 1\nb: mine\n')
})

test('edit keeps the edited text if the file cannot be written', async () => {
  write('gone/keep', '')
  const env = editor('gone.sh', `echo 'n: 1' > "$1"; rm -r ${at('gone')}`)
  const { stderr } = await secret(['edit', 'gone/new.age', '-r', ann.recipient], { env })
  const kept = /encrypted in (\S+)/.exec(stderr)?.[1] ?? ''
  assert.is(await opened(kept, '-i', ann.file), 'n: 1\n')
})

test('edit refuses a folder that does not exist before it opens the editor', async () => {
  const env = editor('no-folder.sh', `touch ${at('no-folder-started')}; echo x > "$1"`)
  const { stderr } = await secret(['edit', 'absent/new.age', '-r', ann.recipient], { env })
  assert.match(stderr, /write-failed[^]*folder absent/)
  assert.not.ok(existsSync(at('no-folder-started')))
})

test('an editor that removes the file or leaves a folder is an error of use', async () => {
  const file = await encrypted('removed.yaml', 'a: 1\n')
  for (const [name, script] of [
    ['remove.sh', 'rm "$1"'],
    ['folder.sh', 'rm "$1"; mkdir "$1"'],
  ] as const) {
    const { stderr } = await secret(['edit', file, '-i', ann.file, '-r', ann.recipient], {
      env: editor(name, script),
    })
    assert.match(stderr, /error\[usage\][^]*left no readable file/)
  }
  const env = editor('dot.sh', `echo 'n: 1' > "$1"`)
  assert.is((await secret(['edit', '.age', '-r', ann.recipient], { env })).status, 0)
})

test('a value keeps its byte order mark; one that is not UTF-8 is refused', async () => {
  const { stdout } = await secret(['encrypt', '-r', ann.recipient], { input: '\uFEFFvalue\n' })
  write('bom.age', stdout.replace(/^.*\n/, '').replaceAll(/^ {2}/gm, ''))
  assert.is(await opened('bom.age', '-i', ann.file), '\uFEFFvalue')
  const words = [compiledProgram(), 'secret', 'encrypt', '-r', ann.recipient]
  const { status, stderr } = spawnSync(process.execPath, words, {
    cwd: path,
    input: Buffer.from([0x61, 0xff]),
  })
  assert.is(status, 1)
  assert.match(stderr.toString(), 'is not UTF-8')
})

test('a name that is not one of a variable is refused', async () => {
  const { stderr, stdout } = await secret(['encrypt', '--name', 'a b: c', '-r', ann.recipient], {
    input: 'x',
  })
  assert.match(stderr, 'is not the name of a variable')
  assert.is(stdout, '')
})

test('encrypt does not replace a link without a target', async () => {
  write('dangling.yaml', 'a: 1\n')
  symlinkSync(at('nowhere'), at('dangling.yaml.age'))
  assert.match((await secret(['encrypt', 'dangling.yaml', '-r', ann.recipient])).stderr, 'exists already')
})

test('rekey encrypts a file that is named twice once', async () => {
  const file = await encrypted('named.yaml', 'a: 1\n')
  const { stdout } = await secret(['rekey', file, `./${file}`, '-i', ann.file, '-r', bob.recipient])
  assert.is(stdout, `${file} is encrypted again\n`)
})

test('rekey by root keeps the owner and group of a file', async () => {
  if (process.getuid?.() !== 0) return
  const file = await encrypted('owned.yaml', 'a: 1\n')
  chownSync(at(file), 1234, 1235)
  await secret(['rekey', file, '-i', ann.file, '-r', bob.recipient])
  const { uid, gid } = statSync(at(file))
  assert.equal([uid, gid], [1234, 1235])
})

test('view of a file that was encrypted names the encrypted one; the option for identities is named', async () => {
  const file = await encrypted('beside.yaml', 'a: 1\n')
  assert.match(
    (await secret(['view', 'beside.yaml', '-i', ann.file])).stderr,
    'run secret view beside.yaml.age',
  )
  const { stderr } = await secret(['view', file, '--age-key-file', ann.file])
  assert.match(stderr, /no option '--age-key-file'[^]*--identity FILE/)
  const locked = await secret(['view', file])
  assert.match(locked.stderr, /COXSWAIN_AGE_KEY_FILE[^]*ageKeyFiles/)
})

test('a flag with a value is an error that says so', async () => {
  const { stderr, status } = await runCli(['site.ts', '--diff=yes'], { cwd: path })
  assert.is(status, 1)
  assert.match(stderr, /'--diff' takes no value/)
  assert.not.match(stderr, 'no option')
})
