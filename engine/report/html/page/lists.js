import { badge, changeBlocks, detailBlocks } from './detail.js'
import { folded, make } from './dom.js'
import { classOf, duration, grouped, isBad, isChange, plural } from './run.js'

/**
 * @typedef {import('./run.js').PageData} PageData
 * @typedef {import('./run.js').Task} Task
 * @typedef {import('./timeline.js').Part} Part
 */

/** How many failures are open at first: few, so that the timeline is in view. */
const openAtFirst = 1

/**
 * The failures, each with its output.
 *
 * @param {PageData} data
 * @param {readonly Task[]} tasks
 * @returns {Part | undefined}
 */
export const failuresPart = (data, tasks) => {
  const failures = tasks.filter(isBad)
  if (failures.length === 0) return undefined
  const items = failures.map((task, index) => {
    const message = data.texts[data.details[task.detail]?.error?.message ?? -1] ?? ''
    const [line = ''] = message.split('\n')
    const summary = [
      badge(task.outcome),
      make('b', 'on', task.host),
      make('span', 'title', task.title, make('span', 'gist', line)),
      make('span', 'times', make('b', '', duration(task.took))),
    ]
    const item = folded(`task ${classOf(task.outcome)}`, summary, () => detailBlocks(data, task))
    if (index < openAtFirst) item.open()
    return { task, details: item.details }
  })
  const head = make('h2', '', 'Failures ', make('small', '', String(failures.length)))
  const element = make('section', 'failures', head, ...items.map(({ details }) => details))
  element.id = 'failures'
  return {
    element,
    filter: (matches) => {
      for (const { task, details } of items) details.hidden = !matches(task)
      element.hidden = items.every(({ details }) => details.hidden)
    },
  }
}

/** @param {readonly Task[]} tasks */
const hostsOf = (tasks) => [...new Set(tasks.map(({ host }) => host))]

/**
 * The changes by title; hosts with the same change share its diff.
 *
 * @param {PageData} data
 * @param {readonly Task[]} tasks
 * @returns {Part | undefined}
 */
export const changesPart = (data, tasks) => {
  const changes = tasks.filter(isChange)
  if (changes.length === 0) return undefined
  const items = [...grouped(changes, ({ title, outcome }) => `${outcome}\n${title}`).values()].map(
    (group) => {
      const [first] = group
      const hosts = hostsOf(group)
      const names = make('span', 'gist', hosts.join(', '))
      const summary = [
        badge(first?.outcome ?? ''),
        make('span', 'title', first?.title ?? '', names),
        make('span', 'times', make('b', '', plural(hosts.length, 'host'))),
      ]
      const { details } = folded('task', summary, () =>
        [...grouped(group, ({ detail }) => JSON.stringify(data.details[detail]?.changes)).values()].flatMap(
          (same) => {
            const blocks = changeBlocks(data, same[0]?.detail ?? -1)
            const shown =
              blocks.length === 0 ? [make('p', 'why', 'The task did not report its changes.')] : blocks
            return [make('h4', '', hostsOf(same).join(', ')), ...shown]
          },
        ),
      )
      return { group, details }
    },
  )
  const head = make(
    'h2',
    '',
    data.check ? 'What would change ' : 'Changes ',
    make('small', '', String(changes.length)),
  )
  const element = make('section', 'changes', head, ...items.map(({ details }) => details))
  element.id = 'changes'
  return {
    element,
    filter: (matches) => {
      for (const { group, details } of items) details.hidden = !group.some(matches)
      element.hidden = items.every(({ details }) => details.hidden)
    },
  }
}
