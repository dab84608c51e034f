/**
 * Root writes where somebody else may write too, who swaps folders, files and drafts for links all the time. Whatever comes of
 * the tasks: nothing outside of that user's folder changes owner, mode or content.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { localConnection } from '../../../engine/connection/connect.ts'
import { isCoxswainError } from '../../../engine/index.ts'
import type { Task } from '../../../engine/index.ts'
import { alone } from '../../../engine/run/task/alone.ts'
import * as tasks from '../../../tasks/index.ts'
import { folderOf } from '../../support/folder.ts'
import { startRacer } from '../../support/racer.ts'
import type { Racer } from '../../support/racer.ts'
import { suite } from '../../support/spec.ts'

/** How often each task is run against the attacker; `npm run test:racing` asks for a thousand, which takes half an hour. */
const rounds = Number(process.env['RACING_ROUNDS'] ?? 50)

const test = suite('racing a user who swaps what is written for links', { seconds: 3600 })
const sources = folderOf(test)
const connection = localConnection()
const world: { racer: Racer; folder: string }[] = []

test.before(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coxswain-racing-'))
  chmodSync(folder, 0o755)
  world.push({ folder, racer: await startRacer(folder) })
  sources.write('tree/f', 'tree')
  sources.write('tree/sub/f', 'tree')
  sources.write('tree/sub/name', 'tree')
  sources.write('one', 'one')
  sources.write('t.hbs', '{{x}}\n')
  execFileSync('tar', ['-czf', sources.at('a.tgz'), '-C', sources.at('tree'), '.'])
})
test.after(async () => {
  for (const { racer, folder } of world) {
    await racer.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  await connection.close()
})

const open = { owner: '65534', group: '65534', mode: '0666' }
const content = 'of root\n'

/** Every task that writes into a folder which may be another's, from now on with another content each time. */
const attempts: Readonly<Record<string, (home: string, round: number) => Task>> = {
  'file, of the user': (home, round) =>
    tasks.file({
      path: `${home}/f`,
      content: `${content}${round}`,
      backup: true,
      validate: 'true %s',
      ...open,
    }),
  'file, below': (home, round) => tasks.file({ path: `${home}/d/f`, content: `${content}${round}`, ...open }),
  'file, absent': (home) => tasks.file({ path: `${home}/d/name`, state: 'absent' }),
  permissions: (home, round) =>
    tasks.permissions({ path: `${home}/d/f`, ...open, mode: round % 2 === 0 ? '0666' : '0606' }),
  'directory, new': (home, round) =>
    tasks.directory({ path: `${home}/d/sub/new${round % 5}`, ...open, mode: '0777' }),
  'directory, there': (home, round) =>
    tasks.directory({ path: `${home}/d`, ...open, mode: round % 2 === 0 ? '0777' : '0755' }),
  'directory, absent': (home) => tasks.directory({ path: `${home}/d/sub`, state: 'absent' }),
  link: (home, round) => tasks.link({ path: `${home}/d/name`, target: `/nowhere/${round}` }),
  copy: (home, round) =>
    tasks.copy({ src: sources.at('one'), dest: `${home}/d/sub/name${round % 5}`, ...open }),
  'copy of a folder': (home) =>
    tasks.copy({ src: sources.at('tree'), dest: `${home}/d`, ...open, directoryMode: '0777', delete: true }),
  template: (home, round) =>
    tasks.template({ src: sources.at('t.hbs'), dest: `${home}/d/f`, values: { x: round }, ...open }),
  'line-in-file': (home, round) =>
    tasks.lineInFile({ path: `${home}/d/f`, line: `line ${round}`, create: true }),
  'block-in-file': (home, round) =>
    tasks.blockInFile({ path: `${home}/f`, block: `line ${round}`, create: true }),
  archive: (home) => tasks.archive({ src: sources.at('tree'), dest: `${home}/d/f.tar`, ...open }),
  unarchive: (home) =>
    tasks.unarchive({ src: sources.at('a.tgz'), dest: `${home}/d`, owner: '65534', group: '65534' }),
}

for (const [name, attempt] of Object.entries(attempts)) {
  test(`${name}: ${rounds} rounds`, async () => {
    for (const { racer } of world) {
      const before = racer.victim()
      const run = alone(new Map([['here', connection]]))
      let successes = 0
      for (let round = 0; round < rounds; round += 1) {
        const { outcome, error } = await run(attempt(racer.home, round), false)
        // applied, and changed by the attacker before it was checked again
        const undone = isCoxswainError(error) && error.code === 'not-converged'
        if (outcome === 'changed' || outcome === 'ok' || undone) successes += 1
        assert.is(racer.victim(), before, `round ${round} of ${name}`)
      }
      // an attack that only ever makes it fail would show nothing
      assert.ok(successes > 0 || rounds < 500, `${name} never succeeded`)
      assert.ok(readdirSync(racer.home).length > 0)
    }
  })
}
