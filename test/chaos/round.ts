/** One round: a disturbed run, the same run again, and once more; then the host is checked. */
import { readdirSync } from 'node:fs'
import type { ChildProcess } from 'node:child_process'
import type { RunEvent } from '../../engine/run/events.ts'
import { startByteProxy } from './byte-proxy.ts'
import type { ByteProxy } from './byte-proxy.ts'
import { prepareDesk, removeDesk } from './desk.ts'
import { faults } from './faults.ts'
import { freshHost } from './host.ts'
import type { ChaosHost } from './host.ts'
import { leftovers } from './leftovers.ts'
import type { Recipe } from './recipe.ts'
import { undisturbed } from './reference.ts'
import type { Reference } from './reference.ts'
import { askHistory, runPlaybook } from './run.ts'
import type { Desk, Ran } from './run.ts'
import { smallHostDisk, smallStateDisk } from './small-disk.ts'
import type { Small } from './small-disk.ts'
import { difference, snapshot } from './snapshot.ts'
import { forgottenBy, wrongAfter, wrongAtFault, wrongAtRest } from './verdict.ts'

/** The result of a round. */
export interface Outcome {
  readonly recipe: Recipe
  /** A description of when the fault happened; undefined if the run had ended before. */
  readonly struck: string | undefined
  /** Events of the three runs. */
  readonly runs: readonly Ran[]
  readonly wrong: readonly string[]
}

const titleOf = (event: RunEvent | undefined): string =>
  event === undefined
    ? 'before the first task'
    : 'task' in event
      ? `${event.type} of ${event.task.title}`
      : event.type

/** Runs the playbook, and causes the fault at its time. */
const disturbed = async (
  { fault, moment }: Recipe,
  { events, bytes }: Reference,
  desk: Desk,
  scene: { host: ChaosHost; proxy: ByteProxy; hostDisk: Small | undefined; stateDisk: Small | undefined },
): Promise<{ readonly ran: Ran; readonly struck: string | undefined }> => {
  let struck: string | undefined
  let last: RunEvent | undefined
  let done: Promise<void> = Promise.resolve()
  const strike = (run: ChildProcess, at: string): void => {
    if (struck !== undefined) return
    struck = `${at}, ${titleOf(last)}`
    done = Promise.resolve(faults[fault].strike({ run, ...scene }))
  }
  const [line, byte] = [Math.ceil(events * moment.share), Math.ceil(bytes * moment.share)]
  let child: ChildProcess | undefined
  if (faults[fault].early === true) {
    struck = 'before the run'
    await faults[fault].strike({ run: undefined, ...scene })
  }
  const ran = await runPlaybook(desk, [], {
    started: (run) => {
      child = run
      if (moment.by === 'bytes') scene.proxy.at(byte, () => strike(run, `byte ${byte} of ${bytes}`))
    },
    event: (count, event) => {
      last = event
      if (moment.by === 'events' && count >= line && child !== undefined)
        strike(child, `event ${line} of ${events}`)
    },
  })
  await done
  return { ran, struck }
}

const journal = async (desk: Desk, complete: boolean, recorded: number): Promise<string[]> => {
  const { status, stdout, stderr } = await askHistory(desk, '--output', 'json')
  const count = stdout.split('\n').filter((line) => line !== '').length
  if (status !== 0) return [`history ended with ${status}: ${stderr.trim()}`]
  if (!complete) return []
  return [
    ...(count === recorded ? [] : [`history lists ${count} of ${recorded} runs`]),
    ...(stderr === '' ? [] : [`history says: ${stderr.trim()}`]),
  ]
}

/** Drafts in the folders of the controller. */
const draftsHere = ({ folder }: Desk): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.includes('.coxswain'))
    .map((name) => `on the controller: ${name}`)

const around = async (recipe: Recipe, reference: Reference, host: ChaosHost): Promise<Outcome> => {
  const { disk } = faults[recipe.fault]
  const proxy = await startByteProxy(host.address)
  const desk = await prepareDesk(host, proxy, recipe.steps)
  const hostDisk = disk === 'host' ? await smallHostDisk(host) : undefined
  const stateDisk = disk === 'state' ? await smallStateDisk(desk.state) : undefined
  try {
    const { ran: first, struck } = await disturbed(recipe, reference, desk, {
      host,
      proxy,
      hostDisk,
      stateDisk,
    })
    await hostDisk?.free()
    await stateDisk?.free()
    const second = await runPlaybook(desk, recipe.resume ? ['--resume'] : [])
    const third = await runPlaybook(desk)
    const forgotten = forgottenBy(first)
    const announced = (line: string): boolean =>
      forgotten.some((name) => line.includes(`/srv/handled/${name.slice(6)}`))
    const wrong = [
      ...wrongAtFault(first),
      ...wrongAfter(second),
      ...wrongAtRest(third),
      ...(await leftovers(host, reference.traces)).map((line) => `left: ${line}`),
      ...difference(reference.state, await snapshot(host)).filter((line) => !announced(line)),
      // a run without anything to resume is not a resumed run
      ...(await journal(desk, stateDisk === undefined, recipe.resume && first.result.status === 0 ? 2 : 3)),
      ...draftsHere(desk),
    ]
    return { recipe, struck, runs: [first, second, third], wrong }
  } finally {
    await proxy.stop()
    await stateDisk?.remove()
    removeDesk(desk)
  }
}

/** Runs recipes; the result of an undisturbed run is determined once per playbook. */
export const roundTrier = (lab: string): ((recipe: Recipe) => Promise<Outcome>) => {
  let known: { readonly playbook: number; readonly reference: Reference } | undefined
  return async (recipe) => {
    if (known?.playbook !== recipe.playbook)
      known = { playbook: recipe.playbook, reference: await undisturbed(recipe.steps, lab) }
    return around(recipe, known.reference, await freshHost(lab))
  }
}
