import * as assert from 'uvu/assert'
import { includeFiles, stripShell } from '../engine/shell-source.ts'
import { suite } from './support/spec.ts'

const test = suite('the text of shell files')

test('comments, blank lines and indentation are not sent', () =>
  assert.is(
    stripShell('# what it does\n\nif [ -n "$1" ]; then\n  # why\n\techo "$1" # here\nfi\n'),
    'if [ -n "$1" ]; then\necho "$1" # here\nfi',
  ))

for (const [what, text] of [
  ['a string of several lines', "a='x\n  # y\n\n  z'"],
  ['a string with a substitution', 'a="x $(f "(" \'"\')\n  # y"'],
  ['a continued word', "printf %s a\\\n  b c'\n  '"],
  ['a here-document', 'cat <<END\n  # x\nEND\n'],
  ['quotes that cannot be followed', "  echo 'x"],
] as const)
  test(`${what} stays as it is`, () => assert.is(stripShell(text), text))

for (const [what, line] of [
  ['an apostrophe in a comment', "echo a # it's"],
  ['a quoted quote', 'echo \\" "\\"" \'"\''],
  ['a number sign in a word', 'echo "${a#\\"}" a#b ${#a} "$#"'],
  ['a pattern of case', 'case $a in x) echo "(" ;; esac'],
  ['a quote in a substitution in quotes', 'a="$(f "${b%"${b%???}"}" \'(\' )"'],
] as const)
  test(`${what} opens nothing`, () => assert.is(stripShell(`${line}\n  # gone\n  b`), `${line}\nb`))

test('files are included once, by their path from the file that names them', () => {
  const files: Record<string, string> = {
    'file:///a/main.sh': '. ./one.sh\n. ../b/two.sh\nmain\n',
    'file:///a/one.sh': 'one() { :; }',
    'file:///b/two.sh': '  . ../a/one.sh\n. ./three.sh\ntwo',
    'file:///b/three.sh': '. /etc/os-release; three',
  }
  const text = includeFiles('file:///a/main.sh', (url) => files[url] ?? '')
  assert.is(stripShell(text), 'one() { :; }\n. /etc/os-release; three\ntwo\nmain')
})
