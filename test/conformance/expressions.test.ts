/**
 * Expressions have the values of ansible-core, with their types; what is an error there is one here.
 *
 * `CONFORMANCE_RUNS` is a number of generated ones, `CONFORMANCE_SEED` their seed; the same ones by default.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { Scalar } from '../../engine/inventory/scalar.ts'
import { mapScalars } from '../../engine/inventory/scalar-tree.ts'
import type { Variable } from '../../engine/inventory/types.ts'
import { evaluatedHosts } from '../inventory/expressions/evaluated.ts'
import { pythonErrors, pythonValues } from '../inventory/expressions/as-python.ts'
import { suite } from '../support/spec.ts'
import { startAnsible } from './ansible.ts'
import type { Ansible, Question } from './ansible.ts'
import { canonical, typed } from './compare.ts'
import { expressions, generated, given } from './expressions.ts'
import { moreExpressions } from './more-expressions.ts'

const test = suite('expressions compared with Ansible', { needs: ['python3 venv'], seconds: 1800 })

let started: Ansible | undefined
const ansible = (): Ansible => (started ??= startAnsible())
test.after(async () => started?.close())

/** The first error in a value. */
const failureOf = ({ written }: Variable): string | undefined => {
  let found: string | undefined
  mapScalars(written, (scalar) => (found ??= scalar.failure?.message))
  return found
}

/**
 * Ansible evaluates later: an error in a value that is then only asked whether it is defined, or in a list that is compared, is not an
 * error there, or only there.
 */
const isLater = (failure: string | undefined, theirs: readonly unknown[]): boolean =>
  failure === undefined
    ? theirs[0] === 'error' && /has no (?:element|attribute)|is undefined|unhashable/.test(String(theirs[1]))
    : /needs (?:a list|a number|a map|text),|is undefined|has no/.test(failure)

/** The differences of the values of variables `v0`, `v1` …, on all hosts. */
const differences = async (texts: readonly string[], lenient = false): Promise<readonly string[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'coxswain-expressions-'))
  try {
    const file = join(folder, 'hosts.json')
    writeFileSync(join(folder, 'beside.txt'), 'beside\n')
    const vars = { ...given, ...Object.fromEntries(texts.map((text, index) => [`v${index}`, text])) }
    const all = {
      vars,
      hosts: { a: {}, b: { n: 6 } },
      children: { db: { hosts: { b: {} } }, web: { hosts: { a: {} } } },
    }
    writeFileSync(file, JSON.stringify({ all }))
    const question: Question = { sources: [file], patterns: [], folder, evaluate: true }
    const [hosts, answer] = [
      await evaluatedHosts([file], { playbookFolder: folder }),
      await ansible().ask(question),
    ]
    if ('error' in answer) return [answer.error]
    return Object.entries(answer.hosts).flatMap(([host, { values = {} }]) =>
      texts.flatMap((text, index) => {
        const variable = hosts.get(host)?.variables.get(`v${index}`)
        const theirs = values[`v${index}`] ?? ['none']
        const failure = variable && failureOf(variable)
        const written = variable?.written
        const ours = failure ?? typed(written instanceof Scalar ? written : (written ?? variable?.value))
        if (failure !== undefined && theirs[0] === 'error') return []
        if (failure === undefined && JSON.stringify(canonical(ours)) === JSON.stringify(canonical(theirs)))
          return []
        if (lenient && isLater(failure, theirs)) return []
        return [`${text} on ${host}: ours ${JSON.stringify(ours)}, Ansible's ${JSON.stringify(theirs)}`]
      }),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test('written expressions', async () => {
  const found = await differences(expressions)
  if (found.length > 0) throw new Error(found.join('\n'))
})

test('YAML, macros, files, times and passwords', async () => {
  const found = await differences(moreExpressions)
  if (found.length > 0) throw new Error(found.join('\n'))
})

test('arguments, formats and patterns', async () => {
  const found = await differences([...pythonValues, ...pythonErrors].map(([text]) => text))
  if (found.length > 0) throw new Error(found.join('\n'))
})

test('generated expressions', async () => {
  const { CONFORMANCE_RUNS: runs = '400', CONFORMANCE_SEED: seed = '1' } = process.env
  const texts = fc
    .sample(generated, { numRuns: Number(runs) * 5, seed: Number(seed) })
    .map((text) => `{{ ${text} }}`)
  const found: string[] = []
  for (let at = 0; at < texts.length; at += 200)
    found.push(...(await differences(texts.slice(at, at + 200), true)))
  if (found.length > 0) throw new Error(`${found.length} differences\n${found.slice(0, 40).join('\n')}`)
})
