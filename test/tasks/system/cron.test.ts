import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { inputBytes } from '../../../engine/connection/input.ts'
import { cron, withEntry } from '../../../tasks/system/cron.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'

const test = suite('cron')
const entry = { name: 'clean', schedule: '15 3 * * *', command: 'clean --all', state: 'present' } as const
const marked = (text: string): string => `# BEGIN coxswain: clean\n${text}# END coxswain: clean\n`
const lines = marked('15 3 * * * clean --all\n')

/** A host with one crontab. */
const host = (before: string | undefined, user = ''): World & { now: () => string | undefined } => {
  let text = before
  return {
    now: () => text,
    patterns: [
      [/^crontab( -u \S+)? -l$/, () => text ?? { code: 1, stderr: 'no crontab for root' }],
      [
        new RegExp(`^crontab${user === '' ? '' : ` -u ${user}`} -$`),
        async ({ stdin }) => {
          text = (await inputBytes(stdin))?.toString() ?? ''
          return ''
        },
      ],
    ],
  }
}

test('an entry is added, changed where it stands, and taken out', () => {
  assert.is(withEntry('', entry), lines)
  assert.is(withEntry('MAILTO=x\n@daily y\n', entry), `MAILTO=x\n@daily y\n${lines}`)
  assert.is(
    withEntry(`${lines}@daily y\n`, { ...entry, schedule: '@hourly' }),
    `${marked('@hourly clean --all\n')}@daily y\n`,
  )
  assert.is(withEntry(`${lines}@daily y\n`, { ...entry, state: 'absent' }), '@daily y\n')
  assert.is(withEntry(lines, entry), lines)
})

test('a line that somebody else put there stays, whatever was done to ours', () => {
  for (const left of [marked(''), '# BEGIN coxswain: clean\n', '# END coxswain: clean\n']) {
    assert.match(withEntry(`${left}@daily y\n`, { ...entry, state: 'absent' }), '@daily y\n')
    const again = withEntry(`${left}@daily y\n`, entry)
    assert.match(again, '@daily y\n')
    assert.match(again, lines)
    assert.is(withEntry(again, entry), again)
  }
})

test('the crontab of the user who acts, and of another one', async () => {
  const own = host(undefined)
  const run = await rehearse(cron(entry), own)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands, { check: ['crontab -l'], apply: ['crontab -'] })
  assert.is(own.now(), lines)
  const other = await rehearse(cron({ ...entry, user: 'ann' }), host('', 'ann'))
  assert.equal(other.commands.apply, ['crontab -u ann -'])
  assert.is((await rehearse(cron(entry), host(lines))).outcome, 'ok')
})

test('without cron it cannot be known, nor done', async () => {
  const run = await rehearse(cron(entry), { replies: { 'crontab -l': { code: 127 } } })
  assert.is(run.foretold, 'unknown')
  assert.match(String(run.error), 'there is no crontab(1) on the host')
})

test('what is no schedule, and two lines, are refused', async () => {
  await rejects(() => cron({ ...entry, schedule: 'daily' }), 'params-invalid', 'five fields')
  await rejects(() => cron({ ...entry, command: 'a\nb' }), 'params-invalid', 'a command is one line')
  await rejects(() => cron({ name: 'x' }), 'params-invalid', 'a command and a schedule are needed')
})
