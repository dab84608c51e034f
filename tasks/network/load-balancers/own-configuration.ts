/** Whether keepalived on a host is the one that virtual-ip has set up. */
import type { CheckContext } from '../../../engine/index.ts'
import { keepalivedConfig, ownLine } from './keepalived.ts'

/** Whether a host can have a virtual IP that the task virtual-ip gave it. */
export const canHaveVirtualIp = async ({ remote }: CheckContext): Promise<boolean> =>
  (await remote.read(keepalivedConfig))?.startsWith(`${ownLine}\n`) ?? false
