import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Suite } from './spec.ts'

export interface Folder {
  readonly path: string
  /** The path of a file in it. */
  readonly at: (name: string) => string
  /** Writes a file into it, with parent folders, and returns its path. */
  readonly write: (name: string, content: string | Buffer) => string
}

/** A temporary folder of a suite, which is removed when the suite ends. */
export const folderOf = (test: Suite, prefix = 'coxswain-'): Folder => {
  const path = mkdtempSync(join(tmpdir(), prefix))
  test.cleanUp(() => rmSync(path, { recursive: true, force: true }))
  const at = (name: string): string => join(path, name)
  const write = (name: string, content: string | Buffer): string => {
    mkdirSync(dirname(at(name)), { recursive: true })
    writeFileSync(at(name), content)
    return at(name)
  }
  return { path, at, write }
}
