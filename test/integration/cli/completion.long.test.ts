/** Completion in the shells themselves. */
import { execFileSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { compiledProgram } from '../../support/compiled.ts'
import { folderOf } from '../../support/folder.ts'
import { runCli } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const test = suite('completion in shells', { needs: ['fish', 'zsh'] })
const folder = folderOf(test)

test.before(async () => {
  const run = folder.write('bin/run', `#!/bin/sh\nexec '${process.execPath}' '${compiledProgram()}' "$@"\n`)
  chmodSync(run, 0o755)
  folder.write(
    'site.ts',
    `import { playbook, z } from 'coxswain'
import { debug } from 'coxswain/tasks'
export default playbook({
  name: 'site', vars: z.object({}),
  plays: ({ play }) => [play('p', { hosts: 'all', tasks: () => [debug({ show: 'hi' }, { tags: ['quick', 'quiet'] })] })],
})
`,
  )
  folder.write('inv.yaml', 'all: { children: { web: { hosts: { web1: , web2: } } } }\n')
  for (const shell of ['bash', 'zsh', 'fish'])
    folder.write(`run.${shell}`, (await runCli(['completion', shell])).stdout)
})

const env = () => ({
  ...process.env,
  PATH: `${folder.at('bin')}:${process.env['PATH'] ?? ''}`,
  HOME: folder.path,
  // shells are tried here, and not how long a slow machine needs
  COXSWAIN_COMPLETION_SECONDS: '60',
})

/** The output of a shell that runs a script. */
const shell = (name: string, script: string, ...flags: string[]): string[] =>
  execFileSync(name, [...flags, '-c', script], { cwd: folder.path, encoding: 'utf8', env: env() })
    .split(/\r?\n/)
    .filter((line) => line !== '')

const completing: Readonly<Record<string, (line: string) => string[]>> = {
  bash: (line) =>
    shell(
      'bash',
      `. ./run.bash; COMP_LINE='${line}'; COMP_POINT=\${#COMP_LINE}; _coxswain_run run; printf '%s\\n' "\${COMPREPLY[@]}"`,
      '--norc',
    ),
  // fish adds a description after a tab, if there is one
  fish: (line) =>
    shell('fish', `source ./run.fish; complete -C '${line}'`).map((one) => one.split('\t')[0] ?? ''),
}

for (const [name, complete] of Object.entries(completing)) {
  test(`${name}: commands, hosts of the inventory on the line, tags of the playbook`, () => {
    assert.equal(complete('run doc').toSorted(), ['docs', 'doctor'])
    assert.equal(complete('run doctor -i inv.yaml --hosts w').toSorted(), ['web', 'web1', 'web2'])
    assert.equal(complete('run site.ts -i inv.yaml -t qui').toSorted(), ['quick', 'quiet'])
    assert.equal(complete('run si'), ['site.ts'])
  })
}

test('bash: after a colon or an equals sign, only the rest is inserted', () => {
  assert.equal(completing['bash']?.('run exec -i inv.yaml all:!web1'), ['!web1'])
  assert.equal(completing['bash']?.('run docs --no-such'), [])
})

test('zsh: the same, in its own terminal', () => {
  const script = `zmodload zsh/zpty
zpty shell "PS1= zsh -f -i"
zpty -w shell "autoload -Uz compinit; compinit -u -d ./dump; source ./run.zsh; LISTMAX=0; stty columns 200"
zpty -w shell "print rea''dy"
zpty -r shell out '*ready*'
zpty -w -n shell $'run exec -i inv.yaml web1\\C-i'
zpty -w -n shell $' --outpu\\C-i j\\C-i'
zpty -w -n shell $'\\C-aprint -r -- \\C-e; print do\\'\\'ne\\n'
zpty -r shell out '*done*'
print -r -- $out`
  assert.match(shell('zsh', script, '-f').join('\n'), /exec -i inv\.yaml web1 +--output +j/)
})

test('an unsupported shell', async () => {
  const { status, stderr } = await runCli(['completion', 'tcsh'])
  assert.is(status, 1)
  assert.match(stderr, 'bash, zsh, fish')
})

test('a broken inventory or playbook does not print errors while the user types', async () => {
  folder.write('broken.yaml', 'all: [\n')
  const { status, stdout, stderr } = await runCli([
    '__complete',
    '--',
    'doctor',
    '-i',
    folder.at('broken.yaml'),
    '--hosts',
    '',
  ])
  assert.equal([status, stdout, stderr], [0, '', ''])
})
