/** Rehearsals of tasks and roles without a host: `import { rehearse, rehearseRole } from 'coxswain/testing'`. */
export type { Reply, ScriptedFile } from './connection/scripted.ts'
export { rehearse } from './testing/rehearse.ts'
export type { Rehearsal } from './testing/rehearse.ts'
export { rehearseRole } from './testing/rehearse-role.ts'
export type { RehearsedTask, RoleRehearsal } from './testing/rehearse-role.ts'
export type { World } from './testing/world.ts'
