import { CoxswainError, defineTask, driftUnlessEmpty, flag, unknown, z } from '../../engine/index.ts'
import { linesOf, mapLines } from '../shared/lines.ts'
import { editSshFile, readSshFile, userName } from './accounts/as-user.ts'
import { problemOfOptions } from './ssh-keys/key-options.ts'
import { keyLine, readKey } from './ssh-keys/public-key.ts'
import type { AuthorizedKey } from './ssh-keys/public-key.ts'

const name = 'authorized_keys'

/** Reports options that sshd does not accept: it would refuse the key. */
const refuse = (options: string | undefined, issues: z.RefinementCtx): void => {
  const problem = options === undefined || options === '' ? undefined : problemOfOptions(options)
  if (problem !== undefined) issues.addIssue({ code: 'custom', message: problem })
}

/** The lines of a text that are to be keys. */
const linesIn = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))

const isKey = (line: string): boolean => !/[^\P{Cc}\t]/u.test(line) && readKey(line) !== undefined

const params = () =>
  z
    .object({
      user: userName().default('root').describe('the user that the key can log in as'),
      key: z
        .string()
        .refine((text) => linesIn(text).length > 0 && linesIn(text).every(isKey), {
          message: 'must be a complete public key on one line, such as `ssh-ed25519 AAAA… comment`',
        })
        .superRefine((text, issues) => {
          for (const line of linesIn(text)) refuse(readKey(line)?.options, issues)
        })
        .describe('the public key, as it is in a .pub file; or several of them, each on a line of its own'),
      options: z
        .string()
        .superRefine(refuse)
        .optional()
        .describe('options of the key, such as restrict,command="…"; empty for none; unchanged by default'),
      exclusive: flag().default(false).describe('remove all other keys of the user'),
      state: z.enum(['present', 'absent']).default('present').describe('absent removes the key'),
    })
    .refine(({ exclusive, state }) => !exclusive || state === 'present', {
      message: 'cannot be combined with state absent',
      path: ['exclusive'],
    })
type Params = z.output<ReturnType<typeof params>>

/** The keys of the parameter, each once. */
const keysOf = (text: string): AuthorizedKey[] => [
  ...new Map(
    linesIn(text)
      .flatMap((line) => readKey(line) ?? [])
      .map((key) => [key.blob, key] as const),
  ).values(),
]

/**
 * The line of the key. Given values take precedence over those in the file. A line with the same meaning is not changed.
 */
const wantedLine = (given: Params, key: AuthorizedKey, line: string | undefined): string => {
  const before = line === undefined ? undefined : readKey(line)
  const options = given.options ?? (key.options === '' ? before?.options : key.options) ?? ''
  const problem = options === '' || options === given.options ? undefined : problemOfOptions(options)
  if (problem !== undefined)
    throw new CoxswainError(
      'task-failed',
      `sshd refuses the key of ${given.user} as it is in the file: ${problem}`,
      {
        hint: 'set `options`, or fix the line in ~/.ssh/authorized_keys',
      },
    )
  const comment = key.comment === '' ? (before?.comment ?? '') : key.comment
  const wanted = keyLine({ ...key, options, comment })
  return line !== undefined && before !== undefined && keyLine(before) === wanted ? line : wanted
}

/** The text of the file with a key, or without it. */
const withOne = (text: string | undefined, given: Params, key: AuthorizedKey): string => {
  const lines = linesOf(text)
  const isIt = (line: string): boolean => readKey(line)?.blob === key.blob
  const at = lines.findIndex(isIt)
  const wanted = given.state === 'absent' ? [] : [wantedLine(given, key, lines[at])]
  const change = (line: string, index: number): readonly string[] => {
    if (index === at) return wanted
    return isIt(line) ? [] : [line]
  }
  return mapLines(text, change, at < 0 ? wanted : [])
}

/** The text of the file with the keys, or without them. */
export const withKey = (text: string | undefined, given: Params): string => {
  const keys = keysOf(given.key)
  const all = keys.reduce<string | undefined>((before, key) => withOne(before, given, key), text) ?? ''
  if (!given.exclusive) return all
  const own = new Set(keys.map(({ blob }) => blob))
  return mapLines(all, (line) => {
    // any other line could be a key of an unknown type
    const other = line.trim() !== '' && !line.trim().startsWith('#')
    return other && !own.has(readKey(line)?.blob ?? '') ? [] : [line]
  })
}

/** Adds a public key to those that can log in as a user, or removes it. */
export const authorizedKey = defineTask({
  name: 'authorized-key',
  description: 'Adds public keys to the authorized_keys of a user, with their options, or removes them.',
  reads: '~/.ssh and its authorized_keys, as that user',
  example: {
    user: 'root',
    key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBcnwK0bVeZmLTTpyAAw3K1Zr9kbY/vvS1pgpkdqfdqY deploy@example',
  },
  params,
  title: ({ user, key, state }) => {
    const names = keysOf(key).map(({ type, comment }) => (comment === '' ? type : comment))
    const what = names.length > 1 ? `${names.length} keys` : `key ${names[0] ?? ''}`
    return `${state === 'absent' ? 'no ' : ''}${what} of ${user}`
  },

  async check(ctx, given) {
    const { user, state } = given
    const found = await readSshFile(ctx, user, name)
    if (found === undefined) return unknown(`the user ${user} does not exist yet`)
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
      throw new CoxswainError('task-failed', `the user ${given.user} does not exist`, {
        hint: 'create the user first',
      })
    const edit = (text: string | undefined): string => withKey(text, given)
    await editSshFile(ctx, given.user, { name, mode: '0600', before: found.text, edit })
  },
})
