/** Writes the kept configurations and commands again: `npm run golden`. What has changed is then read as any other change. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { knownMinors } from '../../../../tasks/kubernetes/kubeadm/versions.ts'
import { goldenText } from './clusters.ts'
import { goldenCommands } from './commands.ts'

for (const minor of knownMinors) {
  const file = join(import.meta.dirname, `data/1.${minor}`)
  writeFileSync(`${file}.yaml`, goldenText(minor))
  writeFileSync(`${file}.commands`, await goldenCommands(minor))
}
