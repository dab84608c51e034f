/** Links in documents: each leads to an existing file and heading, and in shipped documents to a shipped file. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { suite } from '../support/spec.ts'

const test = suite('links of the documents')

const root = resolve(import.meta.dirname, '../..')
const skipped = new Set(['node_modules', 'dist', '.git'])

const documentsIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : documentsIn(path)
    return entry.name.endsWith('.md') ? [path] : []
  })

/** Text without blocks and spans of code, in which brackets are not links. */
const prose = (text: string): string => text.replaceAll(/^```[^]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '')

/** The anchors of a page: `id`s, and headings as GitHub writes them. */
const anchorsOf = (text: string): Set<string> => {
  const seen = new Map<string, number>()
  const headings = [...text.replaceAll(/^```[^]*?^```$/gm, '').matchAll(/^#{1,6} (.*)$/gm)].map(
    ([, heading = '']) => {
      const slug = heading
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(/\s/g, '-')
      const before = seen.get(slug) ?? 0
      seen.set(slug, before + 1)
      return before === 0 ? slug : `${slug}-${before}`
    },
  )
  return new Set([...headings, ...[...text.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id)])
}

interface Link {
  /** `README.md: docs/flow.md#steps` */
  readonly where: string
  readonly path: string
  readonly anchor: string | undefined
}

const linksOf = (document: string): Link[] => {
  const text = prose(readFileSync(document, 'utf8'))
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g), ...text.matchAll(/^\[[^\]]+\]: (\S+)$/gm)].map(
    ([, target = '']) => target,
  )
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor] = target.split('#')
      return {
        where: `${relative(root, document)}: ${target}`,
        path: path === '' ? document : resolve(dirname(document), path),
        anchor,
      }
    })
}

const documents = documentsIn(root)
const links = documents.flatMap(linksOf)

test('each leads to a file that exists, and to a heading of it', () => {
  assert.ok(documents.length > 10)
  assert.ok(links.length > 50)
  const broken = links.filter(
    ({ path, anchor }) =>
      !existsSync(path) ||
      (anchor !== undefined && path.endsWith('.md') && !anchorsOf(readFileSync(path, 'utf8')).has(anchor)),
  )
  assert.equal(
    broken.map(({ where }) => where),
    [],
  )
})

const packed = z.tuple([z.object({ files: z.array(z.object({ path: z.string() })) })]).parse(
  JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      encoding: 'utf8',
    }),
  ),
)
const shipped = new Set(packed[0].files.map(({ path }) => path))

test('a shipped document links only to shipped files, apart from tests and CONTRIBUTING.md', () => {
  const missing = links.filter(({ where, path }) => {
    const from = where.split(':')[0] ?? ''
    const to = relative(root, path)
    return shipped.has(from) && !/^(test|lab|bench)\/|^CONTRIBUTING\.md$/.test(to) && !shipped.has(to)
  })
  assert.equal(
    missing.map(({ where }) => where),
    [],
  )
})

test('files that package.json names are shipped', () => {
  const text = readFileSync(join(root, 'package.json'), 'utf8')
  const strings = (node: unknown): string[] => {
    if (typeof node === 'string') return [node]
    return typeof node === 'object' && node !== null ? Object.values(node).flatMap(strings) : []
  }
  const { bin, exports, files } = z
    .object({ bin: z.record(z.string(), z.string()), exports: z.unknown(), files: z.array(z.string()) })
    .parse(JSON.parse(text))
  const named = [...Object.values(bin), ...strings(exports)].map((path) => path.replace(/^\.\//, ''))
  assert.ok(named.length > 5)
  assert.equal(
    // created by the build
    named.filter((path) => !shipped.has(path) && !(path.startsWith('dist/') && files.includes('dist'))),
    [],
  )
})

test('the files of the package that its documents name in commands are shipped', () => {
  const commands = documents
    .filter((path) => shipped.has(relative(root, path)))
    .flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/\brun (?:[a-z]+ )?(playbooks\/[\w-]+\.ts)/g)])
    .map(([, file = '']) => file)
  assert.ok(commands.length > 0)
  assert.equal(
    commands.filter((file) => !shipped.has(file)),
    [],
  )
})
