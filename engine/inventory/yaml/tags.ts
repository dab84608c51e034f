/** Tags of values that stand somewhere else than in the YAML: `!vault`, `!command`, `!prompt`, `!env`. */
import { dirname, resolve } from 'node:path'
import { Scalar, isScalar, isSeq, visit } from 'yaml'
import type { Document, Node } from 'yaml'
import { CoxswainError } from '../../errors.ts'
import type { Place } from '../../errors.ts'
import { nearest } from '../nearest.ts'
import { sealed } from '../secrets/sealed.ts'
import type { Sealed } from '../secrets/sealed.ts'
import { openVault } from '../secrets/vault.ts'

/** What a tag makes of the words that stand behind it; undefined when they make no sense. */
type Maker = (words: string | readonly string[], place: Place) => Sealed['open'] | undefined

/** Programs start where the file is that names them; what is typed is meant from here. */
const folderOf = ({ file }: Place): string =>
  file.startsWith('-e ') ? process.cwd() : resolve(dirname(file))

const makers: Readonly<Record<string, Maker>> = {
  '!vault': (text) =>
    typeof text === 'string' ? (keys) => openVault(text, keys.vaultPasswords, 'this value') : undefined,
  '!command': (words, place) => {
    const command = typeof words === 'string' ? ['sh', '-c', words] : words
    if (command.length === 0 || command.some((word) => word === '')) return undefined
    return async (keys) => (await keys.run(command, folderOf(place))).reveal()
  },
  '!prompt': (question) =>
    typeof question === 'string' && question !== ''
      ? async (keys) => (await keys.ask(question)).reveal()
      : undefined,
  '!env': (name) => {
    if (typeof name !== 'string' || name === '') return undefined
    return async (keys) => {
      const value = keys.env(name)
      if (value !== undefined) return value
      throw new CoxswainError('secret-missing', `the environment has no variable ${name}`, {
        hint: `set it before the run: ${name}=… run …`,
      })
    }
  },
}

const uses: Readonly<Record<string, string>> = {
  '!vault': 'write what `ansible-vault encrypt_string` prints: !vault | and the lines of the vault',
  '!command': "write !command 'pass show x' or !command [pass, show, x]",
  '!prompt': 'write !prompt "Question"',
  '!env': 'write !env NAME',
}

const wordsOf = (node: Node): string | readonly string[] | undefined => {
  if (isScalar(node)) return node.source ?? String(node.value)
  if (!isSeq(node)) return undefined
  const words = node.items.map((item) => (isScalar(item) ? (item.source ?? String(item.value)) : undefined))
  return words.every((word) => word !== undefined) ? words : undefined
}

/** An error at a node. */
type Refuse = (message: string, node: Node, hint: string) => never

/**
 * Puts a sealed value in the place of every tagged one.
 *
 * @param placeOf where a node stands.
 */
export const sealTags = (document: Document, placeOf: (node: Node) => Place, refuse: Refuse): void => {
  visit(document, {
    Node: (_, node) => {
      const { tag } = node
      // `!!str` and its like, and Ansible's mark for text that is not to be read as a template
      if (typeof tag !== 'string' || !/^!\w/.test(tag) || tag === '!unsafe') return undefined
      const maker = Object.hasOwn(makers, tag) ? makers[tag] : undefined
      if (maker === undefined) {
        const guess = nearest(tag, Object.keys(makers))
        return refuse(
          `there is no tag ${tag}`,
          node,
          guess === undefined ? `the tags are ${Object.keys(makers).join(', ')}` : `did you mean ${guess}?`,
        )
      }
      const place = placeOf(node)
      const words = wordsOf(node)
      const open = words === undefined ? undefined : maker(words, place)
      if (open === undefined) return refuse(`${tag} makes no sense here`, node, uses[tag] ?? '')
      const scalar = new Scalar(sealed(place, open))
      scalar.range = node.range ?? null
      if (node.anchor !== undefined) scalar.anchor = node.anchor
      return scalar
    },
  })
}
