/** Hosts that --limit leaves out are not changed, but can be read. */
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { defineTask } from '../../engine/dsl/task.ts'
import { ok, unknown } from '../../engine/dsl/verdict.ts'
import { suite } from '../support/spec.ts'
import { run, say, sent, usual } from './site.ts'

const test = suite('limits')

const kernel = defineTask({
  name: 'kernel',
  description: 'Reads the release of the kernel.',
  params: z.object({}),
  async check({ remote }) {
    return ok(await remote.query`uname -r`.text())
  },
})

/** Prints the kernels of all hosts of a group. */
const compare = defineTask({
  name: 'compare',
  description: 'Compares kernels.',
  params: z.object({ hosts: z.array(z.string()), all: z.string() }),
  async check({ on }, { hosts, all }) {
    const found = await Promise.all(
      hosts.map(async (host) => {
        const { fact } = await on(host)
        return `${host}=${await fact(kernel())}`
      }),
    )
    return found.join(' ') === all ? ok() : unknown(found.join(' '))
  },
  async apply() {},
})

test('pain 14: facts of hosts that --limit leaves out can be read', async () => {
  const host = (release: string) => ({
    replies: [...(usual.replies ?? []), [/^uname -r$/, release] as const],
  })
  const { ends, connections } = await run(
    (play) => [
      play('p', {
        hosts: 'web',
        tasks: ({ group }) => [
          compare({ hosts: group('web').map(({ name }) => name), all: 'a=6.1 b=6.2 c=6.3' }),
          say({ text: 'x' }),
        ],
      }),
    ],
    { hosts: { a: host('6.1'), b: host('6.2'), c: host('6.3') }, limit: ['a'] },
  )
  assert.equal(
    ends.map(({ task, outcome }) => `${task.host} ${task.name} ${outcome}`),
    ['a compare ok', 'a say changed'],
  )
  // the others were only read
  assert.equal([sent(connections['b']), sent(connections['c'])], [['uname -r'], ['uname -r']])
})
