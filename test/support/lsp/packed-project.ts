/** A project with Coxswain installed from its package, and the other packages of this tree, for a language server. */
import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../../..')

/** A folder with a tsconfig.json. */
export interface PackedProject {
  readonly folder: string
  readonly remove: () => void
}

/** Packs this tree as `npm publish` would, and unpacks it into the `node_modules` of a new folder. */
export const packedProject = (): PackedProject => {
  // the server returns the real paths of files
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'coxswain-hover-')))
  const name = execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
  }).trim()
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, 'coxswain'), { recursive: true })
  execFileSync('tar', ['-xzf', join(folder, name), '--strip-components=1', '-C', join(modules, 'coxswain')])
  for (const entry of readdirSync(join(root, 'node_modules')).filter((one) => !one.startsWith('.')))
    symlinkSync(join(root, 'node_modules', entry), join(modules, entry))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: { module: 'nodenext', target: 'es2023', strict: true, noEmit: true, types: ['node'] },
    }),
  )
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
