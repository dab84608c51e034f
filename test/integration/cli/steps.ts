/** A playbook on a real sshd whose tasks record their actions in a file, and wait or fail as a test requires. */
import { readFileSync, writeFileSync, existsSync } from 'node:fs'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { Sshd } from '../../support/sshd.ts'

export interface Steps {
  /** The actions of the tasks, in order: `HOST WORD`. */
  readonly recorded: () => string[]
  /** Lets waiting tasks continue, and failing tasks succeed. */
  readonly go: () => void
  /** Writes a playbook with one play, and returns its path. */
  readonly book: (tasks: string) => string
  /** Writes an inventory of hosts that are all this machine, with their own variables. */
  readonly inventory: (hosts: Readonly<Record<string, Readonly<Record<string, unknown>>>>) => string
}

/** Steps that record their actions in a folder. */
export const stepsIn = (folder: string, sshd: () => Sshd): Steps => {
  const [log, go] = [join(folder, 'actions'), join(folder, 'go')]
  return {
    recorded: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
    go: () => writeFileSync(go, ''),
    book: (tasks) => {
      const path = join(folder, 'site.ts')
      writeFileSync(
        path,
        `import { playbook, z } from 'coxswain'
import { command, file } from 'coxswain/tasks'
const at = (host: string) => {
  const tell = (word: string) => \`echo \${host} \${word} >> ${log}\`
  return {
    say: (word: string, options = {}) => command({ run: tell(word) }, options),
    hold: (word: string) => command({ run: \`\${tell(word)}; while [ ! -e ${go} ]; do sleep 0.05; done\` }),
    fail: (word: string) => command({ run: \`\${tell(word)}; [ -e ${go} ]\` }),
    change: (name: string, options = {}) => file({ path: \`${folder}/\${host}-\${name}\`, content: 'x' }, options),
  }
}
export default playbook({
  name: 'site',
  vars: z.object({}),
  plays: ({ play }) => [
    play('one', {
      hosts: 'all',
      tasks: ({ host }) => {
        const { say, hold, fail, change } = at(host.name)
        return [${tasks}]
      },
      handlers: ({ host }) => ({ reload: at(host.name).say('reload') }),
    }),
    play('two', { hosts: 'all', tasks: ({ host }) => [at(host.name).say('last')] }),
  ],
})
`,
      )
      return path
    },
    inventory: (hosts) => {
      const { port, keyFile, knownHosts } = sshd()
      const all = Object.entries(hosts).map(([name, change]) => [
        name,
        {
          address: '127.0.0.1',
          port,
          user: 'root',
          private_key_file: keyFile,
          known_hosts_file: knownHosts,
          ...change,
        },
      ])
      const path = join(folder, 'inventory.yaml')
      writeFileSync(path, JSON.stringify({ all: { hosts: Object.fromEntries(all) } }))
      return path
    },
  }
}

/** Runs a function once when a run prints a text, then waits for the next. */
export const whenSaid =
  (...turns: readonly (readonly [RegExp, (child: ChildProcess) => void])[]) =>
  (child: ChildProcess): void => {
    let said = ''
    let next = 0
    const hear = (chunk: Buffer): void => {
      said += chunk.toString()
      for (let turn = turns[next]; turn?.[0].test(said) === true; turn = turns[next]) {
        next += 1
        turn[1](child)
      }
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
  }
