/**
 * What kubeadm of a release printed about itself: `kubeadm config images list` (etcd, CoreDNS, pause), the configuration of
 * `kubeadm config print init-defaults`, and the phases that `kubeadm init`, `join` and `reset phase --help` list, in
 * alphabetical order. A row of said-by-kubeadm.tsv is a release.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from '../../../../engine/index.ts'

const names = z.string().transform((text) => text.split(','))

const rowSchema = z.object({
  version: z.string(),
  configApi: z.string(),
  registry: z.string(),
  etcd: z.string(),
  coredns: z.string(),
  pause: z.string(),
  init: names,
  join: names,
  reset: names,
})

/** What kubeadm of a release printed about itself. */
export type SaidByKubeadm = z.output<typeof rowSchema>

const [titles = [], ...rows] = readFileSync(join(import.meta.dirname, 'said-by-kubeadm.tsv'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split('\t'))

/** The releases whose kubeadm was asked. */
export const saidByKubeadm = rows.map((row) =>
  rowSchema.parse(Object.fromEntries(titles.map((title, index) => [title, row[index]]))),
)

/** Rows as the text of said-by-kubeadm.tsv. */
export const asRows = (said: readonly SaidByKubeadm[]): string =>
  [titles, ...said.map((one) => titles.map((title) => [Reflect.get(one, title)].flat().join(',')))]
    .map((cells) => `${cells.join('\t')}\n`)
    .join('')
