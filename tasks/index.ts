/** The task library. */
export * from './control/index.ts'
export * from './facts/index.ts'
export * from './files/index.ts'
export * from './network/index.ts'
export * from './system/index.ts'
export * from './kubernetes/index.ts'
export { ansibleModules } from './ansible-modules.ts'
export { subjects } from './subjects.ts'
