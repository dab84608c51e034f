import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { at } from '../../../tasks/system/at.ts'
import { sent } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('at')

/** A host with these jobs, by number. */
const host = (before: Readonly<Record<number, string>>): { world: World; given: string[] } => {
  let jobs = Object.entries(before)
  const given: string[] = []
  const listing = (): string => jobs.map(([n, text]) => `${n}\n${text.replaceAll(/^/gm, '.')}\n`).join('')
  return {
    given,
    world: {
      replies: {
        [sent('tasks/system/at-jobs.sh', '# coxswain: tidy', '# coxswain: end of tidy')]: listing,
      },
      patterns: [
        [
          /^atrm /,
          ({ script }) => {
            const numbers = script.split(' ')
            jobs = jobs.filter(([n]) => !numbers.includes(n))
            return ''
          },
        ],
        [
          /^at /,
          ({ script, stdin }) => {
            if (script.endsWith('never')) return { code: 1, stderr: 'Garbled time' }
            given.push(stdin)
            jobs.push(['9', stdin.split('\n').slice(1, -2).join('\n')])
            return ''
          },
        ],
      ],
    },
  }
}
const job = { name: 'tidy', time: 'now + 2  hours', command: 'echo 1\necho 2\n' }

test('a job is added between comments with its name', async () => {
  const { world, given } = host({})
  const run = await rehearse(at({ ...job, queue: 'b' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, ['at -q b now + 2 hours'])
  assert.equal(given, ['# coxswain: tidy\necho 1\necho 2\n# coxswain: end of tidy\n'])
})

test('a job that waits is left alone; another command replaces it, and so do two of them', async () => {
  assert.is((await rehearse(at(job), host({ 3: 'echo 1\necho 2' }).world)).outcome, 'ok')
  const run = await rehearse(at(job), host({ 3: 'echo 1', 4: 'echo 1\necho 2' }).world)
  assert.equal(run.commands.apply, ['at now + 2 hours', 'atrm 3 4'], String(run.error))
})

test('a job that waits stays if at refuses the time of the new one', async () => {
  const run = await rehearse(at({ ...job, time: 'never' }), host({ 3: 'echo 1' }).world)
  assert.equal([run.outcome, run.commands.apply], ['failed', ['at never']], String(run.error))
})

test('removed; done before; not installed', async () => {
  const gone = at({ name: 'tidy', state: 'absent' })
  assert.equal((await rehearse(gone, host({ 3: 'x' }).world)).commands.apply, ['atrm 3'])
  assert.is((await rehearse(gone, host({}).world)).outcome, 'ok')
  const done = await rehearse(at({ ...job, creates: '/done' }), { ...host({}).world, files: { '/done': '' } })
  assert.is(done.outcome, 'ok')
  const without = { patterns: [[/atq/, { code: 127 }]] } satisfies World
  assert.is((await rehearse(at(job), without)).predicted, 'unknown')
  assert.match(String((await rehearse(at(job), without)).error), 'at is not installed')
  const refused = { patterns: [[/atq/, { code: 1, stderr: 'no permission' }]] } satisfies World
  assert.match(String((await rehearse(at(job), refused)).error), 'cannot list the jobs of at')
})

test('times that are options, and commands that end the job early, are refused', () => {
  assert.throws(() => at({ ...job, time: '-f /etc/shadow' }), /must be a time/)
  assert.throws(
    () => at({ ...job, command: 'a\n# coxswain: end of tidy\nb' }),
    /must not contain the comment/,
  )
  assert.throws(() => at({ name: 'x' }), /command and time are required/)
  assert.throws(() => at({ ...job, queue: 'ab' }), /must be a letter/)
})
