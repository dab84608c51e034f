import type { CardGroup } from '../../dsl/cards.ts'
import { noOutcomes } from '../../run/events.ts'
import type { Outcome, ReportedChange, ReportedError } from '../../run/events.ts'
import { changeLines } from '../diff.ts'
import type { RecordedPlay, RecordedRun, RecordedTask } from '../record.ts'
import { dueHandlers } from '../due.ts'
import { oneLine, printable, titledBy } from '../text.ts'
import type { DetailShape, ErrorShape, PageData, PlayShape, TaskRow } from './shape.ts'
import { table, textTable } from './tables.ts'

/** Maximum bytes of all texts: with the rows of 100 hosts × 50 tasks, the page stays under 3 MB. */
const textBudget = 2_000_000

/** Maximum lines of one diff. */
const diffLines = 400

/** The outcomes by number in the page; the last one is for a task that did not end. */
const outcomes: readonly string[] = [...Object.keys(noOutcomes()), 'cut off']

const outcomeIndex = (outcome: Outcome | undefined): number => outcomes.indexOf(outcome ?? 'cut off')

type Place = (text: string) => number

const placeText = ({ place }: ReportedError): string =>
  place === undefined
    ? ''
    : [
        [place.file, place.line ?? [], place.column ?? []].flat().join(':'),
        place.excerpt === undefined ? [] : `  ${place.excerpt.trimEnd()}`,
      ]
        .flat()
        .join('\n')

const errorShape = (error: ReportedError, text: Place): ErrorShape => ({
  code: error.code,
  message: text(error.message),
  hint: text(error.hint),
  ...(error.place !== undefined && { place: text(placeText(error)) }),
  ...(error.output !== undefined && error.output.trim() !== '' && { output: text(error.output.trimEnd()) }),
  ...(error.causes.length > 0 && { causes: error.causes.map(text) }),
})

const changeShape = (change: ReportedChange, text: Place): readonly [number, number] => {
  const [head = '', ...diff] = changeLines(change, { color: false, limit: diffLines })
  return [text(head), diff.length === 0 ? -1 : text(diff.map((line) => line.slice(2)).join('\n'))]
}

const marks = { stdout: '|', stderr: '!', log: '>' } as const

const detailShape = ({ why, changes, error, output }: RecordedTask, text: Place): DetailShape => ({
  ...(why !== undefined && { why: text(why) }),
  ...(error !== undefined && { error: errorShape(error, text) }),
  ...(changes.length > 0 && { changes: changes.map((change) => changeShape(change, text)) }),
  ...(output.length > 0 && {
    output: text(output.map(({ stream, line }) => `${marks[stream]}${printable(line)}`).join('\n')),
  }),
})

const cardsShape = ({ title, cards }: CardGroup): CardGroup => ({
  title: oneLine(title),
  cards: cards.map((card) => ({
    title: oneLine(card.title),
    state: card.state,
    lines: card.lines.map(({ label, text }) => ({ label: oneLine(label), text: oneLine(text) })),
    notes: card.notes.map(oneLine),
  })),
})

/** Ranks a task: failures come first, then changes, if the budget for texts is short. */
const importance = ({ error, changes }: RecordedTask): number => {
  if (error !== undefined) return 0
  return changes.length > 0 ? 1 : 2
}

/** Details by task, made in order of importance. */
const detailsOf = (plays: readonly RecordedPlay[], text: Place) => {
  const details = table<DetailShape>((detail) => JSON.stringify(detail))
  const places = new Map<RecordedTask, number>()
  const all = plays.flatMap(({ tasks }) => tasks)
  for (const task of all.toSorted((a, b) => importance(a) - importance(b))) {
    const detail = detailShape(task, text)
    if (Object.keys(detail).length > 0) places.set(task, details.place(detail))
  }
  return { values: details.values, of: (task: RecordedTask): number => places.get(task) ?? -1 }
}

const dueOf = ({ end }: RecordedRun): PageData['due'] =>
  end === undefined
    ? []
    : dueHandlers(end).map(({ handler, hosts, remembered }) => [
        oneLine(handler),
        hosts.map(oneLine).join(', '),
        remembered ? '(runs in the next run)' : '(not remembered: the next run does not run it)',
      ])

/** How the run was started, as the page shows it. */
const startedOf = ({ invocation }: RecordedRun): [label: string, text: string][] =>
  invocation === undefined
    ? []
    : [
        ['command', oneLine(invocation.command.join(' '))],
        ['inventory', oneLine(invocation.inventory.join(', '))],
        ['version', oneLine(`Coxswain ${invocation.version}`)],
      ]

/** The data of a run's page, in a compact form. */
export const pageData = (run: RecordedRun): PageData => {
  const { playbook, check, start, last, plays, end } = run
  const hosts = table<string>((host) => host)
  const titles = table<string>((title) => title)
  const texts = textTable(textBudget)
  for (const host of run.hosts) hosts.place(oneLine(host))
  const stopped = end?.stopped === undefined ? undefined : errorShape(end.stopped, texts.place)
  const details = detailsOf(plays, texts.place)
  const since = (time: number): number => Math.max(0, Math.round(time - start))

  const rowOf = (recorded: RecordedTask): TaskRow => {
    const { task, outcome } = recorded
    const began = since(recorded.start)
    return [
      hosts.place(oneLine(task.host)),
      titles.place(oneLine(titledBy(task))),
      began,
      since(recorded.end ?? last) - began,
      outcomeIndex(outcome),
      details.of(recorded),
    ]
  }

  const playShape = (play: RecordedPlay): PlayShape => ({
    name: oneLine(play.name),
    ...(play.note !== undefined && { note: oneLine(play.note) }),
    start: since(play.start),
    end: since(play.end ?? last),
    hosts: play.hosts.map((host) => hosts.place(oneLine(host))),
    standings: play.hosts.map((host) => play.standings.get(host) ?? ''),
    tasks: play.tasks.map(rowOf),
  })

  const shapes = plays.map(playShape)
  return {
    playbook: oneLine(playbook),
    started: startedOf(run),
    check,
    start,
    took: end === undefined ? since(last) : Math.round(end.seconds * 1000),
    complete: end !== undefined,
    hosts: hosts.values,
    outcomes,
    titles: titles.values,
    texts: texts.values,
    details: details.values,
    plays: shapes,
    ...(stopped !== undefined && { stopped }),
    notRun: run.names.filter((_, index) => !plays.some((play) => play.index === index)).map(oneLine),
    due: dueOf(run),
    drawn: plays.flatMap((play) => play.tasks.flatMap(({ cards }) => cards.map(cardsShape))),
  }
}
