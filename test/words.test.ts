/** The words of comments, strings, names and documentation: none that `word-list.ts` refuses, in what is covered. */
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from './support/spec.ts'
import { refusedWords } from './support/word-list.ts'
import { wordsOfCode, wordsOfMarkdown } from './support/words-of.ts'
import type { Words } from './support/words-of.ts'

const test = suite('words')
const root = resolve(import.meta.dirname, '..')

/** Folders and files whose words are clean and stay so. Add what is cleaned; the aim is the tree. */
const covered: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CODE_OF_CONDUCT.md',
  'docs',
  'playbooks',
  'tasks/control',
  'tasks/network',
  'test/playbooks',
]

const refusals = (words: readonly Words[]): string[] =>
  words.flatMap(({ line, text }) =>
    refusedWords.flatMap(({ pattern, instead }) => {
      const found = pattern.exec(text)
      return found === null
        ? []
        : [`${line}: "${text.slice(Math.max(0, found.index - 30), found.index + 40).trim()}" → ${instead}`]
    }),
  )

const filesOf = (path: string): string[] =>
  statSync(path).isFile()
    ? [path]
    : readdirSync(path, { recursive: true, encoding: 'utf8' })
        .map((name) => join(path, name))
        .filter((file) => /\.(?:ts|md)$/.test(file))

const refusalsIn = (file: string): string[] => {
  const source = readFileSync(file, 'utf8')
  const name = relative(root, file)
  const words = file.endsWith('.md')
    ? wordsOfMarkdown(source)
    : wordsOfCode(source, { isTest: name.startsWith('test/') })
  return refusals(words).map((refusal) => `${name}:${refusal}`)
}

test('what is covered has no refused word', () => {
  const files = covered.flatMap((path) => filesOf(join(root, path)))
  assert.ok(files.length > 40, `${files.length} files are read`)
  assert.equal(files.flatMap(refusalsIn), [])
})

const codeText = (source: string, isTest = false): string[] =>
  wordsOfCode(source, { isTest }).map(({ text }) => text)

test('comments, strings, templates and the words of names are read, with their lines', () => {
  assert.equal(codeText("const toldBefore = 'it shall' // anew\n"), [
    'const',
    'told Before',
    'it shall',
    '// anew',
  ])
  assert.equal(codeText('say(`a ${mend("b")} c`)'), ['say', 'a ', 'mend', 'b', ' c'])
  assert.equal(wordsOfCode('/** one\n * two */\nx', { isTest: false }), [
    { line: 1, text: '/** one two */' },
    { line: 3, text: 'x' },
  ])
})

test('quotations, commands, regular expressions and data of tests are not read', () => {
  assert.equal(refusals(wordsOfCode('// kubeadm prints "nobody", `told`', { isTest: false })), [])
  assert.equal(refusals(wordsOfCode('remote.query`echo ${"x"} nobody`', { isTest: false })), [])
  assert.equal(refusals(wordsOfCode("match(said, /it's nobody/) // fine", { isTest: false })), [])
  assert.equal(codeText("test('a title', () => is(x, 'nobody', `told`))", true).includes('nobody'), false)
  assert.ok(codeText("test('a title', () => 1)", true).includes('a title'))
})

test('a refused word is reported with its line and with what to write instead', () => {
  assert.equal(refusals(wordsOfCode("\nfail('nobody is there')", { isTest: false })), [
    '2: "nobody is there" → no one, or the passive voice',
  ])
})

test('of Markdown the paragraphs are read, without code', () => {
  const page = 'One.\n\n```sh\nnobody\n```\n\nTwo `told`,\nthen [x](anew.md).\n'
  assert.equal(refusals(wordsOfMarkdown(page)), [])
  assert.equal(refusals(wordsOfMarkdown('One.\n\nTwo,\nor shall it?\n')).length, 1)
})
