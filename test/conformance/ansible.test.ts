/**
 * Inventories have the same meaning as in Ansible: ansible-core reads the same ones, and returns the same members, order,
 * variables, types and hosts of patterns.
 *
 * `CONFORMANCE_RUNS` is the number of generated ones, `CONFORMANCE_SEED` their seed; the same ones by default.
 */
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { suite } from '../support/spec.ts'
import { startAnsible } from './ansible.ts'
import type { Ansible } from './ansible.ts'
import { compare } from './compare.ts'
import { written } from './written.ts'
import { cases } from './generate.ts'
import type { Case } from './generate.ts'

const test = suite('inventories compared with Ansible', { needs: ['python3 venv'], seconds: 1800 })

let started: Ansible | undefined
const ansible = (): Ansible => (started ??= startAnsible())
test.after(async () => started?.close())

const inFolder = async ({ files, sources, patterns }: Case): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'coxswain-conformance-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text, { mode: text.startsWith('#!') ? 0o755 : 0o644 })
    }
    const question = {
      sources: sources.map((name) => (name.includes(',') ? name : join(folder, name))),
      patterns,
    }
    const found = await compare(ansible(), question)
    if (found.length === 0) return
    const shown = Object.entries(files).map(([name, text]) => `--- ${name}\n${text}`)
    throw new Error([...found, ...shown].join('\n').replaceAll(folder, '…'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

for (const [name, one] of Object.entries(written)) test(name, () => inFolder(one))

test('generated inventories', async () => {
  const { CONFORMANCE_RUNS: runs = '400', CONFORMANCE_SEED: seed = '1' } = process.env
  await fc.assert(fc.asyncProperty(cases, inFolder), {
    numRuns: Number(runs),
    includeErrorInReport: true,
    seed: Number(seed),
  })
})
