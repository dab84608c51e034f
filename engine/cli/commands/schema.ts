import { inventoryJsonSchema } from '../../inventory/json-schema.ts'
import type { Request } from '../options.ts'
import { loadPlaybook } from '../load.ts'
import type { Redactor } from '../../run/masking/redactor.ts'
import { outletsOf } from '../outlets.ts'

/** `run schema PLAYBOOK`: the JSON Schema of its inventory. Gives the exit status. */
export const schema = async (
  { playbook }: Extract<Request, { kind: 'schema' }>,
  redactor: Redactor,
): Promise<number> => {
  const text = JSON.stringify(inventoryJsonSchema(await loadPlaybook(playbook)), null, 2)
  outletsOf(redactor).out(`${text}\n`, 'json')
  return 0
}
