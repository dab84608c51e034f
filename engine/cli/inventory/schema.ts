import { inventoryJsonSchema } from '../../inventory/json-schema.ts'
import type { CommandContext } from '../define-command.ts'
import { loadPlaybook } from '../session/load.ts'

/** `run schema PLAYBOOK`: the JSON Schema of its inventory. Gives the exit status. */
export const schema = async (
  { arguments: { playbook } }: { readonly arguments: { readonly playbook: string } },
  { outlets: { out }, loadHooks }: CommandContext,
): Promise<number> => {
  loadHooks()
  const text = JSON.stringify(inventoryJsonSchema(await loadPlaybook(playbook)), null, 2)
  out(`${text}\n`, 'json')
  return 0
}
