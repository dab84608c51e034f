/** Makes docs/errors.md from the table of error codes: `npm run docs`. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { errorCodes, explain } from '../engine/error-codes.ts'
import { exitCodes } from '../engine/exit-codes.ts'
import type { Fault } from '../engine/error-row.ts'

/** What each exit status means; a status that is added to the table does not compile until it is described here. */
const statuses: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: 'The hosts are in the wanted state, or were brought to it.',
  usage: 'Nothing was run: the command line, the inventory or the playbook is wrong.',
  failed: 'A task failed.',
  differs:
    'Something would change (`--check --exit-code`), or tasks that only look have findings and nothing else failed.',
  unreachable: 'A host could not be reached, and no task failed.',
  interrupted: 'The run was stopped by Ctrl-C or a signal.',
}

/** Who can fix an error, as the page says it. */
const fixers: Readonly<Record<Fault, string>> = {
  user: 'you',
  environment: 'environment',
  coxswain: 'Coxswain',
}

/** The page. A cell of a table may hold no bar. */
export const errorsPage = (): string => {
  const cell = (text: string): string => text.replaceAll('|', '\\|')
  const exits = Object.entries(statuses).map(([name, text]) => {
    const status = Object.entries(exitCodes).find(([key]) => key === name)?.[1]
    return `| ${status} | ${cell(text)} |`
  })
  const codes = errorCodes.map((code) => {
    const { what, exit, fault, retryable, hint } = explain(code)
    return `| <a id="${code}"></a>\`${code}\` | ${cell(what)} | ${exit} | ${fixers[fault]} | ${retryable ? 'yes' : 'no'} | ${cell(hint)} |`
  })
  return `# Errors

Made from the table in \`engine/error-codes.ts\` by \`npm run docs\`; change it there.

Each error has a code, says what happened, where (host, task, file and line), and what to do; \`--verbose\` adds its
causes. A code never changes its meaning.

## Exit status

| status | meaning |
|---|---|
${exits.join('\n')}

## Codes

*Who can fix it*: \`you\` is the command line, the inventory, the playbook or a secret; \`environment\` is a host, the
network or this machine; \`Coxswain\` is a bug. *Tried again*: whether a task that fails with it is attempted again, where
its \`retry\` says so.

| code | what happened | exit status | who can fix it | tried again | what to do, unless the error itself says more |
|---|---|---|---|---|---|
${codes.join('\n')}
`
}

const [, script = ''] = process.argv
if (import.meta.url === pathToFileURL(script).href)
  await writeFile(join(import.meta.dirname, 'errors.md'), errorsPage())
