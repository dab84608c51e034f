/** Types of playbooks, checked by the compiler of the project that they are in. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { CoxswainError } from '../../errors.ts'
import { placesIn } from '../../inventory/place.ts'

/** The script of the compiler that is installed for a folder; undefined where none is. */
export const compilerFor = (folder: string): string | undefined => {
  try {
    const manifest = createRequire(join(folder, 'package.json')).resolve('typescript/package.json')
    return join(dirname(manifest), 'bin', 'tsc')
  } catch {
    return undefined
  }
}

/** The nearest file of this name in a folder or above it. */
const above = (folder: string, name: string): string | undefined => {
  if (existsSync(join(folder, name))) return join(folder, name)
  return dirname(folder) === folder ? undefined : above(dirname(folder), name)
}

/** Options of the compiler where a project has no tsconfig.json, as `run init` writes them. */
const usualOptions = {
  module: 'nodenext',
  target: 'es2023',
  strict: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
}

/** What the compiler reads: these files with what they import, under the project's options. */
const configFor = (files: readonly string[], folder: string): unknown => {
  const project = above(folder, 'tsconfig.json')
  const packages = above(folder, 'node_modules')
  return {
    ...(project !== undefined && { extends: project }),
    compilerOptions: {
      ...(project === undefined && usualOptions),
      noEmit: true,
      composite: false,
      incremental: false,
      ...(packages !== undefined && { typeRoots: [join(packages, '@types')] }),
    },
    files,
    include: [],
    references: [],
  }
}

const run = (compiler: string, config: string, cwd: string): Promise<string> =>
  new Promise((done, failed) => {
    const child = spawn(process.execPath, [compiler, '--project', config, '--pretty', 'false'], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', failed)
    child.on('close', () => done(Buffer.concat(chunks).toString()))
  })

/**
 * The faults in what the compiler prints: `site.ts(3,7): error TS2322: …`, with further lines indented.
 *
 * @param folder where the compiler ran.
 */
export const faultsIn = (printed: string, folder: string): CoxswainError[] => {
  const faults: { head: string; more: string[] }[] = []
  for (const line of printed.split(/\r?\n/)) {
    if (/^(?:\S.*: )?error TS\d+: /.test(line)) faults.push({ head: line, more: [] })
    else if (/^\s+\S/.test(line)) faults.at(-1)?.more.push(line)
  }
  return faults.map(({ head, more }) => {
    const [, path, line, column, code = '', message = head] =
      /^(?:(.+)\((\d+),(\d+)\): )?error (TS\d+): (.*)$/.exec(head) ?? []
    const file = path === undefined ? undefined : resolve(folder, path)
    return new CoxswainError('playbook-invalid', [`${code}: ${message}`, ...more].join('\n'), {
      hint: '',
      place: file === undefined ? undefined : placeOf(file, Number(line), Number(column)),
    })
  })
}

const placeOf = (file: string, line: number, column: number) => {
  const shown = relative(process.cwd(), file)
  if (!existsSync(file)) return { file: shown, line, column }
  const text = readFileSync(file, 'utf8')
  const start = text.split('\n', line - 1).reduce((sum, one) => sum + one.length + 1, 0)
  return { ...placesIn(shown, text)(start), column }
}

/**
 * The faults that the compiler finds in files and in what they import.
 *
 * @param files absolute.
 * @param folder of the project.
 */
export const typeFaults = async (
  compiler: string,
  files: readonly string[],
  folder: string,
): Promise<CoxswainError[]> => {
  const temporary = mkdtempSync(join(tmpdir(), 'coxswain-types-'))
  const config = join(temporary, 'tsconfig.json')
  try {
    writeFileSync(config, JSON.stringify(configFor(files, folder)))
    return faultsIn(await run(compiler, config, folder), folder)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}
