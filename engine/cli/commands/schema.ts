import { inventoryJsonSchema } from '../../inventory/json-schema.ts'
import type { Request } from '../options.ts'
import { loadPlaybook } from '../load.ts'

/** `run schema PLAYBOOK`: the JSON Schema of its inventory. Gives the exit status. */
export const schema = async ({ playbook }: Extract<Request, { kind: 'schema' }>): Promise<number> => {
  process.stdout.write(`${JSON.stringify(inventoryJsonSchema(await loadPlaybook(playbook)), null, 2)}\n`)
  return 0
}
