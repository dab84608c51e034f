/** Prints the rows of said-by-kubeadm.tsv for releases, such as 1.28 1.30. kubeadm is built where it is not in the cache. */
import { kubeadmOf } from '../../../../lab/kubeadm.ts'
import { askKubeadm } from '../../../support/ask-kubeadm.ts'
import { asRows } from './said-by-kubeadm.ts'

const said = []
for (const release of process.argv.slice(2)) said.push(await askKubeadm(await kubeadmOf(release)))
process.stdout.write(asRows(said))
