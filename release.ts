/**
 * `npm run release:check [-- VERSION]`: whether CHANGELOG.md has the notes of a version, by default of the one in package.json.
 * `npm version` runs it before it commits; a release runs it with the version of its tag.
 */
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const semantic = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/

/** What is wrong with the notes of a version; undefined where nothing is. */
export const changelogFault = (changelog: string, version: string): string | undefined => {
  if (!semantic.test(version)) return `${version} is not a version as SemVer has it (1.2.3)`
  const sections = changelog.split(/^## /m).slice(1)
  const own = sections.find((section) => section.startsWith(`${version} - `))
  if (own === undefined) return `CHANGELOG.md has no section "## ${version} - YYYY-MM-DD"`
  const [heading = '', ...notes] = own.split('\n')
  if (!/^\S+ - \d{4}-\d\d-\d\d$/.test(heading))
    return `CHANGELOG.md: "## ${heading}" needs a date, such as 2026-01-31`
  return notes.some((line) => line.startsWith('- ')) ? undefined : `CHANGELOG.md says nothing of ${version}`
}

const [, script = '', wanted] = process.argv
if (import.meta.url === pathToFileURL(script).href) {
  const { version }: { version: string } = JSON.parse(readFileSync('package.json', 'utf8'))
  const fault =
    wanted !== undefined && wanted !== version
      ? `the tag says ${wanted}, and package.json ${version}`
      : changelogFault(readFileSync('CHANGELOG.md', 'utf8'), version)
  if (fault !== undefined) throw new Error(fault)
}
