import { inventoryJsonSchema } from '../../inventory/json-schema.ts'
import { eventsJsonSchema } from '../../report/json-events.ts'
import type { CommandContext } from '../define-command.ts'
import { loadPlaybook } from '../session/load.ts'

/**
 * `run schema PLAYBOOK`: the JSON Schema of its inventory; `run schema events`: the schema of the lines of `--output json`. A
 * playbook in a file named `events` is `./events`. Returns the exit status.
 */
export const schema = async (
  { arguments: { subject } }: { readonly arguments: { readonly subject: string } },
  { outlets: { out }, loadHooks }: CommandContext,
): Promise<number> => {
  const print = (found: unknown): void => out(`${JSON.stringify(found, null, 2)}\n`, 'json')
  if (subject === 'events') print(eventsJsonSchema())
  else {
    loadHooks()
    print(inventoryJsonSchema(await loadPlaybook(subject)))
  }
  return 0
}
