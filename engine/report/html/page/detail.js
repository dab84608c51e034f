import { folded, make } from './dom.js'
import { classOf, duration } from './run.js'

/**
 * @typedef {import('./run.js').PageData} PageData
 * @typedef {import('./run.js').Task} Task
 * @typedef {import('../shape.ts').ErrorShape} ErrorShape
 */

/** What the first character of a line of output says, as a class. */
const streams = new Map([
  ['|', 'stdout'],
  ['!', 'stderr'],
  ['>', 'log'],
])

/** @param {string} text */
const outputBlock = (text) =>
  make(
    'pre',
    'output',
    ...text
      .split('\n')
      .map((line) => make('span', streams.get(line.slice(0, 1)) ?? 'stdout', `${line.slice(1)}\n`)),
  )

const diffKinds = new Map([
  ['+', 'added'],
  ['-', 'removed'],
  ['@', 'place'],
])

/** @param {string} text */
const diffBlock = (text) => {
  const lines = text.split('\n')
  // above the first place only the headings stand
  const first = lines.findIndex((line) => line.startsWith('@'))
  /** @param {string} line @param {number} at */
  const kind = (line, at) => (at < first ? 'place' : (diffKinds.get(line.slice(0, 1)) ?? 'same'))
  return make('pre', 'diff', ...lines.map((line, at) => make('span', kind(line, at), `${line}\n`)))
}

/**
 * @param {PageData} data
 * @param {ErrorShape} error
 * @returns {HTMLElement}
 */
export const errorBlock = ({ texts }, { code, message, hint, place, output, causes = [] }) => {
  /** @param {number | undefined} index */
  const text = (index) => (index === undefined ? '' : (texts[index] ?? ''))
  const block = make('div', 'error', make('p', 'message', make('code', '', code), ' ', text(message)))
  if (text(hint) !== '') block.append(make('p', 'hint', make('b', '', 'What to do: '), text(hint)))
  if (place !== undefined) block.append(make('pre', 'place', text(place)))
  if (output !== undefined)
    block.append(make('h4', '', 'What it printed'), make('pre', 'output', text(output)))
  if (causes.length > 0) {
    const lines = causes.map((cause) => make('li', '', text(cause)))
    block.append(make('h4', '', 'Because of'), make('ol', 'causes', ...lines))
  }
  return block
}

/**
 * What changes, with diffs.
 *
 * @param {PageData} data
 * @param {number} detail
 * @returns {Node[]}
 */
export const changeBlocks = ({ details, texts }, detail) =>
  (details[detail]?.changes ?? []).flatMap(([head, diff]) => [
    make('p', 'change', texts[head] ?? ''),
    ...(diff === -1 ? [] : [diffBlock(texts[diff] ?? '')]),
  ])

/**
 * All that there is to see of a task.
 *
 * @param {PageData} data
 * @param {Task} task
 * @returns {Node[]}
 */
export const detailBlocks = (data, { detail }) => {
  const { why, error, output } = data.details[detail] ?? {}
  const blocks = [
    ...(why === undefined ? [] : [make('p', 'why', data.texts[why] ?? '')]),
    ...(error === undefined ? [] : [errorBlock(data, error)]),
    ...changeBlocks(data, detail),
  ]
  if (output !== undefined) blocks.push(make('h4', '', 'Output'), outputBlock(data.texts[output] ?? ''))
  return blocks.length === 0 ? [make('p', 'why', 'It has nothing more to show.')] : blocks
}

/** @param {string} outcome */
export const badge = (outcome) => make('span', `badge ${classOf(outcome)}`, outcome)

/**
 * A task in a list, which opens.
 *
 * @param {PageData} data
 * @param {Task} task
 * @param {readonly (Node | string)[]} [lead] what stands before the title
 */
export const taskItem = (data, task, lead = []) => {
  const { title, outcome, start, took } = task
  const times = make('span', 'times', `+${duration(start)}`, make('b', '', duration(took)))
  const summary = [badge(outcome), ...lead, make('span', 'title', title), times]
  return folded(`task ${classOf(outcome)}`, summary, () => detailBlocks(data, task))
}
