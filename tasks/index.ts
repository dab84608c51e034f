/** The task library. */
export { loadBalancer } from './network/load-balancer.ts'
export { kernelModule } from './system/kernel-module.ts'
export { osRelease } from './system/os-release.ts'
export { packages } from './system/package.ts'
export { service, serviceRestart } from './system/service.ts'
export { swapOff } from './system/swap-off.ts'
export { sysctl } from './system/sysctl.ts'
export * from './kubernetes/index.ts'
