/** The kubeadm configuration and the commands of kubeadm of each minor release, to the letter. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { knownMinors } from '../../../../tasks/kubernetes/kubeadm/versions.ts'
import { suite } from '../../../support/spec.ts'
import { goldenText } from './clusters.ts'
import { goldenCommands } from './commands.ts'

const test = suite('configurations and commands of each minor release')

const kept = (name: string): string => readFileSync(join(import.meta.dirname, 'data', name), 'utf8')

for (const minor of knownMinors)
  test(`1.${minor}: configurations and commands are the kept ones (npm run golden writes them again)`, async () => {
    assert.fixture(goldenText(minor), kept(`1.${minor}.yaml`))
    assert.fixture(await goldenCommands(minor), kept(`1.${minor}.commands`))
  })
