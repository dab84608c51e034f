/** `lookup('password')`: a password of a file of this machine, or the one that a seed gives. */
import { textOfFile } from './file-lookups.ts'
import type { FilesContext } from './file-lookups.ts'
import { Fault } from './fault.ts'
import { numberArgument, textArgument } from './library.ts'
import { hide } from './machine.ts'
import { PythonRandom } from './python-random.ts'
import { List } from './values.ts'
import type { Args, Value } from './values.ts'

const [lower, digits] = ['abcdefghijklmnopqrstuvwxyz', '0123456789']

/** Names for sets of characters, as in Python's module `string`. */
const characterSets: Readonly<Record<string, string>> = {
  ascii_letters: lower + lower.toUpperCase(),
  ascii_lowercase: lower,
  ascii_uppercase: lower.toUpperCase(),
  digits,
  hexdigits: `${digits}abcdefABCDEF`,
  octdigits: '01234567',
  punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
}

/** The path and the options of a term: `/path length=15 chars=digits`. */
const partsOf = (term: string): { readonly path: string; readonly options: ReadonlyMap<string, string> } => {
  const options = new Map<string, string>()
  const path: string[] = []
  for (const [word] of term.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)) {
    const [, name, value] = /^(\w+)=([^]*)$/.exec(word) ?? []
    if (name === undefined || value === undefined) path.push(word)
    else options.set(name, value.replace(/^(["'])([^]*)\1$/, '$2'))
  }
  return { path: path.join(' '), options }
}

/** The names or characters of a text with commas; two commas are a comma. */
const wordsOf = (text: string): readonly string[] => [
  ...(text.includes(',,') ? [','] : []),
  ...text.split(',').filter((word) => word !== ''),
]

const charactersOf = (words: readonly string[]): string =>
  words
    .map((word) => (Object.hasOwn(characterSets, word) ? characterSets[word] : word))
    .join('')
    .replaceAll(/["']/g, '')

/** The password of a file or a seed; a secret. */
export const password = (context: FilesContext, term: string, args: Args): Value => {
  const { machine } = context
  const { path, options } = partsOf(term)
  for (const name of options.keys())
    if (!['length', 'chars', 'seed', 'encrypt', 'ident'].includes(name))
      throw new Fault(`lookup('password') has no option ${name}`, {
        word: name,
        hint: 'it has length, chars, seed, encrypt, ident',
      })
  const option = (name: string): string | undefined =>
    options.get(name) ?? textArgument(machine, args, Infinity, name)
  if (option('encrypt') !== undefined || option('ident') !== undefined)
    throw new Fault("lookup('password') does not encrypt", {
      word: 'encrypt',
      hint: "use password_hash, with a salt: … | password_hash('sha512', salt)",
    })
  const kept = path === '/dev/null' ? undefined : textOfFile(context, path, 'password')
  if (kept !== undefined) return hide(kept.replace(/ salt=\S*\s*$/, '').trimEnd(), 'opened')
  const seed = args.named('seed') ?? options.get('seed')
  if (seed === undefined)
    throw new Fault(
      path === '/dev/null'
        ? "lookup('password', '/dev/null') differs at each run"
        : `there is no file ${path}, and a run does not create it`,
      { word: path, hint: 'give a seed, write the file, or keep the password in an encrypted variable' },
    )
  const length = options.has('length')
    ? Number(options.get('length'))
    : (numberArgument(machine, args, Infinity, 'length') ?? 20)
  if (!Number.isInteger(length) || length < 1)
    throw new Fault("the length of lookup('password') must be an integer from 1 on", { word: 'length' })
  machine.length(length, 'text')
  const given = args.named('chars')
  const text = option('chars')
  const words =
    given instanceof List
      ? given.values().map((one) => machine.text(one))
      : text === undefined
        ? ['ascii_letters', 'digits', '.,:-_']
        : wordsOf(text)
  const characters = charactersOf(words)
  if (characters === '') throw new Fault("lookup('password') needs characters", { word: 'chars' })
  const random = new PythonRandom(machine.text(seed))
  return hide(Array.from({ length }, () => characters[random.below(characters.length)]).join(''), 'opened')
}
