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

const params = () =>
  z
    .object({
      user: userName().default('root').describe('the user that the key can log in as'),
      key: z
        .string()
        .refine((text) => !/[^\P{Cc}\t]/u.test(text.trim()) && readKey(text) !== undefined, {
          message: 'must be a complete public key on one line, such as `ssh-ed25519 AAAA… comment`',
        })
        .superRefine((text, issues) => refuse(readKey(text)?.options, issues))
        .describe('the public key, as it is in a .pub file'),
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

const parsed = (text: string): AuthorizedKey => {
  const key = readKey(text)
  if (key !== undefined) return key
  throw new CoxswainError('params-invalid', 'this is not a public key')
}

/**
 * The line of the key. Given values take precedence over those in the file. A line with the same meaning is not changed.
 */
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
        hint: 'set `options`, or fix the line in ~/.ssh/authorized_keys',
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
    // any other line could be a key of an unknown type
    const other = line.trim() !== '' && !line.trim().startsWith('#')
    return given.exclusive && other ? [] : [line]
  }
  return mapLines(text, change, at < 0 ? wanted : [])
}

/** Adds a public key to those that can log in as a user, or removes it. */
export const authorizedKey = defineTask({
  name: 'authorized-key',
  description: 'Adds a public key to the authorized_keys of a user, with its options, or removes it.',
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
