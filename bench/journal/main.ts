/**
 * `npm run bench:journal [--json]`: how much later a run starts with a state folder of 10,000 runs than with an empty one, and
 * the size of the journal of a task that prints 200 MB. Exits with 1 if a run starts more than 50 ms later, if the journal is
 * bigger than 8 MB, or if memory grows by more than 64 MB. `--json` prints one line per figure.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { usualRetention } from '../../engine/cli/journal/folder.ts'
import { newHeader } from '../../engine/cli/journal/header.ts'
import type { Subject } from '../../engine/cli/journal/header.ts'
import { openJournal } from '../../engine/cli/journal/journal.ts'
import type { Journal } from '../../engine/cli/journal/journal.ts'
import { remember } from '../../engine/cli/journal/memory.ts'
import { fileOfRun, listState, subjectHash } from '../../engine/cli/journal/names.ts'
import type { RunEvent, TaskRef } from '../../engine/run/events.ts'

const runs = 10_000
const rounds = 15
const limits = { start: 50, size: 8, memory: 64 }

const base = mkdtempSync(join(tmpdir(), 'coxswain-bench-'))
process.on('exit', () => rmSync(base, { recursive: true, force: true }))

const subjectNamed = (playbook: string): Subject => ({ playbook, inventory: ['hosts.yaml'], within: null })
const own = subjectNamed('site.ts')
const options = { limit: undefined, tags: [], skipTags: [], check: false }

const open = (folder: string, seen?: number): Journal => {
  const journal = openJournal({
    folder,
    seen,
    header: newHeader(own, options, []),
    retention: { ...usualRetention, keep: 100_000 },
    warn: (text) => {
      throw new Error(text)
    },
  })
  if (journal === undefined) throw new Error('the journal was not opened')
  return journal
}

/**
 * Milliseconds until a run could start: earlier runs are read, and its own journal is open. The fastest of some rounds, because
 * other processes can only add to the time.
 */
const start = async (folder: string): Promise<number> => {
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now()
    const { seen } = remember(folder, own)
    const journal = open(folder, seen)
    times.push(performance.now() - began)
    await journal.close(0)
  }
  return Math.min(...times)
}

/** A folder with this many runs, of one playbook or of many. */
const filled = async (name: string, subjectOf: (run: number) => Subject): Promise<string> => {
  const folder = join(base, name)
  mkdirSync(folder, { mode: 0o700 })
  await open(folder).close(0)
  const [made = ''] = listState(folder).runs.map((run) => run.name)
  for (let run = 2; run <= runs; run += 1)
    copyFileSync(join(folder, made), join(folder, fileOfRun(run, subjectHash(subjectOf(run)), false)))
  return folder
}

const peak = (): number => process.resourceUsage().maxRSS / 1024

/** Records a task with this much output. Returns the size of the journal and the growth of peak memory, in MB. */
const printing = async (bytes: number): Promise<{ readonly size: number; readonly memory: number }> => {
  const folder = join(base, 'printing')
  const journal = open(folder)
  const task: TaskRef = {
    id: 1,
    host: 'a',
    play: 0,
    position: 0,
    name: 'command',
    title: 'prints',
    role: 'task',
    handler: undefined,
    on: undefined,
  }
  const before = peak()
  const line = 'x'.repeat(99)
  const output: RunEvent = { type: 'task-output', time: 0, task, stream: 'stdout', line }
  journal.record({ type: 'task-start', time: 0, task })
  for (let printed = 0; printed < bytes; printed += line.length + 1) journal.record({ ...output })
  await journal.close(0)
  const name = readdirSync(folder).find((one) => one.endsWith('.jsonl')) ?? ''
  return { size: statSync(join(folder, name)).size / 1e6, memory: peak() - before }
}

const figures: { figure: string; value: number; limit: number | null; unit: string }[] = []
const add = (figure: string, value: number, unit: string, limit: number | null = null): void => {
  figures.push({ figure, value: Math.round(value * 100) / 100, unit, limit })
}

const empty = await start(join(base, 'empty'))
add('start of a run, empty state folder', empty, 'ms')
const others = await filled('others', (run) => subjectNamed(`other-${run % 400}.ts`))
add(`later by, ${runs} runs of other playbooks`, (await start(others)) - empty, 'ms', limits.start)
const same = await filled('same', () => own)
add(`later by, ${runs} runs of the same playbook`, (await start(same)) - empty, 'ms', limits.start)
const { size, memory } = await printing(200_000_000)
add('journal of a task that prints 200 MB', size, 'MB', limits.size)
add('growth of memory', memory, 'MB', limits.memory)

const json = process.argv.includes('--json')
for (const one of figures) {
  const over = one.limit !== null && one.value > one.limit
  if (over) process.exitCode = 1
  const most = one.limit === null ? '' : ` (at most ${one.limit})${over ? '  OVER' : ''}`
  console.log(json ? JSON.stringify(one) : `${one.figure}: ${one.value} ${one.unit}${most}`)
}
