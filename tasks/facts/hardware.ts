import { defineTask, ok, shellFile, shellProgram, z } from '../../engine/index.ts'
import { pairsIn, textIn } from './reading/values.ts'

const hardwareFile = shellFile(import.meta.url, 'hardware.sh')

/** What the firmware of a machine says of it. What it does not say is undefined. */
export interface Hardware {
  readonly vendor: string | undefined
  readonly product: string | undefined
  readonly productVersion: string | undefined
  /** Only root can read it. */
  readonly serial: string | undefined
  /** Only root can read it. */
  readonly uuid: string | undefined
  readonly board: string | undefined
  readonly boardVendor: string | undefined
  readonly biosVendor: string | undefined
  readonly biosVersion: string | undefined
  readonly biosDate: string | undefined
  /** machine-id(5): of the installation, not of the hardware. */
  readonly machineId: string | undefined
}

/** Parses what hardware.sh prints. */
export const parseHardware = (text: string): Hardware => {
  const pairs = pairsIn(text)
  const value = (name: string): string | undefined => textIn(pairs.get(name))
  return {
    vendor: value('sys_vendor'),
    product: value('product_name') ?? value('model'),
    productVersion: value('product_version'),
    serial: value('product_serial'),
    uuid: value('product_uuid'),
    board: value('board_name'),
    boardVendor: value('board_vendor'),
    biosVendor: value('bios_vendor'),
    biosVersion: value('bios_version'),
    biosDate: value('bios_date'),
    machineId: value('machine-id'),
  }
}

/** Reads what the firmware of a machine says of it. */
export const hardware = defineTask({
  name: 'hardware',
  description: 'Reads the maker, the model and the firmware of a machine, and its machine ID.',
  reads: '/sys/class/dmi/id and /etc/machine-id',
  example: {},
  params: () => z.object({}),
  fixed: true,
  async check({ remote }) {
    return ok(
      parseHardware(
        await remote.query({ label: 'read the names of the hardware' })`${shellProgram(hardwareFile)}`.text(),
      ),
    )
  },
})
