import * as assert from 'uvu/assert'
import { block, flushHandlers } from '../../../engine/dsl/step.ts'
import type { Plan } from '../../../engine/run/plan/plan.ts'
import { startAt } from '../../../engine/run/plan/start-at.ts'
import { chooseByTags, tagsOf } from '../../../engine/run/plan/tags.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { run, say, touch, usual } from '../site.ts'

const test = suite('choosing tasks')

const plays: Parameters<typeof run>[0] = (play) => [
  play('one', {
    hosts: 'web',
    tags: 'base',
    tasks: () => [
      say({ text: 'packages' }),
      block([say({ text: 'config' }), say({ text: 'tune' }, { tags: 'slow' })], {
        tags: ['conf'],
        always: [say({ text: 'tidy' })],
      }),
      say({ text: 'facts' }, { tags: 'always' }),
      say({ text: 'wipe' }, { tags: ['never', 'wipe'] }),
    ],
  }),
  play('two', {
    hosts: 'web',
    tasks: ({ host }) => [...(host.name === 'a' ? [say({ text: 'only a' })] : []), say({ text: 'last' })],
  }),
]

const titles = async (choose: (plan: Plan) => Plan, hosts: 'a' | 'ab' = 'a'): Promise<string[]> => {
  const fleet = hosts === 'a' ? { a: usual } : { a: usual, b: usual }
  const { story } = await run(plays, { hosts: fleet, choose, forks: 1 })
  return story
    .map((line) => line.replace(/ changed$/, ''))
    .map((line) => (hosts === 'a' ? line.slice(2) : line))
}
const byTags = (tags: string[], skipTags: string[] = []) =>
  titles((plan) => chooseByTags(plan, { tags, skipTags }))

test('without tags, all tasks run except those tagged never', async () => {
  assert.equal(await byTags([]), ['packages', 'config', 'tune', 'tidy', 'facts', 'only a', 'last'])
})

test('tags of a play, a block and a task count; always runs in any case', async () => {
  assert.equal(await byTags(['conf']), ['config', 'tune', 'tidy', 'facts'])
  assert.equal(await byTags(['slow']), ['tune', 'facts'])
  assert.equal(await byTags(['base']), ['packages', 'config', 'tune', 'tidy', 'facts'])
  assert.equal(await byTags(['wipe']), ['facts', 'wipe'])
  assert.equal(await byTags(['never']), ['facts', 'wipe'])
})

test('skipped tags are skipped, always only when it is named', async () => {
  assert.equal(await byTags([], ['slow']), ['packages', 'config', 'tidy', 'facts', 'only a', 'last'])
  assert.equal(await byTags(['base'], ['conf']), ['packages', 'facts'])
  assert.equal(await byTags(['slow'], ['always']), ['tune'])
})

test('all, tagged and untagged', async () => {
  assert.equal(await byTags(['untagged']), ['facts', 'only a', 'last'])
  assert.equal(await byTags(['tagged']), ['packages', 'config', 'tune', 'tidy', 'facts'])
  assert.equal(await byTags([], ['tagged']), ['only a', 'last'])
})

test('a play without remaining tasks is skipped, and its hosts are not contacted', async () => {
  const { events, connections } = await run(plays, {
    hosts: { a: usual },
    choose: (plan) => chooseByTags(plan, { tags: ['untagged'], skipTags: ['always'] }),
  })
  assert.equal(
    events.flatMap((event) => (event.type === 'play-start' ? [event.name] : [])),
    ['two'],
  )
  assert.ok(connections['a'])
})

test('a tag that no task has is an error, with the nearest', async () => {
  const error = await rejects(() => byTags(['cnof']), 'usage', 'no task has the tag cnof')
  assert.match(error.hint, 'did you mean conf?')
  await rejects(() => byTags([], ['nothing']), 'usage', 'no task has the tag nothing')
})

test('the tags of a plan are known without running it', async () => {
  let tags: string[] = []
  await titles((plan) => {
    tags = tagsOf(plan)
    return plan
  })
  assert.equal(tags, ['always', 'base', 'conf', 'never', 'slow', 'wipe'])
})

test('start-at leaves out earlier tasks, also in blocks', async () => {
  assert.equal(await titles((plan) => startAt(plan, 'tune')), [
    'tune',
    'tidy',
    'facts',
    'wipe',
    'only a',
    'last',
  ])
  assert.equal(await titles((plan) => startAt(plan, 'la*')), ['last'])
  // the name matches the first of them
  assert.is((await titles((plan) => startAt(plan, 'say'))).length, 8)
})

test('start-at: a host without the task starts at the position of the first host that has it', async () => {
  assert.equal(await titles((plan) => startAt(plan, 'only a'), 'ab'), ['a only a', 'a last', 'b last'])
})

test('start-at: no such task is an error, with the nearest', async () => {
  const error = await rejects(
    () => titles((plan) => startAt(plan, 'pakages')),
    'usage',
    'no task to start at',
  )
  assert.match(error.hint, 'did you mean "packages"?')
})

test('skipping tagged or untagged keeps a task that is only tagged always', async () => {
  for (const word of ['tagged', 'untagged']) {
    const { story } = await run(
      (play) => [
        play('p', {
          hosts: 'a',
          tasks: () => [
            say({ text: 'facts' }, { tags: 'always' }),
            say({ text: 'x' }),
            say({ text: 'y' }, { tags: 'y' }),
          ],
        }),
      ],
      { hosts: { a: usual }, choose: (plan) => chooseByTags(plan, { tags: [], skipTags: [word] }) },
    )
    assert.equal(story, ['a facts changed', word === 'tagged' ? 'a x changed' : 'a y changed'])
  }
})

test('a block with only a flush remaining is left out', async () => {
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'a',
        tasks: () => [
          touch({ path: '/1' }, { notify: 'reload', tags: 'x' }),
          block([say({ text: 'y' }), flushHandlers()], { when: () => false }),
          say({ text: 'z' }, { tags: 'x' }),
        ],
        handlers: () => ({ reload: say({ text: 'reload' }) }),
      }),
    ],
    { hosts: { a: usual }, choose: (plan) => chooseByTags(plan, { tags: ['x'], skipTags: [] }) },
  )
  assert.equal(story, ['a /1 changed', 'a z changed', 'a reload changed'])
})

test('start-at: a task of a rescue cannot be the start', async () => {
  const start = () =>
    run(
      (play) => [
        play('p', {
          hosts: 'a',
          tasks: () => [block([say({ text: 'x' })], { rescue: [say({ text: 'mend' })] })],
        }),
      ],
      {
        hosts: { a: usual },
        choose: (plan) => startAt(plan, 'mend'),
      },
    )
  await rejects(start, 'usage', 'no task to start at')
})
