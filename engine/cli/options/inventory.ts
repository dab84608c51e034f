import { orSetting, text, texts } from '../define-option.ts'

/** The inventory, its hosts and their variables. */
export const inventoryOptions = {
  inventory: orSetting(
    texts(
      '-i, --inventory <file>',
      'inventory file, folder or executable, or a list of hosts such as h1,h2, (can be repeated; default: inventory.yaml or inventory/, if it exists)',
    ),
    'inventories',
  ),
  within: text(
    '--within <pattern>',
    'take only these hosts of the inventory, as if it had no others, such as one cluster of several',
    'hosts',
  ),
  limit: text('-l, --limit <pattern>', 'limit to these hosts; @FILE reads their names from a file', 'hosts'),
  extraVars: texts(
    '-e, --extra-vars <key=value|@file|map>',
    'variables that override the inventory; one or more pairs, such as \'a="x y" b=2\' (can be repeated)',
    'variables',
  ),
}
