/** Facts that are shown if none is named. */
import type { TaskFactory } from '../../../engine/index.ts'
import { osRelease } from '../../system/os-release.ts'
import { serviceManager } from '../../system/service-manager.ts'
import { cpus } from '../cpus.ts'
import { dateTime } from '../date-time.ts'
import { defaultAddress } from '../default-address.ts'
import { disks } from '../disks.ts'
import { dnsServers } from '../dns-servers.ts'
import { hardware } from '../hardware.ts'
import { hostNames } from '../host-names.ts'
import { interfaces } from '../interfaces.ts'
import { kernel } from '../kernel.ts'
import { load } from '../load.ts'
import { memory } from '../memory.ts'
import { mounts } from '../mounts.ts'
import { rebootRequired } from '../reboot-required.ts'
import { securityModules } from '../security-modules.ts'
import { virtualization } from '../virtualization.ts'

/** The facts of `run facts` without names, in their order: those that are short. */
export const usualFacts: readonly TaskFactory[] = [
  osRelease,
  kernel,
  hostNames,
  hardware,
  virtualization,
  cpus,
  memory,
  load,
  disks,
  mounts,
  defaultAddress,
  interfaces,
  dnsServers,
  serviceManager,
  rebootRequired,
  dateTime,
  securityModules,
]
