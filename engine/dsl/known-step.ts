/** The kind of a step. Pure. */
import { stepBrand } from './step.ts'
import type { Background, Block, Flush, Given, Join, Parallel, RoleStep, Step } from './step.ts'
import type { Task } from './types.ts'

/** A step with its kind. */
export type KnownStep =
  | { readonly kind: 'task'; readonly step: Task }
  | { readonly kind: 'block'; readonly step: Block }
  | { readonly kind: 'parallel'; readonly step: Parallel }
  | { readonly kind: 'background'; readonly step: Background }
  | { readonly kind: 'given'; readonly step: Given }
  | { readonly kind: 'role'; readonly step: RoleStep }
  | { readonly kind: 'join'; readonly step: Join }
  | { readonly kind: 'flush'; readonly step: Flush }

/** The kind of a step. */
export const knownStep = (step: Step): KnownStep => {
  if (!(stepBrand in step)) return { kind: 'task', step }
  switch (step[stepBrand]) {
    case 'block':
      return { kind: 'block', step }
    case 'parallel':
      return { kind: 'parallel', step }
    case 'background':
      return { kind: 'background', step }
    case 'given':
      return { kind: 'given', step }
    case 'role':
      return { kind: 'role', step }
    case 'join':
      return { kind: 'join', step }
    case 'flush':
      return { kind: 'flush', step }
  }
}
