/** The task library. */
export { sysctl } from './system/sysctl.ts'
