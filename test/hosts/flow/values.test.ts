/** A playbook with values known at their turn, on hosts of three families at once. */
import * as assert from 'uvu/assert'
import type { Connection, Request } from '../../../engine/connection/types.ts'
import { defineRole } from '../../../engine/dsl/role.ts'
import { given } from '../../../engine/dsl/given.ts'
import type { PlayMaker } from '../../../engine/dsl/play.ts'
import { on, onEach, orElse } from '../../../engine/dsl/value-source.ts'
import { z } from '../../../engine/index.ts'
import { nginx } from '../../../examples/roles/nginx/index.ts'
import {
  command,
  file,
  hostNames,
  osRelease,
  packages,
  template,
  virtualization,
} from '../../../tasks/index.ts'
import { realHosts } from '../../support/real-host.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'
import { run } from '../../run/site.ts'

const test = suite('values on hosts of three families')

const hosts = realHosts('services-debian', 'services-redhat', 'services-alpine')
const { at, write } = folderOf(test)
write(
  'peers.hbs',
  'of {{primary.name}}, own {{own.name}}\n{{#each all}}\n{{host}} {{value.name}}\n{{/each}}\n',
)

/** A role with a fact and a handler of its own. */
const motd = defineRole({
  name: 'motd',
  description: 'Sets the message of the day.',
  params: z.object({ text: z.string().describe('the message') }),
  facts: { os: osRelease({}), machine: virtualization({}) },
  tasks: ({ text }, { os, machine }) => [
    file(
      { path: '/etc/motd', content: `${text}: ${os.osFamily}, ${machine.container}\n` },
      { notify: 'announced' },
    ),
  ],
  handlers: () => ({ announced: command({ run: 'echo announced >>/srv/announced' }) }),
})

const packagesOf = { debian: 'openssh-server', redhat: 'openssh-server', alpine: 'openssh' } as const

const isServed = (family: string): family is keyof typeof packagesOf => family in packagesOf

const plays = (play: PlayMaker<Record<string, unknown>>) => [
  play('application', {
    hosts: 'web',
    tasks: () => {
      const token = command({
        run: 'od -An -N8 -tx1 /dev/urandom | tr -d " \\n" | tee /srv/token',
        creates: '/srv/token',
      })
      const names = hostNames()
      return [
        given(
          { primary: on('web[0]', names), own: names, all: orElse(onEach('web', names), undefined) },
          ({ primary, own, all }) => [
            template(
              { src: at('peers.hbs'), dest: '/srv/peers', values: { primary, own, all } },
              { notify: 'reload' },
            ),
          ],
        ),
        given({ os: osRelease() }, ({ os }) =>
          isServed(os.osFamily) ? [packages({ name: [packagesOf[os.osFamily]] })] : [],
        ),
        token,
        given({ token }, ({ token: made }) => [
          file({ path: '/srv/token-copy', content: `${made.stdout}\n`, mode: '0600' }),
        ]),
        motd({ text: 'hello' }),
        nginx({ sites: [{ name: 'www.example', root: '/srv/www', default: true }] }),
      ]
    },
    handlers: () => ({ reload: command({ run: 'echo reloaded >>/srv/reloaded' }) }),
  }),
]

/** `HOST TITLE` and the outcome of each task. */
type Outcomes = ReadonlyMap<string, string>

const outcomesOf = async (checkMode: boolean): Promise<Outcomes> => {
  const sent: Request[] = []
  const recording = (inner: Connection): Connection => ({
    ...inner,
    execute: (request) => {
      if (request.purpose === 'run') sent.push(request)
      return inner.execute(request)
    },
    close: () => inner.close(),
  })
  const open = await Promise.all(
    hosts.map(async (host) => [host.name, recording(await host.connect())] as const),
  )
  const { ends } = await run(plays, { hosts: Object.fromEntries(open), checkMode })
  for (const [, connection] of open) await connection.close()
  const changing = sent.map(({ label, script }) => label ?? script)
  if (checkMode) assert.equal(changing, [], '--check sent a command that can change a host')
  assert.equal(
    ends.flatMap(({ task, error }) =>
      error === undefined ? [] : [`${task.host} ${task.title}: ${error.message}`],
    ),
    [],
  )
  return new Map(ends.map(({ task, outcome }) => [`${task.host} ${task.title}`, outcome]))
}

/** Those of some outcomes. */
const those = (all: Outcomes, ...outcomes: readonly string[]): string[] =>
  [...all].flatMap(([task, outcome]) => (outcomes.includes(outcome) ? [task] : [])).toSorted()

test('--check predicts what the run does, a second run changes nothing, and --check is exact then', async () => {
  for (const host of hosts) await host.sh('mkdir -p /srv/www')
  const predicted = await outcomesOf(true)
  const first = await outcomesOf(false)
  const unknown = those(predicted, 'unknown')
  assert.equal(
    unknown.filter((task) => task.includes(' given ')),
    hosts.map(({ name }) => `${name} given token`).toSorted(),
  )
  const made = hosts.map(({ name }) => `${name} file /srv/token-copy`)
  const unforeseen = new Set([...unknown, ...made])
  assert.equal(
    those(predicted, 'would change'),
    those(first, 'changed').filter((task) => !unforeseen.has(task)),
  )
  const all = hosts.map(({ name }) => `${name} ${name}\n`).join('')
  for (const host of hosts) {
    const { name } = host
    assert.is(await host.sh('cat /srv/peers'), `of services-debian, own ${name}\n${all}`)
    assert.is(await host.sh('cat /srv/token-copy'), `${await host.sh('cat /srv/token')}\n`)
    assert.is(await host.sh('cat /etc/motd'), `hello: ${name.replace('services-', '')}, podman\n`)
    assert.is(await host.sh('cat /srv/announced /srv/reloaded'), 'announced\nreloaded\n')
    await host.sh('nginx -t -q && command -v sshd')
  }
  const second = await outcomesOf(false)
  assert.equal(those(second, 'changed', 'unknown'), [])
  const settled = await outcomesOf(true)
  assert.equal(those(settled, 'would change', 'unknown'), [])
  assert.equal(settled, second)
})
