import * as assert from 'uvu/assert'
import { listTasks } from '../../engine/cli/session/listing.ts'
import { background, block, flushHandlers, join, parallel } from '../../engine/dsl/step.ts'
import type { Step } from '../../engine/dsl/step.ts'
import { run, say, touch, usual } from '../run/site.ts'
import { suite } from '../support/spec.ts'

const test = suite('--list-tasks')

const hi = (text: string): Step => say({ text })
const always = 'no check: always acts'

/** The lines of a play, without its heading. */
const listed = async (
  tasks: (host: string) => readonly Step[],
  handlers: Readonly<Record<string, ReturnType<typeof say>>> = {},
): Promise<string[]> => {
  let text = ''
  await run(
    (play) => [play('p', { hosts: 'web', tasks: ({ host }) => tasks(host.name), handlers: () => handlers })],
    {
      hosts: { a: usual, b: usual },
      choose: (plan) => {
        text = listTasks(plan)
        return plan
      },
    },
  )
  return text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.slice(4))
}

test('a task is listed with its blocks and options', async () => {
  const lines = await listed(
    () => {
      const slowly = background(touch({ path: '/slow' }))
      return [
        slowly,
        block([touch({ path: '/1' }, { notify: 'reload' }), flushHandlers()], {
          when: () => true,
          rescue: [touch({ path: '/2' })],
          always: [touch({ path: '/3' })],
        }),
        join(slowly),
        parallel([touch({ path: '/4' }), touch({ path: '/5' })]),
      ]
    },
    { reload: say({ text: 'reload' }) },
  )
  assert.equal(lines, [
    'touch: /slow  (in the background)',
    'touch: /1  (conditional)',
    '(runs due handlers)',
    'touch: /2  (rescue, conditional)',
    'touch: /3  (always, conditional)',
    '(waits for the background tasks)',
    'touch: /4  (in parallel)',
    'touch: /5  (in parallel)',
    `say: reload  (handler, ${always})`,
  ])
})

test('two equal tasks of one host are listed twice', async () => {
  const lines = await listed((host) => [...(host === 'a' ? [hi('sync'), hi('sync')] : []), hi('all')])
  assert.equal(lines, [`say: sync  (${always})  [a]`, `say: sync  (${always})  [a]`, `say: all  (${always})`])
})

test('tasks of only some hosts are listed at their position', async () => {
  const lines = await listed((host) => [
    hi('first'),
    ...(host === 'b' ? [hi('only b')] : []),
    hi('last'),
    ...(host === 'b' ? [hi('b at the end')] : []),
  ])
  assert.equal(lines, [
    `say: first  (${always})`,
    `say: only b  (${always})  [b]`,
    `say: last  (${always})`,
    `say: b at the end  (${always})  [b]`,
  ])
})
