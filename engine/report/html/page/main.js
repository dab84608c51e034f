import { cardsPart } from './cards.js'
import { errorBlock } from './detail.js'
import { make } from './dom.js'
import { changesPart, failuresPart } from './lists.js'
import { classOf, countsOf, duration, isBad, isChange, matcher, plural, tasksOf } from './run.js'
import { nameColumns, playPart } from './timeline.js'

/**
 * @typedef {import('./run.js').PageData} PageData
 * @typedef {import('./run.js').Task} Task
 */

/**
 * The result of the run, and its class.
 *
 * @param {PageData} data
 * @param {readonly Task[]} tasks
 * @returns {[word: string, kind: string]}
 */
const verdictOf = ({ check, complete, stopped }, tasks) => {
  if (stopped !== undefined) return [stopped.code === 'interrupted' ? 'interrupted' : 'stopped', 'failed']
  if (tasks.some(isBad)) return ['failed', 'failed']
  if (!complete) return ['cut off', 'failed']
  if (!tasks.some(isChange)) return [check ? 'nothing to change' : 'nothing changed', 'ok']
  return check ? ['would change', 'would-change'] : ['changed', 'changed']
}

/**
 * @param {PageData} data
 * @param {readonly Task[]} tasks
 */
const header = (data, tasks) => {
  const [word, kind] = verdictOf(data, tasks)
  const facts = [
    ...(data.check ? ['check: nothing was changed'] : []),
    plural(data.hosts.length, 'host'),
    plural(data.plays.length + data.notRun.length, 'play'),
    plural(tasks.length, 'task'),
    duration(data.took),
    new Date(data.start).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' }),
  ]
  const element = make(
    'header',
    '',
    make('h1', '', data.playbook, make('span', `badge ${kind}`, word)),
    make('p', 'facts', ...facts.map((fact) => make('span', '', fact))),
  )
  for (const [label, text] of data.started)
    element.append(make('p', 'started', make('b', '', `${label}: `), text))
  if (data.stopped !== undefined) element.append(errorBlock(data, data.stopped))
  for (const name of data.notRun) element.append(make('p', 'note', make('b', '', 'not run: '), name))
  for (const [handler, hosts, next] of data.due)
    element.append(make('p', 'note', make('b', '', 'due: '), `${handler} on ${hosts} ${next}`))
  return element
}

/**
 * @param {string} label
 * @param {string} hint
 */
const field = (label, hint) => {
  const input = make('input', '')
  input.type = 'search'
  input.placeholder = hint
  input.setAttribute('aria-label', label)
  return input
}

const json = document.getElementById('data')?.textContent ?? ''
/** @type {PageData} */
const data = JSON.parse(json)
const tasks = data.plays.flatMap((_, index) => tasksOf(data, index))
const plays = data.plays.map((_, index) => playPart(data, index))
const failures = failuresPart(data, tasks)
const changes = changesPart(data, tasks)
const parts = [failures ?? [], plays, changes ?? []].flat()

const text = field('Search titles, changes and output', 'Search…  ( / )')
const host = field('Hosts', 'Hosts')
const chips = countsOf(data.outcomes, tasks).map(([outcome, count]) => {
  const chip = make('button', `chip ${classOf(outcome)}`, `${outcome} `, make('b', '', String(count)))
  chip.type = 'button'
  chip.setAttribute('aria-pressed', 'false')
  return { outcome, chip }
})
const found = make('output', 'found')
const none = make('p', 'none', 'No task matches.')
const clear = make('button', 'clear', 'Clear')
clear.type = 'button'
clear.title = 'Show everything again (Esc)'

const apply = () => {
  const outcomes = new Set(
    chips.flatMap(({ outcome, chip }) => (chip.getAttribute('aria-pressed') === 'true' ? outcome : [])),
  )
  const matches = matcher(data, { text: text.value, host: host.value, outcomes })
  const shown = tasks.filter(matches).length
  const all = text.value.trim() === '' && host.value.trim() === '' && outcomes.size === 0
  for (const part of parts) part.filter(matches)
  found.textContent = all ? '' : `${plural(shown, 'task')} of ${tasks.length}`
  timeline.classList.toggle('nothing', shown === 0 && !all)
  clear.hidden = all
  none.hidden = shown > 0 || all
}

const reset = () => {
  text.value = ''
  host.value = ''
  for (const { chip } of chips) chip.setAttribute('aria-pressed', 'false')
  apply()
}

for (const input of [text, host]) input.addEventListener('input', apply)
for (const { chip } of chips)
  chip.addEventListener('click', () => {
    chip.setAttribute('aria-pressed', String(chip.getAttribute('aria-pressed') !== 'true'))
    apply()
  })
clear.addEventListener('click', reset)

const tip = make('div', 'tip')
tip.hidden = true
/** @param {Event} event */
const pointed = ({ target }) => (target instanceof HTMLElement ? target.dataset['tip'] : undefined)
document.addEventListener('pointermove', (event) => {
  const tipText = pointed(event)
  tip.hidden = tipText === undefined
  if (tipText === undefined) return
  tip.textContent = tipText
  const left = Math.min(event.clientX + 12, window.innerWidth - tip.offsetWidth - 8)
  const below = event.clientY + 18 + tip.offsetHeight < window.innerHeight
  tip.style.left = `${Math.max(8, left)}px`
  tip.style.top = `${below ? event.clientY + 18 : event.clientY - tip.offsetHeight - 8}px`
})

/**
 * Moves the focus to the next or previous element that opens.
 *
 * @param {number} step
 */
const move = (step) => {
  const all = [...document.querySelectorAll('main summary, main .host')].flatMap((one) =>
    one instanceof HTMLElement && one.checkVisibility() ? one : [],
  )
  const at = all.findIndex((one) => one === document.activeElement)
  all[at === -1 ? (step > 0 ? 0 : all.length - 1) : at + step]?.focus()
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (event.key === 'Escape') return reset()
  const typing = event.target instanceof HTMLInputElement
  if (!typing && event.key === '/') text.focus()
  else if (event.key === 'ArrowDown') move(1)
  else if (event.key === 'ArrowUp') move(-1)
  else return
  event.preventDefault()
})

document.body.style.setProperty('--name', `${nameColumns(data) + 6}ch`)
const bar = make(
  'search',
  'bar',
  text,
  host,
  make('span', 'chips', ...chips.map(({ chip }) => chip)),
  found,
  clear,
)
const keys = make(
  'footer',
  '',
  'Keys: / search, ↓ ↑ move, Enter open, Esc show everything. Click a bar to see its task.',
)
const timeline = make(
  'section',
  'timeline',
  make('h2', '', 'Timeline'),
  ...plays.map(({ element }) => element),
)
const content = [
  cardsPart(data) ?? [],
  none,
  failures?.element ?? [],
  timeline,
  changes?.element ?? [],
].flat()
document.body.append(header(data, tasks), bar, make('main', '', ...content), keys, tip)
apply()
