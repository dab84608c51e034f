/** Ansible's modules and what there is for them, from the table of the task library. Pure. */

/** A row of the table. */
interface AnsibleRow {
  /** As the page shows it: modules in code spans. */
  readonly modules: string
  /** What there is for them, with tasks in code spans. */
  readonly here: string
  /** All names of the modules: in full, and without the collection. */
  readonly names: readonly string[]
}

const codes = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)

const namesOf = (collection: string, modules: string): string[] =>
  // text that does not begin with a module is not about modules
  modules.startsWith('`')
    ? codes(modules).flatMap((name) =>
        name.includes('.') ? [name, name.split('.').at(-1) ?? name] : [name, `${collection}.${name}`],
      )
    : []

/** The rows of a library's `ansibleModules`, by the heading of their table; none for a library without. */
export const ansibleTables = ({
  ansibleModules,
}: Readonly<Record<string, unknown>>): readonly (readonly [heading: string, readonly AnsibleRow[]])[] =>
  typeof ansibleModules === 'object' && ansibleModules !== null
    ? Object.entries(ansibleModules).map(([heading, rows]) => [
        heading,
        Array.isArray(rows)
          ? rows.map(([modules, here]: readonly unknown[]) => ({
              modules: String(modules),
              here: String(here),
              names: namesOf(heading, String(modules)),
            }))
          : [],
      ])
    : []

/** The names of all modules in the table, without their collections. */
export const moduleNames = (library: Readonly<Record<string, unknown>>): readonly string[] =>
  ansibleTables(library).flatMap(([, rows]) =>
    rows.flatMap(({ names }) => names.filter((name) => !name.includes('.'))),
  )

/** What there is for a module of Ansible, by its name with or without the collection; undefined for another word. */
export const ansibleModule = (
  library: Readonly<Record<string, unknown>>,
  name: string,
): { readonly here: string; readonly tasks: readonly string[] } | undefined => {
  const row = ansibleTables(library)
    .flatMap(([, rows]) => rows)
    .find(({ names }) => names.includes(name.toLowerCase()))
  if (row === undefined) return undefined
  // a link to a page is not one on a terminal
  return { here: row.here.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1'), tasks: codes(row.here) }
}

const markers = [
  '<!-- made by `npm run docs`: the modules -->\n\n',
  '<!-- the end of the modules -->',
] as const

/** docs/for-ansible-users.md with the tables of today in the place of those that it has. */
export const withAnsibleTables = (page: string, library: Readonly<Record<string, unknown>>): string => {
  const [start, end] = [page.indexOf(markers[0]), page.indexOf(markers[1])]
  if (start < 0 || end < start) throw new Error('the page has no place for the tables')
  const tables = ansibleTables(library).map(([heading, rows]) =>
    [
      `## ${heading}`,
      '',
      '| module | here |',
      '|---|---|',
      // a pipe ends a cell, also inside backticks
      ...rows.map(({ modules, here }) => `| ${modules} | ${here.replaceAll('|', String.raw`\|`)} |`),
      '',
      '',
    ].join('\n'),
  )
  return page.slice(0, start + markers[0].length) + tables.join('') + page.slice(end)
}
