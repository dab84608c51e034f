import { CoxswainError, defineTask, driftUnlessEmpty, remotePath, unknown, z } from '../../engine/index.ts'
import type { Change, CheckContext } from '../../engine/index.ts'
import { readGroup } from './link-groups/administered.ts'
import type { Choice, Follower, LinkGroup } from './link-groups/administered.ts'

const groupName = () => z.string().regex(/^[^\s/-][^\s/]*$/, 'must be a name without slashes, such as editor')

const params = () =>
  z
    .object({
      name: groupName().describe('the name of the group of alternatives, such as editor'),
      path: remotePath().optional().describe('the program, such as /usr/bin/vim'),
      link: remotePath()
        .optional()
        .describe(
          'the link that leads to the chosen program, such as /usr/bin/editor; required for a new group',
        ),
      priority: z.coerce
        .number<number | string>()
        .int()
        .optional()
        .describe(
          'in automatic mode the highest one counts; unchanged by default, and 50 for a new alternative',
        ),
      followers: z
        .array(
          z.object({
            name: groupName().describe('its name, such as editor.1.gz'),
            link: remotePath().describe('its link, such as /usr/share/man/man1/editor.1.gz'),
            path: remotePath().describe('what the link leads to'),
          }),
        )
        .optional()
        .describe(
          'links that are switched together with it, as for its manual page: a list of name, link and path; unchanged by default',
        ),
      state: z
        .enum(['selected', 'present', 'auto', 'absent'])
        .default('selected')
        .describe(
          'selected: it is the chosen one, in manual mode; present: it can be chosen; auto: the highest priority counts; absent: it is removed from the group',
        ),
    })
    .refine(({ path, state }) => path !== undefined || state === 'auto', {
      message: 'a path is needed',
      path: ['path'],
    })
type Params = z.output<ReturnType<typeof params>>

const shownFollowers = (followers: readonly Follower[]): string =>
  followers
    .map(({ name, link, path }) => `${name} ${link} ${path}`)
    .toSorted()
    .join(', ')

/** The differences of an alternative that must be in the group. */
const choiceChanges = (group: LinkGroup | undefined, choice: Choice | undefined, given: Params): Change[] => {
  const { name, path, link, priority, followers } = given
  if (choice === undefined || group === undefined)
    return [{ what: `alternative ${path} of ${name}`, to: `priority ${priority ?? 50}` }]
  const wanted = [
    { what: `link of ${name}`, from: group.link, to: link },
    { what: `priority of ${path}`, from: String(choice.priority), to: priority?.toString() },
    {
      what: `followers of ${path}`,
      from: shownFollowers(choice.followers),
      to: followers && shownFollowers(followers),
    },
  ]
  return wanted.filter(({ from, to }) => to !== undefined && from !== to)
}

/** What a check and an apply look at. */
const look = async ({ remote }: CheckContext, { name, path }: Params) => {
  const [group, exists, hasProgram] = await Promise.all([
    readGroup(remote, name),
    path === undefined || remote.exists(path),
    remote.query`command -v update-alternatives`.succeeds(),
  ])
  return { group, choice: group?.choices.find((one) => one.path === path), exists, hasProgram }
}

/** @throws `task-failed` for a new group without a link. */
const insistOnLink = (group: LinkGroup | undefined, { name, link }: Params): string => {
  const found = link ?? group?.link
  if (found !== undefined) return found
  throw new CoxswainError('task-failed', `there is no group of alternatives ${name}`, {
    hint: 'check the name, or set link, such as link=/usr/bin/editor, which makes the group',
  })
}

/** Adds a program to a group of alternatives, chooses it, or removes it. */
export const alternatives = defineTask({
  name: 'alternatives',
  description:
    'Chooses the program that a link leads to, with update-alternatives (Debian, SUSE) or alternatives (Red Hat), or adds it to those to choose from, or removes it.',
  reads:
    'the file of the group in /var/lib/dpkg/alternatives or /var/lib/alternatives, and its link in /etc/alternatives',
  example: { name: 'pager', path: '/bin/more', link: '/usr/bin/pager' },
  params,
  title: ({ name, path, state }) =>
    state === 'auto'
      ? `automatic alternative ${name}`
      : `${state === 'absent' ? 'no ' : ''}alternative ${name}: ${path}`,

  async check(ctx, given) {
    const { name, path, state } = given
    const { group, choice, exists, hasProgram } = await look(ctx, given)
    if (state === 'absent')
      return driftUnlessEmpty(
        choice === undefined
          ? []
          : [{ what: `alternative ${path} of ${name}`, from: 'present', to: undefined }],
      )
    if (!hasProgram) return unknown('update-alternatives is not installed yet')
    if (path === undefined && group === undefined)
      return unknown(`there is no group of alternatives ${name} yet`)
    if (!exists) return unknown(`${path} does not exist yet`)
    if (path !== undefined) insistOnLink(group, given)
    const wrongChoice = state === 'selected' && group?.current !== path
    const mode = state === 'selected' ? 'manual' : state === 'auto' ? 'auto' : undefined
    return driftUnlessEmpty([
      ...(path === undefined ? [] : choiceChanges(group, choice, given)),
      ...(wrongChoice ? [{ what: `alternative ${name}`, from: group?.current, to: path }] : []),
      ...(mode !== undefined && group?.mode !== mode
        ? [{ what: `mode of ${name}`, from: group?.mode, to: mode }]
        : []),
    ])
  },

  async apply(ctx, given) {
    const { remote } = ctx
    const { name, path, state, priority, followers } = given
    const { group, choice, exists, hasProgram } = await look(ctx, given)
    if (!hasProgram)
      throw new CoxswainError('task-failed', 'update-alternatives is not installed', {
        hint: 'Alpine and Arch do not have it: use the task link',
      })
    if (path === undefined || state === 'absent') {
      if (state === 'absent') await remote.run`update-alternatives --remove ${name} ${path ?? ''}`
      else if (group === undefined) insistOnLink(group, given)
      else if (group.mode !== 'auto') await remote.run`update-alternatives --auto ${name}`
      return
    }
    if (!exists)
      throw new CoxswainError('task-failed', `${path} does not exist`, { hint: 'install it first' })
    const link = insistOnLink(group, given)
    if (choiceChanges(group, choice, given).length > 0) {
      const kept = followers ?? choice?.followers ?? []
      const more = [
        ...(choice?.options ?? []),
        ...kept.flatMap((one) => ['--slave', one.link, one.name, one.path]),
      ]
      const rank = priority ?? choice?.priority ?? 50
      await remote.run`update-alternatives --install ${link} ${name} ${path} ${[String(rank), ...more]}`
    }
    if (state === 'selected') await remote.run`update-alternatives --set ${name} ${path}`
    if (state === 'auto') await remote.run`update-alternatives --auto ${name}`
  },
})
