/** Comments, strings, names and documentation of the covered folders do not have words that `word-list.ts` refuses. */
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from './support/spec.ts'
import { refusalsOf } from './support/word-list.ts'
import { wordsOfCode, wordsOfLines, wordsOfMarkdown } from './support/words-of.ts'
import type { Words } from './support/words-of.ts'

const test = suite('words')
const root = resolve(import.meta.dirname, '..')

/** The folders and files that are checked. */
const covered: readonly string[] = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CODE_OF_CONDUCT.md',
  '.ci',
  '.github',
  'bin',
  'build.ts',
  'release.ts',
  'docs',
  'examples',
  'engine',
  'tasks',
  'playbooks',
  'lab',
  'bench',
  'inventory',
  'test',
]

const refusals = (words: readonly Words[]): string[] =>
  words.flatMap(({ line, text }) => refusalsOf(text).map((refusal) => `${line}: ${refusal}`))

const filesOf = (path: string): string[] =>
  statSync(path).isFile()
    ? [path]
    : readdirSync(path, { recursive: true, encoding: 'utf8' })
        .map((name) => join(path, name))
        .filter((file) => /\.(?:[jt]s|md)$/.test(file) || hasLines(file))

/** Shell programs, YAML and other files that are read line by line. */
const hasLines = (file: string): boolean =>
  /\.(?:sh|ya?ml|toml|conf|service)$/.test(file) ||
  (/\/[^.]+$/.test(file) && statSync(file).isFile() && readFileSync(file, 'utf8').startsWith('#!'))

const readWords = (name: string, source: string): readonly Words[] => {
  if (name.endsWith('.md')) return wordsOfMarkdown(source)
  const options = { isTest: name.startsWith('test/') }
  return /\.[jt]s$/.test(name) ? wordsOfCode(source, options) : wordsOfLines(source, options)
}

const refusalsIn = (file: string): string[] => {
  const source = readFileSync(file, 'utf8')
  const name = relative(root, file)
  return refusals(readWords(name, source)).map((refusal) => `${name}:${refusal}`)
}

test('covered folders and files have no refused word', () => {
  const files = covered.flatMap((path) => filesOf(join(root, path)))
  assert.ok(files.length > 1000, `${files.length} files are read`)
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

test('a refused word is reported with its line and a replacement', () => {
  assert.equal(refusals(wordsOfCode("\nfail('nobody is there')", { isTest: false })), [
    '2: "nobody is there" → no one, or the passive voice',
  ])
})

test('of Markdown, only paragraphs are read, not code', () => {
  const page = 'One.\n\n```sh\nnobody\n```\n\nTwo `told`,\nthen [x](anew.md).\n'
  assert.equal(refusals(wordsOfMarkdown(page)), [])
  assert.equal(refusals(wordsOfMarkdown('One.\n\nTwo,\nor shall it?\n')).length, 1)
})

test('of shell programs and YAML, comments and lines are read, with their lines', () => {
  const program = '#!/bin/sh\n# A file that nobody\n# shall read.\necho "it was told"\n'
  assert.equal(wordsOfLines(program, { isTest: false }), [
    { line: 1, text: '#!/bin/sh' },
    { line: 2, text: 'A file that nobody shall read.' },
    { line: 4, text: 'echo "it was told"' },
    { line: 5, text: '' },
  ])
  assert.equal(wordsOfLines('name: nobody\n  # "told" anew\n', { isTest: true }), [
    { line: 2, text: '······ anew' },
  ])
})
