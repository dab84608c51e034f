/** What `run init` writes: a working folder for someone who starts with Coxswain. Pure. */

/** A file of the folder: its path in it, what it is for, and its content. */
export interface StarterFile {
  readonly path: string
  readonly purpose: string
  readonly content: string
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

const inventory = `# The hosts. This one is the machine that you sit at; take it out when you have others.
all:
  hosts:
    here: { connection: local }
  # children:
  #   web:
  #     vars: { user: ops, become: true }
  #     hosts:
  #       web1: { address: 192.0.2.11 }
  #       web2: { address: 192.0.2.12 }
`

const site = `import { playbook, z } from 'coxswain'
import { directory } from 'coxswain/tasks'
import { greeting } from './tasks/greeting.ts'

export default playbook({
  name: 'site',
  // the variables that it reads from the inventory (or -e name=value); everything below knows their types
  vars: z.object({
    folder: z.string().default('/tmp/coxswain-hello').describe('where the greeting is kept'),
    words: z.string().default('hello').describe('what it says'),
  }),
  plays: ({ play }) => [
    play('every host has its greeting', {
      hosts: 'all',
      tasks: ({ host, vars }) => [
        directory({ path: vars.folder }),
        greeting({ path: \`\${vars.folder}/greeting\`, text: \`\${vars.words}, \${host.name}\` }),
      ],
    }),
  ],
})
`

const task = `import { defineTask, drift, ok, remotePath, z } from 'coxswain'

/** A task of your own: a check that only reads, and an apply that makes it so. */
export const greeting = defineTask({
  name: 'greeting',
  description: 'Writes a file with a greeting.',
  params: z.object({
    path: remotePath().describe('the file'),
    text: z.string().describe('the greeting'),
  }),
  title: ({ path }) => \`greeting in \${path}\`,

  async check({ remote }, { path, text }) {
    const there = await remote.read(path)
    return there === \`\${text}\\n\` ? ok() : drift({ what: path, from: there, to: \`\${text}\\n\` })
  },

  async apply({ remote }, { path, text }) {
    await remote.write(path, \`\${text}\\n\`)
  },
})
`

const taskTest = `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rehearse } from 'coxswain/testing'
import { greeting } from './greeting.ts'

test('writes the greeting, and changes nothing where it is there', async () => {
  const task = greeting({ path: '/tmp/greeting', text: 'hello' })
  // with --check, for real, and a second time, which must change nothing
  const run = await rehearse(task, { files: {} })
  assert.equal(run.outcome, 'changed')
  assert.equal(run.files.get('/tmp/greeting')?.content, 'hello\\n')
})
`

const readme = (name: string): string => `# ${name}

\`\`\`sh
npm install                                       # types for your editor; \`npx run\` is the engine
npx run site.ts -i inventory.yaml --check --diff  # say what would change, and change nothing
npx run site.ts -i inventory.yaml                 # make it so; a second run changes nothing
npx run doctor -i inventory.yaml                  # what is wrong with a host, and how to fix it
npx run docs                                      # the tasks of the library
npm test                                          # the test of your task, without a host
npm run check                                     # the types
\`\`\`

- \`inventory.yaml\`: the hosts and their variables
- \`site.ts\`: the playbook: the state that they are brought to
- \`tasks/\`: tasks of your own, each with its test
`

/**
 * The files of a new folder.
 *
 * @param name of the folder, for its package.json.
 * @param dependency where npm finds the engine: a range of versions, or `file:` and a path.
 */
export const starterFiles = (name: string, dependency: string): readonly StarterFile[] => [
  { path: 'inventory.yaml', purpose: 'the hosts', content: inventory },
  { path: 'site.ts', purpose: 'a playbook', content: site },
  { path: 'tasks/greeting.ts', purpose: 'a task of your own', content: task },
  { path: 'tasks/greeting.test.ts', purpose: 'its test, which needs no host', content: taskTest },
  {
    path: 'tsconfig.json',
    purpose: 'types and completion in editors',
    content: json({
      compilerOptions: {
        module: 'nodenext',
        target: 'es2023',
        types: ['node'],
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        allowImportingTsExtensions: true,
        verbatimModuleSyntax: true,
        erasableSyntaxOnly: true,
      },
      include: ['**/*.ts'],
    }),
  },
  {
    path: 'package.json',
    purpose: 'what npm installs',
    content: json({
      name,
      private: true,
      type: 'module',
      scripts: { check: 'tsc', test: 'node --import tsx --test tasks/*.test.ts' },
      dependencies: { coxswain: dependency },
      devDependencies: { '@types/node': '>=20', tsx: '>=4.19', typescript: '>=5.8' },
    }),
  },
  { path: '.gitignore', purpose: 'what git leaves out', content: 'node_modules/\n' },
  { path: 'README.md', purpose: 'how to go on', content: readme(name) },
]
