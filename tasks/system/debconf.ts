import {
  CoxswainError,
  Secret,
  defineTask,
  drift,
  flag,
  isSecret,
  ok,
  secret,
  unknown,
  z,
} from '../../engine/index.ts'
import type { Change, RemoteReader } from '../../engine/index.ts'
import { oneLine } from '../shared/one-line.ts'

const types = ['string', 'boolean', 'select', 'multiselect', 'password', 'note', 'text', 'title'] as const

const plainOf = (value: string | Secret): string => (isSecret(value) ? value.reveal() : value)

const params = () =>
  z
    .object({
      package: z
        .string()
        .regex(/^[a-z\d][a-z\d+.-]*$/, 'must be the name of a package')
        .describe('the package that asks'),
      question: z
        .string()
        .regex(/^[^\s/]+\/\S+$/, 'must be a question, such as postfix/mailname')
        .describe('the question, such as postfix/main_mailer_type'),
      type: z.enum(types).describe('its type, as in the template of the package'),
      value: z
        .union([z.string(), secret()])
        .refine((value) => oneLine('a value').safeParse(plainOf(value)).success, {
          message: 'an answer must be one line without control characters',
        })
        // debconf keeps no blanks there, and a backslash there continues a line
        .refine((value) => !/^\s|[\s\\]$/.test(plainOf(value)), {
          message: 'an answer must not begin or end with a blank, nor end with a backslash',
        })
        .describe('the answer; true or false for boolean, comma-separated for multiselect'),
      seen: flag()
        .default(true)
        .describe('whether the question counts as asked; false asks it when the package is configured'),
    })
    .refine(({ type, value }) => type !== 'boolean' || value === 'true' || value === 'false', {
      message: 'the answer to a boolean question is true or false',
      path: ['value'],
    })
type Params = z.output<ReturnType<typeof params>>

/** An answer as debconf keeps it. */
interface Answer {
  readonly value: string
  readonly seen: boolean
}

/** The answer in the output of debconf-show: `* question: value`, with the star if it counts as asked. */
export const answerIn = (text: string, question: string): Answer | undefined => {
  const start = `${question}:`
  const line = text.split('\n').find((one) => one.slice(2).startsWith(start))
  if (line === undefined) return undefined
  return { value: line.slice(2 + start.length).trim(), seen: line.startsWith('*') }
}

/** The answer in the file of passwords, which debconf-show does not print: stanzas of `Name: …`, `Value: …` and `Flags: …`. */
export const passwordIn = (text: string, question: string): Answer | undefined => {
  for (const stanza of text.split(/\n{2,}/)) {
    const field = (name: string): string | undefined => new RegExp(`^${name}: ?(.*)$`, 'm').exec(stanza)?.[1]
    if (field('Name') !== question) continue
    return { value: field('Value') ?? '', seen: (field('Flags') ?? '').split(/,\s*/).includes('seen') }
  }
  return undefined
}

/** Undefined without debconf. */
const shown = async (remote: RemoteReader, name: string): Promise<string | undefined> => {
  const { code, ok: isOk, stdout, stderr } = await remote.query`debconf-show ${name}`.result()
  if (isOk) return stdout
  if (code === 127) return undefined
  throw new CoxswainError('read-failed', `cannot read the answers of ${name}`, {
    output: stderr.trim(),
    hint: 'only root can read them: use become; another package manager can hold the lock',
  })
}

const changesFor = (found: Answer | undefined, { question, type, value, seen }: Params): Change[] => {
  const wanted = plainOf(value)
  const isHidden = isSecret(value) || type === 'password'
  const show = (text: string): string | Secret => (isHidden ? new Secret(text) : text)
  if (found?.value !== wanted) return [{ what: question, from: found && show(found.value), to: show(wanted) }]
  if (found.seen === seen) return []
  return [{ what: `${question} counts as asked`, from: String(found.seen), to: String(seen) }]
}

/** Answers a question of a Debian package before it is installed, or configured again. */
export const debconf = defineTask({
  name: 'debconf',
  description:
    'Answers a question of a Debian package, before the package is installed or configured again (dpkg-reconfigure). It does not configure it.',
  reads: 'debconf-show; for a password /var/cache/debconf/passwords.dat',
  example: { package: 'postfix', question: 'postfix/mailname', type: 'string', value: 'mail.example.com' },
  params,
  title: ({ question }) => `answer to ${question}`,

  async check({ remote }, given) {
    const text = await shown(remote, given.package)
    if (text === undefined) return unknown('debconf is not installed: it belongs to Debian and its family')
    const found =
      given.type === 'password'
        ? passwordIn((await remote.read('/var/cache/debconf/passwords.dat')) ?? '', given.question)
        : answerIn(text, given.question)
    const [first, ...others] = changesFor(found, given)
    return first === undefined ? ok() : drift(first, ...others)
  },

  async apply({ remote }, { package: name, question, type, value, seen }) {
    if ((await shown(remote, name)) === undefined)
      throw new CoxswainError('task-failed', 'debconf is not installed on the host', {
        hint: 'it belongs to Debian and its family: use this task there only',
      })
    // an answer counts as asked; --unseen would only leave that as it was
    const unseen = seen ? '' : `${name} ${question} seen false\n`
    await remote.run({
      // any answer can be a secret, and other users can see the words of a command
      stdin: new Secret(`${name} ${question} ${type} ${plainOf(value)}\n${unseen}`),
    })`debconf-set-selections`
  },
})
