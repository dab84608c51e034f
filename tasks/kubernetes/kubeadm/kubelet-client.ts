/** What the kubelet of a host presents to the API server, and what it trusts. */
import type { CheckContext } from '../../../engine/index.ts'
import { certificatesInKubeconfig } from './credentials.ts'
import { kubeletClient, kubeletConf } from './paths.ts'

/** The file with the client certificate that a kubeconfig names. */
const fileNamed = (text: string): string | undefined =>
  /^\s*client-certificate: ["']?([^\s"']+)/m.exec(text)?.[1]

/** The client certificate of a kubelet, the file that has it, and the authority in its kubeconfig; undefined without a kubeconfig. */
export const kubeletCredential = async ({ remote }: CheckContext) => {
  const text = await remote.read(kubeletConf)
  if (text === undefined) return undefined
  const { client, authority } = certificatesInKubeconfig(text)
  const path = client === undefined ? (fileNamed(text) ?? kubeletClient) : kubeletConf
  return { path, authority, certificate: client ?? (await remote.read(path)) }
}
