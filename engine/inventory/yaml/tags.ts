/** Tags of values that are not in the YAML itself: `!vault`, `!age`, `!command`, `!prompt`, `!env`. */
import { dirname, resolve } from 'node:path'
import { Scalar, isScalar, isSeq, visit } from 'yaml'
import type { Document, Node } from 'yaml'
import { CoxswainError } from '../../errors.ts'
import type { Place } from '../../errors.ts'
import { nearest } from '../nearest.ts'
import { decryptAge } from '../secrets/age.ts'
import { sealed } from '../secrets/sealed.ts'
import type { Sealed } from '../secrets/sealed.ts'
import { openVault } from '../secrets/vault.ts'

/** Makes the function that opens a value from the words after its tag; undefined if they are invalid. */
type Maker = (words: string | readonly string[], place: Place) => Sealed['open'] | undefined

/** The working directory of a program: the folder of its file; for the command line, the current folder. */
const folderOf = ({ file }: Place): string =>
  file.startsWith('-e ') ? process.cwd() : resolve(dirname(file))

const makers: Readonly<Record<string, Maker>> = {
  '!vault': (text) =>
    typeof text === 'string' ? (keys) => openVault(text, keys.vaultPasswords, 'this value') : undefined,
  '!age': (text) =>
    typeof text === 'string'
      ? async (keys) => {
          const plain = await decryptAge(Buffer.from(text), await keys.identities(), 'this value')
          return Buffer.from(plain).toString()
        }
      : undefined,
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
      throw new CoxswainError('secret-missing', `the environment variable ${name} is not set`, {
        hint: `set it in the environment of the run: export ${name}=…`,
      })
    }
  },
}

const uses: Readonly<Record<string, string>> = {
  '!vault': 'write what `ansible-vault encrypt_string` prints: !vault | and the lines of the vault',
  '!age': 'write what `run secret encrypt` prints: !age | and the lines below it',
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
 * Replaces every tagged value with a sealed value.
 *
 * @param placeOf returns the place of a node.
 */
export const sealTags = (document: Document, placeOf: (node: Node) => Place, refuse: Refuse): void => {
  visit(document, {
    Node: (_, node) => {
      const { tag } = node
      // not standard tags such as `!!str`, and not Ansible's tag for text that is not a template
      if (typeof tag !== 'string' || !/^!\w/.test(tag) || tag === '!unsafe') return undefined
      const maker = Object.hasOwn(makers, tag) ? makers[tag] : undefined
      if (maker === undefined) {
        const guess = nearest(tag, Object.keys(makers))
        return refuse(
          `unknown tag ${tag}`,
          node,
          guess === undefined ? `the tags are ${Object.keys(makers).join(', ')}` : `did you mean ${guess}?`,
        )
      }
      const place = placeOf(node)
      const words = wordsOf(node)
      const open = words === undefined ? undefined : maker(words, place)
      if (open === undefined) return refuse(`the value of ${tag} is invalid`, node, uses[tag] ?? '')
      const scalar = new Scalar(sealed(place, open))
      scalar.range = node.range ?? null
      if (node.anchor !== undefined) scalar.anchor = node.anchor
      return scalar
    },
  })
}
