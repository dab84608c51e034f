/** TypeScript inventories: code that compiles, and code that does not. `npm run check` compiles it. */
import { Secret, defineInventory } from '../../engine/index.ts'

defineInventory({
  vars: { user: 'ops', anything: [1, { deep: true }] },
  hosts: ['lonely'],
  groups: {
    web: {
      hosts: { w1: { address: '192.0.2.1', port: 22, password: new Secret('x') } },
      vars: { become: true },
    },
    site: { children: ['web'] },
  },
})
defineInventory(() => ({ groups: {} }))
defineInventory(async () => ({ hosts: ['a', 'b'] }))
// @ts-expect-error -- an unknown key
defineInventory({ group: {} })
// @ts-expect-error -- an unknown key, in addition to others
defineInventory({ groups: {}, vras: {} })
// @ts-expect-error -- a port is not a list
defineInventory({ hosts: { a: { port: [22] } } })
// @ts-expect-error -- children are names
defineInventory({ groups: { site: { children: { web: {} } } } })
