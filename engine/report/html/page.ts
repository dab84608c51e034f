import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { RunEvent } from '../../run/events.ts'
import { packageRoot } from '../../package-root.ts'
import { recordOf } from '../record.ts'
import type { RecordedRun } from '../record.ts'
import { pageData } from './data.ts'
import { escapeHtml, safeJson } from './escape.ts'

/** The page's scripts, in the order of their dependencies. */
const scripts = ['run', 'dom', 'detail', 'timeline', 'lists', 'cards', 'main']

/** Its styles; later ones use names of earlier ones. */
const styles = ['base', 'bar', 'tasks', 'cards', 'timeline', 'media']

const asset = (name: string): string => readFileSync(`${packageRoot}engine/report/html/page/${name}`, 'utf8')

/** Joins the scripts. They share one scope there, so imports and the keyword `export` are removed. */
const script = (): string =>
  scripts
    .map((name) =>
      asset(`${name}.js`)
        .replaceAll(/^import [^']*'.*'\n/gm, '')
        .replaceAll(/^export /gm, ''),
    )
    .join('\n')

/** The Content-Security-Policy source for a script or style, by its hash. */
const sourceOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Makes the page of a recorded run. */
export const pageOf = (run: RecordedRun): string => {
  const data = pageData(run)
  const style = `\n${styles.map((name) => asset(`${name}.css`)).join('\n')}`
  const code = `\n${script()}`
  const policy = `default-src 'none'; script-src ${sourceOf(code)}; style-src ${sourceOf(style)}; base-uri 'none'; form-action 'none'`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(data.playbook)} – Coxswain</title>
<style>${style}</style>
</head>
<body>
<noscript>This page needs JavaScript, which is disabled. It loads nothing from the network.</noscript>
<script type="application/json" id="data">${safeJson(data)}</script>
<script type="module">${code}</script>
</body>
</html>
`
}

/**
 * Makes a self-contained HTML page of a run: a timeline of hosts and tasks, failures with their output, changes with
 * their diffs, filters.
 *
 * @example
 * await writeFile('run.html', htmlReport(lines.flatMap((line) => eventOf(JSON.parse(line)) ?? [])))
 */
export const htmlReport = (events: Iterable<RunEvent>): string => pageOf(recordOf(events))
