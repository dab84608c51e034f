import { make } from './dom.js'

/**
 * @typedef {import('./run.js').PageData} PageData
 * @typedef {import('../shape.ts').PageData['drawn'][number]['cards'][number]} Card
 */

/** @param {Card} card */
const cardPart = ({ title, state, lines, notes }) => {
  const list = make('dl', '')
  for (const { label, text } of lines) list.append(make('dt', '', label), make('dd', '', text))
  return make(
    'article',
    `card ${state.replace(' ', '-')}`,
    make('h4', '', title, make('span', 'state', state)),
    list,
    ...notes.map((note) => make('p', 'note', note)),
  )
}

/**
 * What tasks draw; undefined if they draw nothing.
 *
 * @param {PageData} data
 */
export const cardsPart = ({ drawn }) => {
  if (drawn.length === 0) return undefined
  const groups = drawn.map(({ title, cards }) =>
    make('div', 'group', make('h3', '', title), make('div', 'row', ...cards.map(cardPart))),
  )
  const element = make('section', 'cards', ...groups)
  element.id = 'cards'
  return element
}
