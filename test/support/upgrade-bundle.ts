/** A bundle of a later patch release, as the playbooks take it. */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs'
import { bundle } from '../../lab/bundles.ts'
import type { Folder } from './folder.ts'

/** Builds the bundle of the patch release 99 of a minor one, and returns its version and the words for the playbook upgrade. */
export const upgradeBundle = async (
  folder: Folder,
  release: string,
): Promise<{ readonly version: string; readonly words: readonly string[] }> => {
  const made = await bundle({ kubernetes: release, stamp: `v${release}.99` })
  const { version } = made
  const there = folder.at(`bundles/${version}`)
  mkdirSync(there, { recursive: true })
  const sums = ['bin', 'images'].flatMap((part) => {
    symlinkSync(`${made.folder}/${part}`, `${there}/${part}`)
    return readdirSync(`${made.folder}/${part}`).map((name) => {
      const sum = createHash('sha256').update(readFileSync(`${made.folder}/${part}/${name}`))
      return `${sum.digest('hex')}  ${part}/${name}\n`
    })
  })
  folder.write(`bundles/${version}/SHA256SUMS`, sums.join(''))
  return {
    version,
    words: [
      '-e',
      `install=${JSON.stringify({ from: 'bundle', bundles: folder.at('bundles') })}`,
      '-e',
      `upgrade_to=${version}`,
    ],
  }
}
