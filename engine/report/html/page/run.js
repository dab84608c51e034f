/**
 * The data of a run, and values derived from it. Does not use the document.
 *
 * @typedef {import('../shape.ts').PageData} PageData
 * @typedef {import('../shape.ts').TaskRow} TaskRow
 *
 * @typedef {object} Task
 * @property {number} play
 * @property {string} host
 * @property {string} title
 * @property {number} start milliseconds after the run's start
 * @property {number} took milliseconds
 * @property {string} outcome
 * @property {number} detail its index in the details, -1 if it does not have any
 *
 * @typedef {object} Filter
 * @property {string} text
 * @property {string} host
 * @property {ReadonlySet<string>} outcomes empty to match all
 */

/**
 * The tasks of a play.
 *
 * @param {PageData} data
 * @param {number} play
 * @returns {Task[]}
 */
export const tasksOf = ({ hosts, titles, outcomes, plays }, play) =>
  (plays[play]?.tasks ?? []).map(([host, title, start, took, outcome, detail]) => ({
    play,
    host: hosts[host] ?? '',
    title: titles[title] ?? '',
    start,
    took,
    outcome: outcomes[outcome] ?? '',
    detail,
  }))

const bad = new Set(['failed', 'unreachable', 'cut off'])
const changing = new Set(['changed', 'would change'])

/** @param {Task} task */
export const isBad = ({ outcome }) => bad.has(outcome)

/** @param {Task} task */
export const isChange = ({ outcome }) => changing.has(outcome)

/**
 * The class name of an outcome: `would change` becomes `would-change`.
 *
 * @param {string} outcome
 */
export const classOf = (outcome) => outcome.replaceAll(' ', '-')

/**
 * All text of a task's details, to search in.
 *
 * @param {PageData} data
 * @param {number} detail
 */
const wordsOf = ({ details, texts }, detail) => {
  const { why, changes = [], error, output } = details[detail] ?? {}
  const places = [why, output, error?.message, error?.output, error?.place, ...changes.flat()]
  const found = places.map((place) => (place === undefined ? '' : (texts[place] ?? '')))
  return [...found, error?.code ?? ''].join('\n').toLowerCase()
}

/**
 * A function that returns whether a task matches the filter. Host: parts of names, separated by commas or spaces. Text: all
 * of its words must be in the host, title, changes, errors or output.
 *
 * @param {PageData} data
 * @param {Filter} filter
 * @returns {(task: Task) => boolean}
 */
export const matcher = (data, { text, host, outcomes }) => {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const names = host
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
  /** @type {Map<number, string>} */
  const known = new Map()
  /** @param {number} detail */
  const inside = (detail) => {
    const details = known.get(detail) ?? wordsOf(data, detail)
    known.set(detail, details)
    return details
  }
  return (task) => {
    if (outcomes.size > 0 && !outcomes.has(task.outcome)) return false
    const name = task.host.toLowerCase()
    if (names.length > 0 && !names.some((part) => name.includes(part))) return false
    const title = `${name} ${task.title.toLowerCase()}`
    return words.every((word) => title.includes(word) || inside(task.detail).includes(word))
  }
}

/**
 * The lane of each task: tasks of a host that run at the same time are in separate lanes.
 *
 * @param {readonly Task[]} tasks of one host
 * @returns {{ lane: number, task: Task }[]}
 */
export const inLanes = (tasks) => {
  /** @type {number[]} */
  const ends = []
  return tasks
    .toSorted((a, b) => a.start - b.start)
    .map((task) => {
      const free = ends.findIndex((end) => end <= task.start)
      const lane = free === -1 ? ends.length : free
      ends[lane] = task.start + task.took
      return { lane, task }
    })
}

/**
 * About five marks on a scale of time, at round numbers.
 *
 * @param {number} took milliseconds
 * @returns {number[]}
 */
export const ticksOf = (took) => {
  const steps = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000,
    600_000, 1_800_000, 3_600_000,
  ]
  const step = steps.find((one) => took / one <= 6) ?? 3_600_000 * Math.ceil(took / 3_600_000 / 6)
  return Array.from({ length: Math.floor(took / step) + 1 }, (_, index) => index * step)
}

/**
 * A duration as text.
 *
 * @param {number} milliseconds
 */
export const duration = (milliseconds) => {
  const seconds = milliseconds / 1000
  if (seconds < 0.9995) return `${Math.round(milliseconds)} ms`
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const rounded = Math.round(seconds)
  const minutes = Math.floor(rounded / 60)
  if (minutes < 60) return `${minutes} min ${String(rounded % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

/**
 * A number with its noun.
 *
 * @param {number} count
 * @param {string} noun
 */
export const plural = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'}`

/**
 * Groups items by a key, in their order.
 *
 * @template Item, Key
 * @param {readonly Item[]} items
 * @param {(item: Item) => Key} keyOf
 * @returns {Map<Key, Item[]>}
 */
export const grouped = (items, keyOf) => {
  /** @type {Map<Key, Item[]>} */
  const groups = new Map()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

/**
 * The number of tasks with each outcome, in the order of the outcomes.
 *
 * @param {readonly string[]} outcomes
 * @param {readonly Task[]} tasks
 * @returns {[outcome: string, count: number][]}
 */
export const countsOf = (outcomes, tasks) => {
  const groups = grouped(tasks, ({ outcome }) => outcome)
  return outcomes.flatMap((outcome) => {
    const count = groups.get(outcome)?.length ?? 0
    return count === 0 ? [] : [/** @type {[string, number]} */ ([outcome, count])]
  })
}
