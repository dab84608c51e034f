import { folded, make } from './dom.js'
import { classOf, duration } from './run.js'

/**
 * @typedef {import('./run.js').PageData} PageData
 * @typedef {import('./run.js').Task} Task
 * @typedef {import('../shape.ts').ErrorShape} ErrorShape
 */

/** Classes of lines of output, by their first character. */
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

/**
 * Whether lines of output, without their marks, equal the text of an error.
 *
 * @param {string} lines
 * @param {string} text
 */
const isSameText = (lines, text) =>
  lines
    .split('\n')
    .map((line) => line.slice(1))
    .join('\n')
    .trim() === text.trim()

const diffKinds = new Map([
  ['+', 'added'],
  ['-', 'removed'],
  ['@', 'place'],
])

/** @param {string} text */
const diffBlock = (text) => {
  const lines = text.split('\n')
  // lines above the first hunk are headings
  const first = lines.findIndex((line) => line.startsWith('@'))
  /** @param {string} line @param {number} at */
  const kind = (line, at) => (at < first ? 'place' : (diffKinds.get(line.slice(0, 1)) ?? 'same'))
  return make('pre', 'diff', ...lines.map((line, at) => make('span', kind(line, at), `${line}\n`)))
}

/**
 * @param {PageData} data
 * @param {ErrorShape} error
 * @param {boolean} [showsOutput] whether its output is shown here
 * @returns {HTMLElement}
 */
export const errorBlock = (
  { texts },
  { code, message, hint, place, output, causes = [] },
  showsOutput = true,
) => {
  /** @param {number | undefined} index */
  const text = (index) => (index === undefined ? '' : (texts[index] ?? ''))
  const block = make('div', 'error', make('p', 'message', make('code', '', code), ' ', text(message)))
  if (text(hint) !== '') block.append(make('p', 'hint', make('b', '', 'What to do: '), text(hint)))
  if (place !== undefined) block.append(make('pre', 'place', text(place)))
  if (output !== undefined && showsOutput)
    block.append(make('h4', '', 'What it printed'), make('pre', 'output', text(output)))
  if (causes.length > 0) {
    const lines = causes.map((cause) => make('li', '', text(cause)))
    block.append(make('h4', '', 'Because of'), make('ol', 'causes', ...lines))
  }
  return block
}

/**
 * The changes of a task, with diffs.
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
 * All details of a task.
 *
 * @param {PageData} data
 * @param {Task} task
 * @returns {Node[]}
 */
export const detailBlocks = (data, { detail }) => {
  const { why, error, output } = data.details[detail] ?? {}
  const lines = output === undefined ? undefined : (data.texts[output] ?? '')
  const printed = error?.output === undefined ? undefined : data.texts[error.output]
  // the output of a failed command and of its error are usually the same
  const isShown = lines !== undefined && printed !== undefined && isSameText(lines, printed)
  const blocks = [
    ...(why === undefined ? [] : [make('p', 'why', data.texts[why] ?? '')]),
    ...(error === undefined ? [] : [errorBlock(data, error, !isShown)]),
    ...changeBlocks(data, detail),
  ]
  if (lines !== undefined) blocks.push(make('h4', '', 'Output'), outputBlock(lines))
  return blocks.length === 0 ? [make('p', 'why', 'This task has no details.')] : blocks
}

/** @param {string} outcome */
export const badge = (outcome) => make('span', `badge ${classOf(outcome)}`, outcome)

/**
 * An item for a task, which opens to show its details.
 *
 * @param {PageData} data
 * @param {Task} task
 * @param {readonly (Node | string)[]} [lead] shown before the title
 */
export const taskItem = (data, task, lead = []) => {
  const { title, outcome, start, took } = task
  const times = make('span', 'times', `+${duration(start)}`, make('b', '', duration(took)))
  const summary = [badge(outcome), ...lead, make('span', 'title', title), times]
  return folded(`task ${classOf(outcome)}`, summary, () => detailBlocks(data, task))
}
