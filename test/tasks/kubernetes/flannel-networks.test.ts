/** A file of flannel must have the networks of the pods. */
import * as assert from 'uvu/assert'
import { manifestText } from '../../../tasks/kubernetes/pod-networks.ts'
import { folderOf } from '../../support/folder.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'

const test = suite("networks in flannel's manifest")
const folder = folderOf(test)

for (const [networks, podCidr, fault] of [
  [{ Network: '10.244.0.0/16' }, '10.244.0.0/16', undefined],
  // flannel may have more than the pods
  [{ Network: '10.0.0.0/8' }, '10.244.0.0/16', undefined],
  [{ Network: '{{podCidrIPv4}}' }, '10.9.0.0/16', undefined],
  [
    { Network: '10.244.0.0/16' },
    '10.9.0.0/16',
    'flannel has 10.244.0.0/16 in it, and the pods have 10.9.0.0/16',
  ],
  [{ Network: '10.244.0.0/24' }, '10.244.0.0/16', 'flannel has 10.244.0.0/24 in it'],
  [
    { Network: '10.244.0.0/16' },
    'fd00:9::/56',
    'flannel has 10.244.0.0/16 in it, and the pods have fd00:9::/56',
  ],
  [{ EnableIPv4: false, EnableIPv6: true, IPv6Network: 'fd00:9::/56' }, 'fd00:9::/56', undefined],
  [{ Network: '10.9.0.0/16' }, '10.9.0.0/16,fd00:9::/56', 'flannel has 10.9.0.0/16 in it'],
  [
    { Network: '10.9.0.0/16', IPv6Network: 'fd00:9::/56' },
    '10.9.0.0/16,fd00:9::/56',
    'flannel has 10.9.0.0/16 in it',
  ],
  [
    { Network: '10.9.0.0/16', EnableIPv6: true, IPv6Network: 'fd00:9::/56' },
    '10.9.0.0/16,fd00:9::/56',
    undefined,
  ],
] as const)
  test(`a file of flannel with ${JSON.stringify(networks)}, for pods in ${podCidr}: ${fault === undefined ? 'ok' : 'refused'}`, async () => {
    const conf = JSON.stringify({ ...networks, Backend: { Type: 'vxlan' } })
    const text = `kind: ConfigMap\nmetadata: { name: kube-flannel-cfg, namespace: kube-flannel }\ndata:\n  net-conf.json: '${conf}'\n`
    const found = manifestText({ manifest: folder.write('flannel.yaml', text), podCidr, version: undefined })
    if (fault === undefined) assert.match(await found, 'net-conf')
    else await rejects(() => found, 'params-invalid', fault)
  })
