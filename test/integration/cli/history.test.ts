/** `run history show` and `run history diff` with the names of runs. */
import * as assert from 'uvu/assert'
import { suite } from '../../support/spec.ts'
import { ended, go, localSite } from './local-site.ts'
import type { LocalSite } from './local-site.ts'

const test = suite('history of runs')

let site: LocalSite
test.beforeEach(() => {
  site = localSite()
})
test.afterEach(() => site.remove())

test('a run is named by its number, as last, from the end, or by its playbook', async () => {
  ended(await site.cli(['history', 'show', 'last']), 1, 'no runs are recorded')
  site.book("say('one')")
  ended(await site.run(), 0)
  ended(await site.run(['--check']), 0)
  for (const [word, number] of [
    ['2', 2],
    ['last', 2],
    ['-1', 2],
    ['-2', 1],
    [`${site.folder}/site.ts`, 2],
  ] as const)
    ended(await site.cli(['history', 'show', word]), 0, new RegExp(`^run ${number}, `))
  ended(await site.cli(['history', 'show', '-3']), 1, 'run -3 is not recorded')
  ended(await site.cli(['history', 'show', 'other.ts']), 1, 'no recorded run matches other.ts')
})

test('in a project a run is named by the name of its playbook', async () => {
  site.book("say('one')")
  ended(await site.run(), 0)
  site.write('package.json', '{"coxswain":{"playbooks":"."}}')
  const here = { cwd: site.folder }
  ended(await site.cli(['history', 'show', 'site'], here), 0, /^run 1, /)
  ended(await site.cli(['history', 'site'], here), 0, 'site.ts')
  ended(await site.cli(['history', 'other'], here), 0, 'no runs of other are recorded')
})

test('diff compares the last run with the one before, or two given runs', async () => {
  site.book("say('one'), fails('two')")
  ended(await site.run(), 2)
  ended(
    await site.cli(['history', 'diff']),
    1,
    'run 1 is the first recorded run of its playbook and inventory',
  )
  go(site)
  ended(await site.run(), 0)
  const text = await site.cli(['history', 'diff'])
  ended(text, 0, /^run 1 .* failed/, /failed -> changed +here$/m)
  assert.not.match(text.stdout, 'one.*->')
  const json = await site.cli(['history', 'diff', '1', 'last', '--output', 'json'])
  const [difference, ...more] = json.stdout.trim().split('\n')
  assert.equal(more, [])
  const { type, host, from, to } = JSON.parse(difference ?? '')
  assert.equal([type, host, from, to], ['outcome', 'here', 'failed', 'changed'])
  ended(await site.cli(['history', 'diff', '2', '2']), 0, 'no difference')
})
