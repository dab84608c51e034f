/** The files that `run init` writes. Pure. */

/** A file of the project: its path, purpose and content. */
export interface StarterFile {
  readonly path: string
  readonly purpose: string
  readonly content: string
}

export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

const inventory = `# The hosts. This one is your own machine; remove it when you have others.
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
import { greeting } from '../tasks/greeting.ts'

export default playbook({
  name: 'site',
  // the variables that it reads from the inventory (or -e name=value), with their types
  vars: z.object({
    folder: z.string().default('/tmp/coxswain-hello').describe('folder of the greeting'),
    words: z.string().default('hello').describe('text of the greeting'),
  }),
  plays: ({ play }) => [
    play('a greeting on every host', {
      hosts: 'all',
      tasks: ({ host, vars }) => [
        directory({ path: vars.folder }),
        greeting({ path: \`\${vars.folder}/greeting\`, text: \`\${vars.words}, \${host.name}\` }),
      ],
    }),
  ],
})
`

const config = `import { defineConfig } from 'coxswain'

// what the settings say need not be typed; \`npx run config\` prints all that are in effect
export default defineConfig({
  inventories: ['inventory.yaml'],
  tasks: ['tasks'],
})
`

const task = `import { defineTask, drift, ok, remotePath, z } from 'coxswain'

/** A task of your own: check only reads, apply makes the change. */
export const greeting = defineTask({
  name: 'greeting',
  description: 'Writes a file with a greeting.',
  params: z.object({
    path: remotePath().describe('the file'),
    text: z.string().describe('the greeting'),
  }),
  title: ({ path }) => \`greeting in \${path}\`,

  async check({ remote }, { path, text }) {
    const current = await remote.read(path)
    return current === \`\${text}\\n\` ? ok() : drift({ what: path, from: current, to: \`\${text}\\n\` })
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

test('writes the greeting once', async () => {
  const task = greeting({ path: '/tmp/greeting', text: 'hello' })
  // runs with --check, then for real, then again, which must change nothing
  const run = await rehearse(task, { files: {} })
  // the third argument shows why the task failed
  assert.equal(run.outcome, 'changed', String(run.error))
  assert.equal(run.files.get('/tmp/greeting')?.content, 'hello\\n')
})
`

const readme = (name: string): string => `# ${name}

\`\`\`sh
npm install                      # the engine, and types for your editor
npx run site --check --diff      # show what would change, and change nothing
npx run site                     # make the changes; a second run changes nothing
npx run doctor                   # find problems of hosts, and how to fix them
npx run docs                     # list the tasks: your own, and those of the library
npx run validate playbooks/*.ts  # list all faults, without connecting to a host
npm test                         # test your task, without a host
npm run check                    # check the types
\`\`\`

- \`inventory.yaml\`: the hosts and their variables
- \`playbooks/site.ts\`: the playbook, which describes the state of the hosts; \`npx run site\` runs it
- \`tasks/\`: your own tasks, each with a test
- \`coxswain.config.ts\`: the settings of the project, such as its inventories
`

/**
 * The files of a new project.
 *
 * @param name of the folder, for its package.json.
 * @param dependency where npm finds the engine: a range of versions, or `file:` and a path.
 */
export const starterFiles = (name: string, dependency: string): readonly StarterFile[] => [
  { path: 'inventory.yaml', purpose: 'the hosts', content: inventory },
  { path: 'playbooks/site.ts', purpose: 'a playbook', content: site },
  { path: 'tasks/greeting.ts', purpose: 'a task of your own', content: task },
  { path: 'tasks/greeting.test.ts', purpose: 'its test, which needs no host', content: taskTest },
  { path: 'coxswain.config.ts', purpose: 'the settings of the project', content: config },
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
    purpose: 'dependencies and scripts',
    content: json({
      name,
      private: true,
      type: 'module',
      scripts: { check: 'tsc', test: 'node --import tsx --test tasks/*.test.ts' },
      dependencies: { coxswain: dependency },
      devDependencies: { '@types/node': '>=20', tsx: '>=4.19', typescript: '>=5.8' },
    }),
  },
  { path: '.gitignore', purpose: 'files that git ignores', content: 'node_modules/\n' },
  { path: 'README.md', purpose: 'next steps', content: readme(name) },
]
