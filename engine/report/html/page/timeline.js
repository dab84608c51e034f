import { taskItem } from './detail.js'
import { make } from './dom.js'
import { classOf, countsOf, duration, grouped, inLanes, isBad, plural, tasksOf, ticksOf } from './run.js'

/**
 * @typedef {import('./run.js').PageData} PageData
 * @typedef {import('./run.js').Task} Task
 *
 * @typedef {object} Part a part of the page that shows only what matches the filter
 * @property {HTMLElement} element
 * @property {(matches: (task: Task) => boolean) => void} filter
 */

/** The height of a bar and of the space below it, in pixels. */
const barHeight = 14
const barGap = 2

/**
 * The width of the column of host names, in characters.
 *
 * @param {PageData} data
 */
export const nameColumns = ({ hosts }) => Math.min(28, Math.max(8, ...hosts.map((name) => name.length)))

/**
 * A host's row in a play: its name, which opens its list of tasks, and its bars.
 *
 * @param {PageData} data
 * @param {string} host
 * @param {string} standing
 * @param {readonly Task[]} tasks
 * @param {{ start: number, took: number }} scale
 * @returns {Part}
 */
const hostRow = (data, host, standing, tasks, { start, took }) => {
  const counts = countsOf(data.outcomes, tasks).filter(([outcome]) => outcome !== 'ok')
  const badges = counts.map(([outcome, count]) => make('span', classOf(outcome), String(count)))
  for (const [index, [outcome, count]] of counts.entries())
    badges[index]?.setAttribute('title', `${count} ${outcome}`)
  const toggle = make(
    'button',
    `host ${standing}`,
    make('span', 'name', host),
    make('span', 'counts', ...badges),
  )
  toggle.setAttribute('aria-expanded', 'false')
  toggle.type = 'button'
  toggle.title = host
  const track = make('div', 'track')
  const list = make('div', 'tasks')
  list.hidden = true

  const lanes = inLanes(tasks)
  const depth = Math.max(0, ...lanes.map(({ lane }) => lane)) + 1
  track.style.height = `${depth * (barHeight + barGap) + barGap}px`
  const bars = lanes.map(({ lane, task }) => {
    const bar = make('i', `bar ${classOf(task.outcome)}`)
    bar.style.left = `${((task.start - start) / took) * 100}%`
    bar.style.width = `${(task.took / took) * 100}%`
    bar.style.top = `${lane * (barHeight + barGap) + barGap}px`
    bar.dataset['tip'] =
      `${task.outcome}  ${task.title}\n${host}, +${duration(task.start)}, ${duration(task.took)}`
    return { task, bar }
  })
  track.append(...bars.map(({ bar }) => bar))

  /** @type {{ task: Task, details: HTMLElement, open: () => void }[]} */
  let items = []
  /** @type {(task: Task) => boolean} */
  let matches = () => true
  let shown = false
  const filterItems = () => {
    for (const { task, details } of items) details.hidden = !matches(task)
  }
  /** @param {boolean} open */
  const show = (open) => {
    shown = open
    if (open && items.length === 0) {
      items = tasks.map((task) => ({ task, ...taskItem(data, task) }))
      list.append(...items.map(({ details }) => details))
    }
    filterItems()
    list.hidden = !open
    toggle.setAttribute('aria-expanded', String(open))
  }
  toggle.addEventListener('click', () => show(!shown))
  track.addEventListener('click', ({ target }) => {
    const wanted = bars.find(({ bar }) => bar === target)
    if (wanted === undefined) return show(!shown)
    show(true)
    const item = items.find(({ task }) => task === wanted.task)
    item?.open()
    item?.details.scrollIntoView({ block: 'nearest' })
  })
  return {
    element: make('div', 'row', toggle, track, list),
    filter: (asked) => {
      matches = asked
      let any = false
      for (const { task, bar } of bars) {
        const wanted = asked(task)
        any ||= wanted
        bar.classList.toggle('faint', !wanted)
      }
      const row = toggle.parentElement
      if (row !== null) row.hidden = !any && (tasks.length > 0 || !asked(placeholder(host)))
      filterItems()
    },
  }
}

/**
 * A task for a host without tasks in a play, so that a filter can match the host.
 *
 * @param {string} host
 * @returns {Task}
 */
const placeholder = (host) => ({ play: -1, host, title: '', start: 0, took: 0, outcome: '', detail: -1 })

/**
 * A play: a head, a scale of time, and a row for each host.
 *
 * @param {PageData} data
 * @param {number} index
 * @returns {Part}
 */
export const playPart = (data, index) => {
  const play = data.plays[index]
  if (play === undefined) throw new Error(`there is no play ${index}`)
  const tasks = tasksOf(data, index)
  const took = Math.max(1, play.end - play.start)
  const scale = { start: play.start, took }
  const byHost = grouped(tasks, ({ host }) => host)
  const rows = play.hosts.map((host, place) => {
    const name = data.hosts[host] ?? ''
    return hostRow(data, name, play.standings[place] ?? '', byHost.get(name) ?? [], scale)
  })
  const marks = ticksOf(took).map((at) => {
    const mark = make('i', 'tick', make('span', '', at === 0 ? '0' : duration(at)))
    mark.style.left = `${(at / took) * 100}%`
    return mark
  })
  const size = play.note ?? plural(play.hosts.length, 'host')
  const head = make(
    'h3',
    tasks.some(isBad) ? 'bad' : '',
    make('span', 'number', `${index + 1}/${data.plays.length + data.notRun.length}`),
    make('span', 'name', play.name),
    make('span', 'size', `${size}, ${duration(took)}`),
  )
  const axis = make('div', 'axis', make('div', 'ticks', ...marks))
  const body = rows.length === 0 ? [] : [axis, ...rows.map(({ element }) => element)]
  const element = make('section', 'play', head, ...body)
  return {
    element,
    filter: (matches) => {
      for (const row of rows) row.filter(matches)
      element.classList.toggle('nothing', rows.length > 0 && rows.every((row) => row.element.hidden))
    },
  }
}
