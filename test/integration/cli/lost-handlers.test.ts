/** Due handlers that cannot run: the next run reports them. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from '../../support/spec.ts'
import { ended, go, localSite } from './local-site.ts'
import type { LocalSite } from './local-site.ts'
import * as assert from 'uvu/assert'

const test = suite('due handlers that cannot run')

let site: LocalSite
test.beforeEach(() => {
  site = localSite()
})
test.afterEach(() => site.remove())

const book = (): void => site.book("say('one', { notify: 'reload' }), fails('two')")

/** The journal of the only run, changed to that of a killed run. */
const asKilled = (change: (line: string) => string): void => {
  const [name = ''] = site.journals()
  const path = join(site.state, name)
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => !/"type":"(journal-end|run-end)"/.test(line))
  writeFileSync(path, lines.map(change).join('\n'))
}

test('if the line of a handler in the journal is damaged, the next run warns', async () => {
  const changes = [
    (line: string) => (line.includes('"handlers-due"') ? `X${line}` : line),
    (line: string) => line.replace(/("type":"handlers-due".*"handlers":)\[[^\]]*\]/, '$1null'),
    (line: string) => (line.includes('"run-start"') ? line.slice(0, 30) : line),
  ]
  for (const change of changes) {
    site.remove()
    site = localSite()
    book()
    ended(await site.run(), 2)
    asKilled(change)
    go(site)
    ended(await site.run(), 0, /the journal of run 1 is damaged \(\d+ lines?\): it can have due handlers/)
  }
})

test('a handler whose play or name has changed is named', async () => {
  book()
  ended(await site.run(), 2)
  go(site)
  const path = join(site.folder, 'site.ts')
  const text = readFileSync(path, 'utf8')
  const lost = 'due from an earlier run, but no longer in this playbook: handler reload of play one on here'
  for (const renamed of [text.replace("play('one'", "play('first'"), text.replaceAll('reload', 'restart')]) {
    writeFileSync(path, renamed)
    ended(await site.run(['--check']), 0, lost)
  }
  writeFileSync(path, text)
  const { stdout } = await site.run(['--check'])
  assert.not.match(stdout, 'any more')
})
