/**
 * What the page knows of a run, and what it works out from it. Nothing here touches the document.
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
 * @property {number} detail its place among the details, -1 for none
 *
 * @typedef {object} Filter
 * @property {string} text
 * @property {string} host
 * @property {ReadonlySet<string>} outcomes none for all
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
 * A name for use in a class: `would change` becomes `would-change`.
 *
 * @param {string} outcome
 */
export const classOf = (outcome) => outcome.replaceAll(' ', '-')

/**
 * Every text of a task's details, for searching.
 *
 * @param {PageData} data
 * @param {number} detail
 */
const wordsOf = ({ details, texts }, detail) => {
  const { why, changes = [], error, output } = details[detail] ?? {}
  const places = [why, output, error?.message, error?.output, error?.place, ...changes.flat()]
  const told = places.map((place) => (place === undefined ? '' : (texts[place] ?? '')))
  return [...told, error?.code ?? ''].join('\n').toLowerCase()
}

/**
 * A function that says whether a task is asked for. Host: parts of names, parted by commas or spaces. Text: looked for
 * in hosts, titles, changes, errors and output; all of its words must be there.
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
    const told = known.get(detail) ?? wordsOf(data, detail)
    known.set(detail, told)
    return told
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
 * A row below the others for each task that runs while another of its host still does.
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
 * Marks on a scale of time: round numbers, some five of them.
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
 * A duration as people say it.
 *
 * @param {number} milliseconds
 */
export const duration = (milliseconds) => {
  const seconds = milliseconds / 1000
  if (seconds < 0.9995) return `${Math.round(milliseconds)} ms`
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`
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
 * Things by what they have in common, in the order in which they come.
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
 * How many tasks ended in which way, in the order of the outcomes.
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
