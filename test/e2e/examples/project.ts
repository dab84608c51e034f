/** The projects in examples/, with the hosts of a lab in the place of the addresses in their inventories. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { isMap, isScalar, parseDocument, visit } from 'yaml'
import type { Lab } from '../../../lab/types.ts'
import { failuresOf, hostsElsewhere, spawnCli, taskEnds } from '../../support/run-cli.ts'
import type { CliResult } from '../../support/run-cli.ts'

export interface Project {
  readonly folder: string
  /** Runs a playbook of it; it must succeed. */
  run(playbook: string, ...words: readonly string[]): Promise<CliResult>
}

/** A copy of an example, in a folder, whose inventory names hosts of the lab, in their order. */
export const projectOf = (name: string, lab: Lab, parent: string): Project => {
  const folder = join(parent, name)
  cpSync(resolve('examples', name), folder, { recursive: true })
  const inventory = join(folder, 'inventory.yaml')
  const document = parseDocument(readFileSync(inventory, 'utf8'))
  const addresses = lab.hosts.map(({ address }) => address)
  visit(document, {
    Pair: (_, pair) => {
      if (!isScalar(pair.key) || pair.key.value !== 'address') return
      const address = addresses.shift()
      assert.ok(address, `the lab has fewer hosts than ${name}`)
      pair.value = document.createNode(address)
    },
  })
  const vars = document.getIn(['all', 'vars'])
  assert.ok(isMap(vars))
  vars.set('private_key_file', lab.keyFile)
  vars.set('known_hosts_file', lab.knownHosts)
  writeFileSync(inventory, document.toString())
  return {
    folder,
    run: async (playbook, ...words) => {
      const result = await spawnCli([playbook, '-i', 'inventory.yaml', '--output', 'json', ...words], {
        cwd: folder,
        env: hostsElsewhere,
      })
      assert.is(result.status, 0, failuresOf(result))
      return result
    },
  }
}

/** The outcomes of a run without those that changed nothing. */
export const changesOf = (result: CliResult): string[] =>
  taskEnds(result).flatMap(({ outcome, task }) =>
    outcome === 'ok' || outcome === 'skipped' ? [] : [`${task.host}: ${task.title}: ${outcome}`],
  )
