import { AsyncLocalStorage } from 'node:async_hooks'

/** The type of the event whose hook started what is running, also after the hook has returned. Outside of hooks undefined. */
export const hookCalls = new AsyncLocalStorage<string>()
