/**
 * Root writes where another user can write too, who keeps replacing folders, files and drafts by links. Whatever the result
 * of the tasks: nothing outside of that user's folder changes owner, mode or content.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { localConnection } from '../../../engine/connection/connect.ts'
import type { Connection } from '../../../engine/connection/types.ts'
import { isCoxswainError } from '../../../engine/index.ts'
import { standaloneRun } from '../../../engine/run/task/standalone-run.ts'
import { folderOf } from '../../support/folder.ts'
import { startRacer } from '../../support/racer.ts'
import type { Racer } from '../../support/racer.ts'
import {
  attacker,
  attemptsInFolders,
  attemptsOnAccount,
  prepareAccount,
} from '../../support/racing-attempts.ts'
import type { Attempts } from '../../support/racing-attempts.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

/** How often each task is run against the attacker; `npm run test:racing` runs a thousand, which takes two hours. */
const rounds = Number(process.env['RACING_ROUNDS'] ?? 50)

const test = suite('racing a user who replaces written files by links', { seconds: 3600 })
const sources = folderOf(test)
sources.write('tree/f', 'tree')
sources.write('tree/sub/f', 'tree')
sources.write('tree/sub/name', 'tree')
sources.write('one', 'one')
sources.write('t.hbs', '{{x}}\n')
execFileSync('tar', ['-czf', sources.at('a.tgz'), '-C', sources.at('tree'), '.'])

/** A host with an attacker on it, and connections to it. */
interface World {
  readonly racer: Racer
  readonly connections: ReadonlyMap<string, Connection>
  readonly end: () => void | Promise<void>
}

const races = (host: string, attempts: Attempts, start: () => Promise<World>): void => {
  let world: Promise<World> | undefined
  for (const [name, attempt] of Object.entries(attempts)) {
    test(`${host}: ${name}: ${rounds} rounds`, async () => {
      world ??= start()
      const { racer, connections } = await world
      const before = racer.victim()
      const run = standaloneRun(connections)
      let successes = 0
      for (let round = 0; round < rounds; round += 1) {
        racer.arm()
        const { outcome, error } = await run(attempt(racer.home, round), false)
        // applied, and changed by the attacker before the second check
        const undone = isCoxswainError(error) && error.code === 'not-converged'
        if (outcome === 'changed' || outcome === 'ok' || undone) successes += 1
        assert.is(racer.victim(), before, `round ${round} of ${name}: ${outcome} ${String(error)}`)
      }
      // an attack that only makes it fail would show nothing
      assert.ok(successes > 0 || rounds < 500, `${name} never succeeded`)
      assert.ok(readdirSync(racer.homeHere).length > 0)
    })
  }
  test.after(async () => {
    const started = await world
    if (started === undefined) return
    await started.racer.stop()
    for (const connection of started.connections.values()) await connection.close()
    await started.end()
  })
}

races('here', attemptsInFolders(sources), async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coxswain-racing-'))
  chmodSync(folder, 0o755)
  return {
    racer: await startRacer(folder),
    connections: new Map([['here', localConnection()]]),
    end: () => rmSync(folder, { recursive: true, force: true }),
  }
})

for (const host of realHosts('debian', 'busybox')) {
  const inFolders = host.name === 'busybox' ? attemptsInFolders(sources) : {}
  races(host.name, { ...inFolders, ...attemptsOnAccount(host.name) }, async () => {
    const there = '/srv/racing'
    const folder = join(await host.files(), there)
    await host.sh(prepareAccount(`${there}/home`))
    mkdirSync(folder, { recursive: true, mode: 0o755 })
    return {
      racer: await startRacer(folder, { there, uid: attacker.uid }),
      // the second one is the host that a user comes from, on the same host
      connections: new Map([
        [host.name, await host.connect()],
        ['there', await host.connect()],
      ]),
      end: () => {},
    }
  })
}
