/** The playbook of a round as a user would write it. Pure. */
import type { Step } from './recipe.ts'

/** Each handler leaves its own file: a file that is missing at the end belongs to a due handler that did not run. */
const handlerOf = (name: string): string =>
  `      ${JSON.stringify(`after ${name}`)}: shell({ run: ${JSON.stringify(`mkdir -p /srv/handled; : >'/srv/handled/${name}'`)} }, { title: ${JSON.stringify(`handler after ${name}`)} }),`

const taskOf = ({ piece, notify }: Step): string => {
  const options = JSON.stringify({
    title: piece.name,
    ...(notify && { notify: `after ${piece.name}` }),
  })
  return `      ${piece.exported}(${JSON.stringify(piece.params ?? {})}, ${options}),`
}

/** The text of a playbook with these tasks. */
export const playbookText = (steps: readonly Step[]): string => {
  const names = [...new Set(['shell', ...steps.map(({ piece }) => piece.exported)])].toSorted()
  return `import { playbook, z } from 'coxswain'
import { ${names.join(', ')} } from 'coxswain/tasks'

export default playbook({
  name: 'chaos',
  vars: z.object({}),
  plays: ({ play }) => [play('all of it', {
    hosts: 'all',
    handlers: () => ({
${steps
  .filter(({ notify }) => notify)
  .map(({ piece }) => handlerOf(piece.name))
  .join('\n')}
    }),
    tasks: () => [
${steps.map(taskOf).join('\n')}
    ],
  })],
})
`
}
