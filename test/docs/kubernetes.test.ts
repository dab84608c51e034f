import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { kubernetesPage } from '../../docs/kubernetes.ts'
import { suite } from '../support/spec.ts'

const test = suite('the page of Kubernetes versions')

test('it matches the table of versions; `npm run docs` generates it', () =>
  assert.is(readFileSync(resolve(import.meta.dirname, '../../docs/kubernetes.md'), 'utf8'), kubernetesPage()))

test('it has a row for every release, and says which were tried', () => {
  const page = kubernetesPage()
  for (let minor = 11; minor <= 37; minor += 1)
    assert.match(
      page,
      new RegExp(`^\\| 1\\.${minor} \\|.*\\| (?:cluster|judged|kubeadm|not tried) \\|$`, 'm'),
    )
  assert.match(page, /^\| 1\.20 \|.*\| cluster \|$/m)
})
