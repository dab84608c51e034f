import { text, texts } from '../define-option.ts'

/** Which hosts there are, and their variables. */
export const inventoryOptions = {
  inventory: texts(
    '-i, --inventory <file>',
    'inventory file, folder or executable, or h1,h2, (can be repeated)',
  ),
  limit: text('-l, --limit <pattern>', 'only these hosts; @FILE reads their names from a file', 'hosts'),
  extraVars: texts(
    '-e, --extra-vars <key=value|@file|map>',
    'variables that win over the inventory; one or more pairs, such as \'a="x y" b=2\' (can be repeated)',
  ),
}
