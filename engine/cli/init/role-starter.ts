/** The files that `run init --role NAME` writes. Pure. */
import type { StarterFile } from './starter.ts'
import { json } from './starter.ts'

/** `ssh-hardening` → `sshHardening`. */
const identifier = (name: string): string =>
  name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())

const role = (name: string): string => `import { defineRole, remotePath, z } from 'coxswain'
import { command, osRelease, template } from 'coxswain/tasks'

/** Sets the message of the day. */
export const ${identifier(name)} = defineRole({
  name: '${name}',
  description: 'Sets the message of the day.',
  params: z.object({
    text: z.string().describe('the message'),
    path: remotePath().default('/etc/motd').describe('the file'),
  }),
  example: { text: 'hello' },
  // values that are known only on the host
  facts: { os: osRelease({}) },
  tasks: ({ text, path }, { os }) => [
    // templates/motd.hbs, beside this file
    template({ src: 'motd.hbs', dest: path, values: { text, system: os.id } }, { notify: 'log' }),
  ],
  handlers: ({ path }) => ({ log: command({ run: 'logger', args: [\`changed \${path}\`] }) }),
})
`

const roleTest = (name: string): string => `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rehearseRole } from 'coxswain/testing'
import { ${identifier(name)} } from './index.ts'

test('the message is set once, and logged', async () => {
  // runs with --check, then for real, then again, which must change nothing
  const { debian, alpine } = await rehearseRole(${identifier(name)}({ text: 'hello' }), {
    debian: {
      files: { '/etc/os-release': 'ID=debian\\n' },
      replies: { "sh -c 'logger '\\\\''changed /etc/motd'\\\\'''": '' },
    },
    alpine: { files: { '/etc/os-release': 'ID=alpine\\n', '/etc/motd': 'hello from alpine\\n' } },
  })
  assert.equal(debian.error, undefined)
  assert.equal(debian.files.get('/etc/motd')?.content, 'hello from debian\\n')
  assert.deepEqual(debian.handlers, ['${name}: log'])
  assert.deepEqual(alpine.handlers, [])
})
`

const readme = (packageName: string, name: string): string => `# ${packageName}

A role for Coxswain: sets the message of the day.

In a play, with \`${identifier(name)}\` imported from \`${packageName}\`: \`tasks: () => [${identifier(name)}({ text: 'hello' })]\`.

\`npx run ${packageName} --help\` lists its parameters; \`npx run ${packageName} text=hello -i inventory.yaml --hosts web\` runs it alone.

To work on it: \`npm install\`, \`npm test\` (without a host), \`npm run check\` (types). \`npm publish\` builds and publishes it.
`

const compilerOptions = {
  module: 'nodenext',
  target: 'es2023',
  types: ['node'],
  strict: true,
  skipLibCheck: true,
  verbatimModuleSyntax: true,
}

/**
 * The files of a new role, ready for `npm publish`.
 *
 * @param name of the role.
 * @param packageName its name on npm.
 * @param dependency where npm finds the engine, for its tests.
 * @param version the version of the engine that the role needs at least.
 */
export const roleFiles = (
  name: string,
  packageName: string,
  { dependency, version }: { readonly dependency: string; readonly version: string },
): readonly StarterFile[] => [
  { path: 'index.ts', purpose: 'the role: parameters, tasks, handlers', content: role(name) },
  { path: 'index.test.ts', purpose: 'its test, which needs no host', content: roleTest(name) },
  { path: 'templates/motd.hbs', purpose: 'a template of the role', content: '{{text}} from {{system}}\n' },
  {
    path: 'package.json',
    purpose: 'name, version and dependencies',
    content: json({
      name: packageName,
      version: '0.1.0',
      description: 'Sets the message of the day.',
      keywords: ['coxswain-role'],
      type: 'module',
      exports: { '.': { types: './index.d.ts', default: './index.js' } },
      files: ['index.js', 'index.d.ts', 'templates', 'files'],
      scripts: {
        build: 'tsc -p tsconfig.build.json',
        check: 'tsc',
        prepack: 'npm run build',
        test: 'node --import tsx --test index.test.ts',
      },
      // one engine for a playbook and its roles: the one of the project
      peerDependencies: { coxswain: `>=${version}` },
      devDependencies: { '@types/node': '>=20', coxswain: dependency, tsx: '>=4.19', typescript: '>=5.8' },
    }),
  },
  {
    path: 'tsconfig.json',
    purpose: 'types and completion in editors',
    content: json({
      compilerOptions: { ...compilerOptions, noEmit: true, allowImportingTsExtensions: true },
      include: ['*.ts'],
    }),
  },
  {
    path: 'tsconfig.build.json',
    purpose: 'how the published JavaScript is made',
    content: json({ compilerOptions: { ...compilerOptions, declaration: true }, files: ['index.ts'] }),
  },
  {
    path: '.gitignore',
    purpose: 'files that git ignores',
    content: 'node_modules/\nindex.js\nindex.d.ts\n',
  },
  { path: 'README.md', purpose: 'how it is used', content: readme(packageName, name) },
]
