/** Inventories that are modules: what compiles and what does not. `npm run check` reads it. */
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
// @ts-expect-error -- no such key
defineInventory({ group: {} })
// @ts-expect-error -- no such key beside others
defineInventory({ groups: {}, vras: {} })
// @ts-expect-error -- a port is no list
defineInventory({ hosts: { a: { port: [22] } } })
// @ts-expect-error -- children are names
defineInventory({ groups: { site: { children: { web: {} } } } })
