import { CoxswainError, defineTask, driftUnlessEmpty, flag, unknown, z } from '../../engine/index.ts'
import { linesOf, mapLines } from '../lines.ts'
import { editSshFile, readSshFile, userName } from './as-user.ts'
import { problemOfOptions } from './key-options.ts'
import { keyLine, readKey } from './public-key.ts'
import type { AuthorizedKey } from './public-key.ts'

const name = 'authorized_keys'

/** Options that sshd does not take: it refuses the key then. */
const refuse = (options: string | undefined, issues: z.RefinementCtx): void => {
  const problem = options === undefined || options === '' ? undefined : problemOfOptions(options)
  if (problem !== undefined) issues.addIssue({ code: 'custom', message: problem })
}

const params = z
  .object({
    user: userName().default('root').describe('who may log in with it'),
    key: z
      .string()
      .refine((text) => !/[^\P{Cc}\t]/u.test(text.trim()) && readKey(text) !== undefined, {
        message: 'a complete public key is needed, in one line as `ssh-ed25519 AAAA… comment`',
      })
      .superRefine((text, issues) => refuse(readKey(text)?.options, issues))
      .describe('the public key, as it is in a .pub file'),
    options: z
      .string()
      .superRefine(refuse)
      .optional()
      .describe(
        'what the key may do, such as restrict,command="…"; empty for no options, as they are when absent',
      ),
    exclusive: flag().default(false).describe('let no other key in'),
    state: z.enum(['present', 'absent']).default('present'),
  })
  .refine(({ exclusive, state }) => !exclusive || state === 'present', {
    message: 'an exclusive key is there: absent is for one of several',
    path: ['exclusive'],
  })
type Params = z.output<typeof params>

const parsed = (text: string): AuthorizedKey => {
  const key = readKey(text)
  if (key !== undefined) return key
  throw new CoxswainError('params-invalid', 'that is no public key')
}

/** The line of the key: what is given wins, then what the file has. One that says the same already stays as it is. */
const wantedLine = (given: Params, line: string | undefined): string => {
  const key = parsed(given.key)
  const before = line === undefined ? undefined : readKey(line)
  const options = given.options ?? (key.options === '' ? before?.options : key.options) ?? ''
  const problem = options === '' || options === given.options ? undefined : problemOfOptions(options)
  if (problem !== undefined)
    throw new CoxswainError(
      'task-failed',
      `sshd refuses the key of ${given.user} as it is in the file: ${problem}`,
      {
        hint: "set the task's `options`, or correct the line in ~/.ssh/authorized_keys",
      },
    )
  const comment = key.comment === '' ? (before?.comment ?? '') : key.comment
  const wanted = keyLine({ ...key, options, comment })
  return line !== undefined && before !== undefined && keyLine(before) === wanted ? line : wanted
}

/** The text of the file with the key, or without it. */
export const withKey = (text: string | undefined, given: Params): string => {
  const { blob } = parsed(given.key)
  const lines = linesOf(text)
  const isIt = (line: string): boolean => readKey(line)?.blob === blob
  const at = lines.findIndex(isIt)
  const wanted = given.state === 'absent' ? [] : [wantedLine(given, lines[at])]
  const change = (line: string, index: number): readonly string[] => {
    if (index === at) return wanted
    if (isIt(line)) return []
    // whatever is no comment might be a key of a kind that is not known here
    const other = line.trim() !== '' && !line.trim().startsWith('#')
    return given.exclusive && other ? [] : [line]
  }
  return mapLines(text, change, at < 0 ? wanted : [])
}

/** Hold a public key among those that may log in as a user. */
export const authorizedKey = defineTask({
  name: 'authorized-key',
  description: 'Lets a public key log in as a user, with options where given, or keeps it out.',
  reads: '~/.ssh and its authorized_keys, as that user',
  example: {
    user: 'root',
    key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBcnwK0bVeZmLTTpyAAw3K1Zr9kbY/vvS1pgpkdqfdqY deploy@example',
  },
  params,
  title: ({ user, key, state }) => {
    const { type, comment } = parsed(key)
    return `${state === 'absent' ? 'no ' : ''}key ${comment === '' ? type : comment} of ${user}`
  },

  async check(ctx, given) {
    const { user, state } = given
    const found = await readSshFile(ctx, user, name)
    if (found === undefined) return unknown(`there is no user ${user} yet`)
    const { text, mode, folder } = found
    const wanted = withKey(text, given)
    const what = `~${user}/.ssh`
    const present = state === 'present' && folder !== undefined
    return driftUnlessEmpty([
      ...((text ?? '') === wanted ? [] : [{ what: `${what}/${name}`, from: text, to: wanted }]),
      ...(present && folder.mode !== '0700'
        ? [{ what: `mode of ${what}`, from: folder.mode, to: '0700' }]
        : []),
      ...(present && folder.owner !== user
        ? [{ what: `owner of ${what}`, from: folder.owner, to: user }]
        : []),
      ...(present && mode !== undefined && mode !== '0600'
        ? [{ what: `mode of ${what}/${name}`, from: mode, to: '0600' }]
        : []),
    ])
  },

  async apply(ctx, given) {
    const found = await readSshFile(ctx, given.user, name)
    if (found === undefined)
      throw new CoxswainError('task-failed', `there is no user ${given.user}`, {
        hint: 'make the user first',
      })
    const edit = (text: string | undefined): string => withKey(text, given)
    await editSshFile(ctx, given.user, { name, mode: '0600', before: found.text, edit })
  },
})
